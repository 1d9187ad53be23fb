/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes: what zf_node_*() tell of arrays and groups, by their paths in the store.
 */
#include "meta/npy.h"
#include "view/attributes.h"
#include "view/info.h"
#include "view/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(
	(int)ZF_NODE_DIMS == (int)ZF_MAX_NDIM, "the limit of dimensions, once for users and once for us");

int zf_node_find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	char store_path[ZF_PATH_SIZE];
	int result;

	if (!zf_path_ok(path) || !zf_path_join(tree->root, path, store_path))
		return zf_fail(op, EINVAL, "%s: no path in a store", path);
	result = zf_name_look(tree, op, store_path, ZF_DOC_NOW_ATTRS, out);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(store_path));
	return result;
}

static void copy_shape(uint64_t *to, const uint64_t *from, unsigned ndim)
{
	memcpy(to, from, ndim * sizeof *to);
}

static void describe_array(const struct zf_meta *meta, struct zf_node_attr *out)
{
	const struct zf_array_meta *a = &meta->array;

	out->ndim = a->ndim;
	out->itemsize = a->spec.itemsize;
	out->nbytes = a->nbytes;
	out->sharded = a->inner_chunk != NULL;
	copy_shape(out->shape, a->shape, a->ndim);
	copy_shape(out->chunks, a->chunk, a->ndim);
	if (!out->sharded)
		return;
	copy_shape(out->shards, a->chunk, a->ndim);
	for (unsigned i = 0; i < a->ndim; i++)
		out->chunks[i] = (uint64_t)json_integer_value(json_array_get(a->inner_chunk, i));
}

void zf_node_describe(const struct zf_name *name, struct zf_node_attr *out)
{
	memset(out, 0, sizeof *out);
	out->is_array = name->kind == ZF_NAME_ARRAY;
	if (name->doc && name->doc->meta)
		out->zarr_format = name->doc->meta->zarr_format;
	if (out->is_array && name->doc->error)
		out->error = name->doc->error;
	else if (out->is_array && zf_doc_is_text(name->doc))
		out->is_text = true;
	if (out->is_array && !out->error)
		describe_array(name->doc->meta, out);
}

int zf_node_look(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_node_attr *out)
{
	struct zf_name name;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	zf_node_describe(&name, out);
	zf_name_release(tree, &name);
	return 0;
}

/* Compact JSON. New; NULL: no memory. */
static char *dump(struct zf_op *op, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text)
		zf_nomem(op, 8);
	return text;
}

int zf_node_dtype(struct zf_tree *tree, struct zf_op *op, const char *path, char **out)
{
	struct zf_name name;
	char *text = NULL;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.kind != ZF_NAME_ARRAY)
		zf_fail(op, EISDIR, "%s: a group, and no array", zf_path_label(name.path));
	else if (name.doc->error)
		zf_fail(op, name.doc->error, "%s: %s", zf_path_label(name.path), name.doc->error_text);
	else
		text = dump(op, name.doc->meta->array.dtype);
	zf_name_release(tree, &name);
	if (!text)
		return -1;
	*out = text;
	return 0;
}

int zf_npy_look(struct zf_op *op, const void *data, size_t len, size_t *need, struct zf_npy_attr *out)
{
	struct zf_npy npy;
	int result = zf_npy_read(op, data, len, need, &npy);

	if (result != 1)
		return result;
	memset(out, 0, sizeof *out);
	out->header_len = npy.header_len;
	out->itemsize = npy.itemsize;
	out->fortran_order = npy.fortran_order;
	out->ndim = npy.ndim;
	out->nbytes = npy.nbytes;
	copy_shape(out->shape, npy.shape, npy.ndim);
	out->dtype = dump(op, npy.dtype);
	zf_npy_free(&npy);
	return out->dtype ? 1 : -1;
}

int zf_npy_make(
	struct zf_op *op, const char *dtype, unsigned ndim, const uint64_t *shape, void **out, size_t *len)
{
	struct zf_out header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	json_t *value = json_loads(dtype, JSON_DECODE_ANY, NULL);
	int result = value ? zf_npy_write(op, value, ndim, shape, &header)
			   : zf_fail(op, EINVAL, "npy header: no data type");

	json_decref(value);
	if (result < 0) {
		zf_out_free(&header);
		return -1;
	}
	*out = header.data;
	*len = header.len;
	return 0;
}

static int group_text(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *out)
{
	json_t *attributes = NULL;
	int result = zf_attributes_get(tree, op, doc, &attributes);

	if (result == 0)
		result = zf_info_group(tree, op, doc, attributes, out);
	json_decref(attributes);
	return result;
}

int zf_node_info(struct zf_tree *tree, struct zf_op *op, const char *path, char **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_name name;
	int result;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.doc && name.doc->is_array)
		result = zf_info_text(tree, op, name.doc, &text);
	else if (name.doc)
		result = group_text(tree, op, name.doc, &text);
	else
		result = zf_fail(op, ENOENT, "%s: a folder, and no group", zf_path_label(name.path));
	if (result == 0)
		result = zf_out_append(&text, op, "", 1);
	zf_name_release(tree, &name);
	if (result == 0) {
		*out = (char *)text.data;
		return 0;
	}
	zf_out_free(&text);
	return -1;
}
