/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An .info that is open for writing: the text is collected, and applied when the file is flushed.
 *
 * An empty text asks for nothing: a shell truncates a file before it writes to it. Who begins to write at the
 * beginning writes a new text, as after a truncation.
 */
#include "view/apply.h"
#include "view/draft.h"
#include "view/info.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct info_file {
	struct zf_file file;
	struct zf_tree *tree;   /* borrowed */
	struct zf_draft *draft; /* owned */
};

static struct zf_draft *draft_of(const struct zf_file *file)
{
	return ((const struct info_file *)file)->draft;
}

static uint64_t info_size(const struct zf_file *file)
{
	return zf_draft_size(draft_of(file));
}

static int info_pread(
	struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct zf_draft *draft = draft_of(file);

	(void)op;
	pthread_mutex_lock(&draft->lock);
	*got = zf_file_clip(draft->text.len, len, offset);
	if (*got > 0)
		memcpy(buf, draft->text.data + offset, *got);
	pthread_mutex_unlock(&draft->lock);
	return 0;
}

static int info_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	(void)op;
	*out = data ? offset : info_size(file);
	return 0;
}

/* With the lock held: the text is len bytes long; new ones are zeros. */
static int resize(struct zf_draft *draft, struct zf_op *op, uint64_t len)
{
	if (len > draft->text.len) {
		size_t more = (size_t)len - draft->text.len;

		if (len > ZF_MAX_DOCUMENT)
			return zf_fail(
				op, EFBIG, "%s: larger than a document can be", zf_path_label(draft->path));
		if (zf_out_reserve(&draft->text, op, more) < 0)
			return -1;
		memset(draft->text.data + draft->text.len, 0, more);
	}
	draft->text.len = (size_t)len;
	return 0;
}

static int info_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct zf_draft *draft = draft_of(file);
	int result = 0;

	pthread_mutex_lock(&draft->lock);
	if (!draft->changed && offset == 0)
		draft->text.len = 0;
	if (offset + len > draft->text.len)
		result = resize(draft, op, offset + len);
	if (result == 0 && len > 0) {
		memcpy(draft->text.data + offset, buf, len);
		draft->changed = true;
	}
	pthread_mutex_unlock(&draft->lock);
	return result;
}

static int info_truncate(struct zf_file *file, struct zf_op *op, uint64_t size)
{
	struct zf_draft *draft = draft_of(file);
	int result;

	pthread_mutex_lock(&draft->lock);
	result = resize(draft, op, size);
	if (result == 0)
		draft->changed = size > 0;
	pthread_mutex_unlock(&draft->lock);
	return result;
}

static int info_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len)
{
	(void)offset;
	(void)len;
	return zf_fail(op, EOPNOTSUPP, "%s: a text has no holes", zf_path_label(draft_of(file)->path));
}

/* A copy of the text, where it has to be applied. */
static int take_text(struct zf_draft *draft, struct zf_op *op, struct zf_out *out)
{
	int result = 0;

	pthread_mutex_lock(&draft->lock);
	if (draft->changed)
		result = zf_out_append(out, op, draft->text.data, draft->text.len);
	draft->changed = false;
	pthread_mutex_unlock(&draft->lock);
	return result;
}

static int info_flush(struct zf_file *file, struct zf_op *op)
{
	struct info_file *f = (struct info_file *)file;
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result;

	if (!f->draft->has_names && zf_turn_take(&f->tree->names, op) < 0)
		return -1;
	result = take_text(f->draft, op, &text);
	if (result == 0 && text.len > 0) {
		result = zf_apply_info(f->tree, op, f->draft->array, text.data, text.len);
		if (result == 0)
			result = zf_store_settle(f->tree->store, op);
		if (result == 0)
			zf_draft_unname(f->tree, f->draft);
	}
	if (!f->draft->has_names)
		zf_turn_give(&f->tree->names);
	zf_out_free(&text);
	return result;
}

static int info_sync(struct zf_file *file, struct zf_op *op)
{
	if (info_flush(file, op) < 0)
		return -1;
	return zf_store_flush(((struct info_file *)file)->tree->store, op);
}

static void info_close(struct zf_file *file)
{
	struct info_file *f = (struct info_file *)file;

	zf_draft_put(f->tree, f->draft);
	free(f);
}

static int info_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	return zf_file_copy_slices(file, op, len, offset, out);
}

static const struct zf_file_ops info_ops = {
	.size = info_size,
	.pread = info_pread,
	.slices = info_slices,
	.seek = info_seek,
	.pwrite = info_pwrite,
	.truncate = info_truncate,
	.punch = info_punch,
	.flush = info_flush,
	.sync = info_sync,
	.close = info_close,
};

int zf_file_info_open(struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, struct zf_file **out)
{
	struct info_file *f = calloc(1, sizeof *f);

	if (!f) {
		zf_draft_put(tree, draft);
		return zf_nomem(op, sizeof *f);
	}
	f->file.ops = &info_ops;
	f->file.writable = true;
	f->tree = tree;
	f->draft = draft;
	*out = &f->file;
	return 0;
}

int zf_file_info_edit(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, bool truncate, struct zf_file **out)
{
	struct zf_draft *draft;

	if (zf_draft_new(op, doc->path, ZF_INFO_SUFFIX, &draft) < 0)
		return -1;
	if (!truncate && zf_info_text(tree, op, doc, &draft->text) < 0) {
		zf_draft_put(tree, draft);
		return -1;
	}
	return zf_file_info_open(tree, op, draft, out);
}
