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
 * Between begin and end (or fail) an interrupt by the kernel cancels the operation.
 */
#ifndef ZARRFS_REQUEST_H
#define ZARRFS_REQUEST_H

#include "daemon.h"

#include <sys/stat.h>

#define REQUEST_TIMEOUT 1.0 /* seconds that the kernel may believe names and attributes */

struct request {
	fuse_req_t req;
	struct daemon *daemon;
	struct zf_op op;
};

void request_begin(struct request *r, fuse_req_t req);

/* Before any reply: after it the request is no more, and nobody may cancel. */
void request_end(struct request *r);

/* Ends with the operation's error: logs it, if it is one that users should read of, and replies. */
void request_fail(struct request *r);

/* The same for a request by number that found nothing, or something else, under the number's name: the kernel
 * looks the name up again before it tells anybody. */
void request_fail_by_number(struct request *r, fuse_ino_t ino);

/* Starts with the path of an inode; replies ESTALE, and returns false, if there is none. */
bool request_begin_at(struct request *r, fuse_req_t req, fuse_ino_t ino, char path[INODE_PATH_SIZE]);

/* The attributes as the kernel wants them. */
void request_stat(const struct daemon *daemon, fuse_ino_t ino, const struct zf_attr *attr, struct stat *out);

/* ---- handles: what is open, so that all of it can be closed at the end ---- */

struct handle {
	struct handle *next, **prev;
	void (*close)(struct daemon *daemon, struct handle *handle); /* frees it */
};

uint64_t handle_add(struct daemon *daemon, struct handle *handle);
struct handle *handle_of(const struct fuse_file_info *fi);

/* Takes it out and closes it. */
void handle_close(struct daemon *daemon, struct handle *handle);
void handle_close_all(struct daemon *daemon);

/* ---- the operations ---- */

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n);
void op_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets);
void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_statfs(fuse_req_t req, fuse_ino_t ino);

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi);
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);

#endif
