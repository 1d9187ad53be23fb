/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * n5_block: the blocks of N5 (its "File-system specification"; zarr-extensions, codec "n5_default").
 *
 * A block has a head: a mode (default; or varlength, which has a number of elements besides), the number of
 * dimensions, and its shape, big-endian, fastest axis first. Its elements follow, through codecs of their
 * own. Blocks at the edge are as large as the array lets them, or padded; which, the head says.
 */
#include "codec/box.h"
#include "codec/params.h"
#include "codec/pipeline.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include "base/checked.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "n5_block", NULL };

enum mode { MODE_DEFAULT, MODE_VARLENGTH };

struct n5 {
	json_t *codecs;            /* of the elements; owned */
	struct zf_pipeline *whole; /* bound to a block that fills the chunk; owned */
};

/* What a head says. */
struct head {
	uint64_t shape[ZF_MAX_NDIM]; /* slowest axis first, as ours */
	size_t elements;             /* of the shape */
	size_t len;                  /* bytes of the head */
	bool whole;                  /* the shape is the chunk's */
};

/* The first codec has to be bytes, so that blocks do not nest: all that may come behind takes bytes. */
static int check_codecs(struct zf_op *op, const json_t *codecs)
{
	const json_t *first = json_array_get(codecs, 0);
	const char *name = json_string_value(json_object_get(first, "name"));

	if (!json_is_array(codecs))
		return zf_fail(op, EINVAL, "codecs: missing");
	if (!name || strcmp(name, "bytes") != 0)
		return zf_fail(op, EINVAL, "codecs: the first is not 'bytes'");
	return 0;
}

/* Binds the codecs to so many elements: what they do does not depend on the shape. */
static int bind_elements(
	const struct zf_codec *codec, struct zf_op *op, size_t elements, struct zf_pipeline **out)
{
	const struct n5 *state = codec->state;
	struct zf_spec spec = codec->in;

	spec.ndim = 1;
	spec.shape[0] = elements;
	spec.size = elements * spec.itemsize;
	return zf_pipeline_new(op, state->codecs, &spec, out);
}

static int n5_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct n5 *state = codec->state = calloc(1, sizeof *state);
	const json_t *codecs = zf_param(configuration, "codecs");

	if (!state)
		return zf_nomem(op, sizeof *state);
	for (unsigned i = 0; i < codec->in.ndim; i++)
		if (codec->in.shape[i] > UINT32_MAX)
			return zf_fail(op, EINVAL, "a block cannot have %ju elements along an axis",
				(uintmax_t)codec->in.shape[i]);
	if (check_codecs(op, codecs) < 0)
		return -1;
	state->codecs = json_deep_copy(codecs);
	if (!state->codecs)
		return zf_nomem(op, sizeof *state->codecs);
	zf_codec_varies(codec);
	codec->out.itemsize = codec->in.itemsize;
	return bind_elements(codec, op, codec->in.size / codec->in.itemsize, &state->whole);
}

static void n5_free(struct zf_codec *codec)
{
	struct n5 *state = codec->state;

	if (!state)
		return;
	zf_pipeline_free(state->whole);
	json_decref(state->codecs);
	free(state);
}

/* ---- decoding ---- */

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static int read_shape(const struct zf_codec *codec, struct zf_op *op, const uint8_t *p, struct head *head)
{
	const struct zf_spec *in = &codec->in;

	head->elements = 1;
	head->whole = true;
	for (unsigned i = 0; i < in->ndim; i++) {
		unsigned axis = in->ndim - 1 - i;
		uint32_t n = be32(p + 4 * (size_t)i);

		if (n > in->shape[axis])
			return zf_fail(op, EIO, "block has %u elements along axis %u, chunk has %ju", n, axis,
				(uintmax_t)in->shape[axis]);
		head->shape[axis] = n;
		head->elements *= n; /* at most the chunk's */
		head->whole &= n == in->shape[axis];
	}
	return 0;
}

static int read_head(
	const struct zf_codec *codec, struct zf_op *op, const uint8_t *p, size_t len, struct head *head)
{
	unsigned ndim = codec->in.ndim;
	size_t fixed = 4 + 4 * (size_t)ndim;

	if (len < fixed)
		return zf_fail(op, EIO, "value has %zu bytes, its head alone has %zu", len, fixed);
	if (be16(p) > MODE_VARLENGTH)
		return zf_fail(op, EOPNOTSUPP, "blocks of mode %u are not supported", be16(p));
	if (be16(p + 2) != ndim)
		return zf_fail(op, EIO, "block has %u dimensions, chunk has %u", be16(p + 2), ndim);
	if (read_shape(codec, op, p + 4, head) < 0)
		return -1;
	head->len = fixed;
	if (be16(p) == MODE_DEFAULT)
		return 0;
	if (len < fixed + 4)
		return zf_fail(op, EIO, "value has %zu bytes, its head alone has %zu", len, fixed + 4);
	if (be32(p + fixed) != head->elements)
		return zf_fail(op, EIO, "block says %u elements, its shape has %zu", be32(p + fixed),
			head->elements);
	head->len = fixed + 4;
	return 0;
}

/* Puts a smaller block into the corner of a chunk of fill value. */
static void place(const struct zf_codec *codec, const struct head *head, const void *block, void *chunk)
{
	const struct zf_spec *in = &codec->in;
	uint64_t to[ZF_MAX_NDIM], from[ZF_MAX_NDIM];

	zf_box_strides(in->ndim, in->shape, in->itemsize, to);
	zf_box_strides(in->ndim, head->shape, in->itemsize, from);
	zf_box_fill(in->ndim, in->shape, in->itemsize, chunk, to, in->fill);
	zf_box_copy(in->ndim, head->shape, in->itemsize, chunk, to, block, from);
}

static int decode_part(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const struct head *head, const uint8_t *src, size_t len, void *chunk)
{
	size_t size = head->elements * codec->in.itemsize;
	struct zf_pipeline *pipeline = NULL;
	struct zf_out *block = NULL;
	int result = zf_scratch_take(scratch, op, size, size, &block);

	if (result == 0 && size > 0)
		result = bind_elements(codec, op, head->elements, &pipeline);
	if (result == 0 && size > 0)
		result = zf_pipeline_decode(pipeline, op, scratch, src, len, block->data);
	if (result == 0)
		place(codec, head, block->data, chunk);
	zf_pipeline_free(pipeline);
	zf_scratch_give(scratch, block);
	return result;
}

static int n5_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct n5 *state = codec->state;
	const uint8_t *p = src;
	struct head head;
	int result;

	if (read_head(codec, op, p, len, &head) < 0 || zf_out_reserve(out, op, codec->in.size) < 0)
		return -1;
	p += head.len;
	len -= head.len;
	if (head.whole)
		result = zf_pipeline_decode(state->whole, op, scratch, p, len, out->data + out->len);
	else
		result = decode_part(codec, op, scratch, &head, p, len, out->data + out->len);
	if (result == 0)
		out->len += codec->in.size;
	return result;
}

/* ---- encoding ---- */

static int n5_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct n5 *state = codec->state;
	const struct zf_spec *in = &codec->in;
	uint16_t start[2] = { htobe16(MODE_DEFAULT), htobe16((uint16_t)in->ndim) };

	(void)len;
	if (zf_out_append(out, op, start, sizeof start) < 0)
		return -1;
	for (unsigned i = in->ndim; i-- > 0;) {
		uint32_t n = htobe32((uint32_t)in->shape[i]);

		if (zf_out_append(out, op, &n, sizeof n) < 0)
			return -1;
	}
	return zf_pipeline_encode(state->whole, op, scratch, src, out);
}

const struct zf_codec_type zf_codec_n5 = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.bind = n5_bind,
	.decode = n5_decode,
	.encode = n5_encode,
	.free = n5_free,
};
