/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a new array shall be, from the texts of mount options.
 */
#include "meta/create.h"

#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void zf_new_array_free(struct zf_new_array *array)
{
	json_decref(array->dtype);
	json_decref(array->fill_value);
	json_decref(array->compressor);
	json_decref(array->filters);
	json_decref(array->codecs);
	json_decref(array->attributes);
	json_decref(array->dimension_names);
	*array = (struct zf_new_array){ 0 };
}

void zf_new_array_copy(const struct zf_new_array *from, struct zf_new_array *out)
{
	*out = *from;
	json_incref(out->dtype);
	json_incref(out->fill_value);
	json_incref(out->compressor);
	json_incref(out->filters);
	json_incref(out->codecs);
	json_incref(out->attributes);
	json_incref(out->dimension_names);
}

/* One number of a list; *text moves behind it. */
static int size_option(struct zf_op *op, const char *key, const char *whole, const char **text, uint64_t *out)
{
	char *end;

	if (**text < '0' || **text > '9')
		return zf_fail(op, EINVAL, "%s: '%.60s' is no list of sizes", key, whole);
	errno = 0;
	*out = strtoull(*text, &end, 10);
	if (errno || *out > INT64_MAX)
		return zf_fail(op, EINVAL, "%s: '%.60s' has a size that is too large", key, whole);
	*text = end;
	return 0;
}

/* "10,20" or "10x20"; nothing between the commas of a mount's options can be a comma. "" has no dimensions.
 */
static int sizes_option(
	struct zf_op *op, const char *key, const char *text, bool *open, unsigned *ndim, uint64_t *sizes)
{
	const char *at = text;
	unsigned n = 0;

	if (open) {
		*open = strncmp(text, "-1", 2) == 0 && strchr(",x", text[2]);
		at += *open ? 2 : 0;
		n = *open;
		sizes[0] = 0;
	}
	while (*at) {
		if (n > 0 && *at++ != ',' && at[-1] != 'x')
			return zf_fail(op, EINVAL, "%s: '%.60s' is no list of sizes", key, text);
		if (n >= ZF_MAX_NDIM)
			return zf_fail(op, EINVAL, "%s: more than %d dimensions", key, ZF_MAX_NDIM);
		if (size_option(op, key, text, &at, &sizes[n++]) < 0)
			return -1;
	}
	*ndim = n;
	return 0;
}

static int json_option(struct zf_op *op, const char *key, const char *text, json_t **out)
{
	json_t *value;

	if (zf_json_parse(op, text, strlen(text), &value) < 0) {
		if (op->err == EIO)
			op->err = EINVAL;
		return zf_where(op, "%s", key);
	}
	json_decref(*out);
	*out = value;
	return 0;
}

/* JSON where it looks like it, else a word. */
static int word_option(struct zf_op *op, const char *key, const char *text, json_t **out)
{
	json_t *value;

	if (text[0] && strchr("{[\"", text[0]))
		return json_option(op, key, text, out);
	value = json_string(text);
	if (!value)
		return zf_fail(op, EINVAL, "%s: not in UTF-8", key);
	json_decref(*out);
	*out = value;
	return 0;
}

static int numbers_options(struct zf_op *op, const struct zf_new *options, struct zf_new_array *array)
{
	if (options->shape) {
		array->has_shape = true;
		if (sizes_option(
			    op, "shape", options->shape, &array->first_open, &array->ndim, array->shape) < 0)
			return -1;
	}
	if (options->chunks) {
		array->has_chunks = true;
		if (sizes_option(op, "chunks", options->chunks, NULL, &array->chunk_ndim, array->chunks) < 0)
			return -1;
	}
	if (options->shards) {
		array->has_shards = strcmp(options->shards, "none") != 0;
		if (array->has_shards && sizes_option(op, "shards", options->shards, NULL, &array->shard_ndim,
						 array->shards) < 0)
			return -1;
	}
	return 0;
}

/* "time,y,x", or JSON. */
static int names_option(struct zf_op *op, const char *text, json_t **out)
{
	json_t *list;

	if (text[0] == '[' || strcmp(text, "null") == 0)
		return json_option(op, "dimension_names", text, out);
	list = json_array();
	while (list) {
		size_t len = strcspn(text, ",");

		if (json_array_append_new(list, json_stringn(text, len)) < 0)
			break;
		if (!text[len]) {
			json_decref(*out);
			*out = list;
			return 0;
		}
		text += len + 1;
	}
	json_decref(list);
	return zf_fail(op, EINVAL, "dimension_names: not in UTF-8");
}

/* Those that say how elements become bytes. */
static int codec_options(struct zf_op *op, const struct zf_new *options, struct zf_new_array *array)
{
	if (options->codecs && json_option(op, "codecs", options->codecs, &array->codecs) < 0)
		return -1;
	if (options->filters && word_option(op, "filters", options->filters, &array->filters) < 0)
		return -1;
	return options->compressor ? word_option(op, "compressor", options->compressor, &array->compressor)
				   : 0;
}

/* Those that a reader of the bytes need not know. */
static int label_options(struct zf_op *op, const struct zf_new *options, struct zf_new_array *array)
{
	if (options->separator && options->separator != '.' && options->separator != '/')
		return zf_fail(op, EINVAL, "separator: expected . or /, found %c", options->separator);
	if (options->separator)
		array->separator = options->separator;
	if (options->dimension_names &&
		names_option(op, options->dimension_names, &array->dimension_names) < 0)
		return -1;
	return options->attributes ? json_option(op, "attributes", options->attributes, &array->attributes)
				   : 0;
}

int zf_new_array_options(struct zf_op *op, const struct zf_new *options, struct zf_new_array *array)
{
	if (options->zarr_format && options->zarr_format != 2 && options->zarr_format != 3)
		return zf_fail(op, EINVAL, "zarr_format: expected 2 or 3, found %d", options->zarr_format);
	if (options->order && options->order != 'C' && options->order != 'F')
		return zf_fail(op, EINVAL, "order: expected C or F, found %c", options->order);
	if (options->zarr_format)
		array->zarr_format = options->zarr_format;
	if (options->order)
		array->order = options->order;
	if (numbers_options(op, options, array) < 0)
		return -1;
	if (options->dtype && word_option(op, "dtype", options->dtype, &array->dtype) < 0)
		return -1;
	if (codec_options(op, options, array) < 0 || label_options(op, options, array) < 0)
		return -1;
	if (options->fill_value)
		return json_option(op, "fill_value", options->fill_value, &array->fill_value);
	return 0;
}
