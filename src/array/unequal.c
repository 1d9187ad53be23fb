/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks of unequal size (a rectilinear grid). Stored they have their own shape, in memory they lie in the
 * first corner of room for the largest one (grid/grid.h), so that nobody else need know. Here is the way from
 * the one to the other: each shape has its own pipeline.
 */
#include "array/internal.h"

#include "base/checked.h"
#include "codec/box.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SHAPES_KEPT = 32 }; /* pipelines that are bound once; those of further shapes are bound each time */

struct zf_unequal {
	const json_t *codecs; /* borrowed: of the meta */
	pthread_mutex_t lock; /* the table */
	unsigned count;
	struct zf_pipeline *kept[SHAPES_KEPT]; /* once there, for good */
};

int zf_unequal_new(struct zf_array *a, struct zf_op *op, const json_t *codecs)
{
	a->unequal = calloc(1, sizeof *a->unequal);
	if (!a->unequal)
		return zf_nomem(op, sizeof *a->unequal);
	a->unequal->codecs = codecs;
	pthread_mutex_init(&a->unequal->lock, NULL);
	return 0;
}

void zf_unequal_free(struct zf_unequal *u)
{
	if (!u)
		return;
	for (unsigned i = 0; i < u->count; i++)
		zf_pipeline_free(u->kept[i]);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

bool zf_array_extent(const struct zf_array *a, unsigned d, uint64_t coord, uint64_t *lo, uint64_t *n)
{
	const struct zf_edges *edges = a->edges[d];
	const struct zf_edge_run *run;

	*n = a->base_chunk[d];
	if (!edges)
		return zf_mul(coord, a->base_chunk[d], lo);
	if (coord >= edges->chunks)
		return false;
	run = zf_edges_of_chunk(edges, coord);
	*n = run->size;
	*lo = run->at + (coord - run->chunk) * run->size;
	return true;
}

bool zf_array_plain(const struct zf_array *a)
{
	return !a->unequal && zf_pipeline_plain(a->decode);
}

/* ---- pipelines ---- */

static struct zf_pipeline *find(struct zf_unequal *u, const struct zf_spec *spec)
{
	struct zf_pipeline *found = NULL;

	pthread_mutex_lock(&u->lock);
	for (unsigned i = 0; i < u->count && !found; i++)
		if (!memcmp(zf_pipeline_chunk(u->kept[i])->shape, spec->shape, sizeof spec->shape))
			found = u->kept[i];
	pthread_mutex_unlock(&u->lock);
	return found;
}

/* False: it is the caller's. */
static bool keep(struct zf_unequal *u, struct zf_pipeline *pipeline)
{
	bool room;

	pthread_mutex_lock(&u->lock);
	room = u->count < SHAPES_KEPT;
	if (room)
		u->kept[u->count++] = pipeline;
	pthread_mutex_unlock(&u->lock);
	return room;
}

/* The spec of chunk number `index` as it is stored. */
static void stored_spec(const struct zf_array *a, uint64_t index, struct zf_spec *spec)
{
	uint64_t coords[ZF_MAX_NDIM], lo;

	*spec = *zf_pipeline_chunk(a->pipeline);
	spec->size = spec->itemsize;
	zf_grid_coords(&a->grid, index, coords);
	for (unsigned d = 0; d < spec->ndim; d++) {
		zf_array_extent(a, d, coords[d], &lo, &spec->shape[d]);
		spec->size *= (size_t)spec->shape[d];
	}
}

/* The pipeline for that spec: borrowed, or new, and then in *own as well. */
static const struct zf_pipeline *pipeline_of(
	const struct zf_array *a, struct zf_op *op, const struct zf_spec *spec, struct zf_pipeline **own)
{
	struct zf_pipeline *pipeline = find(a->unequal, spec);

	*own = NULL;
	if (pipeline)
		return pipeline;
	if (zf_pipeline_new(op, a->unequal->codecs, spec, &pipeline) < 0) {
		if (op->err == EINVAL)
			op->err = EIO; /* a chain that does not fit this one chunk */
		return NULL;
	}
	if (!keep(a->unequal, pipeline))
		*own = pipeline;
	return pipeline;
}

/* ---- chunks ---- */

static bool is_largest(const struct zf_array *a, const struct zf_spec *spec)
{
	return spec->size == zf_pipeline_chunk(a->pipeline)->size;
}

static int take(struct zf_loader *loader, struct zf_op *op, size_t size, uint8_t **out)
{
	struct zf_out *buffer = &loader->buffers[ZF_BUFFER_STORED];

	buffer->len = 0;
	buffer->limit = SIZE_MAX / 2;
	if (zf_out_reserve(buffer, op, size) < 0)
		return -1;
	*out = buffer->data;
	return 0;
}

/* From its own shape into the corner, or back. */
static void copy(
	const struct zf_array *a, const struct zf_spec *spec, uint8_t *room, uint8_t *stored, bool out)
{
	const struct zf_spec *largest = zf_pipeline_chunk(a->pipeline);
	uint64_t wide[ZF_MAX_NDIM], tight[ZF_MAX_NDIM];

	zf_box_strides(spec->ndim, largest->shape, spec->itemsize, wide);
	zf_box_strides(spec->ndim, spec->shape, spec->itemsize, tight);
	if (out)
		zf_box_copy(spec->ndim, spec->shape, spec->itemsize, stored, tight, room, wide);
	else
		zf_box_copy(spec->ndim, spec->shape, spec->itemsize, room, wide, stored, tight);
}

static int decode(const struct zf_array *a, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, size_t len, void *dst)
{
	const struct zf_pipeline *pipeline;
	struct zf_pipeline *own;
	struct zf_spec spec;
	uint8_t *stored = NULL;
	int ret = -1;

	stored_spec(a, index, &spec);
	if (is_largest(a, &spec))
		return zf_pipeline_decode(a->pipeline, op, loader->scratch, src, len, dst);
	pipeline = pipeline_of(a, op, &spec, &own);
	if (pipeline && take(loader, op, spec.size, &stored) == 0)
		ret = zf_pipeline_decode(pipeline, op, loader->scratch, src, len, stored);
	if (ret == 0) {
		if (spec.kind == 'O')
			memset(dst, 0, zf_pipeline_chunk(a->pipeline)->size);
		else
			zf_fill_write(a, dst, 0, a->grid.chunk_bytes);
		copy(a, &spec, dst, stored, false);
	}
	zf_pipeline_free(own);
	return ret;
}

int zf_chunk_decode(const struct zf_array *a, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, size_t len, void *dst)
{
	if (a->unequal)
		return decode(a, op, loader, index, src, len, dst);
	return zf_pipeline_decode(a->decode, op, loader->scratch, src, len, dst);
}

static int encode(const struct zf_array *a, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, struct zf_out *out)
{
	const struct zf_pipeline *pipeline;
	struct zf_pipeline *own;
	struct zf_spec spec;
	uint8_t *stored = NULL;
	int ret = -1;

	stored_spec(a, index, &spec);
	if (is_largest(a, &spec))
		return zf_pipeline_encode(a->pipeline, op, loader->scratch, src, out);
	pipeline = pipeline_of(a, op, &spec, &own);
	if (pipeline && take(loader, op, spec.size, &stored) == 0) {
		copy(a, &spec, (uint8_t *)(uintptr_t)src, stored, true);
		ret = zf_pipeline_encode(pipeline, op, loader->scratch, stored, out);
	}
	zf_pipeline_free(own);
	return ret;
}

int zf_chunk_encode(const struct zf_array *a, struct zf_op *op, struct zf_loader *loader, uint64_t index,
	const void *src, struct zf_out *out)
{
	if (a->unequal)
		return encode(a, op, loader, index, src, out);
	return zf_pipeline_encode(a->decode, op, loader->scratch, src, out);
}
