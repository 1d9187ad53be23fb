/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codecs of numcodecs against vectors that numcodecs made; their limits, and what they say of damage.
 */
#include "chain.h"

#include "codec_vectors_table.h"

static bool is_built(const char *codec)
{
#ifndef HAVE_BZ2
	if (strcmp(codec, "bz2") == 0)
		return false;
#endif
#ifndef HAVE_LZMA
	if (strcmp(codec, "lzma") == 0)
		return false;
#endif
#ifndef HAVE_ZFP
	if (strcmp(codec, "zfpy") == 0)
		return false;
#endif
	return codec != NULL;
}

static struct zf_spec vector_spec(const struct vector *v)
{
	struct zf_spec spec = chain_spec(12, v->itemsize, v->itemsize > 1 ? v->itemsize : 0);

	spec.kind = v->kind;
	spec.big_endian = v->big_endian;
	return spec;
}

/* As v3 has it: before the bytes where it takes an array. */
static void vector_chain(const struct vector *v, char *chain, size_t size)
{
	static const char *const bytes[] = { "shuffle", "crc32", "adler32", "base64", "bz2", "lzma" };
	bool after = false;

	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++)
		after = after || strcmp(bytes[i], v->codec) == 0;
	snprintf(chain, size, "[%s{'name': 'numcodecs.%s', 'configuration': %s}%s]",
		after ? "{'name': 'bytes'}, " : "", v->codec, v->configuration,
		after || strcmp(v->codec, "zfpy") == 0 ? "" : ", {'name': 'bytes'}");
}

START_TEST(decodes_vectors)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_spec spec = vector_spec(v);
		char chain[512];
		size_t len, size;
		uint8_t *src = chain_hex(v->encoded, &len);
		uint8_t *raw = chain_hex(v->decoded ? v->decoded : v->raw, &size);

		printf("# %s %s\n", v->codec, v->configuration);
		ck_assert_uint_eq(size, spec.size);
		vector_chain(v, chain, sizeof chain);
		if (is_built(v->codec))
			chain_gives(chain, &spec, src, len, raw);
		free(src);
		free(raw);
	}
}
END_TEST

START_TEST(encodes_vectors)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_out out = ZF_OUT_GROWING(SIZE_MAX / 2);
		struct zf_spec spec = vector_spec(v);
		char chain[512];
		size_t len, size;
		uint8_t *encoded = chain_hex(v->encoded, &len), *raw = chain_hex(v->raw, &size);
		struct chain c;
		int rc;

		printf("# %s %s\n", v->codec, v->configuration);
		vector_chain(v, chain, sizeof chain);
		if (is_built(v->codec)) {
			chain_open(&c, chain, &spec);
			rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
			unit_ok(rc, &c.op);
			if (v->exact) {
				ck_assert_uint_eq(out.len, len);
				unit_bytes_eq(out.data, encoded, len);
			} else {
				chain_gives(chain, &spec, out.data, out.len, raw);
			}
			chain_close(&c);
		}
		zf_out_free(&out);
		free(encoded);
		free(raw);
	}
}
END_TEST

START_TEST(survives_damage)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_spec spec = vector_spec(v);
		char chain[512];
		size_t len;
		uint8_t *src = chain_hex(v->encoded, &len);

		vector_chain(v, chain, sizeof chain);
		if (is_built(v->codec))
			chain_survives(chain, &spec, src, len);
		free(src);
	}
}
END_TEST

/* ---- those that numcodecs 0.11 does not have ---- */

#define SUM(NAME, CONFIG) "[{'name': 'bytes'}, {'name': 'numcodecs." NAME "', 'configuration': {" CONFIG "}}]"

static void sum_is(const char *chain, const char *text, const char *hex, size_t at)
{
	struct zf_spec spec = chain_spec(strlen(text), 1, 0);
	struct zf_out out = ZF_OUT_GROWING(1000);
	uint8_t *sum;
	struct chain c;
	size_t len;
	int rc;

	sum = chain_hex(hex, &len);
	chain_open(&c, chain, &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, text, &out);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(out.len, spec.size + 4);
	unit_bytes_eq(out.data + at, sum, 4);
	chain_gives(chain, &spec, out.data, out.len, text);
	zf_out_free(&out);
	free(sum);
	chain_close(&c);
}

/* crc32 and adler32 of "123456789" and "Wikipedia" are in every textbook; the sums of lookup3 are those in
 * the comments of lookup3.c; fletcher32 is done by hand:
 * the words 0x6162, 0x6364, 0x6500 give 0x29c7 and 0x4ff0. */
START_TEST(sums_are_known)
{
	static const char four[] = "Four score and seven years ago";

	sum_is(SUM("crc32", ""), "123456789", "2639f4cb", 0);
	sum_is(SUM("crc32", "'location': 'end'"), "123456789", "2639f4cb", 9);
	sum_is(SUM("adler32", ""), "Wikipedia", "9803e611", 0);
	sum_is(SUM("adler32", "'location': 'end'"), "Wikipedia", "9803e611", 9);
	sum_is(SUM("jenkins_lookup3", ""), four, "51057717", 30);
	sum_is(SUM("jenkins_lookup3", "'initval': 1"), four, "618162cd", 30);
	sum_is(SUM("fletcher32", ""), "abcde", "c729f04f", 5);
}
END_TEST

/* raw and encoded are each other's. */
static void both(
	const char *codecs, const struct zf_spec *spec, const void *raw, const void *encoded, size_t len)
{
	struct zf_out out = ZF_OUT_GROWING(1000);
	struct chain c;
	int rc;

	chain_open(&c, codecs, spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(out.len, len);
	unit_bytes_eq(out.data, encoded, len);
	chain_gives(codecs, spec, encoded, len, raw);
	zf_out_free(&out);
	chain_close(&c);
}

/* v2 has the bytes before its filters; those that have to know the elements still do. */
START_TEST(encodes_vectors_as_v2_has_them)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_spec spec = vector_spec(v);
		char chain[512];
		size_t len, size;
		uint8_t *encoded = chain_hex(v->encoded, &len), *raw = chain_hex(v->raw, &size);
		uint8_t *decoded = chain_hex(v->decoded ? v->decoded : v->raw, &size);
		bool is = is_built(v->codec) &&
			  (strcmp(v->codec, "zfpy") == 0 || strcmp(v->codec, "bitround") == 0);

		if (is) {
			struct zf_out out = ZF_OUT_GROWING(SIZE_MAX / 2);
			struct chain c;

			snprintf(chain, sizeof chain,
				"[{'name': 'bytes', 'configuration': {'endian': '%s'}}, {'name': "
				"'numcodecs.%s', "
				"'configuration': %s}]",
				v->big_endian ? "big" : "little", v->codec, v->configuration);
			chain_open(&c, chain, &spec);
			unit_ok(zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out), &c.op);
			ck_assert_uint_eq(out.len, len);
			unit_bytes_eq(out.data, encoded, len);
			zf_out_free(&out);
			chain_close(&c);
			chain_gives(chain, &spec, encoded, len, decoded);
			count++;
		}
		free(encoded);
		free(raw);
		free(decoded);
	}
	ck_assert_uint_gt(count, 3);
}
END_TEST

/* The table in the registry's sample data. */
START_TEST(rounds_integers)
{
	static const uint8_t raw[] = { 0, 1, 10, 11, 100, 123, 200, 208, 209, 255 };
	static const uint8_t rounded[] = { 0, 1, 10, 12, 96, 128, 192, 192, 224, 224 };
	struct zf_spec spec = chain_spec(10, 1, 0);
	struct zf_out out = ZF_OUT_GROWING(1000);
	struct chain c;
	int rc;

	chain_open(&c, "[{'name': 'bitround', 'configuration': {'keepbits': 3}}, {'name': 'bytes'}]", &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	unit_bytes_eq(out.data, rounded, sizeof rounded);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

/* numcodecs' own example, with a string type of two characters */
START_TEST(categorizes)
{
	struct zf_spec spec = chain_spec(3, 8, 4);
	static const uint8_t encoded[] = { 2, 0, 1 }, unknown[] = { 2, 3, 255 };
	uint8_t raw[24] = { 'm', 0, 0, 0, 'f', 0, 0, 0, 0 };

	spec.kind = 'U';
	raw[16] = 'f';
	both("[{'name': 'numcodecs.categorize', 'configuration': {'labels': ['f', 'mf'], 'dtype': '<U2', "
	     "'astype': '|u1'}}, {'name': 'bytes'}]",
		&spec, raw, encoded, 3);
	raw[16] = 0;
	chain_gives(
		"[{'name': 'numcodecs.categorize', 'configuration': {'labels': ['f', 'mf'], 'dtype': '<U2', "
		"'astype': '|u1'}}, {'name': 'bytes'}]",
		&spec, unknown, 3, raw);
}
END_TEST

UNIT_MAIN("codec filters", decodes_vectors, encodes_vectors, encodes_vectors_as_v2_has_them, survives_damage,
	sums_are_known, rounds_integers, categorizes)
