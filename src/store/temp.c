/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The temporary store: a wrapper over a directory store that removes the directory at the end. A process that
 * is killed leaves it behind, for whoever cleans $TMPDIR.
 */
#include "store/temp.h"

#include "store/backend.h"
#include "store/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temp {
	struct zf_store store;
	struct zf_store *below; /* owned */
	int root;               /* the directory: its name may come to mean another */
	char *path;             /* owned */
};

static int temp_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	return zf_next_get(((struct temp *)store)->below, op, key, range, out, value);
}

static int temp_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	return zf_next_stat(((struct temp *)store)->below, op, key, value);
}

static int temp_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	return zf_next_list(((struct temp *)store)->below, op, prefix, fn, arg);
}

static int temp_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	return zf_next_put(((struct temp *)store)->below, op, key, data, len, cond, tag);
}

static int temp_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	return zf_next_del(((struct temp *)store)->below, op, key);
}

static int temp_settle(struct zf_store *store, struct zf_op *op)
{
	return zf_next_settle(((struct temp *)store)->below, op);
}

static int temp_flush(struct zf_store *store, struct zf_op *op)
{
	return zf_next_flush(((struct temp *)store)->below, op);
}

static int temp_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	return zf_next_rename(((struct temp *)store)->below, op, from, to);
}

static int temp_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	return zf_next_prune(((struct temp *)store)->below, op, prefix);
}

static int temp_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(((struct temp *)store)->below, op, out);
}

/* ---- removing ------------------------------------------------------------------------------------------ */

static DIR *open_stream(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !stream)
		close(fd);
	return stream;
}

static const char *next_name(DIR *stream)
{
	const struct dirent *entry;

	do
		entry = readdir(stream);
	while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	return entry ? entry->d_name : NULL;
}

/* Removes a directory in root whose own directories are moved up into root first. So neither the length of
 * paths nor their depth matters. */
static void remove_one(int root, const char *name, unsigned *moved)
{
	DIR *stream = open_stream(root, name);
	const char *inner;
	char up[64];

	while (stream && (inner = next_name(stream))) {
		if (unlinkat(dirfd(stream), inner, 0) == 0)
			continue;
		snprintf(up, sizeof up, ZF_DIR_TMP_PREFIX "removed-%u", *moved);
		*moved += renameat(dirfd(stream), inner, root, up) == 0;
	}
	if (stream)
		closedir(stream);
	unlinkat(root, name, AT_REMOVEDIR);
}

/* Empties the directory; what cannot be removed stays. */
static void empty(int root)
{
	unsigned moved = 0, before;
	bool more = true;

	while (more) {
		DIR *stream = open_stream(root, ".");
		const char *name;

		before = moved;
		while (stream && (name = next_name(stream)))
			if (unlinkat(root, name, 0) < 0)
				remove_one(root, name, &moved);
		if (stream)
			closedir(stream);
		more = moved != before;
	}
}

static void temp_close(struct zf_store *store)
{
	struct temp *temp = (struct temp *)store;

	zf_store_close(temp->below);
	if (temp->root >= 0) {
		empty(temp->root);
		close(temp->root);
	}
	if (temp->path)
		rmdir(temp->path);
	free(temp->path);
	zf_store_fini(store);
	free(temp);
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static const struct zf_store_ops temp_ops = {
	.kind = "temp",
	.get = temp_get,
	.stat = temp_stat,
	.list = temp_list,
	.put = temp_put,
	.del = temp_del,
	.settle = temp_settle,
	.flush = temp_flush,
	.rename = temp_rename,
	.prune = temp_prune,
	.space = temp_space,
	.close = temp_close,
};

/* The daemon has another working directory later: an absolute path. */
static char *make_directory(struct zf_op *op)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	if (!tmp || *tmp != '/')
		tmp = "/tmp";
	if (asprintf(&path, "%s/zarrfs-temp-XXXXXX", tmp) < 0) {
		zf_nomem(op, strlen(tmp));
		return NULL;
	}
	if (mkdtemp(path))
		return path;
	zf_fail(op, errno, "cannot make a directory in %s: %m", tmp);
	free(path);
	return NULL;
}

static int make(struct zf_ctx *ctx, struct zf_op *op, char *path, struct zf_store *below, struct temp **out)
{
	struct temp *temp = calloc(1, sizeof *temp);
	char *name = NULL;
	int result = -1;

	if (!temp || asprintf(&name, "temp:%s", path) < 0)
		zf_nomem(op, sizeof *temp + strlen(path));
	else
		result = zf_store_init(&temp->store, op, &temp_ops, ctx, below->caps, name);
	free(name);
	if (result < 0) {
		free(temp);
		return -1;
	}
	temp->below = below;
	temp->path = path;
	temp->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*out = temp;
	return 0;
}

int zf_temp_open(struct zf_ctx *ctx, struct zf_op *op, struct zf_store **out)
{
	struct zf_store *below = NULL;
	struct temp *temp = NULL;
	char *path = make_directory(op);

	if (!path)
		return -1;
	if (zf_dir_open(ctx, op, path, 0, &below) < 0 || make(ctx, op, path, below, &temp) < 0) {
		zf_store_close(below);
		rmdir(path);
		free(path);
		return -1;
	}
	*out = &temp->store;
	return 0;
}
