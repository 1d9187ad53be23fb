/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool migrate: a store's documents in another version of the format.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"

#include <inttypes.h>

static int migrate(struct tool *tool, const struct node *node, struct zf_migration *migration)
{
	if (zf_migrate(node->tree, &tool->op, migration) < 0)
		return -1;
	if (migration->dry_run)
		printf("%" PRIu64 " node%s would get documents of v%d\n", migration->nodes,
			migration->nodes == 1 ? "" : "s", migration->zarr_format);
	if (!migration->consolidated)
		return 0;
	return zf_node_consolidate(node->tree, &tool->op, "");
}

static int run(struct tool *tool, const struct args *args)
{
	struct zf_migration migration = { .keep = args_has(args, "keep"),
		.dry_run = args_has(args, "dry-run") };
	uint64_t format = 3;
	struct node node;
	int status = EXIT_OK;

	if (args_number(tool, args, "to", 2, 3, &format) < 0)
		return EXIT_WRONG;
	migration.zarr_format = (int)format;
	if (node_open(tool, args->operand[0], NULL, &node) < 0)
		return tool_failed(tool);
	if (*node.path)
		status = tool_wrong(
			tool, "'%s' is in a store: only whole stores are migrated", args->operand[0]);
	else if (migrate(tool, &node, &migration) < 0)
		status = tool_failed(tool);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "to", "2|3", "version of the format (3)" },
	{ 0, "keep", NULL, "leave the old documents beside the new ones" },
	{ 0, "dry-run", NULL, "only see whether it can be done" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_migrate = {
	.name = "migrate",
	.synopsis = "[--to 2|3] [--keep] STORE",
	.summary = "Gives a store documents of another version of the format",
	.help = "Chunks stay where and as they are. Where a node cannot be said in the other version, "
		"nothing is\n"
		"changed: 'zarrtool copy --format' copies such stores.",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
