/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spans of a JSON text.
 */
#include "meta/json_text.h"

#include "meta/json.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		p += *p == '\\';
	return p < end ? p + 1 : end;
}

/* Containers are skipped by counting brackets: the parser has seen that they match. */
static const char *skip_container(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if ((*p == '}' || *p == ']') && --depth == 0)
			return p + 1;
		p++;
	}
	return end;
}

static const char *skip_value(const char *p, const char *end)
{
	if (p < end && *p == '"')
		return skip_string(p, end);
	if (p < end && (*p == '{' || *p == '['))
		return skip_container(p, end);
	while (p < end && !is_space(*p) && !strchr(",]}", *p))
		p++;
	return p;
}

static struct zf_json_text span(const char *from, const char *to)
{
	return (struct zf_json_text){ .p = from, .len = (size_t)(to - from) };
}

struct zf_json_text zf_json_root(const void *doc, size_t len)
{
	const char *p = doc, *end = p + len;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	p = skip_space(p, end);
	while (end > p && is_space(end[-1]))
		end--;
	return span(p, end);
}

bool zf_json_next(struct zf_json_text container, struct zf_json_member *member)
{
	const char *end = container.p + container.len - 1, *from = container.p + 1, *p;

	if (member->value.p) {
		from = member->after.p + member->after.len;
		if (from >= end || *from != ',')
			return false;
		from++;
	}
	p = skip_space(from, end);
	if (p >= end)
		return false;
	*member = (struct zf_json_member){ .gap = span(from, p) };
	if (container.p[0] == '{') {
		member->key = span(p, skip_string(p, end));
		from = member->key.p + member->key.len;
		p = skip_space(from, end); /* the colon */
		p = p < end ? skip_space(p + 1, end) : end;
		member->colon = span(from, p);
	}
	member->value = span(p, skip_value(p, end));
	from = member->value.p + member->value.len;
	member->after = span(from, skip_space(from, end));
	return true;
}

const char *zf_json_member_key(struct zf_op *op, const struct zf_json_member *member, json_t **hold)
{
	*hold = NULL;
	if (zf_json_parse(op, member->key.p, member->key.len, hold) < 0)
		return NULL;
	return json_string_value(*hold);
}

bool zf_json_broken(struct zf_json_text text)
{
	return memchr(text.p, '\n', text.len) != NULL;
}
