/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory of the cache: what is used again, and what writers take.
 *
 * Memory is accounted when a part is queued (`bytes`), not when it is allocated, and buffers of evicted parts
 * are kept for the parts that displaced them (`spares`): fresh memory costs a page fault for every 4 KiB,
 * which is a good part of what decoding costs. Together with what is accounted spares never exceed the
 * budget; small ones not even what queued parts still have to get (`owed`).
 */
#include "array/cache_inside.h"

enum {
	WORTH = 16 << 10, /* bytes: what memory.h takes from the kernel, and gives back to it, */
	LARGE = 1 << 20   /* and beyond this by the piece */
};

/* Whether to have so many bytes of spare memory, one piece of which is of `size`: where parts are queued that
 * will want them; and what the kernel would be asked for again, as long as it fits the budget and is not
 * much. A reader in C order is done with all parts of a row at about the same time, before the next ones are
 * asked for. All of the budget while somebody is writing, who will want it for what comes next. */
static bool may_spare(const struct zf_cache *c, uint64_t bytes, size_t size)
{
	uint64_t most = c->taken ? c->budget : c->budget / 4;

	return bytes <= c->owed || (size >= WORTH && bytes <= most && c->bytes + bytes <= c->budget);
}

void zf_cache_drop_spares(struct zf_cache *c)
{
	struct zf_spares *spares = &c->spares;

	for (unsigned i = 0; i < ZF_SPARE_LISTS && spares->bytes; i++) {
		while (spares->lists[i] && !may_spare(c, spares->bytes, spares->lists[i]->size)) {
			struct zf_spare *s = zf_spares_drop(spares, i);

			zf_memory_give(c->memory, s, s->size);
		}
	}
}

/* Nobody writes any more. Of the blocks that pieces are cut from hardly one would be free as a whole, since
 * pieces come back from all over them: so all small ones go. */
static void writing_ended(struct zf_cache *c)
{
	struct zf_spares old = c->spares;

	c->spares = (struct zf_spares){ 0 };
	for (unsigned i = 0; i < ZF_SPARE_LISTS; i++) {
		while (old.lists[i]) {
			struct zf_spare *s = zf_spares_drop(&old, i);

			if (s->size > LARGE)
				zf_spares_put(&c->spares, s, s->size);
			else
				zf_memory_give(c->memory, s, s->size);
		}
	}
	zf_cache_drop_spares(c);
}

void zf_cache_give_back(struct zf_cache *c, uint8_t *data, size_t size)
{
	if (size < ZF_SPARE_LEAST || !may_spare(c, c->spares.bytes + size, size))
		zf_memory_give(c->memory, data, size);
	else
		zf_spares_put(&c->spares, data, size);
}

/* ---- what was written ---- */

void zf_cache_charge(struct zf_cache *c, size_t bytes)
{
	pthread_mutex_lock(&c->lock);
	c->taken += bytes;
	c->bytes += bytes;
	zf_cache_evict(c);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_discharge(struct zf_cache *c, size_t bytes)
{
	pthread_mutex_lock(&c->lock);
	c->taken -= bytes;
	c->bytes -= bytes;
	if (!c->taken)
		writing_ended(c);
	pthread_mutex_unlock(&c->lock);
}

void *zf_cache_take(struct zf_cache *c, size_t size)
{
	void *memory;

	pthread_mutex_lock(&c->lock);
	memory = zf_spares_take(&c->spares, size);
	pthread_mutex_unlock(&c->lock);
	if (!memory)
		memory = zf_memory_take(c->memory, size);
	if (memory)
		zf_cache_charge(c, size);
	return memory;
}

void zf_cache_give(struct zf_cache *c, void *memory, size_t size)
{
	if (!memory)
		return;
	pthread_mutex_lock(&c->lock);
	c->taken -= size;
	c->bytes -= size;
	zf_cache_give_back(c, memory, size);
	if (!c->taken)
		writing_ended(c);
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_taker_add(struct zf_cache *c, struct zf_taker *t)
{
	pthread_mutex_lock(&c->lock);
	t->next = c->takers;
	t->link = &c->takers;
	if (t->next)
		t->next->link = &t->next;
	c->takers = t;
	pthread_mutex_unlock(&c->lock);
}

void zf_cache_taker_remove(struct zf_cache *c, struct zf_taker *t)
{
	pthread_mutex_lock(&c->lock);
	while (t->busy)
		zf_cache_sleep(c, &c->room);
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	pthread_mutex_unlock(&c->lock);
}

bool zf_cache_relieve(struct zf_cache *c, const struct zf_taker *but)
{
	bool any = false;

	pthread_mutex_lock(&c->lock);
	for (struct zf_taker *t = c->takers; t; t = t->next) {
		if (t == but)
			continue;
		t->busy++; /* it stays in the list meanwhile */
		pthread_mutex_unlock(&c->lock);
		any = t->relieve(t) || any;
		pthread_mutex_lock(&c->lock);
		if (!--t->busy)
			pthread_cond_broadcast(&c->room);
	}
	pthread_mutex_unlock(&c->lock);
	return any;
}

uint64_t zf_cache_taken(struct zf_cache *c)
{
	uint64_t taken;

	pthread_mutex_lock(&c->lock);
	taken = c->taken;
	pthread_mutex_unlock(&c->lock);
	return taken;
}
