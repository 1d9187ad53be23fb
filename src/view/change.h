/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changing documents that are stored, and their copies in consolidated metadata.
 *
 * A document is read, edited in place and put back on the condition that it is still what was read; where
 * another program was quicker it is read again. Then each group above that has consolidated metadata gets the
 * same change.
 */
#ifndef ZF_VIEW_CHANGE_H
#define ZF_VIEW_CHANGE_H

#include "view/doc.h"

/* Appends the new text to out; text is NULL where there is none yet. */
typedef int zf_edit_fn(struct zf_op *op, const void *arg, const void *text, size_t len, struct zf_out *out);

/* Edits the document `name` of the node at `path`. A text that comes out the same is stored too: its time is
 * the array's. */
int zf_change(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name, zf_edit_fn *edit,
	const void *arg);

/* Stores a document as it is: under a condition on what is there now. EEXIST, ESTALE. */
int zf_change_put(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name,
	const struct zf_out *text, enum zf_put_if cond, const struct zf_tag *tag);

/* A node that only consolidated metadata list gets its documents from there. */
int zf_change_own(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc);

/* The length of dimension 0. `grow`: it stays where it is more already. */
int zf_change_length(
	struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, uint64_t length, bool grow);

int zf_change_shape(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const uint64_t *shape);

/* Merges a patch into the attributes. */
int zf_change_attributes(
	struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const json_t *patch);

/* Sets one attribute, or (NULL) removes it. */
int zf_change_attribute(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, const char *key,
	const json_t *value);

/* ---- consolidated.c: the copies alone. A consolidated document that is broken is left alone, and logged. */

int zf_consolidate_set(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name,
	const void *text, size_t len);
int zf_consolidate_remove(struct zf_tree *tree, struct zf_op *op, const char *path);

/* All keys below `to` are there already. */
int zf_consolidate_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to);

#endif
