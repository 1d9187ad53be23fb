/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Consolidated metadata: copies set, removed and renamed; the rest of the document keeps its bytes. */
#include "unit.h"

#include "meta/consolidated.h"
#include "meta/json.h"

#include <errno.h>

#define OUT ZF_OUT_GROWING((size_t)1 << 26)

static void is_text(int rc, struct zf_op *op, struct zf_out *out, const char *want)
{
	ck_assert_msg(rc == (want ? 1 : 0), "%d: %s", rc, op->text);
	if (want) {
		unit_ok(zf_out_append(out, op, "", 1), op);
		ck_assert_str_eq((const char *)out->data, want);
	} else {
		ck_assert_uint_eq(out->len, 0);
	}
	zf_out_free(out);
}

/* want NULL: nothing changes */
static void sets(int zarr_format, const char *doc, const char *key, const char *value, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	is_text(zf_consolidated_set(&op, zarr_format, doc, strlen(doc), key, value, strlen(value), &out), &op,
		&out, want);
}

static void removes(int zarr_format, const char *doc, const char *path, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	is_text(zf_consolidated_remove(&op, zarr_format, doc, strlen(doc), path, &out), &op, &out, want);
}

static void renames(int zarr_format, const char *doc, const char *from, const char *to, const char *want)
{
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	is_text(zf_consolidated_rename(&op, zarr_format, doc, strlen(doc), from, to, &out), &op, &out, want);
}

#define V2(BODY) "{\n    \"metadata\": {" BODY "},\n    \"zarr_consolidated_format\": 1\n}"
#define ONE(KEY, VALUE) "\n        \"" KEY "\": " VALUE
#define ARRAY(N)                                                                                             \
	"{\n            \"fill_value\": null,\n            \"shape\": [\n                " N                 \
	"\n            ]\n        }"

START_TEST(v2_documents)
{
	const char *doc = V2(ONE(".zgroup", "{\n            \"zarr_format\": 2\n        }") "," ONE(
		"a/.zarray", ARRAY("3")) "," ONE("ab/.zarray", "{\"x\": NaN }") "\n    ");

	sets(2, doc, "a/.zarray", "{\"fill_value\":null,\"shape\":[3]}", NULL);
	sets(2, doc, "a/.zarray", "{\n    \"fill_value\": null,\n    \"shape\": [\n        4\n    ]\n}",
		V2(ONE(".zgroup", "{\n            \"zarr_format\": 2\n        }") "," ONE(
			"a/.zarray", ARRAY("4")) "," ONE("ab/.zarray", "{\"x\": NaN }") "\n    "));
	sets(2, doc, "b/.zarray", "{\"fill_value\": null, \"shape\": [18446744073709551615]}",
		V2(ONE(".zgroup", "{\n            \"zarr_format\": 2\n        }") "," ONE(
			"a/.zarray", ARRAY("3")) "," ONE("ab/.zarray", "{\"x\": NaN }") "," ONE("b/.zarray",
			ARRAY("18446744073709551615")) "\n    "));
	removes(2, doc, "a",
		V2(ONE(".zgroup", "{\n            \"zarr_format\": 2\n        }") "," ONE(
			"ab/.zarray", "{\"x\": NaN }") "\n    "));
	removes(2, doc, "b", NULL);
	renames(2, doc, "a", "g/c",
		V2(ONE(".zgroup", "{\n            \"zarr_format\": 2\n        }") "," ONE(
			"ab/.zarray", "{\"x\": NaN }") "," ONE("g/c/.zarray", ARRAY("3")) "\n    "));
	renames(2, doc, "b", "c", NULL);
	sets(2, V2(""), "a/.zattrs", "{}", V2(ONE("a/.zattrs", "{}") "\n    "));
}
END_TEST

/* zarr-python 3 writes them on one line. */
START_TEST(v2_compact)
{
	const char *doc =
		"{\"metadata\": {\".zattrs\": {}, \"a/.zarray\": {\"s\": [1, 2]}, \"a/.zattrs\": {\"u\": "
		"\"\\u00e9\"}}, \"zarr_consolidated_format\": 1}";
	struct zf_out out = OUT;
	struct zf_op op;

	sets(2, doc, "a/.zarray", "{\n    \"s\": [\n        1,\n        3\n    ]\n}",
		"{\"metadata\": {\".zattrs\": {}, \"a/.zarray\": {\"s\": [1, 3]}, \"a/.zattrs\": {\"u\": "
		"\"\\u00e9\"}}, \"zarr_consolidated_format\": 1}");
	renames(2, doc, "a", "b",
		"{\"metadata\": {\".zattrs\": {}, \"b/.zarray\": {\"s\": [1, 2]}, \"b/.zattrs\": {\"u\": "
		"\"\\u00e9\"}}, \"zarr_consolidated_format\": 1}");
	zf_op_init(&op);
	is_text(zf_consolidated_remove_key(&op, 2, doc, strlen(doc), "a/.zattrs", &out), &op, &out,
		"{\"metadata\": {\".zattrs\": {}, \"a/.zarray\": {\"s\": [1, 2]}}, "
		"\"zarr_consolidated_format\": "
		"1}");
	out = OUT;
	is_text(zf_consolidated_remove_key(&op, 2, doc, strlen(doc), "b/.zattrs", &out), &op, &out, NULL);
}
END_TEST

#define V3(BODY)                                                                                             \
	"{\"zarr_format\": 3, \"consolidated_metadata\": {\"kind\": \"inline\", \"must_understand\": "       \
	"false, "                                                                                            \
	"\"metadata\": {" BODY "}}, \"node_type\": \"group\"}"

START_TEST(v3_documents)
{
	const char *doc = V3("\"a\": {\"x\": 1}, \"g\": {\"y\": 1e400}, \"g/a\": {}, \"ga\": {}");

	sets(3, doc, "a", "{\"x\": 2, \"consolidated_metadata\": {\"metadata\": {}}}",
		V3("\"a\": {\"x\": 2}, \"g\": {\"y\": 1e400}, \"g/a\": {}, \"ga\": {}"));
	removes(3, doc, "g", V3("\"a\": {\"x\": 1}, \"ga\": {}"));
	removes(3, doc, "g/a", V3("\"a\": {\"x\": 1}, \"g\": {\"y\": 1e400}, \"ga\": {}"));
	/* what was there goes */
	renames(3, doc, "g", "a", V3("\"a\": {\"y\": 1e400}, \"ga\": {}, \"a/a\": {}"));
	renames(3, doc, "a", "h", V3("\"g\": {\"y\": 1e400}, \"g/a\": {}, \"ga\": {}, \"h\": {\"x\": 1}"));
	/* nothing consolidated, nothing to do */
	sets(3, "{\"node_type\": \"group\"}", "a", "{}", NULL);
	sets(3, "{\"consolidated_metadata\": null}", "a", "{}", NULL);
	removes(3, "{\"attributes\": {\"metadata\": {\"a\": 1}}}", "a", NULL);
}
END_TEST

START_TEST(odd_names)
{
	removes(3, V3("\"\\u007fa\": {}, \"\\u00e9\": {}"),
		"\x7f"
		"a",
		V3("\"\\u00e9\": {}"));
	removes(3, V3("\"\\u007fa\": {}, \"\\u00e9\": {}"), "\xc3\xa9", V3("\"\\u007fa\": {}"));
	renames(3, V3("\"\\u007fa\": {}"),
		"\x7f"
		"a",
		"\x7f"
		"b",
		V3("\"\\u007fb\": {}"));
	sets(3, V3("\"a\": {}"), "\xc3\xa9\"", "{}", V3("\"a\": {}, \"\\u00e9\\\"\": {}"));
}
END_TEST

START_TEST(whether)
{
	static const struct {
		int zarr_format;
		const char *doc;
		bool is;
	} cases[] = {
		{ 2, "{\"metadata\": {}}", true },
		{ 2, "{\"metadata\": []}", false },
		{ 2, "{}", false },
		{ 2, "{", false },
		{ 3, V3(""), true },
		{ 3, "{\"consolidated_metadata\": null}", false },
		{ 3, "{\"metadata\": {}}", false },
		{ 3, "7", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ck_assert_msg(zf_consolidated_is(cases[i].zarr_format, cases[i].doc, strlen(cases[i].doc)) ==
				      cases[i].is,
			"%s", cases[i].doc);
}
END_TEST

START_TEST(what_cannot_be)
{
	const char *doc = V3("\"a\": {}");
	struct zf_out out = OUT;
	struct zf_op op;

	zf_op_init(&op);
	unit_fails(zf_consolidated_rename(&op, 3, doc, strlen(doc), "a", "a/b", &out), &op, EINVAL,
		"'a' cannot become 'a/b'");
	zf_op_init(&op);
	unit_fails(zf_consolidated_rename(&op, 3, doc, strlen(doc), "a/b", "a", &out), &op, EINVAL,
		"'a/b' cannot become 'a'");
	zf_op_init(&op);
	unit_fails(zf_consolidated_rename(&op, 3, doc, strlen(doc), "a", "\xff", &out), &op, EINVAL,
		"a name that is not in UTF-8");
	zf_op_init(&op);
	unit_fails(zf_consolidated_set(&op, 3, doc, strlen(doc), "a", "[]", 2, &out), &op, EIO,
		"a: expected an object, found a list");
	zf_op_init(&op);
	unit_fails(zf_consolidated_set(&op, 2, "{}", 2, "a/.zarray", "{}", 2, &out), &op, EIO,
		"metadata: expected an object, found nothing");
	zf_op_init(&op);
	unit_fails(zf_consolidated_remove(&op, 2, "{\"metadata\": [1]}", 17, "a", &out), &op, EIO,
		"metadata: expected an object, found a list");
	zf_op_init(&op);
	unit_fails(zf_consolidated_remove(&op, 2, "{", 1, "a", &out), &op, EIO,
		"line 1, column 2: string or '}' expected near end of file");
	ck_assert_uint_eq(out.len, 0);
	zf_out_free(&out);
}
END_TEST

/* Damage: an error, nothing to do, or a document. */
START_TEST(random_damage)
{
	static const char bytes[] = "{}[],:\"\\ \n0-eN/a\xff";
	uint64_t seed = unit_seed();
	unsigned changed = 0;

	for (int i = 0; i < 20000; i++) {
		int zarr_format = 2 + (int)unit_below(&seed, 2);
		char *doc =
			strdup(zarr_format == 2 ? V2(ONE("a/.zarray", ARRAY("3")) "," ONE("a/.zattrs", "{}"))
						: V3("\"a\": {\"x\": 1}, \"a/b\": {}, \"c\": {}"));
		size_t len = strlen(doc);
		struct zf_out out = OUT;
		struct zf_op op;
		json_t *value;
		int rc;

		for (uint64_t n = 1 + unit_below(&seed, 3); n > 0; n--)
			doc[unit_below(&seed, len)] = bytes[unit_below(&seed, sizeof bytes - 1)];
		zf_op_init(&op);
		rc = unit_below(&seed, 2) ? zf_consolidated_rename(&op, zarr_format, doc, len, "a", "c", &out)
					  : zf_consolidated_set(&op, zarr_format, doc, len, "a/.zarray",
						    "{\"z\": null}", 11, &out);
		if (rc == 1) {
			unit_ok(zf_json_parse(&op, out.data, out.len, &value), &op);
			json_decref(value);
			changed++;
		} else {
			ck_assert(out.len == 0 && (rc == 0 || op.err == EIO || op.err == EINVAL));
		}
		zf_out_free(&out);
		free(doc);
	}
	ck_assert_uint_gt(changed, 100);
}
END_TEST

UNIT_MAIN("consolidated", v2_documents, v2_compact, v3_documents, odd_names, whether, what_cannot_be,
	random_damage)
