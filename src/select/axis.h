/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One axis of a selection: from an item to the indices that it chooses among `len`. EINVAL as zarr-python's
 * IndexError.
 */
#ifndef ZF_SELECT_AXIS_H
#define ZF_SELECT_AXIS_H

#include "select/items.h"

/* A negative index counts from the end. */
int zf_axis_wrap(struct zf_op *op, int64_t index, uint64_t len, uint64_t *out);

int zf_axis_index(struct zf_op *op, int64_t index, uint64_t len, struct zf_axis *out);
int zf_axis_slice(struct zf_op *op, const struct zf_item *item, uint64_t len, struct zf_axis *out);
int zf_axis_list(struct zf_op *op, const struct zf_list *list, uint64_t len, struct zf_axis *out);
int zf_axis_mask(struct zf_op *op, const struct zf_list *list, uint64_t len, struct zf_axis *out);

/* An integer or a slice of blocks, of `block` indices each or (not NULL) as edges has them; it keeps the
 * dimension. */
int zf_axis_blocks(struct zf_op *op, const struct zf_item *item, uint64_t len, uint64_t block,
	const struct zf_edges *edges, struct zf_axis *out);

void zf_axis_free(struct zf_axis *axis);

/* Sorts n indices, of which the ones at `place` are list[place]: equal ones stay in their order. order has
 * the places to be sorted. */
void zf_axis_sort(const uint64_t *list, uint64_t *order, uint64_t n);

#endif
