/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory for the cache: blocks of equal pieces.
 *
 * A block is found from a piece by its alignment. What is to be known of it lies in a page behind its end, so
 * that its pieces fill it: the stack of free ones, by number, so that a free piece's memory is not touched.
 * Pieces below SMALL come from malloc: nothing is gained there.
 */
#include "array/memory.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
	HUGE = 2 << 20,
	BLOCK = 8 << 20,
	SMALL = 16 << 10,
	LINE = 64,
	LARGE = 1 << 20,
	LISTS = 64,
	PAGE = 4096
};

struct block {
	struct block *next, **link; /* in a list of those that have free pieces */
	size_t size;
	uint32_t count, free_count;
	uint32_t free[];
};

struct zf_memory {
	pthread_mutex_t lock;
	struct block *usable[LISTS]; /* by size, hashed */
};

struct zf_memory *zf_memory_new(void)
{
	struct zf_memory *m = calloc(1, sizeof *m);

	if (m)
		pthread_mutex_init(&m->lock, NULL);
	return m;
}

void zf_memory_free(struct zf_memory *m)
{
	if (!m)
		return;
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* A mapping that begins at a multiple of `alignment`. */
static void *map_aligned(size_t size, size_t alignment)
{
	uint8_t *p = mmap(NULL, size + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p & (alignment - 1);
	if (before)
		munmap(p, before);
	munmap(p + before + size, alignment - before);
	madvise(p + before, size, MADV_HUGEPAGE);
	return p + before;
}

/* Whole huge pages where they are nearly filled, so that the end is on one too. */
static size_t large_size(size_t size)
{
	size_t whole = (size + HUGE - 1) & ~(size_t)(HUGE - 1);

	return whole - size <= size / 16 ? whole : (size + 4095) & ~(size_t)4095;
}

static size_t piece_size(size_t size)
{
	return (size + LINE - 1) & ~(size_t)(LINE - 1);
}

static struct block **list_of(struct zf_memory *m, size_t size)
{
	return &m->usable[(size / LINE * 0x9e3779b97f4a7c15u) >> 58];
}

static void list_in(struct zf_memory *m, struct block *b)
{
	struct block **list = list_of(m, b->size);

	b->next = *list;
	b->link = list;
	if (b->next)
		b->next->link = &b->next;
	*list = b;
}

static void list_out(struct block *b)
{
	*b->link = b->next;
	if (b->next)
		b->next->link = b->link;
}

static struct block *block_of(const void *piece)
{
	return (struct block *)(((uintptr_t)piece & ~(uintptr_t)(BLOCK - 1)) + BLOCK);
}

static uint8_t *first_piece(struct block *b)
{
	return (uint8_t *)b - BLOCK;
}

static struct block *block_new(struct zf_memory *m, size_t size)
{
	uint8_t *base = map_aligned(BLOCK + PAGE, BLOCK);
	struct block *b;

	_Static_assert(sizeof *b + BLOCK / SMALL * sizeof b->free[0] <= PAGE, "the numbers fit in a page");
	if (!base)
		return NULL;
	b = block_of(base);
	b->size = size;
	b->count = b->free_count = (uint32_t)(BLOCK / size);
	for (uint32_t i = 0; i < b->count; i++)
		b->free[i] = b->count - 1 - i; /* lowest on top */
	list_in(m, b);
	return b;
}

static void *take_piece(struct zf_memory *m, size_t size)
{
	struct block *b;
	void *piece = NULL;

	pthread_mutex_lock(&m->lock);
	b = *list_of(m, size);
	while (b && b->size != size)
		b = b->next;
	if (!b)
		b = block_new(m, size);
	if (b) {
		piece = first_piece(b) + b->free[--b->free_count] * size;
		if (!b->free_count)
			list_out(b);
	}
	pthread_mutex_unlock(&m->lock);
	return piece;
}

void *zf_memory_take(struct zf_memory *m, size_t size)
{
	if (size < SMALL)
		return aligned_alloc(LINE, size ? piece_size(size) : LINE);
	if (size > LARGE)
		return map_aligned(large_size(size), HUGE);
	return take_piece(m, piece_size(size));
}

static void give_piece(struct zf_memory *m, void *piece, size_t size)
{
	struct block *b = block_of(piece);

	pthread_mutex_lock(&m->lock);
	if (!b->free_count)
		list_in(m, b);
	b->free[b->free_count++] = (uint32_t)((size_t)((uint8_t *)piece - first_piece(b)) / size);
	if (b->free_count == b->count)
		list_out(b);
	else
		b = NULL;
	pthread_mutex_unlock(&m->lock);
	if (b)
		munmap(first_piece(b), BLOCK + PAGE);
}

void zf_memory_give(struct zf_memory *m, void *piece, size_t size)
{
	if (!piece)
		return;
	if (size < SMALL)
		free(piece);
	else if (size > LARGE)
		munmap(piece, large_size(size));
	else
		give_piece(m, piece, piece_size(size));
}
