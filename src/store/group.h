/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A write group: changes that a database has not got yet.
 *
 * put and del only add to the group, in memory; flush gives all of it to the database at once. So what a
 * database can do as one step is one: a program that is killed leaves the state of the flush before or of
 * this one, and thousands of chunks cost one sync. A group that has grown to ZF_GROUP_FULL is given earlier.
 */
#ifndef ZF_STORE_GROUP_H
#define ZF_STORE_GROUP_H

#include "store/keys.h"

#define ZF_GROUP_FULL ((size_t)64 << 20)

struct zf_change {
	char *key;
	uint8_t *data; /* NULL: the key is deleted */
	size_t len;
};

struct zf_group {
	struct zf_change *change; /* one for each key; owned */
	size_t count, cap;
	size_t bytes;         /* that it takes, about */
	struct zf_keys *keys; /* numbers: places in change; NULL where the group is empty */
	struct zf_keys *puts; /* those of them that are not deleted */
};

/* All zero is an empty group. Empties it and frees its memory. */
void zf_group_clear(struct zf_group *group);

/* What the group says of a key; NULL: nothing. */
const struct zf_change *zf_group_find(const struct zf_group *group, const char *key);

/* Adds a change in place of an earlier one of its key. ENOMEM; then nothing is changed. */
int zf_group_put(struct zf_group *group, struct zf_op *op, const char *key, const void *data, size_t len);
int zf_group_del(struct zf_group *group, struct zf_op *op, const char *key);

#endif
