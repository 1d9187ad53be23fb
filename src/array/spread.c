/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies between a row of ranks and the places of those bytes in the flat file, or in a chunk.
 */
#include "array/dirty.h"

#include <string.h>

/* Where in the piece a byte is: the run, and what is left of it. */
struct cursor {
	const struct zf_piece *piece;
	const uint64_t *steps;
	uint64_t at[ZF_GRID_DIMS]; /* of the run; not set beyond the piece's dimensions */
	uint64_t offset;           /* of the run, strided */
	uint64_t within;           /* the run */
};

static void seek(struct cursor *c, uint64_t from)
{
	const struct zf_piece *p = c->piece;
	uint64_t run = from / p->run;

	c->within = from % p->run;
	c->offset = 0;
	for (unsigned d = p->ndim; d-- > 0; run /= p->n[d]) {
		c->at[d] = run % p->n[d];
		c->offset += c->at[d] * c->steps[d];
	}
}

static void next_run(struct cursor *c)
{
	c->within = 0;
	for (unsigned d = c->piece->ndim; d-- > 0;) {
		c->offset += c->steps[d];
		if (++c->at[d] < c->piece->n[d])
			return;
		c->offset -= c->at[d] * c->steps[d];
		c->at[d] = 0;
	}
}

/* Bytes of this run that are wanted. */
static uint64_t some(const struct cursor *c, uint64_t len)
{
	uint64_t left = c->piece->run - c->within;

	return left < len ? left : len;
}

void zf_piece_gather(const struct zf_piece *piece, const uint64_t *steps, const uint8_t *strided,
	uint64_t from, uint64_t len, uint8_t *linear)
{
	struct cursor c = { .piece = piece, .steps = steps };

	for (seek(&c, from); len; next_run(&c)) {
		uint64_t n = some(&c, len);

		memcpy(linear, strided + c.offset + c.within, n);
		linear += n;
		len -= n;
	}
}

void zf_piece_scatter(const struct zf_piece *piece, const uint64_t *steps, uint8_t *strided, uint64_t from,
	uint64_t len, const uint8_t *linear)
{
	struct cursor c = { .piece = piece, .steps = steps };

	for (seek(&c, from); len; next_run(&c)) {
		uint64_t n = some(&c, len);

		memcpy(strided + c.offset + c.within, linear, n);
		linear += n;
		len -= n;
	}
}
