/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading picks: they are gathered into batches whose parts can be pinned at once, so that the chunks of a
 * batch are loaded together.
 */
#include "array/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PICKS = 512,
	DIMS = 4 * PICKS, /* of the picks of a batch */
	SPARSE = 4        /* parts from which a pick that may not need all of them is cut */
};

/* A pick of a batch. */
struct chosen {
	uint64_t start, out, run;
	unsigned ndim, dim; /* the first of its dimensions */
	unsigned part;      /* the first of its parts */
	uint64_t first;     /* and what number that has */
};

struct batch {
	struct zf_array *array;
	struct zf_op *op;
	unsigned char *buf;
	uint64_t most; /* parts pinned at once */
	unsigned picks, dims;
	struct chosen pick[PICKS];
	struct zf_pick_dim dim[DIMS];
	struct zf_need need;
};

/* ---- copying ---- */

static void copy_runs(struct batch *b, const struct chosen *c, unsigned d, uint64_t start, uintptr_t to)
{
	const struct zf_pick_dim *dim = &b->dim[c->dim + d];

	if (d == c->ndim) {
		zf_copy_run(b->array, b->need.parts + c->part, c->first, b->need.part_size,
			(unsigned char *)to, start, c->run);
		return;
	}
	for (uint64_t i = 0; i < dim->n; i++)
		copy_runs(b, c, d + 1, start + (dim->in_chunk ? dim->in_chunk[i] : i) * dim->chunk_step,
			to + (dim->in_out ? dim->in_out[i] : i) * dim->out_step);
}

/* Places as numbers: those of a list's pick may begin beyond 0, and come back as what the list says is added.
 */
static inline void *at(uintptr_t place)
{
	return (void *)place;
}

/* Runs of one size along the last dimension. `size` is a constant where it matters: memcpy() is a move then.
 */
static inline __attribute__((always_inline)) void copy_row(
	const struct zf_pick_dim *dim, uintptr_t to, uintptr_t from, size_t size)
{
	if (!dim->in_chunk)
		for (uint64_t i = 0; i < dim->n; i++)
			memcpy(at(to + i * dim->out_step), at(from + i * dim->chunk_step), size);
	else if (!dim->in_out)
		for (uint64_t i = 0; i < dim->n; i++)
			memcpy(at(to + i * dim->out_step), at(from + dim->in_chunk[i] * dim->chunk_step),
				size);
	else
		for (uint64_t i = 0; i < dim->n; i++)
			memcpy(at(to + dim->in_out[i] * dim->out_step),
				at(from + dim->in_chunk[i] * dim->chunk_step), size);
}

/* All runs within one part that has data: the common case, kept tight. */
static void copy_inner(const struct zf_pick_dim *dim, unsigned ndim, uintptr_t to, uintptr_t from, size_t run)
{
	if (ndim > 1) {
		for (uint64_t i = 0; i < dim->n; i++)
			copy_inner(dim + 1, ndim - 1, to + (dim->in_out ? dim->in_out[i] : i) * dim->out_step,
				from + (dim->in_chunk ? dim->in_chunk[i] : i) * dim->chunk_step, run);
		return;
	}
	switch (run) {
	case 1:
		copy_row(dim, to, from, 1);
		break;
	case 2:
		copy_row(dim, to, from, 2);
		break;
	case 4:
		copy_row(dim, to, from, 4);
		break;
	case 8:
		copy_row(dim, to, from, 8);
		break;
	default:
		copy_row(dim, to, from, run);
	}
}

static void copy_pick(struct batch *b, const struct chosen *c, unsigned parts)
{
	const struct zf_part *part = b->need.parts[c->part];
	uintptr_t to = (uintptr_t)b->buf + c->out;

	if (parts > 1 || part->state == ZF_PART_FILL || !c->ndim)
		copy_runs(b, c, 0, c->start, to);
	else
		copy_inner(b->dim + c->dim, c->ndim, to,
			(uintptr_t)part->data + c->start - c->first * b->need.part_size, c->run);
}

/* Loads what the picks so far need, copies, and begins anew. */
static int finish(struct batch *b)
{
	struct zf_ahead ahead = { 0 };

	if (b->picks) {
		if (zf_need_get(b->array, b->op, &b->need, &ahead) < 0)
			return -1;
		for (unsigned i = 0; i < b->picks; i++) {
			unsigned end = i + 1 < b->picks ? b->pick[i + 1].part : b->need.count;

			copy_pick(b, &b->pick[i], end - b->pick[i].part);
		}
		zf_need_release(b->array, &b->need);
	}
	b->picks = b->dims = b->need.count = 0;
	return 0;
}

/* ---- gathering ---- */

/* The first and the last byte in the chunk, and the number of runs. */
static uint64_t extent(const struct zf_pick *p, uint64_t *first, uint64_t *last)
{
	uint64_t runs = 1;

	*first = *last = p->start;
	for (unsigned d = 0; d < p->ndim; d++) {
		const struct zf_pick_dim *dim = &p->dim[d];

		*first += (dim->in_chunk ? dim->in_chunk[0] : 0) * dim->chunk_step;
		*last += (dim->in_chunk ? dim->in_chunk[dim->n - 1] : dim->n - 1) * dim->chunk_step;
		runs *= dim->n;
	}
	*last += p->run - 1;
	return runs;
}

static int take(struct batch *b, const struct zf_pick *pick);

/* The steps [from, from + n) of the outermost dimension. */
static int take_steps(struct batch *b, const struct zf_pick *pick, uint64_t from, uint64_t n)
{
	struct zf_pick part = *pick;
	struct zf_pick_dim *dim = &part.dim[0];

	dim->n = n;
	if (dim->in_chunk)
		dim->in_chunk += from;
	else
		part.start += from * dim->chunk_step;
	if (dim->in_out)
		dim->in_out += from;
	else
		part.out += from * dim->out_step;
	if (n > 1)
		return take(b, &part);
	part.start += (dim->in_chunk ? dim->in_chunk[0] : 0) * dim->chunk_step;
	part.out += (dim->in_out ? dim->in_out[0] : 0) * dim->out_step;
	part.ndim--;
	memmove(&part.dim[0], &part.dim[1], part.ndim * sizeof part.dim[0]);
	return take(b, &part);
}

/* In two: along the outermost dimension, or in the middle of its only run. */
static int halve(struct batch *b, const struct zf_pick *pick)
{
	uint64_t half = (pick->ndim ? pick->dim[0].n : pick->run) / 2;
	struct zf_pick part = *pick;

	if (pick->ndim)
		return take_steps(b, pick, 0, half) < 0 ? -1
							: take_steps(b, pick, half, pick->dim[0].n - half);
	part.run = half;
	if (take(b, &part) < 0)
		return -1;
	part.start += half;
	part.out += half;
	part.run = pick->run - half;
	return take(b, &part);
}

static void add(struct batch *b, const struct zf_pick *pick, uint64_t first, uint64_t last)
{
	struct chosen *c = &b->pick[b->picks++];
	struct zf_need *need = &b->need;

	*c = (struct chosen){ .start = pick->start,
		.out = pick->out,
		.run = pick->run,
		.ndim = pick->ndim,
		.dim = b->dims,
		.part = need->count,
		.first = first };
	memcpy(b->dim + b->dims, pick->dim, pick->ndim * sizeof pick->dim[0]);
	b->dims += pick->ndim;
	for (uint64_t n = first; n <= last; n++) {
		need->spent[need->count] = ZF_NOT_SPENT;
		need->ids[need->count++] = (struct zf_part_id){ pick->index, n };
	}
}

static int take(struct batch *b, const struct zf_pick *pick)
{
	uint64_t first, last, runs = extent(pick, &first, &last), parts;

	first /= b->need.part_size;
	last /= b->need.part_size;
	parts = last - first + 1;
	if ((parts > b->most && (pick->ndim || pick->run > 1)) ||
		(parts > SPARSE && runs < parts && pick->ndim))
		return halve(b, pick);
	if (b->picks == PICKS || b->dims + pick->ndim > DIMS || b->need.count + parts > b->most)
		if (finish(b) < 0)
			return -1;
	add(b, pick, first, last);
	return 0;
}

static int take_pick(void *arg, const struct zf_pick *pick)
{
	return pick ? take(arg, pick) : finish(arg);
}

/* ---- a range ---- */

static void set_most(struct batch *b)
{
	b->most = zf_cache_budget(b->array->ctx->cache) / 2 / b->need.part_size;
	if (b->most > ZF_PARTS_AT_ONCE)
		b->most = ZF_PARTS_AT_ONCE;
	if (b->most == 0)
		b->most = 1;
}

int zf_array_walk_picks(
	const struct zf_array *a, struct zf_op *op, const struct zf_picker *picker, zf_pick_fn *fn, void *arg)
{
	const struct zf_pick_grid grid = {
		.chunk = zf_pipeline_chunk(a->decode)->shape,
		.edges = a->edges,
		.count = a->grid.array_count,
	};

	return picker->walk(picker->what, op, &grid, picker->offset, picker->len, fn, arg);
}

int zf_array_read_picks(struct zf_array *a, struct zf_op *op, const struct zf_picker *picker, void *buf)
{
	struct batch *b = malloc(sizeof *b);
	int ret;

	if (!b)
		return zf_nomem(op, sizeof *b);
	b->array = a;
	b->op = op;
	b->buf = buf;
	b->picks = b->dims = b->need.count = 0;
	b->need.skip = NULL;
	ret = zf_array_part_size(a, op, 0, &b->need.part_size);
	if (ret == 0) {
		set_most(b);
		ret = zf_array_walk_picks(a, op, picker, take_pick, b);
	}
	free(b);
	return ret;
}
