/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view: which names a store's hierarchy has as a tree of files, and what is behind each. The public
 * functions zf_tree_* and zf_file_* (zarrfs.h) are made of these.
 *
 * The reading side:
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
 *   hold.c        ... turns at them, and what moves or removes them
 *   separator.c   ... what old nested stores do not say
 *   info.c        the text of .info
 *   file.c        open files: the table of what a file can do
 *   file_array.c  ... of an array's flat bytes
 *   file_text.c   ... of a text
 *
 * The writing side:
 *
 *   save.c          storing what was written to an array: chunks and shape
 *   fresh.c         the first bytes of a new array, whose chunks depend on how many there will be
 *   change.c        documents edited in the store
 *   consolidated.c  ... and their copies in the groups above
 *   make.c          new arrays and groups
 *   create.c        ... made from settings, with the groups above them
 *   keys.c          all keys below a path
 *   remove.c        mkdir, rmdir, unlink
 *   kept.c          arrays that were removed while they were open
 *   rename.c        rename
 *   flush.c         all arrays of a tree stored
 *   draft.c         names that were created, and of which it is not known yet what they will be
 *   file_info.c     an open .info that is written
 *   file_npy.c      NAME.npy
 *   npy_order.c     ... data in another order than the array's
 *   apply.c         what an .info document or an npy header asks for, done
 *
 * Locks: the ones of doc.c, listed.c and live.c, each for its table only, and fresh.c's. None is held across
 * a call into a store, and none while another is taken. Turns (turn.h, live.h) are no locks: who waits for
 * one can be cancelled. Their order: the tree's, then an array's, or all arrays' below a path.
 */
#ifndef ZF_VIEW_VIEW_H
#define ZF_VIEW_VIEW_H

#include "store/store.h"
#include "view/turn.h"

#define ZF_INFO_SUFFIX ".info"
#define ZF_NPY_SUFFIX ".npy"

struct zf_chunk_locks;
struct zf_docs;
struct zf_drafts;
struct zf_listings;
struct zf_lives;
struct zf_new_array;

struct zf_tree {
	struct zf_ctx *ctx;     /* borrowed */
	struct zf_store *store; /* owned */
	char *place;            /* of the store: "KIND:/ABSOLUTE/PATH" where it is a path; owned */
	char *root;             /* what of the store is shown: a path in it, "" for all; owned */
	char *root_file;        /* the name of the root's file where the root is an array, else NULL; owned */
	int64_t opened_ns;      /* the time of directories that have none */
	bool writable;          /* things can be changed here */
	bool store_empty;       /* chunks of fill value throughout are stored too */
	struct zf_chunk_locks *locks;    /* owned; NULL: none */
	struct zf_new_array *new_arrays; /* what they are like where nothing else says it; owned */
	uint64_t held_back;              /* bytes, in fresh.c; atomic */
	struct zf_turn names;            /* of who changes what names there are */
	struct zf_docs *docs;            /* owned */
	struct zf_listings *listings;    /* owned */
	struct zf_lives *lives;          /* owned */
	struct zf_drafts *drafts;        /* owned */
	struct zf_store *kept; /* of what was removed while it was open; NULL: nothing so far; owned */
	uint64_t kept_count;   /* arrays that were put into it */
};

/* Lets an operation go on after an error that was dealt with; that it was cancelled stays true. */
static inline void zf_op_forgive(struct zf_op *op)
{
	op->err = 0;
	op->text[0] = '\0';
}

#endif
