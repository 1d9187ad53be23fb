/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zarr v2: .zarray, .zgroup and .zattrs (zarr-specs, "Zarr storage specification version 2").
 */
#include "meta/chain.h"
#include "meta/json.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

/* R's JSON writers box every scalar, and pizzarr's arrays say [2]: other readers let that pass. */
static const json_t *unbox(const json_t *value)
{
	return json_array_size(value) == 1 ? json_array_get(value, 0) : value;
}

static int read_format(struct zf_op *op, struct zf_read *read, const char *key, const json_t *boxed)
{
	const json_t *value = unbox(boxed);
	char buf[32];
	const char *token = zf_json_token(value, buf);

	(void)read;
	if (json_is_integer(value) && json_integer_value(value) == 2)
		return 0;
	return zf_fail(op, EIO, "%s: expected 2, found %.40s", key, token ? token : zf_json_kind(value));
}

int zf_read_dtype(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_dtype type = { 0 };

	(void)key;
	if (zf_dtype_parse_v2(op, value, &type) < 0) {
		zf_dtype_free(&type);
		read->meta->array.dtype = json_incref((json_t *)value);
		return -1;
	}
	read->type = type;
	read->meta->array.dtype = json_incref(type.numpy);
	return 0;
}

/* What the elements of an object array are: its first filter says it. */
static enum zf_element element_of(const json_t *filters)
{
	const char *id = json_string_value(json_object_get(json_array_get(filters, 0), "id"));

	if (id && (strcmp(id, "vlen-utf8") == 0 || strcmp(id, "categorize") == 0))
		return ZF_ELEMENT_STRING;
	if (id && strcmp(id, "vlen-bytes") == 0)
		return ZF_ELEMENT_BYTES;
	return id && strcmp(id, "vlen-array") == 0 ? ZF_ELEMENT_LIST : ZF_ELEMENT_ANY;
}

int zf_read_fill_value(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)key;
	if (read->type.kind == 'O')
		return zf_read_fill_text(op, read, value, element_of(read->meta->array.filters));
	return zf_read_fill(op, read, value, false);
}

int zf_read_order(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const orders[] = { "C", "F" };
	int choice;

	if (zf_read_choice(op, key, value, orders, &choice) < 0)
		return -1;
	read->meta->array.order = orders[choice];
	return 0;
}

static int read_separator(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const separators[] = { ".", "/" };
	int choice;

	if (json_is_null(value)) /* as good as absent: zarr-python takes it so */
		return 0;
	if (zf_read_choice(op, key, value, separators, &choice) < 0)
		return -1;
	read->meta->array.separator = separators[choice][0];
	read->meta->array.separator_declared = true;
	return 0;
}

static int read_filters(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)op;
	(void)key;
	read->meta->array.filters = json_incref((json_t *)value);
	return 0;
}

static int read_compressor(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)op;
	(void)key;
	read->meta->array.compressor = json_incref((json_t *)value);
	return 0;
}

/* Members that the specification does not know are to be ignored. */
static const struct zf_member array_members[] = {
	{ "zarr_format", true, read_format },
	{ "shape", true, zf_read_shape },
	{ "chunks", true, zf_read_chunk },
	{ "dtype", true, zf_read_dtype },
	{ "order", true, zf_read_order },
	{ "dimension_separator", false, read_separator },
	{ "filters", true, read_filters },
	{ "compressor", true, read_compressor },
	{ "fill_value", true, zf_read_fill_value }, /* whose form depends on the filters */
};

static const struct zf_member group_members[] = {
	{ "zarr_format", true, read_format },
};

/* Objects have no bytes of their own: it is a filter that makes them. */
static int drop_bytes(struct zf_op *op, struct zf_array_meta *array)
{
	if (json_array_size(array->filters) == 0)
		return zf_fail(op, EIO, "data type '|O': there is no filter that makes bytes of objects");
	for (size_t i = 0; i < json_array_size(array->codecs); i++) {
		const json_t *name = json_object_get(json_array_get(array->codecs, i), "name");

		if (strcmp(json_string_value(name), "bytes") == 0) {
			json_array_remove(array->codecs, i);
			break;
		}
	}
	return 0;
}

static int lower(struct zf_op *op, const struct zf_read *read, struct zf_array_meta *array)
{
	if (zf_chain_lower(op, array->ndim, array->order[0] == 'F', array->filters, array->compressor,
		    &array->codecs) < 0)
		return -1;
	return read->type.kind == 'O' ? drop_bytes(op, array) : 0;
}

static void parse_array(struct zf_op *why, struct zf_read *read, const json_t *doc)
{
	struct zf_op own;

	read->meta->array.separator = '.';
	zf_read_members(why, read, doc, array_members, sizeof array_members / sizeof array_members[0]);
	zf_op_init(&own);
	lower(&own, read, &read->meta->array);
	zf_op_adopt(why, &own);
	zf_read_finish(why, read, "chunks");
}

static void parse_document(struct zf_op *why, struct zf_meta *meta, const void *doc, size_t len)
{
	struct zf_read read = { .meta = meta };
	json_t *object;

	if (zf_read_document(why, doc, len, &object) < 0)
		return;
	if (meta->kind == ZF_NODE_ARRAY)
		parse_array(why, &read, object);
	else
		zf_read_members(
			why, &read, object, group_members, sizeof group_members / sizeof group_members[0]);
	zf_dtype_free(&read.type);
	json_decref(object);
}

int zf_read_attributes_document(
	struct zf_op *op, struct zf_meta *meta, const char *name, const void *attrs, size_t len)
{
	struct zf_op own;
	json_t *object;

	zf_op_init(&own);
	if (zf_read_document(&own, attrs, len, &object) < 0) {
		zf_where(&own, "%s", name);
		meta->attributes_error = own.err == ENOMEM ? NULL : strdup(own.text);
		return meta->attributes_error ? 0 : zf_nomem(op, len);
	}
	json_decref(meta->attributes);
	meta->attributes = object;
	return 0;
}

int zf_meta_parse_v2(struct zf_op *op, enum zf_node_kind kind, const void *doc, size_t len, const void *attrs,
	size_t attrs_len, struct zf_meta **out)
{
	struct zf_meta *meta = zf_read_new(kind, 2);
	struct zf_op why;

	if (!meta)
		return zf_nomem(op, sizeof *meta);
	zf_op_init(&why);
	parse_document(&why, meta, doc, len);
	if (attrs && zf_read_attributes_document(op, meta, ".zattrs", attrs, attrs_len) < 0) {
		zf_meta_free(meta);
		return -1;
	}
	return zf_read_done(op, &why, meta, out);
}
