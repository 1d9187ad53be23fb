/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gzip and zlib.
 */
#include "chain.h"

#include <zlib.h>

#define GZIP "[{'name': 'bytes'}, {'name': 'gzip', 'configuration': {'level': 1}}]"
#define ZLIB "[{'name': 'bytes'}, {'name': 'numcodecs.zlib', 'configuration': {'level': 1}}]"

static const char zlib_1[] =
	"78010dc3210c01011400d06f824db00936c126d804db85db049b70db059ba0699aa669da354dd3344dd3344dd3344dd3"
	"34edc2bdb7bd8888862d3bf61c38327562e6cc854b57aeddb87567e1de83474f9ebd78f5e6dd874f5fbefdf8f5e7dfd2"
	"7a2da269dbae7d87268e9d9a3bb702d93713e4";

static const char zlib_0[] =
	"780101c0003fff00000000070000000e000000150000001c000000230000002a00000031000000380000003f00000046"
	"0000004d000000540000005b000000620000006900000070000000770000007e000000850000008c000000930000009a"
	"000000a1000000a8000000af000000b6000000bd000000c4000000cb000000d2000000d9000000e0000000e7000000ee"
	"000000f5000000fc000000030100000a01000011010000180100001f010000260100002d010000340100003b01000042"
	"01000049010000d93713e4";

static const char gzip_1[] =
	"1f8b0800a851006b04ff0dc3210c01011400d06f824db00936c126d804db85db049b70db059ba0699aa669da354dd334"
	"4dd3344dd3344dd334edc2bdb7bd8888862d3bf61c38327562e6cc854b57aeddb87567e1de83474f9ebd78f5e6dd874f"
	"5fbefdf8f5e7dfd27a2da269dbae7d87268e9d9a3bb702054f28d6c0000000";

/* Python's gzip: with a file's name in it; and three members, of which one is empty */
static const char gzip_named[] =
	"1f8b080800f1536502ff6368756e6b2e62696e000dc3210c01011400d06f824db00936c126d804db85db049b70db059b"
	"a0699aa669da354dd3344dd3344dd3344dd334edc2bdb7bd8888862d3bf61c38327562e6cc854b57aeddb87567e1de83"
	"474f9ebd78f5e6dd874f5fbefdf8f5e7dfd27a2da269dbae7d87268e9d9a3bb702054f28d6c0000000";

static const char gzip_members[] =
	"1f8b08000000000000ff0dc3911280401400c06759966559969d65599665d9597696655996657d66bb331b115159dbd8"
	"dad93b981c9d9c5d5cddccee160f4f2f6f1f5f3f7fd5c2766f640000001f8b08000000000000ff030000000000000000"
	"001f8b08000000000000ff0dc3a11240401400c067344dd334ed9aa669be56d3ae69d7344dd3344db03bb36b446c6677"
	"8b87a797b78faf9f7515d1d8dad93b981c9d9c5dfc01a3e9da7e5c000000";

START_TEST(decodes_vectors)
{
	chain_gives_sevens(ZLIB, zlib_1);
	chain_gives_sevens(ZLIB, zlib_0);
	chain_gives_sevens(GZIP, gzip_1);
	chain_gives_sevens(GZIP, gzip_named);
	chain_gives_sevens(GZIP, gzip_members);
	chain_gives_sevens("[{'name': 'bytes'}, {'name': 'numcodecs.gzip'}]", gzip_1);
}
END_TEST

START_TEST(reads_zlib_in_gzip)
{
	chain_gives_sevens(GZIP, zlib_1);
}
END_TEST

/* As Python's zlib.decompress() and gzip.GzipFile, which are what numcodecs uses. */
START_TEST(treats_trailing_bytes_as_python)
{
	char hex[1024];

	snprintf(hex, sizeof hex, "%s%s", zlib_1, "6a756e6b");
	chain_gives_sevens(ZLIB, hex);
	snprintf(hex, sizeof hex, "%s%s", gzip_1, "00000000");
	chain_gives_sevens(GZIP, hex);
	snprintf(hex, sizeof hex, "%s%s", gzip_1, "006a756e6b");
	chain_fails_hex(GZIP, hex, "codec 'gzip' (2 of 2): no gzip member at byte 128 of the value");
}
END_TEST

/* The decoded size is not known beforehand inside another codec of varying length. */
START_TEST(decodes_unknown_sizes)
{
	struct zf_spec spec = chain_spec(300000, 4, 4);
	uint8_t *raw = malloc(spec.size);

	for (size_t i = 0; i < spec.size; i++)
		raw[i] = (uint8_t)(i * i >> 7);
	chain_returns("[{'name': 'bytes'}, {'name': 'gzip'}, {'name': 'numcodecs.zlib'}, {'name': 'gzip'}]",
		&spec, raw);
	free(raw);
}
END_TEST

/* zlib itself decodes what is encoded. */
START_TEST(encodes_for_zlib)
{
	for (int level = -1; level <= 9; level++) {
		struct zf_spec spec = chain_sevens_spec();
		struct zf_out out = ZF_OUT_GROWING(100000);
		uint8_t raw[CHAIN_SEVENS], got[CHAIN_SEVENS + 1];
		uLongf n = sizeof got;
		char codecs[200];
		struct chain c;
		int rc;

		chain_sevens(raw);
		snprintf(codecs, sizeof codecs,
			"[{'name': 'bytes'}, {'name': 'numcodecs.zlib', 'configuration': {'level': %d}}]",
			level);
		chain_open(&c, codecs, &spec);
		rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
		unit_ok(rc, &c.op);
		ck_assert_int_eq(uncompress(got, &n, out.data, out.len), Z_OK);
		ck_assert_uint_eq(n, sizeof raw);
		unit_bytes_eq(got, raw, sizeof raw);
		zf_out_free(&out);
		chain_close(&c);
	}
}
END_TEST

START_TEST(encodes_and_decodes)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];

	chain_sevens(raw);
	chain_returns(GZIP, &spec, raw);
	chain_returns(ZLIB, &spec, raw);
}
END_TEST

START_TEST(refuses_wrong_sizes)
{
	struct zf_spec small = chain_spec(47, 4, 4), large = chain_spec(49, 4, 4);
	size_t len, glen;
	uint8_t *z = chain_hex(zlib_1, &len), *g = chain_hex(gzip_members, &glen);

	chain_fails(ZLIB, &small, z, len, "codec 'zlib' (2 of 2): value gives more than 188 bytes");
	chain_fails(ZLIB, &large, z, len, "codec 'zlib' (2 of 2): value gives 192 bytes, chunk has 196");
	chain_fails(GZIP, &small, g, glen, "codec 'gzip' (2 of 2): value gives more than 188 bytes");
	chain_fails(GZIP, &large, g, glen, "codec 'gzip' (2 of 2): value gives 192 bytes, chunk has 196");
	free(z);
	free(g);
}
END_TEST

START_TEST(refuses_damage)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *g = chain_hex(gzip_1, &len);

	chain_fails_hex(ZLIB, "", "codec 'zlib' (2 of 2): damaged: the stream is cut short");
	chain_fails_hex(GZIP, "", "codec 'gzip' (2 of 2): no gzip member at byte 0 of the value");
	chain_fails_hex(GZIP, "1f8b", "codec 'gzip' (2 of 2): damaged: the stream is cut short");
	chain_fails_hex(ZLIB, "1f8b0800", "codec 'zlib' (2 of 2): damaged: incorrect header check");
	chain_fails_hex(
		ZLIB, "78bb00000001", "codec 'zlib' (2 of 2): damaged: the stream wants a dictionary");
	chain_fails(GZIP, &spec, g, len - 1, "codec 'gzip' (2 of 2): damaged: the stream is cut short");
	g[len - 8] ^= 1;
	chain_fails(GZIP, &spec, g, len, "codec 'gzip' (2 of 2): damaged: incorrect data check");
	g[len - 8] ^= 1;
	g[len - 4] ^= 1;
	chain_fails(GZIP, &spec, g, len, "codec 'gzip' (2 of 2): damaged: incorrect length check");
	free(g);
}
END_TEST

/* A bomb inside another stream stops at the limit: four times the chunk and 16 MiB. */
START_TEST(refuses_bombs)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t zeros = 64 << 20;
	uint8_t *raw = calloc(1, zeros);
	uLongf n = compressBound(zeros), m;
	uint8_t *once = malloc(n), *twice;

	ck_assert_int_eq(compress2(once, &n, raw, zeros, 1), Z_OK);
	m = compressBound(n);
	twice = malloc(m);
	ck_assert_int_eq(compress2(twice, &m, once, n, 1), Z_OK);
	chain_fails(ZLIB, &spec, once, n, "codec 'zlib' (2 of 2): value gives more than 192 bytes");
	chain_fails("[{'name': 'bytes'}, {'name': 'numcodecs.zlib'}, {'name': 'gzip'}]", &spec, once, n,
		"codec 'gzip' (3 of 3): value gives more than 16777984 bytes");
	chain_fails("[{'name': 'bytes'}, {'name': 'numcodecs.zlib'}, {'name': 'gzip'}]", &spec, twice, m,
		"codec 'zlib' (2 of 3): value gives more than 192 bytes");
	free(raw);
	free(once);
	free(twice);
}
END_TEST

START_TEST(survives_damage)
{
	chain_survives_hex(ZLIB, zlib_1);
	chain_survives_hex(GZIP, gzip_named);
	chain_survives_hex(GZIP, gzip_members);
}
END_TEST

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses("[{'name': 'bytes'}, {'name': 'gzip', 'configuration': {'level': 10}}]", &spec, EINVAL,
		"codec 'gzip' (2 of 2): level: 10 is not in -1..9");
	chain_refuses("[{'name': 'bytes'}, {'name': 'numcodecs.zlib', 'configuration': {'level': '1'}}]",
		&spec, EINVAL, "codec 'zlib' (2 of 2): level: not an integer");
	chain_refuses("[{'name': 'bytes'}, {'name': 'zlib'}]", &spec, EOPNOTSUPP, "unknown codec 'zlib'");
}
END_TEST

UNIT_MAIN("codec deflate", decodes_vectors, reads_zlib_in_gzip, treats_trailing_bytes_as_python,
	decodes_unknown_sizes, encodes_for_zlib, encodes_and_decodes, refuses_wrong_sizes, refuses_damage,
	refuses_bombs, survives_damage, checks_configuration)
