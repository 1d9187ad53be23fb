/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copying nodes: what the files of zf_copy() share.
 *
 *   copy.c        the nodes, one after another: first looked at, then copied
 *   copy_array.c  one array: its new document, the way to copy it, its chunks
 *   copy_group.c  one group
 *   copy_mark.c   the key that tells of a copy that is not done
 *   convert.c     documents of one format in the words of the other
 *   recode.c      chunks: values of the same shape
 *   plan.c        ... of another: arithmetic
 *   block.c       ... and boxes in memory
 *   stage.c       ... by way of a temporary file
 *   crew.c        several threads
 */
#ifndef ZF_TRANSFER_COPY_H
#define ZF_TRANSFER_COPY_H

#include "view/doc.h"
#include "view/path.h"

struct zf_copying {
	struct zf_tree *from, *to;    /* borrowed */
	char from_path[ZF_PATH_SIZE]; /* in the stores */
	char to_path[ZF_PATH_SIZE];
	const struct zf_copy_config *config; /* borrowed */
	int format;                          /* of the group that the target is in; 0: none tells */
	bool resume;                         /* an interrupted copy is gone on with */
	uint64_t total, done;                /* bytes; done: atomic */
	struct zf_op *op;
};

/* A node: its paths in the two stores, and what is there. */
struct zf_copy_node {
	char from[ZF_PATH_SIZE], to[ZF_PATH_SIZE];
	struct zf_doc *doc;   /* of the source; owned */
	struct zf_doc *there; /* of the target; NULL: nothing is there; owned */
};

/* Looks at an array (do: false), or copies it. *step is set either way. */
int zf_copy_array(
	struct zf_copying *copying, const struct zf_copy_node *node, bool do_it, struct zf_copy_step *step);

/* Makes a group like another one, with its attributes. */
int zf_copy_group(struct zf_copying *copying, const struct zf_copy_node *node);

/* The attributes of a node, as an object of the caller's own. New: json_decref(). */
int zf_copy_attributes(struct zf_copying *copying, const struct zf_copy_node *node, json_t **out);

/* Looks for the mark: sets resume where it is that of this copy. */
int zf_copy_mark_find(struct zf_copying *copying);
int zf_copy_mark_put(struct zf_copying *copying);
int zf_copy_mark_remove(struct zf_copying *copying);

#endif
