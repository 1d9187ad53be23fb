/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strided copies: from the parts of chunks to their places in the flat file.
 *
 * A chunk's bytes may be spread over several parts, cut without regard to rows; a run that crosses from one
 * part into the next is copied in two steps.
 *
 * Fill values come from a pattern: enough copies of one element that a run of up to FILL_BYTES is a plain
 * copy out of it, starting at any byte of an element. Zeros are the same for all arrays.
 */
#include "array/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILL_BYTES = 64 << 10, FILL_MOST = 1 << 20 };

static const unsigned char zeros[FILL_BYTES + 2];

int zf_fill_init(struct zf_array *a, struct zf_op *op, const unsigned char *fill)
{
	size_t item = a->fill_len ? a->fill_len : 1;

	if (a->fill_is_zero) {
		a->fill_item = 1; /* of which every piece is like every other */
		a->fill_size = sizeof zeros;
		a->fill = zeros;
		return 0;
	}
	if (item > FILL_MOST)
		return zf_fail(op, EOPNOTSUPP,
			"a fill value of %zu bytes: at most %d are supported, or zeros", item, FILL_MOST);
	a->fill_item = item;
	a->fill_size = item < FILL_BYTES ? FILL_BYTES + 2 * item : item;
	a->own_fill = malloc(a->fill_size);
	if (!a->own_fill)
		return zf_nomem(op, a->fill_size);
	for (size_t i = 0; i < a->fill_size; i++)
		a->own_fill[i] = fill[i % item];
	a->fill = a->own_fill;
	return 0;
}

const unsigned char *zf_fill_at(const struct zf_array *a, uint64_t start, uint64_t run)
{
	size_t phase = start % a->fill_item;

	return run <= a->fill_size - phase ? a->fill + phase : NULL;
}

void zf_fill_write(const struct zf_array *a, unsigned char *to, uint64_t start, uint64_t n)
{
	if (a->fill_is_zero) {
		memset(to, 0, n);
		return;
	}
	while (n) {
		size_t phase = start % a->fill_item;
		size_t some = a->fill_size - phase < n ? a->fill_size - phase : n;

		memcpy(to, a->fill + phase, some);
		to += some;
		start += some;
		n -= some;
	}
}

struct source {
	const struct zf_array *array;
	struct zf_part *const *parts; /* of one chunk, consecutive */
	uint64_t first;               /* number of the first */
	uint64_t part_size;
};

/* One run, which may cross parts. */
static void copy_run(const struct source *s, unsigned char *to, uint64_t start, uint64_t n)
{
	while (n) {
		uint64_t number = start / s->part_size, within = start % s->part_size;
		const struct zf_part *part = s->parts[number - s->first];
		uint64_t some = s->part_size - within < n ? s->part_size - within : n;

		if (part->state == ZF_PART_FILL)
			zf_fill_write(s->array, to, start, some);
		else
			memcpy(to, part->data + within, some);
		to += some;
		start += some;
		n -= some;
	}
}

void zf_copy_run(const struct zf_array *a, struct zf_part *const *parts, uint64_t first, uint64_t part_size,
	unsigned char *to, uint64_t start, uint64_t n)
{
	const struct source s = { a, parts, first, part_size };

	copy_run(&s, to, start, n);
}

/* All runs of a piece within one part that has data: the common case, kept tight. */
static void copy_inner(unsigned char *to, const unsigned char *from, const struct zf_piece *p, unsigned d)
{
	uint64_t n = p->n[d], flat_step = p->flat_step[d], chunk_step = p->chunk_step[d];

	if (d + 1 < p->ndim) {
		for (uint64_t i = 0; i < n; i++)
			copy_inner(to + i * flat_step, from + i * chunk_step, p, d + 1);
		return;
	}
	for (uint64_t i = 0; i < n; i++)
		memcpy(to + i * flat_step, from + i * chunk_step, p->run);
}

static void copy_runs(
	const struct source *s, unsigned char *to, uint64_t start, const struct zf_piece *p, unsigned d)
{
	if (d == p->ndim) {
		copy_run(s, to, start, p->run);
		return;
	}
	for (uint64_t i = 0; i < p->n[d]; i++)
		copy_runs(s, to + i * p->flat_step[d], start + i * p->chunk_step[d], p, d + 1);
}

static void copy_piece(const struct source *s, const struct zf_piece *p, unsigned count, unsigned char *to)
{
	const struct zf_part *part = s->parts[0];

	if (count > 1 || part->state == ZF_PART_FILL)
		copy_runs(s, to, p->start, p, 0);
	else if (p->ndim)
		copy_inner(to, part->data + (p->start - s->first * s->part_size), p, 0);
	else
		memcpy(to, part->data + (p->start - s->first * s->part_size), p->run);
}

void zf_copy_range(const struct zf_array *a, const struct zf_need *need, uint64_t offset, uint64_t len,
	unsigned char *to)
{
	struct zf_walk walk;
	struct zf_piece piece;
	unsigned at = 0, number = 0;

	zf_walk_init(&walk, &a->grid, offset, len);
	while (zf_walk_next(&walk, &piece)) {
		if (need->skip && need->skip[number++])
			continue;

		struct source s = { a, need->parts + at, piece.start / need->part_size, need->part_size };
		unsigned count = (unsigned)((piece.end - 1) / need->part_size - s.first) + 1;

		copy_piece(&s, &piece, count, to + (piece.flat - offset));
		at += count;
	}
}
