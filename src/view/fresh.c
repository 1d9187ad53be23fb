/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New arrays whose chunks are not decided yet.
 */
#include "view/fresh.h"
#include "base/checked.h"
#include "view/lives.h"
#include "view/make.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct zf_fresh {
	pthread_mutex_t lock; /* bytes, ended */
	struct zf_out bytes;
	bool ended;       /* the array has them */
	uint64_t *all;    /* bytes held back in the tree; atomic */
	uint64_t counted; /* ... of them here */
	struct zf_new_array want;
};

int zf_fresh_begin(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, struct zf_new_array *want)
{
	struct zf_fresh *fresh = calloc(1, sizeof *fresh);

	if (!fresh) {
		zf_new_array_free(want);
		return zf_nomem(op, sizeof *fresh);
	}
	pthread_mutex_init(&fresh->lock, NULL);
	fresh->bytes = ZF_OUT_GROWING(ZF_FRESH_MOST);
	fresh->want = *want;
	fresh->all = &tree->held_back;
	pthread_mutex_lock(&tree->lives->lock);
	if (live->now && !live->now->fresh && !zf_live_unsaved(live)) {
		live->now->fresh = fresh;
		fresh = NULL;
	}
	pthread_mutex_unlock(&tree->lives->lock);
	zf_fresh_free(fresh);
	return 0;
}

/* Counts what the buffer has room for. False where that would be too much in all. */
static bool count(struct zf_fresh *fresh, uint64_t bytes)
{
	uint64_t more = bytes > fresh->counted ? bytes - fresh->counted : 0;

	if (more == 0)
		return true;
	if (__atomic_add_fetch(fresh->all, more, __ATOMIC_RELAXED) > ZF_FRESH_ALL) {
		__atomic_fetch_sub(fresh->all, more, __ATOMIC_RELAXED);
		return false;
	}
	fresh->counted = bytes;
	return true;
}

static void discount(struct zf_fresh *fresh)
{
	if (fresh->counted)
		__atomic_fetch_sub(fresh->all, fresh->counted, __ATOMIC_RELAXED);
	fresh->counted = 0;
}

void zf_fresh_free(struct zf_fresh *fresh)
{
	if (!fresh)
		return;
	discount(fresh);
	pthread_mutex_destroy(&fresh->lock);
	zf_out_free(&fresh->bytes);
	zf_new_array_free(&fresh->want);
	free(fresh);
}

uint64_t zf_fresh_size(struct zf_binding *binding)
{
	struct zf_fresh *fresh = binding->fresh;
	uint64_t size = 0;
	bool ended = true;

	if (fresh) {
		pthread_mutex_lock(&fresh->lock);
		size = fresh->bytes.len;
		ended = fresh->ended;
		pthread_mutex_unlock(&fresh->lock);
	}
	return ended ? zf_array_size(binding->array) : size;
}

int zf_fresh_read(struct zf_binding *binding, void *buf, size_t len, uint64_t offset, size_t *got)
{
	struct zf_fresh *fresh = binding->fresh;

	if (!fresh)
		return 0;
	pthread_mutex_lock(&fresh->lock);
	if (fresh->ended) {
		pthread_mutex_unlock(&fresh->lock);
		return 0;
	}
	*got = offset >= fresh->bytes.len ? 0 : fresh->bytes.len - (size_t)offset;
	if (*got > len)
		*got = len;
	if (*got > 0)
		memcpy(buf, fresh->bytes.data + offset, *got);
	pthread_mutex_unlock(&fresh->lock);
	return 1;
}

/* With the lock held: at least `size` bytes, the new ones fill value. */
static int grow(const struct zf_binding *binding, struct zf_op *op, uint64_t size)
{
	const struct zf_array_meta *a = &binding->meta.array;
	struct zf_out *bytes = &binding->fresh->bytes;

	if (size <= bytes->len)
		return 0;
	if (zf_out_reserve(bytes, op, (size_t)size - bytes->len) < 0)
		return -1;
	for (; bytes->len < size; bytes->len++)
		bytes->data[bytes->len] = a->fill[bytes->len % a->spec.itemsize];
	return 0;
}

int zf_fresh_write(struct zf_binding *binding, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct zf_fresh *fresh = binding->fresh;
	uint64_t end;
	int result = 0;

	if (!fresh || !zf_add(offset, len, &end) || end > ZF_FRESH_MOST)
		return 0;
	pthread_mutex_lock(&fresh->lock);
	if (!fresh->ended && count(fresh, end)) {
		result = grow(binding, op, end) < 0 ? -1 : 1;
		if (result > 0 && len > 0)
			memcpy(fresh->bytes.data + offset, buf, len);
	}
	pthread_mutex_unlock(&fresh->lock);
	return result;
}

int zf_fresh_resize(struct zf_binding *binding, struct zf_op *op, uint64_t size)
{
	struct zf_fresh *fresh = binding->fresh;
	int result = 0;

	if (!fresh || size > ZF_FRESH_MOST)
		return 0;
	pthread_mutex_lock(&fresh->lock);
	if (!fresh->ended && count(fresh, size)) {
		result = grow(binding, op, size) < 0 ? -1 : 1;
		fresh->bytes.len = result > 0 ? (size_t)size : fresh->bytes.len;
	}
	pthread_mutex_unlock(&fresh->lock);
	return result;
}

bool zf_fresh_punch(struct zf_binding *binding, uint64_t offset, uint64_t len)
{
	const struct zf_array_meta *a = &binding->meta.array;
	struct zf_fresh *fresh = binding->fresh;
	bool done = false;

	if (!fresh)
		return false;
	pthread_mutex_lock(&fresh->lock);
	done = !fresh->ended;
	for (uint64_t i = offset; done && i < fresh->bytes.len && i - offset < len; i++)
		fresh->bytes.data[i] = a->fill[i % a->spec.itemsize];
	pthread_mutex_unlock(&fresh->lock);
	return done;
}

bool zf_fresh_is(struct zf_binding *binding)
{
	struct zf_fresh *fresh = binding->fresh;
	bool is = false;

	if (!fresh)
		return false;
	pthread_mutex_lock(&fresh->lock);
	is = !fresh->ended;
	pthread_mutex_unlock(&fresh->lock);
	return is;
}

/* ---- the end ------------------------------------------------------------------------------------------- */

static int write_all(struct zf_op *op, struct zf_array *array, const struct zf_out *bytes)
{
	return bytes->len ? zf_array_pwrite(array, op, bytes->data, bytes->len, 0) : 0;
}

/* Stores the document that zarr-python would make for so many bytes. *doc is what is stored then: another
 * program's, where one was quicker; *ours: it is not. */
static int decide(struct zf_tree *tree, struct zf_op *op, const struct zf_binding *binding,
	struct zf_doc **doc, bool *ours)
{
	const struct zf_fresh *fresh = binding->fresh;
	const struct zf_array_meta *a = &binding->meta.array;
	uint64_t row = a->spec.itemsize;
	int result;

	for (unsigned i = 1; i < a->ndim; i++)
		row *= a->shape[i];
	result = zf_make_again(tree, op, binding->doc, &fresh->want, zf_div_up(fresh->bytes.len, row));
	*ours = result == 0;
	if (result < 0) {
		if (op->err != ESTALE)
			return -1;
		zf_op_forgive(op);
	}
	result = zf_doc_get(tree, op, binding->doc->path, ZF_DOC_NOW, doc);
	if (result == ZF_MISSING)
		return zf_fail(op, ESTALE, "%s: the array was removed", zf_path_label(binding->doc->path));
	return result;
}

static int end_small(struct zf_tree *tree, struct zf_op *op, struct zf_live *live)
{
	struct zf_binding *fresh = NULL;
	struct zf_doc *doc = NULL;
	bool ours;
	int result = decide(tree, op, live->now, &doc, &ours);

	if (result == 0)
		result = zf_live_prepare(tree, op, live, doc, &fresh);
	if (result == 0)
		result = write_all(op, fresh->array, &live->now->fresh->bytes);
	if (result == 0)
		zf_live_swap(tree, live, fresh, ours);
	else
		zf_binding_put(fresh);
	zf_doc_put(doc);
	return result;
}

static void give_up(struct zf_fresh *fresh)
{
	pthread_mutex_lock(&fresh->lock);
	fresh->ended = true;
	zf_out_free(&fresh->bytes);
	fresh->bytes.len = 0;
	discount(fresh);
	pthread_mutex_unlock(&fresh->lock);
}

int zf_fresh_end(struct zf_tree *tree, struct zf_op *op, struct zf_live *live, bool large)
{
	struct zf_binding *now = live->now;
	bool was_held = live->held;
	int result = 0;

	if (!now || !now->fresh || now->fresh->ended)
		return 0;
	if (!was_held && zf_live_hold(tree, op, live) < 0)
		return -1;
	if (!large && now->fresh->bytes.len > 0) {
		result = end_small(tree, op, live);
	} else if (large) {
		result = write_all(op, now->array, &now->fresh->bytes);
		if (result == 0)
			give_up(now->fresh);
	}
	if (!was_held)
		zf_live_let_in(tree, live);
	return result;
}
