/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing: bytes go into layers, and the size grows. A writer waits before it begins, never in between.
 *
 * Writers are kept out while the array is resized; a resize waits until those that have begun are done.
 */
#include "array/dirty.h"

#include "base/checked.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	STEP = 50 * 1000 * 1000, /* ns: how often who waits looks whether it was cancelled */
	MANY = 4096,             /* extents of one layer: beyond, every write would move too many */
	HELPERS = 2,             /* threads of writers that store, too */
	SHARE = 8,               /* of the cache's budget may not be dirty: 1 / SHARE */
	SEGMENTS = 32            /* of a chunk, at most */
};

/* What a writer in C order has begun at a time: a row of stored values. */
static uint64_t value_row(const struct zf_array *a)
{
	struct zf_grid values;
	uint64_t row;

	if (!a->grid.array_ndim)
		return a->value_bytes;
	zf_grid_init_edges(&values, a->grid.array_ndim, a->shape, a->base_chunk, a->edges, a->fill_len);
	return zf_mul(values.row_chunks, a->value_bytes, &row) ? row : UINT64_MAX;
}

/* Of what is dirty storing makes a copy in order, what is encoded, and what the codecs need. Where a row is
 * nothing beside the budget, room for that is left. */
static uint64_t most_dirty(const struct zf_array *a, uint64_t budget)
{
	uint64_t at_once = zf_pool_threads(a->ctx->pool) + HELPERS, room = 0;

	if (a->writes->row <= budget / 4 && !zf_mul(3 * at_once, a->value_bytes, &room))
		room = UINT64_MAX;
	return budget - budget / SHARE - (room < budget / 4 ? room : budget / 4);
}

/* Chunks are cut where two rows of them would not go together: one that is stored, and one that is written.
 */
static uint64_t segment_of(const struct zf_array *a, uint64_t row, uint64_t budget)
{
	uint64_t least = zf_div_up(a->grid.chunk_bytes / SEGMENTS, ZF_SEGMENT) * ZF_SEGMENT;

	return row <= budget / 4 ? UINT64_MAX : least ? least : ZF_SEGMENT;
}

int zf_array_writable(struct zf_array *a, struct zf_op *op, const struct zf_write_config *config)
{
	struct zf_writes *w = a->writes;
	uint64_t budget = zf_cache_budget(a->ctx->cache), row = value_row(a);
	bool first;

	if (a->read_only)
		return zf_fail(op, EROFS, "%s: %s", a->label, a->read_only);
	if (!(a->base->caps & ZF_STORE_WRITABLE))
		return zf_fail(op, EROFS, "%s: %s is read-only", a->label, a->base->name);
	if (zf_pipeline_encodable(a->pipeline, op) < 0)
		return zf_where(op, "%s", a->label);
	pthread_mutex_lock(&w->lock);
	w->store_empty = config && config->store_empty;
	w->locks = config ? config->locks : NULL;
	w->row = row < a->ctx->config.cache_max ? row : 0;
	w->bitmap = a->grid.chunk_bytes <= budget / 4;
	first = !w->ready;
	if (first)
		w->segment = segment_of(a, row, budget);
	__atomic_store_n(&w->ready, true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&w->lock);
	if (first) {
		w->array = a;
		w->taker.relieve = zf_store_all;
		zf_cache_taker_add(a->ctx->cache, &w->taker);
	}
	return 0;
}

/* ---- who is at work ---- */

int zf_writes_wait(struct zf_writes *w, struct zf_op *op)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += STEP;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&w->changed, &w->lock, &until);
	return zf_op_check(op);
}

int zf_writer_enter(struct zf_array *a, struct zf_op *op)
{
	struct zf_writes *w = a->writes;
	int failed = 0;

	pthread_mutex_lock(&w->lock);
	while (w->exclusive && !failed)
		failed = zf_writes_wait(w, op);
	if (!failed && w->abandoned)
		failed = zf_fail(op, ESTALE, "%s: the array was removed", a->label);
	if (!failed)
		w->writers++;
	pthread_mutex_unlock(&w->lock);
	return failed;
}

void zf_writer_leave(struct zf_array *a)
{
	struct zf_writes *w = a->writes;

	pthread_mutex_lock(&w->lock);
	w->writers--;
	if (w->exclusive)
		pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

int zf_exclusive_enter(struct zf_array *a, struct zf_op *op)
{
	struct zf_writes *w = a->writes;
	int failed = 0;

	pthread_mutex_lock(&w->lock);
	while (w->exclusive && !failed)
		failed = zf_writes_wait(w, op);
	if (!failed) {
		w->exclusive = true;
		while ((w->writers || w->storing) && !failed)
			failed = zf_writes_wait(w, op);
		if (failed) {
			w->exclusive = false;
			pthread_cond_broadcast(&w->changed);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return failed;
}

void zf_exclusive_leave(struct zf_array *a)
{
	struct zf_writes *w = a->writes;

	pthread_mutex_lock(&w->lock);
	w->exclusive = false;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* ---- room ---- */

/* The oldest value that is nobody's; one that has memory and can be stored, if there is such a one (*spool).
 * With a reference. */
static struct zf_dirty *choose(struct zf_array *a, bool *spool)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty *v = w->oldest;

	while (v && (v->busy || v->failed || !__atomic_load_n(&v->bytes, __ATOMIC_RELAXED)))
		v = v->newer;
	*spool = v != NULL;
	for (v = v ? v : w->oldest; v && v->busy;)
		v = v->newer;
	if (!v)
		return NULL;
	v->refs++;
	if (*spool) {
		v->busy = true;
		w->storing++;
		zf_dirty_listed(a, v);
	}
	return v;
}

static int spool(struct zf_array *a, struct zf_dirty *v)
{
	struct zf_writes *w = a->writes;
	int ret = zf_spool_value(a, v);

	pthread_mutex_lock(&w->lock);
	v->busy = false;
	w->storing--;
	zf_dirty_listed(a, v);
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return ret;
}

/* Has a value go to the spool, or else to the store. 1: done, or to be tried again; 0: there is none. */
static int relieve(struct zf_array *a, struct zf_op *op)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty *v = NULL;
	bool to_spool = false, later;
	int ret = 1;

	pthread_mutex_lock(&w->lock);
	later = w->exclusive;
	if (!later)
		v = choose(a, &to_spool);
	pthread_mutex_unlock(&w->lock);
	if (!v)
		return later;
	if (!to_spool || spool(a, v))
		ret = zf_store_wait(a, op, v) < 0 ? -1 : 1;
	pthread_mutex_lock(&w->lock);
	zf_dirty_put(a, v);
	pthread_mutex_unlock(&w->lock);
	return ret;
}

/* How much may be dirty. A row that fits cache_max is to fit the budget, as it is for readers: all its values
 * become complete at about the same time, and until then would have to go to the spool. */
static uint64_t most_now(struct zf_array *a, uint64_t len)
{
	struct zf_cache *cache = a->ctx->cache;
	uint64_t budget = zf_cache_budget(cache), row = a->writes->row + 2 * len;

	if (!a->writes->row || row <= most_dirty(a, budget) ||
		zf_cache_taken(cache) + len <= most_dirty(a, budget))
		return most_dirty(a, budget);
	budget = zf_cache_grow(cache, row);
	return row < budget ? row : budget;
}

/* What a range takes while memory is given by the segment: all of those that begin in it. */
static uint64_t segments(const struct zf_array *a, uint64_t offset, uint64_t len)
{
	uint64_t segment = a->writes->segment, sum = 0;
	struct zf_walk walk;
	struct zf_piece piece;

	if (segment > a->grid.chunk_bytes)
		segment = a->grid.chunk_bytes;
	zf_walk_init(&walk, &a->grid, offset, len);
	while (zf_walk_next(&walk, &piece)) {
		uint64_t begin = zf_div_up(piece.rank, segment),
			 end = zf_div_up(piece.rank + piece.size, segment);

		sum += begin < end ? (end - begin) * segment : piece.size;
	}
	return sum;
}

/* While values are being stored, waits for the memory that they have, so that a writer in C order goes on
 * with that of the row before. */
static int wait_for_segments(struct zf_array *a, struct zf_op *op, uint64_t offset, uint64_t len)
{
	struct zf_writes *w = a->writes;
	uint64_t most = most_now(a, len), need = w->row ? segments(a, offset, len) : 0;
	bool any = true;
	int failed = 0;

	while (any && !failed && zf_cache_taken(a->ctx->cache) + need > most) {
		zf_store_complete(a, true);
		pthread_mutex_lock(&w->lock);
		any = w->storing > 0;
		if (any)
			failed = zf_writes_wait(w, op);
		pthread_mutex_unlock(&w->lock);
	}
	return failed;
}

int zf_write_room(struct zf_array *a, struct zf_op *op, uint64_t len)
{
	struct zf_writes *w = a->writes;
	uint64_t most = most_now(a, len);
	int ret = 1;

	while (ret > 0 && zf_cache_taken(a->ctx->cache) + len > most) {
		bool waited = false;

		if (zf_store_complete(a, true) && !zf_pool_threads(a->ctx->pool))
			continue;
		pthread_mutex_lock(&w->lock);
		if (w->storing || w->exclusive) {
			waited = true;
			ret = zf_writes_wait(w, op) < 0 ? -1 : 1;
		}
		pthread_mutex_unlock(&w->lock);
		if (!waited)
			ret = relieve(a, op);
		if (ret == 0 && zf_cache_relieve(a->ctx->cache, &w->taker)) {
			pthread_mutex_lock(&w->lock);
			ret = zf_writes_wait(w, op) < 0 ? -1 : 1;
			pthread_mutex_unlock(&w->lock);
		}
	}
	return ret < 0 ? -1 : 0;
}

/* ---- the size ---- */

static void raise(uint64_t *at, uint64_t to)
{
	uint64_t now = __atomic_load_n(at, __ATOMIC_ACQUIRE);

	while (now < to &&
		!__atomic_compare_exchange_n(at, &now, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

uint64_t zf_array_size(const struct zf_array *a)
{
	return __atomic_load_n(&a->writes->size, __ATOMIC_ACQUIRE);
}

uint64_t zf_array_length(const struct zf_array *a)
{
	if (!a->row_bytes || !a->grid.array_ndim)
		return a->grid.array_ndim ? a->shape[0] : 1;
	return zf_div_up(zf_array_size(a), a->row_bytes);
}

void zf_array_settle(struct zf_array *a)
{
	uint64_t size = zf_array_size(a);

	if (a->row_bytes && size % a->row_bytes) {
		__atomic_store_n(&a->writes->tail, size, __ATOMIC_RELEASE);
		size += a->row_bytes - size % a->row_bytes;
		raise(&a->writes->claimed, size);
		raise(&a->writes->size, size);
	}
}

uint64_t zf_array_end(const struct zf_array *a)
{
	uint64_t size = zf_array_size(a), tail = __atomic_load_n(&a->writes->tail, __ATOMIC_ACQUIRE);

	return tail && tail < size && size - tail < a->row_bytes ? tail : size;
}

void zf_array_end_row(struct zf_array *a)
{
	__atomic_store_n(&a->writes->tail, 0, __ATOMIC_RELEASE);
}

/* Bytes were written up to `end`; those that began at the tail move it on, others make an end of it. */
static void move_tail(struct zf_array *a, uint64_t offset, uint64_t end)
{
	uint64_t tail = __atomic_load_n(&a->writes->tail, __ATOMIC_ACQUIRE);

	if (tail && end > tail)
		__atomic_store_n(&a->writes->tail, offset == tail && end < zf_array_size(a) ? end : 0,
			__ATOMIC_RELEASE);
}

/* ---- bytes ---- */

/* A run of ranks. */
struct run {
	const struct zf_piece *piece;
	const uint8_t *from;
	uint64_t start, len;
};

static bool place_run(const void *arg, struct zf_array *a, struct zf_dirty_chunk *c, struct zf_layer *top)
{
	const struct run *r = arg;
	uint64_t done = 0, some = 0;

	for (; done < r->len; done += some) {
		struct zf_layer_of of = zf_dirty_of(a, c);
		uint8_t *to = zf_layer_place(top, &of, r->start + done, r->len - done, &some);

		if (!to)
			return false;
		if (r->from)
			zf_piece_gather(r->piece, r->piece->flat_step, r->from, done, some, to);
		else
			zf_fill_write(a, to, r->start + done, some);
	}
	return true;
}

/* With the value's lock. */
static bool place_in(struct zf_array *a, struct zf_dirty_chunk *c, zf_place_fn *place, const void *arg)
{
	struct zf_layer *top = zf_dirty_top(a, c);
	bool ok = top && place(arg, a, c, top);

	zf_dirty_check(c);
	return ok;
}

int zf_dirty_place(struct zf_array *a, struct zf_op *op, uint64_t index, zf_place_fn *place, const void *arg)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty_chunk *c;
	bool ok, many;

	pthread_mutex_lock(&w->lock);
	c = zf_dirty_chunk_get(a, index);
	if (c)
		c->value->refs++;
	pthread_mutex_unlock(&w->lock);
	if (!c)
		return zf_nomem(op, sizeof *c);
	pthread_mutex_lock(&c->value->lock);
	ok = place_in(a, c, place, arg);
	many = c->top && c->top->count > MANY;
	pthread_mutex_unlock(&c->value->lock);
	if (many)
		zf_store_start(a, c->value);
	pthread_mutex_lock(&w->lock);
	zf_dirty_listed(a, c->value);
	zf_dirty_put(a, c->value);
	pthread_mutex_unlock(&w->lock);
	return ok ? 0 : zf_nomem(op, sizeof *c);
}

int zf_dirty_write(struct zf_array *a, struct zf_op *op, const struct zf_piece *piece, const uint8_t *from,
	uint64_t index, uint64_t start, uint64_t len)
{
	const struct run run = { piece, from, start, len };

	return zf_dirty_place(a, op, index, place_run, &run);
}

/* ---- picks ---- */

struct pick_write {
	struct zf_array *array;
	struct zf_op *op;
	const uint8_t *buf;
	const struct zf_pick *pick;
};

/* Where runs of a pick go. */
struct pick_place {
	const struct pick_write *write;
	struct zf_dirty_chunk *chunk;
	struct zf_layer *top;
};

static bool place_pick_run(const struct pick_place *p, uint64_t rank, const uint8_t *from)
{
	uint64_t len = p->write->pick->run, done = 0, some = 0;

	for (; done < len; done += some) {
		struct zf_layer_of of = zf_dirty_of(p->write->array, p->chunk);
		uint8_t *to = zf_layer_place(p->top, &of, rank + done, len - done, &some);

		if (!to)
			return false;
		memcpy(to, from + done, some);
	}
	return true;
}

static bool place_runs(const struct pick_place *p, unsigned d, uint64_t rank, uint64_t out)
{
	const struct zf_pick_dim *dim = &p->write->pick->dim[d];

	if (d == p->write->pick->ndim)
		return place_pick_run(p, rank, p->write->buf + out);
	for (uint64_t i = 0; i < dim->n; i++)
		if (!place_runs(p, d + 1, rank + (dim->in_rank ? dim->in_rank[i] : i) * dim->rank_step,
			    out + (dim->in_out ? dim->in_out[i] : i) * dim->out_step))
			return false;
	return true;
}

static bool place_pick(const void *arg, struct zf_array *a, struct zf_dirty_chunk *c, struct zf_layer *top)
{
	const struct pick_write *w = arg;
	const struct pick_place place = { w, c, top };

	(void)a;
	return place_runs(&place, 0, w->pick->rank, w->pick->out);
}

static int write_pick(void *arg, const struct zf_pick *pick)
{
	struct pick_write *w = arg;

	w->pick = pick;
	return pick ? zf_dirty_place(w->array, w->op, pick->index, place_pick, w) : 0;
}

int zf_array_write_picks(
	struct zf_array *a, struct zf_op *op, const struct zf_picker *picker, const void *buf, size_t len)
{
	struct pick_write w = { a, op, buf, NULL };
	int ret;

	if (!__atomic_load_n(&a->writes->ready, __ATOMIC_ACQUIRE) && zf_array_writable(a, op, NULL) < 0)
		return -1;
	if (zf_write_room(a, op, len) < 0 || zf_writer_enter(a, op) < 0)
		return -1;
	ret = zf_array_walk_picks(a, op, picker, write_pick, &w);
	zf_writer_leave(a);
	zf_store_complete(a, false);
	return ret < 0 ? zf_where(op, "%s", a->label) : 0;
}

static int write_pieces(struct zf_array *a, struct zf_op *op, const uint8_t *buf, size_t len, uint64_t offset)
{
	struct zf_walk walk;
	struct zf_piece piece;

	zf_walk_init(&walk, &a->grid, offset, len);
	while (zf_walk_next(&walk, &piece))
		if (zf_dirty_write(a, op, &piece, buf + (piece.flat - offset), piece.index, piece.rank,
			    piece.size) < 0)
			return zf_where(op, "%s", a->label);
	return 0;
}

/* Enters, when what is stored is believed as far as the array will reach. */
static int enter_to(struct zf_array *a, struct zf_op *op, uint64_t end)
{
	for (;;) {
		if (zf_writer_enter(a, op) < 0)
			return -1;
		if (end <= zf_array_size(a) || zf_array_believed(a, end))
			return 0;
		zf_writer_leave(a);
		if (zf_array_believe(a, op) < 0)
			return -1;
	}
}

int zf_array_pwrite(struct zf_array *a, struct zf_op *op, const void *buf, size_t len, uint64_t offset)
{
	struct zf_writes *w = a->writes;
	uint64_t end;
	int ret;

	if (!len)
		return 0;
	if (!__atomic_load_n(&w->ready, __ATOMIC_ACQUIRE) && zf_array_writable(a, op, NULL) < 0)
		return -1;
	if (!zf_add(offset, len, &end) || end > a->grid.nbytes)
		return zf_fail(op, EFBIG, "%s: %zu bytes at %llu end beyond the largest size, %llu", a->label,
			len, (unsigned long long)offset, (unsigned long long)a->grid.nbytes);
	if (wait_for_segments(a, op, offset, len) < 0 || zf_write_room(a, op, len) < 0 ||
		enter_to(a, op, end) < 0)
		return -1;
	raise(&w->claimed, end);
	ret = write_pieces(a, op, buf, len, offset);
	if (ret == 0) {
		raise(&w->size, end);
		move_tail(a, offset, end);
	}
	zf_writer_leave(a);
	zf_store_complete(a, false);
	return ret;
}
