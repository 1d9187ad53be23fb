/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The daemon: one tree behind one FUSE session.
 *
 *   main.c        the command line, the process
 *   options.c     the command line's options
 *   background.c  going into the background, and telling the parent how it went
 *   daemon.c      from a store to a session that serves, and back
 *   request.c     what all requests have in common: errors, interrupts, handles
 *   ops_name.c    lookup, forget, getattr, statfs
 *   ops_dir.c     opendir, readdir, readdirplus, releasedir
 *   ops_file.c    open, read, lseek, release
 *   inode.c       numbers and paths, and what the kernel has cached
 *   readahead.c   how far the kernel reads ahead
 *   log.c         stderr or syslog
 */
#ifndef ZARRFS_DAEMON_H
#define ZARRFS_DAEMON_H

#include "options.h"

#include "inode.h"
#include "log.h"
#include "zarrfs.h"

struct handle;

struct daemon {
	const struct options *options;
	struct log *log;
	char *mountpoint; /* absolute; owned */
	struct zf_ctx *ctx;
	struct zf_tree *tree;
	struct inodes *inodes;
	struct fuse_session *session;
	bool on_file;  /* the mountpoint is a file */
	int readahead; /* atomic: it has been seen to */

	pthread_mutex_t lock;   /* handles */
	struct handle *handles; /* open files and directories */
};

/* Opens the store and mounts it. 0, or -1 after saying on stderr why not; daemon_stop() in any case. */
int daemon_start(struct daemon *daemon, const struct options *options, struct log *log);

/* Serves until unmounted or told to stop by a signal. The exit status. */
int daemon_serve(struct daemon *daemon);
void daemon_stop(struct daemon *daemon);

/* Lets the kernel read ahead as far as the options say, if we may. Does not touch the file system. */
void readahead_set(const struct daemon *daemon);

#endif
