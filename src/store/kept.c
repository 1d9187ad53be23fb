/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store that keeps what was read.
 */
#include "store/kept.h"

#include "store/backend.h"
#include "store/keymap.h"

#include <stdlib.h>
#include <string.h>

enum { COST = 256 }; /* of a part beside its bytes, about */

/* Bytes of a value that were asked for. */
struct part {
	struct part *next; /* of the same value */
	unsigned refs;     /* atomic */
	struct zf_range range;
	size_t len;
	uint8_t data[];
};

static const struct zf_range whole = { .len = UINT64_MAX };

struct kept {
	struct zf_keyed keyed;
	struct kept *newer, *older;
	struct zf_value value;
	struct part *parts;
	uint64_t bytes; /* that it takes */
	char key[];
};

struct cache {
	struct zf_store store;
	struct zf_store *below; /* owned */
	uint64_t limit;
	pthread_mutex_t lock; /* what follows; held to look up and to change, not to copy */
	struct zf_keymap map;
	struct kept *newest, *oldest;
	uint64_t bytes;
	uint64_t changes; /* puts and deletes so far */
};

/* ---- what is kept: all of it needs the lock ------------------------------------------------------------ */

static void drop_part(struct part *part)
{
	if (part && __atomic_sub_fetch(&part->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(part);
}

static void unlink_kept(struct cache *c, struct kept *k)
{
	*(k->newer ? &k->newer->older : &c->newest) = k->older;
	*(k->older ? &k->older->newer : &c->oldest) = k->newer;
}

static void make_newest(struct cache *c, struct kept *k)
{
	k->newer = NULL;
	k->older = c->newest;
	*(k->older ? &k->older->newer : &c->oldest) = k;
	c->newest = k;
}

static void forget(struct cache *c, struct kept *k)
{
	zf_keymap_take(&c->map, k->key);
	unlink_kept(c, k);
	c->bytes -= k->bytes;
	for (struct part *part = k->parts, *next; part; part = next) {
		next = part->next;
		drop_part(part);
	}
	free(k);
}

static bool same_range(const struct zf_range *a, const struct zf_range *b)
{
	return a->offset == b->offset && a->len == b->len && a->from_end == b->from_end;
}

/* The part that was asked for, or all of the value; NULL: neither. */
static struct part *find_part(const struct kept *k, const struct zf_range *range)
{
	for (struct part *part = k->parts; part; part = part->next)
		if (same_range(&part->range, range) || same_range(&part->range, &whole))
			return part;
	return NULL;
}

/* The entry of a key whose value is this one, made if there is none; NULL: no memory. */
static struct kept *entry(struct cache *c, const char *key, const struct zf_value *value)
{
	struct kept *k = zf_keymap_find(&c->map, key);
	struct zf_keyed *old;
	struct zf_op op;

	if (k && zf_tag_equal(&k->value.tag, &value->tag))
		return k;
	if (k)
		forget(c, k);
	k = calloc(1, sizeof *k + strlen(key) + 1);
	if (!k)
		return NULL;
	k->keyed.key = strcpy(k->key, key);
	k->value = *value;
	zf_op_init(&op);
	if (zf_keymap_put(&c->map, &op, &k->keyed, &old) < 0) {
		free(k);
		return NULL;
	}
	make_newest(c, k);
	return k;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static bool has_tag(const struct zf_tag *tag)
{
	return tag->word[0] || tag->word[1] || tag->word[2] || tag->word[3];
}

/* What is kept of a range (new: drop_part()) and its value; NULL: nothing. */
static struct part *look(struct cache *c, const char *key, const struct zf_range *range,
	struct zf_value *value, uint64_t *changes)
{
	struct part *part = NULL;
	struct kept *k;

	pthread_mutex_lock(&c->lock);
	*changes = c->changes;
	k = zf_keymap_find(&c->map, key);
	if (k)
		part = find_part(k, range);
	if (part) {
		*value = k->value;
		__atomic_add_fetch(&part->refs, 1, __ATOMIC_RELAXED);
		unlink_kept(c, k);
		make_newest(c, k);
	}
	pthread_mutex_unlock(&c->lock);
	return part;
}

static void forget_key(struct cache *c, const char *key, bool changed)
{
	struct kept *k;

	pthread_mutex_lock(&c->lock);
	c->changes += changed;
	k = zf_keymap_find(&c->map, key);
	if (k)
		forget(c, k);
	pthread_mutex_unlock(&c->lock);
}

/* Keeps what was read, unless the store was written to since: the bytes may be of before. */
static void keep(struct cache *c, const char *key, const struct zf_range *range, const void *data, size_t len,
	const struct zf_value *value, uint64_t changes)
{
	struct part *part;
	struct kept *k;

	if (len > c->limit / 4 || !(part = malloc(sizeof *part + len)))
		return;
	*part = (struct part){ .refs = 1, .range = *range, .len = len };
	if (len)
		memcpy(part->data, data, len);
	pthread_mutex_lock(&c->lock);
	k = changes == c->changes ? entry(c, key, value) : NULL;
	if (k && !find_part(k, range)) {
		part->next = k->parts;
		k->parts = part;
		k->bytes += len + COST;
		c->bytes += len + COST;
		part = NULL;
	}
	while (c->bytes > c->limit)
		forget(c, c->oldest);
	pthread_mutex_unlock(&c->lock);
	drop_part(part);
}

/* Whether what is kept is still so. ZF_FOUND: it is; ZF_MISSING: not; -1. */
static int check(struct cache *c, struct zf_op *op, const char *key, const struct zf_value *value)
{
	struct zf_value now;
	int result;

	if (!has_tag(&value->tag))
		return ZF_FOUND;
	result = zf_next_stat(c->below, op, key, &now);
	if (result < 0)
		return -1;
	return result == ZF_FOUND && zf_tag_equal(&now.tag, &value->tag) ? ZF_FOUND : ZF_MISSING;
}

static int give(struct zf_op *op, const struct part *part, const struct zf_range *range,
	const struct zf_value *value, struct zf_out *out)
{
	uint64_t offset = 0, len = part->len;

	if (same_range(&part->range, &whole))
		zf_range_clip(range, value->size, &offset, &len);
	return zf_out_append(out, op, part->data + offset, (size_t)len);
}

static int kept_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct cache *c = (struct cache *)store;
	const struct zf_range *want = range ? range : &whole;
	size_t before = out->len;
	uint64_t changes;
	struct part *part = look(c, key, want, value, &changes);
	int result = part ? check(c, op, key, value) : ZF_MISSING;

	if (part && result == ZF_FOUND)
		result = give(op, part, want, value, out);
	else if (part && result == ZF_MISSING)
		forget_key(c, key, false);
	drop_part(part);
	if (result != ZF_MISSING)
		return result;
	result = zf_next_get(c->below, op, key, range, out, value);
	if (result == ZF_FOUND && out->data)
		keep(c, key, want, out->data + before, out->len - before, value, changes);
	return result;
}

static int kept_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	return zf_next_stat(((struct cache *)store)->below, op, key, value);
}

static int kept_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	return zf_next_list(((struct cache *)store)->below, op, prefix, fn, arg);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* Forgets before and after: a get may have read the old value meanwhile. */
static int kept_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct cache *c = (struct cache *)store;
	int result;

	forget_key(c, key, true);
	result = zf_next_put(c->below, op, key, data, len, cond, tag);
	forget_key(c, key, true);
	return result;
}

static int kept_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct cache *c = (struct cache *)store;
	int result;

	forget_key(c, key, true);
	result = zf_next_del(c->below, op, key);
	forget_key(c, key, true);
	return result;
}

static int kept_settle(struct zf_store *store, struct zf_op *op)
{
	return zf_next_settle(((struct cache *)store)->below, op);
}

static int kept_flush(struct zf_store *store, struct zf_op *op)
{
	return zf_next_flush(((struct cache *)store)->below, op);
}

static void forget_all(struct cache *c)
{
	pthread_mutex_lock(&c->lock);
	c->changes++;
	while (c->oldest)
		forget(c, c->oldest);
	pthread_mutex_unlock(&c->lock);
}

static int kept_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	struct cache *c = (struct cache *)store;
	int result;

	forget_all(c);
	result = zf_next_rename(c->below, op, from, to);
	forget_all(c);
	return result;
}

static int kept_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	return zf_next_prune(((struct cache *)store)->below, op, prefix);
}

static int kept_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(((struct cache *)store)->below, op, out);
}

/* ---- opening and closing ------------------------------------------------------------------------------- */

static void kept_close(struct zf_store *store)
{
	struct cache *c = (struct cache *)store;

	zf_store_close(c->below);
	forget_all(c);
	zf_keymap_free(&c->map, NULL);
	pthread_mutex_destroy(&c->lock);
	zf_store_fini(store);
	free(c);
}

static const struct zf_store_ops kept_ops = {
	.kind = "kept",
	.get = kept_get,
	.stat = kept_stat,
	.list = kept_list,
	.put = kept_put,
	.del = kept_del,
	.settle = kept_settle,
	.flush = kept_flush,
	.rename = kept_rename,
	.prune = kept_prune,
	.space = kept_space,
	.close = kept_close,
};

int zf_kept_open(struct zf_op *op, struct zf_store *below, uint64_t limit, struct zf_store **out)
{
	struct cache *c = calloc(1, sizeof *c);
	unsigned caps = below->caps | ZF_STORE_ANY_THREAD;

	if (!c) {
		zf_nomem(op, sizeof *c);
		goto fail;
	}
	if (zf_store_init(&c->store, op, &kept_ops, below->ctx, caps, below->name) < 0)
		goto fail;
	c->below = below;
	c->limit = limit;
	pthread_mutex_init(&c->lock, NULL);
	*out = &c->store;
	return 0;
fail:
	free(c);
	zf_store_close(below);
	return -1;
}
