/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data types of Zarr v3: the core ones, and those of the extension registry that are NumPy's.
 */
#include "meta/dtype.h"

#include "meta/json.h"
#include "meta/minifloat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct core {
	const char *name;
	char kind;
	unsigned size;
} core_types[] = {
	{ "bool", 'b', 1 },
	{ "int8", 'i', 1 },
	{ "int16", 'i', 2 },
	{ "int32", 'i', 4 },
	{ "int64", 'i', 8 },
	{ "uint8", 'u', 1 },
	{ "uint16", 'u', 2 },
	{ "uint32", 'u', 4 },
	{ "uint64", 'u', 8 },
	{ "float16", 'f', 2 },
	{ "float32", 'f', 4 },
	{ "float64", 'f', 8 },
	{ "complex64", 'c', 8 },
	{ "complex128", 'c', 16 },
	{ "complex_float32", 'c', 8 },
	{ "complex_float64", 'c', 16 },
};

static int parse(struct zf_dtype_walk *walk, const json_t *value, struct zf_dtype *out);

static const struct core *find_core(const char *name)
{
	for (size_t i = 0; i < sizeof core_types / sizeof core_types[0]; i++)
		if (strcmp(core_types[i].name, name) == 0)
			return &core_types[i];
	return NULL;
}

/* Raw bits: r8, r16, ... */
static bool is_raw(const char *name)
{
	return name[0] == 'r' && name[1] >= '0' && name[1] <= '9' &&
	       strspn(name + 1, "0123456789") == strlen(name + 1);
}

static int parse_raw(struct zf_op *op, const char *name, struct zf_dtype *out)
{
	uint64_t bits = strlen(name) > 15 ? UINT64_MAX - 7 : strtoull(name + 1, NULL, 10);

	if (bits % 8 != 0)
		return zf_fail(op, EIO, "data type '%s': not a multiple of 8 bits", name);
	return zf_dtype_simple(op, 'V', bits / 8, false, "", out);
}

/* Integers of less than a byte take one. */
static int parse_small(struct zf_op *op, const char *name, struct zf_dtype *out)
{
	bool natural = name[0] == 'u';

	out->bits = (uint8_t)(name[strlen(name) - 1] - '0');
	return zf_dtype_simple(op, natural ? 'u' : 'i', 1, false, "", out);
}

/* Floats that NumPy lacks are raw bytes to it, little endian here as all others. False: it is none. */
static bool find_minifloat(const char *name, const struct zf_minifloat **mini, unsigned *parts)
{
	static const char complex[] = "complex_";

	*parts = strncmp(name, complex, sizeof complex - 1) == 0 ? 2 : 1;
	*mini = zf_minifloat_find(*parts > 1 ? name + sizeof complex - 1 : name);
	return *mini != NULL;
}

static int set_minifloat(
	struct zf_op *op, const struct zf_minifloat *mini, unsigned parts, struct zf_dtype *out)
{
	size_t bytes = zf_minifloat_bytes(mini);

	out->mini = mini;
	out->bits = (uint8_t)zf_minifloat_bits(mini);
	if (zf_dtype_simple(op, 'V', parts * bytes, false, "", out) < 0)
		return -1;
	out->swap = bytes > 1 ? (uint32_t)bytes : 0;
	return 0;
}

static bool is_small(const char *name)
{
	static const char *const names[] = { "int2", "int4", "uint2", "uint4" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A name that needs no configuration. */
static int parse_name(struct zf_op *op, const json_t *value, struct zf_dtype *out)
{
	const char *name = json_string_value(value);
	const struct core *core = find_core(name);
	const struct zf_minifloat *mini;
	unsigned parts;

	if (core)
		return zf_dtype_simple(op, core->kind, core->size, false, "", out);
	if (strlen(name) < 32 && is_raw(name))
		return parse_raw(op, name, out);
	if (is_small(name))
		return parse_small(op, name, out);
	if (find_minifloat(name, &mini, &parts))
		return set_minifloat(op, mini, parts, out);
	if (!strcmp(name, "string") || !strcmp(name, "bytes") || !strcmp(name, "variable_length_bytes"))
		return zf_dtype_varying(op, out);
	return zf_dtype_unknown(op, value);
}

/* {"length_bytes": 4} */
static int parse_length(
	struct zf_op *op, char kind, const char *name, const json_t *config, struct zf_dtype *out)
{
	const json_t *value = json_object_get(config, "length_bytes");
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < 0)
		return zf_fail(op, EIO, "data type '%s': length_bytes: expected a length, found %s", name,
			zf_json_kind(value));
	if (kind == 'U' && n % 4 != 0)
		return zf_fail(op, EIO, "data type '%s': length_bytes: %lld is not a multiple of 4", name,
			(long long)n);
	return zf_dtype_simple(op, kind, (uint64_t)n, false, "", out);
}

static int parse_raw_bytes(
	struct zf_dtype_walk *walk, const char *name, const json_t *config, struct zf_dtype *out)
{
	return parse_length(walk->op, 'V', name, config, out);
}

static int parse_byte_string(
	struct zf_dtype_walk *walk, const char *name, const json_t *config, struct zf_dtype *out)
{
	return parse_length(walk->op, 'S', name, config, out);
}

static int parse_utf32(
	struct zf_dtype_walk *walk, const char *name, const json_t *config, struct zf_dtype *out)
{
	return parse_length(walk->op, 'U', name, config, out);
}

/* {"unit": "ns", "scale_factor": 10} */
static int parse_time(
	struct zf_dtype_walk *walk, const char *name, const json_t *config, struct zf_dtype *out)
{
	const json_t *unit = json_object_get(config, "unit"),
		     *scale = json_object_get(config, "scale_factor");
	const char *u = json_string_value(unit);
	json_int_t n = json_integer_value(scale);
	char suffix[32] = "", kind = name[strlen("numpy.")] == 'd' ? 'M' : 'm';

	if (!json_is_integer(scale) || n < 1 || n > INT32_MAX)
		return zf_fail(walk->op, EIO,
			"data type '%s': scale_factor is not an integer from 1 to 2147483647", name);
	if (!u || (strcmp(u, "generic") != 0 && !zf_dtype_is_time_unit(u, json_string_length(unit))))
		return zf_fail(walk->op, EIO, "data type '%s': unit is not one of NumPy's", name);
	if (strcmp(u, "generic") == 0)
		return zf_dtype_simple(walk->op, kind, 8, false, "", out);
	if ((unsigned char)u[0] > 0x7f)
		u = "us"; /* with the Greek letter: NumPy writes it so */
	if (n == 1)
		snprintf(suffix, sizeof suffix, "[%s]", u);
	else
		snprintf(suffix, sizeof suffix, "[%lld%s]", (long long)n, u);
	return zf_dtype_simple(walk->op, kind, 8, false, suffix, out);
}

/* A field is {"name", "data_type"} or, as older writers have it, [name, type]. */
static int parse_field(struct zf_dtype_walk *walk, const json_t *field, struct zf_dtype *to)
{
	struct zf_dtype type = { 0 };
	const json_t *name = json_object_get(field, "name"), *of = json_object_get(field, "data_type");
	int rc;

	if (json_is_array(field) && json_array_size(field) == 2) {
		name = json_array_get(field, 0);
		of = json_array_get(field, 1);
	}
	if (!name || !of)
		return zf_fail(walk->op, EIO,
			"data type: field: expected an object with name and data_type, found %s",
			zf_json_kind(field));
	rc = parse(walk, of, &type);
	if (rc == 0)
		rc = zf_dtype_add(walk, to, name, &type, NULL);
	zf_dtype_free(&type);
	return rc;
}

static int parse_struct(
	struct zf_dtype_walk *walk, const char *name, const json_t *config, struct zf_dtype *out)
{
	const json_t *fields = json_object_get(config, "fields");
	size_t i;
	json_t *field;

	(void)name;
	if (zf_dtype_begin(walk, fields, out) < 0)
		return -1;
	json_array_foreach(fields, i, field)
	{
		if (parse_field(walk, field, out) < 0)
			return -1;
	}
	return zf_dtype_end(walk, out);
}

static const struct configured {
	const char *name;
	int (*parse)(struct zf_dtype_walk *, const char *name, const json_t *config, struct zf_dtype *out);
} configured_types[] = {
	{ "raw_bytes", parse_raw_bytes },
	{ "null_terminated_bytes", parse_byte_string },
	{ "fixed_length_utf32", parse_utf32 },
	{ "numpy.datetime64", parse_time },
	{ "numpy.timedelta64", parse_time },
	{ "struct", parse_struct },
	{ "structured", parse_struct },
};

static int parse_object(struct zf_dtype_walk *walk, const json_t *value, struct zf_dtype *out)
{
	const json_t *name = json_object_get(value, "name"),
		     *config = json_object_get(value, "configuration");
	char show[64];

	if (!zf_json_text(name))
		return zf_fail(
			walk->op, EIO, "data_type: name: expected a name, found %s", zf_json_kind(name));
	if (config && !json_is_object(config))
		return zf_fail(walk->op, EIO, "data_type: configuration: expected an object, found %s",
			zf_json_kind(config));
	for (size_t i = 0; i < sizeof configured_types / sizeof configured_types[0]; i++)
		if (strcmp(configured_types[i].name, json_string_value(name)) == 0)
			return configured_types[i].parse(walk, configured_types[i].name, config, out);
	if (parse_name(walk->op, name, out) < 0)
		return -1;
	if (json_object_size(config) > 0)
		return zf_fail(walk->op, EOPNOTSUPP, "data type '%s' with a configuration is not supported",
			zf_json_show(name, show));
	return 0;
}

static int parse(struct zf_dtype_walk *walk, const json_t *value, struct zf_dtype *out)
{
	if (json_is_object(value))
		return parse_object(walk, value, out);
	if (!zf_json_text(value))
		return zf_fail(walk->op, EIO, "data_type: expected a string or an object, found %s",
			zf_json_kind(value));
	return parse_name(walk->op, value, out);
}

int zf_dtype_parse_v3(struct zf_op *op, const json_t *value, struct zf_dtype *out)
{
	struct zf_dtype_walk walk = { .op = op };

	return parse(&walk, value, out);
}
