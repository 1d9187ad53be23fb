/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New nodes: where they may be, and their documents.
 */
#ifndef ZF_VIEW_MAKE_H
#define ZF_VIEW_MAKE_H

#include "meta/create.h"
#include "view/doc.h"
#include "view/path.h"

/* Fails with EROFS where nothing can be changed. */
int zf_check_writable(const struct zf_tree *tree, struct zf_op *op, const char *path);

/* Where in the store a new name of the view goes. EROFS, EINVAL (the name), ENOENT and ENOTDIR (the parent),
 * EPERM (a root that is an array). Whether it is there is not looked at. */
int zf_place(struct zf_tree *tree, struct zf_op *op, const char *path, char out[static ZF_PATH_SIZE]);

/* Settings of an array like one of this document, in this format, as far as `settings` say nothing else. New:
 * zf_new_array_free(), also after a failure. EINVAL, EOPNOTSUPP. */
int zf_make_like(struct zf_op *op, const struct zf_array_meta *meta, int zarr_format,
	const struct zf_new *settings, struct zf_new_array *out);

/* Makes the groups above a path of the store that are not there. ENOTDIR: one is an array. */
int zf_make_parents(struct zf_tree *tree, struct zf_op *op, const char *store_path, int zarr_format);

/* The mount's settings for a new array at a place, with the format that it has there: that of the nearest
 * group above, else of a neighbour, else 3. New: zf_new_array_free(). */
int zf_make_defaults(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, struct zf_new_array *out);

/* Refuses settings of which no array could ever be made: EINVAL. What depends on a shape or a type
 * that is not among them is not looked at. */
int zf_make_check(struct zf_tree *tree, struct zf_op *op);

/* Stores the documents of a new array; *doc is new. Chunks that a removed array left behind are deleted
 * first. EEXIST. */
int zf_make_array(struct zf_tree *tree, struct zf_op *op, const char *store_path,
	const struct zf_new_array *array, struct zf_doc **doc);

/* Deletes chunks that a removed array left at a place. EEXIST where something else is there. */
int zf_clear_leftovers(struct zf_tree *tree, struct zf_op *op, const char *store_path);

/* The same in place of one that has no chunks yet, with `rows` for its first dimension. ESTALE. */
int zf_make_again(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc,
	const struct zf_new_array *array, uint64_t rows);

/* Whether the chunks of an array are to be guessed from a size that is not known yet. */
bool zf_make_is_open(const struct zf_new_array *array);

/* zarr_format 0: as zf_make_defaults() has it. */
int zf_make_group(struct zf_tree *tree, struct zf_op *op, const char *store_path, int zarr_format);

/* Whether a name is one that the formats have for themselves. */
bool zf_make_reserved(const char *name);

#endif
