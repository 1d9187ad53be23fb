/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and their attributes.
 */
#include "open_file.h"
#include "request.h"

#include <errno.h>
#include <sys/statvfs.h>

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char path[INODE_PATH_SIZE];
	struct request r;
	struct zf_attr attr;

	if (!request_begin_in(&r, req, parent, name, path))
		return;
	if (zf_tree_stat(r.daemon->tree, &r.op, path, &attr) < 0 &&
		(r.op.err != ENOENT ||
			(!inodes_open_path(r.daemon->inodes, path, &attr) &&
				!ghosts_find(&r.daemon->ghosts, fuse_req_ctx(req)->pid, path, &attr))))
		request_fail(&r);
	else
		request_reply_entry(&r, path, &attr);
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

/* Attributes by number. What is open has some also when its name has gone, or is not there yet. */
static int look(struct request *r, fuse_ino_t ino, struct zf_attr *attr, bool *gone, double *timeout)
{
	struct inodes *inodes = r->daemon->inodes;
	char path[INODE_PATH_SIZE] = "";

	*gone = false;
	*timeout = 0;
	if (!inodes_path(inodes, ino, path)) {
		r->op.err = ESTALE;
	} else if (zf_tree_stat(r->daemon->tree, &r->op, path, attr) == 0) {
		if (inodes_is(inodes, ino, attr->kind)) {
			inodes_attr(inodes, ino, attr);
			*timeout = request_timeout(r->daemon, path);
			return 0;
		}
		r->op.err = ENOENT;
	}
	if ((r->op.err == ENOENT || r->op.err == ESTALE) && inodes_open_attr(inodes, ino, attr, gone)) {
		r->op.err = 0;
		return 0;
	}
	return -1;
}

static void reply_attr(struct request *r, fuse_ino_t ino)
{
	struct zf_attr attr;
	struct stat st;
	double timeout;
	bool gone;

	if (look(r, ino, &attr, &gone, &timeout) < 0) {
		request_fail_by_number(r, ino);
		return;
	}
	request_stat(r->daemon, ino, &attr, &st);
	if (gone)
		st.st_nlink = 0;
	request_end(r);
	fuse_reply_attr(r->req, &st, timeout);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct request r;

	(void)fi;
	request_begin(&r, req);
	reply_attr(&r, ino);
}

/* As near as 64 bits come: some 292 years around 1970. */
static int64_t nanoseconds(const struct timespec *t)
{
	int64_t ns;

	if (__builtin_mul_overflow((int64_t)t->tv_sec, 1000000000, &ns) ||
		__builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns))
		return t->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

/* Times are kept as long as the kernel knows the file; owners and permissions are those of the mount, and
 * asking for others is no error, so that programs which preserve them work. */
void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int which, struct fuse_file_info *fi)
{
	struct request r;

	request_begin_patient(&r, req, PATIENCE_WRITE);
	if ((which & FUSE_SET_ATTR_SIZE) && file_set_size(&r, ino, (uint64_t)attr->st_size, fi) < 0) {
		request_fail_by_number(&r, ino);
		return;
	}
	if (which & FUSE_SET_ATTR_MTIME_NOW)
		clock_gettime(CLOCK_REALTIME, &attr->st_mtim);
	if (which & (FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW))
		inodes_touch(r.daemon->inodes, ino, nanoseconds(&attr->st_mtim));
	reply_attr(&r, ino);
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
