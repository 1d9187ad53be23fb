/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plans for other chunks: their arithmetic against counting element by element.
 */
#include "transfer/plan.h"

#include "unit.h"

#include <string.h>

static uint64_t rng;

static uint64_t rnd(uint64_t below)
{
	return unit_below(&rng, below);
}

/* Pieces of size a and b of [0, size) that share an element, counted. */
static uint64_t count_pairs(uint64_t size, uint64_t a, uint64_t b)
{
	uint64_t pairs = 0;

	for (uint64_t x = 0; x < size; x++)
		pairs += x == 0 || x % a == 0 || x % b == 0;
	return pairs;
}

START_TEST(pairs)
{
	for (uint64_t size = 1; size < 40; size++)
		for (uint64_t a = 1; a < 45; a++)
			for (uint64_t b = 1; b < 45; b++)
				ck_assert_uint_eq(zf_plan_pairs(size, a, b), count_pairs(size, a, b));
	/* by hand: no common multiple within 64 bits */
	ck_assert_uint_eq(zf_plan_pairs(100, (uint64_t)1 << 63, ((uint64_t)1 << 63) - 1), 1);
}
END_TEST

static struct zf_plan_task random_task(void)
{
	struct zf_plan_task t = {
		.ndim = (unsigned)rnd(4), .itemsize = 1 + rnd(8), .parallel = 1 + (unsigned)rnd(3)
	};

	for (unsigned i = 0; i < t.ndim; i++) {
		t.shape[i] = 1 + rnd(14);
		t.from[i] = 1 + rnd(t.shape[i] + 2);
		t.to[i] = 1 + rnd(t.shape[i] + 2);
	}
	t.memory = rnd(4000);
	t.disk = rnd(3) ? UINT64_MAX : rnd(2000);
	return t;
}

/* Source chunks that the blocks touch, counted by looking at each element of each block. */
static uint64_t count_decoded(const struct zf_plan_task *t, const uint64_t *block)
{
	uint64_t decoded = 1;

	for (unsigned i = 0; i < t->ndim; i++)
		decoded *= count_pairs(t->shape[i], t->from[i], block[i]);
	return decoded;
}

static void check_block(
	const struct zf_plan_task *t, const uint64_t *block, const uint64_t *unit, const uint64_t *bounds)
{
	bool one = true;

	for (unsigned i = 0; i < t->ndim; i++) {
		ck_assert_uint_ge(block[i], 1);
		ck_assert_uint_le(block[i], bounds[i]);
		ck_assert_msg(block[i] == bounds[i] || block[i] % unit[i] == 0, "a block cuts chunks");
		one &= block[i] <= unit[i];
	}
	/* within the memory, if a single chunk is */
	if (!one)
		ck_assert_uint_le(zf_plan_volume(t->ndim, block) * t->itemsize, t->memory);
}

START_TEST(plans)
{
	rng = unit_seed();
	for (int n = 0; n < 20000; n++) {
		struct zf_plan_task t = random_task();
		struct zf_plan p;

		zf_plan_make(&t, &p);
		check_block(&t, p.write, t.to, p.region);
		if (!p.staged) {
			ck_assert_uint_eq(p.decoded, count_decoded(&t, p.write));
			ck_assert_uint_eq(p.stored, 0);
			continue;
		}
		check_block(&t, p.read, t.from, p.region);
		ck_assert_uint_eq(p.decoded, p.chunks);
		ck_assert_uint_le(p.stored, t.disk);
		ck_assert_uint_eq(p.stored, zf_plan_volume(t.ndim, p.region) * t.itemsize);
		for (unsigned i = 0; i < t.ndim; i++)
			ck_assert(p.region[i] == t.shape[i] ||
				  (p.region[i] % t.from[i] == 0 && p.region[i] % t.to[i] == 0));
	}
}
END_TEST

/* The plans of a case that has one good answer each, found by hand. */
START_TEST(known)
{
	struct zf_plan_task t = { .ndim = 3,
		.itemsize = 4,
		.shape = { 1000, 1000, 1000 },
		.from = { 1, 1000, 1000 },
		.to = { 1000, 10, 100 },
		.memory = 256 << 20,
		.disk = UINT64_MAX,
		.parallel = 2 };
	struct zf_plan p;

	/* every source chunk has something for every target chunk */
	zf_plan_make(&t, &p);
	ck_assert(p.staged);
	ck_assert_uint_eq(p.decoded, 1000);
	ck_assert_uint_eq(p.stored, 4000000000);
	/* without a disk, as few blocks as the memory allows: each decodes all */
	t.disk = 0;
	zf_plan_make(&t, &p);
	ck_assert(!p.staged);
	ck_assert_uint_ge(p.decoded, 15 * 1000);
	ck_assert_uint_le(p.decoded, 32 * 1000);
	/* chunks that fit into each other need nothing */
	memcpy(t.to, (uint64_t[]){ 4, 500, 500 }, 3 * sizeof *t.to);
	zf_plan_make(&t, &p);
	ck_assert(!p.staged);
	ck_assert_uint_eq(p.decoded, 1000);
	/* nearly equal ones are decoded a little more than once, not stored in between */
	t = (struct zf_plan_task){ .ndim = 1,
		.itemsize = 8,
		.shape = { 1000000 },
		.from = { 1000 },
		.to = { 1001 },
		.memory = 1 << 20,
		.disk = UINT64_MAX,
		.parallel = 2 };
	zf_plan_make(&t, &p);
	ck_assert(!p.staged);
	ck_assert_uint_le(p.decoded, 1010);
}
END_TEST

/* Cells that are products of random intervals: each element is in the file once, cell by cell. */
START_TEST(places)
{
	rng = unit_seed();
	for (int n = 0; n < 500; n++) {
		struct zf_plan_task t = random_task();
		uint64_t cells = zf_plan_cells(t.ndim, t.shape, t.from), place = 0;

		for (uint64_t i = 0; i < cells; i++) {
			uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM];

			zf_plan_cell(t.ndim, t.shape, t.from, i, start, size);
			ck_assert_uint_eq(zf_plan_place(t.ndim, t.shape, start, size), place);
			place += zf_plan_volume(t.ndim, size);
		}
		ck_assert_uint_eq(place, zf_plan_volume(t.ndim, t.shape));
	}
}
END_TEST

UNIT_MAIN("plan", pairs, plans, known, places)
