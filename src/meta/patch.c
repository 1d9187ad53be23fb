/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patches for arrays that are there: a table says for each key of .info why it cannot be changed.
 */
#include "meta/patch.h"

#include "base/checked.h"
#include "meta/json.h"
#include "meta/merge.h"
#include "meta/number.h"
#include "meta/patch_key.h"
#include "meta/read.h"

#include <errno.h>
#include <string.h>

void zf_patch_free(struct zf_patch *patch)
{
	json_decref(patch->attributes);
	*patch = (struct zf_patch){ 0 };
}

int zf_patch_parse(struct zf_op *op, const void *text, size_t len, json_t **out)
{
	return zf_read_document(op, text, len, out) < 0 ? zf_read_invalid(op) : 0;
}

int zf_patch_sizes(struct zf_op *op, const char *key, const json_t *value, uint64_t least, unsigned *ndim,
	uint64_t *sizes)
{
	return zf_read_sizes(op, key, value, least, ndim, sizes) < 0 ? zf_read_invalid(op) : 0;
}

int zf_patch_bytes(struct zf_op *op, unsigned ndim, const uint64_t *shape, uint64_t itemsize, uint64_t *out)
{
	uint64_t size = itemsize;
	bool fits = true;

	*out = 0;
	for (unsigned i = 0; i < ndim; i++)
		if (shape[i] == 0)
			return 0;
	for (unsigned i = 0; i < ndim && fits; i++)
		fits = zf_mul(size, shape[i], &size) && size <= ZF_MAX_FILE;
	if (!fits)
		return zf_fail(op, EINVAL, "shape: the flat file would have more than 2^63-1 bytes");
	*out = size;
	return 0;
}

bool zf_patch_is_number(const json_t *value, uint64_t n)
{
	char buf[32];
	const char *token = zf_json_token(value, buf);
	uint64_t magnitude;
	bool negative;

	return token && zf_number_integer(token, &negative, &magnitude) == ZF_INTEGER_OK && magnitude == n &&
	       (!negative || n == 0);
}

/* ---- an array that is there ---- */

static const char fixed[] = "cannot be changed once the array is there";
static const char derived[] = "follows from the other keys and cannot be set";

static const struct known {
	const char *key, *why;
} known[] = {
	{ "name", "is changed by renaming the file" },
	{ "path", "is changed by renaming the file" },
	{ "zarr_format", fixed },
	{ "dtype", fixed },
	{ "data_type", fixed },
	{ "itemsize", derived },
	{ "nbytes", derived },
	{ "chunks", fixed },
	{ "shards", fixed },
	{ "nchunks", derived },
	{ "order", fixed },
	{ "fill_value", fixed },
	{ "compressor", fixed },
	{ "filters", fixed },
	{ "codecs", fixed },
	{ "dimension_names", fixed },
	{ "store", "is where the mount comes from" },
	{ "error", "tells what is wrong and cannot be set" },
};

int zf_patch_refuse(struct zf_op *op, const char *key)
{
	json_t *name = json_string(key);
	char show[64];
	const char *why = "is not a key of .info";

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].key, key) == 0)
			why = known[i].why;
	zf_fail(op, EINVAL, "'%s' %s", name ? zf_json_show(name, show) : key, why);
	json_decref(name);
	return -1;
}

/* What a key may say that is neither shape nor attributes: what is so. */
static int check_key(struct zf_op *op, const json_t *info, const char *key, const json_t *value)
{
	const json_t *there = json_object_get(info, key);

	if (!there ? json_is_null(value)
		   : zf_merge_same(there, value, true) || zf_merge_same(value, there, true))
		return 0;
	return zf_patch_refuse(op, key);
}

static int read_shape(struct zf_op *op, const json_t *info, const json_t *value, struct zf_patch *out)
{
	json_int_t itemsize = json_integer_value(json_object_get(info, "itemsize"));
	uint64_t there[ZF_MAX_NDIM], nbytes;
	unsigned ndim = 0;

	if (zf_patch_sizes(op, "shape", json_object_get(info, "shape"), 0, &ndim, there) < 0 ||
		zf_patch_sizes(op, "shape", value, 0, &out->ndim, out->shape) < 0)
		return -1;
	if (out->ndim != ndim)
		return zf_fail(
			op, EINVAL, "shape: the array has %u dimensions and cannot get %u", ndim, out->ndim);
	if (zf_patch_bytes(op, ndim, out->shape, itemsize > 0 ? (uint64_t)itemsize : 1, &nbytes) < 0)
		return -1;
	out->resize = memcmp(there, out->shape, ndim * sizeof *there) != 0;
	return 0;
}

/* A whole file that is written back says null where the attribute is null: there that removes nothing. */
static void keep_nulls(json_t *patch, const json_t *there)
{
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(patch, next, key, value)
	{
		const json_t *old = json_object_get(there, key);

		if (json_is_null(value) && json_is_null(old))
			json_object_del(patch, key);
		else if (json_is_object(value) && json_is_object(old))
			keep_nulls(value, old);
	}
}

/* Whether the patch names every key that .info has. */
static bool is_whole(const json_t *patch, const json_t *info)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)info, key, value)
	{
		if (!json_object_get(patch, key))
			return false;
	}
	return true;
}

static int read_attributes(
	struct zf_op *op, const json_t *patch, const json_t *info, json_t *value, struct zf_patch *out)
{
	if (!json_is_object(value) && !json_is_null(value))
		return zf_fail(
			op, EINVAL, "attributes: expected an object or null, found %s", zf_json_kind(value));
	if (json_is_object(value) && is_whole(patch, info))
		keep_nulls(value, json_object_get(info, "attributes"));
	json_decref(out->attributes);
	out->attributes = json_incref(value);
	return 0;
}

static int read_keys(struct zf_op *op, const json_t *patch, const json_t *info, struct zf_patch *out)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)patch, key, value)
	{
		int rc;

		if (strcmp(key, "shape") == 0)
			rc = read_shape(op, info, value, out);
		else if (strcmp(key, "attributes") == 0)
			rc = read_attributes(op, patch, info, value, out);
		else
			rc = check_key(op, info, key, value);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int zf_patch_read(struct zf_op *op, const void *text, size_t len, const void *info, size_t info_len,
	struct zf_patch *out)
{
	struct zf_patch patch = { 0 };
	json_t *asked, *there;
	int rc;

	if (zf_patch_parse(op, text, len, &asked) < 0)
		return -1;
	rc = zf_patch_parse(op, info, info_len, &there);
	if (rc == 0) {
		rc = read_keys(op, asked, there, &patch);
		json_decref(there);
	}
	json_decref(asked);
	if (rc == 0)
		*out = patch;
	else
		zf_patch_free(&patch);
	return rc;
}
