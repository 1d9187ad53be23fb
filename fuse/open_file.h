/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open file, as ops_file.c opens it and ops_write.c writes it.
 */
#ifndef ZARRFS_OPEN_FILE_H
#define ZARRFS_OPEN_FILE_H

#include "request.h"

struct open_file {
	struct handle handle;
	fuse_ino_t ino;
	struct zf_file *file;
	struct inode_file seen; /* by the kernel */
	bool writable;
	bool made; /* its name is one that the view makes: what is written is a document, applied when flushed
		    */
	bool dirty; /* written since it was last flushed; atomic */
};

struct open_file *open_file_of(const struct fuse_file_info *fi);

/* Truncates or extends the file of an inode, through an open file if fi is there. */
int file_set_size(struct request *r, fuse_ino_t ino, uint64_t size, struct fuse_file_info *fi);

/* Writes what is dirty; sync: durably. Tells the kernel what became of the file's end, and of other names. */
int file_flush(struct daemon *daemon, struct open_file *f, struct zf_op *op, bool sync);

/* Has the kernel write what shared maps have changed; done when the notifier has nothing to do. */
void file_sync_maps(struct daemon *daemon);

/* A file was changed: its other names have to be looked at again. */
void file_changed(struct daemon *daemon, fuse_ino_t ino);

/* The same, and its time is now. */
void file_written(struct daemon *daemon, fuse_ino_t ino);

#endif
