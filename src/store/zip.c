/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zip store: opening, reading, listing.
 *
 * Readers look an entry up, read without a lock, and look again: places in the archive are used anew (see
 * zip_write.c), and what was read counts only if the entry was still in the index afterwards.
 *
 * Every call looks whether another program has changed the file, or replaced it, and reads the index anew.
 */
#include "store/zip.h"

#include "base/limits.h"
#include "store/backend.h"
#include "store/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 16 };

int zf_zip_enter(struct zf_zip *zip, struct zf_op *op)
{
	return zf_local_lock(&zip->writer, op);
}

/* ---- changes by others --------------------------------------------------------------------------------- */

static void stamp_of(const struct stat *st, struct zf_zip_stamp *out)
{
	out->word[0] = (uint64_t)st->st_dev;
	out->word[1] = (uint64_t)st->st_ino;
	out->word[2] = (uint64_t)st->st_size;
	out->word[3] = (uint64_t)st->st_mtim.tv_sec * 1000000000 + (uint64_t)st->st_mtim.tv_nsec;
	out->word[4] = (uint64_t)st->st_ctim.tv_sec * 1000000000 + (uint64_t)st->st_ctim.tv_nsec;
}

void zf_zip_stamp(int fd, struct zf_zip_stamp *out)
{
	struct stat st;

	memset(out, 0, sizeof *out);
	if (fstat(fd, &st) == 0)
		stamp_of(&st, out);
}

/* Whether the file at our path is other than what the index is from. */
static int is_stale(struct zf_zip *zip, struct zf_op *op)
{
	struct zf_zip_stamp now;
	struct stat st;
	int stale;

	pthread_mutex_lock(&zip->lock);
	stale = !zip->dirty;
	pthread_mutex_unlock(&zip->lock);
	if (!stale)
		return 0;
	if (stat(zip->path, &st) < 0)
		return zf_fail(op, EIO, "the archive cannot be looked at: %m");
	stamp_of(&st, &now);
	pthread_mutex_lock(&zip->lock);
	stale = !zip->dirty && memcmp(&now, &zip->stamp, sizeof now) != 0;
	pthread_mutex_unlock(&zip->lock);
	return stale;
}

static int open_file(struct zf_op *op, const char *path, bool writable, int *out)
{
	struct stat st;

	*out = open(path, (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*out < 0)
		return zf_fail(op, errno, "%m");
	if (fstat(*out, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	close(*out);
	return zf_fail(op, EINVAL, "not a regular file");
}

/* The new descriptor takes the number of the old one in one step; readers that were at it find that their
 * entry has gone from the index. */
static int read_index_anew(struct zf_zip *zip, struct zf_op *op)
{
	struct zf_zip_index index = { .next = zip->index.next }, old;
	struct zf_zip_stamp stamp;
	int fd, result;

	if (open_file(op, zip->path, zip->store.caps & ZF_STORE_WRITABLE, &fd) < 0)
		return zf_where(op, "the archive was changed, and cannot be opened");
	zf_zip_stamp(fd, &stamp);
	result = zf_zip_load(op, fd, &index);
	if (result < 0) {
		close(fd);
		return zf_where(op, "the archive was changed");
	}
	pthread_mutex_lock(&zip->lock);
	result = dup3(fd, zip->fd, O_CLOEXEC) < 0 ? zf_fail(op, errno, "%m") : 0;
	if (result == 0) {
		old = zip->index;
		zip->index = index;
		zip->stamp = stamp;
		zip->held = false;
		index = old;
	}
	pthread_mutex_unlock(&zip->lock);
	close(fd);
	zf_zip_index_free(&index);
	if (result == 0)
		zf_zip_forget(zip);
	return result;
}

int zf_zip_refresh(struct zf_zip *zip, struct zf_op *op)
{
	int stale = is_stale(zip, op);

	return stale > 0 ? read_index_anew(zip, op) : stale;
}

/* The same for readers. */
static int refresh(struct zf_zip *zip, struct zf_op *op)
{
	int result = is_stale(zip, op);

	if (result <= 0)
		return result;
	if (zf_zip_enter(zip, op) < 0)
		return -1;
	result = zf_zip_refresh(zip, op);
	pthread_mutex_unlock(&zip->writer);
	return result;
}

/* ---- values -------------------------------------------------------------------------------------------- */

static int64_t mtime_of(const struct zf_zip *zip, const struct zf_zip_entry *entry)
{
	struct tm tm = { .tm_sec = (entry->time & 31) * 2,
		.tm_min = entry->time >> 5 & 63,
		.tm_hour = entry->time >> 11,
		.tm_mday = entry->date & 31,
		.tm_mon = (entry->date >> 5 & 15) - 1,
		.tm_year = (entry->date >> 9) + 80 };
	time_t t = timegm(&tm) - zip->zone;

	return t < 0 ? 0 : (int64_t)t * 1000000000;
}

/* The tag: which file, which place in it, which bytes. */
void zf_zip_describe(const struct zf_zip *zip, const struct zf_zip_entry *entry, struct zf_value *out)
{
	out->size = entry->size;
	out->mtime_ns = mtime_of(zip, entry);
	out->tag.word[0] = zip->stamp.word[1] ^ (zip->stamp.word[0] << 32 | zip->stamp.word[0] >> 32);
	out->tag.word[1] = entry->offset;
	out->tag.word[2] = entry->size;
	out->tag.word[3] = (uint64_t)entry->crc << 32 | (uint64_t)entry->date << 16 | entry->time;
}

/* An entry as it was found, and the name it has in the archive. */
struct found {
	char name[2 * (ZF_MAX_KEY + 1)];
	struct zf_zip_entry entry; /* its pointers are not to be followed */
};

/* Looks a key up. ZF_FOUND or ZF_MISSING. */
static int look_up(struct zf_zip *zip, const char *key, struct found *found, struct zf_value *value)
{
	const struct zf_zip_entry *entry;

	pthread_mutex_lock(&zip->lock);
	snprintf(found->name, sizeof found->name, "%s%s", zip->index.prefix, key);
	entry = zf_keymap_find(&zip->index.map, found->name);
	if (entry) {
		found->entry = *entry;
		zf_zip_describe(zip, entry, value);
	}
	pthread_mutex_unlock(&zip->lock);
	return entry ? ZF_FOUND : ZF_MISSING;
}

/* Whether the entry is there still; then keeps what was learnt about its place. */
static bool is_there(struct zf_zip *zip, const struct found *found, uint64_t data)
{
	struct zf_zip_entry *entry;
	bool there;

	pthread_mutex_lock(&zip->lock);
	entry = zf_keymap_find(&zip->index.map, found->name);
	there = entry && entry->number == found->entry.number;
	if (there)
		entry->data = data;
	pthread_mutex_unlock(&zip->lock);
	return there;
}

static int zip_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	size_t before = out->len;
	struct found found;
	uint64_t data;
	int result;

	for (int tries = 0; tries < TRIES; tries++) {
		data = 0;
		if (refresh(zip, op) < 0)
			return -1;
		if (look_up(zip, key, &found, value) == ZF_MISSING)
			return ZF_MISSING;
		result = zf_zip_entry_get(op, zip->fd, &found.entry, found.name, range, out, &data);
		if (is_there(zip, &found, data))
			return result;
		if (zf_op_check(op) < 0)
			return -1;
		/* what it met was something else */
		out->len = before;
		op->err = 0;
		op->text[0] = '\0';
	}
	return zf_fail(op, EIO, "the entry is replaced faster than it can be read");
}

static int zip_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	struct found found;

	if (refresh(zip, op) < 0)
		return -1;
	return look_up(zip, key, &found, value);
}

static int zip_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_names names = { .op = op, .out = ZF_OUT_GROWING(SIZE_MAX) };
	struct zf_zip *zip = (struct zf_zip *)store;
	char whole[2 * (ZF_MAX_KEY + 1)];
	int n, result;

	if (refresh(zip, op) < 0)
		return -1;
	pthread_mutex_lock(&zip->lock);
	n = snprintf(whole, sizeof whole, "%s%s", zip->index.prefix, prefix);
	if (n > 0 && whole[n - 1] == '/')
		whole[n - 1] = '\0';
	result = zf_keymap_list(&zip->index.map, whole, zf_names_keep, &names);
	pthread_mutex_unlock(&zip->lock);
	return zf_names_tell(&names, !*prefix && result == ZF_MISSING ? ZF_FOUND : result, fn, arg);
}

static int zip_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_local_space(op, ((struct zf_zip *)store)->fd, out);
}

/* ---- opening and closing ------------------------------------------------------------------------------- */

static void zip_close(struct zf_store *store)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	struct zf_op op;

	zf_op_init(&op);
	if (zip->dirty && zf_zip_flush(store, &op) < 0)
		zf_log(store->ctx, ZF_LOG_ERROR, "%s: what was not synced is lost: %s", store->name, op.text);
	zf_zip_compact(zip);
	zf_zip_forget(zip);
	zf_zip_index_free(&zip->index);
	if (zip->fd >= 0)
		close(zip->fd);
	pthread_mutex_destroy(&zip->writer);
	pthread_mutex_destroy(&zip->lock);
	free(zip->path);
	zf_store_fini(store);
	free(zip);
}

static const struct zf_store_ops zip_ops = {
	.kind = "zip",
	.get = zip_get,
	.stat = zip_stat,
	.list = zip_list,
	.put = zf_zip_put,
	.del = zf_zip_del,
	.settle = zf_zip_settle,
	.flush = zf_zip_flush,
	.space = zip_space,
	.close = zip_close,
};

static int make(struct zf_ctx *ctx, struct zf_op *op, const char *path, struct zf_zip **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL;
	struct zf_zip *zip = calloc(1, sizeof *zip);
	char *name = NULL;
	int result;
	struct tm tm;
	time_t now;

	if (!zip || asprintf(&name, "zip:%s", path) < 0) {
		free(zip);
		return zf_nomem(op, sizeof *zip + strlen(path));
	}
	result = zf_store_init(&zip->store, op, &zip_ops, ctx, caps, name);
	free(name);
	if (result < 0) {
		free(zip);
		return -1;
	}
	now = time(NULL);
	if (localtime_r(&now, &tm))
		zip->zone = tm.tm_gmtoff;
	zip->fd = -1;
	pthread_mutex_init(&zip->lock, NULL);
	pthread_mutex_init(&zip->writer, NULL);
	*out = zip;
	return 0;
}

/* Makes an empty archive if there is nothing at path. */
static int create(struct zf_op *op, const char *path)
{
	static const uint8_t empty[ZF_ZIP_END] = "PK\5\6";
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), err = 0;

	if (fd < 0)
		return errno == EEXIST ? 0 : zf_fail(op, errno, "cannot create: %m");
	if (write(fd, empty, sizeof empty) != sizeof empty || fsync(fd) < 0)
		err = errno ? errno : EIO;
	close(fd);
	errno = err;
	return err ? zf_fail(op, err, "cannot create: %m") : 0;
}

static int open_archive(struct zf_zip *zip, struct zf_op *op, const char *path, unsigned flags)
{
	bool writable = !(flags & ZF_ZIP_READONLY);

	if (writable && flags & ZF_ZIP_CREATE && create(op, path) < 0)
		return -1;
	/* replaced files are found again by this; the daemon has another working directory later */
	zip->path = realpath(path, NULL);
	if (!zip->path)
		return zf_fail(op, errno, "%m");
	if (writable && access(zip->path, W_OK) < 0)
		writable = false;
	if (!writable)
		zip->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
	if (open_file(op, zip->path, writable, &zip->fd) < 0)
		return -1;
	zf_zip_stamp(zip->fd, &zip->stamp);
	if (zf_zip_load(op, zip->fd, &zip->index) < 0)
		return -1;
	/* its offsets cannot be told from those of other programs that would count them otherwise */
	if (zip->index.shift)
		zip->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
	if (zip->store.caps & ZF_STORE_WRITABLE)
		zf_zip_mend(zip);
	return 0;
}

int zf_zip_open(struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	struct zf_zip *zip = NULL;

	if (make(ctx, op, path, &zip) < 0)
		return -1;
	if (open_archive(zip, op, path, flags) < 0) {
		zip_close(&zip->store);
		return -1;
	}
	*out = &zip->store;
	return 0;
}
