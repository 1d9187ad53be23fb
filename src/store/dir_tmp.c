/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Temporaries of the directory store.
 */
#include "store/dir_tmp.h"

#include "base/limits.h"
#include "store/beneath.h"
#include "store/dir.h"

#include <dirent.h>
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
	PIECE = 8 << 20, /* bytes written at a time, so that a cancelled operation ends soon */
	TRIES = 16       /* attempts where another program may have been quicker */
};

/* ---- files that are locked as long as their writer lives ---------------------------------------------- */

/* Locks a new file. Whoever looks for leftovers may have been quicker, and removes it then. File systems
 * without locks just have no leftovers that can be told. */
static bool own(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &st) == 0 && st.st_nlink == 1;
}

/* One attempt: 0, or an errno value; EEXIST: try another name. */
static int try_file(int parent, const char *name, int flags, int *out)
{
	int fd = openat(parent, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd < 0)
		return errno;
	if (own(fd)) {
		*out = fd;
		return 0;
	}
	close(fd);
	return EEXIST;
}

static int random_name(char name[static ZF_DIR_TMP_NAME], const char *prefix)
{
	uint64_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return EIO;
	snprintf(name, ZF_DIR_TMP_NAME, "%s%ld-%016llx", prefix, (long)getpid(), (unsigned long long)number);
	return 0;
}

/* Opens a file whose writer is dead, and keeps it locked; -1: it is none. */
static int open_leftover(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void zf_tmp_remove_leftover(int parent, const char *name)
{
	int fd = open_leftover(parent, name);

	if (fd < 0)
		return;
	unlinkat(parent, name, 0);
	close(fd);
}

/* ---- the ledger of this writer ------------------------------------------------------------------------ */

void zf_ledger_init(struct zf_ledger *ledger)
{
	pthread_mutex_init(&ledger->lock, NULL);
	ledger->fd = -1;
}

void zf_ledger_destroy(struct zf_ledger *ledger)
{
	pthread_mutex_destroy(&ledger->lock);
}

uint64_t zf_ledger_size(struct zf_ledger *ledger)
{
	uint64_t size;

	pthread_mutex_lock(&ledger->lock);
	size = ledger->size;
	pthread_mutex_unlock(&ledger->lock);
	return size;
}

static int open_ledgers(const struct zf_dir *dir, int flags)
{
	return openat(dir->root, ZF_DIR_LEDGERS, flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Without a ledger, as in a root that we may not write to, leftovers are found by listing only. */
static void begin_ledger(const struct zf_dir *dir, struct zf_ledger *ledger)
{
	int folder, err = ENOENT;

	/* a writer that ends removes the folder when nothing is in it */
	for (int tries = 0; tries < TRIES && (err == ENOENT || err == EEXIST); tries++) {
		mkdirat(dir->root, ZF_DIR_LEDGERS, 0777);
		folder = open_ledgers(dir, O_PATH);
		if (folder < 0) {
			err = errno;
			continue;
		}
		err = random_name(ledger->name, "");
		if (!err)
			err = try_file(folder, ledger->name, O_WRONLY | O_APPEND, &ledger->fd);
		close(folder);
	}
	ledger->size = 0;
}

static void end_ledger(const struct zf_dir *dir, struct zf_ledger *ledger)
{
	int folder = open_ledgers(dir, O_PATH);

	if (folder >= 0) {
		unlinkat(folder, ledger->name, 0);
		close(folder);
		unlinkat(dir->root, ZF_DIR_LEDGERS, AT_REMOVEDIR);
	}
	close(ledger->fd);
	ledger->fd = -1;
	ledger->size = 0;
}

/* To be called before the temporary exists. */
static void enter(struct zf_dir *dir, const char *key, size_t parent_len, const char *name)
{
	struct zf_ledger *ledger = &dir->ledger;
	char line[ZF_MAX_KEY + ZF_DIR_TMP_NAME + 2];
	int n = snprintf(line, sizeof line, "%.*s%s%s", (int)parent_len, key, parent_len ? "/" : "", name);

	pthread_mutex_lock(&ledger->lock);
	if (ledger->users++ == 0)
		begin_ledger(dir, ledger);
	if (ledger->fd >= 0 && write(ledger->fd, line, (size_t)n + 1) > 0)
		ledger->size += (size_t)n + 1;
	pthread_mutex_unlock(&ledger->lock);
}

/* To be called when the temporary is no more. */
static void leave(struct zf_dir *dir)
{
	struct zf_ledger *ledger = &dir->ledger;

	pthread_mutex_lock(&ledger->lock);
	if (--ledger->users == 0 && ledger->fd >= 0)
		end_ledger(dir, ledger);
	pthread_mutex_unlock(&ledger->lock);
}

/* ---- the ledgers of others ---------------------------------------------------------------------------- */

/* A line of a ledger: anybody may have written it. */
static void clean_line(const struct zf_dir *dir, char *line)
{
	char *slash = strrchr(line, '/'), *name = slash ? slash + 1 : line;
	int parent;

	if (!zf_key_valid(line) || strncmp(name, ZF_DIR_TMP_PREFIX, sizeof ZF_DIR_TMP_PREFIX - 1) != 0)
		return;
	if (slash)
		*slash = '\0';
	parent = zf_beneath_open(dir->root, dir->walk, slash ? line : "", O_PATH | O_DIRECTORY);
	if (parent < 0)
		return;
	zf_tmp_remove_leftover(parent, name);
	close(parent);
}

static void clean_ledger(const struct zf_dir *dir, int folder, const char *name)
{
	char line[ZF_MAX_KEY + 1];
	size_t n = 0;
	FILE *file;
	int c, fd = open_leftover(folder, name);

	if (fd < 0)
		return;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return;
	}
	while ((c = getc(file)) != EOF) {
		if (n < sizeof line)
			line[n++] = (char)c;
		if (c)
			continue;
		/* one that is too long has no NUL here, and is no key */
		if (!line[n - 1])
			clean_line(dir, line);
		n = 0;
	}
	unlinkat(folder, name, 0);
	fclose(file);
}

void zf_ledger_clean(struct zf_dir *dir)
{
	const struct dirent *entry;
	int folder = open_ledgers(dir, O_RDONLY);
	DIR *stream = folder < 0 ? NULL : fdopendir(folder);

	if (!stream) {
		if (folder >= 0)
			close(folder);
		return;
	}
	while ((entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			clean_ledger(dir, folder, entry->d_name);
	closedir(stream);
	unlinkat(dir->root, ZF_DIR_LEDGERS, AT_REMOVEDIR);
}

/* Calls fn for the files of a folder whose writer is dead, among those whose names begin so. */
static int tell_leftovers(int folder, const char *start, zf_store_list_fn *fn, void *arg)
{
	const struct dirent *entry;
	DIR *stream = fdopendir(folder);

	if (!stream) {
		close(folder);
		return ZF_FOUND;
	}
	while ((entry = readdir(stream))) {
		int fd = -1;

		if (strncmp(entry->d_name, start, strlen(start)) == 0 && entry->d_name[0] != '\0')
			fd = open_leftover(dirfd(stream), entry->d_name);
		if (fd < 0)
			continue;
		close(fd);
		if (fn(arg, entry->d_name, false) != 0)
			break;
	}
	closedir(stream);
	return ZF_FOUND;
}

int zf_tmp_leftovers(
	struct zf_dir *dir, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	bool ledgers = strcmp(prefix, ZF_DIR_LEDGERS) == 0;
	int folder = zf_beneath_open(dir->root, dir->walk, prefix, O_RDONLY | O_DIRECTORY), there;

	(void)op;
	if (folder < 0)
		return ZF_FOUND;
	if (!*prefix && (there = open_ledgers(dir, O_PATH)) >= 0) {
		close(there);
		fn(arg, ZF_DIR_LEDGERS, true);
	}
	return tell_leftovers(folder, ledgers ? "" : ZF_DIR_TMP_PREFIX, fn, arg);
}

/* ---- temporaries -------------------------------------------------------------------------------------- */

int zf_tmp_make(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp)
{
	size_t n = zf_dir_parent_len(key);
	int err = EEXIST;

	for (int tries = 0; tries < TRIES && err == EEXIST; tries++) {
		err = random_name(tmp->name, ZF_DIR_TMP_PREFIX);
		if (err)
			break;
		enter(dir, key, n, tmp->name);
		err = try_file(tmp->parent, tmp->name, O_RDWR, &tmp->fd);
		if (err)
			leave(dir);
	}
	if (!err)
		return 0;
	tmp->name[0] = '\0';
	errno = err;
	return zf_fail(op, err, "cannot make a temporary file: %m");
}

int zf_tmp_write(struct zf_op *op, const struct zf_tmp *tmp, const void *data, size_t len)
{
	struct timespec times[2];
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (zf_op_check(op) < 0)
			return -1;
		n = write(tmp->fd, (const uint8_t *)data + done, len - done < PIECE ? len - done : PIECE);
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot write: %m");
		done += n > 0 ? (size_t)n : 0;
	}
	/* The kernel's own time may be a tick old and inode numbers come back soon: two values put one after
	 * the other would have equal tags. */
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[1] = times[0];
	return futimens(tmp->fd, times) < 0 ? zf_fail(op, errno, "cannot write: %m") : 0;
}

void zf_tmp_drop(struct zf_dir *dir, struct zf_tmp *tmp)
{
	if (tmp->name[0] && tmp->parent >= 0)
		unlinkat(tmp->parent, tmp->name, 0);
	if (tmp->fd >= 0) {
		close(tmp->fd);
		leave(dir);
	}
	if (tmp->parent >= 0)
		close(tmp->parent);
	*tmp = ZF_TMP_NONE;
}
