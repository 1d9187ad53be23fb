/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes made from settings, with the groups above them, and nodes given another shape: zf_node_create() and
 * zf_node_resize().
 *
 * Unlike the files of the view, a node may be made at the root of a store where nothing is.
 */
#include "meta/like.h"
#include "meta/patch_key.h"
#include "view/apply.h"
#include "view/change.h"
#include "view/make.h"
#include "view/keys.h"
#include "view/names.h"

#include <errno.h>
#include <string.h>

/* ---- places ---- */

/* A group at a path of the store where nothing is. Fails on an array. */
static int need_group(struct zf_tree *tree, struct zf_op *op, const char *store_path, int format)
{
	struct zf_name name;
	int result = zf_name_look(tree, op, store_path, ZF_DOC_NOW, &name);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING || !name.doc)
		result = zf_make_group(tree, op, store_path, format);
	else if (name.kind == ZF_NAME_ARRAY)
		result = zf_fail(
			op, ENOTDIR, "%s: an array, which can hold nothing", zf_path_label(store_path));
	zf_name_release(tree, &name);
	return result;
}

int zf_make_parents(struct zf_tree *tree, struct zf_op *op, const char *store_path, int format)
{
	char above[ZF_PATH_SIZE];

	if (!*store_path)
		return 0;
	if (need_group(tree, op, "", format) < 0)
		return -1;
	strcpy(above, store_path);
	for (char *slash = strchr(above, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (need_group(tree, op, above, format) < 0)
			return -1;
		*slash = '/';
	}
	return 0;
}

/* Where a new node goes. */
static int place(struct zf_tree *tree, struct zf_op *op, const char *path, char out[static ZF_PATH_SIZE])
{
	struct zf_name name;
	int result;

	if (zf_check_writable(tree, op, path) < 0)
		return -1;
	if (!zf_path_ok(path) || !zf_path_join(tree->root, path, out))
		return zf_fail(op, EINVAL, "%s: not a name that a node can have", zf_path_label(path));
	if (zf_make_reserved(zf_path_last(path)))
		return zf_fail(op, EINVAL, "%s: a name that Zarr keeps for itself", zf_path_label(path));
	result = zf_name_look(tree, op, out, ZF_DOC_NOW, &name);
	if (result == ZF_FOUND) {
		if (name.doc)
			result = zf_fail(op, EEXIST, "%s: is there already: %s", zf_path_label(out),
				name.kind == ZF_NAME_ARRAY ? "an array" : "a group");
		zf_name_release(tree, &name);
	}
	return result < 0 ? -1 : 0;
}

/* ---- settings ---- */

/* Whether any of the codecs are to be replaced, or what they depend on. */
static bool has_parts(const struct zf_new *settings)
{
	return settings->compressor || settings->filters || settings->chunks || settings->shards ||
	       settings->shape || settings->dtype || settings->order;
}

/* What is asked for in place of what the other array has. */
static void make_room(const struct zf_new *settings, struct zf_new_array *array)
{
	if (settings->dtype) {
		json_decref(array->fill_value);
		array->fill_value = NULL;
		array->big_endian = false;
	}
	if (!settings->codecs)
		return;
	json_decref(array->compressor);
	json_decref(array->filters);
	array->compressor = array->filters = NULL;
	array->order = '\0';
}

/* Chunks of an array with another number of dimensions say nothing of the new one's. */
static void drop_other_ranks(const struct zf_new *settings, struct zf_new_array *array)
{
	if (!settings->chunks && array->chunk_ndim != array->ndim)
		array->has_chunks = false;
	if (!settings->shards && array->shard_ndim != array->ndim)
		array->has_shards = false;
}

int zf_make_like(struct zf_op *op, const struct zf_array_meta *meta, int zarr_format,
	const struct zf_new *settings, struct zf_new_array *out)
{
	if (zf_new_array_like(op, meta, zarr_format, has_parts(settings), out) < 0)
		return -1;
	make_room(settings, out);
	if (zf_new_array_options(op, settings, out) < 0)
		return -1;
	drop_other_ranks(settings, out);
	return 0;
}

/* The format that a place asks for. */
static int format_at(struct zf_tree *tree, struct zf_op *op, const char *store_path, int *out)
{
	struct zf_new_array defaults;

	if (zf_make_defaults(tree, op, store_path, &defaults) < 0)
		return -1;
	*out = defaults.zarr_format;
	zf_new_array_free(&defaults);
	return 0;
}

static int start_like(struct zf_tree *tree, struct zf_op *op, const char *store_path,
	const struct zf_node_new *what, struct zf_new_array *out)
{
	char like_path[ZF_PATH_SIZE];
	struct zf_doc *doc = NULL;
	int format = what->settings.zarr_format, result;

	if (!zf_path_ok(what->like_path) || !zf_path_join(what->like->root, what->like_path, like_path))
		return zf_fail(op, EINVAL, "%s: no path in a store", what->like_path);
	result = format ? 0 : format_at(tree, op, store_path, &format);
	if (result == 0)
		result = zf_doc_get(what->like, op, like_path, ZF_DOC_NOW, &doc);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(like_path));
	if (result == 0 && !doc->is_array)
		result = zf_fail(op, EISDIR, "%s: a group, and no array", zf_path_label(like_path));
	else if (result == 0 && doc->error)
		result = zf_fail(op, doc->error, "%s: %s", zf_path_label(like_path), doc->error_text);
	if (result == 0) {
		result = zf_make_like(op, &doc->meta->array, format, &what->settings, out);
		if (result < 0)
			zf_where(op, "%s", zf_path_label(like_path));
	}
	zf_doc_put(doc);
	return result;
}

/* At the root, nothing tells what a removed array left from what belongs to somebody else. */
static int check_root(struct zf_tree *tree, struct zf_op *op)
{
	bool any = false;

	if (zf_keys_any(tree, op, "", &any) < 0)
		return -1;
	return any ? zf_fail(op, EEXIST, "/: the store is not empty") : 0;
}

static int make_array(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const struct zf_node_new *what)
{
	struct zf_new_array array = { 0 };
	struct zf_doc *doc = NULL;
	int result;

	if (what->like)
		result = start_like(tree, op, store_path, what, &array);
	else
		result = zf_make_defaults(tree, op, store_path, &array);
	if (result == 0 && !what->like)
		result = zf_new_array_options(op, &what->settings, &array);
	if (result == 0 && !array.has_shape)
		result = zf_fail(op, EINVAL, "shape: missing");
	if (result == 0 && array.first_open)
		result = zf_fail(op, EINVAL, "shape: a size cannot be negative");
	if (result == 0 && !array.dtype)
		result = zf_fail(op, EINVAL, "dtype: missing");
	if (result == 0)
		result = zf_make_parents(tree, op, store_path, array.zarr_format);
	if (result == 0 && !*store_path)
		result = check_root(tree, op);
	if (result == 0)
		result = zf_make_array(tree, op, store_path, &array, &doc);
	zf_doc_put(doc);
	zf_new_array_free(&array);
	return result;
}

/* ---- groups ---- */

static int put_attributes(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const char *attributes)
{
	struct zf_doc *doc = NULL;
	json_t *value;
	int result;

	if (zf_patch_parse(op, attributes, strlen(attributes), &value) < 0)
		return zf_where(op, "attributes");
	result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW, &doc);
	if (result == ZF_MISSING)
		result = zf_fail(op, ESTALE, "%s: was removed by another program", zf_path_label(store_path));
	if (result == 0)
		result = zf_change_attributes(tree, op, doc, value);
	json_decref(value);
	zf_doc_put(doc);
	return result;
}

static int check_attributes(struct zf_op *op, const char *attributes)
{
	json_t *value;

	if (!attributes)
		return 0;
	if (zf_patch_parse(op, attributes, strlen(attributes), &value) < 0)
		return zf_where(op, "attributes");
	json_decref(value);
	return 0;
}

static int make_group(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const struct zf_node_new *what)
{
	const char *attributes = what->settings.attributes;
	int format = what->settings.zarr_format, result;

	if (check_attributes(op, attributes) < 0)
		return -1;
	result = zf_make_parents(tree, op, store_path, format);
	if (result == 0)
		result = zf_make_group(tree, op, store_path, format);
	if (result == 0 && attributes)
		result = put_attributes(tree, op, store_path, attributes);
	return result;
}

/* ---- with the turn at the names ---- */

static int make_node(struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_node_new *what)
{
	char store_path[ZF_PATH_SIZE];

	if (place(tree, op, path, store_path) < 0)
		return -1;
	return what->is_group ? make_group(tree, op, store_path, what)
			      : make_array(tree, op, store_path, what);
}

int zf_node_create(struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_node_new *what)
{
	int result;

	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = make_node(tree, op, path, what);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}

static int resize_node(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned ndim, const uint64_t *shape)
{
	char store_path[ZF_PATH_SIZE];
	struct zf_doc *doc = NULL;
	int result;

	if (zf_check_writable(tree, op, path) < 0)
		return -1;
	if (!zf_path_ok(path) || !zf_path_join(tree->root, path, store_path))
		return zf_fail(op, EINVAL, "%s: no path in a store", path);
	result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW, &doc);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(store_path));
	if (result == 0 && !doc->is_array)
		result = zf_fail(op, EISDIR, "%s: a group has no shape", zf_path_label(store_path));
	else if (result == 0 && doc->error)
		result = zf_fail(op, doc->error, "%s: %s", zf_path_label(store_path), doc->error_text);
	else if (result == 0 && doc->meta->array.ndim != ndim)
		result = zf_fail(op, EINVAL, "%s: has %u dimensions, and is to have %u",
			zf_path_label(store_path), doc->meta->array.ndim, ndim);
	if (result == 0)
		result = zf_doc_check_writable(op, doc);
	if (result == 0)
		result = zf_reshape(tree, op, doc, shape);
	zf_doc_put(doc);
	return result;
}

int zf_node_resize(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned ndim, const uint64_t *shape)
{
	int result;

	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = resize_node(tree, op, path, ndim, shape);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
