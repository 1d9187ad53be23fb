/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was read, and whether it still is so: close-to-open consistency.
 *
 * For each stored value that was read, or found missing, its tag is remembered. When a file is opened again
 * the tags are compared with the store's; where one differs, everything cached of the array goes. There is a
 * limit to what is remembered: beyond it nothing can be vouched for, and opening drops the cache.
 */
#include "array/internal.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t index; /* of the stored value, plus one; 0: empty */
	bool there;
	struct zf_tag tag;
};

struct zf_seen {
	pthread_mutex_t lock;
	struct entry *entries; /* open addressing, a power of two, at most half full */
	size_t size, count;
	bool overflow; /* something was read that could not be remembered */
	bool changed;  /* a value was seen with two different tags */
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

static void note(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag, bool ours)
{
	struct entry *e;

	pthread_mutex_lock(&seen->lock);
	if (!make_room(seen)) {
		seen->overflow = true;
	} else {
		e = slot(seen->entries, seen->size, base_index);
		if (!e->index)
			seen->count++;
		else if (!ours && !same(e, tag))
			seen->changed = true; /* parts of it may be cached from before */
		e->index = base_index + 1;
		e->there = tag != NULL;
		e->tag = tag ? *tag : (struct zf_tag){ 0 };
	}
	pthread_mutex_unlock(&seen->lock);
}

void zf_seen_note(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag)
{
	note(seen, base_index, tag, false);
}

void zf_seen_ours(struct zf_seen *seen, uint64_t base_index, const struct zf_tag *tag)
{
	note(seen, base_index, tag, true);
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
		differs = ret == 0;
		if (ret > 0)
			zf_seen_note(a->seen, e->index - 1, e->there ? &e->tag : NULL);
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
