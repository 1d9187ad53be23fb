/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks. A chunk that lies in the block as it lies in its own memory is decoded straight into it, and
 * encoded straight from it; others go through a buffer of the worker's.
 */
#include "transfer/block.h"

#include "base/checked.h"
#include "codec/box.h"

#include <string.h>

enum { DECODED, GATHERED }; /* buffers of a worker */

/* ---- boxes ---- */

void zf_block_set(struct zf_block *block, const uint64_t *start, const uint64_t *size)
{
	memcpy(block->start, start, block->ndim * sizeof *start);
	memcpy(block->size, size, block->ndim * sizeof *size);
	zf_box_strides(block->ndim, size, block->item, block->strides);
}

uint8_t *zf_block_at(const struct zf_block *block, const uint64_t *at)
{
	uint64_t offset = 0;

	for (unsigned i = 0; i < block->ndim; i++)
		offset += (at[i] - block->start[i]) * block->strides[i];
	return block->data + offset;
}

/* The chunks of a shape that a block touches, and what it has of one of them. */
struct piece {
	uint64_t coords[ZF_MAX_NDIM];
	uint64_t lo[ZF_MAX_NDIM]; /* of what both have */
	uint64_t n[ZF_MAX_NDIM];
	uint64_t strides[ZF_MAX_NDIM]; /* of the chunk */
	uint64_t offset;               /* of lo in the chunk, bytes */
	uint64_t bytes;                /* of the chunk */
	bool whole;                    /* the chunk lies in the block as in its own memory */
};

static uint64_t count_pieces(const struct zf_block *b, const uint64_t *chunk)
{
	uint64_t count = 1;

	for (unsigned i = 0; i < b->ndim; i++)
		count *= (b->start[i] + b->size[i] - 1) / chunk[i] - b->start[i] / chunk[i] + 1;
	return count;
}

static void find_piece(const struct zf_block *b, const uint64_t *chunk, uint64_t index, struct piece *p)
{
	p->offset = 0;
	p->whole = true;
	zf_box_strides(b->ndim, chunk, b->item, p->strides);
	p->bytes = b->item;
	for (unsigned i = b->ndim; i-- > 0;) {
		uint64_t first = b->start[i] / chunk[i], end = b->start[i] + b->size[i],
			 count = (end - 1) / chunk[i] - first + 1, origin;

		p->coords[i] = first + index % count;
		index /= count;
		origin = p->coords[i] * chunk[i];
		p->lo[i] = origin > b->start[i] ? origin : b->start[i];
		p->n[i] = (origin + chunk[i] < end ? origin + chunk[i] : end) - p->lo[i];
		p->offset += (p->lo[i] - origin) * p->strides[i];
		p->bytes *= chunk[i];
		p->whole &= p->n[i] == chunk[i] && (chunk[i] == 1 || p->strides[i] == b->strides[i]);
	}
}

/* ---- reading ---- */

static int buffer(struct zf_op *op, struct zf_loader *loader, int which, uint64_t bytes, uint8_t **out)
{
	struct zf_out *o = &loader->buffers[which];

	o->len = 0;
	o->limit = SIZE_MAX / 2;
	if (zf_out_reserve(o, op, (size_t)bytes) < 0)
		return -1;
	*out = o->data;
	return 0;
}

static int load_piece(void *arg, struct zf_op *op, struct zf_loader *loader, uint64_t index)
{
	const struct zf_block *b = arg;
	const struct zf_recode *r = b->recode;
	struct zf_array *a = r->from;
	struct piece p;
	struct zf_value value;
	char key[ZF_MAX_KEY + 32];
	uint8_t *to, *chunk = NULL;
	uint64_t number;
	int result;

	find_piece(b, zf_pipeline_chunk(a->decode)->shape, index, &p);
	number = zf_grid_index(&a->grid, p.coords);
	to = zf_block_at(b, p.lo);
	if (zf_array_key(a, op, number, key, sizeof key) < 0)
		return -1;
	loader->encoded.len = 0;
	loader->encoded.limit = zf_pipeline_limit(a->decode);
	result = zf_value_get(a->store, op, key, NULL, &loader->encoded, &value);
	if (result == ZF_MISSING) {
		zf_box_fill(b->ndim, p.n, b->item, to, b->strides, r->from_meta->fill);
		return 0;
	}
	if (result == 0 && !p.whole)
		result = buffer(op, loader, DECODED, p.bytes, &chunk);
	if (result == 0 && zf_pipeline_decode(a->decode, op, loader->scratch, loader->encoded.data,
				   loader->encoded.len, p.whole ? to : chunk) < 0)
		result = zf_array_where_key(a, op, key);
	if (result < 0)
		return zf_array_where(a, op, number);
	if (!p.whole)
		zf_box_copy(b->ndim, p.n, b->item, to, b->strides, chunk + p.offset, p.strides);
	return 0;
}

int zf_block_load(struct zf_block *block, struct zf_op *op)
{
	struct zf_array *a = block->recode->from;

	return zf_crew_run(&block->recode->crew, op, count_pieces(block, zf_pipeline_chunk(a->decode)->shape),
		load_piece, block);
}

/* ---- writing ---- */

int zf_block_put(struct zf_recode *r, struct zf_op *op, struct zf_loader *loader, const uint64_t *coords,
	const void *chunk)
{
	const struct zf_array_meta *meta = r->to_meta;
	char key[ZF_MAX_KEY + 1];

	if (zf_array_coords_key(r->to, op, coords, key, sizeof key) < 0)
		return -1;
	if (!r->store_empty && zf_box_is(chunk, meta->spec.size, meta->spec.itemsize, meta->fill))
		return 0;
	loader->encoded.len = 0;
	loader->encoded.limit = SIZE_MAX / 2;
	if (zf_pipeline_encode(r->to->pipeline, op, loader->scratch, chunk, &loader->encoded) < 0)
		return zf_where(op, "key '%s'", key);
	return zf_store_put(r->to->base, op, key,
		loader->encoded.data ? loader->encoded.data : (const void *)"", loader->encoded.len,
		ZF_PUT_ALWAYS, NULL);
}

static int is_stored(struct zf_recode *r, struct zf_op *op, const uint64_t *coords, bool *out)
{
	char key[ZF_MAX_KEY + 1];
	struct zf_value value;
	int result;

	if (zf_array_coords_key(r->to, op, coords, key, sizeof key) < 0)
		return -1;
	result = zf_store_stat(r->to->base, op, key, &value);
	*out = result == ZF_FOUND;
	return result < 0 ? -1 : 0;
}

static int store_piece(void *arg, struct zf_op *op, struct zf_loader *loader, uint64_t index)
{
	const struct zf_block *b = arg;
	struct zf_recode *r = b->recode;
	uint8_t *from, *chunk = NULL;
	struct piece p;
	bool there = false;

	find_piece(b, r->to_meta->chunk, index, &p);
	if (r->resume && is_stored(r, op, p.coords, &there) < 0)
		return -1;
	from = zf_block_at(b, p.lo);
	if (!p.whole && !there) {
		bool cut = false;

		if (buffer(op, loader, GATHERED, p.bytes, &chunk) < 0)
			return -1;
		for (unsigned i = 0; i < b->ndim; i++)
			cut |= p.n[i] < r->to_meta->chunk[i];
		if (cut)
			zf_box_fill(b->ndim, r->to_meta->chunk, b->item, chunk, p.strides, r->to_meta->fill);
		zf_box_copy(b->ndim, p.n, b->item, chunk + p.offset, p.strides, from, b->strides);
	}
	if (!there && zf_block_put(r, op, loader, p.coords, p.whole ? from : chunk) < 0)
		return -1;
	__atomic_fetch_add(r->done, zf_plan_volume(b->ndim, p.n) * b->item, __ATOMIC_RELAXED);
	return 0;
}

int zf_block_store(struct zf_block *block, struct zf_op *op)
{
	return zf_crew_run(&block->recode->crew, op, count_pieces(block, block->recode->to_meta->chunk),
		store_piece, block);
}

int zf_block_is_stored(struct zf_block *block, struct zf_op *op, bool *out)
{
	uint64_t count = count_pieces(block, block->recode->to_meta->chunk);

	*out = block->recode->resume;
	for (uint64_t i = 0; i < count && *out; i++) {
		struct piece p;

		find_piece(block, block->recode->to_meta->chunk, i, &p);
		if (zf_op_check(op) < 0 || is_stored(block->recode, op, p.coords, out) < 0)
			return -1;
	}
	return 0;
}
