/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A layer: bytes that were written to a chunk, by rank (grid/grid.h), over whatever is below it.
 *
 * A sequential writer has one extent, which grows; neighbours are joined. A writer that jumps about has many,
 * and beyond a number of them they become one buffer for all of the chunk with a bit for each byte that was
 * written, so that no order of writing costs more than linear work.
 *
 * A chunk may be cut into segments, which no extent crosses: who writes a row of large chunks then takes
 * memory as it gets on, in pieces that the next row can use again while this one is stored.
 */
#ifndef ZF_ARRAY_LAYER_H
#define ZF_ARRAY_LAYER_H

#include "array/cache.h"

struct zf_extent {
	uint64_t start, len; /* ranks; never empty */
	uint64_t cap;        /* bytes that data has room for */
	uint8_t *data;       /* owned; NULL in a spooled layer */
};

struct zf_layer {
	struct zf_layer *above; /* newer; NULL: the newest */
	bool frozen;            /* takes no more writes */
	bool erased;            /* what was not written is fill value, not what is below */
	bool spooled;           /* the bytes are in the chunk's slot of the spool */
	unsigned count, room;
	struct zf_extent *extents; /* ascending, with gaps between */
	uint64_t *bits;   /* with one extent for all of the chunk: which bytes were written; else NULL */
	uint64_t written; /* bits set */
};

/* What a layer takes memory with. */
struct zf_layer_of {
	struct zf_cache *cache;
	uint64_t total;   /* ranks of the chunk */
	uint64_t segment; /* ranks; never 0, and the same as long as the layer is there */
	bool whole;       /* memory for all of a segment at once, where writing starts at its beginning */
	bool bitmap;      /* many extents may become a bitmap */
	uint64_t *bytes;  /* what was taken is added here, atomically */
};

/* Makes a place for bytes from rank `start` on: for `most` (at least 1), or as many as are left in the
 * segment (*placed). They count as written from now on. NULL: no memory; then nothing has changed. */
uint8_t *zf_layer_place(struct zf_layer *layer, const struct zf_layer_of *of, uint64_t start, uint64_t most,
	uint64_t *placed);

/* The first bytes written in [at, end), as far as they lie in one piece: false if there are none. *data is
 * NULL where they are in the spool. */
bool zf_layer_next(const struct zf_layer *layer, uint64_t at, uint64_t end, uint64_t *from, uint64_t *len,
	const uint8_t **data);

/* Forgets what was written from rank `end` on. */
void zf_layer_cut(struct zf_layer *layer, const struct zf_layer_of *of, uint64_t end);

/* In a spooled layer: [start, start + len) is in the spool. False: no memory. */
bool zf_layer_note(struct zf_layer *layer, uint64_t start, uint64_t len);

void zf_layer_clear(struct zf_layer *layer, const struct zf_layer_of *of);

#endif
