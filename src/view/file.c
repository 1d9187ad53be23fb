/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open files: from the public functions to the table.
 */
#include "view/draft.h"
#include "view/file.h"
#include "view/info.h"
#include "view/make.h"
#include "view/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int open_info(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);

	if (zf_info_text(tree, op, doc, &text) < 0) {
		zf_out_free(&text);
		return -1;
	}
	return zf_file_text_open(op, &text, out);
}

/* Takes the draft. */
static int open_draft(struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, struct zf_file **out)
{
	size_t n = strlen(draft->path), len = sizeof ZF_INFO_SUFFIX - 1;

	if (strcmp(draft->path + n - len, ZF_INFO_SUFFIX) == 0)
		return zf_file_info_open(tree, op, draft, out);
	return zf_file_npy_draft(tree, op, draft, out);
}

/* Another file on a name that is being written. */
static int join_draft(
	struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, unsigned flags, struct zf_file **out)
{
	struct zf_file *file;

	__atomic_fetch_add(&draft->refs, 1, __ATOMIC_RELAXED);
	if (open_draft(tree, op, draft, &file) < 0)
		return -1;
	if (flags & ZF_FILE_TRUNCATE && zf_file_truncate(file, op, 0) < 0) {
		zf_file_close(file);
		return -1;
	}
	file->writable = flags & (ZF_FILE_WRITE | ZF_FILE_TRUNCATE);
	*out = file;
	return 0;
}

/* A name that is not there, with CREATE. */
static int create(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned flags, struct zf_file **out)
{
	char store_path[ZF_PATH_SIZE], array[ZF_PATH_SIZE];
	const char *suffix = zf_name_made(tree, path, array);
	struct zf_draft *draft;

	if (zf_place(tree, op, path, store_path) < 0)
		return -1;
	if (!suffix)
		return zf_file_array_create(tree, op, store_path, out);
	if (zf_draft_open(tree, op, array, suffix, flags & ZF_FILE_EXCLUSIVE, &draft) < 0)
		return -1;
	return open_draft(tree, op, draft, out);
}

/* An array whose elements vary in length. */
static int open_text(struct zf_tree *tree, struct zf_op *op, const struct zf_name *name, const char *path,
	unsigned flags, struct zf_file **out)
{
	if (name->kind == ZF_NAME_NPY)
		return zf_fail(op, EOPNOTSUPP, "%s: elements of varying length have no npy form",
			zf_path_label(path));
	if (flags & (ZF_FILE_WRITE | ZF_FILE_TRUNCATE))
		return zf_fail(op, EOPNOTSUPP, "%s: elements of varying length cannot be written",
			zf_path_label(path));
	return zf_file_vlen_open(tree, op, name->doc, out);
}

static int open_found(struct zf_tree *tree, struct zf_op *op, const struct zf_name *name, const char *path,
	unsigned flags, struct zf_file **out)
{
	if (flags & ZF_FILE_EXCLUSIVE)
		return zf_fail(op, EEXIST, "%s: is there already", zf_path_label(path));
	if (name->kind == ZF_NAME_DIR)
		return zf_fail(op, EISDIR, "%s: a group", zf_path_label(path));
	if (name->kind == ZF_NAME_DRAFT)
		return join_draft(tree, op, name->draft, flags, out);
	if (zf_doc_is_text(name->doc) && name->kind != ZF_NAME_INFO)
		return open_text(tree, op, name, path, flags, out);
	if (name->kind == ZF_NAME_NPY)
		return zf_file_npy_open(tree, op, name->doc, flags, out);
	if (name->kind == ZF_NAME_INFO && flags & (ZF_FILE_WRITE | ZF_FILE_TRUNCATE))
		return zf_file_info_edit(tree, op, name->doc, flags & ZF_FILE_TRUNCATE, out);
	if (name->kind == ZF_NAME_INFO)
		return open_info(tree, op, name->doc, out);
	return zf_file_array_open(tree, op, name->doc, flags, out);
}

/* Finds the name and opens it. */
static int open_name(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned flags, struct zf_file **out)
{
	struct zf_name name;
	int result = zf_name_find(tree, op, path, &name);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING && flags & ZF_FILE_CREATE)
		return create(tree, op, path, flags, out);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(path));
	result = open_found(tree, op, &name, path, flags, out);
	zf_name_release(tree, &name);
	return result;
}

int zf_file_open(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned flags, struct zf_file **out)
{
	int result;

	if (flags && zf_check_writable(tree, op, path) < 0)
		return -1;
	if (!(flags & ZF_FILE_CREATE))
		return open_name(tree, op, path, flags & ~(unsigned)ZF_FILE_EXCLUSIVE, out);
	if (zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = open_name(tree, op, path, flags, out);
	zf_turn_give(&tree->names);
	return result;
}

void zf_file_close(struct zf_file *file)
{
	if (file)
		file->ops->close(file);
}

uint64_t zf_file_size(const struct zf_file *file)
{
	return file->ops->size(file);
}

bool zf_file_is_sized(const struct zf_file *file)
{
	return !file->unsized;
}

uint64_t zf_file_version(const struct zf_file *file)
{
	return file->version;
}

int zf_file_pread(struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got)
{
	return file->ops->pread(file, op, buf, len, offset, got);
}

int zf_file_slices(struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	return file->ops->slices(file, op, len, offset, out);
}

int zf_file_seek(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out)
{
	uint64_t size = file->ops->size(file);

	if (offset >= size && !file->unsized)
		return zf_fail(op, ENXIO, "offset %llu is not within %llu bytes", (unsigned long long)offset,
			(unsigned long long)size);
	return file->ops->seek(file, op, offset, data, out);
}

struct copied_slices {
	zf_slices_free_fn *free;
	struct iovec iov;
	unsigned char data[];
};

static void free_copied(struct zf_slices *slices)
{
	free(slices->private);
}

int zf_file_copy_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out)
{
	size_t n = zf_file_clip(file->ops->size(file), len, offset);
	struct copied_slices *s = malloc(sizeof *s + n);

	if (!s)
		return zf_nomem(op, sizeof *s + n);
	s->free = free_copied;
	s->iov.iov_base = s->data;
	if (file->ops->pread(file, op, s->data, n, offset, &s->iov.iov_len) < 0) {
		free(s);
		return -1;
	}
	*out = (struct zf_slices){
		.iov = &s->iov, .count = s->iov.iov_len > 0, .len = s->iov.iov_len, .private = s
	};
	return 0;
}

/* ---- writing ---------------------------------------------------------------------------------------------
 */

static int check_open(const struct zf_file *file, struct zf_op *op)
{
	return file->writable ? 0 : zf_fail(op, EBADF, "the file is not open for writing");
}

int zf_file_pwrite(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	if (check_open(file, op) < 0)
		return -1;
	if (offset > ZF_MAX_FILE || len > ZF_MAX_FILE - offset)
		return zf_fail(op, EFBIG, "%zu bytes at offset %llu are beyond the largest size", len,
			(unsigned long long)offset);
	return file->ops->pwrite(file, op, buf, len, offset);
}

int zf_file_end(struct zf_file *file, struct zf_op *op, uint64_t *out)
{
	if (check_open(file, op) < 0)
		return -1;
	if (file->ops->end)
		return file->ops->end(file, op, out);
	*out = file->ops->size(file);
	return 0;
}

int zf_file_truncate(struct zf_file *file, struct zf_op *op, uint64_t size)
{
	return check_open(file, op) < 0 ? -1 : file->ops->truncate(file, op, size);
}

int zf_file_punch(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len)
{
	uint64_t size;

	if (check_open(file, op) < 0)
		return -1;
	size = file->ops->size(file);
	if (offset >= size)
		return 0;
	return file->ops->punch(file, op, offset, len < size - offset ? len : size - offset);
}

int zf_file_flush(struct zf_file *file, struct zf_op *op)
{
	return file->writable ? file->ops->flush(file, op) : 0;
}

int zf_file_sync(struct zf_file *file, struct zf_op *op)
{
	return file->ops->sync ? file->ops->sync(file, op) : 0;
}
