/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool rm: removes nodes.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"

#include <errno.h>

static int explain(struct tool *tool, const struct node *node)
{
	char text[ZF_OP_TEXT];

	if (tool->op.err == ENOTEMPTY)
		snprintf(text, sizeof text, "%s: a group that is not empty; -r removes it with all below it",
			node->path);
	else if (tool->op.err == EBUSY)
		snprintf(text, sizeof text, "%.1900s: a whole store; remove its file or folder instead",
			node->store);
	else
		return tool_failed(tool);
	tool_say(tool, "%s", text);
	return EXIT_FAILED;
}

static int remove_one(struct tool *tool, const char *spec, bool recursive)
{
	struct node node;
	int status = EXIT_OK;

	if (node_open(tool, spec, NULL, &node) < 0)
		return tool_failed(tool);
	if (zf_node_remove(node.tree, &tool->op, node.path, recursive) < 0 ||
		zf_tree_flush(node.tree, &tool->op) < 0)
		status = explain(tool, &node);
	node_close(&node);
	return status;
}

static int run(struct tool *tool, const struct args *args)
{
	int status = EXIT_OK;

	for (unsigned i = 0; i < args->noperands && status == EXIT_OK; i++)
		status = remove_one(tool, args->operand[i], args_has(args, "recursive"));
	return status;
}

static const struct option_spec options[] = {
	{ 'r', "recursive", NULL, "a group with all that is below it" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_rm = {
	.name = "rm",
	.synopsis = "[-r] NODE...",
	.summary = "Removes arrays with their chunks, and groups",
	.help = "Nothing brings them back. Consolidated metadata above are kept true.",
	.options = options,
	.operands_min = 1,
	.operands_max = 4096,
	.run = run,
};
