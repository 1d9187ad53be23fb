/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixedscaleoffset (numcodecs "fixedscaleoffset"): (x - offset) * scale, rounded to an integer, ties to even,
 * and cast to `astype`; back: x / scale + offset, cast to `dtype`.
 *
 * What type that is computed in is NumPy's to say, by the rules since its version 2 (NEP 50): a float stays
 * what it is; an integer stays one as long as it meets but integers, and quotients are double. The sum is
 * taken in the type that is stored, so that a float64 array kept as float32 has float32's digits.
 */
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/types.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.fixedscaleoffset", NULL };

struct fso {
	struct zf_retype types;
	struct zf_scalar offset, scale;
};

static int fso_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct fso *state = codec->state = calloc(1, sizeof *state);
	struct zf_retype *types;

	if (!state)
		return zf_nomem(op, sizeof *state);
	types = &state->types;
	if (!zf_param(configuration, "offset") || !zf_param(configuration, "scale"))
		return zf_fail(op, EINVAL, "offset, scale: missing");
	if (zf_scalar_param(op, configuration, "offset", &state->offset) < 0 ||
		zf_scalar_param(op, configuration, "scale", &state->scale) < 0 ||
		zf_elem_param(op, configuration, "dtype", NULL, &types->dec) < 0 ||
		zf_elem_param(op, configuration, "astype", &types->dec, &types->enc) < 0)
		return -1;
	if (types->dec.kind == 'c' || types->enc.kind == 'c')
		return zf_fail(op, EOPNOTSUPP, "complex numbers are not supported");
	return zf_retype_bind(op, codec, types);
}

/* Bytes of the float that is computed in. */
static unsigned precision(const struct zf_elem *type)
{
	return type->kind == 'f' ? type->size : 8;
}

static int fso_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct fso *state = codec->state;
	const struct zf_retype *types = &state->types;
	unsigned size = precision(&types->enc);
	double scale = zf_elem_round(zf_scalar_real(&state->scale), size);
	double offset = zf_elem_round(zf_scalar_real(&state->offset), size);
	struct zf_wide wide;
	size_t n;

	(void)scratch;
	if (zf_retype_decode(codec, op, types, len, out, &n) < 0)
		return -1;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * types->enc.size, &types->enc, some);
		zf_wide_real(&wide, some);
		if (size == 8)
			for (size_t k = 0; k < some; k++)
				wide.f[k] = wide.f[k] / scale + offset;
		else
			for (size_t k = 0; k < some; k++)
				wide.f[k] =
					zf_elem_round(zf_elem_round(wide.f[k] / scale, size) + offset, size);
		zf_elem_store(out->data + out->len, &types->dec, &wide, some);
		out->len += some * types->dec.size;
	}
	return 0;
}

/* Whether an integer is a value of the type, as NumPy asks of those that meet arrays of integers. */
static bool fits(const struct zf_scalar *s, const struct zf_elem *type)
{
	uint64_t most = UINT64_MAX >> (64 - (8u * type->size - (type->kind == 'i')));

	if (s->kind == 'i' && s->i < 0)
		return type->kind == 'i' && s->i >= -(int64_t)most - 1;
	return s->u <= most;
}

/* One step, `*` or `-`, on a block: as integers, cut to the type, or as floats. */
static void step(
	struct zf_wide *wide, const struct zf_elem *type, const struct zf_scalar *by, bool times, size_t n)
{
	uint8_t narrow[8 * ZF_WIDE];
	unsigned size = precision(type);
	double real;

	if (wide->kind != 'f' && by->kind != 'f') {
		for (size_t k = 0; k < n; k++)
			wide->u[k] = times ? wide->u[k] * by->u : wide->u[k] - by->u;
		zf_elem_store(narrow, type, wide, n);
		zf_elem_load(wide, narrow, type, n);
		return;
	}
	zf_wide_real(wide, n);
	real = zf_elem_round(zf_scalar_real(by), size);
	for (size_t k = 0; k < n; k++)
		wide->f[k] = zf_elem_round(times ? wide->f[k] * real : wide->f[k] - real, size);
}

static int check_integers(const struct fso *state, struct zf_op *op)
{
	const struct zf_elem *dec = &state->types.dec;

	if (dec->kind == 'f')
		return 0;
	if (dec->kind == 'b')
		return zf_fail(op, EOPNOTSUPP, "cannot encode booleans");
	if (state->offset.kind != 'f' && !fits(&state->offset, dec))
		return zf_fail(op, EINVAL, "offset: no value of the data type");
	if (state->offset.kind != 'f' && state->scale.kind != 'f' && !fits(&state->scale, dec))
		return zf_fail(op, EINVAL, "scale: no value of the data type");
	return 0;
}

static int fso_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct fso *state = codec->state;
	const struct zf_retype *types = &state->types;
	struct zf_wide wide;
	size_t n;

	(void)scratch;
	if (check_integers(state, op) < 0 || zf_retype_encode(op, types, len, out, &n) < 0)
		return -1;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * types->dec.size, &types->dec, some);
		step(&wide, &types->dec, &state->offset, false, some);
		step(&wide, &types->dec, &state->scale, true, some);
		for (size_t k = 0; wide.kind == 'f' && k < some; k++)
			wide.f[k] = rint(wide.f[k]);
		zf_elem_store(out->data + out->len, &types->enc, &wide, some);
		out->len += some * types->enc.size;
	}
	return 0;
}

static void fso_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_fixedscaleoffset = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.bind = fso_bind,
	.decode = fso_decode,
	.encode = fso_encode,
	.free = fso_free,
};
