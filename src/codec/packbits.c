/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packbits, twice.
 *
 * numcodecs' packs booleans, the first into the highest bit, behind a byte that says how many bits at the end
 * are padding; it is an array -> array codec whose result is uint8. That of zarr-extensions is array ->
 * bytes: it packs some bits of each element, the first into the lowest bit, and says the padding in front,
 * behind, or not at all.
 */
#include "base/checked.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const bools_names[] = { "numcodecs.packbits", NULL };
static const char *const bits_names[] = { "packbits", NULL };

/* ---- numcodecs ---- */

static const uint8_t no_bits = 0; /* the fill value on the encoded side, where it has no meaning */

static int bools_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const struct zf_spec *in = &codec->in;

	(void)configuration;
	if (in->kind && in->kind != 'b')
		return zf_fail(op, EINVAL, "packs booleans only");
	codec->out = (struct zf_spec){ .itemsize = 1, .size = in->size };
	if (in->size != ZF_SIZE_UNKNOWN)
		codec->out.size = 1 + in->size / 8 + (in->size % 8 != 0);
	if (in->kind) {
		codec->out.ndim = 1;
		codec->out.shape[0] = codec->out.size;
		codec->out.kind = 'u';
		codec->out.fill = &no_bits;
	}
	return 0;
}

static int bools_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const uint8_t *p = src;
	uint8_t *to;
	uint64_t n;

	(void)scratch;
	if (len < 1)
		return zf_fail(op, EIO, "value is empty");
	if (!zf_mul(len - 1, 8, &n) || n < p[0])
		return zf_fail(op, EIO, "damaged: %u bits of padding in %zu bytes", p[0], len - 1);
	n -= p[0];
	if (codec->in.size != ZF_SIZE_UNKNOWN && n != codec->in.size)
		return zf_fail(op, EIO, "value gives %ju bytes, chunk has %zu", (uintmax_t)n, codec->in.size);
	if (n > out->limit - out->len)
		return zf_fail(op, EIO, "value gives more than %zu bytes", out->limit - out->len);
	if (zf_out_reserve(out, op, (size_t)n) < 0)
		return -1;
	to = out->data + out->len;
	for (size_t i = 0; i < n; i++)
		to[i] = p[1 + i / 8] >> (7 - i % 8) & 1;
	out->len += (size_t)n;
	return 0;
}

static int bools_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	size_t size = 1 + len / 8 + (len % 8 != 0);
	const uint8_t *p = src;
	uint8_t *to;

	(void)codec;
	(void)scratch;
	if (zf_out_reserve(out, op, size) < 0)
		return -1;
	to = out->data + out->len;
	memset(to, 0, size);
	to[0] = (8 - len % 8) % 8;
	for (size_t i = 0; i < len; i++)
		to[1 + i / 8] |= (uint8_t)((p[i] != 0) << (7 - i % 8));
	out->len += size;
	return 0;
}

/* ---- zarr-extensions ---- */

enum { PAD_NONE, PAD_FIRST, PAD_LAST };

struct bits {
	unsigned part;  /* bytes of a component */
	unsigned parts; /* components of an element */
	int first, count;
	bool extend; /* the sign */
	bool swap;
	int pad; /* where the padding is said */
	uint64_t total;
};

/* Bits of a component. */
static int width(const struct zf_spec *in, unsigned part)
{
	if (in->bits)
		return in->bits;
	return in->kind == 'b' ? 1 : (int)(8 * part);
}

/* The README's names; the schema beside it has others. */
static int read_bit(
	struct zf_op *op, const json_t *configuration, const char *key, const char *other, int most, int *out)
{
	return zf_param_int(op, configuration, zf_param(configuration, key) ? key : other, 0, most, out);
}

static int read_range(
	struct zf_op *op, const json_t *configuration, const struct zf_spec *in, struct bits *state)
{
	int last = width(in, state->part) - 1, most = last;

	if (read_bit(op, configuration, "first_bit", "start_bit", most, &state->first) < 0 ||
		read_bit(op, configuration, "last_bit", "end_bit", most, &last) < 0)
		return -1;
	if (last < state->first)
		return zf_fail(op, EINVAL, "last_bit: %d is before the first, %d", last, state->first);
	state->count = last - state->first + 1;
	return 0;
}

static int bits_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const char *const pads[] = { "none", "first_byte", "last_byte", "start_byte", "end_byte",
		NULL };
	const struct zf_spec *in = &codec->in;
	struct bits *state = codec->state = calloc(1, sizeof *state);
	uint64_t n;

	if (!state)
		return zf_nomem(op, sizeof *state);
	if (!in->bits && (!memchr("biufcMm", in->kind, 7) || in->itemsize > 16))
		return zf_fail(op, EOPNOTSUPP, "cannot pack this data type");
	state->parts = in->kind == 'c' ? 2 : 1;
	if (in->bits)
		state->parts = in->itemsize / (in->bits > 8 ? 2 : 1);
	state->part = in->itemsize / state->parts;
	state->extend = in->kind == 'i' || in->kind == 'M' || in->kind == 'm';
	state->swap = in->big_endian;
	if (state->part > 8)
		return zf_fail(op, EOPNOTSUPP, "cannot pack this data type");
	if (read_range(op, configuration, in, state) < 0 ||
		zf_param_word(op, configuration, "padding_encoding", pads, &state->pad) < 0)
		return -1;
	if (state->pad > PAD_LAST)
		state->pad -= PAD_LAST;
	n = in->size / in->itemsize;
	if (!zf_mul(n, state->parts * (unsigned)state->count, &state->total))
		return zf_fail(op, EINVAL, "chunk of %zu bytes is too large", in->size);
	codec->out = (struct zf_spec){ .itemsize = 1, .size = (size_t)zf_div_up(state->total, 8) };
	codec->out.size += state->pad != PAD_NONE;
	return 0;
}

static uint64_t get_bits(const uint8_t *p, uint64_t at, unsigned count)
{
	uint64_t v = 0;

	for (unsigned have = 0; have < count;) {
		unsigned off = (unsigned)(at % 8), some = 8 - off;

		if (some > count - have)
			some = count - have;
		v |= (uint64_t)(p[at / 8] >> off & ((1u << some) - 1)) << have;
		have += some;
		at += some;
	}
	return v;
}

/* The bits of p are zeros so far. */
static void put_bits(uint8_t *p, uint64_t at, unsigned count, uint64_t v)
{
	while (count > 0) {
		unsigned off = (unsigned)(at % 8), some = 8 - off;

		if (some > count)
			some = count;
		p[at / 8] |= (uint8_t)((v & ((1u << some) - 1)) << off);
		v >>= some;
		count -= some;
		at += some;
	}
}

static uint64_t load(const uint8_t *p, const struct bits *state)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < state->part; i++)
		v |= (uint64_t)p[state->swap ? state->part - 1 - i : i] << (8 * i);
	return v;
}

static void store(uint8_t *p, const struct bits *state, uint64_t v)
{
	for (unsigned i = 0; i < state->part; i++)
		p[state->swap ? state->part - 1 - i : i] = (uint8_t)(v >> (8 * i));
}

static uint64_t widen(const struct bits *state, uint64_t v)
{
	int sign = state->first + state->count - 1;

	v <<= state->first;
	if (state->extend && sign < 63 && v >> sign & 1)
		v |= UINT64_MAX << (sign + 1);
	return v;
}

static int bits_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct bits *state = codec->state;
	size_t size = codec->in.size;
	const uint8_t *p = src;
	unsigned pad = (unsigned)(8 - state->total % 8) % 8;
	uint8_t *to;

	(void)scratch;
	if (len != codec->out.size)
		return zf_fail(op, EIO, "value has %zu bytes, should have %zu", len, codec->out.size);
	if (state->pad != PAD_NONE) {
		unsigned said = p[state->pad == PAD_FIRST ? 0 : len - 1];

		if (said != pad)
			return zf_fail(op, EIO, "value says %u bits of padding, should have %u", said, pad);
		p += state->pad == PAD_FIRST;
	}
	if (zf_out_reserve(out, op, size) < 0)
		return -1;
	to = out->data + out->len;
	for (uint64_t at = 0; at < state->total; at += (unsigned)state->count, to += state->part)
		store(to, state, widen(state, get_bits(p, at, (unsigned)state->count)));
	out->len += size;
	return 0;
}

static int bits_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct bits *state = codec->state;
	size_t size = codec->out.size;
	const uint8_t *p = src;
	uint8_t *to;

	(void)scratch;
	if (len != codec->in.size)
		return zf_fail(op, EINVAL, "%zu bytes, chunk has %zu", len, codec->in.size);
	if (zf_out_reserve(out, op, size) < 0)
		return -1;
	to = out->data + out->len;
	memset(to, 0, size);
	if (state->pad != PAD_NONE)
		to[state->pad == PAD_FIRST ? 0 : size - 1] = (uint8_t)((8 - state->total % 8) % 8);
	to += state->pad == PAD_FIRST;
	for (uint64_t at = 0; at < state->total; at += (unsigned)state->count, p += state->part) {
		uint64_t v = load(p, state);

		if (codec->in.kind == 'b')
			v = v != 0;
		put_bits(to, at, (unsigned)state->count, v >> state->first);
	}
	out->len += size;
	return 0;
}

static void bits_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_packbools = {
	.names = bools_names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.bind = bools_bind,
	.decode = bools_decode,
	.encode = bools_encode,
};

const struct zf_codec_type zf_codec_packbits = {
	.names = bits_names,
	.kind = ZF_ARRAY_BYTES,
	.bind = bits_bind,
	.decode = bits_decode,
	.encode = bits_encode,
	.free = bits_free,
};
