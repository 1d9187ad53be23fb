/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gdbm files, as Python's dbm.gnu makes them.
 *
 * The whole file is locked: by one writer, or any number of readers. A store that may be written holds the
 * writer's lock as long as it is open, as dbm.gnu does. Each flush is a row of single changes and a sync,
 * which must not end in between: the library has no log.
 *
 * No mmap: a file that is cut while it is mapped would kill us.
 */
#include "store/flat.h"

#include <errno.h>
#include <gdbm.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct gdbm {
	struct zf_flat flat;
	GDBM_FILE db;
	char *value; /* the last one fetched; the library's malloc() */
};

static int fail(struct zf_op *op, gdbm_error code, int err)
{
	switch (code) {
	case GDBM_BAD_MAGIC_NUMBER:
	case GDBM_EMPTY_DATABASE:
		return zf_fail(op, EINVAL, "not a gdbm file");
	case GDBM_BYTE_SWAPPED:
		return zf_fail(op, EINVAL, "a gdbm file of a machine of the other byte order");
	case GDBM_BAD_FILE_OFFSET:
		return zf_fail(op, EINVAL, "a gdbm file of a machine with other file offsets");
	case GDBM_MALLOC_ERROR:
		return zf_fail(op, ENOMEM, "gdbm: out of memory");
	default:
		return zf_fail(op, gdbm_check_syserr(code) && err ? err : EIO, "gdbm: %s%s%s",
			gdbm_strerror(code), gdbm_check_syserr(code) && err ? ": " : "",
			gdbm_check_syserr(code) && err ? strerrordesc_np(err) : "");
	}
}

static void close_db(struct zf_flat *flat)
{
	struct gdbm *self = (struct gdbm *)flat;

	free(self->value);
	self->value = NULL;
	if (self->db)
		gdbm_close(self->db);
	self->db = NULL;
}

static int open_db(struct zf_flat *flat, struct zf_op *op, bool create)
{
	struct gdbm *self = (struct gdbm *)flat;
	int flags = GDBM_NOMMAP | GDBM_CLOEXEC | GDBM_NOLOCK; /* flat.c locks it as the library would */

	flags |= create ? GDBM_WRCREAT : flat->writable ? GDBM_WRITER : GDBM_READER;
	errno = 0;
	self->db = gdbm_open(flat->file, 0, flags, 0666, NULL);
	return self->db ? 0 : fail(op, gdbm_errno, errno);
}

static void make_datum(const void *data, size_t len, datum *out)
{
	static const char nothing[1];

	*out = (datum){ .dptr = (char *)(uintptr_t)(data ? data : nothing), .dsize = (int)len };
}

static int fetch(struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len)
{
	struct gdbm *self = (struct gdbm *)flat;
	datum k, v;

	free(self->value);
	self->value = NULL;
	make_datum(key, strlen(key), &k);
	errno = 0;
	v = gdbm_fetch(self->db, k);
	if (!v.dptr && gdbm_errno == GDBM_ITEM_NOT_FOUND)
		return ZF_MISSING;
	if (!v.dptr)
		return fail(op, gdbm_errno, errno);
	self->value = v.dptr;
	*data = (const uint8_t *)v.dptr;
	*len = (size_t)v.dsize;
	return ZF_FOUND;
}

static int each(struct zf_flat *flat, struct zf_op *op, zf_flat_key_fn *fn)
{
	struct gdbm *self = (struct gdbm *)flat;
	datum key = gdbm_firstkey(self->db), next;
	int result = 0;

	while (key.dptr && result == 0) {
		result = fn(flat, op, key.dptr, (size_t)key.dsize);
		next = result == 0 ? gdbm_nextkey(self->db, key) : (datum){ 0 };
		free(key.dptr);
		key = next;
	}
	if (result == 0 && gdbm_errno != GDBM_ITEM_NOT_FOUND)
		result = fail(op, gdbm_errno, 0);
	return result;
}

static int make_change(struct gdbm *self, struct zf_op *op, const struct zf_change *change)
{
	datum k, v;

	make_datum(change->key, strlen(change->key), &k);
	make_datum(change->data, change->len, &v);
	errno = 0;
	if (!change->data ? gdbm_delete(self->db, k) == 0 || gdbm_errno == GDBM_ITEM_NOT_FOUND
			  : gdbm_store(self->db, k, v, GDBM_REPLACE) == 0)
		return 0;
	return fail(op, gdbm_errno, errno);
}

static int apply(struct zf_flat *flat, struct zf_op *op, const struct zf_group *group)
{
	struct gdbm *self = (struct gdbm *)flat;

	for (size_t i = 0; i < group->count; i++)
		if (make_change(self, op, &group->change[i]) < 0)
			return -1;
	errno = 0;
	return gdbm_sync(self->db) == 0 ? 0 : fail(op, gdbm_errno, errno);
}

static int file_of(struct zf_flat *flat)
{
	return gdbm_fdesc(((struct gdbm *)flat)->db);
}

static const struct zf_flat_driver driver = {
	.ops = { .kind = "gdbm", ZF_FLAT_CALLS },
	.size = sizeof(struct gdbm),
	.lock = ZF_FLAT_ALL,
	.max_value = INT_MAX,
	.fd = file_of,
	.open = open_db,
	.close = close_db,
	.fetch = fetch,
	.each = each,
	.apply = apply,
};

int zf_gdbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	return zf_flat_open(ctx, op, &driver, path, path, flags, out);
}
