/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small floats.
 */
#include "meta/minifloat.h"

#include <math.h>
#include <string.h>

static const struct zf_minifloat formats[] = {
	{ "float16", 5, 10, 15, ZF_MINI_IEEE }, /* as part of a complex number only */
	{ "bfloat16", 8, 7, 127, ZF_MINI_IEEE },
	{ "float8_e3m4", 3, 4, 3, ZF_MINI_IEEE },
	{ "float8_e4m3", 4, 3, 7, ZF_MINI_IEEE },
	{ "float8_e4m3fn", 4, 3, 7, ZF_MINI_FN },
	{ "float8_e4m3b11fnuz", 4, 3, 11, ZF_MINI_FNUZ },
	{ "float8_e4m3fnuz", 4, 3, 8, ZF_MINI_FNUZ },
	{ "float8_e5m2", 5, 2, 15, ZF_MINI_IEEE },
	{ "float8_e5m2fnuz", 5, 2, 16, ZF_MINI_FNUZ },
	{ "float8_e8m0fnu", 8, 0, 127, ZF_MINI_E8M0 },
	{ "float6_e2m3fn", 2, 3, 1, ZF_MINI_ONLY },
	{ "float6_e3m2fn", 3, 2, 3, ZF_MINI_ONLY },
	{ "float4_e2m1fn", 2, 1, 1, ZF_MINI_ONLY },
};

const struct zf_minifloat *zf_minifloat_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

unsigned zf_minifloat_bits(const struct zf_minifloat *f)
{
	return f->exponent + f->mantissa + (f->kind != ZF_MINI_E8M0);
}

size_t zf_minifloat_bytes(const struct zf_minifloat *f)
{
	return zf_minifloat_bits(f) > 8 ? 2 : 1;
}

static bool put_nan(const struct zf_minifloat *f, unsigned *bits)
{
	unsigned ones = (1u << (f->exponent + f->mantissa)) - 1;

	switch (f->kind) {
	case ZF_MINI_IEEE: /* the quiet one, no payload */
		*bits = ones ^ ((1u << (f->mantissa - 1)) - 1);
		return true;
	case ZF_MINI_FN:
	case ZF_MINI_E8M0:
		*bits = ones;
		return true;
	case ZF_MINI_FNUZ:
		*bits = ones + 1;
		return true;
	default:
		return false;
	}
}

/* The bits of the largest number. */
static unsigned largest(const struct zf_minifloat *f)
{
	unsigned ones = (1u << (f->exponent + f->mantissa)) - 1;

	if (f->kind == ZF_MINI_IEEE)
		return ones - (1u << f->mantissa);
	return f->kind == ZF_MINI_FN || f->kind == ZF_MINI_E8M0 ? ones - 1 : ones;
}

/* A power of 2; zero becomes the smallest. */
static bool round_e8m0(const struct zf_minifloat *f, double value, unsigned *bits)
{
	int exponent;
	double part = frexp(value, &exponent); /* 0.5 .. 1 */

	if (signbit(value) || isinf(value))
		return false;
	exponent += f->bias - (part < 0.75);
	if (value == 0 || exponent < 0)
		exponent = 0;
	*bits = (unsigned)exponent;
	return *bits <= largest(f);
}

bool zf_minifloat_round(const struct zf_minifloat *f, double value, unsigned *bits)
{
	unsigned sign = signbit(value) ? 1u << (f->exponent + f->mantissa) : 0;
	double size = fabs(value), steps;
	int exponent;

	if (isnan(value))
		return put_nan(f, bits);
	if (f->kind == ZF_MINI_E8M0)
		return round_e8m0(f, value, bits);
	*bits = largest(f) + 1;
	if (!isinf(size)) {
		frexp(size, &exponent);
		exponent--; /* size is 1.x * 2^exponent */
		if (size == 0 || exponent < 1 - f->bias)
			exponent = 1 - f->bias; /* subnormal */
		steps = nearbyint(ldexp(size, (int)f->mantissa - exponent));
		steps += ldexp(exponent + f->bias - 1, (int)f->mantissa);
		*bits = steps < *bits ? (unsigned)steps : *bits;
	}
	if (*bits > largest(f) && f->kind != ZF_MINI_IEEE)
		return false;
	*bits |= *bits == 0 && f->kind == ZF_MINI_FNUZ ? 0 : sign;
	return true;
}
