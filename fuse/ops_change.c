/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of names.
 */
#include "notify.h"
#include "open_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A plain file, closed again. Other kinds there are none. */
void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t device)
{
	char path[INODE_PATH_SIZE];
	struct zf_file *file;
	struct zf_attr attr;
	struct request r;
	int result;

	(void)device;
	if (!S_ISREG(mode)) {
		fuse_reply_err(req, EPERM);
		return;
	}
	if (!request_begin_change(&r, req, parent, name, path))
		return;
	result = zf_file_open(
		r.daemon->tree, &r.op, path, ZF_FILE_WRITE | ZF_FILE_CREATE | ZF_FILE_EXCLUSIVE, &file);
	if (result == 0) {
		result = zf_file_flush(file, &r.op);
		zf_file_close(file);
	}
	if (result < 0 || zf_tree_stat(r.daemon->tree, &r.op, path, &attr) < 0)
		request_fail(&r);
	else
		request_reply_entry(&r, path, &attr);
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	char path[INODE_PATH_SIZE];
	struct zf_attr attr;
	struct request r;

	(void)mode;
	if (!request_begin_change(&r, req, parent, name, path))
		return;
	if (zf_tree_mkdir(r.daemon->tree, &r.op, path) < 0 ||
		zf_tree_stat(r.daemon->tree, &r.op, path, &attr) < 0)
		request_fail(&r);
	else
		request_reply_entry(&r, path, &attr);
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char path[INODE_PATH_SIZE];
	struct zf_attr attr;
	struct request r;
	pid_t pid = fuse_req_ctx(req)->pid;

	if (!request_begin_change(&r, req, parent, name, path))
		return;
	if (zf_tree_rmdir(r.daemon->tree, &r.op, path) < 0 &&
		(r.op.err != ENOENT || !ghosts_find(&r.daemon->ghosts, pid, path, &attr))) {
		request_fail(&r);
		return;
	}
	ghosts_shrink(&r.daemon->ghosts, pid, path);
	inodes_removed(r.daemon->inodes, path, ZF_DIR);
	request_refuse(&r, 0);
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	char path[INODE_PATH_SIZE];
	struct zf_attr attr;
	struct request r;
	pid_t pid = fuse_req_ctx(req)->pid;

	if (!request_begin_change(&r, req, parent, name, path))
		return;
	if (zf_tree_unlink(r.daemon->tree, &r.op, path) == 0)
		ghosts_add(&r.daemon->ghosts, pid, path);
	else if (r.op.err != ENOENT || !ghosts_find(&r.daemon->ghosts, pid, path, &attr)) {
		request_fail(&r);
		return;
	}
	inodes_removed(r.daemon->inodes, path, ZF_FILE);
	request_refuse(&r, 0);
}

/* ---- rename ------------------------------------------------------------------------------------------ */

/* An open file keeps its number. The bytes may be others where a name that the view makes is among the two:
 * what was data has become a document. */
static void renamed(struct daemon *daemon, const char *from, const char *to)
{
	struct inode_renamed done;

	inodes_renamed(daemon->inodes, from, to, &done);
	if (done.replaced) {
		notify_attr(daemon, done.replaced);
		notify_pages(daemon->notifier, done.replaced, 0, 0);
	}
	if (done.moved) {
		notify_attr(daemon, done.moved);
		notify_pages(daemon->notifier, done.moved, 0, 0);
		file_changed(daemon, done.moved);
	}
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
	const char *new_name, unsigned flags)
{
	char from[INODE_PATH_SIZE], dir[INODE_PATH_SIZE], to[INODE_PATH_SIZE];
	struct request r;

	if (!request_begin_change(&r, req, parent, name, from))
		return;
	if (!inodes_path(r.daemon->inodes, new_parent, dir)) {
		request_refuse(&r, ESTALE);
	} else if (strlen(new_name) > 255 || !inodes_join(dir, new_name, to)) {
		request_refuse(&r, ENAMETOOLONG);
	} else if (flags & ~(unsigned)RENAME_NOREPLACE) {
		request_refuse(&r, EINVAL);
	} else if (zf_tree_rename(r.daemon->tree, &r.op, from, to,
			   flags & RENAME_NOREPLACE ? ZF_RENAME_NOREPLACE : 0) < 0) {
		request_fail(&r);
	} else {
		renamed(r.daemon, from, to);
		request_refuse(&r, 0);
	}
}

/* ---- what a store has no place for ------------------------------------------------------------------- */

void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	(void)target;
	(void)parent;
	(void)name;
	fuse_reply_err(req, EPERM);
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	(void)ino;
	(void)parent;
	(void)name;
	fuse_reply_err(req, EPERM);
}
