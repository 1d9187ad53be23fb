/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON documents and their values, as json.h describes.
 */
#include "meta/json.h"

#include "base/limits.h"
#include "meta/json_scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson says what it found "near" a place, which may be a token that the scanner has marked: that part
 * goes, and the message is one line of text. */
static void clean(char *text)
{
	char *near = strstr(text, " near '");

	if (near && strchr(near, ZF_JSON_MARK))
		*near = '\0';
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == ZF_JSON_MARK)
			*p = '?';
}

/* Finds the place in the document that jansson stumbled at by scanning it again. */
static int syntax(struct zf_op *op, const char *text, size_t len, struct zf_out *scanned, json_error_t *error)
{
	size_t at = len, stop = error->position > 0 ? (size_t)error->position : 0;

	if (!error->text[0]) /* jansson has a word for everything else */
		return zf_nomem(op, len);
	scanned->len = 0;
	if (zf_json_scan(op, text, len, scanned, stop, &at) < 0)
		return -1;
	clean(error->text);
	return zf_json_fail(op, text, at, error->text);
}

static bool wide(const char *text, size_t len)
{
	return len >= 2 &&
	       (!text[0] || !text[1] || !memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2));
}

int zf_json_parse(struct zf_op *op, const void *doc, size_t len, json_t **out)
{
	const char *text = doc;
	struct zf_out scanned = ZF_OUT_GROWING(3 * (size_t)ZF_MAX_DOCUMENT);
	json_error_t error;
	json_t *value = NULL;
	size_t at;

	if (len > ZF_MAX_DOCUMENT)
		return zf_fail(
			op, EIO, "%zu bytes, the limit is %llu", len, (unsigned long long)ZF_MAX_DOCUMENT);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		/* a byte order mark: some editors leave one, Python reads over it */
		text += 3;
		len -= 3;
	}
	if (len == 0)
		return zf_fail(op, EIO, "empty");
	if (wide(text, len))
		return zf_fail(op, EIO, "not in UTF-8");
	if (zf_out_reserve(&scanned, op, len) < 0 || zf_json_scan(op, text, len, &scanned, SIZE_MAX, &at) < 0)
		goto out;
	memset(&error, 0, sizeof error);
	value = json_loadb((const char *)scanned.data, scanned.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	if (value)
		*out = value;
	else
		syntax(op, text, len, &scanned, &error);
out:
	zf_out_free(&scanned);
	return value ? 0 : -1;
}

static bool marked(const json_t *value)
{
	const char *s = json_string_value(value);

	return s && s[0] == ZF_JSON_MARK && s[1] != ZF_JSON_MARK;
}

const char *zf_json_token(const json_t *value, char buf[32])
{
	if (marked(value))
		return json_string_value(value) + 1;
	if (json_is_integer(value))
		snprintf(buf, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		return NULL;
	return buf;
}

bool zf_json_number(const json_t *value, char *buf, size_t size)
{
	char small[32];
	const char *token = zf_json_token(value, small);

	if (!token || strlen(token) >= size)
		return false;
	strcpy(buf, token);
	return true;
}

json_t *zf_json_make_number(const char *token)
{
	size_t n = strlen(token);
	bool exact;

	if (zf_json_number_length(token, token + n, &exact) == n && exact)
		return json_integer(strtoll(token, NULL, 10));
	return json_sprintf("%c%s", ZF_JSON_MARK, token);
}

const char *zf_json_string(const json_t *value, size_t *len)
{
	const char *s = json_string_value(value);
	size_t skip;

	if (!s || marked(value))
		return NULL;
	skip = s[0] == ZF_JSON_MARK;
	*len = json_string_length(value) - skip;
	return s + skip;
}

const char *zf_json_text(const json_t *value)
{
	size_t len;
	const char *s = zf_json_string(value, &len);

	return s && strlen(s) == len ? s : NULL;
}

const char *zf_json_kind(const json_t *value)
{
	if (!value)
		return "nothing";
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return marked(value) ? "a number" : "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a boolean";
	case JSON_NULL:
		break;
	}
	return "null";
}

const char *zf_json_show(const json_t *value, char buf[64])
{
	size_t len = 0, n;
	const char *s = zf_json_string(value, &len);

	n = len;
	if (n > 57)
		for (n = 57; n > 0 && (s[n] & 0xc0) == 0x80;)
			n--; /* not within a character */
	for (size_t i = 0; i < n; i++)
		buf[i] = (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? '?' : s[i];
	strcpy(buf + n, n < len ? "..." : "");
	return buf;
}
