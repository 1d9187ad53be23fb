/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store: a table of keys and values, either zarr-python's, zarr(k, v), or that of Python's
 * dbm.sqlite3, Dict(key, value).
 *
 *   sqlite_conn.c  connections: opening carefully, waiting, errors
 *   sqlite.c       the store
 */
#ifndef ZF_STORE_SQLITE_H
#define ZF_STORE_SQLITE_H

#include "store/store.h"

enum zf_sqlite_flags {
	ZF_SQLITE_READONLY = 1,
	ZF_SQLITE_CREATE = 2 /* with zarr-python's table, where there is none */
};

/* Opens the database at path. To be called after the last fork. New: zf_store_close(). ENOENT, EACCES, ...;
 * EINVAL: it has no such table; EIO: it is damaged; EBUSY. */
int zf_sqlite_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

#ifdef HAVE_SQLITE

#include <sqlite3.h>

/* ---- between sqlite.c and sqlite_conn.c ---------------------------------------------------------------- */

/* Which table; "zarr", "k", "v". */
struct zf_sqlite_table {
	const char *name, *key, *value;
	bool blob_keys; /* keys are BLOB, not TEXT */
};

enum zf_sqlite_sql {
	ZF_SQL_FIND,
	ZF_SQL_LIST,
	ZF_SQL_UPDATE,
	ZF_SQL_INSERT,
	ZF_SQL_DELETE,
	ZF_SQL_VERSION,
	ZF_SQLS
};

/* A connection. For one thread at a time. */
struct zf_sqlite_conn {
	sqlite3 *db;
	struct zf_op *op; /* the operation that it works for: may be cancelled while it waits */
	const struct zf_sqlite_table *table;
	sqlite3_stmt *sql[ZF_SQLS]; /* made when first needed */
	uint64_t generation;        /* of the file it has open */
	int code;                   /* of the last failure: SQLite's own is gone by the time one looks */
	struct zf_sqlite_conn *next;
};

/* Opens a connection and finds the table. New: zf_sqlite_disconnect(). */
int zf_sqlite_connect(struct zf_op *op, const char *path, unsigned flags, struct zf_sqlite_conn **out);
void zf_sqlite_disconnect(struct zf_sqlite_conn *conn);

/* A statement, ready to be bound and stepped; NULL: failed. */
sqlite3_stmt *zf_sqlite_sql(struct zf_sqlite_conn *conn, enum zf_sqlite_sql which);

/* Runs SQL that has no results. */
int zf_sqlite_run(struct zf_sqlite_conn *conn, const char *sql);

/* Fails with what the last call on the connection said. */
int zf_sqlite_fail(struct zf_sqlite_conn *conn) __attribute__((cold));

int zf_sqlite_bind_key(
	struct zf_sqlite_conn *conn, sqlite3_stmt *sql, int place, const char *key, size_t len);

#endif
#endif
