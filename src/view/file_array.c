/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open array: a reader's or writer's place in it, over what all of its path share.
 */
#include "view/file.h"
#include "view/fresh.h"
#include "view/live.h"
#include "view/make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct array_file {
	struct zf_file file;
	struct zf_tree *tree; /* borrowed */
	struct zf_live *live; /* owned */
	uint64_t seen;        /* of the errors of saving; atomic */
	bool created;         /* its document was made by this file, and may not be settled; atomic */
	struct zf_stream stream;
};

/* Slices of an array, which keep the array until they are freed. */
struct array_slices {
	zf_slices_free_fn *free;
	struct zf_binding *binding;
	struct zf_slices slices;
	struct iovec iov; /* of the copy */
	void *copy;       /* owned */
};

static uint64_t array_size(const struct zf_file *file)
{
	const struct array_file *f = (const struct array_file *)file;

	return zf_live_size(f->tree, f->live);
}

static int array_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct array_file *f = (struct array_file *)file;
	struct zf_binding *binding;
	size_t n;
	int result = zf_live_bind(f->tree, op, f->live, &binding);

	if (result < 0)
		return -1;
	if (zf_fresh_read(binding, buf, len, offset, got) == 0) {
		n = zf_file_clip(zf_array_size(binding->array), len, offset);
		if (n > 0)
			result = zf_array_pread(binding->array, op, &f->stream, buf, n, offset);
		if (result == 0)
			*got = n;
	}
	zf_binding_put(binding);
	return result;
}

/* ---- slices ----------------------------------------------------------------------------------------------
 */

static void free_slices(struct zf_slices *slices)
{
	struct array_slices *s = slices->private;

	if (s->slices.private)
		zf_slices_free(&s->slices);
	zf_binding_put(s->binding);
	free(s->copy);
	free(s);
}

/* What is held back is copied. 1: it was. */
static int copy_fresh(struct zf_op *op, struct array_slices *s, size_t len, uint64_t offset)
{
	size_t n = zf_file_clip(zf_fresh_size(s->binding), len, offset);

	if (!s->binding->fresh)
		return 0;
	s->copy = malloc(n ? n : 1);
	if (!s->copy)
		return zf_nomem(op, n);
	if (zf_fresh_read(s->binding, s->copy, n, offset, &n) == 0)
		return 0;
	s->iov = (struct iovec){ s->copy, n };
	s->slices = (struct zf_slices){ .iov = &s->iov, .count = n > 0, .len = n };
	return 1;
}

static int array_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	struct array_file *f = (struct array_file *)file;
	struct array_slices *s = calloc(1, sizeof *s);
	size_t n;
	int result;

	if (!s)
		return zf_nomem(op, sizeof *s);
	s->free = free_slices;
	result = zf_live_bind(f->tree, op, f->live, &s->binding);
	if (result == 0)
		result = copy_fresh(op, s, len, offset);
	if (result == 0) {
		n = zf_file_clip(zf_array_size(s->binding->array), len, offset);
		if (n > 0)
			result = zf_array_slices(s->binding->array, op, &f->stream, n, offset, &s->slices);
	}
	if (result < 0) {
		zf_binding_put(s->binding);
		free(s->copy);
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
	struct zf_binding *binding;
	char nothing;
	size_t got;
	int result = zf_live_bind(f->tree, op, f->live, &binding);

	if (result < 0)
		return -1;
	if (zf_fresh_read(binding, &nothing, 0, 0, &got) == 1)
		*out = data ? offset : zf_fresh_size(binding);
	else
		result = zf_array_seek(binding->array, op, offset, data, out);
	zf_binding_put(binding);
	return result;
}

/* ---- writing ---------------------------------------------------------------------------------------------
 */

static int report(struct array_file *f, struct zf_op *op)
{
	return zf_live_report(f->tree, op, f->live, &f->seen);
}

int zf_file_array_report(struct zf_file *file, struct zf_op *op)
{
	return report((struct array_file *)file, op);
}

/* What is held back has to go to the array: it is too much. */
static int end_fresh(struct array_file *f, struct zf_op *op)
{
	int result;

	if (zf_live_take(f->tree, op, f->live) < 0)
		return -1;
	result = zf_fresh_end(f->tree, op, f->live, true);
	zf_live_give(f->tree, f->live);
	return result;
}

static int write_in(
	struct zf_binding *binding, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	int result = zf_fresh_write(binding, op, buf, len, offset);

	if (result == 0 && zf_fresh_is(binding))
		return 0;
	if (result == 0)
		result = zf_array_pwrite(binding->array, op, buf, len, offset) < 0 ? -1 : 1;
	return result;
}

static int array_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct array_file *f = (struct array_file *)file;
	struct zf_binding *binding;
	int result = report(f, op);

	if (result == 0 && len > 0)
		result = zf_live_catch_up(f->tree, op, f->live, offset + len, &f->seen);
	while (result == 0 && len > 0) {
		if (zf_live_bind(f->tree, op, f->live, &binding) < 0)
			return -1;
		result = write_in(binding, op, buf, len, offset);
		if (result != 0)
			zf_live_touch(f->live);
		zf_binding_put(binding);
		if (result == 0)
			result = end_fresh(f, op);
	}
	return result < 0 ? -1 : 0;
}

/* Who asks for the end is about to append. */
static int array_end(struct zf_file *file, struct zf_op *op, uint64_t *out)
{
	struct array_file *f = (struct array_file *)file;

	if (zf_live_catch_up(f->tree, op, f->live, UINT64_MAX, &f->seen) < 0)
		return -1;
	*out = zf_live_end(f->tree, f->live);
	return 0;
}

static int array_truncate(struct zf_file *file, struct zf_op *op, uint64_t size)
{
	struct array_file *f = (struct array_file *)file;

	return report(f, op) < 0 ? -1 : zf_live_set_size(f->tree, op, f->live, size);
}

static int array_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len)
{
	struct array_file *f = (struct array_file *)file;
	struct zf_binding *binding;
	int result = report(f, op);

	if (result < 0 || zf_live_bind(f->tree, op, f->live, &binding) < 0)
		return -1;
	if (!zf_fresh_punch(binding, offset, len))
		result = zf_array_punch(binding->array, op, offset, len);
	zf_live_touch(f->live);
	zf_binding_put(binding);
	return result;
}

static int array_flush(struct zf_file *file, struct zf_op *op)
{
	struct array_file *f = (struct array_file *)file;

	if (zf_live_save(f->tree, op, f->live, true, &f->seen) < 0)
		return -1;
	if (__atomic_load_n(&f->created, __ATOMIC_RELAXED)) {
		if (zf_store_settle(f->tree->store, op) < 0)
			return -1;
		__atomic_store_n(&f->created, false, __ATOMIC_RELAXED);
	}
	return report(f, op);
}

/* Also of a file that is open for reading: sync(1) does it so. The errors are the writers'. */
static int array_sync(struct zf_file *file, struct zf_op *op)
{
	struct array_file *f = (struct array_file *)file;

	if (!f->tree->writable)
		return 0;
	if (zf_live_save(f->tree, op, f->live, false, &f->seen) < 0)
		return -1;
	if (zf_store_flush(f->tree->store, op) < 0)
		return -1;
	return file->writable ? report(f, op) : 0;
}

static void array_close(struct zf_file *file)
{
	struct array_file *f = (struct array_file *)file;

	zf_stream_destroy(&f->stream);
	if (file->writable)
		zf_live_writer(f->tree, f->live, false);
	zf_live_close(f->tree, f->live);
	free(f);
}

static const struct zf_file_ops array_ops = {
	.size = array_size,
	.pread = array_pread,
	.slices = array_slices,
	.seek = array_seek,
	.pwrite = array_pwrite,
	.end = array_end,
	.truncate = array_truncate,
	.punch = array_punch,
	.flush = array_flush,
	.sync = array_sync,
	.close = array_close,
};

void zf_file_array_renew(struct zf_file *file)
{
	struct array_file *f = (struct array_file *)file;

	zf_live_renew(f->tree, f->live);
}

struct zf_live *zf_file_array_live(struct zf_file *file)
{
	return ((struct array_file *)file)->live;
}

uint64_t zf_file_array_changes(struct zf_file *file)
{
	struct array_file *f = (struct array_file *)file;

	return zf_live_changes(f->tree, f->live);
}

/* ---- opening ---------------------------------------------------------------------------------------------
 */

int zf_file_array_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags, struct zf_file **out)
{
	struct array_file *f = calloc(1, sizeof *f);
	bool write = flags & (ZF_FILE_WRITE | ZF_FILE_TRUNCATE);

	if (!f)
		return zf_nomem(op, sizeof *f);
	f->file.ops = &array_ops;
	f->file.writable = write;
	f->tree = tree;
	if (zf_live_open(tree, op, doc, write, &f->live, &f->file.version) < 0) {
		free(f);
		return -1;
	}
	f->seen = zf_live_errors(tree, f->live);
	zf_stream_init(&f->stream);
	if (write)
		zf_live_writer(tree, f->live, true);
	if (flags & ZF_FILE_TRUNCATE && zf_live_set_size(tree, op, f->live, 0) < 0) {
		array_close(&f->file);
		return -1;
	}
	*out = &f->file;
	return 0;
}

int zf_file_array_create(struct zf_tree *tree, struct zf_op *op, const char *store_path, struct zf_file **out)
{
	struct zf_new_array array;
	struct zf_file *file = NULL;
	struct zf_doc *doc = NULL;
	int result = zf_make_defaults(tree, op, store_path, &array);

	if (result < 0)
		return -1;
	result = zf_make_array(tree, op, store_path, &array, &doc);
	if (result == 0)
		result = zf_file_array_open(tree, op, doc, ZF_FILE_WRITE, &file);
	if (result == 0)
		((struct array_file *)file)->created = true;
	if (result == 0 && zf_make_is_open(&array)) {
		result = zf_fresh_begin(tree, op, ((struct array_file *)file)->live, &array);
		array = (struct zf_new_array){ 0 };
	}
	zf_new_array_free(&array);
	zf_doc_put(doc);
	if (result == 0)
		*out = file;
	else
		zf_file_close(file);
	return result;
}
