/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store: a key is a file's path below a root directory.
 *
 * The root is opened once and everything is relative to it; no symbolic link may lead out (beneath.h).
 * A value is replaced by a temporary file and a rename, so that a reader sees all of the old one or all of
 * the new one. A temporary is named ".zarrfs-tmp-PID-NUMBER", lies beside its target and is locked with
 * flock(2) as long as its writer lives: one that can be locked by somebody else was left by a program that
 * died. Temporaries are no keys: nothing here lists or reads them.
 *
 *   dir.c        opening, reading, listing
 *   dir_write.c  put, del, flush
 */
#ifndef ZF_STORE_DIR_H
#define ZF_STORE_DIR_H

#include "store/store.h"

#define ZF_DIR_TMP_PREFIX ".zarrfs-tmp-"

enum zf_dir_flags {
	ZF_DIR_READONLY = 1,
	ZF_DIR_NESTED = 2, /* of kind "nested": see ZF_STORE_NESTED */
	ZF_DIR_WALK = 4    /* do without openat2(2), as on old kernels */
};

/* Opens the directory at path. New: zf_store_close(). ENOENT, ENOTDIR, EACCES, ... */
int zf_dir_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* ---- between dir.c and dir_write.c --------------------------------------------------------------------- */

struct zf_dir {
	struct zf_store store;
	int root;   /* O_PATH; its number stays, also when the directory behind it is found anew */
	bool walk;  /* no openat2 */
	char *path; /* of the root, absolute; owned */

	pthread_mutex_t commit; /* makes "look at the tag, then rename" one step among our threads */

	pthread_mutex_t dirty_lock;
	char **dirty; /* directories (keys) whose entries changed since the last flush; owned */
	size_t dirty_count;
	bool dirty_all;  /* more than are worth remembering */
	bool dirty_lost; /* the root was replaced while there were some */
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
int zf_dir_flush(struct zf_store *store, struct zf_op *op);

/* Forgets what was to be flushed: at the end; because it went with the old root, which flush tells then. */
void zf_dir_forget_dirty(struct zf_dir *dir);
void zf_dir_lose_dirty(struct zf_dir *dir);

#endif
