/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread pool. One lock guards everything; jobs are coarse (a part of a chunk), so it is not contended.
 */
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct lane {
	struct zf_job *first, **last; /* last points to the link that the next job goes into */
	unsigned waiting;
};

struct zf_pool {
	pthread_mutex_t lock;
	pthread_cond_t work; /* a job came, or stopping was set */
	struct lane lanes[ZF_LANES];
	bool stopping;
	unsigned count;
	pthread_t threads[];
};

static struct zf_job *take(struct zf_pool *pool)
{
	for (int i = 0; i < ZF_LANES; i++) {
		struct lane *lane = &pool->lanes[i];
		struct zf_job *job = lane->first;

		if (!job)
			continue;
		lane->first = job->next;
		if (!lane->first)
			lane->last = &lane->first;
		lane->waiting--;
		return job;
	}
	return NULL;
}

static void *worker(void *arg)
{
	struct zf_pool *pool = arg;
	struct zf_job *job;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		job = take(pool);
		if (job) {
			pthread_mutex_unlock(&pool->lock);
			job->run(job);
			pthread_mutex_lock(&pool->lock);
		} else if (pool->stopping) {
			break;
		} else {
			pthread_cond_wait(&pool->work, &pool->lock);
		}
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Signals are the program's business: none may end up in a thread of ours. */
static int start_threads(struct zf_pool *pool, unsigned threads)
{
	sigset_t all, before;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (pool->count < threads && !err) {
		err = pthread_create(&pool->threads[pool->count], NULL, worker, pool);
		if (!err)
			pool->count++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

int zf_pool_new(struct zf_op *op, unsigned threads, struct zf_pool **out)
{
	size_t size = sizeof(struct zf_pool) + threads * sizeof(pthread_t);
	struct zf_pool *pool = calloc(1, size);
	int err;

	if (!pool)
		return zf_nomem(op, size);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	for (int i = 0; i < ZF_LANES; i++)
		pool->lanes[i].last = &pool->lanes[i].first;
	err = start_threads(pool, threads);
	if (err) {
		zf_pool_free(pool);
		return zf_fail(op, err, "cannot start %u threads: %s", threads, strerror(err));
	}
	*out = pool;
	return 0;
}

void zf_pool_submit(struct zf_pool *pool, enum zf_lane lane, struct zf_job *job)
{
	struct lane *to = &pool->lanes[lane];

	if (!pool->count) {
		job->run(job);
		return;
	}
	job->next = NULL;
	pthread_mutex_lock(&pool->lock);
	*to->last = job;
	to->last = &job->next;
	to->waiting++;
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
}

unsigned zf_pool_waiting(struct zf_pool *pool, enum zf_lane lane)
{
	unsigned n;

	pthread_mutex_lock(&pool->lock);
	n = pool->lanes[lane].waiting;
	pthread_mutex_unlock(&pool->lock);
	return n;
}

unsigned zf_pool_threads(const struct zf_pool *pool)
{
	return pool->count;
}

void zf_pool_free(struct zf_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->count; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}
