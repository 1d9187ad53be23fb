/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zip store: headers, directory and end records as bytes.
 */
#include "store/zip.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 8 << 20 }; /* bytes written at a time, so that a cancelled operation ends soon */

int zf_zip_write_at(struct zf_op *op, int fd, const uint8_t *data, size_t len, uint64_t offset)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (zf_op_check(op) < 0)
			return -1;
		n = pwrite(fd, data + done, len - done < PIECE ? len - done : PIECE, (off_t)(offset + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "cannot write: %m");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* ---- headers ------------------------------------------------------------------------------------------- */

static uint8_t *le(uint8_t *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t)(value >> 8 * i);
	return p;
}

static uint32_t low32(uint64_t value)
{
	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* What local header and directory have in common, from the flags to the sizes. */
static uint8_t *common(uint8_t *p, const struct zf_zip_entry *entry)
{
	p = le(le(p, entry->flags, 2), entry->method, 2);
	p = le(le(p, entry->time, 2), entry->date, 2);
	p = le(le(p, entry->crc, 4), low32(entry->stored), 4);
	return le(le(p, low32(entry->size), 4), entry->name_len, 2);
}

/* The ZIP64 field with what does not fit elsewhere; `local` has no offset, and both sizes. */
static uint8_t *wide_field(uint8_t *p, const struct zf_zip_entry *entry, bool local)
{
	bool sizes = entry->size >= UINT32_MAX || entry->stored >= UINT32_MAX;
	uint8_t *from = p;

	p += 4;
	if (entry->size >= UINT32_MAX || (local && sizes))
		p = le(p, entry->size, 8);
	if (entry->stored >= UINT32_MAX || (local && sizes))
		p = le(p, entry->stored, 8);
	if (!local && entry->offset >= UINT32_MAX)
		p = le(p, entry->offset, 8);
	if (p == from + 4)
		return from;
	le(le(from, 1, 2), (uint64_t)(p - from - 4), 2);
	return p;
}

size_t zf_zip_local(uint8_t *p, const struct zf_zip_entry *entry)
{
	uint8_t extra[32], *from = p;
	size_t n = (size_t)(wide_field(extra, entry, true) - extra);

	p = le(le(p, ZF_ZIP_LOCAL_MAGIC, 4), entry->needs, 2);
	p = le(common(p, entry), n, 2);
	memcpy(p, entry->bytes, entry->name_len);
	memcpy(p + entry->name_len, extra, n);
	return (size_t)(p - from) + entry->name_len + n;
}

static size_t central_header(uint8_t *p, const struct zf_zip_entry *entry)
{
	const uint8_t *rest = entry->bytes + entry->name_len + 1;
	uint8_t extra[32], *from = p;
	size_t n = (size_t)(wide_field(extra, entry, false) - extra);

	/* a field that was full already has no room for ours */
	if (n + entry->extra_len > UINT16_MAX)
		return 0;
	p = le(le(le(p, ZF_ZIP_CENTRAL_MAGIC, 4), entry->made_by, 2),
		n && entry->needs < 45 ? 45 : entry->needs, 2);
	p = le(le(common(p, entry), n + entry->extra_len, 2), entry->comment_len, 2);
	p = le(le(le(p, 0, 2), entry->internal, 2), entry->attributes, 4);
	p = le(p, low32(entry->offset), 4);
	memcpy(p, entry->bytes, entry->name_len);
	p += entry->name_len;
	memcpy(p, extra, n);
	p += n;
	memcpy(p, rest, (size_t)entry->extra_len + entry->comment_len);
	return (size_t)(p - from) + entry->extra_len + entry->comment_len;
}

/* ---- the directory ------------------------------------------------------------------------------------- */

static int write_out(struct zf_zip_directory *d, struct zf_op *op)
{
	if (d->fd >= 0 && zf_zip_write_at(op, d->fd, d->buffer, d->len, d->at) < 0)
		return -1;
	d->at += d->len;
	d->len = 0;
	return 0;
}

static int write_header(struct zf_zip_directory *d, struct zf_op *op, const struct zf_zip_entry *entry)
{
	size_t n;

	if (ZF_ZIP_BUFFER - d->len < ZF_ZIP_CENTRAL + 3 * (size_t)UINT16_MAX && write_out(d, op) < 0)
		return -1;
	n = central_header(d->buffer + d->len, entry);
	if (n == 0)
		return zf_fail(op, EIO, "the extra field of entry '%s' is too long", entry->keyed.key);
	d->len += n;
	d->size += n;
	d->count++;
	return 0;
}

/* The index does not change meanwhile: its changes need zip->writer, which we have. */
int zf_zip_write_directory(const struct zf_zip *zip, struct zf_op *op, struct zf_zip_directory *d)
{
	struct zf_keymap_place place = { 0 };
	const struct zf_zip_entry *entry;

	for (entry = zip->index.others; entry; entry = entry->next)
		if (write_header(d, op, entry) < 0)
			return -1;
	while ((entry = zf_keymap_next(&zip->index.map, &place)))
		if (write_header(d, op, entry) < 0)
			return -1;
	return write_out(d, op);
}

size_t zf_zip_ends(const struct zf_zip *zip, const struct zf_zip_directory *d, uint64_t start, uint8_t *p)
{
	bool wide = d->count >= UINT16_MAX || d->size >= UINT32_MAX || start >= UINT32_MAX;
	uint64_t count = wide ? UINT16_MAX : d->count;
	uint8_t *from = p;

	if (wide) {
		p = le(le(le(le(p, ZF_ZIP_END64_MAGIC, 4), ZF_ZIP_END64 - 12, 8), ZF_ZIP_UNIX | 45, 2), 45,
			2);
		p = le(le(le(p, 0, 8), d->count, 8), d->count, 8);
		p = le(le(p, d->size, 8), start, 8);
		p = le(le(p, ZF_ZIP_LOCATOR_MAGIC, 4), 0, 4);
		p = le(le(p, start + d->size, 8), 1, 4);
	}
	p = le(le(le(le(p, ZF_ZIP_END_MAGIC, 4), 0, 4), count, 2), count, 2);
	p = le(le(p, wide ? UINT32_MAX : d->size, 4), wide ? UINT32_MAX : start, 4);
	p = le(p, zip->index.comment_len, 2);
	if (zip->index.comment_len)
		memcpy(p, zip->index.comment, zip->index.comment_len);
	return (size_t)(p - from) + zip->index.comment_len;
}
