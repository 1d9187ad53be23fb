/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store over a store that remembers every call: for tests that say how much I/O something may cost.
 */
#ifndef ZF_STORE_TRACE_H
#define ZF_STORE_TRACE_H

#include "store/store.h"

enum zf_trace_op {
	ZF_TRACE_GET,
	ZF_TRACE_STAT,
	ZF_TRACE_LIST,
	ZF_TRACE_PUT,
	ZF_TRACE_DEL,
	ZF_TRACE_SETTLE,
	ZF_TRACE_FLUSH,
	ZF_TRACE_RENAME,
	ZF_TRACE_PRUNE,
	ZF_TRACE_OPS
};

struct zf_trace_call {
	enum zf_trace_op op;
	char *key;             /* owned by the trace; "" for settle and flush, the old one for rename */
	struct zf_range range; /* of a get; {0, UINT64_MAX} for all of a value */
	uint64_t bytes;        /* that a get returned, a put was given */
	int result;
};

/* Puts a trace over a store (takes). Messages name the store below. New: zf_store_close(). */
int zf_trace_open(struct zf_op *op, struct zf_store *below, struct zf_store **out);

/* Calls of one operation since the last reset, and the bytes they moved. */
uint64_t zf_trace_count(struct zf_store *store, enum zf_trace_op op);
uint64_t zf_trace_bytes(struct zf_store *store, enum zf_trace_op op);

/* Call number i since the last reset, in the order in which they ended: a copy whose key is borrowed until
 * the reset. False if there were fewer. */
bool zf_trace_call(struct zf_store *store, size_t i, struct zf_trace_call *out);

/* Forgets all calls. */
void zf_trace_reset(struct zf_store *store);

#endif
