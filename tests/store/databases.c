/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is special to stores in databases: groups of changes, locks, foreign keys, growing maps, the index of
 * dumbdbm, and the index of keys that they share. What Python makes of them is dbinterop's to ask.
 */
#include "fixture.h"

#include "store/apart.h"
#include "store/db.h"
#include "store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_LMDB
#include <lmdb.h>
#endif
#ifdef HAVE_GDBM
#include <gdbm.h>
#endif

typedef int open_fn(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

static const struct kind {
	const char *name;
	open_fn *open;
	unsigned flags;
	const char *watched; /* what is behind the path, for the file whose replacement is noticed */
} kinds[] = {
	{ "dumbdbm", zf_dumbdbm_open, 0, ".dir" },
#ifdef HAVE_SQLITE
	{ "sqlite", zf_sqlite_open, 0, "" },
#endif
#ifdef HAVE_LMDB
	{ "lmdb", zf_lmdb_open, 0, "" },
#endif
#ifdef HAVE_GDBM
	{ "gdbm", zf_gdbm_open, 0, "" },
#endif
#ifdef HAVE_BDB
	{ "bdb", zf_bdb_open, 0, "" },
	{ "bdb", zf_bdb_open, ZF_DB_HASH, "" },
	{ "ndbm", zf_ndbm_open, 0, ".db" },
#endif
};
#define KIND (&kinds[_i])

static void reopen(const struct kind *kind, const char *path, unsigned flags)
{
	zf_store_close(fx.store);
	fx.store = NULL;
	zf_op_init(&fx.op);
	unit_ok(kind->open(&fx.ctx, &fx.op, path, kind->flags | flags, &fx.store), &fx.op);
}

/* ---- groups -------------------------------------------------------------------------------------------- */

START_TEST(kept_after_flush)
{
	const char *path = in_folder("x");
	int result;

	reopen(KIND, path, ZF_DB_CREATE);
	found(put("a/v", "one"));
	found(put("a/w", "two"));
	found(put("b", ""));
	found(flush());
	found(del("a/w"));
	found(put("a/v", "three"));
	found(put("c/d/e", "new"));
	ck_assert_str_eq(list("", &result), "a/ b c/ ");
	ck_assert_str_eq(list("a", &result), "v ");
	found(flush());
	reopen(KIND, path, ZF_DB_READONLY);
	ck_assert_str_eq(list("", &result), "a/ b c/ ");
	ck_assert_str_eq(list("a", &result), "v ");
	found(get("a/v", NULL));
	got("three");
	missing(get("a/w", NULL));
	found(get("b", NULL));
	got("");
	ck_assert_int_eq(put("a/v", "x"), -1);
	ck_assert_int_eq(fx.op.err, EROFS);
	/* closing flushes */
	reopen(KIND, path, 0);
	found(put("a/v", "four"));
	reopen(KIND, path, ZF_DB_READONLY);
	found(get("a/v", NULL));
	got("four");
}
END_TEST

/* Everything of a prefix deleted, nothing flushed; and a key that is a prefix of others in between. */
START_TEST(listing_of_a_group)
{
	int result;

	reopen(KIND, in_folder("x"), ZF_DB_CREATE);
	found(put("a/b", "1"));
	found(put("a/b-c", "2"));
	found(put("a/b/c", "3"));
	found(put("a/b0", "4"));
	found(put("d/e", "5"));
	found(flush());
	ck_assert_str_eq(list("a", &result), "b-c b/ b0 ");
	found(del("d/e"));
	ck_assert_str_eq(list("", &result), "a/ ");
	ck_assert_str_eq(list("d", &result), "");
	ck_assert_int_eq(result, ZF_MISSING);
	found(put("a/b/d", "6"));
	found(del("a/b/c"));
	found(put("z/z", "7"));
	ck_assert_str_eq(list("a/b", &result), "d ");
	ck_assert_str_eq(list("a", &result), "b-c b/ b0 ");
	found(del("a/b/d"));
	ck_assert_str_eq(list("a", &result), "b b-c b0 ");
	ck_assert_str_eq(list("", &result), "a/ z/ ");
}
END_TEST

/* More than one group may hold. */
START_TEST(large_group)
{
	const size_t size = 9 << 20;
	char *data = malloc(size), key[16];

	memset(data, 'x', size);
	reopen(KIND, in_folder("x"), ZF_DB_CREATE);
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof key, "v%d", i);
		zf_op_init(&fx.op);
		data[0] = (char)('0' + i);
		found(zf_store_put(fx.store, &fx.op, key, data, size, ZF_PUT_ALWAYS, NULL));
	}
	found(flush());
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof key, "v%d", i);
		found(get(key, &(struct zf_range){ .len = 2 }));
		got(((char[]){ (char)('0' + i), 'x', 0 }));
		ck_assert_uint_eq(fx.value.size, size);
	}
	free(data);
}
END_TEST

/* ---- other programs ------------------------------------------------------------------------------------ */

/* Another program that writes one value and ends; its exit status. */
static int elsewhere(const struct kind *kind, const char *path, const char *text)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		struct zf_op op;
		struct zf_store *store;

		close_range(3, ~0U, 0);
		zf_op_init(&op);
		if (kind->open(&fx.ctx, &op, path, kind->flags, &store) < 0)
			_exit(op.err);
		if (zf_store_put(store, &op, "v", text, strlen(text), ZF_PUT_ALWAYS, NULL) < 0)
			_exit(op.err);
		zf_store_close(store);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What another program has written is seen, or it is told that it cannot write now. */
START_TEST(two_programs)
{
	const char *path = in_folder("x");
	bool locks = strcmp(KIND->name, "gdbm") == 0;
	int result;

	reopen(KIND, path, ZF_DB_CREATE);
	found(put("v", "one"));
	reopen(KIND, path, ZF_DB_READONLY);
	found(get("v", NULL));
	ck_assert_str_eq(list("", &result), "v ");
	ck_assert_int_eq(elsewhere(KIND, path, "other"), locks ? EBUSY : 0);
	found(get("v", NULL));
	got(locks ? "one" : "other");
}
END_TEST

START_TEST(locked)
{
	const char *path = in_folder("x");
	char text[256];

	reopen(KIND, path, ZF_DB_CREATE);
	found(put("v", "one"));
	found(flush());
	if (strcmp(KIND->name, "dumbdbm") == 0) {
		struct zf_store *second;

		zf_op_init(&fx.op);
		snprintf(text, sizeof text,
			"the dumbdbm store is locked by another program that writes it: process %d "
			"(databases) has it",
			getpid());
		unit_fails(KIND->open(&fx.ctx, &fx.op, path, 0, &second), &fx.op, EBUSY, text);
	}
	if (strcmp(KIND->name, "lmdb") == 0) {
		struct zf_store *second;

		zf_op_init(&fx.op);
		unit_fails(KIND->open(&fx.ctx, &fx.op, path, 0, &second), &fx.op, EBUSY,
			"this program has the LMDB file open already");
	}
	if (strcmp(KIND->name, "gdbm") == 0 || strcmp(KIND->name, "bdb") == 0 ||
		strcmp(KIND->name, "ndbm") == 0) {
		struct zf_store *second;

		zf_op_init(&fx.op);
		snprintf(text, sizeof text,
			"the %s file is locked by another program, so that it cannot be written: process %d "
			"(databases) has it",
			KIND->name, getpid());
		unit_fails(KIND->open(&fx.ctx, &fx.op, path, KIND->flags, &second), &fx.op, EBUSY, text);
		ck_assert_int_eq(elsewhere(KIND, path, "x"), EBUSY);
	}
}
END_TEST

/* What a process that was killed has left to another, which will end soon, is waited for. */
START_TEST(lock_of_the_dead)
{
	const char *path = in_folder("x");
	int ready[2], status;
	pid_t pid;
	char byte;

	reopen(KIND, path, ZF_DB_CREATE);
	found(put("v", "one"));
	zf_store_close(fx.store);
	fx.store = NULL;
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct zf_store *store;
		struct zf_op op;

		zf_op_init(&op);
		if (KIND->open(&fx.ctx, &op, path, KIND->flags, &store) < 0)
			_exit(1);
		if (fork() == 0) {
			/* it lives on for a moment, with the files that its parent had open */
			close(ready[0]);
			usleep(300000);
			_exit(0);
		}
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		raise(SIGKILL);
	}
	close(ready[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	if (strcmp(KIND->name, "dumbdbm") == 0)
		return; /* nothing is left to anybody there */
	reopen(KIND, path, 0);
	found(get("v", NULL));
	got("one");
}
END_TEST

/* ---- failures ------------------------------------------------------------------------------------------ */

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A disk that takes no more: nothing is half there, and all of it is tried again. */
START_TEST(failed_flush)
{
	const char *path = in_folder("x");
	const size_t size = 4 << 20;
	char *data = calloc(1, size);
	int result;

	signal(SIGXFSZ, SIG_IGN);
	reopen(KIND, path, ZF_DB_CREATE);
	found(put("v", "one"));
	found(put("w", "two"));
	found(flush());
	found(put("v", "new"));
	found(del("w"));
	zf_op_init(&fx.op);
	found(zf_store_put(fx.store, &fx.op, "large", data, size, ZF_PUT_ALWAYS, NULL));
	limit_files(size / 2);
	ck_assert_int_eq(flush(), -1);
	limit_files(RLIM_INFINITY);
	ck_assert_msg(fx.op.err == EFBIG, "%s", fx.op.text);
	found(get("v", NULL));
	got("new");
	ck_assert_str_eq(list("", &result), "large v ");
	found(flush());
	reopen(KIND, path, ZF_DB_READONLY);
	ck_assert_str_eq(list("", &result), "large v ");
	found(stat_key("large"));
	ck_assert_uint_eq(fx.value.size, size);
	free(data);
}
END_TEST

static int call_dies(void *arg, struct zf_op *op)
{
	(void)arg;
	(void)op;
	return raise(SIGKILL);
}

static int call_fails(void *arg, struct zf_op *op)
{
	return zf_fail(op, *(int *)arg, "it went wrong");
}

/* What is open: the one to be kept, the pipe of the answer, and nothing else. */
static int call_counts(void *arg, struct zf_op *op)
{
	int kept = *(int *)arg, count = 0;

	for (int fd = 3; fd < 100; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count == 2 && fcntl(kept, F_GETFD) >= 0 ? 0 : zf_fail(op, EIO, "%d files are open", count);
}

START_TEST(process_of_its_own)
{
	int err = ENOSPC, kept = open("/dev/null", O_RDONLY), other = open("/dev/null", O_RDONLY);

	zf_op_init(&fx.op);
	unit_fails(zf_apart(&fx.op, call_dies, NULL, NULL, 0), &fx.op, EIO,
		"the process that writes was killed");
	zf_op_init(&fx.op);
	unit_fails(zf_apart(&fx.op, call_fails, &err, NULL, 0), &fx.op, ENOSPC, "it went wrong");
	zf_op_init(&fx.op);
	unit_ok(zf_apart(&fx.op, call_counts, &kept, &kept, 1), &fx.op);
	unit_ok(zf_apart(&fx.op, call_counts, &other, &other, 1), &fx.op);
	close(kept);
	close(other);
}
END_TEST

START_TEST(removed)
{
	const char *path = in_folder("x");
	char file[256];

	reopen(KIND, path, ZF_DB_CREATE);
	found(put("v", "one"));
	found(flush());
	snprintf(file, sizeof file, "%s%s", path, KIND->watched);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(get("w", NULL), -1);
	ck_assert_int_eq(fx.op.err, EIO);
	ck_assert_ptr_nonnull(strstr(fx.op.text, ": the store has disappeared"));
	ck_assert_int_eq(flush(), -1);
}
END_TEST

/* ---- lmdb and gdbm: what others may have put there ----------------------------------------------------- */

#if defined HAVE_LMDB || defined HAVE_GDBM
static const char *const foreign[] = { "../x", "/x", "a//b", "a/../b", "ok/v", "a/", ".", "x", "ok/w/" };
#endif

#ifdef HAVE_LMDB
static void make_lmdb(const char *path, size_t map, unsigned flags)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	ck_assert_int_eq(mdb_env_create(&env), 0);
	ck_assert_int_eq(mdb_env_set_mapsize(env, map), 0);
	ck_assert_int_eq(mdb_env_open(env, path, MDB_NOSUBDIR, 0666), 0);
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
	ck_assert_int_eq(mdb_dbi_open(txn, NULL, flags, &dbi), 0);
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		MDB_val key = { strlen(foreign[i]), (void *)(uintptr_t)foreign[i] },
			value = { 1, (void *)(uintptr_t) "v" };

		ck_assert_int_eq(mdb_put(txn, dbi, &key, &value, 0), 0);
	}
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

START_TEST(lmdb_foreign)
{
	const char *path = in_folder("x");
	int result;

	make_lmdb(path, 1 << 20, 0);
	unit_ok(zf_lmdb_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op);
	ck_assert_str_eq(list("", &result), "ok/ x ");
	ck_assert_str_eq(list("ok", &result), "v ");
	/* the map of 1 MiB grows */
	for (int i = 0; i < 20; i++) {
		char key[16], *data = calloc(1, 1 << 20);

		snprintf(key, sizeof key, "big%d", i);
		zf_op_init(&fx.op);
		found(zf_store_put(fx.store, &fx.op, key, data, 1 << 20, ZF_PUT_ALWAYS, NULL));
		found(flush());
		free(data);
	}
	found(get("big19", NULL));
	ck_assert_uint_eq(fx.out.len, 1 << 20);
}
END_TEST

START_TEST(lmdb_refused)
{
	const char *path = in_folder("x");

	make_lmdb(path, 1 << 20, MDB_REVERSEKEY);
	unit_fails(zf_lmdb_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op, EINVAL,
		"the second meta page: an LMDB file whose keys are not plain: no Zarr store");
	zf_op_init(&fx.op);
	ck_assert_int_eq(truncate(path, 5000), 0);
	unit_fails(zf_lmdb_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op, EIO,
		"LMDB: the file is cut off, or damaged");
	zf_op_init(&fx.op);
	ck_assert_int_eq(truncate(path, 100), 0);
	unit_fails(zf_lmdb_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op, EINVAL, "not an LMDB file");
}
END_TEST

START_TEST(lmdb_cut_off)
{
	const char *path = in_folder("x");

	make_lmdb(path, 1 << 20, 0);
	ck_assert_int_eq(truncate(path, 8192), 0);
	unit_ok(zf_lmdb_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "lmdb:%s", path);
	fails(get("x", NULL), EIO, "x", "LMDB: page 2 is beyond the end of the file");
	/* nor can it be written to */
	found(put("x", "new"));
	ck_assert_int_eq(flush(), -1);
	ck_assert_int_eq(fx.op.err, EIO);
}
END_TEST
#endif

#ifdef HAVE_GDBM
START_TEST(gdbm_foreign)
{
	const char *path = in_folder("x");
	GDBM_FILE db = gdbm_open(path, 0, GDBM_NEWDB, 0666, NULL);
	int result;

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		datum key = { (char *)(uintptr_t)foreign[i], (int)strlen(foreign[i]) },
		      value = { (char *)(uintptr_t) "v", 1 };

		ck_assert_int_eq(gdbm_store(db, key, value, GDBM_REPLACE), 0);
	}
	gdbm_close(db);
	unit_ok(zf_gdbm_open(&fx.ctx, &fx.op, path, 0, &fx.store), &fx.op);
	ck_assert_str_eq(list("", &result), "ok/ x ");
	ck_assert_str_eq(list("ok", &result), "v ");
}
END_TEST
#endif

/* ---- dumbdbm ------------------------------------------------------------------------------------------- */

/* Lines by hand, from Python's rules of repr(). */
START_TEST(dumbdbm_lines)
{
	static const char lines[] = "'a', (0, 1)\n"
				    "\"it's\", (1, 2)\n"
				    "'both\\'\"', (0, 3)\n"
				    "'\\xe4\\\\\\n\\t', (2, 1)\n"
				    "'\xfc', (3, 0)\r\n"
				    "'nul\\x00', (0, 1)\n"
				    "'../x', (0, 1)\n"
				    "'far', (2, 3)\n"
				    "'a', (4, 1)   \n";
	int result;

	write_file(in_folder("x.dat"), "01234", 5);
	write_file(in_folder("x.dir"), lines, sizeof lines - 1);
	unit_ok(zf_dumbdbm_open(&fx.ctx, &fx.op, in_folder("x.dat"), ZF_DB_READONLY, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "dumbdbm:%s", in_folder("x.dat"));
	ck_assert_str_eq(list("", &result), "a both'\" far it's \xe4\\\n\t \xfc ");
	found(get("a", NULL));
	got("4");
	found(get("it's", NULL));
	got("12");
	found(get("both'\"", NULL));
	got("012");
	found(get("far", NULL));
	got("234");
	write_file(in_folder("x.dir"), "'far', (2, 4)\n", 14);
	fails(get("far", NULL), EIO, "far", "the index '.dir' names bytes 2 to 6 of '.dat', which has 5");
}
END_TEST

START_TEST(dumbdbm_bad_lines)
{
	static const char *const lines[] = { "a, (0, 1)\n", "'a', (0, 1\n", "'a', (-1, 1)\n",
		"'a', (0, 1L)\n", "'a', (0, 99999999999999999999)\n", "'a', (9223372036854775807, 1)\n",
		"'a' (0, 1)\n", "'a\n", "'\\q', (0, 1)\n", "'\\x4', (0, 1)\n", "'a', (0, 1) + 1\n", "\n",
		"__import__('os')\n", "'" };

	write_file(in_folder("x.dat"), "01234", 5);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char text[200];

		snprintf(text, sizeof text, "'ok', (0, 1)\n%s", lines[i]);
		write_file(in_folder("x.dir"), text, strlen(text));
		zf_op_init(&fx.op);
		unit_fails(zf_dumbdbm_open(&fx.ctx, &fx.op, in_folder("x"), 0, &fx.store), &fx.op, EIO,
			"line 2 of the index '.dir' is not one that dbm.dumb writes");
	}
}
END_TEST

/* Rewriting values again and again needs room for two of each, not for all. */
START_TEST(dumbdbm_room)
{
	struct stat st;
	char text[2000];

	unit_ok(zf_dumbdbm_open(&fx.ctx, &fx.op, in_folder("x"), ZF_DB_CREATE, &fx.store), &fx.op);
	for (int i = 0; i < 50; i++) {
		memset(text, 'a' + i % 26, sizeof text);
		text[1500 + i % 7] = '\0';
		found(put("a", text));
		found(put("b", text + 500));
		found(flush());
		found(get("a", NULL));
		got(text);
	}
	ck_assert_int_eq(stat(in_folder("x.dat"), &st), 0);
	ck_assert_int_le(st.st_size, 2 * (1536 + 512 + 1024 + 512));
}
END_TEST

/* ---- the index of keys --------------------------------------------------------------------------------- */

enum { MANY = 3000 };

/* Random changes, compared with a table. */
START_TEST(index_of_keys)
{
	static bool there[MANY];
	uint64_t seed = unit_seed(), number;
	struct zf_keys *keys;
	size_t count = 0;
	char key[64];

	unit_ok(zf_keys_new(&fx.op, &keys), &fx.op);
	for (int i = 0; i < 100000; i++) {
		unsigned k = (unsigned)unit_below(&seed, MANY);

		snprintf(key, sizeof key, "g%u/a name that is quite long %u/%u", k % 3, k % 11, k);
		if (unit_below(&seed, 2)) {
			unit_ok(zf_keys_put(keys, &fx.op, key, k), &fx.op);
			count += !there[k];
			there[k] = true;
		} else {
			ck_assert_int_eq(zf_keys_del(keys, key), there[k]);
			count -= there[k];
			there[k] = false;
		}
		ck_assert_uint_eq(zf_keys_count(keys), count);
	}
	for (unsigned k = 0; k < MANY; k++) {
		snprintf(key, sizeof key, "g%u/a name that is quite long %u/%u", k % 3, k % 11, k);
		ck_assert_int_eq(zf_keys_get(keys, key, &number), there[k]);
		ck_assert(!there[k] || number == k);
		zf_keys_del(keys, key);
	}
	ck_assert(!zf_keys_has_prefix(keys, ""));
	zf_keys_free(keys);
}
END_TEST

int main(void)
{
	const TTest *each[] = { kept_after_flush, listing_of_a_group, large_group, two_programs, locked,
		lock_of_the_dead, failed_flush, removed };
	const TTest *single[] = {
#ifdef HAVE_LMDB
		lmdb_foreign, lmdb_refused, lmdb_cut_off,
#endif
#ifdef HAVE_GDBM
		gdbm_foreign,
#endif
		dumbdbm_lines, dumbdbm_bad_lines, dumbdbm_room, index_of_keys, process_of_its_own
	};
	Suite *suite = suite_create("databases");
	TCase *tcase = tcase_create("databases");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof each / sizeof *each; i++)
		tcase_add_loop_test(tcase, each[i], 0, (int)(sizeof kinds / sizeof *kinds));
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		tcase_add_test(tcase, single[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
