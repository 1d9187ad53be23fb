/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zip store: writing.
 *
 * A zip archive is its central directory, which the end record at the end of the file points to. As long as
 * neither is touched, whatever else is written does not exist. So:
 *
 *   put    writes an entry, stored, after the end of the archive, or to a place that no directory uses. The
 *          index in memory knows it, the file does not yet. Nothing is kept but the index.
 *   del    takes an entry out of the index.
 *   flush  writes a new directory after all that, makes it durable, then an end record, and makes that
 * durable: the archive is the old one until the end record is whole, and the new one from then on.
 *
 * The archive is a valid one for every program after each flush. A copy costs the bytes copied, and a
 * directory for each flush. A writer that was killed leaves bytes after the end record: zip_dir.c finds the
 * record under them, and whoever opens it for writing next cuts them off: other programs may not find it.
 *
 * Places that come free (entries replaced since the store was opened, old directories) are used again, but
 * only after the flush that takes them out of the directory. Where the place before the present directory is
 * large enough for the new one, it is written there and the file cut behind it: the cut is what makes it
 * count. So many small flushes do not let the file grow by a directory each.
 *
 * Entries that were in the archive when it was opened leave holes when they are replaced: their true extent
 * is not known, and in a hostile archive they may overlap.
 *
 * Among several zarrfs, flock(2) on the file from the first put to the flush says who writes. Programs that
 * take no lock (all others) must not write meanwhile.
 */
#include "store/zip.h"

#include "base/limits.h"
#include "store/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	CHEAP = 16 << 10, /* bytes of a directory that can be written at any time */
	GUARD = 4,        /* zeros after a value that looks like the end of an archive */
	TRIES = 8
};

/* ---- places -------------------------------------------------------------------------------------------- */

static int extents_room(struct zf_zip_extents *list, struct zf_op *op)
{
	size_t room = list->room ? 2 * list->room : 64;
	struct zf_zip_extent *item;

	if (list->count < list->room)
		return 0;
	item = reallocarray(list->item, room, sizeof *item);
	if (!item)
		return zf_nomem(op, room * sizeof *item);
	list->item = item;
	list->room = room;
	return 0;
}

static void remove_extent(struct zf_zip_extents *list, size_t i)
{
	memmove(list->item + i, list->item + i + 1, (list->count - i - 1) * sizeof *list->item);
	list->count--;
}

/* Adds a place, joined with its neighbours. Without memory for it, the place stays a hole. */
static void add_extent(struct zf_zip_extents *list, uint64_t offset, uint64_t len)
{
	size_t i = list->count;
	struct zf_op op;

	if (len == 0)
		return;
	while (i > 0 && list->item[i - 1].offset > offset)
		i--;
	if (i > 0 && list->item[i - 1].offset + list->item[i - 1].len == offset) {
		i--;
		list->item[i].len += len;
	} else {
		zf_op_init(&op);
		if (extents_room(list, &op) < 0)
			return;
		memmove(list->item + i + 1, list->item + i, (list->count - i) * sizeof *list->item);
		list->item[i] = (struct zf_zip_extent){ offset, len };
		list->count++;
	}
	if (i + 1 < list->count && list->item[i].offset + list->item[i].len == list->item[i + 1].offset) {
		list->item[i].len += list->item[i + 1].len;
		remove_extent(list, i + 1);
	}
}

/* Takes the first place that is large enough; else the end of the file. */
static uint64_t take_place(struct zf_zip *zip, uint64_t len)
{
	uint64_t offset = zip->tail;

	for (size_t i = 0; i < zip->unused.count; i++) {
		struct zf_zip_extent *extent = &zip->unused.item[i];

		if (extent->len < len)
			continue;
		offset = extent->offset;
		extent->offset += len;
		extent->len -= len;
		if (extent->len == 0)
			remove_extent(&zip->unused, i);
		return offset;
	}
	zip->tail += len;
	return offset;
}

/* Gives back a place that nothing was put in. */
static void return_place(struct zf_zip *zip, uint64_t offset, uint64_t len)
{
	if (offset + len == zip->tail)
		zip->tail = offset;
	else
		add_extent(&zip->unused, offset, len);
}

void zf_zip_forget(struct zf_zip *zip)
{
	free(zip->unused.item);
	free(zip->leaving.item);
	zip->unused = zip->leaving = (struct zf_zip_extents){ 0 };
}

/* ---- beginning ----------------------------------------------------------------------------------------- */

/* Cuts off what a writer that was killed left. What does not begin as an entry is somebody else's. */
static int cut_leftover(struct zf_zip *zip, struct zf_op *op)
{
	uint64_t size = zip->stamp.word[2];
	uint8_t magic[4];

	zip->tail = size;
	if (size <= zip->index.end)
		return 0;
	if (pread(zip->fd, magic, sizeof magic, (off_t)zip->index.end) != sizeof magic ||
		(zf_le32(magic) != ZF_ZIP_LOCAL_MAGIC && zf_le32(magic) != ZF_ZIP_CENTRAL_MAGIC))
		return 0;
	if (ftruncate(zip->fd, (off_t)zip->index.end) < 0)
		return zf_fail(op, errno, "cannot cut off what a killed writer left: %m");
	zip->tail = zip->index.end;
	return 0;
}

/* Takes the file's lock, and knows then what is in the file. */
static int begin(struct zf_zip *zip, struct zf_op *op)
{
	for (int tries = 0; !zip->held; tries++) {
		if (tries == TRIES)
			return zf_fail(
				op, EBUSY, "the archive is changed again and again by another program");
		if (flock(zip->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			return zf_fail(op, EBUSY, "another zarrfs is writing to the archive");
		zip->held = true;
		/* a file that has changed is opened anew, and the lock is gone with the old one */
		if (zf_zip_refresh(zip, op) < 0) {
			flock(zip->fd, LOCK_UN);
			zip->held = false;
			return -1;
		}
	}
	return zip->index.shift ? zf_fail(op, EROFS, "the archive has something in front of it") : 0;
}

/* To be called before anything is changed. */
static int change(struct zf_zip *zip, struct zf_op *op)
{
	if (zip->dirty)
		return 0;
	pthread_mutex_lock(&zip->lock);
	zip->dirty = true;
	pthread_mutex_unlock(&zip->lock);
	return cut_leftover(zip, op);
}

/* The file's lock is kept only for what is to be flushed. */
static void end(struct zf_zip *zip)
{
	if (zip->held && !zip->dirty) {
		flock(zip->fd, LOCK_UN);
		zip->held = false;
	}
}

bool zf_zip_hold(struct zf_zip *zip, struct zf_op *op)
{
	uint64_t number = zip->index.next;

	/* an index that was read anew has counted on */
	return begin(zip, op) == 0 && zip->index.next == number;
}

/* What a killed writer left beside the archive. */
static void remove_new(const struct zf_zip *zip)
{
	char *path = zf_zip_new_path(zip);

	if (path)
		unlink(path);
	free(path);
}

void zf_zip_mend(struct zf_zip *zip)
{
	struct zf_op op;

	zf_op_init(&op);
	pthread_mutex_lock(&zip->writer);
	if (begin(zip, &op) == 0) {
		remove_new(zip);
		if (zip->stamp.word[2] > zip->index.end)
			cut_leftover(zip, &op);
	}
	end(zip);
	pthread_mutex_unlock(&zip->writer);
}

/* ---- entries ------------------------------------------------------------------------------------------- */

static void set_time(const struct zf_zip *zip, struct zf_zip_entry *entry)
{
	time_t now = time(NULL) + zip->zone;
	struct tm tm;

	gmtime_r(&now, &tm);
	if (tm.tm_year < 80 || tm.tm_year > 207)
		tm = (struct tm){ .tm_year = 80, .tm_mday = 1 };
	entry->time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
	entry->date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
}

/* Makes an entry that has no place yet. NULL: failed. */
static struct zf_zip_entry *make_entry(
	struct zf_zip *zip, struct zf_op *op, const char *key, const void *data, size_t len)
{
	size_t prefix_len = strlen(zip->index.prefix), name_len = prefix_len + strlen(key);
	struct zf_zip_entry *entry = malloc(sizeof *entry + name_len + 1);

	if (!entry) {
		zf_nomem(op, sizeof *entry + name_len + 1);
		return NULL;
	}
	*entry = (struct zf_zip_entry){ .keyed.key = (const char *)entry->bytes,
		.number = zip->index.next++,
		.stored = len,
		.size = len,
		.crc = zf_zip_crc(data, len),
		.attributes = 0100644u << 16,
		.made_by = ZF_ZIP_UNIX | 45,
		.needs = len >= UINT32_MAX ? 45 : 20,
		.name_len = (uint16_t)name_len };
	memcpy(entry->bytes, zip->index.prefix, prefix_len);
	memcpy(entry->bytes + prefix_len, key, name_len - prefix_len + 1);
	for (const uint8_t *p = entry->bytes; *p; p++)
		if (*p >= 0x80)
			entry->flags = ZF_ZIP_UTF8;
	set_time(zip, entry);
	return entry;
}

/* A value that ends as an archive does, cut off right there by a kill, would make the file end as one. */
static size_t guard_len(const uint8_t *data, size_t len)
{
	const size_t reach = ZF_ZIP_END + UINT16_MAX;
	size_t n = len < reach ? len : reach;

	return n && memmem(data + len - n, n, "PK\5\6", 4) ? GUARD : 0;
}

/* Writes the entry to a place, which it has then. */
static int write_entry(
	struct zf_zip *zip, struct zf_op *op, struct zf_zip_entry *entry, const void *data, size_t len)
{
	uint8_t head[ZF_ZIP_LOCAL + 2 * (ZF_MAX_KEY + 1) + 32];
	size_t head_len = zf_zip_local(head, entry), guard = guard_len(data, len);
	uint64_t place, extent = (uint64_t)head_len + len + guard;

	place = take_place(zip, extent);
	if (zf_zip_write_at(op, zip->fd, head, head_len, place) < 0 ||
		zf_zip_write_at(op, zip->fd, data, len, place + head_len) < 0 ||
		zf_zip_write_at(op, zip->fd, (const uint8_t[GUARD]){ 0 }, guard, place + head_len + len) <
			0) {
		return_place(zip, place, extent);
		return -1;
	}
	entry->offset = place;
	entry->data = place + head_len;
	entry->extent = extent;
	zip->added += extent;
	return 0;
}

/* ---- put and del --------------------------------------------------------------------------------------- */

static int check(const struct zf_zip *zip, struct zf_op *op, const char *name, enum zf_put_if cond,
	const struct zf_tag *tag)
{
	const struct zf_zip_entry *there = zf_keymap_find(&zip->index.map, name);
	struct zf_value value;

	if (cond == ZF_PUT_IF_ABSENT && there)
		return zf_fail(op, EEXIST, "there is a value already");
	if (cond != ZF_PUT_IF_TAG)
		return 0;
	if (there)
		zf_zip_describe(zip, there, &value);
	if (!there || !zf_tag_equal(&value.tag, tag))
		return zf_fail(op, ESTALE, "the value was changed by somebody else");
	return 0;
}

/* The place of an entry that has left the index. */
static void retire(struct zf_zip *zip, struct zf_keyed *item)
{
	struct zf_zip_entry *entry = (struct zf_zip_entry *)item;

	if (entry)
		add_extent(&zip->leaving, entry->offset, entry->extent);
	free(entry);
}

static int put(struct zf_zip *zip, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_keyed *old = NULL;
	struct zf_zip_entry *entry;
	int result;

	if (begin(zip, op) < 0)
		return -1;
	if (strlen(zip->index.prefix) + strlen(key) > ZF_MAX_KEY)
		return zf_fail(op, ENAMETOOLONG, "the name in the archive would be too long");
	entry = make_entry(zip, op, key, data, len);
	if (!entry)
		return -1;
	result = check(zip, op, entry->keyed.key, cond, tag);
	if (result == 0)
		result = change(zip, op);
	if (result == 0)
		result = write_entry(zip, op, entry, data, len);
	if (result == 0) {
		pthread_mutex_lock(&zip->lock);
		result = zf_keymap_put(&zip->index.map, op, &entry->keyed, &old);
		pthread_mutex_unlock(&zip->lock);
		if (result < 0)
			return_place(zip, entry->offset, entry->extent);
	}
	if (result < 0)
		free(entry);
	else
		retire(zip, old);
	return result;
}

int zf_zip_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	int result;

	if (zf_zip_enter(zip, op) < 0)
		return -1;
	result = put(zip, op, key, data, len, cond, tag);
	end(zip);
	pthread_mutex_unlock(&zip->writer);
	return result;
}

static int del(struct zf_zip *zip, struct zf_op *op, const char *key)
{
	char name[2 * (ZF_MAX_KEY + 1)];
	struct zf_keyed *old;

	if (begin(zip, op) < 0)
		return -1;
	snprintf(name, sizeof name, "%s%s", zip->index.prefix, key);
	if (!zf_keymap_find(&zip->index.map, name))
		return ZF_MISSING;
	if (change(zip, op) < 0)
		return -1;
	pthread_mutex_lock(&zip->lock);
	old = zf_keymap_take(&zip->index.map, name);
	pthread_mutex_unlock(&zip->lock);
	retire(zip, old);
	return ZF_FOUND;
}

int zf_zip_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	int result;

	if (zf_zip_enter(zip, op) < 0)
		return -1;
	result = del(zip, op, key);
	end(zip);
	pthread_mutex_unlock(&zip->writer);
	return result;
}

/* ---- flush --------------------------------------------------------------------------------------------- */

/* The number of the unused place that reaches up to the directory, if it has room and nothing follows the
 * archive; else the count of places. */
static size_t place_before(const struct zf_zip *zip, uint64_t len)
{
	for (size_t i = 0; i < zip->unused.count && zip->tail == zip->index.end; i++)
		if (zip->unused.item[i].offset + zip->unused.item[i].len == zip->index.directory &&
			zip->unused.item[i].len >= len)
			return i;
	return zip->unused.count;
}

static int sync_file(const struct zf_zip *zip, struct zf_op *op)
{
	return fdatasync(zip->fd) < 0 ? zf_fail(op, errno, "cannot sync: %m") : 0;
}

/* The new directory counts now. */
static void settle(struct zf_zip *zip, size_t before, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < zip->leaving.count; i++)
		add_extent(&zip->unused, zip->leaving.item[i].offset, zip->leaving.item[i].len);
	zip->leaving.count = 0;
	if (before == SIZE_MAX)
		add_extent(&zip->unused, zip->index.directory, zip->index.end - zip->index.directory);
	zip->tail = end;
	pthread_mutex_lock(&zip->lock);
	zip->index.directory = start;
	zip->index.end = end;
	zip->dirty = false;
	zip->wrote = true;
	zf_zip_stamp(zip->fd, &zip->stamp);
	pthread_mutex_unlock(&zip->lock);
	zip->added = 0;
}

static int commit(struct zf_zip *zip, struct zf_op *op, struct zf_zip_directory *d, uint8_t *ends)
{
	uint64_t start, need, end;
	size_t before, n;

	d->fd = -1;
	if (zf_zip_write_directory(zip, op, d) < 0)
		return -1;
	need = d->size + ZF_ZIP_END64 + ZF_ZIP_LOCATOR + ZF_ZIP_END + zip->index.comment_len;
	before = place_before(zip, need);
	start = before < zip->unused.count ? zip->unused.item[before].offset : zip->tail;
	n = zf_zip_ends(zip, d, start, ends);
	end = start + d->size + n;

	*d = (struct zf_zip_directory){ .fd = zip->fd, .at = start, .buffer = d->buffer };
	if (zf_zip_write_directory(zip, op, d) < 0)
		return -1;
	if (before < zip->unused.count) {
		if (zf_zip_write_at(op, zip->fd, ends, n, start + d->size) < 0 || sync_file(zip, op) < 0)
			return -1;
		if (ftruncate(zip->fd, (off_t)end) < 0)
			return zf_fail(op, errno, "cannot cut the archive: %m");
		remove_extent(&zip->unused, before);
	} else {
		before = SIZE_MAX;
		if (sync_file(zip, op) < 0 || zf_zip_write_at(op, zip->fd, ends, n, start + d->size) < 0)
			return -1;
	}
	if (fsync(zip->fd) < 0)
		return zf_fail(op, errno, "cannot sync: %m");
	settle(zip, before, start, end);
	return 0;
}

static int flush(struct zf_zip *zip, struct zf_op *op)
{
	struct zf_zip_directory d = { .buffer = malloc(ZF_ZIP_BUFFER) };
	uint8_t *ends = malloc(ZF_ZIP_END64 + ZF_ZIP_LOCATOR + ZF_ZIP_END + UINT16_MAX);
	int result;

	if (d.buffer && ends)
		result = commit(zip, op, &d, ends);
	else
		result = zf_nomem(op, ZF_ZIP_BUFFER);
	free(d.buffer);
	free(ends);
	return result;
}

/* always: not only where the directory costs no more than what was written since the last one */
static int write_directory(struct zf_store *store, struct zf_op *op, bool always)
{
	struct zf_zip *zip = (struct zf_zip *)store;
	uint64_t size;
	int result = 0;

	if (zf_zip_enter(zip, op) < 0)
		return -1;
	size = zip->index.end - zip->index.directory;
	if (zip->dirty && (always || size <= CHEAP || size <= zip->added))
		result = flush(zip, op);
	end(zip);
	pthread_mutex_unlock(&zip->writer);
	return result;
}

/* Thousands of small files copied to a large archive, each of them closed, would cost thousands of large
 * directories. So other programs may have to wait for the next large file, or a flush. */
int zf_zip_settle(struct zf_store *store, struct zf_op *op)
{
	return write_directory(store, op, false);
}

int zf_zip_flush(struct zf_store *store, struct zf_op *op)
{
	return write_directory(store, op, true);
}
