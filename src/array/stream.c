/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading ahead.
 *
 * A reader is sequential while it stays near the end of what it read last: kernels send the requests of one
 * read-ahead window out of order, and several processes may share the work of one pass. It becomes so by
 * reading close by, measured by how much it reads: who reads a page here and a page there comes near by
 * chance only, and looking for what follows would cost it more than the page. As long as it is sequential,
 * the chunks of the bytes that follow are asked for in the second lane, up to a window beyond it. The window
 * doubles with each step, from a few parts up to one row of chunks: a reader in C order needs all of them at
 * once when it gets there.
 */
#include "array/internal.h"

#include "base/checked.h"

#include <stdlib.h>
#include <time.h>

enum {
	NEAR = 8 << 20,          /* bytes: how far off the end of the last read the next one may be, */
	CLOSE = 4,               /* or at first in multiples of its length */
	STEP = 50 * 1000 * 1000, /* ns: how often who waits looks whether it was cancelled */
	AHEAD_AT_ONCE = 4 * ZF_PARTS_AT_ONCE, /* parts asked for in one step */
	PATIENCE = 100,                       /* steps */
};

void zf_stream_init(struct zf_stream *stream)
{
	*stream = (struct zf_stream){ 0 };
	pthread_mutex_init(&stream->lock, NULL);
	pthread_cond_init(&stream->done, NULL);
}

void zf_stream_destroy(struct zf_stream *stream)
{
	pthread_cond_destroy(&stream->done);
	pthread_mutex_destroy(&stream->lock);
}

/* Bytes of one row of chunks, of which a reader in C order has a part each in use. */
static uint64_t row_bytes(const struct zf_array *a, uint64_t part_size)
{
	uint64_t row;

	return zf_mul(part_size, a->grid.row_chunks, &row) ? row : UINT64_MAX;
}

/* How far to look ahead: one row of chunks, or as many parts as keep the threads busy. */
static uint64_t most_ahead(const struct zf_array *a, uint64_t part_size)
{
	uint64_t busy = part_size * (2 * zf_pool_threads(a->ctx->pool) + 1);
	uint64_t room = zf_cache_budget(a->ctx->cache) / 2, row = row_bytes(a, part_size);

	if (row < busy)
		row = busy;
	if (row < 2 * ZF_READ_AHEAD_LEAST)
		row = 2 * ZF_READ_AHEAD_LEAST;
	return row < room ? row : room;
}

/* ns: how long a row counts as in use */
#define LATELY ((uint64_t)1000000000)

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The entry of a row, or the one to be used for it: the one that was idle for longest. */
static unsigned row_slot(const struct zf_array *a, uint64_t row)
{
	unsigned best = 0;

	for (unsigned i = 0; i < ZF_ROWS; i++) {
		if (a->rows[i].used && a->rows[i].row == row)
			return i;
		if (a->rows[i].used < a->rows[best].used)
			best = i;
	}
	return best;
}

/* A read of the stream is in this row now; and no longer in the one before, unless the read was sent earlier
 * and came late. */
static void note_row(struct zf_array *a, struct zf_stream *s, uint64_t row)
{
	bool moved = s->array != a || (row != s->row && !(s->busy && row + 1 == s->row));
	unsigned slot;

	pthread_mutex_lock(&a->rows_lock);
	if (moved && s->array == a) {
		slot = row_slot(a, s->row);
		if (a->rows[slot].row == s->row && a->rows[slot].streams)
			a->rows[slot].streams--;
	}
	slot = row_slot(a, row);
	if (a->rows[slot].row != row)
		a->rows[slot].streams = 0;
	a->rows[slot].row = row;
	a->rows[slot].used = now_ns();
	if (moved) {
		a->rows[slot].streams++;
		s->array = a;
		s->row = row;
	}
	pthread_mutex_unlock(&a->rows_lock);
}

/* The rows that streams are in and were read lately, but for one. */
static unsigned other_rows(struct zf_array *a, uint64_t row)
{
	uint64_t now = now_ns();
	unsigned count = 0;

	pthread_mutex_lock(&a->rows_lock);
	for (unsigned i = 0; i < ZF_ROWS; i++)
		count += a->rows[i].streams && a->rows[i].row != row && now - a->rows[i].used < LATELY;
	pthread_mutex_unlock(&a->rows_lock);
	return count;
}

/* What the cache has left beside `row` and the rows that readers are in: 0 where they do not fit. */
static uint64_t left_over(struct zf_array *a, uint64_t part_size, uint64_t row)
{
	uint64_t budget = zf_cache_budget(a->ctx->cache), used;

	if (!zf_mul(zf_cache_cost(part_size), a->grid.row_chunks, &used) ||
		!zf_mul(used, 1 + other_rows(a, row), &used))
		return 0;
	return used < budget ? budget - used : 0;
}

int zf_stream_enter(struct zf_array *a, struct zf_op *op, struct zf_stream *s, uint64_t offset, uint64_t len,
	uint64_t part_size)
{
	uint64_t bytes = row_bytes(a, part_size), row = (offset + len - 1) / bytes;
	int failed = 0;

	pthread_mutex_lock(&s->lock);
	for (int steps = 0; s->busy && row > s->row && !failed && steps < PATIENCE; steps++) {
		struct timespec until;

		if (left_over(a, part_size, row))
			break;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += STEP;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&s->done, &s->lock, &until);
		failed = zf_op_check(op);
	}
	if (!failed) {
		note_row(a, s, row);
		s->busy++;
	}
	pthread_mutex_unlock(&s->lock);
	return failed;
}

void zf_stream_leave(struct zf_stream *s)
{
	pthread_mutex_lock(&s->lock);
	if (!--s->busy)
		pthread_cond_broadcast(&s->done);
	pthread_mutex_unlock(&s->lock);
}

/* How much may lie ready and unused: half of the cache, but never what the rows in use need, which would be
 * loaded again and again then. */
static uint64_t room_ahead(struct zf_array *a, uint64_t part_size, uint64_t offset)
{
	uint64_t left = left_over(a, part_size, offset / row_bytes(a, part_size));
	uint64_t half = zf_cache_budget(a->ctx->cache) / 2;

	return left < half ? left : half;
}

static bool is_near(const struct zf_stream *s, uint64_t offset, uint64_t len)
{
	uint64_t off = offset < s->last ? s->last - offset : offset - s->last;

	return off <= NEAR && (s->window || off / CLOSE <= len);
}

/* Moves the stream on. True: [*from, *to) is to be loaded ahead. */
static bool advance(struct zf_array *a, struct zf_stream *s, uint64_t offset, uint64_t len,
	uint64_t part_size, uint64_t *from, uint64_t *to)
{
	uint64_t end = offset + len, most = most_ahead(a, part_size), size = zf_array_size(a);

	if (!is_near(s, offset, len)) {
		s->window = 0;
		s->last = s->ahead = end;
		return false;
	}
	if (end <= s->last && s->window)
		return false; /* out of order: nothing new */
	if (end > s->last)
		s->last = end;
	if (s->ahead < s->last)
		s->ahead = s->last;
	if (s->window && s->ahead - s->last > s->window / 2)
		return false; /* far enough; ask for more in big steps */
	s->window = s->window ? s->window * 2 : ZF_READ_AHEAD_LEAST;
	if (s->window > most)
		s->window = most;
	*from = s->ahead;
	*to = size < s->last || size - s->last < s->window ? size : s->last + s->window;
	if (*to <= *from)
		return false;
	s->ahead = *to;
	return true;
}

/* Where chunks are tiny a window is millions of them: no more than `left` are looked at, and none once there
 * is no room. */
static void load_ahead(struct zf_array *a, struct zf_need *need, uint64_t offset, uint64_t len, uint64_t room,
	unsigned *left)
{
	unsigned made, count;

	if (!*left)
		return;
	if (!zf_need_list(a, offset, len, need)) {
		load_ahead(a, need, offset, len / 2, room, left);
		load_ahead(a, need, offset + len / 2, len - len / 2, room, left);
		return;
	}
	count = need->count < *left ? need->count : *left;
	made = zf_cache_make_ahead(a->ctx->cache, a, need->ids, count, need->part_size, room, need->ids);
	zf_array_load_ahead(a, need->ids, made, need->part_size);
	*left -= count;
}

void zf_stream_read(
	struct zf_array *a, struct zf_stream *stream, uint64_t offset, uint64_t len, uint64_t part_size)
{
	uint64_t from = 0, to = 0, room;
	unsigned left = AHEAD_AT_ONCE;
	struct zf_need *need;
	bool more;

	if (!zf_pool_threads(a->ctx->pool))
		return; /* a serial program would only wait for it */
	room = room_ahead(a, part_size, offset);
	pthread_mutex_lock(&stream->lock);
	more = advance(a, stream, offset, len, part_size, &from, &to);
	pthread_mutex_unlock(&stream->lock);
	if (!more)
		return;
	need = malloc(sizeof *need);
	if (!need)
		return;
	need->part_size = part_size;
	need->skip = NULL;
	load_ahead(a, need, from, to - from, room, &left);
	free(need);
}
