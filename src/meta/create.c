/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The documents of new arrays and groups. They are made as trees and printed in zarr-python's layout; then
 * the reader has to find nothing wrong with them, so that no rule is written down twice.
 */
#include "meta/create.h"

#include "meta/build.h"
#include "meta/fill.h"
#include "meta/json.h"
#include "meta/json_dump.h"
#include "meta/meta.h"
#include "meta/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void free_build(struct zf_build *b)
{
	zf_dtype_free(&b->type);
	json_decref(b->dtype);
	json_decref(b->fill);
	json_decref(b->codecs);
}

/* ---- data type and fill value ---- */

static int parse_type(struct zf_op *op, const struct zf_new_array *array, struct zf_dtype *type, bool *is_v3)
{
	json_t *usual = json_string("|u1");
	int rc = zf_dtype_parse_any(op, array->dtype ? array->dtype : usual, type, is_v3);

	json_decref(usual);
	return rc < 0 ? zf_read_invalid(op) : 0;
}

int zf_new_array_itemsize(struct zf_op *op, const struct zf_new_array *array, uint32_t *out)
{
	struct zf_dtype type = { 0 };
	bool is_v3;
	int rc = parse_type(op, array, &type, &is_v3);

	if (rc == 0)
		*out = type.itemsize;
	zf_dtype_free(&type);
	return rc;
}

static int make_type(struct zf_build *b)
{
	const char *name;
	bool is_v3;

	if (parse_type(b->op, b->array, &b->type, &is_v3) < 0)
		return -1;
	name = json_string_value(b->type.numpy);
	if (b->array->zarr_format > 2 && is_v3)
		b->dtype = json_incref(b->array->dtype);
	else if (b->array->zarr_format > 2)
		return zf_dtype_name_v3(b->op, &b->type, &b->dtype);
	else if (name && (name[1] == 'M' || name[1] == 'm') && !name[3])
		return zf_fail(b->op, EINVAL, "dtype: '%s' has no unit, \"%s[ns]\" would have", name, name);
	else
		b->dtype = json_incref(b->type.numpy);
	return 0;
}

/* The fill value where none is asked for: zeros, and zarr-python 3's for times, which is no time at all. */
static void usual_fill(const struct zf_build *b, unsigned char *fill)
{
	if (b->array->zarr_format > 2 && (b->type.kind == 'M' || b->type.kind == 'm'))
		fill[7] = 0x80;
}

/* Legacy structured types of v3 have no members in their fill values. */
static bool is_blob(const struct zf_build *b)
{
	const char *name = json_string_value(json_object_get(b->dtype, "name"));

	return name && strcmp(name, "structured") == 0;
}

static int make_fill(struct zf_build *b)
{
	const json_t *asked = b->array->fill_value;
	int zarr_format = b->array->zarr_format;
	struct zf_fill_rules rules = { .zarr_format = zarr_format };
	unsigned char *fill;
	int rc = 0;

	if (asked && (zarr_format == 2 || is_blob(b)) && json_is_null(asked)) {
		b->fill = json_null();
		return 0;
	}
	fill = calloc(1, b->type.itemsize);
	if (!fill)
		return zf_nomem(b->op, b->type.itemsize);
	if (asked && !json_is_null(asked))
		rc = zf_fill_parse(b->op, &rules, asked, &b->type, fill);
	else
		usual_fill(b, fill);
	if (rc == 0)
		rc = zf_fill_print(b->op, is_blob(b) ? 2 : zarr_format, &b->type, fill, &b->fill);
	free(fill);
	return rc < 0 ? zf_read_invalid(b->op) : 0;
}

/* ---- chunks ---- */

static int check_shards(struct zf_build *b)
{
	const struct zf_new_array *a = b->array;

	if (a->zarr_format == 2)
		return zf_fail(b->op, EINVAL, "shards: zarr_format 2 has none");
	if (a->shard_ndim != a->ndim)
		return zf_fail(b->op, EINVAL, "shards: %u dimensions, shape has %u", a->shard_ndim, a->ndim);
	for (unsigned i = 0; i < a->ndim && !b->sharded; i++)
		if (b->chunk[i] == 0 || a->shards[i] % b->chunk[i] != 0)
			return zf_fail(b->op, EINVAL,
				"shards: %llu in dimension %u is no multiple of the chunks' %llu%s",
				(unsigned long long)a->shards[i], i, (unsigned long long)b->chunk[i],
				a->has_chunks ? "" : " (guessed: give chunks as well)");
	return 0;
}

static int make_chunks(struct zf_build *b)
{
	const struct zf_new_array *a = b->array;

	if (a->has_chunks && a->chunk_ndim != a->ndim)
		return zf_fail(b->op, EINVAL, "chunks: %u dimensions, shape has %u", a->chunk_ndim, a->ndim);
	if (a->has_chunks)
		memcpy(b->chunk, a->chunks, sizeof b->chunk);
	else
		zf_guess_chunks(a->ndim, a->shape, b->type.itemsize, a->has_shards, b->chunk);
	return a->has_shards ? check_shards(b) : 0;
}

/* ---- documents ---- */

json_t *zf_build_sizes(const uint64_t *n, unsigned ndim)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < ndim; i++) {
		if (json_array_append_new(list, json_integer((json_int_t)n[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

int zf_build_set(struct zf_build *b, json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? zf_nomem(b->op, sizeof *value) : 0;
}

static int fill_v2(struct zf_build *b, json_t *doc)
{
	const struct zf_new_array *a = b->array;
	const char separator[] = { a->separator, '\0' };

	if (a->dimension_names && !json_is_null(a->dimension_names))
		return zf_fail(b->op, EINVAL, "dimension_names: zarr_format 2 has none");
	if (zf_build_set(b, doc, "chunks", zf_build_sizes(b->chunk, a->ndim)) < 0 ||
		zf_build_codecs_v2(b, doc) < 0 || zf_build_set(b, doc, "dtype", json_incref(b->dtype)) < 0 ||
		zf_build_set(b, doc, "fill_value", json_incref(b->fill)) < 0 ||
		zf_build_set(b, doc, "order", json_string(a->order == 'F' ? "F" : "C")) < 0 ||
		zf_build_set(b, doc, "shape", zf_build_sizes(a->shape, a->ndim)) < 0)
		return -1;
	if (a->separator && zf_build_set(b, doc, "dimension_separator", json_string(separator)) < 0)
		return -1;
	return zf_build_set(b, doc, "zarr_format", json_integer(2));
}

static int fill_v3(struct zf_build *b, json_t *doc)
{
	const struct zf_new_array *a = b->array;
	const char separator[] = { a->separator ? a->separator : a->v2_keys ? '.' : '/', '\0' };
	bool wrap = a->has_shards && !b->sharded;
	json_t *grid = zf_build_sizes(a->has_shards ? a->shards : b->chunk, a->ndim);

	if (zf_build_set(b, doc, "shape", zf_build_sizes(a->shape, a->ndim)) < 0 ||
		zf_build_set(b, doc, "data_type", json_incref(b->dtype)) < 0 ||
		zf_build_set(b, doc, "chunk_grid",
			json_pack("{s:s, s:{s:o}}", "name", "regular", "configuration", "chunk_shape",
				grid)) < 0 ||
		zf_build_set(b, doc, "chunk_key_encoding",
			json_pack("{s:s, s:{s:s}}", "name", a->v2_keys ? "v2" : "default", "configuration",
				"separator", separator)) < 0 ||
		zf_build_set(b, doc, "fill_value", json_incref(b->fill)) < 0 ||
		zf_build_set(b, doc, "codecs", wrap ? zf_build_shards(b) : json_incref(b->codecs)) < 0 ||
		zf_build_set(
			b, doc, "attributes", a->attributes ? json_incref(a->attributes) : json_object()) < 0)
		return -1;
	if (a->dimension_names && !json_is_null(a->dimension_names) &&
		zf_build_set(b, doc, "dimension_names", json_incref(a->dimension_names)) < 0)
		return -1;
	if (zf_build_set(b, doc, "zarr_format", json_integer(3)) < 0 ||
		zf_build_set(b, doc, "node_type", json_string("array")) < 0)
		return -1;
	return zf_build_set(b, doc, "storage_transformers", json_array());
}

/* Lets the reader look at it. */
static int check(struct zf_op *op, int zarr_format, const struct zf_out *doc, size_t from)
{
	struct zf_meta *meta;
	int rc;

	if (zarr_format > 2)
		rc = zf_meta_parse_v3(op, doc->data + from, doc->len - from, &meta);
	else
		rc = zf_meta_parse_v2(op, ZF_NODE_ARRAY, doc->data + from, doc->len - from, NULL, 0, &meta);
	if (rc < 0)
		return -1;
	if (meta->error)
		rc = zf_fail(op, meta->error == EOPNOTSUPP ? EOPNOTSUPP : EINVAL, "%s", meta->error_text);
	zf_meta_free(meta);
	return rc;
}

static int put_document(struct zf_build *b, struct zf_out *out)
{
	bool v3 = b->array->zarr_format > 2;
	json_t *doc = json_object();
	size_t from = out->len;
	int rc = doc ? 0 : zf_nomem(b->op, sizeof *doc);

	if (rc == 0)
		rc = v3 ? fill_v3(b, doc) : fill_v2(b, doc);
	if (rc == 0)
		rc = zf_json_dump(b->op, doc, v3 ? &zf_json_style_v3 : &zf_json_style_v2, out);
	if (rc == 0)
		rc = check(b->op, b->array->zarr_format, out, from);
	json_decref(doc);
	return rc;
}

static int put_attributes(struct zf_op *op, const struct zf_new_array *array, struct zf_out *out)
{
	const json_t *attributes = array->attributes;

	if (attributes && !json_is_object(attributes))
		return zf_fail(
			op, EINVAL, "attributes: expected an object, found %s", zf_json_kind(attributes));
	if (array->zarr_format > 2 || json_object_size(attributes) == 0)
		return 0;
	return zf_json_dump(op, attributes, &zf_json_style_v2, out);
}

int zf_create_array(struct zf_op *op, const struct zf_new_array *array, struct zf_out *document,
	struct zf_out *attributes)
{
	struct zf_build b = { .op = op, .array = array };
	size_t document_len = document->len, attributes_len = attributes->len;
	int rc = -1;

	if (array->zarr_format != 2 && array->zarr_format != 3)
		return zf_fail(op, EINVAL, "zarr_format: expected 2 or 3, found %d", array->zarr_format);
	if (!array->has_shape)
		return zf_fail(op, EINVAL, "shape: missing");
	if (make_type(&b) < 0 || make_fill(&b) < 0 || zf_build_codecs_v3(&b) < 0 || make_chunks(&b) < 0)
		goto out;
	if (put_attributes(op, array, attributes) < 0)
		goto out;
	rc = put_document(&b, document);
out:
	if (rc < 0) {
		document->len = document_len;
		attributes->len = attributes_len;
	}
	free_build(&b);
	return rc;
}

int zf_create_group(struct zf_op *op, int zarr_format, struct zf_out *out)
{
	static const char v2[] = "{\n    \"zarr_format\": 2\n}";
	static const char v3[] =
		"{\n  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"group\"\n}";

	if (zarr_format == 3)
		return zf_out_append(out, op, v3, sizeof v3 - 1);
	return zf_out_append(out, op, v2, sizeof v2 - 1);
}
