/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The arithmetic of chunk grids: from a range of the flat file to chunks and the runs of bytes in each.
 * Pure: no memory, no I/O, no errors. All numbers were checked when the metadata was parsed; products
 * below fit 63 bits because the array's bytes do.
 *
 * A flat range is first cut into boxes: hyper-rectangles of the array that are contiguous in C order. Each
 * box is then walked chunk by chunk. Two things keep this simple: an element is a last dimension of bytes, so
 * that ranges need not be aligned to elements; and a dimension that every chunk covers whole is folded into
 * the one before it, so that runs are as long as they can be and chunks that are contiguous in the file are
 * one run.
 *
 * The *rank* of a byte is its place among those bytes of its chunk that lie in the file, in the order of the
 * file. In a chunk that the array covers whole along all dimensions but the first it is the offset in the
 * chunk. A piece is always a row of consecutive ranks, and ranks do not change when dimension 0 grows.
 *
 * Chunks may be of unequal length along a dimension (zf_edges). In memory all have room for the largest one:
 * a smaller chunk lies in the first corner of it, just as one that the array's edge cuts does.
 */
#ifndef ZF_GRID_GRID_H
#define ZF_GRID_GRID_H

#include "base/edges.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZF_GRID_DIMS = ZF_MAX_NDIM + 1 };

struct zf_grid {
	/* folded: at least one dimension, the last one counts bytes */
	unsigned ndim;
	uint64_t shape[ZF_GRID_DIMS];
	uint64_t chunk[ZF_GRID_DIMS];
	uint64_t count[ZF_GRID_DIMS];        /* chunks along each dimension */
	uint64_t flat_stride[ZF_GRID_DIMS];  /* bytes between neighbours in the flat file */
	uint64_t chunk_stride[ZF_GRID_DIMS]; /* and in a decoded chunk */
	const struct zf_edges
		*edges[ZF_GRID_DIMS];     /* where chunks are unequal, else NULL; `chunk` is the largest */
	uint64_t edge_unit[ZF_GRID_DIMS]; /* what one of their elements counts here */

	/* of the array itself: folding does not change the chunks' numbers */
	unsigned array_ndim;
	uint64_t array_count[ZF_MAX_NDIM];

	uint64_t nbytes;      /* of the flat file */
	uint64_t chunk_bytes; /* of a decoded chunk */
	uint64_t nchunks;
	uint64_t row_chunks; /* chunks that a reader in C order uses side by side: those that differ only in
			      * the dimensions after the first one in which a chunk has more than 1 element */
};

/* Prepares a grid. Shapes are in elements. */
void zf_grid_init(
	struct zf_grid *grid, unsigned ndim, const uint64_t *shape, const uint64_t *chunk, uint64_t itemsize);

/* The same where chunks may be unequal: edges[d] is borrowed, NULL where all have chunk[d]; otherwise it
 * reaches at least to the end of the shape, and chunk[d] is its largest. */
void zf_grid_init_edges(struct zf_grid *grid, unsigned ndim, const uint64_t *shape, const uint64_t *chunk,
	const struct zf_edges *const *edges, uint64_t itemsize);

/* A box within one chunk: rows that are `run` bytes long on both sides. */
struct zf_piece {
	uint64_t index; /* the chunk's number, C order over the grid */
	uint64_t flat;  /* offset in the flat file of the first byte */
	uint64_t start; /* offset in the chunk of the first byte */
	uint64_t end;   /* offset in the chunk past the last byte */
	uint64_t run;   /* contiguous bytes on both sides */
	uint64_t size;  /* bytes in all: run * product(n) */
	uint64_t rank;  /* of the first byte; the others have those that follow */
	unsigned ndim;  /* dimensions of the walk over the runs, outermost first; 0: a single run */
	uint64_t n[ZF_GRID_DIMS];
	uint64_t flat_step[ZF_GRID_DIMS], chunk_step[ZF_GRID_DIMS];
};

/* Walks the pieces of the flat range [offset, offset + len), which lies within the file. Those of one box
 * come in the order of their chunks; a chunk may come again in another box. */
struct zf_walk {
	const struct zf_grid *grid;
	uint64_t offset, end;                             /* what is left of the range after the box */
	uint64_t lo[ZF_GRID_DIMS], hi[ZF_GRID_DIMS];      /* the box */
	uint64_t first[ZF_GRID_DIMS], last[ZF_GRID_DIMS]; /* its chunks */
	uint64_t at[ZF_GRID_DIMS];                        /* the next chunk in it */
	bool in_box;
};

void zf_walk_init(struct zf_walk *walk, const struct zf_grid *grid, uint64_t offset, uint64_t len);
bool zf_walk_next(struct zf_walk *walk, struct zf_piece *piece);

/* The array_ndim coordinates of chunk number `index`, and back. */
void zf_grid_coords(const struct zf_grid *grid, uint64_t index, uint64_t *coords);
uint64_t zf_grid_index(const struct zf_grid *grid, const uint64_t *coords);

/* The chunk that holds byte `offset` of the flat file, and where its run around there ends in the file. */
uint64_t zf_grid_locate(const struct zf_grid *grid, uint64_t offset, uint64_t *run_end);

/* The chunks that share the (folded) first coordinate with that of byte `offset` are one band of the file:
 * its number, and where it ends. */
uint64_t zf_grid_band(const struct zf_grid *grid, uint64_t offset, uint64_t *end);

/* Where byte `offset` of the flat file lies in its chunk's bytes. */
uint64_t zf_grid_in_chunk(const struct zf_grid *grid, uint64_t offset);

/* How many bytes of chunk `index` lie before byte `offset` of the flat file (which may be its end): the rank
 * of that byte, if it is in the chunk. */
uint64_t zf_grid_rank(const struct zf_grid *grid, uint64_t index, uint64_t offset);

/* All bytes of a chunk that lie in the file, as a piece, whose runs are as long as they can be in the chunk:
 * flat and flat_step are not set. */
void zf_grid_inside(const struct zf_grid *grid, uint64_t index, struct zf_piece *piece);

/* The first flat offset at or after `offset` that lies in chunk `index`, or UINT64_MAX. */
uint64_t zf_grid_next_in(const struct zf_grid *grid, uint64_t index, uint64_t offset);

#endif
