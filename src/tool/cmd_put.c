/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool put: bytes into an array or a selection of it.
 */
#include "tool/args.h"
#include "tool/columns.h"
#include "tool/commands.h"
#include "tool/fail.h"
#include "tool/progress.h"
#include "tool/select.h"
#include "tool/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 4 << 20 };

/* A run of the command. */
struct put {
	struct tool *tool;
	struct zf_file *file;
	struct zf_selection_attr attr;
	struct source *source;
	struct columns columns;
	unsigned char *buf; /* of PIECE bytes, or an element if that is more */
	size_t size;
};

static uint64_t elements(unsigned ndim, const uint64_t *shape)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < ndim; i++)
		n *= shape[i];
	return n;
}

static void print_shape(unsigned ndim, const uint64_t *shape, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "(");

	for (unsigned i = 0; i < ndim && n < size; i++)
		n += (size_t)snprintf(
			out + n, size - n, "%s%llu", i ? ", " : "", (unsigned long long)shape[i]);
	if (n < size)
		snprintf(out + n, size - n, ndim == 1 ? ",)" : ")");
}

/* As set_*_selection() of zarr-python: the same shape; of points as many; or one element for all. */
static int check_shape(struct put *p)
{
	const struct zf_npy_attr *npy = &p->source->npy;
	char own[200], theirs[200];
	uint64_t count = p->attr.itemsize ? p->attr.nbytes / p->attr.itemsize : 0;

	if (npy->ndim == p->attr.ndim &&
		memcmp(npy->shape, p->attr.shape, npy->ndim * sizeof npy->shape[0]) == 0)
		return 0;
	if (elements(npy->ndim, npy->shape) == 1 ||
		(p->attr.is_points && elements(npy->ndim, npy->shape) == count))
		return 0;
	print_shape(npy->ndim, npy->shape, theirs, sizeof theirs);
	print_shape(p->attr.ndim, p->attr.shape, own, sizeof own);
	return tool_fail(
		p->tool, EINVAL, "%s: has shape %s, the selection has %s", p->source->name, theirs, own);
}

static int check_npy(struct put *p)
{
	char *dtype;
	int result;

	if (zf_selection_dtype(p->file, &p->tool->op, &dtype) < 0)
		return -1;
	result = source_convert(p->tool, p->source, dtype);
	free(dtype);
	if (result == 0)
		result = check_shape(p);
	if (result == 0 && p->source->npy.fortran_order)
		result = columns_open(p->tool, p->source, &p->columns);
	return result;
}

static int check_raw(struct put *p)
{
	if (!p->source->sized || p->source->nbytes == p->attr.nbytes)
		return 0;
	return tool_fail(p->tool, EINVAL, "%s: has %llu bytes, the selection has %llu", p->source->name,
		(unsigned long long)p->source->nbytes, (unsigned long long)p->attr.nbytes);
}

/* ---- writing */

/* The next len bytes of the source, or less. */
static int next(struct put *p, size_t len, uint64_t offset, size_t *got)
{
	if (!p->columns.map)
		return source_read(p->tool, p->source, p->buf, len, got);
	columns_read(&p->columns, p->buf, len, offset);
	*got = len;
	return 0;
}

static int write_data(struct put *p)
{
	uint64_t offset = 0, size = p->attr.nbytes;
	struct progress progress;
	int result = 0;

	progress_begin(p->tool, "writing", &progress);
	while (result == 0 && offset < size) {
		size_t len = size - offset < p->size ? (size_t)(size - offset) : p->size, got = 0;

		result = next(p, len, offset, &got);
		if (result == 0)
			result = zf_file_pwrite(p->file, &p->tool->op, p->buf, got, offset);
		offset += got;
		if (result == 0 && got < len)
			result = tool_fail(p->tool, EINVAL, "%s: ends after %llu of %llu bytes",
				p->source->name, (unsigned long long)offset, (unsigned long long)size);
		progress_step(&progress, offset, size, true);
	}
	progress_end(&progress);
	if (result == 0 && !p->columns.map)
		result = source_end(p->tool, p->source);
	return result;
}

/* The first element of buf everywhere. */
static int write_element(struct put *p)
{
	uint64_t offset = 0, size = p->attr.nbytes;
	size_t item = (size_t)p->attr.itemsize, piece = item ? p->size / item * item : 0;
	struct progress progress;
	int result = 0;

	for (size_t at = item; at < piece && at < size; at += item)
		memcpy(p->buf + at, p->buf, item);
	progress_begin(p->tool, "writing", &progress);
	while (result == 0 && offset < size) {
		size_t len = size - offset < piece ? (size_t)(size - offset) : piece;

		result = zf_file_pwrite(p->file, &p->tool->op, p->buf, len, offset);
		offset += len;
		progress_step(&progress, offset, size, true);
	}
	progress_end(&progress);
	return result;
}

static int put_value(struct put *p, const char *json)
{
	void *element;
	size_t len;

	if (zf_selection_element(p->file, &p->tool->op, json, &element, &len) < 0)
		return tool_where(p->tool, "--value");
	memcpy(p->buf, element, len);
	free(element);
	return write_element(p);
}

static int put_source(struct put *p)
{
	struct source *s = p->source;
	size_t got;

	if ((s->is_npy ? check_npy : check_raw)(p) < 0)
		return -1;
	if (!s->is_npy || s->nbytes == p->attr.nbytes)
		return write_data(p);
	if (source_read(p->tool, s, p->buf, (size_t)p->attr.itemsize, &got) < 0)
		return -1;
	return source_end(p->tool, s) < 0 ? -1 : write_element(p);
}

static int put_file(struct put *p, const char *name, bool raw)
{
	struct source source;
	int result;

	if (source_open(p->tool, name, raw, &source) < 0)
		return -1;
	p->source = &source;
	result = put_source(p);
	columns_close(&p->columns);
	source_close(&source);
	return result;
}

static int put(struct tool *tool, const struct args *args, struct zf_file *file)
{
	struct put p = { .tool = tool, .file = file, .size = PIECE };
	const char *value = args_value(args, "value");
	int result;

	zf_selection_look(file, &p.attr);
	if (p.attr.itemsize > p.size)
		p.size = (size_t)p.attr.itemsize;
	p.buf = malloc(p.size);
	if (!p.buf)
		return tool_fail(tool, ENOMEM, "out of memory");
	result = value ? put_value(&p, value) : put_file(&p, args->operand[1], args_has(args, "raw"));
	if (result == 0)
		result = zf_file_sync(file, &tool->op);
	free(p.buf);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	struct selected selected;
	int status;

	if (args_has(args, "value") == (args->noperands == 2))
		return tool_wrong(tool, "one of FILE and --value is needed");
	if (select_open(tool, args->operand[0], NULL, ZF_FILE_WRITE, &selected) < 0)
		return tool_failed(tool);
	status = put(tool, args, selected.file) < 0 ? tool_failed(tool) : EXIT_OK;
	select_close(&selected);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "raw", NULL, "FILE has raw bytes, even if it looks like an npy file" },
	{ 0, "value", "JSON", "write this value everywhere, and no file" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_put = {
	.name = "put",
	.synopsis = "NODE[SELECTION] FILE",
	.summary = "Writes raw bytes or an npy file to an array or a selection of it",
	.help = "FILE is - for standard input.",
	.options = options,
	.operands_min = 1,
	.operands_max = 2,
	.run = run,
};
