/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All nodes below a place.
 */
#include "transfer/paths.h"
#include "view/path.h"

#include <stdlib.h>
#include <string.h>

void zf_paths_free(struct zf_paths *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		free(nodes->path[i]);
	free(nodes->path);
}

static int add_node(struct zf_paths *nodes, const char *path)
{
	if (nodes->count == nodes->room) {
		size_t room = nodes->room ? 2 * nodes->room : 64;
		char **more = reallocarray(nodes->path, room, sizeof *more);

		if (!more)
			return zf_nomem(nodes->op, room * sizeof *more);
		nodes->path = more;
		nodes->room = room;
	}
	nodes->path[nodes->count] = strdup(path);
	if (!nodes->path[nodes->count])
		return zf_nomem(nodes->op, strlen(path) + 1);
	nodes->count++;
	return 0;
}

/* The names of a directory of the view, with those that the view makes. */
struct names {
	struct zf_op *op;
	struct zf_out text;
	bool failed;
};

static int on_name(void *arg, const char *name, const struct zf_attr *attr)
{
	struct names *names = arg;

	(void)attr;
	names->failed = zf_out_append(&names->text, names->op, name, strlen(name) + 1) < 0;
	return names->failed;
}

/* The path of a place in the store as the view has it. */
static const char *view_path(const struct zf_tree *tree, const char *store_path)
{
	size_t root = strlen(tree->root);

	return store_path + root + (root > 0 && store_path[root] == '/');
}

static int walk(struct zf_paths *nodes, const char *path);

static int walk_children(struct zf_paths *nodes, const char *path)
{
	struct names names = { .op = nodes->op, .text = ZF_OUT_GROWING(SIZE_MAX / 2) };
	char *child = malloc(ZF_PATH_SIZE);
	int result = child ? 0 : zf_nomem(nodes->op, ZF_PATH_SIZE);

	if (result == 0)
		result = zf_tree_list(nodes->tree, nodes->op, view_path(nodes->tree, path), on_name, &names);
	if (result == 0 && names.failed)
		result = -1;
	for (size_t at = 0; result == 0 && at < names.text.len;) {
		const char *name = (const char *)names.text.data + at;

		at += strlen(name) + 1;
		if (zf_path_join(path, name, child))
			result = walk(nodes, child);
	}
	zf_out_free(&names.text);
	free(child);
	return result;
}

/* A node and all below it. */
static int walk(struct zf_paths *nodes, const char *path)
{
	struct zf_doc *doc = NULL;
	struct zf_attr attr;
	bool is_array;
	int result = zf_doc_get(nodes->tree, nodes->op, path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND) {
		is_array = doc->is_array;
		zf_doc_put(doc);
		if (add_node(nodes, path) < 0)
			return -1;
		return is_array ? 0 : walk_children(nodes, path);
	}
	if (result == ZF_MISSING)
		result = zf_tree_stat(nodes->tree, nodes->op, view_path(nodes->tree, path), &attr);
	if (result < 0)
		return -1;
	return attr.kind == ZF_DIR ? walk_children(nodes, path) : 0;
}

int zf_paths_list(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_paths *out)
{
	*out = (struct zf_paths){ .tree = tree, .op = op };
	if (walk(out, path) < 0) {
		zf_paths_free(out);
		return -1;
	}
	return 0;
}
