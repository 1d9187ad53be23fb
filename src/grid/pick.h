/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pick: elements of one chunk, and where they lie in a reader's or writer's buffer. It is what a selection
 * comes down to, as a piece (grid.h) is what a flat range does; its elements need not be neighbours, nor in
 * order.
 */
#ifndef ZF_GRID_PICK_H
#define ZF_GRID_PICK_H

#include "base/edges.h"
#include "base/limits.h"

#include <stddef.h>
#include <stdint.h>

/* One dimension of the walk over a pick's runs. Run i of it lies i steps further on, or where the lists say:
 * in_chunk[i] * chunk_step, in_rank[i] * rank_step, in_out[i] * out_step. Lists ascend in the chunk. */
struct zf_pick_dim {
	uint64_t n;
	uint64_t chunk_step, rank_step, out_step; /* bytes */
	const uint64_t *in_chunk, *in_rank;       /* borrowed; NULL: no lists */
	const uint64_t *in_out;                   /* NULL: in order */
};

struct zf_pick {
	uint64_t index; /* the chunk's number, C order over the grid */
	uint64_t start; /* byte in the chunk of the first run, where no list moves it, */
	uint64_t rank;  /* its rank, */
	uint64_t out;   /* and its byte in the buffer */
	uint64_t run;   /* bytes that are contiguous in all three */
	unsigned ndim;  /* outermost first; 0: a single run */
	struct zf_pick_dim dim[ZF_MAX_NDIM + 1];
};

/* The chunks that picks are made for; all is borrowed. */
struct zf_pick_grid {
	const uint64_t *chunk;               /* their shape in memory, */
	const struct zf_edges *const *edges; /* where they are unequal (NULL: not along this dimension), */
	const uint64_t *count;               /* and how many there are */
};

/* Called for each pick, which is borrowed for the call; what its lists point to, until it is called with
 * NULL. Returns 0 to go on. */
typedef int zf_pick_fn(void *arg, const struct zf_pick *pick);

#endif
