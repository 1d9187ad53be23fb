/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chunks of one array made the chunks of another one.
 *
 * Both arrays have the same shape and elements. What is read are the chunks that are decoded at once (the
 * inner ones, where there are shards), what is written are stored values (whole shards). Chunks that are fill
 * value throughout are not stored. The memory for it is the context's cache, which is not used for anything
 * else here, and a few MiB.
 */
#ifndef ZF_TRANSFER_RECODE_H
#define ZF_TRANSFER_RECODE_H

#include "meta/meta.h"
#include "transfer/crew.h"
#include "transfer/plan.h"

struct zf_recode {
	struct zf_array *from, *to;                      /* borrowed */
	const struct zf_array_meta *from_meta, *to_meta; /* borrowed */
	bool store_empty;                                /* chunks of fill value are stored too */
	bool resume;                                     /* values that are stored already are right */
	struct zf_crew crew;
	uint64_t *done; /* bytes of the target that are done are added here; atomic */
};

/* Sets the crew's workers and the plan for what the context allows. ENOMEM: a chunk is too large. */
int zf_recode_plan(struct zf_recode *recode, struct zf_op *op, struct zf_plan *out);

/* Does it. EIO and the like; "PATH: chunk 3.1: ...". */
int zf_recode_run(struct zf_recode *recode, struct zf_op *op, const struct zf_plan *plan);

/* The same for arrays whose stored values have the same shape: one after another, only those that are stored.
 * bytes: they are not decoded either. */
int zf_recode_values(struct zf_recode *recode, struct zf_op *op, bool bytes);

#endif
