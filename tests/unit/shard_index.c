/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shards: binding, the index, and whole shards in both directions.
 */
#include "chain.h"

#define BYTES "{'name': 'bytes'}"
#define LITTLE "{'name': 'bytes', 'configuration': {'endian': 'little'}}"
#define BIG "{'name': 'bytes', 'configuration': {'endian': 'big'}}"
#define SHARD(SHAPE, CODECS, INDEX, LOCATION)                                                                \
	"{'name': 'sharding_indexed', 'configuration': {'chunk_shape': " SHAPE ", 'codecs': [" CODECS        \
	"], 'index_codecs': [" INDEX "], 'index_location': '" LOCATION "'}}"
#define AT "codec 'sharding_indexed' (1 of 1): "

/* zarr-python 3.3.0: shape 6 x 8 of int32, inner chunks of 3 x 2 with zstd, a big-endian index with
 * crc32c in front */
static const char by_zarr_python[] =
	"0000000000000084000000000000002100000000000000c6000000000000002100000000000001080000000000000021"
	"000000000000014a000000000000002100000000000000a5000000000000002100000000000000e70000000000000021"
	"00000000000001290000000000000021000000000000016b00000000000000215cfeb8ad28b52ffd2018c1000020fcff"
	"ff21fcffff31fcffff32fcffff42fcffff43fcffff28b52ffd2018c1000053fcffff54fcffff64fcffff65fcffff75fc"
	"ffff76fcffff28b52ffd2018c1000022fcffff23fcffff33fcffff34fcffff44fcffff45fcffff28b52ffd2018c10000"
	"55fcffff56fcffffcc02000067fcffff5d03000078fcffff28b52ffd2018c10000e902000025fcffff35fcffff36fcff"
	"ff6a02000047fcffff28b52ffd2018c1000057fcffff58fcffff68fcffff69fcffffcb0300007afcffff28b52ffd2018"
	"c1000026fcffff4a0100007901000038fcffff48fcffff49fcffff28b52ffd2018c1000059fcffff5afcfffffc020000"
	"6bfcffff920100007cfcffff";

static const int32_t by_zarr_python_values[48] = { -992, -991, -990, -989, 745, -987, -986, 330, -975, -974,
	-973, -972, -971, -970, 377, -968, -958, -957, -956, -955, 618, -953, -952, -951, -941, -940, -939,
	-938, -937, -936, -935, -934, -924, -923, 716, -921, -920, -919, 764, -917, -907, -906, 861, -904,
	971, -902, 402, -900 };

START_TEST(decodes_what_zarr_python_wrote)
{
	struct zf_spec spec = chain_sevens_spec();
	int32_t values[48];
	size_t len;
	uint8_t *p = chain_hex(by_zarr_python, &len);

	for (int i = 0; i < 48; i++)
		values[i] = (int32_t)htole32((uint32_t)by_zarr_python_values[i]);
	chain_gives("[" SHARD("[3, 2]", LITTLE ", {'name': 'zstd'}", BIG ", 'crc32c'", "start") "]", &spec, p,
		len, values);
	free(p);
}
END_TEST

/* Eight bytes in chunks of two, by hand: chunk 0 after a gap, chunk 1 missing, chunk 2 in front of it,
 * chunk 3 the same bytes as chunk 0. */
#define SMALL "[" SHARD("[2]", BYTES, LITTLE, "end") "]"

static struct zf_spec small_spec(void)
{
	struct zf_spec spec = chain_spec(8, 1, 0);

	spec.fill = "-";
	return spec;
}

static void put(uint8_t *p, uint64_t offset, uint64_t len)
{
	offset = htole64(offset);
	len = htole64(len);
	memcpy(p, &offset, 8);
	memcpy(p + 8, &len, 8);
}

enum { SMALL_BYTES = 6 + 64 };

static void make_small(uint8_t *p)
{
	memcpy(p, "cd..ab", 6);
	put(p + 6, 4, 2);
	put(p + 22, UINT64_MAX, UINT64_MAX);
	put(p + 38, 0, 2);
	put(p + 54, 4, 2);
}

START_TEST(decodes_by_hand)
{
	struct zf_spec spec = small_spec();
	uint8_t p[SMALL_BYTES];

	make_small(p);
	chain_gives(SMALL, &spec, p, sizeof p, "ab--cdab");
}
END_TEST

START_TEST(describes_the_layout)
{
	struct zf_spec spec = chain_sevens_spec();
	const struct zf_shard *shard;
	struct chain c;

	chain_open(
		&c, "[" SHARD("[3, 2]", LITTLE ", {'name': 'zstd'}", BIG ", 'crc32c'", "start") "]", &spec);
	shard = zf_pipeline_shard(c.pipeline);
	ck_assert_ptr_nonnull(shard);
	ck_assert_uint_eq(shard->grid[0], 2);
	ck_assert_uint_eq(shard->grid[1], 4);
	ck_assert_uint_eq(shard->count, 8);
	ck_assert_uint_eq(shard->index_size, 8 * 16 + 4);
	ck_assert(shard->index_at_start);
	ck_assert_uint_eq(zf_pipeline_chunk(shard->inner)->size, 24);
	ck_assert_uint_eq(zf_pipeline_chunk(shard->inner)->shape[0], 3);
	ck_assert_uint_eq(zf_pipeline_chunk(shard->inner)->shape[1], 2);
	ck_assert(!zf_pipeline_ranged(c.pipeline));
	ck_assert_uint_eq(zf_pipeline_limit(c.pipeline), 4 * 192 + (16 << 20) + 8 * 132);
	chain_close(&c);
}
END_TEST

START_TEST(is_no_shard_within_a_chain)
{
	static const char *const chains[] = { "[" BYTES "]",
		"[{'name': 'transpose', 'configuration': {'order': [1, 0]}}, " SHARD(
			"[2, 3]", BYTES, LITTLE, "end") "]",
		"[" SHARD("[3, 2]", BYTES, LITTLE, "end") ", 'crc32c']" };
	struct zf_spec spec = chain_sevens_spec();
	struct chain c;

	for (int i = 0; i < 3; i++) {
		chain_open(&c, chains[i], &spec);
		ck_assert_ptr_null(zf_pipeline_shard(c.pipeline));
		chain_close(&c);
	}
	chain_open(&c,
		"[{'name': 'transpose', 'configuration': {'order': [0, 1]}}, " SHARD(
			"[3, 2]", BYTES, LITTLE, "end") "]",
		&spec);
	ck_assert_ptr_nonnull(zf_pipeline_shard(c.pipeline)); /* a transpose that moves nothing is none */
	chain_close(&c);
}
END_TEST

/* ---- the index ---- */

static int read_index(
	struct chain *c, const uint8_t *index, uint64_t shard_size, struct zf_shard_entry *entries)
{
	zf_op_init(&c->op);
	return zf_shard_index(zf_pipeline_shard(c->pipeline), &c->op, c->scratch, index, shard_size, entries);
}

START_TEST(reads_an_index)
{
	struct zf_spec spec = small_spec();
	struct zf_shard_entry entries[4];
	uint8_t p[SMALL_BYTES];
	struct chain c;
	int rc;

	make_small(p);
	chain_open(&c, SMALL, &spec);
	rc = read_index(&c, p + 6, sizeof p, entries);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(entries[0].offset, 4);
	ck_assert_uint_eq(entries[0].len, 2);
	ck_assert_uint_eq(entries[1].offset, UINT64_MAX);
	ck_assert_uint_eq(entries[1].len, UINT64_MAX);
	ck_assert_uint_eq(entries[2].offset, 0);
	ck_assert_uint_eq(entries[3].offset, 4);
	chain_close(&c);
}
END_TEST

START_TEST(refuses_entries_outside_the_shard)
{
	static const struct {
		uint64_t offset, len;
		const char *text; /* NULL: good */
	} cases[] = {
		{ 0, 120, NULL },
		{ 120, 0, NULL },
		{ 100, 50, "shard index: inner chunk 3 lies at 100+50, shard has 120 bytes" },
		{ 0, 121, "shard index: inner chunk 3 lies at 0+121, shard has 120 bytes" },
		{ 121, 0, "shard index: inner chunk 3 lies at 121+0, shard has 120 bytes" },
		{ UINT64_MAX, 2,
			"shard index: inner chunk 3 lies at 18446744073709551615+2, shard has 120 bytes" },
		{ UINT64_MAX, 0,
			"shard index: inner chunk 3 lies at 18446744073709551615+0, shard has 120 bytes" },
		{ 2, UINT64_MAX,
			"shard index: inner chunk 3 lies at 2+18446744073709551615, shard has 120 bytes" },
		{ 0, UINT64_MAX,
			"shard index: inner chunk 3 lies at 0+18446744073709551615, shard has 120 bytes" },
		{ UINT64_MAX - 1, UINT64_MAX - 1,
			"shard index: inner chunk 3 lies at 18446744073709551614+18446744073709551614, "
			"shard has 120 bytes" },
	};
	struct zf_spec spec = small_spec();
	struct zf_shard_entry entries[4];
	struct chain c;

	chain_open(&c, SMALL, &spec);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t p[SMALL_BYTES];

		make_small(p);
		put(p + 54, cases[i].offset, cases[i].len);
		if (cases[i].text)
			unit_fails(read_index(&c, p + 6, 120, entries), &c.op, EIO, cases[i].text);
		else
			ck_assert_int_eq(read_index(&c, p + 6, 120, entries), 0);
	}
	chain_close(&c);
}
END_TEST

START_TEST(refuses_a_damaged_index)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *p = chain_hex(by_zarr_python, &len);

	p[3] ^= 1;
	chain_fails("[" SHARD("[3, 2]", LITTLE ", {'name': 'zstd'}", BIG ", 'crc32c'", "start") "]", &spec, p,
		len, AT "shard index: codec 'crc32c' (2 of 2): checksum is c33c9cdc, value says adb8fe5c");
	free(p);
}
END_TEST

START_TEST(refuses_damaged_shards)
{
	struct zf_spec spec = small_spec();
	uint8_t p[SMALL_BYTES];

	make_small(p);
	chain_fails(SMALL, &spec, p, 0, AT "shard has 0 bytes, its index alone has 64");
	chain_fails(SMALL, &spec, p, 63, AT "shard has 63 bytes, its index alone has 64");
	put(p + 38, 0, 3);
	chain_fails(SMALL, &spec, p, sizeof p,
		AT "inner chunk 2: codec 'bytes' (1 of 1): value has 3 bytes, chunk has 2");
	put(p + 38, 0, 0);
	chain_fails(SMALL, &spec, p, sizeof p,
		AT "inner chunk 2: codec 'bytes' (1 of 1): value has 0 bytes, chunk has 2");
}
END_TEST

START_TEST(survives_damage)
{
	struct zf_spec spec = small_spec(), sevens = chain_sevens_spec();
	uint8_t p[SMALL_BYTES];
	size_t len;
	uint8_t *q = chain_hex(by_zarr_python, &len);

	make_small(p);
	chain_survives(SMALL, &spec, p, sizeof p);
	chain_survives("[" SHARD("[3, 2]", LITTLE ", {'name': 'zstd'}", BIG ", 'crc32c'", "start") "]",
		&sevens, q, len);
	free(q);
}
END_TEST

/* ---- encoding ---- */

static void encode(
	struct chain *c, const char *codecs, const struct zf_spec *spec, const void *raw, struct zf_out *out)
{
	int rc;

	*out = ZF_OUT_GROWING(100000);
	chain_open(c, codecs, spec);
	rc = zf_pipeline_encode(c->pipeline, &c->op, c->scratch, raw, out);
	unit_ok(rc, &c->op);
}

START_TEST(leaves_out_what_is_fill)
{
	struct zf_spec spec = small_spec();
	uint8_t expected[4 + 64];
	struct zf_out out;
	struct chain c;

	encode(&c, SMALL, &spec, "ab---c--", &out);
	memcpy(expected, "ab-c", 4);
	put(expected + 4, 0, 2);
	put(expected + 20, UINT64_MAX, UINT64_MAX);
	put(expected + 36, 2, 2);
	put(expected + 52, UINT64_MAX, UINT64_MAX);
	ck_assert_uint_eq(out.len, sizeof expected);
	unit_bytes_eq(out.data, expected, sizeof expected);
	zf_out_free(&out);
	chain_close(&c);

	encode(&c, SMALL, &spec, "--------", &out);
	ck_assert_uint_eq(out.len, 64);
	for (int i = 0; i < 64; i++)
		ck_assert_uint_eq(out.data[i], 255);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

START_TEST(counts_offsets_from_the_start_of_the_shard)
{
	struct zf_spec spec = small_spec();
	uint8_t expected[64 + 4];
	struct zf_out out;
	struct chain c;

	encode(&c, "[" SHARD("[2]", BYTES, LITTLE, "start") "]", &spec, "--ab--cd", &out);
	put(expected, UINT64_MAX, UINT64_MAX);
	put(expected + 16, 64, 2);
	put(expected + 32, UINT64_MAX, UINT64_MAX);
	put(expected + 48, 66, 2);
	memcpy(expected + 64, "abcd", 4);
	ck_assert_uint_eq(out.len, sizeof expected);
	unit_bytes_eq(out.data, expected, sizeof expected);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

START_TEST(encodes_and_decodes)
{
	static const char *const chains[] = {
		"[" SHARD("[3, 2]", LITTLE ", {'name': 'zstd'}", BIG ", 'crc32c'", "start") "]",
		"[" SHARD("[6, 8]", BIG, LITTLE, "end") "]",
		"[" SHARD("[1, 1]", BIG ", {'name': 'gzip'}", LITTLE, "end") "]",
		"[" SHARD("[3, 4]", SHARD("[1, 2]", BIG ", {'name': 'blosc'}", LITTLE ", 'crc32c'", "end"),
			LITTLE, "start") "]",
		"[" SHARD("[3, 4]", SHARD("[3, 2]", BIG, LITTLE, "start") ", 'crc32c'", LITTLE,
			"end") ", {'name': 'zstd'}]",
		"[{'name': 'transpose', 'configuration': {'order': [1, 0]}}, " SHARD("[2, 3]",
			"{'name': 'transpose', 'configuration': {'order': 'F'}}, " BIG, LITTLE, "end") "]",
		"[" SHARD("[3, 2]", BYTES,
			"{'name': 'transpose', 'configuration': {'order': [2, 0, 1]}}, " BIG
			", 'crc32c', 'crc32c'",
			"end") "]",
	};
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];

	chain_sevens(raw);
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++)
		chain_returns(chains[i], &spec, raw);
	memset(raw + 40, 0, 60);
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++)
		chain_returns(chains[i], &spec, raw);
	memset(raw, 0, sizeof raw);
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++)
		chain_returns(chains[i], &spec, raw);
}
END_TEST

/* The index then has a dimension more than an array may have. */
START_TEST(takes_arrays_of_any_rank)
{
	struct zf_spec spec = chain_spec(1, 4, 4);
	char codecs[1000];
	int n = 0;

	spec.ndim = 0;
	chain_returns("[" SHARD("[]", BIG, BIG ", 'crc32c'", "end") "]", &spec, "abcd");
	spec.ndim = ZF_MAX_NDIM;
	for (unsigned i = 0; i < spec.ndim; i++) {
		spec.shape[i] = i % 30 == 0 ? 2 : 1;
		n += sprintf(codecs + n, "%s1",
			i ? "," : "[{'name': 'sharding_indexed', 'configuration': {'chunk_shape': [");
	}
	sprintf(codecs + n, "], 'codecs': [" BIG "], 'index_codecs': [" BIG ", 'crc32c']}}]");
	spec.size = 32;
	chain_returns(codecs, &spec, "abcdefghijklmnopqrstuvwxyzABCDEF");
}
END_TEST

/* ---- binding ---- */

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_sevens_spec();

#define REFUSES(SHARD_TEXT, TEXT) chain_refuses("[" SHARD_TEXT "]", &spec, EINVAL, AT TEXT)
	REFUSES(SHARD("[4, 2]", BYTES, LITTLE, "end"),
		"chunk_shape: 4 does not divide the shard's 6 (dimension 0)");
	REFUSES(SHARD("[3, 0]", BYTES, LITTLE, "end"),
		"chunk_shape: 0 does not divide the shard's 8 (dimension 1)");
	REFUSES(SHARD("[3, 16]", BYTES, LITTLE, "end"),
		"chunk_shape: 16 does not divide the shard's 8 (dimension 1)");
	REFUSES(SHARD("[3]", BYTES, LITTLE, "end"), "chunk_shape: has 1 numbers, array has 2 dimensions");
	REFUSES(SHARD("[3, -2]", BYTES, LITTLE, "end"), "chunk_shape: -2 is negative");
	REFUSES(SHARD("3", BYTES, LITTLE, "end"), "chunk_shape: not a list");
	REFUSES(SHARD("[3, 2]", BYTES, LITTLE, "middle"), "index_location: unknown value 'middle'");
	REFUSES(SHARD("[3, 2]", BYTES, LITTLE ", {'name': 'gzip'}", "end"),
		"index_codecs: the size of what they make varies");
	REFUSES(SHARD("[3, 2]", "", LITTLE, "end"), "codecs: codecs: none makes bytes of the array");
	REFUSES(SHARD("[3, 2]", BYTES, "{'name': 'crc32c'}", "end"),
		"index_codecs: codec 'crc32c' (1 of 1): takes bytes, and no codec before it makes any");
	REFUSES("'sharding_indexed'", "chunk_shape: missing");
	REFUSES("{'name': 'sharding_indexed', 'configuration': {'chunk_shape': [3, 2]}}", "codecs: missing");
	REFUSES("{'name': 'sharding_indexed', 'configuration': {'chunk_shape': [3, 2], 'codecs': [" BYTES
		"]}}",
		"index_codecs: missing");
	chain_refuses("[" SHARD("[3, 2]", BYTES ", 'nosuch'", LITTLE, "end") "]", &spec, EOPNOTSUPP,
		AT "codecs: unknown codec 'nosuch'");
}
END_TEST

static void nested(char *out, int depth, const char *key)
{
	int n = sprintf(out, "[");

	for (int i = 0; i < depth; i++)
		n += sprintf(out + n,
			"{'name': 'sharding_indexed', 'configuration': {'chunk_shape': [6, 8], '%s': [" LITTLE
			"], '%s': [",
			strcmp(key, "codecs") ? "codecs" : "index_codecs", key);
	n += sprintf(out + n, "%s", LITTLE);
	for (int i = 0; i < depth; i++)
		n += sprintf(out + n, "]}}");
	sprintf(out + n, "]");
}

START_TEST(limits_the_depth)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];
	char *codecs = malloc(100000);

	chain_sevens(raw);
	nested(codecs, ZF_MAX_SHARD_DEPTH, "codecs");
	chain_returns(codecs, &spec, raw);
	nested(codecs, ZF_MAX_SHARD_DEPTH + 1, "codecs");
	chain_refuses(codecs, &spec, EOPNOTSUPP, AT "shards nested more than 4 deep");
	nested(codecs, 150, "codecs");
	chain_refuses(codecs, &spec, EOPNOTSUPP, AT "shards nested more than 4 deep");
	nested(codecs, 150, "index_codecs");
	chain_refuses(codecs, &spec, EOPNOTSUPP, AT "shards nested more than 4 deep");
	free(codecs);
}
END_TEST

START_TEST(limits_the_index)
{
	struct zf_spec spec = chain_spec((uint64_t)1 << 40, 1, 0);
	struct chain c;

	spec.shape[0] = (uint64_t)1 << 26;
	spec.size = (size_t)1 << 26;
	chain_open(&c, "[" SHARD("[1]", BYTES, LITTLE, "end") "]", &spec);
	ck_assert_uint_eq(zf_pipeline_shard(c.pipeline)->index_size, (size_t)1 << 30);
	chain_close(&c);
	spec.shape[0]++;
	spec.size++;
	chain_refuses("[" SHARD("[1]", BYTES, LITTLE, "end") "]", &spec, EOPNOTSUPP,
		AT "shard of more than 67108864 chunks");
}
END_TEST

UNIT_MAIN("shard index", decodes_what_zarr_python_wrote, decodes_by_hand, describes_the_layout,
	is_no_shard_within_a_chain, reads_an_index, refuses_entries_outside_the_shard,
	refuses_a_damaged_index, refuses_damaged_shards, survives_damage, leaves_out_what_is_fill,
	counts_offsets_from_the_start_of_the_shard, encodes_and_decodes, takes_arrays_of_any_rank,
	checks_configuration, limits_the_depth, limits_the_index)
