/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays that were removed while somebody had them open. As with other files, who has one open reads and
 * writes on: what is stored of it is copied to a temporary store of the tree's own, and goes when the last
 * handle does. Only as much as is worth it: of an array with more, the handles get ESTALE.
 */
#ifndef ZF_VIEW_KEPT_H
#define ZF_VIEW_KEPT_H

#include "view/live.h"

/* Bytes of stored values that are copied for one array. */
#define ZF_KEPT_MOST ((uint64_t)256 << 20)

/* Held, and about to be removed: stores what is dirty, copies the values, and binds the array to the copies.
 * Where that fails it stays as it is; more than a line in the log is not worth it. One at a time in a tree.
 */
void zf_live_keep(struct zf_tree *tree, struct zf_live *live);

/* Nobody uses it any more: removes the copies. number: that of its binding; 0: none. */
void zf_kept_drop(struct zf_tree *tree, uint64_t number);

#endif
