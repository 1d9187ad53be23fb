/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks of chunks that several programs write to: those of zarr-python's ProcessSynchronizer, whose lock of a
 * chunk is fcntl(2)'s exclusive one on the file DIRECTORY/KEY. The files are made where they are missing, and
 * stay.
 *
 * Hold one at a time: zarr-python does so too, and nobody looks for deadlocks.
 */
#ifndef ZF_STORE_LOCKS_H
#define ZF_STORE_LOCKS_H

#include "base/op.h"

struct zf_chunk_locks; /* a directory of locks; may be used by several threads at once */
struct zf_chunk_lock;  /* one that is held */

/* Prepares a directory, made where it is missing. New: zf_chunk_locks_free(). The file system's errors. */
int zf_chunk_locks_new(struct zf_op *op, const char *directory, struct zf_chunk_locks **out);
void zf_chunk_locks_free(struct zf_chunk_locks *locks);

/* Waits for the lock of a key, as the store has it ("temp/t2m/0.1"), and takes it. Other threads are kept out
 * as other programs are. New: zf_chunk_unlock(). EINTR: cancelled; EINVAL: no key; the file system's. */
int zf_chunk_lock(
	struct zf_chunk_locks *locks, struct zf_op *op, const char *key, struct zf_chunk_lock **out);
void zf_chunk_unlock(struct zf_chunk_lock *lock);

#endif
