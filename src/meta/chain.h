/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of codecs as JSON: made from what v2 says, and brought into one form from what v3 says.
 */
#ifndef ZF_META_CHAIN_H
#define ZF_META_CHAIN_H

#include "base/op.h"

#include <jansson.h>
#include <stdbool.h>

/* The chain of a v2 array: a transpose for order F, bytes, the filters, the compressor. filters and
 * compressor are as in the document, null or NULL for none. New. */
int zf_chain_lower(struct zf_op *op, unsigned ndim, bool order_f, const json_t *filters,
	const json_t *compressor, json_t **out);

/* A v3 chain with every short name as an object, also within shards. New. Whether the codecs exist and fit
 * is the pipeline's to say. */
int zf_chain_normal(struct zf_op *op, const json_t *codecs, json_t **out);

/* What can be seen of a normal chain: the byte order that its bytes codec asks for, a shard's inner chunk
 * shape (borrowed, or NULL), and whether it stores chunks in Fortran's order. */
bool zf_chain_is_big_endian(const json_t *chain);
const json_t *zf_chain_inner_chunk(const json_t *chain);
bool zf_chain_is_order_f(const json_t *chain, unsigned ndim);

#endif
