/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What zarr-python wrote before there were format numbers: __zmeta__ and __zattr__. In 0.4 __zmeta__ is JSON
 * (its "PERSISTENCE.rst"); in 0.3 the same dictionary pickled, and without __zattr__. Chunks are blosc
 * frames in C order, all of them in the folder __zdata__.
 */
#include "meta/chain.h"
#include "meta/json.h"
#include "meta/pickle.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

static const struct zf_member members[] = {
	{ "shape", true, zf_read_shape },
	{ "chunks", true, zf_read_chunk },
	{ "dtype", true, zf_read_dtype },
	{ "fill_value", true, zf_read_fill_value },
};

static int lower(struct zf_op *op, struct zf_array_meta *array, const json_t *doc)
{
	static const char *const keys[] = { "cname", "clevel", "shuffle" };
	json_t *compressor = array->compressor = json_pack("{s:s}", "id", "blosc");

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		json_t *value = json_object_get(doc, keys[i]);

		if (!value)
			return zf_fail(op, EIO, "%s: missing", keys[i]);
		if (json_object_set(compressor, keys[i], value) < 0)
			return zf_nomem(op, sizeof *value);
	}
	return zf_chain_lower(op, array->ndim, false, NULL, compressor, &array->codecs);
}

static void parse_array(struct zf_op *why, struct zf_meta *meta, const json_t *doc)
{
	struct zf_read read = { .meta = meta };
	struct zf_op own;

	zf_read_members(why, &read, doc, members, sizeof members / sizeof members[0]);
	zf_op_init(&own);
	lower(&own, &meta->array, doc);
	zf_op_adopt(why, &own);
	zf_read_finish(why, &read, "chunks");
	zf_dtype_free(&read.type);
}

static bool is_json(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", *text) && *text) {
		text++;
		len--;
	}
	return len > 0 && *text == '{';
}

int zf_meta_parse_v0(struct zf_op *op, const void *doc, size_t len, const void *attrs, size_t attrs_len,
	struct zf_meta **out)
{
	struct zf_meta *meta = zf_read_new(ZF_NODE_ARRAY, 0);
	bool json = is_json(doc, len);
	struct zf_op why;
	json_t *object;
	int result;

	if (!meta)
		return zf_nomem(op, sizeof *meta);
	meta->format = json ? "0.4" : "0.3";
	meta->read_only = "the formats of zarr 0.3 and 0.4 are read only";
	meta->array.separator = '.';
	meta->array.separator_declared = true;
	meta->array.key_folder = "__zdata__";
	meta->array.key_ending = ".blosc";
	zf_op_init(&why);
	result = json ? zf_read_document(&why, doc, len, &object) : zf_pickle_parse(&why, doc, len, &object);
	if (result == 0) {
		parse_array(&why, meta, object);
		json_decref(object);
	}
	if (attrs && zf_read_attributes_document(op, meta, "__zattr__", attrs, attrs_len) < 0) {
		zf_meta_free(meta);
		return -1;
	}
	return zf_read_done(op, &why, meta, out);
}
