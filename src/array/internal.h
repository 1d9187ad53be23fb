/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this folder share.
 *
 *   context.c   the context: threads and cache
 *   cache.c     decoded parts of chunks
 *   shard.c     a shard as a store over a store
 *   array.c     opening and closing; chunk keys
 *   keys.c      which chunks are stored
 *   load.c      from the store into the cache
 *   loader.c    the memory that loading needs
 *   read.c      flat ranges: which parts, wait, copy
 *   copy.c      the strided copies
 *   pick.c      picks: elements that are no flat range
 *   stream.c    reading ahead
 *   slices.c    replies without a copy
 *   seen.c      what was read, and whether it still is so
 *   seek.c      holes
 *   look.c      stored values one by one
 *   text.c      elements that vary in length, as lines of text
 *   unequal.c   chunks of unequal size
 *   dirty.h     writing: more files, listed there
 *
 * Lock order: stream -> seen | cache. None is held across a store, a codec or a copy.
 */
#ifndef ZF_ARRAY_INTERNAL_H
#define ZF_ARRAY_INTERNAL_H

#include "array/array.h"
#include "array/cache.h"
#include "codec/pipeline.h"
#include "grid/grid.h"
#include "grid/key.h"

enum {
	ZF_PARTS_AT_ONCE = 512,        /* parts pinned for one step of a read */
	ZF_PART_WANTED = 256 << 10,    /* bytes: parts are made of codec blocks up to about this */
	ZF_READ_AHEAD_LEAST = 4 << 20, /* bytes: the smallest window of a sequential reader */
	ZF_ROWS = 32,                  /* rows of chunks that readers are watched in */
	ZF_SEEN_MOST = 16384,          /* chunks remembered for revalidation */
};

struct zf_seen;     /* seen.c */
struct zf_writes;   /* dirty.h */
struct zf_load_job; /* load.c */
struct zf_lines;    /* text.c */
struct zf_unequal;  /* unequal.c */

struct zf_array {
	struct zf_ctx *ctx;     /* borrowed */
	char *path;             /* in the store; "" is the root */
	char *label;            /* for messages: the path, or "/" for the root */
	const char *read_only;  /* why nothing can be written; static; NULL: it can */
	struct zf_store *base;  /* borrowed: where the keys are */
	struct zf_store *store; /* base, or the outermost shard store over it (owned then) */
	struct zf_key_encoding encoding;
	struct zf_grid
		grid; /* of the chunks that are decoded: the innermost ones. Its dimension 0 is as long as a
			 file can be, so that it need not change; the real size is zf_array_size() */
	uint64_t fill_len;         /* bytes of one element */
	const unsigned char *fill; /* many elements in a row: see copy.c */
	unsigned char *own_fill;   /* the same where it is not zeros; owned */
	uint64_t fill_item;        /* what it repeats after */
	size_t fill_size;
	bool fill_is_zero;

	struct zf_pipeline *pipeline;     /* of the stored value; owned */
	const struct zf_pipeline *decode; /* of the innermost chunks; part of pipeline */
	unsigned depth;                   /* shards within shards */
	struct {
		uint64_t ratio[ZF_MAX_NDIM]; /* inner chunks along each dimension of the chunk above */
	} level[ZF_MAX_SHARD_DEPTH];         /* outermost first */
	uint64_t shape[ZF_MAX_NDIM];         /* in elements, when it was opened */
	uint64_t base_chunk[ZF_MAX_NDIM]; /* shape of a stored value; of the largest where they are unequal */
	uint64_t base_count[ZF_MAX_NDIM]; /* of stored values along each dimension */

	/* where stored values are unequal; then shards are decoded as a whole */
	const struct zf_edges *edges[ZF_MAX_NDIM]; /* borrowed; NULL: equal along this dimension */
	struct zf_unequal *unequal;                /* NULL: equal along all; owned */

	uint64_t part_size; /* bytes of a part; 0: not known yet. Atomic, set once */

	pthread_mutex_t lock; /* jobs */
	pthread_cond_t idle;  /* jobs came to 0 */
	unsigned jobs;        /* loads queued or running */
	struct zf_load_job *running;
	bool closing; /* atomic: loads are not worth running */

	struct zf_seen *seen;     /* owned */
	struct zf_writes *writes; /* owned: dirty.h */
	uint64_t row_bytes;       /* of the file: what dimension 0 grows by. 0: it cannot */
	uint64_t value_bytes;     /* of a stored value, decoded */
	struct zf_lines *lines;   /* of elements that vary in length, else NULL; owned */

	/* the rows of chunks that streams are in: stream.c */
	pthread_mutex_t rows_lock;
	struct {
		uint64_t row, used; /* used: when it was last read, ns */
		unsigned streams;
	} rows[ZF_ROWS];
};

/* ---- array.c ---- */

/* Has a picker walk over the innermost chunks. */
int zf_array_walk_picks(const struct zf_array *array, struct zf_op *op, const struct zf_picker *picker,
	zf_pick_fn *fn, void *arg);

/* The key of chunk number `index` in array->store. ENAMETOOLONG. */
int zf_array_key(const struct zf_array *array, struct zf_op *op, uint64_t index, char *key, size_t size);

/* The number of the stored value (a chunk, or a whole shard) that holds chunk number `index`. */
uint64_t zf_array_base_index(const struct zf_array *array, uint64_t index);

/* The key in array->base of stored value number `base_index`. ENAMETOOLONG. */
int zf_array_base_key(
	const struct zf_array *array, struct zf_op *op, uint64_t base_index, char *key, size_t size);

/* The shape, with dimension 0 as long as the file could become. */
void zf_array_longest(const struct zf_array *array, uint64_t *shape);

/* The key at coordinates of a stored value. ENAMETOOLONG. */
int zf_array_coords_key(
	const struct zf_array *array, struct zf_op *op, const uint64_t *coords, char *key, size_t size);

/* The coordinates of stored value number `base_index`. */
void zf_array_base_coords(const struct zf_array *array, uint64_t base_index, uint64_t *coords);

/* The coordinates of an innermost chunk's stored value and, for each level of shards, its number there. */
void zf_array_split(const struct zf_array *array, uint64_t index, uint64_t *coords, uint64_t *inner);

/* Prepends "PATH: chunk 3.1: ". Returns -1. */
int zf_array_where(const struct zf_array *array, struct zf_op *op, uint64_t index);

/* Prepends "key 'K' in STORE: ", with the inner chunk's number where there are shards. Returns -1. */
int zf_array_where_key(const struct zf_array *array, struct zf_op *op, const char *key);

/* ---- load.c ---- */

/* The size of the array's parts. Where that depends on how writers cut their chunks (blosc blocks), a stored
 * chunk is looked at the first time: number `index`, or another one if that is not stored. */
int zf_array_part_size(struct zf_array *array, struct zf_op *op, uint64_t index, uint64_t *size);

/* What one row of chunks takes: all that a reader in C order uses side by side, and a few parts more, so that
 * what comes in does not displace what is still in use. UINT64_MAX where that is beyond all bounds. */
uint64_t zf_array_row(const struct zf_array *array, uint64_t part_size);

/* Sets that much aside, as far as cache_max allows. */
void zf_array_reserve(struct zf_array *array, uint64_t part_size);

/* Has n queued parts loaded, in the order given. Pins them itself meanwhile. Never fails: what cannot be
 * started is finished as failed. */
void zf_array_load(struct zf_array *array, struct zf_part *const *parts, unsigned n);

/* The same when there is time, for parts of `size` bytes that zf_cache_make_ahead() made. */
void zf_array_load_ahead(struct zf_array *array, const struct zf_part_id *ids, unsigned n, uint64_t size);

/* Has loads that are queued or running end soon, as failed, and new ones at once. */
void zf_array_cancel_loads(struct zf_array *array);

/* ---- read.c ---- */

/* The parts that a flat range touches, in the order of zf_walk over it, each piece's in their order. */
struct zf_need {
	uint64_t part_size;
	const bool *skip; /* by piece: not wanted; NULL: all are */
	unsigned count;
	struct zf_part_id ids[ZF_PARTS_AT_ONCE];
	struct zf_part *parts[ZF_PARTS_AT_ONCE];
	bool start[ZF_PARTS_AT_ONCE];    /* to be loaded */
	uint8_t spent[ZF_PARTS_AT_ONCE]; /* enum zf_part_spent */
};

/* Lists them. False: more than fit, or more bytes than may be pinned at once; then the range is to be halved.
 */
bool zf_need_list(const struct zf_array *array, uint64_t offset, uint64_t len, struct zf_need *need);

/* A read that has not told its stream yet. */
struct zf_ahead {
	struct zf_stream *stream; /* NULL: there is none, or it has been told */
	uint64_t offset, len;     /* of the read */
};

/* Pins them, has them loaded, tells the stream, waits. On success all are ready or fill, and pinned. */
int zf_need_get(struct zf_array *array, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead);
void zf_need_release(struct zf_array *array, struct zf_need *need);

/* ---- copy.c ---- */

int zf_fill_init(struct zf_array *array, struct zf_op *op, const unsigned char *fill);

/* At least `run` bytes of fill values that continue at byte `start` of a chunk, if it holds that many; else
 * NULL. */
const unsigned char *zf_fill_at(const struct zf_array *array, uint64_t start, uint64_t run);

/* Writes n bytes of fill values that continue at byte `start` of a chunk. */
void zf_fill_write(const struct zf_array *array, unsigned char *to, uint64_t start, uint64_t n);

/* Copies n bytes that lie at byte `start` of a chunk; parts are those from number `first` on. */
void zf_copy_run(const struct zf_array *array, struct zf_part *const *parts, uint64_t first,
	uint64_t part_size, unsigned char *to, uint64_t start, uint64_t n);

/* Copies the flat range out of the parts listed in need. `to` is the place of its first byte. */
void zf_copy_range(const struct zf_array *array, const struct zf_need *need, uint64_t offset, uint64_t len,
	unsigned char *to);

/* ---- stream.c ---- */

/* Begins a read: where memory is tight, one that goes on to another row of chunks waits until those of the
 * same stream that are still in the row before are done, so that no reader holds two rows at once. EINTR. */
int zf_stream_enter(struct zf_array *array, struct zf_op *op, struct zf_stream *stream, uint64_t offset,
	uint64_t len, uint64_t part_size);
void zf_stream_leave(struct zf_stream *stream);

/* Tells the stream of a read that has begun, and has what follows loaded. */
void zf_stream_read(
	struct zf_array *array, struct zf_stream *stream, uint64_t offset, uint64_t len, uint64_t part_size);

/* ---- shard.c ---- */

/* The values inside the shards of `outer` as a store: "KEY|3" is inner chunk 3 of shard KEY. `shard` is
 * borrowed. New: zf_store_close(), which leaves outer open. */
int zf_shard_store_open(
	struct zf_store *outer, struct zf_op *op, const struct zf_shard *shard, struct zf_store **out);

/* value->size after ZF_MISSING from a shard store when the shard itself is missing; else its tag is in
 * *value. */
#define ZF_NO_VALUE UINT64_MAX

/* zf_store_get() on a store or a shard store: one call of the user's is one get of a store, counted and named
 * in errors there. */
int zf_value_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value);

/* The store that a shard store lies over; borrowed. */
struct zf_store *zf_shard_store_outer(const struct zf_store *store);

/* Drops the indexes that it remembers; those of one shard and what is in it. */
void zf_shard_store_forget(struct zf_store *store);
void zf_shard_store_forget_key(struct zf_store *store, const char *key);

/* ---- seen.c ---- */

int zf_seen_new(struct zf_op *op, struct zf_seen **out);
void zf_seen_free(struct zf_seen *seen);

/* Remembers that stored value `base_index` was read as `tag`; NULL: it was not there. */
void zf_seen_note(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag);

/* The same for what is about to be stored anew: nobody else of us stores it meanwhile. */
void zf_seen_merged(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag);

/* Remembers that we made stored value `base_index` what it is. */
void zf_seen_ours(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag);

/* Between these two it is not known what the store has. */
void zf_seen_storing(struct zf_seen *seen, uint64_t base_index);
void zf_seen_stored(struct zf_seen *seen, uint64_t base_index);

/* ---- keys.c ---- */

/* Calls fn with the number of each stored value of the array, in any order; fn returns 0 to go on. Keys
 * outside the shape are left out. */
typedef int zf_stored_fn(void *arg, uint64_t base_index);
int zf_array_stored(const struct zf_array *array, struct zf_op *op, zf_stored_fn *fn, void *arg);

/* The same with coordinates, those outside the shape included. */
typedef int zf_stored_at_fn(void *arg, const uint64_t *coords);
int zf_array_stored_at(const struct zf_array *array, struct zf_op *op, zf_stored_at_fn *fn, void *arg);
/* ---- text.c ---- */

/* Makes array->lines; `fill` is the text of the fill value. */
int zf_lines_new(struct zf_array *array, struct zf_op *op, const char *fill);
void zf_lines_free(struct zf_array *array);

/* Forgets what was read: the stored chunks have changed. */
void zf_lines_forget(struct zf_array *array);

/* ---- unequal.c ---- */

/* Where stored values are unequal: binds pipelines from codecs (borrowed) as they are needed. */
int zf_unequal_new(struct zf_array *array, struct zf_op *op, const json_t *codecs);
void zf_unequal_free(struct zf_unequal *unequal);

/* Along dimension d the stored values with coordinate `coord` begin with element *lo and have *n, whether the
 * array has them or not. False: there can be no such value. */
bool zf_array_extent(const struct zf_array *array, unsigned d, uint64_t coord, uint64_t *lo, uint64_t *n);

/* Whether every chunk is stored as it lies in memory. */
bool zf_array_plain(const struct zf_array *array);

/* As zf_pipeline_decode() and encode(), for (innermost) chunk number `index`; the decoded side has
 * chunk_bytes of the grid. What a smaller chunk leaves of them becomes fill value, and is not looked at. */
struct zf_loader;
int zf_chunk_decode(const struct zf_array *array, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, size_t len, void *dst);
int zf_chunk_encode(const struct zf_array *array, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, struct zf_out *out);

/* ---- loader.c ---- */

/* What a thread needs to load or store: lent for one job, kept for the next one. */
enum { ZF_BUFFER_STORED = 3, ZF_LOADER_BUFFERS };
struct zf_loader {
	struct zf_loader *next;
	struct zf_scratch *scratch;
	struct zf_out encoded;
	struct zf_out buffers[ZF_LOADER_BUFFERS]; /* of merge.c, and a chunk in its own shape */
};
int zf_loaders_new(struct zf_op *op, struct zf_loaders **out);
void zf_loaders_free(struct zf_loaders *loaders);
struct zf_loader *zf_loader_take(struct zf_ctx *ctx); /* NULL: no memory */
void zf_loader_return(struct zf_ctx *ctx, struct zf_loader *loader);

#endif
