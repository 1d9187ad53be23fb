/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: opening, reading, closing.
 */
#include "notify.h"
#include "open_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct open_file *open_file_of(const struct fuse_file_info *fi)
{
	return (struct open_file *)handle_of(fi);
}

static int flush_handle(struct daemon *daemon, struct handle *handle, struct zf_op *op)
{
	struct open_file *f = (struct open_file *)handle;

	return __atomic_load_n(&f->dirty, __ATOMIC_RELAXED) ? file_flush(daemon, f, op, false) : 0;
}

static void close_file(struct daemon *daemon, struct handle *handle)
{
	struct open_file *f = (struct open_file *)handle;

	inodes_closed(daemon->inodes, &f->seen);
	zf_file_close(f->file);
	free(f);
}

/* New; writable as the flags of open(2) say. */
static struct open_file *new_file(int flags, const char *path)
{
	struct open_file *f = calloc(1, sizeof *f);
	size_t stem;

	if (!f)
		return NULL;
	f->handle.flush = flush_handle;
	f->handle.close = close_file;
	f->writable = (flags & O_ACCMODE) != O_RDONLY;
	f->made = inodes_is_made(path, &stem);
	return f;
}

static unsigned file_flags(int flags)
{
	unsigned result = 0;

	if ((flags & O_ACCMODE) != O_RDONLY) {
		result |= ZF_FILE_WRITE;
		if (flags & O_TRUNC)
			result |= ZF_FILE_TRUNCATE;
	}
	return result;
}

/* Whether the kernel's pages are still true, and tells it when its attributes are not: so that an fstat(2) or
 * a read after this open sees the size that was found. Only attributes: pages are dropped by the kernel
 * itself unless keep_cache is set, and waiting here for a locked page could be waiting for ourselves. */
static void settle(struct daemon *daemon, struct open_file *f, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct inode_opened opened;

	f->ino = ino;
	f->seen.file = f->file;
	inodes_opened(daemon->inodes, ino, &f->seen, &opened);
	fi->keep_cache = opened.keep_cache;
	/* Without a size the kernel has to ask for each read whether there is more. */
	fi->direct_io =
		daemon->options->direct_io || (fi->flags & O_DIRECT) != 0 || !zf_file_is_sized(f->file);
	fi->noflush = !f->writable;
	if (opened.stale_attr)
		notify_attr(daemon, ino);
	if (f->writable && (fi->flags & O_TRUNC))
		file_written(daemon, ino);
	fi->fh = handle_add(daemon, &f->handle);
}

/* O_TRUNC empties a file also for who only wants to read it. */
static int open_it(struct request *r, struct open_file *f, fuse_ino_t ino, const char *path, int flags)
{
	if (!f) {
		r->op.err = ENOMEM;
		return -1;
	}
	if (!f->writable && (flags & O_TRUNC) && file_set_size(r, ino, 0, NULL) < 0)
		return -1;
	if (f->writable)
		request_note_change(r->daemon);
	return zf_file_open(r->daemon->tree, &r->op, path, file_flags(flags), &f->file);
}

/* One that could not be opened. */
static void drop_file(struct daemon *daemon, struct open_file *f)
{
	if (f)
		close_file(daemon, &f->handle);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	char path[INODE_PATH_SIZE];
	struct open_file *f;
	struct request r;

	if (!request_begin_at(&r, req, ino, path))
		return;
	f = new_file(fi->flags, path);
	if (open_it(&r, f, ino, path, fi->flags) < 0) {
		request_fail_by_number(&r, ino);
		drop_file(r.daemon, f); /* not of req, which the reply has freed */
		return;
	}
	settle(r.daemon, f, ino, fi);
	request_end(&r);
	if (fuse_reply_open(req, fi) < 0)
		handle_close(r.daemon, &f->handle);
}

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A file that is made. An npy or an .info that is being written is in the tree when it is flushed; until then
 * its attributes are those of the open file. */
static int create_it(
	struct request *r, struct open_file *f, const char *path, int flags, struct fuse_entry_param *out)
{
	unsigned how = file_flags(flags) | ZF_FILE_CREATE | (flags & O_EXCL ? ZF_FILE_EXCLUSIVE : 0);
	struct zf_attr attr = { .kind = ZF_FILE, .mtime_ns = wall_ns(), .writable = true };

	if (!f) {
		r->op.err = ENOMEM;
		return -1;
	}
	if (zf_file_open(r->daemon->tree, &r->op, path, how, &f->file) < 0)
		return -1;
	attr.size = zf_file_size(f->file);
	return request_entry(r, path, &attr, out);
}

void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	struct fuse_entry_param entry;
	char path[INODE_PATH_SIZE];
	struct open_file *f;
	struct request r;

	(void)mode;
	if (!request_begin_change(&r, req, parent, name, path))
		return;
	f = new_file(fi->flags, path);
	if (create_it(&r, f, path, fi->flags, &entry) < 0) {
		request_fail(&r);
		drop_file(r.daemon, f); /* not of req, which the reply has freed */
		return;
	}
	f->dirty = true; /* others see it when it is closed, also where nothing was written */
	settle(r.daemon, f, entry.ino, fi);
	request_end(&r);
	if (fuse_reply_create(req, &entry, fi) < 0) {
		handle_close(r.daemon, &f->handle);
		inodes_forget(r.daemon->inodes, entry.ino, 1);
	}
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct open_file *f = open_file_of(fi);
	struct zf_slices slices;
	struct request r;

	(void)ino;
	request_begin(&r, req);
	/* before the bytes are taken: who writes them later finds that they may be in the kernel */
	inodes_read(&f->seen, (uint64_t)offset + size >= zf_file_size(f->file));
	if (zf_file_slices(f->file, &r.op, size, (uint64_t)offset, &slices) < 0) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	if (slices.len > 0)
		fuse_reply_iov(req, slices.iov, slices.count);
	else
		fuse_reply_buf(req, NULL, 0);
	zf_slices_free(&slices);
}

void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi)
{
	struct request r;
	uint64_t found;

	(void)ino;
	if (whence != SEEK_DATA && whence != SEEK_HOLE) {
		fuse_reply_err(req, EINVAL);
		return;
	}
	if (offset < 0) {
		fuse_reply_err(req, ENXIO);
		return;
	}
	request_begin(&r, req);
	if (zf_file_seek(open_file_of(fi)->file, &r.op, (uint64_t)offset, whence == SEEK_DATA, &found) < 0) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	fuse_reply_lseek(req, (off_t)found);
}

/* What a map wrote after the file was closed has to be flushed here, and nobody learns of errors but the log;
 * the library keeps what it could not write, and tries again. */
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct open_file *f = open_file_of(fi);
	struct request r;

	(void)ino;
	request_begin_patient(&r, req, PATIENCE_CLOSE);
	if (flush_handle(r.daemon, &f->handle, &r.op) < 0)
		log_line(r.daemon->log, ZF_LOG_ERROR, r.op.text);
	request_end(&r);
	handle_close(r.daemon, &f->handle);
	fuse_reply_err(req, 0);
}
