/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Doing what an .info document or an npy header asks for: making an array, or changing one that is there.
 * For who has the turn at the tree's names.
 */
#ifndef ZF_VIEW_APPLY_H
#define ZF_VIEW_APPLY_H

#include "meta/npy.h"
#include "view/doc.h"

/* Gives an array another shape of as many dimensions: the document first, then what lies outside is deleted.
 * What was written before is stored. EFBIG. */
int zf_reshape(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const uint64_t *shape);

/* An .info document for the array at a path of the store. EINVAL, and nothing is changed. */
int zf_apply_info(
	struct zf_tree *tree, struct zf_op *op, const char *store_path, const void *text, size_t len);

/* An npy header: afterwards the array has its shape. *created: it was made now. EINVAL where one is there
 * that has another type. */
int zf_apply_npy(struct zf_tree *tree, struct zf_op *op, const char *store_path, const struct zf_npy *npy,
	bool *created, struct zf_doc **doc);

#endif
