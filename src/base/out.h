/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where bytes are produced into: a buffer that grows up to a limit, or a fixed place of the caller's.
 *
 * Stores and codecs write through it, so that a chunk can be read or decoded straight into its place
 * without either of them knowing, and so that no size found in a file can make us allocate more than
 * the limit that the caller set.
 */
#ifndef ZF_BASE_OUT_H
#define ZF_BASE_OUT_H

#include "base/op.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zf_out {
	uint8_t *data; /* first byte; owned by the zf_out unless fixed */
	size_t len;    /* bytes produced so far */
	size_t cap;    /* bytes there is room for */
	size_t limit;  /* never grow beyond this */
	bool fixed;    /* data belongs to somebody else and cannot move */
};

/* A growing buffer, empty; its memory is kept for reuse until zf_out_free(). */
#define ZF_OUT_GROWING(LIMIT) ((struct zf_out){ .limit = (LIMIT) })

/* A view of `len` bytes at `p` (borrowed) to be filled. */
#define ZF_OUT_FIXED(P, LEN)                                                                                 \
	((struct zf_out){ .data = (uint8_t *)(P), .cap = (LEN), .limit = (LEN), .fixed = true })

/* Makes room for `more` bytes after the `len` that are there (their contents stay). ENOMEM when memory is
 * out; EFBIG, "needs N bytes more than L, limit is M", when the limit is passed. */
int zf_out_reserve(struct zf_out *out, struct zf_op *op, size_t more);

/* Appends n bytes. Errors as zf_out_reserve(). */
int zf_out_append(struct zf_out *out, struct zf_op *op, const void *p, size_t n);

/* Frees the memory of a growing buffer; safe on a zeroed or fixed one. */
void zf_out_free(struct zf_out *out);

#endif
