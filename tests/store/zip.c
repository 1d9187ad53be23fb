/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is special to zip archives: damage, lies, archives in archives, what a killed writer leaves, places
 * used again. The archives are written by hand from the description of the format; other programs' are in
 * tests/store/python.
 */
#include "fixture.h"

#include "store/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* One entry, "v" with the nine bytes "123456789", whose CRC-32 is the check value of that code. */
enum { DATA = 31, DIRECTORY = 40, END = 87, WHOLE = 109 };

static void le(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void make(uint8_t p[static WHOLE])
{
	memset(p, 0, WHOLE);
	memcpy(p, "PK\3\4\024", 5);
	le(p + 14, 0xcbf43926, 4);
	le(p + 18, 9, 4);
	le(p + 22, 9, 4);
	le(p + 26, 1, 2);
	memcpy(p + 30, "v123456789", 10);
	memcpy(p + DIRECTORY, "PK\1\2\024\0\024", 7);
	le(p + DIRECTORY + 16, 0xcbf43926, 4);
	le(p + DIRECTORY + 20, 9, 4);
	le(p + DIRECTORY + 24, 9, 4);
	le(p + DIRECTORY + 28, 1, 2);
	p[DIRECTORY + 46] = 'v';
	memcpy(p + END, "PK\5\6", 4);
	le(p + END + 8, 1, 2);
	le(p + END + 10, 1, 2);
	le(p + END + 12, 47, 4);
	le(p + END + 16, DIRECTORY, 4);
}

static int open_file(const void *bytes, size_t len)
{
	zf_store_close(fx.store);
	fx.store = NULL;
	write_file(fx.store_folder, bytes, len);
	snprintf(fx.name, sizeof fx.name, "zip:%s", fx.store_folder);
	zf_op_init(&fx.op);
	return zf_zip_open(&fx.ctx, &fx.op, fx.store_folder, 0, &fx.store);
}

static void opens(const void *bytes, size_t len)
{
	unit_ok(open_file(bytes, len), &fx.op);
}

static void open_again(void)
{
	zf_store_close(fx.store);
	zf_op_init(&fx.op);
	unit_ok(zf_zip_open(&fx.ctx, &fx.op, fx.store_folder, ZF_ZIP_CREATE, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "zip:%s", fx.store_folder);
}

static void open_new(void)
{
	fx.store = NULL;
	open_again();
}

START_TEST(by_hand)
{
	uint8_t p[WHOLE];
	int result;

	make(p);
	opens(p, sizeof p);
	found(get("v", NULL));
	got("123456789");
	found(get("v", &(struct zf_range){ .offset = 3, .len = 2 }));
	got("45");
	ck_assert_str_eq(list("", &result), "v ");
}
END_TEST

static void refuses(const uint8_t *p, size_t n, const char *reason)
{
	unit_fails(open_file(p, n), &fx.op, EIO, reason);
}

START_TEST(damaged_ends)
{
	static const char none[] = "not a whole zip archive: it has no end record";
	uint8_t p[WHOLE], whole[WHOLE];

	make(whole);
	for (size_t n = 0; n < WHOLE; n++)
		refuses(whole, n, none);
	make(p);
	p[END + 4] = 1; /* the second disk */
	refuses(p, WHOLE, none);
	make(p);
	p[END + 20] = 1; /* a comment that is not there */
	refuses(p, WHOLE, none);
	make(p);
	p[END + 16] = 200; /* beyond the end */
	refuses(p, WHOLE, none);
	make(p);
	p[DIRECTORY] = 'Q';
	refuses(p, WHOLE, none);
	make(p);
	le(p + END + 8, 2, 2);
	le(p + END + 10, 2, 2);
	refuses(p, WHOLE, "damaged central directory: 2 entries were to come, there are 1");
	make(p);
	p[DIRECTORY + 28] = 2; /* a name longer than the directory */
	refuses(p, WHOLE, "damaged central directory: entry 0 is none");
	make(p);
	le(p + DIRECTORY + 42, UINT32_MAX, 4); /* says ZIP64, and has none: that far away then */
	opens(p, WHOLE);
	fails(get("v", NULL), EIO, "v", "the archive ends at byte 4294967295");
}
END_TEST

/* Opens the archive with these bytes at a place, and fails to read. */
static void damaged(size_t at, const char *bytes, size_t n, int err, const char *reason)
{
	uint8_t p[WHOLE];

	make(p);
	memcpy(p + at, bytes, n);
	opens(p, sizeof p);
	fails(get("v", NULL), err, "v", reason);
	ck_assert_uint_eq(fx.out.len, 0);
	found(stat_key("v"));
}

START_TEST(damaged_entries)
{
	uint8_t p[WHOLE];

	damaged(0, "Q", 1, EIO, "the archive has no entry where its directory says");
	damaged(30, "w", 1, EIO, "the archive has another entry where its directory says");
	damaged(8, "\010", 1, EIO, "the archive has another entry where its directory says");
	damaged(DATA, "2", 1, EIO, "the entry's checksum is wrong");
	damaged(DIRECTORY + 8, "\1", 1, EOPNOTSUPP, "the entry is encrypted");
	damaged(DIRECTORY + 20, "\010", 1, EIO, "a stored entry of 9 bytes takes 8");
	damaged(DIRECTORY + 42, "\1", 1, EIO, "the archive has no entry where its directory says");

	/* deflated, it says */
	make(p);
	p[8] = p[DIRECTORY + 10] = 8;
	opens(p, sizeof p);
	fails(get("v", NULL), EIO, "v", "the deflated entry is damaged: invalid stored block lengths");
	/* an empty stream; one that goes on; one that is cut off */
	memcpy(p + DATA, "\3\0", 2);
	opens(p, sizeof p);
	fails(get("v", NULL), EIO, "v", "the deflated entry ends after 0 bytes");
	memcpy(p + DATA,
		"\1\4\0\373\377"
		"abcd",
		9);
	opens(p, sizeof p);
	fails(get("v", NULL), EIO, "v", "the deflated entry ends after 4 bytes");
	p[DIRECTORY + 24] = 3;
	opens(p, sizeof p);
	fails(get("v", NULL), EIO, "v", "the deflated entry holds more bytes than it says");
	found(get("v", &(struct zf_range){ .offset = 1, .len = 1 }));
	got("b");
	p[DIRECTORY + 24] = 4;
	p[DATA] = 0; /* not the last block */
	opens(p, sizeof p);
	fails(get("v", NULL), EIO, "v", "the deflated entry is cut off");
}
END_TEST

START_TEST(sizes_that_lie)
{
	struct zf_out out = ZF_OUT_GROWING(1000);
	uint8_t p[WHOLE];

	make(p);
	p[8] = p[DIRECTORY + 10] = 8;
	le(p + DIRECTORY + 24, 1000000000, 4);
	opens(p, sizeof p);
	zf_op_init(&fx.op);
	fails(zf_store_get(fx.store, &fx.op, "v", NULL, &out, NULL), EFBIG, "v",
		"needs 1000000000 bytes more than 0, limit is 1000");
	ck_assert_uint_eq(out.cap, 0);
	/* a million entries in a hundred bytes */
	make(p);
	le(p + END + 8, 60000, 2);
	le(p + END + 10, 60000, 2);
	le(p + END + 12, 60000 * 46, 4);
	refuses(p, WHOLE, "not a whole zip archive: it has no end record");
}
END_TEST

START_TEST(something_in_front)
{
	uint8_t p[WHOLE + 7] = "#!/bin/";

	make(p + 7);
	opens(p, sizeof p);
	found(get("v", NULL));
	got("123456789");
	fails(put("w", "x"), EROFS, "w", "the store is read-only");
}
END_TEST

/* ---- folders ------------------------------------------------------------------------------------------- */

static void has_root(const char *first, const char *second, const char *root)
{
	int result;

	open_new();
	found(put(first, "1"));
	found(put(second, "2"));
	open_again();
	ck_assert_str_eq(list("", &result), root);
	ck_assert_int_eq(result, ZF_FOUND);
	zf_store_close(fx.store);
	fx.store = NULL;
	ck_assert_int_eq(unlink(fx.store_folder), 0);
}

START_TEST(folder_of_the_root)
{
	has_root("x.zarr/.zgroup", "x.zarr/a/.zarray", ".zgroup a/ ");
	has_root("x.zarr/zarr.json", "__MACOSX/x.zarr/._zarr.json", "zarr.json ");
	has_root("x.zarr/.zgroup", "y.zarr/.zgroup", "x.zarr/ y.zarr/ ");
	has_root("x.zarr/.zgroup", ".zgroup", ".zgroup x.zarr/ ");
	has_root("x/y/.zgroup", "x/y/a/.zarray", "x/ ");
	has_root("x.zarr/.zgroup", "README", "README x.zarr/ ");

	open_new();
	found(put("x.zarr/.zgroup", "{}"));
	open_again();
	found(put("a/v", "in the folder"));
	open_again();
	found(get("a/v", NULL));
	got("in the folder");
	found(put("new", "x"));
	found(del(".zgroup"));
	open_again();
	found(get("x.zarr/a/v", NULL));
}
END_TEST

/* ---- writing ------------------------------------------------------------------------------------------- */

static uint64_t file_size(void)
{
	struct stat st;

	ck_assert_int_eq(stat(fx.store_folder, &st), 0);
	return (uint64_t)st.st_size;
}

static mode_t file_mode(void)
{
	struct stat st;

	ck_assert_int_eq(stat(fx.store_folder, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(places_are_used_again)
{
	char text[5000];
	uint64_t size = 0;

	open_new();
	for (int i = 0; i < 300; i++) {
		char key[32];

		snprintf(key, sizeof key, "c/%d", i);
		found(put(key, "some value"));
	}
	for (int i = 0; i < 200; i++) {
		memset(text, 'a' + i % 26, sizeof text);
		text[4000 + i] = '\0';
		found(put("v", text));
		unit_ok(flush(), &fx.op);
		if (i == 20)
			size = file_size();
	}
	/* two places for the value, three for the directory, and no more with time */
	ck_assert_msg(file_size() < size + size / 2, "grew from %" PRIu64 " to %" PRIu64, size, file_size());
	open_again();
	found(get("v", NULL));
	got(text);
	found(get("c/299", NULL));
	got("some value");
}
END_TEST

/* Each session replaces all values: the places of the ones before cannot be used again, and are taken out at
 * its end as soon as they are more than half. */
START_TEST(made_smaller)
{
	enum { COUNT = 40, SIZE = 100000, LIVE = COUNT * SIZE };
	uint8_t *data = malloc(SIZE);
	const char *left = in_folder("store.zarrfs-tmp-zip");
	char key[32];

	open_new();
	ck_assert_int_eq(chmod(fx.store_folder, 0640), 0);
	for (int session = 0; session < 6; session++) {
		memset(data, 'a' + session, SIZE);
		for (int i = 0; i < COUNT; i++) {
			snprintf(key, sizeof key, "c/%d", i);
			zf_op_init(&fx.op);
			found(zf_store_put(fx.store, &fx.op, key, data, SIZE, ZF_PUT_ALWAYS, NULL));
		}
		unit_ok(flush(), &fx.op);
		write_file(left, "what a killed one left", 22);
		open_again();
		ck_assert_int_eq(access(left, F_OK), -1);
		ck_assert_msg(file_size() < 2 * LIVE + LIVE / 2, "%" PRIu64 " bytes after session %d",
			file_size(), session);
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(key, sizeof key, "c/%d", i);
		found(get(key, NULL));
		ck_assert_uint_eq(fx.out.len, SIZE);
		ck_assert_mem_eq(fx.out.data, data, SIZE);
	}
	for (int i = 1; i < COUNT; i++) {
		snprintf(key, sizeof key, "c/%d", i);
		found(del(key));
	}
	found(put("new", "value"));
	open_again();
	ck_assert_uint_lt(file_size(), SIZE + 1000);
	ck_assert_uint_eq(file_mode(), 0640);
	found(get("c/0", NULL));
	ck_assert_mem_eq(fx.out.data, data, SIZE);
	found(get("new", NULL));
	got("value");
	free(data);
}
END_TEST

/* Appends bytes as a writer leaves them that was killed. */
static void leave(const void *bytes, size_t len)
{
	int fd = open(fx.store_folder, O_WRONLY | O_APPEND);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

START_TEST(killed_writer)
{
	static uint8_t junk[300000];
	uint8_t inner[WHOLE];
	uint64_t size;
	int result;

	open_new();
	found(put("a", "kept"));
	unit_ok(flush(), &fx.op);
	size = file_size();
	zf_store_close(fx.store);
	fx.store = NULL;
	memcpy(junk, "PK\3\4", 4);
	leave(junk, sizeof junk);
	/* a value that is an archive, and other bytes after it */
	make(inner);
	leave(inner, sizeof inner);
	leave(junk, 4);
	open_again();
	ck_assert_str_eq(list("", &result), "a ");
	found(get("a", NULL));
	got("kept");
	ck_assert_uint_eq(file_size(), size); /* for programs that look for the end near the end */
	found(put("b", "new"));
	open_again();
	ck_assert_str_eq(list("", &result), "a b ");
}
END_TEST

/* A value that ends as an archive does is followed by something else in the file. */
START_TEST(archive_as_value)
{
	uint8_t inner[WHOLE];
	struct zf_store *other = NULL;

	make(inner);
	open_new();
	found(put("a", "outer"));
	unit_ok(flush(), &fx.op);
	zf_op_init(&fx.op);
	found(zf_store_put(fx.store, &fx.op, "inner", inner, sizeof inner, ZF_PUT_ALWAYS, NULL));
	/* as somebody sees it who opens it before the flush, or after a kill */
	unit_ok(zf_zip_open(&fx.ctx, &fx.op, fx.store_folder, ZF_ZIP_READONLY, &other), &fx.op);
	fx.out.len = 0;
	found(zf_store_get(other, &fx.op, "a", NULL, &fx.out, NULL));
	got("outer");
	missing(zf_store_get(other, &fx.op, "v", NULL, &fx.out, NULL));
	zf_store_close(other);
	found(get("inner", NULL));
	ck_assert_uint_eq(fx.out.len, sizeof inner);
	ck_assert_mem_eq(fx.out.data, inner, sizeof inner);
}
END_TEST

START_TEST(two_writers)
{
	struct zf_store *other = NULL;
	char text[256];

	open_new();
	unit_ok(zf_zip_open(&fx.ctx, &fx.op, fx.store_folder, 0, &other), &fx.op);
	found(put("v", "one"));
	snprintf(text, sizeof text, "key 'w' in zip:%s: another zarrfs is writing to the archive",
		fx.store_folder);
	unit_fails(zf_store_put(other, &fx.op, "w", "x", 1, ZF_PUT_ALWAYS, NULL), &fx.op, EBUSY, text);
	unit_ok(flush(), &fx.op);
	/* and in turns it works, each seeing what the other did */
	for (int i = 0; i < 5; i++) {
		zf_op_init(&fx.op);
		unit_ok(zf_store_put(other, &fx.op, "w", "there", 5, ZF_PUT_ALWAYS, NULL), &fx.op);
		unit_ok(zf_store_flush(other, &fx.op), &fx.op);
		found(get("w", NULL));
		got("there");
		found(put("v", "here"));
		unit_ok(flush(), &fx.op);
		fx.out.len = 0;
		found(zf_store_get(other, &fx.op, "v", NULL, &fx.out, NULL));
		got("here");
	}
	zf_store_close(other);
}
END_TEST

START_TEST(changed_by_others)
{
	uint8_t p[WHOLE];
	struct zf_tag tag;

	make(p);
	opens(p, sizeof p);
	found(get("v", NULL));
	tag = fx.value.tag;
	/* replaced by another file with another value: CRC-32 is not looked at in a range */
	p[DATA] = 'X';
	write_file(in_folder("new"), p, sizeof p);
	ck_assert_int_eq(rename(in_folder("new"), fx.store_folder), 0);
	found(get("v", &(struct zf_range){ .len = 3 }));
	got("X23");
	ck_assert(!zf_tag_equal(&tag, &fx.value.tag));
	write_file(fx.store_folder, "gone", 4);
	fails(get("v", NULL), EIO, "v",
		"the archive was changed: not a whole zip archive: it has no end record");
	ck_assert_int_eq(unlink(fx.store_folder), 0);
	fails(get("v", NULL), EIO, "v", "the archive cannot be looked at: No such file or directory");
}
END_TEST

START_TEST(read_only)
{
	uint8_t p[WHOLE];

	make(p);
	write_file(fx.store_folder, p, sizeof p);
	unit_ok(zf_zip_open(&fx.ctx, &fx.op, fx.store_folder, ZF_ZIP_READONLY, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "zip:%s", fx.store_folder);
	fails(put("w", "x"), EROFS, "w", "the store is read-only");
	fails(del("v"), EROFS, "v", "the store is read-only");
	found(get("v", NULL));
}
END_TEST

/* More than 65535 entries need ZIP64, and 10^5 are to be there in a second. */
START_TEST(many_entries)
{
	struct timespec start, now;
	char key[32];
	int result;

	open_new();
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof key, "a/c/%d/%d", i / 1000, i % 1000);
		zf_op_init(&fx.op);
		found(zf_store_put(fx.store, &fx.op, key, key, strlen(key), ZF_PUT_ALWAYS, NULL));
	}
	found(put("zarr.json", "{}"));
	unit_ok(flush(), &fx.op);
	clock_gettime(CLOCK_MONOTONIC, &start);
	open_again();
	clock_gettime(CLOCK_MONOTONIC, &now);
	double seconds = (double)(now.tv_sec - start.tv_sec) + 1e-9 * (double)(now.tv_nsec - start.tv_nsec);
	printf("# 100001 entries opened in %.3f s\n", seconds);
	ck_assert_str_eq(list("", &result), "a/ zarr.json ");
	found(get("a/c/99/999", NULL));
	got("a/c/99/999");
	if (!getenv("CK_TIMEOUT_MULTIPLIER"))
		ck_assert(seconds < 3.0);
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
		ck_assert_int_ge(zf_store_get(store, &op, "new", NULL, &out, NULL), 0);
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
	if (zf_zip_open(&fx.ctx, &fx.op, in_folder("flipped"), 0, &store) == 0)
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

	open_new();
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
	for (int i = 0; i < 1000; i++)
		flip_bits(bytes, n, &seed);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { by_hand, damaged_ends, damaged_entries, sizes_that_lie, something_in_front,
		folder_of_the_root, places_are_used_again, made_smaller, killed_writer, archive_as_value,
		two_writers, changed_by_others, read_only, many_entries, flipped_bits };
	Suite *suite = suite_create("zip");
	TCase *tcase = tcase_create("zip");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
