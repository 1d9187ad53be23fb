/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of stores share.
 */
#include "fixture.h"

#include "store/db.h"
#include "store/dir.h"
#include "store/fault.h"
#include "store/kept.h"
#include "store/mem.h"
#include "store/temp.h"
#include "store/trace.h"
#include "store/zip.h"

#include <fcntl.h>
#ifdef HAVE_SQLITE
#include <sqlite3.h>
#endif
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture fx;

/* ---- backends: each later one adds a line ------------------------------------------------------------ */

static void open_flags(const char *folder, unsigned flags, struct zf_store **out)
{
	ck_assert_int_eq(mkdir(folder, 0777), 0);
	unit_ok(zf_dir_open(&fx.ctx, &fx.op, folder, flags, out), &fx.op);
}

static void open_dir(const char *folder, struct zf_store **out)
{
	open_flags(folder, 0, out);
}

static void open_nested(const char *folder, struct zf_store **out)
{
	open_flags(folder, ZF_DIR_NESTED, out);
}

static void open_dir_walk(const char *folder, struct zf_store **out)
{
	open_flags(folder, ZF_DIR_WALK, out);
}

/* As a backend that cannot be used by two threads at once. */
static void open_dir_serial(const char *folder, struct zf_store **out)
{
	open_flags(folder, 0, out);
	(*out)->caps &= ~(unsigned)ZF_STORE_ANY_THREAD;
}

static void open_trace(const char *folder, struct zf_store **out)
{
	struct zf_store *below;

	open_dir(folder, &below);
	unit_ok(zf_trace_open(&fx.op, below, out), &fx.op);
}

static void open_fault(const char *folder, struct zf_store **out)
{
	struct zf_store *below;

	open_dir_serial(folder, &below);
	unit_ok(zf_fault_open(&fx.op, below, "", out), &fx.op);
}

static void open_kept(const char *folder, struct zf_store **out)
{
	struct zf_store *below;

	open_dir(folder, &below);
	unit_ok(zf_kept_open(&fx.op, below, 1 << 20, out), &fx.op);
}

static void open_zip(const char *folder, struct zf_store **out)
{
	unit_ok(zf_zip_open(&fx.ctx, &fx.op, folder, ZF_ZIP_CREATE, out), &fx.op);
}

static void open_mem(const char *folder, struct zf_store **out)
{
	unit_ok(zf_mem_open(&fx.ctx, &fx.op, folder, out), &fx.op);
}

/* Makes its folder itself: below the scratch folder, and linked to where the others have theirs. */
static void open_temp(const char *folder, struct zf_store **out)
{
	ck_assert_int_eq(setenv("TMPDIR", fx.folder, 1), 0);
	unit_ok(zf_temp_open(&fx.ctx, &fx.op, out), &fx.op);
	/* messages have the name that the tests expect */
	free((*out)->name);
	ck_assert_int_gt(asprintf(&(*out)->name, "temp:%s", folder), 0);
}

#ifdef HAVE_SQLITE
static void open_sqlite(const char *folder, struct zf_store **out)
{
	unit_ok(zf_sqlite_open(&fx.ctx, &fx.op, folder, ZF_DB_CREATE, out), &fx.op);
}

/* As Python's dbm.sqlite3 makes it. */
static void open_sqlite_dict(const char *folder, struct zf_store **out)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(folder, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)",
				 NULL, NULL, NULL),
		SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	unit_ok(zf_sqlite_open(&fx.ctx, &fx.op, folder, 0, out), &fx.op);
}

/* With a write-ahead log. */
static void open_sqlite_wal(const char *folder, struct zf_store **out)
{
	sqlite3 *db;

	open_sqlite(folder, out);
	zf_store_close(*out);
	ck_assert_int_eq(sqlite3_open(folder, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
	unit_ok(zf_sqlite_open(&fx.ctx, &fx.op, folder, 0, out), &fx.op);
}
#endif

/* A database, made by its own opening. */
#define OPEN_DATABASE(NAME, CALL, FLAGS)                                                                     \
	static void NAME(const char *folder, struct zf_store **out)                                          \
	{                                                                                                    \
		unit_ok(CALL(&fx.ctx, &fx.op, folder, ZF_DB_CREATE | (FLAGS), out), &fx.op);                 \
	}
#ifdef HAVE_LMDB
OPEN_DATABASE(open_lmdb, zf_lmdb_open, 0)
#endif
#ifdef HAVE_GDBM
OPEN_DATABASE(open_gdbm, zf_gdbm_open, 0)
#endif
#ifdef HAVE_BDB
OPEN_DATABASE(open_btree, zf_bdb_open, 0)
OPEN_DATABASE(open_hash, zf_bdb_open, ZF_DB_HASH)
OPEN_DATABASE(open_ndbm, zf_ndbm_open, 0)
#endif
OPEN_DATABASE(open_dumbdbm, zf_dumbdbm_open, 0)

const struct backend backends[] = {
	{ "dir", "dir", open_dir, 0 },
	{ "dir without openat2", "dir", open_dir_walk, 0 },
	{ "dir one thread at a time", "dir", open_dir_serial, 0 },
	{ "nested", "nested", open_nested, 0 },
	{ "trace over dir", "dir", open_trace, 0 },
	{ "fault over dir", "dir", open_fault, 0 },
	{ "kept over dir", "dir", open_kept, 0 },
#ifdef HAVE_LMDB
	{ "lmdb", "lmdb", open_lmdb, KEY_AND_PREFIX | SHORT_KEYS },
#endif
#ifdef HAVE_GDBM
	{ "gdbm", "gdbm", open_gdbm, KEY_AND_PREFIX },
#endif
#ifdef HAVE_BDB
	{ "bdb btree", "bdb", open_btree, KEY_AND_PREFIX },
	{ "bdb hash", "bdb", open_hash, KEY_AND_PREFIX },
	{ "ndbm", "ndbm", open_ndbm, KEY_AND_PREFIX },
#endif
	{ "dumbdbm", "dumbdbm", open_dumbdbm, KEY_AND_PREFIX },
	{ "temp", "temp", open_temp, 0 },
	{ "mem", "mem", open_mem, KEY_AND_PREFIX },
	{ "zip", "zip", open_zip, KEY_AND_PREFIX },
#ifdef HAVE_SQLITE
	{ "sqlite", "sqlite", open_sqlite, KEY_AND_PREFIX },
	{ "sqlite of dbm", "sqlite", open_sqlite_dict, KEY_AND_PREFIX },
	{ "sqlite with WAL", "sqlite", open_sqlite_wal, KEY_AND_PREFIX },
#endif
};
const size_t backend_count = sizeof backends / sizeof *backends;

/* ---- fixture ----------------------------------------------------------------------------------------- */

void setup(void)
{
	const char *tmp = getenv("TMPDIR");

	memset(&fx, 0, sizeof fx);
	zf_op_init(&fx.op);
	fx.out = ZF_OUT_GROWING((size_t)64 << 20);
	snprintf(fx.folder, sizeof fx.folder, "%.40s/zarrfs-test-XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_msg(mkdtemp(fx.folder) != NULL, "no scratch folder %s", fx.folder);
	snprintf(fx.store_folder, sizeof fx.store_folder, "%s/store", fx.folder);
}

/* By rm, as the paths may be too long for nftw(3). */
void teardown(void)
{
	pid_t pid;
	int status = -1;

	zf_store_close(fx.store);
	zf_out_free(&fx.out);
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", fx.folder, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

void open_backend(const struct backend *backend)
{
	backend->open(fx.store_folder, &fx.store);
	snprintf(fx.name, sizeof fx.name, "%s:%s", backend->prefix, fx.store_folder);
}

const char *in_folder(const char *name)
{
	static char paths[8][4096];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", fx.folder, name);
	return path;
}

void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	ck_assert_msg(fd >= 0, "%s", path);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

int get(const char *key, const struct zf_range *range)
{
	zf_op_init(&fx.op);
	fx.out.len = 0;
	return zf_store_get(fx.store, &fx.op, key, range, &fx.out, &fx.value);
}

int stat_key(const char *key)
{
	zf_op_init(&fx.op);
	return zf_store_stat(fx.store, &fx.op, key, &fx.value);
}

int put_if(const char *key, const char *text, enum zf_put_if cond, const struct zf_tag *tag)
{
	zf_op_init(&fx.op);
	return zf_store_put(fx.store, &fx.op, key, text, strlen(text), cond, tag);
}

int put(const char *key, const char *text)
{
	return put_if(key, text, ZF_PUT_ALWAYS, NULL);
}

int del(const char *key)
{
	zf_op_init(&fx.op);
	return zf_store_del(fx.store, &fx.op, key);
}

int settle(void)
{
	zf_op_init(&fx.op);
	return zf_store_settle(fx.store, &fx.op);
}

int flush(void)
{
	zf_op_init(&fx.op);
	return zf_store_flush(fx.store, &fx.op);
}

struct names {
	char *name[4096];
	size_t count;
};

static int add_name(void *arg, const char *name, bool is_prefix)
{
	struct names *names = arg;

	ck_assert_uint_lt(names->count, 4096);
	ck_assert_int_gt(asprintf(&names->name[names->count++], "%s%s ", name, is_prefix ? "/" : ""), 0);
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *list(const char *prefix, int *result)
{
	static char text[1 << 16];
	static struct names names;
	size_t n = 0;

	names.count = 0;
	zf_op_init(&fx.op);
	*result = zf_store_list(fx.store, &fx.op, prefix, add_name, &names);
	qsort(names.name, names.count, sizeof *names.name, by_bytes);
	text[0] = '\0';
	for (size_t i = 0; i < names.count; i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, "%s", names.name[i]);
		ck_assert_uint_lt(n, sizeof text);
		free(names.name[i]);
	}
	return text;
}

const char *message(const char *key, const char *reason)
{
	static char text[8192];

	snprintf(text, sizeof text, "key '%s' in %s: %s", key, fx.name, reason);
	return text;
}
