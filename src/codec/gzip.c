/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gzip (zarr-specs v3, "Gzip codec"; numcodecs "gzip") and zlib (numcodecs "zlib"), which differ in their
 * wrapping.
 *
 * As in Python, whose modules define both: gzip is any number of members and then, maybe, zeros; what
 * follows a zlib stream is ignored. z5 stores zlib streams in arrays that say gzip, so those are read too.
 */
#include "codec/inflate.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>

static const char *const gzip_names[] = { "gzip", "numcodecs.gzip", NULL };
static const char *const zlib_names[] = { "numcodecs.zlib", NULL };

struct deflate {
	int level;
};

static int deflate_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct deflate *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->level = 1;
	zf_codec_varies(codec);
	return zf_param_int(op, configuration, "level", -1, 9, &state->level);
}

static void deflate_free(struct zf_codec *codec)
{
	free(codec->state);
}

static bool is_gzip(const uint8_t *p, size_t len)
{
	return len >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

static bool is_zlib(const uint8_t *p, size_t len)
{
	return len >= 2 && (p[0] & 15) == 8 && (p[0] * 256 + p[1]) % 31 == 0;
}

static size_t zeros(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] == 0)
		n++;
	return n;
}

/* Decodes one stream into the room that the chunk still has. */
static int decode_stream(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	enum zf_deflate format, const uint8_t *src, size_t len, size_t done, struct zf_out *out, size_t *used)
{
	bool known = codec->in.size != ZF_SIZE_UNKNOWN;

	return zf_inflate(op, scratch, format, src, len,
		known ? codec->in.size - done : out->limit - out->len, known, out, used);
}

static int check_size(const struct zf_codec *codec, struct zf_op *op, size_t size)
{
	if (codec->in.size != ZF_SIZE_UNKNOWN && size != codec->in.size)
		return zf_fail(op, EIO, "value gives %zu bytes, chunk has %zu", size, codec->in.size);
	return 0;
}

static int zlib_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	size_t start = out->len, used;

	if (decode_stream(codec, op, scratch, ZF_ZLIB, src, len, 0, out, &used) < 0)
		return -1;
	return check_size(codec, op, out->len - start);
}

static int gzip_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const uint8_t *p = src;
	size_t start = out->len, used;

	if (!is_gzip(p, len) && is_zlib(p, len))
		return zlib_decode(codec, op, scratch, src, len, out);
	do {
		if (!is_gzip(p, len))
			return zf_fail(op, EIO, "no gzip member at byte %zu of the value",
				(size_t)(p - (const uint8_t *)src));
		if (decode_stream(codec, op, scratch, ZF_GZIP, p, len, out->len - start, out, &used) < 0)
			return -1;
		p += used;
		len -= used;
		used = zeros(p, len);
		p += used;
		len -= used;
	} while (len > 0);
	return check_size(codec, op, out->len - start);
}

static int gzip_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct deflate *state = codec->state;

	return zf_deflate(op, scratch, ZF_GZIP, state->level, src, len, out);
}

static int zlib_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct deflate *state = codec->state;

	return zf_deflate(op, scratch, ZF_ZLIB, state->level, src, len, out);
}

const struct zf_codec_type zf_codec_gzip = {
	.names = gzip_names,
	.kind = ZF_BYTES_BYTES,
	.bind = deflate_bind,
	.decode = gzip_decode,
	.encode = gzip_encode,
	.free = deflate_free,
};

const struct zf_codec_type zf_codec_zlib = {
	.names = zlib_names,
	.kind = ZF_BYTES_BYTES,
	.bind = deflate_bind,
	.decode = zlib_decode,
	.encode = zlib_encode,
	.free = deflate_free,
};
