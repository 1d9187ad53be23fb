/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers: exact integers, and floats bit by bit, so that the machine's own formats do not matter.
 */
#include "meta/number.h"

#include "base/checked.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The exponent of a token, kept within what can matter beside any number of digits that fits in memory. */
static int64_t exponent(const char *token)
{
	const char *e = strpbrk(token, "eE");
	int64_t n = 0;
	bool negative;

	if (!e)
		return 0;
	negative = *++e == '-';
	if (*e == '-' || *e == '+')
		e++;
	for (; *e && n < INT64_MAX / 100; e++)
		n = n * 10 + (*e - '0');
	return negative ? -n : n;
}

/* The digits of a token without its leading and trailing zeros: *scale is the power of ten that the last one
 * stands for. The first is *first; the point may be among them. */
static size_t significant(const char *token, const char **first, int64_t *scale)
{
	size_t all = strcspn(token, "eE"), end = all, start = 0;
	const char *point = memchr(token, '.', all);
	size_t units = point ? (size_t)(point - token) : all; /* where the fraction begins */

	while (start < end && (token[start] == '-' || token[start] == '0' || token[start] == '.'))
		start++;
	while (end > start && (token[end - 1] == '0' || token[end - 1] == '.'))
		end--;
	*first = token + start;
	*scale = exponent(token) + (int64_t)units - (int64_t)end + (end > units);
	return end - start;
}

enum zf_integer zf_number_integer(const char *token, bool *negative, uint64_t *magnitude)
{
	const char *first;
	int64_t scale;
	uint64_t value = 0;
	size_t n;

	if (strpbrk(token, "NI"))
		return ZF_INTEGER_FRACTION;
	n = significant(token, &first, &scale);
	*negative = token[0] == '-';
	*magnitude = 0;
	if (n == 0)
		return ZF_INTEGER_OK;
	if (scale < 0)
		return ZF_INTEGER_FRACTION;
	for (size_t i = 0; i < n; i++) {
		if (first[i] == '.')
			continue;
		if (!zf_mul(value, 10, &value) || !zf_add(value, (uint64_t)(first[i] - '0'), &value))
			return ZF_INTEGER_TOO_BIG;
	}
	for (; scale > 0; scale--)
		if (!zf_mul(value, 10, &value))
			return ZF_INTEGER_TOO_BIG;
	*magnitude = value;
	return ZF_INTEGER_OK;
}

static double from_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t to_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

double zf_number_double(const char *token)
{
	locale_t c;
	double value;

	if (strcmp(token, "NaN") == 0)
		return from_bits(0x7ff8000000000000);
	if (strcmp(token, "Infinity") == 0)
		return from_bits(0x7ff0000000000000);
	if (strcmp(token, "-Infinity") == 0)
		return from_bits(0xfff0000000000000);
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* costs nothing in glibc: it is built in */
	value = strtod_l(token, NULL, c);
	if (c)
		freelocale(c);
	return value;
}

static void store(uint64_t bits, size_t size, unsigned char *dst)
{
	for (size_t i = 0; i < size; i++)
		dst[i] = (unsigned char)(bits >> (8 * i));
}

/* A shift to the right that rounds to nearest, ties to even. */
static uint64_t round_off(uint64_t value, unsigned bits)
{
	uint64_t half, rest;

	if (bits > 63)
		return 0;
	half = (uint64_t)1 << (bits - 1);
	rest = value & ((half << 1) - 1);
	value >>= bits;
	return value + (rest > half || (rest == half && (value & 1)));
}

/* A double as a narrower IEEE float with that many bits of exponent and fraction. */
static uint64_t narrow(uint64_t from, unsigned exponent_bits, unsigned fraction_bits)
{
	uint64_t sign = (from >> 63) << (exponent_bits + fraction_bits);
	uint64_t fraction = from & 0xfffffffffffff;
	int biased = (int)(from >> 52 & 0x7ff);
	int top = (1 << exponent_bits) - 1; /* the exponent of infinities */
	int e = biased - 1023 + top / 2;
	unsigned drop = 52 - fraction_bits;
	uint64_t rounded;

	if (biased == 0x7ff && fraction)
		return sign | (uint64_t)top << fraction_bits | (uint64_t)1 << (fraction_bits - 1);
	if (biased == 0x7ff || e >= top)
		return sign | (uint64_t)top << fraction_bits;
	if (biased == 0)
		return sign; /* a subnormal double is far below half of the least number */
	fraction |= (uint64_t)1 << 52;
	if (e <= 0) /* subnormal: the carry into the exponent is just what is wanted */
		return sign | round_off(fraction, drop + 1 + (unsigned)-e);
	rounded = round_off(fraction, drop) - ((uint64_t)1 << fraction_bits);
	return sign | (((uint64_t)e << fraction_bits) + rounded);
}

/* A double as an x87 long double, which has its leading bit written out and more exponents. */
static void extend(uint64_t from, unsigned char *dst)
{
	uint64_t fraction = (from & 0xfffffffffffff) << 11;
	unsigned sign = (unsigned)(from >> 63) << 15;
	unsigned e = (unsigned)(from >> 52 & 0x7ff);

	if (e == 0x7ff) {
		e = 0x7fff;
		fraction |= (uint64_t)1 << 63;
	} else if (e > 0) {
		e += 16383 - 1023;
		fraction |= (uint64_t)1 << 63;
	} else if (fraction) {
		e = 16383 - 1022;
		for (; !(fraction >> 63); e--)
			fraction <<= 1;
	}
	store(fraction, 8, dst);
	store(sign | e, 2, dst + 8);
	memset(dst + 10, 0, 6);
}

void zf_number_float(double value, size_t size, unsigned char *dst)
{
	uint64_t bits = to_bits(value);

	if (size == 2)
		store(narrow(bits, 5, 10), 2, dst);
	else if (size == 4)
		store(narrow(bits, 8, 23), 4, dst);
	else if (size == 8)
		store(bits, 8, dst);
	else
		extend(bits, dst);
}

bool zf_number_hex(const char *text, size_t len, size_t size, unsigned char *dst)
{
	uint64_t bits = 0;

	if (len < 3 || len > 2 + 2 * size || size > 8 || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return false;
	for (size_t i = 2; i < len; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit =
			memchr(digits, text[i] >= 'A' && text[i] <= 'F' ? text[i] | 0x20 : text[i], 16);

		if (!digit)
			return false;
		bits = bits << 4 | (uint64_t)(digit - digits);
	}
	store(bits, size, dst);
	return true;
}
