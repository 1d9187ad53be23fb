/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open array whose elements vary in length: a text, a line of JSON for each. A short one is read to its
 * end when it is opened, so that its size is known; of others it is not, and who reads them reads until
 * nothing comes.
 */
#include "view/file.h"
#include "view/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vlen_file {
	struct zf_file file;
	struct zf_tree *tree; /* borrowed */
	struct zf_live *live; /* owned */
	uint64_t size;        /* as found at the opening; 0 where it was not */
	pthread_mutex_t lock; /* the place */
	struct zf_text_place place;
};

struct vlen_slices {
	zf_slices_free_fn *free;
	struct iovec iov;
	unsigned char bytes[];
};

static uint64_t vlen_size(const struct zf_file *file)
{
	return ((const struct vlen_file *)file)->size;
}

static int vlen_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct vlen_file *f = (struct vlen_file *)file;
	struct zf_binding *binding;
	struct zf_text_place place;
	int result;

	if (zf_live_bind(f->tree, op, f->live, &binding) < 0)
		return -1;
	pthread_mutex_lock(&f->lock);
	place = f->place;
	pthread_mutex_unlock(&f->lock);
	result = zf_array_text_pread(binding->array, op, &place, buf, len, offset, got);
	zf_binding_put(binding);
	pthread_mutex_lock(&f->lock);
	f->place = place;
	pthread_mutex_unlock(&f->lock);
	return result;
}

static void free_slices(struct zf_slices *slices)
{
	free(slices->private);
}

static int vlen_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	struct vlen_slices *s = malloc(sizeof *s + len);
	size_t got;

	if (!s)
		return zf_nomem(op, sizeof *s + len);
	if (vlen_pread(file, op, s->bytes, len, offset, &got) < 0) {
		free(s);
		return -1;
	}
	s->free = free_slices;
	s->iov = (struct iovec){ s->bytes, got };
	*out = (struct zf_slices){ .iov = &s->iov, .count = got > 0, .len = got, .private = s };
	return 0;
}

/* There are no holes; where the end is not known, nobody can be told of it. */
static int vlen_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	if (!data && file->unsized)
		return zf_fail(op, EINVAL, "the size of the text is not known");
	*out = data ? offset : vlen_size(file);
	return 0;
}

static void vlen_close(struct zf_file *file)
{
	struct vlen_file *f = (struct vlen_file *)file;
	struct zf_binding *binding;
	struct zf_op op;

	zf_op_init(&op);
	if (zf_live_bind(f->tree, &op, f->live, &binding) == 0) { /* else it was removed */
		zf_array_text_idle(binding->array);
		zf_binding_put(binding);
	}
	zf_live_close(f->tree, f->live);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static const struct zf_file_ops vlen_ops = {
	.size = vlen_size,
	.pread = vlen_pread,
	.slices = vlen_slices,
	.seek = vlen_seek,
	.close = vlen_close,
};

/* A chunk that cannot be read leaves the size unknown: who reads it gets the error. */
static int measure(struct vlen_file *f, struct zf_op *op)
{
	struct zf_binding *binding;

	if (zf_live_bind(f->tree, op, f->live, &binding) < 0)
		return -1;
	zf_array_text_measure(binding->array, op);
	f->file.unsized = !zf_array_text_size(binding->array, &f->size);
	zf_binding_put(binding);
	if (op->err == EINTR)
		return -1;
	zf_op_forgive(op);
	return 0;
}

int zf_file_vlen_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out)
{
	struct vlen_file *f = calloc(1, sizeof *f);

	if (!f)
		return zf_nomem(op, sizeof *f);
	f->file.ops = &vlen_ops;
	f->tree = tree;
	if (zf_live_open(tree, op, doc, false, &f->live, &f->file.version) < 0) {
		free(f);
		return -1;
	}
	pthread_mutex_init(&f->lock, NULL);
	if (measure(f, op) < 0) {
		vlen_close(&f->file);
		return -1;
	}
	__atomic_store_n(&doc->text_size, f->size, __ATOMIC_RELAXED);
	*out = &f->file;
	return 0;
}
