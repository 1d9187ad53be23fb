/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * .info documents and npy headers, done.
 */
#include "view/apply.h"
#include "base/checked.h"
#include "meta/patch.h"
#include "view/change.h"
#include "view/info.h"
#include "view/lives.h"
#include "view/make.h"

#include <errno.h>
#include <string.h>

/* ---- shapes ----------------------------------------------------------------------------------------------
 */

static int check_size(struct zf_op *op, const struct zf_doc *doc, const uint64_t *shape)
{
	const struct zf_array_meta *a = &doc->meta->array;
	uint64_t size = a->spec.itemsize;
	bool fits = true, empty = false;

	for (unsigned i = 0; i < a->ndim; i++)
		if (a->edges[i] && shape[i] != a->shape[i])
			return zf_fail(op, EINVAL,
				"%s: shape: the chunks along dimension %u are listed in the metadata, so "
				"that it "
				"stays %ju",
				zf_path_label(doc->path), i, (uintmax_t)a->shape[i]);
	for (unsigned i = 0; i < a->ndim; i++)
		empty |= shape[i] == 0;
	for (unsigned i = 0; fits && !empty && i < a->ndim; i++)
		fits = zf_mul(size, shape[i], &size) && size <= ZF_MAX_FILE;
	if (fits)
		return 0;
	return zf_fail(op, EINVAL, "%s: shape: the array would be larger than a file can be",
		zf_path_label(doc->path));
}

/* With the turn, held, and nothing unsaved. */
static int reshape(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, const uint64_t *shape)
{
	struct zf_binding *fresh = NULL;
	struct zf_doc *before = zf_doc_ref(live->now->doc), *after = NULL;
	int result = zf_change_shape(tree, op, before, shape);

	if (result == 0)
		result = zf_doc_get(tree, op, before->path, ZF_DOC_NOW, &after);
	if (result == ZF_MISSING)
		result = zf_fail(op, ESTALE, "%s: the array was removed by another program",
			zf_path_label(before->path));
	if (result == 0)
		result = zf_live_prepare(tree, op, live, after, &fresh);
	if (result == 0) {
		result = zf_array_trim(fresh->array, op, before->meta->array.shape);
		/* Other programs are not to see the old edges. */
		if (result == 0)
			result = zf_store_settle(tree->store, op);
		zf_live_swap(tree, live, fresh, false);
	}
	zf_doc_put(after);
	zf_doc_put(before);
	return result;
}

int zf_reshape(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const uint64_t *shape)
{
	struct zf_live *live;
	uint64_t version;
	int result;

	if (check_size(op, doc, shape) < 0 || zf_live_open(tree, op, doc, true, &live, &version) < 0)
		return -1;
	result = zf_live_take(tree, op, live);
	if (result == 0) {
		result = zf_live_hold(tree, op, live);
		if (result == 0)
			result = zf_live_save_now(tree, op, live, false);
		if (result == 0)
			result = reshape(tree, op, live, shape);
		zf_live_give(tree, live);
	}
	zf_live_close(tree, live);
	return result;
}

/* ---- .info -----------------------------------------------------------------------------------------------
 */

static int make_from_info(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const void *text, size_t len)
{
	struct zf_new_array array;
	struct zf_doc *doc = NULL;
	int result = zf_make_defaults(tree, op, store_path, &array);

	if (result < 0)
		return -1;
	result = zf_patch_read_new(op, text, len, &array);
	if (result < 0)
		zf_where(op, "%s", zf_path_label(store_path));
	else
		result = zf_make_array(tree, op, store_path, &array, &doc);
	zf_new_array_free(&array);
	zf_doc_put(doc);
	return result;
}

static int change_from_info(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const void *text, size_t len)
{
	struct zf_out info = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_patch patch = { 0 };
	int result;

	if (doc->error)
		return zf_fail(op, doc->error, "%s: %s", zf_path_label(doc->path), doc->error_text);
	if (zf_doc_check_writable(op, doc) < 0)
		return -1;
	result = zf_info_text(tree, op, doc, &info);
	if (result == 0) {
		result = zf_patch_read(op, text, len, info.data, info.len, &patch);
		if (result < 0)
			zf_where(op, "%s", zf_path_label(doc->path));
	}
	if (result == 0 && patch.resize)
		result = check_size(op, doc, patch.shape);
	if (result == 0 && patch.attributes)
		result = zf_change_attributes(tree, op, doc, patch.attributes);
	if (result == 0 && patch.resize)
		result = zf_reshape(tree, op, doc, patch.shape);
	zf_patch_free(&patch);
	zf_out_free(&info);
	return result;
}

int zf_apply_info(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const void *text, size_t len)
{
	struct zf_doc *doc = NULL;
	int result;

	/* what is asked for is compared with what is stored */
	if (zf_live_save_path(tree, op, store_path) < 0)
		return -1;
	result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW_ATTRS, &doc);
	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return make_from_info(tree, op, store_path, text, len);
	if (!doc->is_array)
		result = zf_fail(op, EEXIST, "%s: a group", zf_path_label(store_path));
	else
		result = change_from_info(tree, op, doc, text, len);
	zf_doc_put(doc);
	return result;
}

/* ---- npy -------------------------------------------------------------------------------------------------
 */

/* The data type for a new array. Flat files of v3 are little endian. */
static json_t *dtype_of(const struct zf_npy *npy, int zarr_format)
{
	const char *text = json_string_value(npy->dtype);
	json_t *little;

	if (zarr_format != 3 || !text || text[0] != '>')
		return json_incref(npy->dtype);
	little = json_pack("s+", "<", text + 1);
	return little ? little : json_incref(npy->dtype);
}

static int make_from_npy(struct zf_tree *tree, struct zf_op *op, const char *store_path,
	const struct zf_npy *npy, struct zf_doc **doc)
{
	struct zf_new_array array;
	int result = zf_make_defaults(tree, op, store_path, &array);

	if (result < 0)
		return -1;
	json_decref(array.dtype);
	array.dtype = dtype_of(npy, array.zarr_format);
	array.has_shape = true;
	array.first_open = false;
	array.ndim = npy->ndim;
	memcpy(array.shape, npy->shape, sizeof array.shape);
	result = zf_make_array(tree, op, store_path, &array, doc);
	zf_new_array_free(&array);
	return result;
}

static int fit_to_npy(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const struct zf_npy *npy)
{
	const struct zf_array_meta *a = &doc->meta->array;
	json_t *dtype;
	bool same;

	if (doc->error)
		return zf_fail(op, doc->error, "%s: %s", zf_path_label(doc->path), doc->error_text);
	if (!doc->is_array)
		return zf_fail(op, EEXIST, "%s: a group", zf_path_label(doc->path));
	dtype = dtype_of(npy, doc->kind == ZF_DOC_V3 ? 3 : 2);
	same = a->ndim == npy->ndim && json_equal(a->dtype, dtype);
	json_decref(dtype);
	if (!same)
		return zf_fail(op, EINVAL,
			"%s: npy header: the array has another data type or rank; remove it first",
			zf_path_label(doc->path));
	if (memcmp(a->shape, npy->shape, a->ndim * sizeof *a->shape) == 0)
		return 0;
	return zf_reshape(tree, op, doc, npy->shape);
}

int zf_apply_npy(struct zf_tree *tree, struct zf_op *op, const char *store_path, const struct zf_npy *npy,
	bool *created, struct zf_doc **doc)
{
	int result;

	if (zf_live_save_path(tree, op, store_path) < 0)
		return -1;
	result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW, doc);
	if (result < 0)
		return -1;
	*created = result == ZF_MISSING;
	if (*created)
		return make_from_npy(tree, op, store_path, npy, doc);
	result = fit_to_npy(tree, op, *doc, npy);
	zf_doc_put(*doc);
	*doc = NULL;
	if (result == 0 && (result = zf_doc_get(tree, op, store_path, ZF_DOC_NOW, doc)) == ZF_MISSING)
		result = zf_fail(op, ESTALE, "%s: was removed by another program", zf_path_label(store_path));
	return result;
}
