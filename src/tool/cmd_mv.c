/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool mv: gives a node another path in its store.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where "KIND:PATH" has PATH. */
static const char *path_of(const char *store)
{
	size_t n = strspn(store, "abcdefghijklmnopqrstuvwxyz0123456789");

	return store[n] == ':' ? store + n + 1 : store;
}

static bool is_same_store(const char *a, const char *b)
{
	char *x = realpath(path_of(a), NULL), *y = realpath(path_of(b), NULL);
	bool same = x && y ? strcmp(x, y) == 0 : strcmp(a, b) == 0;

	free(x);
	free(y);
	return same;
}

/* A group that is there takes the node in, as a directory does with mv(1). */
static int target(struct tool *tool, const struct node *node, const char *to, char out[static NODES_PATH])
{
	const char *slash = strrchr(node->path, '/');
	struct zf_node_attr attr;

	if (zf_node_look(node->tree, &tool->op, to, &attr) == 0 && !attr.is_array)
		return nodes_join(tool, to, slash ? slash + 1 : node->path, out);
	if (tool->op.err && tool->op.err != ENOENT)
		return -1;
	zf_op_init(&tool->op);
	return nodes_join(tool, to, "", out) < 0 ? -1 : (out[strlen(to)] = '\0', 0);
}

static int move(struct tool *tool, const struct node *node, const char *to)
{
	char path[NODES_PATH];

	if (target(tool, node, to, path) < 0)
		return tool_failed(tool);
	if (zf_node_rename(node->tree, &tool->op, node->path, path) == 0 &&
		zf_tree_flush(node->tree, &tool->op) == 0)
		return EXIT_OK;
	if (tool->op.err != EEXIST)
		return tool_failed(tool);
	tool_say(tool, "%s: is there already; 'zarrtool rm' removes it", path);
	return EXIT_FAILED;
}

static int run(struct tool *tool, const struct args *args)
{
	char *store, *to;
	struct node node;
	int status;

	if (node_split(tool, args->operand[1], &store, &to) < 0)
		return tool_failed(tool);
	if (node_open(tool, args->operand[0], NULL, &node) < 0) {
		status = tool_failed(tool);
	} else {
		if (is_same_store(node.store, store)) {
			status = move(tool, &node, to);
		} else {
			tool_say(tool, "%s and %s are two stores; copy the node, then remove it", node.store,
				store);
			status = EXIT_FAILED;
		}
		node_close(&node);
	}
	free(store);
	free(to);
	return status;
}

const struct command command_mv = {
	.name = "mv",
	.synopsis = "NODE TARGET",
	.summary = "Gives a node another path in its store",
	.help = "Where TARGET is a group that is there, the node goes into it. Consolidated metadata are "
		"kept\n"
		"true.",
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
