/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Setting right what a check found, where nothing is lost by it. Each flaw is looked at anew first: the
 * store may have changed since.
 */
#include "upkeep/check.h"
#include "upkeep/consolidate.h"
#include "view/change.h"
#include "view/make.h"
#include "view/node.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define PARTIAL_AGE ((int64_t)3600 * 1000000000) /* of another program's temporary that nobody writes to */

static int gone(struct zf_op *op, const char *what)
{
	return zf_fail(op, ESTALE, "%s is no longer so", what);
}

static int delete_key(struct zf_tree *tree, struct zf_op *op, const char *key)
{
	return zf_store_del(tree->store, op, key) < 0 ? -1 : 0;
}

static int mend_outside(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	struct zf_checked *checked;
	struct zf_doc *doc = NULL;
	uint64_t coords[ZF_MAX_NDIM];
	int result = zf_doc_get(tree, op, f->path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND && (!doc->is_array || doc->error))
		result = ZF_MISSING;
	if (result == ZF_FOUND) {
		result = zf_checked_open(tree, op, doc, &checked);
		if (result == 0) {
			if (zf_array_parse(checked->array, f->key + checked->below, coords) &&
				!zf_array_holds(checked->array, coords))
				result = delete_key(tree, op, f->key);
			else
				result = ZF_MISSING;
			zf_checked_put(checked);
		}
	}
	zf_doc_put(doc);
	return result == ZF_MISSING ? gone(op, f->key) : result;
}

static int on_any(void *arg, const char *name, bool is_prefix)
{
	(void)arg;
	(void)name;
	(void)is_prefix;
	return 0;
}

/* Our own temporaries are removed by opening the store for writing, and listing where they lie. */
static int mend_leftover(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	char folder[ZF_PATH_SIZE];
	struct zf_value value;
	struct timespec now;
	int result;

	if (!zf_check_is_partial(zf_path_last(f->key))) {
		zf_path_parent(f->key, folder);
		return zf_store_list(tree->store, op, folder, on_any, NULL) < 0 ? -1 : 0;
	}
	result = zf_store_stat(tree->store, op, f->key, &value);
	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	clock_gettime(CLOCK_REALTIME, &now);
	if ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec - value.mtime_ns < PARTIAL_AGE)
		return zf_fail(op, EBUSY, "%s is less than an hour old: it may still be written", f->key);
	return delete_key(tree, op, f->key);
}

static int mend_stale(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	struct zf_doc *doc = NULL;
	int result = zf_doc_get(tree, op, f->path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND)
		result = zf_consolidate(tree, op, doc);
	else if (result == ZF_MISSING)
		result = gone(op, f->key);
	zf_doc_put(doc);
	return result;
}

/* The document of a node that consolidated metadata list comes from there; a group's is made. */
static int mend_missing(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	struct zf_doc *doc = NULL;
	int result = zf_doc_get(tree, op, f->path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND)
		result = doc->is_listed ? zf_change_own(tree, op, doc) : gone(op, f->key);
	else if (result == ZF_MISSING)
		result = zf_make_group(tree, op, f->path, 0);
	zf_doc_put(doc);
	zf_docs_forget(tree->docs, f->path);
	return result;
}

static int mend(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	if (f->mendable && f->flaw == ZF_FLAW_OUTSIDE)
		return mend_outside(tree, op, f);
	if (f->mendable && f->flaw == ZF_FLAW_LEFTOVER)
		return mend_leftover(tree, op, f);
	if (f->mendable && f->flaw == ZF_FLAW_STALE)
		return mend_stale(tree, op, f);
	if (f->mendable && f->flaw == ZF_FLAW_MISSING)
		return mend_missing(tree, op, f);
	return zf_fail(op, EINVAL, "%s: cannot be mended", f->key);
}

int zf_tree_mend(struct zf_tree *tree, struct zf_op *op, const struct zf_finding *f)
{
	int result;

	if (zf_check_writable(tree, op, f->path) < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = mend(tree, op, f);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
