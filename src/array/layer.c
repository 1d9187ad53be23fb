/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Layers of written bytes: extents, or a buffer with bits.
 */
#include "array/layer.h"

#include <stdlib.h>
#include <string.h>

enum {
	FEW = 64,      /* extents, beyond which a bitmap is better */
	LEAST = 64,    /* bytes of an extent's memory */
	WORD_BITS = 64 /* of the bitmap */
};

static uint64_t end_of(const struct zf_extent *e)
{
	return e->start + e->len;
}

/* ---- memory ---- */

static uint8_t *take(const struct zf_layer_of *of, uint64_t size)
{
	uint8_t *p = zf_cache_take(of->cache, size);

	if (p)
		__atomic_add_fetch(of->bytes, size, __ATOMIC_RELAXED);
	return p;
}

static void give(const struct zf_layer_of *of, uint8_t *p, uint64_t size)
{
	if (!p)
		return;
	zf_cache_give(of->cache, p, size);
	__atomic_sub_fetch(of->bytes, size, __ATOMIC_RELAXED);
}

static uint64_t bitmap_size(const struct zf_layer_of *of)
{
	return (of->total + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
}

static void drop_bits(struct zf_layer *l, const struct zf_layer_of *of)
{
	if (l->bits)
		give(of, (uint8_t *)l->bits, bitmap_size(of));
	l->bits = NULL;
}

void zf_layer_clear(struct zf_layer *l, const struct zf_layer_of *of)
{
	drop_bits(l, of);
	for (unsigned i = 0; i < l->count; i++)
		give(of, l->extents[i].data, l->extents[i].cap);
	free(l->extents);
	l->extents = NULL;
	l->count = l->room = 0;
}

static bool make_room(struct zf_layer *l)
{
	unsigned room = l->room ? l->room * 2 : 1;
	struct zf_extent *extents;

	if (l->count < l->room)
		return true;
	extents = realloc(l->extents, room * sizeof *extents);
	if (!extents)
		return false;
	l->extents = extents;
	l->room = room;
	return true;
}

/* ---- the bitmap ---- */

static uint64_t mask(uint64_t from, uint64_t to)
{
	uint64_t low = UINT64_MAX << from % WORD_BITS,
		 high = UINT64_MAX >> (WORD_BITS - 1 - (to - 1) % WORD_BITS);

	return from / WORD_BITS == (to - 1) / WORD_BITS ? low & high : low;
}

/* Sets or clears [from, to), and keeps count. */
static void set_bits(struct zf_layer *l, uint64_t from, uint64_t to, bool on)
{
	while (from < to) {
		uint64_t *word = &l->bits[from / WORD_BITS], m = mask(from, to);

		l->written -= (uint64_t)__builtin_popcountll(*word);
		*word = on ? *word | m : *word & ~m;
		l->written += (uint64_t)__builtin_popcountll(*word);
		from = (from / WORD_BITS + 1) * WORD_BITS;
	}
}

/* The first bit from `at` on, and before `end`, that is set, or is not; `end` if there is none. */
static uint64_t find_bit(const struct zf_layer *l, uint64_t at, uint64_t end, bool on)
{
	while (at < end) {
		uint64_t word = on ? l->bits[at / WORD_BITS] : ~l->bits[at / WORD_BITS];

		word &= UINT64_MAX << at % WORD_BITS;
		if (word) {
			at = at / WORD_BITS * WORD_BITS + (uint64_t)__builtin_ctzll(word);
			return at < end ? at : end;
		}
		at = (at / WORD_BITS + 1) * WORD_BITS;
	}
	return end;
}

static bool to_bitmap(struct zf_layer *l, const struct zf_layer_of *of)
{
	uint8_t *all = take(of, of->total);
	uint64_t *bits = all ? (uint64_t *)(void *)take(of, bitmap_size(of)) : NULL;

	if (!bits) {
		give(of, all, of->total);
		return false;
	}
	memset(bits, 0, bitmap_size(of));
	l->bits = bits;
	l->written = 0;
	for (unsigned i = 0; i < l->count; i++) {
		struct zf_extent *e = &l->extents[i];

		memcpy(all + e->start, e->data, e->len);
		set_bits(l, e->start, end_of(e), true);
		give(of, e->data, e->cap);
	}
	l->extents[0] = (struct zf_extent){ 0, of->total, of->total, all };
	l->count = 1;
	return true;
}

static uint8_t *place_in_bitmap(
	struct zf_layer *l, const struct zf_layer_of *of, uint64_t start, uint64_t len)
{
	set_bits(l, start, start + len, true);
	if (l->written == of->total)
		drop_bits(l, of);
	return l->extents[0].data + start;
}

/* ---- extents ---- */

/* The first extent that ends at `rank` or later. */
static unsigned first_to(const struct zf_layer *l, uint64_t rank)
{
	unsigned lo = 0, hi = l->count;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (end_of(&l->extents[mid]) < rank)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Where the segment of a rank ends. */
static uint64_t segment_end(const struct zf_layer_of *of, uint64_t rank)
{
	uint64_t left = of->segment - rank % of->segment;

	return left < of->total - rank ? rank + left : of->total;
}

/* How much memory an extent from `start` on should have for `len` bytes. */
static uint64_t room_for(const struct zf_layer_of *of, uint64_t start, uint64_t len, bool grows)
{
	uint64_t most = segment_end(of, start) - start, cap = grows ? len * 2 : len;

	if (len >= most / 2 || (of->whole && start % of->segment == 0))
		return most;
	if (cap < LEAST)
		cap = LEAST;
	return cap < most ? cap : most;
}

static uint8_t *insert(
	struct zf_layer *l, const struct zf_layer_of *of, unsigned i, uint64_t start, uint64_t len)
{
	uint64_t cap = room_for(of, start, len, false);
	uint8_t *data;

	if (!make_room(l))
		return NULL;
	data = take(of, cap);
	if (!data)
		return NULL;
	memmove(&l->extents[i + 1], &l->extents[i], (l->count - i) * sizeof l->extents[0]);
	l->extents[i] = (struct zf_extent){ start, len, cap, data };
	l->count++;
	return data;
}

/* Joins extents i to j, which touch [start, start + len), into the first; what the new bytes cover need not
 * be kept. */
static uint8_t *join(struct zf_layer *l, const struct zf_layer_of *of, unsigned i, unsigned j, uint64_t start,
	uint64_t len)
{
	struct zf_extent *first = &l->extents[i], *last = &l->extents[j];
	uint64_t from = start < first->start ? start : first->start, end = start + len;
	uint64_t to = end_of(last) > end ? end_of(last) : end, cap = first->cap;
	uint8_t *data = first->data;

	if (from < first->start || to - from > cap) {
		cap = room_for(of, from, to - from, true);
		data = take(of, cap);
		if (!data)
			return NULL;
		if (first->start < start)
			memcpy(data, first->data, start - from);
	}
	if (to > end && data != last->data)
		memcpy(data + (end - from), last->data + (end - last->start), to - end);
	for (unsigned k = i; k <= j; k++)
		if (l->extents[k].data != data)
			give(of, l->extents[k].data, l->extents[k].cap);
	*first = (struct zf_extent){ from, to - from, cap, data };
	memmove(&l->extents[i + 1], &l->extents[j + 1], (l->count - j - 1) * sizeof *first);
	l->count -= j - i;
	return data + (start - from);
}

/* Extents that touch are joined within a segment; from one segment to the next they stay two. */
uint8_t *zf_layer_place(
	struct zf_layer *l, const struct zf_layer_of *of, uint64_t start, uint64_t most, uint64_t *placed)
{
	uint64_t end = segment_end(of, start), len = most < end - start ? most : end - start;
	unsigned i, j;

	*placed = len;
	if (l->bits)
		return place_in_bitmap(l, of, start, len);
	i = first_to(l, start % of->segment ? start : start + 1);
	for (j = i; j < l->count && l->extents[j].start < end && l->extents[j].start <= start + len;)
		j++;
	if (j > i)
		return join(l, of, i, j - 1, start, len);
	if (l->count >= FEW && of->bitmap && to_bitmap(l, of))
		return place_in_bitmap(l, of, start, len);
	return insert(l, of, i, start, len);
}

bool zf_layer_next(const struct zf_layer *l, uint64_t at, uint64_t end, uint64_t *from, uint64_t *len,
	const uint8_t **data)
{
	const struct zf_extent *e;
	unsigned i;

	if (l->bits) {
		*from = find_bit(l, at, end, true);
		*len = find_bit(l, *from, end, false) - *from;
		*data = l->extents[0].data + *from;
		return *len > 0;
	}
	i = first_to(l, at + 1);
	if (i == l->count || l->extents[i].start >= end)
		return false;
	e = &l->extents[i];
	*from = e->start > at ? e->start : at;
	*len = (end_of(e) < end ? end_of(e) : end) - *from;
	*data = e->data ? e->data + (*from - e->start) : NULL;
	return true;
}

void zf_layer_cut(struct zf_layer *l, const struct zf_layer_of *of, uint64_t end)
{
	if (l->bits) {
		if (end < of->total)
			set_bits(l, end, of->total, false);
		return;
	}
	while (l->count) {
		struct zf_extent *e = &l->extents[l->count - 1];

		if (end_of(e) <= end)
			break;
		if (e->start < end) {
			e->len = end - e->start;
			break;
		}
		give(of, e->data, e->cap);
		l->count--;
	}
}

bool zf_layer_note(struct zf_layer *l, uint64_t start, uint64_t len)
{
	unsigned i = first_to(l, start), j = i;
	uint64_t from = start, to = start + len;

	while (j < l->count && l->extents[j].start <= start + len)
		j++;
	if (j == i) {
		if (!make_room(l))
			return false;
		memmove(&l->extents[i + 1], &l->extents[i], (l->count - i) * sizeof l->extents[0]);
		l->count++;
		j = i + 1;
	} else {
		if (l->extents[i].start < from)
			from = l->extents[i].start;
		if (end_of(&l->extents[j - 1]) > to)
			to = end_of(&l->extents[j - 1]);
	}
	l->extents[i] = (struct zf_extent){ .start = from, .len = to - from };
	memmove(&l->extents[i + 1], &l->extents[j], (l->count - j) * sizeof l->extents[0]);
	l->count -= j - i - 1;
	return true;
}
