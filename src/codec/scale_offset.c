/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scale_offset (zarr-extensions "scale_offset"): (x - offset) * scale, and back x / scale + offset, in the
 * arithmetic of the data type. What an integer type cannot hold is an error, a quotient with a remainder
 * included; floats go to infinity.
 */
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/types.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "scale_offset", NULL };

struct scale_offset {
	struct zf_elem type;
	struct zf_scalar offset, scale;
	uint8_t fill[8];
};

static bool in_range(const struct zf_elem *type, __int128 v)
{
	unsigned bits = 8u * type->size - (type->kind == 'i');
	__int128 most = ((__int128)1 << bits) - 1;

	return v <= most && v >= (type->kind == 'i' ? -most - 1 : 0);
}

static __int128 whole(const struct zf_scalar *s)
{
	return s->kind == 'i' ? (__int128)s->i : (__int128)s->u;
}

/* One element either way; false if a step leaves the type. */
static bool integer(const struct scale_offset *state, bool decode, __int128 v, __int128 *out)
{
	__int128 scale = whole(&state->scale), offset = whole(&state->offset);

	if (decode) {
		if (v % scale)
			return false;
		v /= scale;
		*out = v + offset;
		return in_range(&state->type, v) && in_range(&state->type, *out);
	}
	v -= offset;
	*out = v * scale;
	return in_range(&state->type, v) && in_range(&state->type, *out);
}

static double real(const struct scale_offset *state, bool decode, double v)
{
	unsigned size = state->type.size;

	if (decode)
		return zf_elem_round(zf_elem_round(v / state->scale.f, size) + state->offset.f, size);
	return zf_elem_round(zf_elem_round(v - state->offset.f, size) * state->scale.f, size);
}

/* A block of at most ZF_WIDE elements, in place. */
static int map_block(
	const struct scale_offset *state, struct zf_op *op, bool decode, struct zf_wide *wide, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		__int128 v;

		if (wide->kind == 'f') {
			wide->f[k] = real(state, decode, wide->f[k]);
			continue;
		}
		v = wide->kind == 'i' ? (__int128)wide->i[k] : (__int128)wide->u[k];
		if (!integer(state, decode, v, &v)) {
			if (wide->kind == 'i')
				return zf_fail(op, decode ? EIO : ERANGE, "%" PRId64 " leaves the data type",
					wide->i[k]);
			return zf_fail(
				op, decode ? EIO : ERANGE, "%" PRIu64 " leaves the data type", wide->u[k]);
		}
		wide->u[k] = (uint64_t)v;
	}
	return 0;
}

static int map_all(const struct scale_offset *state, struct zf_op *op, bool decode, const void *src,
	size_t len, struct zf_out *out)
{
	unsigned size = state->type.size;
	struct zf_wide wide;

	if (len % size)
		return zf_fail(op, EIO, "value has %zu bytes, no multiple of %u", len, size);
	if (zf_out_reserve(out, op, len) < 0)
		return -1;
	for (size_t at = 0; at < len; at += (size_t)ZF_WIDE * size) {
		size_t some = (len - at) / size < ZF_WIDE ? (len - at) / size : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at, &state->type, some);
		if (map_block(state, op, decode, &wide, some) < 0)
			return -1;
		zf_elem_store(out->data + out->len, &state->type, &wide, some);
		out->len += some * size;
	}
	return 0;
}

static int read_scalars(struct zf_op *op, const json_t *configuration, struct scale_offset *state)
{
	const json_t *offset = zf_param(configuration, "offset"), *scale = zf_param(configuration, "scale");
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)configuration, key,
		value) if (strcmp(key, "offset") != 0 && strcmp(key, "scale") != 0) return zf_fail(op, EINVAL,
		"unknown parameter '%.40s'", key);
	state->offset.kind = state->scale.kind = state->type.kind;
	if (state->type.kind == 'f')
		state->scale.f = 1;
	else
		state->scale.u = 1;
	if ((offset && zf_scalar_typed(op, "offset", offset, &state->type, &state->offset) < 0) ||
		(scale && zf_scalar_typed(op, "scale", scale, &state->type, &state->scale) < 0))
		return -1;
	if (state->type.kind != 'f' && state->scale.u == 0)
		return zf_fail(op, EINVAL, "scale: 0");
	return 0;
}

static int scale_offset_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct scale_offset *state = codec->state = calloc(1, sizeof *state);
	struct zf_out fill;

	if (!state)
		return zf_nomem(op, sizeof *state);
	if (!zf_elem_of(&codec->in, &state->type) || state->type.kind == 'b' || state->type.kind == 'c')
		return zf_fail(op, EOPNOTSUPP, "cannot scale this data type");
	if (read_scalars(op, configuration, state) < 0)
		return -1;
	codec->out = codec->in;
	fill = ZF_OUT_FIXED(state->fill, sizeof state->fill);
	if (map_all(state, op, false, codec->in.fill, state->type.size, &fill) < 0)
		return zf_where(op, "fill_value");
	codec->out.fill = state->fill;
	return 0;
}

static int scale_offset_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	(void)scratch;
	if (len != codec->in.size)
		return zf_fail(op, EIO, "value has %zu bytes, chunk has %zu", len, codec->in.size);
	return map_all(codec->state, op, true, src, len, out);
}

static int scale_offset_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	(void)scratch;
	return map_all(codec->state, op, false, src, len, out);
}

static void scale_offset_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_scale_offset = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.bind = scale_offset_bind,
	.decode = scale_offset_decode,
	.encode = scale_offset_encode,
	.free = scale_offset_free,
};
