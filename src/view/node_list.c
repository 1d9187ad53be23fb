/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes below nodes, and what they take.
 */
#include "view/folder.h"
#include "view/keys.h"
#include "view/node.h"

#include <errno.h>
#include <string.h>

/* An error of one child must not hide the others: it is listed as an array that cannot be used. */
static int look(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_node_attr *out)
{
	struct zf_name name;
	int result = zf_name_look(tree, op, path, ZF_DOC_NOW_ATTRS, &name);

	if (result == ZF_FOUND) {
		zf_node_describe(&name, out);
		zf_name_release(tree, &name);
	}
	if (result >= 0 || op->err == EINTR || op->err == ENOMEM)
		return result;
	*out = (struct zf_node_attr){ .is_array = true, .error = op->err };
	zf_log(tree->ctx, ZF_LOG_WARNING, "%s", op->text);
	zf_op_forgive(op);
	return ZF_FOUND;
}

static int list(struct zf_tree *tree, struct zf_op *op, const char *store_path, zf_node_fn *fn, void *arg)
{
	struct zf_folder folder;
	int result = zf_folder_read(tree, op, store_path, true, &folder);

	if (result < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < folder.count; i++) {
		const char *name = folder.at[i].name;
		struct zf_node_attr attr;
		char path[ZF_PATH_SIZE];

		result = zf_op_check(op);
		if (result < 0 || !folder.at[i].is_prefix || !zf_name_ok(name) ||
			!zf_path_join(store_path, name, path))
			continue;
		result = look(tree, op, path, &attr);
		if (result == ZF_MISSING)
			result = 0;
		else if (result == ZF_FOUND && fn(arg, name, &attr) != 0)
			break;
	}
	zf_folder_free(&folder);
	return result;
}

int zf_node_list(struct zf_tree *tree, struct zf_op *op, const char *path, zf_node_fn *fn, void *arg)
{
	struct zf_name name;
	int result = 0;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.kind != ZF_NAME_ARRAY)
		result = list(tree, op, name.path, fn, arg);
	zf_name_release(tree, &name);
	return result;
}

struct usage {
	struct zf_tree *tree;
	struct zf_node_usage *out;
};

static int add_key(struct zf_op *op, void *arg, const char *key)
{
	struct usage *usage = arg;
	struct zf_value value;
	int result = zf_store_stat(usage->tree->store, op, key, &value);

	if (result == ZF_FOUND) {
		usage->out->keys++;
		usage->out->bytes += value.size;
	}
	return result < 0 ? -1 : 0;
}

/* Keys below a group, but for those of nodes. */
static int add_own(struct usage *usage, struct zf_op *op, const char *store_path)
{
	struct zf_folder folder;
	int result = zf_folder_read(usage->tree, op, store_path, false, &folder);

	if (result < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < folder.count; i++) {
		struct zf_node_attr attr;
		char path[ZF_PATH_SIZE];

		result = zf_op_check(op);
		if (result < 0 || !zf_path_join(store_path, folder.at[i].name, path))
			continue;
		if (!folder.at[i].is_prefix)
			result = add_key(op, usage, path);
		else if ((result = look(usage->tree, op, path, &attr)) == ZF_MISSING)
			result = zf_keys_walk(usage->tree->store, op, path, add_key, usage);
	}
	zf_folder_free(&folder);
	return result;
}

int zf_node_usage(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool own, struct zf_node_usage *out)
{
	struct zf_node_usage sum = { 0 };
	struct usage usage = { tree, &sum };
	struct zf_name name;
	int result;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (own && name.kind != ZF_NAME_ARRAY)
		result = add_own(&usage, op, name.path);
	else
		result = zf_keys_walk(tree->store, op, name.path, add_key, &usage);
	zf_name_release(tree, &name);
	if (result == 0)
		*out = sum;
	return result;
}
