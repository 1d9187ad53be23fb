/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores: bytes by key.
 *
 * A key is a relative path with single slashes ("temp/c/0/1"); it has no empty, "." or ".." component and
 * no NUL. A store knows neither metadata nor chunks. A missing key is a value (ZF_MISSING), not an error.
 *
 * Backends fill a const table (struct zf_store_ops) and embed struct zf_store first. Nobody but store.c
 * calls the table: the functions below check the contract on both sides, serialise where the backend
 * wants it, add the key and the store to errors, and count.
 *
 * A *tag* is what a store can say about a value without reading it that changes when the value does:
 * device, inode, size and time of a file, an ETag, a row's version. Equal tags mean equal bytes.
 */
#ifndef ZF_STORE_STORE_H
#define ZF_STORE_STORE_H

#include "base/ctx.h"
#include "base/op.h"
#include "base/out.h"

#include <pthread.h>

enum { ZF_FOUND = 0, ZF_MISSING = 1 }; /* and -1: failed */

struct zf_tag {
	uint64_t word[4]; /* all zero: the store cannot tell */
};

static inline bool zf_tag_equal(const struct zf_tag *a, const struct zf_tag *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1] && a->word[2] == b->word[2] &&
	       a->word[3] == b->word[3];
}

struct zf_value {
	uint64_t size; /* bytes of the whole value */
	int64_t mtime_ns;
	struct zf_tag tag;
};

/* A part of a value. A range that reaches past the end is cut there; one that starts past it is empty. */
struct zf_range {
	uint64_t offset; /* from the start; from_end: len bytes that end `offset` bytes before the end */
	uint64_t len;
	bool from_end; /* where the value is shorter than len: all of it */
};

/* Called for each child; returns 0 to go on. `name` (borrowed) is one component. It must not call the store:
 * a store that serialises its calls would wait for itself. */
typedef int zf_store_list_fn(void *arg, const char *name, bool is_prefix);

enum zf_store_caps {
	ZF_STORE_WRITABLE = 1,     /* put, del and flush work */
	ZF_STORE_RANGED = 2,       /* a range costs less than the value */
	ZF_STORE_LISTABLE = 4,     /* list works */
	ZF_STORE_ANY_THREAD = 8,   /* calls may run at once; else the wrapper serialises them */
	ZF_STORE_LOCAL = 16,       /* a get costs microseconds: not worth a thread of its own */
	ZF_STORE_DIRECTORIES = 32, /* prefixes exist by themselves, and may be empty */
	ZF_STORE_NESTED = 64       /* v2 arrays that do not say so have "/" in their chunk keys */
};

enum zf_put_if { ZF_PUT_ALWAYS, ZF_PUT_IF_ABSENT, ZF_PUT_IF_TAG };

struct zf_store;

/* The table. Keys are valid when a backend sees them. */
struct zf_store_ops {
	const char *kind; /* "dir" */

	/* Appends the value, or the part of it that range (may be NULL) names, to out; *value describes the
	 * whole value, as of the same moment as the bytes. ZF_FOUND, ZF_MISSING or -1. */
	int (*get)(struct zf_store *, struct zf_op *, const char *key, const struct zf_range *range,
		struct zf_out *out, struct zf_value *value);

	/* Describes a value. ZF_FOUND, ZF_MISSING (also for a key that is only a prefix) or -1. */
	int (*stat)(struct zf_store *, struct zf_op *, const char *key, struct zf_value *value);

	/* Calls fn for each child of a prefix ("" is the root), in any order, each once.
	 * ZF_FOUND, ZF_MISSING (no such prefix) or -1. Without LISTABLE: NULL. */
	int (*list)(struct zf_store *, struct zf_op *, const char *prefix, zf_store_list_fn *fn, void *arg);

	/* Replaces a value atomically. EEXIST: IF_ABSENT, and there is a value; ESTALE: IF_TAG (else tag is
	 * NULL), and the value has another or is gone. These two come after everything put before them, and
	 * are visible at once where a store can make single values visible; PUT_ALWAYS is seen by other
	 * programs after settle, at the latest. Read-only backends: NULL, as for del and flush. */
	int (*put)(struct zf_store *, struct zf_op *, const char *key, const void *data, size_t len,
		enum zf_put_if cond, const struct zf_tag *tag);

	/* Deletes a value. ZF_FOUND (deleted), ZF_MISSING or -1. */
	int (*del)(struct zf_store *, struct zf_op *, const char *key);

	/* Makes every put and del before it visible to other programs; optional: NULL where they are anyway.
	 * What fails stays readable, and is tried again by the next settle or flush. */
	int (*settle)(struct zf_store *, struct zf_op *);

	/* Makes every put and del before it visible and durable. */
	int (*flush)(struct zf_store *, struct zf_op *);

	/* Moves everything under a prefix to another, which has nothing. ZF_FOUND, ZF_MISSING (no such
	 * prefix) or -1: EEXIST. Optional. */
	int (*rename)(struct zf_store *, struct zf_op *, const char *from, const char *to);

	/* Removes a prefix with nothing below it but others of that kind, where prefixes exist by themselves;
	 * optional: NULL where they do not. */
	int (*prune)(struct zf_store *, struct zf_op *, const char *prefix);

	/* Calls fn for each name directly below a prefix that is no key, and was left by a writer that is
	 * dead; it is a prefix where `is_prefix` is true. ZF_FOUND or -1. Optional. A store that is open for
	 * writing removes such when it lists the prefix. */
	int (*leftovers)(
		struct zf_store *, struct zf_op *, const char *prefix, zf_store_list_fn *fn, void *arg);

	/* Room left; optional. */
	int (*space)(struct zf_store *, struct zf_op *, struct zf_space *out);

	void (*close)(struct zf_store *); /* frees the backend's struct */
};

/* The base of every backend, first in its struct. */
struct zf_store {
	const struct zf_store_ops *ops;
	struct zf_ctx *ctx;     /* borrowed */
	char *name;             /* for messages: "dir:/data/weather.zarr"; owned */
	unsigned caps;          /* enum zf_store_caps */
	pthread_mutex_t serial; /* held around every call unless ANY_THREAD */
};

/* Prepares the base: for backends, as the first thing they do. Copies name. ENOMEM. */
int zf_store_init(struct zf_store *store, struct zf_op *op, const struct zf_store_ops *ops,
	struct zf_ctx *ctx, unsigned caps, const char *name);

/* Opens a store: PATH (the kind is found by its content) or KIND:PATH. Flags: ZF_OPEN_READONLY, or
 * ZF_OPEN_CREATE for a new, empty one, whose kind is told by KIND or by how PATH ends ("x.zip"), else a
 * directory. New: zf_store_close(). Errors: ENOENT, EINVAL "unknown store kind", EOPNOTSUPP (a known kind
 * that this build has not), EEXIST (to be created, and there is more than an empty directory), the file
 * system's. */
int zf_store_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *spec, unsigned flags, struct zf_store **out);
void zf_store_close(struct zf_store *store);

/* Whether key is one that a store may be asked for; see the head of this file. */
bool zf_key_valid(const char *key);

/* The calls. Arguments and results as in the table; an invalid key is EINVAL; a missing table entry is
 * EOPNOTSUPP (EROFS for the writing ones). Errors come back as "key 'K' in NAME: REASON"; then, and where
 * the key is missing, out is as it was. A backend that gives other bytes than value says is EIO. */
int zf_store_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value /* may be NULL */);
int zf_store_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value);
int zf_store_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_store_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_store_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_store_settle(struct zf_store *store, struct zf_op *op);
int zf_store_flush(struct zf_store *store, struct zf_op *op);
int zf_store_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to);
int zf_store_prune(struct zf_store *store, struct zf_op *op, const char *prefix);
int zf_store_leftovers(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_store_space(struct zf_store *store, struct zf_op *op, struct zf_space *out);

#endif
