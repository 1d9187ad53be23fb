/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: nothing is lost, nothing that is no JSON passes. */
#include "unit.h"

#include "base/limits.h"
#include "meta/json.h"

#include <errno.h>

/* Parses and prints; new. */
static char *print(const void *text, size_t len)
{
	struct zf_op op;
	struct zf_out out = ZF_OUT_GROWING((size_t)1 << 26);
	json_t *value;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, len, &value), &op);
	unit_ok(zf_json_print(&op, value, &out), &op);
	unit_ok(zf_out_append(&out, &op, "", 1), &op);
	json_decref(value);
	return (char *)out.data;
}

static void prints(const char *text, const char *want)
{
	char *got = print(text, strlen(text));

	ck_assert_str_eq(got, want);
	free(got);
}

static void refuses_bytes(const void *text, size_t len, const char *message)
{
	struct zf_op op;
	json_t *value;

	zf_op_init(&op);
	unit_fails(zf_json_parse(&op, text, len, &value), &op, EIO, message);
}

static void refuses(const char *text, const char *message)
{
	refuses_bytes(text, strlen(text), message);
}

static json_t *parse(const char *text)
{
	struct zf_op op;
	json_t *value;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, strlen(text), &value), &op);
	return value;
}

START_TEST(numbers_keep_their_text)
{
	static const char *const exact[] = { "0", "-1", "9223372036854775807", "-9223372036854775808",
		"9223372036854775808", "-9223372036854775809", "18446744073709551615", "0.1", "1e400",
		"-1e-400", "-0.0", "0.10000000000000000000000000000000000001", "1E+2",
		"100000000000000000000000000000000000000000", "[1, 2.50, 3]" };

	for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
		prints(exact[i], exact[i]);
}
END_TEST

/* Python writes them bare; JSON has no such numbers. */
START_TEST(nan_and_infinities)
{
	prints("[NaN, Infinity, -Infinity]", "[\"NaN\", \"Infinity\", \"-Infinity\"]");
	prints(" NaN ", "\"NaN\"");
	refuses("[nan]", "line 1, column 5: invalid token near 'nan'");
	refuses("[NaNa]", "line 1, column 6: invalid token near 'NaNa'");
	refuses("[+1]", "line 1, column 3: invalid token near '+'");
	refuses("[-NaN]", "line 1, column 3: invalid token near '-'");
}
END_TEST

START_TEST(tokens)
{
	json_t *list = parse("[1, 2.5, NaN, \"3\", true, 123456789012]");
	char buf[13], small[4], token[32];

	ck_assert(zf_json_number(json_array_get(list, 0), buf, sizeof buf));
	ck_assert_str_eq(buf, "1");
	ck_assert(zf_json_number(json_array_get(list, 1), buf, sizeof buf));
	ck_assert_str_eq(buf, "2.5");
	ck_assert(zf_json_number(json_array_get(list, 2), small, sizeof small));
	ck_assert_str_eq(small, "NaN");
	ck_assert(!zf_json_number(json_array_get(list, 3), buf, sizeof buf));
	ck_assert(!zf_json_number(json_array_get(list, 4), buf, sizeof buf));
	ck_assert(!zf_json_number(json_array_get(list, 6), buf, sizeof buf));
	ck_assert(zf_json_number(json_array_get(list, 5), buf, sizeof buf));
	ck_assert(!zf_json_number(json_array_get(list, 5), buf, sizeof buf - 1));
	ck_assert_ptr_null(zf_json_token(json_array_get(list, 3), token));
	json_decref(list);
}
END_TEST

START_TEST(kinds)
{
	static const struct {
		const char *text, *kind;
	} cases[] = { { "null", "null" }, { "true", "a boolean" }, { "7", "an integer" },
		{ "7.5", "a number" }, { "NaN", "a number" }, { "\"x\"", "a string" }, { "[]", "a list" },
		{ "{}", "an object" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *value = parse(cases[i].text);

		ck_assert_str_eq(zf_json_kind(value), cases[i].kind);
		json_decref(value);
	}
	ck_assert_str_eq(zf_json_kind(NULL), "nothing");
}
END_TEST

/* Numbers are marked by a character that strings and keys may begin with too. */
START_TEST(marks_are_not_confused)
{
	json_t *list;
	size_t len;

	prints("[\"\x7f"
	       "1.5\", \"\\u007f1.5\", \"\\u007F\", 1.5]",
		"[\"\\u007f1.5\", \"\\u007f1.5\", \"\\u007f\", 1.5]");
	prints("{\"\x7f\": 1, \"\\u007f\\u007f\": 2}", "{\n  \"\\u007f\": 1,\n  \"\\u007f\\u007f\": 2\n}");
	list = parse("[\"\\u007fx\", \"x\\u0000y\", 0.5]");
	ck_assert_mem_eq(zf_json_string(json_array_get(list, 0), &len), "\x7fx", 2);
	ck_assert_uint_eq(len, 2);
	ck_assert_str_eq(zf_json_text(json_array_get(list, 0)), "\x7fx");
	ck_assert_mem_eq(zf_json_string(json_array_get(list, 1), &len), "x\0y", 3);
	ck_assert_uint_eq(len, 3);
	ck_assert_ptr_null(zf_json_text(json_array_get(list, 1)));
	ck_assert_ptr_null(zf_json_string(json_array_get(list, 2), &len));
	ck_assert_ptr_null(zf_json_string(NULL, &len));
	json_decref(list);
}
END_TEST

/* A marked token must not become what a string may be and a number may not. */
START_TEST(numbers_are_no_keys)
{
	refuses("{1.5: 2}", "line 1, column 5: string or '}' expected near '1.5'");
	refuses("{NaN: 2}", "line 1, column 5: string or '}' expected near 'NaN'");
	refuses("[1.5 \"a\"]", "line 1, column 9: ']' expected near '\"a\"'");
	refuses("[1.5.5]", "line 1, column 6: ']' expected near '.'");
	refuses("[01.5]", "line 1, column 3: invalid token near '0'");
	refuses("[1.]", "line 1, column 4: invalid token near '1.'");
	refuses("[1.5e]", "line 1, column 6: invalid token near '1.5e'");
}
END_TEST

START_TEST(strings)
{
	prints("\"\\u0000\\u001f\\n\\t\\\"\\\\\\/\"", "\"\\u0000\\u001f\\n\\t\\\"\\\\/\"");
	prints("\"h\xc3\xa9 \\u00e9 \\ud83d\\ude00\"", "\"h\xc3\xa9 \xc3\xa9 \xf0\x9f\x98\x80\"");
	refuses("\"\\ud800\"", "line 1, column 9: invalid Unicode '\\uD800' near '\"\\ud800\"'");
	refuses("\"a\nb\"", "line 1, column 3: unexpected newline near '\"a'");
	refuses("[\"\xff\"]", "line 1, column 3: unable to decode byte 0xff near '\"'");
	refuses("[\"abc", "line 1, column 6: premature end of input near '\"abc'");
	refuses("[\"abc\\", "line 1, column 7: invalid escape near '\"abc\\'");
	refuses("\"", "line 1, column 2: premature end of input near '\"'");
}
END_TEST

/* As in Python: the last one counts, at the place of the first. */
START_TEST(duplicate_keys)
{
	prints("{\"a\": 1, \"b\": 2, \"a\": 3.5}", "{\n  \"a\": 3.5,\n  \"b\": 2\n}");
}
END_TEST

START_TEST(layout)
{
	prints("{\"b\":[],\"a\":{},\"c\":[[1,2],[\"x\",null]],\"d\":[{\"e\":true}],\"f\":false}",
		"{\n"
		"  \"b\": [],\n"
		"  \"a\": {},\n"
		"  \"c\": [\n"
		"    [1, 2],\n"
		"    [\"x\", null]\n"
		"  ],\n"
		"  \"d\": [\n"
		"    {\n"
		"      \"e\": true\n"
		"    }\n"
		"  ],\n"
		"  \"f\": false\n"
		"}");
}
END_TEST

/* Positions are those of the document, not of what the scanner makes of it. */
START_TEST(positions)
{
	refuses("", "empty");
	refuses("\xef\xbb\xbf", "empty");
	refuses("[1.5, 2.5,\n 3.5, x]", "line 2, column 8: invalid token near 'x'");
	refuses("[\"\xc3\xa9\xc3\xa9\", 1.5, y]", "line 1, column 14: invalid token near 'y'");
	refuses("{\"a\": 1} x", "line 1, column 11: end of file expected near 'x'");
	refuses("[1.5, 2.5 3.5]", "line 1, column 14: ']' expected");
	refuses("{\"zarr_format\": 2, \"shape\": [2", "line 1, column 31: ']' expected near end of file");
}
END_TEST

START_TEST(byte_order_marks)
{
	static const char utf16[] = { '{', 0, '}', 0 }, utf16_be[] = { 0, '{', 0, '}' };

	prints("\xef\xbb\xbf{\"a\": 1}", "{\n  \"a\": 1\n}");
	refuses_bytes(utf16, sizeof utf16, "not in UTF-8");
	refuses_bytes(utf16_be, sizeof utf16_be, "not in UTF-8");
	refuses("\xff\xfe{}", "not in UTF-8");
}
END_TEST

static char *nested(size_t depth)
{
	char *text = malloc(2 * depth + 1);

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
	return text;
}

START_TEST(depth)
{
	char *text = nested(ZF_MAX_JSON_DEPTH);
	json_t *value = parse(text);

	json_decref(value);
	free(text);
	text = nested(ZF_MAX_JSON_DEPTH + 1);
	refuses(text, "line 1, column 513: nested too deep");
	free(text);
	text = nested(1000000);
	refuses(text, "line 1, column 513: nested too deep");
	free(text);
	prints("\"[[[\\\"[[[\"", "\"[[[\\\"[[[\"");
}
END_TEST

START_TEST(document_size)
{
	size_t len = ZF_MAX_DOCUMENT;
	char *text = malloc(len + 1), *got;

	memset(text, ' ', len + 1);
	text[0] = '7';
	got = print(text, len);
	ck_assert_str_eq(got, "7");
	free(got);
	refuses_bytes(text, len + 1, "67108865 bytes, the limit is 67108864");
	free(text);
}
END_TEST

/* A list costs a hundred times its two bytes: a document of the size allowed could take gigabytes. The
 * outer list and 838859 inner ones, at 320 bytes each, are just within 256 MiB. */
START_TEST(document_weight)
{
	size_t n = 1200000;
	struct zf_op op;
	json_t *value;
	char *text = malloc(3 * n + 2);

	text[0] = '[';
	for (size_t i = 0; i < n; i++)
		memcpy(text + 1 + 3 * i, "[],", 3);
	text[3 * n] = ']';
	refuses_bytes(text, 3 * n + 1, "line 1, column 2516580: too many values");

	n = 838859;
	text[3 * n] = ']';
	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, 3 * n + 1, &value), &op);
	ck_assert_uint_eq(json_array_size(value), n);
	json_decref(value);
	free(text);
}
END_TEST

UNIT_MAIN("json", numbers_keep_their_text, nan_and_infinities, tokens, kinds, marks_are_not_confused,
	numbers_are_no_keys, strings, duplicate_keys, layout, positions, byte_order_marks, depth,
	document_size, document_weight)
