/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes the array as a whole: shrinking, cleaning, punching, emptying.
 *
 * What is stored outside the array would come back when it grows, left there by us or by others. So what a
 * shrink leaves outside is deleted, and the values at the edge are cleaned. Before the first growth the same
 * is done for what others may have left: until then only `believed` rows of what is stored are the array's.
 */
#include "array/dirty.h"

#include "base/checked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FEW = 256,    /* values that are looked up one by one rather than listed */
	BATCH = 8192, /* keys listed at once, to be deleted */
	EDGES = 65536 /* ... or cleaned: those stay, and each listing passes all of them */
};

/* ---- lists of values ---- */

/* Coordinates in a row. */
struct places {
	unsigned ndim;
	uint64_t *coords; /* owned */
	size_t count, room, most;
	bool nomem;
};

static int add_place(struct places *p, const uint64_t *coords)
{
	unsigned n = p->ndim ? p->ndim : 1;

	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		uint64_t *to = realloc(p->coords, room * n * sizeof *to);

		p->nomem = !to;
		if (!to)
			return 1;
		p->coords = to;
		p->room = room;
	}
	memcpy(p->coords + p->count++ * n, coords, p->ndim * sizeof coords[0]);
	return p->count == p->most;
}

static const uint64_t *place_at(const struct places *p, size_t i)
{
	return p->coords + i * (p->ndim ? p->ndim : 1);
}

/* The lowest numbers from `from` on, at most EDGES of them: a heap, the highest first. */
struct lowest {
	uint64_t *heap; /* owned */
	size_t count;
	uint64_t from;
};

static void sift_up(uint64_t *heap, size_t i, uint64_t n)
{
	for (; i > 0 && heap[(i - 1) / 2] < n; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = n;
}

/* n takes the place of the highest. */
static void sift_down(uint64_t *heap, size_t count, uint64_t n)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < count) {
		if (child + 1 < count && heap[child + 1] > heap[child])
			child++;
		if (heap[child] <= n)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = n;
}

static void add_number(struct lowest *lowest, uint64_t n)
{
	if (n < lowest->from)
		return;
	if (lowest->count < EDGES)
		sift_up(lowest->heap, lowest->count++, n);
	else if (n < lowest->heap[0])
		sift_down(lowest->heap, lowest->count, n);
}

/* ---- cleaning ---- */

struct clean {
	struct zf_array *array;
	const uint64_t *keep; /* UINT64_MAX along a dimension: all */
	struct places places; /* of those outside, */
	struct lowest *edges; /* or the numbers of those at the edge: NULL where they are not wanted */
};

enum where { INSIDE, EDGE, OUTSIDE };

static enum where where_is(const struct clean *c, const uint64_t *coords)
{
	const struct zf_array *a = c->array;
	enum where where = INSIDE;

	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		uint64_t lo, n;

		if (c->keep[d] == UINT64_MAX)
			continue;
		if (!zf_array_extent(a, d, coords[d], &lo, &n) || lo >= c->keep[d])
			return OUTSIDE;
		if (c->keep[d] - lo < n)
			where = EDGE;
	}
	for (unsigned d = 0; d < a->grid.array_ndim; d++)
		if (coords[d] >= a->base_count[d])
			return INSIDE; /* of no array that there ever was: not ours */
	return where;
}

static uint64_t base_at(const struct zf_array *a, const uint64_t *coords)
{
	uint64_t base = 0;

	for (unsigned d = 0; d < a->grid.array_ndim; d++)
		base = base * a->base_count[d] + coords[d];
	return base;
}

static int collect(void *arg, const uint64_t *coords)
{
	struct clean *c = arg;
	enum where where = where_is(c, coords);

	if (c->edges && where == EDGE)
		add_number(c->edges, base_at(c->array, coords));
	return !c->edges && where == OUTSIDE ? add_place(&c->places, coords) : 0;
}

static int list(struct clean *c, struct zf_op *op)
{
	c->places.count = 0;
	c->places.nomem = false;
	if (zf_array_stored_at(c->array, op, collect, c) < 0)
		return zf_where(op, "%s", c->array->label);
	return c->places.nomem ? zf_nomem(op, c->places.room * 2 * sizeof(uint64_t)) : 0;
}

static int delete_at(struct zf_array *a, struct zf_op *op, const uint64_t *coords)
{
	char key[ZF_MAX_KEY + 1];
	uint64_t base = 0;
	bool ours = true;

	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		ours = ours && coords[d] < a->base_count[d];
		base = base * a->base_count[d] + coords[d];
	}
	if (zf_array_coords_key(a, op, coords, key, sizeof key) < 0 || zf_store_del(a->base, op, key) < 0)
		return zf_where(op, "%s", a->label);
	return ours ? zf_merge_noted(a, op, key, base, false) : 0;
}

/* Deletes what lies outside, some at a time. */
static int delete_outside(struct clean *c, struct zf_op *op)
{
	struct zf_array *a = c->array;
	int ret;

	c->places.most = BATCH;
	do {
		ret = list(c, op);
		for (size_t i = 0; i < c->places.count && ret == 0; i++)
			ret = zf_op_check(op) < 0 ? -1 : delete_at(a, op, place_at(&c->places, i));
	} while (ret == 0 && c->places.count == BATCH);
	return ret;
}

/* Those that were cleaned are still there: each listing looks for what comes after them. */
static int clean_edges(struct clean *c, struct zf_op *op)
{
	struct lowest edges = { .heap = malloc(EDGES * sizeof *edges.heap) };
	int ret = 0;

	if (!edges.heap)
		return zf_nomem(op, EDGES * sizeof *edges.heap);
	c->edges = &edges;
	do {
		edges.count = 0;
		ret = list(c, op);
		for (size_t i = 0; i < edges.count && ret == 0; i++)
			ret = zf_op_check(op) < 0
				      ? -1
				      : zf_merge_value(c->array, op, edges.heap[i], NULL, c->keep);
		edges.from = edges.count ? edges.heap[0] + 1 : 0;
	} while (ret == 0 && edges.count == EDGES);
	c->edges = NULL;
	free(edges.heap);
	return ret;
}

/* Cleans all that is stored, to what lies within keep. */
static int clean_all(struct zf_array *a, struct zf_op *op, const uint64_t *keep)
{
	struct clean c = { .array = a, .keep = keep, .places = { .ndim = a->grid.array_ndim } };
	int ret = delete_outside(&c, op) < 0 ? -1 : clean_edges(&c, op);

	free(c.places.coords);
	zf_cache_forget(a->ctx->cache, a);
	return ret;
}

/* The same for values [from, to) by number. */
static int clean_some(struct zf_array *a, struct zf_op *op, const uint64_t *keep, uint64_t from, uint64_t to)
{
	struct clean c = { .array = a, .keep = keep };
	uint64_t coords[ZF_MAX_NDIM];
	int ret = 0;

	for (; from < to && ret == 0; from++) {
		zf_array_base_coords(a, from, coords);
		if (zf_op_check(op) < 0)
			ret = -1;
		else if (where_is(&c, coords) == OUTSIDE)
			ret = delete_at(a, op, coords);
		else
			ret = zf_merge_value(a, op, from, NULL, keep);
	}
	zf_cache_forget(a->ctx->cache, a);
	return ret;
}

static void keep_all(uint64_t *keep)
{
	for (unsigned d = 0; d < ZF_MAX_NDIM; d++)
		keep[d] = UINT64_MAX;
}

bool zf_array_believed(const struct zf_array *a, uint64_t end)
{
	(void)end;
	return __atomic_load_n(&a->writes->believed, __ATOMIC_ACQUIRE) == UINT64_MAX;
}

static void believe(struct zf_array *a, uint64_t rows)
{
	__atomic_store_n(&a->writes->believed, rows, __ATOMIC_RELEASE);
}

int zf_array_believe(struct zf_array *a, struct zf_op *op)
{
	uint64_t keep[ZF_MAX_NDIM];
	int ret = 0;

	if (zf_exclusive_enter(a, op) < 0)
		return -1;
	keep_all(keep);
	keep[0] = a->writes->believed;
	if (keep[0] != UINT64_MAX)
		ret = clean_all(a, op, keep);
	if (ret == 0)
		believe(a, UINT64_MAX);
	zf_exclusive_leave(a);
	return ret;
}

/* ---- layers, while nobody writes or stores ---- */

static void cut_chunk(struct zf_array *a, struct zf_dirty_chunk *c, uint64_t size)
{
	uint64_t end = zf_grid_rank(&a->grid, c->index, size);
	struct zf_layer_of of = zf_dirty_of(a, c);

	if (!end) {
		zf_dirty_drop(a, c, true);
		return;
	}
	for (struct zf_layer *l = c->bottom; l; l = l->above)
		zf_layer_cut(l, &of, end);
	if (c->bottom)
		zf_dirty_check(c);
}

/* Forgets what was written beyond `size`. */
static void cut_layers(struct zf_array *a, uint64_t size)
{
	struct zf_writes *w = a->writes;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->value_buckets; i++) {
		for (struct zf_dirty *v = w->values[i], *next; v; v = next) {
			next = v->next;
			v->refs++;
			pthread_mutex_lock(&v->lock);
			for (struct zf_dirty_chunk *c = v->chunks; c; c = c->sibling)
				cut_chunk(a, c, size);
			v->turn++;
			pthread_mutex_unlock(&v->lock);
			zf_dirty_listed(a, v);
			zf_dirty_put(a, v);
		}
	}
	pthread_mutex_unlock(&w->lock);
}

void zf_array_abandon(struct zf_array *a)
{
	struct zf_writes *w = a->writes;
	struct zf_op op;

	pthread_mutex_lock(&w->lock);
	w->abandoned = true;
	pthread_mutex_unlock(&w->lock);
	zf_store_cancel(a);
	zf_op_init(&op);
	pthread_mutex_lock(&w->lock);
	while (w->storing || w->writers || w->exclusive)
		zf_writes_wait(w, &op);
	pthread_mutex_unlock(&w->lock);
	cut_layers(a, 0);
}

/* ---- sizes ---- */

static int check_size(struct zf_array *a, struct zf_op *op, uint64_t size)
{
	if (a->grid.array_ndim && a->edges[0] && size != zf_array_size(a))
		return zf_fail(op, EINVAL,
			"%s: a size of %llu bytes: the chunks along dimension 0 are listed in the metadata, "
			"so that "
			"it stays %llu",
			a->label, (unsigned long long)size, (unsigned long long)zf_array_size(a));
	if (size > a->grid.nbytes && a->row_bytes && size <= ZF_MAX_FILE)
		return zf_fail(op, EFBIG, "%s: a size of %llu bytes is beyond the largest, %llu", a->label,
			(unsigned long long)size, (unsigned long long)a->grid.nbytes);
	if (a->row_bytes ? size % a->row_bytes != 0 : size != zf_array_size(a))
		return zf_fail(op, EINVAL, "%s: a size of %llu bytes is no multiple of a row, %llu", a->label,
			(unsigned long long)size, (unsigned long long)a->row_bytes);
	return 0;
}

static void set(struct zf_array *a, uint64_t size)
{
	__atomic_store_n(&a->writes->claimed, size, __ATOMIC_RELEASE);
	__atomic_store_n(&a->writes->size, size, __ATOMIC_RELEASE);
}

static int grow(struct zf_array *a, struct zf_op *op, uint64_t size)
{
	if ((!zf_array_believed(a, size) && zf_array_believe(a, op) < 0) || zf_exclusive_enter(a, op) < 0)
		return -1;
	if (size > zf_array_size(a))
		set(a, size);
	zf_exclusive_leave(a);
	return 0;
}

/* Values of the rows from `rows` to `until`, few enough to be looked up one by one. */
static bool few_values(const struct zf_array *a, uint64_t rows, uint64_t until, uint64_t *from, uint64_t *to)
{
	uint64_t width = 1;

	for (unsigned d = 1; d < a->grid.array_ndim; d++)
		if (!zf_mul(width, a->base_count[d], &width) || width > FEW)
			return false;
	*from = rows / a->base_chunk[0] * width;
	*to = zf_div_up(until, a->base_chunk[0]) * width;
	return *to - *from <= FEW;
}

static int shrink(struct zf_array *a, struct zf_op *op, uint64_t size)
{
	uint64_t keep[ZF_MAX_NDIM], was = zf_array_length(a), rows = size / a->row_bytes, from, to, believed;
	bool few;
	int ret;

	keep_all(keep);
	keep[0] = rows;
	cut_layers(a, size);
	set(a, size);
	believed = a->writes->believed;
	believe(a, rows < believed ? rows : believed); /* until it is done */
	few = few_values(a, rows, was, &from, &to);
	if (few)
		ret = clean_some(a, op, keep, from, to);
	else
		ret = clean_all(a, op, keep);
	if (ret == 0)
		believe(a, few ? believed : UINT64_MAX);
	return ret;
}

int zf_array_set_size(struct zf_array *a, struct zf_op *op, uint64_t size)
{
	int ret = 0;

	if (!__atomic_load_n(&a->writes->ready, __ATOMIC_ACQUIRE) && zf_array_writable(a, op, NULL) < 0)
		return -1;
	if ((!a->grid.array_ndim || a->edges[0]) && !size)
		return zf_array_clear(a, op); /* its elements stay, as fill value */
	if (check_size(a, op, size) < 0)
		return -1;
	zf_array_end_row(a);
	if (size > zf_array_size(a))
		return grow(a, op, size);
	if (zf_exclusive_enter(a, op) < 0)
		return -1;
	if (size < zf_array_size(a))
		ret = shrink(a, op, size);
	zf_exclusive_leave(a);
	return ret;
}

int zf_array_trim(struct zf_array *a, struct zf_op *op, const uint64_t *shape)
{
	uint64_t keep[ZF_MAX_NDIM];
	int ret;

	keep_all(keep);
	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		uint64_t now = d ? a->shape[d] : zf_array_length(a);

		if (shape[d] != now)
			keep[d] = shape[d] < now ? shape[d] : now;
	}
	if (zf_exclusive_enter(a, op) < 0)
		return -1;
	ret = clean_all(a, op, keep);
	if (ret == 0 && keep[0] != UINT64_MAX)
		believe(a, UINT64_MAX);
	zf_exclusive_leave(a);
	return ret;
}

/* ---- emptying ---- */

static int everything(void *arg, const uint64_t *coords)
{
	return add_place(arg, coords);
}

static int delete_all(struct zf_array *a, struct zf_op *op)
{
	struct places p = { .ndim = a->grid.array_ndim, .most = BATCH };
	int ret;

	do {
		p.count = 0;
		ret = zf_array_stored_at(a, op, everything, &p);
		if (ret < 0)
			zf_where(op, "%s", a->label);
		else if (p.nomem)
			ret = zf_nomem(op, p.room * 2 * sizeof(uint64_t));
		for (size_t i = 0; i < p.count && ret == 0; i++)
			ret = zf_op_check(op) < 0 ? -1 : delete_at(a, op, place_at(&p, i));
	} while (ret == 0 && p.count == BATCH);
	free(p.coords);
	zf_cache_forget(a->ctx->cache, a);
	return ret;
}

int zf_array_clear(struct zf_array *a, struct zf_op *op)
{
	int ret;

	if (zf_exclusive_enter(a, op) < 0)
		return -1;
	cut_layers(a, 0);
	ret = delete_all(a, op);
	if (ret == 0)
		believe(a, UINT64_MAX);
	zf_exclusive_leave(a);
	return ret;
}
