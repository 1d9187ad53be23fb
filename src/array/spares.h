/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces of memory that are kept to be used again, by size: fresh memory costs a page fault, and the kernel
 * clears it. What they are is written into them. No lock: the cache's.
 */
#ifndef ZF_ARRAY_SPARES_H
#define ZF_ARRAY_SPARES_H

#include <stddef.h>
#include <stdint.h>

enum { ZF_SPARE_LISTS = 16 };

struct zf_spare {
	struct zf_spare *next;
	size_t size;
};

struct zf_spares {
	struct zf_spare *lists[ZF_SPARE_LISTS]; /* by size, hashed; the last one put is first */
	uint64_t bytes;
};

/* The smallest piece that can be kept. */
#define ZF_SPARE_LEAST sizeof(struct zf_spare)

/* Takes a piece of `size` bytes, at least ZF_SPARE_LEAST. */
void zf_spares_put(struct zf_spares *spares, void *memory, size_t size);

/* A piece of exactly that size; NULL: there is none. New: the caller's. */
void *zf_spares_take(struct zf_spares *spares, size_t size);

/* Takes the first one out of a list that has one. New: the caller's. */
struct zf_spare *zf_spares_drop(struct zf_spares *spares, unsigned list);

#endif
