/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reshape (zarr-extensions "reshape"): the same elements in the same order under another shape. Nothing but
 * the codecs that follow sees it.
 */
#include "base/checked.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>

static const char *const names[] = { "reshape", NULL };

/* The product of the dimensions [from, to). */
static bool product(const uint64_t *shape, uint64_t from, uint64_t to, uint64_t *out)
{
	*out = 1;
	for (uint64_t i = from; i < to; i++)
		if (!zf_mul(*out, shape[i], out))
			return false;
	return true;
}

/* [0, 1]: dimensions of the array, one after the other; *next is the first that may be named. */
static int read_dims(
	struct zf_op *op, const json_t *dims, const struct zf_spec *in, unsigned *next, uint64_t *out)
{
	*out = 1;
	for (size_t i = 0; i < json_array_size(dims); i++) {
		const json_t *dim = json_array_get(dims, i);
		json_int_t n = json_integer_value(dim);

		if (!json_is_integer(dim) || n < *next || n >= in->ndim)
			return zf_fail(op, EINVAL, "shape: not a list of dimensions in their order");
		if (!zf_mul(*out, in->shape[n], out))
			return zf_fail(op, EINVAL, "shape: too large");
		*next = (unsigned)n + 1;
	}
	return 0;
}

/* Dimensions that are named lie where they lay: as many elements are before and after them. */
static int check_place(struct zf_op *op, const json_t *dims, unsigned i, const struct zf_codec *codec)
{
	const struct zf_spec *in = &codec->in, *out = &codec->out;
	size_t count = json_array_size(dims);
	uint64_t a, b, c, d;

	if (!count)
		return 0;
	if (product(out->shape, 0, i, &a) &&
		product(in->shape, 0, (uint64_t)json_integer_value(json_array_get(dims, 0)), &b) &&
		product(out->shape, i + 1, out->ndim, &c) &&
		product(in->shape, (uint64_t)json_integer_value(json_array_get(dims, count - 1)) + 1,
			in->ndim, &d) &&
		a == b && c == d)
		return 0;
	return zf_fail(op, EINVAL, "shape: the dimensions in element %u do not lie there", i);
}

static int read_shape(struct zf_op *op, const json_t *list, struct zf_codec *codec, int *wild)
{
	unsigned next = 0;

	for (unsigned i = 0; i < codec->out.ndim; i++) {
		const json_t *value = json_array_get(list, i);
		json_int_t n = json_integer_value(value);

		if (json_is_array(value)) {
			if (read_dims(op, value, &codec->in, &next, &codec->out.shape[i]) < 0)
				return -1;
		} else if (json_is_integer(value) && n == -1 && *wild < 0) {
			*wild = (int)i;
			codec->out.shape[i] = 1;
		} else if (json_is_integer(value) && n > 0) {
			codec->out.shape[i] = (uint64_t)n;
		} else {
			return zf_fail(op, EINVAL, "shape: element %u is no size", i);
		}
	}
	return 0;
}

static int reshape_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const json_t *list = zf_param(configuration, "shape");
	struct zf_spec *out = &codec->out;
	uint64_t have, want;
	int wild = -1;

	if (!json_is_array(list))
		return zf_fail(op, EINVAL, list ? "shape: not a list" : "shape: missing");
	if (json_array_size(list) > ZF_MAX_NDIM)
		return zf_fail(op, EINVAL, "shape: more than %d dimensions", ZF_MAX_NDIM);
	*out = codec->in;
	out->ndim = (unsigned)json_array_size(list);
	if (read_shape(op, list, codec, &wild) < 0)
		return -1;
	if (!product(codec->in.shape, 0, codec->in.ndim, &have) || !product(out->shape, 0, out->ndim, &want))
		return zf_fail(op, EINVAL, "shape: too large");
	if (wild >= 0 && want > 0 && have % want == 0) {
		out->shape[wild] = have / want;
		want = have;
	}
	if (have != want)
		return zf_fail(
			op, EINVAL, "shape: does not hold the %ju elements of a chunk", (uintmax_t)have);
	for (unsigned i = 0; i < out->ndim; i++)
		if (check_place(op, json_array_get(list, i), i, codec) < 0)
			return -1;
	codec->identity = true;
	return 0;
}

static int copy(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch, const void *src,
	size_t len, struct zf_out *out)
{
	(void)codec;
	(void)scratch;
	return zf_out_append(out, op, src, len);
}

const struct zf_codec_type zf_codec_reshape = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.texts = true,
	.bind = reshape_bind,
	.decode = copy,
	.encode = copy,
};
