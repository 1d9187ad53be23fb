/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store, write side.
 *
 * A put writes a temporary beside its target; later its bytes are made durable, and it is renamed
 * (dir_pending.h): after a power cut the name stands for the old value or the new one. The name itself lasts
 * once its directory is synced, which is put off until flush; the directories are remembered until then.
 *
 * A put with a condition is done at once.
 */
#include "store/dir.h"

#include "base/limits.h"
#include "store/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAX_DIRTY = 1024, /* directories to remember; beyond that the whole file system is synced */
	TRIES = 16        /* attempts where another program may have been quicker */
};

/* ---- directories to be synced ------------------------------------------------------------------------- */

void zf_dir_mark_dirty(struct zf_dir *dir, const char *key, size_t n)
{
	size_t i = 0;
	char *copy = NULL;

	pthread_mutex_lock(&dir->dirty_lock);
	while (i < dir->dirty_count && (strncmp(dir->dirty[i], key, n) != 0 || dir->dirty[i][n]))
		i++;
	if (i == dir->dirty_count && !dir->dirty_all) {
		if (!dir->dirty)
			dir->dirty = calloc(MAX_DIRTY, sizeof *dir->dirty);
		if (dir->dirty && i < MAX_DIRTY)
			copy = strndup(key, n);
		if (copy)
			dir->dirty[dir->dirty_count++] = copy;
		else
			dir->dirty_all = true;
	}
	pthread_mutex_unlock(&dir->dirty_lock);
}

static void free_keys(char **keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(keys[i]);
	free(keys);
}

void zf_dir_forget_dirty(struct zf_dir *dir)
{
	free_keys(dir->dirty, dir->dirty_count);
	dir->dirty = NULL;
	dir->dirty_count = 0;
	dir->dirty_all = false;
}

void zf_dir_lose_dirty(struct zf_dir *dir)
{
	pthread_mutex_lock(&dir->dirty_lock);
	dir->lost |= dir->dirty_count > 0 || dir->dirty_all;
	zf_dir_forget_dirty(dir);
	pthread_mutex_unlock(&dir->dirty_lock);
}

void zf_dir_note_loss(struct zf_dir *dir)
{
	pthread_mutex_lock(&dir->dirty_lock);
	dir->lost = true;
	pthread_mutex_unlock(&dir->dirty_lock);
}

/* Tells a loss, once. */
static int tell_loss(struct zf_dir *dir, struct zf_op *op)
{
	bool lost;

	pthread_mutex_lock(&dir->dirty_lock);
	lost = dir->lost;
	dir->lost = false;
	pthread_mutex_unlock(&dir->dirty_lock);
	return lost ? zf_fail(op, EIO, "the store was replaced before all was written") : 0;
}

static int sync_fd(struct zf_op *op, int fd, int (*sync)(int))
{
	if (sync(fd) == 0)
		return 0;
	/* some file systems have nothing to sync in a directory */
	if (errno == EINVAL || errno == EROFS)
		return 0;
	return zf_fail(op, errno, "cannot sync: %m");
}

/* A directory that is gone needs no sync: what removed it was remembered with its parent. */
static int sync_directory(struct zf_dir *dir, struct zf_op *op, const char *key, int (*sync)(int))
{
	int fd, result;

	result = zf_dir_open_key(dir, op, key, O_RDONLY | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	result = sync_fd(op, fd, sync);
	close(fd);
	return result;
}

static int sync_directories(struct zf_dir *dir, struct zf_op *op, char *const *keys, size_t count, bool all)
{
	if (all)
		return sync_directory(dir, op, "", syncfs);
	for (size_t i = 0; i < count; i++)
		if (sync_directory(dir, op, keys[i], fsync) < 0)
			return -1;
	return 0;
}

int zf_dir_settle(struct zf_store *store, struct zf_op *op)
{
	struct zf_dir *dir = (struct zf_dir *)store;

	if (zf_dir_check_root(dir, op) < 0 || zf_pending_settle(dir, op) < 0)
		return -1;
	return tell_loss(dir, op);
}

static int flush_directories(struct zf_dir *dir, struct zf_op *op)
{
	size_t count;
	char **keys;
	int result;
	bool all;

	pthread_mutex_lock(&dir->dirty_lock);
	keys = dir->dirty;
	count = dir->dirty_count;
	all = dir->dirty_all;
	dir->dirty = NULL;
	dir->dirty_count = 0;
	dir->dirty_all = false;
	pthread_mutex_unlock(&dir->dirty_lock);

	result = sync_directories(dir, op, keys, count, all);
	if (result < 0) {
		/* all of it again, next time */
		pthread_mutex_lock(&dir->dirty_lock);
		dir->dirty_all = true;
		pthread_mutex_unlock(&dir->dirty_lock);
	}
	free_keys(keys, count);
	return result;
}

int zf_dir_flush(struct zf_store *store, struct zf_op *op)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	struct zf_op own;

	if (zf_dir_check_root(dir, op) < 0)
		return -1;
	/* what did get its name is to be durable all the same */
	zf_pending_settle(dir, op);
	zf_op_init(&own);
	flush_directories(dir, &own);
	zf_op_adopt(op, &own);
	return op->err ? -1 : tell_loss(dir, op);
}

/* ---- the directory of a key ---------------------------------------------------------------------------- */

/* Makes the last component of path, whose parent exists. An existing one is fine. */
static int make_one(struct zf_dir *dir, struct zf_op *op, const char *path)
{
	char parent[ZF_MAX_KEY + 1];
	size_t n = zf_dir_parent_len(path);
	int fd, err;

	memcpy(parent, path, n);
	parent[n] = '\0';
	fd = zf_beneath_open(dir->root, dir->walk, parent, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return zf_dir_fail_open(dir, op, errno);
	err = mkdirat(fd, path + (n ? n + 1 : 0), 0777) < 0 ? errno : 0;
	close(fd);
	if (!err)
		zf_dir_mark_dirty(dir, parent, n);
	errno = err;
	return err && err != EEXIST ? zf_fail(op, err, "cannot make directory '%s': %m", path) : 0;
}

int zf_dir_open_existing_parent(const struct zf_dir *dir, const char *key)
{
	char path[ZF_MAX_KEY + 1];
	size_t n = zf_dir_parent_len(key);

	memcpy(path, key, n);
	path[n] = '\0';
	return zf_beneath_open(dir->root, dir->walk, path, O_PATH | O_DIRECTORY);
}

int zf_dir_open_parent(struct zf_dir *dir, struct zf_op *op, const char *key, int *out)
{
	char path[ZF_MAX_KEY + 1];
	size_t n = zf_dir_parent_len(key), end;

	memcpy(path, key, n);
	path[n] = '\0';
	for (int tries = 0; tries < TRIES; tries++) {
		*out = zf_beneath_open(dir->root, dir->walk, path, O_PATH | O_DIRECTORY);
		if (*out >= 0)
			return 0;
		if (errno != ENOENT || n == 0)
			break;
		for (end = strcspn(path, "/");; end += 1 + strcspn(path + end + 1, "/")) {
			path[end] = '\0';
			if (make_one(dir, op, path) < 0)
				return -1;
			if (end == n)
				break;
			path[end] = '/';
		}
	}
	return zf_dir_fail_open(dir, op, errno);
}

/* ---- put and del --------------------------------------------------------------------------------------- */

/* Whether the value has the tag still. */
static int check_tag(struct zf_dir *dir, struct zf_op *op, const char *key, const struct zf_tag *tag)
{
	struct zf_value now;
	int result = dir->store.ops->stat(&dir->store, op, key, &now);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING || !zf_tag_equal(&now.tag, tag))
		return zf_fail(op, ESTALE, "the value was changed by somebody else");
	return 0;
}

/* Gives the temporary its name if nothing has it. Not all file systems can do this with a rename. */
static int rename_if_absent(struct zf_tmp *tmp, const char *name)
{
	if (renameat2(tmp->parent, tmp->name, tmp->parent, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(tmp->parent, tmp->name, tmp->parent, name, 0) < 0)
		return -1;
	unlinkat(tmp->parent, tmp->name, 0);
	return 0;
}

static int commit(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	size_t n = zf_dir_parent_len(key);
	const char *name = key + (n ? n + 1 : 0);
	int result = 0, err;

	/* The one lock that is held across system calls: the check and the rename are one step for our
	 * threads. Other programs can still come between them. */
	pthread_mutex_lock(&dir->commit);
	if (cond == ZF_PUT_IF_TAG)
		result = check_tag(dir, op, key, tag);
	if (result == 0 && cond == ZF_PUT_IF_ABSENT)
		err = rename_if_absent(tmp, name) < 0 ? errno : 0;
	else
		err = result == 0 && renameat(tmp->parent, tmp->name, tmp->parent, name) < 0 ? errno : 0;
	pthread_mutex_unlock(&dir->commit);

	errno = err;
	if (err == EEXIST && cond == ZF_PUT_IF_ABSENT)
		return zf_fail(op, EEXIST, "there is a value already");
	if (err)
		return zf_fail(op, err, "cannot replace: %m");
	if (result == 0) {
		tmp->name[0] = '\0';
		zf_dir_mark_dirty(dir, key, n);
	}
	return result;
}

/* Puts a value at once, after all that were put before it. */
static int put_now(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_pending *same;
	struct zf_op own;

	zf_op_init(&own);
	if (zf_pending_settle(dir, &own) < 0) {
		/* other keys are the business of settle and flush */
		same = zf_pending_find(dir, key);
		zf_pending_drop(dir, same);
		if (same)
			return zf_op_adopt(op, &own);
	}
	if (fdatasync(tmp->fd) < 0)
		return zf_fail(op, errno, "cannot write: %m");
	return commit(dir, op, key, tmp, cond, tag);
}

/* What rename would say later, and nobody could be told. */
static int check_target(struct zf_op *op, const char *key, const struct zf_tmp *tmp)
{
	size_t n = zf_dir_parent_len(key);
	struct stat st;
	int err = 0;

	if (fstatat(tmp->parent, key + (n ? n + 1 : 0), &st, AT_SYMLINK_NOFOLLOW) == 0)
		err = S_ISDIR(st.st_mode) ? EISDIR : 0;
	else if (errno == ENAMETOOLONG)
		err = errno;
	errno = err;
	return err ? zf_fail(op, err, "cannot replace: %m") : 0;
}

int zf_dir_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	struct zf_tmp tmp = ZF_TMP_NONE;
	int result = -1;

	if (zf_dir_is_temporary(key))
		return zf_fail(op, EINVAL, "names with '" ZF_DIR_TMP_PREFIX "' are for temporaries");
	if (zf_dir_check_root(dir, op) < 0 || zf_pending_room(dir, op) < 0)
		return -1;
	if (zf_pending_make_way(dir, op, key) < 0 || zf_dir_open_parent(dir, op, key, &tmp.parent) < 0)
		return -1;
	if (check_target(op, key, &tmp) < 0 || zf_tmp_make(dir, op, key, &tmp) < 0 ||
		zf_tmp_write(op, &tmp, data, len) < 0)
		goto out;
	if (cond == ZF_PUT_ALWAYS)
		return zf_pending_add(dir, op, key, &tmp, len);
	result = put_now(dir, op, key, &tmp, cond, tag);
out:
	zf_tmp_drop(dir, &tmp);
	return result;
}

int zf_dir_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	size_t n = zf_dir_parent_len(key);
	char parent[ZF_MAX_KEY + 1];
	int fd, pending, result, err;

	if (zf_dir_is_temporary(key))
		return ZF_MISSING;
	memcpy(parent, key, n);
	parent[n] = '\0';
	pending = zf_pending_delete(dir, op, key);
	if (pending < 0)
		return -1;
	result = zf_dir_open_key(dir, op, parent, O_PATH | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result < 0 ? -1 : pending;
	pthread_mutex_lock(&dir->commit);
	err = unlinkat(fd, key + (n ? n + 1 : 0), 0) < 0 ? errno : 0;
	pthread_mutex_unlock(&dir->commit);
	close(fd);
	if (err == ENOENT || err == ENAMETOOLONG || err == EISDIR)
		return zf_dir_check_root(dir, op) < 0 ? -1 : pending;
	errno = err;
	if (err)
		return zf_fail(op, err, "cannot delete: %m");
	zf_dir_mark_dirty(dir, key, n);
	return ZF_FOUND;
}
