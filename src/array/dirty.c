/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of values that are dirty, and their chunks.
 */
#include "array/dirty.h"

#include "base/checked.h"

#include <stdlib.h>
#include <time.h>

enum { FIRST_BUCKETS = 64 };

/* What a chunk that is dirty takes beside its bytes. */
#define OVERHEAD                                                                                             \
	(sizeof(struct zf_dirty) + sizeof(struct zf_dirty_chunk) + sizeof(struct zf_layer) +                 \
		sizeof(struct zf_extent))

int64_t zf_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int zf_writes_new(struct zf_op *op, struct zf_writes **out)
{
	struct zf_writes *w = calloc(1, sizeof *w);
	pthread_condattr_t attr;

	if (!w)
		return zf_nomem(op, sizeof *w);
	w->values = calloc(FIRST_BUCKETS, sizeof(struct zf_dirty *));
	w->chunks = calloc(FIRST_BUCKETS, sizeof(struct zf_dirty_chunk *));
	if (!w->values || !w->chunks) {
		free(w->values);
		free(w->chunks);
		free(w);
		return zf_nomem(op, FIRST_BUCKETS * sizeof w->values[0]);
	}
	w->value_buckets = w->chunk_buckets = FIRST_BUCKETS;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &attr);
	pthread_condattr_destroy(&attr);
	*out = w;
	return 0;
}

/* ---- the tables ---- */

static size_t hash(uint64_t index, size_t buckets)
{
	uint64_t h = index * 0x9e3779b97f4a7c15u;

	return (size_t)(h ^ h >> 32) & (buckets - 1);
}

struct zf_dirty *zf_dirty_find(const struct zf_array *a, uint64_t base_index)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty *v = w->values[hash(base_index, w->value_buckets)];

	while (v && v->index != base_index)
		v = v->next;
	return v;
}

struct zf_dirty_chunk *zf_dirty_chunk_find(const struct zf_array *a, uint64_t index)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty_chunk *c = w->chunks[hash(index, w->chunk_buckets)];

	while (c && c->index != index)
		c = c->next;
	return c;
}

/* Both double when they are full; without memory for that they work on, slower. */
static void grow_values(struct zf_writes *w)
{
	size_t old = w->value_buckets;
	struct zf_dirty **to;

	if (w->value_count < old || !(to = calloc(old * 2, sizeof *to)))
		return;
	for (size_t i = 0; i < old; i++) {
		for (struct zf_dirty *v = w->values[i], *next; v; v = next) {
			struct zf_dirty **b = &to[hash(v->index, old * 2)];

			next = v->next;
			v->next = *b;
			*b = v;
		}
	}
	free(w->values);
	w->values = to;
	w->value_buckets = old * 2;
}

static void grow_chunks(struct zf_writes *w)
{
	size_t old = w->chunk_buckets;
	struct zf_dirty_chunk **to;

	if (w->chunk_count < old || !(to = calloc(old * 2, sizeof(struct zf_dirty_chunk *))))
		return;
	for (size_t i = 0; i < old; i++) {
		for (struct zf_dirty_chunk *c = w->chunks[i], *next; c; c = next) {
			struct zf_dirty_chunk **b = &to[hash(c->index, old * 2)];

			next = c->next;
			c->next = *b;
			*b = c;
		}
	}
	free(w->chunks);
	w->chunks = to;
	w->chunk_buckets = old * 2;
}

/* Innermost chunks of a stored value that lie in the array, however long dimension 0 becomes. */
static uint64_t chunks_inside(const struct zf_array *a, uint64_t index)
{
	uint64_t coords[ZF_MAX_NDIM], n = 1;

	if (!a->depth)
		return 1;
	zf_grid_coords(&a->grid, index, coords);
	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		uint64_t ratio = 1, left;

		for (unsigned level = 0; level < a->depth; level++)
			ratio *= a->level[level].ratio[d];
		left = a->grid.array_count[d] - coords[d] / ratio * ratio;
		n *= left < ratio ? left : ratio;
	}
	return n;
}

static struct zf_dirty *value_new(struct zf_array *a, uint64_t base_index, uint64_t chunk)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty *v = calloc(1, sizeof *v), **b;

	if (!v)
		return NULL;
	pthread_mutex_init(&v->lock, NULL);
	v->index = base_index;
	v->inside = chunks_inside(a, chunk);
	grow_values(w);
	b = &w->values[hash(base_index, w->value_buckets)];
	v->next = *b;
	*b = v;
	__atomic_add_fetch(&w->value_count, 1, __ATOMIC_SEQ_CST);
	return v;
}

struct zf_dirty_chunk *zf_dirty_chunk_get(struct zf_array *a, uint64_t index)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty_chunk *c = zf_dirty_chunk_find(a, index), **b;
	uint64_t base = zf_array_base_index(a, index);
	struct zf_dirty *v;

	if (c)
		return c;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	v = zf_dirty_find(a, base);
	if (!v)
		v = value_new(a, base, index);
	if (!v) {
		free(c);
		return NULL;
	}
	c->index = index;
	c->value = v;
	c->total = zf_grid_rank(&a->grid, index, a->grid.nbytes);
	c->slot = UINT64_MAX;
	grow_chunks(w);
	b = &w->chunks[hash(index, w->chunk_buckets)];
	c->next = *b;
	*b = c;
	w->chunk_count++;
	pthread_mutex_lock(&v->lock);
	c->sibling = v->chunks;
	v->chunks = c;
	pthread_mutex_unlock(&v->lock);
	zf_cache_charge(a->ctx->cache, OVERHEAD);
	return c;
}

static void chunk_free(struct zf_array *a, struct zf_dirty_chunk *c)
{
	struct zf_dirty_chunk **at = &a->writes->chunks[hash(c->index, a->writes->chunk_buckets)];

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	a->writes->chunk_count--;
	zf_cache_discharge(a->ctx->cache, OVERHEAD);
	free(c);
}

static void free_empty(struct zf_array *a, struct zf_dirty *v)
{
	struct zf_dirty_chunk **at = &v->chunks;

	pthread_mutex_lock(&v->lock);
	while (*at) {
		struct zf_dirty_chunk *c = *at;

		if (c->bottom) {
			at = &c->sibling;
			continue;
		}
		*at = c->sibling;
		chunk_free(a, c);
	}
	v->has_empty = false;
	pthread_mutex_unlock(&v->lock);
}

void zf_dirty_put(struct zf_array *a, struct zf_dirty *v)
{
	struct zf_dirty **at;

	if (--v->refs)
		return;
	if (v->has_empty || !v->since)
		free_empty(a, v);
	if (v->chunks)
		return;
	at = &a->writes->values[hash(v->index, a->writes->value_buckets)];
	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	__atomic_sub_fetch(&a->writes->value_count, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_destroy(&v->lock);
	free(v);
}

/* ---- the lists ---- */

static void age_out(struct zf_writes *w, struct zf_dirty *v)
{
	if (!v->since)
		return;
	*(v->older ? &v->older->newer : &w->oldest) = v->newer;
	*(v->newer ? &v->newer->older : &w->newest) = v->older;
	v->since = 0;
}

static void age_in(struct zf_writes *w, struct zf_dirty *v)
{
	if (v->since)
		return;
	v->since = zf_now_ns();
	v->newer = NULL;
	v->older = w->newest;
	*(w->newest ? &w->newest->newer : &w->oldest) = v;
	w->newest = v;
}

static void complete_out(struct zf_writes *w, struct zf_dirty *v)
{
	if (!v->listed_complete)
		return;
	*(v->colder ? &v->colder->cnewer : &w->first_complete) = v->cnewer;
	*(v->cnewer ? &v->cnewer->colder : &w->last_complete) = v->colder;
	v->listed_complete = false;
	w->complete--;
}

static void complete_in(struct zf_writes *w, struct zf_dirty *v)
{
	if (v->listed_complete)
		return;
	v->cnewer = NULL;
	v->colder = w->last_complete;
	*(w->last_complete ? &w->last_complete->cnewer : &w->first_complete) = v;
	w->last_complete = v;
	v->listed_complete = true;
	w->complete++;
}

void zf_dirty_listed(struct zf_array *a, struct zf_dirty *v)
{
	bool dirty, complete;

	pthread_mutex_lock(&v->lock);
	dirty = v->dirty > 0;
	complete = v->complete >= v->inside;
	pthread_mutex_unlock(&v->lock);
	if (dirty)
		age_in(a->writes, v);
	else
		age_out(a->writes, v);
	if (dirty && complete && !v->busy && !v->failed)
		complete_in(a->writes, v);
	else
		complete_out(a->writes, v);
}

void zf_dirty_anew(struct zf_array *a, struct zf_dirty *v)
{
	age_out(a->writes, v);
	zf_dirty_listed(a, v);
}

/* ---- layers ---- */

struct zf_layer_of zf_dirty_of(const struct zf_array *a, struct zf_dirty_chunk *c)
{
	struct zf_cache *cache = a->ctx->cache;
	bool cut = a->writes->segment < c->total;
	uint64_t segment = cut ? a->writes->segment : c->total, budget = zf_cache_budget(cache);
	/* more of a large one may stay unused for long */
	uint64_t most = segment <= ZF_SEGMENT ? budget : budget - budget / 4;
	bool whole = a->writes->row && zf_cache_taken(cache) + segment <= most;

	return (struct zf_layer_of){ cache, c->total, segment ? segment : 1, whole, a->writes->bitmap,
		&c->value->bytes };
}

struct zf_layer *zf_dirty_top(struct zf_array *a, struct zf_dirty_chunk *c)
{
	struct zf_layer *l;

	(void)a;
	if (c->top && !c->top->frozen)
		return c->top;
	l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	if (!c->bottom)
		c->value->dirty++;
	*(c->top ? &c->top->above : &c->bottom) = l;
	c->top = l;
	return l;
}

static uint64_t reach_on(const struct zf_dirty_chunk *c, uint64_t at, bool frozen, bool deep)
{
	for (const struct zf_layer *l = c->bottom; l && (l->frozen || !frozen); l = l->above) {
		const uint8_t *data;
		uint64_t from, len;

		if (l->erased)
			return c->total;
		if (l->bits && !deep)
			continue;
		while (at < c->total && zf_layer_next(l, at, c->total, &from, &len, &data) && from == at)
			at += len;
	}
	return at;
}

uint64_t zf_dirty_reach(const struct zf_dirty_chunk *c, bool frozen, bool deep)
{
	uint64_t at = 0, before;

	do {
		before = at;
		at = reach_on(c, at, frozen, deep);
	} while (at > before);
	return at;
}

void zf_dirty_check(struct zf_dirty_chunk *c)
{
	bool complete = c->bottom && zf_dirty_reach(c, false, false) >= c->total;

	if (complete && !c->complete)
		c->value->complete++;
	if (!complete && c->complete)
		c->value->complete--;
	c->complete = complete;
}

void zf_dirty_drop(struct zf_array *a, struct zf_dirty_chunk *c, bool all)
{
	struct zf_layer_of of = zf_dirty_of(a, c);

	if (!c->bottom)
		return;
	while (c->bottom && (all || c->bottom->frozen)) {
		struct zf_layer *l = c->bottom;

		c->bottom = l->above;
		if (l->spooled) {
			zf_spool_release(a, c->slot);
			c->slot = UINT64_MAX;
		}
		zf_layer_clear(l, &of);
		free(l);
	}
	if (!c->bottom) {
		c->top = NULL;
		c->value->dirty--;
		c->value->has_empty = true;
	}
	zf_dirty_check(c);
}

void zf_writes_free(struct zf_array *a)
{
	struct zf_writes *w = a->writes;

	if (!w)
		return;
	for (size_t i = 0; i < w->value_buckets; i++) {
		while (w->values[i]) {
			struct zf_dirty *v = w->values[i];

			v->refs++;
			for (struct zf_dirty_chunk *c = v->chunks; c; c = c->sibling)
				zf_dirty_drop(a, c, true);
			zf_dirty_listed(a, v);
			zf_dirty_put(a, v);
		}
	}
	zf_spool_free(w->spool);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w->values);
	free(w->chunks);
	free(w);
	a->writes = NULL;
}
