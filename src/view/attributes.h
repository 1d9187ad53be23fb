/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The attributes of a node.
 */
#ifndef ZF_VIEW_ATTRIBUTES_H
#define ZF_VIEW_ATTRIBUTES_H

#include "view/doc.h"

/* The attributes of an array or group, an object. Those of a v2 group are not kept with its document, as
 * walking a tree does not need them: they are read now. Of a node that cannot be understood: NULL. New:
 * json_decref(). The store's errors; EIO where they are no JSON object. */
int zf_attributes_get(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, json_t **out);

#endif
