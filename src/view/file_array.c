/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open array: a reader's place in it, over what all readers of its path share.
 */
#include "view/file.h"
#include "view/live.h"

#include <stdlib.h>

struct array_file {
	struct zf_file file;
	struct zf_tree *tree; /* borrowed */
	struct zf_live *live; /* owned */
	struct zf_stream stream;
};

/* Slices of an array, which keep the array until they are freed. */
struct array_slices {
	zf_slices_free_fn *free;
	struct zf_binding *binding;
	struct zf_slices slices;
};

static uint64_t array_size(const struct zf_file *file)
{
	const struct array_file *f = (const struct array_file *)file;
	struct zf_binding *binding = zf_live_bind(f->tree, f->live);
	uint64_t size = zf_array_size(binding->array);

	zf_binding_put(binding);
	return size;
}

static int array_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct array_file *f = (struct array_file *)file;
	struct zf_binding *binding = zf_live_bind(f->tree, f->live);
	size_t n = zf_file_clip(zf_array_size(binding->array), len, offset);
	int result = 0;

	if (n > 0)
		result = zf_array_pread(binding->array, op, &f->stream, buf, n, offset);
	if (result == 0)
		*got = n;
	zf_binding_put(binding);
	return result;
}

static void free_slices(struct zf_slices *slices)
{
	struct array_slices *s = slices->private;

	zf_slices_free(&s->slices);
	zf_binding_put(s->binding);
	free(s);
}

static int array_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	struct array_file *f = (struct array_file *)file;
	struct array_slices *s = calloc(1, sizeof *s);
	size_t n;

	if (!s)
		return zf_nomem(op, sizeof *s);
	s->free = free_slices;
	s->binding = zf_live_bind(f->tree, f->live);
	n = zf_file_clip(zf_array_size(s->binding->array), len, offset);
	if (n > 0 && zf_array_slices(s->binding->array, op, &f->stream, n, offset, &s->slices) < 0) {
		zf_binding_put(s->binding);
		free(s);
		return -1;
	}
	*out = s->slices;
	out->private = s;
	return 0;
}

static int array_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	struct array_file *f = (struct array_file *)file;
	struct zf_binding *binding = zf_live_bind(f->tree, f->live);
	int result = zf_array_seek(binding->array, op, offset, data, out);

	zf_binding_put(binding);
	return result;
}

static void array_close(struct zf_file *file)
{
	struct array_file *f = (struct array_file *)file;

	zf_stream_destroy(&f->stream);
	zf_live_close(f->tree, f->live);
	free(f);
}

static const struct zf_file_ops array_ops = {
	.size = array_size,
	.pread = array_pread,
	.slices = array_slices,
	.seek = array_seek,
	.close = array_close,
};

int zf_file_array_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out)
{
	struct array_file *f = calloc(1, sizeof *f);

	if (!f)
		return zf_nomem(op, sizeof *f);
	f->file.ops = &array_ops;
	f->tree = tree;
	if (zf_live_open(tree, op, doc, &f->live, &f->file.version) < 0) {
		free(f);
		return -1;
	}
	zf_stream_init(&f->stream);
	*out = &f->file;
	return 0;
}
