/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of codecs as JSON.
 */
#include "meta/chain.h"

#include "meta/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- v2 ---- */

static int append(struct zf_op *op, json_t *chain, json_t *codec)
{
	if (!codec || json_array_append_new(chain, codec) < 0)
		return zf_nomem(op, sizeof *codec);
	return 0;
}

static json_t *reversal(unsigned ndim)
{
	json_t *order = json_array();

	while (order && ndim-- > 0) {
		if (json_array_append_new(order, json_integer(ndim)) < 0) {
			json_decref(order);
			return NULL;
		}
	}
	return json_pack("{s:s, s:{s:o}}", "name", "transpose", "configuration", "order", order);
}

/* {"id": "zlib", "level": 1} as {"name": "numcodecs.zlib", "configuration": {"level": 1}} */
static int append_lowered(struct zf_op *op, json_t *chain, const char *key, const json_t *codec)
{
	const json_t *id = json_object_get(codec, "id");
	json_t *name, *config;

	if (!json_is_object(codec))
		return zf_fail(op, EIO, "%s: expected an object, found %s", key, zf_json_kind(codec));
	if (!zf_json_text(id))
		return zf_fail(op, EIO, "%s: id: expected a name, found %s", key, zf_json_kind(id));
	name = json_sprintf("numcodecs.%s", json_string_value(id));
	config = json_deep_copy(codec);
	json_object_del(config, "id");
	return append(op, chain, json_pack("{s:o, s:o}", "name", name, "configuration", config));
}

static int append_filters(struct zf_op *op, json_t *chain, const json_t *filters)
{
	if (!filters || json_is_null(filters))
		return 0;
	if (!json_is_array(filters))
		return zf_fail(op, EIO, "filters: expected a list or null, found %s", zf_json_kind(filters));
	for (size_t i = 0; i < json_array_size(filters); i++)
		if (append_lowered(op, chain, "filters", json_array_get(filters, i)) < 0)
			return -1;
	return 0;
}

int zf_chain_lower(struct zf_op *op, unsigned ndim, bool order_f, const json_t *filters,
	const json_t *compressor, json_t **out)
{
	json_t *chain = json_array();

	if (!chain)
		return zf_nomem(op, sizeof *chain);
	if (order_f && ndim > 1 && append(op, chain, reversal(ndim)) < 0)
		goto failed;
	if (append(op, chain, json_pack("{s:s}", "name", "bytes")) < 0 ||
		append_filters(op, chain, filters) < 0)
		goto failed;
	if (compressor && !json_is_null(compressor) &&
		append_lowered(op, chain, "compressor", compressor) < 0)
		goto failed;
	*out = chain;
	return 0;
failed:
	json_decref(chain);
	return -1;
}

/* ---- v3 ---- */

static bool is_named(const json_t *codec, const char *name)
{
	const char *s = json_string_value(json_object_get(codec, "name"));

	return s && strcmp(s, name) == 0;
}

static const json_t *param(const json_t *codec, const char *key)
{
	return json_object_get(json_object_get(codec, "configuration"), key);
}

static int normal_list(struct zf_op *op, const char *key, const json_t *codecs, json_t **out);

/* A shard has chains of its own; what is no list there is left for the codec to complain about. */
static int normal_shard(struct zf_op *op, json_t *codec)
{
	static const char *const keys[] = { "codecs", "index_codecs" };

	for (size_t i = 0; i < 2; i++) {
		const json_t *codecs = param(codec, keys[i]);
		json_t *normal;

		if (!json_is_array(codecs))
			continue;
		if (normal_list(op, keys[i], codecs, &normal) < 0)
			return zf_where(op, "codec 'sharding_indexed'");
		if (json_object_set_new(json_object_get(codec, "configuration"), keys[i], normal) < 0)
			return zf_nomem(op, sizeof *normal);
	}
	return 0;
}

static bool reverses(const json_t *order, unsigned ndim);

/* N5's blocks (zarr-extensions, "n5_default"): their first codec reverses the axes, which is an array ->
 * array codec of ours before the block. The specification wants just that, then bytes. */
static int append_n5(struct zf_op *op, json_t *chain, const json_t *codec)
{
	json_t *codecs = json_deep_copy(param(codec, "codecs")), *transpose = json_array_get(codecs, 0);
	const json_t *order = param(transpose, "order");
	int result = -1;

	if (json_array_size(codecs) < 2 || !is_named(transpose, "transpose") ||
		!reverses(order, (unsigned)json_array_size(order)) ||
		!is_named(json_array_get(codecs, 1), "bytes"))
		zf_fail(op, EIO, "codec 'n5_default': codecs: expected a transpose that reverses, and bytes");
	else if (append(op, chain, json_incref(transpose)) == 0 && json_array_remove(codecs, 0) == 0)
		result = append(op, chain,
			json_pack("{s:s, s:{s:O}}", "name", "n5_block", "configuration", "codecs", codecs));
	json_decref(codecs);
	return result;
}

static int append_normal(struct zf_op *op, json_t *chain, const char *key, const json_t *codec)
{
	const json_t *name = json_is_object(codec) ? json_object_get(codec, "name") : codec;
	const json_t *config = json_object_get(codec, "configuration");
	json_t *copy;

	if (!json_is_object(codec) && !json_is_string(codec))
		return zf_fail(
			op, EIO, "%s: expected a string or an object, found %s", key, zf_json_kind(codec));
	if (!zf_json_text(name))
		return zf_fail(op, EIO, "%s: name: expected a name, found %s", key, zf_json_kind(name));
	if (config && !json_is_object(config))
		return zf_fail(op, EIO, "%s: configuration: expected an object, found %s", key,
			zf_json_kind(config));
	if (strcmp(json_string_value(name), "n5_default") == 0)
		return append_n5(op, chain, codec);
	copy = json_is_object(codec) ? json_deep_copy(codec) : json_pack("{s:O}", "name", name);
	if (append(op, chain, copy) < 0)
		return -1;
	return is_named(copy, "sharding_indexed") ? normal_shard(op, copy) : 0;
}

static int normal_list(struct zf_op *op, const char *key, const json_t *codecs, json_t **out)
{
	json_t *chain = json_array();

	if (!chain)
		return zf_nomem(op, sizeof *chain);
	for (size_t i = 0; i < json_array_size(codecs); i++) {
		if (append_normal(op, chain, key, json_array_get(codecs, i)) < 0) {
			json_decref(chain);
			return -1;
		}
	}
	*out = chain;
	return 0;
}

int zf_chain_normal(struct zf_op *op, const json_t *codecs, json_t **out)
{
	if (!json_is_array(codecs))
		return zf_fail(op, EIO, "codecs: expected a list, found %s", zf_json_kind(codecs));
	if (json_array_size(codecs) == 0)
		return zf_fail(op, EIO, "codecs: the list is empty");
	return normal_list(op, "codecs", codecs, out);
}

bool zf_chain_is_big_endian(const json_t *chain)
{
	for (size_t i = 0; i < json_array_size(chain); i++) {
		const json_t *codec = json_array_get(chain, i);
		const char *endian = json_string_value(param(codec, "endian"));

		if (is_named(codec, "sharding_indexed"))
			return zf_chain_is_big_endian(param(codec, "codecs"));
		if (is_named(codec, "bytes") || is_named(codec, "endian"))
			return endian && strcmp(endian, "big") == 0;
	}
	return false;
}

const json_t *zf_chain_inner_chunk(const json_t *chain)
{
	for (size_t i = 0; i < json_array_size(chain); i++) {
		const json_t *codec = json_array_get(chain, i);
		const json_t *shape = param(codec, "chunk_shape");

		if (is_named(codec, "sharding_indexed"))
			return json_is_array(shape) ? shape : NULL;
	}
	return NULL;
}

static bool reverses(const json_t *order, unsigned ndim)
{
	const char *word = json_string_value(order);

	if (word)
		return strcmp(word, "F") == 0;
	if (json_array_size(order) != ndim)
		return false;
	for (unsigned i = 0; i < ndim; i++) {
		const json_t *axis = json_array_get(order, i);

		if (!json_is_integer(axis) || json_integer_value(axis) != (json_int_t)(ndim - 1 - i))
			return false;
	}
	return true;
}

bool zf_chain_is_order_f(const json_t *chain, unsigned ndim)
{
	bool f = false;

	for (size_t i = 0; ndim > 1 && i < json_array_size(chain); i++) {
		const json_t *codec = json_array_get(chain, i);

		if (!is_named(codec, "transpose"))
			continue;
		if (f || !reverses(param(codec, "order"), ndim))
			return false;
		f = true;
	}
	return f;
}
