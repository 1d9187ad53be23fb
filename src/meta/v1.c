/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zarr v1: meta and attrs (zarr-specs, "Zarr storage specification version 1").
 *
 * There are arrays only. The names of the documents are ordinary words, so that one counts only if it says
 * zarr_format 1.
 */
#include "meta/chain.h"
#include "meta/json.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

static int read_compression(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	if (!json_is_null(value) && !zf_json_text(value))
		return zf_fail(op, EIO, "%s: expected a name or null, found %s", key, zf_json_kind(value));
	read->meta->array.compressor = json_incref((json_t *)value);
	return 0;
}

/* In an order in which each has what it needs. */
static const struct zf_member members[] = {
	{ "shape", true, zf_read_shape },
	{ "chunks", true, zf_read_chunk },
	{ "dtype", true, zf_read_dtype },
	{ "fill_value", true, zf_read_fill_value },
	{ "order", true, zf_read_order },
	{ "compression", true, read_compression },
};

/* The compressor as v2 has it: the options are its level, or an object. */
static json_t *lower_compressor(const char *name, const json_t *options)
{
	/* the first writers had gzip as another name for it */
	const char *id = strcmp(name, "gzip") == 0 ? "zlib" : name;
	json_t *compressor = json_is_object(options) ? json_copy((json_t *)options) : json_object();

	if (json_is_integer(options) && json_object_set(compressor, "level", (json_t *)options) < 0)
		goto failed;
	if (json_object_set_new(compressor, "id", json_string(id)) == 0)
		return compressor;
failed:
	json_decref(compressor);
	return NULL;
}

/* Replaces compression and its options by one compressor. */
static int lower(struct zf_op *op, struct zf_array_meta *array, const json_t *options)
{
	const char *name = json_string_value(array->compressor);
	json_t *compressor = NULL;

	if (name && strcmp(name, "none") != 0) {
		if (options && !json_is_null(options) && !json_is_object(options) &&
			!json_is_integer(options))
			return zf_fail(op, EIO,
				"compression_opts: expected an integer or an object, found %s",
				zf_json_kind(options));
		compressor = lower_compressor(name, options);
		if (!compressor)
			return zf_nomem(op, sizeof *compressor);
	}
	json_decref(array->compressor);
	array->compressor = compressor;
	return zf_chain_lower(op, array->ndim, array->order[0] == 'F', NULL, compressor, &array->codecs);
}

static void parse_array(struct zf_op *why, struct zf_meta *meta, const json_t *doc)
{
	struct zf_read read = { .meta = meta };
	struct zf_op own;

	meta->array.separator = '.';
	meta->array.separator_declared = true;
	zf_read_members(why, &read, doc, members, sizeof members / sizeof members[0]);
	zf_op_init(&own);
	lower(&own, &meta->array, json_object_get(doc, "compression_opts"));
	zf_op_adopt(why, &own);
	zf_read_finish(why, &read, "chunks");
	zf_dtype_free(&read.type);
}

int zf_meta_parse_v1(struct zf_op *op, const void *doc, size_t len, const void *attrs, size_t attrs_len,
	struct zf_meta **out)
{
	struct zf_meta *meta = NULL;
	struct zf_op why;
	json_t *object;
	int result = -1;

	*out = NULL;
	zf_op_init(&why);
	if (zf_read_document(&why, doc, len, &object) < 0)
		return why.err == ENOMEM ? zf_op_adopt(op, &why) : 0;
	if (json_integer_value(json_object_get(object, "zarr_format")) != 1) {
		json_decref(object);
		return 0;
	}
	meta = zf_read_new(ZF_NODE_ARRAY, 1);
	if (meta) {
		parse_array(&why, meta, object);
		result = attrs ? zf_read_attributes_document(op, meta, "attrs", attrs, attrs_len) : 0;
	} else {
		zf_nomem(op, sizeof *meta);
	}
	json_decref(object);
	if (result == 0)
		return zf_read_done(op, &why, meta, out);
	zf_meta_free(meta);
	return -1;
}
