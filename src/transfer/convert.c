/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From one format to the other.
 */
#include "transfer/convert.h"
#include "meta/like.h"

#include <errno.h>
#include <string.h>

static const char xarray_names[] = "_ARRAY_DIMENSIONS";

/* Whether it is a list of a text (or null, for v3) for each dimension. */
static bool are_names(const json_t *list, unsigned ndim)
{
	bool are = json_is_array(list) && json_array_size(list) == ndim;

	for (unsigned i = 0; are && i < ndim; i++)
		are = json_is_string(json_array_get(list, i));
	return are;
}

int zf_convert_names(struct zf_op *op, const struct zf_array_meta *from, struct zf_new_array *array)
{
	json_t *names = json_object_get(array->attributes, xarray_names);

	if (array->zarr_format == 3 && from->zarr_format != 3 && are_names(names, from->ndim) &&
		!array->dimension_names)
		array->dimension_names = json_incref(names);
	if (array->zarr_format != 2 || !are_names(from->dimension_names, from->ndim) || names)
		return 0;
	if (!array->attributes)
		array->attributes = json_object();
	if (json_object_set(array->attributes, xarray_names, from->dimension_names) < 0)
		return zf_nomem(op, 8);
	return 0;
}

int zf_convert_parse(struct zf_op *op, int zarr_format, const struct zf_out *document, struct zf_meta **out)
{
	struct zf_meta *meta = NULL;
	int result;

	if (zarr_format == 3)
		result = zf_meta_parse_v3(op, document->data, document->len, &meta);
	else
		result = zf_meta_parse_v2(op, ZF_NODE_ARRAY, document->data, document->len, NULL, 0, &meta);
	if (result == 0 && meta->error)
		result = zf_fail(op, meta->error == EIO ? EINVAL : meta->error, "%s", meta->error_text);
	if (result == 0)
		*out = meta;
	else
		zf_meta_free(meta);
	return result;
}

int zf_convert_to_v3(struct zf_op *op, const struct zf_array_meta *from, char separator, struct zf_meta **out)
{
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		      attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct zf_new_array array;
	int result = zf_new_array_like(op, from, 3, false, &array);

	array.v2_keys = true;
	array.separator = separator;
	if (result == 0)
		result = zf_create_array(op, &array, &document, &attributes);
	if (result == 0)
		result = zf_convert_parse(op, 3, &document, out);
	zf_new_array_free(&array);
	zf_out_free(&document);
	zf_out_free(&attributes);
	return result;
}

bool zf_convert_same(const struct zf_array_meta *a, const struct zf_array_meta *b)
{
	const size_t sizes = a->ndim * sizeof *a->chunk;

	if (a->ndim != b->ndim || a->spec.itemsize != b->spec.itemsize ||
		memcmp(a->chunk, b->chunk, sizes) != 0)
		return false;
	if (!json_equal(a->data_type, b->data_type) || !json_equal(a->codecs, b->codecs))
		return false;
	return memcmp(a->fill, b->fill, a->spec.itemsize) == 0;
}
