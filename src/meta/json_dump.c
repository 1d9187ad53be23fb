/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Python's json.dumps(). Number tokens come out as they were read.
 */
#include "meta/json_dump.h"

#include "meta/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(S)                                                                                              \
	{                                                                                                    \
		.p = (S), .len = sizeof(S) - 1                                                               \
	}

const struct zf_json_style zf_json_style_v2 = {
	.margin = TEXT("\n"),
	.unit = TEXT("    "),
	.comma = TEXT(","),
	.colon = TEXT(": "),
	.lines = true,
	.sorted = true,
};
const struct zf_json_style zf_json_style_v3 = {
	.margin = TEXT("\n"),
	.unit = TEXT("  "),
	.comma = TEXT(","),
	.colon = TEXT(": "),
	.lines = true,
};

struct dump {
	struct zf_op *op;
	const struct zf_json_style *style;
	struct zf_out *out;
};

static int put(struct dump *d, const char *text)
{
	return zf_out_append(d->out, d->op, text, strlen(text));
}

static int put_text(struct dump *d, struct zf_json_text text)
{
	return zf_out_append(d->out, d->op, text.p, text.len);
}

/* ---- strings ---- */

/* The character at s, of valid UTF-8; its length to *len. */
static uint32_t character(const unsigned char *s, size_t *len)
{
	uint32_t c;

	*len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (*len == 1)
		return s[0];
	c = s[0] & (0x7fu >> *len);
	for (size_t i = 1; i < *len; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

static void escape(uint32_t c, char buf[16])
{
	static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
	const char *at = c < 0x80 && c > 0 ? strchr(named, (int)c) : NULL;

	if (at)
		snprintf(buf, 16, "\\%c", letters[at - named]);
	else if (c < 0x10000)
		snprintf(buf, 16, "\\u%04x", c);
	else
		snprintf(buf, 16, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10 & 0x3ff),
			0xdc00 + (c & 0x3ff));
}

static int put_string(struct dump *d, const char *s, size_t len)
{
	size_t done = 0, n;

	if (put(d, "\"") < 0)
		return -1;
	for (size_t i = 0; i < len; i += n) {
		uint32_t c = character((const unsigned char *)s + i, &n);
		char escaped[16];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			continue;
		escape(c, escaped);
		if (zf_out_append(d->out, d->op, s + done, i - done) < 0 || put(d, escaped) < 0)
			return -1;
		done = i + n;
	}
	if (zf_out_append(d->out, d->op, s + done, len - done) < 0)
		return -1;
	return put(d, "\"");
}

static int put_key(struct dump *d, const char *key)
{
	key += key[0] == ZF_JSON_MARK; /* keys are marked as strings are */
	return put_string(d, key, strlen(key));
}

/* ---- containers ---- */

static int put_scalar(struct dump *d, const json_t *value)
{
	char buf[32];
	size_t len;
	const char *text = zf_json_token(value, buf);

	if (text)
		return put(d, text);
	text = zf_json_string(value, &len);
	if (text)
		return put_string(d, text, len);
	return put(d, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
}

static int new_line(struct dump *d, unsigned level)
{
	if (!d->style->lines)
		return 0;
	if (put_text(d, d->style->margin) < 0)
		return -1;
	while (level-- > 0)
		if (put_text(d, d->style->unit) < 0)
			return -1;
	return 0;
}

static int put_value(struct dump *d, const json_t *value, unsigned level);

/* What comes before element i. */
static int begin(struct dump *d, size_t i, unsigned level)
{
	if (i > 0 && put_text(d, d->style->comma) < 0)
		return -1;
	return new_line(d, level);
}

static int put_list(struct dump *d, const json_t *list, unsigned level)
{
	size_t n = json_array_size(list);

	if (put(d, "[") < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (begin(d, i, level + 1) < 0 || put_value(d, json_array_get(list, i), level + 1) < 0)
			return -1;
	if (n > 0 && new_line(d, level) < 0)
		return -1;
	return put(d, "]");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object in the order of the style; new, free(). */
static const char **keys_of(struct dump *d, const json_t *object)
{
	size_t n = json_object_size(object), i = 0;
	json_t *borrowed = (json_t *)object; /* iteration changes nothing */
	const char **keys = calloc(n ? n : 1, sizeof *keys);

	if (!keys) {
		zf_nomem(d->op, n * sizeof *keys);
		return NULL;
	}
	for (void *at = json_object_iter(borrowed); at; at = json_object_iter_next(borrowed, at))
		keys[i++] = json_object_iter_key(at);
	if (d->style->sorted)
		qsort(keys, n, sizeof *keys, by_name);
	return keys;
}

static int put_members(struct dump *d, const json_t *object, const char **keys, unsigned level)
{
	for (size_t i = 0; i < json_object_size(object); i++) {
		if (begin(d, i, level + 1) < 0 || put_key(d, keys[i]) < 0 ||
			put_text(d, d->style->colon) < 0 ||
			put_value(d, json_object_get(object, keys[i]), level + 1) < 0)
			return -1;
	}
	return 0;
}

static int put_object(struct dump *d, const json_t *object, unsigned level)
{
	const char **keys = keys_of(d, object);
	int rc = -1;

	if (!keys || put(d, "{") < 0 || put_members(d, object, keys, level) < 0)
		goto out;
	if (json_object_size(object) > 0 && new_line(d, level) < 0)
		goto out;
	rc = put(d, "}");
out:
	free(keys);
	return rc;
}

static int put_value(struct dump *d, const json_t *value, unsigned level)
{
	if (json_is_array(value))
		return put_list(d, value, level);
	if (json_is_object(value))
		return put_object(d, value, level);
	return put_scalar(d, value);
}

int zf_json_dump(struct zf_op *op, const json_t *value, const struct zf_json_style *style, struct zf_out *out)
{
	struct dump d = { .op = op, .style = style, .out = out };

	return put_value(&d, value, 0);
}

int zf_json_dump_key(struct zf_op *op, const char *key, struct zf_out *out)
{
	struct dump d = { .op = op, .out = out };

	return put_key(&d, key);
}
