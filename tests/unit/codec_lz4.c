/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lz4, as numcodecs has it.
 */
#include "chain.h"

#ifdef HAVE_LZ4

#define LZ4 "[{'name': 'bytes'}, {'name': 'numcodecs.lz4', 'configuration': {'acceleration': 1}}]"
#define AT "codec 'lz4' (2 of 2): "

static const char one[] =
	"c0000000f0b100000000070000000e000000150000001c000000230000002a00000031000000380000003f0000004600"
	"00004d000000540000005b000000620000006900000070000000770000007e000000850000008c000000930000009a00"
	"0000a1000000a8000000af000000b6000000bd000000c4000000cb000000d2000000d9000000e0000000e7000000ee00"
	"0000f5000000fc000000030100000a01000011010000180100001f010000260100002d010000340100003b0100004201"
	"000049010000";

/* The block format's own example of a match that overlaps itself: literal "a", then 16 bytes at distance
 * 1, then a last literal run of five "b" (lz4_Block_format.md) */
static const char by_hand[] = "16000000"
			      "1c610100"
			      "506262626262";

START_TEST(decodes_vectors)
{
	struct zf_spec spec = chain_spec(22, 1, 0);
	size_t len;
	uint8_t *src = chain_hex(by_hand, &len);

	chain_gives_sevens(LZ4, one);
	chain_gives(LZ4, &spec, src, len, "aaaaaaaaaaaaaaaaabbbbb");
	free(src);
}
END_TEST

START_TEST(encodes_and_decodes)
{
	struct zf_spec spec = chain_spec(100000, 4, 4);
	uint8_t *raw = malloc(spec.size);

	for (size_t i = 0; i < spec.size; i++)
		raw[i] = (uint8_t)(i * i >> 9);
	chain_returns(LZ4, &spec, raw);
	chain_returns(
		"[{'name': 'bytes'}, {'name': 'numcodecs.lz4'}, {'name': 'numcodecs.lz4'}]", &spec, raw);
	free(raw);
}
END_TEST

START_TEST(writes_the_size_in_front)
{
	struct zf_spec spec = chain_sevens_spec();
	struct zf_out out = ZF_OUT_GROWING(1000);
	uint8_t raw[CHAIN_SEVENS];
	struct chain c;
	int rc;

	chain_sevens(raw);
	chain_open(&c, LZ4, &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	ck_assert_mem_eq(out.data, "\300\0\0\0", 4);
	zf_out_free(&out);
	chain_close(&c);
}
END_TEST

START_TEST(refuses_damage)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *p = chain_hex(one, &len);

	chain_fails(LZ4, &spec, p, 0, AT "value has 0 bytes, its head alone has 4");
	chain_fails(LZ4, &spec, p, 3, AT "value has 3 bytes, its head alone has 4");
	chain_fails(LZ4, &spec, p, 4, AT "damaged lz4 block");
	chain_fails(LZ4, &spec, p, len - 1, AT "damaged lz4 block");
	p[0]++;
	chain_fails(LZ4, &spec, p, len, AT "frame says 193 bytes, chunk has 192");
	memset(p, 255, 4);
	chain_fails(LZ4, &spec, p, len, AT "frame says 4294967295 bytes, chunk has 192");
	chain_fails("[{'name': 'bytes'}, {'name': 'numcodecs.lz4'}, {'name': 'numcodecs.lz4'}]", &spec, p,
		len, "codec 'lz4' (3 of 3): frame says 4294967295 bytes, limit is 16777984");
	free(p);
}
END_TEST

START_TEST(refuses_wrong_sizes)
{
	struct zf_spec spec = chain_spec(23, 1, 0);
	size_t len;
	uint8_t *src = chain_hex(by_hand, &len);

	chain_fails(LZ4, &spec, src, len, AT "frame says 22 bytes, chunk has 23");
	src[0]++;
	chain_fails(LZ4, &spec, src, len, AT "value gives 22 bytes, its head says 23");
	free(src);
}
END_TEST

START_TEST(survives_damage)
{
	chain_survives_hex(LZ4, one);
	chain_survives_hex("[{'name': 'bytes'}, {'name': 'numcodecs.lz4'}, {'name': 'numcodecs.lz4'}]", one);
}
END_TEST

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses(
		"[{'name': 'bytes'}, {'name': 'numcodecs.lz4', 'configuration': {'acceleration': 'x'}}]",
		&spec, EINVAL, AT "acceleration: not an integer");
}
END_TEST

UNIT_MAIN("codec lz4", decodes_vectors, encodes_and_decodes, writes_the_size_in_front, refuses_damage,
	refuses_wrong_sizes, survives_damage, checks_configuration)

#else

START_TEST(is_unknown)
{
	struct zf_spec spec = chain_sevens_spec();

	chain_refuses(
		"[{'name': 'bytes'}, {'name': 'numcodecs.lz4'}]", &spec, EOPNOTSUPP, "unknown codec 'lz4'");
}
END_TEST

UNIT_MAIN("codec lz4", is_unknown)

#endif
