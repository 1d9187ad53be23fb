/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zstd.
 */
#include "chain.h"

#include <zstd.h>

#define ZSTD "[{'name': 'bytes'}, {'name': 'zstd', 'configuration': {'level': 3, 'checksum': false}}]"
#define AT "codec 'zstd' (2 of 2): "

static const char one[] =
	"28b52ffd20c0250300020c182180cf3206cd93c271e2baf255f1a4709cb8ae7c55b09d49cf7833ec1d3e7f0f99026ff2"
	"22eff11a6ff112eff00a6ff002ef7aebacafae7aeaa89f6e7ae9a48f2e7ae8a07fee79e79c6fae79e6985f6e79e5944b"
	"0eb9e38c2b8eb8e1840b0ef800";

/* zstd 1.5.4's own program, writing to a pipe: no content size, a checksum */
static const char streamed[] =
	"28b52ffd0458250300020c182180cf3206cd93c271e2baf255f1a4709cb8ae7c55b09d49cf7833ec1d3e7f0f99026ff2"
	"22eff11a6ff112eff00a6ff002ef7aebacafae7aeaa89f6e7ae9a48f2e7ae8a07fee79e79c6fae79e6985f6e79e5944b"
	"0eb9e38c2b8eb8e1840b0ef8001d7f8bf6";

/* and two frames, the first with a checksum, with a skippable one between them */
static const char several[] =
	"28b52ffd0458ad010042460c15b0b91ca0f5d65b6fbdf5d65befba0ddaa00d5a35057feebc39f3e5ca93233f6ebc38f1"
	"e1c283037f776f675f574f471f00f138fa41502a4d180300000061626328b52ffd0058dd0100c2c50d19b0691803a0f5"
	"d65b6fbdf54b922429d26bafbdf6dab3914c012f79c83b9ef18a47bce1092f78c05baf4e7dbaf4e8d09f3b6fce7cb912"
	"00";

/* a frame that says 2^40 bytes, and one that says 193 */
static const char huge[] = "28b52ffde00000000000010000030000";
static const char more[] = "28b52ffd20c1030000";

START_TEST(decodes_vectors)
{
	chain_gives_sevens(ZSTD, one);
	chain_gives_sevens(ZSTD, streamed);
	chain_gives_sevens(ZSTD, several);
	chain_gives_sevens(
		"[{'name': 'bytes'}, {'name': 'numcodecs.zstd', 'configuration': {'level': 1}}]", one);
}
END_TEST

START_TEST(decodes_unknown_sizes)
{
	struct zf_spec spec = chain_spec(300000, 4, 4);
	uint8_t *raw = malloc(spec.size);

	for (size_t i = 0; i < spec.size; i++)
		raw[i] = (uint8_t)(i * i >> 7);
	chain_returns("[{'name': 'bytes'}, {'name': 'zstd'}, {'name': 'zstd'}]", &spec, raw);
	memset(raw, 0, spec.size);
	chain_returns(
		"[{'name': 'bytes'}, {'name': 'zstd'}, {'name': 'gzip'}, {'name': 'zstd'}]", &spec, raw);
	free(raw);
}
END_TEST

/* The library itself decodes what is encoded, and finds the checksum. */
START_TEST(encodes_for_zstd)
{
	for (int checksum = 0; checksum < 2; checksum++) {
		struct zf_spec spec = chain_sevens_spec();
		struct zf_out out = ZF_OUT_GROWING(100000);
		uint8_t raw[CHAIN_SEVENS], got[CHAIN_SEVENS + 1];
		struct chain c;
		int rc;

		chain_sevens(raw);
		chain_open(&c,
			checksum ? "[{'name': 'bytes'}, {'name': 'zstd', 'configuration': {'level': -5, "
				   "'checksum': true}}]"
				 : "[{'name': 'bytes'}, {'name': 'zstd', 'configuration': {'level': 100}}]",
			&spec);
		rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
		unit_ok(rc, &c.op);
		ck_assert_uint_eq(ZSTD_getFrameContentSize(out.data, out.len), sizeof raw);
		ck_assert_int_eq(out.data[4] >> 2 & 1, checksum); /* RFC 8878, 3.1.1.1.1 */
		ck_assert_uint_eq(ZSTD_decompress(got, sizeof got, out.data, out.len), sizeof raw);
		unit_bytes_eq(got, raw, sizeof raw);
		zf_out_free(&out);
		chain_close(&c);
	}
}
END_TEST

START_TEST(refuses_wrong_sizes)
{
	struct zf_spec small = chain_spec(47, 4, 4), large = chain_spec(49, 4, 4);
	size_t len, slen;
	uint8_t *p = chain_hex(one, &len), *s = chain_hex(streamed, &slen);

	chain_fails(ZSTD, &small, p, len, AT "frame says 192 bytes, chunk has 188");
	chain_fails(ZSTD, &large, p, len, AT "value gives 192 bytes, chunk has 196");
	chain_fails(ZSTD, &small, s, slen, AT "value gives more than 188 bytes");
	chain_fails(ZSTD, &large, s, slen, AT "value gives 192 bytes, chunk has 196");
	chain_fails_hex(ZSTD, huge, AT "frame says 1099511627776 bytes, chunk has 192");
	chain_fails_hex(ZSTD, more, AT "frame says 193 bytes, chunk has 192");
	chain_fails_hex("[{'name': 'bytes'}, {'name': 'crc32c'}, {'name': 'zstd'}]", huge,
		"codec 'zstd' (3 of 3): frame says 1099511627776 bytes, chunk has 196");
	free(p);
	free(s);
}
END_TEST

START_TEST(refuses_damage)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *p = chain_hex(streamed, &len), *longer = calloc(1, len + 3);

	memcpy(longer, p, len);
	chain_fails(ZSTD, &spec, p, 0, AT "value is empty");
	chain_fails(ZSTD, &spec, p, len - 5, AT "damaged: Src size is incorrect");
	chain_fails(ZSTD, &spec, longer, len + 3, AT "damaged: Src size is incorrect");
	p[len - 1] ^= 1;
	chain_fails(ZSTD, &spec, p, len, AT "damaged: Restored data doesn't match checksum");
	p[0] ^= 1;
	chain_fails(ZSTD, &spec, p, len, AT "damaged: Unknown frame descriptor");
	free(p);
	free(longer);
}
END_TEST

/* A bomb inside another codec stops at the limit. */
START_TEST(refuses_bombs)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t zeros = 64 << 20, room = ZSTD_compressBound(zeros), n;
	uint8_t *raw = calloc(1, zeros), *bomb = malloc(room);

	n = ZSTD_compress(bomb, room, raw, zeros, 1);
	chain_fails(ZSTD, &spec, bomb, n, AT "frame says 67108864 bytes, chunk has 192");
	chain_fails("[{'name': 'bytes'}, {'name': 'zstd'}, {'name': 'zstd'}]", &spec, bomb, n,
		"codec 'zstd' (3 of 3): value gives more than 16777984 bytes");
	free(raw);
	free(bomb);
}
END_TEST

START_TEST(survives_damage)
{
	chain_survives_hex(ZSTD, one);
	chain_survives_hex(ZSTD, streamed);
	chain_survives_hex(ZSTD, several);
}
END_TEST

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses("[{'name': 'bytes'}, {'name': 'zstd', 'configuration': {'level': 1.5}}]", &spec, EINVAL,
		AT "level: not an integer");
	chain_refuses("[{'name': 'bytes'}, {'name': 'zstd', 'configuration': {'checksum': 'no'}}]", &spec,
		EINVAL, AT "checksum: neither true nor false");
}
END_TEST

UNIT_MAIN("codec zstd", decodes_vectors, decodes_unknown_sizes, encodes_for_zstd, refuses_wrong_sizes,
	refuses_damage, refuses_bombs, survives_damage, checks_configuration)
