/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Boxes. A copy is first brought into its simplest form: no dimension of length 1, dimensions in the order
 * of the destination's strides, neighbours merged where both sides allow, and what is contiguous on both
 * sides taken as one larger element. What remains is a walk over either rows or, where the two sides
 * disagree about the fastest dimension, over planes that are transposed (plane.c).
 */
#include "codec/box.h"

#include "codec/plane.h"

#include <string.h>

struct walk {
	unsigned ndim;
	size_t item;
	uint64_t n[ZF_MAX_NDIM], to[ZF_MAX_NDIM], from[ZF_MAX_NDIM];
};

void zf_box_strides(unsigned ndim, const uint64_t *shape, uint64_t itemsize, uint64_t *out)
{
	uint64_t stride = itemsize;

	for (unsigned i = ndim; i-- > 0;) {
		out[i] = stride;
		stride *= shape[i];
	}
}

/* Inserts a dimension so that the destination's strides go down. */
static void add_dimension(struct walk *w, uint64_t n, uint64_t to, uint64_t from)
{
	unsigned i = w->ndim++;

	for (; i > 0 && w->to[i - 1] < to; i--) {
		w->n[i] = w->n[i - 1];
		w->to[i] = w->to[i - 1];
		w->from[i] = w->from[i - 1];
	}
	w->n[i] = n;
	w->to[i] = to;
	w->from[i] = from;
}

static void merge_dimensions(struct walk *w)
{
	unsigned last = 0;

	if (w->ndim == 0)
		return;
	for (unsigned i = 1; i < w->ndim; i++) {
		bool joins = w->to[last] == w->to[i] * w->n[i] && w->from[last] == w->from[i] * w->n[i];

		if (!joins)
			last++;
		w->n[last] = joins ? w->n[last] * w->n[i] : w->n[i];
		w->to[last] = w->to[i];
		w->from[last] = w->from[i];
	}
	w->ndim = last + 1;
	if (w->to[last] == w->item && w->from[last] == w->item) {
		w->item *= w->n[last];
		w->ndim--;
	}
}

/* False when there is nothing to copy. */
static bool simplify(struct walk *w, unsigned ndim, const uint64_t *shape, size_t item, const uint64_t *to,
	const uint64_t *from)
{
	w->ndim = 0;
	w->item = item;
	for (unsigned i = 0; i < ndim; i++) {
		if (shape[i] == 0)
			return false;
		if (shape[i] > 1)
			add_dimension(w, shape[i], to[i], from[i]);
	}
	merge_dimensions(w);
	return item > 0;
}

struct pair {
	uint64_t a, b;
};

/* A row: `n` elements on strides of their own. */
#define ROW(T)                                                                                               \
	for (uint64_t i = 0; i < n; i++, to += to_step, from += from_step)                                   \
	memcpy(to, from, sizeof(T))

static void copy_row(
	uint8_t *to, const uint8_t *from, uint64_t n, uint64_t to_step, uint64_t from_step, size_t item)
{
	switch (item) {
	case 1:
		ROW(uint8_t);
		break;
	case 2:
		ROW(uint16_t);
		break;
	case 4:
		ROW(uint32_t);
		break;
	case 8:
		ROW(uint64_t);
		break;
	case 16:
		ROW(struct pair);
		break;
	default:
		for (uint64_t i = 0; i < n; i++, to += to_step, from += from_step)
			memcpy(to, from, item);
	}
}

/* Takes the plane's dimensions out of the walk: the innermost one, and the one that is innermost in the
 * source. False where both are the same or neither side is contiguous. */
static bool take_plane(struct walk *w, struct zf_plane *p)
{
	unsigned last = w->ndim - 1, k;

	if (w->to[last] != w->item)
		return false;
	for (k = 0; k < last && w->from[k] != w->item; k++)
		;
	if (k == last)
		return false;
	*p = (struct zf_plane){
		.rows = w->n[k], .columns = w->n[last], .to_step = w->to[k], .from_step = w->from[last]
	};
	for (w->ndim -= 2; k < w->ndim; k++) {
		w->n[k] = w->n[k + 1];
		w->to[k] = w->to[k + 1];
		w->from[k] = w->from[k + 1];
	}
	return true;
}

/* Steps to the next place of the walk; false after the last one. */
static bool next(const struct walk *w, uint64_t *at, uint8_t **to, const uint8_t **from)
{
	for (unsigned i = w->ndim; i-- > 0;) {
		if (++at[i] < w->n[i]) {
			*to += w->to[i];
			*from += w->from[i];
			return true;
		}
		at[i] = 0;
		*to -= w->to[i] * (w->n[i] - 1);
		*from -= w->from[i] * (w->n[i] - 1);
	}
	return false;
}

void zf_box_copy(unsigned ndim, const uint64_t *shape, size_t item, void *dst, const uint64_t *dst_strides,
	const void *src, const uint64_t *src_strides)
{
	uint64_t at[ZF_MAX_NDIM] = { 0 };
	uint8_t *to = dst;
	const uint8_t *from = src;
	struct walk w;
	struct zf_plane plane;

	if (!simplify(&w, ndim, shape, item, dst_strides, src_strides))
		return;
	if (w.ndim == 0) {
		memcpy(to, from, w.item);
	} else if (take_plane(&w, &plane)) {
		do
			zf_plane_copy(to, from, &plane, w.item);
		while (next(&w, at, &to, &from));
	} else {
		unsigned last = --w.ndim;

		do
			copy_row(to, from, w.n[last], w.to[last], w.from[last], w.item);
		while (next(&w, at, &to, &from));
	}
}

static bool one_byte(const uint8_t *elem, size_t item)
{
	return !elem || memcmp(elem, elem + 1, item - 1) == 0;
}

/* Fills contiguous memory: the part that is done doubles. */
static void fill_run(uint8_t *p, size_t len, size_t item, const uint8_t *elem)
{
	size_t done = item;

	if (one_byte(elem, item)) {
		memset(p, elem ? *elem : 0, len);
		return;
	}
	memcpy(p, elem, item);
	while (done < len) {
		size_t more = done < len - done ? done : len - done;

		memcpy(p + done, p, more);
		done += more;
	}
}

void zf_box_fill(unsigned ndim, const uint64_t *shape, size_t item, void *dst, const uint64_t *strides,
	const void *elem)
{
	uint64_t at[ZF_MAX_NDIM] = { 0 };
	uint8_t *to = dst;
	const uint8_t *unused = dst; /* not NULL, to which nothing may be added */
	struct walk w;

	/* a copy from itself, but for the bytes: merges all that is contiguous into one element */
	if (!simplify(&w, ndim, shape, item, strides, strides))
		return;
	memset(w.from, 0, sizeof w.from);
	do
		fill_run(to, w.item, item, elem);
	while (next(&w, at, &to, &unused));
}

bool zf_box_is(const void *p, size_t len, size_t item, const void *elem)
{
	const uint8_t *bytes = p;

	if (len == 0 || item == 0)
		return true;
	if (elem)
		return memcmp(bytes, elem, item) == 0 && memcmp(bytes, bytes + item, len - item) == 0;
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}
