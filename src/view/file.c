/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open files: from the public functions to the table.
 */
#include "view/file.h"
#include "view/info.h"
#include "view/names.h"

#include <errno.h>

static int open_info(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);

	if (zf_info_text(tree, op, doc, &text) < 0) {
		zf_out_free(&text);
		return -1;
	}
	return zf_file_text_open(op, &text, out);
}

int zf_file_open(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned flags, struct zf_file **out)
{
	struct zf_name name;
	int result;

	if (flags)
		return zf_fail(op, EROFS, "%s: the store is mounted read-only", zf_path_label(path));
	result = zf_name_find(tree, op, path, &name);
	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(path));
	if (name.kind == ZF_NAME_DIR)
		result = zf_fail(op, EISDIR, "%s: a group", zf_path_label(path));
	else if (name.kind == ZF_NAME_INFO)
		result = open_info(tree, op, name.doc, out);
	else
		result = zf_file_array_open(tree, op, name.doc, out);
	zf_name_release(&name);
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

	if (offset >= size)
		return zf_fail(op, ENXIO, "offset %llu is not within %llu bytes", (unsigned long long)offset,
			(unsigned long long)size);
	return file->ops->seek(file, op, offset, data, out);
}
