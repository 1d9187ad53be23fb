/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool info: what a node is.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/print.h"

#include <errno.h>
#include <inttypes.h>
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
	if (strcmp(key, "storage_ratio") == 0) {
		printf("%-16s %.1f\n", key, json_real_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
	printf("%-16s %s", key, text ? text : "");
	if (strncmp(key, "nbytes", 6) == 0 && json_integer_value(value) >= 1000)
		printf(" (%s)", print_size((uint64_t)json_integer_value(value), size));
	putchar('\n');
	free(text);
}

/* What --complete adds to the text: before its last brace, which ends it. */
static char *add_complete(
	const char *text, const struct zf_node_complete *c, const struct zf_node_attr *attr, bool time)
{
	const char *end = strrchr(text, '}');
	size_t len = end ? (size_t)(end - text) : strlen(text), size;
	char *out = NULL;
	FILE *file = open_memstream(&out, &size);

	if (!file)
		return NULL;
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	fwrite(text, 1, len, file);
	fprintf(file,
		",\n  \"nkeys\": %" PRIu64 ",\n  \"nbytes_stored\": %" PRIu64
		",\n  \"storage_ratio\": %.1f,\n  \"nchunks_initialized\": %" PRIu64,
		c->keys, c->bytes, c->bytes ? (double)attr->nbytes / (double)c->bytes : 0.0, c->chunks);
	if (attr->sharded)
		fprintf(file, ",\n  \"nshards_initialized\": %" PRIu64, c->values);
	if (c->outside)
		fprintf(file, ",\n  \"nchunks_outside\": %" PRIu64, c->outside);
	for (unsigned i = 0; time && i < c->times.count; i++)
		fprintf(file, "%s\n    {\"codec\": \"%s\", \"seconds\": %.6f, \"bytes_per_second\": %.0f}",
			i ? "," : ",\n  \"decode_times\": [", c->times.of[i].name, c->times.of[i].seconds,
			c->times.of[i].seconds > 0 ? (double)c->times.bytes / c->times.of[i].seconds : 0.0);
	if (time)
		fprintf(file, "%s,\n  \"decode_sample\": [%" PRIu64 ", %" PRIu64 "]",
			c->times.count ? "\n  ]" : "", c->times.chunks, c->times.bytes);
	fputs("\n}\n", file);
	return fclose(file) == 0 ? out : NULL;
}

/* Puts what is stored into the text of an array. */
static int make_complete(struct tool *tool, const struct node *node, bool time, char **text)
{
	struct zf_node_complete complete;
	struct zf_node_attr attr;
	char *more;

	if (zf_node_look(node->tree, &tool->op, node->path, &attr) < 0 ||
		zf_node_complete(node->tree, &tool->op, node->path, time, &complete) < 0)
		return -1;
	more = add_complete(*text, &complete, &attr, time);
	if (!more)
		return -1;
	free(*text);
	*text = more;
	return 0;
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

	if (args_has(args, "time") && !args_has(args, "complete"))
		return tool_wrong(tool, "--time goes with --complete");
	if (node_open(tool, args->operand[0], &config, &node) < 0)
		return tool_failed(tool);
	if (zf_node_info(node.tree, &tool->op, node.path, &text) < 0 ||
		(args_has(args, "complete") &&
			make_complete(tool, &node, args_has(args, "time"), &text) < 0)) {
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
	{ 0, "complete", NULL, "with what is stored: bytes, ratio, chunks" },
	{ 0, "time", NULL, "with --complete: what decoding takes by codec, for a sample" },
	{ 0, "json", NULL, "as JSON, as the mount's .info files have it" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_info = {
	.name = "info",
	.synopsis = "[--complete [--time]] [--json] NODE",
	.summary = "Shows what an array or a group is",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
