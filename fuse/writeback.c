/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing back, by the clock.
 */
#include "writeback.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { INTERVAL = 1, PATIENCE = 60 }; /* seconds */
#define AGE_NS 5000000000

struct writeback {
	struct zf_tree *tree;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stopped;
	bool stop;
};

static void *serve(void *arg)
{
	struct writeback *writeback = arg;
	struct timespec t;

	pthread_mutex_lock(&writeback->lock);
	while (!writeback->stop) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		t.tv_sec += INTERVAL;
		pthread_cond_timedwait(&writeback->stopped, &writeback->lock, &t);
		if (writeback->stop)
			break;
		pthread_mutex_unlock(&writeback->lock);
		zf_tree_write_back(writeback->tree, AGE_NS);
		pthread_mutex_lock(&writeback->lock);
	}
	pthread_mutex_unlock(&writeback->lock);
	return NULL;
}

struct writeback *writeback_new(struct zf_tree *tree)
{
	struct writeback *writeback = calloc(1, sizeof *writeback);
	pthread_condattr_t attr;

	if (!writeback)
		return NULL;
	writeback->tree = tree;
	pthread_mutex_init(&writeback->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&writeback->stopped, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&writeback->thread, NULL, serve, writeback) == 0)
		return writeback;
	pthread_cond_destroy(&writeback->stopped);
	pthread_mutex_destroy(&writeback->lock);
	free(writeback);
	return NULL;
}

bool writeback_free(struct writeback *writeback)
{
	struct timespec t;

	if (!writeback)
		return true;
	pthread_mutex_lock(&writeback->lock);
	writeback->stop = true;
	pthread_cond_signal(&writeback->stopped);
	pthread_mutex_unlock(&writeback->lock);
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += PATIENCE;
	if (pthread_timedjoin_np(writeback->thread, NULL, &t) != 0)
		return false;
	pthread_cond_destroy(&writeback->stopped);
	pthread_mutex_destroy(&writeback->lock);
	free(writeback);
	return true;
}
