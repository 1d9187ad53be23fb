/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing to the names that the view makes, .info and .npy, and consolidated metadata kept true. The npy
 * bytes are those of numpy.save(), the documents those of zarr-python 2.13.
 */
#include "view_write.h"

#define RW ZF_FILE_WRITE
#define NEW (ZF_FILE_WRITE | ZF_FILE_CREATE | ZF_FILE_TRUNCATE)

/* numpy.save() of numpy.arange(6, dtype='<i2').reshape(2, 3): 128 bytes of header, 12 of data */
static const char npy_head[] =
	"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }";
static const char npy_data[12] = { 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0 };

static void make_npy(char npy[static 140])
{
	memset(npy, ' ', 128);
	memcpy(npy, npy_head, sizeof npy_head - 1);
	npy[127] = '\n';
	memcpy(npy + 128, npy_data, 12);
}

static void write_fails(
	struct fixture *f, const char *path, const char *text, size_t n, int err, const char *why)
{
	struct zf_file *file = opened(f, path, NEW);

	write_at(f, file, 0, text, n);
	zf_op_init(&f->op);
	unit_fails(zf_file_flush(file, &f->op), &f->op, err, why);
	zf_file_close(file);
}

static struct fixture *set_up_v2(void)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	put(f, "a/0.0", "01234567");
	put(f, "a/0.1", "abcdefgh");
	return f;
}

static void info(struct fixture *f, const char *path, const char *text)
{
	write_file(f, path, text, strlen(text));
}

/* ---- .info --------------------------------------------------------------------------------------------- */

START_TEST(info_resizes)
{
	struct fixture *f = set_up_v2();

	open_writable(f, NULL);
	info(f, "a.info", "{\"shape\": [2, 2]}");
	stores_text(f, "a/.zarray", V2("[2, 2]", "[2, 2]", ""));
	holds(f, "a", "01234567", 8);
	not_stored(f, "a/0.1");
	info(f, "a.info", "{\"shape\": [1, 4]}\n");
	stores_text(f, "a/.zarray", V2("[1, 4]", "[2, 2]", ""));
	holds(f, "a", "0123\0\0\0\0", 8);
	/* what was cut off does not come back */
	info(f, "a.info", "{\"shape\": [2, 4]}\n");
	holds(f, "a", "0123\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	reopen(f, NULL);
	holds(f, "a", "0123\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	tear_down(f);
}
END_TEST

/* What was written and not stored is resized too, and the handle goes on. */
START_TEST(info_resizes_what_is_open)
{
	struct fixture *f = set_up_v2();
	struct zf_file *file;

	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 0, "ABCDEFGHIJKL", 12);
	info(f, "a.info", "{\"shape\": [3, 2]}");
	ck_assert_uint_eq(zf_file_size(file), 12);
	holds(f, "a", "ABCDGHIJ\0\0\0\0", 12);
	write_at(f, file, 10, "xy", 2);
	/* the shape that the document has still, but not the array */
	write_at(f, file, 12, "z", 1);
	info(f, "a.info", "{\"shape\": [3, 2]}");
	ck_assert_uint_eq(zf_file_size(file), 12);
	flushed_and_closed(f, file);
	holds(f, "a", "ABCDGHIJ\0\0xy", 12);
	tear_down(f);
}
END_TEST

START_TEST(info_edits_attributes)
{
	struct fixture *f = set_up_v2();

	put(f, "z/zarr.json", V3_ARRAY);
	open_writable(f, NULL);
	info(f, "a.info", "{\"attributes\": {\"units\": \"K\"}}");
	stores_text(f, "a/.zattrs", "{\n    \"units\": \"K\"\n}");
	stores_text(f, "a/.zarray", V2_ARRAY);
	info(f, "z.info", "{\"attributes\": {\"units\": \"K\"}, \"shape\": [3]}");
	reopen(f, NULL);
	looks(f, "z", "3");
	tear_down(f);
}
END_TEST

/* An editor writes all of the text back. */
START_TEST(info_written_back)
{
	struct fixture *f = set_up_v2();
	struct zf_file *file;
	size_t len;
	char *text, *at;

	open_writable(f, NULL);
	text = content(f, "a.info", &len);
	info(f, "a.info", text);
	stores_text(f, "a/.zarray", V2_ARRAY);
	at = strstr(text, "[2, 3]");
	ck_assert_ptr_nonnull(at);
	memcpy(at, "[4, 3]", 6);
	/* without truncation: at offset 0 a new text begins */
	file = opened(f, "a.info", RW);
	ck_assert_uint_eq(zf_file_size(file), len);
	write_at(f, file, 0, text, len);
	flushed_and_closed(f, file);
	stores_text(f, "a/.zarray", V2("[4, 3]", "[2, 2]", ""));
	/* truncation alone asks for nothing */
	flushed_and_closed(f, opened(f, "a.info", RW | ZF_FILE_TRUNCATE));
	stores_text(f, "a/.zarray", V2("[4, 3]", "[2, 2]", ""));
	/* by a temporary that is renamed */
	free(text);
	text = content(f, "a.info", &len);
	memcpy(strstr(text, "[4, 3]"), "[5, 3]", 6);
	info(f, ".a.info.swp", text);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, ".a.info.swp", "a.info", 0), &f->op);
	stores_text(f, "a/.zarray", V2("[5, 3]", "[2, 2]", ""));
	lists(f, "", "a:30 a.info ");
	free(text);
	tear_down(f);
}
END_TEST

START_TEST(info_refused)
{
	struct fixture *f = set_up_v2();

	open_writable(f, NULL);
	write_fails(f, "a.info", "{\"shape\": [2]}", 14, EINVAL,
		"a: shape: the array has 2 dimensions and cannot get 1");
	write_fails(f, "a.info", "{\"dtype\": \"<i4\"}", 16, EINVAL,
		"a: 'dtype' cannot be changed once the array is there");
	write_fails(f, "a.info", "{\"shape\": [-1, 3]}", 18, EINVAL, "a: shape: -1 is negative");
	write_fails(f, "a.info", "{\"shape\": [4611686018427387904, 3]}", 35, EINVAL,
		"a: shape: the flat file would have more than 2^63-1 bytes");
	write_fails(f, "a.info", "{", 1, EINVAL,
		"a: no valid JSON: line 1, column 2: string or '}' expected near end of file");
	stores_text(f, "a/.zarray", V2_ARRAY);
	write_fails(f, "b.info", "{\"shape\": [2]}", 14, EINVAL,
		"b: 'dtype' is missing: a new array needs shape and dtype");
	missing(f, "b.info");
	lists(f, "", "a:12 a.info ");
	tear_down(f);
}
END_TEST

START_TEST(info_creates)
{
	struct fixture *f = set_up_v2();
	struct zf_file *file;

	open_writable(f, NULL);
	file = opened(f, "b.info", NEW | ZF_FILE_EXCLUSIVE);
	looks(f, "b.info", "0");
	missing(f, "b");
	write_at(f, file, 0, "{\"shape\": [2, 3], \"dtype\": \"<f4\", ", 34);
	write_at(f, file, 34, "\"chunks\": [1, 3], \"compressor\": null}", 37);
	looks(f, "b.info", "71");
	flushed_and_closed(f, file);
	stores_text(f, "b/.zarray",
		"{\n    \"chunks\": [\n        1,\n        3\n    ],\n    \"compressor\": null,\n    "
		"\"dtype\": "
		"\"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n    "
		"\"shape\": [\n"
		"        2,\n        3\n    ],\n    \"zarr_format\": 2\n}");
	looks(f, "b", "24");
	tear_down(f);
}
END_TEST

/* ---- .npy ---------------------------------------------------------------------------------------------- */

START_TEST(npy_reads)
{
	struct fixture *f = set_up_v2();
	struct zf_slices slices;
	struct zf_file *file;
	char npy[140];

	make_npy(npy);
	memcpy(npy + 128, "0123ab4567ef", 12);
	open_writable(f, NULL);
	holds(f, "a.npy", npy, 140);
	looks(f, "a.npy", "140");
	lists(f, "", "a:12 a.info ");
	file = opened(f, "a.npy", 0);
	unit_ok(zf_file_slices(file, &f->op, 20, 130, &slices), &f->op);
	ck_assert_uint_eq(slices.len, 10);
	unit_bytes_eq(slices.iov[0].iov_base, "23ab4567ef", 10);
	zf_slices_free(&slices);
	unit_ok(zf_file_slices(file, &f->op, 20, 120, &slices), &f->op);
	ck_assert_uint_eq(slices.len, 20);
	unit_bytes_eq(slices.iov[0].iov_base, npy + 120, 20);
	zf_slices_free(&slices);
	zf_file_close(file);
	/* a node of that name wins */
	put(f, "b/.zarray", V2_ARRAY);
	put(f, "b.npy/.zgroup", V2_GROUP);
	looks(f, "b.npy", "dir");
	unit_fails(zf_tree_mkdir(f->tree, &f->op, "a.npy"), &f->op, EEXIST, "a.npy: is there already");
	zf_op_init(&f->op);
	unit_fails(zf_tree_unlink(f->tree, &f->op, "a.npy"), &f->op, EPERM,
		"a.npy: a name made by the view, which cannot be removed");
	tear_down(f);
}
END_TEST

#define NPY_ARRAY                                                                                            \
	"{\n    \"chunks\": [\n        2,\n        3\n    ],\n    \"compressor\": null,\n    \"dtype\": "    \
	"\"<i2\",\n"                                                                                         \
	"    \"fill_value\": 0,\n    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        "  \
	"2,\n"                                                                                               \
	"        3\n    ],\n    \"zarr_format\": 2\n}"

static const struct zf_tree_config plain = { .new_arrays.compressor = "none" };

START_TEST(npy_creates)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	char npy[140];

	make_npy(npy);
	put(f, ".zgroup", V2_GROUP);
	open_writable(f, &plain);
	file = opened(f, "x.npy", NEW);
	looks(f, "x.npy", "0");
	write_at(f, file, 0, npy, 100);
	looks(f, "x.npy", "100");
	missing(f, "x");
	write_at(f, file, 100, npy + 100, 33);
	looks(f, "x", "12");
	write_at(f, file, 133, npy + 133, 7);
	flushed_and_closed(f, file);
	stores_text(f, "x/.zarray", NPY_ARRAY);
	stores(f, "x/0.0", npy_data, 12);
	holds(f, "x.npy", npy, 140);
	lists(f, "", "x:12 x.info ");

	/* in any order */
	file = opened(f, "y.npy", NEW);
	write_at(f, file, 130, npy + 130, 10);
	write_at(f, file, 64, npy + 64, 66);
	looks(f, "y.npy", "140");
	missing(f, "y");
	write_at(f, file, 0, npy, 64);
	flushed_and_closed(f, file);
	stores_text(f, "y/.zarray", NPY_ARRAY);
	holds(f, "y.npy", npy, 140);
	tear_down(f);
}
END_TEST

START_TEST(npy_lies)
{
	struct fixture *f = set_up();
	char *path;
	struct zf_file *file;
	char npy[141] = { 0 };

	make_npy(npy);
	put(f, ".zgroup", V2_GROUP);
	open_writable(f, &plain);
	write_fails(f, "x.npy", npy, 100, EINVAL, "x.npy: npy header: is not whole");
	missing(f, "x.npy");
	missing(f, "x");
	write_fails(
		f, "x.npy", npy, 139, EINVAL, "x.npy: npy header: promises 140 bytes in all, there are 139");
	missing(f, "x");
	not_stored(f, "x/.zarray");
	file = opened(f, "x.npy", NEW);
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(file, &f->op, npy, 141, 0), &f->op, EINVAL,
		"x.npy: npy header: promises 140 bytes in all, and there are more");
	zf_file_close(file);
	file = opened(f, "x.npy", NEW);
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(file, &f->op, "This is no npy file at all.", 27, 0), &f->op, EINVAL,
		"x.npy: npy header: the first bytes are not those of an npy file");
	zf_file_close(file);
	lists(f, "", "");
	path = in_dir(f, "x");
	ck_assert_int_eq(access(path, F_OK), -1);
	free(path);
	tear_down(f);
}
END_TEST

/* numpy.save() of numpy.asfortranarray(numpy.arange(6, dtype=TYPE).reshape(2, 3)): read back in C order. A v3
 * array is little endian. */
START_TEST(npy_in_other_orders)
{
	static const char columns[12] = { 0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5, 0 };
	static const char swapped[12] = { 0, 0, 0, 3, 0, 1, 0, 4, 0, 2, 0, 5 };
	struct fixture *f = set_up();
	char npy[140], plain_npy[140];
	struct zf_file *file;

	make_npy(plain_npy);
	make_npy(npy);
	memset(npy + 10, ' ', 117);
	memcpy(npy + 10, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }", 58);
	memcpy(npy + 128, columns, 12);
	put(f, "zarr.json", V3_GROUP);
	open_writable(f, &plain);
	write_file(f, "f.npy", npy, 140);
	holds(f, "f", npy_data, 12);
	holds(f, "f.npy", plain_npy, 140);
	/* in pieces that cut elements */
	file = opened(f, "g.npy", NEW);
	for (size_t at = 0; at < 140; at += 7)
		write_at(f, file, at, npy + at, 7);
	flushed_and_closed(f, file);
	holds(f, "g", npy_data, 12);
	npy[21] = '>';
	memcpy(npy + 128, swapped, 12);
	write_file(f, "h.npy", npy, 140);
	holds(f, "h.npy", plain_npy, 140);
	file = opened(f, "i.npy", NEW);
	for (size_t at = 0; at < 140; at += 5)
		write_at(f, file, at, npy + at, 5);
	flushed_and_closed(f, file);
	holds(f, "i", npy_data, 12);
	memcpy(npy + 43, "False,", 6);
	memcpy(npy + 49, " 'shape': (2, 3), }", 19);
	for (int i = 0; i < 6; i++)
		memcpy(npy + 128 + (ptrdiff_t)2 * i, (char[2]){ 0, (char)i }, 2);
	write_file(f, "j.npy", npy, 140);
	holds(f, "j.npy", plain_npy, 140);
	tear_down(f);
}
END_TEST

/* numpy.lib.format.open_memmap() writes the header alone, and maps the file afterwards. */
START_TEST(npy_of_a_header)
{
	struct fixture *f = set_up();
	char npy[140];

	make_npy(npy);
	put(f, ".zgroup", V2_GROUP);
	open_writable(f, &plain);
	write_file(f, "x.npy", npy, 128);
	memset(npy + 128, 0, 12);
	holds(f, "x.npy", npy, 140);
	stores_text(f, "x/.zarray", NPY_ARRAY);
	tear_down(f);
}
END_TEST

START_TEST(npy_onto_an_array)
{
	struct fixture *f = set_up_v2();
	struct zf_file *file;
	char npy[140];

	make_npy(npy);
	put(f, "other/.zarray", V2("[6]", "[6]", ""));
	put(f, "longer/.zarray", V2("[5, 3]", "[2, 2]", ""));
	open_writable(f, &plain);
	write_file(f, "a.npy", npy, 140);
	stores_text(f, "a/.zarray", V2_ARRAY);
	holds(f, "a", npy_data, 12);
	write_file(f, "longer.npy", npy, 140);
	stores_text(f, "longer/.zarray", V2("[2, 3]", "[2, 2]", ""));
	holds(f, "longer", npy_data, 12);
	file = opened(f, "other.npy", NEW);
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(file, &f->op, npy, 140, 0), &f->op, EINVAL,
		"other: npy header: the array has another data type or rank; remove it first");
	zf_file_close(file);
	stores_text(f, "other/.zarray", V2("[6]", "[6]", ""));
	/* in place, as numpy.load(mmap_mode='r+') does */
	file = opened(f, "a.npy", RW);
	write_at(f, file, 130, "XY", 2);
	zf_op_init(&f->op);
	unit_fails(zf_file_pwrite(file, &f->op, "?", 1, 20), &f->op, EINVAL,
		"a.npy: npy header: cannot be changed; truncate the file first");
	flushed_and_closed(f, file);
	holds(f, "a", "\0\0XY\2\0\3\0\4\0\5\0", 12);
	/* rsync */
	write_file(f, ".a.npy.Xy12", npy, 140);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, ".a.npy.Xy12", "a.npy", 0), &f->op);
	holds(f, "a", npy_data, 12);
	write_file(f, ".n.npy.Xy12", npy, 140);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, ".n.npy.Xy12", "n.npy", 0), &f->op);
	stores_text(f, "n/.zarray", NPY_ARRAY);
	lists(f, "", "a:12 a.info longer:12 longer.info n:12 n.info other:12 other.info ");
	tear_down(f);
}
END_TEST

static uint64_t version_of(struct fixture *f, const char *path)
{
	struct zf_file *file = opened(f, path, 0);
	uint64_t version = zf_file_version(file);

	zf_file_close(file);
	return version;
}

/* The kernel keeps pages of each name, and knows by the version whether they are true. */
START_TEST(versions)
{
	struct fixture *f = set_up_v2();
	uint64_t array, npy;
	struct zf_file *file;

	open_writable(f, NULL);
	array = version_of(f, "a");
	npy = version_of(f, "a.npy");
	ck_assert_uint_eq(version_of(f, "a"), array);
	ck_assert_uint_eq(version_of(f, "a.npy"), npy);
	file = opened(f, "a", RW);
	write_at(f, file, 0, "x", 1);
	flushed_and_closed(f, file);
	ck_assert_uint_eq(version_of(f, "a"), array); /* it was there that it was written */
	ck_assert_uint_ne(version_of(f, "a.npy"), npy);
	npy = version_of(f, "a.npy");
	file = opened(f, "a.npy", RW);
	write_at(f, file, 128, "y", 1);
	flushed_and_closed(f, file);
	ck_assert_uint_ne(version_of(f, "a"), array);
	array = version_of(f, "a");
	write_file(f, "t", "abcdef", 6);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, "t", "a", 0), &f->op);
	ck_assert_uint_ne(version_of(f, "a"), array);
	tear_down(f);
}
END_TEST

/* ---- consolidated metadata ----------------------------------------------------------------------------- */

#define ENTRY(NAME, SHAPE)                                                                                   \
	"        \"" NAME "/.zarray\": {\"chunks\": [4], \"compressor\": null, \"dtype\": \"|u1\", "         \
	"\"fill_value\": 0, \"filters\": null, \"order\": \"C\", \"shape\": [" SHAPE                         \
	"], \"zarr_format\": 2}"
/* as it is written when it gets a new name */
#define MOVED(NAME, SHAPE)                                                                                   \
	"        \"" NAME "/.zarray\": {\n            \"chunks\": [\n                4\n            ],\n"    \
	"            \"compressor\": null,\n            \"dtype\": \"|u1\",\n            \"fill_value\": "   \
	"0,\n"                                                                                               \
	"            \"filters\": null,\n            \"order\": \"C\",\n            \"shape\": [\n"          \
	"                " SHAPE "\n            ],\n            \"zarr_format\": 2\n        }"
#define CONSOLIDATED(ENTRIES)                                                                                \
	"{\n    \"metadata\": {\n        \".zgroup\": {\"zarr_format\": 2}" ENTRIES                          \
	"\n    },\n    \"zarr_consolidated_format\": 1\n}"
#define ARRAY(SHAPE)                                                                                         \
	"{\"chunks\": [4], \"compressor\": null, \"dtype\": \"|u1\", \"fill_value\": 0, \"filters\": null, " \
	"\"order\": \"C\", \"shape\": [" SHAPE "], \"zarr_format\": 2}"

START_TEST(consolidated_v2)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	size_t len;
	char *text;

	put(f, ".zgroup", "{\"zarr_format\": 2}");
	put(f, "a/.zarray", ARRAY("4"));
	put(f, ".zmetadata", CONSOLIDATED(",\n" ENTRY("a", "4")));
	open_writable(f, &plain);
	file = opened(f, "a", RW);
	write_at(f, file, 4, "efg", 3);
	flushed_and_closed(f, file);
	stores_text(f, ".zmetadata", CONSOLIDATED(",\n" ENTRY("a", "7")));
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, "a", "b", 0), &f->op);
	stores_text(f, ".zmetadata", CONSOLIDATED(",\n" MOVED("b", "7")));
	info(f, "b.info", "{\"shape\": [5], \"attributes\": {\"x\": 1}}");
	text = stored(f, ".zmetadata", &len);
	ck_assert_ptr_nonnull(strstr(text, MOVED("b", "5")));
	ck_assert_ptr_nonnull(strstr(text, "\"b/.zattrs\": {"));
	free(text);
	unit_ok(zf_tree_unlink(f->tree, &f->op, "b"), &f->op);
	stores_text(f, ".zmetadata", CONSOLIDATED(""));
	unit_ok(zf_tree_mkdir(f->tree, &f->op, "g"), &f->op);
	text = stored(f, ".zmetadata", &len);
	ck_assert_ptr_nonnull(strstr(text, "\"g/.zgroup\": {"));
	free(text);
	write_file(f, "g/n", "1234", 4);
	text = stored(f, ".zmetadata", &len);
	ck_assert_ptr_nonnull(strstr(text, "\"g/n/.zarray\": {"));
	ck_assert_ptr_nonnull(strstr(text, "                4\n"));
	free(text);
	unit_ok(zf_tree_unlink(f->tree, &f->op, "g/n"), &f->op);
	unit_ok(zf_tree_rmdir(f->tree, &f->op, "g"), &f->op);
	stores_text(f, ".zmetadata", CONSOLIDATED(""));
	lists(f, "", "");
	tear_down(f);
}
END_TEST

/* A group above both places has the node renamed; one above the new place alone gets it added. */
START_TEST(consolidated_across_groups)
{
	struct fixture *f = set_up();
	size_t len;
	char *text;

	put(f, ".zgroup", "{\"zarr_format\": 2}");
	put(f, ".zmetadata",
		CONSOLIDATED(",\n" ENTRY("a", "4") ",\n        \"g/.zgroup\": {\"zarr_format\": 2}"));
	put(f, "a/.zarray", ARRAY("4"));
	put(f, "g/.zgroup", "{\"zarr_format\": 2}");
	put(f, "g/.zmetadata", CONSOLIDATED(""));
	open_writable(f, NULL);
	unit_ok(zf_tree_rename(f->tree, &f->op, "a", "g/a", 0), &f->op);
	text = stored(f, ".zmetadata", &len);
	ck_assert_ptr_nonnull(strstr(text, MOVED("g/a", "4")));
	ck_assert_ptr_null(strstr(text, "\"a/.zarray\""));
	free(text);
	text = stored(f, "g/.zmetadata", &len);
	ck_assert_ptr_nonnull(strstr(text, "\"a/.zarray\": {"));
	free(text);
	unit_ok(zf_tree_rename(f->tree, &f->op, "g/a", "a", 0), &f->op);
	stores_text(f, "g/.zmetadata", CONSOLIDATED(""));
	tear_down(f);
}
END_TEST

#define V3_CHILD(SHAPE)                                                                                      \
	"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": " SHAPE ", \"data_type\": \"uint8\", "    \
	"\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4]}}, "               \
	"\"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": 0, \"codecs\": [{\"name\": "       \
	"\"bytes\"}]}"
#define V3_ROOT(NODES)                                                                                       \
	"{\"zarr_format\": 3, \"node_type\": \"group\", \"consolidated_metadata\": {\"kind\": \"inline\", "  \
	"\"must_understand\": false, \"metadata\": {" NODES "}}}"

START_TEST(consolidated_v3)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, "zarr.json", V3_ROOT("\"a\": " V3_CHILD("[4]")));
	put(f, "a/zarr.json", V3_CHILD("[4]"));
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 4, "efg", 3);
	flushed(f, file);
	stores_text(f, "zarr.json", V3_ROOT("\"a\": " V3_CHILD("[7]")));
	unit_ok(zf_file_truncate(file, &f->op, 3), &f->op);
	stores_text(f, "zarr.json", V3_ROOT("\"a\": " V3_CHILD("[3]")));
	flushed_and_closed(f, file);
	zf_op_init(&f->op);
	unit_ok(zf_tree_rename(f->tree, &f->op, "a", "b", 0), &f->op);
	stores_text(f, "zarr.json", V3_ROOT("\"b\": " V3_CHILD("[3]")));
	unit_ok(zf_tree_unlink(f->tree, &f->op, "b"), &f->op);
	stores_text(f, "zarr.json", V3_ROOT(""));
	tear_down(f);
}
END_TEST

/* An array that only consolidated metadata know gets a document of its own when it changes. */
START_TEST(listed_arrays)
{
	struct fixture *f = set_up();
	struct zf_file *file;

	put(f, ".zgroup", "{\"zarr_format\": 2}");
	put(f, ".zmetadata", CONSOLIDATED(",\n" ENTRY("a", "4")));
	put(f, "a/0", "abcd");
	open_writable(f, NULL);
	file = opened(f, "a", RW);
	write_at(f, file, 4, "efg", 3);
	flushed_and_closed(f, file);
	stores_text(f, ".zmetadata", CONSOLIDATED(",\n" ENTRY("a", "7")));
	stores_text(f, "a/.zarray", ARRAY("7"));
	holds(f, "a", "abcdefg", 7);
	unit_ok(zf_tree_unlink(f->tree, &f->op, "a"), &f->op);
	missing(f, "a");
	tear_down(f);
}
END_TEST

UNIT_MAIN("view_write_made", info_resizes, info_resizes_what_is_open, info_edits_attributes,
	info_written_back, info_refused, info_creates, npy_reads, npy_creates, npy_lies, npy_in_other_orders,
	npy_of_a_header, npy_onto_an_array, versions, consolidated_v2, consolidated_across_groups,
	consolidated_v3, listed_arrays)
