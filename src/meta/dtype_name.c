/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of data types: from what a user says, and from NumPy's to v3's.
 */
#include "meta/dtype.h"

#include "meta/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a user says ---- */

/* NumPy's short spelling: "f4", "S10", "M8[ns]" is the machine's (here: little) byte order. */
static int parse_short(struct zf_op *op, const json_t *value, struct zf_dtype *out)
{
	const char *name = json_string_value(value);
	bool has_order = strchr("iufcUMm", name[0]) && strcmp(name, "i1") != 0 && strcmp(name, "u1") != 0;
	json_t *whole = json_sprintf("%c%s", has_order ? '<' : '|', name);
	int rc = whole ? zf_dtype_parse_v2(op, whole, out) : zf_nomem(op, strlen(name));

	json_decref(whole);
	return rc;
}

static bool is_short(const char *name)
{
	return name[0] && strchr("biufcSUVMm", name[0]) && name[1] >= '0' && name[1] <= '9';
}

int zf_dtype_parse_any(struct zf_op *op, const json_t *value, struct zf_dtype *out, bool *is_v3)
{
	const char *name = zf_json_text(value);

	*is_v3 = json_is_object(value) || (name && !strchr("<>|", name[0]) && !is_short(name));
	if (*is_v3)
		return zf_dtype_parse_v3(op, value, out) < 0 ? -1 : zf_dtype_fixed(op, out);
	if (name && is_short(name))
		return parse_short(op, value, out);
	return zf_dtype_parse_v2(op, value, out) < 0 ? -1 : zf_dtype_fixed(op, out);
}

/* ---- NumPy's names to v3's ---- */

static int no_name(struct zf_op *op, const struct zf_dtype *type, const char *why)
{
	char show[64];

	return zf_fail(op, EOPNOTSUPP, "data type '%s': zarr_format 3 has none %s",
		zf_json_show(type->numpy, show), why);
}

static int name_number(struct zf_op *op, const struct zf_dtype *type, const char *word, json_t **out)
{
	if (type->itemsize > (type->kind == 'c' ? 16 : 8))
		return no_name(op, type, "of that size");
	*out = json_sprintf("%s%u", word, 8 * type->itemsize);
	return *out ? 0 : zf_nomem(op, 32);
}

static int name_length(struct zf_op *op, const struct zf_dtype *type, const char *word, json_t **out)
{
	*out = json_pack(
		"{s:s, s:{s:I}}", "name", word, "configuration", "length_bytes", (json_int_t)type->itemsize);
	return *out ? 0 : zf_nomem(op, 32);
}

/* "<M8[10us]" */
static int name_time(struct zf_op *op, const struct zf_dtype *type, json_t **out)
{
	const char *suffix = json_string_value(type->numpy) + 3, *unit = suffix + 1;
	size_t digits = *suffix ? strspn(unit, "0123456789") : 0;
	long long scale = digits ? strtoll(unit, NULL, 10) : 1;
	const char *word = type->kind == 'M' ? "numpy.datetime64" : "numpy.timedelta64";

	unit = *suffix ? unit + digits : "generic]";
	*out = json_pack("{s:s, s:{s:s%, s:I}}", "name", word, "configuration", "unit", unit,
		strlen(unit) - 1, "scale_factor", (json_int_t)scale);
	return *out ? 0 : zf_nomem(op, 64);
}

static int name_fields(struct zf_op *op, const struct zf_dtype *type, json_t **out)
{
	json_t *fields = json_array();

	*out = json_pack("{s:s, s:{s:o}}", "name", "struct", "configuration", "fields", fields);
	if (!*out)
		return zf_nomem(op, 64);
	for (unsigned i = 0; i < type->nfields; i++) {
		const struct zf_field *field = &type->fields[i];
		const json_t *described = json_array_get(type->numpy, i);
		json_t *name;

		if (json_array_size(described) > 2)
			return zf_fail(op, EOPNOTSUPP, "data type: zarr_format 3 has no subarrays");
		if (zf_dtype_name_v3(op, &field->type, &name) < 0)
			return -1;
		if (json_array_append_new(
			    fields, json_pack("{s:O, s:o}", "name", field->name, "data_type", name)) < 0)
			return zf_nomem(op, 64);
	}
	return 0;
}

static int name_any(struct zf_op *op, const struct zf_dtype *type, json_t **out)
{
	switch (type->kind) {
	case 'b':
		*out = json_string("bool");
		return *out ? 0 : zf_nomem(op, 8);
	case 'i':
		return name_number(op, type, "int", out);
	case 'u':
		return name_number(op, type, "uint", out);
	case 'f':
		return name_number(op, type, "float", out);
	case 'c':
		return name_number(op, type, "complex", out);
	case 'S':
		return name_length(op, type, "null_terminated_bytes", out);
	case 'U':
		return name_length(op, type, "fixed_length_utf32", out);
	case 'V':
		return type->nfields ? name_fields(op, type, out) : name_length(op, type, "raw_bytes", out);
	default:
		return name_time(op, type, out);
	}
}

int zf_dtype_name_v3(struct zf_op *op, const struct zf_dtype *type, json_t **out)
{
	json_t *name = NULL;

	if (type->big_endian)
		return no_name(op, type, "in big-endian byte order (flat files of v3 are little-endian)");
	if (name_any(op, type, &name) < 0) {
		json_decref(name);
		return -1;
	}
	*out = name;
	return 0;
}
