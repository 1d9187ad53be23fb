/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What all requests have in common.
 */
#include "request.h"

#include <errno.h>
#include <string.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Called by libfuse with the request locked; request_end() waits for that lock. */
static void on_interrupt(fuse_req_t req, void *data)
{
	struct request *r = data;

	(void)req;
	if (r->patience == 0) {
		zf_op_cancel(&r->op);
		return;
	}
	__atomic_store_n(&r->give_up, now_ns() + r->patience, __ATOMIC_RELAXED);
	keeper_wake(r->daemon->keeper);
}

static void enlist(struct request *r)
{
	struct daemon *daemon = r->daemon;

	pthread_mutex_lock(&daemon->lock);
	r->next = daemon->requests;
	r->prev = &daemon->requests;
	if (r->next)
		r->next->prev = &r->next;
	daemon->requests = r;
	pthread_mutex_unlock(&daemon->lock);
}

void request_begin_patient(struct request *r, fuse_req_t req, int64_t patience)
{
	r->req = req;
	r->daemon = fuse_req_userdata(req);
	r->began = now_ns();
	r->patience = patience;
	r->give_up = 0;
	zf_op_init(&r->op);
	enlist(r);
	/* The kernel sends the first request when it has taken the reply to INIT. */
	if (!__atomic_exchange_n(&r->daemon->readahead, 1, __ATOMIC_RELAXED))
		readahead_set(r->daemon);
	fuse_req_interrupt_func(req, on_interrupt, r);
}

void request_begin(struct request *r, fuse_req_t req)
{
	request_begin_patient(r, req, 0);
}

void request_end(struct request *r)
{
	struct daemon *daemon = r->daemon;

	fuse_req_interrupt_func(r->req, NULL, NULL);
	pthread_mutex_lock(&daemon->lock);
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
	pthread_mutex_unlock(&daemon->lock);
}

/* Answers that programs ask for all day are not worth a line. */
static bool worth_logging(int err)
{
	static const int common[] = { ENOENT, ENOTDIR, EISDIR, ENXIO, EINTR, ENAMETOOLONG, ESTALE, EEXIST,
		ENOTEMPTY, EROFS, EPERM, EBUSY, EXDEV, EBADF };

	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		if (err == common[i])
			return false;
	}
	return true;
}

void request_fail(struct request *r)
{
	request_end(r);
	if (worth_logging(r->op.err))
		log_line(r->daemon->log, ZF_LOG_ERROR, *r->op.text ? r->op.text : strerror(r->op.err));
	fuse_reply_err(r->req, r->op.err);
}

void request_refuse(struct request *r, int err)
{
	request_end(r);
	fuse_reply_err(r->req, err);
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
	request_refuse(r, ESTALE);
	return false;
}

bool request_begin_in(
	struct request *r, fuse_req_t req, fuse_ino_t parent, const char *name, char path[INODE_PATH_SIZE])
{
	char dir[INODE_PATH_SIZE];

	if (!request_begin_at(r, req, parent, dir))
		return false;
	if (strlen(name) <= 255 && inodes_join(dir, name, path))
		return true;
	request_refuse(r, ENAMETOOLONG);
	return false;
}

void request_note_change(struct daemon *daemon)
{
	if (!__atomic_load_n(&daemon->changed, __ATOMIC_RELAXED))
		__atomic_store_n(&daemon->changed, true, __ATOMIC_RELAXED);
}

bool request_begin_change(
	struct request *r, fuse_req_t req, fuse_ino_t parent, const char *name, char path[INODE_PATH_SIZE])
{
	request_note_change(fuse_req_userdata(req));
	return request_begin_in(r, req, parent, name, path);
}

/* ---- those under way --------------------------------------------------------------------------------- */

void request_cancel_older(struct daemon *daemon, int64_t age)
{
	int64_t before = now_ns() - age;

	pthread_mutex_lock(&daemon->lock);
	for (struct request *r = daemon->requests; r; r = r->next) {
		if (r->began <= before)
			zf_op_cancel(&r->op);
	}
	pthread_mutex_unlock(&daemon->lock);
}

bool request_cancel_late(struct daemon *daemon)
{
	int64_t now = now_ns(), give_up;
	bool more = false;

	pthread_mutex_lock(&daemon->lock);
	for (struct request *r = daemon->requests; r; r = r->next) {
		give_up = __atomic_load_n(&r->give_up, __ATOMIC_RELAXED);
		if (give_up && give_up <= now)
			zf_op_cancel(&r->op);
		more |= give_up > now;
	}
	pthread_mutex_unlock(&daemon->lock);
	return more;
}

/* ---- replies ----------------------------------------------------------------------------------------- */

void request_stat(const struct daemon *daemon, fuse_ino_t ino, const struct zf_attr *attr, struct stat *out)
{
	const struct options *options = daemon->options;
	mode_t mode = attr->kind == ZF_DIR ? S_IFDIR | 0555 : S_IFREG | 0444;
	int64_t seconds = attr->mtime_ns / 1000000000, ns = attr->mtime_ns % 1000000000;

	if (ns < 0) {
		ns += 1000000000;
		seconds--;
	}
	if (!daemon->read_only && (attr->kind == ZF_DIR || attr->writable))
		mode |= 0200;
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

/* A name made by the view comes and goes with its array, whatever name that is changed by, so that the kernel
 * has to ask each time. */
double request_timeout(const struct daemon *daemon, const char *name)
{
	size_t stem;

	return !daemon->read_only && inodes_is_made(name, &stem) ? 0 : REQUEST_TIMEOUT;
}

int request_entry(struct request *r, const char *path, struct zf_attr *attr, struct fuse_entry_param *out)
{
	double timeout = request_timeout(r->daemon, path);

	*out = (struct fuse_entry_param){
		.ino = inodes_grab(r->daemon->inodes, path, attr->kind),
		.generation = 1, /* while the kernel knows it a number always means the same file */
		.attr_timeout = timeout,
		.entry_timeout = timeout,
	};
	if (out->ino == 0) {
		r->op.err = ENOMEM;
		return -1;
	}
	inodes_attr(r->daemon->inodes, out->ino, attr);
	request_stat(r->daemon, out->ino, attr, &out->attr);
	return 0;
}

void request_reply_entry(struct request *r, const char *path, struct zf_attr *attr)
{
	struct fuse_entry_param entry;

	if (request_entry(r, path, attr, &entry) < 0) {
		request_fail(r);
		return;
	}
	request_end(r);
	if (fuse_reply_entry(r->req, &entry) < 0)
		inodes_forget(r->daemon->inodes, entry.ino, 1);
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

int handle_flush_all(struct daemon *daemon, struct zf_op *op)
{
	int result = 0;

	for (struct handle *handle = daemon->handles; handle; handle = handle->next) {
		if (!handle->flush || handle->flush(daemon, handle, op) == 0)
			continue;
		log_line(daemon->log, ZF_LOG_ERROR, op->text);
		op->err = 0;
		op->text[0] = '\0';
		result = -1;
	}
	return result;
}

void handle_close_all(struct daemon *daemon)
{
	while (daemon->handles)
		handle_close(daemon, daemon->handles);
}
