/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Before an array grows: has another program made it longer since it was opened?
 *
 * What is stored beyond the end that we know is taken for a leftover, and deleted before the first growth. So
 * the document is looked at before that, and again before the first growth after each save: what others have
 * appended is the array's, and what we append comes behind it.
 */
#include "view/fresh.h"
#include "view/lives.h"

static bool is_caught_up(const struct zf_live *live)
{
	return __atomic_load_n(&live->caught_up, __ATOMIC_ACQUIRE);
}

static bool is_longer(const struct zf_live *live, const struct zf_doc *doc)
{
	if (doc == live->now->doc || !doc->is_array || doc->error)
		return false;
	return doc->meta->array.ndim > 0 &&
	       zf_live_same_chunks(&doc->meta->array, &live->now->doc->meta->array) &&
	       doc->meta->array.shape[0] > zf_array_length(live->now->array);
}

/* What is not stored yet is stored first; where that fails nothing may grow. */
static int take_over(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	struct zf_doc *doc = NULL;
	int result = zf_live_hold(tree, op, live);

	if (result == 0)
		result = zf_live_save_now(tree, op, live, false);
	if (result == 0)
		result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, &doc);
	if (result == ZF_FOUND)
		result = zf_live_rebind(tree, op, live, doc);
	zf_doc_put(doc);
	zf_live_let_in(tree, live);
	return result < 0 ? -1 : 0;
}

int zf_live_catch_up_now(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	struct zf_doc *doc = NULL;
	int result = 0;

	if (is_caught_up(live) || live->gone || !live->now || zf_fresh_is(live->now))
		return 0;
	/* one that was removed is found out when it is saved */
	result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, &doc);
	if (result == ZF_FOUND && is_longer(live, doc))
		result = take_over(tree, op, live);
	zf_doc_put(doc);
	if (result < 0)
		return -1;
	__atomic_store_n(&live->caught_up, true, __ATOMIC_RELEASE);
	return 0;
}

int zf_live_catch_up(
	struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t end, uint64_t *seen)
{
	int result;

	if (is_caught_up(live) || end <= zf_live_size(tree, live))
		return 0;
	if (zf_live_take(tree, op, live) < 0)
		return -1;
	result = zf_live_catch_up_now(tree, op, live);
	zf_live_give(tree, live);
	if (result < 0)
		__atomic_store_n(seen, zf_live_errors(tree, live), __ATOMIC_RELAXED);
	return result;
}
