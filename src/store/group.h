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

/* The children of a prefix, in which those of a database and of a group are united: each once. */
struct zf_union {
	struct zf_op *op;
	struct zf_keys *names; /* NAME, and NAME/x for a prefix */
	bool failed;
};

/* Begins a union that is empty; empties one. ENOMEM. */
int zf_union_begin(struct zf_union *names, struct zf_op *op);
int zf_union_empty(struct zf_union *names);

/* A zf_store_list_fn whose argument is a struct zf_union: adds a name; stops when memory is out. */
int zf_union_add(void *names, const char *name, bool is_prefix);

/* Adds what a group puts below a prefix. */
int zf_union_group(struct zf_union *names, const struct zf_group *group, const char *prefix);

/* Tells all names unless result is -1; frees them. ZF_FOUND, ZF_MISSING (there are none; "" is always found)
 * or -1. */
int zf_union_end(struct zf_union *names, int result, const char *prefix, zf_store_list_fn *fn, void *arg);

#endif
