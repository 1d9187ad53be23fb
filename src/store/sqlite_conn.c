/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections to SQLite databases that may be hostile, locked, or on a medium that cannot be written.
 *
 * The schema of a foreign database is a program. It gets no functions with side effects, no triggers, no
 * views, and the table has to be an ordinary one.
 */
#include "store/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	BUSY_STEP_MS = 10,
	BUSY_STEPS = 1000,    /* wait for a lock 10 seconds */
	OPS_A_CHECK = 20000,  /* steps of SQLite's machine between looks at whether to go on */
	MAX_COLUMNS = 1 << 10 /* of a table we look at */
};

static const struct zf_sqlite_table tables[] = {
	{ "zarr", "k", "v", false },
	{ "Dict", "key", "value", true },
};

/* ---- errors and waiting -------------------------------------------------------------------------------- */

/* What the system said, where that is more than that it went wrong. */
static int errno_of(const struct zf_sqlite_conn *conn)
{
	int err = sqlite3_system_errno(conn->db);

	return err == EDQUOT || err == EFBIG || err == ENOSPC || err == EROFS ? err : EIO;
}

int zf_sqlite_fail(struct zf_sqlite_conn *conn)
{
	conn->code = sqlite3_extended_errcode(conn->db);
	switch (conn->code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return zf_fail(conn->op, EBUSY, "the database is locked by another program");
	case SQLITE_NOMEM:
		return zf_fail(conn->op, ENOMEM, "out of memory for SQLite");
	case SQLITE_FULL:
		return zf_fail(conn->op, ENOSPC, "SQLite: %s", sqlite3_errmsg(conn->db));
	case SQLITE_READONLY:
		return zf_fail(conn->op, EROFS, "SQLite: %s", sqlite3_errmsg(conn->db));
	case SQLITE_TOOBIG:
		return zf_fail(conn->op, EFBIG, "SQLite: %s", sqlite3_errmsg(conn->db));
	case SQLITE_PERM:
		return zf_fail(conn->op, EACCES, "SQLite: %s", sqlite3_errmsg(conn->db));
	case SQLITE_IOERR:
		return zf_fail(conn->op, errno_of(conn), "SQLite: %s", sqlite3_errmsg(conn->db));
	default:
		return zf_fail(conn->op, EIO, "SQLite: %s", sqlite3_errmsg(conn->db));
	}
}

static int on_busy(void *arg, int tries)
{
	struct zf_sqlite_conn *conn = arg;
	struct timespec step = { .tv_nsec = BUSY_STEP_MS * 1000000 };

	if (tries >= BUSY_STEPS || zf_op_check(conn->op) < 0)
		return 0;
	nanosleep(&step, NULL);
	return 1;
}

static int on_progress(void *arg)
{
	struct zf_sqlite_conn *conn = arg;

	return zf_op_check(conn->op) < 0;
}

/* ---- statements ---------------------------------------------------------------------------------------- */

static const char *const texts[ZF_SQLS] = {
	[ZF_SQL_FIND] = "SELECT rowid FROM @T WHERE @K = ?1 COLLATE BINARY LIMIT 1",
	[ZF_SQL_LIST] = ("SELECT @K FROM @T WHERE @K >= ?1 COLLATE BINARY AND @K < ?2 COLLATE BINARY"
			 " ORDER BY @K COLLATE BINARY"),
	[ZF_SQL_UPDATE] = "UPDATE @T SET @V = ?2 WHERE @K = ?1 COLLATE BINARY",
	[ZF_SQL_INSERT] = "INSERT INTO @T (@K, @V) VALUES (?1, ?2)",
	[ZF_SQL_DELETE] = "DELETE FROM @T WHERE @K = ?1 COLLATE BINARY",
	[ZF_SQL_VERSION] = "PRAGMA data_version",
};

/* Puts the names of the table into a text: @T, @K and @V; they are ours, and harmless. */
static void fill_in(const struct zf_sqlite_table *table, const char *text, char *out, size_t room)
{
	size_t n = 0;

	for (; *text && n + 16 < room; text++) {
		const char *name = NULL;

		if (*text == '@')
			name = *++text == 'T' ? table->name : *text == 'K' ? table->key : table->value;
		if (name)
			n += (size_t)snprintf(out + n, room - n, "%s", name);
		else
			out[n++] = *text;
	}
	out[n] = '\0';
}

sqlite3_stmt *zf_sqlite_sql(struct zf_sqlite_conn *conn, enum zf_sqlite_sql which)
{
	char text[512];

	if (conn->sql[which])
		return conn->sql[which];
	fill_in(conn->table, texts[which], text, sizeof text);
	if (sqlite3_prepare_v3(conn->db, text, -1, SQLITE_PREPARE_PERSISTENT, &conn->sql[which], NULL) !=
		SQLITE_OK) {
		zf_sqlite_fail(conn);
		return NULL;
	}
	return conn->sql[which];
}

int zf_sqlite_run(struct zf_sqlite_conn *conn, const char *sql)
{
	return sqlite3_exec(conn->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : zf_sqlite_fail(conn);
}

int zf_sqlite_bind_key(struct zf_sqlite_conn *conn, sqlite3_stmt *sql, int place, const char *key, size_t len)
{
	int rc;

	if (conn->table->blob_keys)
		rc = sqlite3_bind_blob64(sql, place, key, len, SQLITE_TRANSIENT);
	else
		rc = sqlite3_bind_text64(sql, place, key, len, SQLITE_TRANSIENT, SQLITE_UTF8);
	return rc == SQLITE_OK ? 0 : zf_sqlite_fail(conn);
}

/* ---- the table ----------------------------------------------------------------------------------------- */

/* Steps to the one row of a query; ZF_FOUND, ZF_MISSING or -1. */
static int first_row(struct zf_sqlite_conn *conn, const char *text, const char *name, sqlite3_stmt **out)
{
	int rc = sqlite3_prepare_v2(conn->db, text, -1, out, NULL);

	if (rc == SQLITE_OK && name)
		rc = sqlite3_bind_text(*out, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(*out);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc == SQLITE_ROW ? ZF_FOUND : ZF_MISSING;
	return zf_sqlite_fail(conn);
}

/* Whether the database has an ordinary table of this name. */
static int has_table(struct zf_sqlite_conn *conn, const struct zf_sqlite_table *table)
{
	sqlite3_stmt *sql = NULL;
	const char *type;
	int result;

	result = first_row(
		conn, "SELECT type, rootpage FROM main.sqlite_schema WHERE name = ?1", table->name, &sql);
	if (result == ZF_FOUND) {
		type = (const char *)sqlite3_column_text(sql, 0);
		if (!type || strcmp(type, "table") != 0 || sqlite3_column_int64(sql, 1) <= 0)
			result = zf_fail(conn->op, EINVAL, "not a Zarr store: '%s' is not an ordinary table",
				table->name);
	}
	sqlite3_finalize(sql);
	return result;
}

/* Whether it has our columns, and none that hides the row's number. */
static int check_columns(struct zf_sqlite_conn *conn, const struct zf_sqlite_table *table)
{
	sqlite3_stmt *sql = NULL;
	unsigned seen = 0;
	int result = first_row(conn, "SELECT name, hidden FROM pragma_table_xinfo(?1)", table->name, &sql);

	for (int i = 0; result == ZF_FOUND && i < MAX_COLUMNS; i++) {
		const char *name = (const char *)sqlite3_column_text(sql, 0);
		int rc;

		if (name && strcmp(name, table->key) == 0 && sqlite3_column_int(sql, 1) == 0)
			seen |= 1;
		if (name && strcmp(name, table->value) == 0 && sqlite3_column_int(sql, 1) == 0)
			seen |= 2;
		if (!name || strcasecmp(name, "rowid") == 0)
			seen |= 4;
		rc = sqlite3_step(sql);
		if (rc != SQLITE_ROW)
			result = rc == SQLITE_DONE ? ZF_MISSING : zf_sqlite_fail(conn);
	}
	sqlite3_finalize(sql);
	if (result < 0 || seen == 3)
		return result < 0 ? -1 : 0;
	return zf_fail(conn->op, EINVAL, "not a Zarr store: table '%s' is not made of '%s' and '%s'",
		table->name, table->key, table->value);
}

static int check_encoding(struct zf_sqlite_conn *conn)
{
	sqlite3_stmt *sql = NULL;
	const char *encoding;
	int result = first_row(conn, "PRAGMA encoding", NULL, &sql);

	if (result == ZF_FOUND) {
		encoding = (const char *)sqlite3_column_text(sql, 0);
		if (!encoding || strcmp(encoding, "UTF-8") != 0)
			result = zf_fail(conn->op, EOPNOTSUPP, "a database in UTF-16 is not supported");
	}
	sqlite3_finalize(sql);
	return result < 0 ? -1 : 0;
}

static int find_table(struct zf_sqlite_conn *conn)
{
	int result = ZF_MISSING;

	for (size_t i = 0; i < sizeof tables / sizeof *tables && result == ZF_MISSING; i++) {
		result = has_table(conn, &tables[i]);
		conn->table = &tables[i];
	}
	if (result == ZF_MISSING)
		return zf_fail(conn->op, EINVAL,
			"not a Zarr store: the database has neither table 'zarr' nor 'Dict'");
	if (result < 0 || check_columns(conn, conn->table) < 0 || check_encoding(conn) < 0)
		return -1;
	/* a table made WITHOUT ROWID has no numbers of rows */
	return zf_sqlite_sql(conn, ZF_SQL_FIND) ? 0 : -1;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static int set_up(struct zf_sqlite_conn *conn, bool readonly)
{
	sqlite3 *db = conn->db;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_handler(db, on_busy, conn);
	sqlite3_progress_handler(db, OPS_A_CHECK, on_progress, conn);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	/* EXTRA: a power cut after a commit does not bring the journal back, which would undo it */
	return zf_sqlite_run(
		conn, readonly ? "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0; PRAGMA query_only = 1"
			       : "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0;"
				 "PRAGMA synchronous = EXTRA");
}

/* "file:PATH?immutable=1"; new, free(). */
static char *immutable_uri(const char *path)
{
	char *uri = malloc(3 * strlen(path) + 32), *to = uri;

	if (!uri)
		return NULL;
	to += sprintf(to, "file:");
	for (; *path; path++)
		if (strchr("%?#", *path))
			to += sprintf(to, "%%%02x", (unsigned char)*path);
		else
			*to++ = *path;
	strcpy(to, "?immutable=1");
	return uri;
}

static int open_db(struct zf_sqlite_conn *conn, const char *name, int flags)
{
	int rc;

	for (size_t i = 0; i < ZF_SQLS; i++) {
		sqlite3_finalize(conn->sql[i]);
		conn->sql[i] = NULL;
	}
	sqlite3_close_v2(conn->db);
	conn->db = NULL;
	rc = sqlite3_open_v2(name, &conn->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK)
		return conn->db ? zf_sqlite_fail(conn) : zf_nomem(conn->op, 1);
	return set_up(conn, flags & SQLITE_OPEN_READONLY);
}

/* In WAL mode SQLite wants to write beside the database even to read it. Where the directory does not let it
 * and there is no log, nobody else can be writing either. */
static bool has_no_log(const char *path)
{
	struct stat st;
	char *log;
	bool none;

	if (asprintf(&log, "%s-wal", path) < 0)
		return false;
	none = stat(log, &st) < 0 ? errno == ENOENT : st.st_size == 0;
	free(log);
	return none;
}

static void forget_error(struct zf_op *op)
{
	op->err = 0;
	op->text[0] = '\0';
}

/* A writer was killed, and its journal undoes what it did: the next one to read does that, if it may write.
 */
static int recover(struct zf_sqlite_conn *conn, const char *path)
{
	forget_error(conn->op);
	if (open_db(conn, path, SQLITE_OPEN_READWRITE) < 0 ||
		zf_sqlite_run(conn, "SELECT 1 FROM main.sqlite_schema LIMIT 1") < 0)
		return zf_where(conn->op, "a killed writer's changes cannot be undone");
	if (open_db(conn, path, SQLITE_OPEN_READONLY) < 0)
		return -1;
	return find_table(conn);
}

static int connect_immutable(struct zf_sqlite_conn *conn, const char *path)
{
	char *uri = immutable_uri(path);
	int result;

	if (!uri)
		return zf_nomem(conn->op, strlen(path));
	forget_error(conn->op);
	result = open_db(conn, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	free(uri);
	return result < 0 ? -1 : find_table(conn);
}

static int connect_to(struct zf_sqlite_conn *conn, const char *path, unsigned flags)
{
	int mode = flags & ZF_DB_READONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	if (flags & ZF_DB_CREATE)
		mode |= SQLITE_OPEN_CREATE;
	if (open_db(conn, path, mode) < 0)
		return -1;
	if (flags & ZF_DB_CREATE &&
		zf_sqlite_run(conn, "CREATE TABLE IF NOT EXISTS zarr(k TEXT PRIMARY KEY, v BLOB)") < 0)
		return -1;
	if (find_table(conn) == 0)
		return 0;
	if (!(flags & ZF_DB_READONLY))
		return -1;
	if (conn->code == SQLITE_READONLY_ROLLBACK || conn->code == SQLITE_READONLY_RECOVERY)
		return recover(conn, path);
	if ((conn->code & 0xff) == SQLITE_CANTOPEN && has_no_log(path))
		return connect_immutable(conn, path);
	return -1;
}

int zf_sqlite_connect(struct zf_op *op, const char *path, unsigned flags, struct zf_sqlite_conn **out)
{
	struct zf_sqlite_conn *conn = calloc(1, sizeof *conn);

	if (!conn)
		return zf_nomem(op, sizeof *conn);
	conn->op = op;
	if (connect_to(conn, path, flags) < 0) {
		zf_sqlite_disconnect(conn);
		return -1;
	}
	*out = conn;
	return 0;
}

void zf_sqlite_disconnect(struct zf_sqlite_conn *conn)
{
	struct zf_op op;

	if (!conn)
		return;
	/* closing may write: it must not be told to stop by an operation that is no more */
	zf_op_init(&op);
	conn->op = &op;
	for (size_t i = 0; i < ZF_SQLS; i++)
		sqlite3_finalize(conn->sql[i]);
	sqlite3_close_v2(conn->db);
	free(conn);
}
