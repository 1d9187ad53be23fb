/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a path to the consolidated metadata above it, and to what they say.
 */
#include "view/listed.h"
#include "meta/nodes.h"
#include "view/path.h"
#include "view/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_BUDGET ((size_t)64 << 20) /* bytes of indexes kept */

enum { TRIES = 4 }; /* a document that changes as often as that while it is read is left */

/* The documents that may hold consolidated metadata, in the order in which they are asked. */
static const struct {
	const char *name;
	int zarr_format;
} sources[] = { { "zarr.json", 3 }, { ".zmetadata", 2 } };

enum { SOURCES = sizeof sources / sizeof sources[0] };

/* One of them, as it was. */
struct listing {
	struct zf_entry entry;
	unsigned refs; /* with the lock held */
	struct zf_value value;
	struct zf_nodes *nodes; /* owned; NULL: it has no consolidated metadata, or none that can be used */
	size_t cost;
	char key[]; /* of the document */
};

struct zf_listings {
	pthread_mutex_t lock; /* table, cost, and counts */
	struct zf_table table;
	size_t cost;
};

bool zf_listed_is_name(const char *name)
{
	return strcmp(name, ".zmetadata") == 0;
}

/* ---- what is kept ------------------------------------------------------------------------------------ */

int zf_listings_new(struct zf_op *op, struct zf_listings **out)
{
	struct zf_listings *listings = calloc(1, sizeof *listings);

	if (!listings)
		return zf_nomem(op, sizeof *listings);
	pthread_mutex_init(&listings->lock, NULL);
	*out = listings;
	return 0;
}

static void free_listing(struct listing *listing)
{
	zf_nodes_free(listing->nodes);
	free(listing);
}

/* With the lock held. */
static void unref(struct listing *listing)
{
	if (--listing->refs == 0)
		free_listing(listing);
}

static void put(struct zf_listings *listings, struct listing *listing)
{
	pthread_mutex_lock(&listings->lock);
	unref(listing);
	pthread_mutex_unlock(&listings->lock);
}

static struct listing *find(struct zf_listings *listings, const char *key)
{
	struct listing *listing;

	pthread_mutex_lock(&listings->lock);
	listing = (struct listing *)zf_table_find(&listings->table, key);
	if (listing)
		listing->refs++;
	pthread_mutex_unlock(&listings->lock);
	return listing;
}

/* With the lock held. */
static void drop(struct zf_listings *listings, struct zf_entry *entry)
{
	struct listing *listing = (struct listing *)entry;

	zf_table_remove(&listings->table, entry);
	listings->cost -= listing->cost;
	unref(listing);
}

static void keep(struct zf_listings *listings, struct listing *listing)
{
	struct zf_entry *old;

	pthread_mutex_lock(&listings->lock);
	old = zf_table_find(&listings->table, listing->key);
	if (old)
		drop(listings, old);
	while (listings->table.oldest && listings->cost + listing->cost > INDEX_BUDGET)
		drop(listings, listings->table.oldest);
	zf_table_add(&listings->table, &listing->entry);
	listings->cost += listing->cost;
	listing->refs++;
	pthread_mutex_unlock(&listings->lock);
}

void zf_listings_free(struct zf_listings *listings)
{
	if (!listings)
		return;
	while (listings->table.oldest)
		drop(listings, listings->table.oldest);
	pthread_mutex_destroy(&listings->lock);
	free(listings);
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static bool is_passing(int err)
{
	return err == EINTR || err == ENOMEM || err == EMFILE || err == ENFILE;
}

/* What cannot be read is missing. */
static int forgive(struct zf_tree *tree, struct zf_op *op, const char *key)
{
	if (is_passing(op->err))
		return -1;
	zf_log(tree->ctx, ZF_LOG_WARNING, "%s: %s", key, op->text);
	zf_op_forgive(op);
	return ZF_MISSING;
}

static bool tag_known(const struct zf_tag *tag)
{
	return tag->word[0] || tag->word[1] || tag->word[2] || tag->word[3];
}

static bool same(const struct zf_value *a, const struct zf_value *b)
{
	return tag_known(&a->tag) && zf_tag_equal(&a->tag, &b->tag);
}

static struct listing *new_listing(struct zf_op *op, const char *key)
{
	size_t size = sizeof(struct listing) + strlen(key) + 1;
	struct listing *listing = calloc(1, size);

	if (!listing) {
		zf_nomem(op, size);
		return NULL;
	}
	listing->refs = 1;
	listing->cost = size;
	strcpy(listing->key, key);
	listing->entry.path = listing->key;
	return listing;
}

static const void *bytes(const struct zf_out *out)
{
	return out->data ? (const void *)out->data : "";
}

/* Reads the document. One that is broken is remembered too, or each look would read it again. */
static int load(
	struct zf_tree *tree, struct zf_op *op, const char *key, int zarr_format, struct listing **out)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct listing *listing = new_listing(op, key);
	int result = listing ? zf_store_get(tree->store, op, key, NULL, &text, &listing->value) : -1;

	if (result == ZF_FOUND) {
		result = zf_nodes_read(op, zarr_format, bytes(&text), text.len, &listing->nodes);
		if (result < 0)
			result = forgive(tree, op, key) < 0 ? -1 : ZF_FOUND;
	}
	zf_out_free(&text);
	if (result != ZF_FOUND) {
		free(listing);
		return result;
	}
	if (listing->nodes)
		listing->cost += zf_nodes_cost(listing->nodes);
	keep(tree->listings, listing);
	*out = listing;
	return ZF_FOUND;
}

/* The document `key` as it is now. ZF_FOUND (new: put()), ZF_MISSING also where it has nothing to tell. */
static int get(struct zf_tree *tree, struct zf_op *op, const char *key, int zarr_format, struct listing **out)
{
	struct listing *listing = NULL;
	struct zf_value now;
	int result = zf_store_stat(tree->store, op, key, &now);

	if (result == ZF_FOUND) {
		listing = find(tree->listings, key);
		if (listing && !same(&listing->value, &now)) {
			put(tree->listings, listing);
			listing = NULL;
		}
		if (!listing)
			result = load(tree, op, key, zarr_format, &listing);
	}
	if (result < 0)
		return forgive(tree, op, key);
	if (result == ZF_FOUND && !listing->nodes) {
		put(tree->listings, listing);
		return ZF_MISSING;
	}
	*out = listing;
	return result;
}

/* ---- looking ----------------------------------------------------------------------------------------- */

/* A search upwards from a path. */
struct search {
	const char *path;
	size_t above; /* the length of the group's path, whose metadata are asked */
	bool started;
	unsigned levels; /* how many groups above it have been asked */
	int source;
	struct listing *listing; /* a reference; NULL before the first */
};

/* The path as the metadata that were found have it. */
static const char *below(const struct search *s)
{
	const char *rest = s->path + s->above;

	return *rest == '/' ? rest + 1 : rest;
}

/* To the next place to ask; false at the root's end. */
static bool next_place(struct search *s)
{
	if (!s->started) {
		s->started = true;
		s->above = strlen(s->path);
		return true;
	}
	if (++s->source < SOURCES)
		return true;
	s->source = 0;
	if (s->above == 0 || s->levels++ == ZF_MAX_LISTED_ABOVE)
		return false;
	while (s->above > 0 && s->path[--s->above] != '/')
		;
	return true;
}

/* The next metadata at or above the path. ZF_FOUND, ZF_MISSING (no more), -1. */
static int next(struct zf_tree *tree, struct zf_op *op, struct search *s)
{
	char group[ZF_PATH_SIZE], key[ZF_PATH_SIZE];

	if (s->listing)
		put(tree->listings, s->listing);
	s->listing = NULL;
	while (next_place(s)) {
		int result;

		memcpy(group, s->path, s->above);
		group[s->above] = '\0';
		if (!zf_path_join(group, sources[s->source].name, key))
			continue;
		result = get(tree, op, key, sources[s->source].zarr_format, &s->listing);
		if (result != ZF_MISSING)
			return result;
	}
	return ZF_MISSING;
}

/* The nearest metadata that know the path. The search is to be ended with put() then. */
static int search(struct zf_tree *tree, struct zf_op *op, struct search *s, const struct zf_node **out)
{
	int result;

	while ((result = next(tree, op, s)) == ZF_FOUND) {
		*out = zf_nodes_find(s->listing->nodes, below(s));
		if (*out)
			return ZF_FOUND;
	}
	return result;
}

/* Appends a part of the document. ESTALE: it has changed since its index was made. */
static int get_span(struct zf_tree *tree, struct zf_op *op, const struct listing *listing,
	const struct zf_span *span, struct zf_out *out)
{
	struct zf_range range = { .offset = span->at, .len = span->len };
	struct zf_value value;
	size_t before = out->len;
	int result = zf_store_get(tree->store, op, listing->key, &range, out, &value);

	if (result < 0)
		return -1;
	if (result == ZF_FOUND && out->len - before == span->len &&
		zf_tag_equal(&value.tag, &listing->value.tag) && value.size == listing->value.size)
		return 0;
	return zf_fail(op, ESTALE, "changed while it was read");
}

static int read_node(struct zf_tree *tree, struct zf_op *op, const struct search *s,
	const struct zf_node *node, struct zf_out *text, struct zf_out *attrs, struct zf_listed *out)
{
	*out = (struct zf_listed){ .zarr_format = sources[s->source].zarr_format,
		.kind = node->kind,
		.has_attrs = node->attrs.len > 0,
		.value = s->listing->value };
	text->len = attrs->len = 0;
	if (get_span(tree, op, s->listing, &node->doc, text) < 0)
		return -1;
	return out->has_attrs ? get_span(tree, op, s->listing, &node->attrs, attrs) : 0;
}

int zf_listed_get(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_out *text,
	struct zf_out *attrs, struct zf_listed *out)
{
	for (int i = 0; i < TRIES; i++) {
		struct search s = { .path = path };
		const struct zf_node *node;
		int result = search(tree, op, &s, &node);

		if (result != ZF_FOUND)
			return result;
		result = read_node(tree, op, &s, node, text, attrs, out);
		if (result < 0 && op->err != ESTALE)
			result = forgive(tree, op, s.listing->key);
		put(tree->listings, s.listing);
		if (result >= 0 || op->err != ESTALE)
			return result;
		zf_op_forgive(op);
	}
	return ZF_MISSING;
}

int zf_listed_is(
	struct zf_tree *tree, struct zf_op *op, const char *path, const struct zf_value *value, bool *out)
{
	struct search s = { .path = path };
	const struct zf_node *node;
	int result = search(tree, op, &s, &node);

	*out = false;
	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	*out = same(&s.listing->value, value);
	put(tree->listings, s.listing);
	return 0;
}

int zf_listed_children(struct zf_tree *tree, struct zf_op *op, const char *path,
	int (*fn)(void *arg, const char *name), void *arg)
{
	struct search s = { .path = path };
	int result;

	while ((result = next(tree, op, &s)) == ZF_FOUND)
		zf_nodes_children(s.listing->nodes, below(&s), fn, arg);
	return result < 0 ? -1 : 0;
}

static int on_any(void *arg, const char *name)
{
	bool *found = arg;

	*found = zf_name_ok(name);
	return *found;
}

int zf_listed_holds(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out)
{
	*out = false;
	return zf_listed_children(tree, op, path, on_any, out);
}
