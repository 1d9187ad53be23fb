/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings from a parsed document.
 *
 * v2's filters are v3's codecs, but v3 tells those that make arrays of arrays, which stand before "bytes",
 * from those that make bytes of bytes, which stand behind it.
 */
#include "meta/like.h"
#include "meta/chain.h"
#include "meta/codec_form.h"
#include "meta/dtype.h"
#include "meta/fill.h"

#include <errno.h>
#include <string.h>

/* ---- types and values ---- */

/* NumPy's name of a type, little endian. */
static json_t *little(const json_t *dtype)
{
	const char *text = json_string_value(dtype);

	return text && text[0] == '>' ? json_sprintf("<%s", text + 1) : json_incref((json_t *)dtype);
}

static int like_type(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	bool same = (meta->zarr_format == 3) == (out->zarr_format == 3);

	if (out->zarr_format == 3 && meta->data_type)
		out->dtype = json_incref(meta->data_type);
	else if (same || out->zarr_format == 2)
		out->dtype = json_incref(meta->dtype);
	else
		out->dtype = little(meta->dtype);
	out->big_endian = !same && out->zarr_format == 3 && meta->spec.big_endian;
	return out->dtype ? 0 : zf_nomem(op, 8);
}

/* The fill value in the words of the other format. */
static int print_fill(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	struct zf_dtype type = { 0 };
	bool is_v3;
	int rc = zf_dtype_parse_any(op, meta->data_type ? meta->data_type : meta->dtype, &type, &is_v3);

	if (rc == 0)
		rc = zf_fill_print(op, out->zarr_format, &type, meta->fill, &out->fill_value);
	zf_dtype_free(&type);
	return rc;
}

static int like_fill(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	bool same = (meta->zarr_format == 3) == (out->zarr_format == 3);

	if (same || json_is_null(meta->fill_value)) {
		/* "none" is read as zeros: that has to be said where the default is something else */
		if (!same)
			return print_fill(op, meta, out);
		out->fill_value = json_incref(meta->fill_value);
		return 0;
	}
	return print_fill(op, meta, out);
}

/* ---- shapes ---- */

static void like_shapes(const struct zf_array_meta *meta, struct zf_new_array *out)
{
	out->has_shape = out->has_chunks = true;
	out->ndim = out->chunk_ndim = meta->ndim;
	memcpy(out->shape, meta->shape, sizeof out->shape);
	memcpy(out->chunks, meta->chunk, sizeof out->chunks);
	if (!meta->inner_chunk)
		return;
	for (unsigned i = 0; i < meta->ndim; i++)
		out->chunks[i] = (uint64_t)json_integer_value(json_array_get(meta->inner_chunk, i));
	if (out->zarr_format == 2)
		return;
	out->has_shards = true;
	out->shard_ndim = meta->ndim;
	memcpy(out->shards, meta->chunk, sizeof out->shards);
}

/* ---- chains ---- */

/* Codecs of numcodecs that make arrays of arrays, in v3. */
static bool is_array_filter(const char *id)
{
	static const char *const ids[] = { "delta", "bitround", "fixedscaleoffset", "quantize", "packbits",
		"astype" };

	for (size_t i = 0; id && i < sizeof ids / sizeof *ids; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

/* Filters whose elements are the type's, in its byte order. */
static int check_swapped(struct zf_op *op, const struct zf_new_array *out)
{
	if (out->big_endian && json_array_size(out->filters) > 0)
		return zf_fail(
			op, EOPNOTSUPP, "filters: on big-endian elements they are something else in v3");
	return 0;
}

static int v2_to_v3(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	size_t index;
	json_t *codec;

	out->filters = json_array();
	out->compressor = json_array();
	json_array_foreach(meta->filters, index, codec)
	{
		const char *id = json_string_value(json_object_get(codec, "id"));
		json_t *list = is_array_filter(id) ? out->filters : out->compressor;

		if (list == out->filters && json_array_size(out->compressor) > 0)
			return zf_fail(
				op, EOPNOTSUPP, "filters: v3 cannot have '%.60s' behind one of bytes", id);
		if (json_array_append(list, codec) < 0)
			return zf_nomem(op, 8);
	}
	if (json_is_object(meta->compressor) && json_array_append(out->compressor, meta->compressor) < 0)
		return zf_nomem(op, 8);
	return check_swapped(op, out);
}

/* Whether the chain stores anything in another order than C and F. */
static bool is_transpose(const json_t *codec)
{
	const char *name = json_string_value(json_object_get(codec, "name"));

	return name && strcmp(name, "transpose") == 0;
}

/* Takes a chain without shards apart: what stands before "bytes", and behind it. */
static int take_apart(struct zf_op *op, const json_t *chain, bool skip_order, json_t *before, json_t *behind)
{
	bool found = false;
	size_t index;
	json_t *codec;

	json_array_foreach(chain, index, codec)
	{
		const char *name = json_string_value(json_object_get(codec, "name"));

		if (name && strcmp(name, "bytes") == 0 && !found) {
			found = true;
			continue;
		}
		if (skip_order && index == 0 && is_transpose(codec))
			continue;
		if (json_array_append(found ? behind : before, codec) < 0)
			return zf_nomem(op, 8);
	}
	if (!found)
		return zf_fail(op, EOPNOTSUPP,
			"codecs: they make bytes of elements in a way of their own; "
			"the chain can only be kept, or replaced as a whole");
	return 0;
}

/* The chain of the chunks that are decoded at once. */
static const json_t *inner_chain(const struct zf_array_meta *meta)
{
	const json_t *codec = json_array_get(meta->codecs, 0);

	if (!meta->inner_chunk)
		return meta->codecs;
	return json_object_get(json_object_get(codec, "configuration"), "codecs");
}

/* v2 has one compressor, the last one; all else are filters. */
static int v2_parts(struct zf_op *op, struct zf_new_array *out, json_t *before, json_t *behind)
{
	size_t n = json_array_size(behind), index;
	json_t *codec;

	json_array_foreach(before, index, codec)
	{
		if (is_transpose(codec))
			return zf_fail(op, EOPNOTSUPP, "codecs: v2 has no order of elements but C and F");
	}
	for (size_t i = 0; i + 1 < n; i++)
		if (json_array_append(before, json_array_get(behind, i)) < 0)
			return zf_nomem(op, 8);
	out->compressor = n > 0 ? json_incref(json_array_get(behind, n - 1)) : json_null();
	out->filters = json_array_size(before) > 0 ? json_incref(before) : json_null();
	return 0;
}

static int v3_parts(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	const json_t *chain = inner_chain(meta);
	bool order_f = meta->ndim > 1 && zf_chain_is_order_f(chain, meta->ndim);
	json_t *before = json_array(), *behind = json_array();
	int rc = before && behind ? take_apart(op, chain, order_f, before, behind) : zf_nomem(op, 8);

	if (order_f)
		out->order = 'F';
	if (rc == 0 && out->zarr_format == 2) {
		rc = v2_parts(op, out, before, behind);
	} else if (rc == 0) {
		out->filters = json_incref(before);
		out->compressor = json_incref(behind);
		out->big_endian = zf_chain_is_big_endian(chain);
	}
	json_decref(before);
	json_decref(behind);
	return rc;
}

static int like_codecs(
	struct zf_op *op, const struct zf_array_meta *meta, bool parts, struct zf_new_array *out)
{
	if (meta->zarr_format == 3 && out->zarr_format == 3 && !parts) {
		out->codecs = json_incref(meta->codecs_shown);
		return 0;
	}
	if (meta->zarr_format == 3)
		return v3_parts(op, meta, out);
	out->order = meta->order[0];
	if (out->zarr_format == 3)
		return v2_to_v3(op, meta, out);
	out->compressor = json_incref(meta->compressor);
	out->filters = json_incref(meta->filters);
	return 0;
}

static int like_labels(struct zf_op *op, const struct zf_array_meta *meta, struct zf_new_array *out)
{
	if (meta->zarr_format == 3 && out->zarr_format == 3) {
		out->v2_keys = !meta->key_c;
		out->separator = meta->separator;
		out->dimension_names = json_incref(meta->dimension_names);
	} else if (meta->zarr_format != 3 && out->zarr_format == 2 && meta->separator_declared) {
		out->separator = meta->separator;
	}
	(void)op;
	return 0;
}

int zf_new_array_like(struct zf_op *op, const struct zf_array_meta *meta, int zarr_format, bool parts,
	struct zf_new_array *out)
{
	memset(out, 0, sizeof *out);
	out->zarr_format = zarr_format;
	if (meta->spec.kind == 'O')
		return zf_fail(op, EOPNOTSUPP,
			"dtype: arrays of elements that vary in length can only be copied as they are");
	if (meta->zarr_format < 1)
		return zf_fail(
			op, EOPNOTSUPP, "zarr_format: arrays of this format can only be copied as they are");
	like_shapes(meta, out);
	if (like_type(op, meta, out) < 0 || like_fill(op, meta, out) < 0)
		return -1;
	if (like_codecs(op, meta, parts, out) < 0)
		return -1;
	return like_labels(op, meta, out);
}
