/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An index of keys: what a store needs that knows its keys in no order, or in one that is no tree.
 *
 * Each key has a number of the store's choice. A prefix is listed in time proportional to its children; a
 * key that others lie below of is both. Names in the tree take some 60 bytes each.
 */
#ifndef ZF_STORE_KEYS_H
#define ZF_STORE_KEYS_H

#include "store/store.h"

struct zf_keys;

/* An empty index. New: zf_keys_free(). ENOMEM. */
int zf_keys_new(struct zf_op *op, struct zf_keys **out);
void zf_keys_free(struct zf_keys *keys);

/* How many keys there are. */
size_t zf_keys_count(const struct zf_keys *keys);

/* Whether an index can have the key: a valid one whose names the view can show. n: its bytes; key need not
 * end in NUL. For keys that a foreign database has. */
bool zf_keys_accepts(const char *key, size_t n);

/* Adds a valid key, or gives it another number. ENOMEM; then nothing is changed. */
int zf_keys_put(struct zf_keys *keys, struct zf_op *op, const char *key, uint64_t number);

/* Finds a key. false: there is none. number may be NULL. */
bool zf_keys_get(const struct zf_keys *keys, const char *key, uint64_t *number);

/* Whether a key starts with "PREFIX/". */
bool zf_keys_has_prefix(const struct zf_keys *keys, const char *prefix);

/* Removes a key. false: there is none. */
bool zf_keys_del(struct zf_keys *keys, const char *key);

/* As a store's list. The index may not be changed meanwhile. */
int zf_keys_list(
	const struct zf_keys *keys, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);

/* Calls fn for each key, in no order; fn returns 0 to go on. Returns what fn did last, or 0. */
typedef int zf_keys_fn(void *arg, const char *key, uint64_t number);
int zf_keys_each(const struct zf_keys *keys, zf_keys_fn *fn, void *arg);

#endif
