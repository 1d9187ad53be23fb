/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Room for a stream whose decoded size is found out by decoding it.
 */
#ifndef ZF_CODEC_GROW_H
#define ZF_CODEC_GROW_H

#include "codec/codec.h"

enum { ZF_GROW_STEP = 64 << 10 };

/* The most bytes that a value may decode to. */
static inline size_t zf_grow_most(const struct zf_codec *codec, const struct zf_out *out)
{
	size_t left = out->limit - out->len;

	return codec->in.size < left ? codec->in.size : left; /* an unknown size is larger than any */
}

/* Room for the next piece of a stream of which the bytes from `start` on are there: what there is, else half
 * of it again at least; 0 when there are `most`. */
static inline int zf_grow(struct zf_op *op, struct zf_out *out, size_t start, size_t most, size_t *room)
{
	size_t left = most - (out->len - start);

	*room = out->cap - out->len;
	if (*room < ZF_GROW_STEP)
		*room = ZF_GROW_STEP + (out->len - start) / 2;
	if (*room > left)
		*room = left;
	return zf_out_reserve(out, op, *room);
}

#endif
