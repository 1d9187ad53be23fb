/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool info: what a node is.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/print.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A value on one line: a text without its quotes. */
static void print_value(const char *key, const json_t *value)
{
	char *text;
	char size[PRINT_SIZE];

	if (json_is_null(value))
		return;
	if (json_is_string(value)) {
		printf("%-16s %s\n", key, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
	printf("%-16s %s", key, text ? text : "");
	if (strcmp(key, "nbytes") == 0 && json_integer_value(value) >= 1000)
		printf(" (%s)", print_size((uint64_t)json_integer_value(value), size));
	putchar('\n');
	free(text);
}

static int print_table(struct tool *tool, const char *text)
{
	json_t *info = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL), *value;
	const char *key;

	if (!info) {
		/* what jansson cannot read (NaN) is shown as it is */
		fputs(text, stdout);
		return EXIT_OK;
	}
	(void)tool;
	json_object_foreach(info, key, value) print_value(key, value);
	json_decref(info);
	return EXIT_OK;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct node node;
	char *text = NULL;
	int status;

	if (node_open(tool, args->operand[0], &config, &node) < 0)
		return tool_failed(tool);
	if (zf_node_info(node.tree, &tool->op, node.path, &text) < 0) {
		status = tool_failed(tool);
	} else if (args_has(args, "json")) {
		fputs(text, stdout);
		status = EXIT_OK;
	} else {
		status = print_table(tool, text);
	}
	free(text);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "json", NULL, "as JSON, as the mount's .info files have it" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_info = {
	.name = "info",
	.synopsis = "[--json] NODE",
	.summary = "Shows what an array or a group is",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
