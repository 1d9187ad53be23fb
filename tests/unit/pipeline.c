/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains: how they are bound, which of them work in parts, what scratch memory they take, how they say what
 * is wrong.
 */
#include "chain.h"

#include "codec/scratch.h"

#define BYTES "{'name': 'bytes'}"
#define BIG "{'name': 'bytes', 'configuration': {'endian': 'big'}}"
#define TRANSPOSE "{'name': 'transpose', 'configuration': {'order': [1, 0]}}"
#define STAYS "{'name': 'transpose', 'configuration': {'order': [0, 1]}}"

/* ---- binding ---- */

START_TEST(refuses_broken_chains)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses("{}", &spec, EINVAL, "codecs: not a list");
	chain_refuses("[]", &spec, EINVAL, "codecs: none makes bytes of the array");
	chain_refuses("[" TRANSPOSE "]", &spec, EINVAL, "codecs: none makes bytes of the array");
	chain_refuses("[{'name': 'gzip'}]", &spec, EINVAL,
		"codec 'gzip' (1 of 1): takes bytes, and no codec before it makes any");
	chain_refuses("[" TRANSPOSE ", {'name': 'gzip'}, " BYTES "]", &spec, EINVAL,
		"codec 'gzip' (2 of 3): takes bytes, and no codec before it makes any");
	chain_refuses("[" BYTES ", " BYTES "]", &spec, EINVAL,
		"codec 'bytes' (2 of 2): takes an array, and a codec before it has made it bytes");
	chain_refuses("[" BYTES ", {'name': 'zstd'}, " TRANSPOSE "]", &spec, EINVAL,
		"codec 'transpose' (3 of 3): takes an array, and a codec before it has made it bytes");
	chain_refuses("[" BYTES ", {}]", &spec, EINVAL, "codec 2 of the chain has no name");
	chain_refuses("[" BYTES ", 7]", &spec, EINVAL, "codec 2 of the chain has no name");
	chain_refuses("[" BYTES ", {'name': ['zstd']}]", &spec, EINVAL, "codec 2 of the chain has no name");
	chain_refuses("[{'name': 'bytes', 'configuration': 'little'}]", &spec, EINVAL,
		"codec 'bytes': configuration is not an object");
}
END_TEST

START_TEST(refuses_unknown_codecs)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses("[" BYTES ", {'name': 'nosuch'}]", &spec, EOPNOTSUPP, "unknown codec 'nosuch'");
	chain_refuses("[" BYTES ", 'nosuch']", &spec, EOPNOTSUPP, "unknown codec 'nosuch'");
	chain_refuses(
		"[" BYTES ", {'name': 'numcodecs.nosuch'}]", &spec, EOPNOTSUPP, "unknown codec 'nosuch'");
	chain_refuses("[" BYTES ", {'name': 'nosuch', 'must_understand': true}]", &spec, EOPNOTSUPP,
		"unknown codec 'nosuch'");
}
END_TEST

START_TEST(leaves_out_what_need_not_be_understood)
{
	struct zf_spec spec = chain_spec(4, 1, 0);

	chain_gives("[{'name': 'nosuch', 'must_understand': false}, " BYTES
		    ", {'name': 'neither', 'must_understand': false}]",
		&spec, "abcd", 4, "abcd");
	chain_fails("[{'name': 'nosuch', 'must_understand': false}, " BYTES ", {'name': 'crc32c'}]", &spec,
		"abcd", 4, "codec 'crc32c' (3 of 3): value gives 0 bytes, chunk has 4");
}
END_TEST

static void many(char *out, int count)
{
	int n = sprintf(out, "[" BYTES);

	for (int i = 1; i < count; i++)
		n += sprintf(out + n, ", 'crc32c'");
	sprintf(out + n, "]");
}

START_TEST(limits_the_length)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];
	char codecs[1000];

	chain_sevens(raw);
	many(codecs, ZF_MAX_CODECS);
	chain_returns(codecs, &spec, raw);
	many(codecs, ZF_MAX_CODECS + 1);
	chain_refuses(codecs, &spec, EINVAL, "codecs: 33 in a chain, limit is 32");
}
END_TEST

START_TEST(limits_values)
{
	struct zf_spec spec = chain_sevens_spec();
	struct chain c;

	chain_open(&c, "[" BYTES ", {'name': 'zstd'}]", &spec);
	ck_assert_uint_eq(zf_pipeline_limit(c.pipeline), 4 * 192 + (16 << 20));
	chain_close(&c);
	spec = chain_spec(SIZE_MAX / 4, 1, 0);
	chain_open(&c, "[" BYTES "]", &spec);
	ck_assert_uint_eq(zf_pipeline_limit(c.pipeline), SIZE_MAX / 2);
	chain_close(&c);
}
END_TEST

START_TEST(knows_encoded_sizes)
{
	struct zf_spec spec = chain_sevens_spec();
	struct chain c;

	chain_open(&c, "[" TRANSPOSE ", " BYTES ", 'crc32c', 'crc32c']", &spec);
	ck_assert_uint_eq(zf_pipeline_encoded_size(c.pipeline), 200);
	ck_assert_uint_eq(zf_pipeline_chunk(c.pipeline)->size, 192);
	chain_close(&c);
	chain_open(&c, "[" BYTES ", 'zstd', 'crc32c']", &spec);
	ck_assert_uint_eq(zf_pipeline_encoded_size(c.pipeline), ZF_SIZE_UNKNOWN);
	chain_close(&c);
}
END_TEST

/* ---- decoding ---- */

START_TEST(says_which_codec_failed)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_fails("[" TRANSPOSE ", " BIG ", {'name': 'zstd'}, 'crc32c']", &spec, "abcd\xc9\xd0\xe6\x92", 7,
		"codec 'crc32c' (4 of 4): checksum is 364b3fb7, value says e6d0c964");
	chain_fails("[" TRANSPOSE ", " BIG ", {'name': 'zstd'}, 'crc32c']", &spec, "abc\xb7\x3f\x4b\x36", 7,
		"codec 'zstd' (3 of 4): damaged: Src size is incorrect");
	chain_fails("[" TRANSPOSE ", " BYTES "]", &spec, "abc", 3,
		"codec 'bytes' (2 of 2): value has 3 bytes, chunk has 192");
}
END_TEST

/* Every combination of codecs that are passed over, work in place and need memory. */
START_TEST(encodes_and_decodes_every_shape_of_chain)
{
	static const char *const first[] = { "", TRANSPOSE ", ", STAYS ", ", TRANSPOSE ", " TRANSPOSE ", " };
	static const char *const second[] = { BYTES, BIG };
	static const char *const third[] = { "", ", 'crc32c'", ", {'name': 'zstd'}",
		", {'name': 'gzip'}, 'crc32c'",
		", {'name': 'blosc'}, {'name': 'numcodecs.zlib'}, {'name': 'zstd'}" };
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];
	char codecs[600];

	chain_sevens(raw);
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < 2; j++) {
			for (int k = 0; k < 5; k++) {
				snprintf(codecs, sizeof codecs, "[%s%s%s]", first[i], second[j], third[k]);
				chain_returns(codecs, &spec, raw);
			}
		}
	}
}
END_TEST

START_TEST(appends_when_encoding)
{
	static const char *const chains[] = { "[" BYTES "]", "[" BIG "]", "[" TRANSPOSE ", " BYTES "]",
		"[" BYTES ", 'crc32c']", "[" BYTES ", {'name': 'gzip'}]", "[" BYTES ", {'name': 'blosc'}]",
		"[" BYTES ", {'name': 'zstd'}, {'name': 'numcodecs.zlib'}]" };
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS], got[CHAIN_SEVENS];

	chain_sevens(raw);
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
		struct zf_out out = ZF_OUT_GROWING(10000);
		struct chain c;
		int rc;

		chain_open(&c, chains[i], &spec);
		rc = zf_out_append(&out, &c.op, "before", 6);
		unit_ok(rc, &c.op);
		rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
		unit_ok(rc, &c.op);
		unit_bytes_eq(out.data, "before", 6);
		rc = chain_decode(&c, out.data + 6, out.len - 6, got);
		unit_ok(rc, &c.op);
		unit_bytes_eq(got, raw, sizeof raw);
		zf_out_free(&out);
		chain_close(&c);
	}
}
END_TEST

/* ---- parts ---- */

static void is_ranged(const char *codecs, bool ranged, bool plain)
{
	struct zf_spec spec = chain_sevens_spec();
	struct chain c;

	chain_open(&c, codecs, &spec);
	ck_assert_int_eq(zf_pipeline_ranged(c.pipeline), ranged);
	ck_assert_int_eq(zf_pipeline_plain(c.pipeline), plain);
	chain_close(&c);
}

START_TEST(knows_which_chains_decode_parts)
{
	is_ranged("[" BYTES "]", true, true);
	is_ranged("[" STAYS ", " BYTES "]", true, true);
	is_ranged("[" BIG "]", true, false);
	is_ranged("[" BYTES ", {'name': 'blosc'}]", true, false);
	is_ranged("[" STAYS ", " BIG ", {'name': 'blosc'}]", true, false);
	is_ranged("[" TRANSPOSE ", " BYTES "]", false, false);
	is_ranged("[" TRANSPOSE ", " BYTES ", {'name': 'blosc'}]", false, false);
	is_ranged("[" BYTES ", {'name': 'zstd'}]", false, false);
	is_ranged("[" BYTES ", {'name': 'blosc'}, 'crc32c']", false, false);
	is_ranged("[" BYTES ", 'crc32c', {'name': 'blosc'}]", false, false);
	is_ranged("[" BYTES ", {'name': 'blosc'}, {'name': 'blosc'}]", false, false);
}
END_TEST

START_TEST(reads_plain_parts)
{
	struct zf_spec spec = chain_spec(10, 4, 4);
	const char *value = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
	struct chain_reader reader = chain_reader(value, 40);
	struct chain c;
	char got[41] = { 0 };
	size_t grain;
	int rc;

	chain_open(&c, "[" BYTES "]", &spec);
	rc = zf_pipeline_grain(c.pipeline, &c.op, &reader.base, &grain);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(grain, 4);
	ck_assert_uint_eq(reader.calls, 0);
	rc = zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, got, 8, 4);
	unit_ok(rc, &c.op);
	ck_assert_str_eq(got, "456789ab");
	ck_assert_uint_eq(reader.calls, 1);
	ck_assert_uint_eq(reader.bytes, 8);
	chain_close(&c);

	chain_open(&c, "[" BIG "]", &spec);
	rc = zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, got, 8, 4);
	unit_ok(rc, &c.op);
	ck_assert_str_eq(got, "7654ba98");
	chain_close(&c);
}
END_TEST

START_TEST(refuses_plain_values_of_other_sizes)
{
	struct zf_spec spec = chain_spec(12, 4, 4);
	uint8_t value[50] = { 0 };
	struct chain_reader reader = chain_reader(value, 50);
	struct chain c;
	size_t grain;

	chain_open(&c, "[" BYTES "]", &spec);
	unit_fails(zf_pipeline_grain(c.pipeline, &c.op, &reader.base, &grain), &c.op, EIO,
		"codec 'bytes' (1 of 1): value has 50 bytes, chunk has 48");
	zf_op_init(&c.op);
	unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, value, 4, 0), &c.op,
		EIO, "codec 'bytes' (1 of 1): value has 50 bytes, chunk has 48");
	chain_close(&c);
}
END_TEST

START_TEST(refuses_parts_out_of_range)
{
	struct zf_spec spec = chain_spec(12, 4, 4);
	uint8_t value[48] = { 0 };
	struct chain_reader reader = chain_reader(value, 48);
	struct chain c;

	chain_open(&c, "[" BYTES "]", &spec);
	unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, value, 8, 44), &c.op,
		EINVAL, "no part 44+8 of a chunk of 48");
	zf_op_init(&c.op);
	unit_fails(zf_pipeline_decode_range(
			   c.pipeline, &c.op, c.scratch, &reader.base, value, 8, UINT64_MAX - 3),
		&c.op, EINVAL, "no part 18446744073709551612+8 of a chunk of 48");
	chain_close(&c);
	chain_open(&c, "[" BYTES ", {'name': 'zstd'}]", &spec);
	unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, value, 8, 0), &c.op,
		EINVAL, "no part 0+8 of a chunk of 48");
	chain_close(&c);
}
END_TEST

static int broken_read(struct zf_reader *reader, struct zf_op *op, void *dst, size_t len, uint64_t offset)
{
	(void)reader;
	(void)dst;
	return zf_fail(op, ENETDOWN, "no %zu bytes at %ju", len, (uintmax_t)offset);
}

/* What the reader says comes through. */
START_TEST(passes_on_errors_of_readers)
{
	struct zf_spec spec = chain_spec(48, 4, 4);
	struct zf_reader reader = { .size = 192, .read = broken_read };
	uint8_t got[192];
	struct chain c;
	size_t grain;

	chain_open(&c, "[" BYTES "]", &spec);
	unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader, got, 100, 8), &c.op,
		ENETDOWN, "no 100 bytes at 8");
	chain_close(&c);
	chain_open(&c, "[" BYTES ", {'name': 'blosc'}]", &spec);
	unit_fails(zf_pipeline_grain(c.pipeline, &c.op, &reader, &grain), &c.op, ENETDOWN,
		"codec 'blosc' (2 of 2): no 16 bytes at 0");
	zf_op_init(&c.op);
	unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader, got, 100, 8), &c.op,
		ENETDOWN, "codec 'blosc' (2 of 2): no 192 bytes at 0");
	chain_close(&c);
}
END_TEST

/* ---- scratch ---- */

START_TEST(reuses_scratch)
{
	struct zf_scratch *scratch = zf_scratch_new();
	struct zf_out *a, *b, *c, *d;
	struct zf_op op;
	uint8_t *was;

	zf_op_init(&op);
	unit_ok(zf_scratch_take(scratch, &op, 1000, 1000, &a), &op);
	unit_ok(zf_scratch_take(scratch, &op, 100, 100, &b), &op);
	ck_assert_ptr_ne(a, b);
	was = a->data;
	a->len = 7;
	zf_scratch_give(scratch, a);
	zf_scratch_give(scratch, b);
	unit_ok(zf_scratch_take(scratch, &op, 50, 500, &c), &op); /* the smallest that will do */
	ck_assert_ptr_eq(c, b);
	ck_assert_uint_eq(c->limit, 500);
	unit_ok(zf_scratch_take(scratch, &op, 1000, 1000, &d), &op);
	ck_assert_ptr_eq(d, a);
	ck_assert_ptr_eq(d->data, was);
	ck_assert_uint_eq(d->len, 0);
	zf_scratch_give(scratch, c);
	zf_scratch_give(scratch, d);
	zf_scratch_give(scratch, NULL);
	zf_scratch_trim(scratch, 999); /* the large one goes */
	ck_assert_uint_eq(a->cap, 0);
	ck_assert_uint_eq(b->cap, 100);
	zf_scratch_trim(scratch, 0);
	ck_assert_uint_eq(b->cap, 0);
	zf_scratch_free(scratch);
	zf_scratch_free(NULL);
}
END_TEST

/* After a first chunk the second finds all memory there. */
START_TEST(takes_no_more_memory_for_the_next_chunk)
{
	struct zf_spec spec = chain_spec(100000, 4, 4);
	struct zf_out out = ZF_OUT_GROWING(SIZE_MAX / 2);
	uint8_t *raw = calloc(1, spec.size);
	struct zf_out *held;
	struct chain c;
	uint8_t *was;
	int rc;

	spec.ndim = 2;
	spec.shape[0] = 100;
	spec.shape[1] = 1000;
	chain_open(&c, "[" TRANSPOSE ", " BIG ", {'name': 'zstd'}]", &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	zf_scratch_trim(c.scratch, 0);
	rc = zf_pipeline_decode(c.pipeline, &c.op, c.scratch, out.data, out.len, raw);
	unit_ok(rc, &c.op);
	unit_ok(zf_scratch_take(c.scratch, &c.op, spec.size, spec.size, &held), &c.op);
	was = held->data;
	zf_scratch_give(c.scratch, held);
	rc = zf_pipeline_decode(c.pipeline, &c.op, c.scratch, out.data, out.len, raw);
	unit_ok(rc, &c.op);
	unit_ok(zf_scratch_take(c.scratch, &c.op, spec.size, spec.size, &held), &c.op);
	ck_assert_ptr_eq(held->data, was);
	zf_scratch_give(c.scratch, held);
	free(raw);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

UNIT_MAIN("pipeline", refuses_broken_chains, refuses_unknown_codecs, leaves_out_what_need_not_be_understood,
	limits_the_length, limits_values, knows_encoded_sizes, says_which_codec_failed,
	encodes_and_decodes_every_shape_of_chain, appends_when_encoding, knows_which_chains_decode_parts,
	reads_plain_parts, refuses_plain_values_of_other_sizes, refuses_parts_out_of_range,
	passes_on_errors_of_readers, reuses_scratch, takes_no_more_memory_for_the_next_chunk)
