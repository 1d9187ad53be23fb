/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool du: what nodes take in the store.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"
#include "tool/print.h"
#include "tool/progress.h"

#include <inttypes.h>

struct du {
	struct tool *tool;
	struct zf_tree *tree;
	uint64_t levels; /* that are printed */
	bool bytes;
	json_t *list; /* NULL: no JSON */
	struct progress progress;
	uint64_t seen; /* keys */
};

static void print(struct du *du, const char *path, bool is_array, const struct zf_node_usage *usage)
{
	char text[PRINT_SIZE];

	if (du->list)
		json_array_append_new(du->list,
			json_pack("{s:s, s:s, s:I, s:I}", "path", path, "kind", is_array ? "array" : "group",
				"bytes", (json_int_t)usage->bytes, "keys", (json_int_t)usage->keys));
	else if (du->bytes)
		printf("%" PRIu64 "\t%s\n", usage->bytes, *path ? path : "/");
	else
		printf("%s\t%s\n", print_size(usage->bytes, text), *path ? path : "/");
}

/* Adds what is below a node to *sum. */
static int add(struct du *du, const char *path, bool is_array, uint64_t level, struct zf_node_usage *sum)
{
	struct nodes nodes = { 0 };
	struct zf_node_usage usage;
	char below[NODES_PATH];
	int result = zf_node_usage(du->tree, &du->tool->op, path, true, &usage);

	if (result == 0 && !is_array)
		result = nodes_list(du->tool, du->tree, path, &nodes);
	du->seen += result == 0 ? usage.keys : 0;
	progress_step(&du->progress, du->seen, 0, false);
	for (size_t i = 0; result == 0 && i < nodes.count; i++) {
		result = nodes_join(du->tool, path, nodes.at[i].name, below);
		if (result == 0)
			result = add(du, below, nodes.at[i].is_array, level + 1, &usage);
	}
	nodes_free(&nodes);
	if (result < 0)
		return -1;
	if (level <= du->levels)
		print(du, path, is_array, &usage);
	sum->bytes += usage.bytes;
	sum->keys += usage.keys;
	return 0;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct du du = { .tool = tool, .levels = UINT64_MAX, .bytes = args_has(args, "bytes") };
	struct zf_node_usage sum = { 0 };
	struct zf_node_attr attr;
	struct node node;
	int status = EXIT_OK;

	if (args_number(tool, args, "level", 0, UINT64_MAX, &du.levels) < 0)
		return EXIT_WRONG;
	if (node_open(tool, args->operand[0], &config, &node) < 0)
		return tool_failed(tool);
	du.tree = node.tree;
	du.list = args_has(args, "json") ? json_array() : NULL;
	progress_begin(tool, "counting keys:", &du.progress);
	if (zf_node_look(node.tree, &tool->op, node.path, &attr) < 0 ||
		add(&du, node.path, attr.is_array, 0, &sum) < 0) {
		progress_end(&du.progress);
		status = tool_failed(tool);
	} else if (du.list) {
		nodes_print_json(du.list);
	}
	progress_end(&du.progress);
	json_decref(du.list);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 'L', "level", "N", "show no more than N levels; 0: the sum alone" },
	{ 'b', "bytes", NULL, "as numbers of bytes" },
	{ 0, "json", NULL, "as JSON, with numbers of keys" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_du = {
	.name = "du",
	.synopsis = "[-L N] [-b] [--json] NODE",
	.summary = "Shows what arrays and groups take in the store",
	.help = "What counts are the bytes of the stored values, chunks and documents alike.",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
