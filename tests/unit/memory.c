/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache's memory: pieces do not overlap, keep their bytes, and go back to the kernel.
 */
#include "array/cache.h"
#include "array/memory.h"

#include "unit.h"

#include <unistd.h>

enum { PIECES = 300 };

static const size_t sizes[] = { 0, 1, 100, 16383, 16384, 65536, 100001, 262144, 1 << 20, (1 << 20) + 1,
	5 << 20 };

/* Pages that the process has in memory. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size, rss;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld %ld", &size, &rss), 2);
	fclose(f);
	return rss;
}

START_TEST(pieces_are_one_s_own)
{
	uint64_t seed = unit_seed();
	struct zf_memory *m = zf_memory_new();
	struct {
		unsigned char *p;
		size_t size;
	} have[PIECES] = { { 0 } };

	for (int i = 0; i < 5000; i++) {
		unsigned k = (unsigned)unit_below(&seed, PIECES);
		size_t n = have[k].size;

		if (have[k].p) {
			ck_assert(n == 0 || (have[k].p[0] == (k & 255) && have[k].p[n - 1] == (k & 255)));
			ck_assert(n == 0 || have[k].p[n / 2] == (k & 255));
			zf_memory_give(m, have[k].p, n);
			have[k].p = NULL;
			continue;
		}
		n = have[k].size = sizes[unit_below(&seed, sizeof sizes / sizeof sizes[0])];
		have[k].p = zf_memory_take(m, n);
		ck_assert_ptr_nonnull(have[k].p);
		ck_assert_uint_eq((uintptr_t)have[k].p % 64, 0);
		memset(have[k].p, (int)k, n);
	}
	for (unsigned k = 0; k < PIECES; k++)
		if (have[k].p)
			zf_memory_give(m, have[k].p, have[k].size);
	zf_memory_free(m);
}
END_TEST

/* 64 MiB in pieces of 1 MiB take 64 MiB, and give them back. */
START_TEST(memory_is_what_was_asked_for)
{
	const char *sanitizers = getenv("SANITIZERS");
	struct zf_memory *m;
	long page = sysconf(_SC_PAGESIZE), before = resident(), most;
	void *pieces[64];

	if (sanitizers && strcmp(sanitizers, "no") != 0)
		return; /* they keep memory of their own */
	m = zf_memory_new();
	for (int i = 0; i < 64; i++) {
		pieces[i] = zf_memory_take(m, 1 << 20);
		memset(pieces[i], 1, 1 << 20);
	}
	most = (resident() - before) * page >> 20;
	ck_assert_msg(most >= 60 && most <= 68, "%ld MiB", most);
	for (int i = 0; i < 64; i++)
		zf_memory_give(m, pieces[i], 1 << 20);
	most = (resident() - before) * page >> 20;
	ck_assert_msg(most <= 4, "%ld MiB", most);
	zf_memory_free(m);
}
END_TEST

/* A writer that fills the budget again and again keeps within it, whatever the order in which it is done with
 * its pieces; and all of them go when nobody writes any more. */
START_TEST(what_writers_took_goes_back)
{
	enum { PIECE = 64 << 10, HALF = 512 };
	struct zf_config config = {
		.cache = 2 * HALF * PIECE, .cache_max = 2 * HALF * PIECE, .serial = true
	};
	const char *sanitizers = getenv("SANITIZERS");
	static void *pieces[2 * HALF];
	long page = sysconf(_SC_PAGESIZE), before, most;
	struct zf_ctx *ctx;
	struct zf_op op;

	if (sanitizers && strcmp(sanitizers, "no") != 0)
		return;
	zf_op_init(&op);
	unit_ok(zf_ctx_new(&config, &op, &ctx), &op);
	before = resident();
	for (int i = 0; i < 20 * HALF; i++) {
		int at = i * 37 % (2 * HALF);

		zf_cache_give(ctx->cache, pieces[at], PIECE);
		pieces[at] = zf_cache_take(ctx->cache, PIECE);
		ck_assert_ptr_nonnull(pieces[at]);
		memset(pieces[at], i, PIECE);
	}
	most = (resident() - before) * page >> 20;
	ck_assert_msg(most >= 60 && most <= 68, "%ld MiB", most);
	for (int i = 0; i < 2 * HALF; i++)
		zf_cache_give(ctx->cache, pieces[i * 37 % (2 * HALF)], PIECE);
	most = (resident() - before) * page >> 20;
	ck_assert_msg(most <= 4, "%ld MiB", most);
	zf_ctx_free(ctx);
}
END_TEST

UNIT_MAIN("memory", pieces_are_one_s_own, memory_is_what_was_asked_for, what_writers_took_goes_back)
