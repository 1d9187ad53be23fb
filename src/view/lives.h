/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What live.c, hold.c and save.c know of the table of arrays in use, and nobody else.
 */
#ifndef ZF_VIEW_LIVES_H
#define ZF_VIEW_LIVES_H

#include "view/live.h"

struct zf_live {
	struct zf_entry entry;
	unsigned users;     /* handles, and operations under way */
	unsigned writers;   /* handles that were opened for writing; atomic */
	bool busy;          /* somebody has the turn: makes sure that it is true, saves, resizes, moves it */
	bool held;          /* and lets nobody in meanwhile */
	bool writable;      /* was opened for writing: so are the arrays that take the place of its first */
	bool gone;          /* removed, and no longer in the table */
	bool kept;          /* ... but it goes on: kept.h */
	bool caught_up;     /* it may grow: what others had appended is known; atomic */
	bool unsaved;       /* the store may lack something; atomic */
	bool touched;       /* written since the document was last stored; atomic */
	uint64_t writes;    /* so far; atomic */
	int64_t written_ns; /* when it was last written, wall clock; atomic */
	struct zf_binding *now; /* NULL until the first opening succeeded */
	uint64_t version;
	uint64_t errors;     /* of saving, so far */
	struct zf_op *error; /* the last of them; owned */
	char *path;          /* owned */
};

struct zf_lives {
	pthread_mutex_t lock;
	pthread_cond_t free; /* something that somebody may wait for came to an end */
	struct zf_table table;
	size_t idle;           /* entries without users */
	uint64_t version;      /* the last one given */
	const char *closed[2]; /* paths at or below which nothing is opened now; NULL: none */
};

/* With the lock held: waits a little for `free`. EINTR. */
int zf_lives_wait(struct zf_lives *lives, struct zf_op *op);

/* Removed, and without a place for what is read or written. */
static inline bool zf_live_is_lost(const struct zf_live *live)
{
	return live->gone && !live->kept;
}

/* With the lock held: the version changes, so that no handle takes what it has read for true. */
void zf_live_new_version(struct zf_lives *lives, struct zf_live *live);

/* Binds an entry to what a document says: with the turn, and held where somebody may write. In two steps:
 * what is prepared may be filled before others see it. _at: with its values there. same: its bytes are those
 * that were there. */
int zf_live_rebind(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc);
int zf_live_prepare(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live, struct zf_doc *doc,
	struct zf_binding **out);
int zf_live_prepare_at(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live,
	struct zf_store *store, const char *path, struct zf_binding **out);
void zf_live_swap(struct zf_tree *tree, struct zf_live *live, struct zf_binding *binding, bool same);

/* With the turn, before it grows. */
int zf_live_catch_up_now(struct zf_tree *tree, struct zf_op *op, struct zf_live *live);

/* Whether chunks made for one array can be chunks of the other. */
bool zf_live_same_chunks(const struct zf_array_meta *a, const struct zf_array_meta *b);

bool zf_live_unsaved(const struct zf_live *live);
bool zf_live_touched(const struct zf_live *live);

#endif
