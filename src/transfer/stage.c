/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tiles. The temporary file has the target blocks of a region one after another, and in each of them its
 * tiles, one for each source block that it overlaps; a tile is in C order. So whatever a source block has for
 * a target block is one run of the file, and a target block is read from one run.
 */
#include "transfer/stage.h"

#include "base/checked.h"
#include "base/temp_file.h"
#include "codec/box.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SLAB = 1 << 20 }; /* bytes of a tile that are moved at once, unless a row of it has more */

struct stage {
	struct zf_recode *recode;
	const struct zf_plan *plan;
	unsigned ndim;
	uint64_t item;
	int fd;
	uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM]; /* the region */
	struct zf_block *block;                         /* within the array, as the region */
	bool load;                                      /* from the file into the block; else the other way */
};

/* ---- the file ---- */

static int move_bytes(const struct stage *s, struct zf_op *op, uint8_t *p, uint64_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t n =
			s->load ? pread(s->fd, p, len, (off_t)offset) : pwrite(s->fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return zf_fail(op, n < 0 ? errno : EIO, "temporary file (TMPDIR says where): %s",
				n < 0 ? strerror(errno) : "too short");
		p += n;
		len -= (uint64_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

/* ---- a tile ---- */

struct tile {
	uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM]; /* in the array */
	uint64_t offset;                                /* in the file, bytes */
};

/* A box of a tile that is one run of the file. */
static int move_slab(const struct stage *s, struct zf_op *op, struct zf_loader *loader, const uint64_t *at,
	const uint64_t *n, uint64_t offset)
{
	struct zf_out *buffer = &loader->buffers[2];
	uint64_t bytes = zf_plan_volume(s->ndim, n) * s->item, strides[ZF_MAX_NDIM];
	uint8_t *place = zf_block_at(s->block, at);

	buffer->len = 0;
	buffer->limit = SIZE_MAX / 2;
	if (zf_out_reserve(buffer, op, (size_t)bytes) < 0)
		return -1;
	zf_box_strides(s->ndim, n, s->item, strides);
	if (!s->load)
		zf_box_copy(s->ndim, n, s->item, buffer->data, strides, place, s->block->strides);
	if (move_bytes(s, op, buffer->data, bytes, offset) < 0)
		return -1;
	if (s->load)
		zf_box_copy(s->ndim, n, s->item, place, s->block->strides, buffer->data, strides);
	return 0;
}

/* Cuts a tile into slabs: all of the inner dimensions, as much as fits of one, 1 of those before. */
static void slab_shape(const struct stage *s, const struct tile *tile, uint64_t *slab)
{
	uint64_t bytes = s->item;

	for (unsigned i = s->ndim; i-- > 0;) {
		uint64_t fits = SLAB / bytes;

		slab[i] = fits >= tile->size[i] ? tile->size[i] : fits ? fits : 1;
		bytes = slab[i] == tile->size[i] ? bytes * slab[i] : SLAB + 1;
	}
}

static int move_tile(
	const struct stage *s, struct zf_op *op, struct zf_loader *loader, const struct tile *tile)
{
	uint64_t slab[ZF_MAX_NDIM], at[ZF_MAX_NDIM], n[ZF_MAX_NDIM], offset = tile->offset, count;

	slab_shape(s, tile, slab);
	count = zf_plan_cells(s->ndim, tile->size, slab);
	for (uint64_t i = 0; i < count; i++) {
		if (zf_op_check(op) < 0)
			return -1;
		zf_plan_cell(s->ndim, tile->size, slab, i, at, n);
		for (unsigned d = 0; d < s->ndim; d++)
			at[d] += tile->start[d];
		if (move_slab(s, op, loader, at, n, offset) < 0)
			return -1;
		offset += zf_plan_volume(s->ndim, n) * s->item;
	}
	return 0;
}

/* ---- the tiles of a block ---- */

/* Of the tiles that the block is made of, number `index`: it is what one cell of the other kind of block has
 * of it. All places are those in the region here. */
static void find_tile(const struct stage *s, uint64_t index, struct tile *tile)
{
	const uint64_t *other = s->load ? s->plan->read : s->plan->write;
	uint64_t cell[ZF_MAX_NDIM], whole[ZF_MAX_NDIM], within[ZF_MAX_NDIM];

	for (unsigned i = s->ndim; i-- > 0;) {
		uint64_t lo = s->block->start[i] - s->start[i], end = lo + s->block->size[i],
			 first = lo / other[i], count = (end - 1) / other[i] - first + 1,
			 from = (first + index % count) * other[i], to = from + other[i], left;

		index /= count;
		from = from > lo ? from : lo;
		to = to < end ? to : end;
		/* the target block that it lies in */
		cell[i] = from / s->plan->write[i] * s->plan->write[i];
		left = s->size[i] - cell[i];
		whole[i] = left < s->plan->write[i] ? left : s->plan->write[i];
		within[i] = from - cell[i];
		tile->start[i] = s->start[i] + from;
		tile->size[i] = to - from;
	}
	tile->offset = (zf_plan_place(s->ndim, s->size, cell, whole) +
			       zf_plan_place(s->ndim, whole, within, tile->size)) *
		       s->item;
}

static uint64_t count_tiles(const struct stage *s)
{
	const uint64_t *other = s->load ? s->plan->read : s->plan->write;
	uint64_t tiles = 1;

	for (unsigned i = 0; i < s->ndim; i++) {
		uint64_t lo = s->block->start[i] - s->start[i];

		tiles *= (lo + s->block->size[i] - 1) / other[i] - lo / other[i] + 1;
	}
	return tiles;
}

static int do_tile(void *arg, struct zf_op *op, struct zf_loader *loader, uint64_t index)
{
	const struct stage *s = arg;
	struct tile tile;

	find_tile(s, index, &tile);
	return move_tile(s, op, loader, &tile);
}

static int move_tiles(struct stage *s, struct zf_op *op)
{
	return zf_crew_run(&s->recode->crew, op, count_tiles(s), do_tile, s);
}

/* ---- a region ---- */

/* Makes the block number `i` of a kind. */
static void set_block(struct stage *s, const uint64_t *cell, uint64_t i)
{
	uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM];

	zf_plan_cell(s->ndim, s->size, cell, i, start, size);
	for (unsigned d = 0; d < s->ndim; d++)
		start[d] += s->start[d];
	zf_block_set(s->block, start, size);
}

static int run_region(struct stage *s, struct zf_op *op)
{
	uint64_t reads = zf_plan_cells(s->ndim, s->size, s->plan->read),
		 writes = zf_plan_cells(s->ndim, s->size, s->plan->write);

	s->load = false;
	for (uint64_t i = 0; i < reads; i++) {
		set_block(s, s->plan->read, i);
		if (zf_block_load(s->block, op) < 0 || move_tiles(s, op) < 0)
			return -1;
	}
	s->load = true;
	for (uint64_t i = 0; i < writes; i++) {
		set_block(s, s->plan->write, i);
		if (move_tiles(s, op) < 0 || zf_block_store(s->block, op) < 0)
			return -1;
	}
	return 0;
}

/* Whether all values of a region are stored, of a copy that was interrupted. */
static int region_is_stored(struct stage *s, struct zf_op *op, bool *out)
{
	zf_block_set(s->block, s->start, s->size);
	return zf_block_is_stored(s->block, op, out);
}

int zf_stage_run(struct zf_recode *r, struct zf_op *op, const struct zf_plan *plan, struct zf_block *block)
{
	const struct zf_array_meta *meta = r->to_meta;
	struct stage s = {
		.recode = r, .plan = plan, .ndim = meta->ndim, .item = meta->spec.itemsize, .block = block
	};
	uint64_t count = zf_plan_cells(meta->ndim, meta->shape, plan->region);
	int result = 0;

	s.fd = zf_temp_file();
	if (s.fd < 0)
		return zf_fail(op, errno, "temporary file (TMPDIR says where): %s", strerror(errno));
	for (uint64_t i = 0; i < count && result == 0; i++) {
		bool there;

		zf_plan_cell(meta->ndim, meta->shape, plan->region, i, s.start, s.size);
		result = region_is_stored(&s, op, &there);
		if (result == 0 && there)
			__atomic_fetch_add(
				r->done, zf_plan_volume(s.ndim, s.size) * s.item, __ATOMIC_RELAXED);
		else if (result == 0)
			result = run_region(&s, op);
	}
	close(s.fd);
	return result;
}
