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

	/* Of files that were opened for writing only; NULL where a kind of file cannot be. */
	int (*pwrite)(struct zf_file *file, struct zf_op *op, const void *buf, size_t len, uint64_t offset);
	int (*end)(struct zf_file *file, struct zf_op *op, uint64_t *out); /* NULL: the size */
	int (*truncate)(struct zf_file *file, struct zf_op *op, uint64_t size);
	int (*punch)(struct zf_file *file, struct zf_op *op, uint64_t offset, uint64_t len);
	int (*flush)(struct zf_file *file, struct zf_op *op);

	/* Of all: NULL where there is never anything to store. */
	int (*sync)(struct zf_file *file, struct zf_op *op);

	void (*close)(struct zf_file *file); /* frees the kind's struct */
};

/* The base of every kind, first in its struct. */
struct zf_file {
	const struct zf_file_ops *ops;
	uint64_t version;
	bool writable; /* was opened for writing */
	bool unsized;  /* its size is not known: to be read until nothing comes */
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
struct zf_draft;

/* An array's flat bytes. doc is borrowed; flags are those of zf_file_open(). */
int zf_file_array_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags, struct zf_file **out);

/* The same of a new array, for writing; its chunks may still be open: see fresh.h. */
int zf_file_array_create(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, struct zf_file **out);

/* Of an array's file: it was written otherwise than by those who have the path open; and a number that
 * changes with each change. */
void zf_file_array_renew(struct zf_file *file);
uint64_t zf_file_array_changes(struct zf_file *file);

/* The array behind an array's file. Borrowed. */
struct zf_live;
struct zf_live *zf_file_array_live(struct zf_file *file);

/* Errors of writing that were not told to this file yet. */
int zf_file_array_report(struct zf_file *file, struct zf_op *op);

/* An array's .npy. */
int zf_file_npy_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags, struct zf_file **out);

/* What is written to a .npy or .info of an array that is not there. Take the draft. */
int zf_file_npy_draft(struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, struct zf_file **out);
int zf_file_info_open(struct zf_tree *tree, struct zf_op *op, struct zf_draft *draft, struct zf_file **out);

/* The .info of one that is there, for writing. */
int zf_file_info_edit(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, bool truncate, struct zf_file **out);

/* Slices of a file that has nothing better: what pread gives. */
int zf_file_copy_slices(
	struct zf_file *file, struct zf_op *op, size_t len, uint64_t offset, struct zf_slices *out);

/* Part of an array; takes the selection, also when it fails. */
struct zf_select;
int zf_file_select_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, unsigned flags,
	struct zf_select *select, struct zf_file **out);

/* The text of an array whose elements vary in length. */
int zf_file_vlen_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_file **out);

/* A text; takes what text holds, also when it fails. */
int zf_file_text_open(struct zf_op *op, struct zf_out *text, struct zf_file **out);

#endif
