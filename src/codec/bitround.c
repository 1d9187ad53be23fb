/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bitround (zarr-extensions and numcodecs "bitround"): of floats so many bits of the fraction are kept, of
 * integers so many bits from the highest that is set; the rest is rounded away, ties to even. Decoding
 * changes nothing.
 */
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>

static const char *const names[] = { "bitround", "numcodecs.bitround", NULL };

struct bitround {
	int keep;
	bool round;          /* encoding changes something */
	bool real;           /* floats */
	struct zf_elem bits; /* what is rounded, seen as an unsigned integer */
};

static int fraction_bits(unsigned size)
{
	return size == 2 ? 10 : size == 4 ? 23 : 52;
}

static int bitround_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const struct zf_spec *in = &codec->in;
	struct bitround *state = codec->state = calloc(1, sizeof *state);
	struct zf_elem type;

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->keep = -1;
	if (zf_param_int(op, configuration, "keepbits", 0, INT16_MAX, &state->keep) < 0)
		return -1;
	if (state->keep < 0)
		return zf_fail(op, EINVAL, "keepbits: missing");
	codec->out = *in;
	if (!zf_elem_of(in, &type)) {
		if (in->kind != 'M' && in->kind != 'm')
			return 0;
		type = (struct zf_elem){ .kind = 'i', .size = 8, .big = in->big_endian };
	}
	if (type.kind == 'c')
		type = (struct zf_elem){ .kind = 'f', .size = type.size / 2, .big = type.big };
	state->real = type.kind == 'f';
	state->bits = (struct zf_elem){ .kind = 'u', .size = type.size, .big = type.big };
	state->round = type.kind != 'b';
	return 0;
}

/* No rounding: the bytes as they are. */
static int copy(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch, const void *src,
	size_t len, struct zf_out *out)
{
	(void)codec;
	(void)scratch;
	return zf_out_append(out, op, src, len);
}

static void stay(const struct zf_codec *codec, void *data, size_t len)
{
	(void)codec;
	(void)data;
	(void)len;
}

/* Rounds to multiples of 2^drop, ties to even; a carry may pass into what is above. */
static uint64_t round_off(uint64_t v, unsigned drop)
{
	uint64_t half = ((uint64_t)1 << (drop - 1)) - 1;

	return (v + half + (v >> drop & 1)) >> drop << drop;
}

static uint64_t round_integer(uint64_t v, int keep, uint64_t most)
{
	int drop = v ? 64 - __builtin_clzll(v) - keep : 0;
	uint64_t rounded;

	if (drop <= 0)
		return v;
	if (drop > 63)
		return 0;
	rounded = round_off(v, (unsigned)drop);
	return rounded <= most && rounded >= v >> drop << drop ? rounded : most >> drop << drop;
}

static int bitround_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct bitround *state = codec->state;
	unsigned size = state->bits.size;
	int drop = fraction_bits(size) - state->keep;
	struct zf_wide wide;

	if (!codec->in.kind)
		return zf_fail(op, EOPNOTSUPP, "cannot encode bytes of an unknown data type");
	if (state->real && drop < 0)
		return zf_fail(op, EINVAL, "keepbits: %d are more than the data type has", state->keep);
	if (!state->round || (state->real && drop == 0))
		return copy(codec, op, scratch, src, len, out);
	if (zf_out_reserve(out, op, len) < 0)
		return -1;
	for (size_t at = 0, n = len / size; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * size, &state->bits, some);
		for (size_t k = 0; k < some; k++)
			wide.u[k] = state->real ? round_off(wide.u[k], (unsigned)drop)
						: round_integer(wide.u[k], state->keep,
							  UINT64_MAX >> (64 - 8 * size));
		zf_elem_store(out->data + out->len, &state->bits, &wide, some);
		out->len += some * size;
	}
	return 0;
}

static void bitround_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_bitround = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.wants_array = true,
	.bind = bitround_bind,
	.decode = copy,
	.encode = bitround_encode,
	.decode_here = stay,
	.free = bitround_free,
};
