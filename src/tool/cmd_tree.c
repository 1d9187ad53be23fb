/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool tree: the hierarchy, as zarr-python's tree() shows it.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1024 };

struct walk {
	struct tool *tool;
	struct zf_tree *tree;
	uint64_t levels; /* to be shown */
	bool attributes, json;
	char margin[MARGIN]; /* the lines of the groups above */
};

/* What follows the name. */
static void print_array(const json_t *info)
{
	const char *error = json_string_value(json_object_get(info, "error"));
	char text[NODES_TEXT];

	if (error) {
		printf(" cannot be read: %s", error);
		return;
	}
	printf(" %s", nodes_shape(info, text));
	printf(" %s", nodes_dtype(info, text));
}

static void print_attributes(const struct walk *walk, const json_t *info, bool goes_on)
{
	json_t *attributes = json_object_get(info, "attributes"), *value;
	const char *key;

	if (!walk->attributes)
		return;
	json_object_foreach(attributes, key, value)
	{
		char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));

		printf("%s %s   @%s = %s\n", walk->margin, goes_on ? "│" : " ", key, text ? text : "?");
		free(text);
	}
}

static json_t *describe(const char *name, const json_t *info, const struct nodes_one *one, bool attributes)
{
	static const char *const keys[] = { "zarr_format", "shape", "dtype", "data_type", "chunks", "error" };
	json_t *result = json_object();

	json_object_set_new(result, "name", json_string(name));
	json_object_set_new(result, "kind",
		json_string(one->is_array    ? "array"
			    : one->is_folder ? "folder"
					     : "group"));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_object_get(info, keys[i]))
			json_object_set(result, keys[i], json_object_get(info, keys[i]));
	if (attributes && json_object_get(info, "attributes"))
		json_object_set(result, "attributes", json_object_get(info, "attributes"));
	return result;
}

static int walk_below(struct walk *walk, const char *path, uint64_t level, json_t *into);

/* One node and what is below it. into: the list of its group's nodes, of --json. */
static int walk_node(struct walk *walk, const char *group, const struct nodes_one *one, bool last,
	uint64_t level, json_t *into)
{
	size_t len = strlen(walk->margin);
	char path[NODES_PATH];
	json_t *info, *self = NULL;
	int result = 0;

	if (nodes_join(walk->tool, group, one->name, path) < 0 ||
		nodes_info(walk->tool, walk->tree, path, one->is_folder, &info) < 0)
		return -1;
	if (walk->json) {
		self = describe(one->name, info, one, walk->attributes);
		json_array_append_new(into, self);
	} else {
		printf("%s %s── %s", walk->margin, last ? "└" : "├", one->name);
		if (one->is_array)
			print_array(info);
		putchar('\n');
		print_attributes(walk, info, !last);
	}
	json_decref(info);
	if (len + sizeof " │  " < MARGIN)
		strcpy(walk->margin + len, last ? "    " : " │  ");
	if (!one->is_array && level < walk->levels)
		result = walk_below(walk, path, level + 1, self);
	walk->margin[len] = '\0';
	return result;
}

static int walk_below(struct walk *walk, const char *path, uint64_t level, json_t *self)
{
	struct nodes nodes;
	json_t *list = NULL;
	int result = 0;

	if (nodes_list(walk->tool, walk->tree, path, &nodes) < 0)
		return -1;
	if (walk->json) {
		list = json_array();
		json_object_set_new(self, "nodes", list);
	}
	for (size_t i = 0; result == 0 && i < nodes.count; i++)
		result = walk_node(walk, path, &nodes.at[i], i + 1 == nodes.count, level, list);
	nodes_free(&nodes);
	return result;
}

/* The node that was asked for. */
static int walk_root(struct walk *walk, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct zf_node_attr attr;
	struct nodes_one one = { 0 };
	json_t *info, *self;
	int result = 0;

	if (zf_node_look(walk->tree, &walk->tool->op, path, &attr) < 0)
		return -1;
	one.is_array = attr.is_array;
	one.is_folder = !attr.is_array && !attr.zarr_format;
	if (nodes_info(walk->tool, walk->tree, path, one.is_folder, &info) < 0)
		return -1;
	self = describe(*path ? slash ? slash + 1 : path : "/", info, &one, walk->attributes);
	if (!walk->json) {
		fputs(json_string_value(json_object_get(self, "name")), stdout);
		if (one.is_array)
			print_array(info);
		putchar('\n');
		print_attributes(walk, info, !one.is_array);
	}
	if (!one.is_array && walk->levels > 0)
		result = walk_below(walk, path, 1, self);
	if (result == 0 && walk->json)
		nodes_print_json(self);
	json_decref(info);
	json_decref(self);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct walk walk = { .tool = tool, .levels = UINT64_MAX };
	struct node node;
	int status = EXIT_OK;

	if (args_number(tool, args, "level", 1, UINT64_MAX, &walk.levels) < 0)
		return EXIT_WRONG;
	walk.attributes = args_has(args, "attributes");
	walk.json = args_has(args, "json");
	if (node_open(tool, args->operand[0], &config, &node) < 0)
		return tool_failed(tool);
	walk.tree = node.tree;
	if (walk_root(&walk, node.path) < 0)
		status = tool_failed(tool);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 'L', "level", "N", "go no more than N levels down" },
	{ 'a', "attributes", NULL, "with the attributes" },
	{ 0, "json", NULL, "as JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_tree = {
	.name = "tree",
	.synopsis = "[-L N] [-a] [--json] NODE",
	.summary = "Shows the groups and arrays below a node, with shapes and types",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
