/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing by a library that has no log: what is killed in the midst of it damages the file.
 *
 * So another process does it, a fork of this one that lives for that one call. Who kills the daemon does not
 * kill that: it ends what it has begun, and holds the file's lock until then. What it cannot be protected
 * from is a power cut. And the disk may not become full in the midst of it, so room is taken before.
 */
#ifndef ZF_STORE_APART_H
#define ZF_STORE_APART_H

#include "base/op.h"

/* Runs a call in a process of its own and takes over its error; what it changes in memory is lost. It has the
 * calling thread only, and of the open files only those in keep: it may use no lock that another thread may
 * hold. ENOMEM, EAGAIN: no process; EIO: it was killed. */
int zf_apart(
	struct zf_op *op, int (*call)(void *arg, struct zf_op *op), void *arg, const int *keep, size_t count);

/* Takes room for a file to grow by so many bytes, where the file system can do that. Opens the file: *fd.
 * ENOSPC, EDQUOT, EFBIG: then it is not open. */
int zf_reserve(struct zf_op *op, const char *file, uint64_t bytes, int *fd);

/* Gives back what was not needed, and closes the file. */
void zf_release(int fd);

#endif
