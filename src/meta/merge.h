/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Merging a tree into the text of a document: what edit.h and consolidated.h are made of.
 *
 * The tree says what members become, object within object. What it does not mention, and what it says is
 * already so, keeps its bytes.
 */
#ifndef ZF_META_MERGE_H
#define ZF_META_MERGE_H

#include "meta/json_dump.h"

#include <jansson.h>
#include <limits.h>

enum { ZF_MERGE_ALL_LEVELS = INT_MAX };

struct zf_merge_rules {
	int levels;        /* objects are merged down to here; below they are values, replaced whole */
	bool null_removes; /* within those levels: null removes a member, as in RFC 7396 */
	bool only_objects; /* what shall be merged into has to be an object (or be missing): EINVAL else */
	bool as_shown;     /* a value also counts as unchanged when it is what .info shows for the one that
			    * is there: numbers of another spelling, NaN and the infinities as strings */
	const struct zf_json_style *style; /* where the document shows none */
};

/* Appends the document that results; EIO where doc is no JSON, EINVAL where the result would pass the limits
 * for documents. */
int zf_merge(struct zf_op *op, const void *doc, size_t len, const json_t *patch,
	const struct zf_merge_rules *rules, struct zf_out *out);

/* A tree of one branch, {keys[0]: {keys[1]: value}}: new; NULL when memory is out, or for keys not in UTF-8.
 */
json_t *zf_merge_nest(const char *const *keys, size_t count, const json_t *value);

/* Whether two values are the same, spelling included where as_shown is false. */
bool zf_merge_same(const json_t *there, const json_t *asked, bool as_shown);

#endif
