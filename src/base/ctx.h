/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The context: limits, threads, cache and log in one place, so that there are no globals.
 */
#ifndef ZF_BASE_CTX_H
#define ZF_BASE_CTX_H

#include "zarrfs.h"

struct zf_cache;
struct zf_loaders;
struct zf_pool;

/* Counters are for accounting only: updated and read relaxed. */
struct zf_counters {
	uint64_t hits, loads, absent, prefetched, store_gets, store_bytes;
};

struct zf_ctx {
	struct zf_config config;    /* with the defaults filled in; constant */
	struct zf_pool *pool;       /* owned; never NULL (a serial pool has no threads) */
	struct zf_cache *cache;     /* owned; made by array/context.c, base only carries it */
	struct zf_loaders *loaders; /* owned; idle memory of the threads that load, likewise */
	struct zf_counters counters;
	uint64_t text_bytes;  /* that texts of chunks take (array/text.c); atomic, as is */
	uint64_t text_number; /* the last one given to a text */
};

#define ZF_COUNT(ctx, what, n) __atomic_fetch_add(&(ctx)->counters.what, (n), __ATOMIC_RELAXED)

/* Writes one line to the context's log, if it has one. */
void zf_log(struct zf_ctx *ctx, enum zf_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
