/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool attrs: the attributes of a node.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A text that is one string, without its quotes. */
static void print_raw(const char *json)
{
	json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (json_is_string(value))
		fwrite(json_string_value(value), 1, json_string_length(value), stdout);
	else
		fputs(json, stdout);
	json_decref(value);
}

static int get(struct tool *tool, const struct node *node, const struct args *args)
{
	char *text;

	if (zf_node_attributes(node->tree, &tool->op, node->path,
		    args->noperands > 2 ? args->operand[2] : NULL, &text) < 0)
		return tool_failed(tool);
	if (args_has(args, "raw"))
		print_raw(text);
	else
		fputs(text, stdout);
	if (!*text || text[strlen(text) - 1] != '\n')
		putchar('\n');
	free(text);
	return EXIT_OK;
}

/* All of standard input as a text; NULL with tool->op set. */
static char *read_input(struct tool *tool)
{
	size_t room = 4096, len = 0;
	char *text = malloc(room + 1), *more;

	while (text && !feof(stdin) && !ferror(stdin)) {
		if (len == room) {
			more = realloc(text, 2 * room + 1);
			if (!more)
				break;
			text = more;
			room *= 2;
		}
		len += fread(text + len, 1, room - len, stdin);
	}
	if (text && feof(stdin)) {
		text[len] = '\0';
		return text;
	}
	free(text);
	tool->op.err = errno ? errno : ENOMEM;
	snprintf(tool->op.text, sizeof tool->op.text, "cannot read standard input: %s",
		strerror(tool->op.err));
	return NULL;
}

static int set(struct tool *tool, const struct node *node, const char *key, const char *json)
{
	char *text = json && strcmp(json, "-") == 0 ? read_input(tool) : json ? strdup(json) : NULL;
	int status = EXIT_OK;

	if (json && !text)
		return tool_failed(tool);
	if (zf_node_set_attribute(node->tree, &tool->op, node->path, key, text) == 0 &&
		zf_tree_flush(node->tree, &tool->op) == 0) {
		free(text);
		return EXIT_OK;
	}
	if (text && strncmp(tool->op.text, "no JSON: ", 9) == 0) {
		tool_say(tool, "%s; a string needs quotes of its own: '\"...\"'", tool->op.text);
		status = EXIT_WRONG;
	} else {
		status = tool_failed(tool);
	}
	free(text);
	return status;
}

static int check(const struct tool *tool, const struct args *args)
{
	static const struct {
		const char *verb;
		unsigned least, most;
		const char *synopsis;
	} verbs[] = {
		{ "get", 2, 3, "get NODE [KEY]" },
		{ "set", 4, 4, "set NODE KEY JSON" },
		{ "unset", 3, 3, "unset NODE KEY" },
	};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(args->operand[0], verbs[i].verb) != 0)
			continue;
		if (args->noperands >= verbs[i].least && args->noperands <= verbs[i].most)
			return EXIT_OK;
		return tool_wrong(tool, "to be written as: zarrtool attrs %s", verbs[i].synopsis);
	}
	return tool_wrong(tool, "'%s' is none of get, set and unset", args->operand[0]);
}

static int run(struct tool *tool, const struct args *args)
{
	bool reads = strcmp(args->operand[0], "get") == 0;
	const struct zf_tree_config config = { .flags = reads ? ZF_OPEN_READONLY : 0 };
	struct node node;
	int status = check(tool, args);

	if (status != EXIT_OK)
		return status;
	if (node_open(tool, args->operand[1], &config, &node) < 0)
		return tool_failed(tool);
	if (reads)
		status = get(tool, &node, args);
	else
		status = set(tool, &node, args->operand[2], args->noperands > 3 ? args->operand[3] : NULL);
	node_close(&node);
	return status;
}

static const struct option_spec options[] = {
	{ 'r', "raw", NULL, "a string without its quotes" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_attrs = {
	.name = "attrs",
	.synopsis = "get NODE [KEY] | set NODE KEY JSON | unset NODE KEY",
	.summary = "Shows, sets or removes attributes",
	.help = "get shows all attributes, or one, as JSON. set takes JSON, '-' for standard input. What "
		"else is\n"
		"in the document stays as it is, byte for byte; consolidated metadata are kept true. A "
		"negative number needs\n"
		"'--' before NODE.",
	.options = options,
	.operands_min = 1,
	.operands_max = 4,
	.run = run,
};
