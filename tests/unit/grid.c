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

enum { MOST_EDGES = 12 };

struct example {
	unsigned ndim;
	uint64_t shape[8], chunk[8], item;
	uint64_t edge[8][MOST_EDGES];    /* each chunk's length, to the end of the shape or beyond */
	unsigned edges[8];               /* how many there are; 0: all have chunk[d] */
	const struct zf_edges *table[8]; /* the same; static */
};

/* Which chunk x lies in along a dimension, and where in it: by walking. */
static uint64_t model_chunk(const struct example *e, unsigned d, uint64_t x, uint64_t *within)
{
	uint64_t chunk = 0, width;

	for (;; chunk++, x -= width) {
		width = e->edges[d] ? e->edge[d][chunk] : e->chunk[d];
		if (x < width)
			break;
	}
	*within = x;
	return chunk;
}

static void model_make(struct model *m, const struct example *e)
{
	static uint64_t seen[MOST];
	uint64_t elements = 1, in;

	for (unsigned d = 0; d < e->ndim; d++)
		elements *= e->shape[d];
	memset(seen, 0, sizeof seen);
	m->n = 0;
	for (uint64_t i = 0; i < elements; i++) {
		uint64_t rest = i, x[8], index = 0, within = 0;

		for (unsigned d = e->ndim; d-- > 0;) {
			x[d] = rest % e->shape[d];
			rest /= e->shape[d];
		}
		for (unsigned d = 0; d < e->ndim; d++) {
			index = index * (model_chunk(e, d, e->shape[d] - 1, &in) + 1);
			index += model_chunk(e, d, x[d], &in);
			within = within * e->chunk[d] + in;
		}
		for (uint64_t b = 0; b < e->item; b++) {
			m->chunk[m->n] = index;
			m->rank[m->n] = seen[index]++;
			m->byte[m->n++] = within * e->item + b;
		}
	}
}

/* Chunks of random lengths, as runs of equal ones (or, sometimes, as more runs than there need be). */
static void edges_make(struct example *e, unsigned d)
{
	static _Alignas(struct zf_edges) unsigned char
		room[8][sizeof(struct zf_edges) + MOST_EDGES * sizeof(struct zf_edge_run)];
	struct zf_edges *head = (struct zf_edges *)room[d];
	struct zf_edge_run *run = head->run;
	uint64_t end = e->shape[d] + (rnd(3) ? 0 : rnd(3)), most = 1 + rnd(4);

	*head = (struct zf_edges){ .largest = 1 };
	for (e->edges[d] = 0; head->elements < end && e->edges[d] < MOST_EDGES; e->edges[d]++) {
		uint64_t size = 1 + rnd(most);

		if (e->edges[d] == MOST_EDGES - 1 && head->elements + size < end)
			size = end - head->elements;
		e->edge[d][e->edges[d]] = size;
		if (!head->count || run[head->count - 1].size != size || !rnd(4))
			run[head->count++] = (struct zf_edge_run){ e->edges[d], head->elements, size };
		head->elements += size;
		head->chunks++;
		if (size > head->largest)
			head->largest = size;
	}
	e->table[d] = head;
	e->chunk[d] = head->largest;
}

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
			e->edges[d] = 0;
			e->table[d] = NULL;
			if (!rnd(3))
				edges_make(e, d);
			bytes *= e->shape[d];
		}
	} while (bytes > MOST);
}

static void example_grid(const struct example *e, struct zf_grid *grid)
{
	zf_grid_init_edges(grid, e->ndim, e->shape, e->chunk, e->table, e->item);
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
		model_make(&m, &e);
		example_grid(&e, &grid);
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
		model_make(&m, &e);
		example_grid(&e, &grid);
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

/* A band ends where the next one begins, and has all chunks of one first coordinate. */
START_TEST(bands_agree_with_the_model)
{
	static struct model m;

	rng = unit_seed();
	for (int k = 0; k < 1000; k++) {
		struct example e;
		struct zf_grid grid;
		uint64_t at = 0, end, band, width;

		example_make(&e);
		model_make(&m, &e);
		example_grid(&e, &grid);
		width = grid.nchunks / grid.count[0];
		for (uint64_t number = 0; at < m.n; at = end, number++) {
			band = zf_grid_band(&grid, at, &end);
			ck_assert_uint_eq(band, number);
			ck_assert_uint_gt(end, at);
			for (uint64_t b = at; b < end; b++)
				ck_assert_uint_eq(m.chunk[b] / width, band);
		}
		ck_assert_uint_eq(at, m.n);
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
		model_make(&m, &e);
		example_grid(&e, &grid);
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
	bands_agree_with_the_model, ranks_are_the_order_of_the_file_within_a_chunk, numbers_do_not_overflow,
	chunks_that_are_contiguous_are_one_run, empty_arrays_have_no_pieces)
