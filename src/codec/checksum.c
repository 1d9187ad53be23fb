/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes with a checksum of 32 bits, little-endian, in front or behind (numcodecs "crc32", "adler32",
 * "fletcher32", "jenkins_lookup3"; crc32c, which v3 has too, is a file of its own).
 */
#include "codec/le.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

static const char *const crc32_names[] = { "numcodecs.crc32", NULL };
static const char *const adler32_names[] = { "numcodecs.adler32", NULL };
static const char *const fletcher32_names[] = { "numcodecs.fletcher32", NULL };
static const char *const jenkins_names[] = { "numcodecs.jenkins_lookup3", NULL };

enum { SUM = 4 };

struct checksum {
	uint32_t (*sum)(const uint8_t *p, size_t len, uint32_t seed);
	uint32_t seed;
	int at_end;
};

static uint32_t sum_crc32(const uint8_t *p, size_t len, uint32_t seed)
{
#ifdef HAVE_LIBDEFLATE
	return libdeflate_crc32(seed, p, len);
#else
	return (uint32_t)crc32_z(seed, p, len);
#endif
}

static uint32_t sum_adler32(const uint8_t *p, size_t len, uint32_t seed)
{
#ifdef HAVE_LIBDEFLATE
	return libdeflate_adler32(seed, p, len);
#else
	return (uint32_t)adler32_z(seed, p, len);
#endif
}

/* HDF5's: 16-bit big-endian words, sums folded rather than reduced, so that 0xffff may stand for 0. 360
 * words are as many as cannot overflow. */
static uint32_t sum_fletcher32(const uint8_t *p, size_t len, uint32_t seed)
{
	uint32_t a = seed, b = seed;

	for (size_t words = len / 2; words;) {
		size_t some = words < 360 ? words : 360;

		words -= some;
		for (; some; some--, p += 2) {
			a += (uint32_t)p[0] << 8 | p[1];
			b += a;
		}
		a = (a & 0xffff) + (a >> 16);
		b = (b & 0xffff) + (b >> 16);
	}
	if (len % 2) {
		a += (uint32_t)p[0] << 8;
		b += a;
		a = (a & 0xffff) + (a >> 16);
		b = (b & 0xffff) + (b >> 16);
	}
	a = (a & 0xffff) + (a >> 16);
	b = (b & 0xffff) + (b >> 16);
	return b << 16 | a;
}

static uint32_t turn(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

static void jenkins_mix(uint32_t *a, uint32_t *b, uint32_t *c)
{
	static const unsigned bits[] = { 4, 6, 8, 16, 19, 4 };

	for (unsigned i = 0; i < 6; i++) {
		uint32_t x = (*a - *c) ^ turn(*c, bits[i]), old = *b;

		/* each step is the same with the names moved on by one */
		*c += old;
		*a = old;
		*b = *c;
		*c = x;
	}
}

/* Little-endian words; the last 12 bytes or less are filled up with zeros. */
static uint32_t sum_jenkins(const uint8_t *p, size_t len, uint32_t seed)
{
	static const unsigned bits[] = { 14, 11, 25, 16, 4, 14, 24 };
	uint32_t state = 0xdeadbeefu + (uint32_t)len + seed;
	uint32_t a = state, b = state, c = state, v[3];
	uint8_t last[12] = { 0 };

	if (len == 0)
		return c;
	for (; len > 12; len -= 12, p += 12) {
		a += zf_le32(p);
		b += zf_le32(p + 4);
		c += zf_le32(p + 8);
		jenkins_mix(&a, &b, &c);
	}
	memcpy(last, p, len);
	v[0] = c + zf_le32(last + 8);
	v[1] = b + zf_le32(last + 4);
	v[2] = a + zf_le32(last);
	/* c, a, b in turn, each mixed with the one before it */
	for (unsigned i = 0; i < 7; i++) {
		uint32_t *to = &v[i % 3 == 0 ? 0 : i % 3 == 1 ? 2 : 1];
		uint32_t by = v[i % 3 == 0 ? 1 : i % 3 == 1 ? 0 : 2];

		*to = (*to ^ by) - turn(by, bits[i]);
	}
	return v[0];
}

/* ---- the codecs ---- */

static int bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec,
	uint32_t (*sum)(const uint8_t *, size_t, uint32_t), uint32_t seed, bool at_end)
{
	static const char *const locations[] = { "start", "end", NULL };
	struct checksum *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	*state = (struct checksum){ sum, seed, at_end };
	codec->out = (struct zf_spec){ .itemsize = 1, .size = codec->in.size };
	if (codec->in.size != ZF_SIZE_UNKNOWN)
		codec->out.size += SUM;
	if (at_end) /* those that have no other place */
		return 0;
	return zf_param_word(op, configuration, "location", locations, &state->at_end);
}

static int crc32_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	return bind(op, configuration, codec, sum_crc32, 0, false);
}

static int adler32_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	return bind(op, configuration, codec, sum_adler32, 1, false);
}

static int fletcher32_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	return bind(op, configuration, codec, sum_fletcher32, 0, true);
}

static int jenkins_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const struct zf_elem word = { .kind = 'u', .size = 4 };
	const json_t *value = zf_param(configuration, "initval");
	struct zf_scalar seed = { .kind = 'u' };

	if (value && zf_scalar_typed(op, "initval", value, &word, &seed) < 0)
		return -1;
	if (zf_param(configuration, "prefix"))
		return zf_fail(op, EOPNOTSUPP, "prefix: not supported");
	return bind(op, configuration, codec, sum_jenkins, (uint32_t)seed.u, true);
}

static int checksum_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct checksum *state = codec->state;
	const uint8_t *p = src;
	uint32_t said, is;

	(void)scratch;
	if (len < SUM)
		return zf_fail(op, EIO, "value has %zu bytes, its checksum alone has %d", len, SUM);
	len -= SUM;
	if (codec->in.size != ZF_SIZE_UNKNOWN && len != codec->in.size)
		return zf_fail(op, EIO, "value gives %zu bytes, chunk has %zu", len, codec->in.size);
	said = zf_le32(state->at_end ? p + len : p);
	if (!state->at_end)
		p += SUM;
	is = state->sum(p, len, state->seed);
	if (is != said)
		return zf_fail(op, EIO, "checksum is %08x, value says %08x", is, said);
	return zf_out_append(out, op, p, len);
}

static int checksum_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct checksum *state = codec->state;
	uint8_t sum[SUM];

	(void)scratch;
	zf_put_le32(sum, state->sum(src, len, state->seed));
	if (!state->at_end && zf_out_append(out, op, sum, SUM) < 0)
		return -1;
	if (zf_out_append(out, op, src, len) < 0)
		return -1;
	return state->at_end ? zf_out_append(out, op, sum, SUM) : 0;
}

static void checksum_free(struct zf_codec *codec)
{
	free(codec->state);
}

#define CHECKSUM(NAME)                                                                                       \
	{                                                                                                    \
		.names = NAME##_names, .kind = ZF_BYTES_BYTES, .bind = NAME##_bind,                          \
		.decode = checksum_decode, .encode = checksum_encode, .free = checksum_free,                 \
	}

const struct zf_codec_type zf_codec_crc32 = CHECKSUM(crc32);
const struct zf_codec_type zf_codec_adler32 = CHECKSUM(adler32);
const struct zf_codec_type zf_codec_fletcher32 = CHECKSUM(fletcher32);
const struct zf_codec_type zf_codec_jenkins = CHECKSUM(jenkins);
