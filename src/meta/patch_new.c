/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patches that make an array: a table of the keys, each with a function that takes over what it says.
 */
#include "meta/dtype.h"
#include "meta/json.h"
#include "meta/patch.h"
#include "meta/patch_key.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

static void take(json_t **place, json_t *value)
{
	json_decref(*place);
	*place = json_incref(value);
}

static int new_sizes(struct zf_op *op, const char *key, const json_t *value, uint64_t least, bool *has,
	unsigned *ndim, uint64_t *sizes)
{
	*has = !json_is_null(value);
	return *has ? zf_patch_sizes(op, key, value, least, ndim, sizes) : 0;
}

static int new_shape(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	array->first_open = false;
	return new_sizes(op, key, value, 0, &array->has_shape, &array->ndim, array->shape);
}

static int new_chunks(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	return new_sizes(op, key, value, 1, &array->has_chunks, &array->chunk_ndim, array->chunks);
}

static int new_shards(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	return new_sizes(op, key, value, 1, &array->has_shards, &array->shard_ndim, array->shards);
}

static int new_dtype(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	if (!json_is_null(value))
		take(&array->dtype, value);
	return 0;
}

static int new_fill(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	take(&array->fill_value, value);
	return 0;
}

static int new_order(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	static const char *const orders[] = { "C", "F" };
	int choice = 0;

	if (!json_is_null(value) && zf_read_choice(op, key, value, orders, &choice) < 0)
		return zf_read_invalid(op);
	array->order = json_is_null(value) ? '\0' : orders[choice][0];
	return 0;
}

static int new_separator(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	static const char *const separators[] = { ".", "/" };
	int choice = 0;

	if (!json_is_null(value) && zf_read_choice(op, key, value, separators, &choice) < 0)
		return zf_read_invalid(op);
	array->separator = json_is_null(value) ? '\0' : separators[choice][0];
	return 0;
}

static int new_compressor(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	take(&array->compressor, value);
	return 0;
}

static int new_filters(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	take(&array->filters, value);
	return 0;
}

static int new_codecs(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	take(&array->codecs, json_is_null(value) ? NULL : value);
	return 0;
}

static int new_format(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	if (!zf_patch_is_number(value, 2) && !zf_patch_is_number(value, 3))
		return zf_fail(op, EINVAL, "%s: new arrays are of 2 or 3", key);
	array->zarr_format = zf_patch_is_number(value, 2) ? 2 : 3;
	return 0;
}

static int new_names(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	take(&array->dimension_names, value);
	return 0;
}

static int new_attributes(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	if (!json_is_object(value) && !json_is_null(value))
		return zf_fail(
			op, EINVAL, "%s: expected an object or null, found %s", key, zf_json_kind(value));
	take(&array->attributes, json_is_null(value) ? NULL : value);
	return 0;
}

/* Keys that tell about the array which the text was copied from; and those checked when all else is known. */
static int skip(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array)
{
	(void)op;
	(void)key;
	(void)value;
	(void)array;
	return 0;
}

static const struct new_key {
	const char *key;
	int (*read)(struct zf_op *op, const char *key, json_t *value, struct zf_new_array *array);
} new_keys[] = {
	{ "name", skip },
	{ "path", skip },
	{ "zarr_format", new_format },
	{ "shape", new_shape },
	{ "dtype", new_dtype },
	{ "data_type", new_dtype }, /* the one that is taken, where it is there */
	{ "itemsize", skip },
	{ "nbytes", skip },
	{ "chunks", new_chunks },
	{ "shards", new_shards },
	{ "nchunks", skip },
	{ "order", new_order },
	{ "fill_value", new_fill },
	{ "compressor", new_compressor },
	{ "filters", new_filters },
	{ "codecs", new_codecs },
	{ "dimension_names", new_names },
	{ "dimension_separator", new_separator },
	{ "attributes", new_attributes },
	{ "store", skip },
};

static int refuse_unknown(struct zf_op *op, const json_t *asked)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)asked, key, value)
	{
		bool found = false;

		for (size_t i = 0; i < sizeof new_keys / sizeof new_keys[0]; i++)
			found |= strcmp(new_keys[i].key, key) == 0;
		if (!found)
			return zf_patch_refuse(op, key);
	}
	return 0;
}

/* Defaults that another key makes pointless. */
static void drop_defaults(const json_t *asked, struct zf_new_array *array)
{
	if (json_is_array(json_object_get(asked, "codecs"))) {
		take(&array->compressor, NULL);
		take(&array->filters, NULL);
		array->order = '\0';
	}
}

static int same_types(struct zf_op *op, const json_t *a, const json_t *b)
{
	struct zf_dtype one = { 0 }, other = { 0 };
	bool is_v3;
	int rc = -1;

	if (zf_dtype_parse_any(op, a, &one, &is_v3) < 0 || zf_dtype_parse_any(op, b, &other, &is_v3) < 0)
		zf_read_invalid(op);
	else if (!json_equal(one.numpy, other.numpy))
		zf_fail(op, EINVAL, "dtype: data_type says something else");
	else
		rc = 0;
	zf_dtype_free(&one);
	zf_dtype_free(&other);
	return rc;
}

/* What the text claims to follow from the rest. */
static int check_claims(struct zf_op *op, const json_t *asked, const struct zf_new_array *array)
{
	const json_t *itemsize = json_object_get(asked, "itemsize"),
		     *nbytes = json_object_get(asked, "nbytes"), *dtype = json_object_get(asked, "dtype"),
		     *data_type = json_object_get(asked, "data_type");
	uint64_t total;
	uint32_t size;

	if (dtype && data_type && same_types(op, dtype, data_type) < 0)
		return -1;
	if (zf_new_array_itemsize(op, array, &size) < 0 ||
		zf_patch_bytes(op, array->ndim, array->shape, size, &total) < 0)
		return -1;
	if (itemsize && !json_is_null(itemsize) && !zf_patch_is_number(itemsize, size))
		return zf_fail(op, EINVAL, "'itemsize' is %u for this data type", size);
	if (nbytes && !json_is_null(nbytes) && !zf_patch_is_number(nbytes, total))
		return zf_fail(op, EINVAL, "'nbytes' is %llu for this shape and data type",
			(unsigned long long)total);
	return 0;
}

/* Chunks of a mount's options are for arrays of their rank. */
static void drop_other_ranks(const json_t *asked, struct zf_new_array *array)
{
	if (!json_object_get(asked, "chunks") && array->chunk_ndim != array->ndim)
		array->has_chunks = false;
	if (!json_object_get(asked, "shards") && array->shard_ndim != array->ndim)
		array->has_shards = false;
}

static int read_new(struct zf_op *op, const json_t *asked, struct zf_new_array *array)
{
	if (refuse_unknown(op, asked) < 0)
		return -1;
	drop_defaults(asked, array);
	for (size_t i = 0; i < sizeof new_keys / sizeof new_keys[0]; i++) {
		json_t *value = json_object_get(asked, new_keys[i].key);

		if (value && new_keys[i].read(op, new_keys[i].key, value, array) < 0)
			return -1;
	}
	if (!array->has_shape || array->first_open)
		return zf_fail(op, EINVAL, "'shape' is missing: a new array needs shape and dtype");
	if (!array->dtype)
		return zf_fail(op, EINVAL, "'dtype' is missing: a new array needs shape and dtype");
	drop_other_ranks(asked, array);
	return check_claims(op, asked, array);
}

int zf_patch_read_new(struct zf_op *op, const void *text, size_t len, struct zf_new_array *array)
{
	struct zf_new_array next;
	json_t *asked;
	int rc;

	if (zf_patch_parse(op, text, len, &asked) < 0)
		return -1;
	zf_new_array_copy(array, &next);
	rc = read_new(op, asked, &next);
	json_decref(asked);
	zf_new_array_free(rc == 0 ? array : &next);
	if (rc == 0)
		*array = next;
	return rc;
}
