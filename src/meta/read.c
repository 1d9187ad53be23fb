/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What reading the documents of all versions has in common.
 */
#include "meta/read.h"

#include "base/checked.h"
#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct zf_meta *zf_read_new(enum zf_node_kind kind, int zarr_format)
{
	struct zf_meta *meta = calloc(1, sizeof *meta);

	if (!meta)
		return NULL;
	meta->kind = kind;
	meta->zarr_format = meta->array.zarr_format = zarr_format;
	meta->array.order = "C";
	meta->attributes = json_object();
	if (meta->attributes)
		return meta;
	zf_meta_free(meta);
	return NULL;
}

int zf_read_done(struct zf_op *op, const struct zf_op *why, struct zf_meta *meta, struct zf_meta **out)
{
	if (why->err && why->err != ENOMEM) {
		meta->error = why->err == EOPNOTSUPP ? EOPNOTSUPP : EIO;
		meta->error_text = strdup(why->text);
	}
	if (why->err == ENOMEM || (why->err && !meta->error_text)) {
		zf_meta_free(meta);
		return zf_nomem(op, sizeof *meta);
	}
	*out = meta;
	return 0;
}

int zf_read_document(struct zf_op *op, const void *doc, size_t len, json_t **out)
{
	json_t *value;

	if (zf_json_parse(op, doc, len, &value) < 0)
		return zf_where(op, "no valid JSON");
	if (!json_is_object(value)) {
		zf_fail(op, EIO, "expected an object, found %s", zf_json_kind(value));
		json_decref(value);
		return -1;
	}
	*out = value;
	return 0;
}

int zf_read_members(struct zf_op *op, struct zf_read *read, const json_t *object,
	const struct zf_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_object_get(object, members[i].key);
		struct zf_op own; /* or a later member's error would be mixed with an earlier one's */

		zf_op_init(&own);
		if (value)
			members[i].read(&own, read, members[i].key, value);
		else if (members[i].required)
			zf_fail(&own, EIO, "%s: missing", members[i].key);
		zf_op_adopt(op, &own);
	}
	return op->err ? -1 : 0;
}

int zf_read_size(struct zf_op *op, const char *key, const json_t *value, uint64_t least, uint64_t *out)
{
	json_int_t n = json_integer_value(value);
	char buf[32];
	const char *token = zf_json_token(value, buf);

	if (!json_is_integer(value) && token && !strpbrk(token, ".eENI")) /* beyond 64 bits */
		return zf_fail(
			op, EIO, "%s: %.40s is too %s", key, token, token[0] == '-' ? "small" : "large");
	if (!json_is_integer(value))
		return zf_fail(
			op, EIO, "%s: expected a list of integers, found %s in it", key, zf_json_kind(value));
	if (n < 0)
		return zf_fail(op, EIO, "%s: %s is negative", key, token);
	if ((uint64_t)n < least)
		return zf_fail(op, EIO, "%s: %s is less than %llu", key, token, (unsigned long long)least);
	*out = (uint64_t)n;
	return 0;
}

int zf_read_sizes(struct zf_op *op, const char *key, const json_t *value, uint64_t least, unsigned *count,
	uint64_t *out)
{
	size_t n = json_array_size(value);
	uint64_t sizes[ZF_MAX_NDIM];

	if (!json_is_array(value))
		return zf_fail(
			op, EIO, "%s: expected a list of integers, found %s", key, zf_json_kind(value));
	if (n > ZF_MAX_NDIM)
		return zf_fail(op, EIO, "%s: %zu dimensions, the limit is %d", key, n, ZF_MAX_NDIM);
	for (size_t i = 0; i < n; i++)
		if (zf_read_size(op, key, json_array_get(value, i), least, &sizes[i]) < 0)
			return -1;
	memcpy(out, sizes, n * sizeof *out);
	*count = (unsigned)n;
	return 0;
}

int zf_read_choice(
	struct zf_op *op, const char *key, const json_t *value, const char *const words[2], int *out)
{
	char show[64];
	size_t len;
	const char *s = zf_json_string(value, &len);

	for (int i = 0; s && i < 2; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], s, len) == 0) {
			*out = i;
			return 0;
		}
	}
	if (s)
		return zf_fail(op, EIO, "%s: expected '%s' or '%s', found '%s'", key, words[0], words[1],
			zf_json_show(value, show));
	return zf_fail(
		op, EIO, "%s: expected '%s' or '%s', found %s", key, words[0], words[1], zf_json_kind(value));
}

int zf_read_shape(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_array_meta *array = &read->meta->array;

	if (zf_read_sizes(op, key, value, 0, &array->ndim, array->shape) < 0)
		return -1;
	read->shape_known = true;
	return 0;
}

int zf_read_chunk(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	struct zf_array_meta *array = &read->meta->array;

	if (zf_read_sizes(op, key, value, 1, &read->chunk_ndim, array->chunk) < 0)
		return -1;
	if (read->shape_known && read->chunk_ndim != array->ndim)
		return zf_fail(
			op, EIO, "%s: %u dimensions, shape has %u", key, read->chunk_ndim, array->ndim);
	read->chunk_known = true;
	return 0;
}

int zf_read_attributes(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value)
{
	if (!json_is_object(value))
		return zf_fail(op, EIO, "%s: expected an object, found %s", key, zf_json_kind(value));
	json_decref(read->meta->attributes);
	read->meta->attributes = json_incref((json_t *)value);
	return 0;
}

static bool is_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

int zf_read_fill(struct zf_op *op, struct zf_read *read, const json_t *value, bool big_endian_blob)
{
	struct zf_array_meta *array = &read->meta->array;
	struct zf_fill_rules rules = { .zarr_format = read->meta->zarr_format < 3 ? 2 : 3,
		.big_endian_blob = big_endian_blob };
	unsigned char *fill;

	array->fill_value = json_incref((json_t *)value);
	if (!read->type.kind)
		return 0;
	fill = calloc(1, read->type.itemsize);
	if (!fill)
		return zf_nomem(op, read->type.itemsize);
	if (zf_fill_parse(op, &rules, value, &read->type, fill) < 0) {
		free(fill);
		return -1;
	}
	array->fill = fill;
	array->fill_is_zero = is_zero(fill, read->type.itemsize);
	return 0;
}

int zf_read_fill_text(struct zf_op *op, struct zf_read *read, const json_t *value, enum zf_element element)
{
	struct zf_array_meta *array = &read->meta->array;
	struct zf_text *fill;

	array->fill_value = json_incref((json_t *)value);
	if (zf_fill_text(op, read->meta->zarr_format, value, element, &array->fill_text) < 0)
		return -1;
	fill = calloc(1, sizeof *fill);
	if (!fill)
		return zf_nomem(op, sizeof *fill);
	fill->len = strlen(array->fill_text);
	array->fill = (unsigned char *)fill;
	return 0;
}

/* The product of a shape and the item size; false when it passes the limit. A dimension without length makes
 * it 0, whatever the others are. */
static bool size_of(unsigned ndim, const uint64_t *shape, uint64_t itemsize, uint64_t limit, uint64_t *out)
{
	uint64_t size = itemsize;

	*out = 0;
	for (unsigned i = 0; i < ndim; i++)
		if (shape[i] == 0)
			return true;
	for (unsigned i = 0; i < ndim; i++)
		if (!zf_mul(size, shape[i], &size) || size > limit)
			return false;
	*out = size;
	return true;
}

static void make_spec(const struct zf_read *read, struct zf_array_meta *array, size_t size)
{
	array->spec = (struct zf_spec){
		.ndim = array->ndim,
		.itemsize = read->type.itemsize,
		.swap = read->type.swap,
		.big_endian = read->type.big_endian,
		.kind = read->type.kind,
		.bits = read->type.bits,
		.size = size,
		.units = array->units,
		.nunits = array->spec.nunits,
		.fill = array->fill,
	};
	memcpy(array->spec.shape, array->chunk, sizeof array->spec.shape);
}

int zf_read_finish(struct zf_op *op, struct zf_read *read, const char *chunk_key)
{
	struct zf_array_meta *array = &read->meta->array;
	uint64_t size;

	if (read->shape_known && read->type.kind &&
		!size_of(array->ndim, array->shape, read->type.itemsize, ZF_MAX_FILE, &array->nbytes))
		return zf_fail(op, EIO, "shape: the flat file would have more than 2^63-1 bytes");
	if (!read->shape_known || !read->type.kind || !read->chunk_known || op->err)
		return -1;
	if (!size_of(array->ndim, array->chunk, read->type.itemsize, SIZE_MAX / 2, &size))
		return zf_fail(
			op, EIO, "%s: a chunk would have more than %zu bytes", chunk_key, SIZE_MAX / 2);
	if (array->zarr_format > 2 && zf_dtype_units(op, &read->type, &array->units, &array->spec.nunits) < 0)
		return -1;
	make_spec(read, array, (size_t)size);
	if (read->type.kind == 'O')
		array->nbytes = 0; /* of the flat file, which there is none */
	return 0;
}

int zf_read_invalid(struct zf_op *op)
{
	if (op->err == EIO)
		op->err = EINVAL;
	return -1;
}
