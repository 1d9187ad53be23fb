/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading: from a stored value to parts in the cache.
 *
 * A part that is a whole chunk is one get and one decode. A smaller one is read through a struct zf_reader,
 * which fetches only what the codec asks for; the tags of the gets tell whether the value was replaced
 * between them, and then the part is loaded again.
 */
#include "array/internal.h"

#include "base/checked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEAD = 1024,          /* bytes fetched first: enough for the headers of most frames */
	TRIES = 3,            /* for values that are replaced while they are read */
	JOB_BYTES = 1 << 20,  /* a job is about this much */
	BLOCK_MOST = 1 << 30, /* blosc blocks beyond this are not believed */
};

/* ---- reading a value piece by piece ---- */

struct value_reader {
	struct zf_reader reader; /* first */
	struct zf_store *store;
	const char *key;
	struct zf_value value;
	bool changed; /* the value was replaced */
	size_t head_len;
	unsigned char head[HEAD];
};

static int read_value(struct zf_reader *reader, struct zf_op *op, void *dst, size_t len, uint64_t offset)
{
	struct value_reader *r = (struct value_reader *)reader;
	struct zf_range range = { offset, len, false };
	struct zf_out out = ZF_OUT_FIXED(dst, len);
	struct zf_value value;
	int found;

	if (offset + len <= r->head_len) {
		memcpy(dst, r->head + offset, len);
		return 0;
	}
	found = zf_value_get(r->store, op, r->key, &range, &out, &value);
	if (found < 0)
		return -1;
	if (found == ZF_MISSING || !zf_tag_equal(&value.tag, &r->value.tag) || out.len != len) {
		r->changed = true;
		return zf_fail(op, EIO, "the value changed while it was read");
	}
	return 0;
}

/* ZF_FOUND, ZF_MISSING or -1. */
static int open_value(struct value_reader *r, struct zf_op *op, struct zf_store *store, const char *key)
{
	struct zf_range range = { 0, HEAD, false };
	struct zf_out out = ZF_OUT_FIXED(r->head, HEAD);
	int found;

	r->reader.read = read_value;
	r->store = store;
	r->key = key;
	r->changed = false;
	found = zf_value_get(store, op, key, &range, &out, &r->value);
	r->head_len = out.len;
	r->reader.size = r->value.size;
	return found;
}

/* ---- one chunk being loaded ---- */

struct load {
	struct zf_array *array;
	struct zf_loader *loader;
	uint64_t index; /* of the chunk; UINT64_MAX: none yet */
	char key[ZF_MAX_KEY + 1];
	bool opened; /* value is of this chunk */
	struct value_reader value;
};

static int set_chunk(struct load *l, struct zf_op *op, uint64_t index)
{
	if (l->index == index)
		return 0;
	l->opened = false;
	l->index = index;
	return zf_array_key(l->array, op, index, l->key, sizeof l->key);
}

static int where_key(const struct load *l, struct zf_op *op)
{
	return zf_array_where_key(l->array, op, l->key);
}

/* What was seen belongs to the stored value: a shard, where there are shards, which may be there without the
 * chunk. */
static int note_missing(struct load *l, const struct zf_value *value)
{
	struct zf_array *a = l->array;
	bool there = a->depth && value->size != ZF_NO_VALUE;

	ZF_COUNT(a->ctx, absent, 1);
	zf_seen_note(a->seen, zf_array_base_index(a, l->index), there ? &value->tag : NULL);
	return ZF_MISSING;
}

static void note_found(struct load *l, const struct zf_value *value)
{
	zf_seen_note(l->array->seen, zf_array_base_index(l->array, l->index), &value->tag);
}

static int wrong_size(const struct load *l, struct zf_op *op, uint64_t size)
{
	zf_fail(op, EIO, "codec 'bytes' (1 of 1): value has %llu bytes, chunk has %llu",
		(unsigned long long)size, (unsigned long long)l->array->grid.chunk_bytes);
	return where_key(l, op);
}

/* Bytes [from, from + part->size) of a chunk that is stored as it is: straight into their place. */
static int load_plain(struct load *l, struct zf_op *op, struct zf_part *part, uint64_t from, uint64_t len)
{
	struct zf_range range = { from, len, false };
	struct zf_out out = ZF_OUT_FIXED(part->data, part->size);
	struct zf_value value;
	int found = zf_value_get(l->array->store, op, l->key, &range, &out, &value);

	if (found < 0)
		return -1;
	if (found == ZF_MISSING)
		return note_missing(l, &value);
	note_found(l, &value);
	if (value.size != l->array->grid.chunk_bytes || out.len != len)
		return wrong_size(l, op, value.size);
	return ZF_FOUND;
}

static int load_whole(struct load *l, struct zf_op *op, struct zf_part *part)
{
	struct zf_array *a = l->array;
	struct zf_out *encoded = &l->loader->encoded;
	struct zf_value value;
	int found;

	encoded->len = 0;
	encoded->limit = zf_pipeline_limit(a->decode);
	found = zf_value_get(a->store, op, l->key, NULL, encoded, &value);
	if (found < 0) {
		if (op->err == EFBIG)
			op->err = EIO; /* a value that no chunk can have is damage */
		return -1;
	}
	if (found == ZF_MISSING)
		return note_missing(l, &value);
	note_found(l, &value);
	if (zf_chunk_decode(a, op, l->loader, l->index, encoded->data, encoded->len, part->data) < 0)
		return where_key(l, op);
	return ZF_FOUND;
}

static int load_range(struct load *l, struct zf_op *op, struct zf_part *part, uint64_t from, uint64_t len)
{
	struct zf_array *a = l->array;
	int found;

	if (!l->opened) {
		found = open_value(&l->value, op, a->store, l->key);
		if (found < 0)
			return -1;
		if (found == ZF_MISSING)
			return note_missing(l, &l->value.value);
		note_found(l, &l->value.value);
		l->opened = true;
	}
	if (zf_pipeline_decode_range(
		    a->decode, op, l->loader->scratch, &l->value.reader, part->data, len, from) == 0)
		return ZF_FOUND;
	l->opened = false;
	return where_key(l, op);
}

/* A closing array wants no loads: also not those that begin just then. */
static void begin(struct zf_array *a, struct zf_op *op)
{
	zf_op_init(op);
	if (__atomic_load_n(&a->closing, __ATOMIC_SEQ_CST))
		zf_op_cancel(op);
}

static int load_part(struct load *l, struct zf_op *op, struct zf_part *part)
{
	struct zf_array *a = l->array;
	uint64_t from = part->id.part * part->size, len = part->size;
	int found = -1;

	if (from + len > a->grid.chunk_bytes)
		len = a->grid.chunk_bytes - from;
	if (part->size > a->ctx->config.cache_max)
		return zf_fail(op, ENOMEM, "a chunk has %llu bytes, more than cache_max, %llu",
			(unsigned long long)part->size, (unsigned long long)a->ctx->config.cache_max);
	if (set_chunk(l, op, part->id.chunk) < 0 || zf_cache_provide(a->ctx->cache, op, part) < 0)
		return -1;
	if (zf_array_plain(a))
		return load_plain(l, op, part, from, len);
	if (part->size == a->grid.chunk_bytes)
		return load_whole(l, op, part);
	for (int i = 0; i < TRIES; i++) {
		op->err = 0; /* of the try before; but a cancel that came meanwhile counts */
		op->text[0] = '\0';
		l->value.changed = false;
		found = load_range(l, op, part, from, len);
		if (found >= 0 || !l->value.changed)
			break;
	}
	return found;
}

/* ---- jobs ---- */

struct zf_load_job {
	struct zf_job job;                /* first */
	struct zf_load_job *next, **link; /* in array->running */
	struct zf_array *array;
	struct zf_op op; /* of the part that is being loaded */
	bool ahead;
	unsigned n;
	union {
		struct zf_part *part; /* pinned */
		struct zf_part_id id; /* of an ahead job: its parts are anybody's until it runs */
	} of[];
};

static void load_one(struct load *l, struct zf_op *op, struct zf_part *part)
{
	int found = -1;

	if (zf_op_check(op) == 0)
		found = load_part(l, op, part);
	if (found < 0)
		zf_array_where(l->array, op, part->id.chunk);
	zf_cache_finish(l->array->ctx->cache, part,
		found < 0             ? ZF_PART_FAILED
		: found == ZF_MISSING ? ZF_PART_FILL
				      : ZF_PART_READY,
		op);
}

static void job_started(struct zf_load_job *job)
{
	struct zf_array *a = job->array;

	pthread_mutex_lock(&a->lock);
	job->next = a->running;
	job->link = &a->running;
	if (job->next)
		job->next->link = &job->next;
	a->running = job;
	pthread_mutex_unlock(&a->lock);
}

static void job_done(struct zf_load_job *job)
{
	struct zf_array *a = job->array;

	pthread_mutex_lock(&a->lock);
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	if (!--a->jobs)
		pthread_cond_broadcast(&a->idle);
	pthread_mutex_unlock(&a->lock);
	free(job);
}

/* Part number i, if it is ours to load; of an ahead job, pinned then. */
static struct zf_part *claim(struct zf_load_job *job, unsigned i)
{
	struct zf_cache *cache = job->array->ctx->cache;

	begin(job->array, &job->op);
	if (job->ahead)
		return zf_cache_claim_ahead(cache, job->array, &job->of[i].id, &job->op);
	return zf_cache_claim(cache, job->of[i].part, &job->op) ? job->of[i].part : NULL;
}

static void load_parts(struct zf_load_job *job, struct load *l)
{
	for (unsigned i = 0; i < job->n; i++) {
		struct zf_part *part = claim(job, i);

		if (part)
			load_one(l, &job->op, part);
		if (part && job->ahead)
			zf_cache_unpin(job->array->ctx->cache, &part, 1, NULL);
	}
}

/* Without memory. What was to be loaded ahead stays queued: who needs it has it loaded. */
static void fail_parts(struct zf_load_job *job)
{
	zf_op_init(&job->op);
	zf_nomem(&job->op, sizeof(struct load));
	for (unsigned i = 0; i < job->n && !job->ahead; i++)
		zf_cache_fail(job->array->ctx->cache, &job->of[i].part, 1, &job->op);
}

static void run_job(struct zf_job *arg)
{
	struct zf_load_job *job = (struct zf_load_job *)arg;
	struct zf_array *a = job->array;
	struct load *l = malloc(sizeof *l);

	job_started(job);
	if (l) {
		l->array = a;
		l->index = UINT64_MAX;
		l->opened = false;
		l->loader = zf_loader_take(a->ctx);
	}
	if (l && l->loader) {
		load_parts(job, l);
		zf_loader_return(a->ctx, l->loader);
	} else {
		fail_parts(job);
	}
	free(l);
	for (unsigned i = 0; i < job->n && !job->ahead; i++)
		zf_cache_unpin(a->ctx->cache, &job->of[i].part, 1, NULL);
	job_done(job);
}

void zf_array_cancel_loads(struct zf_array *a)
{
	__atomic_store_n(&a->closing, true, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&a->lock);
	for (struct zf_load_job *job = a->running; job; job = job->next)
		zf_op_cancel(&job->op);
	pthread_mutex_unlock(&a->lock);
}

static struct zf_load_job *job_new(struct zf_array *a, unsigned n, bool ahead)
{
	struct zf_load_job *job = malloc(sizeof *job + n * sizeof job->of[0]);

	if (!job)
		return NULL;
	job->job.run = run_job;
	job->array = a;
	job->n = n;
	job->ahead = ahead;
	return job;
}

static void start_job(struct zf_load_job *job)
{
	struct zf_array *a = job->array;

	pthread_mutex_lock(&a->lock);
	a->jobs++;
	pthread_mutex_unlock(&a->lock);
	zf_pool_submit(a->ctx->pool, job->ahead ? ZF_LANE_AHEAD : ZF_LANE_DEMAND, &job->job);
}

/* Small parts share a job, so that queueing costs little; but not so many that a thread would stand idle. */
static unsigned parts_a_job(const struct zf_array *a, unsigned n, uint64_t size)
{
	unsigned threads = zf_pool_threads(a->ctx->pool), each = threads ? n / (2 * threads) : n;
	unsigned most = (unsigned)(JOB_BYTES / (size + 1));

	if (each > most)
		each = most;
	return each ? each : 1;
}

void zf_array_load(struct zf_array *a, struct zf_part *const *parts, unsigned n)
{
	unsigned each = n ? parts_a_job(a, n, parts[0]->size) : 1;
	struct zf_op op;

	for (unsigned i = 0, some; i < n; i += some) {
		struct zf_load_job *job;

		some = n - i < each ? n - i : each;
		job = job_new(a, some, false);
		if (!job) {
			zf_op_init(&op);
			zf_nomem(&op, sizeof *job);
			zf_cache_fail(a->ctx->cache, parts + i, some, &op);
			continue;
		}
		for (unsigned k = 0; k < some; k++)
			job->of[k].part = parts[i + k];
		zf_cache_repin(a->ctx->cache, parts + i, some);
		start_job(job);
	}
}

void zf_array_load_ahead(struct zf_array *a, const struct zf_part_id *ids, unsigned n, uint64_t size)
{
	unsigned each = parts_a_job(a, n, size);

	for (unsigned i = 0, some; i < n; i += some) {
		struct zf_load_job *job;

		some = n - i < each ? n - i : each;
		job = job_new(a, some, true);
		if (!job)
			return; /* they stay queued: who needs one has it loaded */
		for (unsigned k = 0; k < some; k++)
			job->of[k].id = ids[i + k];
		start_job(job);
	}
}

/* ---- the size of parts ---- */

/* Whole codec blocks, up to about ZF_PART_WANTED; a chunk that would be cut in fewer than two is not cut. */
static uint64_t part_of(uint64_t grain, uint64_t chunk)
{
	uint64_t size = grain;

	if (!grain || grain > BLOCK_MOST)
		return chunk;
	if (grain < ZF_PART_WANTED)
		size = grain * (ZF_PART_WANTED / grain);
	return size >= chunk ? chunk : size;
}

uint64_t zf_array_row(const struct zf_array *a, uint64_t part_size)
{
	uint64_t parts = 2 * zf_pool_threads(a->ctx->pool) + 2, row;

	if (!zf_add(parts, a->grid.row_chunks, &parts) || !zf_mul(zf_cache_cost(part_size), parts, &row))
		return UINT64_MAX;
	return row;
}

void zf_array_reserve(struct zf_array *a, uint64_t part_size)
{
	uint64_t row = zf_array_row(a, part_size);

	if (part_size && row < UINT64_MAX)
		zf_cache_grow(a->ctx->cache, row);
}

/* ZF_FOUND, ZF_MISSING or -1. */
static int look_at(struct zf_array *a, struct zf_op *op, const char *key, uint64_t *size)
{
	struct value_reader r;
	size_t grain;
	int found = open_value(&r, op, a->store, key);

	if (found != ZF_FOUND)
		return found;
	if (zf_pipeline_grain(a->decode, op, &r.reader, &grain) < 0) {
		/* damaged: loading it will say so; another chunk may tell more later */
		zf_op_init(op);
		grain = 0;
	}
	*size = part_of(grain, a->grid.chunk_bytes);
	return ZF_FOUND;
}

static int take_first(void *arg, uint64_t base_index)
{
	*(uint64_t *)arg = base_index;
	return 1;
}

int zf_array_part_size(struct zf_array *a, struct zf_op *op, uint64_t index, uint64_t *size)
{
	uint64_t known = __atomic_load_n(&a->part_size, __ATOMIC_ACQUIRE), none = 0, any = UINT64_MAX;
	char key[ZF_MAX_KEY + 1];
	int found;

	if (known) {
		*size = known;
		return 0;
	}
	if (zf_array_key(a, op, index, key, sizeof key) < 0)
		return -1;
	found = look_at(a, op, key, &known);
	if (found == ZF_MISSING && !a->depth && zf_array_stored(a, op, take_first, &any) == 0 &&
		any != UINT64_MAX && zf_array_base_key(a, op, any, key, sizeof key) == 0)
		found = look_at(a, op, key, &known);
	if (found < 0 || op->err)
		return zf_array_where(a, op, index);
	if (found == ZF_MISSING)
		known = a->grid.chunk_bytes;
	if (!__atomic_compare_exchange_n(
		    &a->part_size, &none, known, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		known = none; /* somebody else was faster, and may have seen other blocks */
	zf_array_reserve(a, known);
	*size = known;
	return 0;
}
