/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all requests have in common.
 */
#include "request.h"

#include <errno.h>
#include <string.h>

/* Called by libfuse with the request locked; request_end() waits for that lock. */
static void on_interrupt(fuse_req_t req, void *data)
{
	struct request *r = data;

	(void)req;
	zf_op_cancel(&r->op);
}

void request_begin(struct request *r, fuse_req_t req)
{
	r->req = req;
	r->daemon = fuse_req_userdata(req);
	zf_op_init(&r->op);
	/* The kernel sends the first request when it has taken the reply to INIT. */
	if (!__atomic_exchange_n(&r->daemon->readahead, 1, __ATOMIC_RELAXED))
		readahead_set(r->daemon);
	fuse_req_interrupt_func(req, on_interrupt, r);
}

void request_end(struct request *r)
{
	fuse_req_interrupt_func(r->req, NULL, NULL);
}

/* Answers that programs ask for all day are not worth a line. */
static bool worth_logging(int err)
{
	return err != ENOENT && err != ENOTDIR && err != EISDIR && err != ENXIO && err != EINTR &&
	       err != ENAMETOOLONG && err != ESTALE;
}

void request_fail(struct request *r)
{
	request_end(r);
	if (worth_logging(r->op.err))
		log_line(r->daemon->log, ZF_LOG_ERROR, *r->op.text ? r->op.text : strerror(r->op.err));
	fuse_reply_err(r->req, r->op.err);
}

void request_fail_by_number(struct request *r, fuse_ino_t ino)
{
	int err = r->op.err;

	if (ino != INODE_ROOT && (err == ENOENT || err == ENOTDIR || err == EISDIR))
		r->op.err = ESTALE;
	request_fail(r);
}

bool request_begin_at(struct request *r, fuse_req_t req, fuse_ino_t ino, char path[INODE_PATH_SIZE])
{
	request_begin(r, req);
	if (inodes_path(r->daemon->inodes, ino, path))
		return true;
	r->op.err = ESTALE;
	request_fail(r);
	return false;
}

void request_stat(const struct daemon *daemon, fuse_ino_t ino, const struct zf_attr *attr, struct stat *out)
{
	const struct options *options = daemon->options;
	mode_t mode = attr->kind == ZF_DIR ? S_IFDIR | 0555 : S_IFREG | 0444;
	int64_t seconds = attr->mtime_ns / 1000000000, ns = attr->mtime_ns % 1000000000;

	if (ns < 0) {
		ns += 1000000000;
		seconds--;
	}
	*out = (struct stat){
		.st_ino = ino,
		.st_mode = mode & ~options->umask,
		.st_nlink = 1, /* of a directory: unknown, so that find(1) does not count on it */
		.st_uid = options->uid,
		.st_gid = options->gid,
		.st_size = (off_t)attr->size,
		.st_blksize = 4096,
		.st_blocks = (blkcnt_t)(attr->size / 512 + (attr->size % 512 != 0)),
	};
	out->st_mtim.tv_sec = (time_t)seconds;
	out->st_mtim.tv_nsec = (long)ns;
	out->st_atim = out->st_ctim = out->st_mtim;
}

/* ---- handles ----------------------------------------------------------------------------------------- */

uint64_t handle_add(struct daemon *daemon, struct handle *handle)
{
	pthread_mutex_lock(&daemon->lock);
	handle->next = daemon->handles;
	handle->prev = &daemon->handles;
	if (handle->next)
		handle->next->prev = &handle->next;
	daemon->handles = handle;
	pthread_mutex_unlock(&daemon->lock);
	return (uint64_t)(uintptr_t)handle;
}

struct handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}

void handle_close(struct daemon *daemon, struct handle *handle)
{
	pthread_mutex_lock(&daemon->lock);
	*handle->prev = handle->next;
	if (handle->next)
		handle->next->prev = handle->prev;
	pthread_mutex_unlock(&daemon->lock);
	handle->close(daemon, handle);
}

void handle_close_all(struct daemon *daemon)
{
	while (daemon->handles)
		handle_close(daemon, daemon->handles);
}
