/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hash table whose entries are also in a list, newest first.
 */
#include "view/table.h"

#include <string.h>

uint64_t zf_hash(const void *p, size_t len)
{
	const unsigned char *s = p;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ s[i]) * 0x100000001b3u;
	return hash;
}

static void link_newest(struct zf_table *table, struct zf_entry *entry)
{
	entry->newer = NULL;
	entry->older = table->newest;
	if (table->newest)
		table->newest->newer = entry;
	else
		table->oldest = entry;
	table->newest = entry;
}

static void unlink_used(struct zf_table *table, struct zf_entry *entry)
{
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		table->newest = entry->older;
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		table->oldest = entry->newer;
}

struct zf_entry *zf_table_find(struct zf_table *table, const char *path)
{
	uint64_t hash = zf_hash(path, strlen(path));
	struct zf_entry *entry = table->buckets[hash % ZF_TABLE_BUCKETS];

	while (entry && (entry->hash != hash || strcmp(entry->path, path) != 0))
		entry = entry->next;
	if (entry && entry != table->newest) {
		unlink_used(table, entry);
		link_newest(table, entry);
	}
	return entry;
}

void zf_table_add(struct zf_table *table, struct zf_entry *entry)
{
	struct zf_entry **bucket;

	entry->hash = zf_hash(entry->path, strlen(entry->path));
	bucket = &table->buckets[entry->hash % ZF_TABLE_BUCKETS];
	entry->next = *bucket;
	*bucket = entry;
	link_newest(table, entry);
	table->count++;
}

void zf_table_remove(struct zf_table *table, struct zf_entry *entry)
{
	struct zf_entry **at = &table->buckets[entry->hash % ZF_TABLE_BUCKETS];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	unlink_used(table, entry);
	table->count--;
}
