/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Planes are walked in blocks of one cache line by one cache line, so that of each line that is read or
 * written all is used while it is there. Within a block, squares of 16 bytes by 16 are transposed in
 * registers: interleaving the first half of the rows with the second, log2(rows) times, is a transpose.
 */
#include "codec/plane.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LINE = 64, SQUARE = 16 };

struct pair {
	uint64_t a, b;
};

#ifdef __SSE2__

/* One interleaving of 2 * h rows. */
#define MIX(to, x, h, width, i)                                                                              \
	(to[2 * (i)] = _mm_unpacklo_##width(x[i], x[(i) + (h)]),                                             \
		to[2 * (i) + 1] = _mm_unpackhi_##width(x[i], x[(i) + (h)]))
#define MIX2(to, x, h, width, i) (MIX(to, x, h, width, i), MIX(to, x, h, width, (i) + 1))
#define MIX4(to, x, h, width, i) (MIX2(to, x, h, width, i), MIX2(to, x, h, width, (i) + 2))
#define MIX8(to, x, h, width) (MIX4(to, x, h, width, 0), MIX4(to, x, h, width, 4))

#define LOAD(x, n)                                                                                           \
	for (int i = 0; i < (n); i++)                                                                        \
	x[i] = _mm_loadu_si128((const __m128i *)(const void *)(from + (size_t)i * from_step))
#define STORE(x, n)                                                                                          \
	for (int i = 0; i < (n); i++)                                                                        \
	_mm_storeu_si128((__m128i *)(void *)(to + (size_t)i * to_step), x[i])

static inline void square_1(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)
{
	__m128i x[16], y[16];

	LOAD(x, 16);
	MIX8(y, x, 8, epi8);
	MIX8(x, y, 8, epi8);
	MIX8(y, x, 8, epi8);
	MIX8(x, y, 8, epi8);
	STORE(x, 16);
}

static inline void square_2(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)
{
	__m128i x[8], y[8];

	LOAD(x, 8);
	MIX4(y, x, 4, epi16, 0);
	MIX4(x, y, 4, epi16, 0);
	MIX4(y, x, 4, epi16, 0);
	STORE(y, 8);
}

static inline void square_4(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)
{
	__m128i x[4], y[4];

	LOAD(x, 4);
	MIX2(y, x, 2, epi32, 0);
	MIX2(x, y, 2, epi32, 0);
	STORE(x, 4);
}

static inline void square_8(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)
{
	__m128i x[2], y[2];

	LOAD(x, 2);
	MIX(y, x, 1, epi64, 0);
	STORE(y, 2);
}

#else

#define SQUARE_OF(NAME, T)                                                                                   \
	static inline void NAME(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)          \
	{                                                                                                    \
		for (size_t r = 0; r < SQUARE / sizeof(T); r++)                                              \
			for (size_t c = 0; c < SQUARE / sizeof(T); c++)                                      \
				memcpy(to + r * to_step + c * sizeof(T),                                     \
					from + c * from_step + r * sizeof(T), sizeof(T));                    \
	}

SQUARE_OF(square_1, uint8_t)
SQUARE_OF(square_2, uint16_t)
SQUARE_OF(square_4, uint32_t)
SQUARE_OF(square_8, uint64_t)

#endif

static inline void square_16(uint8_t *to, size_t to_step, const uint8_t *from, size_t from_step)
{
	(void)to_step;
	(void)from_step;
	memcpy(to, from, sizeof(struct pair));
}

static inline uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What does not fill a square. */
#define SCALAR(T, r0, r1, c0, c1)                                                                            \
	for (uint64_t r = (r0); r < (r1); r++)                                                               \
		for (uint64_t c = (c0); c < (c1); c++)                                                       \
	memcpy(to + r * p->to_step + c * sizeof(T), from + c * p->from_step + r * sizeof(T), sizeof(T))

#define PLANE(NAME, T, square)                                                                               \
	static void NAME(uint8_t *to, const uint8_t *from, const struct zf_plane *p)                         \
	{                                                                                                    \
		const uint64_t block = LINE / sizeof(T), side = SQUARE / sizeof(T);                          \
		uint64_t rows = p->rows - p->rows % side, columns = p->columns - p->columns % side;          \
                                                                                                             \
		for (uint64_t r0 = 0; r0 < rows; r0 += block)                                                \
			for (uint64_t c0 = 0; c0 < columns; c0 += block)                                     \
				for (uint64_t r = r0; r < smaller(r0 + block, rows); r += side)              \
					for (uint64_t c = c0; c < smaller(c0 + block, columns); c += side)   \
						square(to + r * p->to_step + c * sizeof(T), p->to_step,      \
							from + c * p->from_step + r * sizeof(T),             \
							p->from_step);                                       \
		SCALAR(T, 0, rows, columns, p->columns);                                                     \
		SCALAR(T, rows, p->rows, 0, p->columns);                                                     \
	}

PLANE(plane_1, uint8_t, square_1)
PLANE(plane_2, uint16_t, square_2)
PLANE(plane_4, uint32_t, square_4)
PLANE(plane_8, uint64_t, square_8)
PLANE(plane_16, struct pair, square_16)

void zf_plane_copy(void *dst, const void *src, const struct zf_plane *plane, size_t item)
{
	uint8_t *to = dst;
	const uint8_t *from = src;

	switch (item) {
	case 1:
		plane_1(to, from, plane);
		break;
	case 2:
		plane_2(to, from, plane);
		break;
	case 4:
		plane_4(to, from, plane);
		break;
	case 8:
		plane_8(to, from, plane);
		break;
	case 16:
		plane_16(to, from, plane);
		break;
	default:
		for (uint64_t r = 0; r < plane->rows; r++)
			for (uint64_t c = 0; c < plane->columns; c++)
				memcpy(to + r * plane->to_step + c * item,
					from + c * plane->from_step + r * item, item);
	}
}
