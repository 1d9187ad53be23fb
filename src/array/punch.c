/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holes: a range becomes fill value. Only values that are stored or dirty are looked at. Chunks that are
 * covered whole get a layer that says so and takes no memory; storing it deletes them.
 */
#include "array/dirty.h"

#include <stdlib.h>

enum { FEW = 256 }; /* values that are looked up one by one rather than listed */

struct punch {
	struct zf_array *array;
	struct zf_op *op;
	struct zf_grid grid; /* of stored values */
	uint64_t offset, end;
	uint64_t *values; /* that the range touches; owned */
	size_t count, room;
	bool nomem;
};

static int add(void *arg, uint64_t base_index)
{
	struct punch *p = arg;

	if (zf_grid_next_in(&p->grid, base_index, p->offset) >= p->end)
		return 0;
	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		uint64_t *to = realloc(p->values, room * sizeof *to);

		p->nomem = !to;
		if (!to)
			return 1;
		p->values = to;
		p->room = room;
	}
	p->values[p->count++] = base_index;
	return 0;
}

/* Lists the values one by one, if they are few. */
static bool add_few(struct punch *p)
{
	struct zf_walk walk;
	struct zf_piece piece;

	zf_walk_init(&walk, &p->grid, p->offset, p->end - p->offset);
	while (zf_walk_next(&walk, &piece))
		if (p->count == FEW || add(p, piece.index))
			return false;
	return true;
}

static void add_dirty(struct punch *p)
{
	struct zf_writes *w = p->array->writes;

	pthread_mutex_lock(&w->lock);
	for (struct zf_dirty *v = w->oldest; v && !p->nomem; v = v->newer)
		add(p, v->index);
	pthread_mutex_unlock(&w->lock);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A value that was listed without a look: whether there is anything of it. */
static int is_there(struct punch *p, uint64_t base_index)
{
	struct zf_array *a = p->array;
	char key[ZF_MAX_KEY + 1];
	struct zf_value value;
	bool dirty;
	int found;

	pthread_mutex_lock(&a->writes->lock);
	dirty = zf_dirty_find(a, base_index);
	pthread_mutex_unlock(&a->writes->lock);
	if (dirty)
		return 1;
	if (zf_array_base_key(a, p->op, base_index, key, sizeof key) < 0)
		return -1;
	found = zf_store_stat(a->base, p->op, key, &value);
	return found < 0 ? -1 : found == ZF_FOUND;
}

/* ---- chunks ---- */

/* A layer that hides all that is below. */
static int erase(struct punch *p, uint64_t index)
{
	struct zf_array *a = p->array;
	struct zf_writes *w = a->writes;
	struct zf_dirty_chunk *c;
	struct zf_layer *top = NULL;

	pthread_mutex_lock(&w->lock);
	c = zf_dirty_chunk_get(a, index);
	if (c) {
		struct zf_layer_of of = zf_dirty_of(a, c);

		pthread_mutex_lock(&c->value->lock);
		top = zf_dirty_top(a, c);
		if (top) {
			zf_layer_clear(top, &of);
			top->erased = true;
			zf_dirty_check(c);
		}
		pthread_mutex_unlock(&c->value->lock);
		c->value->refs++;
		zf_dirty_listed(a, c->value);
		zf_dirty_put(a, c->value);
	}
	pthread_mutex_unlock(&w->lock);
	return top ? 0 : zf_nomem(p->op, sizeof *top);
}

static int punch_chunk(struct punch *p, uint64_t index)
{
	struct zf_array *a = p->array;
	uint64_t from = zf_grid_rank(&a->grid, index, p->offset), to = zf_grid_rank(&a->grid, index, p->end);
	uint64_t all, whole = zf_grid_rank(&a->grid, index, a->grid.nbytes);
	int ret;

	if (from == to)
		return 0;
	if (zf_write_room(a, p->op, to - from) < 0 || zf_writer_enter(a, p->op) < 0)
		return -1;
	all = zf_grid_rank(&a->grid, index, zf_array_size(a));
	if (to > all)
		to = all; /* it shrank meanwhile */
	if (from >= to)
		ret = 0;
	else if (from == 0 && to == whole)
		/* not of a chunk that goes on behind the end: another writer may append to it just now */
		ret = erase(p, index);
	else
		ret = zf_dirty_write(a, p->op, NULL, NULL, index, from, to - from);
	zf_writer_leave(a);
	return ret;
}

/* All innermost chunks of a value that lie in the array. */
static int punch_value(struct punch *p, uint64_t base_index)
{
	struct zf_array *a = p->array;
	uint64_t first[ZF_MAX_NDIM], n[ZF_MAX_NDIM], at[ZF_MAX_NDIM] = { 0 }, coords[ZF_MAX_NDIM];
	unsigned ndim = a->grid.array_ndim, d;

	zf_array_base_coords(a, base_index, first);
	for (d = 0; d < ndim; d++) {
		uint64_t ratio = 1;

		for (unsigned level = 0; level < a->depth; level++)
			ratio *= a->level[level].ratio[d];
		first[d] *= ratio;
		n[d] = a->grid.array_count[d] - first[d] < ratio ? a->grid.array_count[d] - first[d] : ratio;
	}
	for (;;) {
		for (d = 0; d < ndim; d++)
			coords[d] = first[d] + at[d];
		if (punch_chunk(p, zf_grid_index(&a->grid, coords)) < 0)
			return -1;
		for (d = ndim; d-- > 0;) {
			if (++at[d] < n[d])
				break;
			at[d] = 0;
		}
		if (d >= ndim)
			return 0;
	}
}

static int punch_values(struct punch *p, bool look)
{
	int there = 1;

	if (p->count)
		qsort(p->values, p->count, sizeof p->values[0], ascending);
	for (size_t i = 0; i < p->count; i++) {
		if (i && p->values[i] == p->values[i - 1])
			continue;
		if (zf_op_check(p->op) < 0)
			return -1;
		if (look)
			there = is_there(p, p->values[i]);
		if (there < 0 || (there && punch_value(p, p->values[i]) < 0))
			return zf_where(p->op, "%s", p->array->label);
		zf_store_complete(p->array, false);
	}
	return 0;
}

static int punch(struct punch *p)
{
	struct zf_array *a = p->array;
	bool few = add_few(p);

	if (!few) {
		p->count = 0;
		if (!p->nomem && zf_array_stored(a, p->op, add, p) < 0)
			return zf_where(p->op, "%s", a->label);
		add_dirty(p);
	}
	if (p->nomem)
		return zf_nomem(p->op, p->room * 2 * sizeof p->values[0]);
	return punch_values(p, few);
}

int zf_array_punch(struct zf_array *a, struct zf_op *op, uint64_t offset, uint64_t len)
{
	uint64_t size = zf_array_size(a), longest[ZF_MAX_NDIM];
	struct punch *p;
	int ret;

	if (!__atomic_load_n(&a->writes->ready, __ATOMIC_ACQUIRE) && zf_array_writable(a, op, NULL) < 0)
		return -1;
	if (offset >= size || !len)
		return 0;
	p = calloc(1, sizeof *p);
	if (!p)
		return zf_nomem(op, sizeof *p);
	p->array = a;
	p->op = op;
	p->offset = offset;
	p->end = len < size - offset ? offset + len : size;
	zf_array_longest(a, longest);
	zf_grid_init_edges(&p->grid, a->grid.array_ndim, longest, a->base_chunk, a->edges, a->fill_len);
	ret = punch(p);
	free(p->values);
	free(p);
	return ret;
}
