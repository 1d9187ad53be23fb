/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configurations of codecs.
 */
#include "codec/params.h"

#include <errno.h>
#include <string.h>

const json_t *zf_param(const json_t *configuration, const char *key)
{
	const json_t *value = json_object_get(configuration, key);

	return json_is_null(value) ? NULL : value;
}

int zf_param_int(struct zf_op *op, const json_t *configuration, const char *key, int lo, int hi, int *out)
{
	const json_t *value = zf_param(configuration, key);
	json_int_t n;

	if (!value)
		return 0;
	if (!json_is_integer(value))
		return zf_fail(op, EINVAL, "%s: not an integer", key);
	n = json_integer_value(value);
	if (n < lo || n > hi)
		return zf_fail(op, EINVAL, "%s: %" JSON_INTEGER_FORMAT " is not in %d..%d", key, n, lo, hi);
	*out = (int)n;
	return 0;
}

int zf_param_bool(struct zf_op *op, const json_t *configuration, const char *key, bool *out)
{
	const json_t *value = zf_param(configuration, key);

	if (!value)
		return 0;
	if (json_is_boolean(value))
		*out = json_is_true(value);
	else if (json_is_integer(value) && (json_integer_value(value) >> 1) == 0)
		*out = json_integer_value(value); /* Python writes either */
	else
		return zf_fail(op, EINVAL, "%s: neither true nor false", key);
	return 0;
}

int zf_param_word(
	struct zf_op *op, const json_t *configuration, const char *key, const char *const *words, int *out)
{
	const json_t *value = zf_param(configuration, key);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return zf_fail(op, EINVAL, "%s: not a string", key);
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], json_string_value(value)) == 0) {
			*out = i;
			return 0;
		}
	}
	return zf_fail(op, EINVAL, "%s: unknown value '%s'", key, json_string_value(value));
}

int zf_param_list(
	struct zf_op *op, const json_t *configuration, const char *key, unsigned count, uint64_t *out)
{
	const json_t *list = zf_param(configuration, key);

	if (!json_is_array(list))
		return zf_fail(op, EINVAL, list ? "%s: not a list" : "%s: missing", key);
	if (json_array_size(list) != count)
		return zf_fail(op, EINVAL, "%s: has %zu numbers, array has %u dimensions", key,
			json_array_size(list), count);
	for (unsigned i = 0; i < count; i++) {
		const json_t *value = json_array_get(list, i);

		if (!json_is_integer(value))
			return zf_fail(op, EINVAL, "%s: not a list of integers", key);
		if (json_integer_value(value) < 0)
			return zf_fail(op, EINVAL, "%s: %" JSON_INTEGER_FORMAT " is negative", key,
				json_integer_value(value));
		out[i] = (uint64_t)json_integer_value(value);
	}
	return 0;
}
