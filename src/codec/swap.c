/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte order: eight bytes at a time for the common units, in loops that compilers turn into vector code.
 */
#include "codec/swap.h"

#include <string.h>

static inline uint64_t swap2(uint64_t x)
{
	return (x & 0x00ff00ff00ff00ffu) << 8 | (x >> 8 & 0x00ff00ff00ff00ffu);
}

static inline uint64_t swap4(uint64_t x)
{
	x = __builtin_bswap64(x);
	return x << 32 | x >> 32;
}

static inline uint64_t swap8(uint64_t x)
{
	return __builtin_bswap64(x);
}

/* Bytes at the end that are not a whole word, and units that are no power of two. */
static void swap_any(uint8_t *dst, const uint8_t *src, size_t len, uint32_t unit)
{
	for (size_t i = 0; i + unit <= len; i += unit) {
		for (uint32_t lo = 0, hi = unit - 1; lo <= hi && hi < unit; lo++, hi--) {
			uint8_t a = src[i + lo];

			dst[i + lo] = src[i + hi];
			dst[i + hi] = a;
		}
	}
}

#define SWAP_WORDS(FN)                                                                                       \
	for (; i + 8 <= len; i += 8) {                                                                       \
		uint64_t x;                                                                                  \
		memcpy(&x, from + i, sizeof x);                                                              \
		x = FN(x);                                                                                   \
		memcpy(to + i, &x, sizeof x);                                                                \
	}

void zf_swap(void *dst, const void *src, size_t len, uint32_t unit)
{
	uint8_t *to = dst;
	const uint8_t *from = src;
	size_t i = 0;

	if (unit == 2)
		SWAP_WORDS(swap2)
	else if (unit == 4)
		SWAP_WORDS(swap4)
	else if (unit == 8)
		SWAP_WORDS(swap8)
	swap_any(to + i, from + i, len - i, unit);
}

void zf_swap_units(void *data, size_t len, uint32_t itemsize, const struct zf_unit *units, unsigned nunits)
{
	uint8_t *p = data;

	for (size_t i = 0; i + itemsize <= len; i += itemsize)
		for (unsigned u = 0; u < nunits; u++)
			zf_swap(p + i + units[u].offset, p + i + units[u].offset, units[u].size,
				units[u].size);
}
