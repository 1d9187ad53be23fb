/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A selection of an array as a file. Where it is a range of the array's flat file it is read and written as
 * that; else by picks of its chunks, for which what is dirty is stored first.
 */
#include "view/file_select.h"

#include "view/file.h"
#include "view/fresh.h"
#include "view/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct select_file {
	struct zf_file file;
	struct zf_tree *tree;     /* borrowed */
	struct zf_file *array;    /* owned */
	struct zf_live *live;     /* borrowed from array */
	struct zf_select *select; /* owned */
	bool flat;
	uint64_t offset; /* in the array's flat file, of one that is flat */
};

static struct select_file *of_file(const struct zf_file *file)
{
	return (struct select_file *)(uintptr_t)file;
}

static uint64_t select_size(const struct zf_file *file)
{
	return of_file(file)->select->nbytes;
}

/* The array may have another shape by now; growing is no harm. */
static int check_shape(const struct select_file *f, struct zf_op *op, const struct zf_binding *binding)
{
	const struct zf_array_meta *a = &binding->meta.array;
	const struct zf_select *s = f->select;
	bool same = a->ndim == s->ndim && a->spec.itemsize == s->array_itemsize;

	for (unsigned d = 1; d < s->ndim && same; d++)
		same = a->shape[d] == s->shape[d];
	if (same && s->ndim && s->nbytes && s->shape[0])
		same = zf_array_length(binding->array) >= s->shape[0];
	if (same)
		return 0;
	return zf_fail(op, ESTALE, "%s: the array has another shape or type now", binding->doc->path);
}

/* What is held back of a new array goes to the array: it is picks that are wanted now. */
static int end_fresh(struct select_file *f, struct zf_op *op)
{
	int result;

	if (zf_live_take(f->tree, op, f->live) < 0)
		return -1;
	result = zf_fresh_end(f->tree, op, f->live, true);
	zf_live_give(f->tree, f->live);
	return result;
}

/* What is behind the array now, fit for picks. New: zf_binding_put(). */
static int bind(struct select_file *f, struct zf_op *op, struct zf_binding **out)
{
	struct zf_binding *binding;
	bool fresh;

	do {
		if (zf_live_bind(f->tree, op, f->live, &binding) < 0)
			return -1;
		fresh = zf_fresh_is(binding);
		if (!fresh && check_shape(f, op, binding) == 0) {
			*out = binding;
			return 0;
		}
		zf_binding_put(binding);
	} while (fresh && end_fresh(f, op) == 0);
	return -1;
}

static int walk(const void *what, struct zf_op *op, const struct zf_pick_grid *grid, uint64_t offset,
	uint64_t len, zf_pick_fn *fn, void *arg)
{
	return zf_select_walk(what, op, grid, offset, len, fn, arg);
}

static int read_picks(struct select_file *f, struct zf_op *op, void *buf, size_t len, uint64_t offset)
{
	const struct zf_picker picker = { walk, f->select, offset, len };
	struct zf_binding *binding;
	int result;

	if (bind(f, op, &binding) < 0)
		return -1;
	result = zf_array_dirty_since(binding->array) ? zf_array_flush(binding->array, op) : 0;
	if (result == 0)
		result = zf_array_read_picks(binding->array, op, &picker, buf);
	zf_binding_put(binding);
	return result;
}

static int select_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct select_file *f = of_file(file);
	size_t n = zf_file_clip(f->select->nbytes, len, offset);

	if (f->flat)
		return zf_file_pread(f->array, op, buf, n, f->offset + offset, got);
	if (n > 0 && read_picks(f, op, buf, n, offset) < 0)
		return -1;
	*got = n;
	return 0;
}

static int select_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	struct select_file *f = of_file(file);

	if (!f->flat)
		return zf_file_copy_slices(file, op, len, offset, out);
	return zf_file_slices(
		f->array, op, zf_file_clip(f->select->nbytes, len, offset), f->offset + offset, out);
}

static int select_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	(void)op;
	*out = data ? offset : select_size(file);
	return 0;
}

/* ---- writing ---------------------------------------------------------------------------------------------
 */

static int write_picks(struct select_file *f, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	const struct zf_picker picker = { walk, f->select, offset, len };
	struct zf_binding *binding;
	int result;

	if (bind(f, op, &binding) < 0)
		return -1;
	result = zf_array_write_picks(binding->array, op, &picker, buf, len);
	zf_live_touch(f->live);
	zf_binding_put(binding);
	return result;
}

static int select_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct select_file *f = of_file(file);

	if (len > zf_file_clip(f->select->nbytes, len, offset))
		return zf_fail(
			op, EFBIG, "the selection has %llu bytes", (unsigned long long)f->select->nbytes);
	if (f->flat)
		return zf_file_pwrite(f->array, op, buf, len, f->offset + offset);
	if (zf_file_array_report(f->array, op) < 0)
		return -1;
	return len ? write_picks(f, op, buf, len, offset) : 0;
}

static int select_truncate(struct zf_file *file, struct zf_op *op, uint64_t size)
{
	if (size == select_size(file))
		return 0;
	return zf_fail(op, EINVAL, "a selection has the size that it has");
}

static int select_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len)
{
	struct select_file *f = of_file(file);

	if (!f->flat)
		return zf_fail(op, EOPNOTSUPP, "a selection that is no range of its array has no holes");
	return zf_file_punch(f->array, op, f->offset + offset, zf_file_clip(f->select->nbytes, len, offset));
}

static int select_flush(struct zf_file *file, struct zf_op *op)
{
	return zf_file_flush(of_file(file)->array, op);
}

static int select_sync(struct zf_file *file, struct zf_op *op)
{
	return zf_file_sync(of_file(file)->array, op);
}

static void select_close(struct zf_file *file)
{
	struct select_file *f = of_file(file);

	if (file->writable)
		zf_file_array_renew(f->array);
	zf_file_close(f->array);
	zf_select_free(f->select);
	free(f);
}

static const struct zf_file_ops select_ops = {
	.size = select_size,
	.pread = select_pread,
	.slices = select_slices,
	.seek = select_seek,
	.pwrite = select_pwrite,
	.truncate = select_truncate,
	.punch = select_punch,
	.flush = select_flush,
	.sync = select_sync,
	.close = select_close,
};

const struct zf_select *zf_file_select_of(const struct zf_file *file)
{
	return file->ops == &select_ops ? of_file(file)->select : NULL;
}

int zf_file_select_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags,
	struct zf_select *select, struct zf_file **out)
{
	struct select_file *f = calloc(1, sizeof *f);
	int result = f ? zf_file_array_open(tree, op, doc, flags & ZF_FILE_WRITE, &f->array)
		       : zf_nomem(op, sizeof *f);

	if (result < 0) {
		zf_select_free(select);
		free(f);
		return -1;
	}
	f->file.ops = &select_ops;
	f->file.writable = flags & ZF_FILE_WRITE;
	f->file.version = f->array->version;
	f->tree = tree;
	f->live = zf_file_array_live(f->array);
	f->select = select;
	f->flat = zf_select_flat(select, &f->offset);
	*out = &f->file;
	return 0;
}
