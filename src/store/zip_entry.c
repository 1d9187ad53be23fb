/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zip archives: the bytes of one entry.
 *
 * A stored entry is read in place. A deflated one is inflated from its start, into its place where the range
 * begins. What the archive says about sizes bounds what is produced, and out bounds that.
 */
#include "store/zip.h"

#include "store/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_LIBZIP
#include <zip.h>
#endif

enum { PIECE = 8 << 20, INPUT = 64 << 10, SKIPPED = 64 << 10 };

uint32_t zf_zip_crc(const void *data, size_t len)
{
	/* both take NULL for "begin" */
	if (len == 0)
		return 0;
#ifdef HAVE_LIBDEFLATE
	return libdeflate_crc32(0, data, len);
#else
	return (uint32_t)crc32_z(0, data, len);
#endif
}

/* ---- where it is --------------------------------------------------------------------------------------- */

/* Reads the local header, which has to tell the same as the directory. */
int zf_zip_find_data(
	struct zf_op *op, int fd, const struct zf_zip_entry *entry, const char *name, uint64_t *data)
{
	uint8_t head[ZF_ZIP_LOCAL + UINT16_MAX];
	size_t name_len = strlen(name);

	if (zf_zip_read(op, fd, head, ZF_ZIP_LOCAL + name_len, entry->offset) < 0)
		return -1;
	if (zf_le32(head) != ZF_ZIP_LOCAL_MAGIC)
		return zf_fail(op, EIO, "the archive has no entry where its directory says");
	if (zf_le16(head + 26) != name_len || memcmp(head + ZF_ZIP_LOCAL, name, name_len) != 0 ||
		zf_le16(head + 8) != entry->method || (zf_le16(head + 6) ^ entry->flags) & ZF_ZIP_ENCRYPTED)
		return zf_fail(op, EIO, "the archive has another entry where its directory says");
	*data = entry->offset + ZF_ZIP_LOCAL + name_len + zf_le16(head + 28);
	return 0;
}

/* ---- stored -------------------------------------------------------------------------------------------- */

static int get_stored(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	if (entry->stored != entry->size)
		return zf_fail(op, EIO, "a stored entry of %llu bytes takes %llu",
			(unsigned long long)entry->size, (unsigned long long)entry->stored);
	if (zf_out_reserve(out, op, (size_t)len) < 0)
		return -1;
	for (uint64_t done = 0; done < len;) {
		size_t n = len - done < PIECE ? (size_t)(len - done) : PIECE;

		if (zf_op_check(op) < 0 ||
			zf_zip_read(op, fd, out->data + out->len, n, data + offset + done) < 0)
			return -1;
		out->len += n;
		done += n;
	}
	return 0;
}

/* ---- deflated ------------------------------------------------------------------------------------------ */

struct inflating {
	z_stream z;
	int fd;
	uint64_t at, left; /* in the archive */
	bool ended;
	uint8_t input[INPUT], skipped[SKIPPED];
};

/* Inflates n bytes to `to`; NULL: to nowhere. */
static int inflate_some(struct zf_op *op, struct inflating *s, uint8_t *to, size_t n)
{
	int rc = Z_OK;

	s->z.next_out = to;
	s->z.avail_out = (uInt)n;
	while (s->z.avail_out > 0 && rc == Z_OK) {
		if (s->z.avail_in == 0 && s->left > 0) {
			size_t more = s->left < INPUT ? (size_t)s->left : INPUT;

			if (zf_zip_read(op, s->fd, s->input, more, s->at) < 0)
				return -1;
			s->z.next_in = s->input;
			s->z.avail_in = (uInt)more;
			s->at += more;
			s->left -= more;
		}
		rc = inflate(&s->z, Z_NO_FLUSH);
	}
	s->ended = rc == Z_STREAM_END;
	if (s->z.avail_out == 0)
		return 0;
	if (rc == Z_STREAM_END || rc == Z_BUF_ERROR)
		return zf_fail(op, EIO, "the deflated entry ends after %llu bytes",
			(unsigned long long)s->z.total_out);
	return zf_fail(op, EIO, "the deflated entry is damaged: %s", s->z.msg ? s->z.msg : zError(rc));
}

/* Whether the stream ends where it should. */
static int check_end(struct zf_op *op, struct inflating *s)
{
	uint8_t more;
	int rc = Z_OK;

	while (rc == Z_OK && !s->ended) {
		s->z.next_out = &more;
		s->z.avail_out = 1;
		if (s->z.avail_in == 0 && s->left > 0) {
			size_t n = s->left < INPUT ? (size_t)s->left : INPUT;

			if (zf_zip_read(op, s->fd, s->input, n, s->at) < 0)
				return -1;
			s->z.next_in = s->input;
			s->z.avail_in = (uInt)n;
			s->at += n;
			s->left -= n;
		}
		rc = inflate(&s->z, Z_NO_FLUSH);
		if (s->z.avail_out == 0)
			return zf_fail(op, EIO, "the deflated entry holds more bytes than it says");
	}
	if (s->ended || rc == Z_STREAM_END)
		return 0;
	return zf_fail(op, EIO, "the deflated entry is cut off");
}

static int inflate_range(struct zf_op *op, struct inflating *s, const struct zf_zip_entry *entry,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	for (uint64_t done = 0; done < offset;) {
		size_t n = offset - done < SKIPPED ? (size_t)(offset - done) : SKIPPED;

		if (zf_op_check(op) < 0 || inflate_some(op, s, s->skipped, n) < 0)
			return -1;
		done += n;
	}
	for (uint64_t done = 0; done < len;) {
		/* by pieces, so that a size that lies takes memory only as bytes come */
		size_t n = len - done < PIECE ? (size_t)(len - done) : PIECE;

		if (zf_op_check(op) < 0 || zf_out_reserve(out, op, n) < 0 ||
			inflate_some(op, s, out->data + out->len, n) < 0)
			return -1;
		out->len += n;
		done += n;
	}
	return offset + len == entry->size ? check_end(op, s) : 0;
}

static int get_deflated(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	struct inflating *s = malloc(sizeof *s);
	int result;

	if (!s)
		return zf_nomem(op, sizeof *s);
	memset(&s->z, 0, sizeof s->z);
	s->fd = fd;
	s->at = data;
	s->left = entry->stored;
	s->ended = false;
	if (inflateInit2(&s->z, -MAX_WBITS) != Z_OK) {
		free(s);
		return zf_nomem(op, sizeof *s);
	}
	result = inflate_range(op, s, entry, offset, len, out);
	inflateEnd(&s->z);
	free(s);
	return result;
}

/* ---- other methods ------------------------------------------------------------------------------------- */

#ifdef HAVE_LIBZIP

static uint8_t *le(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t)(value >> 8 * i);
	return p;
}

/* What local header and directory have in common, from "needs" on. */
static uint8_t *common(uint8_t *p, const struct zf_zip_entry *entry)
{
	p = le(le(le(p, entry->needs, 2), 0, 2), entry->method, 2);
	p = le(le(le(p, 0, 4), entry->crc, 4), entry->stored, 4);
	return le(le(le(p, entry->size, 4), 1, 2), 0, 2);
}

enum { AROUND = ZF_ZIP_LOCAL + 1 + ZF_ZIP_CENTRAL + 1 + ZF_ZIP_END };

/* An archive in memory that has this entry only: libzip sees nothing else of a file that may be hostile, and
 * threads need not share a handle. New: free(). */
static uint8_t *make_archive(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data)
{
	size_t n = (size_t)entry->stored, local = ZF_ZIP_LOCAL + 1 + n;
	uint8_t *bytes = malloc(n + AROUND), *p;

	if (!bytes) {
		zf_nomem(op, n + AROUND);
		return NULL;
	}
	p = common(le(bytes, ZF_ZIP_LOCAL_MAGIC, 4), entry);
	*p++ = 'x';
	if (zf_zip_read(op, fd, p, n, data) < 0) {
		free(bytes);
		return NULL;
	}
	p = common(le(le(p + n, ZF_ZIP_CENTRAL_MAGIC, 4), 20, 2), entry);
	p = le(le(le(le(p, 0, 2), 0, 4), 0, 4), 0, 4);
	*p++ = 'x';
	p = le(le(le(le(p, ZF_ZIP_END_MAGIC, 4), 0, 4), 1, 2), 1, 2);
	le(le(le(p, ZF_ZIP_CENTRAL + 1, 4), local, 4), 0, 2);
	return bytes;
}

static int read_file(struct zf_op *op, zip_file_t *file, uint64_t offset, uint64_t len, struct zf_out *out)
{
	uint8_t skipped[4096];
	zip_int64_t n;

	for (uint64_t done = 0; done < offset; done += (uint64_t)n) {
		n = zip_fread(file, skipped, offset - done < sizeof skipped ? offset - done : sizeof skipped);
		if (zf_op_check(op) < 0)
			return -1;
		if (n <= 0)
			return zf_fail(
				op, EIO, "libzip cannot decode the entry: %s", zip_file_strerror(file));
	}
	for (uint64_t done = 0; done < len; done += (uint64_t)n) {
		size_t piece = len - done < PIECE ? (size_t)(len - done) : PIECE;

		if (zf_op_check(op) < 0 || zf_out_reserve(out, op, piece) < 0)
			return -1;
		n = zip_fread(file, out->data + out->len, piece);
		if (n <= 0)
			return zf_fail(
				op, EIO, "libzip cannot decode the entry: %s", zip_file_strerror(file));
		out->len += (size_t)n;
	}
	return 0;
}

static int read_archive(struct zf_op *op, const uint8_t *bytes, size_t size, uint64_t offset, uint64_t len,
	struct zf_out *out)
{
	zip_source_t *source;
	zip_error_t error;
	zip_file_t *file;
	zip_t *archive;
	int result;

	zip_error_init(&error);
	source = zip_source_buffer_create(bytes, size, 0, &error);
	archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	if (!archive) {
		zf_fail(op, EIO, "libzip cannot decode the entry: %s", zip_error_strerror(&error));
		zip_error_fini(&error);
		zip_source_free(source);
		return -1;
	}
	file = zip_fopen_index(archive, 0, 0);
	if (file)
		result = read_file(op, file, offset, len, out);
	else
		result = zf_fail(op, EOPNOTSUPP, "libzip cannot decode the entry: %s", zip_strerror(archive));
	if (file)
		zip_fclose(file);
	zip_discard(archive);
	zip_error_fini(&error);
	return result;
}

static int get_other(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	uint8_t *bytes;
	int result;

	/* no method makes bytes many more than they were */
	if (entry->stored > INT32_MAX || entry->stored / 2 > out->limit || entry->size > UINT32_MAX - 1)
		return zf_fail(op, EFBIG, "an encoded entry of %llu bytes is too large",
			(unsigned long long)entry->stored);
	bytes = make_archive(op, fd, entry, data);
	if (!bytes)
		return -1;
	result = read_archive(op, bytes, (size_t)entry->stored + AROUND, offset, len, out);
	free(bytes);
	return result;
}

#else

static int get_other(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	(void)fd, (void)data, (void)offset, (void)len, (void)out;
	return zf_fail(op, EOPNOTSUPP,
		"the entry is encoded by method %u, which needs libzip, not in this build", entry->method);
}

#endif

/* ---- any ----------------------------------------------------------------------------------------------- */

static int get_range(struct zf_op *op, int fd, const struct zf_zip_entry *entry, uint64_t data,
	uint64_t offset, uint64_t len, struct zf_out *out)
{
	if (entry->method == ZF_ZIP_STORED)
		return get_stored(op, fd, entry, data, offset, len, out);
	if (entry->method == ZF_ZIP_DEFLATED)
		return get_deflated(op, fd, entry, data, offset, len, out);
	return get_other(op, fd, entry, data, offset, len, out);
}

int zf_zip_entry_get(struct zf_op *op, int fd, const struct zf_zip_entry *entry, const char *name,
	const struct zf_range *range, struct zf_out *out, uint64_t *data)
{
	size_t before = out->len;
	uint64_t offset, len;

	if (entry->flags & ZF_ZIP_ENCRYPTED)
		return zf_fail(op, EOPNOTSUPP, "the entry is encrypted");
	zf_range_clip(range, entry->size, &offset, &len);
	/* says at once what out cannot hold */
	if (len > SIZE_MAX || len > out->limit - out->len)
		return zf_out_reserve(out, op, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
	if (entry->data)
		*data = entry->data;
	else if (zf_zip_find_data(op, fd, entry, name, data) < 0)
		return -1;
	if (get_range(op, fd, entry, *data, offset, len, out) < 0)
		return -1;
	if (len == entry->size && zf_zip_crc(out->data + before, (size_t)len) != entry->crc)
		return zf_fail(op, EIO, "the entry's checksum is wrong");
	return 0;
}
