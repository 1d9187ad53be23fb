/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading ahead.
 *
 * A reader is sequential while it stays near the end of what it read last: kernels send the requests of one
 * read-ahead window out of order, and several processes may share the work of one pass. As long as it is, the
 * chunks of the bytes that follow are asked for in the second lane, up to a window beyond it. The window
 * doubles with each step, from a few parts up to one row of chunks: a reader in C order needs all of them at
 * once when it gets there.
 */
#include "array/internal.h"

#include "base/checked.h"

#include <stdlib.h>

enum { NEAR = 8 << 20 }; /* bytes: how far off the end of the last read the next one may be */

void zf_stream_init(struct zf_stream *stream)
{
	*stream = (struct zf_stream){ 0 };
	pthread_mutex_init(&stream->lock, NULL);
}

void zf_stream_destroy(struct zf_stream *stream)
{
	pthread_mutex_destroy(&stream->lock);
}

/* How far to look ahead: one row of chunks, or as many parts as keep the threads busy. */
static uint64_t most_ahead(const struct zf_array *a, uint64_t part_size)
{
	uint64_t busy = part_size * (2 * zf_pool_threads(a->ctx->pool) + 1);
	uint64_t room = zf_cache_budget(a->ctx->cache) / 2, row;

	if (!zf_mul(part_size, a->grid.row_chunks, &row))
		return room;
	if (row < busy)
		row = busy;
	if (row < 2 * ZF_READ_AHEAD_LEAST)
		row = 2 * ZF_READ_AHEAD_LEAST;
	return row < room ? row : room;
}

/* How much may lie ready and unused: half of the cache, but never what the row in use needs, which would be
 * loaded again and again then. */
static uint64_t room_ahead(const struct zf_array *a, uint64_t part_size)
{
	uint64_t budget = zf_cache_budget(a->ctx->cache), row = zf_array_row(a, part_size);
	uint64_t few = part_size * zf_pool_threads(a->ctx->pool);

	if (row >= budget || budget - row < few)
		return few;
	return budget - row < budget / 2 ? budget - row : budget / 2;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/* Moves the stream on. True: [*from, *to) is to be loaded ahead. */
static bool advance(struct zf_array *a, struct zf_stream *s, uint64_t offset, uint64_t len,
	uint64_t part_size, uint64_t *from, uint64_t *to)
{
	uint64_t end = offset + len, most = most_ahead(a, part_size);

	if (distance(offset, s->last) > NEAR) {
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
	*to = a->grid.nbytes - s->last < s->window ? a->grid.nbytes : s->last + s->window;
	if (*to <= *from)
		return false;
	s->ahead = *to;
	return true;
}

static void load_ahead(struct zf_array *a, struct zf_need *need, uint64_t offset, uint64_t len)
{
	unsigned made;

	if (!zf_need_list(a, offset, len, need)) {
		load_ahead(a, need, offset, len / 2);
		load_ahead(a, need, offset + len / 2, len - len / 2);
		return;
	}
	made = zf_cache_pin_ahead(a->ctx->cache, a, need->ids, need->count, need->part_size,
		room_ahead(a, need->part_size), need->parts);
	zf_array_load(a, ZF_LANE_AHEAD, need->parts, made);
	zf_cache_unpin(a->ctx->cache, need->parts, made);
}

void zf_stream_read(
	struct zf_array *a, struct zf_stream *stream, uint64_t offset, uint64_t len, uint64_t part_size)
{
	uint64_t from = 0, to = 0;
	struct zf_need *need;
	bool more;

	if (!zf_pool_threads(a->ctx->pool))
		return; /* a serial program would only wait for it */
	pthread_mutex_lock(&stream->lock);
	more = advance(a, stream, offset, len, part_size, &from, &to);
	pthread_mutex_unlock(&stream->lock);
	if (!more)
		return;
	need = malloc(sizeof *need);
	if (!need)
		return;
	need->part_size = part_size;
	load_ahead(a, need, from, to - from);
	free(need);
}
