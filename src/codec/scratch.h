/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A worker's reusable memory: buffers that are taken and given back, and the contexts of compression
 * libraries, each made on first use. Chunks of an array are alike, so that after the first one a worker
 * allocates nothing.
 */
#ifndef ZF_CODEC_SCRATCH_H
#define ZF_CODEC_SCRATCH_H

#include "codec/codec.h"

/* Takes an empty buffer with room for `room` bytes that may grow to `limit`. Borrowed until it is given
 * back with zf_scratch_give(). ENOMEM. */
int zf_scratch_take(
	struct zf_scratch *scratch, struct zf_op *op, size_t room, size_t limit, struct zf_out **out);

/* Gives a buffer back; NULL is a no-op. */
void zf_scratch_give(struct zf_scratch *scratch, struct zf_out *out);

/* A kind of context. */
struct zf_part {
	void *(*make)(void); /* NULL when memory is out */
	void (*destroy)(void *);
	size_t bytes; /* about how much it takes, for messages */
};

/* The scratch's context of that kind, borrowed, made if it is not there; NULL with ENOMEM. */
void *zf_scratch_part(struct zf_scratch *scratch, struct zf_op *op, const struct zf_part *part);

#endif
