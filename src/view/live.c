/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of arrays in use, and what an opening does to find them still true.
 */
#include "view/live.h"
#include "grid/key.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	IDLE_MOST = 64,             /* arrays kept that nobody uses */
	WAIT_NS = 50 * 1000 * 1000, /* how often who waits for another opening looks whether to go on */
	SEPARATOR_NAMES = 16384     /* names seen in guessing a separator */
};

struct zf_live {
	struct zf_entry entry;
	unsigned users;         /* handles, and openings under way */
	bool busy;              /* somebody makes sure that it is true */
	struct zf_binding *now; /* NULL until the first opening succeeded */
	uint64_t version;
	char path[];
};

struct zf_lives {
	pthread_mutex_t lock;
	pthread_cond_t free; /* some array is no longer busy */
	struct zf_table table;
	size_t idle;      /* entries without users */
	uint64_t version; /* the last one given */
};

int zf_lives_new(struct zf_op *op, struct zf_lives **out)
{
	struct zf_lives *lives = calloc(1, sizeof *lives);

	if (!lives)
		return zf_nomem(op, sizeof *lives);
	pthread_mutex_init(&lives->lock, NULL);
	pthread_cond_init(&lives->free, NULL);
	*out = lives;
	return 0;
}

/* ---- bindings ---------------------------------------------------------------------------------------- */

void zf_binding_put(struct zf_binding *binding)
{
	if (!binding || __atomic_sub_fetch(&binding->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	zf_array_close(binding->array);
	zf_doc_put(binding->doc);
	free(binding);
}

static int bind(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, char separator, struct zf_binding **out)
{
	struct zf_binding *binding = calloc(1, sizeof *binding);

	if (!binding)
		return zf_nomem(op, sizeof *binding);
	binding->refs = 1;
	binding->doc = zf_doc_ref(doc);
	binding->meta = *doc->meta;
	binding->meta.array.separator = separator;
	if (zf_array_open(tree->store, op, doc->path, &binding->meta, &binding->array) < 0) {
		zf_binding_put(binding);
		return -1;
	}
	*out = binding;
	return 0;
}

struct zf_binding *zf_live_bind(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_binding *binding;

	pthread_mutex_lock(&tree->lives->lock);
	binding = live->now;
	__atomic_fetch_add(&binding->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&tree->lives->lock);
	return binding;
}

/* ---- old nested stores ------------------------------------------------------------------------------- */

struct guess {
	unsigned ndim, names;
	bool nested, dotted;
};

static int on_chunk(void *arg, const char *name, bool is_prefix)
{
	static const struct zf_key_encoding dots = { .separator = '.' };
	struct guess *guess = arg;
	uint64_t coords[ZF_MAX_NDIM];

	if (is_prefix)
		guess->nested |= zf_key_parse(&dots, name, 1, coords);
	else
		guess->dotted = zf_key_parse(&dots, name, guess->ndim, coords);
	return guess->dotted || ++guess->names > SEPARATOR_NAMES;
}

/* The separator of an array's chunk keys. zarr-python before 2.8 wrote nested stores without saying so in the
 * metadata: then the keys have to tell. With one dimension there is nothing to tell. */
static int find_separator(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, char *out)
{
	const struct zf_array_meta *a = &doc->meta->array;
	struct guess guess = { .ndim = a->ndim };

	*out = a->separator;
	if (a->separator_declared || a->ndim < 2 || doc->kind == ZF_DOC_V3)
		return 0;
	if (!(tree->store->caps & ZF_STORE_NESTED)) {
		if (!(tree->store->caps & ZF_STORE_LISTABLE))
			return 0;
		if (zf_store_list(tree->store, op, doc->path, on_chunk, &guess) < 0)
			return -1;
		if (guess.dotted || !guess.nested)
			return 0;
	}
	*out = '/';
	return 0;
}

/* ---- whether it is still true ------------------------------------------------------------------------ */

static bool same_json(const json_t *a, const json_t *b)
{
	return a == b || (a && b && json_equal(a, b));
}

/* Whether two documents describe the same bytes: a change of attributes is none. */
static bool same_array(const struct zf_array_meta *a, const struct zf_array_meta *b)
{
	if (a->ndim != b->ndim || a->spec.itemsize != b->spec.itemsize || a->spec.swap != b->spec.swap ||
		a->spec.big_endian != b->spec.big_endian || a->spec.kind != b->spec.kind ||
		a->key_c != b->key_c)
		return false;
	if (memcmp(a->shape, b->shape, a->ndim * sizeof *a->shape) != 0 ||
		memcmp(a->chunk, b->chunk, a->ndim * sizeof *a->chunk) != 0)
		return false;
	if (!a->fill != !b->fill || (a->fill && memcmp(a->fill, b->fill, a->spec.itemsize) != 0))
		return false;
	return same_json(a->codecs, b->codecs) && same_json(a->dtype, b->dtype) &&
	       same_json(a->data_type, b->data_type);
}

/* The document may be older than one that another opening had meanwhile: time must not go backwards. */
static int newest_doc(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live, struct zf_doc *doc,
	struct zf_doc **out)
{
	int result;

	if (!live->now || live->now->doc == doc) {
		*out = zf_doc_ref(doc);
		return 0;
	}
	result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, out);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(live->path));
	return result;
}

static int check_readable(struct zf_op *op, const struct zf_doc *doc)
{
	if (doc->error)
		return zf_fail(op, doc->error, "%s: %s", zf_path_label(doc->path), doc->error_text);
	if (!doc->is_array)
		return zf_fail(op, EISDIR, "%s: a group", zf_path_label(doc->path));
	return 0;
}

/* Finds what to bind to. *fresh is new, or NULL where the present binding holds; *changed: its chunks did. */
static int refresh(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc,
	struct zf_binding **fresh, bool *changed)
{
	struct zf_binding *now = live->now;
	char separator;
	int result = -1;

	*changed = false;
	*fresh = NULL;
	if (check_readable(op, doc) < 0 || find_separator(tree, op, doc, &separator) < 0)
		return -1;
	if (now && (now->doc == doc || same_array(&doc->meta->array, &now->doc->meta->array)) &&
		now->meta.array.separator == separator)
		result = zf_array_revalidate(now->array, op, changed);
	else
		result = bind(tree, op, doc, separator, fresh);
	return result;
}

/* ---- opening and closing ----------------------------------------------------------------------------- */

/* With the lock held: the entry of a path, with a user more. */
static struct zf_live *enter(struct zf_lives *lives, struct zf_op *op, const char *path)
{
	struct zf_live *live = (struct zf_live *)zf_table_find(&lives->table, path);
	size_t size = sizeof *live + strlen(path) + 1;

	if (live) {
		lives->idle -= live->users++ == 0;
		return live;
	}
	live = calloc(1, size);
	if (!live) {
		zf_nomem(op, size);
		return NULL;
	}
	strcpy(live->path, path);
	live->entry.path = live->path;
	live->users = 1;
	zf_table_add(&lives->table, &live->entry);
	return live;
}

/* With the lock held: waits until nobody else is at it. */
static int wait_turn(struct zf_lives *lives, struct zf_op *op, const struct zf_live *live)
{
	struct timespec until;

	while (live->busy) {
		if (zf_op_check(op) < 0)
			return -1;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WAIT_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&lives->free, &lives->lock, &until);
	}
	return 0;
}

/* With the lock held: an entry without users that is to go, out of the table; NULL when there are few enough.
 */
static struct zf_live *take_idle(struct zf_lives *lives)
{
	struct zf_entry *entry = lives->table.oldest;

	if (lives->idle <= IDLE_MOST)
		return NULL;
	while (((struct zf_live *)entry)->users > 0)
		entry = entry->newer;
	zf_table_remove(&lives->table, entry);
	lives->idle--;
	return (struct zf_live *)entry;
}

void zf_live_close(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *gone = NULL;

	pthread_mutex_lock(&lives->lock);
	if (--live->users == 0) {
		lives->idle++;
		if (!live->now) {
			zf_table_remove(&lives->table, &live->entry);
			lives->idle--;
			gone = live;
		} else {
			gone = take_idle(lives);
		}
	}
	pthread_mutex_unlock(&lives->lock);
	if (gone)
		zf_binding_put(gone->now);
	free(gone);
}

void zf_lives_free(struct zf_lives *lives)
{
	if (!lives)
		return;
	while (lives->table.oldest) {
		struct zf_live *live = (struct zf_live *)lives->table.oldest;

		zf_table_remove(&lives->table, &live->entry);
		zf_binding_put(live->now);
		free(live);
	}
	pthread_cond_destroy(&lives->free);
	pthread_mutex_destroy(&lives->lock);
	free(lives);
}

/* The part of an opening that is one at a time for each array, without the lock. */
static int update(
	struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc, uint64_t *version)
{
	struct zf_lives *lives = tree->lives;
	struct zf_binding *fresh = NULL, *old = NULL;
	struct zf_doc *newest = NULL;
	bool changed = false;
	int result = newest_doc(tree, op, live, doc, &newest);

	if (result == 0)
		result = refresh(tree, op, live, newest, &fresh, &changed);
	zf_doc_put(newest);
	pthread_mutex_lock(&lives->lock);
	if (fresh) {
		old = live->now;
		live->now = fresh;
	}
	/* Also when it failed: whether what was read is still true is not known then. */
	if (fresh || changed || result < 0)
		live->version = ++lives->version;
	*version = live->version;
	pthread_mutex_unlock(&lives->lock);
	zf_binding_put(old);
	return result;
}

int zf_live_open(
	struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_live **out, uint64_t *version)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *live;
	int result = -1;

	if (check_readable(op, doc) < 0)
		return -1;
	pthread_mutex_lock(&lives->lock);
	live = enter(lives, op, doc->path);
	if (live && wait_turn(lives, op, live) == 0) {
		live->busy = true;
		pthread_mutex_unlock(&lives->lock);
		result = update(tree, op, live, doc, version);
		pthread_mutex_lock(&lives->lock);
		live->busy = false;
		pthread_cond_broadcast(&lives->free);
	}
	pthread_mutex_unlock(&lives->lock);
	if (result == 0)
		*out = live;
	else if (live)
		zf_live_close(tree, live);
	return result;
}
