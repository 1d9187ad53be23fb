/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From layers to what is to be stored: what they do not cover is loaded, what lies outside the array is fill
 * value, and what is fill value throughout is not stored at all.
 */
#include "array/dirty.h"

#include "codec/box.h"
#include "codec/shard_write.h"
#include "store/locks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The loader's buffers: a decoded chunk, what is stored of it, an encoded shard. */
enum { CHUNK, BELOW, SHARD };

/* One value on its way. */
struct merge {
	struct zf_array *array;
	struct zf_op *op;
	struct zf_loader *loader;
	struct zf_dirty *value; /* NULL: there are no layers */
	const uint64_t *keep;   /* NULL: all */
	uint64_t base_index;
	uint64_t end;    /* of the file, in whole rows */
	uint64_t length; /* the same, of dimension 0 */
	bool found;      /* the value is stored */
	bool changed;    /* with keep: something became another */
	struct zf_dirty_chunk *
		*chunks; /* of a shard: those that are dirty, in the order of the shard; owned */
	uint64_t chunk_count, next;
	char key[ZF_MAX_KEY + 1];
};

/* ---- one chunk ---- */

/* How many elements of chunk `coords` lie in the array, and within keep; false: none. */
static bool inside(const struct merge *m, const uint64_t *coords, uint64_t *n)
{
	const struct zf_array *a = m->array;
	const struct zf_spec *chunk = zf_pipeline_chunk(a->decode);
	bool any = true;

	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		uint64_t width = chunk->shape[d], lo = coords[d] * width, end = d ? a->shape[d] : m->length;

		if (a->edges[d])
			zf_array_extent(a, d, coords[d], &lo, &width);
		if (m->keep && m->keep[d] < end)
			end = m->keep[d];
		n[d] = lo >= end ? 0 : end - lo < width ? end - lo : width;
		any = any && n[d];
	}
	return any;
}

static int decode(struct merge *m, uint64_t index, const void *old, size_t old_len, uint8_t *to)
{
	if (zf_chunk_decode(m->array, m->op, m->loader, index, old, old_len, to) < 0)
		return zf_where(m->op, "key '%s' in %s", m->key, m->array->base->name);
	return 0;
}

static int take(struct merge *m, unsigned which, uint64_t size, uint8_t **out)
{
	struct zf_out *buffer = &m->loader->buffers[which];

	buffer->len = 0;
	buffer->limit = SIZE_MAX / 2;
	if (zf_out_reserve(buffer, m->op, size) < 0)
		return -1;
	*out = buffer->data;
	return 0;
}

/* What is stored of a chunk, and fill value in the rest. */
static int below(struct merge *m, uint64_t index, const void *old, size_t old_len, uint8_t *to)
{
	struct zf_array *a = m->array;
	const struct zf_spec *chunk = zf_pipeline_chunk(a->decode);
	uint64_t coords[ZF_MAX_NDIM], n[ZF_MAX_NDIM], strides[ZF_MAX_NDIM];
	bool any;
	uint8_t *whole;

	zf_grid_coords(&a->grid, index, coords);
	any = inside(m, coords, n);
	if (any && old && !memcmp(n, chunk->shape, chunk->ndim * sizeof n[0]))
		return decode(m, index, old, old_len, to);
	zf_fill_write(a, to, 0, a->grid.chunk_bytes);
	if (!old || (!any && !m->keep))
		return 0;
	if (take(m, BELOW, a->grid.chunk_bytes, &whole) < 0 || decode(m, index, old, old_len, whole) < 0)
		return -1;
	zf_box_strides(chunk->ndim, chunk->shape, chunk->itemsize, strides);
	if (any)
		zf_box_copy(chunk->ndim, n, chunk->itemsize, to, strides, whole, strides);
	m->changed = m->changed || memcmp(to, whole, a->grid.chunk_bytes) != 0;
	return 0;
}

/* [from, from + len) of a spooled layer, into the chunk. */
static int lay_spooled(struct merge *m, const struct zf_dirty_chunk *c, const struct zf_piece *all,
	uint64_t from, uint64_t len, uint8_t *to)
{
	uint8_t *bytes;
	int ret = -1;

	if (!all->ndim)
		return zf_spool_read(m->array, m->op, c->slot, to + from, from, len);
	bytes = malloc(len);
	if (!bytes)
		return zf_nomem(m->op, len);
	if (zf_spool_read(m->array, m->op, c->slot, bytes, from, len) == 0) {
		zf_piece_scatter(all, all->chunk_step, to, from, len, bytes);
		ret = 0;
	}
	free(bytes);
	return ret;
}

/* The frozen layers of a chunk, up to rank `end`. They do not change, so this needs no lock; what comes on
 * top of them does. */
static int lay_over(struct merge *m, const struct zf_dirty_chunk *c, struct zf_layer *const *layers,
	unsigned count, uint64_t end, uint8_t *to)
{
	struct zf_array *a = m->array;
	struct zf_piece all;

	zf_grid_inside(&a->grid, c->index, &all);
	for (unsigned i = 0; i < count; i++) {
		const struct zf_layer *l = layers[i];
		uint64_t at = 0, from, len;
		const uint8_t *data;

		if (l->erased)
			zf_fill_write(a, to, 0, a->grid.chunk_bytes);
		for (; at < end && zf_layer_next(l, at, end, &from, &len, &data); at = from + len) {
			if (data)
				zf_piece_scatter(&all, all.chunk_step, to, from, len, data);
			else if (lay_spooled(m, c, &all, from, len, to) < 0)
				return -1;
		}
	}
	return 0;
}

/* The frozen layers. */
static unsigned frozen(struct merge *m, struct zf_dirty_chunk *c, struct zf_layer **layers, unsigned room)
{
	unsigned n = 0;

	pthread_mutex_lock(&m->value->lock);
	for (struct zf_layer *l = c->bottom; l && l->frozen; l = l->above) {
		if (n < room)
			layers[n] = l;
		n++;
	}
	pthread_mutex_unlock(&m->value->lock);
	return n;
}

/* Whether the layers say all that there is of a chunk. */
static bool covered(const struct merge *m, const struct zf_dirty_chunk *c)
{
	uint64_t valid = zf_grid_rank(&m->array->grid, c->index, m->end);
	bool all;

	pthread_mutex_lock(&m->value->lock);
	all = zf_dirty_reach(c, true, true) >= valid;
	pthread_mutex_unlock(&m->value->lock);
	return all;
}

/* A layer that is the chunk as it is to be encoded: NULL, if it is not that easy. */
static const uint8_t *as_it_is(const struct merge *m, const struct zf_layer *l)
{
	uint64_t size = m->array->grid.chunk_bytes;

	return !l->bits && l->count == 1 && l->extents[0].data && l->extents[0].len == size
		       ? l->extents[0].data
		       : NULL;
}

/* The decoded bytes of a chunk: borrowed. c: NULL where it is not dirty. old: what is stored, NULL: nothing.
 */
static int chunk_bytes(struct merge *m, uint64_t index, struct zf_dirty_chunk *c, const void *old,
	size_t old_len, const uint8_t **out)
{
	struct zf_array *a = m->array;
	struct zf_layer *few[8], **layers = few;
	unsigned count = c ? frozen(m, c, few, 8) : 0;
	uint64_t valid = zf_grid_rank(&a->grid, index, m->end);
	bool all = c && valid == a->grid.chunk_bytes && covered(m, c);
	uint8_t *bytes;
	int ret = -1;

	if (count == 1 && all && (*out = as_it_is(m, few[0])))
		return 0;
	if (count > 8) {
		layers = malloc(count * sizeof(struct zf_layer *));
		if (!layers)
			return zf_nomem(m->op, count * sizeof *layers);
		frozen(m, c, layers, count);
	}
	if (take(m, CHUNK, a->grid.chunk_bytes, &bytes) == 0 &&
		(all || below(m, index, old, old_len, bytes) == 0) &&
		(!c || lay_over(m, c, layers, count, valid, bytes) == 0)) {
		*out = bytes;
		ret = 0;
	}
	if (layers != few)
		free(layers);
	return ret;
}

static bool is_fill(const struct zf_array *a, const uint8_t *bytes)
{
	return zf_box_is(bytes, a->grid.chunk_bytes, a->fill_len, a->fill_is_zero ? NULL : a->fill);
}

static int encode(struct merge *m, uint64_t index, const uint8_t *bytes, struct zf_out *out)
{
	if (zf_chunk_encode(m->array, m->op, m->loader, index, bytes, out) < 0)
		return zf_where(m->op, "key '%s' in %s", m->key, m->array->base->name);
	return 0;
}

/* ---- what is stored ---- */

/* The value as it is stored: *out borrowed, NULL where there is none. */
static int load(struct merge *m, const uint8_t **out, size_t *len)
{
	struct zf_array *a = m->array;
	struct zf_out *encoded = &m->loader->encoded;
	struct zf_value value;
	int found;

	*out = NULL;
	*len = 0;
	encoded->len = 0;
	encoded->limit = zf_pipeline_limit(a->pipeline);
	found = zf_store_get(a->base, m->op, m->key, NULL, encoded, &value);
	if (found < 0) {
		if (m->op->err == EFBIG)
			m->op->err = EIO;
		return -1;
	}
	zf_seen_merged(a->seen, m->base_index, found == ZF_FOUND ? &value.tag : NULL);
	m->found = found == ZF_FOUND;
	if (m->found) {
		*out = encoded->len ? encoded->data : (const uint8_t *)"";
		*len = encoded->len;
	}
	return 0;
}

/* Puts bytes, or, where they are NULL, deletes. */
static int store(struct merge *m, const void *bytes, size_t len)
{
	struct zf_array *a = m->array;
	int ret;

	zf_seen_storing(a->seen, m->base_index);
	ret = bytes ? zf_store_put(a->base, m->op, m->key, bytes, len, ZF_PUT_ALWAYS, NULL)
		    : zf_store_del(a->base, m->op, m->key);
	if (ret >= 0)
		ret = zf_merge_noted(a, m->op, m->key, m->base_index, bytes != NULL);
	zf_seen_stored(a->seen, m->base_index);
	return ret;
}

int zf_merge_noted(struct zf_array *a, struct zf_op *op, const char *key, uint64_t base_index, bool there)
{
	struct zf_value value;
	int found = there ? zf_store_stat(a->base, op, key, &value) : ZF_MISSING;

	for (struct zf_store *s = a->store; s != a->base; s = zf_shard_store_outer(s))
		zf_shard_store_forget_key(s, key);
	if (found < 0)
		return -1;
	zf_seen_ours(a->seen, base_index, found == ZF_FOUND ? &value.tag : NULL);
	return 0;
}

/* ---- a chunk that is a value ---- */

static int merge_chunk(struct merge *m)
{
	struct zf_array *a = m->array;
	struct zf_dirty_chunk *c = m->value ? m->value->chunks : NULL;
	struct zf_out *out = &m->loader->encoded;
	const uint8_t *old = NULL, *bytes;
	bool loaded = !c || !covered(m, c);
	size_t len = 0;

	if (loaded && load(m, &old, &len) < 0)
		return -1;
	if (m->keep && !old)
		return 0;
	if (chunk_bytes(m, m->base_index, c, old, len, &bytes) < 0)
		return -1;
	if (m->keep && !m->changed)
		return 0;
	if (is_fill(a, bytes) && !a->writes->store_empty)
		return loaded && !m->found ? 0 : store(m, NULL, 0);
	if (zf_array_plain(a))
		return store(m, bytes, a->grid.chunk_bytes);
	out->len = 0;
	out->limit = SIZE_MAX / 2;
	return encode(m, m->base_index, bytes, out) < 0 ? -1 : store(m, out->data, out->len);
}

/* ---- shards ---- */

/* A shard in a value: the value itself, or one within. */
struct level {
	struct merge *merge;
	unsigned number;
	const struct zf_shard *shard;
	uint64_t origin[ZF_MAX_NDIM]; /* of its first inner chunk, in inner chunks of this level */
};

struct placed {
	uint64_t inner[ZF_MAX_SHARD_DEPTH];
	struct zf_dirty_chunk *chunk;
};

static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	for (unsigned i = 0; i < ZF_MAX_SHARD_DEPTH; i++)
		if (x->inner[i] != y->inner[i])
			return x->inner[i] < y->inner[i] ? -1 : 1;
	return 0;
}

/* Lists the dirty chunks in the order in which they are met. */
static int list_chunks(struct merge *m)
{
	struct zf_array *a = m->array;
	struct placed *placed = NULL;
	uint64_t coords[ZF_MAX_NDIM], n = 0;

	if (!m->value)
		return 0;
	pthread_mutex_lock(&m->value->lock);
	n = m->value->dirty;
	placed = calloc(n ? n : 1, sizeof *placed);
	n = 0;
	for (struct zf_dirty_chunk *c = m->value->chunks; placed && c; c = c->sibling)
		if (c->bottom && c->bottom->frozen)
			placed[n++].chunk = c;
	pthread_mutex_unlock(&m->value->lock);
	m->chunks = malloc((n ? n : 1) * sizeof m->chunks[0]);
	if (!placed || !m->chunks) {
		free(placed);
		return zf_nomem(m->op, n * sizeof *placed);
	}
	for (uint64_t i = 0; i < n; i++)
		zf_array_split(a, placed[i].chunk->index, coords, placed[i].inner);
	qsort(placed, n, sizeof *placed, by_place);
	for (uint64_t i = 0; i < n; i++)
		m->chunks[i] = placed[i].chunk;
	m->chunk_count = n;
	free(placed);
	return 0;
}

/* Whether the shard need not be read. */
static bool all_covered(const struct merge *m)
{
	uint64_t coords[ZF_MAX_NDIM], inside = 1;
	const struct zf_array *a = m->array;

	if (!m->value)
		return false;
	zf_array_base_coords(a, m->base_index, coords);
	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		uint64_t chunk = zf_pipeline_chunk(a->decode)->shape[d], lo = coords[d] * a->base_chunk[d];
		uint64_t end = d ? a->shape[d] : m->length, n = lo < end ? end - lo : 0;

		if (n > a->base_chunk[d])
			n = a->base_chunk[d];
		inside *= (n + chunk - 1) / chunk;
	}
	if (m->chunk_count < inside)
		return false;
	for (uint64_t i = 0; i < m->chunk_count; i++)
		if (!covered(m, m->chunks[i]))
			return false;
	return true;
}

/* The coordinates of inner chunk i, in inner chunks of the level. */
static void inner_coords(const struct level *l, uint64_t i, uint64_t *coords)
{
	for (unsigned d = l->merge->array->grid.array_ndim; d-- > 0; i /= l->shard->grid[d])
		coords[d] = l->origin[d] + i % l->shard->grid[d];
}

static int innermost(struct level *l, struct zf_op *op, uint64_t i, const void *old, size_t old_len,
	struct zf_out *out, bool *keep)
{
	struct merge *m = l->merge;
	struct zf_array *a = m->array;
	uint64_t coords[ZF_MAX_NDIM], n[ZF_MAX_NDIM], index;
	struct zf_dirty_chunk *c = NULL;
	const uint8_t *bytes;

	(void)op;
	inner_coords(l, i, coords);
	if (!inside(m, coords, n)) {
		m->changed = m->changed || old;
		return 0; /* what lies outside goes */
	}
	index = zf_grid_index(&a->grid, coords);
	if (m->next < m->chunk_count && m->chunks[m->next]->index == index)
		c = m->chunks[m->next++];
	*keep = !c && (!m->keep || !memcmp(n, zf_pipeline_chunk(a->decode)->shape,
					   a->grid.array_ndim * sizeof n[0]));
	if (*keep || (!c && !old))
		return 0;
	if (chunk_bytes(m, index, c, old, old_len, &bytes) < 0)
		return zf_where(op, "inner chunk %llu", (unsigned long long)i);
	if (is_fill(a, bytes) && !a->writes->store_empty)
		return 0;
	return encode(m, index, bytes, out);
}

static int rewrite(struct merge *m, unsigned number, const struct zf_shard *shard, const uint64_t *coords,
	const void *old, size_t old_len, struct zf_out *out, bool *any);

/* Whether one of the dirty chunks lies in the inner chunk (a shard) at coords. */
static bool next_is_in(const struct level *l, const uint64_t *coords)
{
	const struct merge *m = l->merge;
	const struct zf_array *a = m->array;
	uint64_t at[ZF_MAX_NDIM];

	if (m->next == m->chunk_count)
		return false;
	zf_grid_coords(&a->grid, m->chunks[m->next]->index, at);
	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		for (unsigned k = a->depth - 1; k > l->number; k--)
			at[d] /= a->level[k].ratio[d];
		if (at[d] != coords[d])
			return false;
	}
	return true;
}

static int inner(void *arg, struct zf_op *op, uint64_t i, const void *old, size_t old_len, struct zf_out *out,
	bool *keep)
{
	struct level *l = arg;
	struct merge *m = l->merge;
	uint64_t coords[ZF_MAX_NDIM];
	bool any;

	if (zf_op_check(op) < 0)
		return -1;
	if (l->number + 1 == m->array->depth)
		return innermost(l, op, i, old, old_len, out, keep);
	inner_coords(l, i, coords);
	*keep = !m->keep && !next_is_in(l, coords);
	if (*keep || (m->keep && !old))
		return 0;
	return rewrite(m, l->number + 1, zf_pipeline_shard(l->shard->inner), coords, old, old_len, out, &any);
}

/* The shard of level `number` at coords, anew. *any: there is something in it; else nothing was appended. */
static int rewrite(struct merge *m, unsigned number, const struct zf_shard *shard, const uint64_t *coords,
	const void *old, size_t old_len, struct zf_out *out, bool *any)
{
	struct level l = { .merge = m, .number = number, .shard = shard };

	for (unsigned d = 0; d < m->array->grid.array_ndim; d++)
		l.origin[d] = coords[d] * shard->grid[d];
	return zf_shard_rewrite(shard, m->op, m->loader->scratch, old, old_len, inner, &l, out, any);
}

static int merge_shard(struct merge *m)
{
	struct zf_array *a = m->array;
	uint64_t coords[ZF_MAX_NDIM];
	const uint8_t *old = NULL;
	bool loaded, any = false;
	struct zf_out *out = &m->loader->buffers[SHARD];
	size_t len = 0;

	if (list_chunks(m) < 0)
		return -1;
	loaded = !all_covered(m);
	if (loaded && load(m, &old, &len) < 0)
		return -1;
	if (m->keep && !old)
		return 0;
	out->len = 0;
	out->limit = SIZE_MAX / 2;
	zf_array_base_coords(a, m->base_index, coords);
	if (rewrite(m, 0, zf_pipeline_shard(a->pipeline), coords, old, len, out, &any) < 0)
		return m->op->err == EIO && old ? zf_where(m->op, "key '%s' in %s", m->key, a->base->name)
						: -1;
	if (m->keep && !m->changed)
		return 0;
	if (!any)
		return loaded && !m->found ? 0 : store(m, NULL, 0);
	return store(m, out->data, out->len);
}

/* ---- a value ---- */

/* The parts of the chunks that were changed. */
static void forget_parts(struct merge *m)
{
	struct zf_array *a = m->array;
	uint64_t size = __atomic_load_n(&a->part_size, __ATOMIC_ACQUIRE);
	uint64_t parts = size ? (a->grid.chunk_bytes + size - 1) / size : 0;

	if (!m->value)
		return;
	if (a->depth)
		for (uint64_t i = 0; i < m->chunk_count; i++)
			zf_cache_forget_chunk(a->ctx->cache, a, m->chunks[i]->index, parts);
	else
		zf_cache_forget_chunk(a->ctx->cache, a, m->base_index, parts);
}

static int with_lock(struct merge *m)
{
	struct zf_array *a = m->array;
	struct zf_chunk_lock *lock = NULL;
	int ret;

	if (a->writes->locks && zf_chunk_lock(a->writes->locks, m->op, m->key, &lock) < 0)
		return -1;
	ret = a->depth ? merge_shard(m) : merge_chunk(m);
	/* who has the lock next is to read what we have put */
	if (ret == 0 && lock)
		ret = zf_store_settle(a->base, m->op);
	zf_chunk_unlock(lock);
	return ret;
}

static int merge(struct merge *m)
{
	struct zf_array *a = m->array;
	int ret;

	if (a->grid.chunk_bytes > a->ctx->config.cache_max)
		return zf_fail(m->op, ENOMEM, "a chunk has %llu bytes, more than cache_max, %llu",
			(unsigned long long)a->grid.chunk_bytes,
			(unsigned long long)a->ctx->config.cache_max);
	if (zf_array_base_key(a, m->op, m->base_index, m->key, sizeof m->key) < 0)
		return -1;
	m->loader = zf_loader_take(a->ctx);
	if (!m->loader)
		return zf_nomem(m->op, sizeof *m->loader);
	ret = with_lock(m);
	forget_parts(m);
	zf_loader_return(a->ctx, m->loader);
	free(m->chunks);
	return ret;
}

/* Prepends "PATH: chunk 3.1: ", or "PATH: shard 3.1: ". */
static int where(struct zf_array *a, struct zf_op *op, uint64_t base_index)
{
	uint64_t coords[ZF_MAX_NDIM];
	char text[ZF_MAX_NDIM * 21 + 1];
	struct zf_key_encoding dots = { .separator = '.' };

	if (!a->depth)
		return zf_array_where(a, op, base_index);
	zf_array_base_coords(a, base_index, coords);
	zf_key_format(&dots, "", a->grid.array_ndim, coords, text, sizeof text);
	return zf_where(op, "%s: shard %s", a->label, text);
}

int zf_merge_value(struct zf_array *a, struct zf_op *op, uint64_t base_index, struct zf_dirty *value,
	const uint64_t *keep)
{
	struct merge *m = malloc(sizeof *m);
	uint64_t end = __atomic_load_n(&a->writes->claimed, __ATOMIC_ACQUIRE);
	int ret;

	if (!m)
		return zf_nomem(op, sizeof *m);
	memset(m, 0, offsetof(struct merge, key));
	m->array = a;
	m->op = op;
	m->value = value;
	m->keep = keep;
	m->base_index = base_index;
	m->length = a->row_bytes ? (end + a->row_bytes - 1) / a->row_bytes : a->shape[0];
	m->end = a->row_bytes ? m->length * a->row_bytes : end;
	ret = merge(m);
	free(m);
	return ret < 0 ? where(a, op, base_index) : 0;
}
