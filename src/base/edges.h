/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks of unequal length along one dimension, as runs of equal ones, so that a table is as long as the text
 * it was read from and not as long as the dimension.
 */
#ifndef ZF_BASE_EDGES_H
#define ZF_BASE_EDGES_H

#include <stddef.h>
#include <stdint.h>

struct zf_edge_run {
	uint64_t chunk; /* number of the first chunk */
	uint64_t at;    /* the element that it begins with */
	uint64_t size;  /* elements of each chunk: at least 1 */
};

struct zf_edges {
	uint64_t chunks, elements; /* in all runs: they may go on beyond the array */
	uint64_t largest;          /* size; 1 where there is no run */
	size_t count;
	struct zf_edge_run run[]; /* ascending in chunk and at, which begin with 0 */
};

/* The run that element `at` lies in (at < elements). */
static inline const struct zf_edge_run *zf_edges_of_element(const struct zf_edges *edges, uint64_t at)
{
	size_t lo = 0, hi = edges->count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (edges->run[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	return &edges->run[lo];
}

/* The run of chunk number `chunk` (< chunks). */
static inline const struct zf_edge_run *zf_edges_of_chunk(const struct zf_edges *edges, uint64_t chunk)
{
	size_t lo = 0, hi = edges->count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (edges->run[mid].chunk <= chunk)
			lo = mid;
		else
			hi = mid;
	}
	return &edges->run[lo];
}

#endif
