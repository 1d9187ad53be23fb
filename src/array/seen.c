/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was read, and whether it still is so: close-to-open consistency.
 *
 * For each stored value that was read, or found missing, its tag is remembered. When a file is opened again
 * the tags are compared with the store's; where one differs, everything cached of the array goes. There is a
 * limit to what is remembered: beyond it nothing can be vouched for, and opening drops the cache.
 *
 * What we store ourselves is no reason for that, also while it is under way: a load that began before may
 * note the tag of then, and a comparison may come between the store's change and our note of it. So a tag of
 * ours gives way to none that a load brings (a later comparison will tell), and what is being stored is
 * known.
 */
#include "array/internal.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t index; /* of the stored value, plus one; 0: empty */
	bool there;
	bool ours; /* stored by us */
	struct zf_tag tag;
};

/* Of values that are being stored at once: of more than these a change of ours may pass for another's. */
enum { STORING_MOST = 256 };

enum by { BY_LOAD, BY_MERGE, BY_US };

struct zf_seen {
	pthread_mutex_t lock;
	struct entry *entries; /* open addressing, a power of two, at most half full */
	size_t size, count;
	bool overflow; /* something was read that could not be remembered */
	bool changed;  /* a value was seen with two different tags */
	uint64_t storing[STORING_MOST];
	size_t storing_count;
};

int zf_seen_new(struct zf_op *op, struct zf_seen **out)
{
	struct zf_seen *seen = calloc(1, sizeof *seen);

	if (!seen)
		return zf_nomem(op, sizeof *seen);
	pthread_mutex_init(&seen->lock, NULL);
	*out = seen;
	return 0;
}

void zf_seen_free(struct zf_seen *seen)
{
	if (!seen)
		return;
	pthread_mutex_destroy(&seen->lock);
	free(seen->entries);
	free(seen);
}

static struct entry *slot(struct entry *entries, size_t size, uint64_t index)
{
	size_t i = (size_t)((index + 1) * 0x9e3779b97f4a7c15u >> 20) & (size - 1);

	while (entries[i].index && entries[i].index != index + 1)
		i = (i + 1) & (size - 1);
	return &entries[i];
}

static bool make_room(struct zf_seen *seen)
{
	size_t size = seen->size ? seen->size * 2 : 64;
	struct entry *entries;

	if (2 * (seen->count + 1) <= seen->size)
		return true;
	if (seen->count >= ZF_SEEN_MOST)
		return false;
	entries = calloc(size, sizeof *entries);
	if (!entries)
		return false;
	for (size_t i = 0; i < seen->size; i++)
		if (seen->entries[i].index)
			*slot(entries, size, seen->entries[i].index - 1) = seen->entries[i];
	free(seen->entries);
	seen->entries = entries;
	seen->size = size;
	return true;
}

static bool same(const struct entry *e, const struct zf_tag *tag)
{
	return e->there == !!tag && (!tag || zf_tag_equal(&e->tag, tag));
}

static void set(struct entry *e, uint64_t base_index, const struct zf_tag *tag, bool ours)
{
	e->index = base_index + 1;
	e->there = tag != NULL;
	e->ours = ours;
	e->tag = tag ? *tag : (struct zf_tag){ 0 };
}

/* With the lock held. The value's entry, empty where it is new; NULL: no room. */
static struct entry *enter(struct zf_seen *seen, uint64_t base_index)
{
	struct entry *e;

	if (!make_room(seen)) {
		seen->overflow = true;
		return NULL;
	}
	e = slot(seen->entries, seen->size, base_index);
	if (!e->index)
		seen->count++;
	return e;
}

static void note(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag, enum by by)
{
	struct entry *e;

	pthread_mutex_lock(&seen->lock);
	e = enter(seen, base_index);
	if (e && (!e->index || by == BY_US)) {
		set(e, base_index, tag, by == BY_US);
	} else if (e && !same(e, tag) && !(by == BY_LOAD && e->ours)) {
		seen->changed = true; /* parts of it may be cached from before */
		set(e, base_index, tag, false);
	}
	pthread_mutex_unlock(&seen->lock);
}

void zf_seen_note(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag)
{
	note(seen, base_index, tag, BY_LOAD);
}

void zf_seen_merged(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag)
{
	note(seen, base_index, tag, BY_MERGE);
}

void zf_seen_ours(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag)
{
	note(seen, base_index, tag, BY_US);
}

void zf_seen_storing(struct zf_seen *seen, uint64_t base_index)
{
	pthread_mutex_lock(&seen->lock);
	if (seen->storing_count < STORING_MOST)
		seen->storing[seen->storing_count++] = base_index;
	pthread_mutex_unlock(&seen->lock);
}

/* With the lock held. Its place, or the count. */
static size_t find_storing(const struct zf_seen *seen, uint64_t base_index)
{
	size_t i = 0;

	while (i < seen->storing_count && seen->storing[i] != base_index)
		i++;
	return i;
}

void zf_seen_stored(struct zf_seen *seen, uint64_t base_index)
{
	size_t i;

	pthread_mutex_lock(&seen->lock);
	i = find_storing(seen, base_index);
	if (i < seen->storing_count)
		seen->storing[i] = seen->storing[--seen->storing_count];
	pthread_mutex_unlock(&seen->lock);
}

/* Takes over what was seen, leaving nothing. */
static struct zf_seen take(struct zf_seen *seen)
{
	struct zf_seen all;

	pthread_mutex_lock(&seen->lock);
	all = *seen;
	seen->entries = NULL;
	seen->size = seen->count = 0;
	seen->overflow = seen->changed = false;
	pthread_mutex_unlock(&seen->lock);
	return all;
}

/* Puts an entry back that was taken: what we stored since is newer. */
static void put_back(struct zf_seen *seen, const struct entry *old)
{
	struct entry *e;

	pthread_mutex_lock(&seen->lock);
	e = enter(seen, old->index - 1);
	if (e && !e->ours)
		*e = *old;
	pthread_mutex_unlock(&seen->lock);
}

/* Whether the value differs since we have stored it, or are about to. */
static bool by_us(struct zf_seen *seen, uint64_t base_index)
{
	const struct entry *e;
	bool ours;

	pthread_mutex_lock(&seen->lock);
	e = seen->size ? slot(seen->entries, seen->size, base_index) : NULL;
	ours = find_storing(seen, base_index) < seen->storing_count || (e && e->index && e->ours);
	pthread_mutex_unlock(&seen->lock);
	return ours;
}

/* 1: still so, 0: not, -1: failed. */
static int still(struct zf_array *a, struct zf_op *op, const struct entry *e)
{
	char key[ZF_MAX_KEY + 1];
	struct zf_value value;
	int found;

	if (zf_array_base_key(a, op, e->index - 1, key, sizeof key) < 0)
		return -1;
	found = zf_store_stat(a->base, op, key, &value);
	if (found < 0)
		return -1;
	return same(e, found == ZF_FOUND ? &value.tag : NULL);
}

int zf_array_revalidate(struct zf_array *a, struct zf_op *op, bool *changed)
{
	struct zf_seen all;
	bool differs;
	int ret = 1;

	/* a load that has begun may have read what was there before, and not noted it yet */
	zf_cache_forget_loading(a->ctx->cache, a);
	all = take(a->seen);
	differs = all.overflow || all.changed;

	for (size_t i = 0; i < all.size && !differs && ret > 0; i++) {
		struct entry *e = &all.entries[i];

		if (!e->index)
			continue;
		ret = still(a, op, e);
		if (ret == 0 && by_us(a->seen, e->index - 1))
			ret = 1;
		differs = ret == 0;
		if (ret > 0)
			put_back(a->seen, e);
	}
	free(all.entries);
	if (differs || ret < 0) {
		/* also when it could not be told: what is cached would not be looked at again */
		for (struct zf_store *s = a->store; s != a->base; s = zf_shard_store_outer(s))
			zf_shard_store_forget(s);
		zf_cache_forget(a->ctx->cache, a);
		if (a->lines)
			zf_lines_forget(a);
	}
	if (ret < 0)
		return zf_where(op, "%s", a->label);
	*changed = differs;
	return 0;
}
