/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Indices along one axis.
 */
#include "select/axis.h"

#include "base/checked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Where a negative index is, or beyond the ends: *out may be len or more, or wrong below 0 (false). */
static bool from_end(int64_t index, uint64_t len, uint64_t *out)
{
	uint64_t back;

	if (index >= 0) {
		*out = (uint64_t)index;
		return true;
	}
	back = (uint64_t) - (index + 1) + 1;
	*out = len - back;
	return back <= len;
}

int zf_axis_wrap(struct zf_op *op, int64_t index, uint64_t len, uint64_t *out)
{
	uint64_t at;

	if (!from_end(index, len, &at) || at >= len)
		return zf_fail(op, EINVAL, "index %" PRId64 " is out of bounds for %" PRIu64 " element%s",
			index, len, len == 1 ? "" : "s");
	*out = at;
	return 0;
}

int zf_axis_index(struct zf_op *op, int64_t index, uint64_t len, struct zf_axis *out)
{
	*out = (struct zf_axis){ .count = 1, .step = 1, .dropped = true };
	return zf_axis_wrap(op, index, len, &out->start);
}

/* An end of a slice: what is out of bounds is cut. */
static uint64_t clip(int64_t index, uint64_t len)
{
	uint64_t at;

	if (!from_end(index, len, &at))
		return 0;
	return at < len ? at : len;
}

int zf_axis_slice(struct zf_op *op, const struct zf_item *item, uint64_t len, struct zf_axis *out)
{
	int64_t step = item->has[2] ? item->part[2] : 1;
	uint64_t start = item->has[0] ? clip(item->part[0], len) : 0;
	uint64_t stop = item->has[1] ? clip(item->part[1], len) : len;

	if (step == 0)
		return zf_fail(op, EINVAL, "the step of a slice cannot be zero");
	if (step < 0)
		return zf_fail(op, EINVAL, "negative steps are not supported");
	*out = (struct zf_axis){ .start = start, .step = (uint64_t)step };
	if (stop > start)
		out->count = zf_div_up(stop - start, (uint64_t)step);
	return 0;
}

/* A list that is a slice becomes one: that is faster, and needs no memory. */
static void simplify(struct zf_axis *axis)
{
	const uint64_t *list = axis->list;
	uint64_t step = axis->count > 1 ? list[1] - list[0] : 1;

	if (axis->count > 1 && list[1] <= list[0])
		return;
	for (uint64_t i = 1; i < axis->count; i++)
		if (list[i] <= list[i - 1] || list[i] - list[i - 1] != step)
			return;
	axis->start = axis->count ? list[0] : 0;
	axis->step = step;
	free(axis->list);
	axis->list = NULL;
}

static int compare(const void *a, const void *b, void *list)
{
	uint64_t i = *(const uint64_t *)a, k = *(const uint64_t *)b, x = ((const uint64_t *)list)[i],
		 y = ((const uint64_t *)list)[k];

	return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

void zf_axis_sort(const uint64_t *list, uint64_t *order, uint64_t n)
{
	qsort_r(order, n, sizeof *order, compare, (void *)(uintptr_t)list);
}

/* So that what lies in one chunk can be taken together. */
static int sort(struct zf_op *op, struct zf_axis *axis)
{
	uint64_t i = 1, n = axis->count;

	while (axis->list && i < n && axis->list[i] >= axis->list[i - 1])
		i++;
	if (!axis->list || i >= n)
		return 0;
	axis->sorted = malloc(n * sizeof *axis->sorted);
	axis->order = malloc(n * sizeof *axis->order);
	if (!axis->sorted || !axis->order)
		return zf_nomem(op, n * sizeof *axis->sorted);
	for (i = 0; i < n; i++)
		axis->order[i] = i;
	zf_axis_sort(axis->list, axis->order, n);
	for (i = 0; i < n; i++)
		axis->sorted[i] = axis->list[axis->order[i]];
	return 0;
}

void zf_axis_free(struct zf_axis *axis)
{
	free(axis->list);
	free(axis->sorted);
	free(axis->order);
	*axis = (struct zf_axis){ 0 };
}

static int allocate(struct zf_op *op, uint64_t count, struct zf_axis *out)
{
	*out = (struct zf_axis){ .count = count };
	if (count < SIZE_MAX / sizeof *out->list)
		out->list = malloc(count * sizeof *out->list + 1);
	return out->list ? 0 : zf_nomem(op, count * sizeof *out->list);
}

int zf_axis_list(struct zf_op *op, const struct zf_list *list, uint64_t len, struct zf_axis *out)
{
	if (list->ndim != 1)
		return zf_fail(op, EINVAL, "a list of %u dimensions: it has to be one", list->ndim);
	if (allocate(op, list->count, out) < 0)
		return -1;
	for (uint64_t i = 0; i < list->count; i++)
		if (zf_axis_wrap(op, list->index[i], len, &out->list[i]) < 0)
			return -1;
	simplify(out);
	return sort(op, out);
}

int zf_axis_mask(struct zf_op *op, const struct zf_list *list, uint64_t len, struct zf_axis *out)
{
	uint64_t n = 0;

	if (list->ndim != 1)
		return zf_fail(op, EINVAL, "a mask of %u dimensions: it has to be one", list->ndim);
	if (list->count != len)
		return zf_fail(op, EINVAL, "a mask of %" PRIu64 " for %" PRIu64 " element%s", list->count,
			len, len == 1 ? "" : "s");
	for (uint64_t i = 0; i < len; i++)
		n += list->mask[i];
	if (allocate(op, n, out) < 0)
		return -1;
	n = 0;
	for (uint64_t i = 0; i < len; i++)
		if (list->mask[i])
			out->list[n++] = i;
	simplify(out);
	return 0;
}

static int no_block(struct zf_op *op, int64_t block, uint64_t count)
{
	return zf_fail(op, EINVAL, "block %" PRId64 " is out of bounds for %" PRIu64 " block%s", block, count,
		count == 1 ? "" : "s");
}

/* [from, to) in blocks. */
static int block_range(
	struct zf_op *op, const struct zf_item *item, uint64_t count, uint64_t *from, uint64_t *to)
{
	int64_t first = item->kind == ZF_ITEM_INT ? item->index : item->has[0] ? item->part[0] : 0;

	if (!from_end(first, count, from) || *from >= count)
		return no_block(op, first, count);
	if (item->kind == ZF_ITEM_INT)
		*to = *from + 1;
	else
		*to = item->has[1] ? clip(item->part[1], count) : count;
	return 0;
}

/* Where block number `at` begins, or the end. */
static uint64_t block_at(uint64_t at, uint64_t len, uint64_t block, const struct zf_edges *edges)
{
	const struct zf_edge_run *run;
	uint64_t element;

	if (!edges)
		return at < zf_div_up(len, block) ? at * block : len;
	if (at >= edges->chunks)
		return len;
	run = zf_edges_of_chunk(edges, at);
	element = run->at + (at - run->chunk) * run->size;
	return element < len ? element : len;
}

static uint64_t count_blocks(uint64_t len, uint64_t block, const struct zf_edges *edges)
{
	const struct zf_edge_run *run = edges && len ? zf_edges_of_element(edges, len - 1) : NULL;

	return run ? run->chunk + (len - 1 - run->at) / run->size + 1 : edges ? 0 : zf_div_up(len, block);
}

int zf_axis_blocks(struct zf_op *op, const struct zf_item *item, uint64_t len, uint64_t block,
	const struct zf_edges *edges, struct zf_axis *out)
{
	uint64_t from = 0, to = 0;

	if (item->kind != ZF_ITEM_INT && item->kind != ZF_ITEM_SLICE)
		return zf_fail(op, EINVAL, ".blocks: takes integers and slices");
	if (item->has[2] && item->part[2] != 1)
		return zf_fail(op, EINVAL, ".blocks: takes slices without steps");
	*out = (struct zf_axis){ .step = 1 };
	if (len == 0 && item->kind == ZF_ITEM_SLICE && !item->has[0])
		return 0; /* all of nothing */
	if (block_range(op, item, count_blocks(len, block, edges), &from, &to) < 0)
		return -1;
	out->start = block_at(from, len, block, edges);
	if (to > from)
		out->count = block_at(to, len, block, edges) - out->start;
	return 0;
}
