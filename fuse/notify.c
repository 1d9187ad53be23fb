/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling the kernel what to forget.
 */
#include "notify.h"

#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000 };

struct job {
	struct job *next;
	uint64_t ticket;
	uint64_t ino; /* 0: synchronise the mount */
	uint64_t offset, len;
};

struct notifier {
	struct daemon *daemon;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct job *first, **last;
	uint64_t given, finished; /* tickets */
	bool stop, retired;
};

static struct timespec deadline(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= SECOND_NS) {
		t.tv_nsec -= SECOND_NS;
		t.tv_sec++;
	}
	return t;
}

/* ---- the thread -------------------------------------------------------------------------------------- */

/* The other threads answer what this asks of our own mount. */
static void synchronise(const struct daemon *daemon)
{
	int fd = open(daemon->mountpoint, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (syncfs(fd) < 0)
		log_format(daemon->log, ZF_LOG_DEBUG, "%s: syncfs: error %d", daemon->mountpoint, errno);
	close(fd);
}

static void run(const struct daemon *daemon, const struct job *job)
{
	if (job->ino == 0)
		synchronise(daemon);
	else
		fuse_lowlevel_notify_inval_inode(
			daemon->session, job->ino, (off_t)job->offset, (off_t)job->len);
}

static struct job *take(struct notifier *notifier)
{
	struct job *job = notifier->first;

	if (job) {
		notifier->first = job->next;
		if (!notifier->first)
			notifier->last = &notifier->first;
	}
	return job;
}

static void *serve(void *arg)
{
	struct notifier *notifier = arg;
	struct job *job;

	pthread_mutex_lock(&notifier->lock);
	while (!notifier->stop) {
		job = take(notifier);
		if (!job) {
			pthread_cond_wait(&notifier->work, &notifier->lock);
			continue;
		}
		pthread_mutex_unlock(&notifier->lock);
		run(notifier->daemon, job);
		pthread_mutex_lock(&notifier->lock);
		notifier->finished = job->ticket;
		free(job);
		pthread_cond_broadcast(&notifier->done);
	}
	pthread_mutex_unlock(&notifier->lock);
	return NULL;
}

/* ---- its users --------------------------------------------------------------------------------------- */

struct notifier *notifier_new(struct daemon *daemon)
{
	struct notifier *notifier = calloc(1, sizeof *notifier);
	pthread_condattr_t attr;

	if (!notifier)
		return NULL;
	notifier->daemon = daemon;
	notifier->last = &notifier->first;
	pthread_mutex_init(&notifier->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&notifier->work, &attr);
	pthread_cond_init(&notifier->done, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&notifier->thread, NULL, serve, notifier) == 0)
		return notifier;
	pthread_cond_destroy(&notifier->work);
	pthread_cond_destroy(&notifier->done);
	pthread_mutex_destroy(&notifier->lock);
	free(notifier);
	return NULL;
}

bool notifier_free(struct notifier *notifier)
{
	struct timespec t;
	struct job *job;

	if (!notifier)
		return true;
	pthread_mutex_lock(&notifier->lock);
	notifier->stop = true;
	pthread_cond_broadcast(&notifier->work);
	pthread_mutex_unlock(&notifier->lock);
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 2;
	if (pthread_timedjoin_np(notifier->thread, NULL, &t) != 0)
		return false;
	while ((job = take(notifier)))
		free(job);
	pthread_cond_destroy(&notifier->work);
	pthread_cond_destroy(&notifier->done);
	pthread_mutex_destroy(&notifier->lock);
	free(notifier);
	return true;
}

bool notifier_retire(struct notifier *notifier)
{
	pthread_mutex_lock(&notifier->lock);
	notifier->retired |= notifier->finished == notifier->given;
	pthread_mutex_unlock(&notifier->lock);
	return notifier->retired;
}

void notify_attr(struct daemon *daemon, uint64_t ino)
{
	fuse_lowlevel_notify_inval_inode(daemon->session, ino, -1, 0);
}

/* Without memory nothing is dropped until the next opening. */
static uint64_t add(struct notifier *notifier, uint64_t ino, uint64_t offset, uint64_t len)
{
	struct job *job = malloc(sizeof *job);
	uint64_t ticket;

	if (!job)
		return 0;
	pthread_mutex_lock(&notifier->lock);
	if (notifier->retired) {
		pthread_mutex_unlock(&notifier->lock);
		free(job);
		return 0;
	}
	ticket = ++notifier->given;
	*job = (struct job){ .ticket = ticket, .ino = ino, .offset = offset, .len = len };
	*notifier->last = job;
	notifier->last = &job->next;
	pthread_cond_signal(&notifier->work);
	pthread_mutex_unlock(&notifier->lock);
	return ticket;
}

uint64_t notify_pages(struct notifier *notifier, uint64_t ino, uint64_t offset, uint64_t len)
{
	return add(notifier, ino, offset, len);
}

uint64_t notify_sync(struct notifier *notifier)
{
	return add(notifier, 0, 0, 0);
}

bool notify_wait(struct notifier *notifier, uint64_t ticket, unsigned ms)
{
	struct timespec until = deadline(ms);
	bool done;
	int err = 0;

	if (ticket == 0)
		return true;
	pthread_mutex_lock(&notifier->lock);
	while (notifier->finished < ticket && !notifier->stop && err == 0)
		err = pthread_cond_timedwait(&notifier->done, &notifier->lock, &until);
	done = notifier->finished >= ticket;
	pthread_mutex_unlock(&notifier->lock);
	return done;
}
