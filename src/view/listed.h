/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes that have no document of their own, and that consolidated metadata list: those of the group above
 * that is nearest, zarr.json before .zmetadata. The indexes of such metadata are kept within a budget, as
 * long as the store says that they are the same; the documents of single nodes are read when asked for.
 *
 * Consolidated metadata that cannot be read or understood are as good as absent: whoever has documents of his
 * own does not need them. A warning tells of it. Nor is anybody asked who is more than ZF_MAX_LISTED_ABOVE
 * groups above: paths may be made of thousands of names.
 */
#ifndef ZF_VIEW_LISTED_H
#define ZF_VIEW_LISTED_H

#include "meta/meta.h"
#include "view/view.h"

struct zf_listings;

int zf_listings_new(struct zf_op *op, struct zf_listings **out);
void zf_listings_free(struct zf_listings *listings);

/* What consolidated metadata say of a node. */
struct zf_listed {
	int zarr_format;
	enum zf_node_kind kind; /* v2 only */
	bool has_attrs;         /* v2: there is a .zattrs for it */
	struct zf_value value;  /* of the consolidated metadata */
};

/* Looks for the node at a path of the store, and appends its document (and attributes) to text (and attrs).
 * ZF_FOUND, ZF_MISSING, or -1: EINTR, ENOMEM and the like. */
int zf_listed_get(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_out *text,
	struct zf_out *attrs, struct zf_listed *out);

/* The same without the documents: whether it still comes from metadata of this value. */
int zf_listed_is(
	struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_value *value, bool *out);

/* Calls fn (which returns 0 to go on) with the names of children of a path that are listed nodes or hold
 * some; a name may come more than once. */
int zf_listed_children(struct zf_tree *tree, struct zf_op *op, const char *path,
	int (*fn)(void *arg, const char *name), void *arg);

/* Whether there are listed nodes below a path. */
int zf_listed_holds(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out);

/* Whether a name is that of a document with nothing but consolidated metadata. */
bool zf_listed_is_name(const char *name);

#endif
