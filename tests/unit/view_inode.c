/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The daemon's inodes: references against a model, and when the kernel's pages and attributes may be kept.
 */
#include "unit.h"

#include "../../fuse/inode.h"

/* Grabs and forgets at random; a node is there exactly while it has references. */
START_TEST(references)
{
	enum { PATHS = 500, STEPS = 50000 };
	struct inodes *inodes = inodes_new("", ZF_DIR);
	static uint64_t refs[PATHS], numbers[PATHS];
	uint64_t state = unit_seed();
	char path[INODE_PATH_SIZE], want[32];

	for (int step = 0; step < STEPS; step++) {
		size_t i = unit_below(&state, PATHS);

		snprintf(want, sizeof want, "d/%zu", i);
		if (refs[i] && unit_below(&state, 2)) {
			uint64_t n = 1 + unit_below(&state, refs[i]);

			inodes_forget(inodes, numbers[i], n);
			refs[i] -= n;
		} else {
			uint64_t ino = inodes_grab(inodes, want, ZF_FILE);

			ck_assert(!numbers[i] || numbers[i] == ino);
			ck_assert_uint_gt(ino, INODE_ROOT);
			numbers[i] = ino;
			refs[i]++;
		}
		ck_assert(!numbers[i] || inodes_path(inodes, numbers[i], path) == (refs[i] > 0));
		if (refs[i] > 0)
			ck_assert_str_eq(path, want);
	}
	inodes_free(inodes);
}
END_TEST

START_TEST(numbers)
{
	struct inodes *inodes = inodes_new("", ZF_DIR), *on_file = inodes_new("a", ZF_FILE);
	char path[INODE_PATH_SIZE];

	ck_assert_uint_eq(inodes_number(inodes, "", ZF_DIR), 1);
	ck_assert_uint_eq(inodes_number(on_file, "a", ZF_FILE), 1);
	ck_assert(inodes_path(inodes, 1, path));
	ck_assert_str_eq(path, "");
	ck_assert(inodes_path(on_file, 1, path));
	ck_assert_str_eq(path, "a");
	ck_assert_uint_ne(inodes_number(inodes, "a", ZF_DIR), inodes_number(inodes, "a", ZF_FILE));
	ck_assert_uint_eq(inodes_grab(inodes, "a", ZF_FILE), inodes_number(inodes, "a", ZF_FILE));
	ck_assert(inodes_is(inodes, inodes_number(inodes, "a", ZF_FILE), ZF_FILE));
	ck_assert(!inodes_is(inodes, inodes_number(inodes, "a", ZF_FILE), ZF_DIR));
	ck_assert(!inodes_path(inodes, 12345, path));
	inodes_forget(inodes, 12345, 1);
	inodes_forget(inodes, 1, UINT64_MAX);
	ck_assert(inodes_path(inodes, 1, path));
	inodes_free(inodes);
	inodes_free(on_file);
}
END_TEST

START_TEST(joins)
{
	char out[INODE_PATH_SIZE], longest[INODE_PATH_SIZE];

	ck_assert(inodes_join("", "a", out));
	ck_assert_str_eq(out, "a");
	ck_assert(inodes_join("a/b", "c", out));
	ck_assert_str_eq(out, "a/b/c");
	memset(longest, 'x', sizeof longest);
	longest[4093] = '\0';
	ck_assert(inodes_join(longest, "c", out));
	longest[4093] = 'x';
	longest[4094] = '\0';
	ck_assert(!inodes_join(longest, "c", out));
}
END_TEST

START_TEST(pages)
{
	struct inodes *inodes = inodes_new("", ZF_DIR);
	uint64_t ino = inodes_grab(inodes, "a", ZF_FILE);
	struct zf_attr attr = { .kind = ZF_FILE, .size = 100 }, told;
	struct inode_opened opened;

	inodes_attr(inodes, ino, &attr);
	inodes_opened(inodes, ino, 7, 100, &opened);
	ck_assert(!opened.keep_cache); /* nothing is known of pages */
	ck_assert(!opened.stale_attr);
	inodes_opened(inodes, ino, 7, 100, &opened);
	ck_assert(opened.keep_cache);

	/* while it is open its size is that of its last opening */
	attr.size = 200;
	inodes_attr(inodes, ino, &attr);
	ck_assert_uint_eq(attr.size, 100);
	inodes_opened(inodes, ino, 8, 200, &opened);
	ck_assert(!opened.keep_cache);
	ck_assert(opened.stale_attr);
	attr.size = 300;
	inodes_attr(inodes, ino, &attr);
	ck_assert_uint_eq(attr.size, 200);

	/* for a moment after a change nothing is kept, not even of the same version */
	inodes_opened(inodes, ino, 8, 200, &opened);
	ck_assert(!opened.keep_cache);

	for (int i = 0; i < 4; i++) {
		ck_assert(inodes_open_attr(inodes, ino, &told));
		ck_assert_uint_eq(told.size, 200);
		inodes_closed(inodes, ino);
	}
	ck_assert(!inodes_open_attr(inodes, ino, &told));
	attr.size = 300;
	inodes_attr(inodes, ino, &attr);
	ck_assert_uint_eq(attr.size, 300);
	inodes_free(inodes);
}
END_TEST

/* A file that the kernel has forgotten stays known until it is closed. */
START_TEST(forgotten_while_open)
{
	struct inodes *inodes = inodes_new("", ZF_DIR);
	uint64_t ino = inodes_grab(inodes, "a", ZF_FILE);
	struct inode_opened opened;
	char path[INODE_PATH_SIZE];

	inodes_opened(inodes, ino, 1, 1, &opened);
	inodes_forget(inodes, ino, 1);
	ck_assert(inodes_path(inodes, ino, path));
	inodes_closed(inodes, ino);
	ck_assert(!inodes_path(inodes, ino, path));
	inodes_free(inodes);
}
END_TEST

UNIT_MAIN("view_inode", references, numbers, joins, pages, forgotten_while_open)
