/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper: a thread that waits for signals and looks at the clock.
 *
 * SIGTERM, SIGINT and SIGHUP end the mount in order: the kernel writes what maps have left dirty, requests
 * under way may finish or are cancelled when they have taken a second, the session ends. A second signal,
 * while what is dirty is being stored, gives that up. A request that was interrupted is cancelled when its
 * patience ends.
 */
#ifndef ZARRFS_KEEPER_H
#define ZARRFS_KEEPER_H

#include "zarrfs.h"

struct daemon;
struct keeper;

/* To be called in the main thread, before there are others: it decides who gets signals. New: keeper_free().
 * NULL when it cannot be. */
struct keeper *keeper_new(struct daemon *daemon);
void keeper_free(struct keeper *keeper);

/* From now on signals end the session; before, they end the process. */
void keeper_serve(struct keeper *keeper);

/* The session has ended; from now on a signal cancels op, or nothing where it is NULL. */
void keeper_finish(struct keeper *keeper, struct zf_op *op);

/* A request was interrupted. */
void keeper_wake(struct keeper *keeper);

#endif
