/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays: flat bytes over chunks.
 *
 * An array knows chunks, cached parts of them, and nothing of formats, shards or partial reads: a shard is a
 * store over a store (array/shard.h), a part of a chunk is a range of its decoded bytes. What is cached is
 * always a *part*: a fixed number of a chunk's decoded bytes, all of them where the codec can do no less.
 */
#ifndef ZF_ARRAY_ARRAY_H
#define ZF_ARRAY_ARRAY_H

#include "grid/grid.h"
#include "meta/meta.h"
#include "store/store.h"

struct zf_array;

/* Opens an array of a store for reading. `path` is its place in the store ("" is the root); meta is borrowed
 * and outlives the array. Binds the codecs: EOPNOTSUPP, EIO as in zf_pipeline_new(). Reads nothing. New:
 * zf_array_close(). */
int zf_array_open(struct zf_store *store, struct zf_op *op, const char *path, const struct zf_meta *meta,
	struct zf_array **out);

/* Waits for loads that still run, forgets what was cached, frees the array. No reads may be under way. */
void zf_array_close(struct zf_array *array);

uint64_t zf_array_size(const struct zf_array *array);

/* A reader's memory of where it was, so that what comes next can be loaded before it is asked for. One for
 * each handle; zero is a valid start. May be used by several threads at once. */
struct zf_stream {
	uint64_t last;       /* end of the last read */
	uint64_t ahead;      /* what has been asked for ahead of time ends here */
	uint64_t window;     /* how far ahead to ask; doubles while the reader goes on */
	const void *array;   /* that row is of; NULL: none yet */
	uint64_t row;        /* of chunks, that its reads under way are in */
	unsigned busy;       /* how many those are */
	pthread_cond_t done; /* busy came to 0 */
	pthread_mutex_t lock;
};
void zf_stream_init(struct zf_stream *stream);
void zf_stream_destroy(struct zf_stream *stream);

/* Reads exactly len bytes at offset; the range lies within the array. stream may be NULL (no reading ahead).
 * EIO, EINTR, ENOMEM; "PATH: chunk 3.1: key 'PATH/3.1' in dir:x: ..." */
int zf_array_pread(struct zf_array *array, struct zf_op *op, struct zf_stream *stream, void *buf, size_t len,
	uint64_t offset);

/* The same as pieces of memory, pinned in the cache, where they are long enough to be worth it; otherwise in
 * a buffer of its own. New: zf_slices_free(). */
int zf_array_slices(struct zf_array *array, struct zf_op *op, struct zf_stream *stream, size_t len,
	uint64_t offset, struct zf_slices *out);

/* As zf_file_seek(). */
int zf_array_seek(struct zf_array *array, struct zf_op *op, uint64_t offset, bool data, uint64_t *out);

/* Compares every chunk that was read since the last call with its key in the store. *changed: one differs, or
 * there were too many to remember; then all that was cached has been dropped. */
int zf_array_revalidate(struct zf_array *array, struct zf_op *op, bool *changed);

#endif
