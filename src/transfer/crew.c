/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A crew: each worker is one job of the pool, which takes tasks until there are no more.
 */
#include "transfer/crew.h"
#include "base/pool.h"

#include <stdlib.h>
#include <time.h>

enum { WORKERS_MOST = 64, STEP_NS = 50 * 1000 * 1000 };

struct tasks;

struct worker {
	struct zf_job job; /* first */
	struct tasks *tasks;
	struct zf_op op;
};

struct tasks {
	const struct zf_crew *crew;
	zf_crew_fn *fn;
	void *arg;
	uint64_t count, next; /* next: atomic */
	bool stop;            /* atomic */
	pthread_mutex_t lock;
	pthread_cond_t done;
	unsigned running;
};

static void work(struct tasks *tasks, struct worker *worker)
{
	struct zf_loader *loader = zf_loader_take(tasks->crew->ctx);
	int result = loader ? 0 : zf_nomem(&worker->op, sizeof *loader);

	while (result == 0 && !__atomic_load_n(&tasks->stop, __ATOMIC_RELAXED)) {
		uint64_t index = __atomic_fetch_add(&tasks->next, 1, __ATOMIC_RELAXED);

		if (index >= tasks->count)
			break;
		result = tasks->fn(tasks->arg, &worker->op, loader, index);
	}
	if (result < 0)
		__atomic_store_n(&tasks->stop, true, __ATOMIC_RELAXED);
	if (loader)
		zf_loader_return(tasks->crew->ctx, loader);
}

static void run(struct zf_job *job)
{
	struct worker *worker = (struct worker *)job;
	struct tasks *tasks = worker->tasks;

	work(tasks, worker);
	pthread_mutex_lock(&tasks->lock);
	if (--tasks->running == 0)
		pthread_cond_signal(&tasks->done);
	pthread_mutex_unlock(&tasks->lock);
}

/* Waits for all of them; who is cancelled meanwhile cancels them. */
static void wait_for(struct tasks *tasks, struct zf_op *op, struct worker *workers, unsigned n)
{
	pthread_mutex_lock(&tasks->lock);
	while (tasks->running > 0) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += STEP_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&tasks->done, &tasks->lock, &until);
		if (tasks->crew->tick)
			tasks->crew->tick(tasks->crew->tick_arg);
		if (!__atomic_load_n(&op->cancelled, __ATOMIC_RELAXED))
			continue;
		__atomic_store_n(&tasks->stop, true, __ATOMIC_RELAXED);
		for (unsigned i = 0; i < n; i++)
			zf_op_cancel(&workers[i].op);
	}
	pthread_mutex_unlock(&tasks->lock);
}

int zf_crew_run(const struct zf_crew *crew, struct zf_op *op, uint64_t count, zf_crew_fn *fn, void *arg)
{
	struct tasks tasks = { .crew = crew, .fn = fn, .arg = arg, .count = count };
	unsigned n = crew->workers < WORKERS_MOST ? crew->workers : WORKERS_MOST;
	struct worker *all;
	int result;

	if (n > count)
		n = (unsigned)count;
	if (n == 0)
		return zf_op_check(op);
	all = calloc(n, sizeof *all);
	if (!all)
		return zf_nomem(op, n * sizeof *all);
	pthread_mutex_init(&tasks.lock, NULL);
	pthread_cond_init(&tasks.done, NULL);
	tasks.running = n;
	for (unsigned i = 0; i < n; i++) {
		all[i].job.run = run;
		all[i].tasks = &tasks;
		zf_op_init(&all[i].op);
	}
	for (unsigned i = 0; i < n; i++)
		zf_pool_submit(crew->ctx->pool, ZF_LANE_DEMAND, &all[i].job);
	wait_for(&tasks, op, all, n);
	result = zf_op_check(op);
	for (unsigned i = 0; i < n && result == 0; i++)
		result = zf_op_adopt(op, &all[i].op);
	pthread_cond_destroy(&tasks.done);
	pthread_mutex_destroy(&tasks.lock);
	free(all);
	return result;
}
