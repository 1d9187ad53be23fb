/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Selections: what brackets mean to NumPy and zarr-python, as text, as arithmetic, and as picks of chunks.
 *
 * A text is parsed into items (items.h) and brought into one of two forms by the shape of the array:
 * orthogonal, which is an axis for each dimension with the indices chosen there, or points, which is a list
 * of elements. The result is a flat sequence of elements in C order; any range of its bytes can be asked for.
 * This layer knows shapes, chunks and data types; it has no store and no array.
 */
#ifndef ZF_SELECT_SELECT_H
#define ZF_SELECT_SELECT_H

#include "base/limits.h"
#include "base/op.h"
#include "grid/pick.h"

#include <jansson.h>
#include <stdbool.h>

/* What a selection is made for. Borrowed for the call. */
struct zf_select_of {
	unsigned ndim;
	const uint64_t *shape;
	const uint64_t *block; /* shape of what .blocks[] counts; where it is unequal, edges tell */
	const struct zf_edges *const *edges;
	uint32_t itemsize;
	const json_t *dtype; /* NumPy's: "<f4", or the list of a structured type */
};

/* The indices chosen along a dimension, in the order of the result. */
struct zf_axis {
	uint64_t count;
	uint64_t start, step; /* where list is NULL */
	uint64_t *list;       /* owned */
	uint64_t *sorted;     /* of a list that does not ascend: its indices in ascending order, */
	uint64_t *order;      /* and the places they have in it; owned */
	bool dropped;         /* chosen by an integer: the result does not have the dimension */
};

/* Bytes of an element that the result has, and where in its own elements. */
struct zf_select_run {
	uint32_t from, to, len;
};

struct zf_select {
	unsigned ndim; /* of the array */
	uint64_t shape[ZF_MAX_NDIM];
	uint32_t array_itemsize;

	struct zf_axis axis[ZF_MAX_NDIM]; /* of an orthogonal selection */
	bool is_points;
	uint64_t *point; /* the elements' numbers, C order over shape; owned */

	uint64_t count;   /* elements of the result */
	unsigned rank;    /* its dimensions, */
	uint64_t *result; /* and their lengths; owned */
	uint32_t itemsize;
	uint64_t nbytes;
	json_t *dtype;              /* of the result; owned */
	struct zf_select_run *runs; /* ascending in `to`, neighbours joined; owned */
	unsigned nruns;
};

/* Where a text "NODE[SELECTION]" has its selection: at the '[' that the ']' at its end closes, or at the
 * ".oindex", ".vindex" or ".blocks" before that. The length of the text where it has none. */
size_t zf_select_at(const char *text);

/* Makes a selection. source gives what "@NAME" stands for; NULL: there is none of that. EINVAL for what
 * zarr-python refuses: "axis 1: index 12 is out of bounds for 10 elements"; EFBIG; the source's errors. New:
 * zf_select_free(). */
int zf_select_parse(struct zf_op *op, const char *text, const struct zf_select_of *of,
	const struct zf_selection_source *source, struct zf_select **out);
void zf_select_free(struct zf_select *select);

/* Whether the result is a range of the flat file: *offset is where it begins there. */
bool zf_select_flat(const struct zf_select *select, uint64_t *offset);

/* Walks bytes [offset, offset + len) of the result, which are within it: calls fn with picks, and in the end
 * with NULL. The grid may be that of an array that has grown along dimension 0. ENOMEM, or what fn returned.
 */
int zf_select_walk(const struct zf_select *select, struct zf_op *op, const struct zf_pick_grid *grid,
	uint64_t offset, uint64_t len, zf_pick_fn *fn, void *arg);

#endif
