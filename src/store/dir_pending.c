/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values that do not have their names yet: the queue, and its thread.
 */
#include "store/dir_pending.h"

#include "base/limits.h"
#include "store/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MOST = 128,         /* values pending: each holds a descriptor */
	SOME = 32,          /* are worth settling */
	HELPERS = 7,        /* threads that help to sync, */
	ENOUGH_TO_HELP = 4, /* one for each of so many values */
	STEP_MS = 50        /* how often somebody who waits looks whether to go on */
};
#define MOST_BYTES ((uint64_t)128 << 20)
#define SOME_BYTES ((uint64_t)16 << 20)
#define IDLE_MS 1000                     /* nothing waits for longer, if nobody calls */
#define LARGE_LEDGER ((uint64_t)4 << 20) /* is begun anew */

/* ---- counting ----------------------------------------------------------------------------------------- */

/* The last one removes the temporary, if it is one still. */
void zf_pending_drop(struct zf_dir *dir, struct zf_pending *p)
{
	if (!p || __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (p->tmp.name[0] && p->tmp.parent < 0)
		p->tmp.parent = zf_dir_open_existing_parent(dir, p->key);
	zf_tmp_drop(dir, &p->tmp);
	free(p);
}

static bool is_full(const struct zf_queue *q)
{
	return q->count >= MOST || q->bytes >= MOST_BYTES;
}

/* Waits for a change. Needs the lock. */
static void wait_ms(struct zf_queue *q, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&q->changed, &q->lock, &until);
}

/* ---- settling ----------------------------------------------------------------------------------------- */

/* Copies a value whose file failed. */
static int copy_value(struct zf_op *op, int from, struct zf_tmp *to, uint64_t size)
{
	enum { BUFFER = 1 << 20 };
	uint8_t *buffer = malloc(BUFFER);
	uint64_t done = 0;
	int result = buffer ? 0 : zf_nomem(op, BUFFER);

	while (result == 0 && done < size) {
		ssize_t n = pread(from, buffer, BUFFER, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			result = zf_fail(op, n ? errno : EIO, "cannot read it to write it again: %m");
		else
			result = zf_tmp_write(op, to, buffer, (size_t)n);
		done += n > 0 ? (uint64_t)n : 0;
	}
	free(buffer);
	return result;
}

/* A new temporary for a value that failed. Readers have the old descriptor: the new one takes its number. */
static int renew(struct zf_dir *dir, struct zf_op *op, struct zf_pending *p)
{
	struct zf_tmp tmp = ZF_TMP_NONE, old;
	int result = -1;

	if (zf_dir_open_parent(dir, op, p->key, &tmp.parent) < 0)
		return -1;
	if (zf_tmp_make(dir, op, p->key, &tmp) == 0 && copy_value(op, p->tmp.fd, &tmp, p->size) == 0)
		result = 0;
	if (result == 0 && dup3(tmp.fd, p->tmp.fd, O_CLOEXEC) < 0)
		result = zf_fail(op, errno, "%m");
	if (result < 0) {
		zf_tmp_drop(dir, &tmp);
		return -1;
	}
	/* the name of the old one goes now; its descriptor is gone, the lock with it */
	old = p->tmp;
	old.fd = tmp.fd;
	old.parent = zf_dir_open_existing_parent(dir, p->key);
	p->tmp.parent = tmp.parent;
	memcpy(p->tmp.name, tmp.name, sizeof p->tmp.name);
	zf_tmp_drop(dir, &old);
	return 0;
}

static int sync_value(struct zf_dir *dir, struct zf_op *op, struct zf_pending *p)
{
	if (p->retry && renew(dir, op, p) < 0)
		return -1;
	if (fdatasync(p->tmp.fd) < 0)
		return zf_fail(op, errno, "cannot write: %m");
	return 0;
}

static int name_value(struct zf_dir *dir, struct zf_op *op, struct zf_pending *p)
{
	size_t n = zf_dir_parent_len(p->key);
	const char *name = p->key + (n ? n + 1 : 0);

	if (p->tmp.parent < 0)
		p->tmp.parent = zf_dir_open_existing_parent(dir, p->key);
	if (p->tmp.parent < 0)
		return zf_fail(op, errno, "cannot replace: %m");
	if (renameat(p->tmp.parent, p->tmp.name, p->tmp.parent, name) < 0)
		return zf_fail(op, errno, "cannot replace: %m");
	p->tmp.name[0] = '\0';
	zf_dir_mark_dirty(dir, p->key, n);
	return 0;
}

/* A value is done with: it has its name, or went with the old root. One that failed is kept for
 * another attempt, unless a later one takes its place. True: kept. */
static bool finish(struct zf_dir *dir, struct zf_pending *p)
{
	struct zf_queue *q = &dir->queue;
	bool newest;

	if (p->tmp.parent >= 0)
		close(p->tmp.parent);
	p->tmp.parent = -1;
	pthread_mutex_lock(&q->lock);
	newest = zf_keymap_find(&q->newest, p->key) == p;
	p->retry = p->failed && newest;
	if (!p->retry) {
		if (newest)
			zf_keymap_take(&q->newest, p->key);
		q->count--;
		q->bytes -= p->size;
	}
	pthread_mutex_unlock(&q->lock);
	if (p->retry)
		return true;
	zf_pending_drop(dir, p);
	return false;
}

/* A list being settled. */
struct settling {
	struct zf_dir *dir;
	pthread_mutex_t lock;    /* the rest */
	struct zf_pending *next; /* to be synced */
	struct zf_op *op;
};

/* Runs one step of settling a value. */
static void step(struct settling *s, struct zf_pending *p,
	int (*run)(struct zf_dir *, struct zf_op *, struct zf_pending *))
{
	struct zf_op own;

	if (p->lost || p->failed)
		return;
	if (p->root != zf_dir_root_changes(s->dir)) {
		p->lost = true;
		zf_dir_note_loss(s->dir);
		return;
	}
	zf_op_init(&own);
	if (run(s->dir, &own, p) == 0)
		return;
	p->failed = true;
	zf_where(&own, "key '%s'", p->key);
	pthread_mutex_lock(&s->lock);
	zf_op_adopt(s->op, &own);
	pthread_mutex_unlock(&s->lock);
}

static void *sync_values(void *arg)
{
	struct settling *s = arg;
	struct zf_pending *p;

	do {
		pthread_mutex_lock(&s->lock);
		p = s->next;
		s->next = p ? p->next : NULL;
		pthread_mutex_unlock(&s->lock);
		if (p)
			step(s, p, sync_value);
	} while (p);
	return NULL;
}

/* Syncs a list. A disk that is told to write its cache by several at once does it once for all of them. */
static void sync_list(struct settling *s, size_t count)
{
	size_t helpers = s->dir->store.ctx->config.serial ? 0 : count / ENOUGH_TO_HELP, started = 0;
	pthread_t thread[HELPERS];
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < helpers && started < HELPERS &&
		pthread_create(&thread[started], NULL, sync_values, s) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sync_values(s);
	while (started > 0)
		pthread_join(thread[--started], NULL);
}

/* Settles a list; what failed is put to *kept. */
static int settle_list(
	struct zf_dir *dir, struct zf_op *op, struct zf_pending *list, struct zf_pending **kept)
{
	struct settling s = { .dir = dir, .next = list, .op = op };
	struct zf_pending *next;
	size_t count = 0;

	for (struct zf_pending *p = list; p; p = p->next, count++)
		p->failed = false;
	pthread_mutex_init(&s.lock, NULL);
	sync_list(&s, count);
	for (struct zf_pending *p = list; p; p = next) {
		next = p->next;
		step(&s, p, name_value);
		p->next = NULL;
		if (!finish(dir, p))
			continue;
		*kept = p;
		kept = &p->next;
	}
	pthread_mutex_destroy(&s.lock);
	return op->err ? -1 : 0;
}

/* Settles what is in the list. Needs the lock, which is free meanwhile. */
static int settle_once(struct zf_dir *dir, struct zf_op *op)
{
	struct zf_queue *q = &dir->queue;
	struct zf_pending *list = q->first, *kept = NULL, **end = &kept;
	int result;

	q->first = NULL;
	q->last = &q->first;
	q->settling = true;
	pthread_mutex_unlock(&q->lock);
	result = settle_list(dir, op, list, &kept);
	pthread_mutex_lock(&q->lock);
	if (kept) {
		while (*end)
			end = &(*end)->next;
		*end = q->first;
		if (!q->first)
			q->last = end;
		q->first = kept;
	}
	q->settling = false;
	pthread_cond_broadcast(&q->changed);
	return result;
}

/* Waits until nobody is settling. Needs the lock. */
static int wait_for_others(struct zf_queue *q, struct zf_op *op)
{
	while (q->settling) {
		if (zf_op_check(op) < 0)
			return -1;
		wait_ms(q, STEP_MS);
	}
	return 0;
}

int zf_pending_settle(struct zf_dir *dir, struct zf_op *op)
{
	struct zf_queue *q = &dir->queue;
	int result;

	pthread_mutex_lock(&q->lock);
	result = wait_for_others(q, op);
	if (result == 0 && q->first)
		result = settle_once(dir, op);
	pthread_mutex_unlock(&q->lock);
	return result;
}

int zf_pending_room(struct zf_dir *dir, struct zf_op *op)
{
	struct zf_queue *q = &dir->queue;
	struct zf_op own;
	int result = 0;

	zf_op_init(&own);
	pthread_mutex_lock(&q->lock);
	while (result == 0 && (is_full(q) || (q->first && zf_ledger_size(&dir->ledger) > LARGE_LEDGER))) {
		if (q->settling)
			result = wait_for_others(q, op);
		else if (settle_once(dir, &own) < 0)
			break;
	}
	if (own.err && is_full(q))
		result = zf_op_adopt(op, &own);
	pthread_mutex_unlock(&q->lock);
	return result;
}

/* ---- the thread --------------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What failed is left to a caller, who can be told. */
static bool has_new(const struct zf_queue *q)
{
	for (const struct zf_pending *p = q->first; p; p = p->next)
		if (!p->retry)
			return true;
	return false;
}

static void *settle_always(void *arg)
{
	struct zf_dir *dir = arg;
	struct zf_queue *q = &dir->queue;
	struct zf_op op;

	pthread_mutex_lock(&q->lock);
	while (!q->stop) {
		int64_t left = q->since + IDLE_MS - now_ms();

		if (q->settling || !has_new(q)) {
			pthread_cond_wait(&q->changed, &q->lock);
		} else if (left > 0 && q->count < SOME && q->bytes < SOME_BYTES) {
			wait_ms(q, (unsigned)left);
		} else {
			zf_op_init(&op);
			settle_once(dir, &op);
		}
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* Without a thread, callers do all the work. Signals are the program's business. */
static void start_thread(struct zf_dir *dir)
{
	struct zf_queue *q = &dir->queue;
	sigset_t all, before;

	if (q->has_thread || dir->store.ctx->config.serial)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	q->has_thread = pthread_create(&q->thread, NULL, settle_always, dir) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- the queue ---------------------------------------------------------------------------------------- */

void zf_pending_init(struct zf_dir *dir)
{
	struct zf_queue *q = &dir->queue;
	pthread_condattr_t attr;

	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &attr);
	pthread_condattr_destroy(&attr);
	q->last = &q->first;
}

/* Takes those of a key out of the list. Needs the lock. */
static struct zf_pending *take_out(struct zf_queue *q, const char *key)
{
	struct zf_pending *out = NULL, **link = &q->first;

	while (*link) {
		struct zf_pending *p = *link;

		if (strcmp(p->key, key) != 0) {
			link = &p->next;
			continue;
		}
		*link = p->next;
		p->next = out;
		out = p;
		q->count--;
		q->bytes -= p->size;
	}
	q->last = link;
	return out;
}

static void drop_all(struct zf_dir *dir, struct zf_pending *list)
{
	for (struct zf_pending *p = list, *next; p; p = next) {
		next = p->next;
		zf_pending_drop(dir, p);
	}
}

void zf_pending_destroy(struct zf_dir *dir)
{
	struct zf_queue *q = &dir->queue;
	struct zf_op op;

	pthread_mutex_lock(&q->lock);
	q->stop = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
	if (q->has_thread)
		pthread_join(q->thread, NULL);
	zf_op_init(&op);
	if (zf_pending_settle(dir, &op) < 0)
		zf_log(dir->store.ctx, ZF_LOG_ERROR, "%s: %zu values are lost: %s", dir->store.name, q->count,
			op.text);
	drop_all(dir, q->first);
	zf_keymap_free(&q->newest, NULL);
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->lock);
}

struct zf_pending *zf_pending_find(struct zf_dir *dir, const char *key)
{
	struct zf_queue *q = &dir->queue;
	struct zf_pending *p;

	pthread_mutex_lock(&q->lock);
	p = zf_keymap_find(&q->newest, key);
	if (p)
		__atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&q->lock);
	return p;
}

int zf_pending_delete(struct zf_dir *dir, struct zf_op *op, const char *key)
{
	struct zf_queue *q = &dir->queue;
	struct zf_pending *list = NULL;
	int result = ZF_MISSING;

	pthread_mutex_lock(&q->lock);
	/* one that is being renamed can be deleted when it has its name */
	if (zf_keymap_find(&q->newest, key) && wait_for_others(q, op) < 0) {
		result = -1;
	} else if (zf_keymap_take(&q->newest, key)) {
		list = take_out(q, key);
		result = ZF_FOUND;
	}
	pthread_mutex_unlock(&q->lock);
	drop_all(dir, list);
	return result;
}

static bool is_in_the_way(struct zf_queue *q, const char *key)
{
	char prefix[ZF_MAX_KEY + 1];
	bool found = false;

	pthread_mutex_lock(&q->lock);
	for (const char *end = strchr(key, '/'); end && q->newest.count; end = strchr(end + 1, '/')) {
		memcpy(prefix, key, (size_t)(end - key));
		prefix[end - key] = '\0';
		found |= zf_keymap_find(&q->newest, prefix) != NULL;
	}
	pthread_mutex_unlock(&q->lock);
	return found;
}

int zf_pending_make_way(struct zf_dir *dir, struct zf_op *op, const char *key)
{
	struct zf_op own;

	zf_op_init(&own);
	if (!is_in_the_way(&dir->queue, key) || zf_pending_settle(dir, &own) == 0 ||
		!is_in_the_way(&dir->queue, key))
		return 0;
	return zf_op_adopt(op, &own);
}

void zf_pending_forget(struct zf_dir *dir)
{
	struct zf_queue *q = &dir->queue;

	pthread_mutex_lock(&q->lock);
	zf_keymap_free(&q->newest, NULL);
	q->newest = (struct zf_keymap){ 0 };
	pthread_mutex_unlock(&q->lock);
}

void zf_pending_list(struct zf_dir *dir, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct zf_queue *q = &dir->queue;

	pthread_mutex_lock(&q->lock);
	if (q->newest.count)
		zf_keymap_list(&q->newest, prefix, fn, arg);
	pthread_mutex_unlock(&q->lock);
}

static struct zf_pending *make(struct zf_dir *dir, const char *key, struct zf_tmp *tmp, size_t len)
{
	size_t n = strlen(key) + 1;
	struct zf_pending *p = calloc(1, sizeof *p + n);

	if (!p)
		return NULL;
	p->keyed.key = memcpy(p->key, key, n);
	p->refs = 1;
	p->root = zf_dir_root_changes(dir);
	p->size = len;
	close(tmp->parent);
	tmp->parent = -1;
	p->tmp = *tmp;
	return p;
}

/* Tells the thread when the first and when enough have come. */
static void append(struct zf_queue *q, struct zf_pending *p)
{
	bool first = !q->first;

	*q->last = p;
	q->last = &p->next;
	q->count++;
	q->bytes += p->size;
	if (first)
		q->since = now_ms();
	if (!q->settling && (first || q->count >= SOME || q->bytes >= SOME_BYTES))
		pthread_cond_broadcast(&q->changed);
}

int zf_pending_add(struct zf_dir *dir, struct zf_op *op, const char *key, struct zf_tmp *tmp, size_t len)
{
	struct zf_queue *q = &dir->queue;
	struct zf_keyed *old;
	struct zf_pending *p;
	int result;

	/* the disk has something to do until somebody waits for it */
	sync_file_range(tmp->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	p = make(dir, key, tmp, len);
	if (!p) {
		zf_tmp_drop(dir, tmp);
		return zf_nomem(op, sizeof(struct zf_pending) + strlen(key) + 1);
	}
	pthread_mutex_lock(&q->lock);
	result = zf_keymap_put(&q->newest, op, &p->keyed, &old);
	if (result == 0) {
		append(q, p);
		start_thread(dir);
	}
	pthread_mutex_unlock(&q->lock);
	if (result < 0)
		zf_pending_drop(dir, p);
	return result;
}
