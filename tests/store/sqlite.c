/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is special to SQLite databases: foreign schemas, damage, other programs. They are made with SQLite
 * itself.
 */
#include "fixture.h"

#ifndef HAVE_SQLITE
int main(void)
{
	printf("1..0 # SKIP built without SQLite\n");
	return 0;
}
#else

#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs SQL on the database of the test, as another program would. */
static void run(const char *sql)
{
	char *reason = NULL;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(fx.store_folder, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &reason) == SQLITE_OK, "%s: %s", sql, reason);
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static int open_store(unsigned flags)
{
	zf_store_close(fx.store);
	fx.store = NULL;
	snprintf(fx.name, sizeof fx.name, "sqlite:%s", fx.store_folder);
	zf_op_init(&fx.op);
	return zf_sqlite_open(&fx.ctx, &fx.op, fx.store_folder, flags, &fx.store);
}

static void refuses(const char *sql, int err, const char *reason)
{
	unlink(fx.store_folder);
	run(sql);
	unit_fails(open_store(0), &fx.op, err, reason);
}

static const char *at_store(const char *reason)
{
	static char text[512];

	snprintf(text, sizeof text, "%s: %s", fx.name, reason);
	return text;
}

START_TEST(foreign_schemas)
{
	refuses("CREATE TABLE other(k, v)", EINVAL,
		"not a Zarr store: the database has neither table 'zarr' nor 'Dict'");
	refuses("CREATE VIEW zarr AS SELECT 1 AS k, randomblob(1000000000) AS v", EINVAL,
		"not a Zarr store: 'zarr' is not an ordinary table");
	refuses("CREATE VIRTUAL TABLE zarr USING fts5(k, v)", EINVAL,
		"not a Zarr store: 'zarr' is not an ordinary table");
	refuses("CREATE TABLE zarr(k TEXT PRIMARY KEY, x BLOB)", EINVAL,
		"not a Zarr store: table 'zarr' is not made of 'k' and 'v'");
	refuses("CREATE TABLE zarr(k TEXT PRIMARY KEY, v AS (upper(k)))", EINVAL,
		"not a Zarr store: table 'zarr' is not made of 'k' and 'v'");
	refuses("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB, rowid TEXT)", EINVAL,
		"not a Zarr store: table 'zarr' is not made of 'k' and 'v'");
	refuses("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID", EIO,
		"SQLite: no such column: rowid");
	refuses("PRAGMA encoding = 'UTF-16le'; CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB)", EOPNOTSUPP,
		"a database in UTF-16 is not supported");
}
END_TEST

START_TEST(triggers_do_not_run)
{
	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB);"
	    "CREATE TABLE log(x);"
	    "CREATE TRIGGER t AFTER INSERT ON zarr BEGIN INSERT INTO log VALUES (1); END;"
	    "CREATE TRIGGER u AFTER INSERT ON zarr BEGIN DELETE FROM zarr; END");
	unit_ok(open_store(0), &fx.op);
	found(put("v", "x"));
	unit_ok(flush(), &fx.op);
	found(get("v", NULL));
	got("x");
}
END_TEST

START_TEST(odd_rows)
{
	int result;

	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB);"
	    "INSERT INTO zarr VALUES ('a/b', x'31'), ('a//c', x'31'), ('../d', x'31'), ('/e', x'31'), ('', "
	    "x'31'),"
	    "(NULL, x'31'), (x'6161', x'31'), (CAST(x'66006731' AS TEXT), x'31'), ('null', NULL), ('number', "
	    "5),"
	    "('text', 'abc'), ('a', x'32'), ('a.b', x'33'), ('a0', x'34')");
	unit_ok(open_store(0), &fx.op);
	ck_assert_str_eq(list("", &result), "a.b a/ a0 null number text ");
	ck_assert_str_eq(list("a", &result), "b ");
	found(get("a", NULL));
	got("2");
	found(get("text", NULL));
	got("abc");
	fails(get("null", NULL), EIO, "null", "SQLite: cannot open value of type null");
	/* of type BLOB the column keeps a number a number */
	fails(get("number", NULL), EIO, "number", "SQLite: cannot open value of type integer");
	missing(get("f", NULL));
	found(put("null", "now there"));
	found(get("null", NULL));
	got("now there");
}
END_TEST

START_TEST(huge_cell)
{
	struct zf_out out = ZF_OUT_GROWING(1000);

	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB); INSERT INTO zarr VALUES ('v', "
	    "zeroblob(200000000))");
	unit_ok(open_store(0), &fx.op);
	fails(zf_store_get(fx.store, &fx.op, "v", NULL, &out, NULL), EFBIG, "v",
		"needs 200000000 bytes more than 0, limit is 1000");
	found(get("v", &(struct zf_range){ .offset = 2, .len = 3, .from_end = true }));
	ck_assert_uint_eq(fx.out.len, 3);
	ck_assert_uint_eq(fx.value.size, 200000000);
}
END_TEST

START_TEST(damaged)
{
	static uint8_t bytes[100000];
	size_t n;
	FILE *file;

	write_file(fx.store_folder,
		"SQLite format 3\0 and then nothing that it should be, for many bytes more", 70);
	unit_fails(open_store(0), &fx.op, EIO, "SQLite: file is not a database");
	unlink(fx.store_folder);
	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB); INSERT INTO zarr VALUES ('v', zeroblob(50000))");
	file = fopen(fx.store_folder, "r");
	n = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	/* cut off within the value */
	write_file(fx.store_folder, bytes, n / 2);
	if (open_store(0) == 0)
		fails(get("v", NULL), EIO, "v", "SQLite: database disk image is malformed");
	else
		ck_assert_str_eq(fx.op.text, "SQLite: database disk image is malformed");
}
END_TEST

START_TEST(others_write)
{
	struct zf_tag tag;
	int result;

	unit_ok(open_store(ZF_DB_CREATE), &fx.op);
	found(put("v", "mine"));
	unit_ok(flush(), &fx.op);
	found(stat_key("v"));
	tag = fx.value.tag;
	/* a flush alone changes no tag */
	found(put("w", "x"));
	unit_ok(flush(), &fx.op);
	found(stat_key("v"));
	ck_assert(zf_tag_equal(&tag, &fx.value.tag));
	run("UPDATE zarr SET v = x'7468656972' WHERE k = 'v'");
	fails(put_if("v", "bad", ZF_PUT_IF_TAG, &tag), ESTALE, "v", "the value was changed by somebody else");
	unit_ok(flush(), &fx.op);
	found(get("v", NULL));
	got("their");
	ck_assert(!zf_tag_equal(&tag, &fx.value.tag));
	tag = fx.value.tag;
	/* another file */
	unlink(fx.store_folder);
	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB); INSERT INTO zarr VALUES ('v', x'6e6577')");
	found(get("v", NULL));
	got("new");
	ck_assert(!zf_tag_equal(&tag, &fx.value.tag));
	ck_assert_str_eq(list("", &result), "v ");
	unlink(fx.store_folder);
	fails(get("v", NULL), EIO, "v", "the store has disappeared");
}
END_TEST

/* What is not flushed is not there for others, and all of it is afterwards. */
START_TEST(one_transaction)
{
	struct zf_store *other = NULL;
	int result;

	unit_ok(open_store(ZF_DB_CREATE), &fx.op);
	unit_ok(zf_sqlite_open(&fx.ctx, &fx.op, fx.store_folder, ZF_DB_READONLY, &other), &fx.op);
	found(put("a", "1"));
	found(put("b", "2"));
	missing(zf_store_get(other, &fx.op, "a", NULL, &fx.out, NULL));
	found(get("a", NULL));
	unit_ok(flush(), &fx.op);
	found(zf_store_get(other, &fx.op, "a", NULL, &fx.out, NULL));
	found(zf_store_get(other, &fx.op, "b", NULL, &fx.out, NULL));
	/* what is to come is listed, what is to go is not */
	found(del("a"));
	found(put("g/c", "3"));
	missing(stat_key("a"));
	missing(del("a"));
	ck_assert_str_eq(list("", &result), "b g/ ");
	ck_assert_str_eq(list("g", &result), "c ");
	found(zf_store_get(other, &fx.op, "a", NULL, &fx.out, NULL));
	unit_ok(flush(), &fx.op);
	missing(zf_store_get(other, &fx.op, "a", NULL, &fx.out, NULL));
	ck_assert_str_eq(list("", &result), "b g/ ");
	zf_store_close(other);
}
END_TEST

START_TEST(locked)
{
	sqlite3 *db;
	int result;

	unit_ok(open_store(ZF_DB_CREATE), &fx.op);
	ck_assert_int_eq(sqlite3_open(fx.store_folder, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	missing(get("v", NULL));
	found(put("v", "x"));
	unit_fails(flush(), &fx.op, EBUSY, at_store("the database is locked by another program"));
	fails(put_if("w", "y", ZF_PUT_IF_ABSENT, NULL), EBUSY, "w",
		"the database is locked by another program");
	found(get("v", NULL));
	got("x");
	ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	unit_ok(flush(), &fx.op);
	ck_assert_str_eq(list("", &result), "v ");
	ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}
END_TEST

START_TEST(read_only)
{
	run("CREATE TABLE zarr(k TEXT PRIMARY KEY, v BLOB); INSERT INTO zarr VALUES ('v', x'31')");
	unit_ok(open_store(ZF_DB_READONLY), &fx.op);
	fails(put("v", "x"), EROFS, "v", "the store is read-only");
	found(get("v", NULL));
	got("1");
}
END_TEST

START_TEST(bad_paths)
{
	unit_fails(open_store(0), &fx.op, ENOENT, "No such file or directory");
	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	unit_fails(open_store(0), &fx.op, EINVAL, "not a regular file");
}
END_TEST

/* ---- damage at random ---------------------------------------------------------------------------------- */

static int count_name(void *arg, const char *name, bool is_prefix)
{
	(void)name;
	(void)is_prefix;
	++*(int *)arg;
	return 0;
}

/* Uses a store in every way, whatever comes of it. */
static void use(struct zf_store *store)
{
	struct zf_out out = ZF_OUT_GROWING(100000);
	struct zf_value value;
	struct zf_op op;
	char key[32];
	int names = 0;

	for (int i = 0; i < 24; i++) {
		snprintf(key, sizeof key, i % 2 ? "a/c/%d" : "b%d", i);
		out.len = 0;
		zf_op_init(&op);
		zf_store_get(store, &op, key, NULL, &out, &value);
		zf_op_init(&op);
		zf_store_get(store, &op, key, &(struct zf_range){ .offset = 40, .len = 7 }, &out, NULL);
	}
	zf_op_init(&op);
	zf_store_list(store, &op, "", count_name, &names);
	zf_op_init(&op);
	if (zf_store_put(store, &op, "new", "value", 5, ZF_PUT_ALWAYS, NULL) == 0 &&
		zf_store_flush(store, &op) == 0) {
		out.len = 0;
		zf_op_init(&op);
		if (zf_store_get(store, &op, "new", NULL, &out, NULL) < 0)
			ck_assert_str_ne(op.text, ""); /* another page of the tree may be damaged */
	}
	zf_out_free(&out);
}

static void flip_bits(const uint8_t *bytes, size_t n, uint64_t *seed)
{
	uint8_t *copy = malloc(n);
	struct zf_store *store = NULL;
	size_t len = unit_below(seed, 4) ? n : (size_t)unit_below(seed, n);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	for (uint64_t i = 1 + unit_below(seed, 8); i-- > 0;)
		copy[unit_below(seed, 2) ? n - 1 - unit_below(seed, n / 4) : unit_below(seed, n)] ^=
			(uint8_t)(1u << unit_below(seed, 8));
	write_file(in_folder("flipped"), copy, len);
	zf_op_init(&fx.op);
	if (zf_sqlite_open(&fx.ctx, &fx.op, in_folder("flipped"), 0, &store) == 0)
		use(store);
	else
		ck_assert_str_ne(fx.op.text, "");
	zf_store_close(store);
	free(copy);
}

START_TEST(flipped_bits)
{
	static uint8_t bytes[1 << 18];
	uint64_t seed = unit_seed();
	char key[32];
	FILE *file;
	size_t n;

	unit_ok(open_store(ZF_DB_CREATE), &fx.op);
	for (int i = 0; i < 24; i++) {
		snprintf(key, sizeof key, i % 2 ? "a/c/%d" : "b%d", i);
		zf_op_init(&fx.op);
		found(zf_store_put(fx.store, &fx.op, key, bytes, (size_t)i * 97, ZF_PUT_ALWAYS, NULL));
	}
	unit_ok(flush(), &fx.op);
	file = fopen(fx.store_folder, "r");
	ck_assert_ptr_nonnull(file);
	n = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (int i = 0; i < 200; i++)
		flip_bits(bytes, n, &seed);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { foreign_schemas, triggers_do_not_run, odd_rows, huge_cell, damaged,
		others_write, one_transaction, locked, read_only, bad_paths, flipped_bits };
	Suite *suite = suite_create("sqlite");
	TCase *tcase = tcase_create("sqlite");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

#endif
