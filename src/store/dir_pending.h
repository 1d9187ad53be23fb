/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values put to a directory store that do not have their names yet.
 *
 * A value may have its name only when its bytes are durable; otherwise a power cut could leave a name with
 * nothing behind it. To wait for that at each put would make the disk's latency the limit. So a put writes
 * the temporary, has the kernel begin to write it out, and leaves it here, where the store's own readers find
 * it. Later, many are synced one after the other, which costs little more than to sync one, and renamed in
 * the order in which they were put: in a thread of the store as soon as there are some, and in the callers of
 * settle and flush. Whoever puts faster than the disk writes waits.
 *
 * A value that cannot be synced or renamed stays, can be read, and is copied to a new temporary for the next
 * attempt: the kernel does not write again what it failed to write.
 */
#ifndef ZF_STORE_DIR_PENDING_H
#define ZF_STORE_DIR_PENDING_H

#include "store/dir_tmp.h"
#include "store/keymap.h"

struct zf_dir;

struct zf_pending {
	struct zf_keyed keyed; /* key below */
	struct zf_pending *next;
	unsigned refs;     /* atomic; one is the queue's */
	unsigned root;     /* dir->root_changes when it was put */
	bool retry;        /* could not be synced or renamed */
	bool lost, failed; /* while it is settled: it was to go to an old root; it could not */
	struct zf_tmp tmp; /* parent is open only while it is worked on */
	uint64_t size;
	char key[];
};

struct zf_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct zf_keymap newest;          /* of each key the value put last */
	struct zf_pending *first, **last; /* in the order they were put; without those being settled */
	size_t count;                     /* all of them */
	uint64_t bytes;
	int64_t since; /* ms; the oldest in the list */
	bool settling; /* somebody is at it, with those taken from the list */
	bool stop, has_thread;
	pthread_t thread;
};

void zf_pending_init(struct zf_dir *dir);

/* Settles what is there, as far as possible, stops the thread and frees everything. */
void zf_pending_destroy(struct zf_dir *dir);

/* The value put last under a key, if it has not got its name yet (new: zf_pending_drop()); else NULL. */
struct zf_pending *zf_pending_find(struct zf_dir *dir, const char *key);
void zf_pending_drop(struct zf_dir *dir, struct zf_pending *pending);

/* Deletes what is pending under a key. ZF_FOUND, ZF_MISSING or -1 (EINTR). */
int zf_pending_delete(struct zf_dir *dir, struct zf_op *op, const char *key);

/* To be called before directories are made for a key that is put: a pending value may have the name of one.
 */
int zf_pending_make_way(struct zf_dir *dir, struct zf_op *op, const char *key);

/* The root is another directory now: nobody is to find what was to go to the old one. */
void zf_pending_forget(struct zf_dir *dir);

/* Calls fn for each child of a prefix that has pending keys. */
void zf_pending_list(struct zf_dir *dir, const char *prefix, zf_store_list_fn *fn, void *arg);

/* Waits until there is room for another. Fails where that is because of what cannot be settled. */
int zf_pending_room(struct zf_dir *dir, struct zf_op *op);

/* Adds a value, whose bytes are written. Takes tmp. */
int zf_pending_add(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp, size_t len);

/* Gives all that were put before their names. Goes on after an error; the first one. */
int zf_pending_settle(struct zf_dir *dir, struct zf_op *op);

#endif
