/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of .info: what the metadata say, in the words of zarr-python, in a fixed order.
 *
 * `chunks` are what is decoded at once: the inner chunks of a sharded array, whose shards are `shards`.
 * `nchunks` counts those chunks. dimension_names are those of the v3 document; v2 has none (xarray's are
 * among the attributes). Of an array that cannot be read the keys that could be understood are there, and
 * `error`.
 */
#include "view/info.h"
#include "base/checked.h"
#include "base/utf8.h"
#include "meta/json.h"
#include "view/path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* jansson's integers are signed; the few numbers beyond are made by our own parser, which keeps their text.
 */
static json_t *number(uint64_t n)
{
	char text[32];
	struct zf_op op;
	json_t *value;
	int len;

	if (n <= INT64_MAX)
		return json_integer((json_int_t)n);
	zf_op_init(&op);
	len = snprintf(text, sizeof text, "%" PRIu64, n);
	return zf_json_parse(&op, text, (size_t)len, &value) == 0 ? value : NULL;
}

static json_t *shape(const uint64_t *n, unsigned ndim)
{
	json_t *array = json_array();

	for (unsigned i = 0; array && i < ndim; i++) {
		if (json_array_append_new(array, number(n[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* Names and messages are bytes; JSON is UTF-8. What is not becomes U+FFFD. */
static json_t *string(const char *text)
{
	json_t *value = NULL;
	struct zf_out out = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_op op;
	int failed = 0;

	zf_op_init(&op);
	for (size_t left = strlen(text), n; left > 0 && !failed; text += n ? n : 1, left -= n ? n : 1) {
		n = zf_utf8_len((const unsigned char *)text, left);
		failed = n ? zf_out_append(&out, &op, text, n) : zf_out_append(&out, &op, "\xef\xbf\xbd", 3);
	}
	if (!failed)
		value = json_stringn(out.data ? (const char *)out.data : "", out.len);
	zf_out_free(&out);
	return value;
}

/* A borrowed value that may be absent, as one of our own. */
static json_t *or_null(json_t *value)
{
	return value ? json_incref(value) : json_null();
}

/* Adds a key, whose value it takes. */
static void set(json_t *info, bool *ok, const char *key, json_t *value)
{
	if (json_object_set_new(info, key, value) < 0)
		*ok = false;
}

/* Chunks along a dimension; those of a rectilinear grid as far as the array has them. */
static uint64_t count_along(const struct zf_array_meta *a, unsigned d, uint64_t size)
{
	const struct zf_edge_run *run;

	if (!a->edges[d] || a->inner_chunk)
		return zf_div_up(a->shape[d], size);
	run = zf_edges_of_element(a->edges[d], a->shape[d] - 1);
	return run->chunk + zf_div_up(a->shape[d] - run->at, run->size);
}

/* The shape of chunks; that of a rectilinear grid has lists in it. */
static json_t *chunk_shape(const struct zf_array_meta *a)
{
	return a->chunk_shapes ? json_incref(a->chunk_shapes) : shape(a->chunk, a->ndim);
}

static json_t *count_chunks(const struct zf_array_meta *a)
{
	uint64_t total = 1;

	for (unsigned i = 0; i < a->ndim; i++)
		if (a->shape[i] == 0)
			return json_integer(0);
	for (unsigned i = 0; i < a->ndim; i++) {
		uint64_t size = a->chunk[i];

		if (a->inner_chunk)
			size = (uint64_t)json_integer_value(json_array_get(a->inner_chunk, i));
		if (size == 0 || !zf_mul(total, count_along(a, i, size), &total))
			return json_null();
	}
	return number(total);
}

/* Whether elements vary in length, so that there is no number of bytes. */
static bool varies(const struct zf_array_meta *a)
{
	const char *name = json_string_value(a->dtype);

	return name && strcmp(name, "|O") == 0;
}

/* The parts that a document may be too broken to tell are left out then. */
static void add_layout(json_t *info, bool *ok, const struct zf_array_meta *a, bool whole)
{
	bool has_shape = whole || a->ndim > 0, has_chunk = whole || (a->ndim > 0 && a->chunk[0] > 0);

	if (has_shape)
		set(info, ok, "shape", shape(a->shape, a->ndim));
	if (whole || a->dtype)
		set(info, ok, "dtype", or_null(a->dtype));
	if (a->data_type)
		set(info, ok, "data_type", json_incref(a->data_type));
	if (whole || (a->dtype && a->spec.itemsize > 0))
		set(info, ok, "itemsize",
			varies(a) ? json_null() : json_integer((json_int_t)a->spec.itemsize));
	if (whole || (a->dtype && has_shape && a->spec.itemsize > 0))
		set(info, ok, "nbytes", varies(a) ? json_null() : number(a->nbytes));
	if (!has_chunk)
		return;
	set(info, ok, "chunks", a->inner_chunk ? json_incref(a->inner_chunk) : chunk_shape(a));
	set(info, ok, "shards", a->inner_chunk ? chunk_shape(a) : json_null());
	set(info, ok, "nchunks", count_chunks(a));
}

static void add_coding(json_t *info, bool *ok, const struct zf_array_meta *a, bool whole, int zarr_format)
{
	if (whole || a->order)
		set(info, ok, "order", a->order ? json_string(a->order) : json_null());
	if (whole || a->fill_value)
		set(info, ok, "fill_value", or_null(a->fill_value));
	if (zarr_format == 3) {
		if (whole || a->codecs_shown)
			set(info, ok, "codecs", or_null(a->codecs_shown));
	} else {
		if (whole || a->compressor)
			set(info, ok, "compressor", or_null(a->compressor));
		if (whole || a->filters)
			set(info, ok, "filters", or_null(a->filters));
	}
	if (whole || a->dimension_names)
		set(info, ok, "dimension_names", or_null(a->dimension_names));
}

static json_t *make(const struct zf_tree *tree, const struct zf_doc *doc, json_t *attributes)
{
	const char *name =
		*doc->path && strcmp(doc->path, tree->root) != 0 ? zf_path_last(doc->path) : tree->root_file;
	const struct zf_meta *meta = doc->meta;
	bool ok = true, whole = meta && !meta->error;
	json_t *info = json_object();

	if (!info)
		return NULL;
	set(info, &ok, "name", string(name ? name : ""));
	set(info, &ok, "path", string(doc->path));
	if (meta && meta->format)
		set(info, &ok, "zarr_format", json_string(meta->format));
	else if (meta && meta->zarr_format)
		set(info, &ok, "zarr_format", json_integer(meta->zarr_format));
	if (meta && doc->is_array) {
		add_layout(info, &ok, &meta->array, whole);
		add_coding(info, &ok, &meta->array, whole, meta->zarr_format);
	}
	if (attributes)
		set(info, &ok, "attributes", json_incref(attributes));
	set(info, &ok, "store", string(tree->place));
	if (doc->error)
		set(info, &ok, "error", string(doc->error_text));
	else if (meta && meta->attributes_error)
		set(info, &ok, "error", string(meta->attributes_error));
	if (ok)
		return info;
	json_decref(info);
	return NULL;
}

static int print(struct zf_op *op, json_t *info, struct zf_out *out)
{
	int result;

	if (!info)
		return zf_nomem(op, 0);
	result = zf_json_print(op, info, out);
	json_decref(info);
	if (result == 0 && (out->len == 0 || out->data[out->len - 1] != '\n'))
		result = zf_out_append(out, op, "\n", 1);
	return result;
}

int zf_info_text(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *out)
{
	int result = print(op, make(tree, doc, doc->meta ? doc->meta->attributes : NULL), out);

	if (result == 0)
		__atomic_store_n(&doc->info_size, out->len, __ATOMIC_RELAXED);
	return result;
}

int zf_info_group(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, json_t *attributes,
	struct zf_out *out)
{
	return print(op, make(tree, doc, attributes), out);
}

int zf_info_size(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, uint64_t *out)
{
	uint64_t size = __atomic_load_n(&doc->info_size, __ATOMIC_RELAXED);
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);
	int result = 0;

	if (size == 0) {
		result = zf_info_text(tree, op, doc, &text);
		size = text.len;
		zf_out_free(&text);
	}
	*out = size;
	return result;
}

int64_t zf_info_mtime(const struct zf_doc *doc)
{
	if (doc->has_attrs && doc->attrs.mtime_ns > doc->value.mtime_ns)
		return doc->attrs.mtime_ns;
	return doc->value.mtime_ns;
}
