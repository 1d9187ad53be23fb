/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From paths to nodes. In this order, and so a node wins over a made name:
 *
 *   1. a node's document at the path
 *   2. a prefix with nodes below
 *   3. the .info or .npy of an array
 *   4. one that is being written, of an array that is not there yet
 *
 * Nothing lies below an array: what is there are its chunks.
 */
#include "view/names.h"
#include "view/draft.h"
#include "view/npy.h"
#include "view/listed.h"
#include "view/search.h"

#include <string.h>

void zf_name_release(struct zf_tree *tree, struct zf_name *name)
{
	zf_doc_put(name->doc);
	zf_draft_put(tree, name->draft);
	name->doc = NULL;
	name->draft = NULL;
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
	out->draft = NULL;
	out->kind = ZF_NAME_DIR;
	result = zf_doc_get(tree, op, store_path, use, &out->doc);
	if (result == ZF_FOUND && out->doc->is_array)
		out->kind = ZF_NAME_ARRAY;
	if (result != ZF_MISSING)
		return result;
	return look_directory(tree, op, store_path);
}

/* Whether npy can tell the type of an array. */
static bool has_npy(const struct zf_doc *doc)
{
	struct zf_out header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct zf_op op;
	bool has;

	zf_op_init(&op);
	has = !doc->error && !zf_doc_is_text(doc) &&
	      zf_npy_header(&op, doc, doc->meta->array.nbytes, &header) == 0;
	zf_out_free(&header);
	return has;
}

const char *zf_name_made(const struct zf_tree *tree, const char *path, char array[static ZF_PATH_SIZE])
{
	static const char *const suffixes[] = { ZF_INFO_SUFFIX, ZF_NPY_SUFFIX };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t len = strlen(suffixes[i]);
		char name[ZF_PATH_SIZE];

		if (strlen(zf_path_last(path)) <= len || strcmp(path + n - len, suffixes[i]) != 0)
			continue;
		memcpy(name, path, n - len);
		name[n - len] = '\0';
		if (!zf_path_ok(name))
			return NULL;
		if (tree->root_file && strcmp(name, tree->root_file) == 0)
			return strcpy(array, tree->root) ? suffixes[i] : NULL;
		return !tree->root_file && zf_path_join(tree->root, name, array) ? suffixes[i] : NULL;
	}
	return NULL;
}

/* A name that the view makes for an array. */
static int find_made(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	const char *suffix = zf_name_made(tree, path, out->path);
	char name[ZF_PATH_SIZE];
	int result;

	out->doc = NULL;
	out->draft = NULL;
	if (!suffix)
		return ZF_MISSING;
	out->kind = strcmp(suffix, ZF_INFO_SUFFIX) == 0 ? ZF_NAME_INFO : ZF_NAME_NPY;
	result = zf_doc_get(
		tree, op, out->path, out->kind == ZF_NAME_INFO ? ZF_DOC_NOW_ATTRS : ZF_DOC_NOW, &out->doc);
	if (result < 0)
		return -1;
	if (result == ZF_FOUND && out->doc->is_array && (out->kind == ZF_NAME_INFO || has_npy(out->doc)))
		return ZF_FOUND;
	zf_name_release(tree, out);
	out->kind = ZF_NAME_DRAFT;
	if (zf_path_join(tree->root, path, name))
		out->draft = zf_draft_find(tree, name);
	return out->draft ? ZF_FOUND : ZF_MISSING;
}

/* The view of a root that is an array: a directory with two files. */
static int find_in_array_root(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	if (strcmp(path, tree->root_file) == 0) {
		int result = zf_name_look(tree, op, tree->root, ZF_DOC_NOW, out);

		if (result != ZF_FOUND || out->kind == ZF_NAME_ARRAY)
			return result;
		zf_name_release(tree, out);
		return ZF_MISSING;
	}
	if (*path)
		return find_made(tree, op, path, out);
	*out = (struct zf_name){ .kind = ZF_NAME_DIR };
	strcpy(out->path, tree->root);
	return ZF_FOUND;
}

static int on_any(void *arg, const char *name, bool is_prefix)
{
	(void)arg;
	(void)name;
	(void)is_prefix;
	return 1;
}

/* Whether a store tells that it has nothing below a path. */
static bool has_nothing(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	int result;

	if (!(tree->store->caps & ZF_STORE_LISTABLE))
		return false;
	result = zf_store_list(tree->store, op, path, on_any, NULL);
	if (result < 0)
		zf_op_forgive(op);
	return result == ZF_MISSING;
}

/* Whether a directory on the way to the last component is an array. A path may have thousands of components:
 * where the store has none of them, only metadata from above can tell of arrays, and not of deep ones. */
static int crosses_array(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	char parent[ZF_PATH_SIZE], in_store[ZF_PATH_SIZE];
	unsigned missing = 0, until = 0;
	int crosses = 0;

	for (const char *slash = strchr(path, '/'); slash && !crosses; slash = strchr(slash + 1, '/')) {
		struct zf_doc *doc = NULL;

		if (until && missing > until)
			return 0;
		memcpy(parent, path, (size_t)(slash - path));
		parent[slash - path] = '\0';
		if (!zf_path_join(tree->root, parent, in_store))
			return 1;
		if (zf_doc_get(tree, op, in_store, ZF_DOC_RECENT, &doc) < 0)
			return -1;
		crosses = doc && doc->is_array;
		missing = doc ? 0 : missing + 1;
		until = doc ? 0 : until;
		zf_doc_put(doc);
		if (!until && missing && missing % ZF_MAX_LISTED_ABOVE == 0 &&
			has_nothing(tree, op, in_store))
			until = missing + ZF_MAX_LISTED_ABOVE;
	}
	return crosses;
}

int zf_name_find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	char in_store[ZF_PATH_SIZE];
	int result;

	out->doc = NULL;
	out->draft = NULL;
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
	return find_made(tree, op, path, out);
}
