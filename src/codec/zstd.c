/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zstd (zarr-specs and zarr-extensions, "zstd"; numcodecs "zstd"): any number of frames, with or without
 * their size, skippable ones among them. Always decoded in one go, into memory of a size that is known or
 * grows: streaming would need a window of whatever size a frame asks for.
 */
#include "codec/params.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

static const char *const names[] = { "zstd", "numcodecs.zstd", NULL };

struct zstd {
	int level;
	bool checksum;
};

static void *make_decoder(void)
{
	return ZSTD_createDCtx();
}

static void free_decoder(void *dctx)
{
	ZSTD_freeDCtx(dctx);
}

static void *make_encoder(void)
{
	return ZSTD_createCCtx();
}

static void free_encoder(void *cctx)
{
	ZSTD_freeCCtx(cctx);
}

static const struct zf_part decoder = { make_decoder, free_decoder, 160 << 10 };
static const struct zf_part encoder = { make_encoder, free_encoder, 2 << 20 };

static int zstd_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct zstd *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	zf_codec_varies(codec);
	if (zf_param_int(op, configuration, "level", INT_MIN, INT_MAX, &state->level) < 0)
		return -1;
	/* numcodecs writes down what its user said, however large, and uses the nearest there is */
	if (state->level > ZSTD_maxCLevel())
		state->level = ZSTD_maxCLevel();
	if (state->level < ZSTD_minCLevel())
		state->level = ZSTD_minCLevel();
	return zf_param_bool(op, configuration, "checksum", &state->checksum);
}

static int decode_known(const struct zf_codec *codec, struct zf_op *op, ZSTD_DCtx *dctx, const void *src,
	size_t len, struct zf_out *out)
{
	size_t size = codec->in.size, n;
	unsigned long long said = ZSTD_getFrameContentSize(src, len);

	if (said != ZSTD_CONTENTSIZE_UNKNOWN && said != ZSTD_CONTENTSIZE_ERROR && said > size)
		return zf_fail(op, EIO, "frame says %llu bytes, chunk has %zu", said, size);
	if (zf_out_reserve(out, op, size) < 0)
		return -1;
	n = ZSTD_decompressDCtx(dctx, out->data + out->len, size, src, len);
	if (ZSTD_isError(n) && ZSTD_getErrorCode(n) == ZSTD_error_dstSize_tooSmall)
		return zf_fail(op, EIO, "value gives more than %zu bytes", size);
	if (ZSTD_isError(n))
		return zf_fail(op, EIO, "damaged: %s", ZSTD_getErrorName(n));
	if (n != size)
		return zf_fail(op, EIO, "value gives %zu bytes, chunk has %zu", n, size);
	out->len += n;
	return 0;
}

/* Tries with more room until it fits. */
static int decode_unknown(struct zf_op *op, ZSTD_DCtx *dctx, const void *src, size_t len, struct zf_out *out)
{
	size_t most = out->limit - out->len, room = len < most / 4 ? len * 4 : most, n;

	for (;;) {
		if (room < ZSTD_BLOCKSIZE_MAX)
			room = most < ZSTD_BLOCKSIZE_MAX ? most : ZSTD_BLOCKSIZE_MAX;
		if (zf_out_reserve(out, op, room) < 0)
			return -1;
		n = ZSTD_decompressDCtx(dctx, out->data + out->len, room, src, len);
		if (!ZSTD_isError(n))
			break;
		if (ZSTD_getErrorCode(n) != ZSTD_error_dstSize_tooSmall)
			return zf_fail(op, EIO, "damaged: %s", ZSTD_getErrorName(n));
		if (room == most)
			return zf_fail(op, EIO, "value gives more than %zu bytes", most);
		room = room < most / 2 ? room * 2 : most;
	}
	out->len += n;
	return 0;
}

static int zstd_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	ZSTD_DCtx *dctx = zf_scratch_part(scratch, op, &decoder);

	if (!dctx)
		return -1;
	if (len == 0)
		return zf_fail(op, EIO, "value is empty");
	if (codec->in.size == ZF_SIZE_UNKNOWN)
		return decode_unknown(op, dctx, src, len, out);
	return decode_known(codec, op, dctx, src, len, out);
}

static int zstd_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zstd *state = codec->state;
	ZSTD_CCtx *cctx = zf_scratch_part(scratch, op, &encoder);
	size_t n;

	if (!cctx || zf_out_reserve(out, op, ZSTD_compressBound(len)) < 0)
		return -1;
	ZSTD_CCtx_reset(cctx, ZSTD_reset_session_and_parameters);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, state->level);
	ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, state->checksum);
	n = ZSTD_compress2(cctx, out->data + out->len, out->cap - out->len, src, len);
	if (ZSTD_isError(n))
		return zf_fail(op, ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation ? ENOMEM : EIO,
			"cannot compress: %s", ZSTD_getErrorName(n));
	out->len += n;
	return 0;
}

static void zstd_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_zstd = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = zstd_bind,
	.decode = zstd_decode,
	.encode = zstd_encode,
	.free = zstd_free,
};
