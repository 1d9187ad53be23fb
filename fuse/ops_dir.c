/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Directories. An open one is a snapshot of its listing, so that offsets stay true: "." is 1, ".." is 2, the
 * names follow. Reading again from the start takes a new one, as rewinddir(3) should.
 */
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct dir_entry {
	char *name; /* owned */
	struct zf_attr attr;
	uint64_t granted; /* the inode of which the reply being made gives a reference */
};

struct dir {
	struct handle handle;
	char path[INODE_PATH_SIZE];
	struct dir_entry *entries;
	size_t count, room;
	bool read; /* since the snapshot was taken */
	bool nomem;
};

static void clear(struct dir *dir)
{
	for (size_t i = 0; i < dir->count; i++)
		free(dir->entries[i].name);
	free(dir->entries);
	dir->entries = NULL;
	dir->count = dir->room = 0;
	dir->read = dir->nomem = false;
}

static int on_name(void *arg, const char *name, const struct zf_attr *attr)
{
	struct dir *dir = arg;
	char *copy = strdup(name);

	if (copy && dir->count == dir->room) {
		size_t room = dir->room ? 2 * dir->room : 64;
		struct dir_entry *more = reallocarray(dir->entries, room, sizeof *more);

		if (more) {
			dir->entries = more;
			dir->room = room;
		}
	}
	if (!copy || dir->count == dir->room) {
		free(copy);
		dir->nomem = true;
		return 1;
	}
	dir->entries[dir->count++] = (struct dir_entry){ .name = copy, .attr = *attr };
	return 0;
}

static int take_snapshot(struct request *r, struct dir *dir)
{
	clear(dir);
	if (zf_tree_list(r->daemon->tree, &r->op, dir->path, on_name, dir) < 0)
		return -1;
	if (dir->nomem)
		r->op.err = ENOMEM;
	return dir->nomem ? -1 : 0;
}

static void close_dir(struct daemon *daemon, struct handle *handle)
{
	struct dir *dir = (struct dir *)handle;

	(void)daemon;
	clear(dir);
	free(dir);
}

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct dir *dir = calloc(1, sizeof *dir);
	struct request r;

	if (!dir) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	dir->handle.close = close_dir;
	if (!request_begin_at(&r, req, ino, dir->path)) {
		free(dir);
		return;
	}
	if (take_snapshot(&r, dir) < 0) {
		request_fail_by_number(&r, ino);
		close_dir(r.daemon, &dir->handle);
		return;
	}
	request_end(&r);
	fi->fh = handle_add(r.daemon, &dir->handle);
	if (fuse_reply_open(req, fi) < 0)
		handle_close(r.daemon, &dir->handle);
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct request r;

	(void)ino;
	(void)datasync;
	(void)fi;
	request_begin_patient(&r, req, PATIENCE_WRITE);
	if (!r.daemon->read_only && zf_tree_flush(r.daemon->tree, &r.op) < 0) {
		request_fail(&r);
		return;
	}
	request_end(&r);
	fuse_reply_err(req, 0);
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	handle_close(fuse_req_userdata(req), handle_of(fi));
	fuse_reply_err(req, 0);
}

/* ---- filling a reply --------------------------------------------------------------------------------- */

struct reply {
	struct request *r;
	struct dir *dir;
	uint64_t ino; /* of the directory */
	bool plus;
	char *buf;
	size_t size, used;
	size_t first, end; /* the entries in it */
};

/* The path of the directory above. */
static void parent_of(const char *path, char out[INODE_PATH_SIZE])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	memcpy(out, path, n);
	out[n] = '\0';
}

/* False when it did not fit. */
static bool put(struct reply *reply, const char *name, const struct fuse_entry_param *entry, size_t next)
{
	char *to = reply->buf + reply->used;
	size_t room = reply->size - reply->used, n;

	if (reply->plus)
		n = fuse_add_direntry_plus(reply->r->req, to, room, name, entry, (off_t)next);
	else
		n = fuse_add_direntry(reply->r->req, to, room, name, &entry->attr, (off_t)next);
	if (n > room)
		return false;
	reply->used += n;
	return true;
}

/* "." and "..": the kernel takes no references to these. */
static bool put_dots(struct reply *reply, size_t at)
{
	struct fuse_entry_param entry = { .attr = { .st_mode = S_IFDIR, .st_ino = reply->ino } };
	char parent[INODE_PATH_SIZE];

	if (at == 1) {
		parent_of(reply->dir->path, parent);
		entry.attr.st_ino = inodes_number(reply->r->daemon->inodes, parent, ZF_DIR);
	}
	return put(reply, at == 0 ? "." : "..", &entry, at + 1);
}

/* A name; in a "plus" reply it comes with what a lookup gives, and a reference as there. */
static bool put_name(struct reply *reply, size_t i)
{
	struct daemon *daemon = reply->r->daemon;
	struct dir_entry *e = &reply->dir->entries[i];
	struct fuse_entry_param entry = { .generation = 1 };
	struct zf_attr attr = e->attr;
	char path[INODE_PATH_SIZE];

	e->granted = 0;
	entry.attr_timeout = entry.entry_timeout = request_timeout(daemon, e->name);
	if (!inodes_join(reply->dir->path, e->name, path))
		return true;
	if (reply->plus) {
		e->granted = entry.ino = inodes_grab(daemon->inodes, path, attr.kind);
		if (!entry.ino)
			return false;
		inodes_attr(daemon->inodes, entry.ino, &attr);
	}
	request_stat(daemon, entry.ino ? entry.ino : inodes_number(daemon->inodes, path, attr.kind), &attr,
		&entry.attr);
	if (put(reply, e->name, &entry, i + 3))
		return true;
	if (reply->plus)
		inodes_forget(daemon->inodes, entry.ino, 1);
	return false;
}

static void fill(struct reply *reply, size_t offset)
{
	size_t at = offset;

	while (at < 2 && put_dots(reply, at))
		at++;
	if (at < 2)
		return;
	reply->first = reply->end = at - 2;
	while (reply->end < reply->dir->count && put_name(reply, reply->end))
		reply->end++;
}

static void send(struct reply *reply)
{
	request_end(reply->r);
	if (fuse_reply_buf(reply->r->req, reply->buf, reply->used) == 0 || !reply->plus)
		return;
	for (size_t i = reply->first; i < reply->end; i++)
		inodes_forget(reply->r->daemon->inodes, reply->dir->entries[i].granted, 1);
}

static void read_dir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct dir *dir, bool plus)
{
	struct request r;
	struct reply reply = {
		.r = &r, .dir = dir, .ino = ino, .plus = plus, .size = size, .buf = malloc(size)
	};

	request_begin(&r, req);
	if (!reply.buf) {
		r.op.err = ENOMEM;
		request_fail(&r);
	} else if (offset == 0 && dir->read && take_snapshot(&r, dir) < 0) {
		request_fail(&r);
	} else {
		dir->read = true;
		fill(&reply, (size_t)offset);
		send(&reply);
	}
	free(reply.buf);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_dir(req, ino, size, offset, (struct dir *)handle_of(fi), false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_dir(req, ino, size, offset, (struct dir *)handle_of(fi), true);
}
