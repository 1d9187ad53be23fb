/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many tasks of one kind, done by several threads of the context's pool at once.
 */
#ifndef ZF_TRANSFER_CREW_H
#define ZF_TRANSFER_CREW_H

#include "array/internal.h"

/* Does task number `index`; loader has memory that is the worker's alone. */
typedef int zf_crew_fn(void *arg, struct zf_op *op, struct zf_loader *loader, uint64_t index);

struct zf_crew {
	struct zf_ctx *ctx;
	unsigned workers;             /* at most so many at once */
	void (*tick)(void *tick_arg); /* called by the caller's thread now and then while it waits; NULL:
					 nothing */
	void *tick_arg;
};

/* Does tasks 0 .. count - 1, in about this order. After a failure, or when op is
 * cancelled, no more are begun; the first failure is op's. */
int zf_crew_run(const struct zf_crew *crew, struct zf_op *op, uint64_t count, zf_crew_fn *fn, void *arg);

#endif
