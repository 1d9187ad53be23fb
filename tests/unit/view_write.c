/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing through the view: arrays that are there, new ones, removing, renaming. The stored bytes are those
 * that the specification gives for these small arrays, the new documents those of zarr-python 2.13.
 */
#include "view_write.h"

#define RW ZF_FILE_WRITE

/* A v3 array of 4 bytes, whose shape can be found in the text. */
#define V3_OF(SHAPE)                                                                                         \
	"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": " SHAPE ", \"data_type\": \"uint8\", "    \
	"\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4]}}, "               \
	"\"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": 0, \"codecs\": [{\"name\": "       \
	"\"bytes\"}]}"

/* ---- arrays that are there ----------------------------------------------------------------------------- */

START_TEST(writes_in_place)
{
	static const unsigned char bytes[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	static const unsigned char left[8] = { 1, 2, 3, 4, 7, 8, 9, 10 },
				   right[8] = { 5, 6, 0, 0, 11, 12, 0, 0 };
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 0, bytes, 5);
	write_at(f, file, 5, bytes + 5, 7);
	holds(f, "a", bytes, 12);
	flushed_and_closed(f, file);
	stores(f, "a/0.0", left, 8);
	stores(f, "a/0.1", right, 8);
	stores_text(f, "a/.zarray", V2_ARRAY);
	holds(f, "a", bytes, 12);
	tear_down(f);
}
END_TEST

START_TEST(grows)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	struct zf_attr before, attr;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[4]"));
	put(f, "a/c/0", "abcd");
	open_writable(f, NULL);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &before), &f->op);
	file = opened(f, "a", RW);
	write_at(f, file, 6, "xyz", 3);
	ck_assert_uint_eq(zf_file_size(file), 9);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &attr), &f->op);
	ck_assert_uint_eq(attr.size, 9);
	ck_assert_int_gt(attr.mtime_ns, before.mtime_ns);
	stores_text(f, "a/zarr.json", V3_OF("[4]"));
	flushed_and_closed(f, file);
	stores_text(f, "a/zarr.json", V3_OF("[9]"));
	stores(f, "a/c/0", "abcd", 4);
	stores(f, "a/c/1", "\0\0xy", 4);
	stores(f, "a/c/2", "z\0\0\0", 4);
	reopen(f, NULL);
	holds(f, "a", "abcd\0\0xyz", 9);
	looks(f, "a", "9");
	tear_down(f);
}
END_TEST

/* A write without growth leaves the document as it is, but makes it younger: its time is the array's. */
START_TEST(time_of_writing)
{
	struct fixture *f = set_up();
	struct zf_attr before, attr;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[4]"));
	open_writable(f, NULL);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &before), &f->op);
	write_file(f, "a", "1234", 4);
	reopen(f, NULL);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &attr), &f->op);
	ck_assert_int_gt(attr.mtime_ns, before.mtime_ns);
	ck_assert(attr.writable);
	stores_text(f, "a/zarr.json", V3_OF("[4]"));
	tear_down(f);
}
END_TEST

START_TEST(grows_in_rows)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 12, "pq", 2);
	ck_assert_uint_eq(zf_file_size(file), 14);
	flushed(f, file);
	ck_assert_uint_eq(zf_file_size(file), 18);
	zf_file_close(file);
	stores_text(f, "a/.zarray", V2("[3, 3]", "[2, 2]", ""));
	holds(f, "a", "\0\0\0\0\0\0\0\0\0\0\0\0pq\0\0\0\0", 18);
	tear_down(f);
}
END_TEST

/* A flush in the middle of a row rounds the row up, but does not tear apart what is being appended; the end
 * of the last writer does, and a new one. */
START_TEST(appends_through_flushes)
{
	static const char want[24] = "abcdefghijklmn\0\0\0\0z\0\0\0\0";
	struct fixture *f = set_up();
	struct zf_file *one, *two;
	uint64_t end = 0;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2("[0, 3]", "[2, 2]", ""));
	open_writable(f, NULL);
	one = opened(f, "a", RW);
	two = opened(f, "a", RW);
	write_at(f, one, 0, "a", 1);
	flushed(f, one);
	ck_assert_uint_eq(zf_file_size(one), 6);
	for (uint64_t i = 1; i < 13; i++) {
		unit_ok(zf_file_end(two, &f->op, &end), &f->op);
		ck_assert_uint_eq(end, i);
		write_at(f, two, end, &want[i], 1);
		flushed(f, i % 2 ? one : two);
		ck_assert_uint_eq(zf_file_size(one), i < 6 ? 6 : i < 12 ? 12 : 18);
	}
	zf_file_close(one);
	unit_ok(zf_file_end(two, &f->op, &end), &f->op);
	ck_assert_uint_eq(end, 13);
	write_at(f, two, end, "n", 1);
	flushed_and_closed(f, two);
	one = opened(f, "a", RW);
	unit_ok(zf_file_end(one, &f->op, &end), &f->op);
	ck_assert_uint_eq(end, 18);
	write_at(f, one, end, "z", 1);
	flushed(f, one);
	/* so does who opens it when all is stored: it may be that the kernel is late to close the other */
	two = opened(f, "a", RW);
	unit_ok(zf_file_end(two, &f->op, &end), &f->op);
	ck_assert_uint_eq(end, 24);
	zf_file_close(one);
	flushed_and_closed(f, two);
	holds(f, "a", want, 24);
	tear_down(f);
}
END_TEST

START_TEST(truncates)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[10]"));
	put(f, "a/c/0", "abcd");
	put(f, "a/c/1", "efgh");
	put(f, "a/c/2", "ij__");
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	unit_ok(zf_file_truncate(file, &f->op, 6), &f->op);
	stores_text(f, "a/zarr.json", V3_OF("[6]"));
	not_stored(f, "a/c/2");
	unit_ok(zf_file_truncate(file, &f->op, 10), &f->op);
	holds(f, "a", "abcdef\0\0\0\0", 10);
	flushed_and_closed(f, file);
	stores_text(f, "a/zarr.json", V3_OF("[10]"));
	reopen(f, NULL);
	holds(f, "a", "abcdef\0\0\0\0", 10);
	write_file(f, "a", "new", 3);
	stores_text(f, "a/zarr.json", V3_OF("[3]"));
	holds(f, "a", "new", 3);
	not_stored(f, "a/c/1");
	tear_down(f);
}
END_TEST

START_TEST(odd_sizes)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	put(f, "zero/.zarray", V2("[]", "[]", ""));
	put(f, "zero/0", "xy");
	put(f, "none/.zarray", V2("[0, 0]", "[1, 1]", ""));
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	unit_fails(zf_file_truncate(file, &f->op, 7), &f->op, EINVAL,
		"a: a size of 7 bytes is no multiple of a row of 6");
	zf_op_init(&f->op);
	unit_fails(zf_file_truncate(file, &f->op, UINT64_MAX), &f->op, EFBIG,
		"a: a size of 18446744073709551615 bytes is too large");
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(file, &f->op, "x", 1, INT64_MAX), &f->op, EFBIG,
		"1 bytes at offset 9223372036854775807 are beyond the largest size");
	zf_file_close(file);
	stores_text(f, "a/.zarray", V2_ARRAY);

	file = opened(f, "zero", RW);
	zf_op_init(&f->op);
	unit_fails(zf_file_truncate(file, &f->op, 4), &f->op, EINVAL,
		"zero: an array without dimensions has 2 bytes, not 4");
	zf_file_close(file);
	holds(f, "zero", "xy", 2);
	zf_file_close(opened(f, "zero", RW | ZF_FILE_TRUNCATE));
	holds(f, "zero", "\0\0", 2);

	file = opened(f, "none", RW);
	zf_op_init(&f->op);
	unit_fails(zf_file_truncate(file, &f->op, 4), &f->op, EINVAL,
		"none: a size of 4 bytes is no multiple of a row of 0");
	zf_op_init(&f->op);
	unit_ok(zf_file_truncate(file, &f->op, 0), &f->op);
	zf_file_close(file);
	tear_down(f);
}
END_TEST

START_TEST(punches)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[10]"));
	put(f, "a/c/0", "abcd");
	put(f, "a/c/1", "efgh");
	put(f, "a/c/2", "ij__");
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	unit_ok(zf_file_punch(file, &f->op, 2, 7), &f->op);
	unit_ok(zf_file_punch(file, &f->op, 10, 7), &f->op);
	holds(f, "a", "ab\0\0\0\0\0\0\0j", 10);
	flushed_and_closed(f, file);
	not_stored(f, "a/c/1");
	reopen(f, NULL);
	holds(f, "a", "ab\0\0\0\0\0\0\0j", 10);
	tear_down(f);
}
END_TEST

START_TEST(for_reading_only)
{
	static const struct zf_tree_config readonly = { .flags = ZF_OPEN_READONLY };
	struct fixture *f = set_up();
	struct zf_file *file;
	struct zf_attr attr;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	open_writable(f, NULL);
	file = opened(f, "a", 0);
	unit_fails(
		zf_file_pwrite(file, &f->op, "x", 1, 0), &f->op, EBADF, "the file is not open for writing");
	zf_op_init(&f->op);
	unit_fails(zf_file_truncate(file, &f->op, 0), &f->op, EBADF, "the file is not open for writing");
	zf_op_init(&f->op);
	unit_fails(zf_file_punch(file, &f->op, 0, 1), &f->op, EBADF, "the file is not open for writing");
	zf_op_init(&f->op);
	unit_ok(zf_file_flush(file, &f->op), &f->op);
	unit_ok(zf_file_sync(file, &f->op), &f->op);
	zf_file_close(file);

	reopen(f, &readonly);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &attr), &f->op);
	ck_assert(!attr.writable);
	not_opened(f, "a", RW, EROFS, "a: the store is mounted read-only");
	not_opened(f, "b", RW | ZF_FILE_CREATE, EROFS, "b: the store is mounted read-only");
	not_opened(f, "a.info", RW, EROFS, "a.info: the store is mounted read-only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op, EROFS, "g: the store is mounted read-only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rmdir(f->tree, &f->op, "g"), &f->op, EROFS, "g: the store is mounted read-only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, "a"), &f->op, EROFS, "a: the store is mounted read-only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rename(f->tree, &f->op, "a", "b", 0), &f->op, EROFS,
		"a: the store is mounted read-only");
	zf_op_init(&f->op);
	unit_ok(zf_tree_flush(f->tree, &f->op), &f->op);
	tear_down(f);
}
END_TEST

/* An error of storing is told once to each handle, and what was written stays readable and is stored later.
 * The store cannot put a value where a directory is. */
START_TEST(errors_once_for_each)
{
	struct fixture *f = set_up();
	struct zf_file *one, *two, *late;
	char want[ZF_OP_TEXT];

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[4]"));
	put(f, "a/c/0/in/the/way", "");
	open_writable(f, NULL);
	one = opened(f, "a", RW);
	two = opened(f, "a", RW);
	write_at(f, one, 0, "wxyz", 4);
	zf_op_init(&f->op);
	ck_assert_int_eq(zf_file_flush(one, &f->op), -1);
	ck_assert_int_eq(f->op.err, EISDIR);
	strcpy(want, f->op.text);
	ck_assert_ptr_nonnull(strstr(want, "a: chunk 0: key 'a/c/0' in dir:"));
	late = opened(f, "a", RW);
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(two, &f->op, "!", 1, 3), &f->op, EISDIR, want);
	holds(f, "a", "wxyz", 4);
	drop(f, "a/c/0");
	flushed(f, two);
	flushed(f, one);
	flushed(f, late);
	stores(f, "a/c/0", "wxyz", 4);
	zf_file_close(late);
	zf_file_close(two);
	zf_file_close(one);
	tear_down(f);
}
END_TEST

/* What could not be stored when the last handle went is stored with the tree. */
START_TEST(dirty_without_handles)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[4]"));
	put(f, "a/c/0/in/the/way", "");
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 0, "wxyz", 4);
	write_at(f, file, 4, "grown", 5);
	zf_op_init(&f->op);
	ck_assert_int_eq(zf_file_flush(file, &f->op), -1);
	zf_file_close(file);
	looks(f, "a", "9");
	lists(f, "", "a:9 a.info ");
	zf_op_init(&f->op);
	ck_assert_int_eq(zf_tree_flush(f->tree, &f->op), -1);
	ck_assert_int_eq(f->op.err, EISDIR);
	stores_text(f, "a/zarr.json", V3_OF("[4]"));
	drop(f, "a/c/0");
	zf_op_init(&f->op);
	unit_ok(zf_tree_flush(f->tree, &f->op), &f->op);
	stores(f, "a/c/0", "wxyz", 4);
	stores_text(f, "a/zarr.json", V3_OF("[9]"));
	tear_down(f);
}
END_TEST

/* ---- other programs ------------------------------------------------------------------------------------ */

START_TEST(grown_by_others_too)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/zarr.json", V3_OF("[4]"));
	put(f, "a/c/0", "abcd");
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 4, "E", 1);
	put(f, "a/c/2", "ijkl");
	put(f, "a/zarr.json", V3_OF("[12]"));
	flushed(f, file);
	stores_text(f, "a/zarr.json", V3_OF("[12]"));
	holds(f, "a", "abcdE\0\0\0ijkl", 12);
	zf_file_close(file);
	tear_down(f);
}
END_TEST

START_TEST(replaced_by_others)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 0, "1234", 4);
	put(f, "a/.zarray", V2("[2, 3]", "[1, 1]", ""));
	zf_op_init(&f->op);
	unit_fails(zf_file_flush(file, &f->op), &f->op, ESTALE,
		"a: the array was replaced by another program; what was written is lost");
	not_stored(f, "a/0.0");
	zf_file_close(file);
	file = opened(f, "a", RW);
	write_at(f, file, 0, "1234", 4);
	drop(f, "a/.zarray");
	zf_op_init(&f->op);
	unit_fails(zf_file_flush(file, &f->op), &f->op, ESTALE,
		"a: the array was removed by another program; what was written is lost");
	zf_file_close(file);
	tear_down(f);
}
END_TEST

/* ---- new arrays ---------------------------------------------------------------------------------------- */

/* zarr.open_group(...).create_dataset(name, shape=SHAPE, dtype='|u1') of zarr-python 2.13 */
#define NEW_V2(SHAPE, CHUNKS)                                                                                \
	"{\n    \"chunks\": [\n        " CHUNKS                                                              \
	"\n    ],\n    \"compressor\": {\n        \"blocksize\": 0,\n"                                       \
	"        \"clevel\": 5,\n        \"cname\": \"lz4\",\n        \"id\": \"blosc\",\n        "          \
	"\"shuffle\": 1\n"                                                                                   \
	"    },\n    \"dtype\": \"|u1\",\n    \"fill_value\": 0,\n    \"filters\": null,\n    \"order\": "   \
	"\"C\",\n"                                                                                           \
	"    \"shape\": [\n        " SHAPE "\n    ],\n    \"zarr_format\": 2\n}"

START_TEST(creates)
{
	struct fixture *f = set_up();
	struct zf_file *file, *second;

	put(f, ".zgroup", V2_GROUP);
	open_writable(f, NULL);
	file = opened(f, "new", RW | ZF_FILE_CREATE | ZF_FILE_EXCLUSIVE);
	looks(f, "new", "0");
	lists(f, "", "new:0 new.info ");
	not_opened(f, "new", RW | ZF_FILE_CREATE | ZF_FILE_EXCLUSIVE, EEXIST, "new: is there already");
	second = opened(f, "new", RW | ZF_FILE_CREATE);
	write_at(f, file, 0, "hello ", 6);
	write_at(f, second, 6, "world", 5);
	looks(f, "new", "11");
	holds(f, "new", "hello world", 11);
	flushed_and_closed(f, file);
	stores_text(f, "new/.zarray", NEW_V2("11", "11"));
	holds(f, "new", "hello world", 11);
	flushed_and_closed(f, second);
	reopen(f, NULL);
	holds(f, "new", "hello world", 11);
	tear_down(f);
}
END_TEST

/* zarr-python gives 5,000,000 bytes chunks of 625,000. An empty array has the chunks of one of 1 GiB, and so
 * has one that is too large to be held back. */
START_TEST(chunks_for_the_size)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	size_t size = 9 << 20;
	char *data = malloc(size);

	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 31 >> 3);
	put(f, ".zgroup", V2_GROUP);
	open_writable(f, NULL);
	write_file(f, "five", data, 5000000);
	stores_text(f, "five/.zarray", NEW_V2("5000000", "625000"));
	holds(f, "five", data, 5000000);

	file = opened(f, "empty", RW | ZF_FILE_CREATE);
	flushed_and_closed(f, file);
	stores_text(f, "empty/.zarray", NEW_V2("0", "2097152"));
	file = opened(f, "empty", RW);
	write_at(f, file, 2, "xy", 2);
	flushed_and_closed(f, file);
	stores_text(f, "empty/.zarray", NEW_V2("4", "4"));
	holds(f, "empty", "\0\0xy", 4);

	file = opened(f, "large", RW | ZF_FILE_CREATE);
	for (size_t at = 0; at < size; at += 1 << 20)
		write_at(f, file, at, data + at, 1 << 20);
	holds(f, "large", data, size);
	flushed_and_closed(f, file);
	stores_text(f, "large/.zarray", NEW_V2("9437184", "2097152"));
	reopen(f, NULL);
	holds(f, "large", data, size);

	file = opened(f, "sparse", RW | ZF_FILE_CREATE);
	write_at(f, file, 0, "begin", 5);
	unit_ok(zf_file_truncate(file, &f->op, 1 << 30), &f->op);
	ck_assert_uint_eq(zf_file_size(file), 1 << 30);
	flushed_and_closed(f, file);
	stores_text(f, "sparse/.zarray", NEW_V2("1073741824", "2097152"));
	free(data);
	tear_down(f);
}
END_TEST

START_TEST(creates_as_told)
{
	static const struct zf_tree_config rows = { .new_arrays = { .dtype = "<i2",
							    .shape = "-1,3",
							    .chunks = "2,3",
							    .compressor = "none",
							    .fill_value = "7" } };
	static const unsigned char first[12] = { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 7, 0, 7, 0 };
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	open_writable(f, &rows);
	write_file(f, "a", "abcdefgh", 8);
	looks(f, "a", "12");
	stores(f, "a/0.0", first, 12);
	holds(f, "a", first, 12);
	tear_down(f);
}
END_TEST

START_TEST(names_that_cannot_be)
{
	struct fixture *f = set_up();
	char name[300];

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	put(f, "readme/README.txt", "not Zarr");
	open_writable(f, NULL);
	memset(name, 'n', 256);
	name[256] = '\0';
	not_opened(f, ".zarray", RW | ZF_FILE_CREATE, EINVAL, ".zarray: a name that Zarr keeps for itself");
	not_opened(
		f, "zarr.json", RW | ZF_FILE_CREATE, EINVAL, "zarr.json: a name that Zarr keeps for itself");
	not_opened(f, "g/b", RW | ZF_FILE_CREATE, ENOENT, "g: no such array or group");
	not_opened(f, "a/b", RW | ZF_FILE_CREATE, ENOTDIR, "a: not a group");
	not_opened(f, "", RW | ZF_FILE_CREATE, EISDIR, "/: a group");
	not_opened(f, "../b", RW | ZF_FILE_CREATE, EINVAL, "../b: not a name that a node can have");
	not_opened(f, "readme", RW | ZF_FILE_CREATE, EEXIST,
		"readme: key 'readme/README.txt' is there, and belongs to no array");
	zf_op_init(&f->op);
	ck_assert_int_eq(zf_tree_mkdir(f->tree, &f->op, name), -1);
	ck_assert_int_eq(f->op.err, EINVAL);
	lists(f, "", "a:12 a.info ");
	tear_down(f);
}
END_TEST

/* Chunks that a killed program left behind do not come to life in a new array. */
START_TEST(leftover_chunks)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "a/c/0", "old!");
	open_writable(f, NULL);
	file = opened(f, "a", RW | ZF_FILE_CREATE);
	not_stored(f, "a/c/0");
	zf_file_close(file);
	tear_down(f);
}
END_TEST

/* ---- groups and removing ------------------------------------------------------------------------------- */

START_TEST(makes_groups)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "three/zarr.json", V3_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	open_writable(f, NULL);
	unit_ok(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op);
	stores_text(f, "g/.zgroup", "{\n    \"zarr_format\": 2\n}");
	unit_ok(zf_tree_mkdir(f->tree, &f->op, "three/h"), &f->op);
	lists(f, "", "a:12 a.info g/ three/ ");
	lists(f, "three", "h/ ");
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op, EEXIST, "g: is there already");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "a"), &f->op, EEXIST, "a: is there already");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, ""), &f->op, EEXIST, "/: is there already");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "no/h"), &f->op, ENOENT, "no: no such array or group");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "a/h"), &f->op, ENOTDIR, "a: not a group");
	tear_down(f);
}
END_TEST

START_TEST(removes)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	char byte;
	size_t got;

	put(f, ".zgroup", V2_GROUP);
	put(f, "g/.zgroup", V2_GROUP);
	put(f, "g/.zattrs", "{}");
	put(f, "g/a/.zarray", V2_ARRAY);
	put(f, "g/a/.zattrs", "{}");
	put(f, "g/a/0.0", "01234567");
	open_writable(f, NULL);
	unit_fails(zf_tree_rmdir(f->tree, &f->op, "g"), &f->op, ENOTEMPTY, "g: not empty");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rmdir(f->tree, &f->op, "g/a"), &f->op, ENOTDIR, "g/a: not a group");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rmdir(f->tree, &f->op, ""), &f->op, EBUSY, "/: the root cannot be removed");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rmdir(f->tree, &f->op, "h"), &f->op, ENOENT, "h: no such array or group");
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, "g"), &f->op, EISDIR, "g: a group");
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, "g/a.info"), &f->op, EPERM,
		"g/a.info: a name made by the view, which cannot be removed");
	zf_op_init(&f->op);
	file = opened(f, "g/a", RW);
	write_at(f, file, 0, "x", 1);
	unit_ok(zf_tree_unlink(f->tree, &f->op, "g/a"), &f->op);
	missing(f, "g/a");
	not_stored(f, "g/a/.zarray");
	not_stored(f, "g/a/.zattrs");
	not_stored(f, "g/a/0.0");
	/* who has it open reads and writes on */
	unit_ok(zf_file_pread(file, &f->op, &byte, 1, 0, &got), &f->op);
	ck_assert_int_eq(byte, 'x');
	unit_ok(zf_file_pwrite(file, &f->op, "y", 1, 0), &f->op);
	unit_ok(zf_file_pread(file, &f->op, &byte, 1, 0, &got), &f->op);
	ck_assert_int_eq(byte, 'y');
	flushed_and_closed(f, file);
	not_stored(f, "g/a/0.0");
	zf_op_init(&f->op);
	unit_ok(zf_tree_rmdir(f->tree, &f->op, "g"), &f->op);
	missing(f, "g");
	not_stored(f, "g/.zattrs");
	lists(f, "", "");
	/* a new one of the same name has nothing of the old one */
	write_file(f, "g", "new", 3);
	holds(f, "g", "new", 3);
	tear_down(f);
}
END_TEST

/* ---- renaming ------------------------------------------------------------------------------------------ */

START_TEST(renames)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_GROUP);
	put(f, "g/zarr.json", V3_GROUP);
	put(f, "g/a/zarr.json", V3_OF("[4]"));
	put(f, "g/a/c/0", "abcd");
	put(f, "h/zarr.json", V3_GROUP);
	open_writable(f, NULL);
	file = opened(f, "g/a", RW);
	write_at(f, file, 4, "ef", 2);
	unit_ok(zf_tree_rename(f->tree, &f->op, "g/a", "b", 0), &f->op);
	missing(f, "g/a");
	not_stored(f, "g/a/c/0");
	stores(f, "b/c/0", "abcd", 4);
	holds(f, "b", "abcdef", 6);
	/* the handle went along */
	write_at(f, file, 0, "A", 1);
	flushed_and_closed(f, file);
	stores(f, "b/c/0", "Abcd", 4);
	unit_ok(zf_tree_rename(f->tree, &f->op, "b", "g/a", ZF_RENAME_NOREPLACE), &f->op);

	file = opened(f, "g/a", RW);
	unit_ok(zf_tree_rename(f->tree, &f->op, "g", "h/g", 0), &f->op);
	missing(f, "g");
	lists(f, "h/g", "a:6 a.info ");
	write_at(f, file, 1, "B", 1);
	flushed_and_closed(f, file);
	holds(f, "h/g/a", "ABcdef", 6);
	stores_text(f, "h/g/a/zarr.json", V3_OF("[6]"));
	stores_text(f, "h/g/zarr.json", V3_GROUP);
	tear_down(f);
}
END_TEST

START_TEST(renames_that_cannot_be)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "g/.zgroup", V2_GROUP);
	put(f, "g/a/.zarray", V2_ARRAY);
	put(f, "e/.zgroup", V2_GROUP);
	put(f, "b/.zarray", V2("[1]", "[1]", ""));
	open_writable(f, NULL);
#define FAILS(FROM, TO, FLAGS, ERR, TEXT)                                                                    \
	do {                                                                                                 \
		zf_op_init(&f->op);                                                                          \
		unit_fails(zf_tree_rename(f->tree, &f->op, FROM, TO, FLAGS), &f->op, ERR, TEXT);             \
	} while (0)
	FAILS("no", "x", 0, ENOENT, "no: no such array or group");
	FAILS("b", "no/x", 0, ENOENT, "no: no such array or group");
	FAILS("b", "g/a/x", 0, ENOTDIR, "g/a: not a group");
	FAILS("b", ".zattrs", 0, EINVAL, ".zattrs: a name that Zarr keeps for itself");
	FAILS("b.info", "x", 0, EPERM, "b.info: a name made by the view, which cannot be renamed");
	FAILS("b", "g", 0, EISDIR, "g: a group");
	FAILS("g", "b", 0, ENOTDIR, "b: not a group");
	FAILS("e", "g", 0, ENOTEMPTY, "g: not empty");
	FAILS("e", "b", ZF_RENAME_NOREPLACE, EEXIST, "b: is there already");
	FAILS("b", "g/a", ZF_RENAME_NOREPLACE, EEXIST, "g/a: is there already");
	FAILS("g", "g/x", 0, EINVAL, "g: cannot be moved into itself");
	FAILS("", "x", 0, EBUSY, "/: the root cannot be renamed");
	FAILS("b", "g/a", 0, EINVAL, "g/a: a size of 2 bytes is no multiple of a row of 6");
#undef FAILS
	lists(f, "", "b:2 b.info e/ g/ ");
	holds(f, "g/a", "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, "b", "b", 0), &f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, "g", "e", 0), &f->op);
	lists(f, "", "b:2 b.info e/ ");
	lists(f, "e", "a:12 a.info ");
	tear_down(f);
}
END_TEST

/* rsync and editors: a new file is written, and renamed onto the old one. */
START_TEST(renames_onto)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	put(f, "a/0.0", "01234567");
	open_writable(f, NULL);
	write_file(f, ".a.Xy12Z3", "abcdefghijklmnopqr", 18);
	unit_ok(zf_tree_rename(f->tree, &f->op, ".a.Xy12Z3", "a", 0), &f->op);
	lists(f, "", "a:18 a.info ");
	holds(f, "a", "abcdefghijklmnopqr", 18);
	stores_text(f, "a/.zarray", V2("[3, 3]", "[2, 2]", ""));
	stores(f, "a/0.0", "abcdghij", 8);
	not_stored(f, ".a.Xy12Z3/.zarray");
	/* and onto a name that is not there */
	write_file(f, ".b.Xy12Z3", "abc", 3);
	unit_ok(zf_tree_rename(f->tree, &f->op, ".b.Xy12Z3", "b", 0), &f->op);
	lists(f, "", "a:18 a.info b:3 b.info ");
	tear_down(f);
}
END_TEST

/* ---- older formats
 * ------------------------------------------------------------------------------------------ */

#define V1_OF(SHAPE)                                                                                         \
	"{\"zarr_format\": 1, \"shape\": " SHAPE ", \"chunks\": [4], \"dtype\": \"|u1\", \"compression\": "  \
	"\"none\", \"compression_opts\": null, \"fill_value\": 0, \"order\": \"C\"}"

START_TEST(writes_v1)
{
	struct fixture *f = set_up();
	char path[80], text[80];
	struct zf_file *file;

	put(f, "meta", V1_OF("[4]"));
	put(f, "attrs", "{}");
	put(f, "0", "abcd");
	open_writable(f, NULL);
	strcpy(path, zf_tree_root_file(f->tree));
	file = opened(f, path, RW);
	write_at(f, file, 4, "ef", 2);
	flushed_and_closed(f, file);
	stores_text(f, "meta", V1_OF("[6]"));
	stores(f, "1", "ef\0\0", 4);
	holds(f, path, "abcdef", 6);
	strcat(path, ".info");
	write_file(f, path, "{\"attributes\": {\"x\": 1}}", 24);
	stores_text(f, "attrs", "{\n    \"x\": 1\n}");
	snprintf(text, sizeof text, "%s: the store is a single array", zf_tree_root_file(f->tree));
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, zf_tree_root_file(f->tree)), &f->op, EPERM, text);
	not_opened(f, "new", RW | ZF_FILE_CREATE, EPERM, "new: the store is a single array");
	tear_down(f);
}
END_TEST

START_TEST(formats_that_are_only_read)
{
	struct fixture *f = set_up();
	struct zf_attr attr;
	struct zf_file *file;

	put(f, "attributes.json", "{\"n5\": \"2.0.0\"}");
	put(f, "a/attributes.json",
		"{\"dimensions\": [4], \"blockSize\": [4], \"dataType\": \"uint8\", \"compression\": "
		"{\"type\": \"raw\"}}");
	open_writable(f, NULL);
	unit_ok(zf_tree_stat(f->tree, &f->op, "a", &attr), &f->op);
	ck_assert(!attr.writable);
	not_opened(f, "a", RW, EROFS, "a: N5 is read only");
	not_opened(f, "b", RW | ZF_FILE_CREATE, EROFS, "/: N5 is read only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op, EROFS, "/: N5 is read only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, "a"), &f->op, EROFS, "a: N5 is read only");
	zf_op_init(&f->op);
	unit_fails(zf_tree_rename(f->tree, &f->op, "a", "b", 0), &f->op, EROFS, "a: N5 is read only");
	file = opened(f, "a.info", RW);
	write_at(f, file, 0, "{\"attributes\": {}}", 18);
	zf_op_init(&f->op);
	unit_fails(zf_file_flush(file, &f->op), &f->op, EROFS, "a: N5 is read only");
	zf_file_close(file);
	tear_down(f);
}
END_TEST

/* ---- new stores ---------------------------------------------------------------------------------------- */

START_TEST(new_stores)
{
	static const struct zf_tree_config v3 = { .flags = ZF_OPEN_CREATE },
					   v2 = { .flags = ZF_OPEN_CREATE, .new_arrays.zarr_format = 2 };
	struct fixture *f = set_up();
	size_t len;
	char *doc;

	unit_ok(zf_tree_open(f->ctx, &f->op, "mem:x", &v3, &f->tree), &f->op);
	lists(f, "", "");
	write_file(f, "a", "abc", 3);
	unit_ok(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op);
	lists(f, "", "a:3 a.info g/ ");
	holds(f, "a", "abc", 3);
	doc = content(f, "a.info", &len);
	ck_assert_ptr_nonnull(strstr(doc, "\"zarr_format\": 3"));
	free(doc);
	zf_tree_close(f->tree);
	unit_ok(zf_tree_open(f->ctx, &f->op, "mem:x", &v2, &f->tree), &f->op);
	write_file(f, "a", "abc", 3);
	doc = content(f, "a.info", &len);
	ck_assert_ptr_nonnull(strstr(doc, "\"zarr_format\": 2"));
	free(doc);
	zf_tree_close(f->tree);
	/* what begins empty need not be asked to */
	unit_ok(zf_tree_open(f->ctx, &f->op, "temp:", NULL, &f->tree), &f->op);
	write_file(f, "a", "abc", 3);
	lists(f, "", "a:3 a.info ");
	tear_down(f);
}
END_TEST

UNIT_MAIN("view_write", writes_in_place, grows, time_of_writing, grows_in_rows, appends_through_flushes,
	truncates, odd_sizes, punches, for_reading_only, errors_once_for_each, dirty_without_handles,
	grown_by_others_too, replaced_by_others, creates, chunks_for_the_size, creates_as_told,
	names_that_cannot_be, leftover_chunks, makes_groups, removes, renames, renames_that_cannot_be,
	renames_onto, writes_v1, formats_that_are_only_read, new_stores)
