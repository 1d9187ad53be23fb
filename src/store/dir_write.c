/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store, write side.
 *
 * A put writes a temporary beside its target, makes its bytes durable, and renames it: after a power cut the
 * name stands for the old value or the new one. The name itself lasts once its directory is synced, which
 * is put off until flush; the directories are remembered until then.
 */
#include "store/dir.h"

#include "base/limits.h"
#include "store/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_DIRTY = 1024, /* directories to remember; beyond that the whole file system is synced */
	PIECE = 8 << 20,  /* bytes written at a time, so that a cancelled operation ends soon */
	TRIES = 16        /* attempts where another program may have been quicker */
};

/* ---- directories to be synced ------------------------------------------------------------------------- */

/* Remembers a directory, the first n bytes of key. */
static void mark_dirty(struct zf_dir *dir, const char *key, size_t n)
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
	dir->dirty_lost |= dir->dirty_count > 0 || dir->dirty_all;
	zf_dir_forget_dirty(dir);
	pthread_mutex_unlock(&dir->dirty_lock);
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

int zf_dir_flush(struct zf_store *store, struct zf_op *op)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	size_t count;
	char **keys;
	int result;
	bool all, lost;

	if (zf_dir_check_root(dir, op) < 0)
		return -1;
	pthread_mutex_lock(&dir->dirty_lock);
	keys = dir->dirty;
	count = dir->dirty_count;
	all = dir->dirty_all;
	lost = dir->dirty_lost;
	dir->dirty = NULL;
	dir->dirty_count = 0;
	dir->dirty_all = dir->dirty_lost = false;
	pthread_mutex_unlock(&dir->dirty_lock);

	result = sync_directories(dir, op, keys, count, all);
	if (result < 0) {
		/* all of it again, next time */
		pthread_mutex_lock(&dir->dirty_lock);
		dir->dirty_all = true;
		dir->dirty_lost |= lost;
		pthread_mutex_unlock(&dir->dirty_lock);
	} else if (lost) {
		result = zf_fail(op, EIO, "the store was replaced before all was written");
	}
	free_keys(keys, count);
	return result;
}

/* ---- the directory of a key ---------------------------------------------------------------------------- */

static size_t parent_len(const char *key)
{
	const char *slash = strrchr(key, '/');

	return slash ? (size_t)(slash - key) : 0;
}

/* Makes the last component of path, whose parent exists. An existing one is fine. */
static int make_one(struct zf_dir *dir, struct zf_op *op, const char *path)
{
	char parent[ZF_MAX_KEY + 1];
	size_t n = parent_len(path);
	int fd, err;

	memcpy(parent, path, n);
	parent[n] = '\0';
	fd = zf_beneath_open(dir->root, dir->walk, parent, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return zf_dir_fail_open(dir, op, errno);
	err = mkdirat(fd, path + (n ? n + 1 : 0), 0777) < 0 ? errno : 0;
	close(fd);
	if (!err)
		mark_dirty(dir, parent, n);
	errno = err;
	return err && err != EEXIST ? zf_fail(op, err, "cannot make directory '%s': %m", path) : 0;
}

/* Opens the directory that a key is in, making what is missing of it. */
static int open_parent(struct zf_dir *dir, struct zf_op *op, const char *key, int *out)
{
	char path[ZF_MAX_KEY + 1];
	size_t n = parent_len(key), end;

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

/* ---- temporaries --------------------------------------------------------------------------------------- */

struct temporary {
	int parent; /* its directory */
	int fd;
	char name[64]; /* "": none, or renamed already */
};

/* Locks a new temporary. Whoever looks for leftovers may have been quicker, and removes it then. File
 * systems without locks just have no leftovers that can be told. */
static bool own_temporary(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &st) == 0 && st.st_nlink == 1;
}

/* One attempt: 0, or an errno value; EEXIST: try another name. */
static int try_temporary(struct temporary *tmp)
{
	uint64_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return EIO;
	snprintf(tmp->name, sizeof tmp->name, ZF_DIR_TMP_PREFIX "%ld-%016llx", (long)getpid(),
		(unsigned long long)number);
	tmp->fd = openat(tmp->parent, tmp->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (tmp->fd >= 0 && own_temporary(tmp->fd))
		return 0;
	tmp->name[0] = '\0';
	if (tmp->fd < 0)
		return errno;
	close(tmp->fd);
	tmp->fd = -1;
	return EEXIST;
}

static int make_temporary(struct zf_op *op, struct temporary *tmp)
{
	int err = EEXIST;

	for (int tries = 0; tries < TRIES && err == EEXIST; tries++)
		err = try_temporary(tmp);
	errno = err;
	return err ? zf_fail(op, err, "cannot make a temporary file: %m") : 0;
}

static void drop_temporary(struct temporary *tmp)
{
	if (tmp->name[0])
		unlinkat(tmp->parent, tmp->name, 0);
	if (tmp->fd >= 0)
		close(tmp->fd);
	if (tmp->parent >= 0)
		close(tmp->parent);
}

static int write_all(struct zf_op *op, int fd, const uint8_t *data, size_t len)
{
	struct timespec times[2];
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (zf_op_check(op) < 0)
			return -1;
		n = write(fd, data + done, len - done < PIECE ? len - done : PIECE);
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot write: %m");
		done += n > 0 ? (size_t)n : 0;
	}
	/* The kernel's own time may be a tick old and inode numbers come back soon: two values put one after
	 * the other would have equal tags. */
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[1] = times[0];
	if (futimens(fd, times) < 0 || fdatasync(fd) < 0)
		return zf_fail(op, errno, "cannot write: %m");
	return 0;
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
static int rename_if_absent(struct temporary *tmp, const char *name)
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

static int commit(struct zf_dir *dir, struct zf_op *op, const char *key, struct temporary *tmp,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	size_t n = parent_len(key);
	const char *name = key + (n ? n + 1 : 0);
	int result = 0, err;

	/* The one lock that is held across system calls: the check and the rename are one step for our threads.
	 * Other programs can still come between them. */
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
		mark_dirty(dir, key, n);
	}
	return result;
}

int zf_dir_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	struct temporary tmp = { .parent = -1, .fd = -1 };
	int result = -1;

	if (zf_dir_is_temporary(key))
		return zf_fail(op, EINVAL, "names with '" ZF_DIR_TMP_PREFIX "' are for temporaries");
	if (zf_dir_check_root(dir, op) < 0 || open_parent(dir, op, key, &tmp.parent) < 0)
		return -1;
	if (make_temporary(op, &tmp) < 0 || write_all(op, tmp.fd, data, len) < 0)
		goto out;
	result = commit(dir, op, key, &tmp, cond, tag);
out:
	drop_temporary(&tmp);
	return result;
}

int zf_dir_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	size_t n = parent_len(key);
	char parent[ZF_MAX_KEY + 1];
	int fd, result, err;

	if (zf_dir_is_temporary(key))
		return ZF_MISSING;
	memcpy(parent, key, n);
	parent[n] = '\0';
	result = zf_dir_open_key(dir, op, parent, O_PATH | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result;
	pthread_mutex_lock(&dir->commit);
	err = unlinkat(fd, key + (n ? n + 1 : 0), 0) < 0 ? errno : 0;
	pthread_mutex_unlock(&dir->commit);
	close(fd);
	if (err == ENOENT || err == ENAMETOOLONG || err == EISDIR)
		return zf_dir_check_root(dir, op) < 0 ? -1 : ZF_MISSING;
	errno = err;
	if (err)
		return zf_fail(op, err, "cannot delete: %m");
	mark_dirty(dir, key, n);
	return ZF_FOUND;
}
