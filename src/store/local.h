/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What backends over files of this machine have in common.
 */
#ifndef ZF_STORE_LOCAL_H
#define ZF_STORE_LOCAL_H

#include "base/op.h"

#include <pthread.h>

/* Takes a lock that may be held for long; looks now and then whether the operation was cancelled. */
int zf_local_lock(pthread_mutex_t *lock, struct zf_op *op);

/* Room on the file system of an open file, or of a path. */
int zf_local_space(struct zf_op *op, int fd, struct zf_space *out);
int zf_local_space_at(struct zf_op *op, const char *path, struct zf_space *out);

/* The path from the root: the daemon changes its working directory later. New: free(). NULL: no memory, or no
 * working directory. */
char *zf_local_absolute(const char *path);

/* ": process 12 (python3) has it", or "" where the kernel does not say; for messages about locks. */
struct zf_holder {
	char text[64];
	bool alive; /* there is such a process: not one that was killed, whose child may have the lock */
};
struct zf_holder zf_local_holder(const char *file);

#endif
