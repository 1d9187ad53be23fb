/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool export: an array as a file that other programs read, with a header beside it or before it.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/header.h"
#include "tool/select.h"
#include "tool/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int put_text(struct tool *tool, const char *name, const char *text, size_t len)
{
	struct output out;

	if (output_open(tool, name, &out) < 0)
		return -1;
	if (output_write(tool, &out, text, len) < 0) {
		output_abandon(&out);
		return -1;
	}
	return output_finish(tool, &out);
}

/* The header's text, and the name of its file. Both new. */
static int make_header(struct tool *tool, struct zf_file *file, const char *kind, const char *name,
	char **text, char **beside)
{
	const char *slash = strrchr(name, '/'), *ending;
	struct zf_selection_attr attr;
	char *dtype = NULL;
	int result;

	zf_selection_look(file, &attr);
	if (attr.is_text)
		return tool_fail(tool, EOPNOTSUPP, "elements that vary in length have no raw bytes");
	if (zf_selection_dtype(file, &tool->op, &dtype) < 0)
		return -1;
	result = header_make(
		tool, kind, dtype, attr.ndim, attr.shape, slash ? slash + 1 : name, text, &ending);
	free(dtype);
	if (result == 0 && asprintf(beside, "%s%s", name, ending) < 0) {
		*beside = NULL;
		result = tool_fail(tool, ENOMEM, "out of memory");
	}
	return result;
}

static int put_data(struct tool *tool, struct zf_file *file, const char *name, bool npy)
{
	void *header = NULL;
	size_t len = 0;
	struct output out;
	int result = npy ? zf_selection_npy(file, &tool->op, &header, &len) : 0;

	if (result == 0)
		result = output_open(tool, name, &out);
	if (result == 0) {
		if ((npy && output_write(tool, &out, header, len) < 0) ||
			stream_out(tool, file, &out, "exporting") < 0) {
			output_abandon(&out);
			result = -1;
		} else {
			result = output_finish(tool, &out);
		}
	}
	free(header);
	return result;
}

/* The header last: who finds it finds the data. */
static int export(struct tool *tool, struct zf_file *file, const char *name, const char *kind)
{
	char *text = NULL, *beside = NULL;
	bool npy = kind && strcmp(kind, "npy") == 0;
	int result = 0;

	if (kind && !npy)
		result = make_header(tool, file, kind, name, &text, &beside);
	if (result == 0)
		result = put_data(tool, file, name, npy);
	if (result == 0 && beside)
		result = put_text(tool, beside, text, strlen(text));
	free(text);
	free(beside);
	return result;
}

/* The kind of header asked for, or that the file's name asks for. -1: said on stderr. */
static int find_kind(struct tool *tool, const struct args *args, const char **out)
{
	static const char *const kinds[] = { "npy", "envi", "nrrd", "mhd" };
	const char *name = args->operand[1], *kind = args_value(args, "header");
	size_t n = strlen(name);

	*out = kind;
	if (header_is(name)) {
		tool_wrong(
			tool, "'%s' is to have the raw bytes: give it another ending than a header's", name);
		return -1;
	}
	if (!kind && n > 4 && strcmp(name + n - 4, ".npy") == 0)
		*out = "npy";
	for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kind, kinds[i]) != 0)
			continue;
		if (i == 0 || strcmp(name, "-") != 0)
			return 0;
		tool_wrong(tool, "--header %s needs a FILE, not standard output", kind);
		return -1;
	}
	if (kind)
		tool_wrong(tool, "--header: '%s' is none of npy, envi, nrrd, mhd", kind);
	return kind ? -1 : 0;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct selected selected;
	const char *kind;
	int status;

	if (find_kind(tool, args, &kind) < 0)
		return EXIT_WRONG;
	if (select_open(tool, args->operand[0], &config, 0, &selected) < 0)
		return tool_failed(tool);
	status = export(tool, selected.file, args->operand[1], kind) < 0 ? tool_failed(tool) : EXIT_OK;
	select_close(&selected);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "header", "KIND", "npy, or beside raw bytes envi, nrrd or mhd" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_export = {
	.name = "export",
	.synopsis = "[--header KIND] NODE[SELECTION] FILE",
	.summary = "Writes an array as a raw or npy file, with a header for other programs",
	.help = "FILE is raw bytes in C order, or npy where its name ends so; - is standard output. The "
		"header goes\n"
		"to a file of the same name with .hdr, .nhdr or .mhd behind it.",
	.options = options,
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
