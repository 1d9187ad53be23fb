/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walk over a hierarchy that keeps the documents of all nodes. It does not go into arrays.
 */
#include "upkeep/fresh.h"
#include "meta/json.h"
#include "view/folder.h"
#include "view/path.h"

#include <errno.h>
#include <string.h>

struct gather {
	struct zf_tree *tree;
	struct zf_op *op;
	size_t group_len; /* of the group's path, with the slash behind it */
	int zarr_format;
	bool lenient;      /* null stands for what is no JSON */
	json_t *documents; /* owned */
	bool is_array;     /* the node that was looked at last */
};

/* Reads a document. ZF_FOUND (new), ZF_MISSING, -1. */
static int read_document(struct gather *g, const char *key, json_t **out)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result = zf_store_get(g->tree->store, g->op, key, NULL, &text, NULL);

	if (result == ZF_FOUND) {
		result = zf_json_parse(g->op, text.data ? (const void *)text.data : "", text.len, out);
		if (result < 0 && g->lenient && g->op->err == EIO) {
			zf_op_forgive(g->op);
			*out = json_null();
			result = ZF_FOUND;
		} else if (result < 0) {
			zf_where(g->op, "%s", key);
		}
	}
	zf_out_free(&text);
	return result;
}

/* Takes value. */
static int keep(struct gather *g, const char *key, json_t *value)
{
	return json_object_set_new(g->documents, key, value) < 0 ? zf_nomem(g->op, strlen(key)) : 0;
}

/* Adds one document of v2. */
static int add_v2(struct gather *g, const char *path, const char *name, bool *there)
{
	char key[ZF_PATH_SIZE];
	json_t *value = NULL;
	int result = ZF_MISSING;

	if (zf_path_join(path, name, key))
		result = read_document(g, key, &value);
	*there = result == ZF_FOUND;
	return result == ZF_FOUND ? keep(g, key + g->group_len, value) : result < 0 ? -1 : 0;
}

static int add_node_v2(struct gather *g, const char *path)
{
	bool there;

	if (add_v2(g, path, ".zarray", &g->is_array) < 0 || add_v2(g, path, ".zattrs", &there) < 0)
		return -1;
	return add_v2(g, path, ".zgroup", &there);
}

/* The group's own document is where the metadata go, and not among them. */
static int add_node_v3(struct gather *g, const char *path)
{
	char key[ZF_PATH_SIZE];
	json_t *value = NULL;
	int result = ZF_MISSING;
	const char *type;

	if (strlen(path) > g->group_len && zf_path_join(path, "zarr.json", key))
		result = read_document(g, key, &value);
	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	type = zf_json_text(json_object_get(value, "node_type"));
	g->is_array = type && strcmp(type, "array") == 0;
	if (json_object_get(value, "consolidated_metadata"))
		json_object_del(value, "consolidated_metadata");
	return keep(g, path + g->group_len, value);
}

static int walk(struct gather *g, const char *path)
{
	struct zf_folder folder;
	char below[ZF_PATH_SIZE];
	int result;

	g->is_array = false;
	result = g->zarr_format == 3 ? add_node_v3(g, path) : add_node_v2(g, path);
	if (result < 0 || g->is_array)
		return result;
	if (zf_op_check(g->op) < 0 || zf_folder_read(g->tree, g->op, path, false, &folder) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < folder.count; i++)
		if (folder.at[i].is_prefix && zf_name_ok(folder.at[i].name) &&
			zf_path_join(path, folder.at[i].name, below))
			result = walk(g, below);
	zf_folder_free(&folder);
	return result;
}

int zf_fresh_consolidated(
	struct zf_tree *tree, struct zf_op *op, const char *path, int zarr_format, bool lenient, json_t **out)
{
	struct gather g = { .tree = tree, .op = op, .zarr_format = zarr_format, .lenient = lenient };
	json_t *whole;

	g.group_len = *path ? strlen(path) + 1 : 0;
	g.documents = json_object();
	if (!g.documents)
		return zf_nomem(op, sizeof *g.documents);
	if (walk(&g, path) < 0) {
		json_decref(g.documents);
		return -1;
	}
	if (zarr_format == 3)
		whole = json_pack(
			"{s:s, s:b, s:o}", "kind", "inline", "must_understand", 0, "metadata", g.documents);
	else
		whole = json_pack("{s:i, s:o}", "zarr_consolidated_format", 1, "metadata", g.documents);
	if (!whole)
		return zf_nomem(op, sizeof *whole);
	*out = whole;
	return 0;
}
