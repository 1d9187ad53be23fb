/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LMDB files, as zarr-python's LMDBStore makes them: a file, or a directory with data.mdb in it.
 *
 * A get is a read transaction of liblmdb, which keeps a snapshot's pages from being used again, and a search
 * that checks what it reads (lmdb_tree.h). Any number of threads and processes read; changes are a group that
 * becomes one transaction at flush. Writing trusts the file, as it is the library that does it.
 *
 * No WRITEMAP, also where others use it: a stray pointer could write to the database then, and the file
 * would be as large as the map. The map need not be larger than the file for us: it grows with it.
 *
 * Locks: writer, then state. `writer` is held while a group is written; `state` only for looking at the group
 * and beginning a transaction, which may not happen while the map is moved.
 */
#include "base/ctx.h"
#include "store/apart.h"
#include "store/backend.h"
#include "store/db.h"
#include "store/digest.h"
#include "store/group.h"
#include "store/lmdb_tree.h"
#include "store/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	READERS = 1000, /* at once, of all processes */
	TRIES = 64,     /* at a snapshot that writers outrun, at a map that others resize */
	PAUSE_NS = 4000 * 1000,
	PAUSES = 50,       /* the longest pause of who is outrun, in those */
	MEMOS = 256,       /* tags remembered */
	PIECE = 8 << 20,   /* bytes read at a time, so that a cancelled operation ends soon */
	SCRATCH = 64 << 10 /* bytes at a time, where only the tag is wanted */
};
#define NEW_MAP ((uint64_t)(sizeof(size_t) > 4 ? (uint64_t)1 << 40 : (uint64_t)1 << 30))
#define MAX_MAP ((uint64_t)(sizeof(size_t) > 4 ? (uint64_t)1 << 46 : (uint64_t)3 << 29))
#define MAP_STEP ((uint64_t)64 << 20)

/* The tag of a value that lay at a place in a snapshot. */
struct memo {
	uint64_t txn, offset, size;
	struct zf_tag tag;
};

struct lmdb {
	struct zf_store store;
	MDB_env *env;
	char *file; /* of the data, absolute; owned */
	int fd;     /* of it; the library's */
	size_t page_size;
	struct stat opened;

	pthread_mutex_t writer;
	pthread_rwlock_t state;
	struct zf_group group;

	pthread_mutex_t memo_lock;
	struct memo memo[MEMOS];
};

static int fail(struct zf_op *op, int code)
{
	if (code == MDB_MAP_FULL)
		return zf_fail(op, ENOSPC, "LMDB: the map is full and cannot grow");
	if (code == MDB_READERS_FULL)
		return zf_fail(op, EAGAIN, "LMDB: too many readers at once");
	if (code == MDB_INVALID || code == MDB_VERSION_MISMATCH)
		return zf_fail(op, EINVAL, "LMDB: %s", mdb_strerror(code));
	return zf_fail(op, code > 0 ? code : EIO, "LMDB: %s", mdb_strerror(code));
}

/* ---- snapshots ----------------------------------------------------------------------------------------- */

struct snapshot {
	MDB_txn *txn;
	struct zf_lmdb_cursor cursor;
};

static int check_file(const struct lmdb *self, struct zf_op *op)
{
	struct stat st;

	if (stat(self->file, &st) < 0)
		return zf_fail(op, EIO, "the store has disappeared");
	if (st.st_ino != self->opened.st_ino || st.st_dev != self->opened.st_dev)
		return zf_fail(op, EIO, "the store was replaced by another file");
	return 0;
}

/* Another process has made the map larger. */
static int adopt_map(struct lmdb *self, struct zf_op *op)
{
	struct zf_lmdb_meta meta;
	int code = 0;

	pthread_rwlock_wrlock(&self->state);
	if (zf_lmdb_meta(op, self->fd, &meta) == 0 && meta.map_size <= MAX_MAP)
		code = mdb_env_set_mapsize(self->env, 0);
	pthread_rwlock_unlock(&self->state);
	if (op->err)
		return -1;
	if (meta.map_size > MAX_MAP)
		return zf_fail(op, EIO, "LMDB: the map is larger than this machine can have");
	return code ? fail(op, code) : 0;
}

static void end_snapshot(struct snapshot *snapshot)
{
	mdb_txn_abort(snapshot->txn);
}

/* Begins a read transaction; state is held. 0; 1: try again; -1. */
static int try_snapshot(struct lmdb *self, struct zf_op *op, struct snapshot *out)
{
	int code = mdb_txn_begin(self->env, NULL, MDB_RDONLY, &out->txn), stale, result;

	if (code == MDB_READERS_FULL && mdb_reader_check(self->env, &stale) == 0 && stale > 0)
		return 1;
	if (code == MDB_MAP_RESIZED)
		return 2;
	if (code)
		return fail(op, code);
	out->cursor.fd = self->fd;
	out->cursor.page.number = 0;
	result = zf_lmdb_meta_of(op, self->fd, self->page_size, mdb_txn_id(out->txn), &out->cursor.meta);
	if (result != 0)
		mdb_txn_abort(out->txn);
	return result;
}

/* A commit is seen in the file as soon as its last page begins to be written to the disk, but begins no
 * snapshots before that has ended: so who waits for it gives it the time that a disk takes, some seconds. */
static void pause_after(int tries)
{
	struct timespec step = { .tv_nsec = PAUSE_NS * (tries < PAUSES ? tries : PAUSES) };

	if (tries > 0)
		nanosleep(&step, NULL);
}

/* Looks a key up in the group and begins a snapshot of the same moment. *change is borrowed; where there is
 * one, state stays locked and there is no snapshot. key NULL: the whole group; state stays locked. */
static int begin(struct lmdb *self, struct zf_op *op, const char *key, struct snapshot *out,
	const struct zf_change **change)
{
	int result = 1;

	*change = NULL;
	if (check_file(self, op) < 0)
		return -1;
	for (int tries = 0; tries < TRIES && result > 0; tries++) {
		if (zf_op_check(op) < 0)
			return -1;
		pthread_rwlock_rdlock(&self->state);
		*change = key ? zf_group_find(&self->group, key) : NULL;
		if (*change)
			return 0;
		result = try_snapshot(self, op, out);
		if (result == 0 && !key)
			return 0;
		pthread_rwlock_unlock(&self->state);
		if (result == 2) {
			pthread_mutex_lock(&self->writer);
			result = adopt_map(self, op) < 0 ? -1 : 1;
			pthread_mutex_unlock(&self->writer);
		} else if (result == 1) {
			pause_after(tries);
		}
	}
	return result > 0 ? zf_fail(op, EBUSY, "LMDB: other programs write faster than this one reads")
			  : result;
}

/* ---- values -------------------------------------------------------------------------------------------- */

/* Reads a part of the file to a place. */
static int read_bytes(const struct lmdb *self, struct zf_op *op, uint8_t *to, uint64_t len, uint64_t offset)
{
	ssize_t n;

	for (uint64_t done = 0; done < len; done += (uint64_t)n) {
		if (zf_op_check(op) < 0)
			return -1;
		n = pread(self->fd, to + done, len - done < PIECE ? (size_t)(len - done) : PIECE,
			(off_t)(offset + done));
		if (n < 0 && errno != EINTR)
			return zf_fail(op, errno, "LMDB: cannot read: %m");
		if (n == 0)
			return zf_fail(op, EIO, "LMDB: the value is beyond the end of the file");
		n = n < 0 ? 0 : n;
	}
	return 0;
}

static struct memo *memo_of(struct lmdb *self, const struct zf_lmdb_value *at)
{
	return &self->memo[at->offset / self->page_size % MEMOS];
}

static bool recall(struct lmdb *self, uint64_t txn, const struct zf_lmdb_value *at, struct zf_tag *out)
{
	struct memo *memo = memo_of(self, at);
	bool known;

	pthread_mutex_lock(&self->memo_lock);
	known = memo->txn == txn && memo->offset == at->offset && memo->size == at->size;
	if (known)
		*out = memo->tag;
	pthread_mutex_unlock(&self->memo_lock);
	return known;
}

static void remember(
	struct lmdb *self, uint64_t txn, const struct zf_lmdb_value *at, const struct zf_tag *tag)
{
	pthread_mutex_lock(&self->memo_lock);
	*memo_of(self, at) = (struct memo){ txn, at->offset, at->size, *tag };
	pthread_mutex_unlock(&self->memo_lock);
}

/* The tag of a value: bytes, where all of them were read already, else NULL. */
static int tag_of(struct lmdb *self, struct zf_op *op, const struct snapshot *snapshot,
	const struct zf_lmdb_value *at, const uint8_t *bytes, struct zf_tag *out)
{
	uint64_t txn = snapshot->cursor.meta.txn;
	struct zf_digest digest;
	uint8_t scratch[SCRATCH];

	if (recall(self, txn, at, out))
		return 0;
	zf_digest_init(&digest);
	if (bytes)
		zf_digest_add(&digest, bytes, at->size);
	for (uint64_t done = 0; !bytes && done < at->size;) {
		size_t n = at->size - done < SCRATCH ? (size_t)(at->size - done) : SCRATCH;

		if (read_bytes(self, op, scratch, n, at->offset + done) < 0)
			return -1;
		zf_digest_add(&digest, scratch, n);
		done += n;
	}
	zf_digest_tag(&digest, out);
	remember(self, txn, at, out);
	return 0;
}

static void set_time(const struct lmdb *self, struct zf_value *out)
{
	struct stat st;

	out->mtime_ns = 0;
	if (fstat(self->fd, &st) == 0 &&
		!__builtin_mul_overflow((int64_t)st.st_mtim.tv_sec, (int64_t)1000000000, &out->mtime_ns))
		out->mtime_ns += st.st_mtim.tv_nsec;
}

/* What the group has. Unlocks state. */
static int take_change(struct lmdb *self, struct zf_op *op, const struct zf_change *change,
	const struct zf_range *range, struct zf_out *out, struct zf_value *value)
{
	int result = change->data ? ZF_FOUND : ZF_MISSING;
	uint64_t offset, n;

	if (change->data) {
		zf_range_clip(range, change->len, &offset, &n);
		if (out && n > 0 && zf_out_append(out, op, change->data + offset, (size_t)n) < 0)
			result = -1;
		value->size = change->len;
		zf_digest_of(change->data, change->len, &value->tag);
	}
	pthread_rwlock_unlock(&self->state);
	if (result == ZF_FOUND)
		set_time(self, value);
	return result;
}

static int take_value(struct lmdb *self, struct zf_op *op, const struct snapshot *snapshot,
	const struct zf_lmdb_value *at, const struct zf_range *range, struct zf_out *out,
	struct zf_value *value)
{
	uint64_t offset = 0, n = 0;
	uint8_t *to = NULL;

	zf_range_clip(range, at->size, &offset, &n);
	if (out && n > 0) {
		if (n > SIZE_MAX || zf_out_reserve(out, op, (size_t)n) < 0)
			return n > SIZE_MAX ? zf_nomem(op, SIZE_MAX) : -1;
		to = out->data + out->len;
		if (read_bytes(self, op, to, n, at->offset + offset) < 0)
			return -1;
		out->len += (size_t)n;
	}
	value->size = at->size;
	set_time(self, value);
	return tag_of(self, op, snapshot, at, n == at->size ? to : NULL, &value->tag);
}

/* get, and without out stat. */
static int look_up(struct lmdb *self, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	const struct zf_change *change;
	struct zf_lmdb_value at;
	struct zf_lmdb_key found;
	struct snapshot snapshot;
	size_t n = strlen(key);
	int result;

	if (n > ZF_LMDB_MAX_KEY)
		return ZF_MISSING;
	if (begin(self, op, key, &snapshot, &change) < 0)
		return -1;
	if (change)
		return take_change(self, op, change, range, out, value);
	result = zf_lmdb_seek(op, &snapshot.cursor, key, n, &found, &at);
	if (result == ZF_FOUND && (found.len != n || memcmp(found.bytes, key, n) != 0))
		result = ZF_MISSING;
	if (result == ZF_FOUND)
		result = take_value(self, op, &snapshot, &at, range, out, value);
	end_snapshot(&snapshot);
	return result;
}

static int lmdb_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	return look_up((struct lmdb *)store, op, key, range, out, value);
}

static int lmdb_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	return look_up((struct lmdb *)store, op, key, NULL, NULL, value);
}

/* ---- listing ------------------------------------------------------------------------------------------- */

struct listing {
	struct lmdb *self;
	struct zf_op *op;
	struct snapshot snapshot;
	struct zf_union *names; /* found so far */
	char at[ZF_LMDB_MAX_KEY + 8];
	size_t prefix; /* bytes of at that all keys begin with: "PREFIX/" */
};

static int add_name(struct listing *listing, const char *name, size_t n, bool is_prefix)
{
	char copy[ZF_LMDB_MAX_KEY + 1];

	memcpy(copy, name, n);
	copy[n] = '\0';
	return zf_union_add(listing->names, copy, is_prefix) ? -1 : 0;
}

/* Adds the child that a key is or is below of, and says where to look on. */
static int add_key(struct listing *listing, const struct zf_lmdb_key *key, size_t *n)
{
	const char *name = key->bytes + listing->prefix, *slash;
	const struct zf_change *change = NULL;

	*n = key->len;
	memcpy(listing->at, key->bytes, key->len);
	listing->at[(*n)++] = '\0'; /* the next key there can be */
	if (!zf_keys_accepts(key->bytes, key->len))
		return 0;
	change = zf_group_find(&listing->self->group, key->bytes);
	if (change && !change->data)
		return 0;
	slash = strchr(name, '/');
	if (slash) {
		*n = (size_t)(slash - key->bytes);
		listing->at[(*n)++] = '/' + 1; /* past all that are below it */
	}
	return add_name(listing, name, slash ? (size_t)(slash - name) : strlen(name), slash != NULL);
}

static int scan(struct listing *listing)
{
	struct zf_lmdb_value value;
	struct zf_lmdb_key key;
	char start[ZF_LMDB_MAX_KEY + 8];
	size_t n = listing->prefix;
	int result;

	memcpy(start, listing->at, n);
	for (;;) {
		if (zf_op_check(listing->op) < 0)
			return -1;
		result = zf_lmdb_seek(listing->op, &listing->snapshot.cursor, listing->at, n, &key, &value);
		if (result != ZF_FOUND)
			return result < 0 ? -1 : 0;
		if (key.len < listing->prefix || memcmp(key.bytes, start, listing->prefix) != 0)
			return 0;
		if (add_key(listing, &key, &n) < 0)
			return -1;
	}
}

static int list_names(struct lmdb *self, struct zf_op *op, const char *prefix, struct zf_union *names)
{
	struct listing listing = { .self = self, .op = op, .names = names };
	const struct zf_change *none;
	int result;

	listing.prefix = *prefix ? strlen(prefix) + 1 : 0;
	snprintf(listing.at, sizeof listing.at, "%s%s", prefix, *prefix ? "/" : "");
	if (begin(self, op, NULL, &listing.snapshot, &none) < 0)
		return -1;
	result = scan(&listing);
	if (result == 0)
		result = zf_union_group(names, &self->group, prefix);
	pthread_rwlock_unlock(&self->state);
	end_snapshot(&listing.snapshot);
	return op->err ? -1 : result;
}

static int lmdb_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_union names;
	int result;

	if (strlen(prefix) >= ZF_LMDB_MAX_KEY)
		return ZF_MISSING;
	result = zf_union_begin(&names, op);
	if (result == 0)
		result = list_names((struct lmdb *)store, op, prefix, &names);
	return zf_union_end(&names, result, prefix, fn, arg);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* Makes the map larger; writer is held and there is no write transaction. */
static int grow_map(struct lmdb *self, struct zf_op *op)
{
	MDB_envinfo info;
	uint64_t size;
	int code = mdb_env_info(self->env, &info);

	if (code)
		return fail(op, code);
	size = (info.me_mapsize < MAX_MAP / 2 ? info.me_mapsize * 2 : MAX_MAP) / MAP_STEP * MAP_STEP +
	       MAP_STEP;
	if (info.me_mapsize >= MAX_MAP)
		return fail(op, MDB_MAP_FULL);
	pthread_rwlock_wrlock(&self->state);
	code = mdb_env_set_mapsize(self->env, (size_t)size);
	pthread_rwlock_unlock(&self->state);
	return code ? fail(op, code) : 0;
}

/* The library would look at pages beyond the end of the file, which the map has not. The caller has a write
 * transaction, so that nobody else changes the size. */
static int fill_file(const struct lmdb *self, struct zf_op *op)
{
	struct zf_lmdb_meta meta;
	struct stat st;
	uint64_t size;

	if (zf_lmdb_meta(op, self->fd, &meta) < 0)
		return -1;
	size = (meta.last_page + 1) * meta.page_size;
	if (fstat(self->fd, &st) < 0)
		return zf_fail(op, errno, "%m");
	if ((uint64_t)st.st_size < size && ftruncate(self->fd, (off_t)size) < 0)
		return zf_fail(op, errno, "LMDB: cannot lengthen the file: %m");
	return 0;
}

static int put_changes(const struct lmdb *self, MDB_txn *txn)
{
	MDB_dbi dbi;
	int code = mdb_dbi_open(txn, NULL, 0, &dbi);

	for (size_t i = 0; i < self->group.count && code == 0; i++) {
		const struct zf_change *change = &self->group.change[i];
		MDB_val key = { strlen(change->key), change->key }, value = { change->len, change->data };

		code = change->data ? mdb_put(txn, dbi, &key, &value, 0) : mdb_del(txn, dbi, &key, NULL);
		if (code == MDB_NOTFOUND)
			code = 0;
	}
	return code;
}

/* Writes the group in one transaction: the code of the library, or -1. */
static int try_commit(struct lmdb *self, struct zf_op *op)
{
	MDB_txn *txn;
	int code = mdb_txn_begin(self->env, NULL, 0, &txn);

	if (code)
		return code;
	if (fill_file(self, op) < 0) {
		mdb_txn_abort(txn);
		return -1;
	}
	code = put_changes(self, txn);
	if (code == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return code;
}

/* The library says EIO where the disk took a part of what was to be written. Whether that was for want of
 * room is told by trying to take it: then it is there for another attempt, which gives back what it does not
 * need. */
static int try_again(struct lmdb *self, struct zf_op *op)
{
	int file, code;

	if (zf_reserve(op, self->file, (uint64_t)self->group.bytes + self->group.bytes / 16 + (1 << 20),
		    &file) < 0)
		return -1;
	code = try_commit(self, op);
	zf_release(file);
	return code;
}

/* Gives the group to the database; writer is held. After a failure it is kept. */
static int commit(struct lmdb *self, struct zf_op *op)
{
	int code = MDB_MAP_FULL;

	if (self->group.count == 0)
		return 0;
	for (int tries = 0; tries < TRIES; tries++) {
		code = try_commit(self, op);
		if (code == EIO)
			code = try_again(self, op);
		if (code != MDB_MAP_FULL && code != MDB_MAP_RESIZED)
			break;
		if (code == MDB_MAP_FULL ? grow_map(self, op) < 0 : adopt_map(self, op) < 0)
			return -1;
	}
	if (code)
		return op->err ? -1 : fail(op, code);
	pthread_rwlock_wrlock(&self->state);
	zf_group_clear(&self->group);
	pthread_rwlock_unlock(&self->state);
	return 0;
}

static int check_condition(
	struct lmdb *self, struct zf_op *op, const char *key, enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_value now;
	int result;

	if (cond == ZF_PUT_ALWAYS)
		return check_file(self, op);
	result = look_up(self, op, key, NULL, NULL, &now);
	if (result < 0)
		return -1;
	if (cond == ZF_PUT_IF_ABSENT && result == ZF_FOUND)
		return zf_fail(op, EEXIST, "there is a value already");
	if (cond == ZF_PUT_IF_TAG && (result == ZF_MISSING || !zf_tag_equal(&now.tag, tag)))
		return zf_fail(op, ESTALE, "the value was changed by somebody else");
	return 0;
}

static int lmdb_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct lmdb *self = (struct lmdb *)store;
	int result;

	if (strlen(key) > ZF_LMDB_MAX_KEY)
		return zf_fail(op, ENAMETOOLONG, "the key has %zu bytes, LMDB takes %d", strlen(key),
			ZF_LMDB_MAX_KEY);
	if (len > UINT32_MAX)
		return zf_fail(op, EFBIG, "LMDB takes no value of 4 GiB");
	pthread_mutex_lock(&self->writer);
	result = check_condition(self, op, key, cond, tag);
	if (result == 0 && self->group.bytes + len > ZF_GROUP_FULL)
		result = commit(self, op);
	if (result == 0) {
		pthread_rwlock_wrlock(&self->state);
		result = zf_group_put(&self->group, op, key, data, len);
		pthread_rwlock_unlock(&self->state);
	}
	pthread_mutex_unlock(&self->writer);
	return result;
}

static int lmdb_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct lmdb *self = (struct lmdb *)store;
	struct zf_value now;
	int result;

	pthread_mutex_lock(&self->writer);
	result = look_up(self, op, key, NULL, NULL, &now);
	if (result == ZF_FOUND) {
		pthread_rwlock_wrlock(&self->state);
		result = zf_group_del(&self->group, op, key);
		pthread_rwlock_unlock(&self->state);
	}
	pthread_mutex_unlock(&self->writer);
	return result;
}

static int lmdb_flush(struct zf_store *store, struct zf_op *op)
{
	struct lmdb *self = (struct lmdb *)store;
	int result;

	if (check_file(self, op) < 0)
		return -1;
	pthread_mutex_lock(&self->writer);
	result = commit(self, op);
	pthread_mutex_unlock(&self->writer);
	return result;
}

static int lmdb_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_local_space(op, ((struct lmdb *)store)->fd, out);
}

/* ---- closing ------------------------------------------------------------------------------------------- */

static void lmdb_close(struct zf_store *store)
{
	struct lmdb *self = (struct lmdb *)store;
	struct zf_op op;

	zf_op_init(&op);
	if (self->group.count && commit(self, &op) < 0)
		zf_log(store->ctx, ZF_LOG_ERROR, "%s: %zu changes are lost: %s", store->name,
			self->group.count, op.text);
	if (self->env)
		mdb_env_close(self->env);
	zf_group_clear(&self->group);
	pthread_mutex_destroy(&self->memo_lock);
	pthread_rwlock_destroy(&self->state);
	pthread_mutex_destroy(&self->writer);
	free(self->file);
	zf_store_fini(store);
	free(self);
}

/* ---- opening ------------------------------------------------------------------------------------------- */

/* The file of the data: path itself, or data.mdb in it. */
static char *data_file(const char *path, bool *in_directory)
{
	char *whole = zf_local_absolute(path), *file = NULL;
	struct stat st;

	*in_directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	if (!whole || !*in_directory)
		return whole;
	if (asprintf(&file, "%s/data.mdb", whole) < 0)
		file = NULL;
	free(whole);
	return file;
}

/* Opening a database twice in a process breaks the library's locks. The kernel knows what we have open. */
static bool is_open_already(const struct stat *file)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	bool found = false;
	struct stat st;

	while (dir && !found && (entry = readdir(dir)))
		found = fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
			st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	if (dir)
		closedir(dir);
	return found;
}

/* Looks at the file before the library does. */
static int look(struct lmdb *self, struct zf_op *op, struct zf_lmdb_meta *out)
{
	int fd, result;

	if (stat(self->file, &self->opened) < 0)
		return zf_fail(op, errno, "%m");
	if (!S_ISREG(self->opened.st_mode))
		return zf_fail(op, EINVAL, "not a regular file");
	if (is_open_already(&self->opened))
		return zf_fail(op, EBUSY, "this program has the LMDB file open already");
	fd = open(self->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return zf_fail(op, errno, "%m");
	result = zf_lmdb_meta(op, fd, out);
	close(fd);
	return result;
}

/* One attempt: 0 or the library's code. map 0: that of the file. */
static int try_open(struct lmdb *self, uint64_t map, unsigned flags)
{
	int code = mdb_env_create(&self->env);

	if (code) {
		self->env = NULL;
		return code;
	}
	code = mdb_env_set_maxreaders(self->env, READERS);
	if (code == 0)
		code = mdb_env_set_mapsize(self->env, (size_t)map);
	if (code == 0)
		code = mdb_env_open(self->env, self->file, flags, 0666);
	if (code == 0)
		code = mdb_env_get_fd(self->env, &self->fd);
	if (code) {
		mdb_env_close(self->env);
		self->env = NULL;
	}
	return code;
}

/* Opens for writing, else for reading, else without the lock file. flags: of the first attempt. */
static int open_env(struct lmdb *self, struct zf_op *op, const uint64_t map[2], bool writable, unsigned flags)
{
	const unsigned ways[] = { 0, MDB_RDONLY, MDB_RDONLY | MDB_NOLOCK };
	int code = EACCES;

	for (int way = writable ? 0 : 1; way < 3 && (code == EACCES || code == EROFS || code == EPERM);
		way++) {
		for (int i = 0; i < 2; i++) {
			code = try_open(self, map[i], flags | ways[way]);
			if (code != ENOMEM)
				break;
		}
		if (code == 0 && way > 0)
			self->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
		if (code == 0 && way == 2)
			zf_log(self->store.ctx, ZF_LOG_WARNING,
				"%s: no lock file can be made: what others write meanwhile may be misread",
				self->store.name);
	}
	return code ? fail(op, code) : 0;
}

static int open_file(struct lmdb *self, struct zf_op *op, const char *path, unsigned flags)
{
	bool in_directory, create = false, writable = !(flags & ZF_DB_READONLY);
	struct zf_lmdb_meta meta = { 0 };
	uint64_t map[2] = { NEW_MAP, MAP_STEP }, least;

	self->file = data_file(path, &in_directory);
	if (!self->file)
		return zf_nomem(op, strlen(path));
	create = flags & ZF_DB_CREATE && access(self->file, F_OK) < 0 && errno == ENOENT;
	if (!create) {
		if (look(self, op, &meta) < 0)
			return -1;
		least = (meta.last_page + 1) * meta.page_size;
		map[0] = meta.map_size > MAX_MAP || meta.map_size < least ? least : meta.map_size;
		map[1] = least / MAP_STEP * MAP_STEP + 2 * MAP_STEP;
		writable = writable && access(self->file, W_OK) == 0;
	}
	/* the lock file of data.mdb in a directory has a name of its own, which the library gives it only if
	 * it is told the directory */
	if (in_directory)
		self->file[strlen(self->file) - strlen("/data.mdb")] = '\0';
	if (open_env(self, op, map, writable, MDB_NOTLS | MDB_NORDAHEAD | (in_directory ? 0 : MDB_NOSUBDIR)) <
		0)
		return -1;
	if (in_directory)
		self->file[strlen(self->file)] = '/';
	if (create && stat(self->file, &self->opened) < 0)
		return zf_fail(op, errno, "%m");
	if (zf_lmdb_meta(op, self->fd, &meta) < 0)
		return -1;
	self->page_size = meta.page_size;
	return 0;
}

static const struct zf_store_ops lmdb_ops = {
	.kind = "lmdb",
	.get = lmdb_get,
	.stat = lmdb_stat,
	.list = lmdb_list,
	.put = lmdb_put,
	.del = lmdb_del,
	.settle = lmdb_flush,
	.flush = lmdb_flush,
	.space = lmdb_space,
	.close = lmdb_close,
};

static int make(struct zf_ctx *ctx, struct zf_op *op, const char *path, struct lmdb **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL;
	struct lmdb *self = calloc(1, sizeof *self);
	pthread_rwlockattr_t attr;
	pthread_mutexattr_t again;
	char *name = NULL;
	int result = -1;

	if (!self || asprintf(&name, "lmdb:%s", path) < 0) {
		zf_nomem(op, sizeof *self);
		name = NULL;
	} else {
		result = zf_store_init(&self->store, op, &lmdb_ops, ctx, caps, name);
	}
	free(name);
	if (result < 0) {
		free(self);
		return -1;
	}
	/* readers come without a pause: a writer would never get its turn */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&self->state, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutexattr_init(&again);
	pthread_mutexattr_settype(&again, PTHREAD_MUTEX_RECURSIVE); /* a put looks at the value first */
	pthread_mutex_init(&self->writer, &again);
	pthread_mutexattr_destroy(&again);
	pthread_mutex_init(&self->memo_lock, NULL);
	*out = self;
	return 0;
}

int zf_lmdb_open(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out)
{
	struct lmdb *self;

	if (make(ctx, op, path, &self) < 0)
		return -1;
	if (open_file(self, op, path, flags) < 0) {
		lmdb_close(&self->store);
		return -1;
	}
	*out = &self->store;
	return 0;
}
