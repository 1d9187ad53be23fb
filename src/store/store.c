/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place where backends are called. Each call passes two layers:
 *
 *   zf_next_*    asserts the contract on both sides, serialises, answers for what a table leaves out
 *   zf_store_*   checks the key, counts, and says in errors which key of which store it was
 */
#include "base/limits.h"
#include "store/backend.h"
#include "store/local.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int zf_store_init(struct zf_store *store, struct zf_op *op, const struct zf_store_ops *ops,
	struct zf_ctx *ctx, unsigned caps, const char *name)
{
	assert(ops->kind && ops->get && ops->stat && ops->close);
	assert(!ops->list == !(caps & ZF_STORE_LISTABLE));
	assert(!(caps & ZF_STORE_WRITABLE) || (ops->put && ops->del && ops->flush));

	store->name = strdup(name);
	if (!store->name)
		return zf_nomem(op, strlen(name) + 1);
	store->ops = ops;
	store->ctx = ctx;
	store->caps = caps;
	pthread_mutex_init(&store->serial, NULL);
	return 0;
}

void zf_store_fini(struct zf_store *store)
{
	pthread_mutex_destroy(&store->serial);
	free(store->name);
}

void zf_store_close(struct zf_store *store)
{
	if (store)
		store->ops->close(store);
}

/* ---- keys and ranges --------------------------------------------------------------------------------- */

/* What is wrong with one component, or NULL. */
static const char *component_fault(const char *s, size_t n)
{
	if (n == 0)
		return "it has an empty component";
	if (s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.')))
		return "it has the component '.' or '..'";
	return NULL;
}

static const char *key_fault(const char *key)
{
	if (!*key)
		return "it is empty";
	if (*key == '/')
		return "it is absolute";
	if (strnlen(key, ZF_MAX_KEY + 1) > ZF_MAX_KEY)
		return "it is too long";
	for (;;) {
		size_t n = strcspn(key, "/");
		const char *fault = component_fault(key, n);

		if (fault || !key[n])
			return fault;
		key += n + 1;
	}
}

bool zf_key_valid(const char *key)
{
	return !key_fault(key);
}

void zf_range_clip(const struct zf_range *range, uint64_t size, uint64_t *offset, uint64_t *len)
{
	uint64_t start = 0, end = size;

	if (range && range->from_end) {
		end = size - (range->offset < size ? range->offset : size);
		start = end - (range->len < end ? range->len : end);
	} else if (range) {
		start = range->offset < size ? range->offset : size;
		end = start + (range->len < size - start ? range->len : size - start);
	}
	*offset = start;
	*len = end - start;
}

/* ---- the lower layer --------------------------------------------------------------------------------- */

/* Waits its turn, but not for longer than the operation wants to. */
static int enter(struct zf_store *store, struct zf_op *op)
{
	assert(op->err == 0);
	if (zf_op_check(op) < 0)
		return -1;
	return store->caps & ZF_STORE_ANY_THREAD ? 0 : zf_local_lock(&store->serial, op);
}

static int leave(struct zf_store *store, const struct zf_op *op, int result)
{
	if (!(store->caps & ZF_STORE_ANY_THREAD))
		pthread_mutex_unlock(&store->serial);
	assert(result == ZF_FOUND || result == ZF_MISSING || result == -1);
	assert((result == -1) == (op->err != 0));
	(void)op;
	return result;
}

/* The same for calls that have nothing to miss. */
static int leave_done(struct zf_store *store, const struct zf_op *op, int result)
{
	assert(result != ZF_MISSING);
	return leave(store, op, result);
}

int zf_next_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	size_t before = out->len;
	int result;

	assert(before <= out->cap && (out->fixed || out->cap <= out->limit));
	if (enter(store, op) < 0)
		return -1;
	result = leave(store, op, store->ops->get(store, op, key, range, out, value));
	assert(out->len >= before && out->len <= out->cap && out->cap <= out->limit);
	assert(result != ZF_MISSING || out->len == before);
	if (result != ZF_FOUND)
		out->len = before;
	return result;
}

int zf_next_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	if (enter(store, op) < 0)
		return -1;
	return leave(store, op, store->ops->stat(store, op, key, value));
}

int zf_next_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	if (!store->ops->list || !(store->caps & ZF_STORE_LISTABLE))
		return zf_fail(op, EOPNOTSUPP, "this store cannot list its keys");
	if (enter(store, op) < 0)
		return -1;
	return leave(store, op, store->ops->list(store, op, prefix, fn, arg));
}

static int need_writable(const struct zf_store *store, struct zf_op *op)
{
	if (store->caps & ZF_STORE_WRITABLE)
		return 0;
	return zf_fail(op, EROFS, "the store is read-only");
}

int zf_next_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	assert((cond == ZF_PUT_IF_TAG) == (tag != NULL));
	if (need_writable(store, op) < 0 || enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->put(store, op, key, data, len, cond, tag));
}

int zf_next_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	if (need_writable(store, op) < 0 || enter(store, op) < 0)
		return -1;
	return leave(store, op, store->ops->del(store, op, key));
}

int zf_next_flush(struct zf_store *store, struct zf_op *op)
{
	if (need_writable(store, op) < 0 || enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->flush(store, op));
}

int zf_next_settle(struct zf_store *store, struct zf_op *op)
{
	if (need_writable(store, op) < 0)
		return -1;
	if (!store->ops->settle)
		return 0;
	if (enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->settle(store, op));
}

int zf_next_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	if (need_writable(store, op) < 0)
		return -1;
	if (!store->ops->rename)
		return zf_fail(op, EOPNOTSUPP, "this store cannot rename");
	if (enter(store, op) < 0)
		return -1;
	return leave(store, op, store->ops->rename(store, op, from, to));
}

int zf_next_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	if (need_writable(store, op) < 0)
		return -1;
	if (!store->ops->prune)
		return 0;
	if (enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->prune(store, op, prefix));
}

int zf_next_leftovers(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	if (!store->ops->leftovers)
		return ZF_FOUND;
	if (enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->leftovers(store, op, prefix, fn, arg));
}

int zf_next_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	if (!store->ops->space)
		return zf_fail(op, EOPNOTSUPP, "this store does not know its free space");
	if (enter(store, op) < 0)
		return -1;
	return leave_done(store, op, store->ops->space(store, op, out));
}

/* ---- the upper layer --------------------------------------------------------------------------------- */

enum { SHOWN = 320 }; /* bytes of a key in messages: names may be hostile, and the reason must fit too */

/* A message is one line: control characters become "\xNN", and what is too long ends in "...". */
static void show_key(const char *key, char buf[static SHOWN + 4])
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *key && n + 4 <= SHOWN; key++) {
		unsigned char c = (unsigned char)*key;

		if (c >= 0x20 && c != 0x7f) {
			buf[n++] = *key;
			continue;
		}
		buf[n++] = '\\';
		buf[n++] = 'x';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	strcpy(buf + n, *key ? "..." : "");
}

/* Says where, if the call failed. */
static int with_key(const struct zf_store *store, struct zf_op *op, const char *key, int result)
{
	char shown[SHOWN + 4];

	if (result >= 0)
		return result;
	show_key(key, shown);
	return zf_where(op, "key '%s' in %s", shown, store->name);
}

static int with_prefix(const struct zf_store *store, struct zf_op *op, const char *prefix, int result)
{
	if (result >= 0 || *prefix)
		return with_key(store, op, prefix, result);
	return zf_where(op, "%s", store->name);
}

static int check_key(const struct zf_store *store, struct zf_op *op, const char *key)
{
	const char *fault = key_fault(key);

	if (!fault)
		return 0;
	zf_fail(op, EINVAL, "not a valid key: %s", fault);
	return with_key(store, op, key, -1);
}

/* A backend that promised other bytes than it gave (an object that changed, a server that is wrong). */
static int check_amount(
	struct zf_op *op, const struct zf_range *range, const struct zf_value *value, size_t got)
{
	uint64_t offset, want;

	zf_range_clip(range, value->size, &offset, &want);
	if (got == want)
		return ZF_FOUND;
	return zf_fail(op, EIO, "the store gave %zu bytes, %llu were to come", got, (unsigned long long)want);
}

int zf_store_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct zf_value here = { 0 };
	size_t before = out->len;
	int result;

	if (check_key(store, op, key) < 0)
		return -1;
	result = zf_next_get(store, op, key, range, out, &here);
	ZF_COUNT(store->ctx, store_gets, 1);
	if (result == ZF_FOUND) {
		ZF_COUNT(store->ctx, store_bytes, out->len - before);
		result = check_amount(op, range, &here, out->len - before);
	}
	if (result < 0)
		out->len = before;
	else if (result == ZF_FOUND && value)
		*value = here;
	return with_key(store, op, key, result);
}

int zf_store_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	if (check_key(store, op, key) < 0)
		return -1;
	return with_key(store, op, key, zf_next_stat(store, op, key, value));
}

int zf_store_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	if (*prefix && check_key(store, op, prefix) < 0)
		return -1;
	return with_prefix(store, op, prefix, zf_next_list(store, op, prefix, fn, arg));
}

int zf_store_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	if (check_key(store, op, key) < 0)
		return -1;
	return with_key(store, op, key, zf_next_put(store, op, key, data, len, cond, tag));
}

int zf_store_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	if (check_key(store, op, key) < 0)
		return -1;
	return with_key(store, op, key, zf_next_del(store, op, key));
}

int zf_store_settle(struct zf_store *store, struct zf_op *op)
{
	return with_prefix(store, op, "", zf_next_settle(store, op));
}

int zf_store_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	if (check_key(store, op, from) < 0 || check_key(store, op, to) < 0)
		return -1;
	return with_key(store, op, from, zf_next_rename(store, op, from, to));
}

int zf_store_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	if (check_key(store, op, prefix) < 0)
		return -1;
	return with_key(store, op, prefix, zf_next_prune(store, op, prefix));
}

int zf_store_flush(struct zf_store *store, struct zf_op *op)
{
	return with_prefix(store, op, "", zf_next_flush(store, op));
}

int zf_store_leftovers(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	if (*prefix && check_key(store, op, prefix) < 0)
		return -1;
	return with_prefix(store, op, prefix, zf_next_leftovers(store, op, prefix, fn, arg));
}

int zf_store_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return with_prefix(store, op, "", zf_next_space(store, op, out));
}
