/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keeper.
 *
 * Signals that end are blocked in all threads, and taken here with sigtimedwait(2). libfuse's loop looks at
 * its flag only when its main thread is disturbed: SIGUSR1, whose handler does nothing, does that, again and
 * again until the loop has ended, because it may come a moment too early.
 */
#include "keeper.h"

#include "daemon.h"
#include "notify.h"
#include "open_file.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_BEFORE_MOUNT = 1 };
#define TICK_NS 50000000
#define SYNC_NS 8000000000      /* for pages of maps */
#define SYNC_EACH_NS 3000000000 /* for requests meanwhile */
#define FINISH_NS 1000000000    /* for requests under way afterwards */

enum phase { STARTING, SERVING, SYNCING, ENDING, FINISHING };

struct keeper {
	struct daemon *daemon;
	pthread_t thread, main_thread;
	pthread_mutex_t lock; /* the rest */
	enum phase phase;
	bool stop;
	int64_t since;      /* when the phase began */
	struct zf_op *last; /* what a signal cancels at the end */
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void ignore(int number)
{
	(void)number;
}

/* ---- what a signal does: with the lock held ---------------------------------------------------------- */

static void enter(struct keeper *keeper, enum phase phase)
{
	keeper->phase = phase;
	keeper->since = now_ns();
}

static void on_signal(struct keeper *keeper, int number)
{
	struct daemon *daemon = keeper->daemon;

	switch (keeper->phase) {
	case STARTING:
		fprintf(stderr, "zarrfs: ended by signal %d before the mount was ready\n", number);
		_exit(EXIT_BEFORE_MOUNT);
	case SERVING:
		enter(keeper, SYNCING);
		file_sync_maps(daemon);
		break;
	case SYNCING:
	case ENDING:
		break;
	case FINISHING:
		if (keeper->last)
			zf_op_cancel(keeper->last);
		break;
	}
}

/* What has to be done now; whether it has to be looked at again soon. The session goes on until nothing is
 * left that the kernel was told to forget, because that may wait for requests. */
static bool advance(struct keeper *keeper)
{
	struct daemon *daemon = keeper->daemon;

	if (keeper->phase == SYNCING) {
		if (notifier_retire(daemon->notifier) || now_ns() - keeper->since > SYNC_NS) {
			enter(keeper, ENDING);
			fuse_session_exit(daemon->session);
		} else {
			request_cancel_older(daemon, SYNC_EACH_NS);
		}
	}
	if (keeper->phase == ENDING) {
		request_cancel_older(daemon, FINISH_NS);
		pthread_kill(keeper->main_thread, SIGUSR1);
	}
	return keeper->phase == SYNCING || keeper->phase == ENDING;
}

/* ---- the thread -------------------------------------------------------------------------------------- */

static void signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
}

static int wait_for_signal(const sigset_t *set, bool soon)
{
	struct timespec tick = { .tv_nsec = TICK_NS };

	return soon ? sigtimedwait(set, NULL, &tick) : sigwaitinfo(set, NULL);
}

static void *keep(void *arg)
{
	struct keeper *keeper = arg;
	bool soon = false, stop = false;
	sigset_t set;
	int number;

	signals(&set);
	while (!stop) {
		number = wait_for_signal(&set, soon);
		pthread_mutex_lock(&keeper->lock);
		if (number > 0 && number != SIGUSR1)
			on_signal(keeper, number);
		soon = advance(keeper);
		stop = keeper->stop;
		pthread_mutex_unlock(&keeper->lock);
		soon |= request_cancel_late(keeper->daemon);
	}
	return NULL;
}

/* ---- its users --------------------------------------------------------------------------------------- */

struct keeper *keeper_new(struct daemon *daemon)
{
	struct keeper *keeper = calloc(1, sizeof *keeper);
	struct sigaction disturb = { .sa_handler = ignore }, none = { .sa_handler = SIG_IGN };
	sigset_t set;

	if (!keeper)
		return NULL;
	keeper->daemon = daemon;
	keeper->main_thread = pthread_self();
	pthread_mutex_init(&keeper->lock, NULL);
	signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGUSR1, &disturb, NULL);
	sigaction(SIGPIPE, &none, NULL);
	if (pthread_create(&keeper->thread, NULL, keep, keeper) == 0)
		return keeper;
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
	return NULL;
}

void keeper_free(struct keeper *keeper)
{
	if (!keeper)
		return;
	pthread_mutex_lock(&keeper->lock);
	keeper->stop = true;
	pthread_mutex_unlock(&keeper->lock);
	keeper_wake(keeper);
	pthread_join(keeper->thread, NULL);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
}

void keeper_serve(struct keeper *keeper)
{
	pthread_mutex_lock(&keeper->lock);
	enter(keeper, SERVING);
	pthread_mutex_unlock(&keeper->lock);
}

/* The main thread may be disturbed from here on until keeper_finish(). */
void keeper_finish(struct keeper *keeper, struct zf_op *op)
{
	pthread_mutex_lock(&keeper->lock);
	enter(keeper, FINISHING);
	keeper->last = op;
	pthread_mutex_unlock(&keeper->lock);
}

void keeper_wake(struct keeper *keeper)
{
	pthread_kill(keeper->thread, SIGUSR1);
}
