/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * astype (numcodecs "astype"): elements of `decode_dtype` stored as `encode_dtype`.
 */
#include "codec/elem.h"
#include "codec/types.h"

#include <stdlib.h>

static const char *const names[] = { "numcodecs.astype", NULL };

static int astype_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct zf_retype *types = codec->state = calloc(1, sizeof *types);

	if (!types)
		return zf_nomem(op, sizeof *types);
	if (zf_elem_param(op, configuration, "decode_dtype", NULL, &types->dec) < 0 ||
		zf_elem_param(op, configuration, "encode_dtype", NULL, &types->enc) < 0)
		return -1;
	return zf_retype_bind(op, codec, types);
}

static int astype_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zf_retype *types = codec->state;
	size_t n;

	(void)scratch;
	if (zf_retype_decode(codec, op, types, len, out, &n) < 0)
		return -1;
	zf_elem_cast(out->data + out->len, &types->dec, src, &types->enc, n);
	out->len += n * types->dec.size;
	return 0;
}

static int astype_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zf_retype *types = codec->state;
	size_t n;

	(void)scratch;
	if (zf_retype_encode(op, types, len, out, &n) < 0)
		return -1;
	zf_elem_cast(out->data + out->len, &types->enc, src, &types->dec, n);
	out->len += n * types->enc.size;
	return 0;
}

static void astype_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_astype = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.bind = astype_bind,
	.decode = astype_decode,
	.encode = astype_encode,
	.free = astype_free,
};
