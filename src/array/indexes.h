/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The indexes of shards that were read, by the key of the shard; those used last stay.
 */
#ifndef ZF_ARRAY_INDEXES_H
#define ZF_ARRAY_INDEXES_H

#include "codec/pipeline.h"
#include "store/keymap.h"

#include <pthread.h>

struct zf_index {
	struct zf_keyed keyed;          /* first */
	struct zf_index *newer, *older; /* while it is remembered */
	unsigned refs;                  /* one of them while it is remembered */
	struct zf_tag tag;              /* of the shard it was read from */
	size_t bytes;                   /* what it takes */
	struct zf_shard_entry *entries; /* owned */
	char key[];
};

struct zf_indexes {
	pthread_mutex_t lock; /* the rest, and all references */
	struct zf_keymap map;
	struct zf_index *newest, *oldest;
	size_t bytes;
};

void zf_indexes_init(struct zf_indexes *all);
void zf_indexes_destroy(struct zf_indexes *all);

/* An index of `count` entries, to be filled in, with one reference. New: zf_index_unref(). ENOMEM. */
struct zf_index *zf_index_new(struct zf_op *op, const char *key, uint64_t count);
void zf_index_unref(struct zf_indexes *all, struct zf_index *index);

/* With a new reference; NULL: it is not remembered. */
struct zf_index *zf_indexes_find(struct zf_indexes *all, const char *key);

/* Remembers one, in the place of another of the same key. Without memory it does not. */
void zf_indexes_put(struct zf_indexes *all, struct zf_index *index);

/* Forgets one, if it is remembered still; those of a key, and of what lies in it ("KEY|3"); all. */
void zf_indexes_drop(struct zf_indexes *all, struct zf_index *index);
void zf_indexes_forget_key(struct zf_indexes *all, const char *key);
void zf_indexes_forget(struct zf_indexes *all);

#endif
