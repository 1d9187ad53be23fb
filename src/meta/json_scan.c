/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scanner in front of jansson: one pass over the text, which copies it in runs and marks as it goes.
 * It also bounds what the parser is about to do: its depth and, roughly, its memory.
 */
#include "meta/json_scan.h"

#include "base/limits.h"
#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* About what jansson allocates for a value (with malloc's overhead), without the bytes of strings. */
enum { COST_CONTAINER = 320, COST_STRING = 128, COST_SCALAR = 48 };

struct scan {
	const char *text, *end;
	const char *next;   /* to be looked at */
	const char *copied; /* everything before it is in out */
	unsigned depth;
	uint64_t cost;
	struct zf_out *out;
	size_t stop; /* see zf_json_scan() */
	size_t at;
	bool stopped;
};

static size_t digits(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q >= '0' && *q <= '9')
		q++;
	return (size_t)(q - p);
}

static size_t word(const char *p, const char *end, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(end - p) >= n && memcmp(p, what, n) == 0 ? n : 0;
}

/* Whether an integer token of n bytes fits int64. */
static bool fits(const char *p, size_t n)
{
	char buf[24];

	if (n >= sizeof buf)
		return false;
	memcpy(buf, p, n);
	buf[n] = '\0';
	errno = 0;
	(void)strtoll(buf, NULL, 10);
	return errno == 0;
}

/* The fraction and exponent at p, or 0 for none. */
static size_t fraction_length(const char *p, const char *end)
{
	const char *q = p;

	if (q < end && *q == '.') {
		size_t n = digits(q + 1, end);

		if (n == 0)
			return 0;
		q += 1 + n;
	}
	if (q < end && (*q == 'e' || *q == 'E')) {
		const char *e = q + 1;

		if (e < end && (*e == '+' || *e == '-'))
			e++;
		if (digits(e, end) > 0)
			q = e + digits(e, end);
	}
	return (size_t)(q - p);
}

size_t zf_json_number_length(const char *p, const char *end, bool *exact)
{
	const char *q = p;
	size_t n;

	*exact = false;
	n = word(p, end, "NaN") + word(p, end, "Infinity") + word(p, end, "-Infinity");
	if (n)
		return n;
	if (q < end && *q == '-')
		q++;
	n = q < end && *q == '0' ? 1 : digits(q, end);
	if (n == 0)
		return 0;
	q += n;
	n = fraction_length(q, end);
	if (n == 0)
		*exact = fits(p, (size_t)(q - p));
	return (size_t)(q - p) + n;
}

static bool in_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '+' ||
	       c == '-';
}

/* Whether what follows p can follow a value. Where it cannot, jansson shall see the token as it is. */
static bool value_ends(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p) && *p)
		p++;
	return p == end || *p == ',' || *p == ']' || *p == '}';
}

static int put(struct scan *s, struct zf_op *op, const char *p, size_t n, const char *from)
{
	if (!s->stopped && s->stop < s->out->len + n) {
		s->stopped = true;
		s->at = (size_t)(from - s->text) + (from == p ? s->stop - s->out->len : 0);
	}
	return zf_out_append(s->out, op, p, n);
}

/* Copies up to p, then puts `what`, which stands for nothing in the text. */
static int insert(struct scan *s, struct zf_op *op, const char *p, const char *what)
{
	if (put(s, op, s->copied, (size_t)(p - s->copied), s->copied) < 0)
		return -1;
	s->copied = p;
	return put(s, op, what, strlen(what), p);
}

static int number(struct scan *s, struct zf_op *op)
{
	static const char open[] = { '"', ZF_JSON_MARK, '\0' };
	bool exact;
	const char *p = s->next;
	size_t n = zf_json_number_length(p, s->end, &exact);

	s->next += n ? n : 1;
	s->cost += COST_SCALAR;
	if (n == 0 || !value_ends(s->next, s->end)) {
		while (s->next < s->end && in_word(*s->next))
			s->next++;
		return 0;
	}
	if (exact)
		return 0;
	s->cost += COST_STRING + n;
	if (insert(s, op, p, open) < 0)
		return -1;
	return insert(s, op, s->next, "\"");
}

static int string(struct scan *s, struct zf_op *op)
{
	static const char twice[] = { ZF_JSON_MARK, '\0' };
	const char *p = ++s->next;

	while (p < s->end && *p != '"')
		p += *p == '\\' ? 2 : 1;
	if (p > s->end)
		p = s->end;
	s->cost += COST_STRING + (size_t)(p - s->next);
	if (word(s->next, p, twice) || word(s->next, p, "\\u007f") || word(s->next, p, "\\u007F"))
		if (insert(s, op, s->next, twice) < 0)
			return -1;
	s->next = p < s->end ? p + 1 : p;
	return 0;
}

static int step(struct scan *s, struct zf_op *op)
{
	switch (*s->next) {
	case '"':
		return string(s, op);
	case '[':
	case '{':
		s->cost += COST_CONTAINER;
		if (++s->depth > ZF_MAX_JSON_DEPTH)
			return zf_json_fail(op, s->text, (size_t)(s->next - s->text), "nested too deep");
		s->next++;
		return 0;
	case ']':
	case '}':
		s->depth -= s->depth > 0;
		s->next++;
		return 0;
	case '\0':
		/* jansson would take what follows a number for the end of the text */
		return zf_json_fail(op, s->text, (size_t)(s->next - s->text), "NUL byte");
	case 't':
	case 'f':
	case 'n':
		/* true, false, null are shared and cost a place in their container only */
		s->cost += COST_SCALAR;
		s->next++;
		return 0;
	default:
		if (*s->next == '-' || *s->next == 'N' || *s->next == 'I' || digits(s->next, s->end))
			return number(s, op);
		s->next++;
		return 0;
	}
}

int zf_json_scan(struct zf_op *op, const char *text, size_t len, struct zf_out *out, size_t stop, size_t *at)
{
	struct scan s = {
		.text = text, .end = text + len, .next = text, .copied = text, .out = out, .stop = stop
	};

	while (s.next < s.end) {
		if (step(&s, op) < 0)
			return -1;
		if (s.cost > ZF_MAX_JSON_TREE)
			return zf_json_fail(op, text, (size_t)(s.next - text), "too many values");
	}
	if (put(&s, op, s.copied, (size_t)(s.end - s.copied), s.copied) < 0)
		return -1;
	*at = s.stopped ? s.at : len;
	return 0;
}

int zf_json_fail(struct zf_op *op, const char *doc, size_t at, const char *text)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		if (doc[i] == '\n') {
			line++;
			column = 1;
		} else if ((doc[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return zf_fail(op, EIO, "line %zu, column %zu: %s", line, column, text);
}
