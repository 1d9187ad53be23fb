/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading through the layers: first which values of the range are dirty, then what is below where the layers
 * do not cover all, then the layers over it.
 */
#include "array/dirty.h"

#include <stdlib.h>

enum { PIECES = 256 }; /* of a range, looked at in one go */

bool zf_dirty_any(const struct zf_array *a)
{
	return __atomic_load_n(&a->writes->value_count, __ATOMIC_SEQ_CST) > 0;
}

bool zf_dirty_in(struct zf_array *a, uint64_t offset, uint64_t len)
{
	struct zf_walk walk;
	struct zf_piece piece;
	bool any = false;
	unsigned n = 0;

	zf_walk_init(&walk, &a->grid, offset, len);
	pthread_mutex_lock(&a->writes->lock);
	while (!any && zf_walk_next(&walk, &piece))
		any = n++ == PIECES || zf_dirty_chunk_find(a, piece.index);
	pthread_mutex_unlock(&a->writes->lock);
	return any;
}

/* The dirty chunks of a range, by piece. */
struct found {
	struct zf_array *array;
	uint64_t offset, len;
	unsigned count;
	struct zf_dirty_chunk *chunks[PIECES]; /* NULL: not dirty; else its value is held */
	uint64_t turns[PIECES];
	bool covered[PIECES];
};

/* Whether the layers say all of the piece. With the value's lock. */
static bool covers(const struct zf_dirty_chunk *c, const struct zf_piece *p)
{
	uint64_t at = p->rank, end = p->rank + p->size, before = UINT64_MAX, from, len;
	const uint8_t *data;

	while (at < end && at != before) {
		before = at;
		for (const struct zf_layer *l = c->bottom; l && at < end; l = l->above) {
			if (l->erased)
				return true;
			while (at < end && zf_layer_next(l, at, end, &from, &len, &data) && from == at)
				at += len;
		}
	}
	return at >= end;
}

/* Finds and holds them. False: too many pieces. */
static bool find(struct found *f)
{
	struct zf_array *a = f->array;
	struct zf_walk walk;
	struct zf_piece piece;
	bool fits = true;

	f->count = 0;
	zf_walk_init(&walk, &a->grid, f->offset, f->len);
	pthread_mutex_lock(&a->writes->lock);
	while (zf_walk_next(&walk, &piece) && (fits = f->count < PIECES)) {
		struct zf_dirty_chunk *c = zf_dirty_chunk_find(a, piece.index);
		unsigned i = f->count++;

		f->chunks[i] = c;
		f->covered[i] = false;
		if (!c)
			continue;
		c->value->refs++;
		pthread_mutex_lock(&c->value->lock);
		f->turns[i] = c->value->turn;
		f->covered[i] = covers(c, &piece);
		pthread_mutex_unlock(&c->value->lock);
	}
	pthread_mutex_unlock(&a->writes->lock);
	return fits;
}

static void release(struct found *f)
{
	pthread_mutex_lock(&f->array->writes->lock);
	for (unsigned i = 0; i < f->count; i++)
		if (f->chunks[i])
			zf_dirty_put(f->array, f->chunks[i]->value);
	pthread_mutex_unlock(&f->array->writes->lock);
}

/* ---- the copies ---- */

/* Bytes that are in the spool, out of one read of it; what else that brings is not looked at. */
static int from_spool(struct found *f, struct zf_op *op, const struct zf_dirty_chunk *c,
	const struct zf_piece *p, unsigned char *to)
{
	struct zf_layer copy = { 0 };
	bool spooled, ok = true;
	uint64_t slot;
	uint8_t *bytes;
	int ret = -1;

	pthread_mutex_lock(&c->value->lock);
	spooled = c->bottom && c->bottom->spooled;
	slot = c->slot;
	for (unsigned i = 0; spooled && ok && i < c->bottom->count; i++)
		ok = zf_layer_note(&copy, c->bottom->extents[i].start, c->bottom->extents[i].len);
	pthread_mutex_unlock(&c->value->lock);
	bytes = spooled && ok ? malloc(p->size) : NULL;
	if (!spooled) {
		ret = 0;
	} else if (!bytes) {
		zf_nomem(op, p->size);
	} else if (zf_spool_read(f->array, op, slot, bytes, p->rank, p->size) == 0) {
		uint64_t at = p->rank, end = p->rank + p->size, from, len;
		const uint8_t *none;

		for (; at < end && zf_layer_next(&copy, at, end, &from, &len, &none); at = from + len)
			zf_piece_scatter(p, p->flat_step, to, from - p->rank, len, bytes + (from - p->rank));
		ret = 0;
	}
	free(copy.extents);
	free(bytes);
	return ret;
}

static void fill_piece(const struct zf_array *a, const struct zf_piece *p, unsigned char *to)
{
	uint8_t few[512];
	uint64_t some;

	for (uint64_t at = 0; at < p->size; at += some) {
		some = p->size - at < sizeof few ? p->size - at : sizeof few;
		zf_fill_write(a, few, p->rank + at, some);
		zf_piece_scatter(p, p->flat_step, to, at, some, few);
	}
}

/* With the value's lock. */
static void from_memory(
	const struct zf_array *a, const struct zf_dirty_chunk *c, const struct zf_piece *p, unsigned char *to)
{
	uint64_t end = p->rank + p->size, from, len;
	const uint8_t *data;

	for (const struct zf_layer *l = c->bottom; l; l = l->above) {
		if (l->erased)
			fill_piece(a, p, to);
		for (uint64_t at = p->rank;
			!l->spooled && at < end && zf_layer_next(l, at, end, &from, &len, &data);
			at = from + len)
			zf_piece_scatter(p, p->flat_step, to, from - p->rank, len, data);
	}
}

/* Lays the layers over what is there. 1: some were moved down meanwhile. */
static int lay_over(struct found *f, struct zf_op *op, unsigned char *to)
{
	struct zf_walk walk;
	struct zf_piece piece;
	int ret = 0;

	zf_walk_init(&walk, &f->array->grid, f->offset, f->len);
	for (unsigned i = 0; i < f->count && !ret && zf_walk_next(&walk, &piece); i++) {
		struct zf_dirty_chunk *c = f->chunks[i];
		unsigned char *at = to + (piece.flat - f->offset);

		if (!c)
			continue;
		if (from_spool(f, op, c, &piece, at) < 0)
			return -1;
		pthread_mutex_lock(&c->value->lock);
		ret = c->value->turn != f->turns[i];
		if (!ret)
			from_memory(f->array, c, &piece, at);
		pthread_mutex_unlock(&c->value->lock);
	}
	return ret;
}

/* 1: to be done again; 2: too much at once. */
static int read_once(
	struct found *f, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead, unsigned char *to)
{
	struct zf_array *a = f->array;
	int ret = 2;

	need->skip = f->covered;
	if (find(f) && zf_need_list(a, f->offset, f->len, need)) {
		ret = need->count ? zf_need_get(a, op, need, ahead) : 0;
		if (ret == 0 && need->count) {
			zf_copy_range(a, need, f->offset, f->len, to);
			zf_need_release(a, need);
		}
		if (ret == 0)
			ret = lay_over(f, op, to);
	}
	need->skip = NULL;
	release(f);
	return ret;
}

int zf_dirty_read(struct zf_array *a, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead,
	unsigned char *to, uint64_t len, uint64_t offset)
{
	struct found *f = malloc(sizeof *f);
	int ret;

	if (!f)
		return zf_nomem(op, sizeof *f);
	f->array = a;
	f->offset = offset;
	f->len = len;
	do
		ret = zf_op_check(op) < 0 ? -1 : read_once(f, op, need, ahead, to);
	while (ret == 1);
	free(f);
	if (ret < 2)
		return ret;
	if (zf_dirty_read(a, op, need, ahead, to, len / 2, offset) < 0)
		return -1;
	return zf_dirty_read(a, op, need, ahead, to + len / 2, len - len / 2, offset + len / 2);
}
