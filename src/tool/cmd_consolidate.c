/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool consolidate: consolidated metadata, written anew.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"

static int run(struct tool *tool, const struct args *args)
{
	struct node node;
	int status = EXIT_OK;

	if (node_open(tool, args->operand[0], NULL, &node) < 0)
		return tool_failed(tool);
	if (zf_node_consolidate(node.tree, &tool->op, node.path) < 0 ||
		zf_tree_flush(node.tree, &tool->op) < 0)
		status = tool_failed(tool);
	node_close(&node);
	return status;
}

const struct command command_consolidate = {
	.name = "consolidate",
	.synopsis = "NODE",
	.summary = "Writes the consolidated metadata of a group anew",
	.help = "NODE is the root of a store, or a group in it. It gets a copy of all documents below it:\n"
		".zmetadata, or in Zarr v3 a member of its zarr.json.",
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
