/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zarr v3: zarr.json (zarr-specs, "Zarr core specification version 3", up to 3.1).
 */
#include "meta/chain.h"
#include "meta/json.h"
#include "meta/json_walk.h"
#include "meta/read.h"
#include "meta/rectilinear.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PASS_OVER = 4096 }; /* bytes of consolidated metadata that are better not parsed */

/* ---- extension points: a short name, or {"name", "configuration"} ---- */

struct extension {
	const json_t *name;
	const json_t *config; /* an object, or NULL */
};

static int read_extension(struct zf_op *op, const char *key, const json_t *value, struct extension *out)
{
	out->name = json_is_object(value) ? json_object_get(value, "name") : value;
	out->config = json_object_get(value, "configuration");
	if (!json_is_object(value) && !json_is_string(value))
		return zf_fail(
			op, EIO, "%s: expected a string or an object, found %s", key, zf_json_kind(value));
	if (!zf_json_text(out->name))
		return zf_fail(op, EIO, "%s: name: expected a name, found %s", key, zf_json_kind(out->name));
	if (out->config && !json_is_object(out->config))
		return zf_fail(op, EIO, "%s: configuration: expected an object, found %s", key,
			zf_json_kind(out->config));
	return 0;
}

static bool is_named(const struct extension *extension, const char *name)
{
	return strcmp(json_string_value(extension->name), name) == 0;
}

static int unsupported(struct zf_op *op, const char *what, const json_t *name)
{
	char show[64];

	return zf_fail(op, EOPNOTSUPP, "%s '%s' is not supported", what, zf_json_show(name, show));
}

/* Whether an object says that it may be ignored. */
static bool ignorable(const json_t *value)
{
	return json_is_false(json_object_get(value, "must_understand"));
}

/* ---- members ---- */

static int read_dtype(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_dtype type = { 0 };

	(void)key;
	read->meta->array.data_type = json_incref((json_t *)value);
	if (zf_dtype_parse_v3(op, value, &type) < 0) {
		zf_dtype_free(&type);
		return -1;
	}
	read->type = type;
	read->meta->array.dtype = json_incref(type.numpy);
	return 0;
}

static int read_grid(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct extension grid;
	const json_t *shape;

	if (read_extension(op, key, value, &grid) < 0)
		return -1;
	if (is_named(&grid, "rectilinear"))
		return zf_read_rectilinear(op, read, grid.config);
	if (!is_named(&grid, "regular"))
		return unsupported(op, "chunk grid", grid.name);
	shape = json_object_get(grid.config, "chunk_shape");
	if (!shape)
		return zf_fail(op, EIO, "%s: chunk_shape: missing", key);
	return zf_read_chunk(op, read, "chunk_shape", shape);
}

static int read_keys(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const separators[] = { "/", "." };
	struct zf_array_meta *array = &read->meta->array;
	struct extension keys;
	const json_t *separator;
	int choice;

	if (read_extension(op, key, value, &keys) < 0)
		return -1;
	if (!is_named(&keys, "default") && !is_named(&keys, "v2"))
		return unsupported(op, "chunk key encoding", keys.name);
	array->key_c = is_named(&keys, "default");
	choice = !array->key_c;
	separator = json_object_get(keys.config, "separator");
	if (separator &&
		zf_read_choice(op, "chunk_key_encoding: separator", separator, separators, &choice) < 0)
		return -1;
	array->separator = separators[choice][0];
	return 0;
}

static int read_codecs(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_array_meta *array = &read->meta->array;

	(void)key;
	array->codecs_shown = json_incref((json_t *)value);
	if (zf_chain_normal(op, value, &array->codecs) < 0)
		return -1;
	array->inner_chunk = json_incref((json_t *)zf_chain_inner_chunk(array->codecs));
	array->order = zf_chain_is_order_f(array->codecs, array->ndim) ? "F" : "C";
	return 0;
}

static enum zf_element element_of(const json_t *data_type)
{
	const json_t *name = json_is_object(data_type) ? json_object_get(data_type, "name") : data_type;

	return strcmp(json_string_value(name), "string") == 0 ? ZF_ELEMENT_STRING : ZF_ELEMENT_BYTES;
}

static int read_fill_value(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)key;
	if (read->type.kind == 'O')
		return zf_read_fill_text(op, read, value, element_of(read->meta->array.data_type));
	return zf_read_fill(op, read, value, zf_chain_is_big_endian(read->meta->array.codecs));
}

static int read_transformers(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)read;
	if (!json_is_array(value))
		return zf_fail(op, EIO, "%s: expected a list, found %s", key, zf_json_kind(value));
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *transformer = json_array_get(value, i);
		struct extension extension;

		if (read_extension(op, key, transformer, &extension) < 0)
			return -1;
		if (!ignorable(transformer))
			return unsupported(op, "storage transformer", extension.name);
	}
	return 0;
}

static int read_names(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	size_t n = json_array_size(value), len;

	if (json_is_null(value)) /* earlier writers */
		return 0;
	if (!json_is_array(value))
		return zf_fail(op, EIO, "%s: expected a list, found %s", key, zf_json_kind(value));
	if (read->shape_known && n != read->meta->array.ndim)
		return zf_fail(
			op, EIO, "%s: %zu names, shape has %u dimensions", key, n, read->meta->array.ndim);
	for (size_t i = 0; i < n; i++) {
		const json_t *name = json_array_get(value, i);

		if (!json_is_null(name) && !zf_json_string(name, &len))
			return zf_fail(
				op, EIO, "%s: expected strings or null, found %s", key, zf_json_kind(name));
	}
	read->meta->array.dimension_names = json_incref((json_t *)value);
	return 0;
}

/* Known, and read elsewhere or not at all. */
static int skip(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)op;
	(void)read;
	(void)key;
	(void)value;
	return 0;
}

static int read_format(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	char buf[32], show[64];
	const char *token = zf_json_token(value, buf);

	(void)read;
	if (json_is_integer(value) && json_integer_value(value) == 3)
		return 0;
	if (json_is_integer(value) && json_integer_value(value) > 3)
		return zf_fail(op, EOPNOTSUPP, "%s %s is not supported", key, token);
	if (zf_json_text(value))
		return zf_fail(op, EOPNOTSUPP, "%s '%s', an early draft of v3, is not supported", key,
			zf_json_show(value, show));
	return zf_fail(op, EIO, "%s: expected 3, found %.40s", key, token ? token : zf_json_kind(value));
}

static int read_kind(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const kinds[] = { "array", "group" };
	int choice;

	if (zf_read_choice(op, key, value, kinds, &choice) < 0)
		return -1;
	read->meta->kind = choice ? ZF_NODE_GROUP : ZF_NODE_ARRAY;
	return 0;
}

/* In an order in which each has what it needs: shape before chunks, data type and codecs before the fill
 * value. */
static const struct zf_member array_members[] = {
	{ "zarr_format", true, skip },
	{ "node_type", true, skip },
	{ "shape", true, zf_read_shape },
	{ "data_type", true, read_dtype },
	{ "chunk_grid", true, read_grid },
	{ "chunk_key_encoding", true, read_keys },
	{ "codecs", true, read_codecs },
	{ "fill_value", true, read_fill_value },
	{ "storage_transformers", false, read_transformers },
	{ "dimension_names", false, read_names },
	{ "attributes", false, zf_read_attributes },
	{ "consolidated_metadata", false, skip },
};

static const struct zf_member group_members[] = {
	{ "zarr_format", true, skip },
	{ "node_type", true, skip },
	{ "attributes", false, zf_read_attributes },
	{ "consolidated_metadata", false, skip },
};

static const struct zf_member node_members[] = {
	{ "zarr_format", true, read_format },
	{ "node_type", true, read_kind },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_member(const char *key, const struct zf_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(members[i].key, key) == 0)
			return true;
	return false;
}

/* A member that nobody knows may change the meaning of all others, unless it says that it does not. */
static void refuse_unknown(struct zf_op *why, json_t *doc, const struct zf_member *members, size_t count)
{
	const char *key;
	json_t *value;

	json_object_foreach(doc, key, value)
	{
		char show[64];
		json_t *name;

		if (is_member(key, members, count) || ignorable(value))
			continue;
		name = json_string(key);
		if (name)
			zf_fail(why, EOPNOTSUPP, "unknown key '%s' must be understood",
				zf_json_show(name, show));
		else
			zf_nomem(why, sizeof *name);
		json_decref(name);
		return;
	}
}

static void parse_node(struct zf_op *why, struct zf_read *read, json_t *doc)
{
	if (zf_read_members(why, read, doc, node_members, COUNT(node_members)) < 0)
		return;
	if (read->meta->kind == ZF_NODE_GROUP) {
		zf_read_members(why, read, doc, group_members, COUNT(group_members));
		refuse_unknown(why, doc, group_members, COUNT(group_members));
		return;
	}
	zf_read_members(why, read, doc, array_members, COUNT(array_members));
	refuse_unknown(why, doc, array_members, COUNT(array_members));
	zf_read_finish(why, read, "chunk_shape");
}

/* Consolidated metadata, which may be long, are for others to read: here only their place counts. *copy is a
 * document without them, to be freed, where that is worth it. */
static int pass_over(struct zf_op *why, struct zf_meta *meta, const char **doc, size_t len, char **copy)
{
	struct zf_json_member found;
	struct zf_op own;

	*copy = NULL;
	zf_op_init(&own); /* what is broken is found again below, by a parser with better words */
	if (zf_json_walk_find(&own, *doc, len, 0, "consolidated_metadata", &found) != 0 ||
		found.len < PASS_OVER)
		return 0;
	*copy = malloc(len);
	if (!*copy)
		return zf_nomem(why, len);
	memcpy(*copy, *doc, len);
	memset(*copy + found.at, ' ', found.len);
	memcpy(*copy + found.at, "null", 4);
	meta->passed_over = found.len;
	*doc = *copy;
	return 0;
}

int zf_meta_parse_v3(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out)
{
	struct zf_meta *meta = zf_read_new(ZF_NODE_ARRAY, 3);
	struct zf_read read = { .meta = meta };
	struct zf_op why;
	const char *text = doc;
	char *copy = NULL;
	json_t *object;

	if (!meta)
		return zf_nomem(op, sizeof *meta);
	zf_op_init(&why);
	meta->array.separator_declared = true;
	if (pass_over(&why, meta, &text, len, &copy) == 0 &&
		zf_read_document(&why, text, len, &object) == 0) {
		parse_node(&why, &read, object);
		zf_dtype_free(&read.type);
		json_decref(object);
	}
	free(copy);
	return zf_read_done(op, &why, meta, out);
}
