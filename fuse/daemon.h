/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The daemon: one tree behind one FUSE session.
 *
 *   main.c        the command line, the process
 *   options.c     the command line's options
 *   option_values.c  ... and what can be said with them
 *   background.c  going into the background, and telling the parent how it went
 *   daemon.c      from a store to a session that serves, and back
 *   request.c     what all requests have in common: errors, interrupts, handles
 *   ops_name.c    lookup, forget, getattr, setattr, statfs
 *   ops_dir.c     opendir, readdir, readdirplus, fsyncdir, releasedir
 *   ops_change.c  mknod, mkdir, rmdir, unlink, rename
 *   ops_file.c    open, create, read, lseek, release
 *   ops_write.c   write, sizes, fallocate, flush, fsync
 *   inode.c       numbers and paths
 *   inode_cache.c what the kernel has cached of them
 *   notify.c      telling the kernel what to forget
 *   ghost.c       names that went with another one
 *   keeper.c      signals, and what takes too long
 *   writeback.c   writing what has been dirty for a while
 *   connection.c  how far the kernel reads ahead; aborting
 *   log.c         stderr or syslog
 */
#ifndef ZARRFS_DAEMON_H
#define ZARRFS_DAEMON_H

#include "options.h"

#include "ghost.h"
#include "inode.h"
#include "keeper.h"
#include "log.h"
#include "zarrfs.h"

struct handle;
struct notifier;
struct request;
struct writeback;

struct daemon {
	const struct options *options;
	struct log *log;
	char *mountpoint; /* absolute; owned */
	struct zf_ctx *ctx;
	struct zf_tree *tree;
	struct inodes *inodes;
	struct fuse_session *session;
	struct keeper *keeper;
	struct notifier *notifier;
	struct writeback *writeback;
	struct ghosts ghosts;
	bool on_file;   /* the mountpoint is a file */
	bool read_only; /* by option, or because the store is */
	bool stuck;     /* a thread could not be ended: nothing may be freed */
	int readahead;  /* atomic: it has been seen to */
	bool changed;   /* the store may have been; atomic */

	pthread_mutex_t lock;     /* the rest */
	struct handle *handles;   /* open files and directories */
	struct request *requests; /* under way */
};

enum { EXIT_MOUNT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_WRITTEN = 3 };

/* Opens the store and mounts it. 0, or -1 after saying on stderr why not; daemon_stop() in any case. */
int daemon_start(struct daemon *daemon, const struct options *options, struct log *log);

/* Serves until unmounted or told to stop by a signal, and then stores what is dirty. The exit status. */
int daemon_serve(struct daemon *daemon);

/* Unmounts, and frees everything. False if that cannot be, because a thread hangs: then the process is to end
 * at once. */
bool daemon_stop(struct daemon *daemon);

/* Lets the kernel read ahead as far as the options say, if we may. Does not touch the file system. */
void readahead_set(const struct daemon *daemon);

/* Ends all requests of the mount, answered or not, where we may. For what nothing else can end. */
void connection_abort(const struct daemon *daemon);

#endif
