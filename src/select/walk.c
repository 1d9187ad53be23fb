/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a range of the result to picks.
 *
 * The range is cut into boxes of the result, as grid.c does it with the flat file, and each box, along each
 * axis, into segments that lie in one chunk; a product of segments is a pick. The elements of a list are
 * taken in the order of their indices, so that a segment has all of the box that lies in its chunk, and each
 * chunk comes once in a box. Points are sorted likewise, some at a time.
 */
#include "select/axis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 1 << 16 }; /* sorted at a time */

/* The part of an axis that a box has, and what of it is in one chunk. */
struct range {
	uint64_t lo, hi;             /* in the result */
	const uint64_t *index, *out; /* of a list: ascending indices, and their places behind `base`; out may
					be NULL: they are in order */
	uint64_t base;
	uint64_t *own; /* memory of the two; owned */

	uint64_t at, n;     /* the segment: elements, counted from lo */
	uint64_t first;     /* index of its first element */
	uint64_t chunk;     /* number of its chunk, */
	uint64_t origin;    /* where that begins, */
	uint64_t inside;    /* and how much of it the array has */
	uint64_t rank_step; /* bytes of a step of index there */
};

struct walk {
	const struct zf_select *s;
	struct zf_op *op;
	const struct zf_pick_grid *grid;
	uint64_t chunk_step[ZF_MAX_NDIM],
		out_step[ZF_MAX_NDIM]; /* bytes of a step of index, and in the result */
	uint64_t offset;               /* byte of the result where the buffer begins */
	uint32_t from, to;             /* bytes of each element of the result */
	zf_pick_fn *fn;
	void *arg;
	struct range range[ZF_MAX_NDIM];
	struct zf_pick pick;
};

/* ---- chunks along a dimension ---- */

static uint64_t chunk_of(const struct walk *w, unsigned d, uint64_t index)
{
	const struct zf_edges *edges = w->grid->edges[d];
	const struct zf_edge_run *run;

	if (!edges)
		return index / w->grid->chunk[d];
	run = zf_edges_of_element(edges, index);
	return run->chunk + (index - run->at) / run->size;
}

/* Where a chunk begins; *n: how much of it the array has. */
static uint64_t span(const struct walk *w, unsigned d, uint64_t chunk, uint64_t *n)
{
	const struct zf_edges *edges = w->grid->edges[d];
	const struct zf_edge_run *run = edges ? zf_edges_of_chunk(edges, chunk) : NULL;
	uint64_t size = run ? run->size : w->grid->chunk[d];
	uint64_t origin = run ? run->at + (chunk - run->chunk) * size : chunk * size;
	uint64_t left = w->s->shape[d] - origin;

	*n = left < size ? left : size;
	return origin;
}

/* ---- picks ---- */

static void add_dim(struct walk *w, const struct zf_pick_dim *dim)
{
	if (dim->n > 1 || dim->in_chunk)
		w->pick.dim[w->pick.ndim++] = *dim;
}

/* A step that goes on where the run ends is part of it. Outermost dimensions come first. */
static void join_runs(struct zf_pick *p)
{
	while (p->ndim) {
		const struct zf_pick_dim *d = &p->dim[p->ndim - 1];

		if (d->in_chunk || d->chunk_step != p->run || d->rank_step != p->run || d->out_step != p->run)
			return;
		p->run *= d->n;
		p->ndim--;
	}
}

/* A pick for each run of bytes of the elements. */
static int emit(struct walk *w)
{
	const struct zf_select *s = w->s;
	struct zf_pick base = w->pick;

	for (unsigned i = 0; i < s->nruns; i++) {
		const struct zf_select_run *run = &s->runs[i];
		uint32_t from = run->to > w->from ? run->to : w->from;
		uint32_t to = run->to + run->len < w->to ? run->to + run->len : w->to;
		int ret;

		if (from >= to)
			continue;
		w->pick.start = base.start + run->from + (from - run->to);
		w->pick.rank = base.rank + run->from + (from - run->to);
		w->pick.out = base.out + from;
		w->pick.run = to - from;
		w->pick.ndim = base.ndim;
		join_runs(&w->pick);
		ret = w->fn(w->arg, &w->pick);
		if (ret)
			return ret;
	}
	w->pick = base;
	return 0;
}

/* ---- segments ---- */

static uint64_t index_at(const struct zf_axis *a, const struct range *r, uint64_t at)
{
	return r->index ? r->index[at] : a->start + (r->lo + at) * a->step;
}

/* How many of n ascending indices are below `end`. */
static uint64_t below(const uint64_t *index, uint64_t n, uint64_t end)
{
	uint64_t lo = 0, hi = n;

	while (lo < hi) {
		uint64_t middle = lo + (hi - lo) / 2;

		if (index[middle] < end)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* The segment that begins at `at`. */
static void segment(struct walk *w, unsigned d, uint64_t at)
{
	const struct zf_axis *a = &w->s->axis[d];
	struct range *r = &w->range[d];
	uint64_t left = r->hi - r->lo - at, last;

	r->at = at;
	r->first = index_at(a, r, at);
	r->chunk = chunk_of(w, d, r->first);
	r->origin = span(w, d, r->chunk, &r->inside);
	last = r->inside - 1 - (r->first - r->origin);
	if (r->index)
		r->n = below(r->index + at, left, r->first + last + 1);
	else if (last / a->step < left - 1)
		r->n = last / a->step + 1;
	else
		r->n = left;
}

static void set_dim(struct walk *w, unsigned d)
{
	const struct zf_axis *a = &w->s->axis[d];
	const struct range *r = &w->range[d];
	struct zf_pick_dim dim = { .n = r->n, .out_step = w->out_step[d] };

	if (r->index && r->n > 1) {
		dim.chunk_step = w->chunk_step[d];
		dim.rank_step = r->rank_step;
		dim.in_chunk = dim.in_rank = r->index + r->at;
		dim.in_out = r->out ? r->out + r->at : NULL;
	} else {
		dim.chunk_step = w->chunk_step[d] * a->step;
		dim.rank_step = r->rank_step * a->step;
	}
	add_dim(w, &dim);
}

/* The pick of the segments as they are. Lists have indices of the array and places of the axis; what is to be
 * taken off of both is taken off the starts, where numbers may pass through 0 and come back. */
static int product(struct walk *w)
{
	const struct zf_select *s = w->s;
	struct zf_pick *p = &w->pick;
	uint64_t rank_step = s->array_itemsize;

	p->index = p->start = p->rank = 0;
	p->out = -w->offset;
	p->ndim = 0;
	for (unsigned d = s->ndim; d-- > 0;) {
		w->range[d].rank_step = rank_step;
		rank_step *= w->range[d].inside;
	}
	for (unsigned d = 0; d < s->ndim; d++) {
		const struct range *r = &w->range[d];
		uint64_t in_chunk = r->first - r->origin;
		bool list = r->index && r->n > 1;

		p->index = p->index * w->grid->count[d] + r->chunk;
		p->start += (list ? -r->origin : in_chunk) * w->chunk_step[d];
		p->rank += (list ? -r->origin : in_chunk) * r->rank_step;
		p->out += (r->out ? r->base + (list ? 0 : r->out[r->at]) : r->lo + r->at) * w->out_step[d];
		set_dim(w, d);
	}
	return emit(w);
}

/* ---- boxes ---- */

/* The memory of a list's order goes: nobody may have picks of it any more. */
static int drop_order(struct walk *w, struct range *r)
{
	int ret = r->own ? w->fn(w->arg, NULL) : 0;

	free(r->own);
	r->own = NULL;
	return ret;
}

static int sort_range(struct walk *w, const struct zf_axis *a, struct range *r)
{
	uint64_t n = r->hi - r->lo;

	r->own = malloc(2 * n * sizeof *r->own);
	if (!r->own)
		return zf_nomem(w->op, 2 * n * sizeof *r->own);
	for (uint64_t i = 0; i < n; i++)
		r->own[i] = i;
	zf_axis_sort(a->list + r->lo, r->own, n);
	for (uint64_t i = 0; i < n; i++)
		r->own[n + i] = a->list[r->lo + r->own[i]];
	r->index = r->own + n;
	r->out = r->own;
	r->base = r->lo;
	return 0;
}

static int set_range(struct walk *w, unsigned d, uint64_t lo, uint64_t hi)
{
	const struct zf_axis *a = &w->s->axis[d];
	struct range *r = &w->range[d];
	int ret = drop_order(w, r);

	if (ret)
		return ret;
	r->lo = lo;
	r->hi = hi;
	r->index = r->out = NULL;
	r->base = 0;
	if (!a->list)
		return 0;
	if (!a->sorted || hi - lo == 1)
		r->index = a->list + lo;
	else if (hi - lo < a->count)
		return sort_range(w, a, r);
	else {
		r->index = a->sorted;
		r->out = a->order;
	}
	return 0;
}

static int walk_box(struct walk *w)
{
	unsigned ndim = w->s->ndim, d;

	for (d = 0; d < ndim; d++)
		segment(w, d, 0);
	for (;;) {
		int ret = product(w);

		if (ret)
			return ret;
		for (d = ndim; d-- > 0;) {
			struct range *r = &w->range[d];
			bool end = r->at + r->n == r->hi - r->lo;

			segment(w, d, end ? 0 : r->at + r->n);
			if (!end)
				break;
		}
		if (d == UINT32_MAX)
			return 0;
	}
}

/* The largest box at element `at` of at most `left` elements: as next_box() of grid.c. */
static int next_box(struct walk *w, uint64_t at, uint64_t left, uint64_t *taken)
{
	const struct zf_select *s = w->s;
	uint64_t stride[ZF_MAX_NDIM + 1], x[ZF_MAX_NDIM], steps = 1;
	unsigned k = 0;

	stride[s->ndim] = 1;
	for (unsigned d = s->ndim; d-- > 0;)
		stride[d] = d + 1 < s->ndim ? stride[d + 1] * s->axis[d + 1].count : 1;
	for (unsigned d = 0; d < s->ndim; d++)
		x[d] = at / stride[d] % s->axis[d].count;
	while (k < s->ndim && (stride[k] > left || at % stride[k]))
		k++;
	if (k < s->ndim) {
		steps = left / stride[k];
		if (steps > s->axis[k].count - x[k])
			steps = s->axis[k].count - x[k];
	}
	for (unsigned d = 0; d < s->ndim; d++) {
		uint64_t lo = d <= k ? x[d] : 0, hi = d < k ? lo + 1 : d == k ? lo + steps : s->axis[d].count;
		int ret = set_range(w, d, lo, hi);

		if (ret)
			return ret;
	}
	*taken = s->ndim ? steps * stride[k] : 1;
	return 0;
}

static int walk_axes(struct walk *w, uint64_t at, uint64_t n)
{
	int ret = 0;

	for (uint64_t taken; n && ret == 0; at += taken, n -= taken) {
		ret = next_box(w, at, n, &taken);
		if (ret)
			break;
		ret = walk_box(w);
	}
	return ret;
}

/* ---- points ---- */

struct point {
	uint64_t chunk, offset, rank, out; /* offset, rank: in elements */
};

static int compare(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	if (p->chunk != q->chunk)
		return p->chunk < q->chunk ? -1 : 1;
	if (p->offset != q->offset)
		return p->offset < q->offset ? -1 : 1;
	return (p->out > q->out) - (p->out < q->out);
}

static void find_point(const struct walk *w, uint64_t element, struct point *out)
{
	uint64_t chunk_step = 1, rank_step = 1, step = 1;

	out->chunk = out->offset = out->rank = 0;
	for (unsigned d = w->s->ndim; d-- > 0; element /= w->s->shape[d]) {
		uint64_t x = element % w->s->shape[d], c = chunk_of(w, d, x), inside;
		uint64_t in_chunk = x - span(w, d, c, &inside);

		out->chunk += c * step;
		out->offset += in_chunk * chunk_step;
		out->rank += in_chunk * rank_step;
		step *= w->grid->count[d];
		chunk_step *= w->grid->chunk[d];
		rank_step *= inside;
	}
}

/* Memory for POINTS of them: what is sorted, then the lists of picks. */
struct points {
	struct point point[POINTS];
	uint64_t offset[POINTS], rank[POINTS], out[POINTS];
};

static int emit_points(struct walk *w, const struct points *m, uint64_t at, uint64_t n)
{
	uint64_t item = w->s->array_itemsize;

	w->pick = (struct zf_pick){ .index = m->point[at].chunk, .ndim = 1, .out = -w->offset };
	w->pick.dim[0] = (struct zf_pick_dim){ .n = n,
		.chunk_step = item,
		.rank_step = item,
		.out_step = w->s->itemsize,
		.in_chunk = m->offset + at,
		.in_rank = m->rank + at,
		.in_out = m->out + at };
	return emit(w);
}

static int walk_some(struct walk *w, struct points *m, uint64_t at, uint64_t n)
{
	bool sorted = true;
	int ret = 0;

	for (uint64_t i = 0; i < n; i++) {
		find_point(w, w->s->point[at + i], &m->point[i]);
		m->point[i].out = at + i;
		sorted = sorted && (i == 0 || compare(&m->point[i - 1], &m->point[i]) < 0);
	}
	if (!sorted)
		qsort(m->point, n, sizeof m->point[0], compare);
	for (uint64_t i = 0; i < n; i++) {
		m->offset[i] = m->point[i].offset;
		m->rank[i] = m->point[i].rank;
		m->out[i] = m->point[i].out;
	}
	for (uint64_t i = 0, end; i < n && ret == 0; i = end) {
		for (end = i + 1; end < n && m->point[end].chunk == m->point[i].chunk;)
			end++;
		ret = emit_points(w, m, i, end - i);
	}
	return ret ? ret : w->fn(w->arg, NULL);
}

static int walk_points(struct walk *w, uint64_t at, uint64_t n)
{
	struct points *m = malloc(sizeof *m);
	int ret = 0;

	if (!m)
		return zf_nomem(w->op, sizeof *m);
	for (uint64_t some; n && ret == 0; at += some, n -= some) {
		some = n < POINTS ? n : POINTS;
		ret = walk_some(w, m, at, some);
	}
	free(m);
	return ret;
}

/* ---- a range ---- */

static void begin(struct walk *w)
{
	const struct zf_select *s = w->s;
	uint64_t chunk_step = s->array_itemsize, out_step = s->itemsize;

	for (unsigned d = s->ndim; d-- > 0;) {
		w->chunk_step[d] = chunk_step;
		w->out_step[d] = out_step;
		chunk_step *= w->grid->chunk[d];
		out_step *= s->is_points ? 1 : s->axis[d].count;
	}
}

/* Bytes [from, to) of each of n elements. */
static int walk_elements(struct walk *w, uint64_t at, uint64_t n, uint64_t from, uint64_t to)
{
	w->from = (uint32_t)from;
	w->to = (uint32_t)to;
	return (w->s->is_points ? walk_points : walk_axes)(w, at, n);
}

/* An element that is cut at either end is one of its own. */
static int walk_range(struct walk *w, uint64_t offset, uint64_t len)
{
	uint64_t item = w->s->itemsize, from = offset % item, whole;
	int ret = 0;

	if (from || len < item) {
		uint64_t some = len < item - from ? len : item - from;

		ret = walk_elements(w, offset / item, 1, from, from + some);
		offset += some;
		len -= some;
	}
	whole = len / item;
	if (ret == 0 && whole)
		ret = walk_elements(w, offset / item, whole, 0, item);
	if (ret == 0 && len % item)
		ret = walk_elements(w, offset / item + whole, 1, 0, len % item);
	return ret;
}

int zf_select_walk(const struct zf_select *s, struct zf_op *op, const struct zf_pick_grid *grid,
	uint64_t offset, uint64_t len, zf_pick_fn *fn, void *arg)
{
	struct walk *w;
	int ret;

	if (!len)
		return fn(arg, NULL);
	w = calloc(1, sizeof *w);
	if (!w)
		return zf_nomem(op, sizeof *w);
	*w = (struct walk){ .s = s, .op = op, .grid = grid, .offset = offset };
	w->fn = fn;
	w->arg = arg;
	begin(w);
	ret = walk_range(w, offset, len);
	if (ret == 0)
		ret = fn(arg, NULL);
	for (unsigned d = 0; d < s->ndim; d++)
		free(w->range[d].own);
	free(w);
	return ret;
}
