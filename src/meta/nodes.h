/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The nodes that consolidated metadata tell of: v2's .zmetadata (zarr-python's "consolidated metadata", with
 * keys "a/b/.zarray"), and v3's member "consolidated_metadata" of a group's zarr.json (kind "inline", with
 * paths "a/b").
 *
 * An index, not the documents: where in the text each node's document is, so that what is kept is a small
 * part of what was read.
 */
#ifndef ZF_META_NODES_H
#define ZF_META_NODES_H

#include "meta/meta.h"

struct zf_nodes;

/* Where in the text of the consolidated metadata something is; len 0: nowhere. */
struct zf_span {
	uint32_t at, len;
};

struct zf_node {
	enum zf_node_kind kind; /* v2 only: v3's documents say it themselves */
	struct zf_span doc;     /* of .zarray or .zgroup; v3: of what is zarr.json elsewhere */
	struct zf_span attrs;   /* v2: of .zattrs */
};

/* Reads consolidated metadata; zarr_format is 2 (a whole .zmetadata) or 3 (a whole zarr.json). New:
 * zf_nodes_free(); NULL where a zarr.json has none. EIO: broken; EOPNOTSUPP: of a kind that is not known, or
 * with more nodes than are kept (ZF_MAX_NODES_INDEX). */
int zf_nodes_read(struct zf_op *op, int zarr_format, const void *doc, size_t len, struct zf_nodes **out);
void zf_nodes_free(struct zf_nodes *nodes);

/* Bytes of memory. */
size_t zf_nodes_cost(const struct zf_nodes *nodes);

/* The node at a path below the group that the metadata are of ("": the group itself, in v2); NULL: none. */
const struct zf_node *zf_nodes_find(const struct zf_nodes *nodes, const char *path);

/* Calls fn with the name of each child of a path that is a node or has nodes below; one that is both may come
 * twice. fn returns 0 to go on. */
typedef int zf_nodes_fn(void *arg, const char *name);
void zf_nodes_children(const struct zf_nodes *nodes, const char *path, zf_nodes_fn *fn, void *arg);

#endif
