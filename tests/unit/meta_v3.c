/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metadata of v3: what is understood, and what is refused with which words. */
#include "meta_doc.h"

#include <errno.h>

static struct zf_meta *parse(const char *doc)
{
	struct zf_op op;
	struct zf_meta *meta;

	zf_op_init(&op);
	unit_ok(zf_meta_parse_v3(&op, doc, strlen(doc), &meta), &op);
	return meta;
}

/* A good document, and the same with one member replaced (value NULL: left out) or added. */
static const struct doc_member members[] = {
	{ "zarr_format", "3" },
	{ "node_type", "\"array\"" },
	{ "shape", "[6, 8]" },
	{ "data_type", "\"int32\"" },
	{ "chunk_grid", "{\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [3, 4]}}" },
	{ "chunk_key_encoding", "{\"name\": \"default\", \"configuration\": {\"separator\": \"/\"}}" },
	{ "fill_value", "0" },
	{ "codecs", "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}]" },
};

static struct zf_meta *parse_with(const char *key, const char *value)
{
	char doc[8192];

	doc_with(doc, members, sizeof members / sizeof members[0], key, value);
	return parse(doc);
}

START_TEST(plain)
{
	struct zf_meta *meta =
		parse("{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [10, 1000], "
		      "\"dimension_names\": [\"rows\", null], "
		      "\"data_type\": \"float64\", \"chunk_grid\": {\"name\": \"regular\", "
		      "\"configuration\": {\"chunk_shape\": [4, "
		      "100]}}, \"chunk_key_encoding\": {\"name\": \"default\", \"configuration\": "
		      "{\"separator\": \"/\"}}, \"codecs\": "
		      "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}, \"crc32c\"], "
		      "\"fill_value\": \"NaN\", "
		      "\"attributes\": {\"foo\": 42, \"bar\": NaN}, \"storage_transformers\": []}");
	const struct zf_array_meta *a = &meta->array;
	static const unsigned char fill[] = { 0, 0, 0, 0, 0, 0, 0xf8, 0x7f };

	is_fine(meta);
	ck_assert_int_eq(meta->kind, ZF_NODE_ARRAY);
	ck_assert_int_eq(meta->zarr_format, 3);
	ck_assert_uint_eq(a->ndim, 2);
	ck_assert_uint_eq(a->shape[1], 1000);
	ck_assert_uint_eq(a->chunk[1], 100);
	ck_assert_uint_eq(a->nbytes, 80000);
	ck_assert_uint_eq(a->spec.size, 3200);
	ck_assert_uint_eq(a->spec.swap, 8);
	ck_assert(!a->spec.big_endian);
	ck_assert_int_eq(a->spec.kind, 'f');
	ck_assert_mem_eq(a->fill, fill, 8);
	ck_assert(!a->fill_is_zero);
	ck_assert(a->key_c);
	ck_assert_int_eq(a->separator, '/');
	ck_assert(a->separator_declared);
	ck_assert_str_eq(a->order, "C");
	is_json(a->codecs,
		"[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}, {\"name\": \"crc32c\"}]");
	is_json(a->codecs_shown,
		"[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}, \"crc32c\"]");
	is_json(a->dtype, "\"<f8\"");
	is_json(a->data_type, "\"float64\"");
	is_json(a->fill_value, "\"NaN\"");
	is_json(a->dimension_names, "[\"rows\", null]");
	is_json(meta->attributes, "{\"foo\": 42, \"bar\": NaN}");
	ck_assert_ptr_null(a->inner_chunk);
	ck_assert_ptr_null(a->compressor);
	ck_assert_ptr_null(a->filters);
	zf_meta_free(meta);
}
END_TEST

START_TEST(key_encodings)
{
	static const struct {
		const char *value;
		bool c;
		char separator;
	} cases[] = {
		{ "\"default\"", true, '/' },
		{ "{\"name\": \"default\"}", true, '/' },
		{ "{\"name\": \"default\", \"configuration\": {}}", true, '/' },
		{ "{\"name\": \"default\", \"configuration\": {\"separator\": \".\"}}", true, '.' },
		{ "\"v2\"", false, '.' },
		{ "{\"name\": \"v2\"}", false, '.' },
		{ "{\"name\": \"v2\", \"configuration\": {\"separator\": \"/\"}}", false, '/' },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_meta *meta = parse_with("chunk_key_encoding", cases[i].value);

		is_fine(meta);
		ck_assert_int_eq(meta->array.key_c, cases[i].c);
		ck_assert_int_eq(meta->array.separator, cases[i].separator);
		zf_meta_free(meta);
	}
}
END_TEST

#define NAMED(NAME, CONFIGURATION) "{\"name\": \"" NAME "\", \"configuration\": {" CONFIGURATION "}}"
#define EDGES(SHAPES) NAMED("rectilinear", "\"kind\": \"inline\", \"chunk_shapes\": " SHAPES)
#define UTF32(N) NAMED("fixed_length_utf32", "\"length_bytes\": " N)
#define FIELD(NAME, TYPE) "{\"name\": \"" NAME "\", \"data_type\": " TYPE "}"

/* NumPy's names, sizes and units of byte order. */
static const struct {
	const char *data_type, *fill, *dtype;
	unsigned itemsize, swap, nunits;
	char kind;
} types[] = {
	{ "\"bool\"", "false", "\"|b1\"", 1, 0, 0, 'b' },
	{ "\"int8\"", "0", "\"|i1\"", 1, 0, 0, 'i' },
	{ "\"uint16\"", "0", "\"<u2\"", 2, 2, 0, 'u' },
	{ "{\"name\": \"int32\"}", "0", "\"<i4\"", 4, 4, 0, 'i' },
	{ "{\"name\": \"int64\", \"configuration\": {}}", "0", "\"<i8\"", 8, 8, 0, 'i' },
	{ "\"float16\"", "0", "\"<f2\"", 2, 2, 0, 'f' },
	{ "\"complex64\"", "[0, 0]", "\"<c8\"", 8, 4, 0, 'c' },
	{ "\"complex128\"", "[0, 0]", "\"<c16\"", 16, 8, 0, 'c' },
	{ "\"complex_float64\"", "[0, 0]", "\"<c16\"", 16, 8, 0, 'c' },
	{ "\"bfloat16\"", "0", "\"|V2\"", 2, 2, 0, 'V' },
	{ "\"float8_e4m3fnuz\"", "-0.0", "\"|V1\"", 1, 0, 0, 'V' },
	{ "\"float4_e2m1fn\"", "0.2", "\"|V1\"", 1, 0, 0, 'V' },
	{ "\"complex_bfloat16\"", "[0, 0]", "\"|V4\"", 4, 2, 0, 'V' },
	{ "\"complex_float6_e3m2fn\"", "[0, 0]", "\"|V2\"", 2, 0, 0, 'V' },
	{ "\"int4\"", "0", "\"|i1\"", 1, 0, 0, 'i' },
	{ "\"uint2\"", "0", "\"|u1\"", 1, 0, 0, 'u' },
	{ NAMED("struct", "\"fields\": [" FIELD("a", "\"bfloat16\"") ", " FIELD("b", "\"int4\"") "]"),
		"{\"a\": 0, \"b\": 0}", "[[\"a\", \"|V2\"], [\"b\", \"|i1\"]]", 3, 0, 1, 'V' },
	{ "\"r24\"", "[0, 0, 0]", "\"|V3\"", 3, 0, 0, 'V' },
	{ NAMED("raw_bytes", "\"length_bytes\": 7"), "\"AAAAAAAAAA==\"", "\"|V7\"", 7, 0, 0, 'V' },
	{ NAMED("null_terminated_bytes", "\"length_bytes\": 5"), "\"\"", "\"|S5\"", 5, 0, 0, 'S' },
	{ NAMED("fixed_length_utf32", "\"length_bytes\": 20"), "\"\"", "\"<U5\"", 20, 4, 0, 'U' },
	{ NAMED("numpy.datetime64", "\"unit\": \"ns\", \"scale_factor\": 1"), "0", "\"<M8[ns]\"", 8, 8, 0,
		'M' },
	{ NAMED("numpy.timedelta64", "\"unit\": \"us\", \"scale_factor\": 10"), "0", "\"<m8[10us]\"", 8, 8, 0,
		'm' },
	{ NAMED("numpy.timedelta64", "\"unit\": \"\u03bcs\", \"scale_factor\": 1"), "0", "\"<m8[us]\"", 8, 8,
		0, 'm' },
	{ NAMED("numpy.datetime64", "\"unit\": \"generic\", \"scale_factor\": 1"), "0", "\"<M8\"", 8, 8, 0,
		'M' },
	{ NAMED("struct", "\"fields\": [" FIELD("a", "\"int32\"") ", " FIELD("b", "\"float64\"") "]"),
		"{\"a\": 0, \"b\": 0}", "[[\"a\", \"<i4\"], [\"b\", \"<f8\"]]", 12, 0, 2, 'V' },
	{ NAMED("structured", "\"fields\": [[\"a\", \"uint8\"], [\"b\", \"r16\"]]"), "\"AAAA\"",
		"[[\"a\", \"|u1\"], [\"b\", \"|V2\"]]", 3, 0, 0, 'V' },
	{ NAMED("struct", "\"fields\": [" FIELD(
				  "p", NAMED("struct", "\"fields\": [[\"x\", \"complex64\"], [\"y\", "
						       "\"bool\"]]")) ", "
								      "[\"u\", " NAMED("fixed_length_utf32",
									      "\"length_bytes\": 8") "]]"),
		"{\"p\": {\"x\": [0, 0], \"y\": false}, \"u\": \"\"}",
		"[[\"p\", [[\"x\", \"<c8\"], [\"y\", \"|b1\"]]], [\"u\", \"<U2\"]]", 17, 0, 4, 'V' },
};

static struct zf_meta *parse_typed(const char *data_type, const char *fill)
{
	char doc[2048];

	snprintf(doc, sizeof doc,
		"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [], \"data_type\": %s, "
		"\"chunk_grid\": {\"name\": "
		"\"regular\", \"configuration\": {\"chunk_shape\": []}}, \"chunk_key_encoding\": "
		"\"default\", \"codecs\": "
		"[\"bytes\"], \"fill_value\": %s}",
		data_type, fill);
	return parse(doc);
}

START_TEST(data_types)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct zf_meta *meta = parse_typed(types[i].data_type, types[i].fill);

		is_fine(meta);
		is_json(meta->array.dtype, types[i].dtype);
		is_json(meta->array.data_type, types[i].data_type);
		ck_assert_uint_eq(meta->array.nbytes, types[i].itemsize);
		ck_assert_uint_eq(meta->array.spec.itemsize, types[i].itemsize);
		ck_assert_uint_eq(meta->array.spec.swap, types[i].swap);
		ck_assert_uint_eq(meta->array.spec.nunits, types[i].nunits);
		ck_assert_int_eq(meta->array.spec.units != NULL, types[i].nunits > 0);
		ck_assert_int_eq(meta->array.spec.kind, types[i].kind);
		ck_assert(meta->array.fill_is_zero);
		zf_meta_free(meta);
	}
}
END_TEST

/* A structured element with a string of a million characters has a million units of byte order. */
START_TEST(units)
{
	struct zf_meta *meta =
		parse_typed(NAMED("struct", "\"fields\": [[\"u\", " UTF32("4194304") "]]"), "{\"u\": \"\"}");

	is_fine(meta);
	ck_assert_uint_eq(meta->array.spec.nunits, 1 << 20);
	ck_assert_uint_eq(meta->array.spec.units[(1 << 20) - 1].offset, (4 << 20) - 4);
	zf_meta_free(meta);
	meta = parse_typed(NAMED("struct", "\"fields\": [[\"u\", " UTF32("4194308") "]]"), "{\"u\": \"\"}");
	ck_assert_str_eq(
		meta->error_text, "data type: more than 1048576 numbers and characters in one element");
	ck_assert_int_eq(meta->error, EOPNOTSUPP);
	zf_meta_free(meta);
}
END_TEST

#define SHARD(CONFIGURATION) "[" NAMED("sharding_indexed", CONFIGURATION) "]"

START_TEST(shards)
{
	struct zf_meta *meta = parse_with("codecs",
		SHARD("\"chunk_shape\": [3, 2], \"codecs\": [\"bytes\", \"zstd\", " NAMED("sharding_indexed",
			"\"codecs\": [\"bytes\"], \"chunk_shape\": [1, 1]") "], \"index_codecs\": "
									    "[\"bytes\", \"crc32c\"]"));

	is_fine(meta);
	is_json(meta->array.inner_chunk, "[3, 2]");
	is_json(meta->array.codecs, SHARD("\"chunk_shape\": [3, 2], \"codecs\": [{\"name\": \"bytes\"}, "
					  "{\"name\": \"zstd\"}, " NAMED("sharding_indexed",
						  "\"codecs\": [{\"name\": \"bytes\"}], \"chunk_shape\": [1, "
						  "1]") "], "
							"\"index_codecs\": [{\"name\": \"bytes\"}, "
							"{\"name\": \"crc32c\"}]"));
	zf_meta_free(meta);

	/* whatever is wrong in there is the codec's to tell */
	meta = parse_with("codecs", SHARD("\"chunk_shape\": 7, \"codecs\": 3"));
	is_fine(meta);
	ck_assert_ptr_null(meta->array.inner_chunk);
	zf_meta_free(meta);
}
END_TEST

static void shows_order(const char *codecs, const char *order)
{
	struct zf_meta *meta = parse_with("codecs", codecs);

	is_fine(meta);
	ck_assert_str_eq(meta->array.order, order);
	zf_meta_free(meta);
}

START_TEST(orders)
{
	shows_order("[" NAMED("transpose", "\"order\": [1, 0]") ", \"bytes\"]", "F");
	shows_order("[" NAMED("transpose", "\"order\": \"F\"") ", \"bytes\"]", "F");
	shows_order("[" NAMED("transpose", "\"order\": [0, 1]") ", \"bytes\"]", "C");
	shows_order("[" NAMED("transpose", "\"order\": \"C\"") ", \"bytes\"]", "C");
	shows_order("[" NAMED("transpose", "\"order\": [1]") ", \"bytes\"]", "C");
	shows_order("[" NAMED("transpose", "\"order\": [1, 0]") ", " NAMED(
			    "transpose", "\"order\": [1, 0]") ", \"bytes\"]",
		"C");
}
END_TEST

START_TEST(n5_default)
{
	struct zf_meta *meta = parse_with(
		"codecs", "[" NAMED("n5_default",
				  "\"codecs\": [" NAMED("transpose", "\"order\": [1, 0]") ", " NAMED(
					  "bytes", "\"endian\": \"big\"") ", {\"name\": \"zstd\"}]") "]");

	is_fine(meta);
	is_json(meta->array.codecs,
		"[" NAMED("transpose", "\"order\": [1, 0]") ", " NAMED("n5_block",
			"\"codecs\": [" NAMED("bytes", "\"endian\": \"big\"") ", {\"name\": \"zstd\"}]") "]");
	zf_meta_free(meta);
}
END_TEST

/* Codecs keep all they say: the pipeline judges them. */
START_TEST(codecs_pass)
{
	struct zf_meta *meta =
		parse_with("codecs", "[{\"name\": \"x-nosuch\", \"must_understand\": false, "
				     "\"configuration\": {\"a\": 0.1}}, {\"name\": \"gzip\"}]");

	is_fine(meta);
	is_json(meta->array.codecs,
		"[{\"name\": \"x-nosuch\", \"must_understand\": false, \"configuration\": {\"a\": 0.1}}, "
		"{\"name\": \"gzip\"}]");
	zf_meta_free(meta);
}
END_TEST

START_TEST(ignored)
{
	static const char *const cases[][2] = { { "x-note", "{\"must_understand\": false, \"value\": [1]}" },
		{ "consolidated_metadata", "null" }, { "dimension_names", "null" },
		{ "storage_transformers", "[]" },
		{ "storage_transformers", "[{\"name\": \"x-none\", \"must_understand\": false}]" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_meta *meta = parse_with(cases[i][0], cases[i][1]);

		is_fine(meta);
		zf_meta_free(meta);
	}
}
END_TEST

static const struct {
	const char *key, *value, *text;
	int error;
} refused[] = {
	{ "zarr_format", NULL, "zarr_format: missing", EIO },
	{ "zarr_format", "4", "zarr_format 4 is not supported", EOPNOTSUPP },
	{ "zarr_format", "2", "zarr_format: expected 3, found 2", EIO },
	{ "zarr_format", "3.0", "zarr_format: expected 3, found 3.0", EIO },
	{ "zarr_format", "\"https://purl.org/zarr/spec/protocol/core/3.0\"",
		"zarr_format 'https://purl.org/zarr/spec/protocol/core/3.0', an early draft of v3, is not "
		"supported",
		EOPNOTSUPP },
	{ "node_type", NULL, "node_type: missing", EIO },
	{ "node_type", "\"banana\"", "node_type: expected 'array' or 'group', found 'banana'", EIO },
	{ "shape", NULL, "shape: missing", EIO },
	{ "shape", "[6, -3]", "shape: -3 is negative", EIO },
	{ "shape", "[4611686018427387904, 4]", "shape: the flat file would have more than 2^63-1 bytes",
		EIO },
	{ "data_type", NULL, "data_type: missing", EIO },
	{ "data_type", "4", "data_type: expected a string or an object, found an integer", EIO },
	{ "data_type", "4.5", "data_type: expected a string or an object, found a number", EIO },
	{ "data_type", "{}", "data_type: name: expected a name, found nothing", EIO },
	{ "data_type", "{\"name\": \"int32\", \"configuration\": 5}",
		"data_type: configuration: expected an object, found an integer", EIO },
	{ "data_type", NAMED("int32", "\"a\": 1"), "data type 'int32' with a configuration is not supported",
		EOPNOTSUPP },
	{ "data_type", "\"complex_int8\"", "data type 'complex_int8' is not supported", EOPNOTSUPP },
	{ "data_type", "\"float999\"", "data type 'float999' is not supported", EOPNOTSUPP },
	{ "data_type", NAMED("x-type", "\"a\": 1"), "data type 'x-type' is not supported", EOPNOTSUPP },
	{ "data_type", "\"raw_bytes\"", "data type 'raw_bytes' is not supported", EOPNOTSUPP },
	{ "data_type", "\"r12\"", "data type 'r12': not a multiple of 8 bits", EIO },
	{ "data_type", "\"r0\"", "data type: elements of 0 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "data_type", "\"r\"", "data type 'r' is not supported", EOPNOTSUPP },
	{ "data_type", "\"r99999999999999999992\"",
		"data type: elements of 2305843009213693951 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "data_type", "\"string\"", "fill_value: expected a string, found an integer", EIO },
	{ "data_type", "\"bytes\"", "fill_value: expected a string in base64, found an integer", EIO },
	{ "data_type", "\"variable_length_bytes\"",
		"fill_value: expected a string in base64, found an integer", EIO },
	{ "data_type", NAMED("raw_bytes", ""),
		"data type 'raw_bytes': length_bytes: expected a length, found nothing", EIO },
	{ "data_type", NAMED("raw_bytes", "\"length_bytes\": -1"),
		"data type 'raw_bytes': length_bytes: expected a length, found an integer", EIO },
	{ "data_type", NAMED("fixed_length_utf32", "\"length_bytes\": 6"),
		"data type 'fixed_length_utf32': length_bytes: 6 is not a multiple of 4", EIO },
	{ "data_type", NAMED("numpy.datetime64", "\"unit\": \"s\", \"scale_factor\": 0"),
		"data type 'numpy.datetime64': scale_factor is not an integer from 1 to 2147483647", EIO },
	{ "data_type", NAMED("numpy.timedelta64", "\"unit\": \"q\", \"scale_factor\": 1"),
		"data type 'numpy.timedelta64': unit is not one of NumPy's", EIO },
	{ "data_type", NAMED("struct", ""), "data type: expected a list of fields, found nothing", EIO },
	{ "data_type", NAMED("struct", "\"fields\": []"), "data type: a structured type without fields",
		EIO },
	{ "data_type", NAMED("struct", "\"fields\": [\"a\"]"),
		"data type: field: expected an object with name and data_type, found a string", EIO },
	{ "data_type", NAMED("struct", "\"fields\": [[\"a\", \"int8\"], [\"a\", \"int8\"]]"),
		"data type: two fields 'a'", EIO },
	{ "data_type", NAMED("struct", "\"fields\": [[\"a\", \"string\"]]"),
		"data type: fields of varying length in structured types are not supported", EOPNOTSUPP },
	{ "chunk_grid", NULL, "chunk_grid: missing", EIO },
	{ "chunk_grid", "\"regular\"", "chunk_grid: chunk_shape: missing", EIO },
	{ "chunk_grid", "3", "chunk_grid: expected a string or an object, found an integer", EIO },
	{ "chunk_grid", NAMED("hexagonal", ""), "chunk grid 'hexagonal' is not supported", EOPNOTSUPP },
	{ "chunk_grid", NAMED("rectilinear", ""), "chunk_grid: kind: expected a name, found nothing", EIO },
	{ "chunk_grid", NAMED("rectilinear", "\"kind\": \"file\""),
		"chunk_grid: kind 'file' is not supported", EOPNOTSUPP },
	{ "chunk_grid", NAMED("rectilinear", "\"kind\": \"inline\""),
		"chunk_shapes: expected a list, found nothing", EIO },
	{ "chunk_grid", EDGES("[4]"), "chunk_shapes: 1 dimensions, shape has 2", EIO },
	{ "chunk_grid", EDGES("[0, 4]"), "chunk_shapes: 0 is less than 1", EIO },
	{ "chunk_grid", EDGES("[[1, [2, 0]], 4]"), "chunk_shapes: 0 is less than 1", EIO },
	{ "chunk_grid", EDGES("[[1, [2, 1, 1]], 4]"),
		"chunk_shapes: a run is [length, count], found a list of 3", EIO },
	{ "chunk_grid", EDGES("[[1, \"2\"], 4]"),
		"chunk_shapes: expected a list of integers, found a string in it", EIO },
	{ "chunk_grid", EDGES("[[1, 2], 4]"),
		"chunk_shapes: the lengths along dimension 0 add up to 3, shape has 6", EIO },
	{ "chunk_grid", EDGES("[[[4294967296, 4294967296]], 4]"),
		"chunk_shapes: the lengths add up to more than 2^63-1", EIO },
	{ "chunk_grid", EDGES("[[9223372036854775807], [9223372036854775807]]"),
		"chunk_shape: a chunk would have more than 9223372036854775807 bytes", EIO },
	{ "chunk_grid", NAMED("regular", "\"chunk_shape\": [3]"), "chunk_shape: 1 dimensions, shape has 2",
		EIO },
	{ "chunk_grid", NAMED("regular", "\"chunk_shape\": [0, 4]"), "chunk_shape: 0 is less than 1", EIO },
	{ "chunk_grid", NAMED("regular", "\"chunk_shape\": 3"),
		"chunk_shape: expected a list of integers, found an integer", EIO },
	{ "chunk_grid", NAMED("regular", "\"chunk_shape\": [4294967296, 4294967296]"),
		"chunk_shape: a chunk would have more than 9223372036854775807 bytes", EIO },
	{ "chunk_key_encoding", NULL, "chunk_key_encoding: missing", EIO },
	{ "chunk_key_encoding", "\"x-cke\"", "chunk key encoding 'x-cke' is not supported", EOPNOTSUPP },
	{ "chunk_key_encoding", NAMED("default", "\"separator\": \"-\""),
		"chunk_key_encoding: separator: expected '/' or '.', found '-'", EIO },
	{ "codecs", NULL, "codecs: missing", EIO },
	{ "codecs", "[]", "codecs: the list is empty", EIO },
	{ "codecs", "{}", "codecs: expected a list, found an object", EIO },
	{ "codecs", "[5]", "codecs: expected a string or an object, found an integer", EIO },
	{ "codecs", "[1.5]", "codecs: name: expected a name, found a number", EIO },
	{ "codecs", "[{}]", "codecs: name: expected a name, found nothing", EIO },
	{ "codecs", "[\"by\\u0000tes\"]", "codecs: name: expected a name, found a string", EIO },
	{ "codecs", "[{\"name\": \"bytes\", \"configuration\": []}]",
		"codecs: configuration: expected an object, found a list", EIO },
	{ "codecs", SHARD("\"index_codecs\": [7]"),
		"codec 'sharding_indexed': index_codecs: expected a string or an object, found an integer",
		EIO },
	{ "fill_value", NULL, "fill_value: missing", EIO },
	{ "fill_value", "null", "fill_value: null is allowed in zarr_format 2 only", EIO },
	{ "attributes", "[]", "attributes: expected an object, found a list", EIO },
	{ "storage_transformers", "{}", "storage_transformers: expected a list, found an object", EIO },
	{ "storage_transformers", "[{\"name\": \"x-st\"}]", "storage transformer 'x-st' is not supported",
		EOPNOTSUPP },
	{ "storage_transformers", "[\"x-st\"]", "storage transformer 'x-st' is not supported", EOPNOTSUPP },
	{ "dimension_names", "[\"a\"]", "dimension_names: 1 names, shape has 2 dimensions", EIO },
	{ "dimension_names", "\"ab\"", "dimension_names: expected a list, found a string", EIO },
	{ "dimension_names", "[\"a\", 1]", "dimension_names: expected strings or null, found an integer",
		EIO },
	/* "`must_understand=False` is not supported for the following extension points: data type, chunk
	 * grid, and chunk key encoding." */
	{ "data_type", "{\"name\": \"x-type\", \"must_understand\": false}",
		"data type 'x-type' is not supported", EOPNOTSUPP },
	{ "chunk_grid", "{\"name\": \"x-grid\", \"must_understand\": false}",
		"chunk grid 'x-grid' is not supported", EOPNOTSUPP },
	{ "chunk_key_encoding", "{\"name\": \"x-cke\", \"must_understand\": false}",
		"chunk key encoding 'x-cke' is not supported", EOPNOTSUPP },
	/* "An extension object is interpreted to have an implicit field `must_understand` set to `True`" */
	{ "storage_transformers", "[{\"name\": \"x-st\", \"configuration\": {\"must_understand\": false}}]",
		"storage transformer 'x-st' is not supported", EOPNOTSUPP },
	/* "the member `name` MUST be a plain string ...; `configuration` ... MUST be an object" */
	{ "chunk_key_encoding", "{\"name\": 7}",
		"chunk_key_encoding: name: expected a name, found an integer", EIO },
	{ "chunk_grid", "{\"name\": \"regular\", \"configuration\": [1]}",
		"chunk_grid: configuration: expected an object, found a list", EIO },
	{ "storage_transformers", "[{\"configuration\": {}, \"must_understand\": false}]",
		"storage_transformers: name: expected a name, found nothing", EIO },
	/* zarr-extensions, n5_default: "The first codec MUST be a transpose codec which performs a full
	 * transposition"; "The second codec MUST be a bytes codec" */
	{ "codecs", "[" NAMED("n5_default", "\"codecs\": [\"bytes\"]") "]",
		"codec 'n5_default': codecs: expected a transpose that reverses, and bytes", EIO },
	{ "codecs",
		"[" NAMED("n5_default", "\"codecs\": [" NAMED("transpose",
						"\"order\": [0, 1]") ", {\"name\": \"bytes\"}]") "]",
		"codec 'n5_default': codecs: expected a transpose that reverses, and bytes", EIO },
	{ "codecs", "[\"n5_default\"]",
		"codec 'n5_default': codecs: expected a transpose that reverses, and bytes", EIO },
	/* "An implementation MUST fail to open Zarr groups or arrays if any metadata fields are present which
	 * (a) the implementation does not recognize and (b) are not explicitly set to "must_understand":
	 * false" */
	{ "x-must", "{\"a\": 1}", "unknown key 'x-must' must be understood", EOPNOTSUPP },
	{ "x-must", "{\"must_understand\": true}", "unknown key 'x-must' must be understood", EOPNOTSUPP },
	{ "x-must", "5", "unknown key 'x-must' must be understood", EOPNOTSUPP },
	{ "x\\nmust", "false", "unknown key 'x?must' must be understood", EOPNOTSUPP },
};

START_TEST(refusals)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct zf_meta *meta = parse_with(refused[i].key, refused[i].value);

		ck_assert_msg(meta->error, "%s: %s: no error", refused[i].key, refused[i].value);
		ck_assert_str_eq(meta->error_text, refused[i].text);
		ck_assert_int_eq(meta->error, refused[i].error);
		zf_meta_free(meta);
	}
}
END_TEST

START_TEST(groups)
{
	struct zf_meta *meta =
		parse("{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": {\"spam\": \"ham\"}, "
		      "\"consolidated_metadata\": {\"kind\": \"inline\", \"must_understand\": false, "
		      "\"metadata\": {}}}");

	is_fine(meta);
	ck_assert_int_eq(meta->kind, ZF_NODE_GROUP);
	is_json(meta->attributes, "{\"spam\": \"ham\"}");
	zf_meta_free(meta);
	meta = parse("{\"zarr_format\": 3, \"node_type\": \"group\"}");
	is_fine(meta);
	is_json(meta->attributes, "{}");
	zf_meta_free(meta);
	meta = parse("{\"zarr_format\": 3, \"node_type\": \"group\", \"shape\": [1]}");
	ck_assert_int_eq(meta->kind, ZF_NODE_GROUP);
	ck_assert_str_eq(meta->error_text, "unknown key 'shape' must be understood");
	ck_assert_int_eq(meta->error, EOPNOTSUPP);
	zf_meta_free(meta);
}
END_TEST

/* A key may look like a member without being one: JSON's names are not C's strings. */
/* Short ones are parsed with the rest; of long ones only the end is looked for. */
START_TEST(consolidated_metadata)
{
	char doc[8192], *at = doc;
	struct zf_meta *meta;

	at += sprintf(
		at, "{\"zarr_format\": 3, \"node_type\": \"group\", \"consolidated_metadata\": {\"x\": \"");
	memset(at, 'x', 4096);
	strcpy(at + 4096, "\", \"y\": [nothing]}, \"attributes\": {\"a\": 1}}");
	meta = parse(doc);
	is_fine(meta);
	ck_assert_uint_eq(meta->passed_over, 4096 + strlen("{\"x\": \"\", \"y\": [nothing]}"));
	is_json(meta->attributes, "{\"a\": 1}");
	zf_meta_free(meta);
	memmove(at, at + 4000, strlen(at + 4000) + 1);
	meta = parse(doc);
	ck_assert_uint_eq(meta->passed_over, 0);
	ck_assert_str_eq(meta->error_text, "no valid JSON: line 1, column 186: invalid token near 'nothing'");
	zf_meta_free(meta);
}
END_TEST

START_TEST(no_document)
{
	static const char *const cases[][2] = {
		{ "{", "no valid JSON: line 1, column 2: string or '}' expected near end of file" },
		{ "[]", "expected an object, found a list" },
		{ "{\"zarr_format\\u0000\": 3}",
			"no valid JSON: line 1, column 21: NUL byte in object key not supported near "
			"'\"zarr_format\\u0000\"'" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_meta *meta = parse(cases[i][0]);

		ck_assert_str_eq(meta->error_text, cases[i][1]);
		ck_assert_int_eq(meta->error, EIO);
		zf_meta_free(meta);
	}
}
END_TEST

/* Elements that vary in length: the fill value as a line of JSON. */
static const struct {
	const char *type, *fill, *text;
} varying[] = {
	{ "\"string\"", "\"\"", "\"\"" },
	{ "\"string\"", "\"x\\u20ac\\t\"", "\"x\u20ac\\t\"" },
	{ "{\"name\": \"string\"}", "\"0\"", "\"0\"" },
	{ "\"bytes\"", "[0, 255, 1]", "\"AP8B\"" },
	{ "\"bytes\"", "[]", "\"\"" },
	{ "\"variable_length_bytes\"", "\"AP8=\"", "\"AP8=\"" },
};

START_TEST(varying_fills)
{
	for (size_t i = 0; i < sizeof varying / sizeof varying[0]; i++) {
		char doc[1024];
		struct zf_meta *meta;

		snprintf(doc, sizeof doc,
			"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": %s, "
			"\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}}, "
			"\"chunk_key_encoding\": \"default\", \"fill_value\": %s, \"codecs\": "
			"[\"vlen-utf8\"]}",
			varying[i].type, varying[i].fill);
		meta = parse(doc);
		is_fine(meta);
		ck_assert_str_eq(meta->array.fill_text, varying[i].text);
		ck_assert_uint_eq(meta->array.nbytes, 0);
		zf_meta_free(meta);
	}
}
END_TEST

UNIT_MAIN("meta_v3", plain, key_encodings, data_types, units, shards, orders, codecs_pass, n5_default,
	ignored, refusals, groups, consolidated_metadata, no_document, varying_fills)
