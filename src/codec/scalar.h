/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers in configurations.
 */
#ifndef ZF_CODEC_SCALAR_H
#define ZF_CODEC_SCALAR_H

#include "codec/elem.h"

/* A number: an integer that int64 or uint64 holds, or a real. */
struct zf_scalar {
	char kind; /* i u f */
	union {
		int64_t i;
		uint64_t u;
		double f;
	};
};

/* The number nearest to a JSON value, marked texts included (base/json_mark.h); false if it is none. */
bool zf_scalar_number(const json_t *value, struct zf_scalar *out);

/* As double. */
double zf_scalar_real(const struct zf_scalar *scalar);

/* A parameter that is a number; absent: *out stays. EINVAL. */
int zf_scalar_param(struct zf_op *op, const json_t *configuration, const char *key, struct zf_scalar *out);

/* A value of that type as v3 writes fill values: numbers, "NaN", "Infinity", "-Infinity", "0x7fc00001". In
 * the class of the type. EINVAL, beginning with `key`. */
int zf_scalar_typed(struct zf_op *op, const char *key, const json_t *value, const struct zf_elem *type,
	struct zf_scalar *out);

#endif
