/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling the kernel what to forget.
 *
 * Attributes are forgotten at once. To drop pages the kernel locks them, and waits for requests about them:
 * who answers such a request must not wait for that. So a thread of its own does it, and who wants it to be
 * done before his own reply waits for it, but not for long.
 */
#ifndef ZARRFS_NOTIFY_H
#define ZARRFS_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct notifier;

/* New: notifier_free(). NULL when there is no memory or no thread. */
struct notifier *notifier_new(struct daemon *daemon);

/* False if the thread hangs in the kernel, where not even the end of the process reaches it: until the
 * connection is aborted. */
bool notifier_free(struct notifier *notifier);

/* If there is nothing to do now, there will not be: from then on what is asked for is left undone. */
bool notifier_retire(struct notifier *notifier);

/* Attributes. */
void notify_attr(struct daemon *daemon, uint64_t ino);

/* Pages from offset on; len 0: to the end. Returns a ticket. */
uint64_t notify_pages(struct notifier *notifier, uint64_t ino, uint64_t offset, uint64_t len);

/* Makes the kernel begin to write all dirty pages of the mount, by shared maps, to us. */
uint64_t notify_sync(struct notifier *notifier);

/* Whether what a ticket stands for is done; waits for it up to ms. 0 always is. */
bool notify_wait(struct notifier *notifier, uint64_t ticket, unsigned ms);

/* How long an answer may wait for another inode's pages: long enough for the thread to get its turn. Only who
 * holds what we wait for is slower, and gets it then. */
enum { NOTIFY_PATIENCE_MS = 50 };

#endif
