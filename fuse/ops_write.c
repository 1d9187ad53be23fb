/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: writing, and what the kernel has to be told then.
 *
 * Data passes through the kernel's page cache to us at once (no writeback cache): so we know the size, errors
 * come at the write, and the cache holds what we were given. It does not know three things: that bytes
 * between the old end and a write beyond it are fill value, not zeros; that a flush rounds the size up to
 * whole rows; and that the array has other names.
 */
#include "notify.h"
#include "open_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { PAGE = 4096 };

#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE 1
#define FALLOC_FL_PUNCH_HOLE 2
#endif

void file_changed(struct daemon *daemon, fuse_ino_t ino)
{
	struct inode_other others[INODE_OTHERS];
	int count = inodes_others(daemon->inodes, ino, others);
	uint64_t ticket = 0;

	for (int i = 0; i < count; i++) {
		if (others[i].attr)
			notify_attr(daemon, others[i].ino);
		if (others[i].pages)
			ticket = notify_pages(daemon->notifier, others[i].ino, 0, 0);
	}
	notify_wait(daemon->notifier, ticket, NOTIFY_PATIENCE_MS);
}

void file_written(struct daemon *daemon, fuse_ino_t ino)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	inodes_touch(daemon->inodes, ino, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
	file_changed(daemon, ino);
}

/* The file grew by other bytes than those that the kernel put into its pages. The page of the old end is
 * locked by nobody: a write locks only pages that are not read. */
static void end_moved(struct daemon *daemon, struct open_file *f, uint64_t old)
{
	uint64_t ticket;

	if (old % PAGE == 0 || !inodes_take_end(&f->seen))
		return;
	ticket = notify_pages(daemon->notifier, f->ino, old, 1);
	notify_wait(daemon->notifier, ticket, NOTIFY_PATIENCE_MS);
}

static void mark_dirty(struct open_file *f)
{
	__atomic_store_n(&f->dirty, true, __ATOMIC_RELEASE);
}

/* ---- writing ----------------------------------------------------------------------------------------- */

/* Where a write goes (*at), and how much of it. Pages of a map come with offsets of their own, and never make
 * a file longer; who appends does so at the true end, which the kernel may not know. */
static int place(struct open_file *f, const struct fuse_file_info *fi, struct zf_op *op, uint64_t size,
	uint64_t *at, size_t *len)
{
	if (fi->writepage) {
		if (*at >= size)
			*len = 0;
		else if (*len > size - *at)
			*len = (size_t)(size - *at);
		return 0;
	}
	return fi->flags & O_APPEND && !f->made ? zf_file_end(f->file, op, at) : 0;
}

void op_write(
	fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct open_file *f = open_file_of(fi);
	uint64_t old = zf_file_size(f->file), at = (uint64_t)offset;
	struct request r;
	size_t len = size;

	request_begin_patient(&r, req, PATIENCE_WRITE);
	mark_dirty(f);
	if (place(f, fi, &r.op, old, &at, &len) < 0 ||
		(len > 0 && zf_file_pwrite(f->file, &r.op, buf, len, at) < 0)) {
		request_fail(&r);
		return;
	}
	if (at > old)
		end_moved(r.daemon, f, old);
	if (at != (uint64_t)offset) {
		notify_attr(r.daemon, ino);
		notify_pages(r.daemon->notifier, ino, (uint64_t)offset, size);
		notify_pages(r.daemon->notifier, ino, at, len);
	}
	file_written(r.daemon, ino);
	request_end(&r);
	fuse_reply_write(req, size);
}

/* ---- sizes ------------------------------------------------------------------------------------------- */

/* Without an open file: nobody will close it, so what it does to the store is done now. */
static int set_size_by_path(struct request *r, fuse_ino_t ino, uint64_t size)
{
	char path[INODE_PATH_SIZE];
	struct zf_file *file;
	int result;
	size_t stem;

	if (!inodes_path(r->daemon->inodes, ino, path)) {
		r->op.err = ESTALE;
		return -1;
	}
	if (zf_file_open(r->daemon->tree, &r->op, path, ZF_FILE_WRITE, &file) < 0)
		return -1;
	result = zf_file_truncate(file, &r->op, size);
	if (result == 0 && !inodes_is_made(path, &stem))
		result = zf_file_flush(file, &r->op);
	zf_file_close(file);
	return result;
}

int file_set_size(struct request *r, fuse_ino_t ino, uint64_t size, struct fuse_file_info *fi)
{
	uint64_t ticket;
	int result;

	if (r->daemon->read_only) {
		r->op.err = EROFS;
		return -1;
	}
	request_note_change(r->daemon);
	if (fi) {
		mark_dirty(open_file_of(fi));
		result = zf_file_truncate(open_file_of(fi)->file, &r->op, size);
	} else {
		result = set_size_by_path(r, ino, size);
	}
	if (result < 0)
		return -1;
	/* An array without dimensions keeps its size, so that the kernel would keep its pages too. */
	if (size == 0) {
		ticket = notify_pages(r->daemon->notifier, ino, 0, 0);
		notify_wait(r->daemon->notifier, ticket, NOTIFY_PATIENCE_MS);
	}
	file_written(r->daemon, ino);
	return 0;
}

/* Sizes beyond the end are like truncate(2)'s. Room cannot be reserved: compressed chunks take what they
 * take. */
static int allocate(struct request *r, struct open_file *f, int mode, uint64_t offset, uint64_t len)
{
	uint64_t end;

	switch (mode) {
	case 0:
		if (__builtin_add_overflow(offset, len, &end) || end > INT64_MAX) {
			r->op.err = EFBIG;
			return -1;
		}
		return end > zf_file_size(f->file) ? zf_file_truncate(f->file, &r->op, end) : 0;
	case FALLOC_FL_KEEP_SIZE:
		return 0;
	case FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE:
		return zf_file_punch(f->file, &r->op, offset, len);
	default:
		r->op.err = EOPNOTSUPP;
		return -1;
	}
}

/* Of pages that a hole begins or ends in the kernel makes the part within it zeros, when it has our answer:
 * they are dropped before, so that it finds none, and after, should somebody have read them meanwhile. */
void op_fallocate(
	fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t len, struct fuse_file_info *fi)
{
	struct open_file *f = open_file_of(fi);
	bool punch = mode & FALLOC_FL_PUNCH_HOLE;
	struct request r;
	uint64_t ticket, old = zf_file_size(f->file);

	request_begin_patient(&r, req, PATIENCE_WRITE);
	mark_dirty(f);
	if (allocate(&r, f, mode, (uint64_t)offset, (uint64_t)len) < 0) {
		if (r.op.err == EOPNOTSUPP && !*r.op.text)
			request_refuse(&r, EOPNOTSUPP);
		else
			request_fail(&r);
		return;
	}
	if (zf_file_size(f->file) > old)
		end_moved(r.daemon, f, old);
	if (punch) {
		ticket = notify_pages(r.daemon->notifier, ino, (uint64_t)offset, (uint64_t)len);
		notify_wait(r.daemon->notifier, ticket, NOTIFY_PATIENCE_MS);
		notify_pages(r.daemon->notifier, ino, (uint64_t)offset, (uint64_t)len);
	}
	file_written(r.daemon, ino);
	request_end(&r);
	fuse_reply_err(req, 0);
}

/* Starting to write all pages is fast for many of them, but need not wait; dropping those of an inode waits.
 */
void file_sync_maps(struct daemon *daemon)
{
	const struct open_file *f;
	bool begun = false;

	pthread_mutex_lock(&daemon->lock);
	for (struct handle *handle = daemon->handles; handle; handle = handle->next) {
		f = (const struct open_file *)handle;
		if (!handle->flush || !f->writable)
			continue;
		if (!begun)
			notify_sync(daemon->notifier);
		begun = true;
		notify_pages(daemon->notifier, f->ino, 0, 0);
	}
	pthread_mutex_unlock(&daemon->lock);
}

/* ---- flushing ---------------------------------------------------------------------------------------- */

/* A document that was applied is another text now. */
static void flushed(struct daemon *daemon, struct open_file *f, uint64_t old)
{
	if (zf_file_size(f->file) != old || f->made)
		notify_attr(daemon, f->ino);
	if (f->made)
		notify_wait(
			daemon->notifier, notify_pages(daemon->notifier, f->ino, 0, 0), NOTIFY_PATIENCE_MS);
	else if (zf_file_size(f->file) > old)
		end_moved(daemon, f, old);
	if (zf_file_size(f->file) != old || f->made)
		file_changed(daemon, f->ino);
}

int file_flush(struct daemon *daemon, struct open_file *f, struct zf_op *op, bool sync)
{
	bool dirty = __atomic_exchange_n(&f->dirty, false, __ATOMIC_ACQ_REL);
	uint64_t old = zf_file_size(f->file);
	int result;

	/* Closed after nothing was written: shells do that, with a copy of the descriptor, before they write.
	 */
	if (f->made && !dirty)
		return 0;
	result = sync ? zf_file_sync(f->file, op) : zf_file_flush(f->file, op);
	if (result == 0)
		flushed(daemon, f, old);
	else if (op->err == EINTR && dirty)
		mark_dirty(f);
	return result;
}

static void flush(fuse_req_t req, struct open_file *f, int64_t patience, bool sync)
{
	struct request r;
	int result = 0;

	request_begin_patient(&r, req, patience);
	if (f->writable)
		result = file_flush(r.daemon, f, &r.op, sync);
	else if (sync && !r.daemon->read_only)
		result = zf_tree_flush(r.daemon->tree, &r.op);
	if (result < 0) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	fuse_reply_err(req, 0);
}

void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	flush(req, open_file_of(fi), PATIENCE_CLOSE, false);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)ino;
	(void)datasync;
	flush(req, open_file_of(fi), PATIENCE_WRITE, true);
}
