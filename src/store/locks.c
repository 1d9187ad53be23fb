/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks of chunks. Those taken here belong to the open file, not to the process: they exclude zarr-python's
 * as its own do, but our threads as well, and closing another descriptor of the file does not drop them.
 */
#include "store/locks.h"

#include "base/limits.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How long to sleep between two attempts: at first, and at most. */
enum { FIRST_NS = 1000 * 1000, LAST_NS = 50 * 1000 * 1000 };

struct zf_chunk_locks {
	int dir;
	char *name; /* for messages; owned */
};

struct zf_chunk_lock {
	int fd;
};

/* Makes the directories of path, all but its last component. Those that are there are fine. */
static void make_parents(int dir, char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdirat(dir, path, 0777);
		*p = '/';
	}
}

int zf_chunk_locks_new(struct zf_op *op, const char *directory, struct zf_chunk_locks **out)
{
	struct zf_chunk_locks *locks = calloc(1, sizeof *locks);
	char *name = strdup(directory);

	if (!locks || !name) {
		zf_nomem(op, sizeof *locks + strlen(directory));
		goto fail;
	}
	locks->dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (locks->dir < 0 && errno == ENOENT) {
		if (*name)
			make_parents(AT_FDCWD, name);
		mkdir(name, 0777);
		locks->dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (locks->dir < 0) {
		zf_fail(op, errno, "directory of locks '%s': %m", directory);
		goto fail;
	}
	locks->name = name;
	*out = locks;
	return 0;
fail:
	free(name);
	free(locks);
	return -1;
}

void zf_chunk_locks_free(struct zf_chunk_locks *locks)
{
	if (!locks)
		return;
	close(locks->dir);
	free(locks->name);
	free(locks);
}

static int open_file(const struct zf_chunk_locks *locks, const char *key)
{
	const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;
	char path[ZF_MAX_KEY + 1];
	int fd = openat(locks->dir, key, flags, 0666);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	strcpy(path, key);
	make_parents(locks->dir, path);
	return openat(locks->dir, key, flags, 0666);
}

/* Waits with short sleeps: a wait in the kernel could not be cancelled. */
static int wait_for_lock(struct zf_op *op, int fd)
{
	struct timespec pause = { .tv_nsec = FIRST_NS };

	for (;;) {
		struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

		if (zf_op_check(op) < 0)
			return -1;
		if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return zf_fail(op, errno, "cannot lock: %m");
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST_NS)
			pause.tv_nsec *= 2;
	}
}

int zf_chunk_lock(struct zf_chunk_locks *locks, struct zf_op *op, const char *key, struct zf_chunk_lock **out)
{
	struct zf_chunk_lock *lock;

	if (!zf_key_valid(key))
		return zf_fail(op, EINVAL, "lock in '%s': invalid key", locks->name);
	lock = malloc(sizeof *lock);
	if (!lock)
		return zf_nomem(op, sizeof *lock);
	lock->fd = open_file(locks, key);
	if (lock->fd < 0)
		zf_fail(op, errno, "cannot open: %m");
	if (lock->fd < 0 || wait_for_lock(op, lock->fd) < 0) {
		zf_where(op, "lock '%s/%s'", locks->name, key);
		if (lock->fd >= 0)
			close(lock->fd);
		free(lock);
		return -1;
	}
	*out = lock;
	return 0;
}

/* Closing the file gives the lock back. */
void zf_chunk_unlock(struct zf_chunk_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}
