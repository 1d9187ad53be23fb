/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the cache share: cache.c has the table of parts, cache_memory.c the memory.
 */
#ifndef ZF_ARRAY_CACHE_INSIDE_H
#define ZF_ARRAY_CACHE_INSIDE_H

#include "array/cache.h"
#include "array/memory.h"
#include "array/spares.h"

#include <pthread.h>

enum { ZF_CACHE_BELLS = 64 };

struct zf_cache {
	struct zf_ctx *ctx;
	pthread_mutex_t lock;
	pthread_cond_t room; /* parts were unpinned */
	unsigned room_waiters;
	pthread_cond_t bells[ZF_CACHE_BELLS]; /* the load of some part ended: see bell() */
	struct zf_part **buckets;
	size_t bucket_count, part_count;
	struct zf_part lists[ZF_PASSED + 1]; /* the unpinned parts by `spent`: older is the last used, newer
					      * the first to go */
	uint64_t passed_bytes;               /* of the parts in lists[ZF_PASSED] */
	uint64_t budget;                     /* written atomically: read without the lock too */
	uint64_t bytes;                      /* what the parts in the table and the pinned ones take */
	uint64_t unused_bytes;               /* of parts loaded ahead and not asked for */
	uint64_t owed;                       /* of queued parts without memory */
	struct zf_spares spares;
	struct zf_memory *memory;
	struct zf_taker *takers;
	uint64_t taken;                /* for what is written: part of `bytes` */
	uint64_t pinned, pinned_bytes; /* pins, and what the parts that have some take */
};

/* All that follows: with the lock. */

/* Has parts go, oldest first, until the budget is kept. */
void zf_cache_evict(struct zf_cache *cache);

/* Waits for a condition, for 50 ms at most. */
void zf_cache_sleep(struct zf_cache *cache, pthread_cond_t *condition);

/* Memory that is not used any more: takes it, to be used again or freed. */
void zf_cache_give_back(struct zf_cache *cache, uint8_t *memory, size_t size);

/* Frees what may not be kept any more. */
void zf_cache_drop_spares(struct zf_cache *cache);

#endif
