/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rectilinear chunk grids, read: runs stay runs, however many chunks they have.
 *
 * The specification wants the lengths to add up to the shape. zarr-python also takes more, and lets a plain
 * number stand for equal chunks, the last of which is stored whole: so do we.
 */
#include "meta/rectilinear.h"

#include "base/checked.h"
#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char key[] = "chunk_shapes";

/* One entry: a length, or [length, how often]. */
static int read_run(struct zf_op *op, const json_t *value, uint64_t *size, uint64_t *count)
{
	*count = 1;
	if (!json_is_array(value))
		return zf_read_size(op, key, value, 1, size);
	if (json_array_size(value) != 2)
		return zf_fail(op, EIO, "%s: a run is [length, count], found a list of %zu", key,
			json_array_size(value));
	if (zf_read_size(op, key, json_array_get(value, 0), 1, size) < 0)
		return -1;
	return zf_read_size(op, key, json_array_get(value, 1), 1, count);
}

static int add_run(struct zf_op *op, struct zf_edges *edges, uint64_t size, uint64_t count)
{
	uint64_t elements, end;

	if (!zf_mul(size, count, &elements) || !zf_add(edges->elements, elements, &end) || end > ZF_MAX_FILE)
		return zf_fail(op, EIO, "%s: the lengths add up to more than 2^63-1", key);
	if (!edges->count || edges->run[edges->count - 1].size != size)
		edges->run[edges->count++] = (struct zf_edge_run){ edges->chunks, edges->elements, size };
	edges->chunks += count;
	edges->elements = end;
	if (size > edges->largest)
		edges->largest = size;
	return 0;
}

/* The lengths along dimension d. */
static int read_list(struct zf_op *op, struct zf_array_meta *array, unsigned d, const json_t *value)
{
	size_t n = json_array_size(value);
	struct zf_edges *edges = calloc(1, sizeof *edges + n * sizeof edges->run[0]);

	if (!edges)
		return zf_nomem(op, n * sizeof edges->run[0]);
	array->edges[d] = edges;
	edges->largest = 1;
	for (size_t i = 0; i < n; i++) {
		uint64_t size, count;

		if (read_run(op, json_array_get(value, i), &size, &count) < 0 ||
			add_run(op, edges, size, count) < 0)
			return -1;
	}
	if (edges->elements < array->shape[d])
		return zf_fail(op, EIO, "%s: the lengths along dimension %u add up to %ju, shape has %ju",
			key, d, (uintmax_t)edges->elements, (uintmax_t)array->shape[d]);
	array->chunk[d] = edges->largest;
	return 0;
}

static int read_dimensions(struct zf_op *op, struct zf_read *read, const json_t *shapes)
{
	struct zf_array_meta *array = &read->meta->array;

	if (json_array_size(shapes) != array->ndim)
		return zf_fail(op, EIO, "%s: %zu dimensions, shape has %u", key, json_array_size(shapes),
			array->ndim);
	for (unsigned d = 0; d < array->ndim; d++) {
		const json_t *value = json_array_get(shapes, d);
		int ret = json_is_array(value) ? read_list(op, array, d, value)
					       : zf_read_size(op, key, value, 1, &array->chunk[d]);

		if (ret < 0)
			return -1;
	}
	read->chunk_ndim = array->ndim;
	read->chunk_known = true;
	return 0;
}

int zf_read_rectilinear(struct zf_op *op, struct zf_read *read, const json_t *config)
{
	const json_t *kind = json_object_get(config, "kind"), *shapes = json_object_get(config, key);
	char show[64];

	if (!zf_json_text(kind))
		return zf_fail(op, EIO, "chunk_grid: kind: expected a name, found %s", zf_json_kind(kind));
	if (strcmp(json_string_value(kind), "inline") != 0)
		return zf_fail(
			op, EOPNOTSUPP, "chunk_grid: kind '%s' is not supported", zf_json_show(kind, show));
	if (!json_is_array(shapes))
		return zf_fail(op, EIO, "%s: expected a list, found %s", key, zf_json_kind(shapes));
	if (!read->shape_known)
		return -1; /* which is told */
	read->meta->array.chunk_shapes = json_incref((json_t *)shapes);
	return read_dimensions(op, read, shapes);
}
