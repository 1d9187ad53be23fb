/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays in use. All handles of one path share one zf_array, so that they share what it has cached; it stays
 * for a while after the last one has gone.
 *
 * Each opening makes sure that it is still true. If only chunks changed, the array forgets what it had
 * cached; if the document did, a new array takes its place, for the handles that are open too: one path has
 * one content at a time. Either gives a new version. Reads under way end on what they began with.
 */
#ifndef ZF_VIEW_LIVE_H
#define ZF_VIEW_LIVE_H

#include "array/array.h"
#include "view/doc.h"

struct zf_live;

/* An array as one document described it. */
struct zf_binding {
	unsigned refs; /* atomic */
	struct zf_doc *doc;
	struct zf_meta meta; /* as doc->meta, but for the separator */
	struct zf_array *array;
};

int zf_lives_new(struct zf_op *op, struct zf_lives **out);

/* Nobody may use any. */
void zf_lives_free(struct zf_lives *lives);

/* Opens the array at a path of the store, whose document is `doc` (borrowed). *version is the one that the
 * caller sees. New: zf_live_close(). The errors of zf_file_open(). */
int zf_live_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_live **out, uint64_t *version);
void zf_live_close(struct zf_tree *tree, struct zf_live *live);

/* What is behind it now. New: zf_binding_put(), before zf_live_close(). */
struct zf_binding *zf_live_bind(struct zf_tree *tree, struct zf_live *live);
void zf_binding_put(struct zf_binding *binding);

#endif
