/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The daemon's inodes: references against a model, and when the kernel's pages and attributes may be kept.
 */
#include "unit.h"

#include "../../fuse/inode.h"

#include "view/file.h"

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

/* A file that just has a size. */
struct plain {
	struct zf_file file; /* first */
	uint64_t size;
	struct inode_file seen;
};

static uint64_t plain_size(const struct zf_file *file)
{
	return ((const struct plain *)file)->size;
}

static const struct zf_file_ops plain_ops = { .size = plain_size };

/* Opens it. */
static struct inode_opened open_plain(
	struct inodes *inodes, uint64_t ino, struct plain *plain, uint64_t version, uint64_t size)
{
	struct inode_opened opened;

	*plain = (struct plain){ .file = { .ops = &plain_ops, .version = version }, .size = size };
	plain->seen.file = &plain->file;
	inodes_opened(inodes, ino, &plain->seen, &opened);
	return opened;
}

static uint64_t told_size(struct inodes *inodes, uint64_t ino, uint64_t size)
{
	struct zf_attr attr = { .kind = ZF_FILE, .size = size };

	inodes_attr(inodes, ino, &attr);
	return attr.size;
}

START_TEST(pages)
{
	struct inodes *inodes = inodes_new("", ZF_DIR);
	uint64_t ino = inodes_grab(inodes, "a", ZF_FILE);
	struct inode_opened opened;
	struct plain files[4];
	struct zf_attr told;
	bool gone;

	ck_assert_uint_eq(told_size(inodes, ino, 100), 100);
	opened = open_plain(inodes, ino, &files[0], 7, 100);
	ck_assert(!opened.keep_cache); /* nothing is known of pages */
	ck_assert(!opened.stale_attr);
	opened = open_plain(inodes, ino, &files[1], 7, 100);
	ck_assert(opened.keep_cache);

	/* while it is open its size is that of the open file */
	ck_assert_uint_eq(told_size(inodes, ino, 200), 100);
	opened = open_plain(inodes, ino, &files[2], 8, 200);
	ck_assert(!opened.keep_cache);
	ck_assert(opened.stale_attr);
	ck_assert_uint_eq(told_size(inodes, ino, 300), 200);

	/* for a moment after a change nothing is kept, not even of the same version */
	opened = open_plain(inodes, ino, &files[3], 8, 250);
	ck_assert(!opened.keep_cache);

	for (int i = 0; i < 4; i++) {
		ck_assert(inodes_open_attr(inodes, ino, &told, &gone));
		ck_assert(!gone);
		inodes_closed(inodes, &files[i].seen);
	}
	ck_assert(!inodes_open_attr(inodes, ino, &told, &gone));
	ck_assert_uint_eq(told_size(inodes, ino, 300), 300);
	inodes_free(inodes);
}
END_TEST

/* A file that the kernel has forgotten stays known until it is closed. */
START_TEST(forgotten_while_open)
{
	struct inodes *inodes = inodes_new("", ZF_DIR);
	uint64_t ino = inodes_grab(inodes, "a", ZF_FILE);
	char path[INODE_PATH_SIZE];
	struct plain file;

	open_plain(inodes, ino, &file, 1, 1);
	inodes_forget(inodes, ino, 1);
	ck_assert(inodes_path(inodes, ino, path));
	inodes_closed(inodes, &file.seen);
	ck_assert(!inodes_path(inodes, ino, path));
	inodes_free(inodes);
}
END_TEST

/* A renamed directory takes what is in it along; what was at its place has no name any more. */
START_TEST(renames)
{
	struct inodes *inodes = inodes_new("", ZF_DIR);
	uint64_t a = inodes_grab(inodes, "d/a", ZF_FILE), old = inodes_grab(inodes, "e/a", ZF_FILE);
	struct inode_renamed renamed;
	char path[INODE_PATH_SIZE];

	inodes_renamed(inodes, "d", "e", &renamed);
	ck_assert(inodes_path(inodes, a, path));
	ck_assert_str_eq(path, "e/a");
	ck_assert(!inodes_path(inodes, old, path));
	inodes_removed(inodes, "e/a", ZF_FILE);
	ck_assert(!inodes_path(inodes, a, path));
	inodes_free(inodes);
}
END_TEST

UNIT_MAIN("view_inode", references, numbers, joins, pages, forgotten_while_open, renames)
