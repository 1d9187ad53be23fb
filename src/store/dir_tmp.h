/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Temporaries of the directory store: files on their way to a name, and what is left of them when a writer is
 * killed.
 *
 * A temporary lies in the directory that its value goes to (so it has the group, the access list and the
 * quota that a file there has), is named ".zarrfs-tmp-PID-NUMBER", and is locked with flock(2) as long as its
 * writer lives: one that can be locked by somebody else is left over.
 *
 * Leftovers are to be found without looking everywhere. So each writer has a *ledger* as long as it has
 * temporaries: the file ".zarrfs-tmp-ledgers/PID-NUMBER" in the root of the store, locked likewise, with the
 * path of each temporary, NUL after it. Whoever opens the store for writing reads the ledgers of dead
 * writers, removes what they name, and then them. What a power cut takes out of a ledger, listing its
 * directory finds.
 */
#ifndef ZF_STORE_DIR_TMP_H
#define ZF_STORE_DIR_TMP_H

#include "store/store.h"

#include <pthread.h>

struct zf_dir;

#define ZF_DIR_TMP_PREFIX ".zarrfs-tmp-"
#define ZF_DIR_LEDGERS ZF_DIR_TMP_PREFIX "ledgers"

enum { ZF_DIR_TMP_NAME = 64 };

struct zf_ledger {
	pthread_mutex_t lock; /* held across the few calls that make, fill and remove the file */
	unsigned users;       /* temporaries that there are, or are about to be */
	int fd;               /* -1: none, or it could not be made */
	uint64_t size;
	char name[ZF_DIR_TMP_NAME];
};

struct zf_tmp {
	int parent;                 /* its directory; -1: not open */
	int fd;                     /* -1: there is none */
	char name[ZF_DIR_TMP_NAME]; /* "": none, or it has another name by now */
};
#define ZF_TMP_NONE ((struct zf_tmp){ .parent = -1, .fd = -1 })

void zf_ledger_init(struct zf_ledger *ledger);
void zf_ledger_destroy(struct zf_ledger *ledger);

/* Its bytes. It ends when there are no temporaries. */
uint64_t zf_ledger_size(struct zf_ledger *ledger);

/* Makes a temporary for a key; tmp->parent is the key's directory. The file system's errors. */
int zf_tmp_make(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp);

/* Writes the value, and its time. */
int zf_tmp_write(struct zf_op *op, const struct zf_tmp *tmp, const void *data, size_t len);

/* Ends a temporary: removes the file unless it has got another name; closes. */
void zf_tmp_drop(struct zf_dir *dir, struct zf_tmp *tmp);

/* Removes a temporary that is left over; one of a living writer stays. `parent` is its directory. */
void zf_tmp_remove_leftover(int parent, const char *name);

/* Calls fn for each temporary and ledger of a dead writer directly below a prefix. ZF_FOUND or -1. */
int zf_tmp_leftovers(
	struct zf_dir *dir, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg);

/* Removes what dead writers left, as far as their ledgers tell. */
void zf_ledger_clean(struct zf_dir *dir);

#endif
