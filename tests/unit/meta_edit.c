/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of documents: what is asked for, and not a byte more. */
#include "unit.h"

#include "meta/consolidated.h"
#include "meta/edit.h"
#include "meta/json.h"

#include "meta_edit_table.h"

#include <errno.h>

static json_t *parse(const char *text)
{
	struct zf_op op;
	json_t *value;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, strlen(text), &value), &op);
	return value;
}

static void is_text(struct zf_out *out, const char *want)
{
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_out_append(out, &op, "", 1), &op);
	ck_assert_str_eq((const char *)out->data, want);
	zf_out_free(out);
}

#define OUT ZF_OUT_GROWING((size_t)1 << 26)

/* ---- shape ---- */

static void reshapes(const char *doc, unsigned ndim, const uint64_t *shape, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_edit_shape(&op, doc, strlen(doc), ndim, shape, &out), &op);
	is_text(&out, want);
}

START_TEST(shape_keeps_its_layout)
{
	static const uint64_t two[] = { 9007199254740993, 7 }, one[] = { 18446744073709551615u };

	reshapes("{\n    \"shape\": [\n        10,\n        7\n    ],\n    \"x\": 1e400\n}", 2, two,
		"{\n    \"shape\": [\n        9007199254740993,\n        7\n    ],\n    \"x\": 1e400\n}");
	reshapes("{\"a\":{\"shape\":[1,2]},\"shape\":[1,2],\"b\":[1,2]}", 2, two,
		"{\"a\":{\"shape\":[1,2]},\"shape\":[9007199254740993,7],\"b\":[1,2]}");
	reshapes(" { \"shape\" : [ 10\t,\r\n 7 ] } \n", 2, two,
		" { \"shape\" : [ 9007199254740993\t,\r\n 7 ] } \n");
	reshapes("{\"shape\":[0]}", 1, one, "{\"shape\":[18446744073709551615]}");
	reshapes("{\"shape\":[]}", 0, NULL, "{\"shape\":[]}");
}
END_TEST

/* The reader takes the last of duplicate members, and a key may be spelled with escapes. */
START_TEST(shape_that_counts)
{
	static const uint64_t one[] = { 5 };

	reshapes("{\"shape\": [1, 2], \"shape\": [3]}", 1, one, "{\"shape\": [1, 2], \"shape\": [5]}");
	reshapes("{\"sh\\u0061pe\": [3], \"s\": \"\\\"shape\\\": [1]\"}", 1, one,
		"{\"sh\\u0061pe\": [5], \"s\": \"\\\"shape\\\": [1]\"}");
	reshapes("\xef\xbb\xbf{\"shape\":[3]}", 1, one, "\xef\xbb\xbf{\"shape\":[5]}");
}
END_TEST

START_TEST(shape_that_cannot_be)
{
	static const uint64_t two[] = { 1, 2 };
	static const struct {
		const char *doc;
		int err;
		const char *text;
	} cases[] = {
		{ "{\"shape\": [1]}", EINVAL, "shape: 2 dimensions asked for, the array has 1" },
		{ "{\"shape\": 3}", EIO, "shape: expected a list of integers, found an integer" },
		{ "{}", EIO, "shape: expected a list of integers, found nothing" },
		{ "[]", EIO, "expected an object, found a list" },
		{ "{\"shape\": [1, 2]", EIO, "line 1, column 17: '}' expected near end of file" },
		{ "", EIO, "empty" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_out out = OUT;
		struct zf_op op;

		zf_op_init(&op);
		unit_fails(zf_edit_shape(&op, cases[i].doc, strlen(cases[i].doc), 2, two, &out), &op,
			cases[i].err, cases[i].text);
		ck_assert_uint_eq(out.len, 0);
		zf_out_free(&out);
	}
}
END_TEST

/* ---- attributes ---- */

static void merges(int zarr_format, const char *doc, const char *patch, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;
	json_t *tree = parse(patch);

	zf_op_init(&op);
	unit_ok(zf_edit_attributes(&op, zarr_format, doc, doc ? strlen(doc) : 0, tree, &out), &op);
	is_text(&out, want);
	json_decref(tree);
}

/* RFC 7396, appendix A, as far as both are objects. */
START_TEST(rfc7396)
{
	merges(2, "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
	merges(2, "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
	merges(2, "{\"a\":\"b\"}", "{\"a\":null}", "{}");
	merges(2, "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
	merges(2, "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
	merges(2, "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
	merges(2, "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}");
	merges(2, "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
	merges(2, "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
	merges(3, "{\"attributes\":{}}", "{\"a\":{\"bb\":{\"ccc\":null}}}",
		"{\"attributes\":{\"a\":{\"bb\":{}}}}");
	merges(3, "{\"attributes\":[1,2]}", "{\"a\":\"b\",\"c\":null}", "{\"attributes\":{\"a\":\"b\"}}");
}
END_TEST

/* What json.dumps(indent=4, sort_keys=True) gives: as zarr-python does. */
START_TEST(new_documents)
{
	merges(2, NULL, "{\"b\": [1, {\"c\": []}], \"a\": \"\\u00e9\\ud83d\\ude00\\u007f\\n\", \"n\": null}",
		"{\n    \"a\": \"\\u00e9\\ud83d\\ude00\\u007f\\n\",\n    \"b\": [\n        1,\n        {\n"
		"            \"c\": []\n        }\n    ]\n}");
	merges(2, NULL, "{}", "{}");
	merges(2, NULL, "null", "{}");
	merges(2, "{\"a\": 1}\n", "null", "{}");
	merges(2, "{ }\n", "{}", "{ }\n");
	merges(3, "{\n  \"attributes\": {\n    \"a\": 1\n  },\n  \"zarr_format\": 3\n}", "null",
		"{\n  \"attributes\": {},\n  \"zarr_format\": 3\n}");
	merges(3, "{\n  \"zarr_format\": 3\n}", "{\"a\": 1}",
		"{\n  \"zarr_format\": 3,\n  \"attributes\": {\n    \"a\": 1\n  }\n}");
	merges(3, "{\n  \"zarr_format\": 3\n}", "null", "{\n  \"zarr_format\": 3,\n  \"attributes\": {}\n}");
}
END_TEST

#define ODD                                                                                                  \
	"\"u\": 18446744073709551615,\n  \"n\": NaN, \"d\": 1,\n  \"d\" :  2,\n\n  \"e\": 1e400,\n"          \
	"  \"f\": 0.10000000000000001,\n  \"s\": \"\xc3\xa9\\u00e9\\/\\u007fx\""

/* Everything but the member concerned stays, byte for byte. */
START_TEST(the_rest_stays)
{
	merges(2, "{\n  \"a\": 1,\n  " ODD "\n}\n", "{\"a\": 2}", "{\n  \"a\": 2,\n  " ODD "\n}\n");
	merges(2, "{\n  \"a\": 1,\n  " ODD "\n}\n", "{\"a\": null}", "{\n  " ODD "\n}\n");
	merges(2, "{\n  " ODD "\n}\n", "{\"a\": {\"x\": [1.50]}}",
		"{\n  " ODD ",\n  \"a\": {\n    \"x\": [\n      1.50\n    ]\n  }\n}\n");
	merges(2, "{\n  " ODD "\n}\n", "{}", "{\n  " ODD "\n}\n");
	merges(3, "{\"attributes\": {\n  " ODD "\n}, \"x\": [ ]}", "{\"n\": 18446744073709551616}",
		"{\"attributes\": {\n  \"u\": 18446744073709551615,\n  \"n\": 18446744073709551616, \"d\": "
		"1,\n"
		"  \"d\" :  2,\n\n  \"e\": 1e400,\n  \"f\": 0.10000000000000001,\n"
		"  \"s\": \"\xc3\xa9\\u00e9\\/\\u007fx\"\n}, \"x\": [ ]}");
}
END_TEST

START_TEST(commas_and_white_space)
{
	merges(2, "{\"a\": 1, \"b\": 2, \"c\": 3}", "{\"b\": null}", "{\"a\": 1, \"c\": 3}");
	merges(2, "{\"a\": 1, \"b\": 2, \"c\": 3}", "{\"a\": null}", "{\"b\": 2, \"c\": 3}");
	merges(2, "{\"a\": 1, \"b\": 2, \"c\": 3}", "{\"c\": null}", "{\"a\": 1, \"b\": 2}");
	merges(2, "{\"a\": 1, \"b\": 2, \"c\": 3}", "{\"a\": null, \"c\": null}", "{\"b\": 2}");
	merges(2, "{ \"a\": 1 }", "{\"a\": null}", "{}");
	merges(2, "{ \"a\": 1 }", "{\"a\": null, \"b\": 2}", "{ \"b\": 2 }");
	merges(2, "{\"a\": 1}", "{\"b\": {\"x\": 1, \"y\": [1, 2]}}",
		"{\"a\": 1, \"b\": {\"x\": 1, \"y\": [1, 2]}}");
	merges(2, "{\"a\":1}", "{\"b\": {\"x\": 1, \"y\": [1, 2]}}", "{\"a\":1,\"b\":{\"x\":1,\"y\":[1,2]}}");
	merges(2, "{\r\n\t\"a\": 1\r\n}", "{\"b\": {\"x\": 1}}",
		"{\r\n\t\"a\": 1,\r\n\t\"b\": {\r\n\t\t\"x\": 1\r\n\t}\r\n}");
	merges(2, "{\n\n  \"a\" : 1\n\n}", "{\"b\": [1]}",
		"{\n\n  \"a\" : 1,\n\n  \"b\" : [\n    1\n  ]\n\n}");
	/* a list that was on one line stays so */
	merges(2, "{\n  \"a\": [1, 2],\n  \"b\": []\n}", "{\"a\": [3, 4], \"b\": [5]}",
		"{\n  \"a\": [3, 4],\n  \"b\": [\n    5\n  ]\n}");
	merges(3, "{\n  \"attributes\": {},\n  \"x\": 1\n}", "{\"a\": 1, \"b\": 2}",
		"{\n  \"attributes\": {\n    \"a\": 1,\n    \"b\": 2\n  },\n  \"x\": 1\n}");
}
END_TEST

/* What .info shows and an editor writes back is no change. */
START_TEST(as_shown)
{
	const char *doc =
		"{\"a\": NaN, \"b\": [-Infinity, 1E2, \"x\"], \"c\": 0.1, \"d\": {\"e\": Infinity}}";

	merges(2, doc,
		"{\"a\": \"NaN\", \"b\": [\"-Infinity\", 100.0, \"x\"], \"c\": 0.10000000000000001, \"d\": "
		"{\"e\": \"Infinity\"}}",
		doc);
	merges(2, doc, "{\"a\": \"nan\"}",
		"{\"a\": \"nan\", \"b\": [-Infinity, 1E2, \"x\"], \"c\": 0.1, \"d\": {\"e\": Infinity}}");
	merges(2, "{\"a\": 1, \"b\": \"NaN\"}", "{\"a\": 1.0, \"b\": NaN}", "{\"a\": 1.0, \"b\": NaN}");
	merges(2, "{\"a\": 9007199254740993}", "{\"a\": 9007199254740992}", "{\"a\": 9007199254740992}");
	merges(2, "{\"a\": {\"x\": null}}", "{\"a\": {}}", "{\"a\": {\"x\": null}}");
}
END_TEST

/* The last of duplicates counts; all of them go. */
START_TEST(duplicates)
{
	merges(2, "{\"a\": 1, \"b\": 0, \"a\": 2}", "{\"a\": 3}", "{\"a\": 1, \"b\": 0, \"a\": 3}");
	merges(2, "{\"a\": 1, \"b\": 0, \"a\": 2}", "{\"a\": null}", "{\"b\": 0}");
	merges(2, "{\"a\": 1, \"\\u0061\": 2}", "{\"a\": null}", "{}");
	merges(2, "{\"\\u007f\": 1, \"\x7fk\": 2}", "{\"\\u007fk\": 3, \"\x7f\": null, \"\x7f\x7f\": 4}",
		"{\"\x7fk\": 3, \"\\u007f\\u007f\": 4}");
}
END_TEST

static void refuses(int zarr_format, const char *doc, const char *patch, int err, const char *text)
{
	struct zf_out out = OUT;
	struct zf_op op;
	json_t *tree = parse(patch);

	zf_op_init(&op);
	unit_fails(zf_edit_attributes(&op, zarr_format, doc, strlen(doc), tree, &out), &op, err, text);
	ck_assert_uint_eq(out.len, 0);
	zf_out_free(&out);
	json_decref(tree);
}

START_TEST(what_cannot_be)
{
	char *deep = malloc(2048), *doc = malloc(2048);

	ck_assert(deep && doc);
	refuses(2, "{}", "[1]", EINVAL, "attributes: expected an object or null, found a list");
	refuses(2, "{\"a\": }", "{\"a\": 1}", EIO, "line 1, column 8: unexpected token near '}'");
	refuses(2, "{} x", "{\"a\": 1}", EIO, "line 1, column 5: end of file expected near 'x'");
	/* 512 levels are the limit: one more comes with the document's own object */
	memset(deep, '[', 511);
	memset(deep + 511, ']', 511);
	strcpy(deep + 1022, "");
	snprintf(doc, 2048, "{\"a\": %s}", deep);
	merges(2, doc, doc, doc);
	refuses(3, "{\"b\": 1}", doc, EINVAL, "the document as changed: line 1, column 540: nested too deep");
	free(deep);
	free(doc);
}
END_TEST

/* ---- as zarr-python does it ---- */

START_TEST(resizes)
{
	for (size_t i = 0; i < sizeof resize_table / sizeof resize_table[0]; i++) {
		json_t *list = parse(resize_table[i].shape);
		uint64_t shape[8];
		unsigned ndim = (unsigned)json_array_size(list);

		for (unsigned k = 0; k < ndim; k++)
			shape[k] = (uint64_t)json_integer_value(json_array_get(list, k));
		reshapes(resize_table[i].before, ndim, shape, resize_table[i].after);
		json_decref(list);
	}
}
END_TEST

START_TEST(changes_of_attributes)
{
	for (size_t i = 0; i < sizeof attributes_table / sizeof attributes_table[0]; i++)
		merges(2, attributes_table[i].before, attributes_table[i].patch, attributes_table[i].after);
}
END_TEST

START_TEST(consolidated_after_a_resize)
{
	for (size_t i = 0; i < sizeof consolidated_table / sizeof consolidated_table[0]; i++) {
		const char *before = consolidated_table[i].before, *array = consolidated_table[i].array;
		bool same = strcmp(before, consolidated_table[i].after) == 0;
		struct zf_out out = OUT;
		struct zf_op op;

		zf_op_init(&op);
		ck_assert_int_eq(zf_consolidated_set(&op, 2, before, strlen(before), "g/a/.zarray", array,
					 strlen(array), &out),
			same ? 0 : 1);
		if (same)
			ck_assert_uint_eq(out.len, 0);
		else
			is_text(&out, consolidated_table[i].after);
		zf_out_free(&out);
	}
}
END_TEST

/* ---- primitives ---- */

static void sets(const char *doc, const char *const *keys, size_t count, const char *value, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;
	json_t *tree = parse(value);

	zf_op_init(&op);
	unit_ok(zf_edit_set(&op, doc, strlen(doc), keys, count, tree, &out), &op);
	is_text(&out, want);
	json_decref(tree);
}

static void removes(const char *doc, const char *const *keys, size_t count, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_edit_remove(&op, doc, strlen(doc), keys, count, &out), &op);
	is_text(&out, want);
}

START_TEST(primitives)
{
	static const char *const keys[] = { "a", "b", "c" };
	struct zf_out out = OUT;
	struct zf_op op;

	sets("{\"a\": {\"b\": {\"c\": 1}}}", keys, 3, "null", "{\"a\": {\"b\": {\"c\": null}}}");
	sets("{\"a\": {\"b\": {\"c\": 1}}}", keys, 2, "{\"x\": null}", "{\"a\": {\"b\": {\"x\": null}}}");
	sets("{\"x\": 0}", keys, 3, "[]", "{\"x\": 0, \"a\": {\"b\": {\"c\": []}}}");
	sets("{}", keys, 1, "1", "{\n  \"a\": 1\n}");
	removes("{\"a\": {\"b\": {\"c\": 1}}}", keys, 3, "{\"a\": {\"b\": {}}}");
	removes("{\"a\": {\"b\": 1, \"b\": 2}, \"b\": 1}", keys, 2, "{\"a\": {}, \"b\": 1}");
	removes("{\"a\": {}}", keys, 3, "{\"a\": {}}");
	removes("{ \"b\": 1}", keys, 3, "{ \"b\": 1}");
	removes("{\"a\": 1}", keys, 2, "{\"a\": 1}");
	zf_op_init(&op);
	unit_fails(zf_edit_set(&op, "{\"a\": {\"b\": 7}}", 15, keys, 3, json_null(), &out), &op, EINVAL,
		"b: expected an object, found an integer");
	zf_op_init(&op);
	unit_fails(zf_edit_set(&op, "[1]", 3, keys, 3, json_null(), &out), &op, EINVAL,
		"expected an object, found a list");
	zf_out_free(&out);
}
END_TEST

/* ---- random ---- */

/* RFC 7396, section 2. Takes target, borrows patch. */
static json_t *merge_patch(json_t *target, json_t *patch)
{
	const char *key;
	json_t *value;

	if (!json_is_object(patch)) {
		json_decref(target);
		return json_incref(patch);
	}
	if (!json_is_object(target)) {
		json_decref(target);
		target = json_object();
	}
	json_object_foreach(patch, key, value)
	{
		if (json_is_null(value))
			json_object_del(target, key);
		else
			json_object_set_new(
				target, key, merge_patch(json_incref(json_object_get(target, key)), value));
	}
	return target;
}

static json_t *random_value(uint64_t *seed, unsigned depth)
{
	static const char *const scalars[] = { "1", "-7", "\"x\"", "\"\xc3\xa9\"", "true", "null", "1e400",
		"0.10", "\"\"", "18446744073709551615" };
	json_t *value;

	if (depth == 0 || unit_below(seed, 3) == 0)
		return parse(scalars[unit_below(seed, sizeof scalars / sizeof scalars[0])]);
	value = unit_below(seed, 4) ? json_object() : json_array();
	for (uint64_t n = unit_below(seed, 5); n > 0; n--) {
		char key[] = { (char)('a' + unit_below(seed, 5)), '\0' };

		if (json_is_object(value))
			json_object_set_new(value, key, random_value(seed, depth - 1));
		else
			json_array_append_new(value, random_value(seed, depth - 1));
	}
	return value;
}

static json_t *random_object(uint64_t *seed)
{
	for (;;) {
		json_t *value = random_value(seed, 4);

		if (json_is_object(value))
			return value;
		json_decref(value);
	}
}

/* A tree as text, in one of jansson's layouts; marks of numbers become numbers again through zf_json_print().
 */
static struct zf_out print(json_t *value, uint64_t *seed)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_json_print(&op, value, &out), &op);
	for (size_t i = 0; unit_below(seed, 2) && i < out.len; i++)
		if (out.data[i] == '\n')
			out.data[i] = ' ';
	return out;
}

START_TEST(random_merges)
{
	uint64_t seed = unit_seed();

	for (int i = 0; i < 3000; i++) {
		json_t *target = random_object(&seed), *patch = random_object(&seed), *got;
		struct zf_out doc = print(target, &seed), out = OUT, again = OUT;
		struct zf_op op;

		zf_op_init(&op);
		unit_ok(zf_edit_attributes(&op, 2, doc.data, doc.len, patch, &out), &op);
		unit_ok(zf_json_parse(&op, out.data, out.len, &got), &op);
		target = merge_patch(target, patch);
		ck_assert(json_equal(got, target));
		unit_ok(zf_edit_attributes(&op, 2, out.data, out.len, patch, &again), &op);
		ck_assert_uint_eq(again.len, out.len);
		unit_bytes_eq(again.data, out.data, out.len);
		json_decref(target);
		json_decref(patch);
		json_decref(got);
		zf_out_free(&doc);
		zf_out_free(&out);
		zf_out_free(&again);
	}
}
END_TEST

/* Damage of a document: an error, or a document. */
START_TEST(random_damage)
{
	static const char intact[] =
		"{\n  \"shape\": [3, 4],\n  \"attributes\": {\"a\": [1, {\"b\": NaN}], \"c\": "
		"\"\\u00e9\"},\n  \"fill_value\": -1e3, \"x\": true}";
	static const char bytes[] = "{}[],:\"\\ \n0-eN\x7f\xff";
	static const uint64_t shape[] = { 5, 6 };
	uint64_t seed = unit_seed();
	json_t *patch = parse("{\"c\": 1, \"a\": null, \"d\": {\"e\": [2]}}");
	unsigned fine = 0;

	for (int i = 0; i < 20000; i++) {
		char *doc = strdup(intact); /* its own, so that reading beyond the end shows */
		size_t len = sizeof intact - 1 - (unit_below(&seed, 8) == 0 ? unit_below(&seed, 40) : 0);

		for (uint64_t n = 1 + unit_below(&seed, 3); n > 0; n--)
			doc[unit_below(&seed, len)] = bytes[unit_below(&seed, sizeof bytes - 1)];
		for (int edit = 0; edit < 2; edit++) {
			struct zf_out out = OUT;
			struct zf_op op;
			json_t *value;
			int rc;

			zf_op_init(&op);
			rc = edit ? zf_edit_shape(&op, doc, len, 2, shape, &out)
				  : zf_edit_attributes(&op, 3, doc, len, patch, &out);
			if (rc == 0) {
				unit_ok(zf_json_parse(&op, out.data, out.len, &value), &op);
				json_decref(value);
				fine++;
			}
			zf_out_free(&out);
		}
		free(doc);
	}
	ck_assert_uint_gt(fine, 100);
	json_decref(patch);
}
END_TEST

UNIT_MAIN("edits", shape_keeps_its_layout, shape_that_counts, shape_that_cannot_be, rfc7396, new_documents,
	the_rest_stays, commas_and_white_space, as_shown, duplicates, what_cannot_be, resizes,
	changes_of_attributes, consolidated_after_a_resize, primitives, random_merges, random_damage)
