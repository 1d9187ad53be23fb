/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A selection as it is written: items between commas, and the names of fields, before any shape is known.
 */
#ifndef ZF_SELECT_ITEMS_H
#define ZF_SELECT_ITEMS_H

#include "select/select.h"

enum zf_select_mode { ZF_SELECT_PLAIN, ZF_SELECT_OINDEX, ZF_SELECT_VINDEX, ZF_SELECT_BLOCKS };

enum zf_item_kind { ZF_ITEM_ELLIPSIS, ZF_ITEM_INT, ZF_ITEM_SLICE, ZF_ITEM_LIST, ZF_ITEM_MASK };

/* Integers or booleans, of any rank. */
struct zf_list {
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	uint64_t count;
	int64_t *index; /* owned; NULL in a mask */
	uint8_t *mask;  /* owned; one byte each, 0 or 1 */
};
void zf_list_free(struct zf_list *list);

/* Reads what a source gave: npy of integers or booleans, else numbers as text. EINVAL: "@NAME: ...". */
int zf_list_read(struct zf_op *op, const void *data, size_t len, struct zf_list *out);

struct zf_item {
	enum zf_item_kind kind;
	int64_t index;         /* of an integer */
	bool has[3];           /* start, stop, step */
	int64_t part[3];       /* of a slice */
	struct zf_list *lists; /* of a list or mask: one; owned */
};

enum { ZF_ITEMS_MOST = 2 * ZF_MAX_NDIM, ZF_FIELD_DEPTH = ZF_MAX_DTYPE_DEPTH };

/* The name of a field, and of one in it, ... */
struct zf_field_path {
	unsigned depth;
	char *name[ZF_FIELD_DEPTH]; /* owned */
};

struct zf_items {
	enum zf_select_mode mode;
	unsigned count;
	struct zf_item item[ZF_ITEMS_MOST];
	unsigned nfields;
	struct zf_field_path *field; /* owned */
};

/* Parses a whole text, "[...]" with or without what may stand before it; "" has no items. EINVAL, with where
 * it went wrong. Free: zf_items_free(), also after a failure. */
int zf_items_parse(
	struct zf_op *op, const char *text, const struct zf_selection_source *source, struct zf_items *out);
void zf_items_free(struct zf_items *items);

/* ---- fields.c ---- */

/* Sets runs, itemsize and dtype; the dimensions of a subarray are appended to result[*rank]. */
int zf_select_fields(struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of,
	struct zf_select *out, unsigned *rank, uint64_t result[static 2 * ZF_MAX_NDIM]);

#endif
