/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view: which names a store's hierarchy has as a tree of files, and what is behind each. The public
 * functions zf_tree_* and zf_file_* (zarrfs.h) are made of these.
 *
 *   table.c       things found by path, the least used ones first to go
 *   path.c        paths and names
 *   doc.c         metadata documents, read, kept, and checked for change
 *   listed.c      nodes that only consolidated metadata list
 *   search.c      whether a prefix that is no node holds nodes
 *   names.c       which node a name stands for (a node always wins over a name made by the view)
 *   tree.c        opening, stat
 *   list.c        listing
 *   live.c        arrays in use, shared by all their handles
 *   info.c        the text of .info
 *   file.c        open files: the table of what a file can do
 *   file_array.c  ... of an array's flat bytes
 *   file_text.c   ... of a text
 *
 * Locks: the ones of doc.c, listed.c and live.c, each for its table only. None is held across a call into a
 * store or an array, and none while another is taken.
 */
#ifndef ZF_VIEW_VIEW_H
#define ZF_VIEW_VIEW_H

#include "store/store.h"

#define ZF_INFO_SUFFIX ".info"

struct zf_docs;
struct zf_listings;
struct zf_lives;

struct zf_tree {
	struct zf_ctx *ctx;     /* borrowed */
	struct zf_store *store; /* owned */
	char *place;            /* of the store: "KIND:/ABSOLUTE/PATH" where it is a path; owned */
	char *root;             /* what of the store is shown: a path in it, "" for all; owned */
	char *root_file;        /* the name of the root's file where the root is an array, else NULL; owned */
	int64_t opened_ns;      /* the time of directories that have none */
	struct zf_docs *docs;   /* owned */
	struct zf_listings *listings; /* owned */
	struct zf_lives *lives;       /* owned */
};

/* Lets an operation go on after an error that was dealt with; that it was cancelled stays true. */
static inline void zf_op_forgive(struct zf_op *op)
{
	op->err = 0;
	op->text[0] = '\0';
}

#endif
