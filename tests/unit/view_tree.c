/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view through the public functions, over directories written here by hand: which names there are, what
 * wins, the text of .info, what an opening sees of changes, and every message.
 */
#include "view_fixture.h"

/* ---- which names there are ---- */

START_TEST(groups_and_arrays)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "b/.zarray", V2_ARRAY);
	put(f, "b/0.0", "xxxxxxxx");
	put(f, "a/.zgroup", V2_GROUP);
	put(f, "a/deep/c/zarr.json", V3_ARRAY);
	put(f, "a/deep/c/c/0", "wxyz");
	put(f, "stray.txt", "nothing");
	put(f, "nothing/here/stray", "x");
	put(f, "b-b/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	ck_assert_ptr_null(zf_tree_root_file(f->tree));
	lists(f, "", "a/ b:12 b-b:12 b-b.info b.info ");
	lists(f, "a", "deep/ ");
	lists(f, "a/deep", "c:4 c.info ");
	lists(f, "b", "errno 20: b: not a group");
	lists(f, "nothing", "errno 2: nothing: no such array or group");
	looks(f, "", "dir");
	looks(f, "a/deep", "dir");
	looks(f, "a/deep/c", "4");
	missing(f, "b/0.0");
	missing(f, "a/deep/c/c");
	missing(f, "a/deep/c/c/0");
	missing(f, ".zgroup");
	missing(f, "b/.zarray");
	missing(f, "nothing");
	missing(f, "stray.txt");
	missing(f, "a.info");
	missing(f, "a/deep.info");
	missing(f, ".info");
	missing(f, "b.info.info");
	ck_assert_str_eq(f->log, "");
	tear_down(f);
}
END_TEST

START_TEST(odd_paths)
{
	static const char *const odd[] = { "/", "/b", "b/", "b//b", "./b", "../b", "b/..", "b/.", ".", ".." };
	struct fixture *f = set_up();
	char path[6000];

	put(f, ".zgroup", V2_GROUP);
	put(f, "b/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		missing(f, odd[i]);
	memset(path, 'x', sizeof path);
	path[256] = '\0';
	missing(f, path);
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 2 ? '/' : 'a';
	path[4095] = '\0';
	missing(f, path);
	path[5999] = '\0';
	missing(f, path);
	tear_down(f);
}
END_TEST

/* What is below an array are its chunks, whatever it looks like. */
START_TEST(nothing_below_arrays)
{
	struct fixture *f = set_up();

	put(f, "a/.zarray", V2_ARRAY);
	put(f, "a/inner/.zarray", V2_ARRAY);
	put(f, "a/inner/deep/.zgroup", V2_GROUP);
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "a:12 a.info ");
	missing(f, "a/inner");
	missing(f, "a/inner.info");
	missing(f, "a/inner/deep");
	lists(f, "a/inner/deep", "errno 2: a/inner/deep: no such array or group");
	tear_down(f);
}
END_TEST

START_TEST(which_document_wins)
{
	struct fixture *f = set_up();

	put(f, "both/.zarray", V2_ARRAY);
	put(f, "both/zarr.json", V3_ARRAY);
	put(f, "two/.zarray", V2_ARRAY);
	put(f, "two/.zgroup", V2_GROUP);
	put(f, "group/.zarray", V2_ARRAY);
	put(f, "group/zarr.json", V3_GROUP);
	put(f, "folder/zarr.json/.zarray", V2_ARRAY); /* a node of that name */
	put(f, "folder/.zgroup", V2_GROUP);
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "both:4 both.info folder/ group/ two:12 two.info ");
	lists(f, "folder", "zarr.json:12 zarr.json.info ");
	tear_down(f);
}
END_TEST

START_TEST(nodes_win_over_made_names)
{
	struct fixture *f = set_up();
	char *text;
	size_t len;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	put(f, "a.info/.zarray", V2("[1]", "[1]", ""));
	put(f, "b/.zarray", V2_ARRAY);
	put(f, "b.info/x/.zarray", V2_ARRAY);
	put(f, "c/.zarray", V2_ARRAY);
	put(f, "c.info/not-a-node", "x");
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "a:12 a.info a.info.info b:12 b.info/ c:12 c.info ");
	looks(f, "a.info", "2");
	looks(f, "b.info", "dir");
	text = content(f, "a.info.info", &len);
	ck_assert_ptr_nonnull(strstr(text, "\"name\": \"a.info\","));
	free(text);
	text = content(f, "c.info", &len);
	ck_assert_ptr_nonnull(strstr(text, "\"name\": \"c\","));
	free(text);
	tear_down(f);
}
END_TEST

START_TEST(names_too_long)
{
	struct fixture *f = set_up();
	char name[300], doc[400], want[400];

	put(f, ".zgroup", V2_GROUP);
	memset(name, 'x', sizeof name);
	name[251] = '\0';
	snprintf(doc, sizeof doc, "%s/.zarray", name);
	put(f, doc, V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	snprintf(want, sizeof want, "%s:12 ", name); /* 251 and ".info" are 256 */
	lists(f, "", want);
	strcat(name, ".info");
	missing(f, name);
	name[250] = '\0';
	snprintf(doc, sizeof doc, "%s/.zarray", name);
	put(f, doc, V2_ARRAY);
	strcat(name, ".info"); /* 255 */
	ck_assert_int_ne(look(f, name, (char[2200]){ 0 })[0], 'e');
	tear_down(f);
}
END_TEST

/* The search below a prefix that is no node ends; what lies beyond its limits is not shown. */
START_TEST(search_limits)
{
	struct fixture *f = set_up();
	char name[64];

	put(f, ".zgroup", V2_GROUP);
	put(f, "empty/x/y/z", "");
	for (int i = 0; i < ZF_MAX_SEARCH_PREFIXES - 2; i++) {
		snprintf(name, sizeof name, "wide/%04d/x", i);
		put(f, name, "");
	}
	put(f, "wide/0000/a/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	looks(f, "wide", "dir"); /* the prefix, its children, and then the one with the node: just within */
	put(f, "wide/more/x", "");
	missing(f, "wide");
	looks(f, "wide/0000", "dir");
	missing(f, "empty");
	tear_down(f);
}
END_TEST

/* ---- the root ---- */

START_TEST(root_array)
{
	struct fixture *f = set_up();
	char *name, want[200], info[80];

	put(f, ".zarray", V2_ARRAY);
	put(f, "0.0", "abcdefgh");
	unit_ok(open_tree(f, ""), &f->op);
	name = strrchr(f->dir, '/') + 1;
	ck_assert_str_eq(zf_tree_root_file(f->tree), name);
	snprintf(want, sizeof want, "%s:12 %s.info ", name, name);
	lists(f, "", want);
	looks(f, "", "dir");
	looks(f, name, "12");
	snprintf(info, sizeof info, "%s.info", name);
	ck_assert_int_ne(look(f, info, (char[2200]){ 0 })[0], 'e');
	missing(f, "other");
	missing(f, "0.0");
	lists(f, name, (snprintf(want, sizeof want, "errno 20: %s: not a group", name), want));
	tear_down(f);
}
END_TEST

START_TEST(fragments)
{
	struct fixture *f = set_up();
	char want[200];

	put(f, ".zgroup", V2_GROUP);
	put(f, "g/.zgroup", V2_GROUP);
	put(f, "g/a/.zarray", V2_ARRAY);
	put(f, "g/h#i/.zarray", V2_ARRAY);
	put(f, "implicit/x/.zarray", V2_ARRAY);
	put(f, "other/file", "");
	unit_ok(open_tree(f, "#/g/"), &f->op);
	lists(f, "", "a:12 a.info h#i:12 h#i.info ");
	missing(f, "g");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#g/a"), &f->op);
	ck_assert_str_eq(zf_tree_root_file(f->tree), "a");
	lists(f, "", "a:12 a.info ");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#g/h#i"), &f->op);
	lists(f, "", "h#i:12 h#i.info ");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#implicit"), &f->op);
	lists(f, "", "x:12 x.info ");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#"), &f->op);
	lists(f, "", "g/ implicit/ ");
	zf_tree_close(f->tree);
	f->tree = NULL;

	snprintf(want, sizeof want, "%s#other: no Zarr array or group", f->dir);
	unit_fails(open_tree(f, "#other"), &f->op, EINVAL, want);
	zf_op_init(&f->op);
	snprintf(want, sizeof want, "%s#nope: no Zarr array or group", f->dir);
	unit_fails(open_tree(f, "#nope"), &f->op, EINVAL, want);
	zf_op_init(&f->op);
	snprintf(want, sizeof want, "%s#a/../b: 'a/../b' is no path in a store", f->dir);
	unit_fails(open_tree(f, "#a/../b"), &f->op, EINVAL, want);
	zf_op_init(&f->op);
	snprintf(want, sizeof want, "%s/nope: No such file or directory", f->dir);
	unit_fails(open_tree(f, "/nope#g"), &f->op, ENOENT, want);
	tear_down(f);
}
END_TEST

START_TEST(no_hierarchy)
{
	struct fixture *f = set_up();
	char want[200];

	put(f, "some/file", "x");
	snprintf(want, sizeof want, "%s: no Zarr array or group", f->dir);
	unit_fails(open_tree(f, ""), &f->op, EINVAL, want);
	tear_down(f);
}
END_TEST

/* ---- .info ---- */

START_TEST(info_v2)
{
	struct fixture *f = set_up();
	char *want, *text;
	size_t len;
	struct zf_attr attr;

	put(f, ".zgroup", V2_GROUP);
	put(f, "g/a/.zarray",
		"{\"zarr_format\": 2, \"shape\": [5, 3], \"chunks\": [2, 2], \"dtype\": \">f4\", \"order\": "
		"\"F\", "
		"\"compressor\": {\"id\": \"zlib\", \"level\": 1}, \"filters\": null, \"fill_value\": "
		"\"NaN\"}");
	put(f, "g/a/.zattrs",
		"{\"units\": \"K\", \"none\": NaN, \"big\": 18446744073709551616, \"l\": [1, 2]}");
	unit_ok(open_tree(f, ""), &f->op);
	text = content(f, "g/a.info", &len);
	ck_assert_int_ge(asprintf(&want,
				 "{\n"
				 "  \"name\": \"a\",\n"
				 "  \"path\": \"g/a\",\n"
				 "  \"zarr_format\": 2,\n"
				 "  \"shape\": [5, 3],\n"
				 "  \"dtype\": \">f4\",\n"
				 "  \"itemsize\": 4,\n"
				 "  \"nbytes\": 60,\n"
				 "  \"chunks\": [2, 2],\n"
				 "  \"shards\": null,\n"
				 "  \"nchunks\": 6,\n"
				 "  \"order\": \"F\",\n"
				 "  \"fill_value\": \"NaN\",\n"
				 "  \"compressor\": {\n"
				 "    \"id\": \"zlib\",\n"
				 "    \"level\": 1\n"
				 "  },\n"
				 "  \"filters\": null,\n"
				 "  \"dimension_names\": null,\n"
				 "  \"attributes\": {\n"
				 "    \"units\": \"K\",\n"
				 "    \"none\": \"NaN\",\n"
				 "    \"big\": 18446744073709551616,\n"
				 "    \"l\": [1, 2]\n"
				 "  },\n"
				 "  \"store\": \"dir:%s\"\n"
				 "}\n",
				 f->dir),
		0);
	ck_assert_str_eq(text, want);
	unit_ok(zf_tree_stat(f->tree, &f->op, "g/a.info", &attr), &f->op);
	ck_assert_uint_eq(attr.size, len);
	free(text);
	free(want);
	tear_down(f);
}
END_TEST

START_TEST(info_sharded)
{
	struct fixture *f = set_up();
	char *text;
	size_t len;

	put(f, "a/zarr.json",
		"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [100, 7], \"data_type\": "
		"\"int16\", "
		"\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [40, 8]}}, "
		"\"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": 0, \"dimension_names\": "
		"[\"x\", null], "
		"\"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [10, 4], "
		"\"codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}], "
		"\"index_codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}]}}]}");
	unit_ok(open_tree(f, ""), &f->op);
	text = content(f, "a.info", &len);
	/* 10 x 2 inner chunks cover the array */
	ck_assert_ptr_nonnull(strstr(text, "  \"dtype\": \"<i2\",\n"
					   "  \"data_type\": \"int16\",\n"
					   "  \"itemsize\": 2,\n"
					   "  \"nbytes\": 1400,\n"
					   "  \"chunks\": [10, 4],\n"
					   "  \"shards\": [40, 8],\n"
					   "  \"nchunks\": 20,\n"
					   "  \"order\": \"C\",\n"
					   "  \"fill_value\": 0,\n"
					   "  \"codecs\": [\n"));
	ck_assert_ptr_nonnull(strstr(text, "  \"dimension_names\": [\"x\", null],\n  \"attributes\": {},\n"));
	ck_assert_ptr_null(strstr(text, "compressor"));
	free(text);
	tear_down(f);
}
END_TEST

/* Names are bytes; the text is UTF-8 all the same. */
START_TEST(info_of_odd_names)
{
	struct fixture *f = set_up();
	char *text;
	size_t len;

	put(f, "gr\xc3\xbc\xc3\x9f\xff\xe2\x82\xe2\x82\xac\xed\xa0\x80\"/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	text = content(f, "gr\xc3\xbc\xc3\x9f\xff\xe2\x82\xe2\x82\xac\xed\xa0\x80\".info", &len);
	ck_assert_ptr_nonnull(strstr(text,
		"  \"name\": \"gr\xc3\xbc\xc3\x9f\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xe2\x82\xac"
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"\",\n"));
	free(text);
	tear_down(f);
}
END_TEST

/* ---- what cannot be read ---- */

START_TEST(broken_arrays)
{
	struct fixture *f = set_up();
	char *text, *want, path[80];
	size_t len;

	put(f, ".zgroup", V2_GROUP);
	put(f, "good/.zarray", V2_ARRAY);
	put(f, "codec/.zarray",
		"{\"zarr_format\": 2, \"shape\": [2], \"chunks\": [2], \"dtype\": \"<i2\", \"compressor\": "
		"{\"id\": \"frob\"}, \"filters\": null, \"fill_value\": 0, \"order\": \"C\"}");
	put(f, "json/.zarray", "{");
	put(f, "deep/zarr.json", "nonsense");
	put(f, "lone/zarr.json", "nonsense");
	put(f, "deep/member/zarr.json", V3_ARRAY);
	snprintf(path, sizeof path, "%s/out", f->dir);
	ck_assert_int_eq(mkdir(path, 0777), 0);
	strcat(path, "/.zarray");
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "",
		"codec:4! codec.info deep/ good:12 good.info json:0! json.info lone:0! lone.info "
		"out:0! out.info ");
	lists(f, "deep", "member:4 member.info ");
	opening_fails(f, "codec", EOPNOTSUPP, "codec: unknown codec 'frob'");
	text = content(f, "codec.info", &len);
	ck_assert_int_ge(
		asprintf(&want, "  \"store\": \"dir:%s\",\n  \"error\": \"unknown codec 'frob'\"\n}\n",
			f->dir),
		0);
	ck_assert_ptr_nonnull(strstr(text, want));
	ck_assert_ptr_nonnull(strstr(
		text, "  \"shape\": [2],\n  \"dtype\": \"<i2\",\n  \"itemsize\": 2,\n  \"nbytes\": 4,\n"));
	free(want);
	free(text);

	zf_op_init(&f->op);
	opening_fails(f, "out", EIO,
		(asprintf(&want, "out: key 'out/.zarray' in dir:%s: a symbolic link leads out of the store",
			 f->dir),
			want));
	free(want);
	text = content(f, "out.info", &len);
	ck_assert_int_ge(asprintf(&want,
				 "{\n"
				 "  \"name\": \"out\",\n"
				 "  \"path\": \"out\",\n"
				 "  \"store\": \"dir:%s\",\n"
				 "  \"error\": \"key 'out/.zarray' in dir:%s: a symbolic link leads out of "
				 "the store\"\n"
				 "}\n",
				 f->dir, f->dir),
		0);
	ck_assert_str_eq(text, want);
	free(want);
	free(text);
	opening_fails(f, "deep", EISDIR, "deep: a group");
	opening_fails(f, "none", ENOENT, "none: no such array or group");
	opening_fails(f, "good/0.0", ENOENT, "good/0.0: no such array or group");
	text = content(f, "good", &len);
	ck_assert_uint_eq(len, 12);
	free(text);
	tear_down(f);
}
END_TEST

/* "Missing" is believed only of a store that is there. */
START_TEST(store_disappears)
{
	struct fixture *f = set_up();
	char got[2200], want[400];

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	looks(f, "a", "12");
	remove_tree(f->dir);
	snprintf(
		want, sizeof want, "errno 5: key 'a/zarr.json' in dir:%s: the store has disappeared", f->dir);
	ck_assert_str_eq(look(f, "a", got), want);
	tear_down(f);
}
END_TEST

/* ---- bytes, versions, changes ---- */

static uint64_t version_of(struct fixture *f, const char *path)
{
	struct zf_file *file;
	uint64_t version;

	zf_op_init(&f->op);
	unit_ok(zf_file_open(f->tree, &f->op, path, 0, &file), &f->op);
	version = zf_file_version(file);
	zf_file_close(file);
	return version;
}

static void reads(struct fixture *f, const char *path, const char *want, size_t n)
{
	size_t len;
	char *data = content(f, path, &len);

	ck_assert_uint_eq(len, n);
	unit_bytes_eq(data, want, n);
	free(data);
}

START_TEST(changes)
{
	struct fixture *f = set_up();
	uint64_t version;

	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", V2("[4]", "[2]", ""));
	put(f, "a/0", "abcd");
	unit_ok(open_tree(f, ""), &f->op);
	reads(f, "a", "abcd\0\0\0\0", 8);
	version = version_of(f, "a");
	ck_assert_uint_eq(version_of(f, "a"), version);

	put(f, "a/.zattrs", "{\"x\": 1}"); /* not of the bytes */
	ck_assert_uint_eq(version_of(f, "a"), version);

	put(f, "a/1", "efgh");
	reads(f, "a", "abcdefgh", 8);
	ck_assert_uint_ne(version_of(f, "a"), version);
	version = version_of(f, "a");
	put(f, "a/0", "ABCD");
	reads(f, "a", "ABCDefgh", 8);
	ck_assert_uint_ne(version_of(f, "a"), version);
	version = version_of(f, "a");
	drop(f, "a/0");
	reads(f, "a", "\0\0\0\0efgh", 8);
	ck_assert_uint_ne(version_of(f, "a"), version);

	put(f, "a/.zarray", V2("[3]", "[2]", ""));
	reads(f, "a", "\0\0\0\0ef", 6);
	looks(f, "a", "6");
	put(f, "a/zarr.json", V3_GROUP); /* one that wins appears beside it */
	looks(f, "a", "dir");
	drop(f, "a");
	missing(f, "a");
	opening_fails(f, "a", ENOENT, "a: no such array or group");
	put(f, "a/zarr.json", V3_ARRAY);
	put(f, "a/c/0", "wxyz");
	reads(f, "a", "wxyz", 4);
	drop(f, "a");
	put(f, "a/.zgroup", V2_GROUP);
	opening_fails(f, "a", EISDIR, "a: a group");
	lists(f, "", "a/ ");
	tear_down(f);
}
END_TEST

/* A newer document for open handles too; slices outlive both that and their file. */
START_TEST(handles_follow)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	struct zf_slices slices;
	char buf[16];
	size_t got;

	put(f, "a/.zarray", V2("[2]", "[2]", ""));
	put(f, "a/0", "abcd");
	unit_ok(open_tree(f, ""), &f->op);
	unit_ok(zf_file_open(f->tree, &f->op, "a", 0, &file), &f->op);
	unit_ok(zf_file_slices(file, &f->op, 100, 1, &slices), &f->op);
	ck_assert_uint_eq(slices.len, 3);
	put(f, "a/.zarray", V2("[4]", "[2]", ""));
	ck_assert_uint_eq(zf_file_size(file), 4); /* until somebody opens it */
	reads(f, "a", "abcd\0\0\0\0", 8);
	ck_assert_uint_eq(zf_file_size(file), 8);
	unit_ok(zf_file_pread(file, &f->op, buf, sizeof buf, 2, &got), &f->op);
	ck_assert_uint_eq(got, 6);
	unit_bytes_eq(buf, "cd\0\0\0\0", 6);
	zf_file_close(file);
	ck_assert_int_eq(slices.count, 1);
	unit_bytes_eq(slices.iov[0].iov_base, "bcd", 3);
	zf_slices_free(&slices);
	zf_slices_free(&slices);
	tear_down(f);
}
END_TEST

START_TEST(text_files)
{
	struct fixture *f = set_up();
	struct zf_file *file;
	struct zf_slices slices;
	uint64_t size, at;
	char *text, buf[4];
	size_t len, got;

	put(f, "a/.zarray", V2_ARRAY);
	unit_ok(open_tree(f, ""), &f->op);
	text = content(f, "a.info", &len);
	unit_ok(zf_file_open(f->tree, &f->op, "a.info", 0, &file), &f->op);
	size = zf_file_size(file);
	ck_assert_uint_eq(size, len);
	unit_ok(zf_file_pread(file, &f->op, buf, 4, size - 2, &got), &f->op);
	ck_assert_uint_eq(got, 2);
	unit_bytes_eq(buf, "}\n", 2);
	unit_ok(zf_file_pread(file, &f->op, buf, 4, size, &got), &f->op);
	ck_assert_uint_eq(got, 0);
	unit_ok(zf_file_pread(file, &f->op, buf, 4, UINT64_MAX, &got), &f->op);
	ck_assert_uint_eq(got, 0);
	unit_ok(zf_file_slices(file, &f->op, 4, size, &slices), &f->op);
	ck_assert_uint_eq(slices.len, 0);
	zf_slices_free(&slices);
	unit_ok(zf_file_seek(file, &f->op, 3, true, &at), &f->op);
	ck_assert_uint_eq(at, 3);
	unit_ok(zf_file_seek(file, &f->op, 3, false, &at), &f->op);
	ck_assert_uint_eq(at, size);
	char *want;
	ck_assert_int_ge(asprintf(&want, "offset %d is not within %d bytes", (int)size, (int)size), 0);
	unit_fails(zf_file_seek(file, &f->op, size, true, &at), &f->op, ENXIO, want);
	free(want);
	zf_op_init(&f->op);
	unit_ok(zf_file_slices(file, &f->op, 5, 2, &slices), &f->op);
	zf_file_close(file);
	ck_assert_uint_eq(slices.len, 5);
	unit_bytes_eq(slices.iov[0].iov_base, text + 2, 5);
	zf_slices_free(&slices);
	at = version_of(f, "a.info");
	ck_assert_uint_eq(version_of(f, "a.info"), at);
	put(f, "a/.zattrs", "{\"a\": 1}");
	ck_assert_uint_ne(version_of(f, "a.info"), at);
	free(text);
	tear_down(f);
}
END_TEST

/* ---- old nested stores ---- */

START_TEST(separators)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "nested/.zarray", V2("[2, 2]", "[2, 2]", ""));
	put(f, "nested/0/0", "abcdefgh");
	put(f, "dotted/.zarray", V2("[2, 2]", "[2, 2]", ""));
	put(f, "dotted/0.0", "ABCDEFGH");
	put(f, "dotted/0/0", "abcdefgh"); /* left by something else */
	put(f, "mixed/.zarray", V2("[1, 5]", "[1, 1]", ""));
	for (char *c = (char[]){ "mixed/0/0" }; c[6] <= '9'; c[6]++)
		put(f, c, "ab"); /* so that some come before the dotted one, in whatever order they are listed
				  */
	put(f, "mixed/0.4", "AB");
	put(f, "declared/.zarray", V2("[2, 2]", "[2, 2]", ", \"dimension_separator\": \".\""));
	put(f, "declared/0/0", "abcdefgh");
	put(f, "later/.zarray", V2("[2, 2]", "[2, 2]", ""));
	unit_ok(open_tree(f, ""), &f->op);
	reads(f, "nested", "abcdefgh", 8);
	reads(f, "dotted", "ABCDEFGH", 8);
	reads(f, "mixed", "\0\0\0\0\0\0\0\0AB", 10);
	reads(f, "declared", "\0\0\0\0\0\0\0\0", 8);
	reads(f, "later", "\0\0\0\0\0\0\0\0", 8);
	put(f, "later/0/0", "abcdefgh");
	reads(f, "later", "abcdefgh", 8);
	tear_down(f);
}
END_TEST

/* ---- cost, and many at once ---- */

START_TEST(looking_costs_no_reads)
{
	struct fixture *f = set_up();
	struct zf_stats before, after;
	char name[32];

	put(f, ".zgroup", V2_GROUP);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "a%d/.zarray", i);
		put(f, name, V2_ARRAY);
	}
	unit_ok(open_tree(f, ""), &f->op);
	list(f, &(struct listing){ 0 }, "");
	zf_ctx_stats(f->ctx, &before);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "a%d", i);
		looks(f, name, "12");
		strcat(name, ".info");
		ck_assert_int_ne(look(f, name, (char[2200]){ 0 })[0], 'e');
	}
	zf_ctx_stats(f->ctx, &after);
	/* .info is asked for as a node first, which takes a read that finds nothing for each
	 * format */
	ck_assert_uint_le(after.store_gets - before.store_gets, 20 * 6);
	ck_assert_uint_eq(after.store_bytes, before.store_bytes);
	tear_down(f);
}
END_TEST

/* A long path into nothing: what is asked of the store is no multiple of its length. */
START_TEST(long_paths_cost_little)
{
	struct fixture *f = set_up();
	struct zf_stats before, after;
	char path[4096];

	put(f, ".zgroup", V2_GROUP);
	unit_ok(open_tree(f, ""), &f->op);
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 2 ? '/' : 'a';
	path[4095] = '\0';
	zf_ctx_stats(f->ctx, &before);
	missing(f, path);
	zf_ctx_stats(f->ctx, &after);
	/* 64 of 2048 components, and the last one, for each six documents */
	ck_assert_uint_le(after.store_gets - before.store_gets, 66 * 6);
	/* what is there is found all the same: an array 100 groups down, which hides what is below */
	path[200] = '\0';
	strcpy(path + 199, "/.zarray");
	put(f, path, V2_ARRAY);
	strcpy(path + 199, "/b/.zarray");
	put(f, path, V2_ARRAY);
	path[199] = '\0';
	looks(f, path, "12");
	strcpy(path + 199, "/b");
	missing(f, path);
	tear_down(f);
}
END_TEST

struct racer {
	struct fixture *f;
	pthread_t thread;
	const char *fault; /* or NULL */
};

/* Opens, reads and closes; every content is one that was there. */
static const char *race_once(struct fixture *f)
{
	struct zf_op op;
	struct zf_file *file;
	char buf[16];
	size_t got = 0;
	int result;

	zf_op_init(&op);
	if (zf_file_open(f->tree, &op, "a", 0, &file) < 0)
		return "open failed";
	result = zf_file_pread(file, &op, buf, sizeof buf, 0, &got);
	zf_file_close(file);
	if (result < 0)
		return "read failed";
	if (got != 4 && got != 8)
		return "a size that never was";
	for (size_t at = 0; at < got; at += 4)
		if (memcmp(buf + at, "abcd", 4) != 0 && memcmp(buf + at, "ABCD", 4) != 0)
			return "bytes that never were";
	return NULL;
}

static void *race(void *arg)
{
	struct racer *r = arg;

	for (int i = 0; i < 300 && !r->fault; i++)
		r->fault = race_once(r->f);
	return NULL;
}

START_TEST(racing_openings)
{
	struct fixture *f = set_up();
	struct racer racers[6];

	put(f, "a/.zarray", V2("[4]", "[2]", ""));
	put(f, "a/0", "abcd");
	put(f, "a/1", "abcd");
	unit_ok(open_tree(f, ""), &f->op);
	for (int i = 0; i < 6; i++) {
		racers[i] = (struct racer){ .f = f };
		ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
	for (int i = 0; i < 200; i++) {
		put(f, "a/.zarray", i % 2 ? V2("[4]", "[2]", "") : V2("[2]", "[2]", ""));
		put(f, "a/0", i % 3 ? "abcd" : "ABCD");
	}
	for (int i = 0; i < 6; i++) {
		pthread_join(racers[i].thread, NULL);
		ck_assert_msg(!racers[i].fault, "%s", racers[i].fault);
	}
	tear_down(f);
}
END_TEST

UNIT_MAIN("view_tree", groups_and_arrays, odd_paths, nothing_below_arrays, which_document_wins,
	nodes_win_over_made_names, names_too_long, search_limits, root_array, fragments, no_hierarchy,
	info_v2, info_sharded, info_of_odd_names, broken_arrays, store_disappears, changes, handles_follow,
	text_files, separators, looking_costs_no_reads, long_paths_cost_little, racing_openings)
