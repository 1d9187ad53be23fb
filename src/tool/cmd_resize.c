/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool resize: another shape for an array.
 */
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/settings.h"

static int run(struct tool *tool, const struct args *args)
{
	uint64_t shape[ZF_NODE_DIMS];
	unsigned ndim;
	struct node node;
	int status = EXIT_OK;

	if (settings_sizes(tool, "SHAPE", args->operand[1], &ndim, shape) < 0)
		return EXIT_WRONG;
	if (node_open(tool, args->operand[0], NULL, &node) < 0)
		return tool_failed(tool);
	if (zf_node_resize(node.tree, &tool->op, node.path, ndim, shape) < 0 ||
		zf_tree_flush(node.tree, &tool->op) < 0)
		status = tool_failed(tool);
	node_close(&node);
	return status;
}

const struct command command_resize = {
	.name = "resize",
	.synopsis = "NODE SHAPE",
	.summary = "Gives an array another shape",
	.help = "SHAPE is N,... with as many numbers as the array has dimensions. What lies outside is "
		"deleted, and\n"
		"does not come back when the array grows again.",
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
