/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stores in databases: how they are opened. Each is there only where configure found its library, but
 * dumbdbm, which needs none.
 *
 * All of them keep changes in memory until flush (group.h), and their tags are digests (digest.h).
 */
#ifndef ZF_STORE_DB_H
#define ZF_STORE_DB_H

#include "store/store.h"

enum zf_db_flags {
	ZF_DB_READONLY = 1,
	ZF_DB_CREATE = 2, /* an empty one where there is none */
	ZF_DB_HASH = 4    /* bdb: CREATE makes a hash and no btree */
};

/* Opens the database at path. Where it cannot be opened for writing for want of permission it is read-only.
 * New: zf_store_close(). The file system's errors; EINVAL (no such database); EBUSY (another program has
 * locked it, or this one has it open already); EIO (damaged). */
int zf_sqlite_open(/* after the last fork */
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);
int zf_lmdb_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);
int zf_gdbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);
int zf_bdb_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* X stands for X.db, a Berkeley DB hash. */
int zf_ndbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* X or X.dat stands for X.dat and X.dir. */
int zf_dumbdbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

#endif
