/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans for other chunks.
 *
 * Blocks grow greedily: of all dimensions, along the one where twice the size (or what the memory allows)
 * saves most. A dimension that saves nothing does not grow but for having enough chunks to work on at once.
 */
#include "transfer/plan.h"

#include "base/checked.h"

#include <string.h>

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	return zf_mul(a, b, &a) ? a : UINT64_MAX;
}

/* ---- one dimension ---- */

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static uint64_t common_multiple(uint64_t a, uint64_t b)
{
	return times(a / common_divisor(a, b), b);
}

/* Each boundary begins a new pair, but for those that both have. */
uint64_t zf_plan_pairs(uint64_t size, uint64_t a, uint64_t b)
{
	return zf_div_up(size, a) + zf_div_up(size, b) - 1 - (size - 1) / common_multiple(a, b);
}

/* ---- boxes ---- */

uint64_t zf_plan_volume(unsigned ndim, const uint64_t *shape)
{
	uint64_t volume = 1;

	for (unsigned i = 0; i < ndim; i++)
		volume = times(volume, shape[i]);
	return volume;
}

static uint64_t all_pairs(unsigned ndim, const uint64_t *shape, const uint64_t *a, const uint64_t *b)
{
	uint64_t pairs = 1;

	for (unsigned i = 0; i < ndim; i++)
		pairs = times(pairs, zf_plan_pairs(shape[i], a[i], b[i]));
	return pairs;
}

uint64_t zf_plan_cells(unsigned ndim, const uint64_t *shape, const uint64_t *cell)
{
	uint64_t cells = 1;

	for (unsigned i = 0; i < ndim; i++)
		cells = times(cells, zf_div_up(shape[i], cell[i]));
	return cells;
}

void zf_plan_cell(unsigned ndim, const uint64_t *shape, const uint64_t *cell, uint64_t index, uint64_t *start,
	uint64_t *size)
{
	for (unsigned i = ndim; i-- > 0;) {
		uint64_t count = zf_div_up(shape[i], cell[i]);

		start[i] = index % count * cell[i];
		size[i] = least(cell[i], shape[i] - start[i]);
		index /= count;
	}
}

/* Before a cell are, for each dimension, those that are like it up to there and then come earlier. */
uint64_t zf_plan_place(unsigned ndim, const uint64_t *shape, const uint64_t *start, const uint64_t *size)
{
	uint64_t place = 0, behind = 1, before = 1;

	for (unsigned i = 0; i < ndim; i++)
		behind *= shape[i];
	for (unsigned i = 0; i < ndim; i++) {
		behind /= shape[i];
		place += before * start[i] * behind;
		before *= size[i];
	}
	return place;
}

/* ---- growing ---- */

/* A kind of block: whole cells of `unit`, within `bounds`. */
struct growth {
	const struct zf_plan_task *task;
	const uint64_t *unit, *bounds;
	uint64_t *block;
};

/* The next larger size along a dimension that the memory allows; the same where there is none. */
static uint64_t next_size(const struct growth *g, unsigned i)
{
	uint64_t others = g->task->itemsize, most, size = g->block[i];

	for (unsigned d = 0; d < g->task->ndim; d++)
		others = d == i ? others : times(others, g->block[d]);
	most = g->task->memory / others;
	if (most >= g->bounds[i] && 2 * size >= g->bounds[i])
		return g->bounds[i];
	most = least(most / g->unit[i] * g->unit[i], 2 * size);
	return most > size && size < g->bounds[i] ? least(most, g->bounds[i]) : size;
}

/* Grows along the dimension that leaves the fewest pairs with cells of `other`. False: none leaves fewer. */
static bool grow(const struct growth *g, const uint64_t *other)
{
	const struct zf_plan_task *t = g->task;
	uint64_t best = all_pairs(t->ndim, g->bounds, g->block, other), best_size = 0;
	unsigned best_dim = t->ndim;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t before = g->block[i], size = next_size(g, i), pairs;

		g->block[i] = size;
		pairs = all_pairs(t->ndim, g->bounds, g->block, other);
		g->block[i] = before;
		if (size > before && pairs < best) {
			best = pairs;
			best_dim = i;
			best_size = size;
		}
	}
	if (best_dim == t->ndim)
		return false;
	g->block[best_dim] = best_size;
	return true;
}

/* Grows until there are chunks for all workers, the innermost dimensions first: that keeps runs long. */
static void widen(const struct growth *g, const uint64_t *chunk, uint64_t wanted)
{
	for (unsigned i = g->task->ndim; i-- > 0;) {
		while (zf_plan_cells(g->task->ndim, g->block, chunk) < wanted) {
			uint64_t size = next_size(g, i);

			if (size == g->block[i])
				break;
			g->block[i] = size;
		}
	}
}

static void start(unsigned ndim, const uint64_t *unit, const uint64_t *bounds, uint64_t *block)
{
	for (unsigned i = 0; i < ndim; i++)
		block[i] = least(unit[i], bounds[i]);
}

/* ---- the two ways ---- */

/* The smallest box that begins and ends with chunks of both sides. */
static void find_region(const struct zf_plan_task *t, uint64_t *region)
{
	for (unsigned i = 0; i < t->ndim; i++)
		region[i] = least(common_multiple(t->from[i], t->to[i]), t->shape[i]);
}

static void plan_direct(const struct zf_plan_task *t, struct zf_plan *out)
{
	struct growth g = { t, t->to, t->shape, out->write };

	find_region(t, out->write);
	if (times(zf_plan_volume(t->ndim, out->write), t->itemsize) > t->memory) {
		start(t->ndim, t->to, t->shape, out->write);
		while (grow(&g, t->from))
			continue;
	}
	widen(&g, t->to, (uint64_t)t->parallel * 4);
	out->decoded = all_pairs(t->ndim, t->shape, out->write, t->from);
	memcpy(out->region, t->shape, sizeof out->region);
	memcpy(out->read, out->write, sizeof out->read);
}

static void plan_staged(const struct zf_plan_task *t, struct zf_plan *out)
{
	struct growth read = { t, t->from, out->region, out->read },
		      write = { t, t->to, out->region, out->write };
	bool more;

	out->staged = true;
	find_region(t, out->region);
	start(t->ndim, t->from, out->region, out->read);
	start(t->ndim, t->to, out->region, out->write);
	do {
		more = grow(&read, out->write);
		more |= grow(&write, out->read);
	} while (more);
	widen(&read, t->from, (uint64_t)t->parallel * 4);
	widen(&write, t->to, (uint64_t)t->parallel * 4);
	out->decoded = zf_plan_cells(t->ndim, t->shape, t->from);
	out->stored = times(zf_plan_volume(t->ndim, out->region), t->itemsize);
}

void zf_plan_make(const struct zf_plan_task *task, struct zf_plan *out)
{
	struct zf_plan staged = { 0 };

	memset(out, 0, sizeof *out);
	plan_direct(task, out);
	out->chunks = staged.chunks = zf_plan_cells(task->ndim, task->shape, task->from);
	if (out->decoded / 2 <= out->chunks)
		return;
	plan_staged(task, &staged);
	if (staged.stored <= task->disk)
		*out = staged;
}
