/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New arrays and groups.
 */
#include "view/make.h"
#include "array/array.h"
#include "meta/edit.h"
#include "view/change.h"
#include "view/fresh.h"
#include "view/keys.h"
#include "view/names.h"

#include <errno.h>
#include <string.h>

int zf_check_writable(const struct zf_tree *tree, struct zf_op *op, const char *path)
{
	if (tree->writable)
		return 0;
	return zf_fail(op, EROFS, "%s: the store is mounted read-only", zf_path_label(path));
}

/* ---- places ----------------------------------------------------------------------------------------------
 */

bool zf_make_reserved(const char *name)
{
	return zf_doc_is_name(name) || strcmp(name, ".zattrs") == 0 || strcmp(name, ".zmetadata") == 0;
}

static int check_parent(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	char parent[ZF_PATH_SIZE];
	struct zf_name name;
	int result;

	zf_path_parent(path, parent);
	result = zf_name_find(tree, op, parent, &name);
	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(parent));
	if (name.kind != ZF_NAME_DIR)
		result = zf_fail(op, ENOTDIR, "%s: not a group", zf_path_label(parent));
	zf_name_release(tree, &name);
	return result;
}

int zf_place(struct zf_tree *tree, struct zf_op *op, const char *path, char out[static ZF_PATH_SIZE])
{
	if (zf_check_writable(tree, op, path) < 0)
		return -1;
	if (!*path || !zf_path_ok(path) || !zf_path_join(tree->root, path, out))
		return zf_fail(op, EINVAL, "%s: not a name that a node can have", zf_path_label(path));
	if (zf_make_reserved(zf_path_last(path)))
		return zf_fail(op, EINVAL, "%s: a name that Zarr keeps for itself", zf_path_label(path));
	if (tree->root_file)
		return zf_fail(op, EPERM, "%s: the store is a single array", zf_path_label(path));
	return check_parent(tree, op, path);
}

/* ---- formats ---------------------------------------------------------------------------------------------
 */

static int format_of(const struct zf_doc *doc)
{
	return doc->kind == ZF_DOC_V3 ? 3 : 2;
}

/* The first child that has a document of the one format or the other. */
struct neighbours {
	struct zf_op *op;
	struct zf_out names;
	bool failed;
};

static int on_neighbour(void *arg, const char *name, bool is_prefix)
{
	struct neighbours *n = arg;

	if (!is_prefix || !zf_name_ok(name) || n->names.len > 4096)
		return 0;
	n->failed = zf_out_append(&n->names, n->op, name, strlen(name) + 1) < 0;
	return n->failed;
}

static int format_below(struct zf_tree *tree, struct zf_op *op, const char *dir, int *out)
{
	struct neighbours n = { .op = op, .names = ZF_OUT_GROWING(SIZE_MAX / 2) };
	int result = zf_store_list(tree->store, op, dir, on_neighbour, &n);
	char path[ZF_PATH_SIZE];

	if (n.failed)
		result = -1;
	for (size_t at = 0; result >= 0 && !*out && at < n.names.len;) {
		const char *name = (const char *)n.names.data + at;
		struct zf_doc *doc = NULL;

		at += strlen(name) + 1;
		if (!zf_path_join(dir, name, path))
			continue;
		result = zf_doc_get(tree, op, path, ZF_DOC_RECENT, &doc);
		if (result == ZF_FOUND)
			*out = format_of(doc);
		zf_doc_put(doc);
	}
	zf_out_free(&n.names);
	return result < 0 ? -1 : 0;
}

/* The format of what is nearest to a place. */
static int find_format(struct zf_tree *tree, struct zf_op *op, const char *store_path, int *out)
{
	char above[ZF_PATH_SIZE];
	int result = 0;

	*out = 0;
	strcpy(above, store_path);
	while (*above && !*out && result == 0) {
		struct zf_doc *doc = NULL;

		zf_path_parent(above, above);
		if (zf_doc_get(tree, op, above, ZF_DOC_RECENT, &doc) < 0)
			return -1;
		if (doc)
			*out = format_of(doc);
		result = zf_doc_check_writable(op, doc);
		zf_doc_put(doc);
	}
	if (result < 0 || *out)
		return result;
	zf_path_parent(store_path, above);
	if (format_below(tree, op, above, out) < 0)
		return -1;
	if (!*out)
		*out = 3;
	return 0;
}

int zf_make_defaults(struct zf_tree *tree, struct zf_op *op, const char *store_path, struct zf_new_array *out)
{
	int format = tree->new_arrays->zarr_format;

	if (!format && find_format(tree, op, store_path, &format) < 0)
		return -1;
	zf_new_array_copy(tree->new_arrays, out);
	out->zarr_format = format;
	return 0;
}

/* ---- arrays ----------------------------------------------------------------------------------------------
 */

bool zf_make_is_open(const struct zf_new_array *array)
{
	return !array->has_chunks && (!array->has_shape || array->first_open);
}

/* Its documents. Where the first dimension is open it has `rows`, and the chunks of as many, or of a large
 * array where that is 0. */
static int write_documents(struct zf_op *op, const struct zf_new_array *array, uint64_t rows,
	struct zf_out *document, struct zf_out *attributes)
{
	struct zf_new_array now = *array;
	struct zf_out large = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	uint64_t row;
	uint32_t itemsize;
	int result;

	if (array->has_shape && !array->first_open)
		return zf_create_array(op, array, document, attributes);
	if (zf_new_array_itemsize(op, array, &itemsize) < 0)
		return -1;
	if (!now.has_shape)
		now.ndim = 1;
	now.has_shape = true;
	now.first_open = false;
	row = itemsize;
	for (unsigned i = 1; i < now.ndim; i++)
		if (!__builtin_mul_overflow(row, now.shape[i] ? now.shape[i] : 1, &row))
			continue;
		else
			row = ZF_FRESH_LARGE;
	now.shape[0] = rows ? rows : row < ZF_FRESH_LARGE ? ZF_FRESH_LARGE / row : 1;
	if (rows)
		return zf_create_array(op, &now, document, attributes);
	result = zf_create_array(op, &now, &large, attributes);
	now.shape[0] = 0;
	if (result == 0)
		result = zf_edit_shape(op, large.data, large.len, now.ndim, now.shape, document);
	zf_out_free(&large);
	return result;
}

/* What cannot be opened again must not be stored: an unknown codec, one that does not fit; nor, where they
 * were asked for, chunks that are too large to be read. */
static int try_documents(struct zf_tree *tree, struct zf_op *op, const char *path,
	const struct zf_new_array *new_array, const struct zf_out *document)
{
	struct zf_meta *meta = NULL;
	struct zf_array *array;
	int result;

	if (new_array->zarr_format == 3)
		result = zf_meta_parse_v3(op, document->data, document->len, &meta);
	else
		result = zf_meta_parse_v2(op, ZF_NODE_ARRAY, document->data, document->len, NULL, 0, &meta);
	if (result == 0 && meta->error)
		result = zf_fail(op, meta->error == EIO ? EINVAL : meta->error, "%s: %s", zf_path_label(path),
			meta->error_text);
	if (result == 0) {
		result = zf_array_open(tree->store, op, path, meta, &array);
		if (result == 0) {
			result = zf_array_writable(array, op, &(struct zf_write_config){ 0 });
			if (result == 0 && !zf_make_is_open(new_array))
				result = zf_array_check_chunk(array, op);
			zf_array_close(array);
		} else if (op->err == EIO) {
			op->err = EINVAL;
		}
	}
	zf_meta_free(meta);
	return result;
}

/* A type and a shape for settings that leave them open. */
static int complete(struct zf_op *op, struct zf_new_array *array)
{
	if (!array->dtype) {
		json_decref(array->fill_value);
		array->fill_value = NULL;
		array->dtype = json_string("<f8");
		if (!array->dtype)
			return zf_nomem(op, 4);
	}
	if (!array->has_shape) {
		array->ndim = array->has_chunks   ? array->chunk_ndim
			      : array->has_shards ? array->shard_ndim
						  : 1;
		array->has_shape = true;
	}
	return 0;
}

int zf_make_check(struct zf_tree *tree, struct zf_op *op)
{
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		      attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	char path[ZF_PATH_SIZE];
	struct zf_new_array array;
	int result;

	if (!zf_path_join(tree->root, "new", path) || zf_make_defaults(tree, op, path, &array) < 0)
		return op->err ? -1 : 0;
	result = complete(op, &array);
	if (result == 0)
		result = write_documents(op, &array, 1, &document, &attributes);
	if (result == 0)
		result = try_documents(tree, op, path, &array, &document);
	zf_new_array_free(&array);
	zf_out_free(&document);
	zf_out_free(&attributes);
	if (result == 0)
		return 0;
	if (op->err == EOPNOTSUPP)
		op->err = EINVAL; /* it is the settings that are wrong, not the store */
	return zf_where(op, "new arrays");
}

static int put_documents(struct zf_tree *tree, struct zf_op *op, const char *path, int zarr_format,
	const struct zf_out *document, const struct zf_out *attributes)
{
	if (attributes->len > 0 &&
		zf_change_put(tree, op, path, ".zattrs", attributes, ZF_PUT_ALWAYS, NULL) < 0)
		return -1;
	return zf_change_put(
		tree, op, path, zarr_format == 3 ? "zarr.json" : ".zarray", document, ZF_PUT_IF_ABSENT, NULL);
}

static int check_leftover(struct zf_op *op, void *arg, const char *key)
{
	const char *path = arg;
	size_t len = strlen(path);
	const char *rest = len ? key + len + 1 : key;

	/* what lies beside a new store's root may be anybody's */
	if (len && (rest[strspn(rest, "0123456789./c")] == '\0' || zf_make_reserved(zf_path_last(rest))))
		return 0;
	return zf_fail(
		op, EEXIST, "%s: key '%s' is there, and belongs to no array", zf_path_label(path), key);
}

/* What an array that was not removed to the end has left would come to life again. Only what looks like
 * chunks is taken for that. */
int zf_clear_leftovers(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	char copy[ZF_PATH_SIZE];
	bool any = false;

	if (zf_keys_any(tree, op, path, &any) < 0)
		return -1;
	if (!any)
		return 0;
	strcpy(copy, path);
	if (zf_keys_walk(tree->store, op, path, check_leftover, copy) < 0)
		return -1;
	return zf_keys_delete(tree, op, path);
}

static int found(struct zf_op *op, const char *path, int result)
{
	if (result == ZF_MISSING)
		return zf_fail(op, ESTALE, "%s: was removed by another program", zf_path_label(path));
	return result;
}

int zf_make_array(struct zf_tree *tree, struct zf_op *op, const char *store_path,
	const struct zf_new_array *array, struct zf_doc **doc)
{
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		      attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result = write_documents(op, array, 0, &document, &attributes);

	if (result < 0)
		zf_where(op, "%s", zf_path_label(store_path));
	if (result == 0)
		result = try_documents(tree, op, store_path, array, &document);
	if (result == 0)
		result = zf_clear_leftovers(tree, op, store_path);
	if (result == 0)
		result = put_documents(tree, op, store_path, array->zarr_format, &document, &attributes);
	if (result == 0)
		result = found(op, store_path, zf_doc_get(tree, op, store_path, ZF_DOC_NOW, doc));
	zf_out_free(&document);
	zf_out_free(&attributes);
	return result;
}

int zf_make_again(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc,
	const struct zf_new_array *array, uint64_t rows)
{
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		      attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result = write_documents(op, array, rows, &document, &attributes);

	if (result < 0)
		zf_where(op, "%s", zf_path_label(doc->path));
	else
		result = zf_change_put(
			tree, op, doc->path, zf_doc_file(doc), &document, ZF_PUT_IF_TAG, &doc->value.tag);
	zf_out_free(&document);
	zf_out_free(&attributes);
	return result;
}

/* ---- groups ----------------------------------------------------------------------------------------------
 */

int zf_make_group(struct zf_tree *tree, struct zf_op *op, const char *store_path, int zarr_format)
{
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int format = zarr_format ? zarr_format : tree->new_arrays->zarr_format;
	int result = format ? 0 : find_format(tree, op, store_path, &format);

	if (result == 0)
		result = zf_create_group(op, format, &document);
	if (result == 0)
		result = zf_change_put(tree, op, store_path, format == 3 ? "zarr.json" : ".zgroup", &document,
			ZF_PUT_IF_ABSENT, NULL);
	zf_out_free(&document);
	return result;
}
