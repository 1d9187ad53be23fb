/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and their attributes.
 */
#include "request.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

static void reply_entry(struct request *r, const char *path, struct zf_attr *attr)
{
	struct fuse_entry_param entry = {
		.ino = inodes_grab(r->daemon->inodes, path, attr->kind),
		.generation = 1, /* a number always means the same path */
		.attr_timeout = REQUEST_TIMEOUT,
		.entry_timeout = REQUEST_TIMEOUT,
	};

	if (entry.ino == 0) {
		r->op.err = ENOMEM;
		request_fail(r);
		return;
	}
	inodes_attr(r->daemon->inodes, entry.ino, attr);
	request_stat(r->daemon, entry.ino, attr, &entry.attr);
	request_end(r);
	if (fuse_reply_entry(r->req, &entry) < 0)
		inodes_forget(r->daemon->inodes, entry.ino, 1);
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char dir[INODE_PATH_SIZE], path[INODE_PATH_SIZE];
	struct request r;
	struct zf_attr attr;

	if (!request_begin_at(&r, req, parent, dir))
		return;
	if (strlen(name) > 255 || !inodes_join(dir, name, path)) {
		r.op.err = ENAMETOOLONG;
		request_fail(&r);
	} else if (zf_tree_stat(r.daemon->tree, &r.op, path, &attr) < 0) {
		request_fail(&r);
	} else {
		reply_entry(&r, path, &attr);
	}
}

void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
	struct daemon *daemon = fuse_req_userdata(req);

	inodes_forget(daemon->inodes, ino, n);
	fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	struct daemon *daemon = fuse_req_userdata(req);

	for (size_t i = 0; i < count; i++)
		inodes_forget(daemon->inodes, forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(req);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	char path[INODE_PATH_SIZE];
	struct request r;
	struct zf_attr attr;
	struct stat st;

	(void)fi;
	if (!request_begin_at(&r, req, ino, path))
		return;
	if (zf_tree_stat(r.daemon->tree, &r.op, path, &attr) == 0 &&
		!inodes_is(r.daemon->inodes, ino, attr.kind))
		r.op.err = ENOENT;
	if (r.op.err == 0) {
		inodes_attr(r.daemon->inodes, ino, &attr);
	} else if (r.op.err != ENOENT || !inodes_open_attr(r.daemon->inodes, ino, &attr)) {
		/* what is open has attributes also when its name has gone */
		request_fail_by_number(&r, ino);
		return;
	}
	request_stat(r.daemon, ino, &attr, &st);
	request_end(&r);
	fuse_reply_attr(req, &st, REQUEST_TIMEOUT);
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st = { .f_bsize = 4096, .f_frsize = 4096, .f_namemax = 255 };
	struct zf_space space;
	struct request r;

	(void)ino;
	request_begin(&r, req);
	if (zf_tree_space(r.daemon->tree, &r.op, &space) == 0) {
		st.f_blocks = space.total / st.f_frsize;
		st.f_bfree = st.f_bavail = space.available / st.f_frsize;
	} else if (r.op.err != EOPNOTSUPP) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	fuse_reply_statfs(req, &st);
}
