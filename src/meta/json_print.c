/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Printing JSON for people: as in Python's json.dumps(indent=2), but lists of scalars take one line.
 */
#include "meta/json.h"

#include <stdio.h>
#include <string.h>

static int put(struct zf_op *op, struct zf_out *out, const char *text)
{
	return zf_out_append(out, op, text, strlen(text));
}

static int print_string(struct zf_op *op, struct zf_out *out, const char *s, size_t len)
{
	size_t done = 0;

	if (put(op, out, "\"") < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		char escape[8];
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		if (c == '"' || c == '\\')
			snprintf(escape, sizeof escape, "\\%c", c);
		else if (c == '\n' || c == '\t')
			snprintf(escape, sizeof escape, "\\%c", c == '\n' ? 'n' : 't');
		else
			snprintf(escape, sizeof escape, "\\u%04x", c);
		if (zf_out_append(out, op, s + done, i - done) < 0 || put(op, out, escape) < 0)
			return -1;
		done = i + 1;
	}
	if (zf_out_append(out, op, s + done, len - done) < 0)
		return -1;
	return put(op, out, "\"");
}

static int print_number(struct zf_op *op, struct zf_out *out, const char *token)
{
	if (strchr(token, 'N') || strchr(token, 'I'))
		return print_string(op, out, token, strlen(token));
	return put(op, out, token);
}

static int print_scalar(struct zf_op *op, struct zf_out *out, const json_t *value)
{
	char buf[32];
	size_t len;
	const char *text = zf_json_token(value, buf);

	if (text)
		return print_number(op, out, text);
	text = zf_json_string(value, &len);
	if (text)
		return print_string(op, out, text, len);
	if (json_is_real(value)) {
		snprintf(buf, sizeof buf, "%.17g", json_real_value(value));
		return put(op, out, buf);
	}
	return put(op, out, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
}

static bool is_scalar(const json_t *value)
{
	return !json_is_array(value) && !json_is_object(value);
}

static bool all_scalars(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!is_scalar(json_array_get(array, i)))
			return false;
	return true;
}

static int new_line(struct zf_op *op, struct zf_out *out, unsigned level)
{
	if (put(op, out, "\n") < 0)
		return -1;
	while (level-- > 0)
		if (put(op, out, "  ") < 0)
			return -1;
	return 0;
}

static int print(struct zf_op *op, struct zf_out *out, const json_t *value, unsigned level);

static int print_array(struct zf_op *op, struct zf_out *out, const json_t *array, unsigned level)
{
	bool flat = all_scalars(array);
	size_t n = json_array_size(array);

	if (put(op, out, "[") < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && put(op, out, flat ? ", " : ",") < 0)
			return -1;
		if (!flat && new_line(op, out, level + 1) < 0)
			return -1;
		if (print(op, out, json_array_get(array, i), level + 1) < 0)
			return -1;
	}
	if (!flat && new_line(op, out, level) < 0)
		return -1;
	return put(op, out, "]");
}

static int print_member(
	struct zf_op *op, struct zf_out *out, const char *key, const json_t *value, unsigned level)
{
	key += key[0] == ZF_JSON_MARK; /* keys are marked as strings are */
	if (new_line(op, out, level) < 0 || print_string(op, out, key, strlen(key)) < 0)
		return -1;
	if (put(op, out, ": ") < 0)
		return -1;
	return print(op, out, value, level);
}

static int print_object(struct zf_op *op, struct zf_out *out, const json_t *object, unsigned level)
{
	json_t *borrowed = (json_t *)object; /* iteration changes nothing */
	bool first = true;

	if (put(op, out, "{") < 0)
		return -1;
	for (void *at = json_object_iter(borrowed); at; at = json_object_iter_next(borrowed, at)) {
		if (!first && put(op, out, ",") < 0)
			return -1;
		first = false;
		if (print_member(op, out, json_object_iter_key(at), json_object_iter_value(at), level + 1) <
			0)
			return -1;
	}
	if (!first && new_line(op, out, level) < 0)
		return -1;
	return put(op, out, "}");
}

static int print(struct zf_op *op, struct zf_out *out, const json_t *value, unsigned level)
{
	if (json_is_array(value))
		return print_array(op, out, value, level);
	if (json_is_object(value))
		return print_object(op, out, value, level);
	return print_scalar(op, out, value);
}

int zf_json_print(struct zf_op *op, const json_t *value, struct zf_out *out)
{
	return print(op, out, value, 0);
}
