/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From items to axes or points, with the rules of zarr-python (zarr/indexing.py), which are NumPy's where it
 * has any.
 */
#include "select/items.h"

#include "base/checked.h"
#include "select/axis.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- which item is for which axis ---- */

static const struct zf_item all = { .kind = ZF_ITEM_SLICE };

static int too_many(struct zf_op *op, unsigned count, unsigned ndim)
{
	return zf_fail(
		op, EINVAL, "%u indices for an array of %u dimension%s", count, ndim, ndim == 1 ? "" : "s");
}

/* One item for each axis: "..." and what is left out are whole axes. */
static int spread(struct zf_op *op, const struct zf_items *items, unsigned ndim, const struct zf_item **of)
{
	unsigned ellipses = 0, given, left = 0;

	for (unsigned i = 0; i < items->count; i++)
		ellipses += items->item[i].kind == ZF_ITEM_ELLIPSIS;
	if (ellipses > 1)
		return zf_fail(op, EINVAL, "'...' is there more than once");
	given = items->count - ellipses;
	if (given > ndim)
		return too_many(op, given, ndim);
	for (unsigned i = 0, d = 0; i < items->count; i++) {
		if (items->item[i].kind != ZF_ITEM_ELLIPSIS)
			of[d++] = &items->item[i];
		else
			for (left = ndim - given; left > 0; left--)
				of[d++] = &all;
	}
	for (unsigned d = ellipses ? ndim : given; d < ndim; d++)
		of[d] = &all;
	return 0;
}

static int take_axis(struct zf_op *op, const struct zf_items *items, const struct zf_item *item,
	const struct zf_select_of *of, unsigned d, struct zf_axis *axis)
{
	if (items->mode == ZF_SELECT_BLOCKS)
		return zf_axis_blocks(
			op, item, of->shape[d], of->block[d], of->edges ? of->edges[d] : NULL, axis);
	if (item->kind == ZF_ITEM_INT)
		return zf_axis_index(op, item->index, of->shape[d], axis);
	if (item->kind == ZF_ITEM_SLICE)
		return zf_axis_slice(op, item, of->shape[d], axis);
	if (items->mode != ZF_SELECT_OINDEX)
		return zf_fail(op, EINVAL, "a list beside other indices: say .oindex[...] or .vindex[...]");
	if (item->kind == ZF_ITEM_MASK)
		return zf_axis_mask(op, item->lists, of->shape[d], axis);
	return zf_axis_list(op, item->lists, of->shape[d], axis);
}

static int lower_axes(struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of,
	struct zf_select *out, uint64_t *result)
{
	const struct zf_item *item[ZF_ITEMS_MOST];

	if (spread(op, items, of->ndim, item) < 0)
		return -1;
	for (unsigned d = 0; d < of->ndim; d++) {
		if (take_axis(op, items, item[d], of, d, &out->axis[d]) < 0)
			return zf_where(op, "axis %u", d);
		if (!out->axis[d].dropped)
			result[out->rank++] = out->axis[d].count;
	}
	return 0;
}

/* ---- points ---- */

static bool is_coordinates(const struct zf_items *items, unsigned ndim)
{
	if (items->count != ndim || !ndim)
		return false;
	for (unsigned i = 0; i < items->count; i++)
		if (items->item[i].kind != ZF_ITEM_INT && items->item[i].kind != ZF_ITEM_LIST)
			return false;
	return true;
}

/* Only lists and integers, some of them lists: then plain brackets choose points. */
static bool is_fancy(const struct zf_items *items, unsigned ndim)
{
	bool list = false;

	if (ndim == 1 && items->count == 1 && items->item[0].kind == ZF_ITEM_MASK)
		return true;
	for (unsigned i = 0; i < items->count; i++)
		list |= items->item[i].kind == ZF_ITEM_LIST;
	return list && is_coordinates(items, ndim);
}

static bool is_mask_of(const struct zf_items *items, const struct zf_select_of *of)
{
	const struct zf_list *list = items->item[0].lists;

	return items->count == 1 && items->item[0].kind == ZF_ITEM_MASK && list->ndim == of->ndim &&
	       memcmp(list->shape, of->shape, of->ndim * sizeof list->shape[0]) == 0;
}

static int allocate_points(struct zf_op *op, struct zf_select *out, uint64_t count)
{
	out->is_points = true;
	out->point = count < SIZE_MAX / sizeof *out->point ? malloc(count * sizeof *out->point + 1) : NULL;
	return out->point ? 0 : zf_nomem(op, count * sizeof *out->point);
}

static int lower_mask(struct zf_op *op, const struct zf_list *list, struct zf_select *out, uint64_t *result)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < list->count; i++)
		n += list->mask[i];
	if (allocate_points(op, out, n) < 0)
		return -1;
	n = 0;
	for (uint64_t i = 0; i < list->count; i++)
		if (list->mask[i])
			out->point[n++] = i;
	result[out->rank++] = n;
	return 0;
}

/* An integer is a list of one. */
static unsigned dims_of(const struct zf_item *item)
{
	return item->kind == ZF_ITEM_INT ? 1 : item->lists->ndim;
}

static uint64_t length_of(const struct zf_item *item, unsigned d)
{
	return item->kind == ZF_ITEM_INT ? 1 : item->lists->shape[d];
}

/* NumPy's broadcasting: shapes are aligned at their ends, and a length of 1 goes with any. */
static int broadcast(struct zf_op *op, const struct zf_items *items, unsigned *rank, uint64_t *shape)
{
	*rank = 0;
	for (unsigned i = 0; i < items->count; i++)
		if (dims_of(&items->item[i]) > *rank)
			*rank = dims_of(&items->item[i]);
	for (unsigned d = 0; d < *rank; d++)
		shape[d] = 1;
	for (unsigned i = 0; i < items->count; i++) {
		unsigned n = dims_of(&items->item[i]);

		for (unsigned d = 0; d < n; d++) {
			uint64_t len = length_of(&items->item[i], d), *to = &shape[*rank - n + d];

			if (len != *to && len != 1 && *to != 1)
				return zf_fail(op, EINVAL,
					"the lists have different lengths: %" PRIu64 " and %" PRIu64, *to,
					len);
			if (len != 1)
				*to = len;
		}
	}
	if (*rank == 0)
		shape[(*rank)++] = 1;
	return 0;
}

/* What a list has for element k of the broadcast shape. */
static uint64_t broadcast_place(const struct zf_list *list, unsigned rank, const uint64_t *shape, uint64_t k)
{
	uint64_t place = 0, step = 1;

	for (unsigned d = rank; d-- > 0; k /= shape[d]) {
		unsigned skip = rank - list->ndim;

		if (d < skip)
			break;
		if (list->shape[d - skip] != 1)
			place += k % shape[d] * step;
		step *= list->shape[d - skip];
	}
	return place;
}

static int add_coordinates(struct zf_op *op, const struct zf_item *item, uint64_t len, unsigned rank,
	const uint64_t *shape, uint64_t count, uint64_t *point)
{
	const struct zf_list *list = item->lists;
	bool same = list && list->count == count;
	uint64_t index;

	/* also those that no point has, as an empty list beside them leaves none */
	for (uint64_t i = 0; i < (list ? list->count : 1); i++)
		if (zf_axis_wrap(op, list ? list->index[i] : item->index, len, &index) < 0)
			return -1;
	for (uint64_t k = 0; k < count; k++) {
		int64_t n =
			!list ? item->index : list->index[same ? k : broadcast_place(list, rank, shape, k)];

		if (zf_axis_wrap(op, n, len, &index) < 0)
			return -1;
		point[k] = point[k] * len + index;
	}
	return 0;
}

static int lower_coordinates(struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of,
	struct zf_select *out, uint64_t *result)
{
	uint64_t count = 1;

	if (broadcast(op, items, &out->rank, result) < 0)
		return -1;
	for (unsigned d = 0; d < out->rank; d++)
		if (!zf_mul(count, result[d], &count))
			return zf_fail(op, EFBIG, "more than 2^64 points");
	if (allocate_points(op, out, count) < 0)
		return -1;
	memset(out->point, 0, count * sizeof *out->point);
	for (unsigned d = 0; d < of->ndim; d++)
		if (add_coordinates(op, &items->item[d], of->shape[d], out->rank, result, count, out->point) <
			0)
			return zf_where(op, "axis %u", d);
	return 0;
}

static int lower_points(struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of,
	struct zf_select *out, uint64_t *result)
{
	if (is_coordinates(items, of->ndim))
		return lower_coordinates(op, items, of, out, result);
	if (items->count && is_mask_of(items, of))
		return lower_mask(op, items->item[0].lists, out, result);
	return zf_fail(op, EINVAL,
		".vindex: takes a list or an integer for each dimension, or a mask of the array's shape");
}

/* ---- the result ---- */

static int measure(struct zf_op *op, struct zf_select *s, unsigned rank, const uint64_t *result)
{
	uint64_t elements = 1, bytes = 0;
	bool empty = false, fits = true;

	for (unsigned d = 0; d < rank; d++)
		empty |= result[d] == 0;
	for (unsigned d = 0; d < s->rank && fits && !empty; d++)
		fits = zf_mul(elements, result[d], &elements);
	s->count = empty ? 0 : elements;
	fits = fits && zf_mul(s->count, s->itemsize, &bytes) && bytes <= ZF_MAX_FILE;
	if (!fits)
		return zf_fail(op, EFBIG, "the result would have more than 2^63-1 bytes");
	s->nbytes = bytes;
	if (rank > ZF_MAX_NDIM)
		return zf_fail(op, EINVAL, "the result would have %u dimensions, the limit is %d", rank,
			ZF_MAX_NDIM);
	s->rank = rank;
	s->result = malloc((rank + 1) * sizeof *result);
	if (!s->result)
		return zf_nomem(op, rank * sizeof *result);
	memcpy(s->result, result, rank * sizeof *result);
	return 0;
}

/* The elements of a single field that is a subarray are what it has: its dimensions are the result's, and the
 * engine goes on counting whole fields. */
static int lower(
	struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of, struct zf_select *out)
{
	uint64_t result[4 * ZF_MAX_NDIM];
	unsigned rank;
	bool points = items->mode == ZF_SELECT_VINDEX ||
		      (items->mode == ZF_SELECT_PLAIN && is_fancy(items, of->ndim));

	out->ndim = of->ndim;
	memcpy(out->shape, of->shape, of->ndim * sizeof out->shape[0]);
	out->array_itemsize = of->itemsize;
	if ((points ? lower_points : lower_axes)(op, items, of, out, result) < 0)
		return -1;
	rank = out->rank;
	if (zf_select_fields(op, items, of, out, &rank, result) < 0)
		return -1;
	return measure(op, out, rank, result);
}

int zf_select_parse(struct zf_op *op, const char *text, const struct zf_select_of *of,
	const struct zf_selection_source *source, struct zf_select **out)
{
	struct zf_select *s = calloc(1, sizeof *s);
	struct zf_items *items = calloc(1, sizeof *items);
	int result = -1;

	if (s && items)
		result = zf_items_parse(op, text, source, items);
	else
		zf_nomem(op, sizeof *s);
	if (result == 0)
		result = lower(op, items, of, s);
	if (items)
		zf_items_free(items);
	free(items);
	if (result == 0)
		*out = s;
	else
		zf_select_free(s);
	return result;
}

void zf_select_free(struct zf_select *s)
{
	if (!s)
		return;
	for (unsigned d = 0; d < s->ndim; d++)
		zf_axis_free(&s->axis[d]);
	free(s->point);
	free(s->result);
	free(s->runs);
	json_decref(s->dtype);
	free(s);
}

/* Whole axes at the end, before them one that is contiguous, before that single indices. */
bool zf_select_flat(const struct zf_select *s, uint64_t *offset)
{
	uint64_t at = 0, stride = s->array_itemsize;
	bool whole = true;

	if (s->is_points || s->nruns != 1 || s->runs[0].len != s->array_itemsize)
		return false;
	for (unsigned d = s->ndim; d-- > 0; stride *= s->shape[d]) {
		const struct zf_axis *a = &s->axis[d];

		if (a->list || (a->count > 1 && (a->step != 1 || !whole)))
			return false;
		at += a->count ? a->start * stride : 0;
		whole = whole && a->count == s->shape[d];
	}
	*offset = at;
	return true;
}
