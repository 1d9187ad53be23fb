/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache of decoded parts.
 *
 * The table, the pins and the loads; the memory is cache_memory.c's.
 */
#include "array/cache_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	FIRST_BUCKETS = 1024,
	STEP = 50 * 1000 * 1000, /* ns: how often who waits looks whether it was cancelled */
};

/* ns: how long a reader waits for pinned parts. Long, since that is what bounds the memory, but not for ever,
 * since they may be pinned by readers of a store that hangs. */
#define PATIENCE (5 * (uint64_t)1000000000)

int zf_cache_new(struct zf_ctx *ctx, struct zf_op *op, struct zf_cache **out)
{
	struct zf_cache *c = calloc(1, sizeof *c);
	pthread_condattr_t attr;

	if (!c)
		return zf_nomem(op, sizeof *c);
	c->bucket_count = FIRST_BUCKETS;
	c->buckets = calloc(c->bucket_count, sizeof *c->buckets);
	c->memory = zf_memory_new();
	if (!c->buckets || !c->memory) {
		free(c->buckets);
		zf_memory_free(c->memory);
		free(c);
		return zf_nomem(op, FIRST_BUCKETS * sizeof *c->buckets);
	}
	c->ctx = ctx;
	c->budget = ctx->config.cache;
	for (int i = 0; i <= ZF_PASSED; i++)
		c->lists[i].newer = c->lists[i].older = &c->lists[i];
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->room, &attr);
	for (int i = 0; i < ZF_CACHE_BELLS; i++)
		pthread_cond_init(&c->bells[i], &attr);
	pthread_condattr_destroy(&attr);
	*out = c;
	return 0;
}

/* ---- the table ---- */

static struct zf_part **bucket(struct zf_cache *c, const void *owner, const struct zf_part_id *id)
{
	uint64_t h = (uint64_t)(uintptr_t)owner * 0x9e3779b97f4a7c15u;

	h = (h ^ id->chunk) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 29) ^ id->part) * 0x94d049bb133111ebu;
	return &c->buckets[(h ^ (h >> 32)) & (c->bucket_count - 1)];
}

static struct zf_part *find(struct zf_cache *c, const void *owner, const struct zf_part_id *id)
{
	struct zf_part *p = *bucket(c, owner, id);

	while (p && (p->owner != owner || p->id.chunk != id->chunk || p->id.part != id->part))
		p = p->next;
	return p;
}

static void hash_in(struct zf_cache *c, struct zf_part *p)
{
	struct zf_part **b = bucket(c, p->owner, &p->id);

	p->next = *b;
	*b = p;
	p->hashed = true;
	c->part_count++;
}

static void hash_out(struct zf_cache *c, struct zf_part *p)
{
	struct zf_part **b = bucket(c, p->owner, &p->id);

	while (*b != p)
		b = &(*b)->next;
	*b = p->next;
	p->hashed = false;
	c->part_count--;
}

/* Doubles the table when it is full. Without memory for that it works on, slower. */
static void grow_table(struct zf_cache *c)
{
	struct zf_part **old = c->buckets, **new;
	size_t old_count = c->bucket_count;

	if (c->part_count < old_count)
		return;
	new = calloc(old_count * 2, sizeof *new);
	if (!new)
		return;
	c->buckets = new;
	c->bucket_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++) {
		for (struct zf_part *p = old[i], *next; p; p = next) {
			struct zf_part **b = bucket(c, p->owner, &p->id);

			next = p->next;
			p->next = *b;
			*b = p;
		}
	}
	free(old);
}

/* ---- what parts take ---- */

/* What a part takes beside its bytes matters when chunks are tiny, or there are none. Where it is little it
 * is left out, so that what just fits by its bytes does fit. */
uint64_t zf_cache_cost(uint64_t size)
{
	return size < 64 * sizeof(struct zf_part) ? size + sizeof(struct zf_part) : size;
}

static uint64_t cost(const struct zf_part *p)
{
	return zf_cache_cost(p->state == ZF_PART_FILL || p->state == ZF_PART_FAILED ? 0 : p->size);
}

static void no_longer_unused(struct zf_cache *c, struct zf_part *p)
{
	if (p->unused) {
		p->unused = false;
		c->unused_bytes -= zf_cache_cost(p->size);
	}
}

/* Frees a part that nobody uses and that cannot be found any more. */
static void free_part(struct zf_cache *c, struct zf_part *p)
{
	no_longer_unused(c, p);
	c->bytes -= cost(p);
	if (p->state == ZF_PART_QUEUED)
		c->owed -= p->size;
	if (p->data)
		zf_cache_give_back(c, p->data, p->size);
	free(p->failure);
	free(p);
}

static void list_in(struct zf_cache *c, struct zf_part *p)
{
	struct zf_part *list = &c->lists[p->spent];

	if (p->spent == ZF_PASSED)
		c->passed_bytes += cost(p);
	p->newer = list;
	p->older = list->older;
	p->older->newer = p;
	list->older = p;
}

static void list_out(struct zf_cache *c, struct zf_part *p)
{
	if (p->spent == ZF_PASSED)
		c->passed_bytes -= cost(p);
	p->newer->older = p->older;
	p->older->newer = p->newer;
}

/* The part that goes first, if one is to go. */
static struct zf_part *superfluous(struct zf_cache *c)
{
	struct zf_part *passed = c->lists[ZF_PASSED].newer;

	if (c->bytes <= c->budget)
		return c->passed_bytes > c->budget / 16 ? passed : NULL;
	for (int i = ZF_PASSED; i >= 0; i--)
		if (c->lists[i].newer != &c->lists[i])
			return c->lists[i].newer;
	return NULL;
}

void zf_cache_evict(struct zf_cache *c)
{
	struct zf_part *p;

	while ((p = superfluous(c))) {
		list_out(c, p);
		hash_out(c, p);
		free_part(c, p);
	}
	zf_cache_drop_spares(c);
}

void zf_cache_free(struct zf_cache *c)
{
	if (!c)
		return;
	c->budget = 0;
	zf_cache_evict(c);
	c->owed = 0;
	zf_cache_drop_spares(c);
	pthread_cond_destroy(&c->room);
	for (int i = 0; i < ZF_CACHE_BELLS; i++)
		pthread_cond_destroy(&c->bells[i]);
	pthread_mutex_destroy(&c->lock);
	free(c->buckets);
	zf_memory_free(c->memory);
	free(c);
}

uint64_t zf_cache_budget(struct zf_cache *c)
{
	return __atomic_load_n(&c->budget, __ATOMIC_RELAXED);
}

uint64_t zf_cache_grow(struct zf_cache *c, uint64_t bytes)
{
	if (bytes > c->ctx->config.cache_max)
		bytes = c->ctx->config.cache_max;
	pthread_mutex_lock(&c->lock);
	if (bytes > c->budget)
		__atomic_store_n(&c->budget, bytes, __ATOMIC_RELAXED);
	bytes = c->budget;
	pthread_mutex_unlock(&c->lock);
	return bytes;
}

/* ---- pins ---- */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void zf_cache_sleep(struct zf_cache *c, pthread_cond_t *cond)
{
	uint64_t ns = now_ns() + STEP;
	struct timespec until = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };

	pthread_cond_timedwait(cond, &c->lock, &until);
}

static void pin(struct zf_cache *c, struct zf_part *p)
{
	if (p->pins++ == 0) {
		list_out(c, p);
		c->pinned_bytes += cost(p);
	}
	c->pinned++;
}

static void unpin(struct zf_cache *c, struct zf_part *p)
{
	c->pinned--;
	if (--p->pins)
		return;
	c->pinned_bytes -= cost(p);
	if (!p->hashed) {
		free_part(c, p);
		return;
	}
	list_in(c, p);
}

/* Whether a reader that wants these parts has to wait: with them more would be pinned than the budget. */
static bool too_much(
	struct zf_cache *c, const void *owner, const struct zf_part_id *ids, unsigned n, size_t size)
{
	uint64_t more = 0;

	if (!c->pinned || c->pinned_bytes + n * zf_cache_cost(size) <= c->budget)
		return false; /* there is nobody to wait for, or room enough */
	for (unsigned i = 0; i < n; i++) {
		const struct zf_part *p = find(c, owner, &ids[i]);

		if (!p || !p->pins)
			more += p ? cost(p) : zf_cache_cost(size);
	}
	return more && c->pinned_bytes + more > c->budget;
}

static int wait_for_room(struct zf_cache *c, struct zf_op *op, const void *owner,
	const struct zf_part_id *ids, unsigned n, size_t size)
{
	uint64_t start = 0;

	while (too_much(c, owner, ids, n, size)) {
		uint64_t now = now_ns();

		if (!start)
			start = now;
		if (now - start > PATIENCE)
			break;
		c->room_waiters++;
		zf_cache_sleep(c, &c->room);
		c->room_waiters--;
		if (zf_op_check(op) < 0)
			return -1;
	}
	return 0;
}

/* A new part, queued and pinned once. */
static struct zf_part *make(
	struct zf_cache *c, const void *owner, const struct zf_part_id *id, size_t size, enum zf_lane lane)
{
	struct zf_part *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->owner = owner;
	p->id = *id;
	p->size = size;
	p->state = ZF_PART_QUEUED;
	p->lane = lane;
	p->pins = 1;
	c->pinned++;
	c->pinned_bytes += cost(p);
	c->bytes += cost(p);
	c->owed += size;
	grow_table(c);
	hash_in(c, p);
	zf_cache_evict(c);
	return p;
}

/* Pins one part, making it if need be. Returns it, NULL without memory. */
static struct zf_part *pin_one(
	struct zf_cache *c, const void *owner, const struct zf_part_id *id, size_t size, bool *start)
{
	struct zf_part *p = find(c, owner, id);

	*start = !p;
	if (!p)
		return make(c, owner, id, size, ZF_LANE_DEMAND);
	pin(c, p);
	no_longer_unused(c, p);
	if (p->state == ZF_PART_QUEUED && p->lane == ZF_LANE_AHEAD) {
		p->lane = ZF_LANE_DEMAND;
		*start = true;
	}
	return p;
}

int zf_cache_pin(struct zf_cache *c, struct zf_op *op, const void *owner, const struct zf_part_id *ids,
	unsigned n, size_t size, struct zf_part **parts, bool *start)
{
	unsigned i = 0, hits = 0;

	pthread_mutex_lock(&c->lock);
	if (wait_for_room(c, op, owner, ids, n, size) < 0) {
		pthread_mutex_unlock(&c->lock);
		return -1;
	}
	for (; i < n && (parts[i] = pin_one(c, owner, &ids[i], size, &start[i])); i++)
		hits += !start[i];
	pthread_mutex_unlock(&c->lock);
	ZF_COUNT(c->ctx, hits, hits);
	ZF_COUNT(c->ctx, loads, i - hits);
	if (i == n)
		return 0;

	zf_nomem(op, sizeof **parts);
	for (unsigned k = 0; k < i; k++)
		if (start[k])
			zf_cache_fail(c, &parts[k], 1, op); /* it would stay queued for ever */
	zf_cache_unpin(c, parts, i, NULL);
	return -1;
}

unsigned zf_cache_make_ahead(struct zf_cache *c, const void *owner, const struct zf_part_id *ids, unsigned n,
	size_t size, uint64_t most, struct zf_part_id *made)
{
	unsigned count = 0;

	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < n; i++) {
		struct zf_part *p;

		if (find(c, owner, &ids[i]))
			continue;
		if (c->unused_bytes + zf_cache_cost(size) > most)
			break;
		p = make(c, owner, &ids[i], size, ZF_LANE_AHEAD);
		if (!p)
			break;
		p->unused = true;
		c->unused_bytes += zf_cache_cost(size);
		made[count++] = p->id;
		unpin(c, p);
	}
	pthread_mutex_unlock(&c->lock);
	ZF_COUNT(c->ctx, prefetched, count);
	return count;
}

struct zf_part *zf_cache_claim_ahead(
	struct zf_cache *c, const void *owner, const struct zf_part_id *id, struct zf_op *load)
{
	struct zf_part *p;

	pthread_mutex_lock(&c->lock);
	p = find(c, owner, id);
	if (p && p->state == ZF_PART_QUEUED && p->lane == ZF_LANE_AHEAD) {
		pin(c, p);
		p->state = ZF_PART_LOADING;
		p->load = load;
	} else {
		p = NULL;
	}
	pthread_mutex_unlock(&c->lock);
	return p;
}

void zf_cache_repin(struct zf_cache *c, struct zf_part *const *parts, unsigned n)
{
	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < n; i++)
		pin(c, parts[i]);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_unpin(struct zf_cache *c, struct zf_part *const *parts, unsigned n, const uint8_t *spent)
{
	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < n; i++) {
		if (spent)
			parts[i]->spent = spent[i];
		unpin(c, parts[i]);
	}
	if (c->room_waiters)
		pthread_cond_broadcast(&c->room);
	zf_cache_evict(c); /* pins may have taken more than the budget */
	pthread_mutex_unlock(&c->lock);
}

/* ---- loading ---- */

bool zf_cache_claim(struct zf_cache *c, struct zf_part *p, struct zf_op *load)
{
	bool mine;

	pthread_mutex_lock(&c->lock);
	mine = p->state == ZF_PART_QUEUED;
	if (mine) {
		p->state = ZF_PART_LOADING;
		p->load = load;
	}
	pthread_mutex_unlock(&c->lock);
	return mine;
}

int zf_cache_provide(struct zf_cache *c, struct zf_op *op, struct zf_part *p)
{
	pthread_mutex_lock(&c->lock);
	p->data = zf_spares_take(&c->spares, p->size);
	if (!p->data)
		p->data = zf_memory_take(c->memory, p->size);
	if (p->data)
		c->owed -= p->size;
	pthread_mutex_unlock(&c->lock);
	return p->data ? 0 : zf_nomem(op, p->size);
}

/* What those who wait for a part sleep on. Many parts end their loads while others are waited for; one bell
 * for all would wake everybody for each. */
static pthread_cond_t *bell(struct zf_cache *c, const struct zf_part *p)
{
	return &c->bells[(uintptr_t)p / sizeof *p % ZF_CACHE_BELLS];
}

static void finish(struct zf_cache *c, struct zf_part *p, enum zf_part_state state, const struct zf_op *op)
{
	uint64_t before = cost(p);

	if (!p->data)
		c->owed -= p->size;
	p->state = state;
	p->load = NULL;
	if (p->waiters)
		pthread_cond_broadcast(bell(c, p));
	c->bytes = c->bytes - before + cost(p);
	c->pinned_bytes = c->pinned_bytes - before + cost(p);
	if (state == ZF_PART_READY)
		return;
	no_longer_unused(c, p);
	if (p->data)
		zf_cache_give_back(c, p->data, p->size);
	p->data = NULL;
	if (state != ZF_PART_FAILED)
		return;
	if (p->hashed)
		hash_out(c, p);
	p->failure = malloc(sizeof *p->failure); /* without memory the reader is told just EIO */
	if (p->failure) {
		/* not a plain copy: op may be cancelled at this moment */
		zf_op_init(p->failure);
		zf_op_adopt(p->failure, op);
	}
}

void zf_cache_finish(struct zf_cache *c, struct zf_part *p, enum zf_part_state state, const struct zf_op *op)
{
	pthread_mutex_lock(&c->lock);
	finish(c, p, state, op);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_fail(struct zf_cache *c, struct zf_part *const *parts, unsigned n, const struct zf_op *op)
{
	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < n; i++)
		if (parts[i]->state == ZF_PART_QUEUED)
			finish(c, parts[i], ZF_PART_FAILED, op);
	pthread_mutex_unlock(&c->lock);
}

/* Two pins: the waiter's and the load's own. */
static void cancel_loads(struct zf_part *const *parts, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (parts[i]->load && parts[i]->pins <= 2)
			zf_op_cancel(parts[i]->load);
}

/* Cancelling rings no bell, so that it can be done from anywhere: hence the steps. Loads end in about the
 * order in which they were queued: who waits for the last one first wakes least often.
 */
int zf_cache_wait(struct zf_cache *c, struct zf_op *op, struct zf_part *const *parts, unsigned n)
{
	int failed = 0;

	pthread_mutex_lock(&c->lock);
	for (unsigned i = n; i-- > 0 && !failed;) {
		struct zf_part *p = parts[i];

		while (!failed && (p->state == ZF_PART_QUEUED || p->state == ZF_PART_LOADING)) {
			p->waiters++;
			zf_cache_sleep(c, bell(c, p));
			p->waiters--;
			failed = zf_op_check(op);
		}
	}
	if (failed)
		cancel_loads(parts, n);
	pthread_mutex_unlock(&c->lock);
	return failed;
}

void zf_cache_forget_loading(struct zf_cache *c, const void *owner)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->bucket_count; i++) {
		for (struct zf_part *p = c->buckets[i], *next; p; p = next) {
			next = p->next;
			if (p->owner == owner && p->state == ZF_PART_LOADING)
				hash_out(c, p);
		}
	}
	pthread_mutex_unlock(&c->lock);
}

/* Takes a part out of the table, and frees it if nobody uses it. */
static void forget(struct zf_cache *c, struct zf_part *p)
{
	hash_out(c, p);
	if (p->pins)
		return;
	list_out(c, p);
	free_part(c, p);
}

void zf_cache_forget_chunk(struct zf_cache *c, const void *owner, uint64_t chunk, uint64_t parts)
{
	pthread_mutex_lock(&c->lock);
	for (uint64_t n = 0; n < parts; n++) {
		struct zf_part *p = find(c, owner, &(struct zf_part_id){ chunk, n });

		if (p)
			forget(c, p);
	}
	zf_cache_drop_spares(c);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_forget(struct zf_cache *c, const void *owner)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->bucket_count; i++) {
		for (struct zf_part *p = c->buckets[i], *next; p; p = next) {
			next = p->next;
			if (p->owner == owner)
				forget(c, p);
		}
	}
	zf_cache_drop_spares(c);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_stats(struct zf_cache *c, struct zf_stats *out)
{
	pthread_mutex_lock(&c->lock);
	out->cache_bytes = c->bytes;
	out->cache_budget = c->budget;
	out->pinned = c->pinned;
	pthread_mutex_unlock(&c->lock);
}
