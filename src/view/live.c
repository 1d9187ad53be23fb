/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of arrays in use, and what an opening does to find them still true.
 */
#include "view/fresh.h"
#include "view/kept.h"
#include "view/lives.h"
#include "view/path.h"
#include "view/separator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	IDLE_MOST = 64,           /* arrays kept that nobody uses */
	WAIT_NS = 2 * 1000 * 1000 /* how often who waits looks whether to go on */
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

int zf_lives_wait(struct zf_lives *lives, struct zf_op *op)
{
	struct timespec until;

	if (zf_op_check(op) < 0)
		return -1;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += WAIT_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&lives->free, &lives->lock, &until);
	return 0;
}

/* ---- bindings ------------------------------------------------------------------------------------------ */

void zf_binding_put(struct zf_binding *binding)
{
	if (!binding || __atomic_sub_fetch(&binding->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	zf_fresh_free(binding->fresh);
	zf_array_close(binding->array);
	/* now that nothing is stored any more */
	zf_kept_drop(binding->tree, binding->kept);
	zf_doc_put(binding->doc);
	zf_doc_put(binding->first);
	free(binding);
}

/* Once for each array, with the turn. */
static int make_writable(
	struct zf_tree *tree, struct zf_op *op, struct zf_binding *binding, struct zf_chunk_locks *locks)
{
	struct zf_write_config config = { .store_empty = tree->store_empty, .locks = locks };

	if (!binding->writable && zf_array_writable(binding->array, op, &config) < 0)
		return -1;
	binding->writable = true;
	return 0;
}

/* Where the values of an array are: not always where its document is. */
struct place {
	struct zf_store *store;
	const char *path;
};

static int bind(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, const struct place *place,
	char separator, bool write, struct zf_binding **out)
{
	struct zf_chunk_locks *locks = place->store == tree->store ? tree->locks : NULL;
	struct zf_binding *binding = calloc(1, sizeof *binding);

	if (!binding)
		return zf_nomem(op, sizeof *binding);
	binding->refs = 1;
	binding->tree = tree;
	binding->doc = zf_doc_ref(doc);
	binding->first = zf_doc_ref(doc);
	binding->meta = *doc->meta;
	binding->meta.array.separator = separator;
	if (zf_array_open(place->store, op, place->path, &binding->meta, &binding->array) < 0 ||
		(write && make_writable(tree, op, binding, locks) < 0)) {
		zf_binding_put(binding);
		return -1;
	}
	binding->seen = zf_array_error_now(binding->array);
	*out = binding;
	return 0;
}

/* With the lock held. NULL: it was removed. */
static struct zf_binding *ref_now(struct zf_live *live)
{
	struct zf_binding *binding = live->now;

	if (binding)
		__atomic_fetch_add(&binding->refs, 1, __ATOMIC_RELAXED);
	return binding;
}

int zf_live_bind(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_binding **out)
{
	struct zf_lives *lives = tree->lives;
	int result = 0;

	pthread_mutex_lock(&lives->lock);
	while (result == 0 && live->held)
		result = zf_lives_wait(lives, op);
	if (result == 0 && zf_live_is_lost(live))
		result = zf_fail(op, ESTALE, "%s: the array was removed", zf_path_label(live->path));
	if (result == 0)
		*out = ref_now(live);
	pthread_mutex_unlock(&lives->lock);
	return result;
}

uint64_t zf_live_size(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_binding *binding;
	uint64_t size;

	pthread_mutex_lock(&tree->lives->lock);
	binding = ref_now(live);
	pthread_mutex_unlock(&tree->lives->lock);
	size = zf_fresh_size(binding);
	zf_binding_put(binding);
	return size;
}

uint64_t zf_live_end(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_binding *binding;
	uint64_t end;

	pthread_mutex_lock(&tree->lives->lock);
	binding = ref_now(live);
	pthread_mutex_unlock(&tree->lives->lock);
	end = zf_fresh_is(binding) ? zf_fresh_size(binding) : zf_array_end(binding->array);
	zf_binding_put(binding);
	return end;
}

void zf_live_writer(struct zf_tree *tree, struct zf_live *live, bool comes)
{
	struct zf_binding *binding;

	/* The kernel tells of the end of a file only after close(2) has returned. Who opens it when all that
	 * was written is stored may be the next program, which appends to what it sees. */
	if (comes && (__atomic_fetch_add(&live->writers, 1, __ATOMIC_RELAXED) == 0 || zf_live_unsaved(live)))
		return;
	if (!comes && __atomic_sub_fetch(&live->writers, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	pthread_mutex_lock(&tree->lives->lock);
	binding = ref_now(live);
	pthread_mutex_unlock(&tree->lives->lock);
	zf_array_end_row(binding->array);
	zf_binding_put(binding);
}

void zf_live_path(struct zf_tree *tree, struct zf_live *live, char out[static ZF_MAX_KEY + 1])
{
	pthread_mutex_lock(&tree->lives->lock);
	strcpy(out, live->path);
	pthread_mutex_unlock(&tree->lives->lock);
}

/* ---- whether it is still true -------------------------------------------------------------------------- */

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
		memcmp(a->chunk, b->chunk, a->ndim * sizeof *a->chunk) != 0 ||
		!same_json(a->chunk_shapes, b->chunk_shapes))
		return false;
	if (!a->fill != !b->fill || (a->fill && memcmp(a->fill, b->fill, a->spec.itemsize) != 0))
		return false;
	if (!a->fill_text != !b->fill_text || (a->fill_text && strcmp(a->fill_text, b->fill_text) != 0))
		return false;
	return same_json(a->codecs, b->codecs) && same_json(a->dtype, b->dtype) &&
	       same_json(a->data_type, b->data_type);
}

/* The document may be older than one that another opening had meanwhile: time must not go backwards. */
static int newest_doc(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live, struct zf_doc *doc,
	struct zf_doc **out)
{
	int result;

	if (live->now && live->now->doc == doc) {
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

/* Whether what an entry is bound to is what the document says. */
static bool is_bound(const struct zf_live *live, const struct zf_doc *doc, char separator)
{
	const struct zf_binding *now = live->now;

	return now && (now->doc == doc || same_array(&doc->meta->array, &now->doc->meta->array)) &&
	       now->meta.array.separator == separator;
}

/* ---- the table ----------------------------------------------------------------------------------------- */

static void free_live(struct zf_live *live)
{
	if (!live)
		return;
	zf_binding_put(live->now);
	free(live->error);
	free(live->path);
	free(live);
}

static struct zf_live *new_live(struct zf_op *op, const char *path)
{
	struct zf_live *live = calloc(1, sizeof *live);

	if (live)
		live->path = strdup(path);
	if (live && live->path) {
		live->entry.path = live->path;
		return live;
	}
	free(live);
	zf_nomem(op, sizeof *live + strlen(path));
	return NULL;
}

static bool is_closed(const struct zf_lives *lives, const char *path)
{
	for (int i = 0; i < 2; i++)
		if (lives->closed[i] && zf_path_within(path, lives->closed[i]))
			return true;
	return false;
}

/* With the lock held: the entry of a path, with a user more. */
static struct zf_live *enter(struct zf_lives *lives, struct zf_op *op, const char *path)
{
	struct zf_live *live;

	while (is_closed(lives, path))
		if (zf_lives_wait(lives, op) < 0)
			return NULL;
	live = (struct zf_live *)zf_table_find(&lives->table, path);
	if (live) {
		lives->idle -= live->users++ == 0;
		return live;
	}
	live = new_live(op, path);
	if (live) {
		live->users = 1;
		zf_table_add(&lives->table, &live->entry);
	}
	return live;
}

bool zf_live_unsaved(const struct zf_live *live)
{
	return __atomic_load_n(&live->unsaved, __ATOMIC_RELAXED);
}

bool zf_live_touched(const struct zf_live *live)
{
	return __atomic_load_n(&live->touched, __ATOMIC_RELAXED);
}

/* With the lock held: an entry without users that is to go, out of the table; NULL when there are few enough.
 */
static struct zf_live *take_idle(struct zf_lives *lives)
{
	struct zf_entry *entry = lives->table.oldest;
	struct zf_live *live;

	if (lives->idle <= IDLE_MOST)
		return NULL;
	for (; entry; entry = entry->newer) {
		live = (struct zf_live *)entry;
		if (live->users > 0 || zf_live_unsaved(live))
			continue;
		zf_table_remove(&lives->table, entry);
		lives->idle--;
		return live;
	}
	return NULL;
}

void zf_live_close(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *gone = NULL;

	pthread_mutex_lock(&lives->lock);
	if (--live->users > 0) {
		/* others go on */
	} else if (live->gone) {
		gone = live;
	} else if (!live->now) {
		zf_table_remove(&lives->table, &live->entry);
		gone = live;
	} else {
		lives->idle++;
		gone = take_idle(lives);
	}
	pthread_mutex_unlock(&lives->lock);
	free_live(gone);
}

void zf_lives_free(struct zf_lives *lives)
{
	if (!lives)
		return;
	while (lives->table.oldest) {
		struct zf_live *live = (struct zf_live *)lives->table.oldest;

		zf_table_remove(&lives->table, &live->entry);
		free_live(live);
	}
	pthread_cond_destroy(&lives->free);
	pthread_mutex_destroy(&lives->lock);
	free(lives);
}

/* ---- opening ------------------------------------------------------------------------------------------- */

void zf_live_new_version(struct zf_lives *lives, struct zf_live *live)
{
	live->version = ++lives->version;
}

void zf_live_swap(struct zf_tree *tree, struct zf_live *live, struct zf_binding *binding, bool same)
{
	struct zf_binding *old;

	pthread_mutex_lock(&tree->lives->lock);
	old = live->now;
	live->now = binding;
	__atomic_store_n(&live->caught_up, false, __ATOMIC_RELEASE);
	if (!same)
		zf_live_new_version(tree->lives, live);
	pthread_mutex_unlock(&tree->lives->lock);
	zf_binding_put(old);
}

int zf_live_prepare(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live, struct zf_doc *doc,
	struct zf_binding **out)
{
	struct place place = { tree->store, doc->path };
	char separator;

	if (check_readable(op, doc) < 0 || zf_separator_find(tree, op, doc, &separator) < 0)
		return -1;
	return bind(tree, op, doc, &place, separator, live->writable, out);
}

int zf_live_prepare_at(struct zf_tree *tree, struct zf_op *op, const struct zf_live *live,
	struct zf_store *store, const char *path, struct zf_binding **out)
{
	struct place place = { store, path };
	const struct zf_binding *now = live->now;

	return bind(tree, op, now->doc, &place, now->meta.array.separator, live->writable, out);
}

int zf_live_rebind(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc)
{
	struct zf_binding *binding;

	if (zf_live_prepare(tree, op, live, doc, &binding) < 0)
		return -1;
	zf_live_swap(tree, live, binding, false);
	return 0;
}

/* The document tells of another array than the one that is bound. What was written to that is stored first,
 * as far as it still has a place. */
static int replace(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc)
{
	struct zf_doc *newest = NULL;
	int result;

	if (!live->now || !live->writable)
		return zf_live_rebind(tree, op, live, doc);
	if (zf_live_hold(tree, op, live) < 0)
		return -1;
	if (zf_live_unsaved(live) && zf_live_save_now(tree, op, live, false) < 0) {
		zf_log(tree->ctx, ZF_LOG_WARNING, "%s", op->text);
		zf_op_forgive(op);
		return 0;
	}
	result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, &newest);
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(live->path));
	if (result == ZF_FOUND)
		result = zf_live_rebind(tree, op, live, newest);
	zf_doc_put(newest);
	return result;
}

/* The part of an opening that is one at a time for each array. */
static int update(
	struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc *doc, bool write)
{
	struct zf_lives *lives = tree->lives;
	struct zf_doc *newest = NULL;
	bool changed = false;
	char separator;
	int result = newest_doc(tree, op, live, doc, &newest);

	if (result == 0 &&
		(check_readable(op, newest) < 0 || zf_separator_find(tree, op, newest, &separator) < 0))
		result = -1;
	if (result == 0 && is_bound(live, newest, separator))
		result = zf_array_revalidate(live->now->array, op, &changed);
	else if (result == 0)
		result = replace(tree, op, live, newest);
	zf_doc_put(newest);
	if (result == 0 && write)
		result = make_writable(tree, op, live->now, tree->locks);
	pthread_mutex_lock(&lives->lock);
	live->writable |= write && result == 0;
	/* Also when it failed: whether what was read is still true is not known then. */
	if (changed || result < 0)
		zf_live_new_version(lives, live);
	pthread_mutex_unlock(&lives->lock);
	return result;
}

/* An entry of a path, with its turn. One that was removed while we waited is none. */
static int enter_turn(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_live **out)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *live;

	for (;;) {
		pthread_mutex_lock(&lives->lock);
		live = enter(lives, op, path);
		pthread_mutex_unlock(&lives->lock);
		if (!live)
			return -1;
		if (zf_live_take(tree, op, live) == 0) {
			*out = live;
			return 0;
		}
		zf_live_close(tree, live);
		if (op->err != ESTALE)
			return -1;
		zf_op_forgive(op);
	}
}

int zf_live_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, bool write, struct zf_live **out,
	uint64_t *version)
{
	struct zf_live *live;
	int result;

	if (check_readable(op, doc) < 0 || enter_turn(tree, op, doc->path, &live) < 0)
		return -1;
	result = update(tree, op, live, doc, write);
	if (result == 0)
		*version = live->version;
	zf_live_give(tree, live);
	if (result == 0)
		*out = live;
	else
		zf_live_close(tree, live);
	return result;
}
