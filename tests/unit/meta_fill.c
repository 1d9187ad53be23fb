/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fill values: the bytes of one element, as NumPy has them; and what is refused. */
#include "unit.h"

#include "meta/meta.h"
#include "meta/minifloat.h"

#include <errno.h>
#include <math.h>

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

/* ---- floats that C lacks ---- */

/* What bits mean, by the definition of such formats: NAN, an infinity or a number. */
static double meaning(const struct zf_minifloat *f, unsigned bits)
{
	unsigned fields = f->exponent + f->mantissa, ones = (1u << fields) - 1;
	unsigned exponent = (bits & ones) >> f->mantissa, mantissa = bits & ((1u << f->mantissa) - 1);
	double sign = bits >> fields ? -1 : 1;

	if (f->kind == ZF_MINI_E8M0)
		return bits == 255 ? NAN : ldexp(1, (int)bits - 127);
	if (f->kind == ZF_MINI_IEEE && exponent == (1u << f->exponent) - 1)
		return mantissa ? NAN : sign * INFINITY;
	if ((f->kind == ZF_MINI_FN && (bits & ones) == ones) || (f->kind == ZF_MINI_FNUZ && bits == ones + 1))
		return NAN;
	if (exponent == 0)
		return sign * ldexp(mantissa, 1 - f->bias - (int)f->mantissa);
	return sign * ldexp(mantissa + (1u << f->mantissa), (int)exponent - f->bias - (int)f->mantissa);
}

static void rounds(const struct zf_minifloat *f, double value, unsigned want)
{
	unsigned bits = 0xdead;

	ck_assert_msg(zf_minifloat_round(f, value, &bits), "%s has no %g", f->name, value);
	ck_assert_msg(bits == want, "%s: %g is %#x, want %#x", f->name, value, bits, want);
}

/* Each number is itself; the middle between two neighbours goes to the even one, and what lies beside it to
 * the nearer. */
START_TEST(minifloats)
{
	static const char *const names[] = { "bfloat16", "float8_e3m4", "float8_e4m3", "float8_e4m3fn",
		"float8_e4m3b11fnuz", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu",
		"float6_e2m3fn", "float6_e3m2fn", "float4_e2m1fn" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct zf_minifloat *f = zf_minifloat_find(names[i]);

		unsigned last = (1u << zf_minifloat_bits(f)) - 1;

		for (unsigned bits = 0; bits <= last; bits++) {
			double value = meaning(f, bits), next = bits < last ? meaning(f, bits + 1) : NAN;
			double middle;

			if (isnan(value))
				continue;
			rounds(f, value, bits);
			if (isnan(next) || isinf(next) || isinf(value) || signbit(value) != signbit(next) ||
				f->kind == ZF_MINI_E8M0)
				continue;
			middle = (value + next) / 2;
			rounds(f, middle, bits % 2 ? bits + 1 : bits);
			rounds(f, nextafter(middle, value), bits);
			rounds(f, nextafter(middle, next), bits + 1);
		}
	}
}
END_TEST

/* By hand, from the formats' definitions. */
static const struct row mini_rows[] = {
	{ 3, "\"bfloat16\"", "1", "803f" },
	{ 3, "\"bfloat16\"", "-2.5", "20c0" },
	{ 3, "\"bfloat16\"", "\"NaN\"", "c07f" },
	{ 3, "\"bfloat16\"", "\"-Infinity\"", "80ff" },
	{ 3, "\"bfloat16\"", "\"0x7fc1\"", "c17f" },
	{ 3, "\"bfloat16\"", "1e39", "807f" },
	{ 3, "\"float8_e4m3\"", "\"NaN\"", "7c" },
	{ 3, "\"float8_e4m3fnuz\"", "\"NaN\"", "80" },
	{ 3, "\"float8_e4m3fn\"", "448", "7e" },
	{ 3, "\"float8_e5m2\"", "\"Infinity\"", "7c" },
	{ 3, "\"float8_e5m2\"", "\"0x7f\"", "7f" },
	{ 3, "\"float8_e8m0fnu\"", "4", "81" },
	{ 3, "\"float8_e8m0fnu\"", "0", "00" },
	{ 3, "\"float6_e3m2fn\"", "28", "1f" },
	{ 3, "\"float4_e2m1fn\"", "-6", "0f" },
	{ 3, "\"complex_bfloat16\"", "[1, \"NaN\"]", "803fc07f" },
	{ 3, "\"complex_float16\"", "[1, -2]", "003c00c0" },
	{ 3, "\"complex_float8_e5m2\"", "[\"0x01\", 1]", "013c" },
	{ 3, "\"complex_float32\"", "[1, 0]", "0000803f00000000" },
	{ 3, "\"int4\"", "-8", "f8" },
	{ 3, "\"uint2\"", "3", "03" },
};

static const struct row mini_refused[] = {
	{ 3, "\"float8_e4m3fn\"", "\"Infinity\"", "fill_value: float8_e4m3fn has no Infinity" },
	{ 3, "\"float8_e4m3fnuz\"", "1000", "fill_value: float8_e4m3fnuz has no 1000" },
	{ 3, "\"float4_e2m1fn\"", "\"NaN\"", "fill_value: float4_e2m1fn has no NaN" },
	{ 3, "\"float8_e8m0fnu\"", "-1", "fill_value: float8_e8m0fnu has no -1" },
	{ 3, "\"bfloat16\"", "\"0x12345\"", "fill_value: '0x12345' is no number" },
	{ 3, "\"bfloat16\"", "true", "fill_value: expected a number, found a boolean" },
	{ 3, "\"complex_bfloat16\"", "1", "fill_value: expected a list of two numbers, found an integer" },
	{ 3, "\"int4\"", "8", "fill_value: 8 does not fit '|i1'" },
	{ 3, "\"int2\"", "-3", "fill_value: -3 does not fit '|i1'" },
	{ 3, "\"uint4\"", "16", "fill_value: 16 does not fit '|u1'" },
};

START_TEST(small_types)
{
	for (size_t i = 0; i < sizeof mini_rows / sizeof mini_rows[0]; i++) {
		struct zf_meta *meta = parse(3, mini_rows[i].dtype, mini_rows[i].fill, "[\"bytes\"]");

		shows(meta, &mini_rows[i]);
		zf_meta_free(meta);
	}
	for (size_t i = 0; i < sizeof mini_refused / sizeof mini_refused[0]; i++) {
		struct zf_meta *meta = parse(3, mini_refused[i].dtype, mini_refused[i].fill, "[\"bytes\"]");

		ck_assert_ptr_nonnull(meta->error_text);
		ck_assert_str_eq(meta->error_text, mini_refused[i].hex);
		ck_assert_int_eq(meta->error, EIO);
		zf_meta_free(meta);
	}
}
END_TEST

UNIT_MAIN("meta_fill", bytes_are_numpys, subarrays, booleans_as_numbers, blobs_follow_the_bytes_codec,
	refusals, minifloats, small_types)
