/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * float16 (IEEE 754 binary16), bit by bit: not every compiler has it.
 */
#ifndef ZF_CODEC_HALF_H
#define ZF_CODEC_HALF_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline double zf_half_to_double(uint16_t half)
{
	uint64_t sign = (uint64_t)(half >> 15) << 63, fraction = half & 0x3ff, bits;
	int exponent = half >> 10 & 31;
	double value;

	if (exponent == 0) {
		value = (double)fraction * 0x1p-24;
		return sign ? -value : value;
	}
	bits = sign | (uint64_t)(exponent == 31 ? 0x7ff : exponent + 1008) << 52 | fraction << 42;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Rounds to nearest, ties to even. NaNs keep what fits of their payload, as in NumPy. */
static inline uint16_t zf_half_from_double(double value)
{
	uint64_t bits, sign;
	double least;

	memcpy(&bits, &value, sizeof bits);
	sign = bits >> 63 << 15;
	if (isnan(value)) {
		uint64_t payload = bits >> 42 & 0x3ff;

		return (uint16_t)(sign | 0x7c00 | (payload ? payload : 1));
	}
	value = fabs(value);
	if (value >= 65520)
		return (uint16_t)(sign | 0x7c00);
	if (value < 0x1p-14) {
		least = nearbyint(value * 0x1p24);
		return (uint16_t)(sign | (uint64_t)least);
	}
	bits &= UINT64_MAX >> 1;
	bits += ((uint64_t)1 << 41) - 1 + (bits >> 42 & 1);
	return (uint16_t)(sign | ((bits >> 42) - ((uint64_t)1008 << 10)));
}

#endif
