/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the functions zf_node_*() share.
 */
#ifndef ZF_VIEW_NODE_H
#define ZF_VIEW_NODE_H

#include "view/names.h"

/* Finds a node by its path below the tree's root. ENOENT, EINVAL. New: zf_name_release(). */
int zf_node_find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out);

/* What a name that was found is. */
void zf_node_describe(const struct zf_name *name, struct zf_node_attr *out);

#endif
