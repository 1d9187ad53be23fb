/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tree.c has for list.c.
 */
#ifndef ZF_VIEW_TREE_H
#define ZF_VIEW_TREE_H

#include "view/names.h"

/* The attributes of a name that was found. */
int zf_attr_of(struct zf_tree *tree, struct zf_op *op, const struct zf_name *name, struct zf_attr *out);

#endif
