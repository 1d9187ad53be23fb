/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks: boxes of an array in memory, filled from the chunks of one array and emptied into those of another.
 */
#ifndef ZF_TRANSFER_BLOCK_H
#define ZF_TRANSFER_BLOCK_H

#include "transfer/recode.h"

struct zf_block {
	struct zf_recode *recode;
	unsigned ndim;
	uint64_t item;
	uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM]; /* the box */
	uint64_t strides[ZF_MAX_NDIM];                  /* in data, bytes */
	uint8_t *data;
};

/* Makes it this box. */
void zf_block_set(struct zf_block *block, const uint64_t *start, const uint64_t *size);

/* Fills it with what the source's chunks have of it. */
int zf_block_load(struct zf_block *block, struct zf_op *op);

/* Stores the target's values that it consists of. */
int zf_block_store(struct zf_block *block, struct zf_op *op);

/* Whether all of those are stored already; only asked where recode->resume. */
int zf_block_is_stored(struct zf_block *block, struct zf_op *op, bool *out);

/* The place of an element (of the array) in the block. */
uint8_t *zf_block_at(const struct zf_block *block, const uint64_t *at);

/* Encodes a chunk of the target and stores it at coordinates, unless it is fill value throughout. */
int zf_block_put(struct zf_recode *recode, struct zf_op *op, struct zf_loader *loader, const uint64_t *coords,
	const void *chunk);

#endif
