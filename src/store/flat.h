/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store over a library of keys and values that knows one thread, one file and no order.
 *
 * flat.c does what gdbm, Berkeley DB and dumbdbm have in common: the write group, the index for listing,
 * tags, conditions, and noticing that another program has changed or replaced the file (then the database is
 * opened anew, as those libraries keep pages of it). A driver does the rest, in five functions. It is closed
 * and opened again after each of its failures, since these libraries are not to be used further then, and
 * after a process of its own has written (apart.h).
 *
 * Where two writers would damage the file it is locked here, with flock(), from when it is first opened.
 */
#ifndef ZF_STORE_FLAT_H
#define ZF_STORE_FLAT_H

#include "store/backend.h"
#include "store/db.h"
#include "store/group.h"

#include <sys/stat.h>

struct zf_flat;

/* Called for each key of a database (key borrowed, not ending in NUL); returns 0 to go on. */
typedef int zf_flat_key_fn(struct zf_flat *flat, struct zf_op *op, const char *key, size_t n);

enum zf_flat_lock {
	ZF_FLAT_UNLOCKED,
	ZF_FLAT_WRITERS, /* one writer; readers do not lock */
	ZF_FLAT_ALL      /* one writer or any number of readers, as gdbm does it */
};

struct zf_flat_driver {
	struct zf_store_ops ops; /* kind, and the calls of flat.c: ZF_FLAT_CALLS */
	size_t size;             /* of the driver's struct, which begins with struct zf_flat */

	enum zf_flat_lock lock;
	uint64_t max_value; /* bytes; 0: no limit. What could never be stored would keep a group from it */

	/* The open file, if a library without a log writes it: apply then runs in a process of its own.
	 * Optional. */
	int (*fd)(struct zf_flat *flat);

	/* Opens flat->file, for writing if flat->writable; with `create` also where there is none. EACCES,
	 * EROFS: may be tried again for reading. Cleans up after itself where it fails. */
	int (*open)(struct zf_flat *flat, struct zf_op *op, bool create);
	void (*close)(struct zf_flat *flat);

	/* Finds a value; *data is borrowed until the next call. ZF_FOUND, ZF_MISSING or -1. Asks
	 * zf_flat_accepts() before it allocates. */
	int (*fetch)(
		struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len);

	/* Calls fn for every key, in any order; gives up when it fails. */
	int (*each)(struct zf_flat *flat, struct zf_op *op, zf_flat_key_fn *fn);

	/* Makes all changes of a group and makes them durable. It may be asked to do so again after a
	 * failure. */
	int (*apply)(struct zf_flat *flat, struct zf_op *op, const struct zf_group *group);
};

struct zf_flat {
	struct zf_store store;
	const struct zf_flat_driver *driver;
	char *file; /* absolute; what is watched for changes; owned */
	unsigned flags;
	bool writable;
	bool open;
	int lock;              /* the file, open to hold its lock, or -1 */
	struct zf_out *target; /* of a get of a whole value, which has a limit; borrowed, else NULL */
	struct stat seen;      /* the file as it was when we read or wrote it last */
	struct zf_keys *index; /* of database and group; NULL: not made yet */
	struct zf_group group;
};

/* Opens a store; path is as the user gave it, file what the driver is to open. The rest of the driver's
 * struct is zero when its open is called first. New: zf_store_close(). */
int zf_flat_open(struct zf_ctx *ctx, struct zf_op *op, const struct zf_flat_driver *driver, const char *path,
	const char *file, unsigned flags, struct zf_store **out);

/* Whether a value of this size is one that the caller can take. EFBIG. */
int zf_flat_accepts(struct zf_flat *flat, struct zf_op *op, uint64_t size);

int zf_flat_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value);
int zf_flat_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value);
int zf_flat_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_flat_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_flat_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_flat_flush(struct zf_store *store, struct zf_op *op);
int zf_flat_space(struct zf_store *store, struct zf_op *op, struct zf_space *out);
void zf_flat_close(struct zf_store *store);

#define ZF_FLAT_CALLS                                                                                        \
	.get = zf_flat_get, .stat = zf_flat_stat, .list = zf_flat_list, .put = zf_flat_put,                  \
	.del = zf_flat_del, .settle = zf_flat_flush, .flush = zf_flat_flush, .space = zf_flat_space,         \
	.close = zf_flat_close

#endif
