/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All keys below a path: walked, deleted, copied.
 */
#ifndef ZF_VIEW_KEYS_H
#define ZF_VIEW_KEYS_H

#include "view/view.h"

typedef int zf_key_fn(struct zf_op *op, void *arg, const char *key);

/* Calls fn for each key below a path, until it fails. In memory are the names of one prefix at each level. */
int zf_keys_walk(struct zf_store *store, struct zf_op *op, const char *path, zf_key_fn *fn, void *arg);

/* Deletes them, those of the path's own documents first, so that no node is left with half its chunks. */
int zf_keys_delete(struct zf_tree *tree, struct zf_op *op, const char *path);

/* Copies them to the same names below another path, the path's own documents last. */
int zf_keys_copy(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to);

/* Whether there are any. */
int zf_keys_any(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out);

/* Removes what is left of a prefix without keys, in a store where that is something. */
int zf_keys_prune(struct zf_tree *tree, struct zf_op *op, const char *path);

#endif
