/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays: opening, closing, and the keys of their chunks.
 */
#include "array/dirty.h"

#include "base/checked.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Puts a store over the store for each level of shards, and finds the innermost chunks. */
static int open_shards(struct zf_array *a, struct zf_op *op)
{
	const struct zf_shard *shard;

	a->store = a->base;
	a->decode = a->pipeline;
	while (!a->unequal && (shard = zf_pipeline_shard(a->decode))) {
		const struct zf_spec *inner = zf_pipeline_chunk(shard->inner);
		struct zf_store *over;

		if (a->depth == ZF_MAX_SHARD_DEPTH)
			return zf_fail(
				op, EOPNOTSUPP, "shards are nested more than %d deep", ZF_MAX_SHARD_DEPTH);
		if (zf_shard_store_open(a->store, op, shard, &over) < 0)
			return -1;
		memcpy(a->level[a->depth].ratio, shard->grid, inner->ndim * sizeof shard->grid[0]);
		a->depth++;
		a->store = over;
		a->decode = shard->inner;
	}
	return 0;
}

/* The bytes of what dimension 0 grows by; 0: it cannot. */
static uint64_t row_bytes(const struct zf_array_meta *meta)
{
	uint64_t row = meta->ndim ? meta->spec.itemsize : 0;

	for (unsigned d = 1; d < meta->ndim; d++)
		if (!zf_mul(row, meta->shape[d], &row))
			return 0; /* only where another dimension has no length */
	return row <= ZF_MAX_FILE ? row : 0;
}

void zf_array_longest(const struct zf_array *a, uint64_t *shape)
{
	memcpy(shape, a->shape, sizeof a->shape);
	if (a->row_bytes)
		shape[0] = ZF_MAX_FILE / a->row_bytes;
}

static void open_grid(struct zf_array *a, const struct zf_array_meta *meta, const uint64_t *chunk)
{
	bool text = meta->spec.kind == 'O'; /* then the grid counts elements, and the array does not grow */
	uint64_t longest[ZF_MAX_NDIM];

	memcpy(a->shape, meta->shape, sizeof a->shape);
	memcpy(a->base_chunk, meta->chunk, sizeof a->base_chunk);
	a->row_bytes = text || a->edges[0] ? 0 : row_bytes(meta);
	zf_array_longest(a, longest);
	zf_grid_init_edges(&a->grid, meta->ndim, longest, chunk, a->edges, text ? 1 : meta->spec.itemsize);
	for (unsigned d = 0; d < meta->ndim; d++)
		a->base_count[d] =
			a->unequal ? a->grid.array_count[d] : zf_div_up(longest[d], meta->chunk[d]);
	a->value_bytes = meta->spec.size;
	a->writes->size = a->writes->claimed = meta->nbytes;
	a->writes->believed = meta->ndim ? meta->shape[0] : UINT64_MAX;
}

static int open_edges(struct zf_array *a, struct zf_op *op, const struct zf_array_meta *meta)
{
	bool any = false;

	for (unsigned d = 0; d < meta->ndim; d++) {
		a->edges[d] = meta->edges[d];
		any = any || meta->edges[d];
	}
	return any ? zf_unequal_new(a, op, meta->codecs) : 0;
}

static int open_parts(struct zf_array *a, struct zf_op *op, const struct zf_array_meta *meta)
{
	const struct zf_spec *chunk;

	if (open_edges(a, op, meta) < 0 || zf_pipeline_new(op, meta->codecs, &meta->spec, &a->pipeline) < 0 ||
		open_shards(a, op) < 0)
		return -1;
	chunk = zf_pipeline_chunk(a->decode);
	open_grid(a, meta, chunk->shape);
	if (a->unequal || !zf_pipeline_ranged(a->decode))
		a->part_size = a->grid.chunk_bytes;
	else if (zf_pipeline_plain(a->decode))
		a->part_size = a->grid.chunk_bytes < ZF_PART_WANTED ? a->grid.chunk_bytes : ZF_PART_WANTED;
	a->encoding = (struct zf_key_encoding){
		.c_prefix = meta->key_c,
		.separator = meta->separator,
		.c_joined = meta->key_c_joined,
		.reversed = meta->key_reversed,
		.folder = meta->key_folder,
		.ending = meta->key_ending,
	};
	if (meta->spec.kind == 'O')
		return zf_lines_new(a, op, meta->fill_text);
	zf_array_reserve(a, a->part_size);
	return zf_fill_init(a, op, meta->fill);
}

int zf_array_check_chunk(const struct zf_array *a, struct zf_op *op)
{
	uint64_t most = a->ctx->config.cache_max;

	if (a->grid.chunk_bytes <= most)
		return 0;
	return zf_fail(op, EINVAL, "%s: chunks: a chunk would have %llu bytes, more than cache_max, %llu",
		a->label, (unsigned long long)a->grid.chunk_bytes, (unsigned long long)most);
}

int zf_array_open(struct zf_store *store, struct zf_op *op, const char *path, const struct zf_meta *meta,
	struct zf_array **out)
{
	struct zf_array *a = calloc(1, sizeof *a);

	if (!a)
		return zf_nomem(op, sizeof *a);
	a->ctx = store->ctx;
	a->base = store;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->idle, NULL);
	pthread_mutex_init(&a->rows_lock, NULL);
	a->path = strdup(path);
	a->label = strdup(*path ? path : "/");
	if (!a->path || !a->label) {
		zf_nomem(op, strlen(path));
		goto fail;
	}
	a->read_only = meta->read_only;
	a->fill_len = meta->array.spec.itemsize;
	a->fill_is_zero = meta->array.fill_is_zero;
	if (zf_seen_new(op, &a->seen) < 0 || zf_writes_new(op, &a->writes) < 0)
		goto fail;
	if (open_parts(a, op, &meta->array) < 0) {
		zf_where(op, "%s", a->label);
		goto fail;
	}
	*out = a;
	return 0;
fail:
	zf_array_close(a);
	return -1;
}

static void close_shards(struct zf_array *a)
{
	while (a->store && a->store != a->base) {
		struct zf_store *over = a->store;

		a->store = zf_shard_store_outer(over);
		zf_store_close(over);
	}
}

void zf_array_close(struct zf_array *a)
{
	if (!a)
		return;
	zf_array_cancel_loads(a);
	pthread_mutex_lock(&a->lock);
	while (a->jobs)
		pthread_cond_wait(&a->idle, &a->lock);
	pthread_mutex_unlock(&a->lock);
	if (a->writes && a->writes->ready)
		zf_cache_taker_remove(a->ctx->cache, &a->writes->taker);
	if (a->writes)
		zf_array_abandon(a);
	zf_writes_free(a);
	zf_cache_forget(a->ctx->cache, a);
	zf_lines_free(a);
	close_shards(a);
	zf_pipeline_free(a->pipeline);
	zf_unequal_free(a->unequal);
	zf_seen_free(a->seen);
	pthread_cond_destroy(&a->idle);
	pthread_mutex_destroy(&a->rows_lock);
	pthread_mutex_destroy(&a->lock);
	free(a->own_fill);
	free(a->label);
	free(a->path);
	free(a);
}

void zf_array_split(const struct zf_array *a, uint64_t index, uint64_t *coords, uint64_t *inner)
{
	zf_grid_coords(&a->grid, index, coords);
	for (unsigned level = a->depth; level-- > 0;) {
		const uint64_t *ratio = a->level[level].ratio;

		inner[level] = 0;
		for (unsigned d = 0; d < a->grid.array_ndim; d++) {
			inner[level] = inner[level] * ratio[d] + coords[d] % ratio[d];
			coords[d] /= ratio[d];
		}
	}
}

static int format_key(const struct zf_array *a, struct zf_op *op, const uint64_t *coords, char *key,
	size_t size, size_t *len)
{
	*len = zf_key_format(&a->encoding, a->path, a->grid.array_ndim, coords, key, size);
	if (!*len)
		return zf_fail(op, ENAMETOOLONG, "the key of a chunk has more than %zu bytes", size - 1);
	return 0;
}

int zf_array_key(const struct zf_array *a, struct zf_op *op, uint64_t index, char *key, size_t size)
{
	uint64_t coords[ZF_MAX_NDIM], inner[ZF_MAX_SHARD_DEPTH];
	size_t len;

	zf_array_split(a, index, coords, inner);
	if (format_key(a, op, coords, key, size, &len) < 0)
		return -1;
	for (unsigned level = 0; level < a->depth; level++) {
		int n = snprintf(key + len, size - len, "|%llu", (unsigned long long)inner[level]);

		if (n < 0 || (size_t)n >= size - len)
			return zf_fail(
				op, ENAMETOOLONG, "the key of a chunk has more than %zu bytes", size - 1);
		len += (size_t)n;
	}
	return 0;
}

uint64_t zf_array_base_index(const struct zf_array *a, uint64_t index)
{
	uint64_t coords[ZF_MAX_NDIM], inner[ZF_MAX_SHARD_DEPTH], base = 0;

	if (!a->depth)
		return index;
	zf_array_split(a, index, coords, inner);
	for (unsigned d = 0; d < a->grid.array_ndim; d++)
		base = base * a->base_count[d] + coords[d];
	return base;
}

void zf_array_base_coords(const struct zf_array *a, uint64_t base_index, uint64_t *coords)
{
	for (unsigned d = a->grid.array_ndim; d-- > 0;) {
		coords[d] = base_index % a->base_count[d];
		base_index /= a->base_count[d];
	}
}

int zf_array_coords_key(
	const struct zf_array *a, struct zf_op *op, const uint64_t *coords, char *key, size_t size)
{
	size_t len;

	return format_key(a, op, coords, key, size, &len);
}

int zf_array_base_key(const struct zf_array *a, struct zf_op *op, uint64_t base_index, char *key, size_t size)
{
	uint64_t coords[ZF_MAX_NDIM];

	zf_array_base_coords(a, base_index, coords);
	return zf_array_coords_key(a, op, coords, key, size);
}

int zf_array_where_key(const struct zf_array *a, struct zf_op *op, const char *key)
{
	const char *inner = strchr(key + strlen(a->path), '|');

	if (inner && a->depth)
		return zf_where(op, "key '%.*s' in %s: inner chunk %s", (int)(inner - key), key,
			a->base->name, inner + 1);
	return zf_where(op, "key '%s' in %s", key, a->base->name);
}

int zf_array_where(const struct zf_array *a, struct zf_op *op, uint64_t index)
{
	uint64_t coords[ZF_MAX_NDIM];
	char text[ZF_MAX_NDIM * 21 + 1];
	struct zf_key_encoding dots = { .separator = '.' };

	zf_grid_coords(&a->grid, index, coords);
	zf_key_format(&dots, "", a->grid.array_ndim, coords, text, sizeof text);
	return zf_where(op, "%s: chunk %s", a->label, text);
}
