/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool append: data at the end of one of an array's axes.
 *
 * Along axis 0 they go to the end of the flat file, and the array grows as they come. Along another axis the
 * array has its new shape first, and the data go between what is there. Either way an array that could not
 * take all of them has its old shape again.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/node.h"
#include "tool/progress.h"
#include "tool/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 4 << 20 };

struct append {
	struct tool *tool;
	struct node node;
	struct source source;
	struct zf_node_attr attr; /* before */
	unsigned axis;
	uint64_t outer;      /* runs of new data: product(shape[:axis]) */
	uint64_t old, fresh; /* bytes of a run that was there, and of one that comes */
	uint64_t rest;       /* bytes of 1 along the axis in a run */
	bool is_empty;       /* 1 along the axis has no bytes at all */
	struct zf_file *file;
	unsigned char *buffer;
	struct progress progress;
};

/* ---- what fits ---- */

static void print_shape(unsigned ndim, const uint64_t *shape, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "(");

	for (unsigned i = 0; i < ndim && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%" PRIu64, i ? ", " : "", shape[i]);
	if (n < size)
		snprintf(out + n, size - n, ndim == 1 ? ",)" : ")");
}

static int check_shape(const struct append *a)
{
	const struct zf_npy_attr *npy = &a->source.npy;
	bool fits = npy->ndim == a->attr.ndim;
	char theirs[512], ours[512];

	for (unsigned i = 0; fits && i < npy->ndim; i++)
		fits = i == a->axis || npy->shape[i] == a->attr.shape[i];
	if (fits)
		return 0;
	print_shape(npy->ndim, npy->shape, theirs, sizeof theirs);
	print_shape(a->attr.ndim, a->attr.shape, ours, sizeof ours);
	return tool_fail(a->tool, EINVAL,
		"%s: shape %s does not fit %s: all dimensions but axis %u must be equal", a->source.name,
		theirs, ours, a->axis);
}

static int check_npy(struct append *a)
{
	char *dtype;
	int result;

	if (!a->source.is_npy)
		return 0;
	if (a->source.npy.fortran_order && a->source.npy.ndim > 1)
		return tool_fail(a->tool, EOPNOTSUPP,
			"%s: is in Fortran's order: save numpy.ascontiguousarray() of it", a->source.name);
	if (check_shape(a) < 0 || zf_node_dtype(a->node.tree, &a->tool->op, a->node.path, &dtype) < 0)
		return -1;
	result = source_convert(a->tool, &a->source, dtype);
	free(dtype);
	return result;
}

/* The runs; nothing here can be more than the file's bytes, but with zeros among the sizes. */
static int measure(struct append *a)
{
	uint64_t one;

	a->outer = 1;
	a->rest = a->attr.itemsize;
	for (unsigned i = 0; i < a->attr.ndim; i++) {
		uint64_t *product = i < a->axis ? &a->outer : &a->rest;

		if (i != a->axis && __builtin_mul_overflow(*product, a->attr.shape[i], product))
			return tool_fail(a->tool, EFBIG, "%s: too large", a->node.path);
	}
	if (__builtin_mul_overflow(a->outer, a->rest, &one) ||
		__builtin_mul_overflow(a->attr.shape[a->axis], a->rest, &a->old))
		return tool_fail(a->tool, EFBIG, "%s: too large", a->node.path);
	if (!a->source.sized && a->axis > 0)
		return tool_fail(a->tool, EINVAL,
			"%s: along axis %u its size has to be known: append a file, or npy", a->source.name,
			a->axis);
	if (one == 0 && a->source.sized && a->source.nbytes > 0)
		return tool_fail(a->tool, EINVAL, "%s: the array has no elements along its other axes",
			a->source.name);
	if (one > 0 && a->source.sized && a->source.nbytes % one != 0)
		return tool_fail(a->tool, EINVAL,
			"%s: %" PRIu64 " bytes are no multiple of %" PRIu64 ", the bytes of 1 along axis %u",
			a->source.name, a->source.nbytes, one, a->axis);
	a->is_empty = one == 0;
	a->fresh = one > 0 ? a->source.nbytes / a->outer : 0;
	return 0;
}

/* ---- writing ---- */

/* Up to len bytes of the source to an offset of the flat file. */
static int move(struct append *a, uint64_t offset, uint64_t len, uint64_t *moved)
{
	*moved = 0;
	while (*moved < len) {
		size_t n = len - *moved < BUFFER ? (size_t)(len - *moved) : BUFFER, got;

		if (source_read(a->tool, &a->source, a->buffer, n, &got) < 0)
			return -1;
		if (got == 0)
			break;
		if (zf_file_pwrite(a->file, &a->tool->op, a->buffer, got, offset + *moved) < 0)
			return -1;
		*moved += got;
		progress_step(&a->progress, a->source.given, a->source.nbytes, true);
	}
	return 0;
}

/* All data, to the end. */
static int write_end(struct append *a)
{
	uint64_t row = a->rest, moved;

	if (move(a, a->attr.nbytes, a->source.sized ? a->source.nbytes : UINT64_MAX, &moved) < 0)
		return -1;
	if (!a->source.sized && (row == 0 ? moved > 0 : moved % row != 0))
		return tool_fail(a->tool, EINVAL,
			"%s: %" PRIu64 " bytes are no multiple of %" PRIu64 ", the bytes of 1 along axis 0",
			a->source.name, moved, row);
	return 0;
}

static int write_runs(struct append *a)
{
	uint64_t moved;

	for (uint64_t i = 0; i < a->outer; i++)
		if (move(a, i * (a->old + a->fresh) + a->old, a->fresh, &moved) < 0)
			return -1;
	return 0;
}

static const char *file_name(const struct append *a)
{
	const char *root = zf_tree_root_file(a->node.tree);

	return root ? root : a->node.path;
}

static int write_all(struct append *a)
{
	if (zf_file_open(a->node.tree, &a->tool->op, file_name(a), ZF_FILE_WRITE, &a->file) < 0)
		return -1;
	if ((a->axis == 0 ? write_end(a) : write_runs(a)) < 0)
		return -1;
	if (source_end(a->tool, &a->source) < 0)
		return -1;
	return zf_file_sync(a->file, &a->tool->op);
}

static int set_length(struct append *a, uint64_t more)
{
	uint64_t shape[ZF_NODE_DIMS];

	memcpy(shape, a->attr.shape, sizeof shape);
	if (__builtin_add_overflow(shape[a->axis], more, &shape[a->axis]) || shape[a->axis] > INT64_MAX)
		return tool_fail(a->tool, EFBIG, "%s: too large", a->node.path);
	return zf_node_resize(a->node.tree, &a->tool->op, a->node.path, a->attr.ndim, shape);
}

/* The old shape again; what went wrong before is what is told. */
static void undo(struct append *a)
{
	struct zf_op kept;

	tool_set_aside(a->tool, &kept);
	zf_file_close(a->file);
	a->file = NULL;
	if (set_length(a, 0) < 0)
		tool_say(a->tool, "the old shape could not be restored: %s", a->tool->op.text);
	tool_restore(a->tool, &kept);
}

static int append(struct append *a)
{
	int result = 0;

	if (check_npy(a) < 0 || measure(a) < 0)
		return -1;
	a->buffer = malloc(BUFFER);
	if (!a->buffer)
		return tool_fail(a->tool, ENOMEM, "out of memory");
	progress_begin(a->tool, "appending", &a->progress);
	if (a->axis > 0 || a->is_empty)
		result = set_length(a, a->source.is_npy ? a->source.npy.shape[a->axis]
				       : a->rest        ? a->fresh / a->rest
							: 0);
	if (result == 0) {
		result = write_all(a);
		if (result < 0)
			undo(a);
	}
	progress_end(&a->progress);
	zf_file_close(a->file);
	free(a->buffer);
	if (result == 0)
		result = zf_tree_flush(a->node.tree, &a->tool->op);
	return result;
}

/* ---- the command ---- */

static int look(struct append *a, const struct args *args)
{
	uint64_t axis = 0;

	if (zf_node_look(a->node.tree, &a->tool->op, a->node.path, &a->attr) < 0)
		return tool_failed(a->tool);
	if (!a->attr.is_array || a->attr.error || a->attr.is_text || a->attr.ndim == 0) {
		tool_say(a->tool, "%s: %s", args->operand[0],
			!a->attr.is_array ? "a group, and no array"
			: a->attr.error   ? "cannot be read: 'zarrtool info' says why"
			: a->attr.is_text ? "elements that vary in length cannot be appended"
					  : "an array without dimensions cannot grow");
		return EXIT_FAILED;
	}
	if (args_number(a->tool, args, "axis", 0, a->attr.ndim - 1, &axis) < 0)
		return EXIT_WRONG;
	a->axis = (unsigned)axis;
	return EXIT_OK;
}

static int run(struct tool *tool, const struct args *args)
{
	struct append a = { .tool = tool };
	int status;

	if (node_open(tool, args->operand[0], NULL, &a.node) < 0)
		return tool_failed(tool);
	status = look(&a, args);
	if (status == EXIT_OK) {
		if (source_open(tool, args->operand[1], args_has(args, "raw"), &a.source) < 0) {
			status = tool_failed(tool);
		} else {
			status = append(&a) < 0 ? tool_failed(tool) : EXIT_OK;
			source_close(&a.source);
		}
	}
	node_close(&a.node);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "axis", "N", "the axis that grows (0)" },
	{ 0, "raw", NULL, "FILE is raw bytes, even if it looks like npy" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_append = {
	.name = "append",
	.synopsis = "[--axis N] NODE FILE",
	.summary = "Appends the data of a file to an array",
	.help = "FILE is an npy file, or raw bytes in C order in the array's data type; - is standard input. "
		"Along\n"
		"all other axes the data have the array's size. If anything fails, the array has its old "
		"shape\n"
		"again.",
	.options = options,
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
