/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fill values of elements that vary in length: the JSON text that stands for one in the file.
 */
#include "meta/fill.h"

#include "base/base64.h"
#include "meta/base64.h"
#include "meta/json.h"
#include "meta/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int unexpected(struct zf_op *op, const char *what, const json_t *value)
{
	return zf_fail(op, EIO, "expected %s, found %s", what, zf_json_kind(value));
}

/* Blanks between tokens go: it is to be one line. DEL stands for itself, as in the texts of elements. */
static void compact(struct zf_out *text)
{
	bool quoted = false;
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++) {
		uint8_t c = text->data[i];

		if (!quoted && (c == ' ' || c == '\n'))
			continue;
		if (quoted && text->len - i >= 6 && memcmp(text->data + i, "\\u007f", 6) == 0) {
			text->data[to++] = 0x7f;
			i += 5;
			continue;
		}
		text->data[to++] = c;
		if (quoted && c == '\\')
			text->data[to++] = text->data[++i];
		else if (c == '"')
			quoted = !quoted;
	}
	text->len = to;
}

static int any(struct zf_op *op, const json_t *value, struct zf_out *text)
{
	if (zf_json_print(op, value, text) < 0)
		return -1;
	compact(text);
	return 0;
}

static int put_base64(struct zf_op *op, const uint8_t *bytes, size_t len, struct zf_out *text)
{
	if (zf_out_reserve(text, op, zf_base64_len(len) + 2) < 0)
		return -1;
	text->data[text->len++] = '"';
	zf_base64_write((char *)text->data + text->len, bytes, len);
	text->len += zf_base64_len(len);
	text->data[text->len++] = '"';
	return 0;
}

/* The bytes as a list of integers. */
static int list_of_bytes(struct zf_op *op, const json_t *value, struct zf_out *text)
{
	size_t n = json_array_size(value);
	uint8_t *bytes = malloc(n ? n : 1);
	int rc = bytes ? 0 : zf_nomem(op, n);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		json_int_t byte = json_integer_value(json_array_get(value, i));

		if (!json_is_integer(json_array_get(value, i)) || byte < 0 || byte > 255)
			rc = zf_fail(op, EIO, "expected integers from 0 to 255");
		else
			bytes[i] = (uint8_t)byte;
	}
	if (rc == 0)
		rc = put_base64(op, bytes, n, text);
	free(bytes);
	return rc;
}

static int bytes_text(struct zf_op *op, const json_t *value, struct zf_out *text)
{
	size_t len = 0, size;
	const char *s = zf_json_string(value, &len);
	unsigned char *bytes;
	int rc;

	if (json_is_array(value))
		return list_of_bytes(op, value, text);
	if (!s)
		return unexpected(op, "a string in base64", value);
	if (!zf_base64_size(s, len, &size))
		return zf_fail(op, EIO, "no base64");
	bytes = malloc(size + 1);
	if (!bytes)
		return zf_nomem(op, size);
	zf_base64_decode(s, len, bytes);
	rc = put_base64(op, bytes, size, text);
	free(bytes);
	return rc;
}

static bool is_zero(const json_t *value)
{
	char buf[32];
	const char *token = zf_json_token(value, buf);

	return token && zf_number_double(token) == 0;
}

/* In v2, 0 stands for an element that is empty. */
static int put(
	struct zf_op *op, int zarr_format, const json_t *value, enum zf_element element, struct zf_out *text)
{
	bool empty = zarr_format < 3 && is_zero(value);
	size_t len;

	if (json_is_null(value) && zarr_format > 2)
		return zf_fail(op, EIO, "null is allowed in zarr_format 2 only");
	if (json_is_null(value))
		return zf_out_append(text, op, "null", 4);
	if (element == ZF_ELEMENT_LIST && (empty || (zf_json_string(value, &len) && len == 0)))
		return zf_out_append(text, op, "[]", 2);
	if (empty && element != ZF_ELEMENT_ANY)
		return zf_out_append(text, op, "\"\"", 2);
	if (element == ZF_ELEMENT_BYTES)
		return bytes_text(op, value, text);
	if (element == ZF_ELEMENT_STRING && !zf_json_string(value, &len))
		return unexpected(op, "a string", value);
	if (element == ZF_ELEMENT_LIST && !json_is_array(value))
		return unexpected(op, "a list", value);
	return any(op, value, text);
}

int zf_fill_text(struct zf_op *op, int zarr_format, const json_t *value, enum zf_element element, char **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);

	if (put(op, zarr_format, value, element, &text) < 0 || zf_out_append(&text, op, "", 1) < 0) {
		zf_out_free(&text);
		return zf_where(op, "fill_value");
	}
	*out = (char *)text.data;
	return 0;
}
