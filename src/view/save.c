/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Storing what was written: chunks first, then the document, so that at every moment what the document tells
 * of is there; when an array shrinks, the document first.
 *
 * Errors are remembered with the array, so that each handle can be told once.
 */
#include "base/checked.h"
#include "view/change.h"
#include "view/fresh.h"
#include "view/lives.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void zf_live_touch(struct zf_live *live)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	__atomic_store_n(&live->written_ns, (int64_t)t.tv_sec * 1000000000 + t.tv_nsec, __ATOMIC_RELAXED);
	__atomic_fetch_add(&live->writes, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&live->touched, true, __ATOMIC_RELAXED);
	__atomic_store_n(&live->unsaved, true, __ATOMIC_RELEASE);
}

void zf_live_renew(struct zf_tree *tree, struct zf_live *live)
{
	pthread_mutex_lock(&tree->lives->lock);
	zf_live_new_version(tree->lives, live);
	pthread_mutex_unlock(&tree->lives->lock);
}

uint64_t zf_live_changes(struct zf_tree *tree, struct zf_live *live)
{
	uint64_t words[2];

	pthread_mutex_lock(&tree->lives->lock);
	words[0] = live->version;
	pthread_mutex_unlock(&tree->lives->lock);
	words[1] = __atomic_load_n(&live->writes, __ATOMIC_RELAXED);
	return zf_hash(words, sizeof words);
}

/* ---- errors -------------------------------------------------------------------------------------------- */

/* With the lock held. */
static void note(struct zf_live *live, const struct zf_op *op)
{
	struct zf_op *copy = live->error ? live->error : malloc(sizeof *copy);

	if (copy) {
		zf_op_init(copy);
		copy->err = op->err;
		memcpy(copy->text, op->text, sizeof copy->text);
	}
	live->error = copy;
	live->errors++;
}

/* Errors of the pool's writing are the array's at first. Of two who find the same one, one takes it. */
static void gather(struct zf_tree *tree, struct zf_live *live, struct zf_binding *binding)
{
	struct zf_op op;
	uint64_t before, seen;

	pthread_mutex_lock(&tree->lives->lock);
	seen = before = binding->seen;
	pthread_mutex_unlock(&tree->lives->lock);
	zf_op_init(&op);
	if (zf_array_error_since(binding->array, &op, &seen) == 0)
		return;
	pthread_mutex_lock(&tree->lives->lock);
	if (binding->seen == before) {
		binding->seen = seen;
		note(live, &op);
	}
	pthread_mutex_unlock(&tree->lives->lock);
}

static struct zf_binding *peek(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_binding *binding;

	pthread_mutex_lock(&tree->lives->lock);
	binding = live->now;
	if (binding)
		__atomic_fetch_add(&binding->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&tree->lives->lock);
	return binding;
}

uint64_t zf_live_errors(struct zf_tree *tree, struct zf_live *live)
{
	struct zf_binding *binding = peek(tree, live);
	uint64_t errors;

	if (binding)
		gather(tree, live, binding);
	zf_binding_put(binding);
	pthread_mutex_lock(&tree->lives->lock);
	errors = live->errors;
	pthread_mutex_unlock(&tree->lives->lock);
	return errors;
}

int zf_live_report(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t *seen)
{
	uint64_t errors = zf_live_errors(tree, live);
	int result = 0;

	if (errors == __atomic_exchange_n(seen, errors, __ATOMIC_RELAXED))
		return 0;
	pthread_mutex_lock(&tree->lives->lock);
	if (live->error)
		result = zf_op_adopt(op, live->error);
	else
		result = zf_nomem(op, sizeof *live->error);
	pthread_mutex_unlock(&tree->lives->lock);
	return result;
}

/* An error that the caller tells its own user of; the other handles will find it. */
static void note_own(struct zf_tree *tree, struct zf_live *live, const struct zf_op *op)
{
	if (op->err == EINTR)
		return;
	pthread_mutex_lock(&tree->lives->lock);
	if (live->now)
		live->now->seen = zf_array_error_now(live->now->array);
	note(live, op);
	pthread_mutex_unlock(&tree->lives->lock);
}

/* ---- the document -------------------------------------------------------------------------------------- */

static bool same_edges(const struct zf_array_meta *a, const struct zf_array_meta *b)
{
	return a->chunk_shapes && b->chunk_shapes ? json_equal(a->chunk_shapes, b->chunk_shapes)
						  : a->chunk_shapes == b->chunk_shapes;
}

bool zf_live_same_chunks(const struct zf_array_meta *a, const struct zf_array_meta *b)
{
	return a->ndim == b->ndim && a->spec.itemsize == b->spec.itemsize && a->key_c == b->key_c &&
	       memcmp(a->chunk, b->chunk, a->ndim * sizeof *a->chunk) == 0 && same_edges(a, b) && a->codecs &&
	       b->codecs && json_equal(a->codecs, b->codecs);
}

/* The document as it is now, which still has to be that of the array. */
static int present_doc(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_doc **out)
{
	const struct zf_array_meta *ours = &live->now->doc->meta->array;
	struct zf_doc *doc = NULL;
	int result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, &doc);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ESTALE,
			"%s: the array was removed by another program; what was written is lost",
			zf_path_label(live->path));
	if (doc != live->now->doc &&
		(!doc->is_array || doc->error || !zf_live_same_chunks(&doc->meta->array, ours))) {
		zf_doc_put(doc);
		return zf_fail(op, ESTALE,
			"%s: the array was replaced by another program; what was written is lost",
			zf_path_label(live->path));
	}
	*out = doc;
	return 0;
}

/* Our document is the one that is stored now. Where it tells of another length than the array has, the next
 * opening has to see the difference. */
static void adopt_doc(struct zf_tree *tree, struct zf_live *live, struct zf_doc *doc)
{
	const struct zf_array_meta *a = &doc->meta->array;
	struct zf_doc *old = live->now->doc;

	if (old == doc || (a->ndim > 0 && a->shape[0] != zf_array_length(live->now->array)))
		return;
	pthread_mutex_lock(&tree->lives->lock);
	live->now->doc = zf_doc_ref(doc);
	pthread_mutex_unlock(&tree->lives->lock);
	zf_doc_put(old);
}

static int reload_doc(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	struct zf_doc *doc = NULL;
	int result = zf_doc_get(tree, op, live->path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND && doc->is_array && !doc->error)
		adopt_doc(tree, live, doc);
	zf_doc_put(doc);
	return result < 0 ? -1 : 0;
}

/* Stores the length of dimension 0, where it grew, and in any case a document that is newer than what was
 * written. */
static int store_length(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t length)
{
	__atomic_store_n(&live->touched, false, __ATOMIC_RELAXED);
	if (zf_change_length(tree, op, live->now->doc, length, true) == 0)
		return reload_doc(tree, op, live);
	__atomic_store_n(&live->touched, true, __ATOMIC_RELAXED);
	return -1;
}

/* There is no place for what was written. */
static void abandon(struct zf_live *live)
{
	zf_array_abandon(live->now->array);
	__atomic_store_n(&live->unsaved, false, __ATOMIC_RELAXED);
	__atomic_store_n(&live->touched, false, __ATOMIC_RELAXED);
}

/* ---- saving ----------------------------------------------------------------------------------------------
 */

/* Chunks, then the document. */
static int store(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool time)
{
	struct zf_array *array;
	struct zf_doc *doc = NULL;
	uint64_t length, had;
	int result;

	if (zf_fresh_end(tree, op, live, false) < 0)
		return -1;
	array = live->now->array;
	if (zf_live_unsaved(live)) {
		if (present_doc(tree, op, live, &doc) < 0) {
			if (op->err == ESTALE)
				abandon(live);
			return -1;
		}
		adopt_doc(tree, live, doc);
		zf_doc_put(doc);
	}
	/* what is written from now on is for the next time */
	__atomic_store_n(&live->caught_up, false, __ATOMIC_RELEASE);
	__atomic_store_n(&live->unsaved, false, __ATOMIC_RELEASE);
	zf_array_settle(array);
	length = zf_array_length(array);
	result = zf_array_flush(array, op);
	had = live->now->doc->meta->array.ndim ? live->now->doc->meta->array.shape[0] : length;
	/* other programs see it now; what could not be kept is found out here */
	if (result == 0)
		result = zf_store_settle(tree->store, op);
	if (result == 0 && (length > had || (time && zf_live_touched(live))))
		result = store_length(tree, op, live, length);
	if (result < 0)
		__atomic_store_n(&live->unsaved, true, __ATOMIC_RELEASE);
	return result;
}

int zf_live_save_now(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool time)
{
	if (live->gone || !live->now || !(zf_live_unsaved(live) || (time && zf_live_touched(live))))
		return 0;
	if (store(tree, op, live, time) == 0)
		return 0;
	note_own(tree, live, op);
	return -1;
}

int zf_live_save(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool time, uint64_t *seen)
{
	int result;

	if (zf_live_take(tree, op, live) < 0) {
		if (op->err != ESTALE)
			return -1;
		zf_op_forgive(op);
		return 0;
	}
	result = zf_live_save_now(tree, op, live, time);
	zf_live_give(tree, live);
	if (result < 0 && seen)
		__atomic_store_n(seen, zf_live_errors(tree, live), __ATOMIC_RELAXED);
	return result;
}

int zf_live_save_path(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	struct zf_lives *lives = tree->lives;
	struct zf_live *live;
	int result;

	pthread_mutex_lock(&lives->lock);
	live = (struct zf_live *)zf_table_find(&lives->table, path);
	if (live)
		lives->idle -= live->users++ == 0;
	pthread_mutex_unlock(&lives->lock);
	if (!live)
		return 0;
	result = zf_live_save(tree, op, live, false, NULL);
	zf_live_close(tree, live);
	return result;
}

/* ---- sizes -----------------------------------------------------------------------------------------------
 */

/* Bytes of a row; 0 where a dimension is. */
static uint64_t row_of(const struct zf_array_meta *a)
{
	uint64_t row = a->spec.itemsize;

	for (unsigned i = 1; i < a->ndim; i++)
		row *= a->shape[i];
	return row;
}

static int check_size(struct zf_op *op, const char *path, const struct zf_array_meta *a, uint64_t size)
{
	uint64_t row = row_of(a);

	if (size > ZF_MAX_FILE)
		return zf_fail(op, EFBIG, "%s: a size of %llu bytes is too large", zf_path_label(path),
			(unsigned long long)size);
	if (a->ndim == 0 && size != 0 && size != row)
		return zf_fail(op, EINVAL, "%s: an array without dimensions has %llu bytes, not %llu",
			zf_path_label(path), (unsigned long long)row, (unsigned long long)size);
	if (row == 0 ? size != 0 : size % row != 0)
		return zf_fail(op, EINVAL, "%s: a size of %llu bytes is no multiple of a row of %llu",
			zf_path_label(path), (unsigned long long)size, (unsigned long long)row);
	return 0;
}

/* With the turn; nothing is held back. */
static int set_size(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t size)
{
	const struct zf_array_meta *a = &live->now->doc->meta->array;
	struct zf_array *array = live->now->array;
	uint64_t row = row_of(a), length = row ? size / row : 0;
	bool shrinks;

	if (a->ndim == 0 || a->edges[0]) /* of one length */
		return zf_array_set_size(array, op, size);
	/* one that was removed has no document */
	shrinks = !live->gone && length < a->shape[0];
	if (shrinks && zf_change_length(tree, op, live->now->doc, length, false) < 0)
		return -1;
	if (zf_array_set_size(array, op, size) < 0)
		return -1;
	if (zf_store_settle(tree->store, op) < 0)
		return -1;
	return shrinks ? reload_doc(tree, op, live) : 0;
}

int zf_live_set_size(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, uint64_t size)
{
	int result;

	if (zf_live_take(tree, op, live) < 0)
		return -1;
	result = check_size(op, live->path, &live->now->meta.array, size);
	if (result == 0 && size > zf_fresh_size(live->now))
		result = zf_live_catch_up_now(tree, op, live);
	if (result == 0 && size != zf_fresh_size(live->now)) {
		zf_live_touch(live);
		result = zf_fresh_resize(live->now, op, size);
		if (result == 0)
			result = zf_fresh_end(tree, op, live, true);
		if (result == 0)
			result = set_size(tree, op, live, size);
	}
	zf_live_give(tree, live);
	return result < 0 ? -1 : 0;
}
