/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Consolidated metadata kept true: the copies of documents in .zmetadata (v2: under "metadata", with the keys
 * of the store, "a/b/.zarray") and in a group's zarr.json (v3: under "consolidated_metadata", "metadata",
 * with the paths of the nodes, "a/b"). Keys and paths are relative to the group that the document belongs to.
 *
 * All functions return 1 when the document changes (the new one, whole, is appended to out), 0 when there
 * is nothing to change (nothing is appended): also where a v3 document has no consolidated metadata. -1: EIO,
 * a broken document; EINVAL. Everything but the members concerned stays as it is, byte for byte.
 */
#ifndef ZF_META_CONSOLIDATED_H
#define ZF_META_CONSOLIDATED_H

#include "base/op.h"
#include "base/out.h"

#include <stdbool.h>

/* Whether a document has consolidated metadata (v2: .zmetadata itself; v3: a group's zarr.json that is not
 * null there). False for what is broken. */
bool zf_consolidated_is(int zarr_format, const void *doc, size_t len);

/* Puts a copy of a document (`value`, whole, as it is stored) under a key: v2 "a/.zattrs", v3 the path "a".
 * The copy is indented to fit; consolidated metadata of its own are left out of it. */
int zf_consolidated_set(struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *key,
	const void *value, size_t value_len, struct zf_out *out);

/* Removes a node and all below it: v2, the keys that begin with "PATH/"; v3, PATH and those. */
int zf_consolidated_remove(
	struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *path, struct zf_out *out);

/* v2: removes one key, "a/.zattrs". */
int zf_consolidated_remove_key(
	struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *key, struct zf_out *out);

/* Renames a node and all below it. What was there under the new name is removed first. EINVAL into itself. */
int zf_consolidated_rename(struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *from,
	const char *to, struct zf_out *out);

#endif
