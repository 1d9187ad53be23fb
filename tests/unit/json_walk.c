/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of an object found in a text without parsing it.
 */
#include "unit.h"

#include "base/limits.h"
#include "meta/json_walk.h"

#include <errno.h>

struct seen {
	const char *text;
	char all[1024];
};

static int on_member(void *arg, struct zf_op *op, const struct zf_json_member *member)
{
	struct seen *seen = arg;
	size_t n = strlen(seen->all);

	(void)op;
	snprintf(seen->all + n, sizeof seen->all - n, "%.*s=%.*s;", (int)member->key_len, member->key,
		(int)member->len, seen->text + member->at);
	return 0;
}

/* What is found in a text: "KEY=VALUE;", or the message. */
static const char *walk(struct seen *seen, const char *text, size_t at)
{
	struct zf_op op;

	*seen = (struct seen){ .text = text };
	zf_op_init(&op);
	if (zf_json_walk(&op, text, strlen(text), at, on_member, seen) < 0) {
		ck_assert_int_eq(op.err, EIO);
		strcpy(seen->all, op.text);
	}
	return seen->all;
}

#define walks(TEXT, WANT)                                                                                    \
	do {                                                                                                 \
		struct seen walks_seen;                                                                      \
		ck_assert_str_eq(walk(&walks_seen, (TEXT), 0), (WANT));                                      \
	} while (0)

START_TEST(members)
{
	struct seen seen;

	walks("{}", "");
	walks("\xef\xbb\xbf { \n}", "");
	walks("{\"a\":1}", "a=1;");
	walks(" {\"a\" : NaN ,\t\"b\":\n[1, {\"x\": \"]}\"}, \"\\\"]\"] , \"c\":{}}",
		"a=NaN;b=[1, {\"x\": \"]}\"}, "
		"\"\\\"]\"];c={};");
	walks("{\"a\\u002fb\\\"\": \"}\", \"\": -1.5e7, \"a\": 1}", "a/b\"=\"}\";=-1.5e7;a=1;");
	walks("{\"s\":\"\\\\\"}", "s=\"\\\\\";");
	walks("{\"a\":1} whatever", "a=1;");
	ck_assert_str_eq(walk(&seen, "[{\"k\": true}]", 1), "k=true;");
}
END_TEST

START_TEST(broken)
{
	walks("", "line 1, column 1: expected an object");
	walks("[]", "line 1, column 1: expected an object");
	walks("{", "line 1, column 2: expected a key");
	walks("{,}", "line 1, column 2: expected a key");
	walks("{\"a\"}", "line 1, column 5: expected ':'");
	walks("{\"a\" 1}", "line 1, column 6: expected ':'");
	walks("{\"a\":}", "line 1, column 6: expected a value");
	walks("{\"a\":", "line 1, column 6: expected a value");
	walks("{\"a\":1", "line 1, column 7: expected ',' or '}'");
	walks("{\"a\":1 2}", "line 1, column 8: expected ',' or '}'");
	walks("{\n\"a\":1,}", "line 2, column 7: expected a key");
	walks("{\"a\": \"x}", "line 1, column 10: a string does not end");
	walks("{\"a\": \"x\\\"", "line 1, column 11: a string does not end");
	walks("{\"a", "line 1, column 4: a string does not end");
	walks("{\"a\": [1, [2]", "line 1, column 14: an object or list does not end");
	walks("{\"\\q\": 1}", "line 1, column 6: a key is no string");
}
END_TEST

START_TEST(depth)
{
	char text[2 * ZF_MAX_JSON_DEPTH + 32] = "{\"a\":";
	struct seen seen;
	size_t n = strlen(text);

	memset(text + n, '[', ZF_MAX_JSON_DEPTH);
	memset(text + n + ZF_MAX_JSON_DEPTH, ']', ZF_MAX_JSON_DEPTH);
	strcpy(text + n + 2 * (size_t)ZF_MAX_JSON_DEPTH, "}");
	ck_assert_ptr_nonnull(strstr(walk(&seen, text, 0), "a=[[["));
	text[n + ZF_MAX_JSON_DEPTH] = '[';
	ck_assert_str_eq(walk(&seen, text, 0), "line 1, column 518: nested too deep");
}
END_TEST

START_TEST(finding)
{
	static const char text[] = "{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3}";
	struct zf_json_member found;
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_int_eq(zf_json_walk_find(&op, text, strlen(text), 0, "a", &found), 0);
	ck_assert_int_eq(text[found.at], '3');
	ck_assert_int_eq(zf_json_walk_find(&op, text, strlen(text), 0, "b", &found), 0);
	ck_assert_int_eq(zf_json_walk_find(&op, text, strlen(text), found.at, "a", &found), 0);
	ck_assert_int_eq(text[found.at], '2');
	ck_assert_int_eq(zf_json_walk_find(&op, text, strlen(text), 0, "c", &found), 1);
	unit_fails(zf_json_walk_find(&op, "{\"a\": 1,", 8, 0, "a", &found), &op, EIO,
		"line 1, column 9: expected a key");
}
END_TEST

UNIT_MAIN("json_walk", members, broken, depth, finding)
