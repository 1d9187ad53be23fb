/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store: a table of keys and values, either zarr-python's, zarr(k, v), or that of Python's
 * dbm.sqlite3, Dict(key, value). For its own files only; db.h opens it.
 *
 *   sqlite_conn.c   connections: opening carefully, waiting, errors
 *   sqlite.c        the store and its main connection
 *   sqlite_read.c   get, stat, list
 *   sqlite_write.c  put, del, flush
 */
#ifndef ZF_STORE_SQLITE_H
#define ZF_STORE_SQLITE_H

#include "store/db.h"
#include "store/group.h"

#include <sqlite3.h>
#include <sys/types.h>

/* ---- connections --------------------------------------------------------------------------------------- */

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

/* Opens a connection and finds the table; flags: enum zf_db_flags. New: zf_sqlite_disconnect(). */
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

/* ---- the store ----------------------------------------------------------------------------------------- */

enum { ZF_SQLITE_CLASSES = 1 << 16 }; /* of keys, whose changes are counted together */

struct zf_sqlite {
	struct zf_store store;
	char *path; /* absolute; owned */
	unsigned flags;

	/* Held around all use of the main connection and of the group, I/O included. Nothing else is taken
	 * meanwhile but idle_lock. */
	pthread_mutex_t main_lock;
	struct zf_sqlite_conn *main;
	struct zf_group group;
	dev_t dev; /* the file that is open */
	ino_t ino;
	int64_t mtime_ns;
	int version; /* of the database, as the main connection counts */
	uint64_t epoch;
	uint32_t changes[ZF_SQLITE_CLASSES];

	pthread_mutex_t idle_lock;
	struct zf_sqlite_conn *idle;
	unsigned idle_count;
	uint64_t generation; /* of the file; connections of earlier ones are closed */
};

/* Takes the main connection for an operation; gives it back. */
int zf_sqlite_enter(struct zf_sqlite *s, struct zf_op *op);
void zf_sqlite_leave(struct zf_sqlite *s);

/* Looks whether another program has changed or replaced the database; the main connection is taken. */
int zf_sqlite_refresh(struct zf_sqlite *s, struct zf_op *op);

/* The tag of a key; the main connection is taken. */
struct zf_tag zf_sqlite_tag(const struct zf_sqlite *s, const char *key);

/* Another change of this key. */
void zf_sqlite_changed(struct zf_sqlite *s, const char *key);

/* Whether the database has a key. ZF_FOUND, ZF_MISSING or -1. */
int zf_sqlite_has(struct zf_sqlite_conn *conn, const char *key);

/* Closes all idle connections. */
void zf_sqlite_close_idle(struct zf_sqlite *s);

/* Writes the group in one transaction; the main connection is taken. After a failure the group is kept. */
int zf_sqlite_commit(struct zf_sqlite *s, struct zf_op *op);

int zf_sqlite_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value);
int zf_sqlite_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value);
int zf_sqlite_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);
int zf_sqlite_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_sqlite_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_sqlite_flush(struct zf_store *store, struct zf_op *op);

#endif
