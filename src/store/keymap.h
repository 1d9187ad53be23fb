/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sorted map of keys in memory: what a flat store needs to be listed without looking at every key.
 *
 * Items belong to the caller, begin with a pointer to their key, and are kept in blocks of pointers, in the
 * order of their keys' bytes. Finding costs two binary searches, inserting moves one block. Not for two
 * threads at once.
 */
#ifndef ZF_STORE_KEYMAP_H
#define ZF_STORE_KEYMAP_H

#include "store/children.h"

/* What an item begins with. */
struct zf_keyed {
	const char *key;
};

struct zf_keymap_block;

struct zf_keymap {
	struct zf_keymap_block **blocks; /* none is empty */
	size_t block_count, block_room;
	size_t count; /* items */
};

/* Makes a map of items that are sorted and have different keys. map is zeroed before. */
int zf_keymap_load(struct zf_keymap *map, struct zf_op *op, struct zf_keyed *const *items, size_t count);

/* The item with this key (borrowed), or NULL. */
void *zf_keymap_find(const struct zf_keymap *map, const char *key);

/* Puts an item in; *old (NULL for none) is the one it replaces. ENOMEM: nothing has changed. */
int zf_keymap_put(struct zf_keymap *map, struct zf_op *op, struct zf_keyed *item, struct zf_keyed **old);

/* Takes an item out; NULL: there is none. */
void *zf_keymap_take(struct zf_keymap *map, const char *key);

/* A place in the map; {0} is the first. Items come in order; NULL at the end. The map must not change. */
struct zf_keymap_place {
	size_t block, item;
};
void *zf_keymap_next(const struct zf_keymap *map, struct zf_keymap_place *place);

/* Calls fn for each child of a prefix, each once. ZF_FOUND or ZF_MISSING; "" is always found. */
int zf_keymap_list(const struct zf_keymap *map, const char *prefix, zf_store_list_fn *fn, void *arg);

/* Frees the map, after its items if free_item is not NULL. */
void zf_keymap_free(struct zf_keymap *map, void (*free_item)(struct zf_keyed *item));

#endif
