/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Storing what is dirty: jobs of one value each, in the pool.
 */
#include "array/dirty.h"

#include <errno.h>
#include <stdlib.h>

/* Somebody who waits for jobs. Counted, since who waits may go before them. */
struct zf_store_waiter {
	unsigned refs; /* writes.lock */
	unsigned left; /* jobs not ended */
	struct zf_op op;
};

struct zf_store_job {
	struct zf_job job;                 /* first */
	struct zf_store_job *next, **link; /* in writes.jobs */
	struct zf_array *array;
	struct zf_dirty *value;
	struct zf_store_job *batch;     /* the next one to be submitted */
	struct zf_store_waiter *waiter; /* or NULL */
	struct zf_op op;
};

/* ---- errors ---- */

uint64_t zf_array_error_now(const struct zf_array *a)
{
	return __atomic_load_n(&a->writes->error_seq, __ATOMIC_ACQUIRE);
}

/* With writes.lock. */
static void record(struct zf_writes *w, const struct zf_op *op)
{
	zf_op_init(&w->error);
	zf_op_adopt(&w->error, op);
	__atomic_add_fetch(&w->error_seq, 1, __ATOMIC_RELEASE);
}

int zf_array_error_since(struct zf_array *a, struct zf_op *op, uint64_t *seen)
{
	struct zf_writes *w = a->writes;
	int ret = 0;

	if (zf_array_error_now(a) == *seen)
		return 0;
	pthread_mutex_lock(&w->lock);
	if (w->error_seq != *seen)
		ret = zf_op_adopt(op, &w->error);
	*seen = w->error_seq;
	pthread_mutex_unlock(&w->lock);
	return ret;
}

/* ---- jobs ---- */

static void waiter_put(struct zf_store_waiter *waiter)
{
	if (waiter && !--waiter->refs)
		free(waiter);
}

/* With writes.lock. New layers may go on top of those that could not be stored. */
static void thaw(struct zf_dirty *v)
{
	pthread_mutex_lock(&v->lock);
	for (struct zf_dirty_chunk *c = v->chunks; c; c = c->sibling)
		if (c->top && !c->top->spooled)
			c->top->frozen = false;
	pthread_mutex_unlock(&v->lock);
}

static void drop_frozen(struct zf_array *a, struct zf_dirty *v)
{
	pthread_mutex_lock(&v->lock);
	for (struct zf_dirty_chunk *c = v->chunks; c; c = c->sibling)
		zf_dirty_drop(a, c, false);
	v->turn++;
	pthread_mutex_unlock(&v->lock);
}

static void end_job(struct zf_store_job *job, bool ok)
{
	struct zf_array *a = job->array;
	struct zf_writes *w = a->writes;
	struct zf_dirty *v = job->value;

	pthread_mutex_lock(&w->lock);
	*job->link = job->next;
	if (job->next)
		job->next->link = job->link;
	v->busy = false;
	v->failed = !ok;
	if (ok) {
		drop_frozen(a, v);
		zf_dirty_anew(a, v);
	} else {
		thaw(v);
		record(w, &job->op);
		zf_dirty_listed(a, v);
	}
	if (job->waiter) {
		zf_op_adopt(&job->waiter->op, &job->op);
		job->waiter->left--;
		waiter_put(job->waiter);
	}
	zf_dirty_put(a, v);
	w->storing--;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	free(job);
}

static void freeze(struct zf_dirty *v)
{
	pthread_mutex_lock(&v->lock);
	for (struct zf_dirty_chunk *c = v->chunks; c; c = c->sibling)
		for (struct zf_layer *l = c->bottom; l; l = l->above)
			l->frozen = true;
	pthread_mutex_unlock(&v->lock);
}

static void run_job(struct zf_job *arg)
{
	struct zf_store_job *job = (struct zf_store_job *)arg;
	int ret;

	freeze(job->value);
	ret = zf_merge_value(job->array, &job->op, job->value->index, job->value, NULL);
	end_job(job, ret == 0);
}

static struct zf_store_job *begin(struct zf_array *a, struct zf_dirty *v, struct zf_store_waiter *waiter)
{
	struct zf_writes *w = a->writes;
	struct zf_store_job *job;

	if (v->busy || w->exclusive || w->abandoned || !v->since)
		return NULL;
	job = malloc(sizeof *job);
	if (!job)
		return NULL;
	job->job.run = run_job;
	job->array = a;
	job->value = v;
	job->waiter = waiter;
	zf_op_init(&job->op);
	job->next = w->jobs;
	job->link = &w->jobs;
	if (job->next)
		job->next->link = &job->next;
	w->jobs = job;
	if (waiter) {
		waiter->refs++;
		waiter->left++;
	}
	v->refs++;
	v->busy = true;
	zf_dirty_listed(a, v);
	w->storing++;
	return job;
}

static void submit(struct zf_store_job *job, enum zf_lane lane)
{
	zf_pool_submit(job->array->ctx->pool, lane, &job->job);
}

/* ---- write-back ---- */

/* A few complete values are kept, since who writes out of order may write to them again; but not much. */
static bool enough(const struct zf_array *a)
{
	const struct zf_writes *w = a->writes;
	uint64_t few = 2 * (uint64_t)zf_pool_threads(a->ctx->pool) + 2;

	return w->complete > few || w->complete * a->value_bytes > zf_cache_budget(a->ctx->cache) / 8;
}

bool zf_store_complete(struct zf_array *a, bool all)
{
	struct zf_writes *w = a->writes;
	struct zf_store_job *job;
	bool any = false;

	do {
		pthread_mutex_lock(&w->lock);
		job = w->first_complete && (all || enough(a)) ? begin(a, w->first_complete, NULL) : NULL;
		pthread_mutex_unlock(&w->lock);
		if (job) {
			submit(job, ZF_LANE_AHEAD);
			any = true;
		}
	} while (job);
	return any;
}

void zf_store_start(struct zf_array *a, struct zf_dirty *v)
{
	struct zf_store_job *job;

	pthread_mutex_lock(&a->writes->lock);
	zf_dirty_listed(a, v);
	job = begin(a, v, NULL);
	pthread_mutex_unlock(&a->writes->lock);
	if (job)
		submit(job, ZF_LANE_AHEAD);
}

/* Begins to store what has been dirty since before `before`. */
static void store_before(struct zf_array *a, int64_t before, bool failed_too)
{
	struct zf_writes *w = a->writes;
	struct zf_store_job *first = NULL, **last = &first, *next;

	pthread_mutex_lock(&w->lock);
	for (struct zf_dirty *v = w->oldest; v && v->since < before; v = v->newer) {
		*last = v->failed && !failed_too ? NULL : begin(a, v, NULL);
		if (*last)
			last = &(*last)->batch;
	}
	*last = NULL;
	pthread_mutex_unlock(&w->lock);
	for (struct zf_store_job *job = first; job; job = next) {
		next = job->batch;
		submit(job, ZF_LANE_AHEAD);
	}
}

void zf_array_write_back(struct zf_array *a, int64_t before)
{
	store_before(a, before, true);
}

bool zf_store_all(struct zf_taker *taker)
{
	struct zf_writes *w = (struct zf_writes *)taker;
	bool any;

	pthread_mutex_lock(&w->lock);
	any = w->oldest != NULL;
	pthread_mutex_unlock(&w->lock);
	if (!any)
		return false;
	store_before(w->array, INT64_MAX, false);
	pthread_mutex_lock(&w->lock);
	any = w->storing > 0;
	pthread_mutex_unlock(&w->lock);
	return any;
}

int64_t zf_array_dirty_since(const struct zf_array *a)
{
	struct zf_writes *w = a->writes;
	int64_t since;

	pthread_mutex_lock(&w->lock);
	since = w->oldest ? w->oldest->since : 0;
	pthread_mutex_unlock(&w->lock);
	return since;
}

void zf_store_cancel(struct zf_array *a)
{
	struct zf_writes *w = a->writes;

	pthread_mutex_lock(&w->lock);
	for (struct zf_store_job *job = w->jobs; job; job = job->next)
		zf_op_cancel(&job->op);
	pthread_mutex_unlock(&w->lock);
}

/* ---- flush ---- */

static struct zf_store_waiter *waiter_new(struct zf_op *op)
{
	struct zf_store_waiter *waiter = calloc(1, sizeof *waiter);

	if (!waiter) {
		zf_nomem(op, sizeof *waiter);
		return NULL;
	}
	waiter->refs = 1;
	zf_op_init(&waiter->op);
	return waiter;
}

/* Stores one value, waiting until `most` jobs at most are under way. A value that is being stored is waited
 * for: what was written since its layers were frozen has its turn then. */
static int store_one(struct zf_array *a, struct zf_op *op, struct zf_store_waiter *waiter, struct zf_dirty *v,
	unsigned most)
{
	struct zf_writes *w = a->writes;
	struct zf_store_job *job = NULL;
	int failed = 0;

	pthread_mutex_lock(&w->lock);
	while (!failed && !w->abandoned && v->since && (v->busy || w->exclusive || waiter->left >= most))
		failed = zf_writes_wait(w, op);
	if (!failed && v->since && !w->abandoned) {
		job = begin(a, v, waiter);
		if (!job)
			failed = zf_nomem(op, sizeof *job);
	}
	pthread_mutex_unlock(&w->lock);
	if (job)
		submit(job, ZF_LANE_DEMAND);
	return failed;
}

/* Waits for all jobs, and takes their error. Frees the waiter. */
static int wait_all(struct zf_array *a, struct zf_op *op, struct zf_store_waiter *waiter)
{
	struct zf_writes *w = a->writes;
	int failed = op->err ? -1 : 0;

	pthread_mutex_lock(&w->lock);
	while (waiter->left && !failed)
		failed = zf_writes_wait(w, op);
	if (!failed)
		failed = zf_op_adopt(op, &waiter->op);
	waiter_put(waiter);
	pthread_mutex_unlock(&w->lock);
	return failed;
}

int zf_store_wait(struct zf_array *a, struct zf_op *op, struct zf_dirty *v)
{
	struct zf_store_waiter *waiter = waiter_new(op);

	if (!waiter)
		return -1;
	store_one(a, op, waiter, v, 1);
	return wait_all(a, op, waiter);
}

static int ascending(const void *a, const void *b)
{
	const struct zf_dirty *x = *(struct zf_dirty *const *)a, *y = *(struct zf_dirty *const *)b;

	return (x->index > y->index) - (x->index < y->index);
}

/* All that is dirty, with references, by number. */
static int collect(struct zf_array *a, struct zf_op *op, struct zf_dirty ***out, size_t *count)
{
	struct zf_writes *w = a->writes;
	struct zf_dirty **all;
	size_t n = 0, room;

	pthread_mutex_lock(&w->lock);
	room = w->value_count;
	all = malloc((room ? room : 1) * sizeof(struct zf_dirty *));
	for (struct zf_dirty *v = w->oldest; all && v; v = v->newer) {
		v->refs++;
		all[n++] = v;
	}
	pthread_mutex_unlock(&w->lock);
	if (!all)
		return zf_nomem(op, room * sizeof *all);
	qsort(all, n, sizeof(struct zf_dirty *), ascending);
	*out = all;
	*count = n;
	return 0;
}

static void release(struct zf_array *a, struct zf_dirty **all, size_t count)
{
	pthread_mutex_lock(&a->writes->lock);
	for (size_t i = 0; i < count; i++)
		zf_dirty_put(a, all[i]);
	pthread_mutex_unlock(&a->writes->lock);
	free(all);
}

int zf_array_flush(struct zf_array *a, struct zf_op *op)
{
	unsigned most = 2 * zf_pool_threads(a->ctx->pool) + 2;
	struct zf_store_waiter *waiter;
	struct zf_dirty **all = NULL;
	size_t count = 0;
	int failed = 0;

	if (!zf_dirty_any(a))
		return 0;
	waiter = waiter_new(op);
	if (!waiter || collect(a, op, &all, &count) < 0) {
		free(waiter);
		return -1;
	}
	for (size_t i = 0; i < count && !failed; i++)
		failed = store_one(a, op, waiter, all[i], most);
	failed = wait_all(a, op, waiter);
	release(a, all, count);
	return failed;
}
