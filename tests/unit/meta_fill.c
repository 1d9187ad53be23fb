/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fill values: the bytes of one element, as NumPy has them; and what is refused. */
#include "unit.h"

#include "meta/meta.h"

#include <errno.h>

static const struct row {
	int zarr_format;
	const char *dtype, *fill, *hex;
} table[] = {
#include "meta_fill_table.h"
};

static struct zf_meta *parse(int zarr_format, const char *dtype, const char *fill, const char *codecs)
{
	char doc[4096];
	struct zf_op op;
	struct zf_meta *meta;

	zf_op_init(&op);
	if (zarr_format == 2) {
		snprintf(doc, sizeof doc,
			"{\"zarr_format\": 2, \"shape\": [3], \"chunks\": [2], \"order\": \"C\", "
			"\"filters\": null, "
			"\"compressor\": null, \"dtype\": %s, \"fill_value\": %s}",
			dtype, fill);
		unit_ok(zf_meta_parse_v2(&op, ZF_NODE_ARRAY, doc, strlen(doc), NULL, 0, &meta), &op);
	} else {
		snprintf(doc, sizeof doc,
			"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [3], \"data_type\": %s, "
			"\"chunk_grid\": "
			"{\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [2]}}, "
			"\"chunk_key_encoding\": "
			"\"default\", \"codecs\": %s, \"fill_value\": %s}",
			dtype, codecs, fill);
		unit_ok(zf_meta_parse_v3(&op, doc, strlen(doc), &meta), &op);
	}
	return meta;
}

static void shows(const struct zf_meta *meta, const struct row *row)
{
	const struct zf_array_meta *array = &meta->array;
	char hex[256] = "";

	ck_assert_msg(!meta->error, "v%d %s fill %s: %s", row->zarr_format, row->dtype, row->fill,
		meta->error_text);
	for (uint32_t i = 0; i < array->spec.itemsize; i++)
		snprintf(hex + 2 * i, 3, "%02x", array->fill[i]);
	ck_assert_msg(strcmp(hex, row->hex) == 0, "v%d %s fill %s: got %s, want %s", row->zarr_format,
		row->dtype, row->fill, hex, row->hex);
	ck_assert_int_eq(array->fill_is_zero, strspn(hex, "0") == strlen(hex));
	ck_assert_ptr_eq(array->spec.fill, array->fill);
}

START_TEST(bytes_are_numpys)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct zf_meta *meta =
			parse(table[i].zarr_format, table[i].dtype, table[i].fill, "[\"bytes\"]");

		shows(meta, &table[i]);
		zf_meta_free(meta);
	}
}
END_TEST

/* Subarrays, which NumPy's base64 path in zarr-python cannot make: the bytes are those of the text. */
START_TEST(subarrays)
{
	struct row row = { 2, "[[\"a\", \"<i2\", [2, 1]], [\"b\", [[\"c\", \"|u1\"], [\"d\", \">u4\"]]]]",
		"\"AQD+/wMAAAAE\"", "0100feff0300000004" };
	struct zf_meta *meta = parse(2, row.dtype, row.fill, NULL);

	shows(meta, &row);
	zf_meta_free(meta);
}
END_TEST

/* As drafts of v3 had it. */
START_TEST(booleans_as_numbers)
{
	static const struct row rows[] = { { 3, "\"bool\"", "0", "00" }, { 3, "\"bool\"", "1", "01" } };

	for (size_t i = 0; i < 2; i++) {
		struct zf_meta *meta = parse(3, rows[i].dtype, rows[i].fill, "[\"bytes\"]");

		shows(meta, &rows[i]);
		zf_meta_free(meta);
	}
}
END_TEST

/* Of old structured fill values, the byte order is that of the bytes codec; flat files are little endian. */
START_TEST(blobs_follow_the_bytes_codec)
{
	struct row row = { 3,
		"{\"name\": \"structured\", \"configuration\": {\"fields\": [[\"a\", \"int16\"], [\"b\", "
		"\"uint8\"], "
		"[\"c\", \"complex64\"]]}}",
		"\"AAECP4AAAEAAAAA=\"", "0100020000803f00000040" };
	const char *big = "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}]";
	const char *sharded =
		"[{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [1], \"codecs\": "
		"[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"big\"}}]}}]";
	struct zf_meta *meta = parse(3, row.dtype, row.fill, big);

	shows(meta, &row);
	ck_assert_uint_eq(meta->array.spec.nunits, 3);
	ck_assert_uint_eq(meta->array.spec.units[0].offset, 0);
	ck_assert_uint_eq(meta->array.spec.units[0].size, 2);
	ck_assert_uint_eq(meta->array.spec.units[1].offset, 3);
	ck_assert_uint_eq(meta->array.spec.units[1].size, 4);
	ck_assert_uint_eq(meta->array.spec.units[2].offset, 7);
	ck_assert_uint_eq(meta->array.spec.units[2].size, 4);
	zf_meta_free(meta);
	meta = parse(3, row.dtype, row.fill, sharded);
	shows(meta, &row);
	zf_meta_free(meta);
	row.hex = "0001023f80000040000000";
	meta = parse(3, row.dtype, row.fill, "[\"bytes\"]");
	shows(meta, &row);
	zf_meta_free(meta);
}
END_TEST

#define STRUCT                                                                                               \
	"{\"name\": \"struct\", \"configuration\": {\"fields\": [{\"name\": \"a\", \"data_type\": "          \
	"\"uint8\"}]}}"
#define RAW "{\"name\": \"raw_bytes\", \"configuration\": {\"length_bytes\": 2}}"
#define BYTES "{\"name\": \"null_terminated_bytes\", \"configuration\": {\"length_bytes\": 2}}"
#define UTF32 "{\"name\": \"fixed_length_utf32\", \"configuration\": {\"length_bytes\": 8}}"
#define TIME "{\"name\": \"numpy.datetime64\", \"configuration\": {\"unit\": \"s\", \"scale_factor\": 1}}"

static const struct row refused[] = {
	{ 2, "\"|u1\"", "256", "fill_value: 256 does not fit '|u1'" },
	{ 2, "\"|u1\"", "-1", "fill_value: -1 does not fit '|u1'" },
	{ 2, "\"|i1\"", "128", "fill_value: 128 does not fit '|i1'" },
	{ 2, "\"|i1\"", "-129", "fill_value: -129 does not fit '|i1'" },
	{ 2, "\"<i8\"", "9223372036854775808", "fill_value: 9223372036854775808 does not fit '<i8'" },
	{ 2, "\"<i8\"", "-9223372036854775809", "fill_value: -9223372036854775809 does not fit '<i8'" },
	{ 2, "\"<u8\"", "18446744073709551616", "fill_value: 18446744073709551616 does not fit '<u8'" },
	{ 2, "\"<u8\"", "1e400", "fill_value: 1e400 does not fit '<u8'" },
	{ 2, "\"<u8\"", "1e99999999999999999999", "fill_value: 1e99999999999999999999 does not fit '<u8'" },
	{ 2, "\"<i4\"", "0.5", "fill_value: 0.5 is no integer" },
	{ 2, "\"<i4\"", "1e-400", "fill_value: 1e-400 is no integer" },
	{ 2, "\"<i4\"", "NaN", "fill_value: NaN is no integer" },
	{ 2, "\"<i4\"", "\"NaN\"", "fill_value: NaN is no integer" },
	{ 2, "\"<i4\"", "\"\"", "fill_value: expected an integer, found a string" },
	{ 2, "\"<i4\"", "\"4x\"", "fill_value: expected an integer, found a string" },
	{ 2, "\"<i4\"", "[4]", "fill_value: expected an integer, found a list" },
	{ 2, "\"<M8[s]\"", "\"2000-01-01\"", "fill_value: expected an integer, found a string" },
	{ 2, "\"<f4\"", "\"nothing\"", "fill_value: 'nothing' is no number" },
	{ 2, "\"<f4\"", "\"0x7fc00000\"", "fill_value: '0x7fc00000' is no number" },
	{ 2, "\"<f4\"", "[1]", "fill_value: expected a number, found a list" },
	{ 2, "\"<c8\"", "[1]", "fill_value: expected a list of two numbers, found a list" },
	{ 2, "\"<c8\"", "[1, {}]", "fill_value: expected a number, found an object" },
	{ 2, "\"|b1\"", "\"true\"", "fill_value: expected true or false, found a string" },
	{ 2, "\"|S3\"", "\"YWJjZA==\"", "fill_value: 4 bytes, an element has 3" },
	{ 2, "\"|S3\"", "\"abcde\"", "fill_value: 5 bytes, an element has 3" },
	{ 2, "\"|S3\"", "1", "fill_value: expected a string in base64, found an integer" },
	{ 2, "\"|V3\"", "\"YWI=\"", "fill_value: 2 bytes, an element has 3" },
	{ 2, "\"|V3\"", "\"YWJj=\"", "fill_value: no base64" },
	{ 2, "\"|V3\"", "\"YW*j\"", "fill_value: no base64" },
	{ 2, "\"|V3\"", "\"Y===\"", "fill_value: no base64" },
	{ 2, "\"<U2\"", "\"abc\"", "fill_value: an element has 2 characters" },
	{ 2, "\"<U2\"", "1", "fill_value: expected a string, found an integer" },
	{ 3, "\"int32\"", "\"abc\"", "fill_value: expected an integer, found a string" },
	{ 3, "\"int32\"", "\"4\"", "fill_value: expected an integer, found a string" },
	{ 3, "\"int32\"", "true", "fill_value: expected an integer, found a boolean" },
	{ 3, "\"int32\"", "null", "fill_value: null is allowed in zarr_format 2 only" },
	{ 3, "\"uint8\"", "256", "fill_value: 256 does not fit '|u1'" },
	{ 3, "\"bool\"", "2", "fill_value: expected true or false, found an integer" },
	{ 3, "\"bool\"", "-1", "fill_value: expected true or false, found an integer" },
	{ 3, "\"bool\"", "0.0", "fill_value: expected true or false, found a number" },
	{ 3, "\"float32\"", "\"1.5\"", "fill_value: '1.5' is no number" },
	{ 3, "\"float32\"", "\"0x7fc000000\"", "fill_value: '0x7fc000000' is no number" },
	{ 3, "\"float32\"", "\"0x\"", "fill_value: '0x' is no number" },
	{ 3, "\"float32\"", "\"0x7g\"", "fill_value: '0x7g' is no number" },
	{ 3, "\"float32\"", "\"nan\"", "fill_value: 'nan' is no number" },
	{ 3, "\"float32\"", "true", "fill_value: expected a number, found a boolean" },
	{ 3, "\"complex64\"", "0", "fill_value: expected a list of two numbers, found an integer" },
	{ 3, "\"r16\"", "[1]", "fill_value: 1 bytes, an element has 2" },
	{ 3, "\"r16\"", "[1, 256]", "fill_value: expected integers from 0 to 255" },
	{ 3, "\"r16\"", "[1, -1]", "fill_value: expected integers from 0 to 255" },
	{ 3, RAW, "\"AQID\"", "fill_value: 3 bytes, an element has 2" },
	{ 3, RAW, "0", "fill_value: expected a string in base64, found an integer" },
	{ 3, BYTES, "\"AQID\"", "fill_value: 3 bytes, an element has 2" },
	{ 3, BYTES, "\"abc\"", "fill_value: no base64" },
	{ 3, UTF32, "\"abc\"", "fill_value: an element has 2 characters" },
	{ 3, TIME, "\"nat\"", "fill_value: expected an integer, found a string" },
	{ 3, TIME, "0.5", "fill_value: 0.5 is no integer" },
	{ 3, STRUCT, "{\"a\": 256}", "fill_value: field 'a': 256 does not fit '|u1'" },
	{ 3, STRUCT, "{\"b\": 1}", "fill_value: field 'a' is missing" },
	{ 3, STRUCT, "{\"a\": 1, \"b\": 1}", "fill_value: 2 members, the type has 1 fields" },
	{ 3, STRUCT, "1", "fill_value: expected a string in base64, found an integer" },
};

START_TEST(refusals)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct zf_meta *meta =
			parse(refused[i].zarr_format, refused[i].dtype, refused[i].fill, "[\"bytes\"]");

		ck_assert_msg(meta->error == EIO, "v%d %s fill %s: no error", refused[i].zarr_format,
			refused[i].dtype, refused[i].fill);
		ck_assert_str_eq(meta->error_text, refused[i].hex);
		ck_assert_ptr_null(meta->array.fill);
		ck_assert_ptr_nonnull(meta->array.fill_value);
		zf_meta_free(meta);
	}
}
END_TEST

UNIT_MAIN("meta_fill", bytes_are_numpys, subarrays, booleans_as_numbers, blobs_follow_the_bytes_codec, refusals)
