/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arithmetic on numbers that come from outside. Each returns true when the exact result fits and was
 * stored, false (and leaves *out alone) when it does not.
 */
#ifndef ZF_BASE_CHECKED_H
#define ZF_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool zf_mul(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;
	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

static inline bool zf_add(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t r;
	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

/* ceil(a / b) for b > 0, without overflow */
static inline uint64_t zf_div_up(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

#endif
