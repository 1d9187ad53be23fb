/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store.
 *
 * There is one main connection, which writes, and idle others, which read. From the first put to the flush a
 * transaction is open: all of it or nothing is in the file, whatever happens. Meanwhile only the main
 * connection sees the new values, so reads go through it, one at a time; without a transaction each read has
 * a connection of its own.
 *
 * A row has no version, and reading a value to hash it would cost as much as reading it. So a tag is: the
 * epoch, which ends when another program has changed anything in the database (PRAGMA data_version), and the
 * number of our own changes to this key (counted for 65536 classes of keys). Equal tags mean equal
 * bytes. Another program's change to one key makes all tags differ, which costs reading again, no more.
 */
#include "store/sqlite.h"

#ifdef HAVE_SQLITE

#include "base/limits.h"
#include "store/backend.h"
#include "store/children.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
	CLASSES = 1 << 16,
	MAX_IDLE = 8,    /* connections kept for later */
	PIECE = 8 << 20, /* bytes read at a time, so that a cancelled operation ends soon */
	TRIES = 16,
	LOCK_STEP_NS = 50 * 1000 * 1000
};

struct sqlite {
	struct zf_store store;
	char *path; /* absolute; owned */
	unsigned flags;

	/* Held around all use of the main connection, I/O included. Nothing else is taken meanwhile but
	 * idle_lock. */
	pthread_mutex_t main_lock;
	struct zf_sqlite_conn *main;
	bool open; /* a transaction */
	int lost;  /* SQLite undid one by itself, because of this error: the next flush tells */
	dev_t dev; /* the file that is open */
	ino_t ino;
	int64_t mtime_ns;
	int version; /* of the database, as the main connection counts */
	uint64_t epoch;
	uint32_t changes[CLASSES];

	pthread_mutex_t idle_lock;
	struct zf_sqlite_conn *idle;
	unsigned idle_count;
	uint64_t generation; /* of the file; connections of earlier ones are closed */
};

/* ---- the main connection ------------------------------------------------------------------------------- */

static int enter(struct sqlite *s, struct zf_op *op)
{
	struct timespec until;

	while (pthread_mutex_trylock(&s->main_lock) != 0) {
		if (zf_op_check(op) < 0)
			return -1;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOCK_STEP_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		if (pthread_mutex_timedlock(&s->main_lock, &until) == 0)
			break;
	}
	s->main->op = op;
	return 0;
}

static void leave(struct sqlite *s)
{
	pthread_mutex_unlock(&s->main_lock);
}

/* Opens the file that is at our path now. */
static int open_main(struct sqlite *s, struct zf_op *op, const struct stat *st)
{
	struct zf_sqlite_conn *conn = NULL;

	if (zf_sqlite_connect(op, s->path, s->flags & ~(unsigned)ZF_SQLITE_CREATE, &conn) < 0)
		return -1;
	zf_sqlite_disconnect(s->main);
	s->main = conn;
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	s->version = 0;
	s->epoch++;
	pthread_mutex_lock(&s->idle_lock);
	s->generation++;
	pthread_mutex_unlock(&s->idle_lock);
	return 0;
}

/* Looks whether another program has changed or replaced the database. */
static int refresh(struct sqlite *s, struct zf_op *op)
{
	sqlite3_stmt *sql;
	struct stat st;
	int version;

	if (s->open)
		return 0;
	if (stat(s->path, &st) < 0)
		return zf_fail(op, EIO, "the database cannot be looked at: %m");
	s->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if ((st.st_dev != s->dev || st.st_ino != s->ino) && open_main(s, op, &st) < 0)
		return zf_where(op, "the database was replaced");
	sql = zf_sqlite_sql(s->main, ZF_SQL_VERSION);
	if (!sql)
		return -1;
	if (sqlite3_step(sql) != SQLITE_ROW) {
		zf_sqlite_fail(s->main);
		sqlite3_reset(sql);
		return -1;
	}
	version = sqlite3_column_int(sql, 0);
	sqlite3_reset(sql);
	if (version != s->version)
		s->epoch++;
	s->version = version;
	return 0;
}

static unsigned class_of(const char *key)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
	return (unsigned)(hash >> 32 ^ hash) % CLASSES;
}

static struct zf_tag tag_of(const struct sqlite *s, const char *key)
{
	return (struct zf_tag){ { s->epoch, s->changes[class_of(key)], (uint64_t)s->ino, (uint64_t)s->dev } };
}

/* ---- idle connections ---------------------------------------------------------------------------------- */

/* New: give_back(). */
static int take_idle(struct sqlite *s, struct zf_op *op, struct zf_sqlite_conn **out)
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
	if (zf_sqlite_connect(op, s->path, ZF_SQLITE_READONLY, &conn) < 0)
		return -1;
	conn->generation = generation;
	*out = conn;
	return 0;
}

static void give_back(struct sqlite *s, struct zf_sqlite_conn *conn)
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

static int list_through(
	struct zf_sqlite_conn *conn, sqlite3_stmt *sql, const char *prefix, struct zf_children *children)
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
		if (sqlite3_column_type(sql, 0) != (conn->table->blob_keys ? SQLITE_BLOB : SQLITE_TEXT))
			continue;
		key = (const char *)sqlite3_column_text(sql, 0);
		if (!key || strlen(key) != (size_t)sqlite3_column_bytes(sql, 0) || !zf_key_valid(key) ||
			strncmp(key, from, skip) != 0)
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

static int read_list(struct zf_sqlite_conn *conn, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	sqlite3_stmt *sql = zf_sqlite_sql(conn, ZF_SQL_LIST);
	char bound[ZF_MAX_KEY + 2];
	struct zf_children children;
	size_t n = strlen(prefix);
	int result;

	if (!sql)
		return -1;
	zf_children_begin(&children, fn, arg);
	memcpy(bound, prefix, n);
	bound[n] = '/';
	result = zf_sqlite_bind_key(conn, sql, 1, bound, n ? n + 1 : 0);
	bound[n] = '0';
	/* above all keys in UTF-8, and as a BLOB above all TEXT */
	if (result == 0 && n == 0)
		result = sqlite3_bind_blob(sql, 2, "\xff", 1, SQLITE_STATIC) == SQLITE_OK
				 ? 0
				 : zf_sqlite_fail(conn);
	else if (result == 0)
		result = zf_sqlite_bind_key(conn, sql, 2, bound, n + 1);
	if (result == 0)
		result = list_through(conn, sql, prefix, &children);
	sqlite3_reset(sql);
	sqlite3_clear_bindings(sql);
	if (result == 0 && zf_children_end(&children) == ZF_MISSING && n)
		result = ZF_MISSING;
	return result;
}

/* ---- get, stat, list ----------------------------------------------------------------------------------- */

struct reading {
	const char *key; /* or prefix */
	const struct zf_range *range;
	struct zf_out *out;
	struct zf_names *names; /* of a list; else NULL */
	uint64_t size;
};

static int read_through(struct zf_sqlite_conn *conn, struct reading *r)
{
	if (r->names)
		return read_list(conn, r->key, zf_names_keep, r->names);
	return read_value(conn, r->key, r->range, r->out, &r->size);
}

static void describe(const struct sqlite *s, const struct reading *r, struct zf_value *value)
{
	if (!value)
		return;
	value->size = r->size;
	value->mtime_ns = s->mtime_ns;
	value->tag = tag_of(s, r->key);
}

/* Reads through a connection of our own; *changed: somebody wrote meanwhile. */
static int read_aside(struct sqlite *s, struct zf_op *op, struct reading *r, struct zf_tag *tag,
	struct zf_value *value, bool *changed)
{
	struct zf_sqlite_conn *conn;
	struct zf_tag now;
	int result;

	if (take_idle(s, op, &conn) < 0)
		return -1;
	result = read_through(conn, r);
	give_back(s, conn);
	if (result < 0 || enter(s, op) < 0)
		return -1;
	if (refresh(s, op) < 0)
		result = -1;
	now = tag_of(s, r->key);
	*changed = result >= 0 && !zf_tag_equal(tag, &now);
	if (result == ZF_FOUND)
		describe(s, r, value);
	leave(s);
	return result;
}

static int read_any(struct sqlite *s, struct zf_op *op, struct reading *r, struct zf_value *value)
{
	size_t before = r->out ? r->out->len : 0;
	struct zf_tag tag;
	bool changed = false, aside;
	int result = -1;

	for (int tries = 0; tries < TRIES; tries++) {
		if (enter(s, op) < 0)
			return -1;
		if (refresh(s, op) < 0) {
			leave(s);
			return -1;
		}
		/* after some tries in vain, with the door shut */
		aside = !s->open && tries + 1 < TRIES && !(r->out == NULL && !r->names);
		tag = tag_of(s, r->key);
		if (!aside) {
			result = read_through(s->main, r);
			if (result == ZF_FOUND)
				describe(s, r, value);
		}
		leave(s);
		if (aside)
			result = read_aside(s, op, r, &tag, value, &changed);
		if (result < 0 || !aside || !changed)
			break;
		if (r->out)
			r->out->len = before;
		if (r->names)
			r->names->out.len = 0;
	}
	return result;
}

static int sqlite_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct reading r = { .key = key, .range = range, .out = out };

	return read_any((struct sqlite *)store, op, &r, value);
}

static int sqlite_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct reading r = { .key = key };

	return read_any((struct sqlite *)store, op, &r, value);
}

static int sqlite_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_names names = { .op = op, .out = ZF_OUT_GROWING(SIZE_MAX) };
	struct reading r = { .key = prefix, .names = &names };

	return zf_names_tell(&names, read_any((struct sqlite *)store, op, &r, NULL), fn, arg);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static int begin(struct sqlite *s, struct zf_op *op)
{
	if (s->open)
		return 0;
	/* the lock first: what is looked at after that stays */
	if (refresh(s, op) < 0 || zf_sqlite_run(s->main, "BEGIN IMMEDIATE") < 0)
		return -1;
	if (refresh(s, op) < 0) {
		zf_sqlite_run(s->main, "ROLLBACK");
		return -1;
	}
	s->open = true;
	return 0;
}

/* After a failure: SQLite may have undone all that was not flushed. */
static void look_for_loss(struct sqlite *s)
{
	if (!s->open || !sqlite3_get_autocommit(s->main->db))
		return;
	s->open = false;
	s->lost = s->main->op->err ? s->main->op->err : EIO;
	s->epoch++;
}

/* Runs a statement that changes a row. Binds data to the second place unless it is NULL. */
static int change(struct sqlite *s, enum zf_sqlite_sql which, const char *key, const void *data, size_t len)
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

static int check(
	struct sqlite *s, struct zf_op *op, const char *key, enum zf_put_if cond, const struct zf_tag *tag)
{
	sqlite3_stmt *sql = NULL;
	struct zf_tag now;
	sqlite3_int64 row;
	int result;

	if (cond == ZF_PUT_ALWAYS)
		return 0;
	result = find_row(s->main, key, &sql, &row);
	sqlite3_reset(sql);
	if (result < 0)
		return -1;
	if (cond == ZF_PUT_IF_ABSENT)
		return result == ZF_FOUND ? zf_fail(op, EEXIST, "there is a value already") : 0;
	now = tag_of(s, key);
	if (result == ZF_FOUND && zf_tag_equal(&now, tag))
		return 0;
	return zf_fail(op, ESTALE, "the value was changed by somebody else");
}

static int put(struct sqlite *s, const char *key, const void *data, size_t len)
{
	/* NULL would be the value NULL */
	const void *bytes = data && len ? data : "";

	if (change(s, ZF_SQL_UPDATE, key, bytes, len) < 0)
		return -1;
	if (sqlite3_changes(s->main->db) == 0 && change(s, ZF_SQL_INSERT, key, bytes, len) < 0)
		return -1;
	s->changes[class_of(key)]++;
	return 0;
}

static int sqlite_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct sqlite *s = (struct sqlite *)store;
	int result;

	if (enter(s, op) < 0)
		return -1;
	result = begin(s, op);
	if (result == 0)
		result = check(s, op, key, cond, tag);
	if (result == 0)
		result = put(s, key, data, len);
	if (result < 0)
		look_for_loss(s);
	leave(s);
	return result;
}

static int sqlite_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct sqlite *s = (struct sqlite *)store;
	int result;

	if (enter(s, op) < 0)
		return -1;
	result = begin(s, op);
	if (result == 0)
		result = change(s, ZF_SQL_DELETE, key, NULL, 0);
	if (result == 0 && sqlite3_changes(s->main->db) == 0)
		result = ZF_MISSING;
	else if (result == 0)
		s->changes[class_of(key)]++;
	if (result < 0)
		look_for_loss(s);
	leave(s);
	return result;
}

/* A commit that fails because somebody reads leaves the transaction open, for another try. */
static int flush(struct sqlite *s, struct zf_op *op)
{
	int lost;

	if (s->open) {
		if (zf_sqlite_run(s->main, "COMMIT") < 0) {
			look_for_loss(s);
			return -1;
		}
		s->open = false;
	}
	if (!s->lost)
		return 0;
	lost = s->lost;
	s->lost = 0;
	return zf_fail(op, lost, "SQLite had to undo changes made before");
}

static int sqlite_flush(struct zf_store *store, struct zf_op *op)
{
	struct sqlite *s = (struct sqlite *)store;
	int result;

	if (enter(s, op) < 0)
		return -1;
	result = flush(s, op);
	leave(s);
	return result;
}

static int sqlite_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	struct statvfs st;

	if (statvfs(((struct sqlite *)store)->path, &st) < 0)
		return zf_fail(op, errno, "cannot tell the free space: %m");
	if (__builtin_mul_overflow((uint64_t)st.f_blocks, (uint64_t)st.f_frsize, &out->total))
		out->total = UINT64_MAX;
	if (__builtin_mul_overflow((uint64_t)st.f_bavail, (uint64_t)st.f_frsize, &out->available))
		out->available = UINT64_MAX;
	return 0;
}

/* ---- opening and closing ------------------------------------------------------------------------------- */

static void sqlite_close(struct zf_store *store)
{
	struct sqlite *s = (struct sqlite *)store;
	struct zf_op op;

	zf_op_init(&op);
	if (s->main)
		s->main->op = &op;
	if ((s->open || s->lost) && flush(s, &op) < 0)
		zf_log(store->ctx, ZF_LOG_ERROR, "%s: what was not synced is lost: %s", store->name, op.text);
	for (struct zf_sqlite_conn *conn = s->idle, *next; conn; conn = next) {
		next = conn->next;
		zf_sqlite_disconnect(conn);
	}
	zf_sqlite_disconnect(s->main);
	pthread_mutex_destroy(&s->idle_lock);
	pthread_mutex_destroy(&s->main_lock);
	free(s->path);
	zf_store_fini(store);
	free(s);
}

static const struct zf_store_ops sqlite_ops = {
	.kind = "sqlite",
	.get = sqlite_get,
	.stat = sqlite_stat,
	.list = sqlite_list,
	.put = sqlite_put,
	.del = sqlite_del,
	.settle = sqlite_flush,
	.flush = sqlite_flush,
	.space = sqlite_space,
	.close = sqlite_close,
};

static int make(struct zf_ctx *ctx, struct zf_op *op, const char *path, struct sqlite **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL;
	struct sqlite *s = calloc(1, sizeof *s);
	char *name = NULL;
	int result;

	if (!s || asprintf(&name, "sqlite:%s", path) < 0) {
		free(s);
		return zf_nomem(op, sizeof *s + strlen(path));
	}
	result = zf_store_init(&s->store, op, &sqlite_ops, ctx, caps, name);
	free(name);
	if (result < 0) {
		free(s);
		return -1;
	}
	pthread_mutex_init(&s->main_lock, NULL);
	pthread_mutex_init(&s->idle_lock, NULL);
	*out = s;
	return 0;
}

/* SQLite would say of all of these that it cannot open the file. */
static int check_file(struct zf_op *op, const char *path, unsigned *flags)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && *flags & ZF_SQLITE_CREATE)
		return 0;
	if (fd < 0)
		return zf_fail(op, errno, "%m");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return zf_fail(op, EINVAL, "not a regular file");
	}
	close(fd);
	if (access(path, W_OK) < 0)
		*flags = (*flags | ZF_SQLITE_READONLY) & ~(unsigned)ZF_SQLITE_CREATE;
	return 0;
}

static int open_database(struct sqlite *s, struct zf_op *op, const char *path, unsigned flags)
{
	struct stat st;

	if (check_file(op, path, &flags) < 0 || zf_sqlite_connect(op, path, flags, &s->main) < 0)
		return -1;
	if (flags & ZF_SQLITE_READONLY || sqlite3_db_readonly(s->main->db, "main"))
		s->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
	s->flags = flags;
	/* the daemon has another working directory later, and SQLite opens files by name again and again */
	s->path = realpath(path, NULL);
	if (!s->path || stat(s->path, &st) < 0)
		return zf_fail(op, errno, "%m");
	return open_main(s, op, &st);
}

int zf_sqlite_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	struct sqlite *s = NULL;

	if (make(ctx, op, path, &s) < 0)
		return -1;
	if (open_database(s, op, path, flags) < 0) {
		sqlite_close(&s->store);
		return -1;
	}
	*out = &s->store;
	return 0;
}

#endif
