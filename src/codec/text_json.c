/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON as others wrote it, checked and copied value by value, token by token: numbers and escapes stay as
 * they are.
 */
#include "codec/text.h"

#include "base/utf8.h"

#include <string.h>

struct copy {
	struct zf_out *texts; /* NULL: only looked at */
	struct zf_op *op;
	const char *end;
	unsigned depth;
};

const char *zf_text_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static const char *token(struct copy *c, const char *from, const char *to)
{
	if (c->texts && zf_out_append(c->texts, c->op, from, (size_t)(to - from)) < 0)
		return NULL;
	return to;
}

static bool is_hex(const char *p)
{
	return strspn(p, "0123456789abcdefABCDEF") >= 4;
}

/* Behind an escape; NULL if it is none. */
static const char *escape(const char *p, const char *end)
{
	char digits[5] = "";

	if (end - p < 2)
		return NULL;
	if (p[1] != 'u')
		return p[1] && strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
	if (end - p < 6)
		return NULL;
	memcpy(digits, p + 2, 4);
	return is_hex(digits) ? p + 6 : NULL;
}

static const char *string(struct copy *c, const char *from)
{
	const char *p = from + 1;

	while (p < c->end && *p != '"') {
		size_t n;

		if (*p == '\\') {
			p = escape(p, c->end);
			if (!p)
				return NULL;
			continue;
		}
		n = zf_utf8_len((const unsigned char *)p, (size_t)(c->end - p));
		if (n == 0 || (unsigned char)*p < 0x20)
			return NULL;
		p += n;
	}
	return p < c->end ? token(c, from, p + 1) : NULL;
}

static const char *digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static const char *word(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && memcmp(p, word, n) == 0 ? p + n : NULL;
}

/* Behind a number; NULL if there is none. */
static const char *number(const char *p, const char *end)
{
	const char *start, *after;

	if (p < end && *p == '-')
		p++;
	if ((after = word(p, end, "Infinity")))
		return after;
	start = p;
	p = digits(p, end);
	if (p == start || (*start == '0' && p > start + 1))
		return NULL;
	if (p < end && *p == '.') {
		start = ++p;
		p = digits(p, end);
		if (p == start)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '+' || *p == '-');
		start = p;
		p = digits(p, end);
		if (p == start)
			return NULL;
	}
	return p;
}

static const char *scalar(struct copy *c, const char *p)
{
	static const char *const words[] = { "null", "true", "false", "NaN" };
	const char *after;

	if (*p == '"')
		return string(c, p);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((after = word(p, c->end, words[i])))
			return token(c, p, after);
	after = number(p, c->end);
	return after ? token(c, p, after) : NULL;
}

static const char *value(struct copy *c, const char *p);

/* A member's name and its colon. */
static const char *name(struct copy *c, const char *p)
{
	if (p >= c->end || *p != '"')
		return NULL;
	p = string(c, p);
	if (!p)
		return NULL;
	p = zf_text_blank(p, c->end);
	return p < c->end && *p == ':' ? token(c, p, p + 1) : NULL;
}

static const char *container(struct copy *c, const char *p)
{
	char close = *p == '[' ? ']' : '}';

	if (!token(c, p, p + 1))
		return NULL;
	p = zf_text_blank(p + 1, c->end);
	if (p < c->end && *p == close)
		return token(c, p, p + 1);
	while (p) {
		p = zf_text_blank(p, c->end);
		if (close == '}')
			p = name(c, p);
		if (p)
			p = value(c, p);
		if (!p)
			return NULL;
		p = zf_text_blank(p, c->end);
		if (p >= c->end || (*p != ',' && *p != close))
			return NULL;
		p = token(c, p, p + 1);
		if (p && p[-1] == close)
			return p;
	}
	return NULL;
}

static const char *value(struct copy *c, const char *p)
{
	p = zf_text_blank(p, c->end);
	if (p >= c->end)
		return NULL;
	if (*p != '[' && *p != '{')
		return scalar(c, p);
	if (++c->depth > ZF_MAX_JSON_DEPTH)
		return NULL;
	p = container(c, p);
	c->depth--;
	return p;
}

const char *zf_text_json(struct zf_out *texts, struct zf_op *op, const char *p, const char *end)
{
	struct copy c = { .texts = texts, .op = op, .end = end };

	return value(&c, p);
}
