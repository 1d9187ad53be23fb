/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open files: the table of what a file can do, and the kinds there are.
 *
 * Nobody but file.c calls the table. Ranges may reach beyond the end: the kind knows best where that is now.
 */
#ifndef ZF_VIEW_FILE_H
#define ZF_VIEW_FILE_H

#include "view/view.h"

struct zf_file_ops {
	uint64_t (*size)(const struct zf_file *file);
	int (*pread)(
		struct zf_file *file, struct zf_op *op, void *buf, size_t len, uint64_t offset, size_t *got);
	int (*slices)(
		struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out);
	int (*seek)(struct zf_file *file, struct zf_op *op, uint64_t offset, bool data, uint64_t *out);

	void (*close)(struct zf_file *file); /* frees the kind's struct */
};

/* The base of every kind, first in its struct. */
struct zf_file {
	const struct zf_file_ops *ops;
	uint64_t version;
};

/* What of a range is within a file of `size` bytes. */
static inline size_t zf_file_clip(uint64_t size, size_t len, uint64_t offset)
{
	if (offset >= size)
		return 0;
	return len < size - offset ? len : (size_t)(size - offset);
}

/* What slices->private points to begins with this: see zf_slices_free(). */
typedef void zf_slices_free_fn(struct zf_slices *slices);

struct zf_doc;

/* An array's flat bytes. doc is borrowed. */
int zf_file_array_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out);

/* A text; takes what text holds, also when it fails. */
int zf_file_text_open(struct zf_op *op, struct zf_out *text, struct zf_file **out);

#endif
