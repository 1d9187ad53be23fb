/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metadata of v2: what it is lowered to, and what is refused with which words. */
#include "meta_doc.h"

#include <errno.h>

static struct zf_meta *parse_both(enum zf_node_kind kind, const char *doc, const char *attrs)
{
	struct zf_op op;
	struct zf_meta *meta;

	zf_op_init(&op);
	unit_ok(zf_meta_parse_v2(&op, kind, doc, strlen(doc), attrs, attrs ? strlen(attrs) : 0, &meta), &op);
	return meta;
}

static struct zf_meta *parse(const char *doc)
{
	return parse_both(ZF_NODE_ARRAY, doc, NULL);
}

/* A good document, and the same with one member replaced (value NULL: left out) or added. */
static const struct doc_member members[] = {
	{ "zarr_format", "2" },
	{ "shape", "[6, 8]" },
	{ "chunks", "[3, 5]" },
	{ "dtype", "\"<i4\"" },
	{ "fill_value", "0" },
	{ "order", "\"C\"" },
	{ "filters", "null" },
	{ "compressor", "null" },
};

static struct zf_meta *parse_with(const char *key, const char *value)
{
	char doc[8192];

	doc_with(doc, members, sizeof members / sizeof members[0], key, value);
	return parse(doc);
}

START_TEST(plain)
{
	struct zf_meta *meta = parse_both(ZF_NODE_ARRAY,
		"{\"chunks\": [5, 6], \"compressor\": {\"id\": \"zlib\", \"level\": 1}, \"dtype\": \">f4\", "
		"\"fill_value\": 1.5, "
		"\"filters\": [{\"id\": \"delta\", \"dtype\": \">f4\"}, {\"id\": \"shuffle\"}], \"order\": "
		"\"C\", \"shape\": "
		"[13, 17], \"zarr_format\": 2, \"foo\": {\"must_understand\": true}}",
		"{\"units\": \"K\", \"missing\": NaN}");
	const struct zf_array_meta *a = &meta->array;
	static const unsigned char fill[] = { 0x3f, 0xc0, 0, 0 };

	is_fine(meta);
	ck_assert_int_eq(meta->kind, ZF_NODE_ARRAY);
	ck_assert_int_eq(meta->zarr_format, 2);
	ck_assert_uint_eq(a->ndim, 2);
	ck_assert_uint_eq(a->shape[0], 13);
	ck_assert_uint_eq(a->shape[1], 17);
	ck_assert_uint_eq(a->chunk[0], 5);
	ck_assert_uint_eq(a->chunk[1], 6);
	ck_assert_uint_eq(a->nbytes, 884);
	ck_assert_uint_eq(a->spec.ndim, 2);
	ck_assert_uint_eq(a->spec.shape[1], 6);
	ck_assert_uint_eq(a->spec.itemsize, 4);
	ck_assert_uint_eq(a->spec.swap, 4);
	ck_assert(a->spec.big_endian);
	ck_assert_int_eq(a->spec.kind, 'f');
	ck_assert_uint_eq(a->spec.size, 120);
	ck_assert_mem_eq(a->fill, fill, 4);
	ck_assert(!a->fill_is_zero);
	ck_assert(!a->key_c);
	ck_assert_int_eq(a->separator, '.');
	ck_assert(!a->separator_declared);
	ck_assert_str_eq(a->order, "C");
	is_json(a->codecs, "[{\"name\": \"bytes\"}, {\"name\": \"numcodecs.delta\", \"configuration\": "
			   "{\"dtype\": \">f4\"}}, "
			   "{\"name\": \"numcodecs.shuffle\", \"configuration\": {}}, "
			   "{\"name\": \"numcodecs.zlib\", \"configuration\": {\"level\": 1}}]");
	is_json(a->dtype, "\">f4\"");
	is_json(a->fill_value, "1.5");
	is_json(a->compressor, "{\"id\": \"zlib\", \"level\": 1}");
	is_json(a->filters, "[{\"id\": \"delta\", \"dtype\": \">f4\"}, {\"id\": \"shuffle\"}]");
	is_json(meta->attributes, "{\"units\": \"K\", \"missing\": NaN}");
	ck_assert_ptr_null(a->data_type);
	ck_assert_ptr_null(a->codecs_shown);
	ck_assert_ptr_null(a->inner_chunk);
	ck_assert_ptr_null(a->dimension_names);
	zf_meta_free(meta);
	zf_meta_free(NULL);
}
END_TEST

static void lowers(const char *key, const char *value, const char *codecs)
{
	struct zf_meta *meta = parse_with(key, value);

	is_fine(meta);
	is_json(meta->array.codecs, codecs);
	zf_meta_free(meta);
}

START_TEST(orders)
{
	struct zf_meta *meta;

	lowers("order", "\"F\"",
		"[{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, {\"name\": \"bytes\"}]");
	lowers("order", "\"C\"", "[{\"name\": \"bytes\"}]");
	meta = parse("{\"zarr_format\": 2, \"shape\": [4], \"chunks\": [2], \"dtype\": \"|u1\", "
		     "\"fill_value\": null, "
		     "\"order\": \"F\", \"filters\": [], \"compressor\": null}");
	is_fine(meta);
	is_json(meta->array.codecs, "[{\"name\": \"bytes\"}]");
	ck_assert_str_eq(meta->array.order, "F");
	zf_meta_free(meta);
}
END_TEST

START_TEST(separators)
{
	struct zf_meta *meta = parse_with("dimension_separator", "\"/\"");

	is_fine(meta);
	ck_assert_int_eq(meta->array.separator, '/');
	ck_assert(meta->array.separator_declared);
	zf_meta_free(meta);
	meta = parse_with("dimension_separator", "\".\"");
	ck_assert_int_eq(meta->array.separator, '.');
	ck_assert(meta->array.separator_declared);
	zf_meta_free(meta);
}
END_TEST

static void sizes(const char *shape, const char *chunks, const char *dtype, uint64_t nbytes, size_t chunk)
{
	char doc[1024];
	struct zf_meta *meta;

	snprintf(doc, sizeof doc,
		"{\"zarr_format\": 2, \"shape\": %s, \"chunks\": %s, \"dtype\": %s, \"fill_value\": null, "
		"\"order\": "
		"\"C\", \"filters\": null, \"compressor\": null}",
		shape, chunks, dtype);
	meta = parse(doc);
	is_fine(meta);
	ck_assert_uint_eq(meta->array.nbytes, nbytes);
	ck_assert_uint_eq(meta->array.spec.size, chunk);
	ck_assert(meta->array.fill_is_zero);
	zf_meta_free(meta);
}

START_TEST(shapes)
{
	sizes("[]", "[]", "\"<f8\"", 8, 8);
	sizes("[0]", "[5]", "\"<f8\"", 0, 40);
	sizes("[0, 9223372036854775807, 9223372036854775807]", "[1, 1, 1]", "\"<f8\"", 0, 8);
	sizes("[100000000, 10000000]", "[1000, 1000]", "\"<i4\"", 4000000000000000, 4000000);
	sizes("[9223372036854775807]", "[9223372036854775807]", "\"|u1\"", 9223372036854775807u,
		9223372036854775807u);
	sizes("[1152921504606846975]", "[1]", "\"<f8\"", 9223372036854775800u, 8);
	sizes("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
	      "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,3]",
		"[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
		"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]",
		"\"|i1\"", 3, 2);
}
END_TEST

/* itemsize, unit of byte order and name of every kind of type; the sizes are NumPy's. */
static const struct {
	const char *dtype, *shown;
	unsigned itemsize, swap;
	char kind;
	bool big_endian;
} types[] = {
	{ "\"|b1\"", NULL, 1, 0, 'b', false },
	{ "\"<i1\"", "\"|i1\"", 1, 0, 'i', false },
	{ "\">u1\"", "\"|u1\"", 1, 0, 'u', false },
	{ "\"<i8\"", NULL, 8, 8, 'i', false },
	{ "\">u2\"", NULL, 2, 2, 'u', true },
	{ "\"<f2\"", NULL, 2, 2, 'f', false },
	{ "\">f16\"", NULL, 16, 16, 'f', true },
	{ "\"<c8\"", NULL, 8, 4, 'c', false },
	{ "\">c16\"", NULL, 16, 8, 'c', true },
	{ "\"<c32\"", NULL, 32, 16, 'c', false },
	{ "\"|S7\"", NULL, 7, 0, 'S', false },
	{ "\"<S7\"", "\"|S7\"", 7, 0, 'S', false },
	{ "\"|a7\"", "\"|S7\"", 7, 0, 'S', false },
	{ "\">U3\"", NULL, 12, 4, 'U', true },
	{ "\"|V300\"", NULL, 300, 0, 'V', false },
	{ "\"<M8[ns]\"", NULL, 8, 8, 'M', false },
	{ "\">m8[10us]\"", NULL, 8, 8, 'm', true },
	{ "\"<M8\"", NULL, 8, 8, 'M', false },
	{ "[[\"a\", \"<i4\"], [\"b\", \">f8\"], [\"c\", \"|S2\"]]", NULL, 14, 0, 'V', false },
	{ "[[\"m\", \"<i2\", [2, 3]], [\"n\", \"|u1\", 4], [\"s\", [[\"x\", \"<f4\", [2]], [\"y\", "
	  "\"<c16\"]], [3]]]",
		NULL, 88, 0, 'V', false },
	{ "[[\"a\", \"<i4\", [0]], [\"b\", \"|u1\", []]]", NULL, 1, 0, 'V', false },
	{ "\"|V1073741824\"", NULL, 1 << 30, 0, 'V', false },
};

START_TEST(dtypes)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		char doc[1024];
		struct zf_meta *meta;

		snprintf(doc, sizeof doc,
			"{\"zarr_format\": 2, \"shape\": [3], \"chunks\": [2], \"dtype\": %s, "
			"\"fill_value\": null, \"order\": "
			"\"C\", \"filters\": null, \"compressor\": null}",
			types[i].dtype);
		meta = parse(doc);
		is_fine(meta);
		ck_assert_uint_eq(meta->array.spec.itemsize, types[i].itemsize);
		ck_assert_uint_eq(meta->array.spec.swap, types[i].swap);
		ck_assert_int_eq(meta->array.spec.kind, types[i].kind);
		ck_assert_int_eq(meta->array.spec.big_endian, types[i].big_endian);
		ck_assert_ptr_null(meta->array.spec.units);
		is_json(meta->array.dtype, types[i].shown ? types[i].shown : types[i].dtype);
		zf_meta_free(meta);
	}
}
END_TEST

static const struct {
	const char *key, *value, *text;
	int error;
} refused[] = {
	{ "zarr_format", NULL, "zarr_format: missing", EIO },
	{ "zarr_format", "9", "zarr_format: expected 2, found 9", EIO },
	{ "zarr_format", "\"2\"", "zarr_format: expected 2, found a string", EIO },
	{ "zarr_format", "[2, 2]", "zarr_format: expected 2, found a list", EIO },
	{ "shape", NULL, "shape: missing", EIO },
	{ "shape", "\"[6, 8]\"", "shape: expected a list of integers, found a string", EIO },
	{ "shape", "null", "shape: expected a list of integers, found null", EIO },
	{ "shape", "[6, \"8\"]", "shape: expected a list of integers, found a string in it", EIO },
	{ "shape", "[6, 8.0]", "shape: expected a list of integers, found a number in it", EIO },
	{ "shape", "[true, 8]", "shape: expected a list of integers, found a boolean in it", EIO },
	{ "shape", "[6, -3]", "shape: -3 is negative", EIO },
	{ "shape", "[6, 9223372036854775808]", "shape: 9223372036854775808 is too large", EIO },
	{ "shape", "[6, -9223372036854775809]", "shape: -9223372036854775809 is too small", EIO },
	{ "shape", "[4611686018427387904, 4611686018427387904]",
		"shape: the flat file would have more than 2^63-1 bytes", EIO },
	{ "shape", "[1, 2305843009213693952]", "shape: the flat file would have more than 2^63-1 bytes",
		EIO },
	{ "chunks", NULL, "chunks: missing", EIO },
	{ "chunks", "true", "chunks: expected a list of integers, found a boolean", EIO },
	{ "chunks", "null", "chunks: expected a list of integers, found null", EIO },
	{ "chunks", "[3, 0]", "chunks: 0 is less than 1", EIO },
	{ "chunks", "[3, -1]", "chunks: -1 is negative", EIO },
	{ "chunks", "[3]", "chunks: 1 dimensions, shape has 2", EIO },
	{ "chunks", "[3, 5, 1]", "chunks: 3 dimensions, shape has 2", EIO },
	{ "chunks", "[4294967296, 4294967296]",
		"chunks: a chunk would have more than 9223372036854775807 bytes", EIO },
	{ "chunks", "[2305843009213693952, 1]",
		"chunks: a chunk would have more than 9223372036854775807 bytes", EIO },
	{ "dtype", NULL, "dtype: missing", EIO },
	{ "dtype", "4", "dtype: expected a string or a list of fields, found an integer", EIO },
	{ "dtype", "{}", "dtype: expected a string or a list of fields, found an object", EIO },
	{ "dtype", "\"<q9\"", "data type '<q9' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<z4\"", "data type '<z4' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<i3\"", "data type '<i3' is not supported", EOPNOTSUPP },
	{ "dtype", "\"i4\"", "data type 'i4' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<i4 \"", "data type '<i4 ' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<i4\\u0000\"", "data type '<i4?' is not supported", EOPNOTSUPP },
	{ "dtype", "\"\"", "data type '' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<\"", "data type '<' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<M8[xs]\"", "data type '<M8[xs]' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<M8[0s]\"", "data type '<M8[0s]' is not supported", EOPNOTSUPP },
	{ "dtype", "\"<M4[s]\"", "data type '<M4[s]' is not supported", EOPNOTSUPP },
	{ "dtype", "\"|i4\"", "data type '|i4' has no byte order", EIO },
	{ "dtype", "\"|O\"", "data type '|O': there is no filter that makes bytes of objects", EIO },
	{ "dtype", "\"|S0\"", "data type: elements of 0 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "dtype", "\"<U0\"", "data type: elements of 0 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "dtype", "\"|V1073741825\"",
		"data type: elements of 1073741825 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "dtype", "\"<U9999999999\"",
		"data type: elements of 39999999996 bytes are not supported (1 to 1073741824 are)",
		EOPNOTSUPP },
	{ "dtype", "[]", "data type: a structured type without fields", EIO },
	{ "dtype", "[\"a\"]", "data type: field: expected a list, found a string", EIO },
	{ "dtype", "[[\"a\"]]", "data type: field: expected 2 or 3 values, found 1", EIO },
	{ "dtype", "[[\"a\", \"<i4\", [1], 2]]", "data type: field: expected 2 or 3 values, found 4", EIO },
	{ "dtype", "[[1, \"<i4\"]]", "data type: name of a field: expected a string, found an integer", EIO },
	{ "dtype", "[[\"a\\u0000\", \"<i4\"]]", "data type: field 'a?': NUL in a name", EIO },
	{ "dtype", "[[\"a\", \"<i4\"], [\"a\", \"<i4\"]]", "data type: two fields 'a'", EIO },
	{ "dtype", "[[\"a\", \"|O\"]]",
		"data type: fields of varying length in structured types are not supported", EOPNOTSUPP },
	{ "dtype", "[[\"a\", \"<i4\", [0]]]",
		"data type: elements of 0 bytes are not supported (1 to 1073741824 are)", EOPNOTSUPP },
	{ "dtype", "[[\"a\", \"<i4\", \"2\"]]",
		"data type: shape of a subarray: expected a list of integers, found a string", EIO },
	{ "dtype", "[[\"a\", \"<i4\", [-1]]]",
		"data type: shape of a subarray: expected a length, found an integer", EIO },
	{ "dtype", "[[\"a\", \"<i4\", [4611686018427387904, 4]]]", "data type: a subarray is too large",
		EIO },
	{ "dtype", "[[\"a\", \"<i4\", [268435457]]]", "data type: elements of more than 1073741824 bytes",
		EIO },
	{ "fill_value", NULL, "fill_value: missing", EIO },
	{ "fill_value", "\"abc\"", "fill_value: expected an integer, found a string", EIO },
	{ "order", NULL, "order: missing", EIO },
	{ "order", "\"X\"", "order: expected 'C' or 'F', found 'X'", EIO },
	{ "order", "0", "order: expected 'C' or 'F', found an integer", EIO },
	{ "dimension_separator", "\"-\"", "dimension_separator: expected '.' or '/', found '-'", EIO },
	{ "dimension_separator", "1", "dimension_separator: expected '.' or '/', found an integer", EIO },
	{ "filters", NULL, "filters: missing", EIO },
	{ "filters", "{}", "filters: expected a list or null, found an object", EIO },
	{ "filters", "[\"delta\"]", "filters: expected an object, found a string", EIO },
	{ "filters", "[{\"name\": \"delta\"}]", "filters: id: expected a name, found nothing", EIO },
	{ "compressor", NULL, "compressor: missing", EIO },
	{ "compressor", "\"zlib\"", "compressor: expected an object, found a string", EIO },
	{ "compressor", "{\"id\": 3}", "compressor: id: expected a name, found an integer", EIO },
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

/* What was understood is there all the same, and the first thing that was not is the one told. */
START_TEST(half_understood)
{
	struct zf_meta *meta = parse_both(ZF_NODE_ARRAY,
		"{\"zarr_format\": 2, \"shape\": [6], \"chunks\": [0], \"dtype\": \"<x4\", \"fill_value\": "
		"3, \"order\": "
		"\"F\", \"filters\": 5, \"compressor\": null}",
		"{\"a\": 1}");

	ck_assert_str_eq(meta->error_text, "chunks: 0 is less than 1");
	ck_assert_int_eq(meta->error, EIO);
	ck_assert_uint_eq(meta->array.ndim, 1);
	ck_assert_uint_eq(meta->array.shape[0], 6);
	is_json(meta->array.dtype, "\"<x4\"");
	is_json(meta->array.fill_value, "3");
	is_json(meta->array.filters, "5");
	is_json(meta->attributes, "{\"a\": 1}");
	ck_assert_ptr_null(meta->array.codecs);
	ck_assert_ptr_null(meta->array.fill);
	ck_assert_uint_eq(meta->array.spec.size, 0);
	zf_meta_free(meta);
}
END_TEST

START_TEST(no_document)
{
	static const char *const cases[][2] = { { "", "no valid JSON: empty" },
		{ "{\"zarr_format\": 2, \"shape\": [2",
			"no valid JSON: line 1, column 31: ']' expected near end of file" },
		{ "[1, 2]", "expected an object, found a list" },
		{ "NaN", "expected an object, found a number" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_meta *meta = parse(cases[i][0]);

		ck_assert_str_eq(meta->error_text, cases[i][1]);
		ck_assert_int_eq(meta->error, EIO);
		is_json(meta->attributes, "{}");
		zf_meta_free(meta);
	}
}
END_TEST

START_TEST(attributes)
{
	struct zf_meta *meta = parse_both(ZF_NODE_GROUP, "{\"zarr_format\": 2}", "[]");

	ck_assert_str_eq(meta->attributes_error, ".zattrs: expected an object, found a list");
	ck_assert_int_eq(meta->error, 0);
	is_json(meta->attributes, "{}");
	zf_meta_free(meta);
	meta = parse_both(ZF_NODE_GROUP, "{\"zarr_format\": 2}", "{\"a\": ");
	ck_assert_str_eq(meta->attributes_error,
		".zattrs: no valid JSON: line 1, column 7: unexpected token near end of file");
	zf_meta_free(meta);
}
END_TEST

START_TEST(groups)
{
	struct zf_meta *meta =
		parse_both(ZF_NODE_GROUP, "{\"zarr_format\": 2}", "{\"big\": 18446744073709551615}");

	is_fine(meta);
	ck_assert_int_eq(meta->kind, ZF_NODE_GROUP);
	is_json(meta->attributes, "{\"big\": 18446744073709551615}");
	zf_meta_free(meta);
	meta = parse_both(ZF_NODE_GROUP, "{}", NULL);
	ck_assert_str_eq(meta->error_text, "zarr_format: missing");
	zf_meta_free(meta);
}
END_TEST

/* pizzarr boxes its scalars, as R does. */
START_TEST(boxed_format)
{
	struct zf_meta *meta = parse_with("zarr_format", "[2]");

	is_fine(meta);
	zf_meta_free(meta);
}
END_TEST

static void nest(unsigned depth, const char *error)
{
	char dtype[1024] = "";
	struct zf_meta *meta;

	for (unsigned i = 0; i < depth; i++)
		strcat(dtype, "[[\"a\", ");
	strcat(dtype, "\"|u1\"");
	for (unsigned i = 0; i < depth; i++)
		strcat(dtype, "]]");
	meta = parse_with("dtype", dtype);
	if (error)
		ck_assert_str_eq(meta->error_text, error);
	else
		is_fine(meta);
	zf_meta_free(meta);
}

START_TEST(nested_types)
{
	nest(16, NULL);
	nest(17, "data type: more than 16 structured types within each other");
}
END_TEST

START_TEST(too_many_dimensions)
{
	char shape[256] = "[";
	struct zf_meta *meta;

	for (int i = 0; i < 65; i++)
		strcat(shape, i ? ",1" : "1");
	strcat(shape, "]");
	meta = parse_with("shape", shape);
	ck_assert_str_eq(meta->error_text, "shape: 65 dimensions, the limit is 64");
	ck_assert_int_eq(meta->error, EIO);
	zf_meta_free(meta);
}
END_TEST

START_TEST(many_fields)
{
	for (int n = 4096; n <= 4097; n++) {
		char *dtype = malloc((size_t)n * 32), *at = dtype;
		struct zf_meta *meta;
		char *doc = malloc((size_t)n * 32 + 512);

		for (int i = 0; i < n; i++)
			at += sprintf(at, "%c[\"f%d\", \"|u1\"]", i ? ',' : '[', i);
		strcpy(at, "]");
		sprintf(doc,
			"{\"zarr_format\": 2, \"shape\": [3], \"chunks\": [2], \"dtype\": %s, "
			"\"fill_value\": 0, \"order\": "
			"\"C\", \"filters\": null, \"compressor\": null}",
			dtype);
		meta = parse(doc);
		if (n == 4096)
			is_fine(meta);
		else
			ck_assert_str_eq(meta->error_text, "data type: more than 4096 fields");
		zf_meta_free(meta);
		free(dtype);
		free(doc);
	}
}
END_TEST

/* Objects: the fill value as a line of JSON, in the form that the first filter gives elements. */
static const struct {
	const char *filters, *fill, *text;
} objects[] = {
	{ "{\"id\": \"vlen-utf8\"}", "null", "null" },
	{ "{\"id\": \"vlen-utf8\"}", "0", "\"\"" },
	{ "{\"id\": \"vlen-utf8\"}", "\"\"", "\"\"" },
	{ "{\"id\": \"vlen-utf8\"}", "\"0\"", "\"0\"" },
	{ "{\"id\": \"vlen-utf8\"}", "\"a \\\"\\u00e9\\n\"", "\"a \\\"\u00e9\\n\"" },
	{ "{\"id\": \"vlen-utf8\"}", "\"\\u007f1\"",
		"\"\x7f"
		"1\"" },
	{ "{\"id\": \"categorize\"}", "0.0", "\"\"" },
	{ "{\"id\": \"vlen-bytes\"}", "\"AAE=\"", "\"AAE=\"" },
	{ "{\"id\": \"vlen-bytes\"}", "0", "\"\"" },
	{ "{\"id\": \"vlen-array\"}", "0", "[]" },
	{ "{\"id\": \"vlen-array\"}", "\"\"", "[]" },
	{ "{\"id\": \"vlen-array\"}", "[1, 2]", "[1,2]" },
	{ "{\"id\": \"json2\"}", "0", "0" },
	{ "{\"id\": \"json2\"}", "{\"a b\": [1, {\"c\": \"d \\\\\"}], \"e\": 18446744073709551615}",
		"{\"a b\":[1,{\"c\":\"d \\\\\"}],\"e\":18446744073709551615}" },
	{ "{\"id\": \"pickle\"}, 5", "true", "true" },
};

static struct zf_meta *parse_objects(const char *filters, const char *fill)
{
	char doc[1024];

	snprintf(doc, sizeof doc,
		"{\"zarr_format\": 2, \"shape\": [4, 4], \"chunks\": [2, 2], \"dtype\": \"|O\", "
		"\"fill_value\": "
		"%s, \"order\": \"F\", \"filters\": [%s], \"compressor\": {\"id\": \"zlib\"}}",
		fill, filters);
	return parse(doc);
}

START_TEST(object_fills)
{
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		struct zf_meta *meta = parse_objects(objects[i].filters, objects[i].fill);
		struct zf_text fill;

		if (objects[i].filters[8] == 'p')
			ck_assert_str_eq(meta->error_text, "filters: expected an object, found an integer");
		else
			is_fine(meta);
		ck_assert_str_eq(meta->array.fill_text, objects[i].text);
		memcpy(&fill, meta->array.fill, sizeof fill);
		ck_assert_uint_eq(fill.offset, 0);
		ck_assert_uint_eq(fill.len, strlen(objects[i].text));
		zf_meta_free(meta);
	}
}
END_TEST

START_TEST(object_chains)
{
	struct zf_meta *meta = parse_objects("{\"id\": \"vlen-utf8\"}", "null");

	is_fine(meta);
	is_json(meta->array.codecs, "[{\"name\": \"transpose\", \"configuration\": {\"order\": [1, 0]}}, "
				    "{\"name\": \"numcodecs.vlen-utf8\", \"configuration\": {}}, "
				    "{\"name\": \"numcodecs.zlib\", \"configuration\": {}}]");
	ck_assert_uint_eq(meta->array.nbytes, 0);
	ck_assert_int_eq(meta->array.spec.kind, 'O');
	zf_meta_free(meta);
	meta = parse_objects("{\"id\": \"vlen-utf8\"}", "{}");
	ck_assert_str_eq(meta->error_text, "fill_value: expected a string, found an object");
	zf_meta_free(meta);
	meta = parse_objects("{\"id\": \"vlen-bytes\"}", "\"?\"");
	ck_assert_str_eq(meta->error_text, "fill_value: no base64");
	zf_meta_free(meta);
}
END_TEST

UNIT_MAIN("meta_v2", plain, orders, separators, shapes, dtypes, refusals, half_understood, no_document,
	attributes, groups, boxed_format, many_fields, nested_types, too_many_dimensions, object_fills,
	object_chains)
