/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes changed: attributes, removal, new names. Other programs see it when the call returns.
 */
#include "meta/json.h"
#include "view/attributes.h"
#include "view/change.h"
#include "view/keys.h"
#include "view/make.h"
#include "view/node.h"
#include "view/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- attributes ---- */

/* A folder has none; borrowed from name. */
static int find_document(
	struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *name, struct zf_doc **out)
{
	if (zf_node_find(tree, op, path, name) < 0)
		return -1;
	*out = name->doc;
	if (*out)
		return 0;
	zf_fail(op, ENOENT, "%s: a folder, and no group", zf_path_label(name->path));
	zf_name_release(tree, name);
	return -1;
}

static int print(struct zf_op *op, const json_t *value, char **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);

	if (zf_json_print(op, value, &text) < 0 || zf_out_append(&text, op, "", 1) < 0) {
		zf_out_free(&text);
		return -1;
	}
	*out = (char *)text.data;
	return 0;
}

static int no_attribute(struct zf_op *op, const struct zf_doc *doc, const char *key)
{
	return zf_fail(op, ENODATA, "%s: no attribute '%s'", zf_path_label(doc->path), key);
}

int zf_node_attributes(struct zf_tree *tree, struct zf_op *op, const char *path, const char *key, char **out)
{
	json_t *all = NULL;
	struct zf_name name;
	struct zf_doc *doc;
	int result;

	if (find_document(tree, op, path, &name, &doc) < 0)
		return -1;
	result = zf_attributes_get(tree, op, doc, &all);
	if (result == 0 && !all)
		all = json_object();
	if (result == 0 && key && !json_object_get(all, key))
		result = no_attribute(op, doc, key);
	else if (result == 0)
		result = print(op, key ? json_object_get(all, key) : all, out);
	json_decref(all);
	zf_name_release(tree, &name);
	return result;
}

static int change(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const char *key, json_t *value)
{
	json_t *all = NULL;
	int result = zf_attributes_get(tree, op, doc, &all);

	if (result == 0 && !value && !json_object_get(all, key))
		result = no_attribute(op, doc, key);
	json_decref(all);
	if (result == 0)
		result = zf_change_attribute(tree, op, doc, key, value);
	zf_docs_forget(tree->docs, doc->path);
	return result;
}

int zf_node_set_attribute(
	struct zf_tree *tree, struct zf_op *op, const char *path, const char *key, const char *json)
{
	json_t *value = NULL;
	struct zf_name name;
	struct zf_doc *doc;
	int result;

	if (zf_check_writable(tree, op, path) < 0)
		return -1;
	if (json && zf_json_parse(op, json, strlen(json), &value) < 0) {
		op->err = EINVAL;
		return zf_where(op, "no JSON");
	}
	result = find_document(tree, op, path, &name, &doc);
	if (result == 0) {
		result = zf_doc_check_writable(op, doc);
		if (result == 0)
			result = change(tree, op, doc, key, value);
		zf_name_release(tree, &name);
	}
	json_decref(value);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}

/* ---- removal ---- */

static int on_any(void *arg, const char *name, const struct zf_node_attr *attr)
{
	(void)name;
	(void)attr;
	*(bool *)arg = true;
	return 1;
}

static int remove_found(
	struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_name *name, bool recursive)
{
	bool any = false;

	if (name->kind == ZF_NAME_ARRAY || recursive)
		return zf_remove_array(tree, op, name->path);
	if (zf_node_list(tree, op, path, on_any, &any) < 0)
		return -1;
	if (any)
		return zf_fail(op, ENOTEMPTY, "%s: not empty", zf_path_label(path));
	return zf_remove_group(tree, op, name->path);
}

static int remove_node(struct zf_tree *tree, struct zf_op *op, const char *path, bool recursive)
{
	struct zf_name name;
	int result;

	if (!*path)
		return zf_fail(op, EBUSY, "/: the root cannot be removed");
	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	result = name.doc ? zf_doc_check_writable(op, name.doc) : 0;
	if (result == 0)
		result = remove_found(tree, op, path, &name, recursive);
	zf_name_release(tree, &name);
	return result;
}

int zf_node_remove(struct zf_tree *tree, struct zf_op *op, const char *path, bool recursive)
{
	int result;

	if (zf_check_writable(tree, op, path) < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = remove_node(tree, op, path, recursive);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
