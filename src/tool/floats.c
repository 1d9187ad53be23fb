/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floats as NumPy prints them with its defaults (precision 8, floatmode maxprec): the shortest digits that
 * are this number and no other of its type, cut at 8 behind the point; with exponents where the numbers
 * differ too much in size. FloatingFormat of numpy/core/arrayprint.py tells the rules.
 */
#include "tool/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRECISION = 8, TEXT = 512 };

/* What all have in common. */
struct form {
	bool exponents, plus;
	unsigned left, right;  /* characters before the point, and behind it */
	unsigned digits;       /* behind the point, with exponents */
	unsigned exponent_len; /* digits */
};

/* The nearest number of 16 bits. */
static double to_half(double x)
{
	int exponent;
	double unit;

	if (x == 0 || !isfinite(x))
		return x;
	frexp(x, &exponent);
	unit = ldexp(1, (exponent < -13 ? -13 : exponent) - 11);
	x = nearbyint(x / unit) * unit;
	return fabs(x) > 65504 ? copysign(INFINITY, x) : x;
}

static double read_back(const char *text, unsigned size)
{
	return size == 4   ? (double)strtof(text, NULL)
	       : size == 2 ? to_half(strtod(text, NULL))
			   : strtod(text, NULL);
}

/* Digits behind the first one of the shortest form, and its exponent. */
static int shortest(double x, unsigned size, int *exponent)
{
	char text[64];
	int n = 0;

	for (; n < 17; n++) {
		snprintf(text, sizeof text, "%.*e", n, x);
		if (read_back(text, size) == x)
			break;
	}
	*exponent = atoi(strchr(text, 'e') + 1);
	return n;
}

/* Takes zeros at the end off, but not the point. */
static void trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && text[n - 1] == '0')
		text[--n] = '\0';
}

/* Without exponent: "-1.25", "3.". */
static void positional(double x, unsigned size, bool plus, char *out)
{
	int exponent, n = shortest(x, size, &exponent) - exponent;

	snprintf(out, TEXT, plus ? "%+#.*f" : "%#.*f", n < 0 ? 0 : n > PRECISION ? PRECISION : n, x);
	trim(out);
}

/* "-1.25" and the exponent's text "+05" behind it. */
static void scientific(double x, unsigned size, bool plus, char *out, char exponent[16])
{
	int ignored, n = shortest(x, size, &ignored);
	char *e;

	snprintf(out, TEXT, plus ? "%+#.*e" : "%#.*e", n > PRECISION ? PRECISION : n, x);
	e = strchr(out, 'e');
	snprintf(exponent, 16, "%s", e + 1);
	*e = '\0';
	trim(out);
}

static void widen(unsigned *to, size_t n)
{
	if (n > *to)
		*to = (unsigned)n;
}

static void measure(struct form *f, double x, unsigned size)
{
	char text[TEXT], exponent[16];
	const char *point;

	if (f->exponents)
		scientific(x, size, f->plus, text, exponent);
	else
		positional(x, size, f->plus, text);
	point = strchr(text, '.');
	widen(&f->left, (size_t)(point - text));
	if (f->exponents) {
		widen(&f->digits, strlen(point + 1));
		widen(&f->exponent_len, strlen(exponent) - 1);
	} else {
		widen(&f->right, strlen(point + 1));
	}
}

static bool needs_exponents(const double *values, size_t n, unsigned size)
{
	double most = 0, least = INFINITY, ratio;

	for (size_t i = 0; i < n; i++) {
		double x = fabs(values[i]);

		if (!isfinite(x) || x == 0)
			continue;
		most = x > most ? x : most;
		least = x < least ? x : least;
	}
	if (most == 0)
		return false;
	ratio = size == 2 ? to_half(most / least) : size == 4 ? (double)(float)(most / least) : most / least;
	return most >= 1e8 || least < 0.0001 || ratio > 1000;
}

static void find_form(const double *values, size_t n, unsigned size, struct form *f)
{
	unsigned special = 0;
	bool finite = false;

	f->exponents = needs_exponents(values, n, size);
	for (size_t i = 0; i < n; i++) {
		if (isfinite(values[i])) {
			measure(f, values[i], size);
			finite = true;
		} else {
			widen(&special, isinf(values[i]) && (f->plus || values[i] < 0) ? 4 : 3);
			if (f->plus)
				widen(&special, 4);
		}
	}
	if (f->exponents && finite)
		f->right = f->exponent_len + 2 + f->digits;
	if (special > f->right + 1)
		widen(&f->left, special - f->right - 1);
}

/* A text between so many spaces, or another character behind it. New. */
static char *pad(unsigned left, const char *text, unsigned right, char c, const char *end)
{
	size_t n = strlen(text);
	char *word = malloc(left + n + right + strlen(end) + 1);

	if (!word)
		return NULL;
	memset(word, ' ', left);
	memcpy(word + left, text, n);
	memset(word + left + n, c, right);
	strcpy(word + left + n + right, end);
	return word;
}

static char *print_special(const struct form *f, double x)
{
	const char *sign = x < 0 ? "-" : f->plus ? "+" : "";
	char word[8];

	snprintf(word, sizeof word, "%s%s", sign, isnan(x) ? "nan" : "inf");
	return pad(f->left + f->right + 1 - (unsigned)strlen(word), word, 0, ' ', "");
}

/* All have as many digits as the longest of the shortest forms; what the others have more is exact. */
static char *print_exponent(const struct form *f, double x)
{
	char text[TEXT], end[32], *e;

	snprintf(text, sizeof text, f->plus ? "%+#.*e" : "%#.*e", (int)f->digits, x);
	e = strchr(text, 'e');
	snprintf(end, sizeof end, "e%c%0*d", e[1], (int)f->exponent_len % 10, abs(atoi(e + 1)));
	*e = '\0';
	return pad(f->left - (unsigned)(strchr(text, '.') - text), text, 0, ' ', end);
}

static char *print_one(const struct form *f, double x, unsigned size)
{
	char text[TEXT];
	unsigned left, right;

	if (!isfinite(x))
		return print_special(f, x);
	if (f->exponents)
		return print_exponent(f, x);
	positional(x, size, f->plus, text);
	left = (unsigned)(strchr(text, '.') - text);
	right = (unsigned)strlen(text) - left - 1;
	return pad(f->left - left, text, f->right - right, ' ', "");
}

char **words_of_floats(const double *values, size_t n, unsigned size, bool plus)
{
	struct form f = { .plus = plus };
	char **words = calloc(n + 1, sizeof *words);

	find_form(values, n, size, &f);
	for (size_t i = 0; words && i < n; i++) {
		words[i] = print_one(&f, values[i], size);
		if (!words[i]) {
			words_free(words, n);
			return NULL;
		}
	}
	return words;
}
