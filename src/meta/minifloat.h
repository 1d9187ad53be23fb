/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floats that C lacks: bfloat16, and those of a byte or less (zarr-extensions, "data-types"; ml_dtypes).
 */
#ifndef ZF_META_MINIFLOAT_H
#define ZF_META_MINIFLOAT_H

#include <stdbool.h>
#include <stddef.h>

struct zf_minifloat {
	const char *name;
	unsigned exponent, mantissa; /* bits of each; the sign is one more, but for E8M0 */
	int bias;
	enum {
		ZF_MINI_IEEE, /* the largest exponent is for infinities and NaN */
		ZF_MINI_FN,   /* NaN is all ones; no infinities */
		ZF_MINI_FNUZ, /* NaN is what else would be -0; no infinities */
		ZF_MINI_ONLY, /* neither */
		ZF_MINI_E8M0, /* powers of 2, NaN is all ones; no sign, no zero */
	} kind;
};

/* The format of that name; NULL: none of these. */
const struct zf_minifloat *zf_minifloat_find(const char *name);

/* Bits of an element, and the bytes that it takes. */
unsigned zf_minifloat_bits(const struct zf_minifloat *format);
size_t zf_minifloat_bytes(const struct zf_minifloat *format);

/* The bits of the nearest value, ties to even; false if the format has none: an infinity, a NaN, or a number
 * beyond the largest where there are no infinities. */
bool zf_minifloat_round(const struct zf_minifloat *format, double value, unsigned *bits);

#endif
