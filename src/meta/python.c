/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Literals of Python.
 */
#include "meta/python.h"

#include "base/limits.h"
#include "meta/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct python {
	struct zf_op *op;
	const unsigned char *start, *p, *end;
	bool utf8;
	unsigned depth;
};

static int bad(struct python *s, const char *what)
{
	return zf_fail(s->op, EINVAL, "byte %zu: %s", (size_t)(s->p - s->start), what);
}

static int no_memory(struct python *s)
{
	return zf_nomem(s->op, (size_t)(s->end - s->start));
}

static unsigned char peek(struct python *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
		s->p++;
	return s->p < s->end ? *s->p : '\0';
}

static bool accept(struct python *s, unsigned char c)
{
	if (peek(s) != c || s->p == s->end)
		return false;
	s->p++;
	return true;
}

/* ---- strings ---- */

static int put_character(struct python *s, struct zf_out *out, uint32_t c)
{
	unsigned char utf8[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		utf8[i] = (unsigned char)(0x80 | (c & 0x3f));
	utf8[0] = (unsigned char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	return zf_out_append(out, s->op, utf8, n);
}

static int hex(struct python *s, unsigned digits, uint32_t *out)
{
	uint32_t c = 0;

	for (; digits > 0; digits--, s->p++) {
		static const char table[] = "0123456789abcdef";
		const char *digit = s->p < s->end ? memchr(table, *s->p | 0x20, 16) : NULL;

		if (!digit)
			return bad(s, "an escape without its digits");
		c = c << 4 | (uint32_t)(digit - table);
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return bad(s, "an escape for what is no character");
	*out = c;
	return 0;
}

/* What comes after a backslash. */
static int put_escape(struct python *s, struct zf_out *out)
{
	static const char letters[] = "abfnrtv\\'\"", meant[] = "\a\b\f\n\r\t\v\\'\"";
	unsigned char c = s->p < s->end ? *s->p++ : '\0';
	const char *at = c ? strchr(letters, c) : NULL;
	uint32_t character = 0;

	if (at)
		return put_character(s, out, (unsigned char)meant[at - letters]);
	if (c != 'x' && c != 'u' && c != 'U')
		return bad(s, "an escape that is not known");
	if (hex(s, c == 'x' ? 2 : c == 'u' ? 4 : 8, &character) < 0)
		return -1;
	return put_character(s, out, character);
}

static int read_string(struct python *s, struct zf_out *out)
{
	unsigned char quote = *s->p++;

	while (s->p < s->end && *s->p != quote) {
		unsigned char c = *s->p++;
		int rc;

		if (c == '\n')
			return bad(s, "a line break in a string");
		if (c == '\\')
			rc = put_escape(s, out);
		else if (c < 0x80 || s->utf8)
			rc = zf_out_append(out, s->op, &c, 1);
		else
			rc = put_character(s, out, c);
		if (rc < 0)
			return -1;
	}
	if (s->p == s->end)
		return bad(s, "a string without end");
	s->p++;
	return 0;
}

/* As in a tree of zf_json_parse(): what begins with the mark has it twice. */
static int parse_string(struct python *s, json_t **out)
{
	struct zf_out text = ZF_OUT_GROWING(2 * (size_t)ZF_MAX_DOCUMENT);
	static const char mark[] = { ZF_JSON_MARK };
	size_t skip;
	int rc = zf_out_append(&text, s->op, mark, 1);

	if (rc == 0)
		rc = read_string(s, &text);
	if (rc == 0) {
		skip = text.len < 2 || text.data[1] != ZF_JSON_MARK;
		*out = json_stringn((const char *)text.data + skip, text.len - skip);
		if (!*out)
			rc = bad(s, "a string that is not in UTF-8");
	}
	zf_out_free(&text);
	return rc;
}

/* ---- the rest ---- */

static int parse_number(struct python *s, json_t **out)
{
	char token[32];
	size_t n = 0, digits;

	if (*s->p == '-')
		token[n++] = (char)*s->p++;
	digits = n;
	while (s->p < s->end && *s->p >= '0' && *s->p <= '9' && n < sizeof token - 1)
		token[n++] = (char)*s->p++;
	token[n] = '\0';
	if (n == digits || n == sizeof token - 1 || (n > digits + 1 && token[digits] == '0'))
		return bad(s, "a number that cannot be read");
	if (s->p < s->end && *s->p == 'L')
		s->p++;
	*out = zf_json_make_number(token);
	return *out ? 0 : no_memory(s);
}

static int parse_word(struct python *s, json_t **out)
{
	static const char *const words[] = { "None", "True", "False" };

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);

		if ((size_t)(s->end - s->p) >= n && memcmp(s->p, words[i], n) == 0) {
			s->p += n;
			*out = i == 0 ? json_null() : json_boolean(i == 1);
			return 0;
		}
	}
	return bad(s, "something that NumPy does not write");
}

static int parse_value(struct python *s, json_t **out);

/* A list, or a tuple. (x) is just x in Python, which NumPy does not write. */
static int parse_list(struct python *s, unsigned char close, json_t *list)
{
	bool comma = true;

	while (!accept(s, close)) {
		json_t *value;

		if (!comma)
			return bad(s, "a comma is missing");
		if (parse_value(s, &value) < 0)
			return -1;
		if (json_array_append_new(list, value) < 0)
			return no_memory(s);
		comma = accept(s, ',');
	}
	if (close == ')' && json_array_size(list) == 1 && !comma)
		return bad(s, "a value in brackets, which is no tuple");
	return 0;
}

static int parse_member(struct python *s, json_t *dict)
{
	json_t *key = NULL, *value;
	const char *name;
	int rc = -1;

	if (peek(s) != '\'' && peek(s) != '"')
		return bad(s, "a key that is no string");
	if (parse_string(s, &key) < 0)
		goto out;
	name = zf_json_text(key);
	if (!name || json_object_get(dict, name) || !accept(s, ':')) {
		bad(s, "a key that cannot be");
		goto out;
	}
	if (parse_value(s, &value) < 0)
		goto out;
	rc = json_object_set_new(dict, name, value) < 0 ? no_memory(s) : 0;
out:
	json_decref(key);
	return rc;
}

static int parse_dict(struct python *s, json_t *dict)
{
	bool comma = true;

	while (!accept(s, '}')) {
		if (!comma)
			return bad(s, "a comma is missing");
		if (parse_member(s, dict) < 0)
			return -1;
		comma = accept(s, ',');
	}
	return 0;
}

static int parse_container(struct python *s, unsigned char open, json_t **out)
{
	json_t *value = open == '{' ? json_object() : json_array();
	int rc;

	if (!value)
		return no_memory(s);
	s->p++;
	if (++s->depth > 4 * ZF_MAX_DTYPE_DEPTH)
		rc = bad(s, "nested too deep");
	else if (open == '{')
		rc = parse_dict(s, value);
	else
		rc = parse_list(s, open == '(' ? ')' : ']', value);
	s->depth--;
	if (rc < 0)
		json_decref(value);
	else
		*out = value;
	return rc;
}

static int parse_value(struct python *s, json_t **out)
{
	unsigned char c = peek(s);

	if (c == '\'' || c == '"')
		return parse_string(s, out);
	if (c == '{' || c == '[' || c == '(')
		return parse_container(s, c, out);
	if (c == '-' || (c >= '0' && c <= '9'))
		return parse_number(s, out);
	return parse_word(s, out);
}

int zf_python_parse(struct zf_op *op, const void *text, size_t len, bool utf8, json_t **out)
{
	const unsigned char *p = text;
	struct python s = { .op = op, .start = p, .p = p, .end = p + len, .utf8 = utf8 };
	json_t *value;

	if (parse_value(&s, &value) < 0)
		return -1;
	peek(&s);
	if (s.p < s.end) {
		json_decref(value);
		return bad(&s, "something behind the end");
	}
	*out = value;
	return 0;
}

/* ---- writing ---- */

/* How a character is written; an empty text: as it is. What Python cannot print has an escape: of that beyond
 * Latin-1 only what is no character, so that a header may differ from NumPy's there, and mean the same. */
static void escape(uint32_t c, char quote, char buf[16])
{
	static const char named[] = "\t\n\r\\", letters[] = "tnr\\";
	const char *at = c && c < 0x80 ? strchr(named, (int)c) : NULL;

	buf[0] = '\0';
	if (at)
		snprintf(buf, 16, "\\%c", letters[at - named]);
	else if (c == (unsigned char)quote)
		snprintf(buf, 16, "\\%c", quote);
	else if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad)
		snprintf(buf, 16, "\\x%02x", c);
}

int zf_python_repr(struct zf_op *op, const json_t *string, struct zf_out *out)
{
	size_t len = 0, n;
	const char *s = zf_json_string(string, &len);
	char quote = memchr(s, '\'', len) && !memchr(s, '"', len) ? '"' : '\'';

	if (zf_out_append(out, op, &quote, 1) < 0)
		return -1;
	for (size_t i = 0; i < len; i += n) {
		unsigned char c = (unsigned char)s[i];
		char escaped[16];
		int rc;

		n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		escape(n == 1 ? c : n == 2 ? (c & 0x1fu) << 6 | (s[i + 1] & 0x3f) : 0x100, quote, escaped);
		rc = escaped[0] ? zf_out_append(out, op, escaped, strlen(escaped))
				: zf_out_append(out, op, s + i, n);
		if (rc < 0)
			return -1;
	}
	return zf_out_append(out, op, &quote, 1);
}
