/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words by type.
 */
#include "tool/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A type without fields, taken apart. */
struct simple {
	char kind;
	bool big;
	size_t size; /* bytes of a number: of a complex one its halves, of U a character */
	size_t itemsize;
};

static bool parse(const char *dtype, struct simple *out)
{
	unsigned long n;

	if (!strchr("<>|", dtype[0]) || !dtype[1])
		return false;
	n = strtoul(dtype + 2, NULL, 10);
	*out = (struct simple){ .kind = dtype[1], .big = dtype[0] == '>' };
	out->itemsize = dtype[1] == 'U' ? 4 * n : n;
	out->size = dtype[1] == 'U' ? 4 : dtype[1] == 'c' ? n / 2 : n;
	return true;
}

size_t words_itemsize(const char *dtype)
{
	struct simple t;

	return parse(dtype, &t) ? t.itemsize : 0;
}

void words_free(char **words, size_t n)
{
	for (size_t i = 0; words && i < n; i++)
		free(words[i]);
	free(words);
}

static uint64_t number_at(const struct simple *t, const unsigned char *p)
{
	uint64_t v = 0;

	for (size_t i = 0; i < t->size; i++)
		v = v << 8 | p[t->big ? i : t->size - 1 - i];
	return v;
}

static int64_t signed_at(const struct simple *t, const unsigned char *p)
{
	uint64_t v = number_at(t, p);

	if (t->size < 8 && v >> (8 * t->size - 1))
		v |= UINT64_MAX << (8 * t->size);
	return (int64_t)v;
}

static double half(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = (double)(bits & 1023), x;

	if (exponent == 31)
		x = fraction != 0 ? NAN : INFINITY;
	else
		x = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
	return bits >> 15 ? -x : x;
}

static double float_at(const struct simple *t, const unsigned char *p)
{
	uint64_t bits = number_at(t, p);
	uint32_t low = (uint32_t)bits;
	double d;
	float f;

	if (t->size == 2)
		return half(bits);
	if (t->size == 4) {
		memcpy(&f, &low, sizeof f);
		return (double)f;
	}
	memcpy(&d, &bits, sizeof d);
	return d;
}

/* ---- numbers */

static char *integer(const struct simple *t, const unsigned char *p, int width)
{
	char text[64];

	if (t->kind == 'u')
		snprintf(text, sizeof text, "%*" PRIu64, width, number_at(t, p));
	else
		snprintf(text, sizeof text, "%*" PRId64, width, signed_at(t, p));
	return strdup(text);
}

static bool integers(const struct simple *t, const unsigned char *data, size_t n, size_t step, char **words)
{
	int width = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			char *word = integer(t, data + i * step, width);

			if (!word)
				return false;
			if (pass == 0 && (int)strlen(word) > width)
				width = (int)strlen(word);
			free(words[i]);
			words[i] = word;
		}
	}
	return true;
}

static char **floats(const struct simple *t, const unsigned char *data, size_t n, size_t step, bool plus)
{
	double *values = malloc((n + 1) * sizeof *values);
	char **words;

	for (size_t i = 0; values && i < n; i++)
		values[i] = float_at(t, data + i * step);
	words = values ? words_of_floats(values, n, (unsigned)t->size, plus) : NULL;
	free(values);
	return words;
}

/* The j stands before the spaces at the end. */
static char *join_complex(const char *real, const char *imaginary)
{
	size_t n = strlen(imaginary), len = strlen(real) + n + 2;
	char *word = malloc(len);

	while (n > 0 && imaginary[n - 1] == ' ')
		n--;
	if (word)
		snprintf(word, len, "%s%.*sj%s", real, (int)n, imaginary, imaginary + n);
	return word;
}

static char **complexes(const struct simple *t, const unsigned char *data, size_t n, size_t step)
{
	char **real = floats(t, data, n, step, false), **imaginary = floats(t, data + t->size, n, step, true);
	bool ok = real && imaginary;

	for (size_t i = 0; ok && i < n; i++) {
		char *word = join_complex(real[i], imaginary[i]);

		free(real[i]);
		real[i] = word;
		ok = word != NULL;
	}
	words_free(imaginary, n);
	if (ok)
		return real;
	words_free(real, n);
	return NULL;
}

static char **times(
	const char *dtype, const struct simple *t, const unsigned char *data, size_t n, size_t step)
{
	int64_t *values = malloc((n + 1) * sizeof *values);
	char **words;

	for (size_t i = 0; values && i < n; i++)
		values[i] = signed_at(t, data + i * step);
	words = values ? words_of_times(dtype + 1, values, n) : NULL;
	free(values);
	return words;
}

/* ---- texts: as Python's repr() */

static size_t put_character(char *out, uint32_t c, char quote)
{
	static const char names[] = { ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };

	if (c == '\\' || c == (unsigned char)quote)
		return (size_t)sprintf(out, "\\%c", (char)c);
	if (c < sizeof names && names[c])
		return (size_t)sprintf(out, "\\%c", names[c]);
	if (c < 0x20 || c == 0x7f)
		return (size_t)sprintf(out, "\\x%02x", c);
	out[0] = (char)c;
	return 1;
}

/* UTF-8. */
static size_t put_wide(char *out, uint32_t c)
{
	if (c < 0xa0 || c == 0xad)
		return (size_t)sprintf(out, "\\x%02x", c);
	if (c >= 0xd800 && c < 0xe000)
		return (size_t)sprintf(out, "\\u%04x", c);
	if (c > 0x10ffff)
		return (size_t)sprintf(out, "\\U%08x", c);
	if (c < 0x800)
		return (size_t)sprintf(out, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 63));
	if (c < 0x10000)
		return (size_t)sprintf(out, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 63), 0x80 | (c & 63));
	return (size_t)sprintf(out, "%c%c%c%c", 0xf0 | c >> 18, 0x80 | (c >> 12 & 63), 0x80 | (c >> 6 & 63),
		0x80 | (c & 63));
}

static uint32_t character_at(const struct simple *t, const unsigned char *p, size_t i)
{
	return t->kind == 'U' ? (uint32_t)number_at(t, p + 4 * i) : p[i];
}

static char *text(const struct simple *t, const unsigned char *p)
{
	size_t unit = t->kind == 'U' ? 4 : 1, len = t->itemsize / unit, at = 0;
	bool single = false, twice = false;
	char *out = malloc(10 * len + 4), quote;

	while (t->kind != 'V' && len > 0 && character_at(t, p, len - 1) == 0)
		len--;
	for (size_t i = 0; i < len; i++) {
		single |= character_at(t, p, i) == '\'';
		twice |= character_at(t, p, i) == '"';
	}
	quote = t->kind != 'V' && single && !twice ? '"' : '\'';
	if (!out)
		return NULL;
	if (t->kind != 'U')
		out[at++] = 'b';
	out[at++] = quote;
	for (size_t i = 0; i < len; i++) {
		uint32_t c = character_at(t, p, i);

		if (t->kind == 'V' || (t->kind == 'S' && c > 0x7e))
			at += (size_t)sprintf(out + at, t->kind == 'V' ? "\\x%02X" : "\\x%02x", c);
		else
			at += c < 0x7f ? put_character(out + at, c, quote) : put_wide(out + at, c);
	}
	out[at++] = quote;
	out[at] = '\0';
	return out;
}

static bool texts(
	const struct simple *t, const unsigned char *data, size_t n, size_t step, bool bare, char **words)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = data + i * step;

		words[i] = t->kind != 'b' ? text(t, p) : strdup(*p ? bare ? "True" : " True" : "False");
		if (!words[i])
			return false;
	}
	return true;
}

static char **simple_words(const char *dtype, const unsigned char *data, size_t n, size_t step, bool bare)
{
	struct simple t;
	char **words;
	bool ok;

	if (!parse(dtype, &t))
		return NULL;
	if (t.kind == 'f' || t.kind == 'c') {
		if (t.size > 8)
			return NULL;
		return t.kind == 'f' ? floats(&t, data, n, step, false) : complexes(&t, data, n, step);
	}
	if (t.kind == 'm' || t.kind == 'M')
		return times(dtype, &t, data, n, step);
	words = calloc(n + 1, sizeof *words);
	ok = words && (t.kind == 'i' || t.kind == 'u' ? integers(&t, data, n, step, words)
						      : texts(&t, data, n, step, bare, words));
	if (ok)
		return words;
	words_free(words, n);
	return NULL;
}

/* ---- fields */

static size_t size_of(const json_t *dtype);

static size_t field_size(const json_t *field)
{
	const json_t *shape = json_array_get(field, 2);
	size_t size = size_of(json_array_get(field, 1)), i;
	json_t *len;

	if (json_is_integer(shape))
		return size * (size_t)json_integer_value(shape);
	json_array_foreach((json_t *)(uintptr_t)shape, i, len) size *= (size_t)json_integer_value(len);
	return size;
}

static size_t size_of(const json_t *dtype)
{
	size_t size = 0, i;
	json_t *field;

	if (json_is_string(dtype))
		return words_itemsize(json_string_value(dtype));
	json_array_foreach((json_t *)(uintptr_t)dtype, i, field) size += field_size(field);
	return size;
}

static bool append(char **to, const char *sep, const char *word)
{
	size_t have = strlen(*to), len = have + strlen(sep) + strlen(word) + 1;
	char *more = realloc(*to, len);

	if (!more)
		return false;
	snprintf(more + have, len - have, "%s%s", sep, word);
	*to = more;
	return true;
}

/* "(1, 2.5)", "(1,)". NULL also where a field is a subarray. */
static char **fields(const json_t *dtype, const unsigned char *data, size_t n, size_t step, bool bare)
{
	char **words = calloc(n + 1, sizeof *words);
	size_t count = json_array_size(dtype);
	bool ok = words != NULL;

	for (size_t i = 0; ok && i < n; i++)
		ok = (words[i] = strdup("(")) != NULL;
	for (size_t k = 0; ok && k < count; k++) {
		const json_t *field = json_array_get(dtype, k);
		char **part = json_array_size(field) > 2
				      ? NULL
				      : words_new(json_array_get(field, 1), data, n, step, bare);

		ok = part != NULL;
		for (size_t i = 0; ok && i < n; i++)
			ok = append(&words[i], k ? ", " : "", part[i]);
		words_free(part, n);
		data += field_size(field);
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = append(&words[i], count == 1 ? "," : "", ")");
	if (ok)
		return words;
	words_free(words, n);
	return NULL;
}

char **words_new(const json_t *dtype, const unsigned char *data, size_t n, size_t step, bool bare)
{
	if (json_is_string(dtype))
		return simple_words(json_string_value(dtype), data, n, step, bare);
	return json_is_array(dtype) ? fields(dtype, data, n, step, bare) : NULL;
}
