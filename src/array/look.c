/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking at stored values one by one, without the cache: what is in them, and whether it can be decoded.
 */
#include "array/internal.h"

#include "base/ctx.h"
#include "codec/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WHOLE = 32 << 20, /* bytes of a shard that is read at once */
	LABEL = 128,
	DECODED = 0, /* the loader's buffer for a chunk, */
	PART = 1,    /* and for a part of a shard */
};

struct looking {
	const struct zf_array *array;
	struct zf_op *op;
	struct zf_loader *loader;
	const char *key;
	const uint64_t *coords;
	bool decode;
	zf_look_fn *fn;
	void *arg;
	struct zf_codec_times *times; /* NULL: not wanted */
	bool whole;                   /* loader->encoded has all of the value */
	char label[LABEL];            /* of the inner chunk */
};

bool zf_array_parse(const struct zf_array *a, const char *rest, uint64_t *coords)
{
	return zf_key_parse(&a->encoding, rest, a->grid.array_ndim, coords);
}

bool zf_array_holds(const struct zf_array *a, const uint64_t *coords)
{
	uint64_t lo, n;

	for (unsigned d = 0; d < a->grid.array_ndim; d++)
		if (!zf_array_extent(a, d, coords[d], &lo, &n) || lo >= a->shape[d])
			return false;
	return true;
}

/* ---- telling ---- */

static int tell(struct looking *l, uint64_t size, bool is_index, const struct zf_op *wrong)
{
	struct zf_look look = { .inner = l->label, .size = size, .is_index = is_index, .wrong = wrong };

	return l->fn(l->arg, &look) != 0 ? -1 : 0;
}

/* What failed in a part: told, unless it is not the store's fault. */
static int tell_wrong(struct looking *l, uint64_t size, bool is_index, const struct zf_op *wrong)
{
	if (wrong->err == EINTR || wrong->err == ENOMEM)
		return zf_op_adopt(l->op, wrong);
	return tell(l, size, is_index, wrong);
}

/* ---- decoding ---- */

/* Texts are collected beside the chain: see codec/text.h. */
static int prepare_texts(struct looking *l, struct zf_op *op)
{
	const struct zf_array *a = l->array;
	struct zf_out *texts = zf_texts(l->loader->scratch, op);
	uint64_t most = a->ctx->config.cache_max;

	if (!texts)
		return -1;
	texts->len = 0;
	texts->limit = most < ZF_MAX_TEXTS ? (size_t)most : (size_t)ZF_MAX_TEXTS;
	return zf_out_append(texts, op, "null", 4);
}

static int decode(
	struct looking *l, struct zf_op *op, const struct zf_pipeline *pipeline, const void *data, size_t len)
{
	const struct zf_array *a = l->array;
	const struct zf_spec *chunk = zf_pipeline_chunk(pipeline);
	struct zf_out *to = &l->loader->buffers[DECODED];

	if (chunk->size > a->ctx->config.cache_max)
		return zf_fail(op, EOPNOTSUPP, "a chunk would have %zu bytes, more than cache_max, %llu",
			chunk->size, (unsigned long long)a->ctx->config.cache_max);
	to->len = 0;
	to->limit = SIZE_MAX / 2;
	if (zf_out_reserve(to, op, chunk->size ? chunk->size : 1) < 0)
		return -1;
	if (zf_array_is_text(a) && prepare_texts(l, op) < 0)
		return -1;
	if (l->times && !a->unequal)
		return zf_pipeline_time(pipeline, op, l->loader->scratch, data, len, to->data, l->times);
	if (a->depth)
		return zf_pipeline_decode(pipeline, op, l->loader->scratch, data, len, to->data);
	return zf_chunk_decode(a, op, l->loader, zf_grid_index(&a->grid, l->coords), data, len, to->data);
}

/* Bytes of the value. ZF_FOUND, ZF_MISSING, -1. */
static int get(
	struct looking *l, struct zf_op *op, uint64_t offset, uint64_t len, const uint8_t **data, size_t *got)
{
	struct zf_range range = { .offset = offset, .len = len };
	struct zf_out *to = l->whole || len == UINT64_MAX ? &l->loader->encoded : &l->loader->buffers[PART];
	int result;

	if (l->whole) {
		*data = to->data + offset;
		*got = (size_t)len;
		return ZF_FOUND;
	}
	to->len = 0;
	to->limit = len == UINT64_MAX ? SIZE_MAX / 2 : (size_t)len;
	if (len == UINT64_MAX && !l->array->depth)
		to->limit = zf_array_is_text(l->array) ? (size_t)ZF_MAX_TEXTS
						       : zf_pipeline_limit(l->array->pipeline);
	result = zf_store_get(l->array->base, op, l->key, len == UINT64_MAX ? NULL : &range, to, NULL);
	*data = to->data ? to->data : (const uint8_t *)"";
	*got = to->len;
	return result;
}

/* One chunk: the value, or a part of a shard. */
static int look_at_chunk(struct looking *l, const struct zf_pipeline *pipeline, uint64_t offset, uint64_t len)
{
	const uint8_t *data;
	struct zf_op op;
	size_t got;
	int result;

	if (!l->decode && len != UINT64_MAX)
		return tell(l, len, false, NULL);
	if (zf_op_check(l->op) < 0)
		return -1;
	zf_op_init(&op);
	result = get(l, &op, offset, len, &data, &got);
	if (result == ZF_MISSING)
		return 0;
	if (result == ZF_FOUND && l->decode)
		result = decode(l, &op, pipeline, data, got);
	return result < 0 ? tell_wrong(l, got, false, &op) : tell(l, got, false, NULL);
}

/* ---- shards ---- */

/* Reads an index. NULL: what was wrong has been told, or *failed. */
static struct zf_shard_entry *read_index(
	struct looking *l, const struct zf_shard *shard, uint64_t base, uint64_t len, bool *failed)
{
	uint64_t at = shard->index_at_start ? 0 : len - shard->index_size;
	size_t bytes = shard->count * sizeof(struct zf_shard_entry), got;
	struct zf_shard_entry *entries = NULL;
	const uint8_t *data;
	struct zf_op op;
	int result = 0;

	zf_op_init(&op);
	if (len < shard->index_size)
		result = zf_fail(&op, EIO,
			"codec 'sharding_indexed' (1 of 1): the shard has %llu bytes, its index has %zu",
			(unsigned long long)len, shard->index_size);
	else if (bytes > l->array->ctx->config.cache / 4)
		result = zf_fail(&op, EOPNOTSUPP,
			"the index of a shard has %zu bytes, more than a quarter of the cache", bytes);
	else if (!(entries = malloc(bytes ? bytes : 1)))
		result = zf_nomem(&op, bytes);
	if (result == 0)
		result = get(l, &op, base + at, shard->index_size, &data, &got);
	if (result == ZF_FOUND && got < shard->index_size)
		result = zf_fail(&op, EIO, "the value changed while it was read");
	if (result == ZF_FOUND)
		result = zf_shard_index(shard, &op, l->loader->scratch, data, len, entries);
	if (result == ZF_FOUND)
		return entries;
	free(entries);
	*failed = result < 0 && tell_wrong(l, len, true, &op) < 0;
	return NULL;
}

/* Where inner chunk i begins in the array; false: outside of it. */
static bool place(const struct looking *l, const struct zf_shard *shard, uint64_t i, const uint64_t *origin,
	uint64_t *out)
{
	const struct zf_spec *inner = zf_pipeline_chunk(shard->inner);
	bool inside = true;

	for (unsigned d = inner->ndim; d-- > 0; i /= shard->grid[d]) {
		out[d] = origin[d] + i % shard->grid[d] * inner->shape[d];
		inside &= out[d] < l->array->shape[d];
	}
	return inside;
}

static int look_at_shard(struct looking *l, const struct zf_pipeline *pipeline, uint64_t base, uint64_t len,
	const uint64_t *origin)
{
	const struct zf_shard *shard = zf_pipeline_shard(pipeline);
	size_t label = strlen(l->label);
	struct zf_shard_entry *entries;
	uint64_t place_of[ZF_MAX_NDIM];
	bool failed = false;
	int result = 0;

	if (!shard)
		return look_at_chunk(l, pipeline, base, len);
	entries = read_index(l, shard, base, len, &failed);
	for (uint64_t i = 0; entries && i < shard->count && result == 0; i++) {
		if (entries[i].offset == UINT64_MAX || !place(l, shard, i, origin, place_of))
			continue;
		snprintf(l->label + label, LABEL - label, "|%llu", (unsigned long long)i);
		result = look_at_shard(l, shard->inner, base + entries[i].offset, entries[i].len, place_of);
		l->label[label] = '\0';
	}
	free(entries);
	return failed ? -1 : result;
}

static int look_at_sharded(struct looking *l)
{
	uint64_t origin[ZF_MAX_NDIM];
	struct zf_value value;
	const uint8_t *data;
	struct zf_op op;
	size_t got;
	int result;

	zf_op_init(&op);
	result = zf_store_stat(l->array->base, &op, l->key, &value);
	if (result == ZF_FOUND && l->decode && value.size <= WHOLE) {
		result = get(l, &op, 0, UINT64_MAX, &data, &got);
		l->whole = result == ZF_FOUND;
		value.size = got;
	}
	if (result != ZF_FOUND)
		return result < 0 ? tell_wrong(l, 0, false, &op) : 0;
	for (unsigned d = 0; d < l->array->grid.array_ndim; d++)
		origin[d] = l->coords[d] * l->array->base_chunk[d];
	return look_at_shard(l, l->array->pipeline, 0, value.size, origin);
}

static int look(struct looking *l)
{
	int result;

	l->loader = zf_loader_take(l->array->ctx);
	if (!l->loader)
		return zf_nomem(l->op, sizeof *l->loader);
	result = l->array->depth ? look_at_sharded(l) : look_at_chunk(l, l->array->pipeline, 0, UINT64_MAX);
	zf_loader_return(l->array->ctx, l->loader);
	return result < 0 && l->op->err ? -1 : 0;
}

int zf_array_look(const struct zf_array *a, struct zf_op *op, const char *key, const uint64_t *coords,
	bool decode_it, zf_look_fn *fn, void *arg)
{
	struct looking l = {
		.array = a, .op = op, .key = key, .coords = coords, .decode = decode_it, .fn = fn, .arg = arg
	};

	return look(&l);
}

static int pass_over(void *arg, const struct zf_look *what)
{
	(void)arg;
	(void)what;
	return 0;
}

int zf_array_time(const struct zf_array *a, struct zf_op *op, const char *key, const uint64_t *coords,
	struct zf_codec_times *times)
{
	struct looking l = { .array = a,
		.op = op,
		.key = key,
		.coords = coords,
		.decode = true,
		.fn = pass_over,
		.times = times };

	return look(&l);
}
