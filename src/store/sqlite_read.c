/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store: get, stat, list. Small things, and what the group has a part in, through the main
 * connection; values through another, so that readers do not wait for each other.
 */
#include "store/sqlite.h"

#include "base/limits.h"
#include "store/backend.h"
#include "store/children.h"

#include <string.h>

enum {
	MAX_IDLE = 8,    /* connections kept for later */
	PIECE = 8 << 20, /* bytes read at a time, so that a cancelled operation ends soon */
	TRIES = 16
};

/* ---- idle connections ---------------------------------------------------------------------------------- */

/* New: give_back(). */
static int take_idle(struct zf_sqlite *s, struct zf_op *op, struct zf_sqlite_conn **out)
{
	struct zf_sqlite_conn *conn;
	uint64_t generation;

	for (;;) {
		pthread_mutex_lock(&s->idle_lock);
		generation = s->generation;
		conn = s->idle;
		if (conn) {
			s->idle = conn->next;
			s->idle_count--;
		}
		pthread_mutex_unlock(&s->idle_lock);
		if (!conn)
			break;
		if (conn->generation == generation) {
			conn->op = op;
			*out = conn;
			return 0;
		}
		zf_sqlite_disconnect(conn);
	}
	if (zf_sqlite_connect(op, s->path, ZF_DB_READONLY, &conn) < 0)
		return -1;
	conn->generation = generation;
	*out = conn;
	return 0;
}

static void give_back(struct zf_sqlite *s, struct zf_sqlite_conn *conn)
{
	pthread_mutex_lock(&s->idle_lock);
	if (s->idle_count < MAX_IDLE) {
		conn->next = s->idle;
		s->idle = conn;
		s->idle_count++;
		conn = NULL;
	}
	pthread_mutex_unlock(&s->idle_lock);
	zf_sqlite_disconnect(conn);
}

void zf_sqlite_close_idle(struct zf_sqlite *s)
{
	for (struct zf_sqlite_conn *conn = s->idle, *next; conn; conn = next) {
		next = conn->next;
		zf_sqlite_disconnect(conn);
	}
	s->idle = NULL;
	s->idle_count = 0;
}

/* ---- reading through a connection ---------------------------------------------------------------------- */

/* Finds the row; the statement keeps the state of the database until it is reset. */
static int find_row(struct zf_sqlite_conn *conn, const char *key, sqlite3_stmt **out, sqlite3_int64 *row)
{
	int rc;

	*out = zf_sqlite_sql(conn, ZF_SQL_FIND);
	if (!*out || zf_sqlite_bind_key(conn, *out, 1, key, strlen(key)) < 0)
		return -1;
	rc = sqlite3_step(*out);
	if (rc == SQLITE_DONE)
		return ZF_MISSING;
	if (rc != SQLITE_ROW)
		return zf_sqlite_fail(conn);
	*row = sqlite3_column_int64(*out, 0);
	return ZF_FOUND;
}

int zf_sqlite_has(struct zf_sqlite_conn *conn, const char *key)
{
	sqlite3_stmt *sql = NULL;
	sqlite3_int64 row;
	int result = find_row(conn, key, &sql, &row);

	sqlite3_reset(sql);
	return result;
}

static int read_blob(
	struct zf_sqlite_conn *conn, sqlite3_blob *blob, uint64_t offset, uint64_t len, struct zf_out *out)
{
	if (zf_out_reserve(out, conn->op, (size_t)len) < 0)
		return -1;
	for (uint64_t done = 0; done < len;) {
		int n = len - done < PIECE ? (int)(len - done) : PIECE;

		if (zf_op_check(conn->op) < 0)
			return -1;
		if (sqlite3_blob_read(blob, out->data + out->len, n, (int)(offset + done)) != SQLITE_OK)
			return zf_sqlite_fail(conn);
		out->len += (size_t)n;
		done += (uint64_t)n;
	}
	return ZF_FOUND;
}

/* out NULL: only the size. */
static int read_value(struct zf_sqlite_conn *conn, const char *key, const struct zf_range *range,
	struct zf_out *out, uint64_t *size)
{
	sqlite3_stmt *sql = NULL;
	sqlite3_blob *blob = NULL;
	uint64_t offset, len;
	sqlite3_int64 row;
	int result = find_row(conn, key, &sql, &row);

	if (result == ZF_FOUND && sqlite3_blob_open(conn->db, "main", conn->table->name, conn->table->value,
					  row, 0, &blob) != SQLITE_OK)
		result = zf_sqlite_fail(conn);
	if (result == ZF_FOUND) {
		*size = (uint64_t)sqlite3_blob_bytes(blob);
		zf_range_clip(range, *size, &offset, &len);
		if (out)
			result = read_blob(conn, blob, offset, len, out);
	}
	sqlite3_blob_close(blob);
	sqlite3_reset(sql);
	return result;
}

/* ---- listing ------------------------------------------------------------------------------------------- */

/* A key of a row; NULL: one that no store may be asked for. Borrowed. */
static const char *key_of_row(const struct zf_sqlite_conn *conn, sqlite3_stmt *sql)
{
	const char *key;

	if (sqlite3_column_type(sql, 0) != (conn->table->blob_keys ? SQLITE_BLOB : SQLITE_TEXT))
		return NULL;
	key = (const char *)sqlite3_column_text(sql, 0);
	if (!key || strlen(key) != (size_t)sqlite3_column_bytes(sql, 0) || !zf_key_valid(key))
		return NULL;
	return key;
}

/* Whether the group deletes a key. group NULL: it does not. */
static bool is_deleted(const struct zf_group *group, const char *key)
{
	const struct zf_change *change = group ? zf_group_find(group, key) : NULL;

	return change && !change->data;
}

static int list_through(struct zf_sqlite_conn *conn, sqlite3_stmt *sql, const char *prefix,
	const struct zf_group *group, struct zf_children *children)
{
	char from[2 * (ZF_MAX_KEY + 1)];
	size_t skip = strlen(prefix), n;
	int rc;

	memcpy(from, prefix, skip);
	if (skip)
		from[skip++] = '/';
	from[skip] = '\0';
	while (!children->stopped && (rc = sqlite3_step(sql)) != SQLITE_DONE) {
		const char *key;

		if (rc != SQLITE_ROW || zf_op_check(conn->op) < 0)
			return zf_sqlite_fail(conn);
		key = key_of_row(conn, sql);
		if (!key || strncmp(key, from, skip) != 0 || is_deleted(group, key))
			continue;
		n = zf_children_add(children, key + skip);
		if (n == 0)
			continue;
		memcpy(from + skip, key + skip, n);
		from[skip + n] = '0';
		sqlite3_reset(sql);
		if (zf_sqlite_bind_key(conn, sql, 1, from, skip + n + 1) < 0)
			return -1;
	}
	return 0;
}

/* Binds the first key that can be below a prefix, and the first one after. */
static int bind_bounds(struct zf_sqlite_conn *conn, sqlite3_stmt *sql, const char *prefix)
{
	char bound[ZF_MAX_KEY + 2];
	size_t n = strlen(prefix);

	memcpy(bound, prefix, n);
	bound[n] = '/';
	if (zf_sqlite_bind_key(conn, sql, 1, bound, n ? n + 1 : 0) < 0)
		return -1;
	bound[n] = '0';
	if (n)
		return zf_sqlite_bind_key(conn, sql, 2, bound, n + 1);
	/* above all keys in UTF-8, and as a BLOB above all TEXT */
	return sqlite3_bind_blob(sql, 2, "\xff", 1, SQLITE_STATIC) == SQLITE_OK ? 0 : zf_sqlite_fail(conn);
}

/* Adds the children that the database has. */
static int read_list(
	struct zf_sqlite_conn *conn, const char *prefix, const struct zf_group *group, struct zf_union *names)
{
	sqlite3_stmt *sql = zf_sqlite_sql(conn, ZF_SQL_LIST);
	struct zf_children children;
	int result;

	if (!sql)
		return -1;
	zf_children_begin(&children, zf_union_add, names);
	result = bind_bounds(conn, sql, prefix);
	if (result == 0)
		result = list_through(conn, sql, prefix, group, &children);
	sqlite3_reset(sql);
	sqlite3_clear_bindings(sql);
	zf_children_end(&children);
	return names->failed ? -1 : result;
}

/* ---- get, stat, list ----------------------------------------------------------------------------------- */

struct reading {
	const char *key; /* or prefix */
	const struct zf_range *range;
	struct zf_out *out;
	struct zf_union *names; /* of a list; else NULL */
	uint64_t size;
};

/* group: what is to come beside what is in the database, or NULL. */
static int read_through(struct zf_sqlite_conn *conn, struct reading *r, const struct zf_group *group)
{
	const struct zf_change *change;
	uint64_t offset, n;

	if (r->names) {
		if (read_list(conn, r->key, group, r->names) < 0)
			return -1;
		return group ? zf_union_group(r->names, group, r->key) : 0;
	}
	change = group ? zf_group_find(group, r->key) : NULL;
	if (!change)
		return read_value(conn, r->key, r->range, r->out, &r->size);
	if (!change->data)
		return ZF_MISSING;
	r->size = change->len;
	zf_range_clip(r->range, change->len, &offset, &n);
	return r->out && n > 0 ? zf_out_append(r->out, conn->op, change->data + offset, (size_t)n) : ZF_FOUND;
}

/* Whether a connection of the reader's own will do. The main one is taken. */
static bool can_read_aside(const struct zf_sqlite *s, const struct reading *r)
{
	if (r->names)
		return s->group.count == 0;
	return r->out && !zf_group_find(&s->group, r->key);
}

static void describe(const struct zf_sqlite *s, const struct reading *r, struct zf_value *value)
{
	if (!value)
		return;
	value->size = r->size;
	value->mtime_ns = s->mtime_ns;
	value->tag = zf_sqlite_tag(s, r->key);
}

/* Reads through a connection of our own; *changed: somebody wrote meanwhile. */
static int read_aside(struct zf_sqlite *s, struct zf_op *op, struct reading *r, struct zf_tag *tag,
	struct zf_value *value, bool *changed)
{
	struct zf_sqlite_conn *conn;
	struct zf_tag now;
	int result;

	if (take_idle(s, op, &conn) < 0)
		return -1;
	result = read_through(conn, r, NULL);
	give_back(s, conn);
	if (result < 0 || zf_sqlite_enter(s, op) < 0)
		return -1;
	if (zf_sqlite_refresh(s, op) < 0)
		result = -1;
	now = zf_sqlite_tag(s, r->key);
	*changed = result >= 0 && !zf_tag_equal(tag, &now);
	if (result == ZF_FOUND)
		describe(s, r, value);
	zf_sqlite_leave(s);
	return result;
}

static int read_any(struct zf_sqlite *s, struct zf_op *op, struct reading *r, struct zf_value *value)
{
	size_t before = r->out ? r->out->len : 0;
	struct zf_tag tag;
	bool changed = false, aside;
	int result = -1;

	for (int tries = 0; tries < TRIES; tries++) {
		if (zf_sqlite_enter(s, op) < 0)
			return -1;
		if (zf_sqlite_refresh(s, op) < 0) {
			zf_sqlite_leave(s);
			return -1;
		}
		/* after some tries in vain, with the door shut */
		aside = tries + 1 < TRIES && can_read_aside(s, r);
		tag = zf_sqlite_tag(s, r->key);
		if (!aside) {
			result = read_through(s->main, r, &s->group);
			if (result == ZF_FOUND)
				describe(s, r, value);
		}
		zf_sqlite_leave(s);
		if (aside)
			result = read_aside(s, op, r, &tag, value, &changed);
		if (result < 0 || !aside || !changed)
			break;
		if (r->out)
			r->out->len = before;
		if (r->names && zf_union_empty(r->names) < 0)
			return -1;
	}
	return result;
}

int zf_sqlite_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct reading r = { .key = key, .range = range, .out = out };

	return read_any((struct zf_sqlite *)store, op, &r, value);
}

int zf_sqlite_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct reading r = { .key = key };

	return read_any((struct zf_sqlite *)store, op, &r, value);
}

int zf_sqlite_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_union names;
	struct reading r = { .key = prefix, .names = &names };
	int result = zf_union_begin(&names, op);

	if (result == 0)
		result = read_any((struct zf_sqlite *)store, op, &r, NULL);
	return zf_union_end(&names, result, prefix, fn, arg);
}
