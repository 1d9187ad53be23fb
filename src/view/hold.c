/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Turns at arrays in use, keeping everybody out of them, and what moves or removes them.
 */
#include "view/lives.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* With the lock held. */
static int take(struct zf_lives *lives, struct zf_op *op, struct zf_live *live)
{
	while (live->busy)
		if (zf_lives_wait(lives, op) < 0)
			return -1;
	if (zf_live_is_lost(live))
		return zf_fail(op, ESTALE, "%s: the array was removed", zf_path_label(live->path));
	live->busy = true;
	return 0;
}

int zf_live_take(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	int result;

	pthread_mutex_lock(&tree->lives->lock);
	result = take(tree->lives, op, live);
	pthread_mutex_unlock(&tree->lives->lock);
	return result;
}

void zf_live_give(struct zf_tree *tree, struct zf_live *live)
{
	pthread_mutex_lock(&tree->lives->lock);
	live->busy = false;
	live->held = false;
	pthread_cond_broadcast(&tree->lives->free);
	pthread_mutex_unlock(&tree->lives->lock);
}

/* With the lock held, and the turn. */
static int hold(struct zf_lives *lives, struct zf_op *op, struct zf_live *live)
{
	int result = 0;

	live->held = true;
	while (result == 0 && live->now && __atomic_load_n(&live->now->refs, __ATOMIC_ACQUIRE) > 1)
		result = zf_lives_wait(lives, op);
	if (result < 0) {
		live->held = false;
		pthread_cond_broadcast(&lives->free);
	}
	return result;
}

int zf_live_hold(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	int result;

	pthread_mutex_lock(&tree->lives->lock);
	result = hold(tree->lives, op, live);
	pthread_mutex_unlock(&tree->lives->lock);
	return result;
}

void zf_live_let_in(struct zf_tree *tree, struct zf_live *live)
{
	pthread_mutex_lock(&tree->lives->lock);
	live->held = false;
	pthread_cond_broadcast(&tree->lives->free);
	pthread_mutex_unlock(&tree->lives->lock);
}

/* ---- all below a path ---------------------------------------------------------------------------------- */

/* With the lock held: the entries at or below a path get a user more. */
static int collect(struct zf_lives *lives, struct zf_op *op, const char *path, struct zf_held *out)
{
	size_t n = 0;

	out->live = calloc(lives->table.count + 1, sizeof(struct zf_live *));
	if (!out->live)
		return zf_nomem(op, lives->table.count * sizeof(struct zf_live *));
	for (struct zf_entry *entry = lives->table.oldest; entry; entry = entry->newer) {
		struct zf_live *live = (struct zf_live *)entry;

		if (!zf_path_within(live->path, path))
			continue;
		lives->idle -= live->users++ == 0;
		out->live[n++] = live;
	}
	out->count = n;
	return 0;
}

int zf_lives_hold(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned slot, struct zf_held *out)
{
	struct zf_lives *lives = tree->lives;
	struct zf_held held = { .slot = slot };
	size_t n = 0;
	int result;

	pthread_mutex_lock(&lives->lock);
	lives->closed[slot] = path;
	result = collect(lives, op, path, &held);
	for (; result == 0 && n < held.count; n++) {
		result = take(lives, op, held.live[n]);
		if (result == 0 && hold(lives, op, held.live[n]) < 0) {
			held.live[n]->busy = false;
			result = -1;
		}
		if (result < 0)
			break;
	}
	pthread_mutex_unlock(&lives->lock);
	if (result == 0) {
		*out = held;
		return 0;
	}
	/* those that are not held are only let go */
	for (size_t i = n; i < held.count; i++)
		zf_live_close(tree, held.live[i]);
	held.count = n;
	zf_lives_release(tree, &held);
	return -1;
}

void zf_lives_release(struct zf_tree *tree, struct zf_held *held)
{
	for (size_t i = 0; i < held->count; i++) {
		zf_live_give(tree, held->live[i]);
		zf_live_close(tree, held->live[i]);
	}
	free(held->live);
	pthread_mutex_lock(&tree->lives->lock);
	tree->lives->closed[held->slot] = NULL;
	pthread_cond_broadcast(&tree->lives->free);
	pthread_mutex_unlock(&tree->lives->lock);
	*held = (struct zf_held){ .slot = held->slot };
}

/* ---- what happens to one that is held ------------------------------------------------------------------ */

bool zf_live_is_open(struct zf_tree *tree, const struct zf_live *live)
{
	bool is;

	pthread_mutex_lock(&tree->lives->lock);
	is = live->users > 1;
	pthread_mutex_unlock(&tree->lives->lock);
	return is;
}

void zf_live_remove(struct zf_tree *tree, struct zf_live *live)
{
	if (live->now && !live->kept)
		zf_array_abandon(live->now->array);
	pthread_mutex_lock(&tree->lives->lock);
	if (!live->gone)
		zf_table_remove(&tree->lives->table, &live->entry);
	live->gone = true;
	__atomic_store_n(&live->unsaved, false, __ATOMIC_RELAXED);
	__atomic_store_n(&live->touched, false, __ATOMIC_RELAXED);
	zf_live_new_version(tree->lives, live);
	pthread_mutex_unlock(&tree->lives->lock);
}

/* Gives an entry its new path in the table. */
static void put_path(struct zf_lives *lives, struct zf_live *live, char *path)
{
	char *old = live->path;

	pthread_mutex_lock(&lives->lock);
	zf_table_remove(&lives->table, &live->entry);
	live->path = path;
	live->entry.path = path;
	zf_table_add(&lives->table, &live->entry);
	pthread_mutex_unlock(&lives->lock);
	free(old);
}

int zf_live_move(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, const char *path)
{
	struct zf_doc *doc = NULL;
	char *copy = strdup(path);
	int result;

	if (!copy) {
		zf_live_remove(tree, live);
		return zf_nomem(op, strlen(path) + 1);
	}
	put_path(tree->lives, live, copy);
	result = zf_doc_get(tree, op, path, ZF_DOC_NOW, &doc);
	if (result == ZF_FOUND)
		result = zf_live_rebind(tree, op, live, doc);
	zf_doc_put(doc);
	if (result != ZF_FOUND)
		zf_live_remove(tree, live);
	return result < 0 ? -1 : 0;
}

/* ---- what the store does not tell ---------------------------------------------------------------------- */

bool zf_live_news(struct zf_tree *tree, const char *path, struct zf_live_news *out)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *live = NULL;

	pthread_mutex_lock(&lives->lock);
	live = (struct zf_live *)zf_table_find(&lives->table, path);
	if (live && live->now && (zf_live_unsaved(live) || zf_live_touched(live)))
		lives->idle -= live->users++ == 0;
	else
		live = NULL;
	pthread_mutex_unlock(&lives->lock);
	if (!live)
		return false;
	out->unsaved = zf_live_unsaved(live);
	out->size = zf_live_size(tree, live);
	out->mtime_ns = __atomic_load_n(&live->written_ns, __ATOMIC_RELAXED);
	zf_live_close(tree, live);
	return true;
}
