/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of names in one array of nodes. A hash table finds a node by its parent and its name, and lists of
 * siblings give the children; node 0 is the root. The hash has a secret seed: names come from strangers.
 */
#include "store/keys.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
	SHORT = 16, /* bytes of a name that a node holds itself */
	FIRST = 64, /* slots of an empty table; a power of two */
	ROOT = 0
};
#define MAX_NODES ((uint32_t)1 << 31)

struct node {
	uint32_t parent, next, prev, child; /* 0: none, as the root is nobody's child or sibling */
	uint32_t hash;
	uint16_t len;
	bool is_key;
	uint64_t number;
	union {
		char here[SHORT];
		char *there; /* where len > SHORT; owned */
	} name;
};

struct zf_keys {
	struct node *node;
	uint32_t count, cap; /* nodes ever used, and room */
	uint32_t unused;     /* first of those to be used again, linked by next */
	uint32_t *slot;      /* node numbers; 0: empty */
	uint32_t slots;      /* a power of two */
	uint32_t used;       /* slots that are not empty */
	size_t keys;
	uint64_t seed;
};

static const char *name_of(const struct node *node)
{
	return node->len > SHORT ? node->name.there : node->name.here;
}

static uint64_t scramble(uint64_t x)
{
	x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	return x ^ (x >> 32);
}

static uint32_t hash_of(const struct zf_keys *keys, uint32_t parent, const char *name, size_t n)
{
	uint64_t h = keys->seed ^ ((uint64_t)parent << 16 | n), word;

	for (; n >= 8; name += 8, n -= 8) {
		memcpy(&word, name, 8);
		h = scramble((h ^ word) * UINT64_C(0x9fb21c651e98df25) + keys->seed);
	}
	word = 0;
	memcpy(&word, name, n);
	h = scramble((h ^ word) * UINT64_C(0x9fb21c651e98df25) + keys->seed);
	return (uint32_t)(h ^ (h >> 32));
}

/* ---- the hash table ------------------------------------------------------------------------------------ */

/* The slot of a child, or the empty one where it would be. */
static uint32_t find_slot(
	const struct zf_keys *keys, uint32_t parent, const char *name, size_t n, uint32_t hash)
{
	uint32_t i = hash & (keys->slots - 1);

	while (keys->slot[i]) {
		const struct node *node = &keys->node[keys->slot[i]];

		if (node->hash == hash && node->parent == parent && node->len == n &&
			memcmp(name_of(node), name, n) == 0)
			break;
		i = (i + 1) & (keys->slots - 1);
	}
	return i;
}

static uint32_t find_child(const struct zf_keys *keys, uint32_t parent, const char *name, size_t n)
{
	return keys->slot[find_slot(keys, parent, name, n, hash_of(keys, parent, name, n))];
}

static bool grow_slots(struct zf_keys *keys)
{
	uint32_t slots = keys->slots * 2, *slot;

	if (keys->used < keys->slots / 4 * 3)
		return true;
	slot = slots ? calloc(slots, sizeof *slot) : NULL;
	if (!slot)
		return false;
	for (uint32_t i = 0; i < keys->slots; i++) {
		uint32_t to;

		if (!keys->slot[i])
			continue;
		to = keys->node[keys->slot[i]].hash & (slots - 1);
		while (slot[to])
			to = (to + 1) & (slots - 1);
		slot[to] = keys->slot[i];
	}
	free(keys->slot);
	keys->slot = slot;
	keys->slots = slots;
	return true;
}

/* Empties a slot and moves those up that had to step over it. */
static void empty_slot(struct zf_keys *keys, uint32_t hole)
{
	const uint32_t mask = keys->slots - 1;

	for (uint32_t i = (hole + 1) & mask; keys->slot[i]; i = (i + 1) & mask) {
		uint32_t home = keys->node[keys->slot[i]].hash & mask;

		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		keys->slot[hole] = keys->slot[i];
		hole = i;
	}
	keys->slot[hole] = 0;
	keys->used--;
}

/* ---- nodes --------------------------------------------------------------------------------------------- */

/* The number of a node to be used; 0: no memory. */
static uint32_t new_node(struct zf_keys *keys)
{
	uint32_t cap = keys->cap * 2, i = keys->unused;
	struct node *node;

	if (i) {
		keys->unused = keys->node[i].next;
		return i;
	}
	if (keys->count < keys->cap)
		return keys->count++;
	node = cap <= MAX_NODES ? realloc(keys->node, cap * sizeof *node) : NULL;
	if (!node)
		return 0;
	keys->node = node;
	keys->cap = cap;
	return keys->count++;
}

static void unuse_node(struct zf_keys *keys, uint32_t i)
{
	keys->node[i] = (struct node){ .next = keys->unused };
	keys->unused = i;
}

static bool set_name(struct node *node, const char *name, size_t n)
{
	char *to = node->name.here;

	node->len = (uint16_t)n;
	if (n > SHORT)
		to = node->name.there = malloc(n);
	if (to)
		memcpy(to, name, n);
	return to != NULL;
}

/* Finds a child or makes it; 0: no memory. */
static uint32_t make_child(struct zf_keys *keys, uint32_t parent, const char *name, size_t n)
{
	uint32_t hash = hash_of(keys, parent, name, n), i;
	struct node *node;

	i = keys->slot[find_slot(keys, parent, name, n, hash)];
	if (i)
		return i;
	if (!grow_slots(keys) || !(i = new_node(keys)))
		return 0;
	node = &keys->node[i];
	*node = (struct node){ .parent = parent, .next = keys->node[parent].child, .hash = hash };
	if (!set_name(node, name, n)) {
		unuse_node(keys, i);
		return 0;
	}
	if (node->next)
		keys->node[node->next].prev = i;
	keys->node[parent].child = i;
	keys->slot[find_slot(keys, parent, name, n, hash)] = i;
	keys->used++;
	return i;
}

/* Removes a node and those above it, as far as they are neither keys nor prefixes. */
static void prune(struct zf_keys *keys, uint32_t i)
{
	while (i != ROOT && !keys->node[i].is_key && !keys->node[i].child) {
		struct node *node = &keys->node[i];
		uint32_t parent = node->parent;

		empty_slot(keys, find_slot(keys, parent, name_of(node), node->len, node->hash));
		if (node->next)
			keys->node[node->next].prev = node->prev;
		if (node->prev)
			keys->node[node->prev].next = node->next;
		else
			keys->node[parent].child = node->next;
		if (node->len > SHORT)
			free(node->name.there);
		unuse_node(keys, i);
		i = parent;
	}
}

/* The node of a path ("" is the root). false: there is none. */
static bool find(const struct zf_keys *keys, const char *path, uint32_t *out)
{
	uint32_t i = ROOT;

	while (*path) {
		size_t n = strcspn(path, "/");

		i = find_child(keys, i, path, n);
		if (!i)
			return false;
		path += n + (path[n] == '/');
	}
	*out = i;
	return true;
}

/* ---- calls --------------------------------------------------------------------------------------------- */

int zf_keys_new(struct zf_op *op, struct zf_keys **out)
{
	struct zf_keys *keys = calloc(1, sizeof *keys);

	if (!keys)
		return zf_nomem(op, sizeof *keys);
	keys->node = calloc(FIRST, sizeof *keys->node);
	keys->slot = calloc(FIRST, sizeof *keys->slot);
	if (!keys->node || !keys->slot) {
		zf_keys_free(keys);
		return zf_nomem(op, FIRST * sizeof *keys->node);
	}
	keys->cap = keys->slots = FIRST;
	keys->count = 1;
	if (getrandom(&keys->seed, sizeof keys->seed, GRND_NONBLOCK) != (ssize_t)sizeof keys->seed)
		keys->seed = (uint64_t)(uintptr_t)keys;
	*out = keys;
	return 0;
}

void zf_keys_free(struct zf_keys *keys)
{
	if (!keys)
		return;
	for (uint32_t i = 0; i < keys->count; i++)
		if (keys->node[i].len > SHORT)
			free(keys->node[i].name.there);
	free(keys->node);
	free(keys->slot);
	free(keys);
}

size_t zf_keys_count(const struct zf_keys *keys)
{
	return keys->keys;
}

bool zf_keys_accepts(const char *key, size_t n)
{
	const char *end = key + n;

	if (n == 0 || n > ZF_MAX_KEY || memchr(key, '\0', n))
		return false;
	for (;; key++) {
		const char *slash = memchr(key, '/', (size_t)(end - key));
		size_t len = (size_t)((slash ? slash : end) - key);

		if (len == 0 || len > ZF_MAX_NAME ||
			(key[0] == '.' && (len == 1 || (len == 2 && key[1] == '.'))))
			return false;
		if (!slash)
			return true;
		key = slash;
	}
}

int zf_keys_put(struct zf_keys *keys, struct zf_op *op, const char *key, uint64_t number)
{
	uint32_t i = ROOT, child;

	while (*key) {
		size_t n = strcspn(key, "/");

		child = make_child(keys, i, key, n);
		if (!child) {
			prune(keys, i);
			return zf_nomem(op, keys->cap * sizeof *keys->node);
		}
		i = child;
		key += n + (key[n] == '/');
	}
	keys->keys += !keys->node[i].is_key;
	keys->node[i].is_key = true;
	keys->node[i].number = number;
	return 0;
}

bool zf_keys_get(const struct zf_keys *keys, const char *key, uint64_t *number)
{
	uint32_t i;

	if (!find(keys, key, &i) || !keys->node[i].is_key)
		return false;
	if (number)
		*number = keys->node[i].number;
	return true;
}

bool zf_keys_has_prefix(const struct zf_keys *keys, const char *prefix)
{
	uint32_t i;

	return find(keys, prefix, &i) && keys->node[i].child;
}

bool zf_keys_del(struct zf_keys *keys, const char *key)
{
	uint32_t i;

	if (!find(keys, key, &i) || !keys->node[i].is_key)
		return false;
	keys->node[i].is_key = false;
	keys->keys--;
	prune(keys, i);
	return true;
}

int zf_keys_list(
	const struct zf_keys *keys, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	char name[ZF_MAX_KEY + 1];
	uint32_t i;

	if (!find(keys, prefix, &i) || (i != ROOT && !keys->node[i].child))
		return ZF_MISSING;
	for (i = keys->node[i].child; i; i = keys->node[i].next) {
		const struct node *node = &keys->node[i];

		if (zf_op_check(op) < 0)
			return -1;
		memcpy(name, name_of(node), node->len);
		name[node->len] = '\0';
		if (fn(arg, name, node->child != 0) != 0)
			break;
	}
	return ZF_FOUND;
}

/* Writes the key of a node so that it ends with buf; returns where it begins. */
static const char *spell(const struct zf_keys *keys, uint32_t i, char buf[static ZF_MAX_KEY + 1])
{
	char *p = buf + ZF_MAX_KEY;

	*p = '\0';
	for (;;) {
		const struct node *node = &keys->node[i];

		p -= node->len;
		memcpy(p, name_of(node), node->len);
		if (node->parent == ROOT)
			return p;
		*--p = '/';
		i = node->parent;
	}
}

int zf_keys_each(const struct zf_keys *keys, zf_keys_fn *fn, void *arg)
{
	char buf[ZF_MAX_KEY + 1];
	int result = 0;

	for (uint32_t i = 1; i < keys->count && result == 0; i++)
		if (keys->node[i].is_key)
			result = fn(arg, spell(keys, i, buf), keys->node[i].number);
	return result;
}
