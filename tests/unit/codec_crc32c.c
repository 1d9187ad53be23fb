/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crc32c. The checksums are those of RFC 3720, B.4, and the usual check value of the digits 1 to 9.
 */
#include "chain.h"

#include "codec/crc32c_sum.h"

#define CRC "[{'name': 'bytes'}, {'name': 'crc32c'}]"
#define AT "codec 'crc32c' (2 of 2): "

static void checks(const uint8_t *bytes, size_t n, const char *sum)
{
	struct zf_spec spec = chain_spec(n, 1, 0);
	uint8_t value[64];

	memcpy(value, bytes, n);
	memcpy(value + n, sum, 4);
	chain_gives(CRC, &spec, value, n + 4, bytes);
	memcpy(value, sum, 4);
	memcpy(value + 4, bytes, n);
	chain_gives(
		"[{'name': 'bytes'}, {'name': 'numcodecs.crc32c', 'configuration': {'location': 'start'}}]",
		&spec, value, n + 4, bytes);
}

START_TEST(knows_the_checksums_of_the_rfc)
{
	uint8_t p[32];

	memset(p, 0, 32);
	checks(p, 32, "\xaa\x36\x91\x8a");
	memset(p, 255, 32);
	checks(p, 32, "\x43\xab\xa8\x62");
	for (int i = 0; i < 32; i++)
		p[i] = (uint8_t)i;
	checks(p, 32, "\x4e\x79\xdd\x46");
	for (int i = 0; i < 32; i++)
		p[i] = (uint8_t)(31 - i);
	checks(p, 32, "\x5c\xdb\x3f\x11");
	checks((const uint8_t *)"123456789", 9, "\x83\x92\x06\xe3");
}
END_TEST

static uint32_t bit_by_bit(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
	}
	return ~crc;
}

START_TEST(agrees_with_the_definition_at_every_length)
{
	uint8_t raw[200];
	uint64_t state = unit_seed();

	for (size_t n = 1; n <= sizeof raw; n++) {
		struct zf_spec spec = chain_spec(n, 1, 0);
		struct zf_out out = ZF_OUT_GROWING(1000);
		struct chain c;
		uint32_t sum;
		int rc;

		for (size_t i = 0; i < n; i++)
			raw[i] = (uint8_t)unit_random(&state);
		sum = htole32(bit_by_bit(raw, n));
		chain_open(&c, CRC, &spec);
		rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
		unit_ok(rc, &c.op);
		ck_assert_uint_eq(out.len, n + 4);
		unit_bytes_eq(out.data, raw, n);
		unit_bytes_eq(out.data + n, &sum, 4);
		ck_assert_uint_eq(zf_crc32c_portable(raw, n), le32toh(sum));
		rc = chain_decode(&c, out.data, out.len, raw);
		unit_ok(rc, &c.op);
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
	chain_returns(
		"[{'name': 'bytes'}, {'name': 'crc32c'}, {'name': 'zstd'}, {'name': 'crc32c'}]", &spec, raw);
	chain_returns(
		"[{'name': 'bytes'}, {'name': 'numcodecs.crc32c', 'configuration': {'location': 'start'}}]",
		&spec, raw);
	chain_returns("[{'name': 'bytes', 'configuration': {'endian': 'big'}}, 'crc32c']", &spec, raw);
}
END_TEST

START_TEST(refuses_damage)
{
	struct zf_spec spec = chain_spec(9, 1, 0);
	uint8_t value[] = "123456789\x83\x92\x06\xe3";

	chain_fails(CRC, &spec, value, 0, AT "value has 0 bytes, its checksum alone has 4");
	chain_fails(CRC, &spec, value, 3, AT "value has 3 bytes, its checksum alone has 4");
	chain_fails(CRC, &spec, value, 12, AT "value gives 8 bytes, chunk has 9");
	chain_fails(CRC, &spec, value, 14, AT "value gives 10 bytes, chunk has 9");
	value[0] = '2';
	chain_fails(CRC, &spec, value, 13, AT "checksum is faa99eaa, value says e3069283");
}
END_TEST

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_spec(9, 1, 0);

	chain_refuses("[{'name': 'bytes'}, {'name': 'crc32c', 'configuration': {'location': 'middle'}}]",
		&spec, EINVAL, AT "location: unknown value 'middle'");
}
END_TEST

UNIT_MAIN("codec crc32c", knows_the_checksums_of_the_rfc, agrees_with_the_definition_at_every_length,
	encodes_and_decodes, refuses_damage, checks_configuration)
