/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zip store: an archive is made smaller.
 *
 * Entries that were replaced leave their places behind. Within a session most of these are used again, but
 * the next one cannot tell them from something that is somebody else's. So where less than half of an archive
 * is in entries, what is in them is copied to a new one, which takes the old one's name: readers and whoever
 * is killed see one or the other. It costs less than writing what is left behind has cost.
 */
#include "store/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WORTH = 1 << 20,               /* bytes that nobody misses */
	PIECE = 1 << 20,               /* copied at a time */
	KNOWN = 2 | 4 | 8 | (1 << 11), /* flags: how it was deflated, where its sizes are, UTF-8 */
	SIZES_BEHIND = 8               /* the flag: sizes and checksum follow the bytes */
};

char *zf_zip_new_path(const struct zf_zip *zip)
{
	char *path;

	return asprintf(&path, "%s.zarrfs-tmp-zip", zip->path) < 0 ? NULL : path;
}

/* ---- whether ------------------------------------------------------------------------------------------- */

/* The next entry: first those that are no keys. */
static struct zf_zip_entry *next_entry(
	const struct zf_zip *zip, const struct zf_zip_entry *entry, struct zf_keymap_place *place)
{
	struct zf_zip_entry *next = !entry ? zip->index.others : NULL;

	if (!next && entry && place->block == 0 && place->item == 0)
		next = entry->next;
	return next ? next : zf_keymap_next(&zip->index.map, place);
}

/* The bytes that a new archive would have, about; UINT64_MAX: there is an entry that is not to be moved. */
static uint64_t bytes_in_use(const struct zf_zip *zip)
{
	uint64_t sum = zip->index.end - zip->index.directory;
	struct zf_keymap_place place = { 0 };

	for (struct zf_zip_entry *e = NULL; (e = next_entry(zip, e, &place));)
		if (e->flags & ~KNOWN ||
			__builtin_add_overflow(sum, e->stored + ZF_ZIP_LOCAL + e->name_len + 32u, &sum))
			return UINT64_MAX;
	return sum;
}

static bool is_worth_it(const struct zf_zip *zip, struct zf_op *op)
{
	uint64_t used = bytes_in_use(zip);
	struct zf_space space;
	struct stat st;

	if (fstat(zip->fd, &st) < 0 || st.st_nlink != 1 || (uint64_t)st.st_size != zip->index.end)
		return false;
	if (used > zip->index.end / 2 || zip->index.end - used < WORTH)
		return false;
	return zip->store.ops->space((struct zf_store *)(uintptr_t)&zip->store, op, &space) == 0 &&
	       space.available > used + WORTH;
}

/* ---- copying ------------------------------------------------------------------------------------------- */

/* The new archive. */
struct copy {
	struct zf_zip *zip;
	struct zf_op *op;
	int fd;
	uint64_t at;     /* where it grows */
	uint8_t *buffer; /* ZF_ZIP_BUFFER and ZF_ZIP_ENDS bytes */
};

static int copy_bytes(struct copy *c, uint64_t from, uint64_t len)
{
	off_t source = (off_t)from, target = (off_t)c->at;
	ssize_t n;

	for (uint64_t done = 0; done < len; done += (uint64_t)n) {
		n = copy_file_range(c->zip->fd, &source, c->fd, &target,
			len - done < PIECE ? (size_t)(len - done) : PIECE, 0);
		if (n < 0 && errno != EINTR)
			return zf_fail(c->op, errno, "cannot copy: %m");
		if (n == 0)
			return zf_fail(c->op, EIO, "the archive ends within an entry");
		n = n < 0 ? 0 : n;
	}
	c->at += len;
	return 0;
}

/* Copies an entry; its place in the index is the new one then. */
static int copy_entry(struct copy *c, struct zf_zip_entry *entry)
{
	uint64_t data = entry->data, place = c->at;
	size_t n;

	if (!data && zf_zip_find_data(c->op, c->zip->fd, entry, entry->keyed.key, &data) < 0)
		return -1;
	entry->flags &= (uint16_t)~SIZES_BEHIND;
	n = zf_zip_local(c->buffer, entry);
	if (zf_zip_write_at(c->op, c->fd, c->buffer, n, place) < 0)
		return -1;
	c->at += n;
	if (copy_bytes(c, data, entry->stored) < 0)
		return -1;
	entry->offset = place;
	return 0;
}

static int copy_archive(struct copy *c)
{
	struct zf_zip_directory d = { .fd = c->fd, .buffer = c->buffer };
	struct zf_keymap_place place = { 0 };
	uint8_t *ends = c->buffer + ZF_ZIP_BUFFER;
	size_t n;

	for (struct zf_zip_entry *e = NULL; (e = next_entry(c->zip, e, &place));)
		if (copy_entry(c, e) < 0)
			return -1;
	d.at = c->at;
	if (zf_zip_write_directory(c->zip, c->op, &d) < 0)
		return -1;
	n = zf_zip_ends(c->zip, &d, c->at, ends);
	if (zf_zip_write_at(c->op, c->fd, ends, n, d.at) < 0)
		return -1;
	return fsync(c->fd) < 0 ? zf_fail(c->op, errno, "cannot sync: %m") : 0;
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static int sync_folder(const char *path)
{
	char *folder = strdup(path);
	int fd = -1, result = -1;

	if (folder) {
		*strrchr(folder, '/') = '\0';
		fd = open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd >= 0) {
		result = fsync(fd);
		close(fd);
	}
	free(folder);
	return result;
}

/* With the owner and the mode of the old one, or not at all. */
static int make_file(const struct zf_zip *zip, struct zf_op *op, const char *path)
{
	struct stat st;
	int fd;

	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return zf_fail(op, errno, "cannot create the new archive: %m");
	if (fstat(zip->fd, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0 &&
		fchmod(fd, st.st_mode & 07777) == 0)
		return fd;
	zf_fail(op, errno, "cannot give the new archive to its owner: %m");
	close(fd);
	unlink(path);
	return -1;
}

/* Nobody replaces the archive while its lock is held, but who knows no lock. */
static int replace(const struct zf_zip *zip, struct zf_op *op, const char *path)
{
	struct stat held, there;

	if (fstat(zip->fd, &held) < 0 || stat(zip->path, &there) < 0 || held.st_ino != there.st_ino ||
		held.st_dev != there.st_dev)
		return zf_fail(op, EBUSY, "the archive was replaced");
	if (rename(path, zip->path) < 0)
		return zf_fail(op, errno, "cannot put the new archive in place: %m");
	return sync_folder(zip->path) < 0 ? zf_fail(op, errno, "cannot sync its folder: %m") : 0;
}

static int compact(struct zf_zip *zip, struct zf_op *op, const char *path)
{
	struct copy c = { .zip = zip, .op = op, .buffer = malloc(ZF_ZIP_BUFFER + ZF_ZIP_ENDS) };
	int result = -1;

	if (!c.buffer)
		return zf_nomem(op, ZF_ZIP_BUFFER + ZF_ZIP_ENDS);
	c.fd = make_file(zip, op, path);
	if (c.fd >= 0) {
		result = copy_archive(&c) < 0 || replace(zip, op, path) < 0 ? -1 : 0;
		close(c.fd);
		if (result < 0)
			unlink(path);
	}
	free(c.buffer);
	return result;
}

void zf_zip_compact(struct zf_zip *zip)
{
	char *path = NULL;
	struct zf_op op;

	zf_op_init(&op);
	if (!zip->wrote || zip->dirty || !zf_zip_hold(zip, &op))
		return;
	if (is_worth_it(zip, &op))
		path = zf_zip_new_path(zip);
	if (path && compact(zip, &op, path) < 0)
		zf_log(zip->store.ctx, ZF_LOG_WARNING, "%s: the archive is not made smaller: %s",
			zip->store.name, op.text);
	free(path);
}
