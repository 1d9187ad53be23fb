/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transpose: dimension i of the encoded array is dimension order[i] of the decoded one (zarr-specs v3,
 * "Transpose codec"). The names "C" and "F" are those of drafts of v3 and of v2's `order`.
 */
#include "codec/box.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "transpose", NULL };

struct transpose {
	/* bytes between neighbours, by the dimensions of the decoded array: in itself, and in the
	 * encoded one */
	uint64_t plain[ZF_MAX_NDIM], moved[ZF_MAX_NDIM];
};

/* A list that names each dimension once, or "C" or "F". */
static int read_order(struct zf_op *op, const json_t *configuration, unsigned ndim, uint64_t *order)
{
	const json_t *value = zf_param(configuration, "order");
	bool seen[ZF_MAX_NDIM] = { false };

	if (json_is_string(value)) {
		static const char *const words[] = { "C", "F", NULL };
		int word = 0;

		if (zf_param_word(op, configuration, "order", words, &word) < 0)
			return -1;
		for (unsigned i = 0; i < ndim; i++)
			order[i] = word ? ndim - 1 - i : i;
		return 0;
	}
	if (zf_param_list(op, configuration, "order", ndim, order) < 0)
		return -1;
	for (unsigned i = 0; i < ndim; i++) {
		if (order[i] >= ndim || seen[order[i]])
			return zf_fail(op, EINVAL, "order: not a permutation of the %u dimensions", ndim);
		seen[order[i]] = true;
	}
	return 0;
}

/* Dimensions of length 1 may go anywhere. */
static bool keeps_order(const struct zf_spec *in, const uint64_t *order)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < in->ndim; i++) {
		if (in->shape[order[i]] == 1)
			continue;
		if (order[i] < last)
			return false;
		last = order[i];
	}
	return true;
}

static int transpose_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const struct zf_spec *in = &codec->in;
	uint64_t order[ZF_MAX_NDIM], strides[ZF_MAX_NDIM];
	struct transpose *state;

	if (read_order(op, configuration, in->ndim, order) < 0)
		return -1;
	codec->out = *in;
	for (unsigned i = 0; i < in->ndim; i++)
		codec->out.shape[i] = in->shape[order[i]];
	codec->identity = keeps_order(in, order);

	state = codec->state = calloc(1, sizeof *state);
	if (!state)
		return zf_nomem(op, sizeof *state);
	zf_box_strides(in->ndim, in->shape, in->itemsize, state->plain);
	zf_box_strides(in->ndim, codec->out.shape, in->itemsize, strides);
	for (unsigned i = 0; i < in->ndim; i++)
		state->moved[order[i]] = strides[i];
	return 0;
}

static int move(const struct zf_codec *codec, struct zf_op *op, const void *src, size_t len,
	const uint64_t *from, const uint64_t *to, struct zf_out *out)
{
	const struct zf_spec *in = &codec->in;

	if (len != in->size)
		return zf_fail(op, EIO, "value has %zu bytes, chunk has %zu", len, in->size);
	if (zf_out_reserve(out, op, len) < 0)
		return -1;
	zf_box_copy(in->ndim, in->shape, in->itemsize, out->data + out->len, to, src, from);
	out->len += len;
	return 0;
}

static int transpose_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct transpose *state = codec->state;

	(void)scratch;
	return move(codec, op, src, len, state->moved, state->plain, out);
}

static int transpose_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct transpose *state = codec->state;

	(void)scratch;
	return move(codec, op, src, len, state->plain, state->moved, out);
}

static void transpose_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_transpose = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.texts = true,
	.bind = transpose_bind,
	.decode = transpose_decode,
	.encode = transpose_encode,
	.free = transpose_free,
};
