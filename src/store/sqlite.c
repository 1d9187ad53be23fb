/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite store.
 *
 * There is one main connection, which writes, and idle others, which read. Changes are a group (group.h) that
 * becomes one transaction at flush: all of it or nothing is in the file, whatever happens, and what a full
 * disk did not take is tried again. A value of the group is read from it, all others through a connection of
 * the reader's own.
 *
 * A row has no version, and reading a value to hash it would cost as much as reading it. So a tag is: the
 * epoch, which ends when another program has changed anything in the database (PRAGMA data_version), and the
 * number of our own changes to this key (counted for 65536 classes of keys). Equal tags mean equal
 * bytes. Another program's change to one key makes all tags differ, which costs reading again, no more.
 */
#include "store/sqlite.h"

#include "store/backend.h"
#include "store/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the main connection ------------------------------------------------------------------------------- */

int zf_sqlite_enter(struct zf_sqlite *s, struct zf_op *op)
{
	if (zf_local_lock(&s->main_lock, op) < 0)
		return -1;
	s->main->op = op;
	return 0;
}

void zf_sqlite_leave(struct zf_sqlite *s)
{
	pthread_mutex_unlock(&s->main_lock);
}

/* Opens the file that is at our path now. */
static int open_main(struct zf_sqlite *s, struct zf_op *op, const struct stat *st)
{
	struct zf_sqlite_conn *conn = NULL;

	if (zf_sqlite_connect(op, s->path, s->flags & ~(unsigned)ZF_DB_CREATE, &conn) < 0)
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

int zf_sqlite_refresh(struct zf_sqlite *s, struct zf_op *op)
{
	sqlite3_stmt *sql;
	struct stat st;
	int version;

	if (stat(s->path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? zf_fail(op, EIO, "the store has disappeared")
			       : zf_fail(op, errno, "cannot look at the database: %m");
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
	return (unsigned)(hash >> 32 ^ hash) % ZF_SQLITE_CLASSES;
}

struct zf_tag zf_sqlite_tag(const struct zf_sqlite *s, const char *key)
{
	return (struct zf_tag){ { s->epoch, s->changes[class_of(key)], (uint64_t)s->ino, (uint64_t)s->dev } };
}

void zf_sqlite_changed(struct zf_sqlite *s, const char *key)
{
	s->changes[class_of(key)]++;
}

/* ---- opening and closing ------------------------------------------------------------------------------- */

static int sqlite_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_local_space_at(op, ((struct zf_sqlite *)store)->path, out);
}

static void sqlite_close(struct zf_store *store)
{
	struct zf_sqlite *s = (struct zf_sqlite *)store;
	struct zf_op op;

	zf_op_init(&op);
	if (s->main)
		s->main->op = &op;
	if (s->group.count && zf_sqlite_commit(s, &op) < 0)
		zf_log(store->ctx, ZF_LOG_ERROR, "%s: %zu changes are lost: %s", store->name, s->group.count,
			op.text);
	zf_sqlite_close_idle(s);
	zf_sqlite_disconnect(s->main);
	zf_group_clear(&s->group);
	pthread_mutex_destroy(&s->idle_lock);
	pthread_mutex_destroy(&s->main_lock);
	free(s->path);
	zf_store_fini(store);
	free(s);
}

static const struct zf_store_ops sqlite_ops = {
	.kind = "sqlite",
	.get = zf_sqlite_get,
	.stat = zf_sqlite_stat,
	.list = zf_sqlite_list,
	.put = zf_sqlite_put,
	.del = zf_sqlite_del,
	.settle = zf_sqlite_flush,
	.flush = zf_sqlite_flush,
	.space = sqlite_space,
	.close = sqlite_close,
};

static int make(struct zf_ctx *ctx, struct zf_op *op, const char *path, struct zf_sqlite **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL;
	struct zf_sqlite *s = calloc(1, sizeof *s);
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

	if (fd < 0 && errno == ENOENT && *flags & ZF_DB_CREATE)
		return 0;
	if (fd < 0)
		return zf_fail(op, errno, "%m");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return zf_fail(op, EINVAL, "not a regular file");
	}
	close(fd);
	if (access(path, W_OK) < 0)
		*flags = (*flags | ZF_DB_READONLY) & ~(unsigned)ZF_DB_CREATE;
	return 0;
}

static int open_database(struct zf_sqlite *s, struct zf_op *op, const char *path, unsigned flags)
{
	struct stat st;

	if (check_file(op, path, &flags) < 0 || zf_sqlite_connect(op, path, flags, &s->main) < 0)
		return -1;
	if (flags & ZF_DB_READONLY || sqlite3_db_readonly(s->main->db, "main"))
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
	struct zf_sqlite *s = NULL;

	if (make(ctx, op, path, &s) < 0)
		return -1;
	if (open_database(s, op, path, flags) < 0) {
		sqlite_close(&s->store);
		return -1;
	}
	*out = &s->store;
	return 0;
}
