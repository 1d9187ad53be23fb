/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking for nodes below a prefix that is none itself.
 */
#ifndef ZF_VIEW_SEARCH_H
#define ZF_VIEW_SEARCH_H

#include "view/view.h"

/* Whether a node lies below `path`, at any depth. Breadth first; does not enter nodes; gives up, with false,
 * after ZF_MAX_SEARCH_PREFIXES listings or ZF_MAX_SEARCH_NAMES names, so that a large directory that has
 * nothing to do with Zarr costs little. What cannot be listed is skipped. EINTR, ENOMEM; ZF_FOUND otherwise,
 * or ZF_MISSING when the store has no such prefix. */
int zf_search_nodes(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out);

#endif
