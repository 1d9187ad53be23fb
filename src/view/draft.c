/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of drafts.
 */
#include "view/draft.h"
#include "view/npy_order.h"
#include "view/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct zf_drafts {
	pthread_mutex_t lock;
	struct zf_table table;
};

int zf_drafts_new(struct zf_op *op, struct zf_drafts **out)
{
	struct zf_drafts *drafts = calloc(1, sizeof *drafts);

	if (!drafts)
		return zf_nomem(op, sizeof *drafts);
	pthread_mutex_init(&drafts->lock, NULL);
	*out = drafts;
	return 0;
}

void zf_drafts_free(struct zf_drafts *drafts)
{
	if (!drafts)
		return;
	pthread_mutex_destroy(&drafts->lock);
	free(drafts);
}

int zf_draft_new(struct zf_op *op, const char *array, const char *suffix, struct zf_draft **out)
{
	size_t size = sizeof(struct zf_draft) + strlen(array) + strlen(suffix) + 1;
	struct zf_draft *draft = calloc(1, size);

	if (draft)
		draft->order = calloc(1, sizeof *draft->order);
	if (!draft || !draft->order) {
		free(draft);
		return zf_nomem(op, size);
	}
	draft->refs = 1;
	draft->text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	draft->header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	draft->last = &draft->pieces;
	pthread_mutex_init(&draft->lock, NULL);
	zf_turn_init(&draft->turn);
	strcpy(draft->array, array);
	strcat(strcpy(draft->path, array), suffix);
	draft->entry.path = draft->path;
	*out = draft;
	return 0;
}

static void free_draft(struct zf_draft *draft)
{
	while (draft->pieces) {
		struct zf_early *next = draft->pieces->next;

		free(draft->pieces);
		draft->pieces = next;
	}
	free(draft->order);
	zf_file_close(draft->data);
	zf_file_close(draft->old);
	zf_out_free(&draft->text);
	zf_out_free(&draft->header);
	zf_turn_destroy(&draft->turn);
	pthread_mutex_destroy(&draft->lock);
	free(draft);
}

struct zf_draft *zf_draft_find(struct zf_tree *tree, const char *path)
{
	struct zf_draft *draft;

	pthread_mutex_lock(&tree->drafts->lock);
	draft = (struct zf_draft *)zf_table_find(&tree->drafts->table, path);
	if (draft)
		__atomic_fetch_add(&draft->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&tree->drafts->lock);
	return draft;
}

void zf_draft_unname(struct zf_tree *tree, struct zf_draft *draft)
{
	pthread_mutex_lock(&tree->drafts->lock);
	if (draft->named)
		zf_table_remove(&tree->drafts->table, &draft->entry);
	draft->named = false;
	pthread_mutex_unlock(&tree->drafts->lock);
}

void zf_draft_put(struct zf_tree *tree, struct zf_draft *draft)
{
	bool gone;

	if (!draft)
		return;
	pthread_mutex_lock(&tree->drafts->lock);
	gone = __atomic_sub_fetch(&draft->refs, 1, __ATOMIC_ACQ_REL) == 0;
	if (gone && draft->named)
		zf_table_remove(&tree->drafts->table, &draft->entry);
	pthread_mutex_unlock(&tree->drafts->lock);
	if (gone)
		free_draft(draft);
}

int zf_draft_open(struct zf_tree *tree, struct zf_op *op, const char *array, const char *suffix,
	bool exclusive, struct zf_draft **out)
{
	struct zf_draft *made, *there;

	if (zf_draft_new(op, array, suffix, &made) < 0)
		return -1;
	pthread_mutex_lock(&tree->drafts->lock);
	there = (struct zf_draft *)zf_table_find(&tree->drafts->table, made->path);
	if (!there) {
		zf_table_add(&tree->drafts->table, &made->entry);
		made->named = true;
	} else if (!exclusive) {
		__atomic_fetch_add(&there->refs, 1, __ATOMIC_RELAXED);
	}
	pthread_mutex_unlock(&tree->drafts->lock);
	*out = there ? there : made;
	if (!there)
		return 0;
	free_draft(made);
	return exclusive ? zf_fail(op, EEXIST, "%s%s: is there already", array, suffix) : 0;
}

uint64_t zf_draft_size(struct zf_draft *draft)
{
	struct zf_file *data;
	uint64_t size;

	pthread_mutex_lock(&draft->lock);
	data = draft->data;
	size = data ? draft->header.len : draft->end > draft->text.len ? draft->end : draft->text.len;
	pthread_mutex_unlock(&draft->lock);
	return data ? size + zf_file_size(data) : size;
}
