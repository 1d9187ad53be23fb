/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Berkeley DB 5.3, btree and hash, as bsddb3 and Debian's dbm.ndbm make them: one file, no environment.
 *
 * Without an environment the library has neither locks nor a log. Changed pages stay in a cache that has room
 * for a group until the sync at its end, which must not end before it is done. A panic of the library
 * concerns one handle: the store opens another.
 *
 * The library believes what is in a file and is not to be trusted with one of a stranger.
 */
#include "store/flat.h"

#include <db.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_READ = 8 << 20, CACHE_WRITE = 96 << 20 };

struct bdb {
	struct zf_flat flat;
	DB *db;
	uint8_t *value; /* room for a value; owned */
	size_t room;
};

static int fail(struct zf_op *op, int code)
{
	switch (code) {
	case DB_OLD_VERSION:
		return zf_fail(op, EINVAL, "a Berkeley DB of an older format: db5.3_upgrade converts it");
	case DB_RUNRECOVERY:
		return zf_fail(op, EIO, "Berkeley DB: the database is damaged");
	case DB_LOCK_DEADLOCK:
	case DB_LOCK_NOTGRANTED:
		return zf_fail(op, EBUSY, "Berkeley DB: %s", db_strerror(code));
	default:
		return zf_fail(
			op, code > 0 && code != EINVAL ? code : EIO, "Berkeley DB: %s", db_strerror(code));
	}
}

/* The library would write to stderr. */
static void no_message(const DB_ENV *env, const char *prefix, const char *text)
{
	(void)env;
	(void)prefix;
	(void)text;
}

static void close_db(struct zf_flat *flat)
{
	struct bdb *self = (struct bdb *)flat;

	if (self->db)
		self->db->close(self->db, DB_NOSYNC);
	self->db = NULL;
	free(self->value);
	self->value = NULL;
	self->room = 0;
}

/* Only databases whose keys have one value each. */
static int check_type(DB *db, struct zf_op *op)
{
	u_int32_t flags;
	DBTYPE type;
	int code = db->get_type(db, &type);

	if (code == 0)
		code = db->get_flags(db, &flags);
	if (code)
		return fail(op, code);
	if (type != DB_BTREE && type != DB_HASH)
		return zf_fail(op, EINVAL, "a Berkeley DB of records without keys");
	if (flags & (DB_DUP | DB_DUPSORT))
		return zf_fail(op, EINVAL, "a Berkeley DB with several values for a key");
	return 0;
}

static int open_db(struct zf_flat *flat, struct zf_op *op, bool create)
{
	struct bdb *self = (struct bdb *)flat;
	DBTYPE type = !create ? DB_UNKNOWN : flat->flags & ZF_DB_HASH ? DB_HASH : DB_BTREE;
	u_int32_t flags = create ? DB_CREATE : flat->writable ? 0 : DB_RDONLY;
	int code = db_create(&self->db, NULL, 0);

	if (code) {
		self->db = NULL;
		return fail(op, code);
	}
	self->db->set_errcall(self->db, no_message);
	self->db->set_cachesize(self->db, 0, flat->writable ? CACHE_WRITE : CACHE_READ, 1);
	code = self->db->open(self->db, NULL, flat->file, NULL, type, flags, 0666);
	if (code == EINVAL)
		zf_fail(op, EINVAL, "not a Berkeley DB, or a damaged one");
	else if (code)
		fail(op, code);
	if (code || check_type(self->db, op) < 0) {
		close_db(flat);
		return -1;
	}
	return 0;
}

static int make_room(struct bdb *self, struct zf_op *op, size_t size)
{
	size_t room = size < 4096 ? 4096 : size;
	uint8_t *value;

	/* the file says how long a value is, which is in that file */
	if ((uint64_t)size > (uint64_t)self->flat.seen.st_size)
		return zf_fail(op, EIO, "Berkeley DB: a value of %zu bytes in a file of %lld", size,
			(long long)self->flat.seen.st_size);
	if (zf_flat_accepts(&self->flat, op, size) < 0)
		return -1;
	value = realloc(self->value, room);
	if (!value)
		return zf_nomem(op, room);
	self->value = value;
	self->room = room;
	return 0;
}

static DBT make_dbt(const void *data, size_t len)
{
	return (DBT){ .data = (void *)(uintptr_t)data, .size = (u_int32_t)len };
}

static int fetch(struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len)
{
	struct bdb *self = (struct bdb *)flat;
	DBT k = make_dbt(key, strlen(key)), v = { .flags = DB_DBT_USERMEM };
	int code;

	if (!self->room && make_room(self, op, 0) < 0)
		return -1;
	for (int tries = 0; tries < 2; tries++) {
		v.data = self->value;
		v.ulen = self->room < UINT32_MAX ? (u_int32_t)self->room : UINT32_MAX;
		code = self->db->get(self->db, NULL, &k, &v, 0);
		if (code != DB_BUFFER_SMALL)
			break;
		if (make_room(self, op, v.size) < 0)
			return -1;
	}
	if (code == DB_NOTFOUND)
		return ZF_MISSING;
	if (code)
		return fail(op, code);
	*data = self->value;
	*len = v.size;
	return ZF_FOUND;
}

/* The next key; DB_NOTFOUND after the last. */
static int next_key(struct bdb *self, struct zf_op *op, DBC *cursor, DBT *key)
{
	DBT nothing = { .flags = DB_DBT_USERMEM | DB_DBT_PARTIAL };
	int code;

	for (;;) {
		*key = (DBT){ .data = self->value, .flags = DB_DBT_USERMEM };
		key->ulen = self->room < UINT32_MAX ? (u_int32_t)self->room : UINT32_MAX;
		code = cursor->get(cursor, key, &nothing, DB_NEXT);
		if (code == 0 || code == DB_NOTFOUND)
			return code;
		if (code != DB_BUFFER_SMALL || key->size <= self->room)
			return fail(op, code);
		if (make_room(self, op, key->size) < 0)
			return -1;
	}
}

static int each(struct zf_flat *flat, struct zf_op *op, zf_flat_key_fn *fn)
{
	struct bdb *self = (struct bdb *)flat;
	DBC *cursor;
	DBT key;
	int code, result = 0;

	if (!self->room && make_room(self, op, 0) < 0)
		return -1;
	code = self->db->cursor(self->db, NULL, &cursor, 0);
	if (code)
		return fail(op, code);
	while (result == 0) {
		code = next_key(self, op, cursor, &key);
		if (code)
			break;
		result = fn(flat, op, key.data, key.size);
	}
	cursor->close(cursor);
	return op->err ? -1 : result;
}

static int make_change(struct bdb *self, struct zf_op *op, const struct zf_change *change)
{
	DBT k = make_dbt(change->key, strlen(change->key)), v = make_dbt(change->data, change->len);
	int code;

	if (change->data)
		code = self->db->put(self->db, NULL, &k, &v, 0);
	else
		code = self->db->del(self->db, NULL, &k, 0);
	return code && code != DB_NOTFOUND ? fail(op, code) : 0;
}

static int apply(struct zf_flat *flat, struct zf_op *op, const struct zf_group *group)
{
	struct bdb *self = (struct bdb *)flat;
	int code;

	for (size_t i = 0; i < group->count; i++)
		if (make_change(self, op, &group->change[i]) < 0)
			return -1;
	code = self->db->sync(self->db, 0);
	return code ? fail(op, code) : 0;
}

static int file_of(struct zf_flat *flat)
{
	DB *db = ((struct bdb *)flat)->db;
	int fd;

	return db->fd(db, &fd) == 0 ? fd : -1;
}

#define BDB_CALLS                                                                                            \
	.lock = ZF_FLAT_WRITERS, .max_value = UINT32_MAX, .fd = file_of, .size = sizeof(struct bdb),         \
	.open = open_db, .close = close_db, .fetch = fetch, .each = each, .apply = apply

static const struct zf_flat_driver bdb_driver = { .ops = { .kind = "bdb", ZF_FLAT_CALLS }, BDB_CALLS };
static const struct zf_flat_driver ndbm_driver = { .ops = { .kind = "ndbm", ZF_FLAT_CALLS }, BDB_CALLS };

int zf_bdb_open(struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	return zf_flat_open(ctx, op, &bdb_driver, path, path, flags, out);
}

int zf_ndbm_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	size_t n = strlen(path);
	bool whole = n > 3 && strcmp(path + n - 3, ".db") == 0;
	char *file;
	int result;

	if (asprintf(&file, "%s%s", path, whole ? "" : ".db") < 0)
		return zf_nomem(op, n + 4);
	result = zf_flat_open(ctx, op, &ndbm_driver, path, file, flags | ZF_DB_HASH, out);
	free(file);
	return result;
}
