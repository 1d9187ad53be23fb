/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory store: counted values in a sorted map. The lock is held to look up and to change the map, not
 * while bytes are copied: a value that somebody reads outlives its replacement.
 */
#include "store/mem.h"

#include "store/backend.h"
#include "store/keymap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>

struct mem_value {
	struct zf_keyed keyed;
	unsigned refs; /* atomic */
	struct zf_value value;
	uint8_t data[]; /* value.size bytes, then the key */
};

struct mem {
	struct zf_store store;
	pthread_mutex_t lock;
	struct zf_keymap map;
	uint64_t puts; /* so far; the tag of each is its number */
};

static void drop(struct zf_keyed *item)
{
	struct mem_value *value = (struct mem_value *)item;

	if (value && __atomic_sub_fetch(&value->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(value);
}

/* New: drop(). NULL: missing. */
static struct mem_value *grab(struct mem *mem, const char *key)
{
	struct mem_value *value;

	pthread_mutex_lock(&mem->lock);
	value = zf_keymap_find(&mem->map, key);
	if (value)
		__atomic_add_fetch(&value->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&mem->lock);
	return value;
}

static int mem_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct mem_value *found = grab((struct mem *)store, key);
	uint64_t offset, len;
	int result;

	if (!found)
		return ZF_MISSING;
	*value = found->value;
	zf_range_clip(range, value->size, &offset, &len);
	result = zf_out_append(out, op, found->data + offset, (size_t)len);
	drop(&found->keyed);
	return result;
}

static int mem_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct mem_value *found = grab((struct mem *)store, key);

	(void)op;
	if (!found)
		return ZF_MISSING;
	*value = found->value;
	drop(&found->keyed);
	return ZF_FOUND;
}

static int mem_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_names names = { .op = op, .out = ZF_OUT_GROWING(SIZE_MAX) };
	struct mem *mem = (struct mem *)store;
	int result;

	pthread_mutex_lock(&mem->lock);
	result = zf_keymap_list(&mem->map, prefix, zf_names_keep, &names);
	pthread_mutex_unlock(&mem->lock);
	return zf_names_tell(&names, result, fn, arg);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct mem_value *make_value(struct zf_op *op, const char *key, const void *data, size_t len)
{
	size_t room = sizeof(struct mem_value) + strlen(key) + 1;
	struct mem_value *value = NULL;

	if (!__builtin_add_overflow(room, len, &room))
		value = malloc(room);
	if (!value) {
		zf_nomem(op, room);
		return NULL;
	}
	memset(value, 0, sizeof *value);
	value->refs = 1;
	value->value.size = len;
	value->value.mtime_ns = now();
	if (len)
		memcpy(value->data, data, len);
	value->keyed.key = strcpy((char *)value->data + len, key);
	return value;
}

static int check(const struct mem *mem, struct zf_op *op, const char *key, enum zf_put_if cond,
	const struct zf_tag *tag)
{
	const struct mem_value *there = zf_keymap_find(&mem->map, key);

	if (cond == ZF_PUT_IF_ABSENT && there)
		return zf_fail(op, EEXIST, "there is a value already");
	if (cond == ZF_PUT_IF_TAG && !(there && zf_tag_equal(&there->value.tag, tag)))
		return zf_fail(op, ESTALE, "the value was changed by somebody else");
	return 0;
}

static int mem_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct mem_value *value = make_value(op, key, data, len);
	struct mem *mem = (struct mem *)store;
	struct zf_keyed *old = NULL;
	int result;

	if (!value)
		return -1;
	pthread_mutex_lock(&mem->lock);
	result = check(mem, op, key, cond, tag);
	if (result == 0) {
		value->value.tag.word[0] = ++mem->puts;
		result = zf_keymap_put(&mem->map, op, &value->keyed, &old);
	}
	pthread_mutex_unlock(&mem->lock);
	drop(result < 0 ? &value->keyed : old);
	return result;
}

static int mem_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct mem *mem = (struct mem *)store;
	struct zf_keyed *old;

	(void)op;
	pthread_mutex_lock(&mem->lock);
	old = zf_keymap_take(&mem->map, key);
	pthread_mutex_unlock(&mem->lock);
	drop(old);
	return old ? ZF_FOUND : ZF_MISSING;
}

/* Nothing here outlives the process. */
static int mem_flush(struct zf_store *store, struct zf_op *op)
{
	(void)store;
	(void)op;
	return 0;
}

static int mem_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	struct sysinfo info;

	(void)store;
	if (sysinfo(&info) < 0)
		return zf_fail(op, errno, "cannot tell the free memory: %m");
	out->total = (uint64_t)info.totalram * info.mem_unit;
	out->available = (uint64_t)info.freeram * info.mem_unit;
	return 0;
}

static void mem_close(struct zf_store *store)
{
	struct mem *mem = (struct mem *)store;

	zf_keymap_free(&mem->map, drop);
	pthread_mutex_destroy(&mem->lock);
	zf_store_fini(store);
	free(mem);
}

static const struct zf_store_ops mem_ops = {
	.kind = "mem",
	.get = mem_get,
	.stat = mem_stat,
	.list = mem_list,
	.put = mem_put,
	.del = mem_del,
	.flush = mem_flush,
	.space = mem_space,
	.close = mem_close,
};

int zf_mem_open(struct zf_ctx *ctx, struct zf_op *op, const char *label, struct zf_store **out)
{
	const unsigned caps = ZF_STORE_WRITABLE | ZF_STORE_RANGED | ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD |
			      ZF_STORE_LOCAL;
	struct mem *mem = calloc(1, sizeof *mem);
	char *name = NULL;
	int result;

	if (!mem || asprintf(&name, "mem:%s", label) < 0) {
		free(mem);
		return zf_nomem(op, sizeof *mem + strlen(label));
	}
	result = zf_store_init(&mem->store, op, &mem_ops, ctx, caps, name);
	free(name);
	if (result < 0) {
		free(mem);
		return -1;
	}
	pthread_mutex_init(&mem->lock, NULL);
	*out = &mem->store;
	return 0;
}
