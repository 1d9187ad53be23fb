/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store that goes wrong as told.
 */
#include "store/fault.h"

#include "store/backend.h"
#include "store/fault_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct fault {
	struct zf_store store;
	struct zf_store *below; /* owned */
	pthread_mutex_t lock;   /* what follows; held across nothing */
	struct zf_fault_rules rules;
	unsigned changes; /* of the rules so far */
	unsigned hanging, hits;
	char *plan, *log; /* files; owned; NULL: none */
	struct timespec plan_time;
	uint64_t plan_file; /* its inode */
};

static void set_rules(struct fault *fault, const struct zf_fault_rules *rules)
{
	pthread_mutex_lock(&fault->lock);
	fault->rules = *rules;
	fault->changes++;
	pthread_mutex_unlock(&fault->lock);
}

/* ---- the plan ---------------------------------------------------------------------------------------- */

/* Whether the plan is another one than before; a plan that is gone says nothing new. */
static bool plan_changed(struct fault *fault)
{
	struct stat st;
	bool changed;

	if (!fault->plan || stat(fault->plan, &st) < 0)
		return false;
	pthread_mutex_lock(&fault->lock);
	changed = fault->plan_file != st.st_ino || fault->plan_time.tv_sec != st.st_mtim.tv_sec ||
		  fault->plan_time.tv_nsec != st.st_mtim.tv_nsec;
	fault->plan_file = st.st_ino;
	fault->plan_time = st.st_mtim;
	pthread_mutex_unlock(&fault->lock);
	return changed;
}

/* Rules that make no sense are logged, and there are none then. */
static void read_plan(struct fault *fault)
{
	struct zf_fault_rules rules = { 0 };
	struct zf_op op;
	char text[4096];
	ssize_t n;
	int fd;

	if (!plan_changed(fault))
		return;
	fd = open(fault->plan, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	zf_op_init(&op);
	if (zf_fault_parse(&op, text, &rules) < 0) {
		zf_log(fault->store.ctx, ZF_LOG_ERROR, "%s: %s", fault->plan, op.text);
		rules.count = 0;
	}
	set_rules(fault, &rules);
}

static void write_log(const struct fault *fault, enum zf_fault_call call, const char *key, bool hit)
{
	char *line;
	int fd, n;

	fd = fault->log ? open(fault->log, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	n = asprintf(&line, "%s %s%s\n", zf_fault_call_name(call), *key ? key : "/", hit ? " !" : "");
	if (n >= 0) {
		(void)!write(fd, line, (size_t)n);
		free(line);
	}
	close(fd);
}

/* ---- what goes wrong --------------------------------------------------------------------------------- */

/* What is to go wrong with this call. */
static struct zf_fault_action choose(struct fault *fault, enum zf_fault_call call, const char *key)
{
	struct zf_fault_action action = { ZF_FAULT_NOTHING, 0 };

	read_plan(fault);
	pthread_mutex_lock(&fault->lock);
	for (size_t i = 0; i < fault->rules.count; i++) {
		struct zf_fault_rule *rule = &fault->rules.rule[i];

		if (!(rule->calls & call) || !strstr(key, rule->text))
			continue;
		rule->seen++;
		if (action.what == ZF_FAULT_NOTHING && rule->seen >= rule->first && rule->seen <= rule->last)
			action = rule->action;
	}
	fault->hits += action.what != ZF_FAULT_NOTHING;
	pthread_mutex_unlock(&fault->lock);
	write_log(fault, call, key, action.what != ZF_FAULT_NOTHING);
	if (action.what == ZF_FAULT_KILL)
		raise(SIGKILL);
	return action;
}

/* The result of a call, if the process is to live to see it. */
static int after(const struct zf_fault_action *action, int result)
{
	if (action->what == ZF_FAULT_DIE)
		raise(SIGKILL);
	return result;
}

static unsigned changes(struct fault *fault)
{
	unsigned n;

	read_plan(fault);
	pthread_mutex_lock(&fault->lock);
	n = fault->changes;
	pthread_mutex_unlock(&fault->lock);
	return n;
}

/* Waits until the operation is cancelled (-1) or there are other rules (0). */
static int hang(struct fault *fault, struct zf_op *op)
{
	static const struct timespec step = { .tv_nsec = 1000000 };
	unsigned before = changes(fault);

	__atomic_add_fetch(&fault->hanging, 1, __ATOMIC_RELAXED);
	while (zf_op_check(op) == 0 && changes(fault) == before)
		nanosleep(&step, NULL);
	__atomic_sub_fetch(&fault->hanging, 1, __ATOMIC_RELAXED);
	return op->err ? -1 : 0;
}

/* Does what has to be done instead of the call: false if the call is to be made. */
static bool instead(struct fault *fault, struct zf_op *op, const struct zf_fault_action *action, int *result)
{
	if (action->what == ZF_FAULT_ERROR) {
		errno = (int)action->n;
		*result = zf_fail(op, (int)action->n, "injected: %m");
	} else if (action->what == ZF_FAULT_HANG) {
		*result = hang(fault, op);
		return *result < 0;
	} else if (action->what == ZF_FAULT_MISSING) {
		*result = ZF_MISSING;
	} else {
		return false;
	}
	return true;
}

/* ---- the calls --------------------------------------------------------------------------------------- */

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void bend_size(const struct zf_fault_action *action, struct zf_value *value)
{
	if (action->what == ZF_FAULT_SHORT)
		value->size = less(value->size, action->n);
	else if (action->what == ZF_FAULT_LIE)
		value->size += action->n;
}

static void flip_bit(uint8_t *data, size_t len, uint64_t bit)
{
	if (len > 0)
		data[bit / 8 % len] ^= (uint8_t)(1u << bit % 8);
}

/* The part of the range that a value without its last n bytes has. */
static int get_short(struct fault *fault, struct zf_op *op, const char *key, const struct zf_range *range,
	uint64_t n, struct zf_out *out, struct zf_value *value)
{
	struct zf_range part = { 0 };
	int result = zf_next_stat(fault->below, op, key, value);

	if (result != ZF_FOUND)
		return result;
	zf_range_clip(range, less(value->size, n), &part.offset, &part.len);
	return zf_next_get(fault->below, op, key, &part, out, value);
}

static int fault_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_GET, key);
	size_t before = out->len;
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	if (action.what == ZF_FAULT_SHORT)
		result = get_short(fault, op, key, range, action.n, out, value);
	else
		result = zf_next_get(fault->below, op, key, range, out, value);
	if (result != ZF_FOUND)
		return result;
	bend_size(&action, value);
	if (action.what == ZF_FAULT_FLIP)
		flip_bit(out->data + before, out->len - before, action.n);
	return result;
}

static int fault_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_STAT, key);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	result = zf_next_stat(fault->below, op, key, value);
	if (result == ZF_FOUND)
		bend_size(&action, value);
	return result;
}

static int fault_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_LIST, prefix);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return zf_next_list(fault->below, op, prefix, fn, arg);
}

static int put_flipped(struct fault *fault, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag, uint64_t bit)
{
	uint8_t *copy = malloc(len ? len : 1);
	int result;

	if (!copy)
		return zf_nomem(op, len);
	if (len > 0)
		memcpy(copy, data, len);
	flip_bit(copy, len, bit);
	result = zf_next_put(fault->below, op, key, copy, len, cond, tag);
	free(copy);
	return result;
}

static int fault_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_PUT, key);
	int result;

	/* "any@...=missing" has no meaning for a put */
	if (action.what != ZF_FAULT_MISSING && instead(fault, op, &action, &result))
		return result;
	if (action.what == ZF_FAULT_FLIP)
		return put_flipped(fault, op, key, data, len, cond, tag, action.n);
	if (action.what == ZF_FAULT_SHORT)
		len = (size_t)less(len, action.n);
	return after(&action, zf_next_put(fault->below, op, key, data, len, cond, tag));
}

static int fault_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_DEL, key);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return after(&action, zf_next_del(fault->below, op, key));
}

static int fault_flush(struct zf_store *store, struct zf_op *op)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_FLUSH, "");
	int result;

	if (action.what != ZF_FAULT_MISSING && instead(fault, op, &action, &result))
		return result;
	return after(&action, zf_next_flush(fault->below, op));
}

static int fault_settle(struct zf_store *store, struct zf_op *op)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_SETTLE, "");
	int result;

	if (action.what != ZF_FAULT_MISSING && instead(fault, op, &action, &result))
		return result;
	return after(&action, zf_next_settle(fault->below, op));
}

static int fault_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_RENAME, from);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return after(&action, zf_next_rename(fault->below, op, from, to));
}

static int fault_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_action action = choose(fault, ZF_FAULT_PRUNE, prefix);
	int result;

	if (action.what != ZF_FAULT_MISSING && instead(fault, op, &action, &result))
		return result;
	return zf_next_prune(fault->below, op, prefix);
}

static int fault_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(((struct fault *)store)->below, op, out);
}

static void fault_close(struct zf_store *store)
{
	struct fault *fault = (struct fault *)store;

	zf_store_close(fault->below);
	pthread_mutex_destroy(&fault->lock);
	free(fault->plan);
	free(fault->log);
	zf_store_fini(store);
	free(fault);
}

static const struct zf_store_ops fault_ops = {
	.kind = "fault",
	.get = fault_get,
	.stat = fault_stat,
	.list = fault_list,
	.put = fault_put,
	.del = fault_del,
	.settle = fault_settle,
	.flush = fault_flush,
	.rename = fault_rename,
	.prune = fault_prune,
	.space = fault_space,
	.close = fault_close,
};

/* ---- the outside ------------------------------------------------------------------------------------- */

int zf_fault_open(struct zf_op *op, struct zf_store *below, const char *rules, struct zf_store **out)
{
	struct fault *fault = calloc(1, sizeof *fault);
	unsigned caps = below->caps | ZF_STORE_ANY_THREAD;

	if (!fault) {
		zf_nomem(op, sizeof *fault);
		goto fail;
	}
	if (zf_fault_parse(op, rules, &fault->rules) < 0 ||
		zf_store_init(&fault->store, op, &fault_ops, below->ctx, caps, below->name) < 0)
		goto fail;
	fault->below = below;
	pthread_mutex_init(&fault->lock, NULL);
	*out = &fault->store;
	return 0;
fail:
	free(fault);
	zf_store_close(below);
	return -1;
}

int zf_fault_follow(struct zf_store *store, struct zf_op *op, const char *plan)
{
	struct fault *fault = (struct fault *)store;

	/* the daemon changes its working directory */
	fault->plan = realpath(plan, NULL);
	if (!fault->plan)
		return zf_fail(op, errno, "plan of faults '%s': %m", plan);
	if (asprintf(&fault->log, "%s.log", fault->plan) < 0) {
		fault->log = NULL;
		return zf_nomem(op, strlen(fault->plan));
	}
	return 0;
}

int zf_fault_set(struct zf_store *store, struct zf_op *op, const char *rules)
{
	struct fault *fault = (struct fault *)store;
	struct zf_fault_rules parsed;

	if (zf_fault_parse(op, rules, &parsed) < 0)
		return -1;
	set_rules(fault, &parsed);
	return 0;
}

unsigned zf_fault_hanging(const struct zf_store *store)
{
	return __atomic_load_n(&((const struct fault *)store)->hanging, __ATOMIC_RELAXED);
}

unsigned zf_fault_hits(const struct zf_store *store)
{
	struct fault *fault = (struct fault *)store;
	unsigned hits;

	pthread_mutex_lock(&fault->lock);
	hits = fault->hits;
	pthread_mutex_unlock(&fault->lock);
	return hits;
}
