/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantize (numcodecs "quantize"): floats rounded to multiples of a power of two that keeps so many decimal
 * digits after the point. What is lost is lost: decoding is a cast.
 */
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.quantize", NULL };

struct quantize {
	struct zf_retype types;
	double scale; /* in the type of the elements */
};

/* The steps, and the C library's functions, are those of numcodecs: they settle what a digit is. */
static double scale_of(int digits)
{
	double exponent = log10(pow(10.0, -digits));

	exponent = exponent < 0 ? floor(exponent) : ceil(exponent);
	return pow(2.0, ceil(log2(pow(10.0, -exponent))));
}

static int quantize_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct quantize *state = codec->state = calloc(1, sizeof *state);
	int digits = 0;

	if (!state)
		return zf_nomem(op, sizeof *state);
	if (!zf_param(configuration, "digits"))
		return zf_fail(op, EINVAL, "digits: missing");
	if (zf_param_int(op, configuration, "digits", -300, 300, &digits) < 0 ||
		zf_elem_param(op, configuration, "dtype", NULL, &state->types.dec) < 0 ||
		zf_elem_param(op, configuration, "astype", &state->types.dec, &state->types.enc) < 0)
		return -1;
	if (state->types.dec.kind != 'f' || state->types.enc.kind != 'f')
		return zf_fail(op, EINVAL, "dtype, astype: not a floating point type");
	state->scale = zf_elem_round(scale_of(digits), state->types.dec.size);
	return zf_retype_bind(op, codec, &state->types);
}

static int quantize_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct quantize *state = codec->state;
	const struct zf_retype *types = &state->types;
	size_t n;

	(void)scratch;
	if (zf_retype_decode(codec, op, types, len, out, &n) < 0)
		return -1;
	zf_elem_cast(out->data + out->len, &types->dec, src, &types->enc, n);
	out->len += n * types->dec.size;
	return 0;
}

static int quantize_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct quantize *state = codec->state;
	const struct zf_retype *types = &state->types;
	unsigned size = types->dec.size;
	struct zf_wide wide;
	size_t n;

	(void)scratch;
	if (zf_retype_encode(op, types, len, out, &n) < 0)
		return -1;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * size, &types->dec, some);
		for (size_t k = 0; k < some; k++) {
			double scaled = zf_elem_round(state->scale * wide.f[k], size);

			wide.f[k] = zf_elem_round(rint(scaled) / state->scale, size);
		}
		zf_elem_store(out->data + out->len, &types->enc, &wide, some);
		out->len += some * types->enc.size;
	}
	return 0;
}

static void quantize_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_quantize = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.bind = quantize_bind,
	.decode = quantize_decode,
	.encode = quantize_encode,
	.free = quantize_free,
};
