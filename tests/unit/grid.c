/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grid against a model that walks the array element by element.
 */
#include "grid/grid.h"

#include "unit.h"

enum { MOST = 4096 };

static uint64_t rng;

static uint64_t rnd(uint64_t below)
{
	return unit_below(&rng, below);
}

/* Where each byte of the flat file is: chunk number and byte in the chunk. */
struct model {
	uint64_t chunk[MOST], byte[MOST], rank[MOST], n;
};

static void model_make(
	struct model *m, unsigned ndim, const uint64_t *shape, const uint64_t *chunk, uint64_t item)
{
	uint64_t elements = 1;

	for (unsigned d = 0; d < ndim; d++)
		elements *= shape[d];
	static uint64_t seen[MOST];

	memset(seen, 0, sizeof seen);
	m->n = 0;
	for (uint64_t e = 0; e < elements; e++) {
		uint64_t rest = e, x[8], index = 0, within = 0;

		for (unsigned d = ndim; d-- > 0;) {
			x[d] = rest % shape[d];
			rest /= shape[d];
		}
		for (unsigned d = 0; d < ndim; d++) {
			index = index * ((shape[d] + chunk[d] - 1) / chunk[d]) + x[d] / chunk[d];
			within = within * chunk[d] + x[d] % chunk[d];
		}
		for (uint64_t b = 0; b < item; b++) {
			m->chunk[m->n] = index;
			m->rank[m->n] = seen[index]++;
			m->byte[m->n++] = within * item + b;
		}
	}
}

struct example {
	unsigned ndim;
	uint64_t shape[8], chunk[8], item;
};

static void example_make(struct example *e)
{
	uint64_t bytes;

	do {
		e->ndim = (unsigned)rnd(5);
		e->item = 1 + rnd(5);
		bytes = e->item;
		for (unsigned d = 0; d < e->ndim; d++) {
			e->shape[d] = 1 + rnd(9);
			e->chunk[d] = rnd(3) ? 1 + rnd(e->shape[d] + 2) : e->shape[d];
			bytes *= e->shape[d];
		}
	} while (bytes > MOST);
}

/* Checks one piece and marks what it covers, relative to the range. */
static void check_piece(
	const struct zf_piece *p, const struct model *m, unsigned char *covered, uint64_t offset)
{
	uint64_t i[8] = { 0 }, size = 0, last = 0;
	unsigned d;

	for (;;) {
		uint64_t flat = p->flat, start = p->start;

		for (d = 0; d < p->ndim; d++) {
			flat += i[d] * p->flat_step[d];
			start += i[d] * p->chunk_step[d];
		}
		for (uint64_t b = 0; b < p->run; b++) {
			ck_assert_uint_eq(m->chunk[flat + b], p->index);
			ck_assert_uint_eq(m->byte[flat + b], start + b);
			ck_assert_uint_eq(m->rank[flat + b], p->rank + size + b);
			ck_assert_uint_eq(covered[flat + b - offset], 0);
			covered[flat + b - offset] = 1;
		}
		size += p->run;
		last = start + p->run;
		for (d = p->ndim; d-- > 0;) {
			if (++i[d] < p->n[d])
				break;
			i[d] = 0;
		}
		if (d >= p->ndim)
			break;
	}
	ck_assert_uint_eq(p->size, size);
	ck_assert_uint_eq(p->end, last);
}

START_TEST(walk_covers_each_byte_once)
{
	static struct model m;
	static unsigned char covered[MOST];

	rng = unit_seed();
	for (int k = 0; k < 6000; k++) {
		struct example e;
		struct zf_grid grid;
		struct zf_walk walk;
		struct zf_piece piece;
		uint64_t offset, len;

		example_make(&e);
		model_make(&m, e.ndim, e.shape, e.chunk, e.item);
		zf_grid_init(&grid, e.ndim, e.shape, e.chunk, e.item);
		ck_assert_uint_eq(grid.nbytes, m.n);
		offset = rnd(m.n);
		len = 1 + rnd(m.n - offset);
		memset(covered, 0, sizeof covered);
		zf_walk_init(&walk, &grid, offset, len);
		while (zf_walk_next(&walk, &piece)) {
			ck_assert_uint_ge(piece.flat, offset);
			check_piece(&piece, &m, covered, offset);
		}
		for (uint64_t b = 0; b < len; b++)
			ck_assert_msg(covered[b], "case %d: byte %llu is missing", k,
				(unsigned long long)(offset + b));
	}
}
END_TEST

START_TEST(locate_and_next_agree_with_the_model)
{
	static struct model m;

	rng = unit_seed();
	for (int k = 0; k < 2000; k++) {
		struct example e;
		struct zf_grid grid;
		uint64_t offset, run_end, index, want, coords[8];

		example_make(&e);
		model_make(&m, e.ndim, e.shape, e.chunk, e.item);
		zf_grid_init(&grid, e.ndim, e.shape, e.chunk, e.item);
		offset = rnd(m.n);

		index = zf_grid_locate(&grid, offset, &run_end);
		ck_assert_uint_eq(index, m.chunk[offset]);
		ck_assert_uint_eq(zf_grid_in_chunk(&grid, offset), m.byte[offset]);
		ck_assert_uint_gt(run_end, offset);
		for (uint64_t b = offset; b < run_end; b++) {
			ck_assert_uint_eq(m.chunk[b], index);
			ck_assert_uint_eq(m.byte[b], m.byte[offset] + b - offset);
		}

		zf_grid_coords(&grid, index, coords);
		ck_assert_uint_eq(zf_grid_index(&grid, coords), index);

		index = rnd(grid.nchunks);
		for (want = offset; want < m.n && m.chunk[want] != index; want++)
			;
		ck_assert_uint_eq(zf_grid_next_in(&grid, index, offset), want < m.n ? want : UINT64_MAX);
	}
}
END_TEST

/* The bytes of a chunk in the order of the file, and how many of them lie before any byte of it. */
START_TEST(ranks_are_the_order_of_the_file_within_a_chunk)
{
	static struct model m;

	rng = unit_seed();
	for (int k = 0; k < 2000; k++) {
		struct example e;
		struct zf_grid grid;
		struct zf_piece p;
		uint64_t index, offset, before = 0, seen = 0;

		example_make(&e);
		model_make(&m, e.ndim, e.shape, e.chunk, e.item);
		zf_grid_init(&grid, e.ndim, e.shape, e.chunk, e.item);
		index = rnd(grid.nchunks);
		offset = rnd(m.n + 1);
		zf_grid_inside(&grid, index, &p);
		for (uint64_t b = 0; b < m.n; b++) {
			uint64_t run = seen / p.run, at = seen % p.run;

			if (m.chunk[b] != index)
				continue;
			before += b < offset;
			for (unsigned d = p.ndim; d-- > 0; run /= p.n[d])
				at += run % p.n[d] * p.chunk_step[d];
			ck_assert_uint_eq(m.byte[b], at);
			seen++;
		}
		ck_assert_uint_eq(p.size, seen);
		ck_assert_uint_eq(zf_grid_rank(&grid, index, offset), before);
	}
}
END_TEST

/* 3.6 PB: shape 10^8 x 10^7 of int32 in chunks of 1000 x 1000; by hand */
START_TEST(numbers_do_not_overflow)
{
	uint64_t shape[] = { 100000000, 10000000 }, chunk[] = { 1000, 1000 }, coords[2], run_end;
	struct zf_grid grid;
	struct zf_walk walk;
	struct zf_piece piece;
	uint64_t last = 4000000000000000u - 4;

	zf_grid_init(&grid, 2, shape, chunk, 4);
	ck_assert_uint_eq(grid.nbytes, 4000000000000000u);
	ck_assert_uint_eq(grid.nchunks, 1000000000u);
	ck_assert_uint_eq(grid.row_chunks, 10000);
	ck_assert_uint_eq(zf_grid_locate(&grid, last, &run_end), 999999999u);
	ck_assert_uint_eq(run_end, last + 4);
	zf_grid_coords(&grid, 999999999u, coords);
	ck_assert_uint_eq(coords[0], 99999);
	ck_assert_uint_eq(coords[1], 9999);
	zf_walk_init(&walk, &grid, last, 4);
	ck_assert(zf_walk_next(&walk, &piece));
	ck_assert_uint_eq(piece.start, 3999996);
	ck_assert_uint_eq(piece.end, 4000000);
	ck_assert(!zf_walk_next(&walk, &piece));
}
END_TEST

START_TEST(chunks_that_are_contiguous_are_one_run)
{
	uint64_t shape[] = { 4, 721, 1440 }, chunk[] = { 1, 721, 1440 }, size = 721 * 1440 * 4;
	struct zf_grid grid;
	struct zf_walk walk;
	struct zf_piece piece;

	zf_grid_init(&grid, 3, shape, chunk, 4);
	ck_assert_uint_eq(grid.row_chunks, 1);
	zf_walk_init(&walk, &grid, size - 10, 20);
	ck_assert(zf_walk_next(&walk, &piece));
	ck_assert_uint_eq(piece.index, 0);
	ck_assert_uint_eq(piece.run, 10);
	ck_assert_uint_eq(piece.ndim, 0);
	ck_assert(zf_walk_next(&walk, &piece));
	ck_assert_uint_eq(piece.index, 1);
	ck_assert_uint_eq(piece.start, 0);
	ck_assert(!zf_walk_next(&walk, &piece));
}
END_TEST

START_TEST(empty_arrays_have_no_pieces)
{
	uint64_t shape[] = { 3, 0 }, chunk[] = { 2, 2 };
	struct zf_grid grid;
	struct zf_walk walk;
	struct zf_piece piece;

	zf_grid_init(&grid, 2, shape, chunk, 8);
	ck_assert_uint_eq(grid.nbytes, 0);
	ck_assert_uint_eq(grid.nchunks, 0);
	zf_walk_init(&walk, &grid, 0, 0);
	ck_assert(!zf_walk_next(&walk, &piece));
	zf_grid_init(&grid, 2, shape, chunk, 0); /* elements without bytes */
	ck_assert_uint_eq(grid.nbytes, 0);
}
END_TEST

UNIT_MAIN("grid", walk_covers_each_byte_once, locate_and_next_agree_with_the_model,
	ranks_are_the_order_of_the_file_within_a_chunk, numbers_do_not_overflow,
	chunks_that_are_contiguous_are_one_run, empty_arrays_have_no_pieces)
