/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making and removing groups, removing arrays. Other programs see it when the call returns.
 */
#include "view/change.h"
#include "view/kept.h"
#include "view/keys.h"
#include "view/live.h"
#include "view/make.h"
#include "view/names.h"
#include "view/remove.h"

#include <errno.h>
#include <string.h>

/* ---- making ----------------------------------------------------------------------------------------------
 */

static int make_group(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	char store_path[ZF_PATH_SIZE];
	struct zf_name name;
	int result;

	if (!*path)
		return zf_fail(op, EEXIST, "/: is there already");
	if (zf_place(tree, op, path, store_path) < 0)
		return -1;
	result = zf_name_find(tree, op, path, &name);
	if (result == ZF_MISSING)
		return zf_make_group(tree, op, store_path, 0);
	if (result < 0)
		return -1;
	result = zf_fail(op, EEXIST, "%s: is there already", zf_path_label(path));
	zf_name_release(tree, &name);
	return result;
}

int zf_tree_mkdir(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	int result;

	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = make_group(tree, op, path);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}

/* ---- removing --------------------------------------------------------------------------------------------
 */

static int on_shown(void *arg, const char *name, const struct zf_attr *attr)
{
	(void)name;
	(void)attr;
	*(bool *)arg = true;
	return 1;
}

int zf_check_empty(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	bool any = false;

	if (zf_tree_list(tree, op, path, on_shown, &any) < 0)
		return -1;
	return any ? zf_fail(op, ENOTEMPTY, "%s: not empty", zf_path_label(path)) : 0;
}

int zf_remove_group(struct zf_tree *tree, struct zf_op *op, const char *store_path)
{
	static const char *const names[] = { "zarr.json", ".zgroup", ".zmetadata", ".zattrs" };
	char key[ZF_PATH_SIZE];

	if (zf_consolidate_remove(tree, op, store_path) < 0)
		return -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (zf_path_join(store_path, names[i], key) && zf_store_del(tree->store, op, key) < 0)
			return zf_where(op, "%s", zf_path_label(store_path));
	zf_docs_forget(tree->docs, store_path);
	return zf_keys_prune(tree, op, store_path);
}

int zf_remove_array(struct zf_tree *tree, struct zf_op *op, const char *store_path)
{
	struct zf_held held;
	int result;

	if (zf_lives_hold(tree, op, store_path, 0, &held) < 0)
		return -1;
	/* nothing may be stored after it was deleted */
	for (size_t i = 0; i < held.count; i++) {
		if (zf_live_is_open(tree, held.live[i]))
			zf_live_keep(tree, held.live[i]);
		zf_live_remove(tree, held.live[i]);
	}
	/* a copy of a document that is gone would stand for it */
	result = zf_consolidate_remove(tree, op, store_path);
	if (result == 0)
		result = zf_keys_delete(tree, op, store_path);
	zf_docs_forget(tree->docs, store_path);
	if (result < 0)
		zf_where(op, "%s", zf_path_label(store_path));
	if (result == 0)
		result = zf_keys_prune(tree, op, store_path);
	zf_lives_release(tree, &held);
	return result;
}

static int remove_found_group(
	struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_name *name)
{
	if (name->kind != ZF_NAME_DIR)
		return zf_fail(op, ENOTDIR, "%s: not a group", path);
	if (zf_check_empty(tree, op, path) < 0)
		return -1;
	return zf_remove_group(tree, op, name->path);
}

static int remove_found_array(
	struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_name *name)
{
	if (name->kind == ZF_NAME_DIR)
		return zf_fail(op, EISDIR, "%s: a group", path);
	if (name->kind != ZF_NAME_ARRAY)
		return zf_fail(op, EPERM, "%s: a name made by the view, which cannot be removed", path);
	if (tree->root_file)
		return zf_fail(op, EPERM, "%s: the store is a single array", path);
	return zf_remove_array(tree, op, name->path);
}

static int remove_name(struct zf_tree *tree, struct zf_op *op, const char *path, bool group)
{
	struct zf_name name;
	int result;

	if (zf_check_writable(tree, op, path) < 0)
		return -1;
	if (!*path)
		return zf_fail(op, EBUSY, "/: the root cannot be removed");
	result = zf_name_find(tree, op, path, &name);
	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(path));
	result = zf_doc_check_writable(op, name.doc);
	if (result == 0)
		result = group ? remove_found_group(tree, op, path, &name)
			       : remove_found_array(tree, op, path, &name);
	zf_name_release(tree, &name);
	return result;
}

int zf_tree_rmdir(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	int result;

	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = remove_name(tree, op, path, true);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}

int zf_tree_unlink(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	int result;

	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = remove_name(tree, op, path, false);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
