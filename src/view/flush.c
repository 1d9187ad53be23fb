/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Storing what is not stored yet, of all arrays of a tree.
 */
#include "view/lives.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The arrays that are not stored, with a user more each. */
static int collect(struct zf_lives *lives, struct zf_op *op, struct zf_live ***out, size_t *count)
{
	struct zf_live **list;
	size_t n = 0;

	pthread_mutex_lock(&lives->lock);
	list = calloc(lives->table.count + 1, sizeof(struct zf_live *));
	for (struct zf_entry *entry = lives->table.oldest; list && entry; entry = entry->newer) {
		struct zf_live *live = (struct zf_live *)entry;

		if (!live->now || !(zf_live_unsaved(live) || zf_live_touched(live)))
			continue;
		lives->idle -= live->users++ == 0;
		list[n++] = live;
	}
	pthread_mutex_unlock(&lives->lock);
	if (!list)
		return zf_nomem(op, sizeof(struct zf_live *));
	*out = list;
	*count = n;
	return 0;
}

/* Goes on with the caller's op, so that who cancels it ends all that follows. */
static void keep_first(struct zf_op *op, struct zf_op *first)
{
	if (!first->err) {
		first->err = op->err;
		strcpy(first->text, op->text);
	}
	zf_op_forgive(op);
}

int zf_tree_flush(struct zf_tree *tree, struct zf_op *op)
{
	struct zf_op first = { 0 };
	struct zf_live **list;
	size_t count;

	if (!tree->writable)
		return 0;
	if (collect(tree->lives, op, &list, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (zf_live_save(tree, op, list[i], true, NULL) < 0)
			keep_first(op, &first);
		zf_live_close(tree, list[i]);
	}
	free(list);
	if (zf_store_flush(tree->store, op) < 0)
		keep_first(op, &first);
	return first.err ? zf_fail(op, first.err, "%s", first.text) : 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* An array that nobody has open is stored for good, with its shape; of others the chunks. */
static void write_back(struct zf_tree *tree, struct zf_live *live, int64_t before)
{
	struct zf_binding *binding;
	struct zf_op op;
	bool used;

	zf_op_init(&op);
	if (zf_live_bind(tree, &op, live, &binding) < 0)
		return;
	pthread_mutex_lock(&tree->lives->lock);
	used = live->users > 1;
	pthread_mutex_unlock(&tree->lives->lock);
	if (used)
		zf_array_write_back(binding->array, before);
	zf_binding_put(binding);
	if (!used && zf_live_save(tree, &op, live, true, NULL) < 0)
		zf_log(tree->ctx, ZF_LOG_ERROR, "%s", op.text);
}

void zf_tree_write_back(struct zf_tree *tree, int64_t age)
{
	struct zf_live **list;
	size_t count;
	struct zf_op op;

	zf_op_init(&op);
	if (!tree->writable || collect(tree->lives, &op, &list, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		write_back(tree, list[i], now_ns() - age);
		zf_live_close(tree, list[i]);
	}
	free(list);
}
