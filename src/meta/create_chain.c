/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codecs of a new array: zarr-python's, or those that are asked for.
 */
#include "meta/build.h"
#include "meta/chain.h"
#include "meta/codec_form.h"
#include "meta/json.h"
#include "meta/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int append(struct zf_build *b, json_t *list, json_t *value)
{
	return json_array_append_new(list, value) < 0 ? zf_nomem(b->op, sizeof *value) : 0;
}

static bool is_none(const json_t *codec)
{
	const char *word = json_string_value(codec);

	return json_is_null(codec) || (word && strcmp(word, "none") == 0);
}

static int append_form(struct zf_build *b, json_t *list, const char *key, const json_t *given)
{
	json_t *codec;

	if (zf_codec_form(b->op, b->array->zarr_format, key, given, b->type.itemsize, &codec) < 0)
		return -1;
	return append(b, list, codec);
}

/* Appends what is one codec, a list of them, or none. */
static int append_forms(struct zf_build *b, json_t *list, const char *key, const json_t *given)
{
	if (!given || is_none(given))
		return 0;
	if (!json_is_array(given))
		return append_form(b, list, key, given);
	for (size_t i = 0; i < json_array_size(given); i++)
		if (append_form(b, list, key, json_array_get(given, i)) < 0)
			return -1;
	return 0;
}

/* The compressor asked for, or zarr-python's. */
static int append_compressor(struct zf_build *b, json_t *list)
{
	json_t *usual = json_string(b->array->zarr_format > 2 ? "zstd" : "blosc");
	const json_t *asked = b->array->compressor;
	int rc = usual ? append_forms(b, list, "compressor", asked ? asked : usual) : zf_nomem(b->op, 8);

	json_decref(usual);
	return rc;
}

/* The codec that makes bytes: it says a byte order where there is one to say. */
static int append_bytes(struct zf_build *b, json_t *list)
{
	struct zf_unit *units;
	unsigned n = 0;

	if (zf_dtype_units(b->op, &b->type, &units, &n) < 0)
		return -1;
	free(units);
	if (b->type.swap || n)
		return append(b, list,
			json_pack("{s:s, s:{s:s}}", "name", "bytes", "configuration", "endian",
				b->array->big_endian ? "big" : "little"));
	return append(b, list, json_pack("{s:s}", "name", "bytes"));
}

static json_t *reversal(unsigned ndim)
{
	json_t *order = json_array();

	while (order && ndim-- > 0)
		json_array_append_new(order, json_integer(ndim));
	return json_pack("{s:s, s:{s:o}}", "name", "transpose", "configuration", "order", order);
}

/* v3's chain from the parts that a user names. */
static int make_chain(struct zf_build *b)
{
	const struct zf_new_array *a = b->array;

	b->codecs = json_array();
	if (!b->codecs)
		return zf_nomem(b->op, sizeof *b->codecs);
	if (a->order == 'F' && a->ndim > 1 && append(b, b->codecs, reversal(a->ndim)) < 0)
		return -1;
	if (append_forms(b, b->codecs, "filters", a->filters) < 0 || append_bytes(b, b->codecs) < 0)
		return -1;
	return append_compressor(b, b->codecs);
}

/* Whether a shard's own words about its chunks are those of `chunks`. */
static bool same_chunks(const struct zf_new_array *a, const json_t *inner)
{
	if (!a->has_chunks)
		return true;
	if (json_array_size(inner) != a->chunk_ndim)
		return false;
	for (unsigned i = 0; i < a->chunk_ndim; i++)
		if (json_integer_value(json_array_get(inner, i)) != (json_int_t)a->chunks[i])
			return false;
	return true;
}

static int check_chain(struct zf_build *b, const json_t *normal)
{
	const struct zf_new_array *a = b->array;
	const json_t *inner = zf_chain_inner_chunk(normal);
	bool order_f = zf_chain_is_order_f(normal, a->ndim);

	if (a->order && a->ndim > 1 && (a->order == 'F') != order_f)
		return zf_fail(b->op, EINVAL, "order: the codecs make it %c", order_f ? 'F' : 'C');
	b->sharded = inner != NULL;
	if (inner && !a->has_shards)
		return zf_fail(b->op, EINVAL, "shards: missing, since the codecs make shards");
	if (inner && !same_chunks(a, inner))
		return zf_fail(b->op, EINVAL, "chunks: the codecs have others in a shard");
	return 0;
}

/* v3's chain as the user has it. */
static int take_chain(struct zf_build *b)
{
	const struct zf_new_array *a = b->array;
	json_t *normal;
	int rc;

	if (a->compressor || a->filters)
		return zf_fail(b->op, EINVAL, "codecs: they are the whole chain, there can be no %s as well",
			a->compressor ? "compressor" : "filters");
	if (zf_chain_normal(b->op, a->codecs, &normal) < 0)
		return zf_read_invalid(b->op);
	b->codecs = json_incref(a->codecs);
	rc = check_chain(b, normal);
	json_decref(normal);
	return rc;
}

int zf_build_codecs_v3(struct zf_build *b)
{
	if (b->array->zarr_format > 2)
		return b->array->codecs ? take_chain(b) : make_chain(b);
	if (b->array->codecs)
		return zf_fail(b->op, EINVAL, "codecs: zarr_format 2 has compressor and filters instead");
	return 0;
}

json_t *zf_build_shards(struct zf_build *b)
{
	json_t *index = json_pack("[{s:s, s:{s:s}}, {s:s}]", "name", "bytes", "configuration", "endian",
		"little", "name", "crc32c");

	return json_pack("[{s:s, s:{s:o, s:O, s:o, s:s}}]", "name", "sharding_indexed", "configuration",
		"chunk_shape", zf_build_sizes(b->chunk, b->array->ndim), "codecs", b->codecs, "index_codecs",
		index, "index_location", "end");
}

/* A reference of its own to the one of a list, or null. */
static json_t *compressor_of(const json_t *list)
{
	return json_array_size(list) ? json_incref(json_array_get(list, 0)) : json_null();
}

int zf_build_codecs_v2(struct zf_build *b, json_t *doc)
{
	json_t *compressor = json_array(), *filters = json_array();
	int rc = compressor && filters ? 0 : zf_nomem(b->op, sizeof *filters);

	if (rc == 0 && b->array->ndim > 0)
		rc = append_compressor(b, compressor);
	if (rc == 0 && json_array_size(compressor) > 1)
		rc = zf_fail(b->op, EINVAL, "compressor: zarr_format 2 has one at most");
	if (rc == 0)
		rc = append_forms(b, filters, "filters", b->array->filters);
	if (rc == 0)
		rc = zf_build_set(b, doc, "compressor", compressor_of(compressor));
	if (rc == 0)
		rc = zf_build_set(
			b, doc, "filters", json_array_size(filters) ? json_incref(filters) : json_null());
	json_decref(compressor);
	json_decref(filters);
	return rc;
}
