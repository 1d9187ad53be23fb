/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What backends and wrapper stores need, and nobody else.
 *
 * A wrapper store (fault.h, trace.h) has a store below it and calls that with zf_next_*(): the table's
 * calls with their contract checked and serialised, but without context and counting, which belong to the
 * outermost store. Keys are valid by then.
 */
#ifndef ZF_STORE_BACKEND_H
#define ZF_STORE_BACKEND_H

#include "store/store.h"

/* The bytes of a value of `size` bytes that a range (NULL: all) names. offset + len <= size. */
void zf_range_clip(const struct zf_range *range, uint64_t size, uint64_t *offset, uint64_t *len);

/* Frees what zf_store_init() made; the last thing that close() does before freeing its struct. */
void zf_store_fini(struct zf_store *store);

int zf_next_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value);
int zf_next_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value);
int zf_next_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_next_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_next_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_next_settle(struct zf_store *store, struct zf_op *op);
int zf_next_flush(struct zf_store *store, struct zf_op *op);
int zf_next_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to);
int zf_next_prune(struct zf_store *store, struct zf_op *op, const char *prefix);
int zf_next_leftovers(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_next_space(struct zf_store *store, struct zf_op *op, struct zf_space *out);

#endif
