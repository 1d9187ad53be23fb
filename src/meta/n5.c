/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * N5: attributes.json (github.com/saalfeldlab/n5, "File-system specification").
 *
 * N5 counts axes from the one that varies fastest. They are shown the other way round, as zarr-python and
 * z5 do, so that the bytes of a block are in C order: shape and chunks are reversed here, and keys later.
 * Elements are big-endian in the store and, as in v3, little-endian in the flat file.
 *
 * A file of this name may be anything. It is a data set's if it has all that a data set needs, and a group's
 * if it says which version of N5 it is, as the root's does; other groups are folders like any other.
 */
#include "meta/json.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

static const char *const own_keys[] = { "dimensions", "blockSize", "dataType", "compression",
	"compressionType", "codecs", "shardSize", "n5" };

static void reverse(uint64_t *n, unsigned count)
{
	for (unsigned i = 0; i < count / 2; i++) {
		uint64_t x = n[i];

		n[i] = n[count - 1 - i];
		n[count - 1 - i] = x;
	}
}

static int read_shape(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	if (zf_read_shape(op, read, key, value) < 0)
		return -1;
	reverse(read->meta->array.shape, read->meta->array.ndim);
	return 0;
}

static int read_chunk(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	if (zf_read_chunk(op, read, key, value) < 0)
		return -1;
	reverse(read->meta->array.chunk, read->chunk_ndim);
	return 0;
}

/* The types are those of v3 that N5 has. */
static int read_dtype(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	static const char *const names[] = { "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32",
		"int64", "float32", "float64" };
	const char *name = zf_json_text(value);
	struct zf_dtype type = { 0 };
	size_t i = 0;

	read->meta->array.dtype = json_incref((json_t *)value);
	if (!name)
		return zf_fail(op, EIO, "%s: expected a name, found %s", key, zf_json_kind(value));
	while (i < sizeof names / sizeof names[0] && strcmp(names[i], name) != 0)
		i++;
	if (i == sizeof names / sizeof names[0])
		return zf_dtype_unknown(op, value);
	if (zf_dtype_parse_v3(op, value, &type) < 0) {
		zf_dtype_free(&type);
		return -1;
	}
	read->type = type;
	json_decref(read->meta->array.dtype);
	read->meta->array.dtype = json_incref(type.numpy);
	return 0;
}

/* 1.x: a name; since then an object with a type. */
static int read_compression(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_array_meta *array = &read->meta->array;

	if (json_is_object(value) && zf_json_text(json_object_get(value, "type")))
		array->compressor = json_incref((json_t *)value);
	else if (zf_json_text(value))
		array->compressor = json_pack("{s:O}", "type", value);
	else
		return zf_fail(
			op, EIO, "%s: expected an object with a type, found %s", key, zf_json_kind(value));
	return array->compressor ? 0 : zf_nomem(op, sizeof *array->compressor);
}

static const struct zf_member members[] = {
	{ "dimensions", true, read_shape },
	{ "blockSize", true, read_chunk },
	{ "dataType", true, read_dtype },
};

/* The codec of a compression, without its parameters, which are for writing. raw is none. */
static int lower_compression(struct zf_op *op, const json_t *compression, json_t **out)
{
	static const struct {
		const char *type, *codec;
	} codecs[] = {
		{ "gzip", "numcodecs.gzip" },
		{ "zlib", "numcodecs.zlib" },
		{ "bzip2", "numcodecs.bz2" },
		{ "xz", "numcodecs.lzma" },
		{ "lz4", "n5_lz4" },
		{ "blosc", "numcodecs.blosc" },
		{ "zstd", "numcodecs.zstd" },
		{ "zstandard", "numcodecs.zstd" },
	};
	const json_t *name = json_object_get(compression, "type");
	const char *type = json_string_value(name);
	char show[64];

	*out = NULL;
	if (strcmp(type, "raw") == 0)
		return 0;
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
		if (strcmp(codecs[i].type, type) != 0)
			continue;
		*out = json_pack("{s:s}", "name", codecs[i].codec);
		return *out ? 0 : zf_nomem(op, sizeof **out);
	}
	return zf_fail(op, EOPNOTSUPP, "compression '%s' is not supported", zf_json_show(name, show));
}

static int lower(struct zf_op *op, struct zf_array_meta *array)
{
	json_t *codecs = json_pack("[{s:s, s:{s:s}}]", "name", "bytes", "configuration", "endian", "big");
	json_t *compressor = NULL;
	int result = codecs ? 0 : zf_nomem(op, sizeof *codecs);

	if (result == 0)
		result = lower_compression(op, array->compressor, &compressor);
	if (result == 0 && compressor && json_array_append_new(codecs, compressor) < 0)
		result = zf_nomem(op, sizeof *codecs);
	if (result < 0) {
		json_decref(codecs);
		return -1;
	}
	array->codecs = json_pack("[{s:s, s:{s:o}}]", "name", "n5_block", "configuration", "codecs", codecs);
	return array->codecs ? 0 : zf_nomem(op, sizeof *codecs);
}

static void parse_data_set(struct zf_op *why, struct zf_meta *meta, const json_t *doc)
{
	struct zf_read read = { .meta = meta };
	struct zf_op own;
	const json_t *compression = json_object_get(doc, "compression"),
		     *old = json_object_get(doc, "compressionType");

	zf_read_members(why, &read, doc, members, sizeof members / sizeof members[0]);
	zf_op_init(&own);
	if (json_object_get(doc, "codecs") || json_object_get(doc, "shardSize"))
		zf_fail(&own, EOPNOTSUPP, "sharded N5 is not supported");
	else if (!compression && !old)
		zf_fail(&own, EIO, "compression: missing");
	else if (read_compression(&own, &read, compression ? "compression" : "compressionType",
			 compression ? compression : old) == 0)
		lower(&own, &meta->array);
	zf_op_adopt(why, &own);
	if (read.type.kind) {
		json_t *zero = json_integer(0);

		if (!zero || zf_read_fill(why, &read, zero, false) < 0)
			zf_nomem(why, sizeof *zero);
		json_decref(zero);
	}
	zf_read_finish(why, &read, "blockSize");
	zf_dtype_free(&read.type);
}

/* Everything that is not N5's own. */
static int take_attributes(struct zf_op *op, struct zf_meta *meta, const json_t *doc)
{
	json_t *attributes = json_copy((json_t *)doc);

	if (!attributes)
		return zf_nomem(op, sizeof *attributes);
	for (size_t i = 0; i < sizeof own_keys / sizeof own_keys[0]; i++)
		json_object_del(attributes, own_keys[i]);
	json_decref(meta->attributes);
	meta->attributes = attributes;
	return 0;
}

static int parse(struct zf_op *op, const json_t *doc, bool data_set, struct zf_meta **out)
{
	struct zf_meta *meta = zf_read_new(data_set ? ZF_NODE_ARRAY : ZF_NODE_GROUP, 0);
	struct zf_op why;

	if (!meta)
		return zf_nomem(op, sizeof *meta);
	meta->format = "n5";
	meta->read_only = "N5 is read only";
	meta->array.separator = '/';
	meta->array.separator_declared = true;
	meta->array.key_reversed = true;
	zf_op_init(&why);
	if (data_set)
		parse_data_set(&why, meta, doc);
	if (take_attributes(op, meta, doc) == 0)
		return zf_read_done(op, &why, meta, out);
	zf_meta_free(meta);
	return -1;
}

int zf_meta_parse_n5(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out)
{
	struct zf_op why;
	json_t *object;
	bool data_set;
	int result = 0;

	*out = NULL;
	zf_op_init(&why);
	if (zf_read_document(&why, doc, len, &object) < 0)
		return why.err == ENOMEM ? zf_op_adopt(op, &why) : 0;
	data_set = json_object_get(object, "dimensions") && json_object_get(object, "blockSize") &&
		   json_object_get(object, "dataType");
	if (data_set || zf_json_text(json_object_get(object, "n5")))
		result = parse(op, object, data_set, out);
	json_decref(object);
	return result;
}
