/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool create: new arrays, groups and stores.
 */
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/settings.h"

#include <string.h>

static int make(
	struct tool *tool, const struct args *args, const struct settings *settings, struct node *node)
{
	const char *like = args_value(args, "like");
	struct zf_node_new what = { .is_group = !settings->values.shape && !like,
		.settings = settings->values };
	struct node other = { 0 };
	int result;

	if (like && node_open_beside(tool, like, node, &other) < 0)
		return -1;
	what.like = like ? other.tree : NULL;
	what.like_path = other.path;
	result = zf_node_create(node->tree, &tool->op, node->path, &what);
	if (result == 0)
		result = zf_tree_flush(node->tree, &tool->op);
	if (like)
		node_close_beside(&other, node);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { 0 };
	struct settings settings;
	struct node node;
	int status = EXIT_OK;

	if (settings_read(tool, args, &settings) < 0)
		return EXIT_WRONG;
	if (!settings.values.shape && !args_has(args, "like") &&
		(settings.any_storage || settings.values.dtype || settings.values.fill_value ||
			settings.values.dimension_names))
		status = tool_wrong(
			tool, "an array needs --shape and --dtype, or --like; a group has attributes only");
	else if (settings.values.shape && !settings.values.dtype && !args_has(args, "like"))
		status = tool_wrong(tool, "--dtype is missing");
	else if (node_open_new(tool, args->operand[0], &config, &node) < 0)
		status = tool_failed(tool);
	if (status == EXIT_OK) {
		if (make(tool, args, &settings, &node) < 0)
			status = tool_failed(tool);
		node_close(&node);
	}
	settings_free(&settings);
	return status;
}

static const struct option_spec options[] = {
	SETTINGS_CONTENT,
	SETTINGS_STORAGE,
	{ 0, "like", "NODE", "with all settings of another array, unless given" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_create = {
	.name = "create",
	.synopsis = "[--shape N,... --dtype TYPE] [OPTION...] NODE",
	.summary = "Makes an array, or without a shape a group, and the store",
	.help = "What is not given is as zarr-python has it. A store that is not there is made: its kind is "
		"told\n"
		"by KIND:, or by how its name ends (.zip, .db, .mdb, .sqlite), else it is a directory. "
		"Groups\n"
		"above the node are made where they are missing.",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
