/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64 (numcodecs "base64"; RFC 4648, without line breaks). As in Python's decoder, characters outside the
 * alphabet are passed over, and what follows complete padding is ignored.
 */
#include "codec/types.h"

#include <errno.h>
#include <string.h>

static const char *const names[] = { "numcodecs.base64", NULL };
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { SKIP = 64, PAD = 65 };

static int base64_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	(void)op;
	(void)configuration;
	zf_codec_varies(codec); /* others may break lines */
	return 0;
}

static void fill_table(uint8_t *table)
{
	memset(table, SKIP, 256);
	for (uint8_t i = 0; i < 64; i++)
		table[(uint8_t)alphabet[i]] = i;
	table['='] = PAD;
}

/* Decodes to `to`, which has room for that many bytes; how many it took, or SIZE_MAX if they are too many.
 * *left: characters of a last group that is not complete, 0 for none. */
static size_t decode_all(uint8_t *to, size_t room, const uint8_t *src, size_t len, unsigned *left)
{
	uint8_t table[256];
	unsigned have = 0, pads = 0;
	uint32_t bits = 0;
	size_t n = 0;

	fill_table(table);
	for (size_t i = 0; i < len; i++) {
		uint8_t c = table[src[i]];

		if (c == PAD && have >= 2 && have + ++pads >= 4) {
			have = 0;
			break;
		}
		if (c >= SKIP)
			continue;
		pads = 0;
		bits = bits << 6 | c;
		if (have > 0) {
			if (n == room)
				return SIZE_MAX;
			to[n++] = (uint8_t)(bits >> (6 - 2 * have));
		}
		have = (have + 1) % 4;
	}
	*left = have;
	return n;
}

static int base64_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	size_t room = len / 4 * 3 + 3, most = out->limit - out->len, n, want = codec->in.size;
	unsigned left = 0;

	(void)scratch;
	if (want != ZF_SIZE_UNKNOWN && most > want)
		most = want;
	if (room > most)
		room = most;
	if (zf_out_reserve(out, op, room) < 0)
		return -1;
	n = decode_all(out->data + out->len, room, src, len, &left);
	if (n == SIZE_MAX)
		return zf_fail(op, EIO, "value gives more than %zu bytes", room);
	if (left)
		return zf_fail(op, EIO, "damaged: the last group has %u characters and no padding", left);
	if (want != ZF_SIZE_UNKNOWN && n != want)
		return zf_fail(op, EIO, "value gives %zu bytes, chunk has %zu", n, want);
	out->len += n;
	return 0;
}

static int base64_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const uint8_t *p = src;
	uint8_t *to;

	(void)codec;
	(void)scratch;
	if (len > SIZE_MAX / 4)
		return zf_fail(op, EFBIG, "%zu bytes are too many", len);
	if (zf_out_reserve(out, op, (len + 2) / 3 * 4) < 0)
		return -1;
	to = out->data + out->len;
	for (size_t i = 0; i < len; i += 3, to += 4) {
		size_t some = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;

		bits |= some > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		bits |= some > 2 ? p[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			to[k] = k <= some ? (uint8_t)alphabet[bits >> (18 - 6 * k) & 63] : '=';
	}
	out->len += (len + 2) / 3 * 4;
	return 0;
}

const struct zf_codec_type zf_codec_base64 = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = base64_bind,
	.decode = base64_decode,
	.encode = base64_encode,
};
