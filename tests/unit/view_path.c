/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths, names and the table by path. What is right comes from the contract: names that a file can have.
 */
#include "unit.h"

#include "view/path.h"
#include "view/table.h"

START_TEST(names)
{
	char name[300];

	ck_assert(zf_name_ok("a"));
	ck_assert(zf_name_ok("..."));
	ck_assert(zf_name_ok(".a"));
	ck_assert(zf_name_ok("with space \xff"));
	ck_assert(!zf_name_ok(""));
	ck_assert(!zf_name_ok("."));
	ck_assert(!zf_name_ok(".."));
	ck_assert(!zf_name_ok("a/b"));
	ck_assert(!zf_name_ok("/"));
	memset(name, 'x', sizeof name);
	name[255] = '\0';
	ck_assert(zf_name_ok(name));
	name[255] = 'x';
	name[256] = '\0';
	ck_assert(!zf_name_ok(name));
}
END_TEST

START_TEST(paths)
{
	static const char *const good[] = { "", "a", "a/b", "a/.b/..c", "c/0/zarr.json" };
	static const char *const bad[] = { "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b" };
	char path[5000];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ck_assert_msg(zf_path_ok(good[i]), "'%s'", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!zf_path_ok(bad[i]), "'%s'", bad[i]);
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 2 ? '/' : 'a';
	path[4095] = '\0';
	ck_assert(zf_path_ok(path));
	path[4095] = '/';
	path[4097] = '\0';
	ck_assert(!zf_path_ok(path));
}
END_TEST

START_TEST(joins)
{
	char out[ZF_PATH_SIZE], longest[ZF_PATH_SIZE];

	ck_assert(zf_path_join("", "", out));
	ck_assert_str_eq(out, "");
	ck_assert(zf_path_join("a", "", out));
	ck_assert_str_eq(out, "a");
	ck_assert(zf_path_join("", "b", out));
	ck_assert_str_eq(out, "b");
	ck_assert(zf_path_join("a", "b/c", out));
	ck_assert_str_eq(out, "a/b/c");
	memset(longest, 'x', sizeof longest);
	longest[4093] = '\0';
	ck_assert(zf_path_join(longest, "b", out));
	ck_assert_uint_eq(strlen(out), 4095);
	longest[4093] = 'x';
	longest[4094] = '\0';
	ck_assert(!zf_path_join(longest, "b", out));
}
END_TEST

START_TEST(infos)
{
	size_t len = 99;

	ck_assert(zf_path_is_info("a.info", &len));
	ck_assert_uint_eq(len, 1);
	ck_assert(zf_path_is_info("g/a.info.info", &len));
	ck_assert_uint_eq(len, 8);
	ck_assert(!zf_path_is_info("a", &len));
	ck_assert(!zf_path_is_info(".info", &len));
	ck_assert(!zf_path_is_info("g/.info", &len));
	ck_assert(!zf_path_is_info("a.info/b", &len));
	ck_assert(!zf_path_is_info("info", &len));
	ck_assert(!zf_path_is_info("a.Info", &len));
}
END_TEST

START_TEST(root_names)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "/data/weather.zarr", "weather" },
		{ "weather.zarr/", "weather" },
		{ "weather", "weather" },
		{ "/a.zarr/b.zarr.zip", "b" },
		{ "x.ZARR", "x" },
		{ "x.mdb", "x" },
		{ "x.sqlite3", "x" },
		{ "x.zarr.old", "x.zarr.old" },
		{ ".zarr", ".zarr" },
		{ "/", "array" },
		{ "", "array" },
		{ ".", "array" },
		{ "a/..", "array" },
	};
	char name[ZF_MAX_NAME + 1];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		zf_root_name(cases[i].path, name);
		ck_assert_str_eq(name, cases[i].name);
	}
}
END_TEST

/* The hash has published values: FNV-1a, 64 bits, of "", "a" and "foobar". */
START_TEST(hashes)
{
	ck_assert_uint_eq(zf_hash("", 0), 0xcbf29ce484222325u);
	ck_assert_uint_eq(zf_hash("a", 1), 0xaf63dc4c8601ec8cu);
	ck_assert_uint_eq(zf_hash("foobar", 6), 0x85944171f73967e8u);
}
END_TEST

/* Against a list in the order of use. */
START_TEST(table)
{
	enum { PATHS = 3000, STEPS = 100000 };
	struct zf_table *t = calloc(1, sizeof *t);
	struct zf_entry *entries = calloc(PATHS, sizeof *entries);
	uint64_t *used = calloc(PATHS, sizeof *used); /* when; 0: not there */
	char(*keys)[16] = calloc(PATHS, sizeof *keys);
	uint64_t state = unit_seed();
	size_t count = 0;

	for (int i = 0; i < PATHS; i++) {
		snprintf(keys[i], sizeof keys[i], "g/%d", i);
		entries[i].path = keys[i];
	}
	for (uint64_t step = 1; step <= STEPS; step++) {
		size_t i = unit_below(&state, PATHS);

		ck_assert_ptr_eq(zf_table_find(t, keys[i]), used[i] ? &entries[i] : NULL);
		if (used[i] && unit_below(&state, 3) == 0) {
			zf_table_remove(t, &entries[i]);
			used[i] = 0;
			count--;
		} else {
			if (!used[i]) {
				zf_table_add(t, &entries[i]);
				count++;
			}
			used[i] = step;
		}
		ck_assert_uint_eq(t->count, count);
	}
	uint64_t last = UINT64_MAX;
	for (struct zf_entry *e = t->newest; e; e = e->older, count--) {
		uint64_t when = used[e - entries];

		ck_assert_uint_ne(when, 0);
		ck_assert_uint_lt(when, last);
		last = when;
	}
	ck_assert_uint_eq(count, 0);
	free(keys);
	free(used);
	free(entries);
	free(t);
}
END_TEST

UNIT_MAIN("view_path", names, paths, joins, infos, root_names, hashes, table)
