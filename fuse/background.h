/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going into the background. The fork comes first, because threads and some stores do not survive one; the
 * parent stays until the child says that the mount is there, so that its exit status tells whether it is.
 */
#ifndef ZARRFS_BACKGROUND_H
#define ZARRFS_BACKGROUND_H

/* Forks. Returns in the child, with the descriptor that background_ready() wants, or -1 and says why not. The
 * parent does not return: it exits with 0 when the child is ready, else with 1. */
int background_enter(void);

/* In the child: lets go of the terminal and the working directory, and the parent exit with 0. */
void background_ready(int fd);

#endif
