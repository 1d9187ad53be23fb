/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index of consolidated metadata: what is in it, where, and its limit.
 */
#include "unit.h"

#include "meta/nodes.h"

#include <errno.h>

static struct zf_nodes *read_nodes(int zarr_format, const char *text)
{
	struct zf_nodes *nodes = NULL;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_nodes_read(&op, zarr_format, text, strlen(text), &nodes), &op);
	return nodes;
}

/* "ARRAY DOC ATTRS" of a node. */
static const char *describe(
	const struct zf_nodes *nodes, const char *text, const char *path, char buf[static 256])
{
	const struct zf_node *node = zf_nodes_find(nodes, path);

	if (!node)
		return "none";
	snprintf(buf, 256, "%s %.*s %.*s", node->kind == ZF_NODE_ARRAY ? "array" : "group",
		(int)node->doc.len, text + node->doc.at, (int)node->attrs.len, text + node->attrs.at);
	return buf;
}

#define is_node(NODES, TEXT, PATH, WANT)                                                                     \
	do {                                                                                                 \
		char is_buf[256];                                                                            \
		ck_assert_str_eq(describe((NODES), (TEXT), (PATH), is_buf), (WANT));                         \
	} while (0)

static int on_child(void *arg, const char *name)
{
	strcat(strcat(arg, name), " ");
	return 0;
}

#define has_children(NODES, PATH, WANT)                                                                      \
	do {                                                                                                 \
		char has_buf[256] = "";                                                                      \
		zf_nodes_children((NODES), (PATH), on_child, has_buf);                                       \
		ck_assert_str_eq(has_buf, (WANT));                                                           \
	} while (0)

START_TEST(v2)
{
	static const char text[] =
		"{\"zarr_consolidated_format\": 1, \"metadata\": {"
		"\"b/x/.zattrs\": {\"u\": 1}, \".zgroup\": {\"g\": 0}, \"b/x/.zarray\": {\"a\": 2}, "
		"\".zattrs\": [], \"b-c/.zgroup\": 5, \"b/.zgroup\": {}, \"lone/.zattrs\": {}, "
		"\"deep/er/y/.zarray\": 7, \"b/x/0.0\": 3, \"stray\": 1, \"both/.zgroup\": 1, "
		"\"both/.zarray\": 2, "
		"\"twice/.zarray\": 1, \"twice/.zarray\": 2}}";
	struct zf_nodes *nodes = read_nodes(2, text);

	is_node(nodes, text, "", "group {\"g\": 0} []");
	is_node(nodes, text, "b", "group {} ");
	is_node(nodes, text, "b/x", "array {\"a\": 2} {\"u\": 1}");
	is_node(nodes, text, "b-c", "group 5 ");
	is_node(nodes, text, "both", "array 2 ");
	is_node(nodes, text, "twice", "array 2 ");
	is_node(nodes, text, "deep/er/y", "array 7 ");
	is_node(nodes, text, "deep/er", "none");
	is_node(nodes, text, "lone", "none");
	is_node(nodes, text, "stray", "none");
	is_node(nodes, text, "b/x/0.0", "none");
	has_children(nodes, "", "b b-c b both deep twice ");
	has_children(nodes, "b", "x ");
	has_children(nodes, "deep", "er ");
	has_children(nodes, "b/x", "");
	has_children(nodes, "none", "");
	zf_nodes_free(nodes);
}
END_TEST

START_TEST(v3)
{
	static const char text[] =
		"{\"zarr_format\": 3, \"node_type\": \"group\", \"consolidated_metadata\": {\"kind\": "
		"\"inline\", "
		"\"must_understand\": false, \"metadata\": {\"g\": {\"n\": 1}, \"g/a\": {\"n\": 2}}}}";
	static const char *const none[] = { "{}", "{\"consolidated_metadata\": null}" };
	struct zf_nodes *nodes = read_nodes(3, text);

	is_node(nodes, text, "g", "array {\"n\": 1} ");
	is_node(nodes, text, "g/a", "array {\"n\": 2} ");
	is_node(nodes, text, "", "none");
	has_children(nodes, "", "g g ");
	ck_assert_uint_gt(zf_nodes_cost(nodes), 0);
	zf_nodes_free(nodes);
	for (size_t i = 0; i < 2; i++)
		ck_assert_ptr_null(read_nodes(3, none[i]));
}
END_TEST

static void fails(int zarr_format, const char *text, int err, const char *message)
{
	struct zf_nodes *nodes;
	struct zf_op op;

	zf_op_init(&op);
	unit_fails(zf_nodes_read(&op, zarr_format, text, strlen(text), &nodes), &op, err, message);
}

START_TEST(broken)
{
	fails(2, "[]", EIO, "line 1, column 1: expected an object");
	fails(2, "{}", EIO, "metadata: missing");
	fails(2, "{\"metadata\": 1}", EIO, "line 1, column 14: expected an object");
	fails(3, "{\"consolidated_metadata\": {}}", EIO, "consolidated_metadata: metadata: missing");
	fails(3, "{\"consolidated_metadata\": 7}", EIO, "line 1, column 27: expected an object");
	fails(3, "{\"consolidated_metadata\": {\"kind\": \"remote\", \"metadata\": {}}}", EOPNOTSUPP,
		"consolidated_metadata: this kind is not supported");
}
END_TEST

/* A list of n nodes with names of 240 bytes. */
static char *long_list(size_t n)
{
	char *text = malloc(n * 300 + 64), *at = text;

	ck_assert_ptr_nonnull(text);
	at += sprintf(at, "{\"metadata\": {");
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%s\"%0240zu/.zgroup\":1", i ? "," : "", i);
	strcpy(at, "}}");
	return text;
}

START_TEST(limit)
{
	/* an entry has 32 bytes, a name 241: 32 MiB / 273 */
	char *text = long_list(122910);
	struct zf_nodes *nodes = read_nodes(2, text);
	char path[256];

	sprintf(path, "%0240d", 122909);
	ck_assert_ptr_nonnull(zf_nodes_find(nodes, path));
	zf_nodes_free(nodes);
	free(text);
	text = long_list(122911);
	fails(2, text, EOPNOTSUPP, "more than 122910 nodes are not supported");
	free(text);
}
END_TEST

UNIT_MAIN("meta_nodes", v2, v3, broken, limit)
