/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shuffle (numcodecs "shuffle"): the first bytes of all elements, then the second ones, ...: a transpose.
 */
#include "codec/params.h"
#include "codec/plane.h"
#include "codec/types.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.shuffle", NULL };

struct shuffle {
	int size; /* of an element */
};

static int shuffle_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct shuffle *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->size = 4;
	if (zf_param_int(op, configuration, "elementsize", INT_MIN, INT_MAX, &state->size) < 0)
		return -1;
	if (state->size < 1)
		state->size = 1; /* as in numcodecs: nothing to do */
	codec->out = (struct zf_spec){ .itemsize = 1, .size = codec->in.size };
	codec->identity = state->size == 1;
	return 0;
}

static int turn(const struct zf_codec *codec, struct zf_op *op, bool back, const void *src, size_t len,
	struct zf_out *out)
{
	const struct shuffle *state = codec->state;
	size_t size = (size_t)state->size, count = len / size;
	struct zf_plane plane = { .rows = size, .columns = count, .to_step = count, .from_step = size };

	if (len % size)
		return zf_fail(op, EIO, "%zu bytes are no multiple of %zu", len, size);
	if (len > out->limit - out->len)
		return zf_fail(op, EIO, "value gives more than %zu bytes", out->limit - out->len);
	if (zf_out_reserve(out, op, len) < 0)
		return -1;
	if (back)
		plane = (struct zf_plane){
			.rows = count, .columns = size, .to_step = size, .from_step = count
		};
	if (len)
		zf_plane_copy(out->data + out->len, src, &plane, 1);
	out->len += len;
	return 0;
}

static int shuffle_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	(void)scratch;
	if (codec->in.size != ZF_SIZE_UNKNOWN && len != codec->in.size)
		return zf_fail(op, EIO, "value has %zu bytes, chunk has %zu", len, codec->in.size);
	return turn(codec, op, true, src, len, out);
}

static int shuffle_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	(void)scratch;
	return turn(codec, op, false, src, len, out);
}

static void shuffle_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_shuffle = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = shuffle_bind,
	.decode = shuffle_decode,
	.encode = shuffle_encode,
	.free = shuffle_free,
};
