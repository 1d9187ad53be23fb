/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rewriting shards (zarr-specs v3, "Sharding codec"): the inner chunks one after the other, and the index at
 * the end, or in front, where the configuration says so.
 */
#include "codec/shard_write.h"

#include "codec/scratch.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

struct rewrite {
	const struct zf_shard *shard;
	struct zf_op *op;
	struct zf_scratch *scratch;
	const uint8_t *old; /* NULL: none */
	struct zf_shard_entry *was, *is;
	struct zf_out *out;
	size_t start; /* of the shard in out */
	bool any;
};

static int read_index(struct rewrite *r, size_t old_len)
{
	const uint8_t *index = r->old;

	if (!r->old)
		return 0;
	if (old_len < r->shard->index_size)
		return zf_fail(r->op, EIO, "shard has %zu bytes, its index alone has %zu", old_len,
			r->shard->index_size);
	if (!r->shard->index_at_start)
		index += old_len - r->shard->index_size;
	return zf_shard_index(r->shard, r->op, r->scratch, index, old_len, r->was);
}

static int one(struct rewrite *r, uint64_t i, zf_shard_inner_fn *fn, void *arg)
{
	bool there = r->old && r->was[i].offset != UINT64_MAX, keep = false;
	const uint8_t *old = there ? r->old + r->was[i].offset : NULL;
	size_t len = there ? (size_t)r->was[i].len : 0, from = r->out->len;

	if (fn(arg, r->op, i, old, len, r->out, &keep) < 0)
		return -1;
	if (keep && there && zf_out_append(r->out, r->op, old, len) < 0)
		return -1;
	there = r->out->len > from || (keep && there);
	r->is[i].offset = there ? htole64(from - r->start) : UINT64_MAX;
	r->is[i].len = there ? htole64(r->out->len - from) : UINT64_MAX;
	r->any = r->any || there;
	return 0;
}

static int put_index(struct rewrite *r)
{
	struct zf_out at = ZF_OUT_FIXED(r->out->data + r->start, r->shard->index_size);

	if (zf_pipeline_encode(
		    r->shard->index, r->op, r->scratch, r->is, r->shard->index_at_start ? &at : r->out) < 0)
		return zf_where(r->op, "shard index");
	return 0;
}

int zf_shard_rewrite(const struct zf_shard *shard, struct zf_op *op, struct zf_scratch *scratch,
	const void *old, size_t old_len, zf_shard_inner_fn *fn, void *arg, struct zf_out *out, bool *any)
{
	struct rewrite r = { shard, op, scratch, old, NULL, NULL, out, out->len, false };
	size_t table = (size_t)shard->count * sizeof *r.is;
	struct zf_out *was = NULL, *is = NULL;
	int ret = -1;

	if (zf_scratch_take(scratch, op, table, table, &was) < 0 ||
		zf_scratch_take(scratch, op, table, table, &is) < 0)
		goto out;
	r.was = (struct zf_shard_entry *)(void *)was->data;
	r.is = (struct zf_shard_entry *)(void *)is->data;
	if (read_index(&r, old_len) < 0 ||
		(shard->index_at_start && zf_out_reserve(out, op, shard->index_size) < 0))
		goto out;
	if (shard->index_at_start)
		out->len += shard->index_size;
	ret = 0;
	for (uint64_t i = 0; ret == 0 && i < shard->count; i++)
		ret = one(&r, i, fn, arg);
	if (ret == 0 && r.any)
		ret = put_index(&r);
	if (ret < 0 || !r.any)
		out->len = r.start;
	*any = r.any;
out:
	zf_scratch_give(scratch, was);
	zf_scratch_give(scratch, is);
	return ret;
}
