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
#include "grid/pick.h"
#include "meta/meta.h"
#include "store/store.h"

struct zf_array;

/* Opens an array of a store for reading. `path` is its place in the store ("" is the root); meta is borrowed
 * and outlives the array. Binds the codecs: EOPNOTSUPP, EIO as in zf_pipeline_new(). Reads nothing. New:
 * zf_array_close(). */
int zf_array_open(struct zf_store *store, struct zf_op *op, const char *path, const struct zf_meta *meta,
	struct zf_array **out);

/* Whether a chunk can be had in memory, to be written or read: within cache_max. EINVAL; "PATH: chunks: a
 * chunk would have ..." */
int zf_array_check_chunk(const struct zf_array *array, struct zf_op *op);

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

/* Something that calls fn for picks of the array's chunks. Returns what fn returned, or -1 with an error of
 * its own. */
struct zf_picker {
	int (*walk)(const void *what, struct zf_op *op, const struct zf_pick_grid *grid, uint64_t offset,
		uint64_t len, zf_pick_fn *fn, void *arg);
	const void *what; /* passed on, as offset and len are */
	uint64_t offset, len;
};

/* Reads picks into buf. What is dirty is not seen: zf_array_flush() before. Errors as zf_array_pread(). */
int zf_array_read_picks(struct zf_array *array, struct zf_op *op, const struct zf_picker *picker, void *buf);

/* As zf_file_seek(). */
int zf_array_seek(struct zf_array *array, struct zf_op *op, uint64_t offset, bool data, uint64_t *out);

/* ---- writing (write.c, flush.c, resize.c) ----
 *
 * What is written is kept as it came, as runs of bytes by chunk ("dirty"), until the chunk is full, the
 * array is flushed, or memory is wanted; reads see it at once. A chunk that was written whole is never read
 * from the store. Encoding and storing are done by the pool. Dirty bytes count towards the cache's budget,
 * and a writer that is too fast waits. Runs that fill no chunk, and for which there is no more memory, go to
 * a spool: an unlinked temporary file (TMPDIR, else /var/tmp).
 *
 * Dimension 0 is as long as what was written needs; the document is the caller's business (see
 * zf_array_length). All other dimensions are constant: where they change, a new array is opened. */

/* Settings for writing, before the first one. store_empty: chunks of fill value throughout are stored too. */
struct zf_write_config {
	bool store_empty;
	struct zf_chunk_locks *locks; /* borrowed; NULL: none. To be held around load, merge and put of a
					 stored value (a ProcessSynchronizer's) */
};
int zf_array_writable(struct zf_array *array, struct zf_op *op, const struct zf_write_config *config);

/* Writes exactly len bytes at offset; grows. EFBIG beyond the largest size (whole rows within ZF_MAX_FILE),
 * EOPNOTSUPP where a codec cannot encode, EROFS, ESTALE (abandoned), EINTR: nothing is written then. Where
 * there is no room because nothing can be stored, the error of storing; it counts for zf_array_error_since()
 * as well, so that the caller moves its own *seen on. ENOMEM in between: some of it may be written. */
int zf_array_pwrite(struct zf_array *array, struct zf_op *op, const void *buf, size_t len, uint64_t offset);

/* Writes picks out of buf, `len` bytes in all; they are within the size. Errors as zf_array_pwrite(). */
int zf_array_write_picks(struct zf_array *array, struct zf_op *op, const struct zf_picker *picker,
	const void *buf, size_t len);

/* The length of dimension 0 that holds all that was written: what the document has to say once the chunks are
 * stored. zf_array_size() may be less, in the middle of a row, until zf_array_settle() rounds it up. */
uint64_t zf_array_length(const struct zf_array *array);
void zf_array_settle(struct zf_array *array);

/* Where who appends goes on: the end, or where the bytes ended in the last row when it was rounded up, until
 * zf_array_end_row(): a stream of bytes is not torn apart because some program closed the file in between. */
uint64_t zf_array_end(const struct zf_array *array);
void zf_array_end_row(struct zf_array *array);

/* Sets the size (whole rows). Growing changes nothing in the store. Shrinking forgets what is dirty beyond,
 * deletes the stored values outside and cleans those at the edge to fill value: the document is to say the
 * new shape before. Work is in proportion to the values stored and touched. */
int zf_array_set_size(struct zf_array *array, struct zf_op *op, uint64_t size);

/* After any dimension was changed by a new document: cleans what `shape` (before) had and this array has not.
 */
int zf_array_trim(struct zf_array *array, struct zf_op *op, const uint64_t *shape);

/* Fills a range within the size with fill value; values covered whole are deleted. */
int zf_array_punch(struct zf_array *array, struct zf_op *op, uint64_t offset, uint64_t len);

/* Deletes all stored values, and forgets what is dirty. */
int zf_array_clear(struct zf_array *array, struct zf_op *op);

/* Encodes and stores all that is dirty; not yet durable (zf_store_flush). The first error; what could not be
 * stored stays dirty and readable. */
int zf_array_flush(struct zf_array *array, struct zf_op *op);

/* The same for what has been dirty since before `before` (monotonic ns), without waiting for it. */
void zf_array_write_back(struct zf_array *array, int64_t before);

/* Whether anything is dirty; since when (monotonic ns; 0: nothing is). */
int64_t zf_array_dirty_since(const struct zf_array *array);

/* Errors of storing that nobody waited for: where one happened after the one that *seen tells of (0: from the
 * beginning), fails with it and moves *seen. A handle begins with zf_array_error_now(). A failed
 * zf_array_flush() counts as one, so that every other handle learns of it; its caller moves its own *seen on.
 */
uint64_t zf_array_error_now(const struct zf_array *array);
int zf_array_error_since(struct zf_array *array, struct zf_op *op, uint64_t *seen);

/* Forgets what is dirty, without storing it: the array was removed. */
void zf_array_abandon(struct zf_array *array);

/* ---- elements that vary in length (meta: spec.kind O) ----
 *
 * Such an array has no flat bytes, and none of the functions above but open and close; it is a text, with a
 * line for each element in C order. Its size is not known before it was read to its end. */
bool zf_array_is_text(const struct zf_array *array);

/* A reader's memory of where it was; zero is a valid start. */
struct zf_text_place {
	uint64_t number, element, offset;
};

/* Reads up to len bytes at offset; *got is less only at the end of the text. place may be NULL. What lies
 * between the offset and the last place known before it is decoded. */
int zf_array_text_pread(struct zf_array *array, struct zf_op *op, struct zf_text_place *place, void *buf,
	size_t len, uint64_t offset, size_t *got);

/* The size of the text, if it is known. */
bool zf_array_text_size(struct zf_array *array, uint64_t *size);

/* Reads a text that is short to its end, so that its size is known. Stops at an error, which op has then. */
void zf_array_text_measure(struct zf_array *array, struct zf_op *op);

/* Gives back the memory of what is decoded: nobody reads for now. */
void zf_array_text_idle(struct zf_array *array);

/* ---- stored values, one by one (look.c) ---- */

/* The coordinates that a key below the array's path stands for; false: it is no key of a chunk. */
bool zf_array_parse(const struct zf_array *array, const char *rest, uint64_t *coords);

/* Whether the stored value there has anything of the array in it; false: it lies outside. */
bool zf_array_holds(const struct zf_array *array, const uint64_t *coords);

/* A chunk of a stored value: the value itself or, in a shard, an inner chunk. Or a shard's index that is
 * damaged. */
struct zf_look {
	const char *inner; /* its place in shards, "|3", "|3|0"; "": the value itself */
	uint64_t size;     /* stored bytes */
	bool is_index;
	const struct zf_op *wrong; /* NULL: nothing */
};
typedef int zf_look_fn(void *arg, const struct zf_look *look); /* returns 0 to go on */

/* Looks at the stored value of that key and coordinates, past the cache: calls fn for each of its chunks that
 * are there and inside the array; with `decode` each of them is decoded. A damaged part is told, and what is
 * beside it looked at all the same. EINTR, ENOMEM. */
int zf_array_look(const struct zf_array *array, struct zf_op *op, const char *key, const uint64_t *coords,
	bool decode, zf_look_fn *fn, void *arg);

/* Decodes the chunks of a stored value and adds what each codec took to *times. What is damaged is passed
 * over.
 */
int zf_array_time(const struct zf_array *array, struct zf_op *op, const char *key, const uint64_t *coords,
	struct zf_codec_times *times);

/* Compares every chunk that was read since the last call with its key in the store. *changed: one differs, or
 * there were too many to remember; then all that was cached has been dropped. */
int zf_array_revalidate(struct zf_array *array, struct zf_op *op, bool *changed);

#endif
