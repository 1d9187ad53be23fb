/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing consolidated metadata.
 */
#ifndef ZF_UPKEEP_CONSOLIDATE_H
#define ZF_UPKEEP_CONSOLIDATE_H

#include "view/doc.h"

/* Writes those of a group: .zmetadata, or in v3 a member of its zarr.json. For who has the turn at the tree's
 * names. EROFS, and as zf_fresh_consolidated(). */
int zf_consolidate(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc);

#endif
