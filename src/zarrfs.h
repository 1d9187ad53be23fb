/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libzarrfs: Zarr stores as trees of flat files.
 *
 * A *store* keeps bytes under keys (a directory, an archive, a database). A *tree* is what a user sees of
 * it: groups are directories, arrays are flat raw files, and beside each array `a` there is `a.info`.
 * The tree is read by path; nothing here knows FUSE.
 *
 *     struct zf_op op;
 *     zf_op_init(&op);
 *     zf_ctx_new(NULL, &op, &ctx);
 *     zf_tree_open(ctx, &op, "weather.zarr", 0, &tree);
 *     zf_file_open(tree, &op, "temp/t2m", &file);
 *     zf_file_pread(file, &op, buf, len, offset, &got);
 *
 * Conventions, for every function:
 *   - Functions that can fail take a struct zf_op and return 0, or -1 with op.err set to a positive errno
 *     value and op.text to one line that says what happened and where.
 *   - The result is the last parameter; it is set on success only.
 *   - "new": the caller owns it and frees it with the function named. "borrowed": it stays the callee's,
 *     and lives as long as the object it came from. "takes": the callee owns it from then on, also when
 *     it fails.
 *   - Objects may be used by several threads at once unless said otherwise; an op may not.
 *   - Sizes and offsets are bytes, shapes are elements, times are nanoseconds since 1970.
 *   - Freeing NULL is a no-op.
 */
#ifndef ZARRFS_H
#define ZARRFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library, "1.2.3"; borrowed, static. */
const char *zf_version(void);

/* A size as people write it: "4096", "64K", "256M", "1G", "2T" (powers of 1024). False for anything else, for
 * 0 and for what 64 bits cannot hold. */
bool zf_size_parse(const char *text, uint64_t *out);

/* ---- operations -------------------------------------------------------------------------------------- */

#define ZF_OP_TEXT 2048

/* One operation: see "Conventions". Plain data on the caller's stack; nothing to free. */
struct zf_op {
	int err;               /* 0, or a positive errno value */
	int cancelled;         /* set by zf_op_cancel(), read atomically */
	char text[ZF_OP_TEXT]; /* the whole message, without a newline */
};

/* Prepares op for use or reuse. */
void zf_op_init(struct zf_op *op);

/* Makes the operation give up with EINTR at its next opportunity (within 100 ms, a chunk's decoding
 * aside). May be called from another thread while the operation runs. */
void zf_op_cancel(struct zf_op *op);

/* ---- contexts ---------------------------------------------------------------------------------------- */

enum zf_level { ZF_LOG_ERROR, ZF_LOG_WARNING, ZF_LOG_INFO, ZF_LOG_DEBUG };

/* What a context may use. Zero means the default. */
struct zf_config {
	uint64_t cache;     /* bytes of decoded chunks kept; default 256 MiB */
	uint64_t cache_max; /* bytes it may grow to for one chunk row of an array; default 1 GiB, at least
			       cache */
	unsigned threads;   /* threads that decode; default: the online CPUs */
	bool serial;        /* no threads at all: the caller does all work (tests, fork-happy programs) */
	void (*log)(void *log_arg, enum zf_level level, const char *line); /* default: none */
	void *log_arg;
};

struct zf_ctx; /* limits, threads, cache and log, shared by the stores opened with it; no globals */

/* Makes a context. config may be NULL. New: zf_ctx_free(). Threads are started here, so a program that
 * forks does it before. ENOMEM, EAGAIN (no threads). */
int zf_ctx_new(const struct zf_config *config, struct zf_op *op, struct zf_ctx **out);

/* Stops the threads and frees everything. All trees must be closed before. */
void zf_ctx_free(struct zf_ctx *ctx);

/* What a context holds now: for tests, tuning and accounting. */
struct zf_stats {
	uint64_t cache_bytes;  /* decoded bytes in the cache */
	uint64_t cache_budget; /* what they may be now */
	uint64_t hits, loads;  /* chunk parts found, and read from a store */
	uint64_t absent;       /* loads that found no chunk */
	uint64_t prefetched;   /* loads that nobody had asked for yet */
	uint64_t store_gets;   /* calls into stores */
	uint64_t store_bytes;  /* bytes they returned */
	uint64_t pinned;       /* cache entries in use right now */
};
void zf_ctx_stats(struct zf_ctx *ctx, struct zf_stats *out);

/* ---- trees ------------------------------------------------------------------------------------------- */

struct zf_tree; /* a store as a tree of directories and files */

enum {
	ZF_OPEN_READONLY = 1,
	ZF_OPEN_CREATE = 2, /* a new, empty store: nothing but an empty directory may be there */
	ZF_OPEN_BARE = 4,   /* nothing need be at the root; with CREATE, no group is made there */
};

/* What new arrays are like where neither an npy header nor an .info document says it. Texts as a user gives
 * them; NULL (0 for numbers) is the default: what zarr-python takes for the format. Borrowed for the call. */
struct zf_new {
	const char *dtype;      /* "<f4", "float32", or JSON; default "|u1" */
	const char *shape;      /* "100,200"; the first may be left to the file's size: "-1,200" */
	const char *chunks;     /* "10,20" */
	const char *shards;     /* v3 only: shape of a shard; "none" */
	const char *compressor; /* "none", a codec's name, or its JSON (v3: also a list of codecs) */
	const char *fill_value; /* JSON */
	const char *filters;    /* codecs that come first: a name, JSON of one, or of a list */
	const char *codecs; /* v3 only: JSON of the whole chain, in place of compressor, filters and order */
	const char *attributes;      /* JSON */
	const char *dimension_names; /* v3 only: "time,y,x", or a JSON list */
	int zarr_format;             /* 2 or 3; default: that of the group above, 3 in an empty store */
	char order;                  /* 'C' or 'F': within chunks */
	char separator;              /* of chunk keys: '.' or '/' */
};

/* How a store is opened. Zero means the default. */
struct zf_tree_config {
	unsigned flags;           /* ZF_OPEN_... */
	struct zf_new new_arrays; /* copied */
	bool write_empty_chunks;  /* store chunks that equal the fill value throughout */
	const char *sync;         /* directory of zarr-python's ProcessSynchronizer locks; NULL: none */
	uint64_t store_cache;     /* bytes of the store's values kept as they are stored; 0: none */
};

/* Opens STORE[#path/in/store], where STORE is a path, whose kind is found by looking at it, or KIND:PATH.
 * config may be NULL. New: zf_tree_close(). Errors: ENOENT (no such path), EINVAL (unknown kind, no Zarr
 * hierarchy there; an option that cannot be), EEXIST (to be created, and there is something), EOPNOTSUPP (a
 * kind this build cannot read, or write), and the file system's. */
int zf_tree_open(struct zf_ctx *ctx, struct zf_op *op, const char *spec, const struct zf_tree_config *config,
	struct zf_tree **out);

/* Closes the tree. All its files must be closed before. */
void zf_tree_close(struct zf_tree *tree);

/* Where the root is an array, the name of its file in the root directory (borrowed); else NULL. */
const char *zf_tree_root_file(const struct zf_tree *tree);

enum zf_kind { ZF_DIR, ZF_FILE };

/* What a name is. Costs metadata reads only. */
struct zf_attr {
	enum zf_kind kind;
	uint64_t size;    /* of a file: product(shape) * itemsize, or the length of the text; 0 for one that
			   * nobody has opened or read so far: see zf_file_is_sized() */
	int64_t mtime_ns; /* of the metadata document, or of the directory */
	bool writable;
	bool broken; /* an array that cannot be read; its .info says why */
};

/* Looks at a path: "" is the root, "group/a", "group/a.info". ENOENT when the view has no such name. */
int zf_tree_stat(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_attr *out);

/* Called for each name; returns 0 to go on. Name and attr are borrowed for the call. */
typedef int zf_list_fn(void *arg, const char *name, const struct zf_attr *attr);

/* Lists a directory, names sorted bytewise; "." and ".." are not listed. Returns 0 also when fn stopped it.
 * ENOENT, ENOTDIR, and the store's errors. */
int zf_tree_list(struct zf_tree *tree, struct zf_op *op, const char *path, zf_list_fn *fn, void *arg);

/* ---- changing a tree: EROFS where the tree or its store is read-only ---- */

/* Makes a group. EEXIST, ENOENT or ENOTDIR (the parent), EINVAL (a name that the store or the view cannot
 * hold). */
int zf_tree_mkdir(struct zf_tree *tree, struct zf_op *op, const char *path);

/* Removes a group that shows no names. ENOTEMPTY, ENOENT, ENOTDIR, EBUSY (the root). */
int zf_tree_rmdir(struct zf_tree *tree, struct zf_op *op, const char *path);

/* Removes an array with its chunks. Its open files go on with a copy, in a temporary directory, where no more
 * than 256 MiB are stored; else they fail with ESTALE. EISDIR, ENOENT; EPERM for a name made by the view
 * (.info). */
int zf_tree_unlink(struct zf_tree *tree, struct zf_op *op, const char *path);

enum { ZF_RENAME_NOREPLACE = 1 };

/* Renames an array, or a group with all below it. An array that is there at `to` keeps its type and takes the
 * bytes of `from`, where their number fits its rows (EINVAL else, and nothing is changed); `from` is gone
 * then. EEXIST (NOREPLACE), ENOTEMPTY, EISDIR, ENOTDIR, EINVAL (into itself). */
int zf_tree_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to, unsigned flags);

/* Writes all that is dirty in any file, and makes it durable. Goes on after an error and reports the first
 * one; what could not be written stays dirty. */
int zf_tree_flush(struct zf_tree *tree, struct zf_op *op);

/* Writes what has been dirty for `age` nanoseconds; to be called now and then. Errors are kept for the files
 * concerned, and logged. */
void zf_tree_write_back(struct zf_tree *tree, int64_t age);

/* ---- nodes: arrays and groups as the store has them, without the names that the view makes ----
 *
 * Their paths are those in the store, below the tree's root, which is "" whatever it is. */

enum { ZF_NODE_DIMS = 64 };

/* What a node is. */
struct zf_node_attr {
	bool is_array; /* else a group, or a folder that holds nodes */
	bool is_text;  /* an array whose elements vary in length: it has no flat bytes, nbytes is 0 */
	bool sharded;
	int zarr_format; /* 1, 2, 3; 0: another one, or a folder */
	int error;       /* an array that cannot be used: EOPNOTSUPP or EIO, and what follows is 0; else 0 */
	unsigned ndim;
	uint64_t shape[ZF_NODE_DIMS];
	uint64_t chunks[ZF_NODE_DIMS]; /* what is decoded at once: inner chunks, where there are shards; of
					* unequal ones the largest */
	uint64_t shards[ZF_NODE_DIMS]; /* where sharded */
	uint64_t itemsize;             /* bytes */
	uint64_t nbytes;               /* of the flat file, as the document has it */
};

/* Looks at a node. Costs metadata reads only. ENOENT, EINVAL (no path). */
int zf_node_look(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_node_attr *out);

/* The text of its .info; of a group, what applies of it. New: free(). ENOENT. */
int zf_node_info(struct zf_tree *tree, struct zf_op *op, const char *path, char **out);

/* What a new node shall be. */
struct zf_node_new {
	bool is_group;         /* of the settings, only zarr_format and attributes are for groups */
	struct zf_tree *like;  /* with the shape, type, chunks and codecs of an array of this tree, as far as
				* the settings say nothing else; NULL: with the tree's defaults */
	const char *like_path; /* of that array */
	struct zf_new settings;
};

/* Makes an array (settings.shape and dtype, or like, say which) or a group, and the groups above it that are
 * not there, as zarr-python does. Other programs see it when the call returns. EEXIST, ENOTDIR (an array is
 * on the way), EINVAL, EROFS. */
int zf_node_create(struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_node_new *what);

/* Gives an array another shape of as many dimensions. What lies outside is deleted, and does not come back
 * when it grows again. EINVAL, EISDIR (a group), EROFS. */
int zf_node_resize(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned ndim, const uint64_t *shape);

/* The data type of an array's flat file in NumPy's words, as JSON without white space: "\"<f4\"", or a list
 * of fields. New: free(). The errors of zf_node_look(); EISDIR, and the array's own where it cannot be used.
 */
int zf_node_dtype(struct zf_tree *tree, struct zf_op *op, const char *path, char **out);

/* Called for each node; returns 0 to go on. name and attr are borrowed for the call. */
typedef int zf_node_fn(void *arg, const char *name, const struct zf_node_attr *attr);

/* Lists the nodes directly below a group, names sorted bytewise; none below an array. Returns 0 also when fn
 * stopped it. ENOENT. */
int zf_node_list(struct zf_tree *tree, struct zf_op *op, const char *path, zf_node_fn *fn, void *arg);

/* What a node takes in the store: all keys at or below it, documents included; `own`: but for those of the
 * nodes below it. Costs a listing, and a stat for each key. ENOENT. */
struct zf_node_usage {
	uint64_t keys, bytes;
};
int zf_node_usage(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool own, struct zf_node_usage *out);

/* Seconds that decoding a sample of an array's chunks took, by codec, in the order of decoding. */
enum { ZF_CODEC_TIMES = 32 };
struct zf_codec_times {
	unsigned count;         /* codecs */
	uint64_t chunks, bytes; /* of the sample: chunks, and their decoded bytes */
	struct {
		char name[48];
		double seconds;
	} of[ZF_CODEC_TIMES];
};

/* What of an array is stored. Costs a listing, and a stat for each key; in a sharded array each index is
 * read. `time`: a few chunks are decoded for `times`. EISDIR (a group), ENOENT, and the array's own error. */
struct zf_node_complete {
	uint64_t keys, bytes; /* at or below it, documents included */
	uint64_t values;      /* stored values that are chunks, or shards, of the array, */
	uint64_t chunks;      /* and the chunks in them */
	uint64_t outside;     /* chunks that lie outside of the shape */
	struct zf_codec_times times;
};
int zf_node_complete(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool time, struct zf_node_complete *out);

/* One element of an array, given as its file has it, as a line of JSON (but for NaN and the infinities,
 * which are bare). New: free(). EINVAL: a group, or an
 * array whose elements vary in length. */
int zf_node_element(
	struct zf_tree *tree, struct zf_op *op, const char *path, const void *element, char **out);

/* The attributes of a node as JSON, or one of them. New: free(). ENODATA: there is none of that name. */
int zf_node_attributes(struct zf_tree *tree, struct zf_op *op, const char *path, const char *key, char **out);

/* Sets an attribute to a JSON text, or (NULL) removes it. The document is edited in place, and so are its
 * copies in consolidated metadata. EINVAL: no JSON; ENODATA: none to be removed; EROFS. */
int zf_node_set_attribute(
	struct zf_tree *tree, struct zf_op *op, const char *path, const char *key, const char *json);

/* Removes an array with its chunks, or a group; `recursive`: with all that is below it. ENOTEMPTY (a group
 * with nodes), EBUSY (the root), ENOENT, EROFS. */
int zf_node_remove(struct zf_tree *tree, struct zf_op *op, const char *path, bool recursive);

/* Renames a node with all below it. Nothing may be at `to`: EEXIST. ENOENT, ENOTDIR (the parent of to), EBUSY
 * (the root), EINVAL (into itself), EROFS. */
int zf_node_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to);

/* Writes the consolidated metadata of a group, made anew from the documents below it: .zmetadata, or in v3 a
 * member of its zarr.json. ENOTDIR (an array), ENOENT (no group), EIO (a broken document), EROFS. */
int zf_node_consolidate(struct zf_tree *tree, struct zf_op *op, const char *path);

/* ---- checks ---- */

enum zf_flaw {
	ZF_FLAW_DOCUMENT,    /* a metadata document that is broken */
	ZF_FLAW_MISSING,     /* one that is missing */
	ZF_FLAW_CHUNK,       /* a chunk, or an inner chunk of a shard, that cannot be read or decoded */
	ZF_FLAW_SHARD,       /* a shard whose index is damaged */
	ZF_FLAW_OUTSIDE,     /* a chunk outside of the array's shape */
	ZF_FLAW_FOREIGN,     /* a key of an array that is neither chunk nor document */
	ZF_FLAW_LEFTOVER,    /* what a killed writer left */
	ZF_FLAW_STALE,       /* consolidated metadata that do not say what the documents say */
	ZF_FLAW_UNSUPPORTED, /* not checked, as it needs what is not implemented */
};

struct zf_finding {
	enum zf_flaw flaw;
	bool mendable;      /* see zf_tree_mend() */
	const char *path;   /* of the node in the store; "": the root */
	const char *key;    /* of the store; of an inner chunk "KEY|3" */
	const char *reason; /* one line */
};
typedef int zf_finding_fn(void *arg, const struct zf_finding *finding); /* returns 0 to go on */

/* What has been looked at. Counts while a check runs: to be read atomically then. */
struct zf_check_sum {
	uint64_t values, chunks, bytes; /* of chunks: stored values, chunks in them, and their stored bytes */
};

/* Looks at a node and all below it: every document is parsed, every chunk read and decoded, in parallel.
 * Nothing is changed; a tree that is open for writing removes leftovers of killed writers by itself, though,
 * so that only one that is not tells of them. When all was looked at fn is called for each finding, in the
 * order of their keys. When it fails (EINTR, ENOMEM, the store cannot be listed) what was found until then is
 * told as well. */
int zf_tree_check(struct zf_tree *tree, struct zf_op *op, const char *path, zf_finding_fn *fn, void *arg,
	struct zf_check_sum *sum);

/* Sets a flaw right that is mendable and was told of this store: leftovers and chunks outside of the shape
 * are deleted, consolidated metadata made anew, a missing document restored from consolidated metadata, or a
 * group's made. ESTALE (it is not so any more), EBUSY (a temporary of another program, less than an hour
 * old), EROFS. */
int zf_tree_mend(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *finding);

/* Room in the store, as of statvfs(3); sizes in bytes. */
struct zf_space {
	uint64_t total, available;
};
int zf_tree_space(struct zf_tree *tree, struct zf_op *op, struct zf_space *out);

/* ---- files ------------------------------------------------------------------------------------------- */

struct zf_file; /* an open file of a tree: an array's flat bytes, or a text */

enum {
	ZF_FILE_WRITE = 1,  /* else for reading only */
	ZF_FILE_CREATE = 2, /* a name that is not there becomes an array: see zf_new. Its chunks, where they
			       are not given, are those that zarr-python gives an array of its size; of an
			       empty one, or one of more than 8 MiB, those of an array of 1 GiB. "a.npy",
			       "a.info": what is written says what kind of array */
	ZF_FILE_EXCLUSIVE = 4, /* with CREATE: EEXIST if it is there */
	ZF_FILE_TRUNCATE = 8,  /* to no bytes; a 0-d array to its fill value */
};

/* Opens a file. New: zf_file_close(). What other programs had finished before is seen (close-to-open).
 * EISDIR, ENOENT; EOPNOTSUPP for an array that needs what is not implemented, or that cannot be encoded and
 * is to be written; EIO for one whose metadata is broken; EROFS; EINVAL for a name that cannot be. */
int zf_file_open(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned flags, struct zf_file **out);

/* Closes. What is dirty stays so and is written later, by zf_tree_flush() at the latest: to see errors,
 * zf_file_flush() first. */
void zf_file_close(struct zf_file *file);

/* Bytes of the file, now. */
uint64_t zf_file_size(const struct zf_file *file);

/* Whether that is known. Of a long text (an array of elements that vary in length) it is not until somebody
 * has read it to its end: zf_file_size() is 0, and zf_file_pread() gives less than what was asked for at the
 * end only. */
bool zf_file_is_sized(const struct zf_file *file);

/* A number that changes when the file's bytes were found to have been changed by another program. Equal
 * numbers from two opens of a path mean that what was read through the first is still true. */
uint64_t zf_file_version(const struct zf_file *file);

/* Reads up to len bytes at offset into buf; *got is less than len only at the end of the file. Everything
 * or an error: EIO for a damaged chunk, EINTR when cancelled, ENOMEM. */
int zf_file_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got);

/* The same without a copy where that is possible: pieces of memory, in file order, to be sent on. */
struct zf_slices {
	struct iovec *iov; /* borrowed, until zf_slices_free() */
	int count;
	size_t len;    /* the sum of the pieces */
	void *private; /* the library's */
};
int zf_file_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out);
void zf_slices_free(struct zf_slices *slices);

/* lseek(2)'s SEEK_DATA (data = true) and SEEK_HOLE: the next offset at or after `offset` that is in a stored
 * chunk, or in one that is not and reads as zeros. ENXIO beyond the end, or when no data follows.
 * A stored shard counts as data throughout. Costs a listing of the array's keys. */
int zf_file_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out);

/* What the header of an npy file says. */
struct zf_npy_attr {
	size_t header_len; /* where the data begin */
	char *dtype;       /* as of zf_node_dtype(); owned: free() */
	uint64_t itemsize;
	bool fortran_order; /* the data are in column-major order */
	unsigned ndim;
	uint64_t shape[ZF_NODE_DIMS];
	uint64_t nbytes; /* of the data */
};

/* Reads a header of which the first len bytes are there. 1: it was whole. 0: it was not; try again with *need
 * bytes, at most 64 KiB and a little. -1: EINVAL, EOPNOTSUPP (a data type that cannot be handled). */
int zf_npy_look(struct zf_op *op, const void *data, size_t len, size_t *need, struct zf_npy_attr *out);

/* The header of an npy file with data in C order; dtype as of zf_node_dtype(). New: free(). EINVAL: npy has
 * no such type. */
int zf_npy_make(
	struct zf_op *op, const char *dtype, unsigned ndim, const uint64_t *shape, void **out, size_t *len);

/* ---- writing: EBADF on a file opened for reading, but flush (does nothing) and sync (allowed) ----
 *
 * Errors of writing that happens later than the call that caused it (ENOSPC, EDQUOT, EIO, ...) are reported
 * once to each file that is open for writing on the array, by the next of the calls below. ESTALE: the array
 * was removed or replaced by another program, or removed here and too large to be kept for who has it open;
 * what is written to it goes nowhere. */

/* Writes len bytes at offset: all of them or an error. Beyond the end, dimension 0 grows, in whole rows;
 * until the file is flushed its size is that of the bytes written. EFBIG beyond the largest size. */
int zf_file_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset);

/* Where the next byte goes of who appends: behind what other programs have appended meanwhile, too. Where a
 * flush rounded the last row up in the middle of what is being appended, where its bytes ended, until the
 * last file opened for writing on the array is closed, or another one is opened. */
int zf_file_end(struct zf_file *file, struct zf_op *op, uint64_t *out);

/* Sets dimension 0 to size / row. EINVAL where the size is no multiple of a row. Old bytes do not come back
 * when the file grows again. */
int zf_file_truncate(struct zf_file *file, struct zf_op *op, uint64_t size);

/* Bytes [offset, offset + len) become fill value; those beyond the end are left out. */
int zf_file_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len);

/* Writes what is dirty, so that other programs see it: for close(2). An .info document or an npy header is
 * applied now: EINVAL, and nothing is changed, where it cannot be. */
int zf_file_flush(struct zf_file *file, struct zf_op *op);

/* The same, and makes it durable: for fsync(2). */
int zf_file_sync(struct zf_file *file, struct zf_op *op);

/* ---- selections: parts of arrays, as files ---------------------------------------------------------------
 *
 * A selection is a text of zarr-python's: "[0:10,::2]" (basic, and coordinates where all of it are lists),
 * ".oindex[[1,3],0:4]" (orthogonal), ".vindex[[0,2],[1,1]]" (coordinates, or a mask), ".blocks[0,1:3]", each
 * with names of fields of a structured type: "[speed,0:10]". "@NAME" is a list of indices or a mask that a
 * source gives. "" is all of the array. zarrtool(1), SELECTIONS, tells all of it.
 *
 * Its file has the bytes of the result in C order. It is read and written as an array is, and its size stays
 * as it is. */

/* Where in "NODE[SELECTION]" the selection begins; the text's length where it has none. */
size_t zf_selection_at(const char *text);

/* Gives what "@NAME" stands for: the bytes of an npy file of integers or booleans, or numbers as text.
 * Borrowed until release(), which is called once for each load(). */
struct zf_selection_source {
	int (*load)(void *arg, struct zf_op *op, const char *name, const void **data, size_t *len);
	void (*release)(void *arg, const void *data, size_t len);
	void *arg;
};

/* Opens a selection of the array at a path in the store (see "nodes"). flags: ZF_FILE_WRITE or 0. source may
 * be NULL: "@NAME" is refused then. New: zf_file_close(). EINVAL: "PATH[12]: axis 0: index 12 is out of
 * bounds for 10 elements"; EISDIR, ENOENT, EOPNOTSUPP (of elements that vary in length there is no part;
 * otherwise the file is their text), EROFS. */
int zf_selection_open(struct zf_tree *tree, struct zf_op *op, const char *path, const char *selection,
	const struct zf_selection_source *source, unsigned flags, struct zf_file **out);

/* What its result is. */
struct zf_selection_attr {
	bool is_text;   /* the lines of elements that vary in length: what follows is 0 */
	bool is_points; /* coordinates or a mask, and no product of axes */
	unsigned ndim;
	uint64_t shape[ZF_NODE_DIMS];
	uint64_t itemsize, nbytes;
};
void zf_selection_look(const struct zf_file *selection, struct zf_selection_attr *out);

/* The npy header of its result, and its data type as of zf_node_dtype(). New: free(). EOPNOTSUPP: there is
 * none. */
int zf_selection_npy(const struct zf_file *selection, struct zf_op *op, void **out, size_t *len);
int zf_selection_dtype(const struct zf_file *selection, struct zf_op *op, char **out);

/* One of its elements, from JSON: a number, a boolean, a text (of S and U as it is; "NaN" and the like,
 * base64 of V), a list of two for a complex number, an object with the fields of a structured type. New:
 * free(). EINVAL. */
int zf_selection_element(
	const struct zf_file *selection, struct zf_op *op, const char *json, void **out, size_t *len);

/* ---- copying ----------------------------------------------------------------------------------------- */

/* What becomes of a node that is there already. */
enum zf_if_exists { ZF_EXISTS_RAISE, ZF_EXISTS_SKIP, ZF_EXISTS_REPLACE };

/* How an array is copied. */
enum zf_copy_way {
	ZF_COPY_GROUP,  /* it is a group */
	ZF_COPY_SKIP,   /* it is there already */
	ZF_COPY_BYTES,  /* stored values as they are */
	ZF_COPY_RECODE, /* ... decoded and encoded anew, one after another */
	ZF_COPY_DIRECT, /* other chunks, from blocks in memory */
	ZF_COPY_STAGED, /* ... through a temporary file (in TMPDIR, else /var/tmp) */
};

/* What is to be done for a node. */
struct zf_copy_step {
	const char *from, *to; /* paths in the stores; borrowed */
	enum zf_copy_way way;
	uint64_t nbytes;    /* of the flat file */
	uint64_t chunks;    /* of the source, that are decoded at once; of them ... */
	uint64_t decoded;   /* ... as many are decoded, each as often as it is (DIRECT, STAGED) */
	uint64_t values;    /* that the target's grid has room for */
	uint64_t temporary; /* bytes of the temporary file */
	unsigned ndim;
	uint64_t read[ZF_NODE_DIMS], write[ZF_NODE_DIMS]; /* shapes of the blocks (DIRECT, STAGED) */
};

struct zf_copy_config {
	struct zf_new settings; /* of the arrays that are made: of what chunks, shards, codecs, order,
				 * separator and zarr_format say; the rest is the source's. Without any,
				 * values are copied as they are */
	enum zf_if_exists if_exists;
	bool dry_run;                                               /* nothing is done: the steps are told */
	void (*step)(void *arg, const struct zf_copy_step *step);   /* told of each before; NULL */
	void (*progress)(void *arg, uint64_t done, uint64_t total); /* bytes, now and then; NULL */
	void *arg;
};

/* Copies the array or group at `from_path`, with all below it, to `to_path`, with the groups above that are
 * not there. Everything is looked at before anything is changed. Chunks come before the document of their
 * array, so an array that is there is whole; and while the copy is not done, a key that ends in
 * ".zarrtool-copy" tells of it: the same call goes on with an interrupted copy where it was. The memory for
 * it is the context's cache and a few MiB. EEXIST (RAISE), EINVAL (into itself; settings that cannot be),
 * EINTR and all others. */
int zf_copy(struct zf_tree *from, const char *from_path, struct zf_tree *to, const char *to_path,
	const struct zf_copy_config *config, struct zf_op *op);

/* ---- migrating --------------------------------------------------------------------------------------- */

struct zf_migration {
	int zarr_format;   /* 2 or 3 */
	bool keep;         /* the old documents stay; zarr-python and we read v3's first */
	bool dry_run;      /* nothing is done: it is only seen whether it can be */
	uint64_t nodes;    /* result: that have new documents */
	bool consolidated; /* result: there were consolidated metadata, which are gone (unless kept) */
};

/* Gives all nodes of a store documents of the other format; stored chunks stay where they are and as they
 * are. Everything is made before anything is changed, and old documents are removed when all new ones are
 * there: one that was interrupted is finished by the same call. EOPNOTSUPP, "PATH: ...": a node that the
 * other format has no words for. */
int zf_migrate(struct zf_tree *tree, struct zf_op *op, struct zf_migration *migration);

#ifdef __cplusplus
}
#endif
#endif
