/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store of arrays that were removed while they were open; their paths in it are numbers.
 */
#include "view/kept.h"
#include "store/temp.h"
#include "view/fresh.h"
#include "view/keys.h"
#include "view/lives.h"
#include "view/path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_SIZE = 24 };

struct copy {
	struct zf_tree *tree;
	const char *from; /* path in the tree's store */
	char to[NUMBER_SIZE];
	uint64_t left; /* bytes that may be copied still */
};

static int copy_value(struct zf_op *op, void *arg, const char *key)
{
	struct copy *copy = arg;
	struct zf_out bytes = ZF_OUT_GROWING(ZF_KEPT_MOST);
	struct zf_value value;
	char to[ZF_PATH_SIZE];
	int result = zf_store_stat(copy->tree->store, op, key, &value);

	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	if (value.size > copy->left)
		return zf_fail(op, EFBIG, "more than %" PRIu64 " bytes are stored", ZF_KEPT_MOST);
	if (!zf_path_join(copy->to, key + strlen(copy->from) + 1, to))
		return zf_fail(op, ENAMETOOLONG, "the path is too long");
	result = zf_store_get(copy->tree->store, op, key, NULL, &bytes, NULL);
	if (result == ZF_FOUND)
		result = zf_store_put(copy->tree->kept, op, to, bytes.data ? (const void *)bytes.data : "",
			bytes.len, ZF_PUT_ALWAYS, NULL);
	copy->left -= bytes.len < copy->left ? bytes.len : copy->left;
	zf_out_free(&bytes);
	return result < 0 ? -1 : 0;
}

static int drop_value(struct zf_op *op, void *arg, const char *key)
{
	return zf_store_del(arg, op, key) < 0 ? -1 : 0;
}

void zf_kept_drop(struct zf_tree *tree, uint64_t number)
{
	char path[NUMBER_SIZE];
	struct zf_op op;

	if (!number)
		return;
	zf_op_init(&op);
	snprintf(path, sizeof path, "%" PRIu64, number);
	/* what is not settled may not be listed */
	if (zf_store_settle(tree->kept, &op) < 0 ||
		zf_keys_walk(tree->kept, &op, path, drop_value, tree->kept) < 0 ||
		zf_store_prune(tree->kept, &op, path) < 0)
		zf_log(tree->ctx, ZF_LOG_WARNING, "%s", op.text);
}

/* All that was written is in the store then, and seen there. */
static int store_all(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	if (zf_fresh_end(tree, op, live, live->now->fresh && zf_fresh_size(live->now) == 0) < 0)
		return -1;
	if (!live->writable)
		return 0;
	zf_array_settle(live->now->array);
	return zf_array_flush(live->now->array, op) < 0 ? -1 : zf_store_settle(tree->store, op);
}

/* The copies come last: an array that grows takes what is stored beyond its end for leftovers. */
static int move(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t number)
{
	struct copy copy = { .tree = tree, .from = live->path, .left = ZF_KEPT_MOST };
	struct zf_binding *binding = NULL;
	uint64_t size;
	int result = 0;

	snprintf(copy.to, sizeof copy.to, "%" PRIu64, number);
	if (store_all(tree, op, live) < 0 ||
		zf_live_prepare_at(tree, op, live, tree->kept, copy.to, &binding) < 0)
		return -1;
	size = zf_array_size(live->now->array);
	if (zf_array_size(binding->array) != size)
		result = zf_array_set_size(binding->array, op, size);
	if (result == 0)
		result = zf_keys_walk(tree->store, op, live->path, copy_value, &copy);
	if (result < 0) {
		zf_binding_put(binding);
		return -1;
	}
	binding->kept = number;
	live->kept = true;
	zf_live_swap(tree, live, binding, true);
	return 0;
}

void zf_live_keep(struct zf_tree *tree, struct zf_live *live)
{
	uint64_t number = tree->kept_count + 1;
	struct zf_op op;

	if (!live->now)
		return;
	zf_op_init(&op);
	if ((tree->kept || zf_temp_open(tree->ctx, &op, &tree->kept) == 0) &&
		move(tree, &op, live, number) == 0) {
		tree->kept_count = number;
		return;
	}
	zf_log(tree->ctx, ZF_LOG_WARNING, "%s: removed, and of no use to who has it open: %s",
		zf_path_label(live->path), op.text);
	if (tree->kept)
		zf_kept_drop(tree, number);
}
