/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was written and is not stored yet.
 *
 * The unit of storing is the *value*: a chunk, or a shard. A value that is dirty has a *chunk* for each of
 * its (innermost) chunks that was written to, and that one a stack of layers. New bytes go to the newest
 * layer; when a value is stored its layers are frozen, and those that are written meanwhile come on top. Only
 * when the store has it, and the cache has forgotten the parts of before, frozen layers go; so whoever finds
 * no layer reads what is stored, or newer. A failure leaves them as they are.
 *
 * A reader holds the value, reads what is below, and then lays the layers over it; had the value's `turn`
 * changed by then, layers were moved down meanwhile, and it begins again.
 *
 *   dirty.c    the table of values
 *   layer.c    bytes by rank
 *   write.c    pwrite, and making room for it
 *   overlay.c  reading through the layers
 *   spool.c    layers for which there is no memory
 *   merge.c    from layers to what is to be stored
 *   flush.c    having that done by the pool
 *   resize.c   what changes the array as a whole
 *
 * Lock order: writes.lock -> zf_dirty.lock -> the cache's.
 */
#ifndef ZF_ARRAY_DIRTY_H
#define ZF_ARRAY_DIRTY_H

#include "array/internal.h"
#include "array/layer.h"

struct zf_spool;

enum { ZF_SEGMENT = 256 << 10 }; /* bytes of a chunk that memory is taken for at a time, where it is cut */

struct zf_dirty_chunk {
	struct zf_dirty_chunk *next;    /* in its bucket */
	struct zf_dirty_chunk *sibling; /* of the same value */
	struct zf_dirty *value;
	uint64_t index;                /* of the innermost chunk */
	uint64_t total;                /* its ranks */
	struct zf_layer *bottom, *top; /* NULL: not dirty (any more) */
	uint64_t slot;                 /* in the spool; UINT64_MAX: none */
	bool complete;                 /* all its ranks are written */
};

struct zf_dirty {
	struct zf_dirty *next;            /* in its bucket */
	struct zf_dirty *newer, *older;   /* by `since`; NULL: in no list */
	struct zf_dirty *cnewer, *colder; /* of the complete ones that are not being stored */
	uint64_t index;                   /* of the stored value */
	unsigned refs;                    /* writers, readers and jobs that use it: writes.lock */
	bool busy;                        /* is being stored or spooled: writes.lock, as what follows */
	bool failed;                      /* could not be stored the last time */
	bool has_empty;                   /* some of its chunks have no layers any more */
	bool listed_complete;
	uint64_t inside; /* its chunks that the array has */
	int64_t since;   /* dirty since, ns; 0: it is not */

	pthread_mutex_t lock;          /* the layers */
	uint64_t turn;                 /* how often frozen layers were moved down */
	uint64_t bytes;                /* memory of its layers: atomic */
	uint64_t dirty;                /* chunks that have layers, */
	uint64_t complete;             /* and those that are complete */
	struct zf_dirty_chunk *chunks; /* changed with both locks, so that either is enough to look */
};

struct zf_writes {
	struct zf_taker taker; /* first; in the cache's list once something was written */
	struct zf_array *array;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a job, a writer or a resize ended */
	struct zf_dirty **values;
	struct zf_dirty_chunk **chunks;
	size_t value_buckets, chunk_buckets;
	size_t value_count, chunk_count; /* value_count: atomic */
	struct zf_dirty *oldest, *newest;
	struct zf_dirty *first_complete, *last_complete;
	uint64_t complete; /* in that list */
	unsigned storing;  /* jobs queued or running */
	struct zf_store_job *jobs;
	unsigned writers;
	bool exclusive; /* a resize is under way: no writers, no new jobs */
	bool abandoned;

	uint64_t size; /* bytes of the file: atomic */
	uint64_t tail; /* where in the last row the bytes ended when it was rounded up; 0: at its end; atomic
			*/
	uint64_t claimed;  /* size, with what writers are about to write: atomic */
	uint64_t believed; /* rows, up to which what is stored is the array's; UINT64_MAX: all */
	bool ready, store_empty;
	bool bitmap;      /* see struct zf_layer_of */
	uint64_t segment; /* the same; UINT64_MAX: chunks are not cut */
	uint64_t row;     /* bytes of a row of stored values, if it may all be dirty at once; else 0 */
	struct zf_chunk_locks *locks;

	uint64_t error_seq; /* atomic */
	struct zf_op error; /* the last one */
	struct zf_spool *spool;
};

int zf_writes_new(struct zf_op *op, struct zf_writes **out);

/* Forgets what is dirty; no jobs may run. */
void zf_writes_free(struct zf_array *array);

int64_t zf_now_ns(void);

/* ---- the table: with writes.lock ---- */

struct zf_dirty *zf_dirty_find(const struct zf_array *array, uint64_t base_index);
struct zf_dirty_chunk *zf_dirty_chunk_find(const struct zf_array *array, uint64_t index);

/* Finds or makes a chunk and its value. NULL: no memory. */
struct zf_dirty_chunk *zf_dirty_chunk_get(struct zf_array *array, uint64_t index);

/* Takes a reference off; a value that nobody uses and that is not dirty is freed. */
void zf_dirty_put(struct zf_array *array, struct zf_dirty *value);

/* Enters a value into the lists, or takes it out, as its state is now. */
void zf_dirty_listed(struct zf_array *array, struct zf_dirty *value);

/* The same, as one that has just become dirty. */
void zf_dirty_anew(struct zf_array *array, struct zf_dirty *value);

/* ---- layers: with value->lock ---- */

struct zf_layer_of zf_dirty_of(const struct zf_array *array, struct zf_dirty_chunk *chunk);

/* The layer for new bytes. NULL: no memory. */
struct zf_layer *zf_dirty_top(struct zf_array *array, struct zf_dirty_chunk *chunk);

/* How many ranks from 0 on are written without a gap, in frozen layers only or in any. Bitmaps are looked
 * into where `deep`. */
uint64_t zf_dirty_reach(const struct zf_dirty_chunk *chunk, bool frozen, bool deep);

/* Looks whether a chunk is complete now. */
void zf_dirty_check(struct zf_dirty_chunk *chunk);

/* Forgets the layers that are frozen, or all. */
void zf_dirty_drop(struct zf_array *array, struct zf_dirty_chunk *chunk, bool all);

/* ---- write.c ---- */

/* Writes to one chunk: len bytes from rank `start` on. from: the flat bytes of `piece`, or NULL for fill
 * value. Between zf_writer_enter() and leave. */
int zf_dirty_write(struct zf_array *array, struct zf_op *op, const struct zf_piece *piece,
	const uint8_t *from, uint64_t index, uint64_t start, uint64_t len);

/* The same for what `place` does with the newest layer of a chunk; false: no memory. */
typedef bool zf_place_fn(
	const void *arg, struct zf_array *array, struct zf_dirty_chunk *chunk, struct zf_layer *top);
int zf_dirty_place(
	struct zf_array *array, struct zf_op *op, uint64_t index, zf_place_fn *place, const void *arg);

/* Waits until `len` more bytes fit, or nothing of this array is in the way. EINTR, and errors of storing. */
int zf_write_room(struct zf_array *array, struct zf_op *op, uint64_t len);

int zf_writer_enter(struct zf_array *array, struct zf_op *op);
void zf_writer_leave(struct zf_array *array);

/* Keeps writers and jobs out, and waits until those there are have ended. EINTR. */
int zf_exclusive_enter(struct zf_array *array, struct zf_op *op);
void zf_exclusive_leave(struct zf_array *array);

/* Waits on writes.changed, with the lock held, for a moment. EINTR. */
int zf_writes_wait(struct zf_writes *writes, struct zf_op *op);

/* ---- flush.c ---- */

/* Begins to store complete values, all or but for a few. True: there were some. */
bool zf_store_complete(struct zf_array *array, bool all);

/* Begins to store a value, unless somebody does. */
void zf_store_start(struct zf_array *array, struct zf_dirty *value);

/* Begins to store all that did not fail the last time. True: something is being stored. */
bool zf_store_all(struct zf_taker *taker);

/* Stores one value and waits. */
int zf_store_wait(struct zf_array *array, struct zf_op *op, struct zf_dirty *value);

/* Has jobs end soon, as failed. */
void zf_store_cancel(struct zf_array *array);

/* ---- merge.c ---- */

/* Has the store hold what a value is, its frozen layers included. keep (elements along each dimension): what
 * is stored beyond becomes fill value, nothing is done where that changes nothing, and there are no layers
 * (value is NULL). */
int zf_merge_value(struct zf_array *array, struct zf_op *op, uint64_t base_index, struct zf_dirty *value,
	const uint64_t *keep);

/* Remembers that we put or deleted a value. */
int zf_merge_noted(
	struct zf_array *array, struct zf_op *op, const char *key, uint64_t base_index, bool there);

/* ---- resize.c ---- */

/* Whether nothing stored is the file's by mistake once it ends at `end`; if not, it is to be made so. */
bool zf_array_believed(const struct zf_array *array, uint64_t end);
int zf_array_believe(struct zf_array *array, struct zf_op *op);

/* ---- overlay.c ---- */

bool zf_dirty_any(const struct zf_array *array);

/* Whether something of the range is dirty. */
bool zf_dirty_in(struct zf_array *array, uint64_t offset, uint64_t len);

/* Reads a range through the layers: need->part_size is known. */
int zf_dirty_read(struct zf_array *array, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead,
	unsigned char *to, uint64_t len, uint64_t offset);

/* ---- spool.c ---- */

/* Moves the layers of a value to the spool. 0: done; 1: it cannot be. */
int zf_spool_value(struct zf_array *array, struct zf_dirty *value);
int zf_spool_read(
	struct zf_array *array, struct zf_op *op, uint64_t slot, uint8_t *to, uint64_t start, uint64_t len);
void zf_spool_release(struct zf_array *array, uint64_t slot);
void zf_spool_free(struct zf_spool *spool);

/* ---- rank copies ---- */

/* Between `len` bytes of a piece, the first of which is its byte `from` in the order of ranks, at `linear`,
 * and their places at steps[] from `strided`. */
void zf_piece_gather(const struct zf_piece *piece, const uint64_t *steps, const uint8_t *strided,
	uint64_t from, uint64_t len, uint8_t *linear);
void zf_piece_scatter(const struct zf_piece *piece, const uint64_t *steps, uint8_t *strided, uint64_t from,
	uint64_t len, const uint8_t *linear);

#endif
