/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metadata of Zarr v1, of zarr 0.3 and 0.4, and of N5: what they are lowered to, and what is refused.
 * Expected values are by hand, from the specifications and from what Python's pickle wrote.
 */
#include "meta_doc.h"

#include "meta/pickle.h"

#include <errno.h>

static const struct doc_member v1_members[] = {
	{ "zarr_format", "1" },
	{ "shape", "[13, 17]" },
	{ "chunks", "[5, 6]" },
	{ "dtype", "\">i2\"" },
	{ "compression", "\"zlib\"" },
	{ "compression_opts", "1" },
	{ "fill_value", "258" },
	{ "order", "\"C\"" },
};
static const struct doc_member v0_members[] = {
	{ "shape", "[10, 20]" },
	{ "chunks", "[5, 5]" },
	{ "dtype", "\"<i4\"" },
	{ "fill_value", "42" },
	{ "cname", "\"lz4\"" },
	{ "clevel", "3" },
	{ "shuffle", "1" },
};
static const struct doc_member n5_members[] = {
	{ "dimensions", "[7, 5]" },
	{ "blockSize", "[4, 3]" },
	{ "dataType", "\"uint16\"" },
	{ "compression", "{\"type\": \"gzip\", \"level\": 5}" },
};

#define COUNT(A) (sizeof(A) / sizeof((A)[0]))
#define WITH(MEMBERS, DOC, KEY, VALUE) doc_with((DOC), (MEMBERS), COUNT(MEMBERS), (KEY), (VALUE))

static struct zf_meta *parse(char format, const char *doc, const char *attrs)
{
	struct zf_meta *meta = NULL;
	struct zf_op op;
	size_t n = strlen(doc), a = attrs ? strlen(attrs) : 0;

	zf_op_init(&op);
	if (format == '1')
		unit_ok(zf_meta_parse_v1(&op, doc, n, attrs, a, &meta), &op);
	else if (format == '0')
		unit_ok(zf_meta_parse_v0(&op, doc, n, attrs, a, &meta), &op);
	else
		unit_ok(zf_meta_parse_n5(&op, doc, n, &meta), &op);
	return meta;
}

static void says(char format, const char *doc, int err, const char *text)
{
	struct zf_meta *meta = parse(format, doc, NULL);

	ck_assert_ptr_nonnull(meta);
	ck_assert_ptr_nonnull(meta->error_text);
	ck_assert_str_eq(meta->error_text, text);
	ck_assert_int_eq(meta->error, err);
	zf_meta_free(meta);
}

/* ---- v1 ---- */

START_TEST(v1)
{
	char doc[8192];
	struct zf_meta *meta;

	WITH(v1_members, doc, "unknown", "1");
	meta = parse('1', doc, "{\"foo\": 42}");
	is_fine(meta);
	ck_assert_int_eq(meta->zarr_format, 1);
	ck_assert_ptr_null(meta->format);
	ck_assert_ptr_null(meta->read_only);
	ck_assert_int_eq(meta->kind, ZF_NODE_ARRAY);
	ck_assert_uint_eq(meta->array.shape[1], 17);
	ck_assert_uint_eq(meta->array.chunk[1], 6);
	ck_assert_uint_eq(meta->array.nbytes, 13 * 17 * 2);
	ck_assert_mem_eq(meta->array.fill, "\1\2", 2);
	ck_assert_int_eq(meta->array.separator, '.');
	ck_assert(meta->array.separator_declared && !meta->array.key_c);
	is_json(meta->array.codecs, "[{\"name\": \"bytes\"}, {\"name\": \"numcodecs.zlib\", "
				    "\"configuration\": {\"level\": 1}}]");
	is_json(meta->array.compressor, "{\"id\": \"zlib\", \"level\": 1}");
	is_json(meta->attributes, "{\"foo\": 42}");
	zf_meta_free(meta);
}
END_TEST

START_TEST(v1_compression)
{
	static const struct {
		const char *name, *options, *codecs;
	} rows[] = {
		{ "null", "null", "[]" },
		{ "\"none\"", "null", "[]" },
		{ "\"gzip\"", "null", "[{\"name\": \"numcodecs.zlib\", \"configuration\": {}}]" },
		{ "\"bz2\"", "9", "[{\"name\": \"numcodecs.bz2\", \"configuration\": {\"level\": 9}}]" },
		{ "\"blosc\"", "{\"cname\": \"lz4\", \"clevel\": 3, \"shuffle\": 2}",
			"[{\"name\": \"numcodecs.blosc\", \"configuration\": {\"cname\": \"lz4\", "
			"\"clevel\": 3, \"shuffle\": 2}}]" },
		{ "\"other\"", "null", "[{\"name\": \"numcodecs.other\", \"configuration\": {}}]" },
	};
	char doc[8192], more[512], want[600];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zf_meta *meta;

		snprintf(more, sizeof more, "%s, \"compression_opts\": %s", rows[i].name, rows[i].options);
		doc_with(doc, v1_members, 4, "compression", more);
		doc[strlen(doc) - 1] = '\0';
		strcat(doc, ", \"fill_value\": NaN, \"order\": \"F\"}");
		memcpy(strstr(doc, ">i2"), "<f4", 3);
		meta = parse('1', doc, NULL);
		is_fine(meta);
		snprintf(want, sizeof want,
			"[{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, {\"name\": "
			"\"bytes\"}%s%s",
			rows[i].codecs[1] == ']' ? "" : ", ", rows[i].codecs + 1);
		is_json(meta->array.codecs, want);
		ck_assert_mem_eq(meta->array.fill, "\0\0\xc0\x7f", 4);
		zf_meta_free(meta);
	}
}
END_TEST

START_TEST(v1_refused)
{
	static const char *const others[] = { "", "[]", "not JSON", "{}", "{\"zarr_format\": \"1\"}",
		"{\"zarr_format\": 2, \"shape\": []}", "{\"version\": 1}" };
	char doc[8192];

	for (size_t i = 0; i < COUNT(others); i++)
		ck_assert_ptr_null(parse('1', others[i], NULL));
	WITH(v1_members, doc, "shape", NULL);
	says('1', doc, EIO, "shape: missing");
	WITH(v1_members, doc, "compression", NULL);
	says('1', doc, EIO, "compression: missing");
	WITH(v1_members, doc, "compression", "7");
	says('1', doc, EIO, "compression: expected a name or null, found an integer");
	WITH(v1_members, doc, "compression_opts", "\"high\"");
	says('1', doc, EIO, "compression_opts: expected an integer or an object, found a string");
	WITH(v1_members, doc, "order", "\"A\"");
	says('1', doc, EIO, "order: expected 'C' or 'F', found 'A'");
	WITH(v1_members, doc, "chunks", "[5]");
	says('1', doc, EIO, "chunks: 1 dimensions, shape has 2");
}
END_TEST

START_TEST(v1_attributes)
{
	char doc[8192];
	struct zf_meta *meta;

	WITH(v1_members, doc, "order", "\"C\"");
	meta = parse('1', doc, "{");
	is_fine(meta);
	ck_assert_str_eq(meta->attributes_error,
		"attrs: no valid JSON: line 1, column 2: string or '}' expected near end of file");
	zf_meta_free(meta);
}
END_TEST

/* ---- zarr 0.3 and 0.4 ---- */

static void is_v0(const struct zf_meta *meta, const char *format)
{
	is_fine(meta);
	ck_assert_str_eq(meta->format, format);
	ck_assert_str_eq(meta->read_only, "the formats of zarr 0.3 and 0.4 are read only");
	ck_assert_str_eq(meta->array.key_folder, "__zdata__");
	ck_assert_str_eq(meta->array.key_ending, ".blosc");
	ck_assert_uint_eq(meta->array.ndim, 2);
	ck_assert_uint_eq(meta->array.shape[1], 20);
	is_json(meta->array.codecs,
		"[{\"name\": \"bytes\"}, {\"name\": \"numcodecs.blosc\", "
		"\"configuration\": {\"cname\": \"lz4\", \"clevel\": 3, \"shuffle\": 1}}]");
}

START_TEST(v0_4)
{
	char doc[8192];
	struct zf_meta *meta;

	WITH(v0_members, doc, "dtype", "\"<i4\"");
	meta = parse('0', doc, "{\"bar\": 4.2}");
	is_v0(meta, "0.4");
	is_json(meta->array.dtype, "\"<i4\"");
	ck_assert_mem_eq(meta->array.fill, "\x2a\0\0\0", 4);
	is_json(meta->attributes, "{\"bar\": 4.2}");
	zf_meta_free(meta);
	WITH(v0_members, doc, "cname", NULL);
	says('0', doc, EIO, "cname: missing");
	WITH(v0_members, doc, "fill_value", "\"x\"");
	says('0', doc, EIO, "fill_value: expected an integer, found a string");
}
END_TEST

/* What Python 2 and Python 3 write with protocol 0; only the fill value and the data type differ. */
#define PICKLE_2(DTYPE, FILL)                                                                                \
	"(dp0\nS'shape'\np1\n(I10\nI20\ntp2\nsS'chunks'\np3\n(I5\nL5L\ntp4\nsS'dtype'\np5\n" DTYPE           \
	"sS'cname'\np16\nS'lz4'\np17\nsS'clevel'\np18\nI3\nsS'shuffle'\np19\nI1\nsS'fill_value'\np20\n" FILL \
	"s."
#define PICKLE_3                                                                                             \
	"(dp0\nVshape\np1\n(I10\nI20\ntp2\nsVchunks\np3\n(I5\nI5\ntp4\nsVdtype\np5\ncnumpy\ndtype\np6\n"     \
	"(Vi4\np7\nI00\nI01\ntp8\nRp9\n(I3\nV<\np10\nNNNI-1\nI-1\nI0\ntp11\nbsVcname\np12\nc_codecs\n"       \
	"encode\np13\n(Vlz4\np14\nVlatin1\np15\ntp16\nRp17\nsVclevel\np18\nI3\nsVshuffle\np19\nI1\n"         \
	"sVfill_value\np20\nF1.5\ns."
#define DTYPE(NAME, ORDER)                                                                                   \
	"cnumpy\ndtype\np6\n(S'" NAME "'\np7\nI0\nI1\ntp8\nRp9\n(I3\nS'" ORDER                               \
	"'\np10\nNNNI-1\nI-1\nI0\ntp11\nb"
/* numpy.dtype([("a", "<i4"), ("b", "S3")]), as Python 3 pickles it */
#define DTYPE_STRUCT                                                                                         \
	"cnumpy\ndtype\np6\n(VV7\np7\nI00\nI01\ntp8\nRp9\n(I3\nV|\np10\nN(Va\np11\nVb\np12\ntp13\n(dp14\n"   \
	"g11\n(g6\n(Vi4\np15\nI00\nI01\ntp21\nRp22\n(I3\nV<\np23\nNNNI-1\nI-1\nI0\ntp24\nbI0\ntp25\nsg12\n"  \
	"(g6\n(VS3\np26\nI00\nI01\ntp27\nRp28\n(I3\ng10\nNNNI3\nI1\nI0\ntp29\nbI4\ntp30\nsI7\nI1\nI16\n"     \
	"tp31\nb"

static void is_pickled(const char *doc, const char *dtype, const char *fill, size_t itemsize)
{
	struct zf_meta *meta = parse('0', doc, NULL);

	is_v0(meta, "0.3");
	is_json(meta->array.dtype, dtype);
	ck_assert_uint_eq(meta->array.spec.itemsize, itemsize);
	ck_assert_mem_eq(meta->array.fill, fill, itemsize);
	zf_meta_free(meta);
}

START_TEST(v0_3)
{
	is_pickled(PICKLE_2(DTYPE("i2", ">"), "I258\n"), "\">i2\"", "\1\2", 2);
	is_pickled(PICKLE_2(DTYPE("i2", ">"), "L258L\n"), "\">i2\"", "\1\2", 2);
	is_pickled(PICKLE_2(DTYPE("b1", "|"), "I01\n"), "\"|b1\"", "\1", 1);
	is_pickled(PICKLE_2(DTYPE("u8", "<"), "L18446744073709551615L\n"), "\"<u8\"",
		"\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	is_pickled(PICKLE_2(DTYPE("f4", "<"), "Fnan\n"), "\"<f4\"", "\0\0\xc0\x7f", 4);
	is_pickled(PICKLE_2(DTYPE("f4", "<"), "F-inf\n"), "\"<f4\"", "\0\0\x80\xff", 4);
	is_pickled(PICKLE_2(DTYPE_STRUCT, "N"), "[[\"a\", \"<i4\"], [\"b\", \"|S3\"]]", "\0\0\0\0\0\0\0", 7);
}
END_TEST

START_TEST(v0_3_python3)
{
	struct zf_meta *meta = parse('0', PICKLE_3, NULL);

	ck_assert_str_eq(meta->error_text, "fill_value: 1.5 is no integer"); /* it got as far as that */
	is_json(meta->array.dtype, "\"<i4\"");
	zf_meta_free(meta);
}
END_TEST

START_TEST(pickles_refused)
{
	static const struct {
		const char *text;
		int err;
		const char *message;
	} rows[] = {
		{ "cos\nsystem\n(S'true'\ntR.", EOPNOTSUPP,
			"pickle: 'os.system' at byte 0 is not supported" },
		{ "(dS'a'\ncbuiltins\neval\ns.", EOPNOTSUPP,
			"pickle: 'builtins.eval' at byte 7 is not supported" },
		{ "\x80\x02}q\x01.", EOPNOTSUPP, "pickle: instruction 0x80 at byte 0 is not supported" },
		{ "(lp0\n.", EOPNOTSUPP, "pickle: instruction 0x6c at byte 1 is not supported" },
		{ "(dp0\ng0\n.", EOPNOTSUPP,
			"pickle: a second reference to an object at byte 5 is not supported" },
		{ "(dp0\n(g0\nt.", EOPNOTSUPP,
			"pickle: a second reference to an object at byte 6 is not supported" },
		{ "(dp9999\n.", EOPNOTSUPP, "pickle: such a place to remember at byte 2 is not supported" },
		{ "c_codecs\nencode\n((dtR.", EOPNOTSUPP, "pickle: a call at byte 20 is not supported" },
		{ "cnumpy\ndtype\n(cnumpy\ndtype\ntR.", EOPNOTSUPP,
			"pickle: such a member at byte 27 is not supported" },
		{ "(dS'a\\x00'\nNs.", EOPNOTSUPP,
			"pickle: a string with such characters at byte 2 is not supported" },
		{ "(dI1\nNs.", EOPNOTSUPP, "pickle: such a member at byte 6 is not supported" },
		{ "", EIO, "pickle: no end at byte 0" },
		{ "(d", EIO, "pickle: no end at byte 2" },
		{ "N.", EIO, "pickle: no dictionary at byte 1" },
		{ "(d(d.", EIO, "pickle: no dictionary at byte 4" },
		{ ".", EIO, "pickle: no dictionary at byte 0" },
		{ "d.", EIO, "pickle: no mark at byte 0" },
		{ "t.", EIO, "pickle: no mark at byte 0" },
		{ "(Nd.", EIO, "pickle: no mark at byte 2" },
		{ "s.", EIO, "pickle: no dictionary at byte 0" },
		{ "R.", EIO, "pickle: no arguments at byte 0" },
		{ "b.", EOPNOTSUPP, "pickle: the state of an object at byte 0 is not supported" },
		{ "p0\n.", EIO, "pickle: nothing to remember at byte 0" },
		{ "g0\n.", EIO, "pickle: nothing remembered at byte 0" },
		{ "I12", EIO, "pickle: a line that does not end at byte 0" },
		{ "Ione\n.", EIO, "pickle: a broken number at byte 0" },
		{ "I\n.", EIO, "pickle: a broken number at byte 0" },
		{ "I[]\n.", EIO, "pickle: a broken number at byte 0" },
		{ "Sabc\n.", EIO, "pickle: a string without quotes at byte 0" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		says('0', rows[i].text, rows[i].err, rows[i].message);
	says('0', PICKLE_2(DTYPE("M8", "<"), "N"), EOPNOTSUPP,
		"pickle: such a data type at byte 141 is not supported");
}
END_TEST

/* Tuples of twice the tuple before: 2^k values out of 10 k bytes. */
START_TEST(pickle_bomb)
{
	char doc[4096] = "(dS'a'\n(Ntp0\n";
	struct zf_meta *meta;
	char *at = doc + strlen(doc);

	for (int i = 0; i < 60; i++)
		at += sprintf(at, "(g%d\ng%d\ntp%d\n", i, i, i + 1);
	strcpy(at, "s.");
	meta = parse('0', doc, NULL);
	ck_assert_ptr_nonnull(strstr(meta->error_text, "pickle: a value of this size at byte "));
	zf_meta_free(meta);
	memset(doc, '(', sizeof doc - 1);
	doc[sizeof doc - 1] = '\0';
	says('0', doc, EOPNOTSUPP, "pickle: a value of this size at byte 1024 is not supported");
}
END_TEST

/* ---- N5 ---- */

START_TEST(n5)
{
	char doc[8192];
	struct zf_meta *meta;

	WITH(n5_members, doc, "unit", "\"nm\"");
	meta = parse('n', doc, NULL);
	is_fine(meta);
	ck_assert_str_eq(meta->format, "n5");
	ck_assert_str_eq(meta->read_only, "N5 is read only");
	ck_assert_int_eq(meta->kind, ZF_NODE_ARRAY);
	ck_assert(meta->array.shape[0] == 5 && meta->array.shape[1] == 7);
	ck_assert(meta->array.chunk[0] == 3 && meta->array.chunk[1] == 4);
	ck_assert_uint_eq(meta->array.nbytes, 70);
	ck_assert(meta->array.key_reversed && meta->array.separator == '/' && !meta->array.key_c);
	ck_assert(meta->array.fill_is_zero && !meta->array.spec.big_endian);
	is_json(meta->array.dtype, "\"<u2\"");
	is_json(meta->array.codecs,
		"[{\"name\": \"n5_block\", \"configuration\": {\"codecs\": [{\"name\": \"bytes\", "
		"\"configuration\": {\"endian\": \"big\"}}, {\"name\": \"numcodecs.gzip\"}]}}]");
	is_json(meta->array.compressor, "{\"type\": \"gzip\", \"level\": 5}");
	is_json(meta->attributes, "{\"unit\": \"nm\"}");
	zf_meta_free(meta);
}
END_TEST

START_TEST(n5_compressions)
{
	static const struct {
		const char *type, *codec;
	} rows[] = {
		{ "raw", "" },
		{ "zlib", ", {\"name\": \"numcodecs.zlib\"}" },
		{ "bzip2", ", {\"name\": \"numcodecs.bz2\"}" },
		{ "xz", ", {\"name\": \"numcodecs.lzma\"}" },
		{ "lz4", ", {\"name\": \"n5_lz4\"}" },
		{ "blosc", ", {\"name\": \"numcodecs.blosc\"}" },
		{ "zstd", ", {\"name\": \"numcodecs.zstd\"}" },
	};
	char doc[8192], value[64], want[512];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zf_meta *meta;

		snprintf(value, sizeof value, "{\"type\": \"%s\"}", rows[i].type);
		WITH(n5_members, doc, "compression", value);
		snprintf(want, sizeof want,
			"[{\"name\": \"n5_block\", \"configuration\": {\"codecs\": [{\"name\": \"bytes\", "
			"\"configuration\": {\"endian\": \"big\"}}%s]}}]",
			rows[i].codec);
		meta = parse('n', doc, NULL);
		is_json(meta->array.codecs, want);
		is_fine(meta);
		zf_meta_free(meta);
	}
	WITH(n5_members, doc, "compression", "null, \"compressionType\": \"raw\"");
	says('n', doc, EIO, "compression: expected an object with a type, found null");
	doc_with(doc, n5_members, 3, "compressionType", "\"bzip2\""); /* as 1.x has it */
	struct zf_meta *meta = parse('n', doc, NULL);
	is_fine(meta);
	is_json(meta->array.compressor, "{\"type\": \"bzip2\"}");
	zf_meta_free(meta);
}
END_TEST

START_TEST(n5_groups_and_others)
{
	static const char *const others[] = { "", "[]", "not JSON", "{}", "{\"n5\": 1}",
		"{\"dimensions\": [1], \"blockSize\": [1]}", "{\"axes\": [\"x\"]}" };
	struct zf_meta *meta = parse('n', "{\"n5\": \"2.0.0\", \"who\": 1}", NULL);

	ck_assert_int_eq(meta->kind, ZF_NODE_GROUP);
	is_fine(meta);
	is_json(meta->attributes, "{\"who\": 1}");
	zf_meta_free(meta);
	for (size_t i = 0; i < COUNT(others); i++)
		ck_assert_ptr_null(parse('n', others[i], NULL));
}
END_TEST

START_TEST(n5_refused)
{
	char doc[8192];

	WITH(n5_members, doc, "compression", "{\"type\": \"jpeg\"}");
	says('n', doc, EOPNOTSUPP, "compression 'jpeg' is not supported");
	WITH(n5_members, doc, "compression", NULL);
	says('n', doc, EIO, "compression: missing");
	WITH(n5_members, doc, "compression", "7");
	says('n', doc, EIO, "compression: expected an object with a type, found an integer");
	WITH(n5_members, doc, "dataType", "\"string\"");
	says('n', doc, EOPNOTSUPP, "data type 'string' is not supported");
	WITH(n5_members, doc, "dataType", "\"complex64\"");
	says('n', doc, EOPNOTSUPP, "data type 'complex64' is not supported");
	WITH(n5_members, doc, "dataType", "2");
	says('n', doc, EIO, "dataType: expected a name, found an integer");
	WITH(n5_members, doc, "shardSize", "[4, 4]");
	says('n', doc, EOPNOTSUPP, "sharded N5 is not supported");
	WITH(n5_members, doc, "dimensions", "[7, -5]");
	says('n', doc, EIO, "dimensions: -5 is negative");
	WITH(n5_members, doc, "blockSize", "[4]");
	says('n', doc, EIO, "blockSize: 1 dimensions, shape has 2");
	WITH(n5_members, doc, "blockSize", "[4, 0]");
	says('n', doc, EIO, "blockSize: 0 is less than 1");
	WITH(n5_members, doc, "dimensions", "[9223372036854775807, 5]");
	says('n', doc, EIO, "shape: the flat file would have more than 2^63-1 bytes");
}
END_TEST

UNIT_MAIN("meta_old", v1, v1_compression, v1_refused, v1_attributes, v0_4, v0_3, v0_3_python3,
	pickles_refused, pickle_bomb, n5, n5_compressions, n5_groups_and_others, n5_refused)
