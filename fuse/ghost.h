/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that go with another one. `rm -r` lists a directory and then removes every name that it has seen: the
 * array, and `a.info`, which has gone with the array by then; and at last the directory, which has gone with
 * the array, too, if it was none of the store's groups. So who removed an array may for a while remove the
 * names beside it and above it.
 */
#ifndef ZARRFS_GHOST_H
#define ZARRFS_GHOST_H

#include "inode.h"

#include <pthread.h>
#include <sys/types.h>

enum { GHOSTS = 4096, GHOST_SECONDS = 10 };

struct ghosts {
	pthread_mutex_t lock;
	size_t next;
	struct ghost {
		pid_t pid;
		int64_t second; /* monotonic */
		char *path;     /* of the array; owned */
	} ring[GHOSTS];
};

void ghosts_init(struct ghosts *ghosts);
void ghosts_destroy(struct ghosts *ghosts);

/* pid has removed an array. */
void ghosts_add(struct ghosts *ghosts, pid_t pid, const char *path);

/* Whether pid may believe that a path is still there, and what it looks like. */
bool ghosts_find(struct ghosts *ghosts, pid_t pid, const char *path, struct zf_attr *out);

/* pid has removed a directory. */
void ghosts_shrink(struct ghosts *ghosts, pid_t pid, const char *dir);

#endif
