/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths and names: pure text.
 */
#ifndef ZF_VIEW_PATH_H
#define ZF_VIEW_PATH_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>

enum { ZF_PATH_SIZE = ZF_MAX_KEY + 1 };

/* Whether this can be the name of a file: not empty, "." or "..", without "/", at most ZF_MAX_NAME bytes. */
bool zf_name_ok(const char *name);

/* Whether all components of a path can be, and it is no longer than ZF_MAX_KEY. "" is the root. */
bool zf_path_ok(const char *path);

/* "a" and "b" make "a/b", "" and "b" make "b". False if it does not fit. */
bool zf_path_join(const char *a, const char *b, char out[static ZF_PATH_SIZE]);

/* Whether a path is `prefix` or lies below it. */
bool zf_path_within(const char *path, const char *prefix);

/* The path without its last component; "" of "a" and "". */
void zf_path_parent(const char *path, char out[static ZF_PATH_SIZE]);

/* The last component; "" of "". Borrowed. */
const char *zf_path_last(const char *path);

/* Whether a path's last component ends in ".info" and has something before it; then *len is the length of the
 * path without that. */
bool zf_path_is_info(const char *path, size_t *len);

/* How a path in a store appears in messages: "/" for the root. Borrowed. */
const char *zf_path_label(const char *path);

/* The name of a file for a store's root array: the last component of a path without what tells the kind of
 * store (".zarr", ".zip", ...), "array" if nothing is left. */
void zf_root_name(const char *path, char out[static ZF_MAX_NAME + 1]);

#endif
