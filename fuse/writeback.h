/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread that writes what has been dirty for some seconds, so that a file which stays open does not keep
 * what was written to it from the store for ever.
 */
#ifndef ZARRFS_WRITEBACK_H
#define ZARRFS_WRITEBACK_H

#include "zarrfs.h"

struct writeback;

/* New: writeback_free(). NULL when there is no memory or no thread. The tree is borrowed. */
struct writeback *writeback_new(struct zf_tree *tree);

/* Waits for what it is writing. False if that takes too long: then the process has to end without freeing
 * anything. */
bool writeback_free(struct writeback *writeback);

#endif
