/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index of consolidated metadata: entries sorted by path, so that those below a path are neighbours.
 */
#include "meta/nodes.h"

#include "base/out.h"
#include "meta/json.h"
#include "meta/json_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which of a node's documents an entry stands for; the first wins. */
enum part { PART_ARRAY, PART_GROUP, PART_ATTRS };

struct entry {
	uint32_t name; /* its place among the names */
	enum part part;
	uint32_t number; /* in the document: the last of two that are the same counts */
	struct zf_node node;
};

struct zf_nodes {
	struct zf_out names; /* in a row, each with its NUL */
	struct zf_out room;  /* the entries */
	struct entry *entry; /* = room.data */
	size_t count;
};

static const char *name_of(const struct zf_nodes *nodes, const struct entry *entry)
{
	return (const char *)nodes->names.data + entry->name;
}

/* ---- reading ---- */

static int add(struct zf_nodes *nodes, struct zf_op *op, const char *path, size_t len, enum part part,
	const struct zf_json_member *member)
{
	struct entry entry = { .name = (uint32_t)nodes->names.len,
		.part = part,
		.number = (uint32_t)nodes->count,
		.node.kind = part == PART_ARRAY ? ZF_NODE_ARRAY : ZF_NODE_GROUP };
	struct zf_span span = { (uint32_t)member->at, (uint32_t)member->len };

	if (memchr(path, '\0', len) || len > ZF_MAX_KEY)
		return 0; /* nothing that a store could hold */
	if (part == PART_ATTRS)
		entry.node.attrs = span;
	else
		entry.node.doc = span;
	if (nodes->names.len + len + nodes->room.len + sizeof entry > ZF_MAX_NODES_INDEX)
		return zf_fail(op, EOPNOTSUPP, "more than %zu nodes are not supported", nodes->count);
	if (zf_out_append(&nodes->names, op, path, len) < 0 || zf_out_append(&nodes->names, op, "", 1) < 0 ||
		zf_out_append(&nodes->room, op, &entry, sizeof entry) < 0)
		return -1;
	nodes->count++;
	return 0;
}

/* "a/b/.zarray" */
static int on_key(void *arg, struct zf_op *op, const struct zf_json_member *member)
{
	static const char *const parts[] = {
		[PART_ARRAY] = ".zarray", [PART_GROUP] = ".zgroup", [PART_ATTRS] = ".zattrs"
	};
	const char *key = member->key, *slash = memrchr(key, '/', member->key_len);
	size_t path = slash ? (size_t)(slash - key) : 0, skip = slash ? path + 1 : 0;

	for (int i = 0; i <= PART_ATTRS; i++)
		if (member->key_len - skip == strlen(parts[i]) &&
			memcmp(key + skip, parts[i], strlen(parts[i])) == 0)
			return add(arg, op, key, path, (enum part)i, member);
	return 0;
}

static int on_path(void *arg, struct zf_op *op, const struct zf_json_member *member)
{
	return add(arg, op, member->key, member->key_len, PART_ARRAY, member);
}

/* By path, then by part, then the last one first. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(name_of(arg, x), name_of(arg, y));

	if (order)
		return order;
	if (x->part != y->part)
		return (int)x->part - (int)y->part;
	return x->number < y->number ? 1 : -1;
}

/* Makes one entry of those of one path. Attributes alone make no node. */
static void settle(struct zf_nodes *nodes)
{
	size_t kept = 0;

	nodes->entry = (struct entry *)(void *)nodes->room.data;
	if (nodes->count)
		qsort_r(nodes->entry, nodes->count, sizeof *nodes->entry, compare, nodes);
	for (size_t i = 0; i < nodes->count; i++) {
		struct entry *entry = &nodes->entry[i];
		bool same = kept > 0 &&
			    strcmp(name_of(nodes, &nodes->entry[kept - 1]), name_of(nodes, entry)) == 0;

		if (!same && entry->part != PART_ATTRS)
			nodes->entry[kept++] = *entry;
		else if (same && entry->part == PART_ATTRS && !nodes->entry[kept - 1].node.attrs.len)
			nodes->entry[kept - 1].node.attrs = entry->node.attrs;
	}
	nodes->count = kept;
}

static int read_v2(struct zf_nodes *nodes, struct zf_op *op, const char *doc, size_t len)
{
	struct zf_json_member metadata;
	int result = zf_json_walk_find(op, doc, len, 0, "metadata", &metadata);

	if (result > 0)
		return zf_fail(op, EIO, "metadata: missing");
	return result < 0 ? -1 : zf_json_walk(op, doc, len, metadata.at, on_key, nodes);
}

/* Whether the text of a value is this string, without escapes. */
static bool is_string(const char *doc, const struct zf_json_member *value, const char *want)
{
	size_t n = strlen(want);

	return value->len == n + 2 && doc[value->at] == '"' && memcmp(doc + value->at + 1, want, n) == 0;
}

/* *has: whether there are any. */
static int read_v3(struct zf_nodes *nodes, struct zf_op *op, const char *doc, size_t len, bool *has)
{
	struct zf_json_member all, kind, metadata;
	int result = zf_json_walk_find(op, doc, len, 0, "consolidated_metadata", &all);

	*has = result == 0 && doc[all.at] != 'n';
	if (result < 0 || !*has)
		return result < 0 ? -1 : 0;
	result = zf_json_walk_find(op, doc, len, all.at, "kind", &kind);
	if (result == 0 && !is_string(doc, &kind, "inline"))
		return zf_fail(op, EOPNOTSUPP, "consolidated_metadata: this kind is not supported");
	if (result >= 0)
		result = zf_json_walk_find(op, doc, len, all.at, "metadata", &metadata);
	if (result > 0)
		return zf_fail(op, EIO, "consolidated_metadata: metadata: missing");
	return result < 0 ? -1 : zf_json_walk(op, doc, len, metadata.at, on_path, nodes);
}

int zf_nodes_read(struct zf_op *op, int zarr_format, const void *doc, size_t len, struct zf_nodes **out)
{
	struct zf_nodes *nodes;
	bool has = true;
	int result;

	if (len > ZF_MAX_DOCUMENT)
		return zf_fail(
			op, EIO, "%zu bytes, the limit is %llu", len, (unsigned long long)ZF_MAX_DOCUMENT);
	nodes = calloc(1, sizeof *nodes);
	if (!nodes)
		return zf_nomem(op, sizeof *nodes);
	nodes->names.limit = nodes->room.limit = ZF_MAX_NODES_INDEX;
	result = zarr_format == 2 ? read_v2(nodes, op, doc, len) : read_v3(nodes, op, doc, len, &has);
	if (result == 0)
		settle(nodes);
	if (result < 0 || !has) {
		zf_nodes_free(nodes);
		nodes = NULL;
	}
	if (result == 0)
		*out = nodes;
	return result;
}

void zf_nodes_free(struct zf_nodes *nodes)
{
	if (!nodes)
		return;
	zf_out_free(&nodes->names);
	zf_out_free(&nodes->room);
	free(nodes);
}

size_t zf_nodes_cost(const struct zf_nodes *nodes)
{
	return sizeof *nodes + nodes->names.cap + nodes->room.cap;
}

/* ---- looking ---- */

/* The first entry that is not before `path`. */
static size_t first_from(const struct zf_nodes *nodes, const char *path)
{
	size_t low = 0, high = nodes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(name_of(nodes, &nodes->entry[middle]), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct zf_node *zf_nodes_find(const struct zf_nodes *nodes, const char *path)
{
	size_t i = first_from(nodes, path);

	if (i == nodes->count || strcmp(name_of(nodes, &nodes->entry[i]), path) != 0)
		return NULL;
	return &nodes->entry[i].node;
}

void zf_nodes_children(const struct zf_nodes *nodes, const char *path, zf_nodes_fn *fn, void *arg)
{
	char prefix[ZF_MAX_KEY + 2], child[ZF_MAX_KEY + 2];
	size_t len = strlen(path), i;

	if (len > ZF_MAX_KEY)
		return;
	strcat(strcpy(prefix, path), len ? "/" : "");
	len += len > 0;
	for (i = first_from(nodes, prefix); i < nodes->count;) {
		const char *name = name_of(nodes, &nodes->entry[i]), *end;

		if (strncmp(name, prefix, len) != 0)
			return;
		end = strchrnul(name + len, '/');
		memcpy(child, name, (size_t)(end - name));
		child[end - name] = '\0';
		if (child[len] && fn(arg, child + len))
			return;
		if (*end == '\0') {
			i++;
			continue;
		}
		strcpy(child + (end - name), "0"); /* the character after '/': past all that is below */
		i = first_from(nodes, child);
	}
}
