/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cursor over a JSON text that skips values.
 */
#include "meta/json_walk.h"

#include "base/limits.h"
#include "meta/json.h"
#include "meta/json_scan.h"

#include <errno.h>
#include <string.h>

struct cursor {
	struct zf_op *op;
	const char *text;
	size_t at, len;
};

static int broken(const struct cursor *c, const char *what)
{
	return zf_json_fail(c->op, c->text, c->at < c->len ? c->at : c->len, what);
}

/* The next character that is no white space; NUL at the end. */
static char peek(struct cursor *c)
{
	while (c->at < c->len && strchr(" \t\r\n", c->text[c->at]) && c->text[c->at])
		c->at++;
	return c->at < c->len ? c->text[c->at] : '\0';
}

static int skip_string(struct cursor *c)
{
	for (c->at++; c->at < c->len; c->at++) {
		if (c->text[c->at] == '"') {
			c->at++;
			return 0;
		}
		c->at += c->text[c->at] == '\\';
	}
	return broken(c, "a string does not end");
}

static int skip_container(struct cursor *c)
{
	unsigned depth = 0;

	while (c->at < c->len) {
		switch (c->text[c->at]) {
		case '"':
			if (skip_string(c) < 0)
				return -1;
			continue;
		case '{':
		case '[':
			if (++depth > ZF_MAX_JSON_DEPTH)
				return broken(c, "nested too deep");
			break;
		case '}':
		case ']':
			depth--;
			break;
		}
		c->at++;
		if (depth == 0)
			return 0;
	}
	return broken(c, "an object or list does not end");
}

static int skip_value(struct cursor *c)
{
	size_t start = c->at;

	switch (peek(c)) {
	case '"':
		return skip_string(c);
	case '{':
	case '[':
		return skip_container(c);
	}
	start = c->at;
	while (c->at < c->len && !strchr(" \t\r\n,:]}", c->text[c->at]))
		c->at++;
	return c->at > start ? 0 : broken(c, "expected a value");
}

/* A key of which escapes are to be taken out: jansson does that. */
static int decode_key(struct cursor *c, size_t start, json_t **out)
{
	*out = json_loadb(c->text + start, c->at - start, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	return *out ? 0 : broken(c, "a key is no string");
}

static int call(struct cursor *c, size_t start, size_t end, zf_json_walk_fn *fn, void *arg,
	struct zf_json_member *member)
{
	json_t *decoded = NULL;
	struct cursor key = *c;
	int result;

	key.at = end;
	member->key = c->text + start + 1;
	member->key_len = end - start - 2;
	if (memchr(member->key, '\\', member->key_len)) {
		if (decode_key(&key, start, &decoded) < 0)
			return -1;
		member->key = json_string_value(decoded);
		member->key_len = json_string_length(decoded);
	}
	result = fn(arg, c->op, member);
	json_decref(decoded);
	return result;
}

/* "KEY": VALUE */
static int member(struct cursor *c, zf_json_walk_fn *fn, void *arg)
{
	struct zf_json_member found;
	size_t start, end;

	if (peek(c) != '"')
		return broken(c, "expected a key");
	start = c->at;
	if (skip_string(c) < 0)
		return -1;
	end = c->at;
	if (peek(c) != ':')
		return broken(c, "expected ':'");
	c->at++;
	peek(c);
	found.at = c->at;
	if (skip_value(c) < 0)
		return -1;
	found.len = c->at - found.at;
	return call(c, start, end, fn, arg, &found);
}

int zf_json_walk(struct zf_op *op, const char *text, size_t len, size_t at, zf_json_walk_fn *fn, void *arg)
{
	struct cursor c = { .op = op, .text = text, .at = at, .len = len };

	if (at == 0 && len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c.at = 3;
	if (peek(&c) != '{')
		return broken(&c, "expected an object");
	c.at++;
	if (peek(&c) == '}')
		return 0;
	for (;;) {
		if (member(&c, fn, arg) < 0)
			return -1;
		switch (peek(&c)) {
		case ',':
			c.at++;
			break;
		case '}':
			return 0;
		default:
			return broken(&c, "expected ',' or '}'");
		}
	}
}

struct sought {
	const char *key;
	size_t key_len;
	struct zf_json_member *found;
	bool is_found;
};

static int compare(void *arg, struct zf_op *op, const struct zf_json_member *member)
{
	struct sought *sought = arg;

	(void)op;
	if (member->key_len == sought->key_len && memcmp(member->key, sought->key, sought->key_len) == 0) {
		*sought->found = *member;
		sought->is_found = true;
	}
	return 0;
}

int zf_json_walk_find(struct zf_op *op, const char *text, size_t len, size_t at, const char *key,
	struct zf_json_member *found)
{
	struct sought sought = { .key = key, .key_len = strlen(key), .found = found };

	if (zf_json_walk(op, text, len, at, compare, &sought) < 0)
		return -1;
	return sought.is_found ? 0 : 1;
}
