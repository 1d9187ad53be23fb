/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool import: files of npy or raw data become arrays.
 *
 * What raw bytes are is told by a header, or by options. Bytes go through in pieces; those of interleaved
 * images go line by line to where their bands are. An array whose data could not be read to the end is
 * removed again.
 */
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/header.h"
#include "tool/node.h"
#include "tool/progress.h"
#include "tool/settings.h"
#include "tool/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 4 << 20 };

struct import {
	struct tool *tool;
	struct node node;
	const struct settings *settings;
	const char *file; /* as it was named */
	char *path;       /* of the array; owned */
	struct header header;
	bool has_header;
	struct source source;
	char shape[64 * 24]; /* as texts, for the library */
	char dtype[4096];
	struct zf_file *to;
	struct progress progress;
};

/* ---- what it is ---- */

static void print_shape(struct import *i, unsigned ndim, const uint64_t *shape)
{
	size_t n = 0;

	i->shape[0] = '\0';
	for (unsigned d = 0; d < ndim; d++)
		n += (size_t)snprintf(
			i->shape + n, sizeof i->shape - n, "%s%" PRIu64, d ? "," : "", shape[d]);
}

/* A type for a new array: little endian, which both formats have. Simple ones without their quotes. */
static int print_type(struct import *i, const char *dtype)
{
	size_t n = strlen(dtype);

	if (n >= sizeof i->dtype)
		return tool_fail(i->tool, EINVAL, "%s: the data type is too long", i->file);
	if (dtype[0] != '"') {
		memcpy(i->dtype, dtype, n + 1);
		return 0;
	}
	memcpy(i->dtype, dtype + 1, n - 2);
	i->dtype[n - 2] = '\0';
	if (i->dtype[0] == '>')
		i->dtype[0] = '<';
	return 0;
}

/* The header that a file is, or that lies beside it. */
static int find_header(struct import *i)
{
	char *beside = NULL;
	int result;

	if (!header_is(i->file) && !i->settings->values.shape && strcmp(i->file, "-") != 0)
		beside = header_beside(i->file);
	if (!header_is(i->file) && !beside)
		return 0;
	result = header_read(i->tool, beside ? beside : i->file, &i->header);
	if (result == 0 && beside) {
		free(i->header.data);
		i->header.data = strdup(i->file);
		if (!i->header.data)
			result = tool_fail(i->tool, ENOMEM, "out of memory");
	}
	i->has_header = result == 0;
	free(beside);
	return result;
}

static int skip(struct import *i, uint64_t offset)
{
	if (lseek(i->source.fd, (off_t)offset, SEEK_SET) >= 0)
		return 0;
	return tool_fail(i->tool, errno, "%s: %s", i->source.name, strerror(errno));
}

/* Opens the data, and finds out what they are. */
static int open_source(struct import *i)
{
	const char *name = i->has_header ? i->header.data : i->file;

	if (source_open(i->tool, name, i->has_header, &i->source) < 0)
		return -1;
	if (i->has_header) {
		char dtype[16];

		print_shape(i, i->header.ndim, i->header.shape);
		snprintf(dtype, sizeof dtype, "\"%s\"", i->header.dtype);
		if (i->header.dtype[0] == '>')
			i->source.swap =
				i->header.dtype[1] == 'c' ? i->header.itemsize / 2 : i->header.itemsize;
		return print_type(i, dtype) < 0 ? -1 : skip(i, i->header.offset);
	}
	if (i->source.is_npy) {
		print_shape(i, i->source.npy.ndim, i->source.npy.shape);
		if (i->source.npy.fortran_order && i->source.npy.ndim > 1)
			return tool_fail(i->tool, EOPNOTSUPP,
				"%s: is in Fortran's order: save numpy.ascontiguousarray() of it", i->file);
		return print_type(i, i->source.npy.dtype);
	}
	if (!i->settings->values.shape || !i->settings->values.dtype)
		return tool_fail(i->tool, EINVAL,
			"%s: raw bytes without a header: --shape and --dtype have to say what they are",
			i->file);
	return 0;
}

/* ---- the array ---- */

static int make_array(struct import *i)
{
	struct zf_node_new what = { .settings = i->settings->values };
	char *dtype;
	int result;

	if (i->has_header || i->source.is_npy) {
		what.settings.shape = i->shape;
		what.settings.dtype = i->dtype;
	}
	if (zf_node_create(i->node.tree, &i->tool->op, i->path, &what) < 0 ||
		zf_node_dtype(i->node.tree, &i->tool->op, i->path, &dtype) < 0)
		return -1;
	result = source_convert(i->tool, &i->source, dtype);
	free(dtype);
	return result;
}

static int open_array(struct import *i)
{
	if (zf_selection_open(i->node.tree, &i->tool->op, i->path, "", NULL, ZF_FILE_WRITE, &i->to) < 0)
		return -1;
	i->source.sized = true;
	i->source.nbytes = zf_file_size(i->to);
	return 0;
}

/* ---- the data ---- */

static int copy_all(struct import *i, unsigned char *buffer)
{
	uint64_t size = zf_file_size(i->to), offset = 0;

	while (offset < size) {
		size_t got;

		if (source_read(i->tool, &i->source, buffer, PIECE, &got) < 0 ||
			zf_file_pwrite(i->to, &i->tool->op, buffer, got, offset) < 0)
			return -1;
		offset += got;
		progress_step(&i->progress, offset, size, true);
	}
	return 0;
}

/* A line of an interleaved image has something for each band: piece by piece to there. */
static int put_line(struct import *i, const unsigned char *line, unsigned char *row, uint64_t number)
{
	const struct header *h = &i->header;
	uint64_t item = h->itemsize, lines = h->shape[1], samples = h->shape[2], bands = h->shape[0];

	for (uint64_t b = 0; b < bands; b++) {
		const unsigned char *from = line + b * samples * item;

		if (h->interleave == INTERLEAVE_PIXELS) {
			for (uint64_t s = 0; s < samples; s++)
				memcpy(row + s * item, line + (s * bands + b) * item, item);
			from = row;
		}
		if (zf_file_pwrite(i->to, &i->tool->op, from, samples * item,
			    (b * lines + number) * samples * item) < 0)
			return -1;
	}
	return 0;
}

static int copy_lines(struct import *i)
{
	const struct header *h = &i->header;
	uint64_t row = h->shape[2] * h->itemsize, size = row * h->shape[0];
	unsigned char *line = malloc(size + row);
	size_t got;
	int result = line ? 0 : tool_fail(i->tool, ENOMEM, "out of memory");

	for (uint64_t n = 0; result == 0 && n < h->shape[1]; n++) {
		result = source_read(i->tool, &i->source, line, size, &got);
		if (result == 0)
			result = put_line(i, line, line + size, n);
		progress_step(&i->progress, n + 1, h->shape[1], false);
	}
	free(line);
	return result;
}

static int copy_data(struct import *i)
{
	unsigned char *buffer;
	int result;

	if (open_array(i) < 0)
		return -1;
	if (i->has_header && i->header.interleave != INTERLEAVE_NONE)
		return copy_lines(i);
	buffer = malloc(PIECE);
	result = buffer ? copy_all(i, buffer) : tool_fail(i->tool, ENOMEM, "out of memory");
	free(buffer);
	/* headers may be followed by more than the data */
	if (result == 0 && !i->has_header)
		result = source_end(i->tool, &i->source);
	return result;
}

/* What was made of a file that could not be read; what went wrong is told. */
static void undo(struct import *i)
{
	struct zf_op kept;

	tool_set_aside(i->tool, &kept);
	zf_file_close(i->to);
	i->to = NULL;
	if (zf_node_remove(i->node.tree, &i->tool->op, i->path, false) < 0)
		tool_say(i->tool, "%s could not be removed: %s", i->path, i->tool->op.text);
	tool_restore(i->tool, &kept);
}

static int import_file(struct import *i)
{
	int result = make_array(i);

	if (result < 0)
		return -1;
	progress_begin(i->tool, "importing", &i->progress);
	result = copy_data(i);
	if (result == 0)
		result = zf_file_sync(i->to, &i->tool->op);
	progress_end(&i->progress);
	if (result < 0)
		undo(i);
	zf_file_close(i->to);
	i->to = NULL;
	return result;
}

/* ---- names ---- */

/* A file's name without its folder and its last ending. */
static char *name_of(const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');

	return strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* Where the array goes: to the place itself, if it is one file and a name, else into it by the file's name.
 */
static int find_path(struct import *i, bool alone)
{
	struct zf_node_attr attr;
	struct zf_op op;
	char *name;
	bool is_group;

	zf_op_init(&op);
	is_group = zf_node_look(i->node.tree, &op, i->node.path, &attr) == 0 && !attr.is_array;
	if (alone && *i->node.path && !is_group) {
		i->path = strdup(i->node.path);
		return i->path ? 0 : tool_fail(i->tool, ENOMEM, "out of memory");
	}
	if (strcmp(i->file, "-") == 0)
		return tool_fail(i->tool, EINVAL, "standard input has no name: give the array's, STORE#NAME");
	name = name_of(i->file);
	if (!name || asprintf(&i->path, "%s%s%s", i->node.path, *i->node.path ? "/" : "", name) < 0) {
		i->path = NULL;
		tool_fail(i->tool, ENOMEM, "out of memory");
	}
	free(name);
	return i->path ? 0 : -1;
}

static int import_one(struct import *i, bool alone)
{
	int result;

	i->has_header = false;
	i->path = NULL;
	if (find_header(i) < 0)
		return -1;
	result = open_source(i);
	if (result == 0)
		result = find_path(i, alone);
	if (result == 0)
		result = import_file(i);
	if (i->source.head)
		source_close(&i->source);
	header_free(&i->header);
	free(i->path);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { 0 };
	unsigned files = args->noperands - 1;
	struct settings settings;
	struct import import = { .tool = tool, .settings = &settings };
	int status = EXIT_OK;

	if (settings_read(tool, args, &settings) < 0)
		return EXIT_WRONG;
	if (node_open_new(tool, args->operand[files], &config, &import.node) < 0) {
		status = tool_failed(tool);
	} else {
		for (unsigned i = 0; i < files && status == EXIT_OK; i++) {
			import.file = args->operand[i];
			if (import_one(&import, files == 1) < 0)
				status = tool_failed(tool);
		}
		if (status == EXIT_OK && zf_tree_flush(import.node.tree, &tool->op) < 0)
			status = tool_failed(tool);
		node_close(&import.node);
	}
	settings_free(&settings);
	return status;
}

static const struct option_spec options[] = {
	SETTINGS_CONTENT,
	SETTINGS_STORAGE,
	{ 0, NULL, NULL, NULL },
};

const struct command command_import = {
	.name = "import",
	.synopsis = "[OPTION...] FILE... STORE[#PATH]",
	.summary = "Makes arrays of npy and raw files",
	.help = "FILE is an npy file; a header of raw bytes: ENVI (.hdr), NRRD (.nhdr, .nrrd), MetaImage "
		"(.mhd, .mha); a\n"
		"raw file with an ENVI header beside it; or raw bytes, with --shape and --dtype. Arrays are "
		"named after\n"
		"their files, but PATH is the array's where it is one file and no group.",
	.options = options,
	.operands_min = 2,
	.operands_max = ARGS_MOST,
	.run = run,
};
