/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Removing nodes; for who has the turn at the tree's names.
 */
#ifndef ZF_VIEW_REMOVE_H
#define ZF_VIEW_REMOVE_H

#include "view/view.h"

/* ENOTEMPTY where a directory of the view shows a name. */
int zf_check_empty(struct zf_tree *tree, struct zf_op *op, const char *path);

/* Deletes a group's own documents. */
int zf_remove_group(struct zf_tree *tree, struct zf_op *op, const char *store_path);

/* Deletes an array, chunks and all. Its handles get ESTALE. */
int zf_remove_array(struct zf_tree *tree, struct zf_op *op, const char *store_path);

#endif
