/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool copy: arrays, groups and whole stores.
 */
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/node.h"
#include "tool/print.h"
#include "tool/progress.h"
#include "tool/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct copy {
	struct tool *tool;
	struct progress progress;
	bool dry_run, verbose;
};

static void print_block(unsigned ndim, const uint64_t *shape)
{
	for (unsigned i = 0; i < ndim; i++)
		printf("%s%" PRIu64, i ? "x" : "", shape[i]);
}

static void print_blocks(const struct zf_copy_step *step)
{
	char text[PRINT_SIZE];

	if (step->way == ZF_COPY_STAGED) {
		printf(", by blocks of ");
		print_block(step->ndim, step->read);
		printf(" and ");
		print_block(step->ndim, step->write);
		printf(", %s in a temporary file", print_size(step->temporary, text));
	} else if (step->way == ZF_COPY_DIRECT) {
		printf(", by blocks of ");
		print_block(step->ndim, step->write);
		if (step->decoded > step->chunks)
			printf(", decoding chunks %.1f times", (double)step->decoded / (double)step->chunks);
	}
}

static void on_step(void *arg, const struct zf_copy_step *step)
{
	static const char *const ways[] = { "group", "is there", "bytes", "recode", "rechunk", "rechunk" };
	const struct copy *copy = arg;
	char text[PRINT_SIZE];

	if (!copy->dry_run)
		return;
	printf("%-8s %s -> %s", ways[step->way], *step->from ? step->from : "/", *step->to ? step->to : "/");
	if (step->way > ZF_COPY_SKIP)
		printf(": %s in %" PRIu64 " chunk%s", print_size(step->nbytes, text), step->values,
			step->values == 1 ? "" : "s");
	print_blocks(step);
	putchar('\n');
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	struct copy *copy = arg;

	progress_step(&copy->progress, done, total, true);
}

static int read_config(struct copy *copy, const struct args *args, struct zf_copy_config *out)
{
	static const char *const words[] = { "raise", "skip", "replace" };
	const char *word = args_value(args, "if-exists");

	copy->dry_run = out->dry_run = args_has(args, "dry-run");
	out->step = on_step;
	out->progress = on_progress;
	out->arg = copy;
	for (unsigned i = 0; word && i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			out->if_exists = (enum zf_if_exists)i;
			return 0;
		}
	}
	if (!word)
		return 0;
	tool_wrong(copy->tool, "--if-exists: '%s' is none of raise, skip, replace", word);
	return -1;
}

static int copy_nodes(struct copy *copy, const struct args *args, const struct zf_copy_config *config)
{
	struct tool *tool = copy->tool;
	struct node to, from;
	int result;

	if (node_open_target(tool, args->operand[1], config->dry_run, &to) < 0)
		return -1;
	result = node_open_beside(tool, args->operand[0], &to, &from);
	if (result == 0) {
		progress_begin(tool, "copying", &copy->progress);
		result = zf_copy(from.tree, from.path, to.tree, to.path, config, &tool->op);
		progress_end(&copy->progress);
		node_close_beside(&from, &to);
	}
	node_close(&to);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	struct copy copy = { .tool = tool };
	struct zf_copy_config config = { 0 };
	struct settings settings;
	int status = EXIT_OK;

	if (settings_read(tool, args, &settings) < 0)
		return EXIT_WRONG;
	config.settings = settings.values;
	if (read_config(&copy, args, &config) < 0)
		status = EXIT_WRONG;
	else if (copy_nodes(&copy, args, &config) < 0)
		status = tool_failed(tool);
	settings_free(&settings);
	return status;
}

static const struct option_spec options[] = {
	SETTINGS_STORAGE,
	{ 0, "if-exists", "WHAT", "raise (an error), skip, or replace" },
	{ 0, "dry-run", NULL, "only say what would be done" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_copy = {
	.name = "copy",
	.synopsis = "[OPTION...] SOURCE TARGET",
	.summary = "Copies an array, a group, or a whole store",
	.help = "SOURCE and TARGET are NODEs; a store that is not there is made. Without options about "
		"chunks and\n"
		"codecs stored chunks are copied as they are. A copy that was interrupted goes on when the "
		"same\n"
		"command is given again.",
	.options = options,
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
