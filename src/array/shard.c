/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shard as a store over a store (zarr-specs v3, "Sharding codec"): "KEY|3" is inner chunk 3 of the shard
 * stored under KEY, and costs a read of just its bytes. Shards within shards are two such stores.
 *
 * Indexes are remembered, with the tag of the shard they were read from. Every get of an inner chunk brings
 * the tag of the shard as it is now; where they differ, the shard was replaced and the index is read anew.
 */
#include "array/indexes.h"
#include "array/internal.h"
#include "store/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct shard_store {
	struct zf_store base; /* first */
	struct zf_store *outer;
	const struct zf_shard *shard;
	struct zf_indexes indexes;
};

/* ---- reading an index ---- */

static struct zf_index *index_new(struct shard_store *s, struct zf_op *op, const char *key)
{
	size_t bytes = s->shard->count * sizeof(struct zf_shard_entry);

	if (bytes <= s->base.ctx->config.cache / 4)
		return zf_index_new(op, key, s->shard->count);
	zf_fail(op, ENOMEM, "the index of a shard has %zu bytes, more than a quarter of the cache, %llu",
		bytes, (unsigned long long)s->base.ctx->config.cache);
	return NULL;
}

static int decode_index(struct shard_store *s, struct zf_op *op, struct zf_out *raw, uint64_t shard_size,
	struct zf_index *index)
{
	struct zf_scratch *scratch;
	int ret;

	if (raw->len != s->shard->index_size)
		return zf_fail(op, EIO,
			"codec 'sharding_indexed' (1 of 1): the shard has %llu bytes, its index has %zu",
			(unsigned long long)shard_size, s->shard->index_size);
	scratch = zf_scratch_new();
	if (!scratch)
		return zf_nomem(op, 1);
	ret = zf_shard_index(s->shard, op, scratch, raw->data, shard_size, index->entries);
	zf_scratch_free(scratch);
	return ret;
}

/* ZF_FOUND with a new reference, ZF_MISSING (*value as zf_value_get() says) or -1. */
static int read_index(struct shard_store *s, struct zf_op *op, const char *key, struct zf_value *value,
	struct zf_index **out)
{
	struct zf_range range = { 0, s->shard->index_size, !s->shard->index_at_start };
	struct zf_out raw = ZF_OUT_GROWING(s->shard->index_size);
	struct zf_index *index = index_new(s, op, key);
	int found;

	if (!index)
		return -1;
	found = zf_value_get(s->outer, op, key, &range, &raw, value);
	if (found == ZF_FOUND && decode_index(s, op, &raw, value->size, index) < 0)
		found = zf_where(op, "key '%s' in %s", key, s->outer->name);
	zf_out_free(&raw);
	if (found != ZF_FOUND) {
		zf_index_unref(&s->indexes, index);
		return found;
	}
	index->tag = value->tag;
	zf_indexes_put(&s->indexes, index);
	*out = index;
	return ZF_FOUND;
}

/* ---- the store ---- */

/* "KEY|3" -> KEY (copied) and 3. */
static int split_key(struct shard_store *s, struct zf_op *op, const char *key, char *outer, uint64_t *number)
{
	const char *bar = strrchr(key, '|');

	if (!bar)
		return zf_fail(op, EINVAL, "'%s' names no inner chunk", key);
	memcpy(outer, key, (size_t)(bar - key));
	outer[bar - key] = '\0';
	*number = strtoull(bar + 1, NULL, 10);
	if (*number >= s->shard->count)
		return zf_fail(op, EINVAL, "'%s' is beyond the shard", key);
	return 0;
}

/* One try with an index: ZF_FOUND, ZF_MISSING, -1; 2: the shard was replaced since the index was read. */
static int get_with(struct shard_store *s, struct zf_op *op, const struct zf_index *index, uint64_t number,
	const struct zf_range *range, struct zf_out *out, struct zf_value *value)
{
	const struct zf_shard_entry *e = &index->entries[number];
	struct zf_range part = { 0, 0, false };
	size_t before = out->len;
	int found;

	if (e->offset == UINT64_MAX) {
		*value = (struct zf_value){ .tag = index->tag };
		return ZF_MISSING;
	}
	zf_range_clip(range, e->len, &part.offset, &part.len);
	part.offset += e->offset;
	found = zf_value_get(s->outer, op, index->key, &part, out, value);
	if (found < 0)
		return -1;
	if (found == ZF_MISSING || !zf_tag_equal(&value->tag, &index->tag) || out->len - before != part.len) {
		out->len = before;
		return 2;
	}
	value->size = e->len;
	return ZF_FOUND;
}

static int shard_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct shard_store *s = (struct shard_store *)store;
	char outer[ZF_MAX_KEY + 1];
	struct zf_index *index;
	uint64_t number = 0;
	int found;

	if (split_key(s, op, key, outer, &number) < 0)
		return -1;
	for (int tries = 0; tries < 3; tries++) {
		value->size = ZF_NO_VALUE;
		index = zf_indexes_find(&s->indexes, outer);
		found = index ? ZF_FOUND : read_index(s, op, outer, value, &index);
		if (found != ZF_FOUND)
			return found;
		found = get_with(s, op, index, number, range, out, value);
		if (found != 2) {
			zf_index_unref(&s->indexes, index);
			return found;
		}
		zf_indexes_drop(&s->indexes, index);
	}
	return zf_fail(op, EIO, "key '%s' in %s: the shard changed while it was read", outer, s->outer->name);
}

static int shard_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct zf_range none = { 0, 0, false };
	struct zf_out out = ZF_OUT_FIXED(NULL, 0);

	return shard_get(store, op, key, &none, &out, value);
}

static void shard_close(struct zf_store *store)
{
	struct shard_store *s = (struct shard_store *)store;

	zf_indexes_destroy(&s->indexes);
	zf_store_fini(store);
	free(s);
}

static const struct zf_store_ops shard_ops = {
	.kind = "shard",
	.get = shard_get,
	.stat = shard_stat,
	.close = shard_close,
};

int zf_shard_store_open(
	struct zf_store *outer, struct zf_op *op, const struct zf_shard *shard, struct zf_store **out)
{
	struct shard_store *s = calloc(1, sizeof *s);

	if (!s)
		return zf_nomem(op, sizeof *s);
	if (zf_store_init(&s->base, op, &shard_ops, outer->ctx,
		    ZF_STORE_RANGED | ZF_STORE_ANY_THREAD | (outer->caps & ZF_STORE_LOCAL),
		    outer->name) < 0) {
		free(s);
		return -1;
	}
	zf_indexes_init(&s->indexes);
	s->outer = outer;
	s->shard = shard;
	*out = &s->base;
	return 0;
}

int zf_value_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	if (store->ops == &shard_ops)
		return zf_next_get(store, op, key, range, out, value);
	return zf_store_get(store, op, key, range, out, value);
}

struct zf_store *zf_shard_store_outer(const struct zf_store *store)
{
	return ((const struct shard_store *)store)->outer;
}

void zf_shard_store_forget(struct zf_store *store)
{
	zf_indexes_forget(&((struct shard_store *)store)->indexes);
}

void zf_shard_store_forget_key(struct zf_store *store, const char *key)
{
	zf_indexes_forget_key(&((struct shard_store *)store)->indexes, key);
}
