/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From paths to nodes. In this order, and so a node wins over a made name:
 *
 *   1. a node's document at the path
 *   2. a prefix with nodes below
 *   3. the .info of an array
 *
 * Nothing lies below an array: what is there are its chunks.
 */
#include "view/names.h"
#include "view/listed.h"
#include "view/search.h"

#include <string.h>

void zf_name_release(struct zf_name *name)
{
	zf_doc_put(name->doc);
	name->doc = NULL;
}

/* Whether a path lies in an N5 container, in which every directory is a group. */
static int in_n5(struct zf_tree *tree, struct zf_op *op, bool *out)
{
	const char *const roots[] = { "", tree->root };

	*out = false;
	for (int i = 0; i < (*tree->root ? 2 : 1) && !*out; i++) {
		struct zf_doc *doc = NULL;

		if (zf_doc_get(tree, op, roots[i], ZF_DOC_RECENT, &doc) < 0)
			return -1;
		*out = doc && doc->kind == ZF_DOC_N5;
		zf_doc_put(doc);
	}
	return 0;
}

/* Whether a path that is no node is a directory all the same. */
static int look_directory(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	bool holds = false;
	int result = zf_search_nodes(tree, op, path, &holds);

	if (result == ZF_FOUND && !holds && in_n5(tree, op, &holds) < 0)
		return -1;
	if (result >= 0 && !holds)
		result = zf_listed_holds(tree, op, path, &holds);
	if (result < 0)
		return -1;
	return holds ? ZF_FOUND : ZF_MISSING;
}

int zf_name_look(struct zf_tree *tree, struct zf_op *op, const char *store_path, enum zf_doc_use use,
	struct zf_name *out)
{
	int result;

	strcpy(out->path, store_path);
	out->doc = NULL;
	out->kind = ZF_NAME_DIR;
	result = zf_doc_get(tree, op, store_path, use, &out->doc);
	if (result == ZF_FOUND && out->doc->is_array)
		out->kind = ZF_NAME_ARRAY;
	if (result != ZF_MISSING)
		return result;
	return look_directory(tree, op, store_path);
}

/* An array's own document, with its attributes. */
static int look_info(struct zf_tree *tree, struct zf_op *op, const char *store_path, struct zf_name *out)
{
	int result;

	strcpy(out->path, store_path);
	out->kind = ZF_NAME_INFO;
	out->doc = NULL;
	result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW_ATTRS, &out->doc);
	if (result != ZF_FOUND || out->doc->is_array)
		return result;
	zf_name_release(out);
	return ZF_MISSING;
}

/* The view of a root that is an array: a directory with two files. */
static int find_in_array_root(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	size_t len;

	if (strcmp(path, tree->root_file) == 0) {
		int result = zf_name_look(tree, op, tree->root, ZF_DOC_NOW, out);

		if (result != ZF_FOUND || out->kind == ZF_NAME_ARRAY)
			return result;
		zf_name_release(out);
		return ZF_MISSING;
	}
	if (zf_path_is_info(path, &len) && len == strlen(tree->root_file) &&
		strncmp(path, tree->root_file, len) == 0)
		return look_info(tree, op, tree->root, out);
	if (*path)
		return ZF_MISSING;
	*out = (struct zf_name){ .kind = ZF_NAME_DIR };
	strcpy(out->path, tree->root);
	return ZF_FOUND;
}

/* Whether a directory on the way to the last component is an array. */
static int crosses_array(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	char parent[ZF_PATH_SIZE], in_store[ZF_PATH_SIZE];
	int crosses = 0;

	for (const char *slash = strchr(path, '/'); slash && !crosses; slash = strchr(slash + 1, '/')) {
		struct zf_doc *doc = NULL;

		memcpy(parent, path, (size_t)(slash - path));
		parent[slash - path] = '\0';
		if (!zf_path_join(tree->root, parent, in_store))
			return 1;
		if (zf_doc_get(tree, op, in_store, ZF_DOC_RECENT, &doc) < 0)
			return -1;
		crosses = doc && doc->is_array;
		zf_doc_put(doc);
	}
	return crosses;
}

static int find_info(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	char array[ZF_PATH_SIZE], in_store[ZF_PATH_SIZE];
	size_t len;

	if (!zf_path_is_info(path, &len))
		return ZF_MISSING;
	memcpy(array, path, len);
	array[len] = '\0';
	if (!zf_path_ok(array) || !zf_path_join(tree->root, array, in_store))
		return ZF_MISSING;
	return look_info(tree, op, in_store, out);
}

int zf_name_find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	char in_store[ZF_PATH_SIZE];
	int result;

	if (!zf_path_ok(path))
		return ZF_MISSING;
	if (tree->root_file)
		return find_in_array_root(tree, op, path, out);
	result = crosses_array(tree, op, path);
	if (result != 0)
		return result < 0 ? -1 : ZF_MISSING;
	if (zf_path_join(tree->root, path, in_store)) {
		result = zf_name_look(tree, op, in_store, ZF_DOC_NOW, out);
		/* The root was one when it was mounted. */
		if (result == ZF_MISSING && !*path)
			result = ZF_FOUND;
		if (result != ZF_MISSING)
			return result;
	}
	return find_info(tree, op, path, out);
}
