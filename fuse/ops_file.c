/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files.
 */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct open_file {
	struct handle handle;
	fuse_ino_t ino;
	struct zf_file *file;
};

static struct zf_file *file_of(const struct fuse_file_info *fi)
{
	return ((struct open_file *)handle_of(fi))->file;
}

static void close_file(struct daemon *daemon, struct handle *handle)
{
	struct open_file *f = (struct open_file *)handle;

	zf_file_close(f->file);
	inodes_closed(daemon->inodes, f->ino);
	free(f);
}

/* Whether the kernel's pages are still true, and tells it when its attributes are not: so that an fstat(2) or
 * a read after this open sees the size that was found. Only attributes: pages are dropped by the kernel
 * itself unless keep_cache is set, and waiting here for a locked page could be waiting for ourselves. */
static void settle(struct daemon *daemon, const struct open_file *f, struct fuse_file_info *fi)
{
	struct inode_opened opened;

	inodes_opened(daemon->inodes, f->ino, zf_file_version(f->file), zf_file_size(f->file), &opened);
	fi->keep_cache = opened.keep_cache;
	fi->direct_io = daemon->options->direct_io || (fi->flags & O_DIRECT) != 0;
	fi->noflush = 1;
	if (opened.stale_attr)
		fuse_lowlevel_notify_inval_inode(daemon->session, f->ino, -1, 0);
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct open_file *f = calloc(1, sizeof *f);
	char path[INODE_PATH_SIZE];
	struct request r;

	if (!f) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	f->handle.close = close_file;
	f->ino = ino;
	if (!request_begin_at(&r, req, ino, path)) {
		free(f);
		return;
	}
	if ((fi->flags & O_ACCMODE) != O_RDONLY)
		r.op.err = EROFS;
	if (r.op.err || zf_file_open(r.daemon->tree, &r.op, path, 0, &f->file) < 0) {
		request_fail_by_number(&r, ino);
		free(f);
		return;
	}
	request_end(&r);
	settle(r.daemon, f, fi);
	fi->fh = handle_add(r.daemon, &f->handle);
	if (fuse_reply_open(req, fi) < 0)
		handle_close(r.daemon, &f->handle);
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct zf_slices slices;
	struct request r;

	(void)ino;
	request_begin(&r, req);
	if (zf_file_slices(file_of(fi), &r.op, size, (uint64_t)offset, &slices) < 0) {
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
	if (zf_file_seek(file_of(fi), &r.op, (uint64_t)offset, whence == SEEK_DATA, &found) < 0) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	fuse_reply_lseek(req, (off_t)found);
}

void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	handle_close(fuse_req_userdata(req), handle_of(fi));
	fuse_reply_err(req, 0);
}
