/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool ls: the nodes of a group.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"
#include "tool/print.h"

#include <string.h>

struct line {
	const char *kind;
	char shape[NODES_TEXT], dtype[NODES_TEXT], size[PRINT_SIZE];
};

static void make_line(const struct nodes_one *one, const json_t *info, struct line *out)
{
	const json_t *nbytes = json_object_get(info, "nbytes");

	memset(out, 0, sizeof *out);
	out->kind = one->is_array ? "array" : one->is_folder ? "folder" : "group";
	if (!one->is_array)
		return;
	nodes_shape(info, out->shape);
	nodes_dtype(info, out->dtype);
	if (json_is_integer(nbytes))
		print_size((uint64_t)json_integer_value(nbytes), out->size);
}

static json_t *describe(const struct nodes_one *one, json_t *info)
{
	if (json_object_set_new(info, "name", json_string(one->name)) < 0)
		return NULL;
	json_object_set_new(info, "kind",
		json_string(one->is_array    ? "array"
			    : one->is_folder ? "folder"
					     : "group"));
	json_object_del(info, "store");
	return info;
}

static int list_one(struct tool *tool, struct zf_tree *tree, const char *path, const struct nodes_one *one,
	bool details, json_t *into)
{
	struct line line;
	json_t *info;

	if (!details && !into) {
		printf("%s%s\n", one->name, one->is_array ? "" : "/");
		return 0;
	}
	if (nodes_info(tool, tree, path, one->is_folder, &info) < 0)
		return -1;
	if (into) {
		json_array_append(into, describe(one, info));
	} else {
		make_line(one, info, &line);
		printf("%-6s %-8s %6s  %s%s%s%s\n", line.kind, line.dtype, line.size, one->name,
			one->is_array ? "" : "/", *line.shape ? " " : "", line.shape);
	}
	json_decref(info);
	return 0;
}

static int list_group(struct tool *tool, const struct node *node, bool details, json_t *into)
{
	struct nodes nodes;
	char path[NODES_PATH];
	int result = 0;

	if (nodes_list(tool, node->tree, node->path, &nodes) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < nodes.count; i++) {
		result = nodes_join(tool, node->path, nodes.at[i].name, path);
		if (result == 0)
			result = list_one(tool, node->tree, path, &nodes.at[i], details, into);
	}
	nodes_free(&nodes);
	return result;
}

/* An array, like a file, is listed itself. */
static int list(struct tool *tool, struct node *node, bool details, json_t *into)
{
	struct zf_node_attr attr;
	struct nodes_one one = { .is_array = true };

	if (zf_node_look(node->tree, &tool->op, node->path, &attr) < 0)
		return -1;
	if (!attr.is_array)
		return list_group(tool, node, details, into);
	one.name = *node->path ? node->path : node->store;
	return list_one(tool, node->tree, node->path, &one, details, into);
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	json_t *into = args_has(args, "json") ? json_array() : NULL;
	struct node node;
	int status = EXIT_OK;

	if (node_open(tool, args->operand[0], &config, &node) < 0) {
		json_decref(into);
		return tool_failed(tool);
	}
	if (list(tool, &node, args_has(args, "long"), into) < 0)
		status = tool_failed(tool);
	else if (into)
		nodes_print_json(into);
	json_decref(into);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 'l', "long", NULL, "with kind, data type, size and shape" },
	{ 0, "json", NULL, "as JSON: a list of what 'zarrtool info --json' has" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_ls = {
	.name = "ls",
	.synopsis = "[-l] [--json] NODE",
	.summary = "Lists the nodes of a group",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
