/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edits of metadata documents in place: what is not asked to change stays as it is, byte for byte.
 *
 * A document is parsed to see that it is one, and then only spans of its text are replaced: numbers that
 * no double holds, members that nobody knows, duplicate members, NaN and the writer's white space survive.
 * What is put in follows the white space around it. All functions append the whole new document to out and
 * change nothing else; on failure the length of out is what it was. None knows a store.
 *
 * Errors: EIO, with line and column, for a document that is no JSON; EINVAL for an edit that cannot be.
 */
#ifndef ZF_META_EDIT_H
#define ZF_META_EDIT_H

#include "base/op.h"
#include "base/out.h"

#include <jansson.h>

/* The member "shape" of .zarray, v1's meta or zarr.json: only the numbers that differ are replaced. EINVAL
 * where the document's shape has another number of dimensions. */
int zf_edit_shape(struct zf_op *op, const void *doc, size_t len, unsigned ndim, const uint64_t *shape,
	struct zf_out *out);

/* Merges a patch (RFC 7396; borrowed, from zf_json_parse()) into the attributes: the whole document in v1 and
 * v2
 * (.zattrs; doc is NULL where there is none yet), the member "attributes" of zarr.json in v3. A null for a
 * patch leaves no attributes. A value that equals the one that is there, also as .info shows it ("NaN" for
 * NaN), is left alone: where nothing changes the result equals doc. EINVAL for any other patch than an object
 * or null. */
int zf_edit_attributes(struct zf_op *op, int zarr_format, const void *doc, size_t len, const json_t *patch,
	struct zf_out *out);

/* ---- the primitives: `keys` lead from the root to a member, through objects only ---- */

/* Replaces the member's value, or adds it at the end of its object; the objects on the way are made where
 * they are missing. Of duplicate members the last one counts, and is changed. EINVAL where something on the
 * way is no object. */
int zf_edit_set(struct zf_op *op, const void *doc, size_t len, const char *const *keys, size_t count,
	const json_t *value, struct zf_out *out);

/* Removes the member, every one of that name, and the commas that go with it. No such member: no change. */
int zf_edit_remove(struct zf_op *op, const void *doc, size_t len, const char *const *keys, size_t count,
	struct zf_out *out);

#endif
