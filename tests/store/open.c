/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kind of store something is. The first bytes of the foreign files are written by hand from the
 * descriptions of their formats.
 */
#include "fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens SPEC ("@" stands for the scratch folder) and expects this failure, after "SPEC: ". */
static void refuses(const char *spec, int err, const char *reason)
{
	char whole[512], text[1024];
	struct zf_store *store = NULL;

	snprintf(whole, sizeof whole, "%.*s%s%s", (int)strcspn(spec, "@"), spec,
		strchr(spec, '@') ? fx.folder : "", strchr(spec, '@') ? strchr(spec, '@') + 1 : "");
	snprintf(text, sizeof text, "%s: %s", whole, reason);
	zf_op_init(&fx.op);
	unit_fails(zf_store_open(&fx.ctx, &fx.op, whole, 0, &store), &fx.op, err, text);
	ck_assert_ptr_null(store);
}

/* The path PATH (below the scratch folder) is of this kind: it fails as if its kind was given. */
static void fails_as(const char *kind, const char *path)
{
	char spec[128], reason[ZF_OP_TEXT];
	struct zf_store *store = NULL;

	snprintf(spec, sizeof spec, "%s:%s/%s", kind, fx.folder, path);
	zf_op_init(&fx.op);
	ck_assert_int_eq(zf_store_open(&fx.ctx, &fx.op, spec, 0, &store), -1);
	ck_assert_int_eq(strncmp(fx.op.text, spec, strlen(spec)), 0);
	snprintf(reason, sizeof reason, "%s", fx.op.text + strlen(spec) + 2);
	ck_assert_str_ne(reason, "not a Zarr store: a file of unknown kind");
	snprintf(spec, sizeof spec, "@/%s", path);
	refuses(spec, fx.op.err, reason);
}

/* A file with these bytes is of this kind. */
static void is_kind(const char *kind, const void *bytes, size_t len)
{
	write_file(in_folder("file"), bytes, len);
	fails_as(kind, "file");
}

#define IS_KIND(KIND, BYTES) is_kind(KIND, BYTES, sizeof(BYTES) - 1)
#define ZEROS4 "\0\0\0\0"
#define ZEROS12 ZEROS4 ZEROS4 ZEROS4
#define ZEROS16 ZEROS12 ZEROS4

START_TEST(foreign_files)
{
	IS_KIND("zip", "PK\003\004\024\0\0\0\0\0");
	IS_KIND("zip", "PK\005\006" ZEROS16);
	IS_KIND("sqlite", "SQLite format 3\0\020\0\001\001");
	IS_KIND("gdbm", "\xcf\x9a\x57\x13\0\020\0\0");
	IS_KIND("gdbm", "\x13\x57\x9a\xcf\0\0\020\0");
	IS_KIND("gdbm", "\xce\x9a\x57\x13\0\020\0\0");
	IS_KIND("gdbm", "\xcd\x9a\x57\x13\0\020\0\0");
	IS_KIND("gdbm", "\xd0\x9a\x57\x13\0\020\0\0");
	IS_KIND("gdbm", "\xd1\x9a\x57\x13\0\020\0\0");
	IS_KIND("bdb", ZEROS12 "\x62\x31\x05\x00\x09\0\0\0");
	IS_KIND("bdb", ZEROS12 "\x00\x05\x31\x62\0\0\0\x09");
	IS_KIND("bdb", ZEROS12 "\x61\x15\x06\x00\x09\0\0\0");
	IS_KIND("bdb", ZEROS12 "\x00\x06\x15\x61\0\0\0\x09");
	IS_KIND("lmdb", ZEROS16 "\xde\xc0\xef\xbe\001\0\0\0");
	IS_KIND("lmdb", ZEROS16 "\xbe\xef\xc0\xde\0\0\0\001");
	IS_KIND("lmdb", ZEROS12 "\xde\xc0\xef\xbe\001\0\0\0");
}
END_TEST

START_TEST(dumbdbm_pair)
{
	static const char *const reason = "line 1 of the index '.dir' is not one that dbm.dumb writes";

	write_file(in_folder("x.dat"), "{\n", 2);
	refuses("@/x.dat", EINVAL, "not a Zarr store: a file of unknown kind");
	refuses("@/x", ENOENT, "No such file or directory");
	write_file(in_folder("x.dir"), "'.zgroup', 24)\n", 15);
	refuses("@/x.dat", EIO, reason);
	refuses("@/x", EIO, reason);
	write_file(in_folder("x.dir"), "#!/bin/sh\n", 10);
	refuses("@/x.dat", EINVAL, "not a Zarr store: a file of unknown kind");
}
END_TEST

START_TEST(ndbm_without_its_suffix)
{
	write_file(in_folder("x.db"), ZEROS12 "\x61\x15\x06\x00\x09\0\0\0", 20);
	fails_as("bdb", "x.db");
	fails_as("ndbm", "x");
	write_file(in_folder("x.db"), "PK\003\004 and so on", 14);
	refuses("@/x", ENOENT, "No such file or directory");
}
END_TEST

START_TEST(unknown_files)
{
	static const char *const reason = "not a Zarr store: a file of unknown kind";

	write_file(in_folder("file"), "", 0);
	refuses("@/file", EINVAL, reason);
	write_file(in_folder("file"), "P", 1);
	refuses("@/file", EINVAL, reason);
	write_file(in_folder("file"), "PK\003\005 and so on", 14);
	refuses("@/file", EINVAL, reason);
	write_file(in_folder("file"), "just some text of a few lines\n", 30);
	refuses("@/file", EINVAL, reason);
	ck_assert_int_eq(mkfifo(in_folder("fifo"), 0666), 0);
	refuses("@/fifo", EINVAL, "not a Zarr store: neither a directory nor a regular file");
	refuses("/dev/null", EINVAL, "not a Zarr store: neither a directory nor a regular file");
}
END_TEST

START_TEST(bad_paths)
{
	char longest[6000];
	struct zf_store *store;

	refuses("@/absent", ENOENT, "No such file or directory");
	refuses("@/absent/deep", ENOENT, "No such file or directory");
	refuses("dir:@/absent", ENOENT, "No such file or directory");
	write_file(in_folder("file"), "x", 1);
	refuses("@/file/deep", ENOTDIR, "Not a directory");
	refuses("dir:@/file", ENOTDIR, "Not a directory");
	refuses("nested:@/file", ENOTDIR, "Not a directory");
	refuses("dir:", EINVAL, "no path after 'dir:'");
	refuses("nested:", EINVAL, "no path after 'nested:'");
	refuses("", EINVAL, "no path given");
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	zf_op_init(&fx.op);
	ck_assert_int_eq(zf_store_open(&fx.ctx, &fx.op, longest, 0, &store), -1);
	ck_assert_int_eq(fx.op.err, ENAMETOOLONG);
}
END_TEST

START_TEST(later_kinds)
{
	static const char *const later[] = {
#ifndef HAVE_GDBM
		"gdbm",
#endif
#ifndef HAVE_BDB
		"bdb", "ndbm",
#endif
#ifndef HAVE_LMDB
		"lmdb",
#endif
#ifndef HAVE_SQLITE
		"sqlite",
#endif
		"http", "https", "s3"
	};
	char spec[128], text[128];

	for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
		snprintf(spec, sizeof spec, "%s:%s", later[i], i % 2 ? "//host/x" : "");
		snprintf(text, sizeof text, "store kind '%s' is not in this build", later[i]);
		refuses(spec, EOPNOTSUPP, text);
	}
}
END_TEST

START_TEST(databases)
{
	static const char *const kinds[] = {
#ifdef HAVE_GDBM
		"gdbm",
#endif
#ifdef HAVE_BDB
		"bdb", "ndbm",
#endif
#ifdef HAVE_LMDB
		"lmdb",
#endif
		"dumbdbm"
	};
	char spec[128], text[128];

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		snprintf(spec, sizeof spec, "%s:", kinds[i]);
		snprintf(text, sizeof text, "no path after '%s:'", kinds[i]);
		refuses(spec, EINVAL, text);
		snprintf(spec, sizeof spec, "%s:@/absent", kinds[i]);
		refuses(spec, ENOENT, "No such file or directory");
	}
	write_file(in_folder("x.bak"), "'a', (0, 1)\n", 12);
	refuses("dumbdbm:@/x", ENOENT, "the index '.dir' is missing; an older one is beside it as '.bak'");
}
END_TEST

START_TEST(unknown_kinds)
{
	refuses("tar:@/x", EINVAL, "unknown store kind 'tar'");
	refuses("ftp://host/x", EINVAL, "unknown store kind 'ftp'");
	refuses("dirs:x", EINVAL, "unknown store kind 'dirs'");
	refuses("./tar:x", ENOENT, "No such file or directory");
	refuses("DIR:x", ENOENT, "No such file or directory");
	refuses(":x", ENOENT, "No such file or directory");
}
END_TEST

static void opens(const char *spec, const char *name, unsigned caps)
{
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, spec, 0, &fx.store), &fx.op);
	ck_assert_str_eq(fx.store->name, name);
	ck_assert_uint_eq(fx.store->caps, caps);
	zf_store_close(fx.store);
	fx.store = NULL;
}

START_TEST(directories)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL | ZF_STORE_DIRECTORIES;

	ck_assert_int_eq(chdir(fx.folder), 0);
	ck_assert_int_eq(mkdir("a", 0777), 0);
	ck_assert_int_eq(mkdir("zip", 0777), 0);
	ck_assert_int_eq(mkdir("tar:x", 0777), 0);
	opens("a", "dir:a", caps);
	opens("./a/", "dir:./a/", caps);
	opens("dir:a", "dir:a", caps);
	opens("nested:a", "nested:a", caps | ZF_STORE_NESTED);
	opens("zip", "dir:zip", caps);
	/* a path may look like a kind that does not exist */
	opens("tar:x", "dir:tar:x", caps);
	opens("dir:tar:x", "dir:tar:x", caps);
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, "a", ZF_OPEN_READONLY, &fx.store), &fx.op);
	ck_assert_uint_eq(fx.store->caps, caps & ~(unsigned)ZF_STORE_WRITABLE);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(lmdb_directory)
{
	static const char data[] = ZEROS16 "\xde\xc0\xef\xbe\001\0\0\0";

	ck_assert_int_eq(mkdir(in_folder("d"), 0777), 0);
	write_file(in_folder("d/data.mdb"), "no database", 11);
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, in_folder("d"), 0, &fx.store), &fx.op);
	zf_store_close(fx.store);
	fx.store = NULL;
	write_file(in_folder("d/data.mdb"), data, sizeof data - 1);
	fails_as("lmdb", "d");
	/* a group may have anything in it */
	write_file(in_folder("d/.zgroup"), "{}", 2);
	unit_ok((zf_op_init(&fx.op), zf_store_open(&fx.ctx, &fx.op, in_folder("d"), 0, &fx.store)), &fx.op);
}
END_TEST

/* ---- new stores --------------------------------------------------------------------------------------- */

static int create(const char *spec)
{
	zf_op_init(&fx.op);
	return zf_store_open(&fx.ctx, &fx.op, spec, ZF_OPEN_CREATE, &fx.store);
}

static void refuses_new(const char *spec, int err, const char *reason)
{
	char text[512];

	snprintf(text, sizeof text, "%s: %s", spec, reason);
	unit_fails(create(spec), &fx.op, err, text);
	ck_assert_ptr_null(fx.store);
}

/* Made as SPEC, it is a store called NAME, is EXISTING then, and is found to be that kind. */
static void creates(const char *spec, const char *name, const char *existing)
{
	unit_ok(create(spec), &fx.op);
	ck_assert_str_eq(fx.store->name, name);
	found(put(".zgroup", "{\"zarr_format\": 2}"));
	found(put("group/.zgroup", "{\"zarr_format\": 2}"));
	unit_ok(flush(), &fx.op);
	zf_store_close(fx.store);
	fx.store = NULL;

	if (strcmp(existing, "") == 0)
		return; /* it does not stay */
	ck_assert_msg(access(existing, F_OK) == 0, "%s", existing);
	zf_op_init(&fx.op);
	ck_assert_int_eq(zf_store_open(&fx.ctx, &fx.op, spec, ZF_OPEN_CREATE, &fx.store), -1);
	ck_assert_int_eq(fx.op.err, EEXIST);
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, strchr(name, ':') + 1, 0, &fx.store), &fx.op);
	if (strncmp(name, "nested:", 7) != 0)
		ck_assert_str_eq(fx.store->name, name);
	ck_assert_msg(get("group/.zgroup", NULL) == ZF_FOUND, "%s: %s", spec, fx.op.text);
	got("{\"zarr_format\": 2}");
	zf_store_close(fx.store);
	fx.store = NULL;
}

START_TEST(new_stores)
{
	ck_assert_int_eq(chdir(fx.folder), 0);
	creates("a", "dir:a", "a");
	creates("a.zarr", "dir:a.zarr", "a.zarr/group");
	creates("dir:b.zip", "dir:b.zip", "b.zip/group");
	creates("nested:c", "nested:c", "c/group");
	creates("d.zip", "zip:d.zip", "d.zip");
	creates("zip:e", "zip:e", "e");
	creates("dumbdbm:f", "dumbdbm:f", "f.dir");
	creates("mem:anything", "mem:anything", "");
#ifdef HAVE_SQLITE
	creates("g.sqlite", "sqlite:g.sqlite", "g.sqlite");
	creates("g.db", "sqlite:g.db", "g.db");
	creates("g.sqldb", "sqlite:g.sqldb", "g.sqldb");
	creates("sqlite:h", "sqlite:h", "h");
#endif
#ifdef HAVE_LMDB
	creates("i.mdb", "lmdb:i.mdb", "i.mdb/data.mdb");
	creates("i.lmdb", "lmdb:i.lmdb", "i.lmdb/data.mdb");
#endif
#ifdef HAVE_GDBM
	creates("j.gdbm", "gdbm:j.gdbm", "j.gdbm");
	creates("gdbm:k", "gdbm:k", "k");
#endif
#ifdef HAVE_BDB
	creates("l.bdb", "bdb:l.bdb", "l.bdb");
	creates("ndbm:m", "ndbm:m", "m.db");
#endif
	ck_assert_int_eq(setenv("TMPDIR", fx.folder, 1), 0);
	unit_ok(create("temp:"), &fx.op);
	found(put("v", "x"));
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(new_stores_where_something_is)
{
	ck_assert_int_eq(chdir(fx.folder), 0);
	ck_assert_int_eq(mkdir("empty", 0777), 0);
	creates("empty", "dir:empty", "empty/group");
	refuses_new("empty", EEXIST, "there is something already");
	write_file("file", "", 0);
	refuses_new("file", EEXIST, "File exists");
	refuses_new("zip:file", EEXIST, "File exists");
	refuses_new("dir:file", EEXIST, "File exists");
	write_file("x.dir", "", 0);
	refuses_new("dumbdbm:x", EEXIST, "File exists");
	refuses_new("dumbdbm:x.dat", EEXIST, "File exists");
	ck_assert_int_eq(symlink("nowhere", "link.zip"), 0);
	refuses_new("link.zip", EEXIST, "File exists");
	refuses_new("absent/a", ENOENT, "No such file or directory");
	refuses_new("absent/a.zip", ENOENT, "cannot create: No such file or directory");
	refuses_new("tar:x", EINVAL, "unknown store kind 'tar'");
	refuses_new("s3:x", EOPNOTSUPP, "store kind 's3' is not in this build");
	refuses_new("zip:", EINVAL, "no path after 'zip:'");
	refuses_new("", EINVAL, "no path given");
	zf_op_init(&fx.op);
	unit_fails(zf_store_open(&fx.ctx, &fx.op, "y", ZF_OPEN_CREATE | ZF_OPEN_READONLY, &fx.store), &fx.op,
		EINVAL, "y: a new store cannot be read-only");
	ck_assert_int_eq(access("y", F_OK), -1);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { foreign_files, dumbdbm_pair, ndbm_without_its_suffix, unknown_files,
		bad_paths, later_kinds, databases, unknown_kinds, directories, lmdb_directory, new_stores,
		new_stores_where_something_is };
	Suite *suite = suite_create("open");
	TCase *tcase = tcase_create("open");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
