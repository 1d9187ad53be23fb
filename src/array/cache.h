/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache of decoded parts of chunks.
 *
 * A part is named by its owner (an array), its chunk and its number within the chunk. It goes through
 *
 *     queued -> loading -> ready | fill | failed
 *
 * "queued" parts have been asked for and wait for a thread; whoever claims one loads it, everybody else
 * waits for the same load (single flight). "fill" parts belong to chunks that are not stored: they have no
 * memory. "failed" ones are out of the table at once, so that the next reader tries again, and keep their
 * error for those who waited.
 *
 * Pinned parts stay where they are. Unpinned ones are in one of three lists by last use, and the oldest go
 * when the budget is passed: first those that were read to their end the last time, since a reader in C order
 * is done with them, then the others. So several readers get on as long as the rows of chunks that they are
 * in fit together. Of arrays that do not fit the cache what was read to its end may only take a
 * sixteenth of the budget: whoever reads such an array again finds none of it, and memory that is used again
 * costs nothing, while new memory has to be cleared by the kernel.
 *
 * The budget is taken when a part is queued, so that what is being loaded counts. A reader whose parts do not
 * fit beside what others have pinned waits until they are done; so the budget can only be passed by a single
 * request that needs more.
 *
 * One lock guards the table, the list and the parts' states; it is never held across a load or a copy. A
 * part's data is written only by the thread that loads it and is constant from "ready" on.
 */
#ifndef ZF_ARRAY_CACHE_H
#define ZF_ARRAY_CACHE_H

#include "base/ctx.h"
#include "base/op.h"
#include "base/pool.h"

/* Whether a part was read to its end the last time, and then whether its array fits the cache. */
enum zf_part_spent { ZF_NOT_SPENT, ZF_SPENT, ZF_PASSED };

enum zf_part_state { ZF_PART_QUEUED, ZF_PART_LOADING, ZF_PART_READY, ZF_PART_FILL, ZF_PART_FAILED };

struct zf_part_id {
	uint64_t chunk; /* number of the chunk in its grid */
	uint64_t part;  /* number of the part in the chunk */
};

struct zf_part {
	struct zf_part *next;          /* in its bucket */
	struct zf_part *newer, *older; /* in the list, while unpinned */
	const void *owner;
	struct zf_part_id id;
	enum zf_part_state state;
	enum zf_lane lane; /* of a queued part: where its load waits */
	bool hashed;       /* can be found; else gone as soon as it is unpinned */
	uint8_t spent;     /* enum zf_part_spent */
	bool unused;       /* loaded ahead of time and not asked for so far */
	unsigned pins;
	unsigned waiters; /* readers that sleep until its load ends */
	size_t size;      /* bytes of the part */
	uint8_t *data;    /* owned by the cache; NULL until loading, and in fill parts */
	struct zf_op
		*load; /* of a part that is being loaded: to be cancelled when nobody waits for it any more */
	struct zf_op *failure; /* of a failed part; owned */
};

struct zf_cache;

/* New: zf_cache_free(). ENOMEM. */
int zf_cache_new(struct zf_ctx *ctx, struct zf_op *op, struct zf_cache **out);
void zf_cache_free(struct zf_cache *cache);

/* What a part of `size` bytes takes of the budget. */
uint64_t zf_cache_cost(uint64_t size);

/* The bytes that may be used now. */
uint64_t zf_cache_budget(struct zf_cache *cache);

/* Grows the budget to at least `bytes`, up to cache_max; gives back what was granted. */
uint64_t zf_cache_grow(struct zf_cache *cache, uint64_t bytes);

/* Finds or makes n parts of `size` bytes each and pins them; waits for room. start[i] tells that parts[i] is
 * queued and that it is for the caller to have it loaded, in the demand lane. ENOMEM, EINTR: nothing is
 * pinned. */
int zf_cache_pin(struct zf_cache *cache, struct zf_op *op, const void *owner, const struct zf_part_id *ids,
	unsigned n, size_t size, struct zf_part **parts, bool *start);

/* Makes those of n parts that are not there, as long as what was loaded ahead and not used stays within
 * `most` bytes; they stay unpinned. Returns how many, and which (`made` may be `ids`); the caller has them
 * loaded. Never fails: less is loaded ahead. */
unsigned zf_cache_make_ahead(struct zf_cache *cache, const void *owner, const struct zf_part_id *ids,
	unsigned n, size_t size, uint64_t most, struct zf_part_id *made);

/* Claims a part that was made so, and pins it. NULL: somebody else has it loaded, or it has gone. */
struct zf_part *zf_cache_claim_ahead(
	struct zf_cache *cache, const void *owner, const struct zf_part_id *id, struct zf_op *load);

/* One more pin on parts that are pinned. */
void zf_cache_repin(struct zf_cache *cache, struct zf_part *const *parts, unsigned n);

/* Takes a pin off n parts. spent (may be NULL: as before): enum zf_part_spent of each. */
void zf_cache_unpin(struct zf_cache *cache, struct zf_part *const *parts, unsigned n, const uint8_t *spent);

/* Claims a queued part; false if somebody has already. `load` (may be NULL) is the operation that loads it,
 * and stays valid until zf_cache_finish(). */
bool zf_cache_claim(struct zf_cache *cache, struct zf_part *part, struct zf_op *load);

/* Memory for a claimed part, of part->size bytes. ENOMEM. */
int zf_cache_provide(struct zf_cache *cache, struct zf_op *op, struct zf_part *part);

/* Ends the load of a claimed part: ready, fill, or failed with the error of op (copied). */
void zf_cache_finish(
	struct zf_cache *cache, struct zf_part *part, enum zf_part_state state, const struct zf_op *op);

/* Claims and fails those of n parts that are still queued, with the error of op. */
void zf_cache_fail(struct zf_cache *cache, struct zf_part *const *parts, unsigned n, const struct zf_op *op);

/* Waits until none of n pinned parts is queued or loading. EINTR when op is cancelled: then the loads that
 * only this reader waited for are cancelled too, and end as failed with EINTR. A reader that came to wait for
 * one in that moment finds it so, and is to begin again. */
int zf_cache_wait(struct zf_cache *cache, struct zf_op *op, struct zf_part *const *parts, unsigned n);

/* Forgets those parts of an owner that are being loaded: who asks for one from now on has it loaded anew. */
void zf_cache_forget_loading(struct zf_cache *cache, const void *owner);

/* Forgets `parts` parts of a chunk: those that are ready, and those that are being loaded or queued, which
 * end for who waits for them now. */
void zf_cache_forget_chunk(struct zf_cache *cache, const void *owner, uint64_t chunk, uint64_t parts);

/* Forgets all parts of an owner. Those in use go when they are unpinned. */
void zf_cache_forget(struct zf_cache *cache, const void *owner);

/* Memory for bytes that were written and are not stored yet: counts towards the budget, and clean parts make
 * way for it. NULL: no memory. */
void *zf_cache_take(struct zf_cache *cache, size_t size);
void zf_cache_give(struct zf_cache *cache, void *memory, size_t size);

/* The same for memory that the caller has from elsewhere. */
void zf_cache_charge(struct zf_cache *cache, size_t bytes);
void zf_cache_discharge(struct zf_cache *cache, size_t bytes);

/* What is taken so, by all arrays. */
uint64_t zf_cache_taken(struct zf_cache *cache);

/* Somebody who has taken memory so, and can be asked to give it back. */
struct zf_taker {
	struct zf_taker *next, **link;
	bool (*relieve)(struct zf_taker *taker); /* begins to, or is about it: true. Does not wait */
	unsigned busy;                           /* calls of it under way */
};
void zf_cache_taker_add(struct zf_cache *cache, struct zf_taker *taker);

/* Waits until it is not called any more. */
void zf_cache_taker_remove(struct zf_cache *cache, struct zf_taker *taker);

/* Asks all but one. True: somebody gives back. */
bool zf_cache_relieve(struct zf_cache *cache, const struct zf_taker *but);

/* Fills in the cache's part of the figures. */
void zf_cache_stats(struct zf_cache *cache, struct zf_stats *out);

#endif
