/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holes: lseek's SEEK_DATA and SEEK_HOLE, from a list of the stored values.
 *
 * The stored values that share a first coordinate are a band of the file. Bands that are empty or complete
 * are passed over whole; within one, data is found by asking each value for its next byte, and a hole by
 * walking run by run, which meets every value of the band within a step or two along the first dimension.
 */
#include "array/dirty.h"

#include <errno.h>
#include <stdlib.h>

struct stored {
	uint64_t *index; /* ascending */
	size_t count, room;
	bool nomem;
};

static int add(void *arg, uint64_t base_index)
{
	struct stored *s = arg;

	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 256;
		uint64_t *index = realloc(s->index, room * sizeof *index);

		s->nomem = !index;
		if (!index)
			return 1;
		s->index = index;
		s->room = room;
	}
	s->index[s->count++] = base_index;
	return 0;
}

/* What was written and is not stored yet is data too. Looked at first: it may be stored in between. */
static void add_dirty(struct zf_array *a, struct stored *s)
{
	pthread_mutex_lock(&a->writes->lock);
	for (struct zf_dirty *v = a->writes->oldest; v && !s->nomem; v = v->newer)
		add(s, v->index);
	pthread_mutex_unlock(&a->writes->lock);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Each once. */
static void sort(struct stored *s)
{
	size_t n = 0;

	if (s->count)
		qsort(s->index, s->count, sizeof *s->index, ascending);
	for (size_t i = 0; i < s->count; i++)
		if (!i || s->index[i] != s->index[i - 1])
			s->index[n++] = s->index[i];
	s->count = n;
}

/* The first stored value that is not before `index`. */
static size_t lower_bound(const struct stored *s, uint64_t index)
{
	size_t lo = 0, hi = s->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->index[mid] < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_stored(const struct stored *s, uint64_t index)
{
	size_t i = lower_bound(s, index);

	return i < s->count && s->index[i] == index;
}

/* How the stored values (shards where there are shards) lie in the file. */
struct bands {
	struct zf_grid grid;
	uint64_t width; /* values in a band */
	uint64_t size;  /* of the file */
};

static void bands_init(struct bands *b, const struct zf_array *a)
{
	uint64_t longest[ZF_MAX_NDIM];

	zf_array_longest(a, longest);
	zf_grid_init_edges(&b->grid, a->grid.array_ndim, longest, a->base_chunk, a->edges, a->fill_len);
	b->size = zf_array_size(a);
	b->width = b->grid.nchunks / b->grid.count[0];
}

static uint64_t find_data(const struct bands *b, const struct stored *s, uint64_t offset)
{
	uint64_t band_end, band = zf_grid_band(&b->grid, offset, &band_end), best = UINT64_MAX;

	for (size_t i = lower_bound(s, band * b->width); i < s->count; i++) {
		uint64_t at;

		if (s->index[i] / b->width != band && best != UINT64_MAX)
			break; /* nothing in a later band comes first */
		band = s->index[i] / b->width;
		at = zf_grid_next_in(&b->grid, s->index[i], offset);
		if (at < best)
			best = at;
	}
	return best;
}

static uint64_t find_hole(const struct bands *b, const struct stored *s, uint64_t offset)
{
	while (offset < b->size) {
		uint64_t band_end, band = zf_grid_band(&b->grid, offset, &band_end), run_end;

		if (lower_bound(s, (band + 1) * b->width) - lower_bound(s, band * b->width) == b->width) {
			offset = band_end;
			continue;
		}
		if (!is_stored(s, zf_grid_locate(&b->grid, offset, &run_end)))
			return offset;
		offset = run_end;
	}
	return b->size;
}

static int look(struct zf_array *a, struct zf_op *op, const struct stored *s, uint64_t offset, bool data,
	uint64_t *out)
{
	struct bands b;

	if (s->nomem)
		return zf_nomem(op, (s->room * 2) * sizeof *s->index);
	bands_init(&b, a);
	*out = data ? find_data(&b, s, offset) : find_hole(&b, s, offset);
	if (*out >= b.size && data)
		return zf_fail(
			op, ENXIO, "%s: no data after byte %llu", a->label, (unsigned long long)offset);
	return 0;
}

int zf_array_seek(struct zf_array *a, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	struct stored s = { 0 };
	uint64_t size = zf_array_size(a);
	int ret;

	if (offset >= size)
		return zf_fail(
			op, ENXIO, "%s: byte %llu is beyond the end", a->label, (unsigned long long)offset);
	if (!a->fill_is_zero) {
		*out = data ? offset : size; /* what is not stored is no hole: it reads as something */
		return 0;
	}
	add_dirty(a, &s);
	ret = s.nomem ? 0 : zf_array_stored(a, op, add, &s);
	if (ret < 0) {
		zf_where(op, "%s", a->label);
	} else {
		sort(&s);
		ret = look(a, op, &s, offset, data, out);
	}
	free(s.index);
	return ret;
}
