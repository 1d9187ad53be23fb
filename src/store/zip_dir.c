/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zip archives: the end record and the central directory.
 *
 * The end record is looked for from the end of the file. The usual one ends where the file ends. Others are
 * only believed if their directory lies exactly in front of them, counted from the start of the file: so
 * an archive is found under what a writer that was killed left after it, and an archive within a value
 * is not taken for the whole.
 */
#include "store/zip.h"

#include "base/checked.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WINDOW = 1 << 20,       /* bytes looked through at a time */
	AHEAD = 256 << 10,      /* of the directory; more than the longest entry */
	ENTRIES_A_CHECK = 4096, /* between looks at whether to go on */
	EXTRA64 = 1             /* the extra field of ZIP64 */
};

int zf_zip_read(struct zf_op *op, int fd, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;
	ssize_t n;

	if (offset > INT64_MAX - len)
		return zf_fail(op, EIO, "the archive points far beyond its end");
	while (done < len) {
		n = pread(fd, (uint8_t *)buf + done, len - done, (off_t)(offset + done));
		if (n == 0)
			return zf_fail(op, EIO, "the archive ends at byte %llu",
				(unsigned long long)(offset + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot read at byte %llu: %m",
				(unsigned long long)(offset + done));
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* ---- the end record ------------------------------------------------------------------------------------ */

struct end {
	uint64_t count, size, directory; /* as it says */
	uint64_t position;               /* of the first record after the directory */
	bool wide;                       /* ZIP64: count is exact */
};

static bool has_magic(int fd, uint64_t offset, uint32_t magic)
{
	uint8_t bytes[4];

	return offset <= INT64_MAX && pread(fd, bytes, 4, (off_t)offset) == 4 && zf_le32(bytes) == magic;
}

/* Takes the larger numbers of ZIP64, if the end record at `at` has them. False: they make no sense. */
static bool widen(int fd, uint64_t at, struct end *end)
{
	uint8_t locator[ZF_ZIP_LOCATOR], wide[ZF_ZIP_END64];
	uint64_t place;

	if (at < ZF_ZIP_LOCATOR || !has_magic(fd, at - ZF_ZIP_LOCATOR, ZF_ZIP_LOCATOR_MAGIC))
		return true;
	if (pread(fd, locator, sizeof locator, (off_t)(at - ZF_ZIP_LOCATOR)) != sizeof locator)
		return false;
	place = zf_le64(locator + 8);
	/* with something in front of the archive, the place is off, and the record is right here */
	if (!has_magic(fd, place, ZF_ZIP_END64_MAGIC) && at >= ZF_ZIP_LOCATOR + ZF_ZIP_END64)
		place = at - ZF_ZIP_LOCATOR - ZF_ZIP_END64;
	if (!has_magic(fd, place, ZF_ZIP_END64_MAGIC) || place >= at)
		return false;
	if (pread(fd, wide, sizeof wide, (off_t)place) != sizeof wide)
		return false;
	if (zf_le32(wide + 16) != 0 || zf_le32(wide + 20) != 0)
		return false;
	end->count = zf_le64(wide + 32);
	end->size = zf_le64(wide + 40);
	end->directory = zf_le64(wide + 48);
	end->position = place;
	end->wide = true;
	return true;
}

/* Whether there is an end record at `at`, of an archive that may be the one. `p` has its first bytes. */
static bool is_end(int fd, const uint8_t *p, uint64_t at, uint64_t file_size, struct zf_zip_index *index,
	struct end *end)
{
	uint64_t sum, stop = at + ZF_ZIP_END + zf_le16(p + 20);

	/* several disks; or a comment that is cut off */
	if (zf_le16(p + 4) != 0 || zf_le16(p + 6) != 0 || stop > file_size)
		return false;
	*end = (struct end){ .count = zf_le16(p + 10),
		.size = zf_le32(p + 12),
		.directory = zf_le32(p + 16),
		.position = at };
	if (!widen(fd, at, end) || !zf_add(end->directory, end->size, &sum) || sum > end->position)
		return false;
	index->shift = end->position - sum;
	if (index->shift && end->size && has_magic(fd, end->directory, ZF_ZIP_CENTRAL_MAGIC))
		index->shift = 0;
	if (stop != file_size && sum != end->position)
		return false;
	index->directory = end->directory + index->shift;
	index->end = stop;
	index->comment_len = zf_le16(p + 20);
	return end->size == 0 || has_magic(fd, index->directory, ZF_ZIP_CENTRAL_MAGIC);
}

static int find_end(
	struct zf_op *op, int fd, uint64_t size, struct zf_zip_index *index, struct end *end, uint8_t *window)
{
	uint64_t stop = size;

	while (stop >= ZF_ZIP_END) {
		uint64_t start = stop > WINDOW ? stop - WINDOW : 0;
		size_t n = (size_t)(stop - start);

		if (zf_op_check(op) < 0 || zf_zip_read(op, fd, window, n, start) < 0)
			return -1;
		for (size_t i = n - ZF_ZIP_END + 1; i-- > 0;)
			if (window[i] == 'P' && zf_le32(window + i) == ZF_ZIP_END_MAGIC &&
				is_end(fd, window + i, start + i, size, index, end))
				return 0;
		if (start == 0)
			break;
		stop = start + ZF_ZIP_END - 1;
	}
	return zf_fail(op, EIO, "not a whole zip archive: it has no end record");
}

/* ---- entries ------------------------------------------------------------------------------------------- */

/* One 64-bit number of the ZIP64 field, if the 32 bits it stands for are all ones. */
static bool take64(const uint8_t **p, const uint8_t *end, uint64_t *number)
{
	if (*number != UINT32_MAX)
		return true;
	if (end - *p < 8)
		return false;
	*number = zf_le64(*p);
	*p += 8;
	return true;
}

/* Copies the extra fields without the one of ZIP64, whose numbers are taken. False: it is cut off. */
static bool take_extra(struct zf_zip_entry *entry, const uint8_t *extra, size_t len, uint8_t *copy)
{
	const uint8_t *p = extra, *end = extra + len;

	while (end - p >= 4) {
		size_t n = (size_t)4 + zf_le16(p + 2);
		const uint8_t *field = p + 4;

		if ((size_t)(end - p) < n)
			break;
		if (zf_le16(p) == EXTRA64) {
			if (!take64(&field, p + n, &entry->size) || !take64(&field, p + n, &entry->stored) ||
				!take64(&field, p + n, &entry->offset))
				return false;
		} else {
			memcpy(copy + entry->extra_len, p, n);
			entry->extra_len = (uint16_t)(entry->extra_len + n);
		}
		p += n;
	}
	return true;
}

/* Makes an entry of bytes whose lengths are checked. NULL: failed. */
static struct zf_zip_entry *parse_entry(
	struct zf_op *op, const uint8_t *p, const struct zf_zip_index *index, uint64_t number)
{
	size_t name_len = zf_le16(p + 28), extra_len = zf_le16(p + 30), comment_len = zf_le16(p + 32);
	size_t room = sizeof(struct zf_zip_entry) + name_len + 1 + extra_len + comment_len;
	struct zf_zip_entry *entry = malloc(room);
	uint8_t *to;

	if (!entry) {
		zf_nomem(op, room);
		return NULL;
	}
	*entry = (struct zf_zip_entry){ .keyed.key = (const char *)entry->bytes,
		.number = number,
		.offset = zf_le32(p + 42),
		.stored = zf_le32(p + 20),
		.size = zf_le32(p + 24),
		.crc = zf_le32(p + 16),
		.attributes = zf_le32(p + 38),
		.made_by = zf_le16(p + 4),
		.needs = zf_le16(p + 6),
		.flags = zf_le16(p + 8),
		.method = zf_le16(p + 10),
		.time = zf_le16(p + 12),
		.date = zf_le16(p + 14),
		.internal = zf_le16(p + 36),
		.name_len = (uint16_t)name_len,
		.comment_len = (uint16_t)comment_len };
	p += ZF_ZIP_CENTRAL;
	memcpy(entry->bytes, p, name_len);
	entry->bytes[name_len] = '\0';
	to = entry->bytes + name_len + 1;
	if (!take_extra(entry, p + name_len, extra_len, to) ||
		!zf_add(entry->offset, index->shift, &entry->offset) || entry->offset > INT64_MAX) {
		free(entry);
		zf_fail(op, EIO, "damaged central directory: entry %llu has no valid place",
			(unsigned long long)(number - index->next));
		return NULL;
	}
	memcpy(to + entry->extra_len, p + name_len + extra_len, comment_len);
	return entry;
}

static bool is_key(const struct zf_zip_entry *entry)
{
	return strlen(entry->keyed.key) == entry->name_len && zf_key_valid(entry->keyed.key);
}

struct list {
	struct zf_keyed **item;
	size_t count, room;
};

static int add_entry(
	struct zf_op *op, struct zf_zip_index *index, struct list *list, struct zf_zip_entry *entry)
{
	if (!is_key(entry)) {
		entry->next = index->others;
		index->others = entry;
		return 0;
	}
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		struct zf_keyed **item = reallocarray(list->item, room, sizeof(struct zf_keyed *));

		if (!item) {
			free(entry);
			return zf_nomem(op, room * sizeof(struct zf_keyed *));
		}
		list->item = item;
		list->room = room;
	}
	list->item[list->count++] = &entry->keyed;
	return 0;
}

/* ---- the directory ------------------------------------------------------------------------------------- */

/* Length of the entry at p, of which n bytes are here; 0: there is none. */
static size_t entry_len(const uint8_t *p, size_t n)
{
	size_t len;

	if (n < ZF_ZIP_CENTRAL || zf_le32(p) != ZF_ZIP_CENTRAL_MAGIC)
		return 0;
	len = (size_t)ZF_ZIP_CENTRAL + zf_le16(p + 28) + zf_le16(p + 30) + zf_le16(p + 32);
	return len <= n ? len : 0;
}

static int check_count(struct zf_op *op, const struct end *end, uint64_t count)
{
	/* without ZIP64 the number is cut to 16 bits by some writers */
	if (count == end->count || (!end->wide && (uint16_t)count == end->count))
		return 0;
	return zf_fail(op, EIO, "damaged central directory: %llu entries were to come, there are %llu",
		(unsigned long long)end->count, (unsigned long long)count);
}

/* Reads the directory window by window. */
static int read_entries(struct zf_op *op, int fd, const struct end *end, struct zf_zip_index *index,
	struct list *list, uint8_t *window)
{
	uint64_t at = 0, number = index->next;
	size_t have = 0, used = 0, n;

	while (at < end->size) {
		if (have - used < AHEAD && at + (have - used) < end->size) {
			uint64_t left = end->size - at;
			size_t want = left < WINDOW ? (size_t)left : WINDOW;

			if (zf_zip_read(op, fd, window, want, index->directory + at) < 0)
				return -1;
			have = want;
			used = 0;
		}
		n = entry_len(window + used, have - used);
		if (n == 0)
			return zf_fail(op, EIO, "damaged central directory: entry %llu is none",
				(unsigned long long)(number - index->next));
		struct zf_zip_entry *entry = parse_entry(op, window + used, index, number);
		if (!entry || add_entry(op, index, list, entry) < 0)
			return -1;
		number++;
		used += n;
		at += n;
		if (number % ENTRIES_A_CHECK == 0 && zf_op_check(op) < 0)
			return -1;
	}
	n = (size_t)(number - index->next);
	index->next = number;
	return check_count(op, end, n);
}

static int by_name(const void *a, const void *b)
{
	const struct zf_zip_entry *x = *(struct zf_zip_entry *const *)a,
				  *y = *(struct zf_zip_entry *const *)b;
	int order = strcmp(x->keyed.key, y->keyed.key);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Of those with one name, the last counts. */
static void sort_and_drop(struct list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->item, list->count, sizeof *list->item, by_name);
	for (size_t i = 0; i < list->count; i++)
		if (i + 1 < list->count && strcmp(list->item[i]->key, list->item[i + 1]->key) == 0)
			free(list->item[i]);
		else
			list->item[kept++] = list->item[i];
	list->count = kept;
}

static int read_comment(struct zf_op *op, int fd, struct zf_zip_index *index)
{
	if (index->comment_len == 0)
		return 0;
	index->comment = malloc(index->comment_len);
	if (!index->comment)
		return zf_nomem(op, index->comment_len);
	return zf_zip_read(op, fd, index->comment, index->comment_len, index->end - index->comment_len);
}

/* ---- the folder that everything is in ------------------------------------------------------------------ */

static const char *const documents[] = { "zarr.json", ".zgroup", ".zarray", ".zmetadata", "meta", "attrs" };

static bool has_documents(const struct zf_zip_index *index, const char *prefix)
{
	char key[2 * (ZF_MAX_KEY + 1)];

	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		snprintf(key, sizeof key, "%s%s", prefix, documents[i]);
		if (zf_keymap_find(&index->map, key))
			return true;
	}
	return false;
}

struct top {
	char name[ZF_MAX_NAME + 2];
	unsigned others;
};

static int see_top(void *arg, const char *name, bool is_prefix)
{
	struct top *top = arg;

	/* what one system's archiver adds on its own */
	if (is_prefix && strcmp(name, "__MACOSX") == 0)
		return 0;
	if (!is_prefix || top->name[0])
		return ++top->others;
	snprintf(top->name, sizeof top->name, "%s/", name);
	return 0;
}

static int find_prefix(struct zf_op *op, struct zf_zip_index *index)
{
	struct top top = { 0 };

	if (!has_documents(index, ""))
		zf_keymap_list(&index->map, "", see_top, &top);
	if (top.others || !has_documents(index, top.name))
		top.name[0] = '\0';
	index->prefix = strdup(top.name);
	return index->prefix ? 0 : zf_nomem(op, strlen(top.name) + 1);
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

static void free_entry(struct zf_keyed *item)
{
	free(item);
}

void zf_zip_index_free(struct zf_zip_index *index)
{
	struct zf_zip_entry *next;

	zf_keymap_free(&index->map, free_entry);
	for (struct zf_zip_entry *entry = index->others; entry; entry = next) {
		next = entry->next;
		free(entry);
	}
	free(index->comment);
	free(index->prefix);
	*index = (struct zf_zip_index){ .next = index->next };
}

int zf_zip_load(struct zf_op *op, int fd, struct zf_zip_index *index)
{
	uint8_t *window = malloc(WINDOW);
	struct list list = { 0 };
	struct stat st;
	struct end end = { 0 };
	int result = -1;

	if (!window)
		return zf_nomem(op, WINDOW);
	if (fstat(fd, &st) < 0) {
		zf_fail(op, errno, "%m");
		goto out;
	}
	if (find_end(op, fd, (uint64_t)st.st_size, index, &end, window) < 0 ||
		read_entries(op, fd, &end, index, &list, window) < 0 || read_comment(op, fd, index) < 0)
		goto out;
	sort_and_drop(&list);
	if (zf_keymap_load(&index->map, op, list.item, list.count) < 0)
		goto out;
	list.count = 0;
	result = find_prefix(op, index);
out:
	for (size_t i = 0; i < list.count; i++)
		free(list.item[i]);
	free(list.item);
	free(window);
	if (result < 0)
		zf_zip_index_free(index);
	return result;
}
