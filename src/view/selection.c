/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening selections, and telling what they are: zf_selection_*().
 */
#include "view/file.h"
#include "view/file_select.h"
#include "view/make.h"
#include "view/names.h"

#include "meta/fill.h"
#include "meta/json.h"
#include "meta/npy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Finds the array. New: zf_name_release(). */
static int find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out)
{
	char store_path[ZF_PATH_SIZE];
	int result;

	if (!zf_path_ok(path) || !zf_path_join(tree->root, path, store_path))
		return zf_fail(op, EINVAL, "%s: no path in a store", path);
	result = zf_name_look(tree, op, store_path, ZF_DOC_NOW, out);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(store_path));
	if (result < 0)
		return -1;
	if (out->kind == ZF_NAME_ARRAY)
		return 0;
	zf_name_release(tree, out);
	return zf_fail(op, EISDIR, "%s: a group", zf_path_label(store_path));
}

/* The text of a selection as messages have it. */
static int where(struct zf_op *op, const struct zf_doc *doc, const char *text)
{
	const char *more = strlen(text) > 100 ? "..." : "";

	return zf_where(op, "%s%.100s%s", zf_path_label(doc->path), text, more);
}

static bool is_all(const char *text)
{
	return !*text || strcmp(text, "[]") == 0 || strcmp(text, "[...]") == 0 || strcmp(text, "[:]") == 0;
}

static int open_text(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const char *text,
	unsigned flags, struct zf_file **out)
{
	if (flags & ZF_FILE_WRITE)
		return zf_fail(op, EOPNOTSUPP, "%s: elements of varying length cannot be written",
			zf_path_label(doc->path));
	if (!is_all(text)) {
		zf_fail(op, EOPNOTSUPP, "of elements of varying length only all can be had");
		return where(op, doc, text);
	}
	return zf_file_vlen_open(tree, op, doc, out);
}

static int open_array(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const char *text,
	const struct zf_selection_source *source, unsigned flags, struct zf_file **out)
{
	const struct zf_array_meta *a = &doc->meta->array;
	const struct zf_select_of of = {
		.ndim = a->ndim,
		.shape = a->shape,
		.block = a->chunk,
		.edges = (const struct zf_edges *const *)a->edges,
		.itemsize = a->spec.itemsize,
		.dtype = a->dtype,
	};
	struct zf_select *select;

	if (zf_select_parse(op, text, &of, source, &select) < 0)
		return where(op, doc, text);
	return zf_file_select_open(tree, op, doc, flags, select, out);
}

int zf_selection_open(struct zf_tree *tree, struct zf_op *op, const char *path, const char *selection,
	const struct zf_selection_source *source, unsigned flags, struct zf_file **out)
{
	struct zf_name name;
	int result;

	if (flags & ZF_FILE_WRITE && zf_check_writable(tree, op, path) < 0)
		return -1;
	if (find(tree, op, path, &name) < 0)
		return -1;
	if (name.doc->error)
		result = zf_fail(
			op, name.doc->error, "%s: %s", zf_path_label(name.doc->path), name.doc->error_text);
	else if (zf_doc_is_text(name.doc))
		result = open_text(tree, op, name.doc, selection, flags, out);
	else
		result = open_array(tree, op, name.doc, selection, source, flags, out);
	zf_name_release(tree, &name);
	return result;
}

void zf_selection_look(const struct zf_file *file, struct zf_selection_attr *out)
{
	const struct zf_select *s = zf_file_select_of(file);

	memset(out, 0, sizeof *out);
	out->is_text = !s;
	if (!s)
		return;
	out->is_points = s->is_points;
	out->ndim = s->rank;
	memcpy(out->shape, s->result, s->rank * sizeof out->shape[0]);
	out->itemsize = s->itemsize;
	out->nbytes = s->nbytes;
}

static const struct zf_select *fixed(const struct zf_file *file, struct zf_op *op)
{
	const struct zf_select *s = zf_file_select_of(file);

	if (!s)
		zf_fail(op, EOPNOTSUPP, "elements of varying length have no npy form");
	return s;
}

int zf_selection_npy(const struct zf_file *file, struct zf_op *op, void **out, size_t *len)
{
	const struct zf_select *s = fixed(file, op);
	struct zf_out header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);

	if (!s)
		return -1;
	if (zf_npy_write(op, s->dtype, s->rank, s->result, &header) < 0) {
		zf_out_free(&header);
		return -1;
	}
	*out = header.data;
	*len = header.len;
	return 0;
}

int zf_selection_dtype(const struct zf_file *file, struct zf_op *op, char **out)
{
	const struct zf_select *s = fixed(file, op);
	char *text;

	if (!s)
		return -1;
	text = json_dumps(s->dtype, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		return zf_nomem(op, 0);
	*out = text;
	return 0;
}

/* Texts are taken as they are, and not in base64 as a document has them. */
static int parse_bytes(struct zf_op *op, const json_t *value, uint32_t itemsize, unsigned char *dst)
{
	size_t len;
	const char *text = zf_json_string(value, &len);

	if (!text)
		return zf_fail(op, EINVAL, "expected a text, found %s", zf_json_kind(value));
	if (len > itemsize)
		return zf_fail(op, EINVAL, "a text of %zu bytes, an element has %u", len, itemsize);
	memcpy(dst, text, len);
	return 0;
}

static int parse_element(struct zf_op *op, const struct zf_select *s, const char *json, unsigned char *dst)
{
	struct zf_dtype type = { 0 };
	static const char prefix[] = "fill_value: ";
	struct zf_fill_rules rules = { .zarr_format = 2 };
	json_t *value = NULL;
	int result = zf_json_parse(op, json, strlen(json), &value);

	if (result == 0)
		result = zf_dtype_parse_v2(op, s->dtype, &type);
	if (result == 0 && type.nfields)
		rules.zarr_format = 3;
	if (result == 0 && type.kind == 'S')
		result = parse_bytes(op, value, type.itemsize, dst);
	else if (result == 0)
		result = zf_fill_parse(op, &rules, value, &type, dst);
	if (op->err == EIO)
		op->err = EINVAL;
	if (result < 0 && strncmp(op->text, prefix, sizeof prefix - 1) == 0) /* it is none */
		memmove(op->text, op->text + sizeof prefix - 1, strlen(op->text) - (sizeof prefix - 2));
	zf_dtype_free(&type);
	json_decref(value);
	return result;
}

int zf_selection_element(
	const struct zf_file *file, struct zf_op *op, const char *json, void **out, size_t *len)
{
	const struct zf_select *s = fixed(file, op);
	unsigned char *element = s ? calloc(1, s->itemsize + 1) : NULL;

	if (!s)
		return -1;
	if (!element)
		return zf_nomem(op, s->itemsize);
	if (parse_element(op, s, json, element) < 0) {
		free(element);
		return -1;
	}
	*out = element;
	*len = s->itemsize;
	return 0;
}
