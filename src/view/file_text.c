/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open text: what it was when it was opened.
 */
#include "base/out.h"
#include "view/file.h"
#include "view/table.h"

#include <stdlib.h>
#include <string.h>

/* The bytes, counted: slices are pieces of them and may outlive the file. */
struct text {
	unsigned refs; /* atomic */
	struct zf_out bytes;
};

struct text_file {
	struct zf_file file;
	struct text *text;
};

struct text_slices {
	zf_slices_free_fn *free;
	struct text *text;
	struct iovec iov;
};

static void put(struct text *text)
{
	if (__atomic_sub_fetch(&text->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	zf_out_free(&text->bytes);
	free(text);
}

static uint64_t text_size(const struct zf_file *file)
{
	return ((const struct text_file *)file)->text->bytes.len;
}

static int text_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	const struct text_file *f = (const struct text_file *)file;
	size_t n = zf_file_clip(f->text->bytes.len, len, offset);

	(void)op;
	if (n > 0)
		memcpy(buf, f->text->bytes.data + offset, n);
	*got = n;
	return 0;
}

static void free_slices(struct zf_slices *slices)
{
	struct text_slices *s = slices->private;

	put(s->text);
	free(s);
}

static int text_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	const struct text_file *f = (const struct text_file *)file;
	size_t n = zf_file_clip(f->text->bytes.len, len, offset);
	struct text_slices *s = malloc(sizeof *s);

	if (!s)
		return zf_nomem(op, sizeof *s);
	__atomic_fetch_add(&f->text->refs, 1, __ATOMIC_RELAXED);
	s->free = free_slices;
	s->text = f->text;
	s->iov = (struct iovec){ n ? f->text->bytes.data + offset : NULL, n };
	*out = (struct zf_slices){ .iov = &s->iov, .count = n > 0, .len = n, .private = s };
	return 0;
}

static int text_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	(void)op;
	*out = data ? offset : text_size(file);
	return 0;
}

static void text_close(struct zf_file *file)
{
	struct text_file *f = (struct text_file *)file;

	put(f->text);
	free(f);
}

static const struct zf_file_ops text_ops = {
	.size = text_size,
	.pread = text_pread,
	.slices = text_slices,
	.seek = text_seek,
	.close = text_close,
};

int zf_file_text_open(struct zf_op *op, struct zf_out *text, struct zf_file **out)
{
	struct text_file *f = calloc(1, sizeof *f);
	struct text *t = calloc(1, sizeof *t);

	if (!f || !t) {
		zf_out_free(text);
		free(t);
		free(f);
		return zf_nomem(op, sizeof *f + sizeof *t);
	}
	t->refs = 1;
	t->bytes = *text;
	f->file.ops = &text_ops;
	f->file.version = zf_hash(text->data, text->len);
	f->text = t;
	*out = &f->file;
	return 0;
}
