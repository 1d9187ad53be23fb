/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of an array's .info.
 */
#ifndef ZF_VIEW_INFO_H
#define ZF_VIEW_INFO_H

#include "view/doc.h"

/* Appends the text for a document (of an array) to out. */
int zf_info_text(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *out);

/* The same for a group, with attributes (borrowed; may be NULL) that its document does not have. */
int zf_info_group(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, json_t *attributes,
	struct zf_out *out);

/* Its length. */
int zf_info_size(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, uint64_t *out);

/* When what it tells last changed. */
int64_t zf_info_mtime(const struct zf_doc *doc);

#endif
