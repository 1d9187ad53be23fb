/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What single-threaded databases have in common. The wrapper in store.c serialises all calls.
 */
#include "store/flat.h"

#include "base/ctx.h"
#include "store/apart.h"
#include "store/digest.h"
#include "store/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum {
	LOCK_STEP_NS = 10 * 1000 * 1000,
	LOCK_STEPS = 3000 /* wait half a minute for a lock that nobody alive has */
};

/* ---- the file ------------------------------------------------------------------------------------------ */

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int look(const struct zf_flat *flat, struct zf_op *op, struct stat *out)
{
	if (stat(flat->file, out) == 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return zf_fail(op, EIO, "the store has disappeared");
	return zf_fail(op, errno, "cannot look at the database: %m");
}

static void shut(struct zf_flat *flat)
{
	if (flat->open)
		flat->driver->close(flat);
	flat->open = false;
}

static void forget_index(struct zf_flat *flat)
{
	zf_keys_free(flat->index);
	flat->index = NULL;
}

/* ---- locks --------------------------------------------------------------------------------------------- */

static void unlock(struct zf_flat *flat)
{
	if (flat->lock >= 0)
		close(flat->lock);
	flat->lock = -1;
}

static bool wants_lock(const struct zf_flat *flat)
{
	return flat->driver->lock == ZF_FLAT_ALL || (flat->driver->lock == ZF_FLAT_WRITERS && flat->writable);
}

static int fail_lock(const struct zf_flat *flat, struct zf_op *op, const struct zf_holder *holder)
{
	const char *kind = flat->driver->ops.kind;

	if (!flat->writable)
		return zf_fail(
			op, EBUSY, "the %s file is locked by a program that writes it%s", kind, holder->text);
	return zf_fail(op, EBUSY, "the %s file is locked by another program, so that it cannot be written%s",
		kind, holder->text);
}

/* A killed daemon leaves a process that ends its writing, and has the lock till then. */
static int wait_for_lock(struct zf_flat *flat, struct zf_op *op)
{
	struct timespec step = { .tv_nsec = LOCK_STEP_NS };
	struct zf_holder holder = { .alive = false };

	for (int steps = 0; steps < LOCK_STEPS; steps++) {
		if (flock(flat->lock, (flat->writable ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && flat->driver->lock != ZF_FLAT_ALL)
			return 0; /* a file system without locks */
		if (errno != EWOULDBLOCK)
			return zf_fail(op, errno, "cannot lock the file: %m");
		holder = zf_local_holder(flat->file);
		if (holder.alive)
			break;
		if (zf_op_check(op) < 0)
			return -1;
		nanosleep(&step, NULL);
	}
	return fail_lock(flat, op, &holder);
}

/* Locks the file that is at our path now, for as long as it is. */
static int lock(struct zf_flat *flat, struct zf_op *op)
{
	struct stat held, now;

	if (!wants_lock(flat))
		return 0;
	if (flat->lock >= 0 && fstat(flat->lock, &held) == 0 && stat(flat->file, &now) == 0 &&
		held.st_ino == now.st_ino && held.st_dev == now.st_dev)
		return 0;
	unlock(flat);
	flat->lock = open(flat->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (flat->lock < 0)
		return zf_fail(op, errno, "%m");
	if (wait_for_lock(flat, op) == 0)
		return 0;
	unlock(flat);
	return -1;
}

/* ---- the file, opened ---------------------------------------------------------------------------------- */

/* Makes sure that the database is open, and is the one that others see. */
static int ready(struct zf_flat *flat, struct zf_op *op)
{
	struct stat now;

	if (look(flat, op, &now) < 0)
		return -1;
	if (!same_file(&now, &flat->seen)) {
		shut(flat);
		forget_index(flat);
	}
	if (flat->open)
		return 0;
	if (lock(flat, op) < 0)
		return -1;
	flat->seen = now;
	if (flat->driver->open(flat, op, false) < 0)
		return -1;
	flat->open = true;
	return 0;
}

/* The result of a driver's call. */
static int judge(struct zf_flat *flat, const struct zf_op *op, int result)
{
	if (result < 0 && op->err != EINTR && op->err != EFBIG)
		shut(flat);
	return result;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

enum { TRIES = 8 };                     /* at a value of a file that changes while it is read */
#define MAX_VALUE ((uint64_t)INT32_MAX) /* where the caller has no limit of his own */

int zf_flat_accepts(struct zf_flat *flat, struct zf_op *op, uint64_t size)
{
	const struct zf_out *out = flat->target;

	if (!out)
		return size <= MAX_VALUE
			       ? 0
			       : zf_fail(op, EFBIG, "a value of %llu bytes", (unsigned long long)size);
	if (size <= out->limit - out->len)
		return 0;
	return zf_out_reserve(flat->target, op, size < SIZE_MAX ? (size_t)size : SIZE_MAX);
}

/* A value of the database. What was read while another program wrote is read again. */
static int fetch_stored(
	struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len)
{
	struct stat now;
	int result;

	for (int tries = 0; tries < TRIES; tries++) {
		if (zf_op_check(op) < 0 || ready(flat, op) < 0)
			return -1;
		result = judge(flat, op, flat->driver->fetch(flat, op, key, data, len));
		if (result < 0 || stat(flat->file, &now) < 0 || same_file(&now, &flat->seen))
			return result;
	}
	return zf_fail(op, EBUSY, "another program keeps changing the database");
}

/* A value, of the group or of the database; borrowed until the next call. */
static int fetch(struct zf_flat *flat, struct zf_op *op, const char *key, const uint8_t **data, size_t *len)
{
	const struct zf_change *change = zf_group_find(&flat->group, key);

	if (!change)
		return fetch_stored(flat, op, key, data, len);
	if (ready(flat, op) < 0)
		return -1;
	*data = change->data;
	*len = change->len;
	return change->data ? ZF_FOUND : ZF_MISSING;
}

static void describe(const struct zf_flat *flat, const uint8_t *data, size_t len, struct zf_value *out)
{
	const struct timespec *time = &flat->seen.st_mtim;

	out->size = len;
	if (__builtin_mul_overflow((int64_t)time->tv_sec, (int64_t)1000000000, &out->mtime_ns))
		out->mtime_ns = 0;
	else
		out->mtime_ns += time->tv_nsec;
	zf_digest_of(data, len, &out->tag);
}

int zf_flat_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct zf_flat *flat = (struct zf_flat *)store;
	const uint8_t *data = NULL;
	uint64_t offset, n;
	size_t len = 0;
	int result;

	flat->target = range ? NULL : out;
	result = fetch(flat, op, key, &data, &len);
	flat->target = NULL;
	if (result != ZF_FOUND)
		return result;
	zf_range_clip(range, len, &offset, &n);
	if (n > 0 && zf_out_append(out, op, data + offset, (size_t)n) < 0)
		return -1;
	describe(flat, data, len, value);
	return ZF_FOUND;
}

int zf_flat_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct zf_flat *flat = (struct zf_flat *)store;
	const uint8_t *data = NULL;
	size_t len = 0;
	int result = fetch(flat, op, key, &data, &len);

	if (result == ZF_FOUND)
		describe(flat, data, len, value);
	return result;
}

/* ---- listing ------------------------------------------------------------------------------------------- */

/* Keys that no store may be asked for have no place in the tree. */
static int index_key(struct zf_flat *flat, struct zf_op *op, const char *key, size_t n)
{
	char copy[4096];

	if (zf_op_check(op) < 0)
		return -1;
	if (n >= sizeof copy || !zf_keys_accepts(key, n))
		return 0;
	memcpy(copy, key, n);
	copy[n] = '\0';
	return zf_keys_put(flat->index, op, copy, 0);
}

static int index_change(struct zf_flat *flat, struct zf_op *op, const char *key, bool there)
{
	if (!flat->index)
		return 0;
	if (!there) {
		zf_keys_del(flat->index, key);
		return 0;
	}
	return index_key(flat, op, key, strlen(key));
}

/* The one pass over all keys. */
static int make_index(struct zf_flat *flat, struct zf_op *op)
{
	int result;

	if (flat->index)
		return 0;
	if (zf_keys_new(op, &flat->index) < 0)
		return -1;
	result = judge(flat, op, flat->driver->each(flat, op, index_key));
	for (size_t i = 0; i < flat->group.count && result == 0; i++)
		result =
			index_change(flat, op, flat->group.change[i].key, flat->group.change[i].data != NULL);
	if (result < 0)
		forget_index(flat);
	return result;
}

int zf_flat_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_flat *flat = (struct zf_flat *)store;

	if (ready(flat, op) < 0 || make_index(flat, op) < 0)
		return -1;
	return zf_keys_list(flat->index, op, prefix, fn, arg);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static int call_apply(void *arg, struct zf_op *op)
{
	struct zf_flat *flat = arg;

	return flat->driver->apply(flat, op, &flat->group);
}

/* What a file may grow by when it gets the group: pages of 4 KiB, of which a new value may begin one, and
 * some of the library's own. */
static uint64_t growth(const struct zf_flat *flat)
{
	return (uint64_t)flat->group.bytes + flat->group.bytes / 16 + (uint64_t)flat->group.count * 4096 +
	       (uint64_t)flat->seen.st_size / 64 + (1 << 20);
}

/* By a process of its own; it has the file changed under the library's feet, which we then open anew. */
static int apply_apart(struct zf_flat *flat, struct zf_op *op)
{
	int keep[2] = { flat->driver->fd(flat), flat->lock }, file, result;

	if (zf_reserve(op, flat->file, growth(flat), &file) < 0)
		return -1;
	result = zf_apart(op, call_apply, flat, keep, 2);
	zf_release(file);
	shut(flat);
	return result;
}

/* Gives the group to the database. After a failure it is kept, to be tried again. */
static int apply(struct zf_flat *flat, struct zf_op *op)
{
	int result;

	if (flat->group.count == 0)
		return 0;
	if (ready(flat, op) < 0)
		return -1;
	result = flat->driver->fd ? apply_apart(flat, op)
				  : judge(flat, op, flat->driver->apply(flat, op, &flat->group));
	if (result < 0)
		return -1;
	zf_group_clear(&flat->group);
	return look(flat, op, &flat->seen);
}

static int check_condition(struct zf_flat *flat, struct zf_op *op, const char *key, enum zf_put_if cond,
	const struct zf_tag *tag)
{
	struct zf_value now;
	int result;

	if (cond == ZF_PUT_ALWAYS)
		return ready(flat, op);
	result = zf_flat_stat(&flat->store, op, key, &now);
	if (result < 0)
		return -1;
	if (cond == ZF_PUT_IF_ABSENT && result == ZF_FOUND)
		return zf_fail(op, EEXIST, "there is a value already");
	if (cond == ZF_PUT_IF_TAG && (result == ZF_MISSING || !zf_tag_equal(&now.tag, tag)))
		return zf_fail(op, ESTALE, "the value was changed by somebody else");
	return 0;
}

int zf_flat_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct zf_flat *flat = (struct zf_flat *)store;

	if (flat->driver->max_value && len > flat->driver->max_value)
		return zf_fail(op, EFBIG, "%s takes no value of %zu bytes", flat->driver->ops.kind, len);
	if (check_condition(flat, op, key, cond, tag) < 0)
		return -1;
	if (flat->group.bytes + len > ZF_GROUP_FULL && apply(flat, op) < 0)
		return -1;
	if (index_change(flat, op, key, true) < 0)
		return -1;
	if (zf_group_put(&flat->group, op, key, data, len) < 0) {
		forget_index(flat);
		return -1;
	}
	return 0;
}

int zf_flat_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct zf_flat *flat = (struct zf_flat *)store;
	const uint8_t *data;
	size_t len;
	int result = fetch(flat, op, key, &data, &len);

	if (result != ZF_FOUND)
		return result;
	if (zf_group_del(&flat->group, op, key) < 0)
		return -1;
	index_change(flat, op, key, false);
	return ZF_FOUND;
}

int zf_flat_flush(struct zf_store *store, struct zf_op *op)
{
	struct zf_flat *flat = (struct zf_flat *)store;

	return ready(flat, op) < 0 ? -1 : apply(flat, op);
}

int zf_flat_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_local_space_at(op, ((struct zf_flat *)store)->file, out);
}

/* ---- opening and closing ------------------------------------------------------------------------------- */

void zf_flat_close(struct zf_store *store)
{
	struct zf_flat *flat = (struct zf_flat *)store;
	struct zf_op op;

	zf_op_init(&op);
	if (flat->group.count && apply(flat, &op) < 0)
		zf_log(store->ctx, ZF_LOG_ERROR, "%s: %zu changes are lost: %s", store->name,
			flat->group.count, op.text);
	shut(flat);
	unlock(flat);
	forget_index(flat);
	zf_group_clear(&flat->group);
	free(flat->file);
	zf_store_fini(store);
	free(flat);
}

static int open_first(struct zf_flat *flat, struct zf_op *op)
{
	bool create = flat->flags & ZF_DB_CREATE;
	struct statvfs fs;

	if (!create && stat(flat->file, &flat->seen) < 0)
		return zf_fail(op, errno, "%m");
	flat->writable = !(flat->flags & ZF_DB_READONLY) && (create || access(flat->file, W_OK) == 0) &&
			 !(statvfs(flat->file, &fs) == 0 && fs.f_flag & ST_RDONLY);
	if (!flat->writable)
		flat->store.caps &= ~(unsigned)ZF_STORE_WRITABLE;
	if ((!create && lock(flat, op) < 0) || flat->driver->open(flat, op, create) < 0)
		return -1;
	flat->open = true;
	if (create && lock(flat, op) < 0)
		return -1;
	return look(flat, op, &flat->seen);
}

int zf_flat_open(struct zf_ctx *ctx, struct zf_op *op, const struct zf_flat_driver *driver, const char *path,
	const char *file, unsigned flags, struct zf_store **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_LISTABLE | ZF_STORE_LOCAL;
	struct zf_flat *flat = calloc(1, driver->size);
	char *name = NULL;
	int result = -1;

	if (!flat || asprintf(&name, "%s:%s", driver->ops.kind, path) < 0) {
		zf_nomem(op, driver->size);
		name = NULL;
	} else {
		result = zf_store_init(&flat->store, op, &driver->ops, ctx, caps, name);
	}
	free(name);
	if (result < 0) {
		free(flat);
		return -1;
	}
	flat->driver = driver;
	flat->lock = -1;
	flat->flags = flags;
	flat->file = zf_local_absolute(file);
	if (flat->file ? open_first(flat, op) < 0 : zf_nomem(op, strlen(file)) < 0) {
		driver->ops.close(&flat->store);
		return -1;
	}
	*out = &flat->store;
	return 0;
}
