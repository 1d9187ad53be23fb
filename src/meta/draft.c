/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The early drafts of Zarr v3, as zarr-python 2.10 to 2.18 wrote them: documents without a zarr_format, which
 * the root's says once for all; v2's data types, order and compressor under other names.
 */
#include "meta/chain.h"
#include "meta/json.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

#define PROTOCOL "https://purl.org/zarr/spec/protocol/core/3.0"
#define CODEC "https://purl.org/zarr/spec/codec/"

static int read_grid(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const separators[] = { "/", "." };
	const char *type = zf_json_text(json_object_get(value, "type"));
	const json_t *separator = json_object_get(value, "separator");
	int choice = 0;

	if (!type || strcmp(type, "regular") != 0)
		return zf_fail(op, EOPNOTSUPP, "%s: a type other than 'regular' is not supported", key);
	if (separator && zf_read_choice(op, "chunk_grid: separator", separator, separators, &choice) < 0)
		return -1;
	read->meta->array.separator = separators[choice][0];
	return zf_read_chunk(op, read, "chunk_shape", json_object_get(value, "chunk_shape"));
}

/* An extension type has NumPy's name for it as its type. */
static int read_dtype(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	return zf_read_dtype(op, read, key, json_is_object(value) ? json_object_get(value, "type") : value);
}

static int read_extensions(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	(void)read;
	if (json_array_size(value) > 0)
		return zf_fail(op, EOPNOTSUPP, "%s are not supported", key);
	return 0;
}

/* {"codec": "https://.../gzip/1.0", "configuration": {}} as v2 has it: {"id": "gzip"} */
static int read_compressor(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	const json_t *configuration = json_object_get(value, "configuration");
	const char *uri = zf_json_text(json_object_get(value, "codec")), *id, *end;
	json_t *compressor;

	if (json_is_null(value))
		return 0;
	if (!uri || strncmp(uri, CODEC, strlen(CODEC)) != 0 || !(end = strchr(uri + strlen(CODEC), '/')))
		return zf_fail(op, EOPNOTSUPP, "%s: this codec is not supported", key);
	id = uri + strlen(CODEC);
	compressor = json_is_object(configuration) ? json_copy((json_t *)configuration) : json_object();
	if (!compressor || json_object_set_new(compressor, "id", json_stringn(id, (size_t)(end - id))) < 0) {
		json_decref(compressor);
		return zf_nomem(op, sizeof *compressor);
	}
	read->meta->array.compressor = compressor;
	return 0;
}

static const struct zf_member members[] = {
	{ "shape", true, zf_read_shape },
	{ "chunk_grid", true, read_grid },
	{ "data_type", true, read_dtype },
	{ "fill_value", true, zf_read_fill_value },
	{ "chunk_memory_layout", true, zf_read_order },
	{ "compressor", false, read_compressor },
	{ "extensions", false, read_extensions },
	{ "attributes", false, zf_read_attributes },
};

static const struct zf_member group_members[] = {
	{ "extensions", false, read_extensions },
	{ "attributes", false, zf_read_attributes },
};

static void parse_array(struct zf_op *why, struct zf_meta *meta, const json_t *doc)
{
	struct zf_read read = { .meta = meta };
	struct zf_array_meta *array = &meta->array;
	struct zf_op own;

	zf_read_members(why, &read, doc, members, sizeof members / sizeof members[0]);
	zf_op_init(&own);
	zf_chain_lower(&own, array->ndim, array->order[0] == 'F', NULL, array->compressor, &array->codecs);
	zf_op_adopt(why, &own);
	zf_read_finish(why, &read, "chunk_shape");
	zf_dtype_free(&read.type);
}

bool zf_meta_is_draft(const void *doc, size_t len)
{
	struct zf_op op;
	json_t *object;
	const char *format;
	bool is = false;

	zf_op_init(&op);
	if (zf_read_document(&op, doc, len, &object) == 0) {
		format = zf_json_text(json_object_get(object, "zarr_format"));
		is = format && strcmp(format, PROTOCOL) == 0;
		json_decref(object);
	}
	return is;
}

int zf_meta_parse_draft(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out)
{
	struct zf_meta *meta = zf_read_new(ZF_NODE_ARRAY, 0);
	struct zf_read read = { .meta = meta };
	struct zf_op why;
	json_t *object;

	if (!meta)
		return zf_nomem(op, sizeof *meta);
	meta->format = "3-draft";
	meta->read_only = "drafts of Zarr v3 are read only";
	meta->array.separator = '/';
	meta->array.separator_declared = true;
	meta->array.key_c = meta->array.key_c_joined = true;
	zf_op_init(&why);
	if (zf_read_document(&why, doc, len, &object) == 0) {
		meta->kind = json_object_get(object, "shape") ? ZF_NODE_ARRAY : ZF_NODE_GROUP;
		if (meta->kind == ZF_NODE_ARRAY)
			parse_array(&why, meta, object);
		else
			zf_read_members(&why, &read, object, group_members,
				sizeof group_members / sizeof group_members[0]);
		json_decref(object);
	}
	return zf_read_done(op, &why, meta, out);
}
