/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory for the cache, on huge pages where the kernel grants them.
 *
 * Fresh memory costs a page fault for every 4 KiB, a fifth of the time of a cold read of uncompressed data;
 * on huge pages it costs 512 times fewer. Pieces are cut from blocks of 8 MiB, each block pieces of one size;
 * large pieces are mappings of their own. A block all of whose pieces came back goes back to the kernel.
 */
#ifndef ZF_ARRAY_MEMORY_H
#define ZF_ARRAY_MEMORY_H

#include <stddef.h>

struct zf_memory;

/* New: zf_memory_free(). NULL: no memory. */
struct zf_memory *zf_memory_new(void);

/* All pieces must have come back. */
void zf_memory_free(struct zf_memory *memory);

/* A piece of at least `size` bytes, aligned for any use and to a cache line; its content is undefined. NULL:
 * no memory. */
void *zf_memory_take(struct zf_memory *memory, size_t size);

/* Gives back what zf_memory_take() gave for the same size. */
void zf_memory_give(struct zf_memory *memory, void *piece, size_t size);

#endif
