/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store, read side. A get is openat2, fstat, pread into its final place, close.
 *
 * "Missing" is believed only while the root directory exists: chunks of a store that was removed or
 * replaced under the mount would read as fill values otherwise. When another program has made the store
 * anew at the same path (as zarr-python's mode "w" does), it is found again there.
 */
#include "store/dir.h"

#include "base/limits.h"
#include "store/backend.h"
#include "store/beneath.h"
#include "store/children.h"
#include "store/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PIECE = 8 << 20 }; /* bytes read at a time, so that a cancelled operation ends soon */

/* ---- below the root ---------------------------------------------------------------------------------- */

bool zf_dir_is_temporary(const char *key)
{
	size_t n = sizeof ZF_DIR_TMP_PREFIX - 1;

	return strncmp(key, ZF_DIR_TMP_PREFIX, n) == 0 || strstr(key, "/" ZF_DIR_TMP_PREFIX);
}

int zf_dir_fail_open(const struct zf_dir *dir, struct zf_op *op, int err)
{
	if (err == EXDEV)
		return zf_fail(op, EIO, "a symbolic link leads out of the store");
	if (err == ELOOP && dir->walk)
		return zf_fail(op, EIO, "a symbolic link, which only Linux 5.6 and later can follow safely");
	if (err == ELOOP)
		return zf_fail(op, EIO, "symbolic links lead in a circle");
	if (err == ENXIO || err == ENODEV)
		return zf_fail(op, EIO, "not a regular file");
	errno = err;
	return zf_fail(op, err, "cannot open: %m");
}

/* Whether the directory at our path may be taken for the root that is gone. If so the new descriptor takes
 * the number of the old one in one step, so that other threads see either. */
static bool find_root_again(struct zf_dir *dir)
{
	int fd = open(dir->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool found;

	if (fd < 0)
		return false;
	found = dup3(fd, dir->root, O_CLOEXEC) >= 0;
	close(fd);
	if (found) {
		__atomic_add_fetch(&dir->root_changes, 1, __ATOMIC_RELEASE);
		zf_dir_lose_dirty(dir);
		zf_pending_forget(dir);
	}
	return found;
}

int zf_dir_check_root(struct zf_dir *dir, struct zf_op *op)
{
	struct stat st;

	if (fstat(dir->root, &st) == 0 && st.st_nlink > 0)
		return 0;
	if (find_root_again(dir))
		return 1;
	return zf_fail(op, EIO, "the store has disappeared");
}

static bool is_missing(int err)
{
	return err == ENOENT || err == ENOTDIR || err == ENAMETOOLONG;
}

/* A link to nothing is not the same as nothing: its value is elsewhere. */
static int check_dangling(struct zf_dir *dir, struct zf_op *op, const char *key)
{
	int fd = zf_beneath_open(dir->root, dir->walk, key, O_PATH | O_NOFOLLOW);
	struct stat st;
	bool dangling;

	if (fd < 0)
		return ZF_MISSING;
	dangling = fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
	close(fd);
	return dangling ? zf_fail(op, EIO, "a symbolic link leads nowhere") : ZF_MISSING;
}

int zf_dir_open_key(struct zf_dir *dir, struct zf_op *op, const char *key, int flags, int *out)
{
	int fd, root, err = ENOENT;

	for (int tries = 0; tries < 2; tries++) {
		fd = zf_beneath_open(dir->root, dir->walk, key, flags);
		if (fd >= 0) {
			*out = fd;
			return ZF_FOUND;
		}
		err = errno;
		if (!is_missing(err) && err != ESTALE)
			return zf_dir_fail_open(dir, op, err);
		root = zf_dir_check_root(dir, op);
		if (root < 0)
			return -1;
		if (root == 0)
			break;
	}
	return err == ESTALE ? zf_dir_fail_open(dir, op, err) : check_dangling(dir, op, key);
}

/* ---- values ------------------------------------------------------------------------------------------ */

static int64_t nanoseconds(const struct statx_timestamp *t)
{
	int64_t ns;

	if (__builtin_mul_overflow((int64_t)t->tv_sec, (int64_t)1000000000, &ns) ||
		__builtin_add_overflow(ns, (int64_t)t->tv_nsec, &ns))
		return t->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

int zf_dir_describe(struct zf_op *op, int fd, struct zf_value *out)
{
	const unsigned mask = STATX_BASIC_STATS | STATX_BTIME;
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, mask, &st) < 0)
		return zf_fail(op, errno, "cannot look at it: %m");
	if (S_ISDIR(st.stx_mode))
		return ZF_MISSING;
	if (!S_ISREG(st.stx_mode))
		return zf_fail(op, EIO, "not a regular file");
	out->size = st.stx_size;
	out->mtime_ns = nanoseconds(&st.stx_mtime);
	/* Not the time of change: a rename sets it, and the value is the same. The time of birth tells a new
	 * file from one whose inode it has got. */
	out->tag.word[0] = st.stx_ino ^ ((uint64_t)st.stx_dev_minor << 32 | (uint64_t)st.stx_dev_major << 52);
	out->tag.word[1] = out->size;
	out->tag.word[2] = (uint64_t)out->mtime_ns;
	out->tag.word[3] = st.stx_mask & STATX_BTIME ? (uint64_t)nanoseconds(&st.stx_btime) : 0;
	return ZF_FOUND;
}

/* Reads bytes [offset, offset + len) of a value of `size` bytes to the end of out. */
static int read_part(
	struct zf_op *op, int fd, uint64_t size, uint64_t offset, uint64_t len, struct zf_out *out)
{
	uint8_t *to;
	ssize_t n;

	if (len > SIZE_MAX)
		return zf_fail(op, EFBIG, "more than fits into memory");
	if (zf_out_reserve(out, op, (size_t)len) < 0)
		return -1;
	to = out->data + out->len;
	for (uint64_t done = 0; done < len; done += (uint64_t)n) {
		size_t piece = len - done < PIECE ? (size_t)(len - done) : PIECE;

		if (zf_op_check(op) < 0)
			return -1;
		n = pread(fd, to + done, piece, (off_t)(offset + done));
		if (n == 0)
			return zf_fail(op, EIO, "value shrank from %llu to %llu bytes while it was read",
				(unsigned long long)size, (unsigned long long)(offset + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot read at byte %llu: %m",
				(unsigned long long)(offset + done));
		if (n < 0)
			n = 0;
	}
	out->len += (size_t)len;
	return ZF_FOUND;
}

static int get_file(
	struct zf_op *op, int fd, const struct zf_range *range, struct zf_out *out, struct zf_value *value)
{
	uint64_t offset, len;
	int result = zf_dir_describe(op, fd, value);

	if (result != ZF_FOUND)
		return result;
	zf_range_clip(range, value->size, &offset, &len);
	return len > 0 ? read_part(op, fd, value->size, offset, len, out) : ZF_FOUND;
}

/* The value if it does not have its name yet; *out NULL: see under its name. */
static int find_pending(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_pending **out)
{
	int root;

	*out = zf_pending_find(dir, key);
	if (!*out)
		return 0;
	root = zf_dir_check_root(dir, op);
	if (root == 0)
		return 0;
	zf_pending_drop(dir, *out);
	*out = NULL;
	return root < 0 ? -1 : 0;
}

static int dir_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	struct zf_pending *pending;
	int fd, result;

	if (zf_dir_is_temporary(key))
		return ZF_MISSING;
	if (find_pending(dir, op, key, &pending) < 0)
		return -1;
	if (pending) {
		result = get_file(op, pending->tmp.fd, range, out, value);
		zf_pending_drop(dir, pending);
		return result;
	}
	/* O_NONBLOCK: a FIFO must not make us wait for its writer */
	result = zf_dir_open_key(dir, op, key, O_RDONLY | O_NONBLOCK | O_NOCTTY, &fd);
	if (result != ZF_FOUND)
		return result;
	result = get_file(op, fd, range, out, value);
	close(fd);
	return result;
}

static int dir_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	struct zf_pending *pending;
	int fd, result;

	if (zf_dir_is_temporary(key))
		return ZF_MISSING;
	if (find_pending(dir, op, key, &pending) < 0)
		return -1;
	if (pending) {
		result = zf_dir_describe(op, pending->tmp.fd, value);
		zf_pending_drop(dir, pending);
		return result;
	}
	result = zf_dir_open_key(dir, op, key, O_PATH, &fd);
	if (result != ZF_FOUND)
		return result;
	result = zf_dir_describe(op, fd, value);
	close(fd);
	return result;
}

/* ---- listing ----------------------------------------------------------------------------------------- */

/* Whether a name in a directory is a directory. Links count for what they lead to, inside the store. */
static bool is_prefix(const struct zf_dir *dir, const char *prefix, const struct dirent *entry)
{
	char key[ZF_MAX_KEY + 1];
	int fd, n;

	if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	n = snprintf(key, sizeof key, "%s%s%s", prefix, *prefix ? "/" : "", entry->d_name);
	if (n < 0 || (size_t)n >= sizeof key)
		return false;
	fd = zf_beneath_open(dir->root, dir->walk, key, O_PATH | O_DIRECTORY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_hidden(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strlen(name) > ZF_MAX_NAME;
}

/* Whether the name is among those told later. Directories are made before anything pending in them is. */
static bool is_pending(const struct zf_names *names, const char *name)
{
	const char *at = (const char *)names->out.data, *end = at ? at + names->out.len : at;

	for (; at < end; at += strlen(at) + 1)
		if (*at == ' ' && strcmp(at + 1, name) == 0)
			return true;
	return false;
}

static int list_stream(const struct zf_dir *dir, struct zf_op *op, DIR *stream, const char *prefix,
	const struct zf_names *pending, zf_store_list_fn *fn, void *arg, bool *stopped)
{
	bool writable = dir->store.caps & ZF_STORE_WRITABLE;
	const struct dirent *entry;

	for (;;) {
		if (zf_op_check(op) < 0)
			return -1;
		errno = 0;
		entry = readdir(stream);
		if (!entry && errno)
			return zf_fail(op, errno, "cannot list: %m");
		if (!entry)
			return ZF_FOUND;
		if (zf_dir_is_temporary(entry->d_name)) {
			if (writable)
				zf_tmp_remove_leftover(dirfd(stream), entry->d_name);
			continue;
		}
		if (is_hidden(entry->d_name) || is_pending(pending, entry->d_name))
			continue;
		*stopped = fn(arg, entry->d_name, is_prefix(dir, prefix, entry)) != 0;
		if (*stopped)
			return ZF_FOUND;
	}
}

static int keep_value(void *names, const char *name, bool prefix)
{
	return prefix ? 0 : zf_names_keep(names, name, false);
}

/* Lists what has its name, and then what has not. */
static int list_both(struct zf_dir *dir, struct zf_op *op, DIR *stream, const char *prefix,
	zf_store_list_fn *fn, void *arg)
{
	struct zf_names pending = { .op = op, .out = ZF_OUT_GROWING(SIZE_MAX) };
	bool stopped = false;
	int result;

	zf_pending_list(dir, prefix, keep_value, &pending);
	result = pending.failed ? -1 : list_stream(dir, op, stream, prefix, &pending, fn, arg, &stopped);
	if (stopped)
		pending.out.len = 0;
	return zf_names_tell(&pending, result, fn, arg);
}

static int dir_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	DIR *stream;
	int fd, result;

	/* a root that was removed can be opened still, and is empty */
	if (!*prefix && zf_dir_check_root(dir, op) < 0)
		return -1;
	if (zf_dir_is_temporary(prefix))
		return ZF_MISSING;
	result = zf_dir_open_key(dir, op, prefix, O_RDONLY | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result;
	stream = fdopendir(fd);
	if (!stream) {
		result = zf_fail(op, errno, "cannot list: %m");
		close(fd);
		return result;
	}
	result = list_both(dir, op, stream, prefix, fn, arg);
	closedir(stream);
	return result;
}

static int dir_leftovers(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	return zf_tmp_leftovers((struct zf_dir *)store, op, prefix, fn, arg);
}

static int dir_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_local_space(op, ((struct zf_dir *)store)->root, out);
}

/* ---- opening and closing ----------------------------------------------------------------------------- */

static void dir_close(struct zf_store *store)
{
	struct zf_dir *dir = (struct zf_dir *)store;

	zf_pending_destroy(dir);
	zf_ledger_destroy(&dir->ledger);
	if (dir->root >= 0)
		close(dir->root);
	zf_dir_forget_dirty(dir);
	pthread_mutex_destroy(&dir->commit);
	pthread_mutex_destroy(&dir->dirty_lock);
	free(dir->path);
	zf_store_fini(store);
	free(dir);
}

#define DIR_CALLS                                                                                            \
	.get = dir_get, .stat = dir_stat, .list = dir_list, .put = zf_dir_put, .del = zf_dir_del,            \
	.settle = zf_dir_settle, .flush = zf_dir_flush, .rename = zf_dir_rename, .prune = zf_dir_prune,      \
	.leftovers = dir_leftovers, .space = dir_space, .close = dir_close

static const struct zf_store_ops dir_ops = { .kind = "dir", DIR_CALLS };
static const struct zf_store_ops nested_ops = { .kind = "nested", DIR_CALLS };

/* The daemon changes its working directory after the store is opened. */
static char *absolute(const char *path)
{
	char *cwd, *whole;

	if (*path == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd || asprintf(&whole, "%s/%s", cwd, path) < 0)
		whole = NULL;
	free(cwd);
	return whole;
}

static int open_root(struct zf_dir *dir, struct zf_op *op, const char *path, unsigned flags)
{
	struct statvfs st;

	dir->path = absolute(path);
	if (!dir->path)
		return zf_fail(op, errno ? errno : ENOMEM, "%m");
	dir->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* O_PATH asks for no permission; a store none of whose keys can be reached is better refused now */
	if (dir->root < 0 || faccessat(dir->root, ".", X_OK, AT_EACCESS) < 0)
		return zf_fail(op, errno, "%m");
	dir->walk = flags & ZF_DIR_WALK || !zf_beneath_kernel(dir->root);
	if (flags & ZF_DIR_READONLY || (fstatvfs(dir->root, &st) == 0 && st.f_flag & ST_RDONLY) ||
		faccessat(dir->root, ".", W_OK, AT_EACCESS) < 0)
		dir->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
	if (dir->store.caps & ZF_STORE_WRITABLE)
		zf_ledger_clean(dir);
	return 0;
}

static int make(struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_dir **out)
{
	const struct zf_store_ops *ops = flags & ZF_DIR_NESTED ? &nested_ops : &dir_ops;
	unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			ZF_STORE_LOCAL | ZF_STORE_DIRECTORIES;
	struct zf_dir *dir = calloc(1, sizeof *dir);
	char *name = NULL;

	if (!dir || asprintf(&name, "%s:%s", ops->kind, path) < 0) {
		free(dir);
		return zf_nomem(op, sizeof *dir + strlen(path));
	}
	if (flags & ZF_DIR_NESTED)
		caps |= ZF_STORE_NESTED;
	if (zf_store_init(&dir->store, op, ops, ctx, caps, name) < 0) {
		free(name);
		free(dir);
		return -1;
	}
	free(name);
	dir->root = -1;
	pthread_mutex_init(&dir->commit, NULL);
	pthread_mutex_init(&dir->dirty_lock, NULL);
	zf_pending_init(dir);
	zf_ledger_init(&dir->ledger);
	*out = dir;
	return 0;
}

int zf_dir_open(struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	struct zf_dir *dir = NULL;

	if (make(ctx, op, path, flags, &dir) < 0)
		return -1;
	if (open_root(dir, op, path, flags) < 0) {
		dir_close(&dir->store);
		return -1;
	}
	*out = &dir->store;
	return 0;
}
