/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays in use. All handles of one path share one zf_array, so that they share what it has cached and what
 * of it is not stored yet; it stays for a while after the last one has gone, and as long as something is not
 * stored.
 *
 * Each opening makes sure that it is still true. If only chunks changed, the array forgets what it had
 * cached; if the document did, a new array takes its place, for the handles that are open too: one path has
 * one content at a time. Either gives a new version. Reads under way end on what they began with.
 *
 * What changes an array as a whole (an opening, saving, resizing, moving) is one at a time: it has the
 * array's turn. Some of it wants nobody inside either: it *holds* the array. Neither is a lock: who waits can
 * be cancelled.
 */
#ifndef ZF_VIEW_LIVE_H
#define ZF_VIEW_LIVE_H

#include "array/array.h"
#include "view/doc.h"

struct zf_live;
struct zf_fresh;

/* An array as one document described it. */
struct zf_binding {
	unsigned refs;        /* atomic */
	struct zf_doc *doc;   /* the one that was stored last; changes with the turn only */
	struct zf_doc *first; /* the one that it was made of; lends meta its parts */
	struct zf_meta meta;  /* as first->meta, but for the separator */
	struct zf_array *array;
	struct zf_fresh *fresh; /* the first bytes of a new array: see fresh.h; owned; changes while held */
	bool writable;          /* zf_array_writable() was called */
	struct zf_tree *tree;   /* that it is of */
	uint64_t kept; /* its values are in the store of kept.h, under this number; 0: they are not */
	uint64_t seen; /* of the array's errors */
};

int zf_lives_new(struct zf_op *op, struct zf_lives **out);

/* Nobody may use any. What is not stored is lost. */
void zf_lives_free(struct zf_lives *lives);

/* Opens the array at a path of the store, whose document is `doc` (borrowed). *version is the one that the
 * caller sees. New: zf_live_close(). The errors of zf_file_open(). */
int zf_live_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, bool write, struct zf_live **out,
	uint64_t *version);
void zf_live_close(struct zf_tree *tree, struct zf_live *live);

/* Goes in: what is behind it now. New: zf_binding_put(), before zf_live_close(). ESTALE when the array was
 * removed; EINTR. */
int zf_live_bind(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_binding **out);
void zf_binding_put(struct zf_binding *binding);

/* Bytes of the flat file, now; also while it is held. */
uint64_t zf_live_size(struct zf_tree *tree, struct zf_live *live);

/* Where who appends goes on: see zf_array_end(). */
uint64_t zf_live_end(struct zf_tree *tree, struct zf_live *live);

/* A handle that writes comes, or goes: with the last one the last row ends, and with one that comes when
 * nothing is unsaved. */
void zf_live_writer(struct zf_tree *tree, struct zf_live *live, bool comes);

/* The path in the store, for messages. */
void zf_live_path(struct zf_tree *tree, struct zf_live *live, char out[static ZF_MAX_KEY + 1]);

/* ---- hold.c -------------------------------------------------------------------------------------------- */

/* Waits for the turn. EINTR, ESTALE. */
int zf_live_take(struct zf_tree *tree, struct zf_op *op, struct zf_live *live);
void zf_live_give(struct zf_tree *tree, struct zf_live *live);

/* With the turn: waits until nobody is inside, and keeps everybody out until zf_live_let_in() or
 * zf_live_give(). */
int zf_live_hold(struct zf_tree *tree, struct zf_op *op, struct zf_live *live);
void zf_live_let_in(struct zf_tree *tree, struct zf_live *live);

/* All arrays at or below a path, held, and no other is opened there. One at a time in a tree, for at most two
 * paths: see turn.h. */
struct zf_held {
	struct zf_live **live; /* with a user more each; owned */
	size_t count;
	unsigned slot;
};
int zf_lives_hold(
	struct zf_tree *tree, struct zf_op *op, const char *path, unsigned slot, struct zf_held *out);
void zf_lives_release(struct zf_tree *tree, struct zf_held *held);

/* Held: whether anybody else has it. */
bool zf_live_is_open(struct zf_tree *tree, const struct zf_live *live);

/* Held: it was removed, and a new array may have the path. Unless it is kept (kept.h), its handles get ESTALE
 * from now on. */
void zf_live_remove(struct zf_tree *tree, struct zf_live *live);

/* Held: it has another path now, where its document and chunks are already. */
int zf_live_move(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, const char *path);

/* What the store does not tell yet of an array. False where that is nothing. */
struct zf_live_news {
	bool unsaved; /* the size is another one, perhaps */
	uint64_t size;
	int64_t mtime_ns;
};
bool zf_live_news(struct zf_tree *tree, const char *path, struct zf_live_news *out);

/* ---- save.c -------------------------------------------------------------------------------------------- */

/* Something was written. */
void zf_live_touch(struct zf_live *live);

/* The bytes were changed by another way than through the files of this path: who kept some of them must not
 * take them for true. */
void zf_live_renew(struct zf_tree *tree, struct zf_live *live);

/* A number that changes with each change of the bytes. */
uint64_t zf_live_changes(struct zf_tree *tree, struct zf_live *live);

/* Stores what is not stored yet: the chunks, then the document where its shape is another one now, or
 * (`time`) where it is older than what was written. On failure *seen, which may be NULL, is moved past the
 * error; the other handles will learn of it. */
int zf_live_save(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool time, uint64_t *seen);

/* The same for who has the turn. */
int zf_live_save_now(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool time);

/* The same for the array of a path, if it is in use. */
int zf_live_save_path(struct zf_tree *tree, struct zf_op *op, const char *path);

/* Sets the size of the flat file: shrinking, the document first. EINVAL: no whole rows. */
int zf_live_set_size(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t size);

/* To be called before something is written that ends at `end`: catch_up.c. *seen as with zf_live_save(). */
int zf_live_catch_up(
	struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t end, uint64_t *seen);

/* Errors of saving, so far; fails with the last one where *seen does not know of it yet. */
uint64_t zf_live_errors(struct zf_tree *tree, struct zf_live *live);
int zf_live_report(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t *seen);

#endif
