/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents that are stored: read, edited, put back.
 */
#include "view/change.h"
#include "meta/edit.h"
#include "meta/json.h"
#include "meta/merge.h"
#include "view/listed.h"
#include "view/path.h"

#include <errno.h>
#include <string.h>

enum { TRIES = 16 }; /* where other programs change it at the same time */

/* Some edit reports a message without the path. */
static int at(struct zf_op *op, const char *path, int result)
{
	return result < 0 ? zf_where(op, "%s", zf_path_label(path)) : result;
}

static bool tag_known(const struct zf_tag *tag)
{
	return tag->word[0] || tag->word[1] || tag->word[2] || tag->word[3];
}

static const void *bytes(const struct zf_out *out)
{
	return out->data ? (const void *)out->data : "";
}

int zf_change_put(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name,
	const struct zf_out *text, enum zf_put_if cond, const struct zf_tag *tag)
{
	char key[ZF_PATH_SIZE];

	if (!zf_path_join(path, name, key))
		return zf_fail(op, ENAMETOOLONG, "%s: the path is too long", zf_path_label(path));
	if (cond == ZF_PUT_IF_TAG && !tag_known(tag)) {
		cond = ZF_PUT_ALWAYS;
		tag = NULL;
	}
	if (zf_store_put(tree->store, op, key, bytes(text), text->len, cond, tag) < 0)
		return at(op, path, -1);
	return at(op, path, zf_consolidate_set(tree, op, path, name, bytes(text), text->len));
}

/* One attempt. 1: it was changed by somebody else meanwhile. */
static int try_change(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name,
	zf_edit_fn *edit, const void *arg)
{
	struct zf_out before = ZF_OUT_GROWING(ZF_MAX_DOCUMENT), after = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_value value;
	char key[ZF_PATH_SIZE];
	bool there;
	int result = -1;

	if (!zf_path_join(path, name, key)) {
		zf_fail(op, ENAMETOOLONG, "%s: the path is too long", zf_path_label(path));
		goto out;
	}
	result = at(op, path, zf_store_get(tree->store, op, key, NULL, &before, &value));
	if (result < 0)
		goto out;
	there = result == ZF_FOUND;
	result = at(op, path, edit(op, arg, there ? bytes(&before) : NULL, before.len, &after));
	if (result < 0)
		goto out;
	result = zf_change_put(tree, op, path, name, &after, there ? ZF_PUT_IF_TAG : ZF_PUT_IF_ABSENT,
		there ? &value.tag : NULL);
	if (result < 0 && op->err == (there ? ESTALE : EEXIST))
		result = 1;
out:
	zf_out_free(&before);
	zf_out_free(&after);
	return result;
}

int zf_change(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name, zf_edit_fn *edit,
	const void *arg)
{
	int result = 1;

	for (int i = 0; i < TRIES && result == 1; i++) {
		zf_op_forgive(op);
		if (zf_op_check(op) < 0)
			return -1;
		result = try_change(tree, op, path, name, edit, arg);
	}
	return result == 0 ? 0 : -1;
}

/* ---- shapes ----------------------------------------------------------------------------------------------
 */

struct shape_edit {
	unsigned ndim;
	const uint64_t *shape; /* whole, or NULL: */
	uint64_t length;       /* of dimension 0 */
	bool grow;
};

/* The shape in a document. False where there is none, or an odd one. */
static bool read_shape(struct zf_op *op, const void *text, size_t len, unsigned ndim, uint64_t *shape)
{
	json_t *doc = NULL, *list;
	bool ok;

	if (zf_json_parse(op, text, len, &doc) < 0)
		return false;
	list = json_object_get(doc, "shape");
	ok = json_is_array(list) && json_array_size(list) == ndim;
	for (unsigned i = 0; ok && i < ndim; i++) {
		json_t *n = json_array_get(list, i);

		ok = json_is_integer(n) && json_integer_value(n) >= 0;
		shape[i] = ok ? (uint64_t)json_integer_value(n) : 0;
	}
	json_decref(doc);
	return ok;
}

static int edit_shape(struct zf_op *op, const void *arg, const void *text, size_t len, struct zf_out *out)
{
	const struct shape_edit *edit = arg;
	uint64_t shape[ZF_MAX_NDIM];

	if (!text)
		return zf_fail(op, ESTALE, "the array was removed by another program");
	if (edit->shape)
		return zf_edit_shape(op, text, len, edit->ndim, edit->shape, out);
	if (!read_shape(op, text, len, edit->ndim, shape))
		return op->err ? -1 : zf_fail(op, ESTALE, "the array was replaced by another program");
	if (edit->ndim > 0 && !(edit->grow && shape[0] > edit->length))
		shape[0] = edit->length;
	return zf_edit_shape(op, text, len, edit->ndim, shape, out);
}

int zf_change_own(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT), attrs = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct zf_listed listed;
	int result = 0;

	if (doc->is_listed)
		result = zf_listed_get(tree, op, doc->path, &text, &attrs, &listed);
	if (result == ZF_MISSING)
		result = zf_fail(op, ESTALE, "the array was removed by another program");
	if (result < 0)
		at(op, doc->path, -1);
	else if (attrs.len > 0)
		result = zf_change_put(tree, op, doc->path, ".zattrs", &attrs, ZF_PUT_IF_ABSENT, NULL);
	if (result == 0 && doc->is_listed)
		result = zf_change_put(tree, op, doc->path, zf_doc_file(doc), &text, ZF_PUT_IF_ABSENT, NULL);
	if (result < 0 && op->err == EEXIST) {
		zf_op_forgive(op);
		result = 0;
	}
	zf_out_free(&text);
	zf_out_free(&attrs);
	return result;
}

int zf_change_length(
	struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, uint64_t length, bool grow)
{
	struct shape_edit edit = { .ndim = doc->meta->array.ndim, .length = length, .grow = grow };

	if (zf_change_own(tree, op, doc) < 0)
		return -1;
	return zf_change(tree, op, doc->path, zf_doc_file(doc), edit_shape, &edit);
}

int zf_change_shape(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const uint64_t *shape)
{
	struct shape_edit edit = { .ndim = doc->meta->array.ndim, .shape = shape };

	if (zf_change_own(tree, op, doc) < 0)
		return -1;
	return zf_change(tree, op, doc->path, zf_doc_file(doc), edit_shape, &edit);
}

/* ---- attributes ------------------------------------------------------------------------------------------
 */

struct attributes_edit {
	int zarr_format;
	const json_t *patch;
};

static int edit_attributes(
	struct zf_op *op, const void *arg, const void *text, size_t len, struct zf_out *out)
{
	const struct attributes_edit *edit = arg;

	return zf_edit_attributes(op, edit->zarr_format, text, len, edit->patch, out);
}

int zf_change_attributes(
	struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const json_t *patch)
{
	struct attributes_edit edit = { .zarr_format = doc->kind == ZF_DOC_V3 ? 3 : 2, .patch = patch };

	if (zf_change_own(tree, op, doc) < 0)
		return -1;
	return zf_change(tree, op, doc->path, zf_doc_attrs_file(doc), edit_attributes, &edit);
}

struct attribute_edit {
	int zarr_format;
	const char *key;
	const json_t *value; /* NULL: it goes */
};

static int edit_attribute(struct zf_op *op, const void *arg, const void *text, size_t len, struct zf_out *out)
{
	const struct attribute_edit *edit = arg;
	const char *const keys[] = { "attributes", edit->key };
	unsigned skip = edit->zarr_format == 3 ? 0 : 1;
	json_t *patch;
	int result;

	if (!text && edit->zarr_format == 3)
		return zf_fail(op, ESTALE, "it was removed by another program");
	if (text && edit->value)
		return zf_edit_set(op, text, len, keys + skip, 2 - skip, edit->value, out);
	if (text)
		return zf_edit_remove(op, text, len, keys + skip, 2 - skip, out);
	/* a document of its own is laid out as zarr-python does */
	patch = zf_merge_nest(keys + 1, edit->value ? 1 : 0, edit->value);
	if (!patch)
		return zf_fail(op, EINVAL, "a name that is not in UTF-8");
	result = zf_json_dump(op, patch, &zf_json_style_v2, out);
	json_decref(patch);
	return result;
}

int zf_change_attribute(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const char *key,
	const json_t *value)
{
	struct attribute_edit edit = {
		.zarr_format = doc->kind == ZF_DOC_V3 ? 3 : 2, .key = key, .value = value
	};

	if (zf_change_own(tree, op, doc) < 0)
		return -1;
	return zf_change(tree, op, doc->path, zf_doc_attrs_file(doc), edit_attribute, &edit);
}
