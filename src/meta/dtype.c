/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the data types of all versions have in common.
 */
#include "meta/dtype.h"

#include "base/checked.h"
#include "meta/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Units of one element that we keep a list of: a structured type with a string of a million characters has
 * as many. */
enum { MAX_UNITS = 1 << 20 };

void zf_dtype_free(struct zf_dtype *type)
{
	for (unsigned i = 0; i < type->nfields; i++) {
		json_decref(type->fields[i].name);
		zf_dtype_free(&type->fields[i].type);
	}
	free(type->fields);
	json_decref(type->names);
	json_decref(type->numpy);
	*type = (struct zf_dtype){ 0 };
}

int zf_dtype_unknown(struct zf_op *op, const json_t *name)
{
	char show[64];

	return zf_fail(op, EOPNOTSUPP, "data type '%s' is not supported", zf_json_show(name, show));
}

bool zf_dtype_is_time_unit(const char *unit, size_t len)
{
	static const char *const units[] = { "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "\u03bcs",
		"\u00b5s", "ns", "ps", "fs", "as" };

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strlen(units[i]) == len && memcmp(units[i], unit, len) == 0)
			return true;
	return false;
}

/* The bytes that change places with the byte order. */
static uint64_t unit_size(char kind, uint64_t itemsize)
{
	switch (kind) {
	case 'i':
	case 'u':
	case 'f':
	case 'M':
	case 'm':
		return itemsize > 1 ? itemsize : 0;
	case 'c':
		return itemsize / 2;
	case 'U':
		return 4;
	default:
		return 0;
	}
}

int zf_dtype_simple(struct zf_op *op, char kind, uint64_t itemsize, bool big_endian, const char *unit,
	struct zf_dtype *out)
{
	char name[64];

	if (itemsize == 0 || itemsize > ZF_MAX_ITEMSIZE)
		return zf_fail(op, EOPNOTSUPP,
			"data type: elements of %llu bytes are not supported (1 to %llu are)",
			(unsigned long long)itemsize, (unsigned long long)ZF_MAX_ITEMSIZE);
	out->kind = kind;
	out->itemsize = (uint32_t)itemsize;
	out->swap = (uint32_t)unit_size(kind, itemsize);
	out->big_endian = out->swap && big_endian;
	snprintf(name, sizeof name, "%c%c%llu%s",
		!out->swap   ? '|'
		: big_endian ? '>'
			     : '<',
		kind, (unsigned long long)(kind == 'U' ? itemsize / 4 : itemsize), unit);
	out->numpy = json_string(name);
	return out->numpy ? 0 : zf_nomem(op, sizeof name);
}

int zf_dtype_varying(struct zf_op *op, struct zf_dtype *out)
{
	out->kind = 'O';
	out->itemsize = sizeof(struct zf_text);
	out->numpy = json_string("|O");
	return out->numpy ? 0 : zf_nomem(op, 2);
}

int zf_dtype_fixed(struct zf_op *op, const struct zf_dtype *type)
{
	if (type->kind != 'O')
		return 0;
	return zf_fail(op, EOPNOTSUPP, "data type: elements of varying length cannot be written");
}

int zf_dtype_begin(struct zf_dtype_walk *walk, const json_t *fields, struct zf_dtype *out)
{
	size_t n = json_array_size(fields);

	if (!json_is_array(fields))
		return zf_fail(walk->op, EIO, "data type: expected a list of fields, found %s",
			zf_json_kind(fields));
	if (n == 0)
		return zf_fail(walk->op, EIO, "data type: a structured type without fields");
	if (++walk->depth > ZF_MAX_DTYPE_DEPTH)
		return zf_fail(walk->op, EIO, "data type: more than %d structured types within each other",
			ZF_MAX_DTYPE_DEPTH);
	if (n > ZF_MAX_FIELDS - walk->fields)
		return zf_fail(walk->op, EIO, "data type: more than %d fields", ZF_MAX_FIELDS);
	walk->fields += (unsigned)n;
	out->kind = 'V';
	out->numpy = json_array();
	out->names = json_object();
	out->fields = calloc(n, sizeof *out->fields);
	return out->numpy && out->names && out->fields ? 0 : zf_nomem(walk->op, n * sizeof *out->fields);
}

static int element_count(struct zf_op *op, const json_t *shape, uint64_t *out)
{
	uint64_t n = 1;

	if (json_is_integer(shape) && json_integer_value(shape) >= 0) {
		*out = (uint64_t)json_integer_value(shape);
		return 0;
	}
	if (!json_is_array(shape))
		return zf_fail(op, EIO,
			"data type: shape of a subarray: expected a list of integers, found %s",
			zf_json_kind(shape));
	for (size_t i = 0; i < json_array_size(shape); i++) {
		const json_t *value = json_array_get(shape, i);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return zf_fail(op, EIO, "data type: shape of a subarray: expected a length, found %s",
				zf_json_kind(value));
		if (!zf_mul(n, (uint64_t)json_integer_value(value), &n))
			return zf_fail(op, EIO, "data type: a subarray is too large");
	}
	*out = n;
	return 0;
}

static int add_name(struct zf_op *op, struct zf_dtype *to, const json_t *name)
{
	char show[64];

	if (!json_is_string(name) || zf_json_token(name, show))
		return zf_fail(op, EIO, "data type: name of a field: expected a string, found %s",
			zf_json_kind(name));
	if (strlen(json_string_value(name)) != json_string_length(name))
		return zf_fail(op, EIO, "data type: field '%s': NUL in a name", zf_json_show(name, show));
	if (json_object_get(to->names, json_string_value(name)))
		return zf_fail(op, EIO, "data type: two fields '%s'", zf_json_show(name, show));
	return json_object_set_new(to->names, json_string_value(name), json_true()) < 0 ? zf_nomem(op, 64)
											: 0;
}

static json_t *describe(const json_t *name, const struct zf_dtype *type, const json_t *shape)
{
	json_t *list = json_pack("[OO]", name, type->numpy);

	if (list && shape && json_array_append(list, (json_t *)shape) < 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

int zf_dtype_add(struct zf_dtype_walk *walk, struct zf_dtype *to, const json_t *name, struct zf_dtype *type,
	const json_t *shape)
{
	struct zf_field *field = &to->fields[to->nfields];
	uint64_t count = 1, size;

	if (type->kind == 'O')
		return zf_fail(walk->op, EOPNOTSUPP,
			"data type: fields of varying length in structured types are not supported");
	if (add_name(walk->op, to, name) < 0 || (shape && element_count(walk->op, shape, &count) < 0))
		return -1;
	if (!zf_mul(count, type->itemsize, &size) || !zf_add(size, to->itemsize, &size) ||
		size > ZF_MAX_ITEMSIZE)
		return zf_fail(walk->op, EIO, "data type: elements of more than %llu bytes",
			(unsigned long long)ZF_MAX_ITEMSIZE);
	if (json_array_append_new(to->numpy, describe(name, type, shape)) < 0)
		return zf_nomem(walk->op, sizeof *field);
	field->name = json_incref((json_t *)name);
	field->type = *type;
	field->offset = to->itemsize;
	field->count = (uint32_t)count;
	*type = (struct zf_dtype){ 0 };
	to->itemsize = (uint32_t)size;
	to->nfields++;
	return 0;
}

int zf_dtype_end(struct zf_dtype_walk *walk, struct zf_dtype *out)
{
	walk->depth--;
	if (out->itemsize == 0)
		return zf_fail(walk->op, EOPNOTSUPP,
			"data type: elements of 0 bytes are not supported (1 to %llu are)",
			(unsigned long long)ZF_MAX_ITEMSIZE);
	return 0;
}

/* ---- units of byte order ---- */

/* Units that are found; with unit NULL they are only counted. */
struct units {
	struct zf_unit *unit;
	uint64_t count;
};

static void add_units(struct units *units, const struct zf_dtype *type, uint32_t offset)
{
	if (type->nfields == 0 && type->swap) {
		for (uint32_t at = 0; units->unit && at < type->itemsize; at += type->swap)
			units->unit[units->count + at / type->swap] =
				(struct zf_unit){ .offset = offset + at, .size = type->swap };
		units->count += type->itemsize / type->swap;
	}
	for (unsigned i = 0; i < type->nfields; i++) {
		const struct zf_field *field = &type->fields[i];

		for (uint32_t n = 0; n < field->count && units->count <= MAX_UNITS; n++)
			add_units(units, &field->type, offset + field->offset + n * field->type.itemsize);
	}
}

int zf_dtype_units(struct zf_op *op, const struct zf_dtype *type, struct zf_unit **out, unsigned *count)
{
	struct units units = { .unit = NULL };

	*out = NULL;
	*count = 0;
	if (type->nfields == 0)
		return 0;
	add_units(&units, type, 0);
	if (units.count == 0)
		return 0;
	if (units.count > MAX_UNITS)
		return zf_fail(op, EOPNOTSUPP,
			"data type: more than %d numbers and characters in one element", MAX_UNITS);
	units.unit = calloc(units.count, sizeof *units.unit);
	if (!units.unit)
		return zf_nomem(op, units.count * sizeof *units.unit);
	*out = units.unit;
	*count = (unsigned)units.count;
	units.count = 0;
	add_units(&units, type, 0);
	return 0;
}
