/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool get: the bytes of an array or of a selection of it.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/output.h"
#include "tool/progress.h"
#include "tool/select.h"
#include "tool/stream.h"

#include <stdlib.h>

static int write_header(struct tool *tool, struct zf_file *file, struct output *out)
{
	void *header;
	size_t len;
	int result;

	if (zf_selection_npy(file, &tool->op, &header, &len) < 0)
		return -1;
	result = output_write(tool, out, header, len);
	free(header);
	return result;
}

static int get(struct tool *tool, const struct args *args, struct zf_file *file)
{
	struct output out;

	if (output_open(tool, args_value(args, "output"), &out) < 0)
		return -1;
	if ((args_has(args, "npy") && write_header(tool, file, &out) < 0) ||
		stream_out(tool, file, &out, "reading") < 0) {
		output_abandon(&out);
		return -1;
	}
	return output_finish(tool, &out);
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct selected selected;
	int status;

	if (select_open(tool, args->operand[0], &config, 0, &selected) < 0)
		return tool_failed(tool);
	status = get(tool, args, selected.file) < 0 ? tool_failed(tool) : EXIT_OK;
	select_close(&selected);
	return status;
}

static const struct option_spec options[] = {
	{ 'o', "output", "FILE", "write to FILE, not to standard output" },
	{ 0, "npy", NULL, "as an npy file, with a header" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_get = {
	.name = "get",
	.synopsis = "NODE[SELECTION] [-o FILE] [--npy]",
	.summary = "Writes an array or a selection of it as raw bytes or npy",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
