/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first bytes of a new array whose chunks are zarr-python's guess: that depends on the size, and the size
 * is not known before the writer is done.
 *
 * The array is there from its creation on, empty, with the chunks of a large one. What is written first is
 * held back; an array that is flushed while it has no more than ZF_FRESH_MOST bytes gets a new document, with
 * the chunks that zarr-python gives to an array of its size. A larger one keeps those that it has: the ones
 * of an array of ZF_FRESH_LARGE bytes.
 */
#ifndef ZF_VIEW_FRESH_H
#define ZF_VIEW_FRESH_H

#include "meta/create.h"
#include "view/live.h"

#define ZF_FRESH_MOST ((uint64_t)8 << 20)
#define ZF_FRESH_LARGE ((uint64_t)1 << 30)
#define ZF_FRESH_ALL                                                                                         \
	((uint64_t)64 << 20) /* bytes held back in all arrays; what is more goes on as if it were large */

/* Begins to hold back what is written to an array that was just made, as `want` said; takes that. No-op where
 * it is open already. */
int zf_fresh_begin(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_new_array *want);
void zf_fresh_free(struct zf_fresh *fresh);

/* Bytes of a binding's file, held back or not. */
uint64_t zf_fresh_size(struct zf_binding *binding);

/* Reads, writes and cuts what is held back. 1: done; 0: nothing is held back here (any more), or it has to
 * end. */
int zf_fresh_read(struct zf_binding *binding, void *buf, size_t len, uint64_t offset, size_t *got);
int zf_fresh_write(
	struct zf_binding *binding, struct zf_op *op, const void *buf, size_t len, uint64_t offset);
int zf_fresh_resize(struct zf_binding *binding, struct zf_op *op, uint64_t size);
bool zf_fresh_punch(struct zf_binding *binding, uint64_t offset, uint64_t len);

/* Whether something is held back. */
bool zf_fresh_is(struct zf_binding *binding);

/* Ends it, with the turn: `large` where more is to come. What was held back is dirty in the array then. */
int zf_fresh_end(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool large);

#endif
