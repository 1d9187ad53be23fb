/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remembered indexes of shards.
 */
#include "array/indexes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20 }; /* of indexes remembered, and at least one */

void zf_indexes_init(struct zf_indexes *all)
{
	*all = (struct zf_indexes){ 0 };
	pthread_mutex_init(&all->lock, NULL);
}

void zf_indexes_destroy(struct zf_indexes *all)
{
	zf_indexes_forget(all);
	zf_keymap_free(&all->map, NULL);
	pthread_mutex_destroy(&all->lock);
}

struct zf_index *zf_index_new(struct zf_op *op, const char *key, uint64_t count)
{
	size_t bytes = count * sizeof(struct zf_shard_entry), len = strlen(key);
	struct zf_index *index = calloc(1, sizeof *index + len + 1);

	if (index)
		index->entries = malloc(bytes ? bytes : 1);
	if (!index || !index->entries) {
		free(index);
		zf_nomem(op, bytes);
		return NULL;
	}
	index->refs = 1;
	index->bytes = bytes + sizeof *index + len;
	index->keyed.key = memcpy(index->key, key, len + 1);
	return index;
}

/* ---- with the lock ---- */

static void unref(struct zf_index *index)
{
	if (--index->refs)
		return;
	free(index->entries);
	free(index);
}

static void list_in(struct zf_indexes *all, struct zf_index *index)
{
	index->newer = NULL;
	index->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = index;
	all->newest = index;
}

static void list_out(struct zf_indexes *all, struct zf_index *index)
{
	*(index->newer ? &index->newer->older : &all->newest) = index->older;
	*(index->older ? &index->older->newer : &all->oldest) = index->newer;
}

/* One that is not in the map any more. */
static void forget(struct zf_indexes *all, struct zf_index *index)
{
	list_out(all, index);
	all->bytes -= index->bytes;
	unref(index);
}

/* ---- what callers do ---- */

void zf_index_unref(struct zf_indexes *all, struct zf_index *index)
{
	pthread_mutex_lock(&all->lock);
	unref(index);
	pthread_mutex_unlock(&all->lock);
}

struct zf_index *zf_indexes_find(struct zf_indexes *all, const char *key)
{
	struct zf_index *index;

	pthread_mutex_lock(&all->lock);
	index = zf_keymap_find(&all->map, key);
	if (index) {
		list_out(all, index);
		list_in(all, index);
		index->refs++;
	}
	pthread_mutex_unlock(&all->lock);
	return index;
}

void zf_indexes_put(struct zf_indexes *all, struct zf_index *index)
{
	struct zf_keyed *old = NULL;
	struct zf_op own;

	zf_op_init(&own);
	pthread_mutex_lock(&all->lock);
	if (zf_keymap_put(&all->map, &own, &index->keyed, &old) == 0) {
		if (old)
			forget(all, (struct zf_index *)old);
		list_in(all, index);
		all->bytes += index->bytes;
		index->refs++;
	}
	while (all->bytes > MOST_BYTES && all->oldest != all->newest) {
		zf_keymap_take(&all->map, all->oldest->key);
		forget(all, all->oldest);
	}
	pthread_mutex_unlock(&all->lock);
}

void zf_indexes_drop(struct zf_indexes *all, struct zf_index *index)
{
	pthread_mutex_lock(&all->lock);
	if (zf_keymap_find(&all->map, index->key) == index) {
		zf_keymap_take(&all->map, index->key);
		forget(all, index);
	}
	unref(index);
	pthread_mutex_unlock(&all->lock);
}

void zf_indexes_forget_key(struct zf_indexes *all, const char *key)
{
	size_t len = strlen(key);

	pthread_mutex_lock(&all->lock);
	for (struct zf_index *i = all->oldest, *next; i; i = next) {
		next = i->newer;
		if (strncmp(i->key, key, len) != 0 || (i->key[len] != '\0' && i->key[len] != '|'))
			continue;
		zf_keymap_take(&all->map, i->key);
		forget(all, i);
	}
	pthread_mutex_unlock(&all->lock);
}

void zf_indexes_forget(struct zf_indexes *all)
{
	pthread_mutex_lock(&all->lock);
	zf_keymap_free(&all->map, NULL);
	all->map = (struct zf_keymap){ 0 };
	while (all->oldest)
		forget(all, all->oldest);
	pthread_mutex_unlock(&all->lock);
}
