/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store: put, del, flush.
 */
#include "store/sqlite.h"

#include "store/backend.h"

#include <errno.h>
#include <string.h>

/* Begins a transaction, in the file that is at our path now. */
static int begin(struct zf_sqlite *s, struct zf_op *op)
{
	const struct zf_sqlite_conn *conn;

	do {
		/* the lock first: what is looked at after that stays */
		if (zf_sqlite_refresh(s, op) < 0 || zf_sqlite_run(s->main, "BEGIN IMMEDIATE") < 0)
			return -1;
		conn = s->main;
		if (zf_sqlite_refresh(s, op) < 0) {
			sqlite3_exec(s->main->db, "ROLLBACK", NULL, NULL, NULL);
			return -1;
		}
	} while (conn != s->main);
	return 0;
}

/* Ends a transaction. A commit fails because somebody reads, or the disk is full. */
static int end(struct zf_sqlite *s, int result)
{
	if (result == 0)
		result = zf_sqlite_run(s->main, "COMMIT");
	/* SQLite has done so by itself after some errors */
	if (result < 0 && !sqlite3_get_autocommit(s->main->db))
		sqlite3_exec(s->main->db, "ROLLBACK", NULL, NULL, NULL);
	return result;
}

/* Runs a statement that changes a row. Binds data to the second place unless it is NULL. */
static int change(
	struct zf_sqlite *s, enum zf_sqlite_sql which, const char *key, const void *data, size_t len)
{
	sqlite3_stmt *sql = zf_sqlite_sql(s->main, which);
	int result;

	if (!sql)
		return -1;
	result = zf_sqlite_bind_key(s->main, sql, 1, key, strlen(key));
	if (result == 0 && data && sqlite3_bind_blob64(sql, 2, data, len, SQLITE_STATIC) != SQLITE_OK)
		result = zf_sqlite_fail(s->main);
	if (result == 0 && sqlite3_step(sql) != SQLITE_DONE)
		result = zf_sqlite_fail(s->main);
	sqlite3_reset(sql);
	sqlite3_clear_bindings(sql);
	return result;
}

static int store_value(struct zf_sqlite *s, const char *key, const void *data, size_t len)
{
	/* NULL would be the value NULL */
	const void *bytes = data && len ? data : "";

	if (change(s, ZF_SQL_UPDATE, key, bytes, len) < 0)
		return -1;
	return sqlite3_changes(s->main->db) == 0 ? change(s, ZF_SQL_INSERT, key, bytes, len) : 0;
}

static int store_group(struct zf_sqlite *s)
{
	int result = 0;

	for (size_t i = 0; i < s->group.count && result == 0; i++) {
		const struct zf_change *c = &s->group.change[i];

		result = c->data ? store_value(s, c->key, c->data, c->len)
				 : change(s, ZF_SQL_DELETE, c->key, NULL, 0);
	}
	return result;
}

int zf_sqlite_commit(struct zf_sqlite *s, struct zf_op *op)
{
	if (s->group.count == 0)
		return 0;
	if (begin(s, op) < 0 || end(s, store_group(s)) < 0)
		return -1;
	zf_group_clear(&s->group);
	return 0;
}

/* ---- put ----------------------------------------------------------------------------------------------- */

/* What could never be stored would keep the whole group from being stored. */
static int check_size(struct zf_sqlite *s, struct zf_op *op, const char *key, size_t len)
{
	enum { ROW = 64 }; /* what a row takes beside key and value */
	size_t most = (size_t)sqlite3_limit(s->main->db, SQLITE_LIMIT_LENGTH, -1);

	if (len <= most && strlen(key) + ROW <= most - len)
		return 0;
	return zf_fail(op, EFBIG, "SQLite takes no value of %zu bytes", len);
}

static int put_later(struct zf_sqlite *s, struct zf_op *op, const char *key, const void *data, size_t len)
{
	if (zf_sqlite_refresh(s, op) < 0)
		return -1;
	if (s->group.bytes + len > ZF_GROUP_FULL && zf_sqlite_commit(s, op) < 0)
		return -1;
	return zf_group_put(&s->group, op, key, data, len);
}

static int check(
	struct zf_sqlite *s, struct zf_op *op, const char *key, enum zf_put_if cond, const struct zf_tag *tag)
{
	const struct zf_change *change = zf_group_find(&s->group, key);
	int result = !change ? zf_sqlite_has(s->main, key) : change->data ? ZF_FOUND : ZF_MISSING;
	struct zf_tag now;

	if (result < 0)
		return -1;
	if (cond == ZF_PUT_IF_ABSENT)
		return result == ZF_FOUND ? zf_fail(op, EEXIST, "there is a value already") : 0;
	now = zf_sqlite_tag(s, key);
	if (result == ZF_FOUND && zf_tag_equal(&now, tag))
		return 0;
	return zf_fail(op, ESTALE, "the value was changed by somebody else");
}

/* The condition holds until the value is there: both in the transaction that stores the group. A value that
 * could not be stored is none that is kept. */
static int put_now(struct zf_sqlite *s, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	int result = begin(s, op);

	if (result < 0)
		return -1;
	result = check(s, op, key, cond, tag);
	if (result == 0)
		result = store_group(s);
	if (result == 0)
		result = store_value(s, key, data, len);
	if (end(s, result) < 0)
		return -1;
	zf_group_clear(&s->group);
	return 0;
}

int zf_sqlite_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_sqlite *s = (struct zf_sqlite *)store;
	int result;

	if (zf_sqlite_enter(s, op) < 0)
		return -1;
	result = check_size(s, op, key, len);
	if (result == 0)
		result = cond == ZF_PUT_ALWAYS ? put_later(s, op, key, data, len)
					       : put_now(s, op, key, data, len, cond, tag);
	if (result == 0)
		zf_sqlite_changed(s, key);
	zf_sqlite_leave(s);
	return result;
}

/* ---- del and flush ------------------------------------------------------------------------------------- */

int zf_sqlite_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct zf_sqlite *s = (struct zf_sqlite *)store;
	const struct zf_change *known;
	int result;

	if (zf_sqlite_enter(s, op) < 0)
		return -1;
	result = zf_sqlite_refresh(s, op);
	if (result == 0) {
		known = zf_group_find(&s->group, key);
		result = !known ? zf_sqlite_has(s->main, key) : known->data ? ZF_FOUND : ZF_MISSING;
	}
	if (result == ZF_FOUND)
		result = zf_group_del(&s->group, op, key);
	if (result == ZF_FOUND)
		zf_sqlite_changed(s, key);
	zf_sqlite_leave(s);
	return result;
}

int zf_sqlite_flush(struct zf_store *store, struct zf_op *op)
{
	struct zf_sqlite *s = (struct zf_sqlite *)store;
	int result;

	if (zf_sqlite_enter(s, op) < 0)
		return -1;
	result = zf_sqlite_refresh(s, op) < 0 ? -1 : zf_sqlite_commit(s, op);
	zf_sqlite_leave(s);
	return result;
}
