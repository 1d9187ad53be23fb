/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sorted map of keys in memory, in blocks.
 */
#include "store/keymap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOM = 512,
	FILLED = 384
}; /* items in a block; and when loaded, so that there is room for some more */

struct zf_keymap_block {
	size_t count;
	struct zf_keyed *item[ROOM];
};

/* ---- blocks -------------------------------------------------------------------------------------------- */

static int grow(struct zf_keymap *map, struct zf_op *op)
{
	size_t room = map->block_room ? 2 * map->block_room : 16;
	struct zf_keymap_block **blocks;

	if (map->block_count < map->block_room)
		return 0;
	blocks = reallocarray(map->blocks, room, sizeof(struct zf_keymap_block *));
	if (!blocks)
		return zf_nomem(op, room * sizeof(struct zf_keymap_block *));
	map->blocks = blocks;
	map->block_room = room;
	return 0;
}

/* Makes an empty block number `at`. */
static int insert_block(struct zf_keymap *map, struct zf_op *op, size_t at)
{
	struct zf_keymap_block *block;

	if (grow(map, op) < 0)
		return -1;
	block = malloc(sizeof *block);
	if (!block)
		return zf_nomem(op, sizeof *block);
	block->count = 0;
	memmove(map->blocks + at + 1, map->blocks + at, (map->block_count - at) * sizeof *map->blocks);
	map->blocks[at] = block;
	map->block_count++;
	return 0;
}

/* Moves the upper half of a block to a new one after it. */
static int split(struct zf_keymap *map, struct zf_op *op, size_t at)
{
	struct zf_keymap_block *low, *high;

	if (insert_block(map, op, at + 1) < 0)
		return -1;
	low = map->blocks[at];
	high = map->blocks[at + 1];
	high->count = low->count / 2;
	low->count -= high->count;
	memcpy(high->item, low->item + low->count, high->count * sizeof *high->item);
	return 0;
}

int zf_keymap_load(struct zf_keymap *map, struct zf_op *op, struct zf_keyed *const *items, size_t count)
{
	for (size_t done = 0; done < count;) {
		size_t n = count - done < FILLED ? count - done : FILLED;
		struct zf_keymap_block *block;

		if (insert_block(map, op, map->block_count) < 0) {
			zf_keymap_free(map, NULL);
			return -1;
		}
		block = map->blocks[map->block_count - 1];
		memcpy(block->item, items + done, n * sizeof *items);
		block->count = n;
		done += n;
	}
	map->count = count;
	return 0;
}

void zf_keymap_free(struct zf_keymap *map, void (*free_item)(struct zf_keyed *item))
{
	for (size_t b = 0; b < map->block_count; b++) {
		for (size_t i = 0; free_item && i < map->blocks[b]->count; i++)
			free_item(map->blocks[b]->item[i]);
		free(map->blocks[b]);
	}
	free(map->blocks);
	*map = (struct zf_keymap){ 0 };
}

/* ---- finding ------------------------------------------------------------------------------------------- */

/* The first place whose key is not less than key; true if it is the key. */
static bool seek(const struct zf_keymap *map, const char *key, struct zf_keymap_place *place)
{
	const struct zf_keymap_block *block;
	size_t low = 0, high = map->block_count;

	/* the last block whose first key is not greater */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(map->blocks[middle]->item[0]->key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	*place = (struct zf_keymap_place){ 0 };
	if (low == 0)
		return false;
	place->block = low - 1;
	block = map->blocks[place->block];
	low = 0;
	high = block->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(block->item[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	place->item = low;
	return low < block->count && strcmp(block->item[low]->key, key) == 0;
}

void *zf_keymap_find(const struct zf_keymap *map, const char *key)
{
	struct zf_keymap_place place;

	return seek(map, key, &place) ? map->blocks[place.block]->item[place.item] : NULL;
}

void *zf_keymap_next(const struct zf_keymap *map, struct zf_keymap_place *place)
{
	while (place->block < map->block_count && place->item >= map->blocks[place->block]->count) {
		place->block++;
		place->item = 0;
	}
	return place->block < map->block_count ? map->blocks[place->block]->item[place->item++] : NULL;
}

/* ---- changing ------------------------------------------------------------------------------------------ */

int zf_keymap_put(struct zf_keymap *map, struct zf_op *op, struct zf_keyed *item, struct zf_keyed **old)
{
	struct zf_keymap_block *block;
	struct zf_keymap_place place;

	*old = NULL;
	if (seek(map, item->key, &place)) {
		*old = map->blocks[place.block]->item[place.item];
		map->blocks[place.block]->item[place.item] = item;
		return 0;
	}
	if (map->block_count == 0 && insert_block(map, op, 0) < 0)
		return -1;
	if (map->blocks[place.block]->count == ROOM) {
		if (split(map, op, place.block) < 0)
			return -1;
		seek(map, item->key, &place);
	}
	block = map->blocks[place.block];
	memmove(block->item + place.item + 1, block->item + place.item,
		(block->count - place.item) * sizeof *block->item);
	block->item[place.item] = item;
	block->count++;
	map->count++;
	return 0;
}

void *zf_keymap_take(struct zf_keymap *map, const char *key)
{
	struct zf_keymap_place place;
	struct zf_keymap_block *block;
	struct zf_keyed *item;

	if (!seek(map, key, &place))
		return NULL;
	block = map->blocks[place.block];
	item = block->item[place.item];
	block->count--;
	memmove(block->item + place.item, block->item + place.item + 1,
		(block->count - place.item) * sizeof *block->item);
	if (block->count == 0) {
		free(block);
		map->block_count--;
		memmove(map->blocks + place.block, map->blocks + place.block + 1,
			(map->block_count - place.block) * sizeof *map->blocks);
	}
	map->count--;
	return item;
}

/* ---- listing ------------------------------------------------------------------------------------------- */

int zf_keymap_list(const struct zf_keymap *map, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	char from[2 * (ZF_MAX_KEY + 1)];
	size_t skip = strlen(prefix), n;
	struct zf_keymap_place place;
	const struct zf_keyed *item;
	struct zf_children c;

	zf_children_begin(&c, fn, arg);
	memcpy(from, prefix, skip);
	if (skip)
		from[skip++] = '/';
	from[skip] = '\0';
	seek(map, from, &place);
	while (!c.stopped && (item = zf_keymap_next(map, &place)) && strncmp(item->key, from, skip) == 0) {
		n = zf_children_add(&c, item->key + skip);
		if (n == 0)
			continue;
		memcpy(from + skip, item->key + skip, n);
		from[skip + n] = '0';
		from[skip + n + 1] = '\0';
		seek(map, from, &place);
	}
	return zf_children_end(&c) == ZF_MISSING && skip ? ZF_MISSING : ZF_FOUND;
}
