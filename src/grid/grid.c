/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grid, and the walk over a flat range of it.
 */
#include "grid/grid.h"

#include "base/checked.h"

#include <string.h>

/* ---- chunks along a dimension ---- */

/* The chunk that x lies in. */
static uint64_t chunk_of(const struct zf_grid *g, unsigned d, uint64_t x)
{
	const struct zf_edge_run *run;

	if (!g->edges[d])
		return x / g->chunk[d];
	x /= g->edge_unit[d];
	run = zf_edges_of_element(g->edges[d], x);
	return run->chunk + (x - run->at) / run->size;
}

/* Where a chunk begins; *width: how long it is. */
static uint64_t span(const struct zf_grid *g, unsigned d, uint64_t chunk, uint64_t *width)
{
	const struct zf_edge_run *run;

	if (!g->edges[d]) {
		*width = g->chunk[d];
		return chunk * g->chunk[d];
	}
	run = zf_edges_of_chunk(g->edges[d], chunk);
	*width = run->size * g->edge_unit[d];
	return (run->at + (chunk - run->chunk) * run->size) * g->edge_unit[d];
}

/* The same, *n: how much of it the array has. */
static uint64_t inside(const struct zf_grid *g, unsigned d, uint64_t chunk, uint64_t *n)
{
	uint64_t lo = span(g, d, chunk, n);

	if (g->shape[d] - lo < *n)
		*n = g->shape[d] - lo;
	return lo;
}

static uint64_t count_chunks(const struct zf_grid *g, unsigned d)
{
	if (!g->edges[d])
		return zf_div_up(g->shape[d], g->chunk[d]);
	return g->shape[d] ? chunk_of(g, d, g->shape[d] - 1) + 1 : 0;
}

/* ---- the grid ---- */

/* Folds dimension d + 1 into d where every chunk covers it whole: their elements are contiguous in both. */
static void fold(struct zf_grid *g)
{
	unsigned d = g->ndim - 1;

	while (d-- > 0) {
		if (g->chunk[d + 1] != g->shape[d + 1] || (g->edges[d + 1] && count_chunks(g, d + 1) > 1))
			continue;
		g->edge_unit[d] *= g->shape[d + 1];
		g->shape[d] *= g->shape[d + 1];
		g->chunk[d] *= g->chunk[d + 1];
		g->ndim--;
		memmove(&g->edges[d + 1], &g->edges[d + 2], (g->ndim - d - 1) * sizeof g->edges[0]);
		memmove(&g->edge_unit[d + 1], &g->edge_unit[d + 2],
			(g->ndim - d - 1) * sizeof g->edge_unit[0]);
		memmove(&g->shape[d + 1], &g->shape[d + 2], (g->ndim - d - 1) * sizeof g->shape[0]);
		memmove(&g->chunk[d + 1], &g->chunk[d + 2], (g->ndim - d - 1) * sizeof g->chunk[0]);
	}
}

static uint64_t row_chunks(const struct zf_grid *g, const uint64_t *chunk)
{
	uint64_t n = 1;
	unsigned d = 0;

	while (d < g->array_ndim && chunk[d] == 1)
		d++;
	for (d++; d < g->array_ndim; d++)
		n *= g->array_count[d];
	return n;
}

void zf_grid_init(
	struct zf_grid *g, unsigned ndim, const uint64_t *shape, const uint64_t *chunk, uint64_t itemsize)
{
	zf_grid_init_edges(g, ndim, shape, chunk, NULL, itemsize);
}

void zf_grid_init_edges(struct zf_grid *g, unsigned ndim, const uint64_t *shape, const uint64_t *chunk,
	const struct zf_edges *const *edges, uint64_t itemsize)
{
	memset(g, 0, sizeof *g);
	g->array_ndim = ndim;
	g->nchunks = 1;
	for (unsigned d = 0; d < ndim; d++) {
		g->shape[d] = shape[d];
		g->chunk[d] = chunk[d];
		g->edges[d] = edges ? edges[d] : NULL;
		g->edge_unit[d] = 1;
		g->array_count[d] = count_chunks(g, d);
		g->nchunks *= g->array_count[d];
	}
	g->shape[ndim] = itemsize;
	g->chunk[ndim] = itemsize ? itemsize : 1; /* an element may have no bytes at all (S0) */
	g->edge_unit[ndim] = 1;
	g->ndim = ndim + 1;
	g->row_chunks = row_chunks(g, chunk);
	fold(g);

	g->nbytes = g->chunk_bytes = 1;
	for (unsigned d = g->ndim; d-- > 0;) {
		g->flat_stride[d] = g->nbytes;
		g->chunk_stride[d] = g->chunk_bytes;
		g->count[d] = count_chunks(g, d);
		g->nbytes *= g->shape[d];
		g->chunk_bytes *= g->chunk[d];
	}
}

static void coords_at(const struct zf_grid *g, uint64_t offset, uint64_t *x)
{
	for (unsigned d = 0; d < g->ndim; d++) {
		x[d] = offset / g->flat_stride[d];
		offset %= g->flat_stride[d];
	}
}

void zf_walk_init(struct zf_walk *w, const struct zf_grid *grid, uint64_t offset, uint64_t len)
{
	w->grid = grid;
	w->offset = offset;
	w->end = offset + len;
	w->in_box = false;
}

/* Takes the largest box off the front of the range: as many whole steps as fit along the outermost dimension
 * whose steps the range begins at; that one is [lo, hi), those before it are fixed, those after it are whole.
 */
static bool next_box(struct zf_walk *w)
{
	const struct zf_grid *g = w->grid;
	uint64_t left = w->end - w->offset, steps = 0;
	unsigned k = 0;

	if (!left)
		return false;
	coords_at(g, w->offset, w->lo);
	for (;; k++) {
		steps = left / g->flat_stride[k];
		if (steps && w->offset % g->flat_stride[k] == 0)
			break;
	}
	if (steps > g->shape[k] - w->lo[k])
		steps = g->shape[k] - w->lo[k];
	for (unsigned d = 0; d < g->ndim; d++) {
		w->hi[d] = d < k ? w->lo[d] + 1 : d == k ? w->lo[d] + steps : g->shape[d];
		w->first[d] = w->at[d] = chunk_of(g, d, w->lo[d]);
		w->last[d] = chunk_of(g, d, w->hi[d] - 1);
	}
	w->offset += steps * g->flat_stride[k];
	w->in_box = true;
	return true;
}

static void make_piece(const struct zf_walk *w, struct zf_piece *p)
{
	const struct zf_grid *g = w->grid;
	unsigned last = g->ndim - 1;

	p->index = p->flat = p->start = p->rank = 0;
	p->ndim = 0;
	p->size = 1;
	p->end = 1;
	for (unsigned d = 0; d <= last; d++) {
		uint64_t in, origin = inside(g, d, w->at[d], &in);
		uint64_t lo = w->lo[d] > origin ? w->lo[d] : origin;
		uint64_t hi = w->hi[d] - origin < in ? w->hi[d] : origin + in;
		uint64_t n = hi - lo;

		p->rank = p->rank * in + (lo - origin);
		p->index = p->index * g->count[d] + w->at[d];
		p->flat += lo * g->flat_stride[d];
		p->start += (lo - origin) * g->chunk_stride[d];
		p->end += (n - 1) * g->chunk_stride[d];
		p->size *= n;
		if (d == last) {
			p->run = n;
		} else if (n > 1) {
			p->n[p->ndim] = n;
			p->flat_step[p->ndim] = g->flat_stride[d];
			p->chunk_step[p->ndim++] = g->chunk_stride[d];
		}
	}
	p->end += p->start;
}

bool zf_walk_next(struct zf_walk *w, struct zf_piece *piece)
{
	const struct zf_grid *g = w->grid;
	unsigned d;

	if (!w->in_box && !next_box(w))
		return false;
	make_piece(w, piece);
	for (d = g->ndim; d-- > 0;) {
		if (++w->at[d] <= w->last[d])
			return true;
		w->at[d] = w->first[d];
	}
	w->in_box = false;
	return true;
}

void zf_grid_coords(const struct zf_grid *g, uint64_t index, uint64_t *coords)
{
	for (unsigned d = g->array_ndim; d-- > 0;) {
		coords[d] = index % g->array_count[d];
		index /= g->array_count[d];
	}
}

uint64_t zf_grid_index(const struct zf_grid *g, const uint64_t *coords)
{
	uint64_t index = 0;

	for (unsigned d = 0; d < g->array_ndim; d++)
		index = index * g->array_count[d] + coords[d];
	return index;
}

uint64_t zf_grid_locate(const struct zf_grid *g, uint64_t offset, uint64_t *run_end)
{
	uint64_t x[ZF_GRID_DIMS], index = 0, at = 0, n, lo;
	unsigned last = g->ndim - 1;

	coords_at(g, offset, x);
	for (unsigned d = 0; d <= last; d++) {
		at = chunk_of(g, d, x[d]);
		index = index * g->count[d] + at;
	}
	lo = inside(g, last, at, &n);
	*run_end = offset + (lo + n - x[last]);
	return index;
}

uint64_t zf_grid_band(const struct zf_grid *g, uint64_t offset, uint64_t *end)
{
	uint64_t n, band = chunk_of(g, 0, offset / g->flat_stride[0]), lo = inside(g, 0, band, &n);

	*end = (lo + n) * g->flat_stride[0];
	return band;
}

uint64_t zf_grid_in_chunk(const struct zf_grid *g, uint64_t offset)
{
	uint64_t x[ZF_GRID_DIMS], at = 0;

	coords_at(g, offset, x);
	for (unsigned d = 0; d < g->ndim; d++) {
		uint64_t width, lo = span(g, d, chunk_of(g, d, x[d]), &width);

		at += (x[d] - lo) * g->chunk_stride[d];
	}
	return at;
}

/* A chunk's coordinates in the folded grid. */
static void chunk_coords(const struct zf_grid *g, uint64_t index, uint64_t *at)
{
	for (unsigned d = g->ndim; d-- > 0; index /= g->count[d])
		at[d] = index % g->count[d];
}

/* In the first dimension in which the byte lies outside the chunk's box, all that follows is before it, or
 * nothing is. */
uint64_t zf_grid_rank(const struct zf_grid *g, uint64_t index, uint64_t offset)
{
	uint64_t x[ZF_GRID_DIMS], at[ZF_GRID_DIMS], rank = 0;
	bool before = false, after = false;

	coords_at(g, offset, x);
	chunk_coords(g, index, at);
	for (unsigned d = 0; d < g->ndim; d++) {
		uint64_t n, lo = inside(g, d, at[d], &n);

		if (!before && !after) {
			before = x[d] < lo;
			after = x[d] >= lo + n;
		}
		rank = rank * n + (before ? 0 : after ? n - 1 : x[d] - lo);
	}
	return rank + after;
}

void zf_grid_inside(const struct zf_grid *g, uint64_t index, struct zf_piece *p)
{
	uint64_t at[ZF_GRID_DIMS], n[ZF_GRID_DIMS];
	unsigned last = g->ndim - 1, d;

	chunk_coords(g, index, at);
	for (d = 0; d < g->ndim; d++)
		inside(g, d, at[d], &n[d]);
	*p = (struct zf_piece){ .index = index };
	while (last > 0 && n[last] == g->chunk[last])
		last--;
	p->run = p->size = n[last] * g->chunk_stride[last];
	p->end = p->run;
	for (d = 0; d < last; d++) {
		p->size *= n[d];
		p->end += (n[d] - 1) * g->chunk_stride[d];
		if (n[d] > 1) {
			p->n[p->ndim] = n[d];
			p->chunk_step[p->ndim++] = g->chunk_stride[d];
		}
	}
}

/* The chunk is a box; wanted is its lexicographically first point that is not before the offset's. */
uint64_t zf_grid_next_in(const struct zf_grid *g, uint64_t index, uint64_t offset)
{
	uint64_t x[ZF_GRID_DIMS], lo[ZF_GRID_DIMS], hi[ZF_GRID_DIMS], coords[ZF_GRID_DIMS], at = 0;
	unsigned d, fixed;

	coords_at(g, offset, x);
	chunk_coords(g, index, coords);
	for (d = 0; d < g->ndim; d++) {
		lo[d] = inside(g, d, coords[d], &hi[d]);
		hi[d] += lo[d];
	}
	for (fixed = 0; fixed < g->ndim && x[fixed] >= lo[fixed] && x[fixed] < hi[fixed];)
		fixed++;
	if (fixed < g->ndim && x[fixed] >= hi[fixed]) {
		/* past the box here: step on in the innermost dimension before that still can */
		while (fixed > 0 && x[fixed - 1] + 1 >= hi[fixed - 1])
			fixed--;
		if (!fixed)
			return UINT64_MAX;
		x[fixed - 1]++;
	}
	for (d = 0; d < g->ndim; d++)
		at += (d < fixed ? x[d] : lo[d]) * g->flat_stride[d];
	return at;
}
