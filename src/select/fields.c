/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fields of structured types: which bytes of an element they are, and what type the result has.
 */
#include "select/items.h"

#include "meta/dtype.h"
#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A field that was found: its place in the element. */
struct found {
	const struct zf_field *field;
	const json_t *entry; /* of NumPy's list: [name, type] or [name, type, shape] */
	uint32_t offset, len;
};

static int no_field(struct zf_op *op, const struct zf_dtype *type, const char *name)
{
	if (!type->nfields)
		return zf_fail(op, EINVAL, "field '%s': the data type has no fields", name);
	return zf_fail(op, EINVAL, "there is no field '%s'", name);
}

static int find(
	struct zf_op *op, const struct zf_dtype *type, const struct zf_field_path *path, struct found *out)
{
	const struct zf_dtype *at = type;

	*out = (struct found){ 0 };
	for (unsigned i = 0; i < path->depth; i++) {
		unsigned k = 0;

		if (i && out->field->count != 1)
			return zf_fail(op, EINVAL, "field '%s': is a subarray, of which no field can be had",
				path->name[i - 1]);
		while (k < at->nfields && strcmp(json_string_value(at->fields[k].name), path->name[i]) != 0)
			k++;
		if (k == at->nfields)
			return no_field(op, at, path->name[i]);
		out->field = &at->fields[k];
		out->entry = json_array_get(at->numpy, k);
		out->offset += out->field->offset;
		at = &out->field->type;
	}
	out->len = out->field->type.itemsize * out->field->count;
	return 0;
}

static void add_run(struct zf_select *s, uint32_t from, uint32_t len)
{
	struct zf_select_run *last = s->nruns ? &s->runs[s->nruns - 1] : NULL;

	if (last && last->from + last->len == from)
		last->len += len;
	else if (len || !last)
		s->runs[s->nruns++] = (struct zf_select_run){ from, s->itemsize, len };
	s->itemsize += len;
}

/* One field: its own type, and the dimensions of a subarray behind those of the result. */
static int take_one(
	struct zf_op *op, const struct found *f, struct zf_select *out, unsigned *rank, uint64_t *result)
{
	const json_t *shape = json_array_get(f->entry, 2);
	size_t n = json_is_integer(shape) ? 1 : json_array_size(shape);

	if (n > ZF_MAX_NDIM)
		return zf_fail(op, EINVAL, "a subarray of %zu dimensions", n);
	for (size_t i = 0; i < n; i++)
		result[(*rank)++] = (uint64_t)json_integer_value(
			json_is_integer(shape) ? shape : json_array_get(shape, i));
	out->dtype = json_deep_copy(json_array_get(f->entry, 1));
	add_run(out, f->offset, f->len);
	return out->dtype ? 0 : zf_nomem(op, 0);
}

/* Several: a structured type of them, packed. A nested one has the name of its last part. */
static int take_many(
	struct zf_op *op, const struct zf_dtype *type, const struct zf_items *items, struct zf_select *out)
{
	out->dtype = json_array();
	for (unsigned i = 0; i < items->nfields; i++) {
		struct found f;

		if (find(op, type, &items->field[i], &f) < 0)
			return -1;
		for (unsigned k = 0; k < i; k++)
			if (json_equal(json_array_get(json_array_get(out->dtype, k), 0), f.field->name))
				return zf_fail(op, EINVAL, "there is a field '%s' already",
					json_string_value(f.field->name));
		if (json_array_append_new(out->dtype, json_deep_copy(f.entry)) < 0)
			return zf_nomem(op, 0);
		if (f.len > UINT32_MAX - out->itemsize)
			return zf_fail(op, EINVAL, "elements of more than 4 GiB");
		add_run(out, f.offset, f.len);
	}
	return 0;
}

static int take_all(struct zf_op *op, const struct zf_select_of *of, struct zf_select *out)
{
	out->dtype = json_deep_copy(of->dtype);
	add_run(out, 0, of->itemsize);
	return out->dtype ? 0 : zf_nomem(op, 0);
}

int zf_select_fields(struct zf_op *op, const struct zf_items *items, const struct zf_select_of *of,
	struct zf_select *out, unsigned *rank, uint64_t result[static 2 * ZF_MAX_NDIM])
{
	struct zf_dtype type = { 0 };
	struct found f;
	int ret;

	out->runs = calloc(items->nfields + 1, sizeof *out->runs);
	if (!out->runs)
		return zf_nomem(op, sizeof *out->runs);
	if (!items->nfields)
		return take_all(op, of, out);
	ret = zf_dtype_parse_v2(op, of->dtype, &type);
	if (ret == 0 && items->nfields > 1)
		ret = take_many(op, &type, items, out);
	else if (ret == 0 && find(op, &type, items->field, &f) == 0)
		ret = take_one(op, &f, out, rank, result);
	else
		ret = -1;
	zf_dtype_free(&type);
	return ret;
}
