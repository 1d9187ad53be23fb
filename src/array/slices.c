/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replies without a copy: long runs go out as they lie in the cache, pinned until they are sent. Where runs
 * are short, gathering them costs the receiver more than copying them once costs us.
 */
#include "array/dirty.h"

#include <stdlib.h>

enum {
	RUN_WORTH = 16 << 10, /* bytes: average length of runs from which they go out as they are */
	MOST_PIECES = 256,
};

/* What is behind struct zf_slices; free() is first so that other makers of slices can have their own. */
struct owner {
	void (*free)(struct zf_slices *);
	struct zf_array *array; /* NULL: `copy` holds the bytes */
	struct zf_need need;
	struct iovec iov[MOST_PIECES];
};

struct copied {
	void (*free)(struct zf_slices *);
	struct iovec iov;
	unsigned char bytes[];
};

void zf_slices_free(struct zf_slices *slices)
{
	if (slices->private)
		(*(void (**)(struct zf_slices *))slices->private)(slices);
	*slices = (struct zf_slices){ 0 };
}

static void free_copied(struct zf_slices *slices)
{
	free(slices->private);
}

static void free_pinned(struct zf_slices *slices)
{
	struct owner *o = slices->private;

	zf_need_release(o->array, &o->need);
	free(o);
}

static int copy_out(struct zf_array *a, struct zf_op *op, struct zf_stream *stream, size_t len,
	uint64_t offset, struct zf_slices *out)
{
	struct copied *c = malloc(sizeof *c + len);

	if (!c)
		return zf_nomem(op, sizeof *c + len);
	if (zf_array_pread(a, op, stream, c->bytes, len, offset) < 0) {
		free(c);
		return -1;
	}
	c->free = free_copied;
	c->iov = (struct iovec){ c->bytes, len };
	*out = (struct zf_slices){ &c->iov, 1, len, c };
	return 0;
}

/* Whether the range's runs are long. */
static bool worth_it(const struct zf_array *a, uint64_t offset, uint64_t len)
{
	uint64_t run_end;

	zf_grid_locate(&a->grid, offset, &run_end);
	if (run_end - offset >= len)
		return len >= RUN_WORTH; /* one chunk holds it all */
	return a->grid.chunk[a->grid.ndim - 1] >= RUN_WORTH;
}

struct gather {
	struct owner *owner;
	int count;
};

static const struct zf_part *find_part(const struct zf_need *need, uint64_t chunk, uint64_t number)
{
	unsigned i = 0;

	while (need->ids[i].chunk != chunk || need->ids[i].part != number)
		i++;
	return need->parts[i];
}

/* Adds n bytes that lie at byte `start` of a chunk. False: too many pieces. */
static bool add_run(struct gather *g, uint64_t chunk, uint64_t start, uint64_t n)
{
	const struct zf_array *a = g->owner->array;
	uint64_t part_size = g->owner->need.part_size;

	while (n) {
		uint64_t within = start % part_size;
		const struct zf_part *part = find_part(&g->owner->need, chunk, start / part_size);
		uint64_t some = part_size - within < n ? part_size - within : n;
		const unsigned char *at;

		if (g->count == MOST_PIECES)
			return false;
		if (part->state == ZF_PART_FILL) {
			uint64_t room = a->fill_size - start % a->fill_item;

			if (some > room)
				some = room;
			at = zf_fill_at(a, start, some);
		} else {
			at = part->data + within;
		}
		g->owner->iov[g->count++] = (struct iovec){ (void *)(uintptr_t)at, some };
		start += some;
		n -= some;
	}
	return true;
}

/* The runs of the range in file order. The pieces of one box interleave along the file, so this walks the
 * file run by run and looks up the parts. */
static bool gather_runs(struct gather *g, uint64_t offset, uint64_t len)
{
	const struct zf_grid *grid = &g->owner->array->grid;
	uint64_t end = offset + len, run_end;

	while (offset < end) {
		uint64_t index = zf_grid_locate(grid, offset, &run_end);
		uint64_t n = (run_end < end ? run_end : end) - offset;

		if (!add_run(g, index, zf_grid_in_chunk(grid, offset), n))
			return false;
		offset += n;
	}
	return true;
}

static int pin_out(struct zf_array *a, struct zf_op *op, struct owner *o, struct zf_ahead *ahead, size_t len,
	uint64_t offset, struct zf_slices *out)
{
	struct gather g = { o, 0 };

	o->free = free_pinned;
	o->array = a;
	if (zf_need_get(a, op, &o->need, ahead) < 0)
		return -1;
	if (!gather_runs(&g, offset, len)) {
		zf_need_release(a, &o->need);
		return 1;
	}
	*out = (struct zf_slices){ o->iov, g.count, len, o };
	return 0;
}

int zf_array_slices(struct zf_array *a, struct zf_op *op, struct zf_stream *stream, size_t len,
	uint64_t offset, struct zf_slices *out)
{
	struct zf_ahead ahead = { stream, offset, len };
	struct owner *o;
	uint64_t run_end;
	int ret = 1;

	*out = (struct zf_slices){ 0 };
	if (!len)
		return 0;
	if (!worth_it(a, offset, len) || (zf_dirty_any(a) && zf_dirty_in(a, offset, len)))
		return copy_out(a, op, stream, len, offset, out);
	o = malloc(sizeof *o);
	if (!o)
		return zf_nomem(op, sizeof *o);
	o->need.skip = NULL;
	ret = zf_array_part_size(a, op, zf_grid_locate(&a->grid, offset, &run_end), &o->need.part_size);
	if (ret == 0)
		ret = zf_need_list(a, offset, len, &o->need) ? pin_out(a, op, o, &ahead, len, offset, out)
							     : 1;
	if (ret)
		free(o);
	return ret > 0 ? copy_out(a, op, ahead.stream, len, offset, out) : ret;
}
