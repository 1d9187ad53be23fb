/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delta (numcodecs "delta"): the first element, then the differences, taken in `dtype` and cast to `astype`.
 * Sums are made in what NumPy promotes the two types to, and then cast: integers wrap, floats are rounded
 * after each step.
 */
#include "codec/elem.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "numcodecs.delta", NULL };

static int delta_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct zf_retype *types = codec->state = calloc(1, sizeof *types);

	if (!types)
		return zf_nomem(op, sizeof *types);
	if (zf_elem_param(op, configuration, "dtype", NULL, &types->dec) < 0 ||
		zf_elem_param(op, configuration, "astype", &types->dec, &types->enc) < 0)
		return -1;
	if (types->dec.kind == 'b')
		return zf_fail(op, EOPNOTSUPP, "dtype: booleans have no differences");
	return zf_retype_bind(op, codec, types);
}

/* What an element of the type is after sums and differences of `lanes` numbers side by side: the parts of
 * complex ones are summed on their own. */
static struct zf_elem lane_of(const struct zf_elem *type, unsigned *lanes)
{
	struct zf_elem lane = *type;

	*lanes = type->kind == 'c' ? 2 : 1;
	if (*lanes == 2) {
		lane.kind = 'f';
		lane.size /= 2;
	}
	return lane;
}

#define SUM(TYPE)                                                                                            \
	do {                                                                                                 \
		TYPE v, sum = 0;                                                                             \
		for (size_t i = 0; i < n; i++) {                                                             \
			memcpy(&v, from + i * sizeof v, sizeof v);                                           \
			sum = (TYPE)(sum + v);                                                               \
			memcpy(to + i * sizeof v, &sum, sizeof v);                                           \
		}                                                                                            \
	} while (0)

/* Little-endian integers of one type, on a machine that has them: the common case. */
static void sum_plain(uint8_t *to, const uint8_t *from, unsigned size, size_t n)
{
	if (size == 1)
		SUM(uint8_t);
	else if (size == 2)
		SUM(uint16_t);
	else if (size == 4)
		SUM(uint32_t);
	else
		SUM(uint64_t);
}

static bool is_plain(const struct zf_retype *types)
{
	return types->dec.kind != 'f' && types->dec.kind != 'c' && types->enc.kind == types->dec.kind &&
	       types->enc.size == types->dec.size && types->enc.big == types->dec.big &&
	       (types->dec.size == 1 || types->dec.big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
}

/* The least float that has a type's values, as NumPy sees it. */
static unsigned real_size(const struct zf_elem *type)
{
	if (type->kind == 'f')
		return type->size;
	return type->size == 1 ? 2 : type->size == 2 ? 4 : 8;
}

/* The type that sums are made in: integers are all as good as 64 bits, of which dtype's low ones are kept. */
static struct zf_elem sum_type(const struct zf_elem *dec, const struct zf_elem *enc)
{
	unsigned a = real_size(dec), b = real_size(enc);
	struct zf_elem real = { .kind = 'f', .size = (uint8_t)(a > b ? a : b) };
	struct zf_elem whole = { .kind = 'i', .size = 8 };

	if (dec->kind == 'f' || enc->kind == 'f')
		return real;
	return dec->size == 8 && enc->size == 8 && dec->kind != enc->kind && enc->kind != 'b' ? real : whole;
}

/* Brings a block into a type. */
static void into(struct zf_wide *wide, const struct zf_elem *type, size_t n)
{
	uint8_t narrow[8 * ZF_WIDE];

	zf_elem_store(narrow, type, wide, n);
	zf_elem_load(wide, narrow, type, n);
}

static void sum_block(struct zf_wide *wide, const struct zf_elem *type, unsigned lanes, size_t n,
	uint64_t *sum, double *real)
{
	for (size_t k = 0; k < n; k++) {
		if (type->kind == 'f') {
			real[k % lanes] = zf_elem_round(real[k % lanes] + wide->f[k], type->size);
			wide->f[k] = real[k % lanes];
		} else {
			*sum += wide->u[k];
			wide->u[k] = *sum;
		}
	}
}

/* -0.0 + -0.0 is -0.0, 0.0 + -0.0 is not: a sum of floats begins with its first element. */
static void sum_any(uint8_t *to, const uint8_t *from, const struct zf_retype *types, size_t n)
{
	unsigned lanes;
	struct zf_elem dec = lane_of(&types->dec, &lanes), enc = lane_of(&types->enc, &lanes);
	struct zf_elem type = sum_type(&dec, &enc);
	double real[2] = { -0.0, -0.0 };
	uint64_t sum = 0;
	struct zf_wide wide;

	n *= lanes;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, from + at * enc.size, &enc, some);
		into(&wide, &type, some);
		sum_block(&wide, &type, lanes, some, &sum, real);
		zf_elem_store(to + at * dec.size, &dec, &wide, some);
	}
}

static int delta_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zf_retype *types = codec->state;
	size_t n;

	(void)scratch;
	if (zf_retype_decode(codec, op, types, len, out, &n) < 0)
		return -1;
	if (is_plain(types))
		sum_plain(out->data + out->len, src, types->dec.size, n);
	else
		sum_any(out->data + out->len, src, types, n);
	out->len += n * types->dec.size;
	return 0;
}

/* before[] are the elements that the first of the block are subtracted from. */
static void subtract_block(struct zf_wide *wide, const struct zf_elem *type, unsigned lanes, size_t n,
	struct zf_wide *before, bool first)
{
	for (size_t k = 0; k < n; k++) {
		size_t lane = k % lanes;
		double real = wide->f[k];
		uint64_t whole = wide->u[k];

		if (first && k < lanes)
			;
		else if (type->kind == 'f')
			wide->f[k] = zf_elem_round(real - before->f[lane], type->size);
		else
			wide->u[k] = whole - before->u[lane];
		if (type->kind == 'f')
			before->f[lane] = real;
		else
			before->u[lane] = whole;
	}
}

static int delta_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zf_retype *types = codec->state;
	unsigned lanes;
	struct zf_elem dec = lane_of(&types->dec, &lanes), enc = lane_of(&types->enc, &lanes);
	struct zf_wide wide, before = { .kind = 0 };
	size_t n;

	(void)scratch;
	if (zf_retype_encode(op, types, len, out, &n) < 0)
		return -1;
	n *= lanes;
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * dec.size, &dec, some);
		subtract_block(&wide, &dec, lanes, some, &before, at == 0);
		into(&wide, &dec, some);
		zf_elem_store(out->data + out->len, &enc, &wide, some);
		out->len += some * enc.size;
	}
	return 0;
}

static void delta_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_delta = {
	.names = names,
	.kind = ZF_ARRAY_ARRAY,
	.after_bytes = true,
	.bind = delta_bind,
	.decode = delta_decode,
	.encode = delta_encode,
	.free = delta_free,
};
