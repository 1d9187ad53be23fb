/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an array gets other chunks in little memory: pure arithmetic.
 *
 * Data move through *blocks*, boxes of the array that fit in memory. A block that is written consists of
 * whole target chunks, so that each of them is encoded once. If it consists of whole source chunks too, each
 * of those is decoded once; else some are decoded for several blocks. That is what a plan is chosen by:
 *
 *   direct   one kind of block. It is made larger along the dimensions where that saves most decoding.
 *   staged   where the direct way would decode too much (time-major to space-major: everything, for every
 *            block): blocks of whole source chunks are decoded once, and what belongs to different target
 * blocks is put into a temporary file, a *tile* for each pair of a source and a target block; then the target
 * blocks are put together from their tiles. The temporary file holds a *region* at a time, the smallest box
 * that begins and ends with chunks of both sides.
 *
 * Decoding a byte is taken to cost as much as writing it to the temporary file and reading it back.
 */
#ifndef ZF_TRANSFER_PLAN_H
#define ZF_TRANSFER_PLAN_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* What is to be done. Sizes are at least 1, the shape's too; chunks may reach beyond the shape. */
struct zf_plan_task {
	unsigned ndim;
	uint64_t itemsize;
	uint64_t shape[ZF_MAX_NDIM];
	uint64_t from[ZF_MAX_NDIM]; /* shape of what is decoded at once */
	uint64_t to[ZF_MAX_NDIM];   /* shape of what is stored under one key */
	uint64_t memory;            /* bytes that a block may have; if a target chunk has more, it is one */
	uint64_t disk;              /* bytes that the temporary file may have */
	unsigned parallel;          /* chunks of a block that are worked on at once */
};

struct zf_plan {
	bool staged;
	uint64_t region[ZF_MAX_NDIM]; /* staged; else the shape */
	uint64_t read[ZF_MAX_NDIM];   /* staged: blocks of source chunks; else as write */
	uint64_t write[ZF_MAX_NDIM];
	uint64_t decoded; /* source chunks that are decoded, each as often as it is */
	uint64_t chunks;  /* source chunks there are */
	uint64_t stored;  /* bytes of the temporary file */
};

/* Makes the cheapest plan. */
void zf_plan_make(const struct zf_plan_task *task, struct zf_plan *out);

/* Pairs of intervals that overlap, of [0, size) cut into pieces of `a` and into pieces of `b`. */
uint64_t zf_plan_pairs(uint64_t size, uint64_t a, uint64_t b);

/* Elements of a box; UINT64_MAX: at least so many. */
uint64_t zf_plan_volume(unsigned ndim, const uint64_t *shape);

/* ---- partitions: a box cut into cells of one shape, those at the ends cut off ---- */

/* Number of cells along a dimension is ceil(size / cell); this is their product. */
uint64_t zf_plan_cells(unsigned ndim, const uint64_t *shape, const uint64_t *cell);

/* Cell number `index`, in C order: where it starts in the box, and its shape. */
void zf_plan_cell(unsigned ndim, const uint64_t *shape, const uint64_t *cell, uint64_t index, uint64_t *start,
	uint64_t *size);

/* The elements of all cells before one that starts at `start` and has `size`, where cells are in C order: its
 * place in a file that has one after another. Works for any cells that are products of intervals. */
uint64_t zf_plan_place(unsigned ndim, const uint64_t *shape, const uint64_t *start, const uint64_t *size);

#endif
