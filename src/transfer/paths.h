/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All nodes below a place, groups before what is in them.
 */
#ifndef ZF_TRANSFER_PATHS_H
#define ZF_TRANSFER_PATHS_H

#include "view/doc.h"

struct zf_paths {
	struct zf_tree *tree; /* borrowed, as op */
	struct zf_op *op;
	char **path; /* in the store; owned */
	size_t count, room;
};

/* Lists a node and all below it. What is no node, but holds some, is left out. New: zf_paths_free(). */
int zf_paths_list(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_paths *out);
void zf_paths_free(struct zf_paths *nodes);

#endif
