/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The separator of chunk keys where the document does not say it.
 */
#ifndef ZF_VIEW_SEPARATOR_H
#define ZF_VIEW_SEPARATOR_H

#include "view/doc.h"

/* '.' or '/'. The store's errors. */
int zf_separator_find(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, char *out);

#endif
