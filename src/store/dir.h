/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store: a key is a file's path below a root directory.
 *
 * The root is opened once and everything is relative to it; no symbolic link may lead out (beneath.h).
 * A value is replaced by a temporary file and a rename, so that a reader sees all of the old one or all of
 * the new one. Temporaries are no keys: nothing here lists or reads them.
 *
 *   dir.c          opening, reading, listing
 *   dir_write.c    put, del, flush
 *   dir_pending.c  values that are put and do not have their names yet
 *   dir_tmp.c      temporaries, and leftovers of writers that were killed
 *   dir_move.c     renaming and removing directories
 */
#ifndef ZF_STORE_DIR_H
#define ZF_STORE_DIR_H

#include "store/dir_pending.h"
#include "store/dir_tmp.h"
#include "store/store.h"

#include <string.h>

enum zf_dir_flags {
	ZF_DIR_READONLY = 1,
	ZF_DIR_NESTED = 2, /* of kind "nested": see ZF_STORE_NESTED */
	ZF_DIR_WALK = 4    /* do without openat2(2), as on old kernels */
};

/* Opens the directory at path. New: zf_store_close(). ENOENT, ENOTDIR, EACCES, ... */
int zf_dir_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* ---- between the parts --------------------------------------------------------------------------------- */

struct zf_dir {
	struct zf_store store;
	int root;              /* O_PATH; its number stays, also when the directory behind it is found anew */
	bool walk;             /* no openat2 */
	char *path;            /* of the root, absolute; owned */
	unsigned root_changes; /* atomic: how often it was found anew */

	struct zf_queue queue;
	struct zf_ledger ledger;

	pthread_mutex_t commit; /* makes "look at the tag, then rename" one step among our threads */

	pthread_mutex_t dirty_lock;
	char **dirty; /* directories (keys) whose entries changed since the last flush; owned */
	size_t dirty_count;
	bool dirty_all; /* more than are worth remembering */
	bool lost;      /* the root was replaced before all was written */
};

/* Fails with the meaning of an errno value that opening something below the root gave. */
int zf_dir_fail_open(const struct zf_dir *dir, struct zf_op *op, int err) __attribute__((cold));

/* Asks whether the root exists. 0: it does; 1: it was gone and has been found again; -1: it is gone. */
int zf_dir_check_root(struct zf_dir *dir, struct zf_op *op);

/* Opens below the root. ZF_FOUND, ZF_MISSING (only if the root is still there) or -1. */
int zf_dir_open_key(struct zf_dir *dir, struct zf_op *op, const char *key, int flags, int *out);

/* Whether one of the key's components is the name of a temporary. */
bool zf_dir_is_temporary(const char *key);

/* Describes an open file. ZF_MISSING for a directory; EIO for what is neither. */
int zf_dir_describe(struct zf_op *op, int fd, struct zf_value *out);

int zf_dir_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_dir_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_dir_settle(struct zf_store *store, struct zf_op *op);
int zf_dir_flush(struct zf_store *store, struct zf_op *op);
int zf_dir_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to);
int zf_dir_prune(struct zf_store *store, struct zf_op *op, const char *prefix);

/* The length of a key's directory; 0: the root. */
static inline size_t zf_dir_parent_len(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash ? (size_t)(slash - key) : 0;
}

/* Opens the directory of a key, making what is missing of it. */
int zf_dir_open_parent(struct zf_dir *dir, struct zf_op *op, const char *key, int *out);

/* The same if it is there; -1 and errno. */
int zf_dir_open_existing_parent(const struct zf_dir *dir, const char *key);

static inline unsigned zf_dir_root_changes(const struct zf_dir *dir)
{
	return __atomic_load_n(&dir->root_changes, __ATOMIC_ACQUIRE);
}

/* Remembers a directory, the first n bytes of key, to be synced by flush. */
void zf_dir_mark_dirty(struct zf_dir *dir, const char *key, size_t n);

/* Forgets what was to be flushed: at the end; because it went with the old root, which flush tells then. */
void zf_dir_forget_dirty(struct zf_dir *dir);
void zf_dir_lose_dirty(struct zf_dir *dir);

/* Something was lost, which settle or flush has to tell. */
void zf_dir_note_loss(struct zf_dir *dir);

#endif
