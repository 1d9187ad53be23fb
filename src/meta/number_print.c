/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floats to text, as Python's repr() does: whatever the locale is.
 */
#include "meta/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_DIGITS = 17 };

/* d.ddd * 10^exponent */
struct decimal {
	char digits[MOST_DIGITS + 1];
	int count, exponent;
};

/* The nearest decimal of that many digits. */
static struct decimal nearest(double value, int count)
{
	struct decimal d = { .count = 0 };
	char text[64];
	const char *p = text;

	snprintf(text, sizeof text, "%.*e", count - 1, value);
	for (; *p != 'e'; p++)
		if (*p >= '0' && *p <= '9') /* the point depends on the locale */
			d.digits[d.count++] = *p;
	p += p[1] == '+' ? 2 : 1;
	for (bool negative = *p == '-'; *p; p++) {
		if (*p != '-')
			d.exponent = d.exponent * 10 + (*p - '0');
		if (!p[1] && negative)
			d.exponent = -d.exponent;
	}
	return d;
}

/* The next one up. */
static struct decimal next(struct decimal d)
{
	int i = d.count;

	while (i > 0 && d.digits[i - 1] == '9')
		d.digits[--i] = '0';
	if (i > 0) {
		d.digits[i - 1]++;
		return d;
	}
	d.digits[0] = '1';
	d.exponent++;
	return d;
}

static bool is_it(const struct decimal *d, double value)
{
	char text[64];

	snprintf(text, sizeof text, "%.*se%d", d->count, d->digits, d->exponent - d->count + 1);
	return zf_number_double(text) == value;
}

/* Above a power of two there is twice the room that there is below, so that the nearest decimal may be
 * another number's although the one after it is not. */
static struct decimal shortest(double value)
{
	struct decimal d;

	for (int count = 1; count < MOST_DIGITS; count++) {
		struct decimal up;

		d = nearest(value, count);
		if (is_it(&d, value))
			return d;
		up = next(d);
		if (is_it(&up, value))
			return up;
	}
	return nearest(value, MOST_DIGITS);
}

void zf_number_print(double value, char buf[64])
{
	struct decimal d;
	const char *sign = signbit(value) ? "-" : "";
	int e;

	if (isnan(value) || isinf(value)) {
		strcpy(buf, isnan(value) ? "NaN" : signbit(value) ? "-Infinity" : "Infinity");
		return;
	}
	d = shortest(fabs(value));
	while (d.count > 1 && d.digits[d.count - 1] == '0')
		d.count--;
	d.digits[d.count] = '\0';
	e = d.exponent;
	if (e < -4 || e >= 16)
		snprintf(buf, 64, "%s%.1s%s%se%c%02d", sign, d.digits, d.count > 1 ? "." : "", d.digits + 1,
			e < 0 ? '-' : '+', e < 0 ? -e : e);
	else if (e < 0)
		snprintf(buf, 64, "%s0.%.*s%s", sign, -e - 1, "000", d.digits);
	else if (d.count <= e + 1)
		snprintf(buf, 64, "%s%s%.*s.0", sign, d.digits, e + 1 - d.count, "000000000000000");
	else
		snprintf(buf, 64, "%s%.*s.%s", sign, e + 1, d.digits, d.digits + e + 1);
}

/* ---- bytes ---- */

static uint64_t load(const unsigned char *src, size_t size)
{
	uint64_t bits = 0;

	while (size-- > 0)
		bits = bits << 8 | src[size];
	return bits;
}

/* An IEEE float with that many bits of exponent and fraction. */
static double widen(uint64_t bits, unsigned exponent_bits, unsigned fraction_bits)
{
	uint64_t fraction = bits & (((uint64_t)1 << fraction_bits) - 1);
	int top = (1 << exponent_bits) - 1, e = (int)(bits >> fraction_bits) & top;
	double value;

	if (e == top)
		value = fraction ? NAN : INFINITY;
	else if (e == 0)
		value = ldexp((double)fraction, 2 - (top / 2) - 1 - (int)fraction_bits);
	else
		value = ldexp(
			(double)(fraction | (uint64_t)1 << fraction_bits), e - top / 2 - (int)fraction_bits);
	return bits >> (exponent_bits + fraction_bits) & 1 ? -value : value;
}

double zf_number_from_float(const unsigned char *src, size_t size)
{
	uint64_t high, fraction;
	double value;

	if (size == 2)
		return widen(load(src, 2), 5, 10);
	if (size == 4)
		return widen(load(src, 4), 8, 23);
	if (size == 8)
		return widen(load(src, 8), 11, 52);
	high = load(src + 8, 2);
	fraction = load(src, 8);
	if ((high & 0x7fff) == 0x7fff)
		value = fraction << 1 ? NAN : INFINITY;
	else
		value = ldexp((double)fraction, (int)(high & 0x7fff) - 16383 - 63);
	return high & 0x8000 ? -value : value;
}
