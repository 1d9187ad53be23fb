/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Consolidated metadata as they should be, made from the documents that are there.
 */
#ifndef ZF_UPKEEP_FRESH_H
#define ZF_UPKEEP_FRESH_H

#include "view/doc.h"

/* What the group at a path of the store should have: of v2 all of .zmetadata, of v3 the member
 * "consolidated_metadata" of its zarr.json; new: json_decref(). Nodes that only the old metadata list are not
 * among them. A document that is no JSON: EIO or, where `lenient`, null stands for it. */
int zf_fresh_consolidated(struct zf_tree *tree, struct zf_op *op, const char *path, int zarr_format,
	bool lenient, json_t **out);

#endif
