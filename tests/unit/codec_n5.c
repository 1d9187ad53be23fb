/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks of N5. The vectors are by hand from the "File-system specification" of N5; those of lz4 were put
 * together from LZ4 and xxHash as Python's bindings give them.
 */
#include "chain.h"

#define RAW                                                                                                  \
	"[{'name': 'n5_block', 'configuration': {'codecs': [{'name': 'bytes', 'configuration': {'endian': "  \
	"'big'}}]}}]"
#define WITH_LZ4                                                                                             \
	"[{'name': 'n5_block', 'configuration': {'codecs': [{'name': 'bytes', 'configuration': {'endian': "  \
	"'big'}}, {'name': 'n5_lz4'}]}}]"
#define AT "codec 'n5_block' (1 of 1): "

/* A chunk of 2 x 3 elements of 2 bytes, with 0x0707 for fill. */
static struct zf_spec spec_2x3(void)
{
	struct zf_spec spec = chain_spec(6, 2, 2);

	spec.ndim = 2;
	spec.shape[0] = 2;
	spec.shape[1] = 3;
	spec.fill = "\7\7";
	return spec;
}

static void gives(const char *hex, const char *want)
{
	struct zf_spec spec = spec_2x3();
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_gives(RAW, &spec, src, len, want);
	free(src);
}

static void fails(const char *hex, const char *text)
{
	struct zf_spec spec = spec_2x3();
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_fails(RAW, &spec, src, len, text);
	free(src);
}

START_TEST(blocks)
{
	/* mode 0, 2 dimensions, 3 along the fastest axis, 2 along the other, 6 numbers big-endian */
	gives("0000"
	      "0002"
	      "00000003"
	      "00000002"
	      "000100020003000400050006",
		"\1\0\2\0\3\0\4\0\5\0\6\0");
	/* the same with mode 1, which has the number of elements */
	gives("0001"
	      "0002"
	      "00000003"
	      "00000002"
	      "00000006"
	      "000100020003000400050006",
		"\1\0\2\0\3\0\4\0\5\0\6\0");
}
END_TEST

START_TEST(cropped)
{
	gives("00000002"
	      "0000000200000002"
	      "0001000200030004",
		"\1\0\2\0\7\7\3\0\4\0\7\7");
	gives("00000002"
	      "0000000300000001"
	      "000100020003",
		"\1\0\2\0\3\0\7\7\7\7\7\7");
	gives("00000002"
	      "0000000000000002",
		"\7\7\7\7\7\7\7\7\7\7\7\7");
}
END_TEST

START_TEST(damage)
{
	fails("", AT "value has 0 bytes, its head alone has 12");
	fails("000000020000000300000", AT "value has 10 bytes, its head alone has 12");
	fails("000000030000000300000002000100020003000400050006", AT "block has 3 dimensions, chunk has 2");
	fails("000000020000000400000002", AT "block has 4 elements along axis 1, chunk has 3");
	fails("00000002000000030000000300010002", AT "block has 3 elements along axis 0, chunk has 2");
	fails("0000000200000003000000020001000200030004",
		AT "codec 'bytes' (1 of 1): value has 8 bytes, chunk has 12");
	fails("00000002000000020000000200010002",
		AT "codec 'bytes' (1 of 1): value has 4 bytes, chunk has 8");
	fails("000100020000000300000002", AT "value has 12 bytes, its head alone has 16");
	fails("00010002000000030000000200000005000100020003000400050006",
		AT "block says 5 elements, its shape has 6");
}
END_TEST

START_TEST(mode_object)
{
	struct zf_spec spec = spec_2x3();
	struct chain c;
	char got[12];

	chain_open(&c, RAW, &spec);
	unit_fails(chain_decode(&c, "\0\2\0\2\0\0\0\3\0\0\0\2", 12, got), &c.op, EOPNOTSUPP,
		AT "blocks of mode 2 are not supported");
	chain_close(&c);
}
END_TEST

START_TEST(writing)
{
	struct zf_spec spec = spec_2x3();
	struct zf_out out = ZF_OUT_GROWING(100);
	struct chain c;
	int rc;

	chain_open(&c, RAW, &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, "\1\0\2\0\3\0\4\0\5\0\6\0", &out);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(out.len, 24);
	unit_bytes_eq(out.data, "\0\0\0\2\0\0\0\3\0\0\0\2\0\1\0\2\0\3\0\4\0\5\0\6", 24);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

START_TEST(bad_configurations)
{
	struct zf_spec spec = spec_2x3();

	chain_refuses("[{'name': 'n5_block'}]", &spec, EINVAL, AT "codecs: missing");
	chain_refuses("[{'name': 'n5_block', 'configuration': {'codecs': []}}]", &spec, EINVAL,
		AT "codecs: the first is not 'bytes'");
	chain_refuses("[{'name': 'n5_block', 'configuration': {'codecs': [{'name': 'n5_block'}]}}]", &spec,
		EINVAL, AT "codecs: the first is not 'bytes'");
	chain_refuses("[{'name': 'n5_block', 'configuration': {'codecs': [{'name': 'bytes'}, {'name': "
		      "'n5_block'}]}}]",
		&spec, EINVAL,
		AT "codec 'n5_block' (2 of 2): takes an array, and a codec before it has made it bytes");
	spec.shape[0] = (uint64_t)1 << 32;
	spec.size = (size_t)6 << 32;
	chain_refuses(RAW, &spec, EINVAL, AT "a block cannot have 4294967296 elements along an axis");
}
END_TEST

#ifdef HAVE_LZ4
#define HEAD                                                                                                 \
	"00000001"                                                                                           \
	"00000016"
#define MAGIC "4c5a34426c6f636b"
#define END MAGIC "11000000000000000000000000"
#define ONE MAGIC "210a00000016000000b5c9f20d1c610100506161626262"
#define TWO                                                                                                  \
	MAGIC "110500000005000000964e190f6161616161" MAGIC "210a000000110000004fc1650d17610100506161626262"

static void lz4_fails(const char *hex, const char *text)
{
	struct zf_spec spec = chain_spec(22, 1, 0);
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_fails(WITH_LZ4, &spec, src, len, text);
	chain_survives(WITH_LZ4, &spec, src, len);
	free(src);
}

START_TEST(lz4)
{
	static const char *const hex[] = { HEAD ONE END, HEAD TWO END, HEAD TWO };
	struct zf_spec spec = chain_spec(22, 1, 0);

	for (size_t i = 0; i < 3; i++) {
		size_t len;
		uint8_t *src = chain_hex(hex[i], &len);

		chain_gives(WITH_LZ4, &spec, src, len, "aaaaaaaaaaaaaaaaaaabbb");
		free(src);
	}
}
END_TEST

START_TEST(lz4_damage)
{
#define LZ4_AT AT "codec 'n5_lz4' (2 of 2): "
	lz4_fails(HEAD, LZ4_AT "lz4 stream ends in the head of a block");
	lz4_fails(HEAD END, LZ4_AT "value gives 0 bytes, chunk has 22");
	lz4_fails(HEAD MAGIC "210b00000016000000b5c9f20d1c610100506161626262",
		LZ4_AT "lz4 block says 11 bytes, value has 10 left");
	lz4_fails(HEAD MAGIC "210a00000017000000b5c9f20d1c610100506161626262",
		LZ4_AT "lz4 block says 23 bytes, chunk has 22 left");
	lz4_fails(HEAD MAGIC "210a00000015000000b5c9f20d1c610100506161626262", LZ4_AT "damaged lz4 block");
	lz4_fails(HEAD MAGIC "210a00000016000000b5c9f20c1c610100506161626262",
		LZ4_AT "lz4 block has another checksum than it says");
	lz4_fails(HEAD MAGIC "310a00000016000000b5c9f20d1c610100506161626262",
		LZ4_AT "lz4 block of an unknown kind, 0x31");
	lz4_fails(HEAD MAGIC "110500000006000000964e190f6161616161",
		LZ4_AT "lz4 block says 6 bytes, stored as 5");
	lz4_fails(HEAD "00" ONE, LZ4_AT "no lz4 block of Java's");
}
END_TEST
#else
START_TEST(lz4)
{
	struct zf_spec spec = chain_spec(22, 1, 0);

	chain_refuses(WITH_LZ4, &spec, EOPNOTSUPP, AT "unknown codec 'n5_lz4'");
}
END_TEST
#define lz4_damage lz4
#endif

UNIT_MAIN("codec_n5", blocks, cropped, damage, mode_object, writing, bad_configurations, lz4, lz4_damage)
