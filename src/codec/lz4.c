/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lz4 (numcodecs "lz4"): the decoded size as 32 bits, little-endian, then one block.
 */
#ifdef HAVE_LZ4

#include "codec/le.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.lz4", NULL };

enum { HEAD = 4 };

struct lz4 {
	int acceleration;
};

static int lz4_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct lz4 *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->acceleration = 1;
	zf_codec_varies(codec);
	return zf_param_int(op, configuration, "acceleration", INT_MIN, INT_MAX, &state->acceleration);
}

static int lz4_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	uint32_t size;
	int n;

	(void)scratch;
	if (len < HEAD)
		return zf_fail(op, EIO, "value has %zu bytes, its head alone has %d", len, HEAD);
	size = zf_le32(src);
	if (codec->in.size != ZF_SIZE_UNKNOWN && size != codec->in.size)
		return zf_fail(op, EIO, "frame says %u bytes, chunk has %zu", size, codec->in.size);
	if (size > out->limit - out->len)
		return zf_fail(op, EIO, "frame says %u bytes, limit is %zu", size, out->limit - out->len);
	if (size > LZ4_MAX_INPUT_SIZE || len - HEAD > INT_MAX)
		return zf_fail(
			op, EIO, "damaged: %zu bytes for %u are too many for one block", len - HEAD, size);
	if (zf_out_reserve(out, op, size) < 0)
		return -1;
	n = LZ4_decompress_safe(
		(const char *)src + HEAD, (char *)out->data + out->len, (int)(len - HEAD), (int)size);
	if (n < 0)
		return zf_fail(op, EIO, "damaged lz4 block");
	if ((uint32_t)n != size)
		return zf_fail(op, EIO, "value gives %d bytes, its head says %u", n, size);
	out->len += size;
	return 0;
}

static int lz4_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct lz4 *state = codec->state;
	int bound, n;

	(void)scratch;
	if (len > LZ4_MAX_INPUT_SIZE)
		return zf_fail(op, EFBIG, "chunk has %zu bytes, lz4 takes %d", len, LZ4_MAX_INPUT_SIZE);
	bound = LZ4_compressBound((int)len);
	if (zf_out_reserve(out, op, HEAD + (size_t)bound) < 0)
		return -1;
	zf_put_le32(out->data + out->len, (uint32_t)len);
	n = LZ4_compress_fast(src, (char *)out->data + out->len + HEAD, (int)len, bound, state->acceleration);
	if (n <= 0)
		return zf_fail(op, EIO, "cannot compress");
	out->len += HEAD + (size_t)n;
	return 0;
}

static void lz4_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_lz4 = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = lz4_bind,
	.decode = lz4_decode,
	.encode = lz4_encode,
	.free = lz4_free,
};

#endif
