/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going through the members of an object in a JSON text without building a tree: for documents that may be
 * large and of which one part at a time is wanted.
 *
 * Only as much is checked as is needed to find where members begin and end; what a value holds is for those
 * who parse it.
 */
#ifndef ZF_META_JSON_WALK_H
#define ZF_META_JSON_WALK_H

#include "base/op.h"

#include <stddef.h>

/* A member: its key without escapes, and where in the text its value is. */
struct zf_json_member {
	const char *key; /* borrowed; not NUL-terminated */
	size_t key_len;
	size_t at, len;
};

/* Returns 0 to go on; -1 when it failed the operation. */
typedef int zf_json_walk_fn(void *arg, struct zf_op *op, const struct zf_json_member *member);

/* Calls fn for each member of the object whose text begins at `at` (white space and a byte order mark before
 * it are passed over). EIO, with line and column, where there is no object, it is broken, or nested too deep.
 */
int zf_json_walk(struct zf_op *op, const char *text, size_t len, size_t at, zf_json_walk_fn *fn, void *arg);

/* Finds a member of the object at `at`; of several with one key, the last, as JSON readers do. *found.key is
 * not set. ZF_FOUND (0) or ZF_MISSING (1), or -1. */
int zf_json_walk_find(struct zf_op *op, const char *text, size_t len, size_t at, const char *key,
	struct zf_json_member *found);

#endif
