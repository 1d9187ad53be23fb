/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zip store: an archive whose entries are the keys, as zarr-python's ZipStore makes them.
 *
 * The format is read and written here, not by libzip: a store needs the place of an entry's bytes (to read
 * ranges of stored ones with one pread, from many threads), and has to add to an archive of any size without
 * writing it anew. libzip, where there is one, decodes what is neither stored nor deflated.
 *
 *   zip.c        opening, noticing changes, get, stat, list, close
 *   zip_dir.c    the end record and the central directory, read into an index
 *   zip_entry.c  the bytes of one entry
 *   zip_encode.c the format as bytes
 *   zip_write.c  put, del, flush
 *   zip_compact.c what has become of replaced entries is taken out at the end
 */
#ifndef ZF_STORE_ZIP_H
#define ZF_STORE_ZIP_H

#include "store/keymap.h"
#include "store/store.h"

#include <sys/types.h>

enum zf_zip_flags {
	ZF_ZIP_READONLY = 1,
	ZF_ZIP_CREATE = 2 /* an empty archive, where there is none */
};

/* Opens the archive at path. New: zf_store_close(). ENOENT, EACCES, ...; EIO: it is damaged. What the file
 * system does not allow to write is read-only. */
int zf_zip_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

/* ---- the format ---------------------------------------------------------------------------------------- */

enum {
	ZF_ZIP_LOCAL = 30,    /* bytes of a local header, */
	ZF_ZIP_CENTRAL = 46,  /* an entry of the central directory, */
	ZF_ZIP_END = 22,      /* the end record, */
	ZF_ZIP_END64 = 56,    /* the one of ZIP64, */
	ZF_ZIP_LOCATOR = 20,  /* and what points to that, all without their variable parts */
	ZF_ZIP_ENCRYPTED = 1, /* flags of an entry */
	ZF_ZIP_UTF8 = 1 << 11,
	ZF_ZIP_STORED = 0, /* methods */
	ZF_ZIP_DEFLATED = 8,
	ZF_ZIP_UNIX = 3 << 8 /* made by: attributes are Unix modes */
};

#define ZF_ZIP_LOCAL_MAGIC 0x04034b50u
#define ZF_ZIP_CENTRAL_MAGIC 0x02014b50u
#define ZF_ZIP_END_MAGIC 0x06054b50u
#define ZF_ZIP_END64_MAGIC 0x06064b50u
#define ZF_ZIP_LOCATOR_MAGIC 0x07064b50u

static inline uint16_t zf_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t zf_le32(const uint8_t *p)
{
	return (uint32_t)zf_le16(p) | (uint32_t)zf_le16(p + 2) << 16;
}

static inline uint64_t zf_le64(const uint8_t *p)
{
	return (uint64_t)zf_le32(p) | (uint64_t)zf_le32(p + 4) << 32;
}

/* ---- the index ----------------------------------------------------------------------------------------- */

struct zf_zip_entry {
	struct zf_keyed keyed; /* the name in the archive */
	uint64_t number;       /* no two entries of a store ever have the same */
	uint64_t offset;       /* of the local header in the file */
	uint64_t data;         /* of the bytes; 0: the local header was not looked at yet */
	uint64_t extent;       /* bytes from offset that are ours to use again; 0: not known */
	uint64_t stored, size; /* bytes in the archive, and decoded */
	uint32_t crc, attributes;
	uint16_t made_by, needs, flags, method, time, date, internal;
	uint16_t name_len, extra_len, comment_len;
	struct zf_zip_entry *next; /* of those that are no keys */
	uint8_t bytes[];           /* the name, NUL, the extra field without ZIP64, the comment */
};

struct zf_zip_index {
	struct zf_keymap map;        /* the entries that are keys, by name */
	struct zf_zip_entry *others; /* directories and names that are no keys; kept in the archive */
	uint8_t *comment;            /* of the archive; owned */
	uint16_t comment_len;
	uint64_t directory; /* where the central directory starts, */
	uint64_t end;       /* and the archive ends: there may be something after it */
	uint64_t shift;     /* bytes in front of the archive that its offsets do not count */
	uint64_t next;      /* the number of the next entry */
	char *prefix;       /* in front of all keys: "x.zarr/", or ""; owned */
};

/* Reads the index of an open file; the numbers of its entries begin at index->next. EIO. */
int zf_zip_load(struct zf_op *op, int fd, struct zf_zip_index *index);
void zf_zip_index_free(struct zf_zip_index *index);

/* Reads len bytes. EIO "ends at byte N" where the file is shorter. */
int zf_zip_read(struct zf_op *op, int fd, void *buf, size_t len, uint64_t offset);

/* Appends the range of an entry's bytes to out. *data: as entry->data, then known. */
int zf_zip_entry_get(struct zf_op *op, int fd, const struct zf_zip_entry *entry, const char *name,
	const struct zf_range *range, struct zf_out *out, uint64_t *data);

/* Finds where an entry's bytes begin, by its local header. EIO. */
int zf_zip_find_data(
	struct zf_op *op, int fd, const struct zf_zip_entry *entry, const char *name, uint64_t *out);

uint32_t zf_zip_crc(const void *data, size_t len);

/* ---- the store ----------------------------------------------------------------------------------------- */

/* What a file is: if any of it differs, another program has changed it. */
struct zf_zip_stamp {
	uint64_t word[5];
};

struct zf_zip_extent {
	uint64_t offset, len;
};

struct zf_zip_extents {
	struct zf_zip_extent *item; /* sorted; none touches the next */
	size_t count, room;
};

struct zf_zip {
	struct zf_store store;
	int fd;     /* its number stays, also when the file behind it is another one */
	char *path; /* absolute; owned */
	long zone;  /* seconds that local time is ahead: the times of entries are local, and do not say whose
		     */

	/* Held for look-ups and changes in memory, never across I/O. */
	pthread_mutex_t lock;
	struct zf_zip_index index;
	struct zf_zip_stamp stamp; /* of the file that the index is from */
	bool dirty;                /* the index is ahead of the file's directory; the stamp means nothing */

	/* Held for whole calls that write, and while the index is read anew. Comes before lock. */
	pthread_mutex_t writer;
	uint64_t tail;                 /* where the file grows */
	bool held;                     /* we have the lock of the file */
	bool wrote;                    /* something was flushed */
	struct zf_zip_extents unused;  /* in no directory that could come back */
	struct zf_zip_extents leaving; /* unused after the next flush */
	uint64_t added;                /* bytes written since the last flush */
};

/* Waits for its turn to write, as long as the operation wants to. */
int zf_zip_enter(struct zf_zip *zip, struct zf_op *op);

void zf_zip_stamp(int fd, struct zf_zip_stamp *out);

/* Reads the index anew if the file was changed. Needs zip->writer. */
int zf_zip_refresh(struct zf_zip *zip, struct zf_op *op);

void zf_zip_describe(const struct zf_zip *zip, const struct zf_zip_entry *entry, struct zf_value *out);

/* ---- writing ------------------------------------------------------------------------------------------- */

enum {
	ZF_ZIP_BUFFER = 256 << 10, /* of the directory, being written; more than the longest entry */
	ZF_ZIP_ENDS = ZF_ZIP_END64 + ZF_ZIP_LOCATOR + ZF_ZIP_END + UINT16_MAX, /* end records have at most */
};

/* The directory on its way to the file, or (fd -1) just its size. */
struct zf_zip_directory {
	int fd;
	uint64_t at, size, count;
	uint8_t *buffer; /* of ZF_ZIP_BUFFER bytes; borrowed */
	size_t len;
};

int zf_zip_write_at(struct zf_op *op, int fd, const uint8_t *data, size_t len, uint64_t offset);

/* Makes a local header with its name; returns its length. */
size_t zf_zip_local(uint8_t *p, const struct zf_zip_entry *entry);

/* Writes the directory of the index, which must not change meanwhile: its changes need zip->writer. */
int zf_zip_write_directory(const struct zf_zip *zip, struct zf_op *op, struct zf_zip_directory *d);

/* Makes the end records of a directory that starts there; returns their length. */
size_t zf_zip_ends(const struct zf_zip *zip, const struct zf_zip_directory *d, uint64_t start, uint8_t *p);

/* Writes the archive anew without what is in no entry, where that is more than half of it and there is room
 * for another. At the end of a store that was written; what fails leaves the archive as it is. */
void zf_zip_compact(struct zf_zip *zip);

/* Takes the file's lock, if the archive is still the one of the index. It goes with the file's closing. */
bool zf_zip_hold(struct zf_zip *zip, struct zf_op *op);

/* The file that is written meanwhile, "PATH.zarrfs-tmp-zip". New: free(). */
char *zf_zip_new_path(const struct zf_zip *zip);

/* Cuts off what a writer that was killed left behind the archive, unless somebody is writing. */
void zf_zip_mend(struct zf_zip *zip);

int zf_zip_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag);
int zf_zip_del(struct zf_store *store, struct zf_op *op, const char *key);
int zf_zip_settle(struct zf_store *store, struct zf_op *op);
int zf_zip_flush(struct zf_store *store, struct zf_op *op);

/* Forgets the places that could be used again: the file is another one. */
void zf_zip_forget(struct zf_zip *zip);

#endif
