/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stored values, decoded by the threads of the pool: some of them make a job, and a few jobs for each thread
 * may wait.
 */
#include "upkeep/check.h"
#include "base/pool.h"
#include "view/separator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	VALUES_MOST = 64,    /* in a job, */
	JOB_BYTES = 4 << 20, /* which is about this much, decoded */
	JOBS_A_THREAD = 4
};

/* ---- arrays ---- */

int zf_checked_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_checked **out)
{
	struct zf_checked *c = calloc(1, sizeof *c);

	if (!c)
		return zf_nomem(op, sizeof *c);
	c->refs = 1;
	c->doc = zf_doc_ref(doc);
	c->meta = *doc->meta;
	c->below = *doc->path ? strlen(doc->path) + 1 : 0;
	if (zf_separator_find(tree, op, doc, &c->meta.array.separator) == 0 &&
		zf_array_open(tree->store, op, doc->path, &c->meta, &c->array) == 0) {
		*out = c;
		return 0;
	}
	zf_checked_put(c);
	return -1;
}

void zf_checked_put(struct zf_checked *c)
{
	if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	zf_array_close(c->array);
	zf_doc_put(c->doc);
	free(c);
}

/* ---- jobs ---- */

struct zf_values {
	struct zf_check *check;
	struct zf_check_sum *sum; /* counters: atomic */
	struct job *next;         /* being filled */
	pthread_mutex_t lock;     /* what follows */
	pthread_cond_t done;
	unsigned jobs;
	struct zf_op op; /* what failed in one */
};

struct job {
	struct zf_job job; /* first */
	struct zf_values *values;
	struct zf_checked *checked;
	unsigned count;
	struct zf_out keys; /* one after the other, each with its NUL */
};

/* A value being looked at. */
struct looking {
	struct zf_values *values;
	const struct zf_checked *checked;
	const char *key;
};

static int on_look(void *arg, const struct zf_look *look)
{
	const struct looking *l = arg;
	struct zf_check_sum *sum = l->values->sum;
	enum zf_flaw flaw = look->is_index ? ZF_FLAW_SHARD : ZF_FLAW_CHUNK;
	char key[ZF_PATH_SIZE + 128];

	__atomic_add_fetch(&sum->chunks, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&sum->bytes, look->size, __ATOMIC_RELAXED);
	if (!look->wrong)
		return 0;
	if (look->wrong->err == EOPNOTSUPP)
		flaw = ZF_FLAW_UNSUPPORTED;
	snprintf(key, sizeof key, "%s%s", l->key, look->inner);
	zf_find(l->values->check->findings, flaw, false, l->checked->doc->path, key, "%s", look->wrong->text);
	return 0;
}

/* One value. */
static int look_at(struct job *job, struct zf_op *op, const char *key)
{
	struct looking l = { job->values, job->checked, key };
	uint64_t coords[ZF_MAX_NDIM];

	if (__atomic_load_n(&job->values->check->op->cancelled, __ATOMIC_RELAXED))
		zf_op_cancel(op);
	if (zf_op_check(op) < 0)
		return -1;
	__atomic_add_fetch(&job->values->sum->values, 1, __ATOMIC_RELAXED);
	if (!zf_array_parse(job->checked->array, key + job->checked->below, coords))
		return 0;
	return zf_array_look(job->checked->array, op, key, coords, true, on_look, &l);
}

static void free_job(struct job *job)
{
	if (!job)
		return;
	zf_checked_put(job->checked);
	zf_out_free(&job->keys);
	free(job);
}

static void run(struct zf_job *arg)
{
	struct job *job = (struct job *)arg;
	struct zf_values *values = job->values;
	struct zf_op op;
	int result = 0;

	zf_op_init(&op);
	for (size_t at = 0; result == 0 && at < job->keys.len;) {
		const char *key = (const char *)job->keys.data + at;

		at += strlen(key) + 1;
		result = look_at(job, &op, key);
	}
	free_job(job);
	pthread_mutex_lock(&values->lock);
	zf_op_adopt(&values->op, &op);
	values->jobs--;
	pthread_cond_broadcast(&values->done);
	pthread_mutex_unlock(&values->lock);
}

int zf_values_new(struct zf_check *check, struct zf_check_sum *sum, struct zf_values **out)
{
	struct zf_values *values = calloc(1, sizeof *values);

	if (!values)
		return zf_nomem(check->op, sizeof *values);
	values->check = check;
	values->sum = sum;
	zf_op_init(&values->op);
	pthread_mutex_init(&values->lock, NULL);
	pthread_cond_init(&values->done, NULL);
	*out = values;
	return 0;
}

/* Waits until there are at most `most` jobs. */
static int wait_for(struct zf_values *values, unsigned most)
{
	int result;

	pthread_mutex_lock(&values->lock);
	while (values->jobs > most)
		pthread_cond_wait(&values->done, &values->lock);
	result = zf_op_adopt(values->check->op, &values->op);
	pthread_mutex_unlock(&values->lock);
	return result < 0 ? -1 : zf_op_check(values->check->op);
}

static int submit(struct zf_values *values)
{
	struct zf_pool *pool = values->check->tree->ctx->pool;
	struct job *job = values->next;

	if (!job)
		return 0;
	values->next = NULL;
	pthread_mutex_lock(&values->lock);
	values->jobs++;
	pthread_mutex_unlock(&values->lock);
	zf_pool_submit(pool, ZF_LANE_DEMAND, &job->job);
	return wait_for(values, JOBS_A_THREAD * zf_pool_threads(pool));
}

static struct job *new_job(struct zf_values *values, struct zf_checked *checked)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	__atomic_add_fetch(&checked->refs, 1, __ATOMIC_RELAXED);
	*job = (struct job){ { .run = run }, values, checked, 0, ZF_OUT_GROWING(SIZE_MAX / 2) };
	return job;
}

int zf_values_add(struct zf_values *values, struct zf_checked *checked, const char *key)
{
	uint64_t most = JOB_BYTES / (checked->meta.array.spec.size + 1) + 1;

	if (values->next && values->next->checked != checked && submit(values) < 0)
		return -1;
	if (!values->next && !(values->next = new_job(values, checked)))
		return zf_nomem(values->check->op, sizeof(struct job));
	if (zf_out_append(&values->next->keys, values->check->op, key, strlen(key) + 1) < 0)
		return -1;
	values->next->count++;
	if (values->next->count >= VALUES_MOST || values->next->count >= most)
		return submit(values);
	return 0;
}

int zf_values_wait(struct zf_values *values)
{
	int result = submit(values);

	return wait_for(values, 0) < 0 ? -1 : result;
}

void zf_values_free(struct zf_values *values)
{
	if (!values)
		return;
	free_job(values->next);
	pthread_mutex_destroy(&values->lock);
	pthread_cond_destroy(&values->done);
	free(values);
}
