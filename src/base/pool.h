/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pool of threads with two lanes: what somebody waits for, and what is done ahead of time. A job of the
 * second lane starts only when the first is empty. Jobs of a lane start in the order they came.
 *
 * With no threads, submitting a job runs it there and then: the serial twin, for tests and for programs that
 * cannot have threads. So nobody may hold a lock while submitting that a job takes.
 */
#ifndef ZF_BASE_POOL_H
#define ZF_BASE_POOL_H

#include "base/op.h"

#include <stdbool.h>

enum zf_lane { ZF_LANE_DEMAND, ZF_LANE_AHEAD, ZF_LANES };

/* A job, embedded in the owner's struct; the owner keeps it alive until run() is called. */
struct zf_job {
	struct zf_job *next;
	void (*run)(struct zf_job *job); /* called once */
};

struct zf_pool;

/* Starts `threads` threads (0: none) with all signals blocked. New: zf_pool_free(). EAGAIN, ENOMEM. */
int zf_pool_new(struct zf_op *op, unsigned threads, struct zf_pool **out);

/* Queues a job; without threads, runs it. */
void zf_pool_submit(struct zf_pool *pool, enum zf_lane lane, struct zf_job *job);

/* Jobs waiting in a lane, a moment ago. */
unsigned zf_pool_waiting(struct zf_pool *pool, enum zf_lane lane);

unsigned zf_pool_threads(const struct zf_pool *pool);

/* Runs what is still queued, stops the threads and frees the pool. */
void zf_pool_free(struct zf_pool *pool);

#endif
