/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data types of Zarr v2 (and v1): NumPy's type strings, and lists of fields.
 */
#include "meta/dtype.h"

#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The sizes that each kind of number comes in; those of S, U and V are free. */
static bool has_size(char kind, uint64_t size)
{
	switch (kind) {
	case 'b':
		return size == 1;
	case 'i':
	case 'u':
		return size == 1 || size == 2 || size == 4 || size == 8;
	case 'f':
		return size == 2 || size == 4 || size == 8 || size == 16;
	case 'c':
		return size == 8 || size == 16 || size == 32;
	case 'M':
	case 'm':
		return size == 8;
	default:
		return kind == 'S' || kind == 'U' || kind == 'V';
	}
}

/* The unit of a time, "[ns]", "[10us]"; none at all is NumPy's "generic". */
static bool is_time_unit(const char *s)
{
	size_t len = strlen(s), digits;

	if (len == 0)
		return true;
	if (len < 3 || s[0] != '[' || s[len - 1] != ']')
		return false;
	digits = strspn(s + 1, "0123456789");
	if (digits > 0 && (digits > 10 || s[1] == '0' || strtoull(s + 1, NULL, 10) > INT32_MAX))
		return false;
	return zf_dtype_is_time_unit(s + 1 + digits, len - 2 - digits);
}

/* Splits "<f4" or "<M8[ns]". Byte order may be left open for what has none. */
static bool split(const char *name, char *order, char *kind, uint64_t *size, const char **unit)
{
	size_t digits;

	if (!strchr("<>|", name[0]) || !name[0] || !name[1])
		return false;
	*order = name[0];
	*kind = name[1] == 'a' ? 'S' : name[1]; /* an old spelling */
	digits = strspn(name + 2, "0123456789");
	if (digits == 0 || digits > 10)
		return false;
	*size = strtoull(name + 2, NULL, 10);
	*unit = name + 2 + digits;
	if (*kind == 'M' || *kind == 'm' ? !is_time_unit(*unit) : **unit != '\0')
		return false;
	return has_size(*kind, *size);
}

static int parse_name(struct zf_op *op, const json_t *value, struct zf_dtype *out)
{
	const char *name = json_string_value(value), *unit;
	char order, kind, show[64];
	uint64_t size;

	if (strcmp(name, "|O") == 0)
		return zf_dtype_varying(op, out);
	if (strlen(name) != json_string_length(value) || !split(name, &order, &kind, &size, &unit))
		return zf_dtype_unknown(op, value);
	if (zf_dtype_simple(op, kind, kind == 'U' ? 4 * size : size, order == '>', unit, out) < 0)
		return -1;
	if (out->swap && order == '|')
		return zf_fail(op, EIO, "data type '%s' has no byte order", zf_json_show(value, show));
	return 0;
}

static int parse(struct zf_dtype_walk *walk, const json_t *value, struct zf_dtype *out);

/* [name, type] or [name, type, shape] */
static int parse_field(struct zf_dtype_walk *walk, const json_t *field, struct zf_dtype *to)
{
	struct zf_dtype type = { 0 };
	size_t n = json_array_size(field);
	int rc;

	if (!json_is_array(field))
		return zf_fail(
			walk->op, EIO, "data type: field: expected a list, found %s", zf_json_kind(field));
	if (n != 2 && n != 3)
		return zf_fail(walk->op, EIO, "data type: field: expected 2 or 3 values, found %zu", n);
	rc = parse(walk, json_array_get(field, 1), &type);
	if (rc == 0)
		rc = zf_dtype_add(walk, to, json_array_get(field, 0), &type, json_array_get(field, 2));
	zf_dtype_free(&type);
	return rc;
}

static int parse(struct zf_dtype_walk *walk, const json_t *value, struct zf_dtype *out)
{
	size_t i;
	size_t len;
	json_t *field;

	if (zf_json_string(value, &len))
		return parse_name(walk->op, value, out);
	if (!json_is_array(value))
		return zf_fail(walk->op, EIO, "dtype: expected a string or a list of fields, found %s",
			zf_json_kind(value));
	if (zf_dtype_begin(walk, value, out) < 0)
		return -1;
	json_array_foreach(value, i, field)
	{
		if (parse_field(walk, field, out) < 0)
			return -1;
	}
	return zf_dtype_end(walk, out);
}

int zf_dtype_parse_v2(struct zf_op *op, const json_t *value, struct zf_dtype *out)
{
	struct zf_dtype_walk walk = { .op = op };

	return parse(&walk, value, out);
}
