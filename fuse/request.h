/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all requests have in common. One runs like this:
 *
 *     struct request r;
 *     request_begin(&r, req);
 *     if (zf_...(..., &r.op, ...) < 0) {
 *             request_fail(&r);
 *             return;
 *     }
 *     request_end(&r);
 *     fuse_reply_...(req, ...);
 *
 * Between begin and end (or fail) an interrupt by the kernel cancels the operation, and so does the end of
 * the mount.
 */
#ifndef ZARRFS_REQUEST_H
#define ZARRFS_REQUEST_H

#include "daemon.h"

#include <sys/stat.h>

#define REQUEST_TIMEOUT 1.0 /* seconds that the kernel may believe names and attributes */

/* How long an operation goes on after an interrupt, in ns. Most programs do not expect that writing is
 * interrupted, and it rarely takes long; closing cannot be tried again. */
#define PATIENCE_WRITE 1000000000
#define PATIENCE_CLOSE 5000000000

struct request {
	fuse_req_t req;
	struct daemon *daemon;
	struct zf_op op;
	struct request *next, **prev; /* among those under way */
	int64_t began;                /* monotonic ns */
	int64_t patience;
	int64_t give_up; /* when (monotonic ns) its operation is cancelled; 0: not interrupted; atomic */
};

void request_begin(struct request *r, fuse_req_t req);
void request_begin_patient(struct request *r, fuse_req_t req, int64_t patience);

/* Before any reply: after it the request is no more, and nobody may cancel. */
void request_end(struct request *r);

/* Ends with the operation's error: logs it, if it is one that users should read of, and replies. */
void request_fail(struct request *r);

/* The same with an error that needs no words. */
void request_refuse(struct request *r, int err);

/* The same for a request by number that found nothing, or something else, under the number's name: the kernel
 * looks the name up again before it tells anybody. */
void request_fail_by_number(struct request *r, fuse_ino_t ino);

/* Starts with the path of an inode; replies ESTALE, and returns false, if there is none. */
bool request_begin_at(struct request *r, fuse_req_t req, fuse_ino_t ino, char path[INODE_PATH_SIZE]);

/* Starts with the path of a name in a directory; replies, and returns false, if there can be none. */
bool request_begin_in(
	struct request *r, fuse_req_t req, fuse_ino_t parent, const char *name, char path[INODE_PATH_SIZE]);

/* Starts with that of a name that is to be made, removed or changed. */
bool request_begin_change(
	struct request *r, fuse_req_t req, fuse_ino_t parent, const char *name, char path[INODE_PATH_SIZE]);

/* From now on the store may have to be synchronised at the end. */
void request_note_change(struct daemon *daemon);

/* Cancels what has been under way for `age` ns. */
void request_cancel_older(struct daemon *daemon, int64_t age);

/* Cancels what was interrupted and has run out of patience. Whether some still has patience. */
bool request_cancel_late(struct daemon *daemon);

/* The attributes as the kernel wants them. */
void request_stat(const struct daemon *daemon, fuse_ino_t ino, const struct zf_attr *attr, struct stat *out);

/* How long the kernel may believe in a name. */
double request_timeout(const struct daemon *daemon, const char *name);

/* An entry for a path, with a reference, to be given back with inodes_forget() when the kernel does not take
 * it. -1 when memory is out. */
int request_entry(struct request *r, const char *path, struct zf_attr *attr, struct fuse_entry_param *out);

/* Ends, and replies with an entry. */
void request_reply_entry(struct request *r, const char *path, struct zf_attr *attr);

/* ---- handles: what is open, so that all of it can be closed at the end ---- */

struct handle {
	struct handle *next, **prev;
	int (*flush)(struct daemon *daemon, struct handle *handle, struct zf_op *op); /* NULL: nothing to */
	void (*close)(struct daemon *daemon, struct handle *handle);                  /* frees it */
};

uint64_t handle_add(struct daemon *daemon, struct handle *handle);
struct handle *handle_of(const struct fuse_file_info *fi);

/* Takes it out and closes it. */
void handle_close(struct daemon *daemon, struct handle *handle);

/* When nobody uses them any more. Flushing logs errors; -1 if there were some. */
int handle_flush_all(struct daemon *daemon, struct zf_op *op);
void handle_close_all(struct daemon *daemon);

/* ---- the operations ---- */

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n);
void op_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets);
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int which, struct fuse_file_info *fi);
void op_statfs(fuse_req_t req, fuse_ino_t ino);

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t device);
void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags);
void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name);
void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name);

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi);
void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi);
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);

void op_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t offset,
	struct fuse_file_info *fi);
void op_fallocate(
	fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t len, struct fuse_file_info *fi);
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);

#endif
