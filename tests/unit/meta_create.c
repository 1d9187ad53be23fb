/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New arrays and groups: the documents are zarr-python's, byte for byte. */
#include "unit.h"

#include "meta/create.h"
#include "meta/json.h"
#include "meta/meta.h"
#include "meta/number.h"
#include "meta/patch.h"

#include <errno.h>

#include "meta_create_table.h"

#define OUT ZF_OUT_GROWING((size_t)1 << 26)
#define COUNT(TABLE) (sizeof(TABLE) / sizeof((TABLE)[0]))

static void is_text(struct zf_out *out, const char *want, const char *asked)
{
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_out_append(out, &op, "", 1), &op);
	ck_assert_msg(strcmp((const char *)out->data, want) == 0, "%s\ngave\n%s\nnot\n%s", asked,
		(const char *)out->data, want);
	zf_out_free(out);
}

static void creates(int zarr_format, const char *asked, const char *document, const char *attributes)
{
	struct zf_new_array array = { .zarr_format = zarr_format };
	struct zf_out doc = OUT, attrs = OUT;
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_msg(zf_patch_read_new(&op, asked, strlen(asked), &array) == 0, "%s: %s", asked, op.text);
	ck_assert_msg(zf_create_array(&op, &array, &doc, &attrs) == 0, "%s: %s", asked, op.text);
	is_text(&doc, document, asked);
	is_text(&attrs, attributes, asked);
	zf_new_array_free(&array);
}

START_TEST(v2_arrays)
{
	for (size_t i = 0; i < COUNT(v2_table); i++)
		creates(2, v2_table[i].asked, v2_table[i].document, v2_table[i].attributes);
}
END_TEST

START_TEST(v3_arrays)
{
	for (size_t i = 0; i < COUNT(v3_table); i++)
		creates(3, v3_table[i].asked, v3_table[i].document, "");
}
END_TEST

static unsigned sizes(const char *text, uint64_t n[ZF_MAX_NDIM])
{
	unsigned ndim = 0;

	while (*text) {
		char *end;

		n[ndim++] = strtoull(text, &end, 10);
		text = end + (*end == ',');
	}
	return ndim;
}

START_TEST(guesses)
{
	for (size_t i = 0; i < COUNT(guess_table); i++) {
		uint64_t shape[ZF_MAX_NDIM] = { 0 }, want[ZF_MAX_NDIM] = { 0 }, got[ZF_MAX_NDIM] = { 0 };
		unsigned ndim = sizes(guess_table[i].shape, shape);

		ck_assert_uint_eq(sizes(guess_table[i].chunks, want), ndim);
		zf_guess_chunks(ndim, shape, guess_table[i].itemsize, false, got);
		ck_assert_msg(memcmp(want, got, sizeof want) == 0, "shape %s, itemsize %u",
			guess_table[i].shape, guess_table[i].itemsize);
	}
}
END_TEST

/* zarr-python 3 aims at 1 MiB at most within shards: by hand, 2^12 x 2^12 of 8 bytes are 2^27, the target
 * 2^18 * 2^log10(2^7) = 1.126e6, cut to 2^20, so that 2^20 bytes themselves are no longer below the limit. */
START_TEST(guesses_in_shards)
{
	static const uint64_t shape[] = { 4096, 4096 };
	uint64_t got[2];

	zf_guess_chunks(2, shape, 8, true, got);
	ck_assert_uint_eq(got[0], 256);
	ck_assert_uint_eq(got[1], 256);
	zf_guess_chunks(2, shape, 8, false, got);
	ck_assert_uint_eq(got[0], 256);
	ck_assert_uint_eq(got[1], 512);
}
END_TEST

START_TEST(numbers)
{
	for (size_t i = 0; i < COUNT(number_table); i++) {
		char text[64];

		zf_number_print(strtod(number_table[i], NULL), text);
		ck_assert_str_eq(text, number_table[i]);
	}
}
END_TEST

/* ---- v3: what zarr-python's stores do not show ---- */

#define V3(DTYPE, FILL, BYTES)                                                                               \
	"{\"shape\": [4], \"data_type\": " DTYPE                                                             \
	", \"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4]}}, "             \
	"\"chunk_key_encoding\": {\"name\": \"default\", \"configuration\": {\"separator\": \"/\"}}, "       \
	"\"fill_value\": " FILL ", \"codecs\": [" BYTES "], \"attributes\": {}, \"zarr_format\": 3, "        \
	"\"node_type\": \"array\", \"storage_transformers\": []}"
#define LITTLE "{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}"
#define ZSTD "{\"name\": \"zstd\", \"configuration\": {\"level\": 0, \"checksum\": false}}"

static json_t *parse(const char *text, size_t len)
{
	struct zf_op op;
	json_t *value;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, len, &value), &op);
	return value;
}

/* Compares by value. */
static void makes(const char *asked, const char *want)
{
	struct zf_new_array array = { .zarr_format = 3 };
	struct zf_out doc = OUT, attrs = OUT;
	struct zf_op op;
	json_t *got, *wanted = parse(want, strlen(want));

	zf_op_init(&op);
	unit_ok(zf_patch_read_new(&op, asked, strlen(asked), &array), &op);
	unit_ok(zf_create_array(&op, &array, &doc, &attrs), &op);
	got = parse((const char *)doc.data, doc.len);
	ck_assert_msg(json_equal(got, wanted), "%s gave %.*s", asked, (int)doc.len, (const char *)doc.data);
	json_decref(got);
	json_decref(wanted);
	zf_out_free(&doc);
	zf_new_array_free(&array);
}

#define SIMPLE "{\"shape\": [4], \"chunks\": [4], \"compressor\": null, \"dtype\": "

START_TEST(data_types)
{
	makes(SIMPLE "\"|V3\"}", V3("{\"name\": \"raw_bytes\", \"configuration\": {\"length_bytes\": 3}}",
					 "\"AAAA\"", "{\"name\": \"bytes\"}"));
	makes(SIMPLE "\"r24\"}", V3("\"r24\"", "\"AAAA\"", "{\"name\": \"bytes\"}"));
	makes(SIMPLE "\"U2\"}",
		V3("{\"name\": \"fixed_length_utf32\", \"configuration\": {\"length_bytes\": 8}}", "\"\"",
			LITTLE));
	makes(SIMPLE "\"m8[25us]\"}", V3("{\"name\": \"numpy.timedelta64\", \"configuration\": {\"unit\": "
					 "\"us\", \"scale_factor\": "
					 "25}}",
					      "-9223372036854775808", LITTLE));
	makes(SIMPLE "\"<M8\", \"fill_value\": 3}",
		V3("{\"name\": \"numpy.datetime64\", \"configuration\": {\"unit\": \"generic\", "
		   "\"scale_factor\": 1}}",
			"3", LITTLE));
	makes(SIMPLE "[[\"a\", \"|S2\"], [\"b\", [[\"c\", \"|u1\"]]]]}",
		V3("{\"name\": \"struct\", \"configuration\": {\"fields\": [{\"name\": \"a\", \"data_type\": "
		   "{\"name\": \"null_terminated_bytes\", \"configuration\": {\"length_bytes\": 2}}}, "
		   "{\"name\": \"b\", \"data_type\": {\"name\": \"struct\", \"configuration\": {\"fields\": "
		   "[{\"name\": \"c\", \"data_type\": \"uint8\"}]}}}]}}",
			"{\"a\": \"\", \"b\": {\"c\": 0}}", "{\"name\": \"bytes\"}"));
	makes(SIMPLE "{\"name\": \"structured\", \"configuration\": {\"fields\": [[\"a\", \"int32\"]]}}, "
		     "\"fill_value\": \"BwAAAA==\"}",
		V3("{\"name\": \"structured\", \"configuration\": {\"fields\": [[\"a\", \"int32\"]]}}",
			"\"BwAAAA==\"", LITTLE));
}
END_TEST

/* A NaN of other bits than the usual keeps them. */
START_TEST(fill_values)
{
	makes(SIMPLE "\"<f4\", \"fill_value\": \"0x7fc00001\"}", V3("\"float32\"", "\"0x7fc00001\"", LITTLE));
	makes(SIMPLE "\"<f4\", \"fill_value\": \"0x7fc00000\"}", V3("\"float32\"", "\"NaN\"", LITTLE));
	makes(SIMPLE "\"<f2\", \"fill_value\": \"0xfe00\"}", V3("\"float16\"", "\"0xfe00\"", LITTLE));
	makes(SIMPLE "\"<f4\", \"fill_value\": NaN}", V3("\"float32\"", "\"NaN\"", LITTLE));
	makes(SIMPLE "\"<f4\", \"fill_value\": null}", V3("\"float32\"", "0.0", LITTLE));
	makes(SIMPLE "\"uint64\", \"fill_value\": 18446744073709551615}",
		V3("\"uint64\"", "18446744073709551615", LITTLE));
	makes(SIMPLE "\"complex64\", \"fill_value\": [\"0x7fc00001\", -0.0]}",
		V3("\"complex64\"", "[\"0x7fc00001\", -0.0]", LITTLE));
}
END_TEST

#define CODEC(ASKED, WANT)                                                                                   \
	makes("{\"shape\": [4], \"chunks\": [4], \"dtype\": \"<i2\", \"compressor\": " ASKED "}",            \
		V3("\"int16\"", "0", LITTLE WANT))

START_TEST(codecs)
{
	CODEC("\"none\"", "");
	CODEC("[]", "");
	CODEC("\"zstd\"", ", " ZSTD);
	CODEC("\"gzip\"", ", {\"name\": \"gzip\", \"configuration\": {\"level\": 5}}");
	CODEC("\"blosc\"",
		", {\"name\": \"blosc\", \"configuration\": {\"typesize\": 2, \"cname\": \"zstd\", "
		"\"clevel\": 5, \"shuffle\": \"shuffle\", \"blocksize\": 0}}");
	CODEC("{\"id\": \"blosc\", \"cname\": \"lz4\", \"clevel\": 1, \"shuffle\": 2, \"blocksize\": 64}",
		", {\"name\": \"blosc\", \"configuration\": {\"typesize\": 2, \"cname\": \"lz4\", "
		"\"clevel\": 1, "
		"\"shuffle\": \"bitshuffle\", \"blocksize\": 64}}");
	CODEC("{\"id\": \"zlib\", \"level\": 9}",
		", {\"name\": \"numcodecs.zlib\", \"configuration\": {\"level\": 9}}");
	CODEC("\"numcodecs.bz2\"", ", {\"name\": \"numcodecs.bz2\", \"configuration\": {\"level\": 1}}");
	CODEC("[{\"id\": \"zstd\", \"level\": 3}, \"crc32c\"]",
		", {\"name\": \"zstd\", \"configuration\": {\"level\": 3, \"checksum\": false}}, {\"name\": "
		"\"crc32c\"}");
	makes("{\"shape\": [4], \"chunks\": [4], \"dtype\": \"<i2\", \"codecs\": [" LITTLE ", " ZSTD "]}",
		V3("\"int16\"", "0", LITTLE ", " ZSTD));
}
END_TEST

#define SHARD(CODECS)                                                                                        \
	"{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [2], \"codecs\": [" CODECS    \
	"], \"index_codecs\": [" LITTLE ", {\"name\": \"crc32c\"}], \"index_location\": \"end\"}}"

START_TEST(shards)
{
	makes("{\"shape\": [4], \"chunks\": [2], \"shards\": [4], \"dtype\": \"<i2\"}",
		V3("\"int16\"", "0", SHARD(LITTLE ", " ZSTD)));
	makes("{\"shape\": [4], \"shards\": [4], \"dtype\": \"<i2\", \"codecs\": [" SHARD(LITTLE) "]}",
		V3("\"int16\"", "0", SHARD(LITTLE)));
	makes("{\"shape\": [4], \"chunks\": [2], \"shards\": [4], \"dtype\": \"<i2\", \"codecs\": [" SHARD(
		      LITTLE) "], \"order\": \"C\"}",
		V3("\"int16\"", "0", SHARD(LITTLE)));
	makes("{\"shape\": [4], \"chunks\": [2], \"shards\": [4], \"dtype\": \"<i2\", \"codecs\": [" LITTLE
	      "]}",
		V3("\"int16\"", "0", SHARD(LITTLE)));
}
END_TEST

/* v3's forms become v2's. */
START_TEST(codecs_of_the_other_format)
{
	static const struct {
		const char *asked, *want;
	} cases[] = {
		{ "{\"name\": \"gzip\", \"configuration\": {\"level\": 7}}",
			"{\"id\": \"gzip\", \"level\": 7}" },
		{ "{\"name\": \"zstd\", \"configuration\": {\"level\": 2, \"checksum\": false}}",
			"{\"id\": \"zstd\", \"level\": 2}" },
		{ "{\"name\": \"numcodecs.lz4\", \"configuration\": {\"acceleration\": 3}}",
			"{\"id\": \"lz4\", \"acceleration\": 3}" },
		{ "{\"name\": \"blosc\", \"configuration\": {\"typesize\": 4, \"cname\": \"lz4\", "
		  "\"clevel\": 5, "
		  "\"shuffle\": \"bitshuffle\", \"blocksize\": 0}}",
			"{\"id\": \"blosc\", \"cname\": \"lz4\", \"clevel\": 5, \"shuffle\": 2, "
			"\"blocksize\": 0}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zf_new_array array = {
			.zarr_format = 2, .has_shape = true, .ndim = 1, .shape = { 3 }
		};
		struct zf_out doc = OUT, attrs = OUT;
		struct zf_op op;
		json_t *got, *want = parse(cases[i].want, strlen(cases[i].want));

		zf_op_init(&op);
		array.compressor = parse(cases[i].asked, strlen(cases[i].asked));
		unit_ok(zf_create_array(&op, &array, &doc, &attrs), &op);
		got = parse((const char *)doc.data, doc.len);
		ck_assert_msg(json_equal(json_object_get(got, "compressor"), want), "%s", cases[i].asked);
		json_decref(got);
		json_decref(want);
		zf_out_free(&doc);
		zf_new_array_free(&array);
	}
}
END_TEST

/* ---- groups ---- */

START_TEST(groups)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_create_group(&op, 2, &out), &op);
	is_text(&out, "{\n    \"zarr_format\": 2\n}", "group");
	out = OUT;
	unit_ok(zf_create_group(&op, 3, &out), &op);
	is_text(&out, "{\n  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"group\"\n}",
		"group");
}
END_TEST

/* ---- what cannot be ---- */

static void refuses(int zarr_format, const char *asked, int err, const char *text)
{
	struct zf_new_array array = { .zarr_format = zarr_format };
	struct zf_out doc = OUT, attrs = OUT;
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_msg(zf_patch_read_new(&op, asked, strlen(asked), &array) == 0, "%s: %s", asked, op.text);
	ck_assert_msg(zf_create_array(&op, &array, &doc, &attrs) == -1, "%s", asked);
	unit_fails(-1, &op, err, text);
	ck_assert_uint_eq(doc.len + attrs.len, 0);
	zf_out_free(&doc);
	zf_out_free(&attrs);
	zf_new_array_free(&array);
}

START_TEST(impossible)
{
	static const struct {
		int zarr_format;
		const char *asked;
		int err;
		const char *text;
	} cases[] = {
		{ 2, "{\"shape\": [3], \"dtype\": \"<f4\", \"chunks\": [1, 2]}", EINVAL,
			"chunks: 2 dimensions, shape has 1" },
		{ 2, "{\"shape\": [3], \"dtype\": \"<f4\", \"shards\": [3]}", EINVAL,
			"shards: zarr_format 2 has none" },
		{ 2, "{\"shape\": [3], \"dtype\": \"<f4\", \"codecs\": [\"bytes\"]}", EINVAL,
			"codecs: zarr_format 2 has compressor and filters instead" },
		{ 2, "{\"shape\": [3], \"dtype\": \"<f4\", \"dimension_names\": [\"x\"]}", EINVAL,
			"dimension_names: zarr_format 2 has none" },
		{ 2, "{\"shape\": [3], \"dtype\": \"<i4\", \"fill_value\": 0.5}", EINVAL,
			"fill_value: 0.5 is no integer" },
		{ 2, "{\"shape\": [3], \"dtype\": \"<M8\"}", EINVAL,
			"dtype: '<M8' has no unit, \"<M8[ns]\" would have" },
		{ 2, "{\"shape\": [3], \"dtype\": \"|u1\", \"compressor\": \"gzap\"}", EINVAL,
			"compressor: no codec 'gzap' is known by its name alone: give its JSON" },
		{ 2, "{\"shape\": [3], \"dtype\": \"|u1\", \"compressor\": {\"name\": \"transpose\"}}",
			EINVAL, "compressor: zarr_format 2 has no codec 'transpose'" },
		{ 2, "{\"shape\": [3], \"dtype\": \"|u1\", \"compressor\": [\"zlib\", \"zlib\"]}", EINVAL,
			"compressor: zarr_format 2 has one at most" },
		{ 2, "{\"shape\": [3], \"dtype\": \"|u1\", \"compressor\": {\"level\": 1}}", EINVAL,
			"compressor: a codec without a name" },
		{ 2, "{\"shape\": [3], \"dtype\": \"|u1\", \"filters\": [7]}", EINVAL,
			"filters: expected a name or an object, found an integer" },
		{ 3, "{\"shape\": [3], \"dtype\": \">f4\"}", EOPNOTSUPP,
			"data type '>f4': zarr_format 3 has none in big-endian byte order (flat files of v3 "
			"are "
			"little-endian)" },
		{ 3, "{\"shape\": [3], \"dtype\": \"<f16\"}", EOPNOTSUPP,
			"data type '<f16': zarr_format 3 has none of that size" },
		{ 3, "{\"shape\": [3], \"dtype\": [[\"a\", \"<i4\", [2]]]}", EOPNOTSUPP,
			"data type: zarr_format 3 has no subarrays" },
		{ 3, "{\"shape\": [3], \"dtype\": \"|u1\", \"chunks\": [2], \"shards\": [3]}", EINVAL,
			"shards: 3 in dimension 0 is no multiple of the chunks' 2" },
		{ 3, "{\"shape\": [3], \"dtype\": \"|u1\", \"shards\": [2]}", EINVAL,
			"shards: 2 in dimension 0 is no multiple of the chunks' 3 (guessed: give chunks as "
			"well)" },
		{ 3, "{\"shape\": [3], \"dtype\": \"|u1\", \"shards\": [2, 2]}", EINVAL,
			"shards: 2 dimensions, shape has 1" },
		{ 3, "{\"shape\": [3], \"dtype\": \"|u1\", \"codecs\": [\"bytes\"], \"compressor\": null}",
			EINVAL, "codecs: they are the whole chain, there can be no compressor as well" },
		{ 3, "{\"shape\": [3, 3], \"dtype\": \"|u1\", \"codecs\": [\"bytes\"], \"order\": \"F\"}",
			EINVAL, "order: the codecs make it C" },
		{ 3, "{\"shape\": [4], \"dtype\": \"<i2\", \"codecs\": [" SHARD(LITTLE) "]}", EINVAL,
			"shards: missing, since the codecs make shards" },
		{ 3,
			"{\"shape\": [4], \"shards\": [4], \"chunks\": [1], \"dtype\": \"<i2\", \"codecs\": "
			"[" SHARD(LITTLE) "]}",
			EINVAL, "chunks: the codecs have others in a shard" },
		{ 3, "{\"shape\": [4], \"dtype\": \"<i2\", \"codecs\": []}", EINVAL,
			"codecs: the list is empty" },
		{ 3, "{\"shape\": [4], \"dtype\": \"<i2\", \"dimension_names\": [\"x\", \"y\"]}", EINVAL,
			"dimension_names: 2 names, shape has 1 dimensions" },
		{ 3, "{\"shape\": [4], \"dtype\": \"bool\", \"fill_value\": 2}", EINVAL,
			"fill_value: expected true or false, found an integer" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		refuses(cases[i].zarr_format, cases[i].asked, cases[i].err, cases[i].text);
}
END_TEST

START_TEST(texts)
{
	static const char *const asked[] = {
		"{\"shape\": [3], \"dtype\": \"|O\"}",
		"{\"shape\": [3], \"data_type\": \"string\"}",
	};

	for (size_t i = 0; i < COUNT(asked); i++) {
		struct zf_new_array array = { 0 };
		struct zf_op op;

		zf_op_init(&op);
		unit_fails(zf_patch_read_new(&op, asked[i], strlen(asked[i]), &array), &op, EOPNOTSUPP,
			"data type: elements of varying length cannot be written");
		zf_new_array_free(&array);
	}
}
END_TEST

/* ---- options ---- */

static void options_are(const struct zf_new *options, int err, const char *text)
{
	struct zf_new_array array = { 0 };
	struct zf_op op;

	zf_op_init(&op);
	unit_fails(zf_new_array_options(&op, options, &array), &op, err, text);
	zf_new_array_free(&array);
}

START_TEST(options)
{
	struct zf_new all = { .dtype = "<f4",
		.shape = "-1,20",
		.chunks = "10x20",
		.shards = "20,20",
		.compressor = "{\"id\": \"zlib\"}",
		.fill_value = "NaN",
		.zarr_format = 3,
		.order = 'F' };
	struct zf_new_array array = { 0 }, copy;
	uint32_t itemsize;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_new_array_options(&op, &all, &array), &op);
	zf_new_array_copy(&array, &copy);
	zf_new_array_free(&array);
	ck_assert_str_eq(json_string_value(copy.dtype), "<f4");
	ck_assert(copy.has_shape && copy.first_open && copy.ndim == 2 && copy.shape[1] == 20);
	ck_assert(copy.has_chunks && copy.chunk_ndim == 2 && copy.chunks[0] == 10 && copy.chunks[1] == 20);
	ck_assert(copy.has_shards && copy.shard_ndim == 2 && copy.shards[0] == 20);
	ck_assert_str_eq(json_string_value(json_object_get(copy.compressor, "id")), "zlib");
	ck_assert_int_eq(copy.order, 'F');
	ck_assert_int_eq(copy.zarr_format, 3);
	unit_ok(zf_new_array_itemsize(&op, &copy, &itemsize), &op);
	ck_assert_uint_eq(itemsize, 4);
	/* what is not said stays */
	unit_ok(zf_new_array_options(
			&op, &(struct zf_new){ .shape = "", .dtype = "[[\"a\", \"|S9\"]]" }, &copy),
		&op);
	ck_assert(copy.has_shape && !copy.first_open && copy.ndim == 0 && copy.order == 'F');
	unit_ok(zf_new_array_itemsize(&op, &copy, &itemsize), &op);
	ck_assert_uint_eq(itemsize, 9);
	zf_new_array_free(&copy);
	unit_ok(zf_new_array_itemsize(&op, &copy, &itemsize), &op);
	ck_assert_uint_eq(itemsize, 1);

	options_are(&(struct zf_new){ .shape = "3,-1" }, EINVAL, "shape: '3,-1' is no list of sizes");
	options_are(&(struct zf_new){ .shape = "3," }, EINVAL, "shape: '3,' is no list of sizes");
	options_are(&(struct zf_new){ .shape = "-1x" }, EINVAL, "shape: '-1x' is no list of sizes");
	options_are(&(struct zf_new){ .chunks = "-1" }, EINVAL, "chunks: '-1' is no list of sizes");
	options_are(&(struct zf_new){ .shards = "99999999999999999999" }, EINVAL,
		"shards: '99999999999999999999' has a size that is too large");
	options_are(&(struct zf_new){ .order = 'K' }, EINVAL, "order: expected C or F, found K");
	options_are(&(struct zf_new){ .zarr_format = 1 }, EINVAL, "zarr_format: expected 2 or 3, found 1");
	options_are(&(struct zf_new){ .dtype = "[" }, EINVAL,
		"dtype: line 1, column 2: ']' expected near end of file");
	options_are(&(struct zf_new){ .fill_value = "x" }, EINVAL,
		"fill_value: line 1, column 2: invalid token near 'x'");
}
END_TEST

/* Whatever is asked for: an error, or a document that is a good one. */
START_TEST(random_wishes)
{
	static const char *const parts[] = { "\"shape\": [3, 4]", "\"shape\": [0]", "\"shape\": []",
		"\"dtype\": \"<f4\"", "\"dtype\": \"|S3\"", "\"dtype\": [[\"a\", \"<i2\"]]",
		"\"dtype\": \"bool\"", "\"data_type\": \"int8\"", "\"chunks\": [2, 2]", "\"chunks\": [1]",
		"\"shards\": [4, 4]", "\"fill_value\": 1", "\"fill_value\": \"NaN\"", "\"fill_value\": null",
		"\"fill_value\": \"YQ==\"", "\"order\": \"F\"", "\"compressor\": \"zlib\"",
		"\"compressor\": null", "\"filters\": null", "\"codecs\": [\"bytes\"]", "\"zarr_format\": 2",
		"\"zarr_format\": 3", "\"attributes\": {\"x\": [NaN]}", "\"dimension_names\": [null]",
		"\"nbytes\": 12", "\"dimension_separator\": \"/\"" };
	uint64_t seed = unit_seed();
	unsigned fine = 0;

	for (int i = 0; i < 20000; i++) {
		struct zf_new_array array = { .zarr_format = 2 + (int)unit_below(&seed, 2) };
		struct zf_out doc = OUT, attrs = OUT;
		struct zf_meta *meta;
		struct zf_op op;
		char text[4096] = "{\"shape\": [3, 4], \"dtype\": \"<i4\"";

		for (uint64_t n = unit_below(&seed, 6); n > 0; n--) {
			strcat(text, ", ");
			strcat(text, parts[unit_below(&seed, COUNT(parts))]);
		}
		strcat(text, "}");
		if (unit_below(&seed, 4) == 0)
			text[unit_below(&seed, strlen(text))] = "0\"[]{},:-x"[unit_below(&seed, 10)];
		zf_op_init(&op);
		if (zf_patch_read_new(&op, text, strlen(text), &array) == 0 &&
			zf_create_array(&op, &array, &doc, &attrs) == 0) {
			if (array.zarr_format == 3)
				unit_ok(zf_meta_parse_v3(&op, doc.data, doc.len, &meta), &op);
			else
				unit_ok(zf_meta_parse_v2(&op, ZF_NODE_ARRAY, doc.data, doc.len, attrs.data,
						attrs.len, &meta),
					&op);
			ck_assert_int_eq(meta->error, 0);
			ck_assert_ptr_null(meta->attributes_error);
			zf_meta_free(meta);
			fine++;
		} else {
			ck_assert_msg(op.err == EINVAL || op.err == EOPNOTSUPP, "%s: %s", text, op.text);
		}
		zf_new_array_free(&array);
		zf_out_free(&doc);
		zf_out_free(&attrs);
	}
	ck_assert_uint_gt(fine, 500);
}
END_TEST

UNIT_MAIN("create", v2_arrays, v3_arrays, guesses, guesses_in_shards, numbers, data_types, fill_values,
	codecs, shards, codecs_of_the_other_format, groups, impossible, texts, options, random_wishes)
