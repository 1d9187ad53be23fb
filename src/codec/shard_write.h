/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shards, rewritten: inner chunks that stay are copied as they are encoded, others are the caller's.
 */
#ifndef ZF_CODEC_SHARD_WRITE_H
#define ZF_CODEC_SHARD_WRITE_H

#include "codec/pipeline.h"

/* Asked for inner chunk i, in their order. old: its encoded bytes in the old shard, NULL: it is not there.
 * Appends the new ones to out, or nothing: then it will not be there; or sets *keep (false before), for the
 * old ones. 0, or -1. */
typedef int zf_shard_inner_fn(void *arg, struct zf_op *op, uint64_t i, const void *old, size_t old_len,
	struct zf_out *out, bool *keep);

/* Appends a shard to out, made from an old one (NULL: none). *any: an inner chunk is there; where none is,
 * nothing is appended. EIO: the old one is damaged; and what fn says. */
int zf_shard_rewrite(const struct zf_shard *shard, struct zf_op *op, struct zf_scratch *scratch,
	const void *old, size_t old_len, zf_shard_inner_fn *fn, void *arg, struct zf_out *out, bool *any);

#endif
