/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Things found by path, in the order of their last use. Intrusive: an entry is the first member of what it is
 * the entry of. Owns nothing and locks nothing.
 */
#ifndef ZF_VIEW_TABLE_H
#define ZF_VIEW_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum { ZF_TABLE_BUCKETS = 1024 };

struct zf_entry {
	const char *path; /* borrowed; lives as long as the entry is in the table */
	uint64_t hash;
	struct zf_entry *next;          /* in the bucket */
	struct zf_entry *newer, *older; /* in the order of use */
};

struct zf_table {
	struct zf_entry *buckets[ZF_TABLE_BUCKETS];
	struct zf_entry *newest, *oldest;
	size_t count;
};

/* A hash of bytes: FNV-1a, 64 bits. */
uint64_t zf_hash(const void *p, size_t len);

/* The entry of a path, which becomes the newest; NULL when there is none. */
struct zf_entry *zf_table_find(struct zf_table *table, const char *path);

/* Adds an entry, with its path set; none of that path may be there. */
void zf_table_add(struct zf_table *table, struct zf_entry *entry);

void zf_table_remove(struct zf_table *table, struct zf_entry *entry);

#endif
