/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes that only consolidated metadata list: that they are shown and read, what wins, and that changes are
 * seen.
 */
#include "view_fixture.h"

#define ZMETADATA(MEMBERS) "{\"zarr_consolidated_format\": 1, \"metadata\": {" MEMBERS "}}"
#define V3_LISTS(MEMBERS)                                                                                    \
	"{\"zarr_format\": 3, \"node_type\": \"group\", \"consolidated_metadata\": {\"kind\": \"inline\", "  \
	"\"must_understand\": false, \"metadata\": {" MEMBERS "}}}"

static void holds(struct fixture *f, const char *path, const char *want)
{
	size_t len;
	char *data = content(f, path, &len);

	ck_assert_uint_eq(len, strlen(want));
	ck_assert_mem_eq(data, want, len);
	free(data);
}

static void info_has(struct fixture *f, const char *path, const char *want)
{
	size_t len;
	char *data = content(f, path, &len);

	ck_assert_msg(strstr(data, want) != NULL, "%s", data);
	free(data);
}

START_TEST(v2)
{
	struct fixture *f = set_up();

	put(f, ".zmetadata",
		ZMETADATA("\".zgroup\": " V2_GROUP ", \"a/.zarray\": " V2("[4]", "[2]",
			"") ", "
			    "\"a/.zattrs\": {\"units\": \"K\"}, \"g/.zgroup\": " V2_GROUP
			    ", \"g/b/.zarray\": " V2_ARRAY ", \"no/group/c/.zarray\": " V2_ARRAY));
	put(f, "a/0", "abcd");
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "a:8 a.info g/ no/ ");
	lists(f, "g", "b:12 b.info ");
	lists(f, "no", "group/ ");
	lists(f, "no/group", "c:12 c.info ");
	missing(f, "g/a");
	missing(f, "a/0");
	missing(f, "n");
	size_t len;
	char *data = content(f, "a", &len);
	ck_assert_mem_eq(data, "abcd\0\0\0", 8);
	free(data);
	info_has(f, "a.info", "\"units\": \"K\"");
	ck_assert_str_eq(f->log, "");
	tear_down(f);
}
END_TEST

START_TEST(v3)
{
	struct fixture *f = set_up();

	put(f, "top/zarr.json", V3_LISTS("\"a\": " V3_ARRAY ", \"g\": " V3_GROUP ", \"g/b\": " V3_ARRAY));
	put(f, "top/g/b/c/0", "wxyz");
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "top/ ");
	lists(f, "top", "a:4 a.info g/ ");
	lists(f, "top/g", "b:4 b.info ");
	holds(f, "top/g/b", "wxyz");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#top/g"), &f->op); /* metadata above what is mounted count too */
	lists(f, "", "b:4 b.info ");
	zf_tree_close(f->tree);
	unit_ok(open_tree(f, "#top/g/b"), &f->op);
	lists(f, "", "b:4 b.info ");
	holds(f, "b", "wxyz");
	tear_down(f);
}
END_TEST

/* A document of the node's own, then the nearest metadata, then zarr.json before .zmetadata. */
START_TEST(what_wins)
{
	struct fixture *f = set_up();

	put(f, "zarr.json", V3_LISTS("\"own\": " V3_ARRAY ", \"g/near\": " V3_ARRAY ", \"two\": " V3_ARRAY));
	put(f, ".zmetadata", ZMETADATA("\"two/.zarray\": " V2_ARRAY ", \"other/.zarray\": " V2_ARRAY));
	put(f, "own/.zarray", V2_ARRAY);
	put(f, "g/.zgroup", V2_GROUP);
	put(f, "g/.zmetadata", ZMETADATA("\"near/.zarray\": " V2_ARRAY));
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "g/ other:12 other.info own:12 own.info two:4 two.info ");
	lists(f, "g", "near:12 near.info ");
	tear_down(f);
}
END_TEST

START_TEST(changes)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "");
	put(f, ".zmetadata", ZMETADATA("\"a/.zarray\": " V2_ARRAY));
	lists(f, "", "a:12 a.info ");
	put(f, ".zmetadata", ZMETADATA("\"a/.zarray\": " V2("[5]", "[5]", "") ", \"b/.zarray\": " V2_ARRAY));
	lists(f, "", "a:10 a.info b:12 b.info ");
	looks(f, "a", "10");
	put(f, "a/.zarray", V2_ARRAY);
	looks(f, "a", "12");
	drop(f, "a");
	looks(f, "a", "10");
	put(f, ".zmetadata", ZMETADATA("\"b/.zarray\": " V2_ARRAY));
	missing(f, "a");
	drop(f, ".zmetadata");
	lists(f, "", "");
	missing(f, "b");
	tear_down(f);
}
END_TEST

START_TEST(broken)
{
	struct fixture *f = set_up();

	put(f, ".zgroup", V2_GROUP);
	put(f, "own/.zarray", V2_ARRAY);
	put(f, ".zmetadata", "{\"metadata\": [");
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "own:12 own.info ");
	missing(f, "other");
	ck_assert_str_eq(f->log, ".zmetadata: line 1, column 15: an object or list does not end\n");
	put(f, ".zmetadata", ZMETADATA("\"a/.zarray\": 7, \"../up/.zarray\": 7, \"b//c/.zarray\": 7"));
	lists(f, "", "a:0! a.info own:12 own.info ");
	opening_fails(f, "a", EIO, "a: expected an object, found an integer");
	tear_down(f);
}
END_TEST

/* No group document anywhere. */
START_TEST(metadata_alone)
{
	struct fixture *f = set_up();

	put(f, "x/y/.zmetadata", ZMETADATA("\"a/.zarray\": " V2_ARRAY));
	unit_ok(open_tree(f, ""), &f->op);
	lists(f, "", "x/ ");
	lists(f, "x/y", "a:12 a.info ");
	tear_down(f);
}
END_TEST

START_TEST(far_above)
{
	struct fixture *f = set_up();
	char path[256] = "g/";

	put(f, ".zgroup", V2_GROUP);
	for (int i = 0; i < ZF_MAX_LISTED_ABOVE - 1; i++)
		strcat(path, "d/");
	strcat(path, "a");
	char text[1024];
	snprintf(text, sizeof text, ZMETADATA("\"%s/.zarray\": %s, \"%s/.zarray\": %s"), path + 2, V2_ARRAY,
		path, V2_ARRAY);
	put(f, "g/.zmetadata", text);
	unit_ok(open_tree(f, ""), &f->op);
	looks(f, path, "12");
	drop(f, "g");
	put(f, ".zmetadata", text);
	missing(f, path); /* one group more */
	looks(f, path + 2, "12");
	tear_down(f);
}
END_TEST

UNIT_MAIN("view_listed", far_above, v2, v3, what_wins, changes, broken, metadata_alone)
