/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store that remembers every call.
 */
#include "store/trace.h"

#include "store/backend.h"

#include <stdlib.h>
#include <string.h>

struct trace {
	struct zf_store store;
	struct zf_store *below; /* owned */
	pthread_mutex_t lock;   /* what follows; held across nothing */
	struct zf_trace_call *calls;
	size_t count, room;
	uint64_t counts[ZF_TRACE_OPS], bytes[ZF_TRACE_OPS];
};

/* Adds a call to the list; without memory it is counted only. */
static void remember(struct trace *trace, const struct zf_trace_call *call, const char *key)
{
	char *copy = strdup(key);

	pthread_mutex_lock(&trace->lock);
	trace->counts[call->op]++;
	trace->bytes[call->op] += call->bytes;
	if (trace->count == trace->room) {
		size_t room = trace->room ? 2 * trace->room : 64;
		struct zf_trace_call *calls = reallocarray(trace->calls, room, sizeof *calls);

		if (calls) {
			trace->calls = calls;
			trace->room = room;
		}
	}
	if (copy && trace->count < trace->room) {
		trace->calls[trace->count] = *call;
		trace->calls[trace->count++].key = copy;
		copy = NULL;
	}
	pthread_mutex_unlock(&trace->lock);
	free(copy);
}

static int note(struct zf_store *store, enum zf_trace_op what, const char *key, uint64_t bytes, int result)
{
	struct zf_trace_call call = { .op = what, .bytes = bytes, .result = result };

	remember((struct trace *)store, &call, key);
	return result;
}

static int trace_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct trace *trace = (struct trace *)store;
	struct zf_trace_call call = { .op = ZF_TRACE_GET, .range = { .len = UINT64_MAX } };
	size_t before = out->len;

	if (range)
		call.range = *range;
	call.result = zf_next_get(trace->below, op, key, range, out, value);
	call.bytes = out->len - before;
	remember(trace, &call, key);
	return call.result;
}

static int trace_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	return note(
		store, ZF_TRACE_STAT, key, 0, zf_next_stat(((struct trace *)store)->below, op, key, value));
}

static int trace_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	int result = zf_next_list(((struct trace *)store)->below, op, prefix, fn, arg);

	return note(store, ZF_TRACE_LIST, prefix, 0, result);
}

static int trace_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	int result = zf_next_put(((struct trace *)store)->below, op, key, data, len, cond, tag);

	return note(store, ZF_TRACE_PUT, key, len, result);
}

static int trace_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	return note(store, ZF_TRACE_DEL, key, 0, zf_next_del(((struct trace *)store)->below, op, key));
}

static int trace_settle(struct zf_store *store, struct zf_op *op)
{
	return note(store, ZF_TRACE_SETTLE, "", 0, zf_next_settle(((struct trace *)store)->below, op));
}

static int trace_flush(struct zf_store *store, struct zf_op *op)
{
	return note(store, ZF_TRACE_FLUSH, "", 0, zf_next_flush(((struct trace *)store)->below, op));
}

static int trace_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	return note(store, ZF_TRACE_RENAME, from, 0,
		zf_next_rename(((struct trace *)store)->below, op, from, to));
}

static int trace_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	return note(
		store, ZF_TRACE_PRUNE, prefix, 0, zf_next_prune(((struct trace *)store)->below, op, prefix));
}

static int trace_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(((struct trace *)store)->below, op, out);
}

static void trace_close(struct zf_store *store)
{
	struct trace *trace = (struct trace *)store;

	zf_trace_reset(store);
	zf_store_close(trace->below);
	pthread_mutex_destroy(&trace->lock);
	free(trace->calls);
	zf_store_fini(store);
	free(trace);
}

static const struct zf_store_ops trace_ops = {
	.kind = "trace",
	.get = trace_get,
	.stat = trace_stat,
	.list = trace_list,
	.put = trace_put,
	.del = trace_del,
	.settle = trace_settle,
	.flush = trace_flush,
	.rename = trace_rename,
	.prune = trace_prune,
	.space = trace_space,
	.close = trace_close,
};

int zf_trace_open(struct zf_op *op, struct zf_store *below, struct zf_store **out)
{
	struct trace *trace = calloc(1, sizeof *trace);
	unsigned caps = below->caps | ZF_STORE_ANY_THREAD;

	if (!trace) {
		zf_nomem(op, sizeof *trace);
		goto fail;
	}
	if (zf_store_init(&trace->store, op, &trace_ops, below->ctx, caps, below->name) < 0)
		goto fail;
	trace->below = below;
	pthread_mutex_init(&trace->lock, NULL);
	*out = &trace->store;
	return 0;
fail:
	free(trace);
	zf_store_close(below);
	return -1;
}

uint64_t zf_trace_count(struct zf_store *store, enum zf_trace_op op)
{
	struct trace *trace = (struct trace *)store;
	uint64_t n;

	pthread_mutex_lock(&trace->lock);
	n = trace->counts[op];
	pthread_mutex_unlock(&trace->lock);
	return n;
}

uint64_t zf_trace_bytes(struct zf_store *store, enum zf_trace_op op)
{
	struct trace *trace = (struct trace *)store;
	uint64_t n;

	pthread_mutex_lock(&trace->lock);
	n = trace->bytes[op];
	pthread_mutex_unlock(&trace->lock);
	return n;
}

bool zf_trace_call(struct zf_store *store, size_t i, struct zf_trace_call *out)
{
	struct trace *trace = (struct trace *)store;
	bool there;

	pthread_mutex_lock(&trace->lock);
	there = i < trace->count;
	if (there)
		*out = trace->calls[i];
	pthread_mutex_unlock(&trace->lock);
	return there;
}

void zf_trace_reset(struct zf_store *store)
{
	struct trace *trace = (struct trace *)store;

	pthread_mutex_lock(&trace->lock);
	for (size_t i = 0; i < trace->count; i++)
		free(trace->calls[i].key);
	trace->count = 0;
	memset(trace->counts, 0, sizeof trace->counts);
	memset(trace->bytes, 0, sizeof trace->bytes);
	pthread_mutex_unlock(&trace->lock);
}
