/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache of parts: one load for many readers, the budget, what is evicted, and what failed.
 */
#include "array/cache.h"
#include "base/op.h"

#include "unit.h"

#include <errno.h>
#include <pthread.h>

enum { SIZE = 1000 };

static const int owner = 0, other = 0;

static struct zf_ctx *make(uint64_t budget)
{
	struct zf_config config = { .cache = budget, .cache_max = 10 * budget, .serial = true };
	struct zf_ctx *ctx;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_ctx_new(&config, &op, &ctx), &op);
	return ctx;
}

static uint64_t bytes(struct zf_ctx *ctx)
{
	struct zf_stats stats;

	zf_ctx_stats(ctx, &stats);
	return stats.cache_bytes;
}

/* Pins part `chunk`; loads it, filled with its number, if it is new. Returns whether it was. */
static bool get(struct zf_ctx *ctx, uint64_t chunk, struct zf_part **part)
{
	struct zf_part_id id = { chunk, 0 };
	struct zf_op op;
	bool start;

	zf_op_init(&op);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, part, &start), &op);
	if (!start)
		return false;
	ck_assert_int_eq((*part)->state, ZF_PART_QUEUED);
	ck_assert(zf_cache_claim(ctx->cache, *part, NULL));
	unit_ok(zf_cache_provide(ctx->cache, &op, *part), &op);
	memset((*part)->data, (int)(chunk & 255), SIZE);
	zf_cache_finish(ctx->cache, *part, ZF_PART_READY, &op);
	return true;
}

/* Whether it had to be loaded. */
static bool touch(struct zf_ctx *ctx, uint64_t chunk)
{
	struct zf_part *part;
	bool fresh = get(ctx, chunk, &part);

	ck_assert_int_eq(part->state, ZF_PART_READY);
	ck_assert_int_eq(part->data[SIZE - 1], (int)(chunk & 255));
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	return fresh;
}

START_TEST(the_least_recently_used_goes_first)
{
	uint64_t each = SIZE + sizeof(struct zf_part); /* small parts cost what they take */
	struct zf_ctx *ctx = make(3 * each);

	ck_assert(touch(ctx, 1));
	ck_assert(touch(ctx, 2));
	ck_assert(touch(ctx, 3));
	ck_assert_uint_eq(bytes(ctx), 3 * each);
	ck_assert(!touch(ctx, 1));
	ck_assert(touch(ctx, 4)); /* displaces 2 */
	ck_assert_uint_eq(bytes(ctx), 3 * each);
	ck_assert(!touch(ctx, 3));
	ck_assert(!touch(ctx, 1));
	ck_assert(!touch(ctx, 4));
	ck_assert(touch(ctx, 2));
	zf_ctx_free(ctx);
}
END_TEST

/* What was read to its end goes before what was not, also if it was used later; touched again it counts anew.
 */
START_TEST(what_is_spent_goes_first)
{
	uint64_t each = SIZE + sizeof(struct zf_part);
	struct zf_ctx *ctx = make(3 * each);
	const uint8_t spent = ZF_SPENT, not_spent = ZF_NOT_SPENT;
	struct zf_part *part;

	ck_assert(touch(ctx, 1));
	ck_assert(get(ctx, 2, &part));
	zf_cache_unpin(ctx->cache, &part, 1, &spent);
	ck_assert(get(ctx, 3, &part));
	zf_cache_unpin(ctx->cache, &part, 1, &spent);
	ck_assert(!get(ctx, 2, &part));
	zf_cache_unpin(ctx->cache, &part, 1, &not_spent);
	ck_assert(touch(ctx, 4)); /* displaces 3 */
	ck_assert(!touch(ctx, 1));
	ck_assert(!touch(ctx, 2));
	ck_assert(!touch(ctx, 4));
	zf_ctx_free(ctx);
}
END_TEST

/* Of an array that does not fit, what was read to its end takes a sixteenth of the budget, the last parts. */
START_TEST(what_has_passed_makes_room)
{
	uint64_t each = SIZE + sizeof(struct zf_part);
	struct zf_ctx *ctx = make(64 * each);
	const uint8_t passed = ZF_PASSED;
	struct zf_part *part;

	ck_assert(touch(ctx, 100));
	for (uint64_t i = 1; i <= 10; i++) {
		ck_assert(get(ctx, i, &part));
		zf_cache_unpin(ctx->cache, &part, 1, &passed);
	}
	ck_assert_uint_eq(bytes(ctx), 5 * each); /* 100 and four of them */
	ck_assert(!touch(ctx, 100));
	for (uint64_t i = 7; i <= 10; i++)
		ck_assert(!touch(ctx, i));
	ck_assert(touch(ctx, 6));
	zf_ctx_free(ctx);
}
END_TEST

/* Where the bookkeeping is little beside the bytes, what fits by its bytes fits. */
START_TEST(large_parts_cost_their_bytes)
{
	struct zf_ctx *ctx = make(4 << 16);
	struct zf_part_id ids[4] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 0 } };
	struct zf_part *parts[4];
	struct zf_op op;
	bool start[4];

	zf_op_init(&op);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, ids, 4, 1 << 16, parts, start), &op);
	ck_assert_uint_eq(bytes(ctx), 4 << 16);
	zf_fail(&op, EIO, "not loaded");
	zf_cache_fail(ctx->cache, parts, 4, &op);
	zf_cache_unpin(ctx->cache, parts, 4, NULL);
	ck_assert_uint_eq(bytes(ctx), 0);
	zf_ctx_free(ctx);
}
END_TEST

START_TEST(pinned_parts_stay_and_the_budget_is_kept_again_after)
{
	uint64_t each = SIZE + sizeof(struct zf_part); /* small parts cost what they take */
	struct zf_ctx *ctx = make(2 * each);
	struct zf_part *parts[4];

	for (uint64_t i = 0; i < 4; i++)
		ck_assert(get(ctx, i, &parts[i]));
	ck_assert_uint_eq(bytes(ctx), 4 * each);
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(parts[i]->data[0], (int)i);
	zf_cache_unpin(ctx->cache, parts, 4, NULL);
	ck_assert_uint_eq(bytes(ctx), 2 * each);
	ck_assert(!touch(ctx, 3));
	ck_assert(!touch(ctx, 2));
	zf_ctx_free(ctx);
}
END_TEST

START_TEST(the_budget_grows_up_to_its_limit)
{
	struct zf_ctx *ctx = make(1000);

	ck_assert_uint_eq(zf_cache_budget(ctx->cache), 1000);
	ck_assert_uint_eq(zf_cache_grow(ctx->cache, 500), 1000);
	ck_assert_uint_eq(zf_cache_grow(ctx->cache, 5000), 5000);
	ck_assert_uint_eq(zf_cache_grow(ctx->cache, 50000), 10000);
	ck_assert_uint_eq(zf_cache_budget(ctx->cache), 10000);
	zf_ctx_free(ctx);
}
END_TEST

START_TEST(fill_parts_cost_no_memory)
{
	struct zf_ctx *ctx = make(1 << 20);
	struct zf_part_id id = { 5, 0 };
	struct zf_part *part;
	struct zf_op op;
	bool start;

	zf_op_init(&op);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, &part, &start), &op);
	ck_assert_uint_eq(bytes(ctx), SIZE + sizeof *part);
	ck_assert(zf_cache_claim(ctx->cache, part, NULL));
	zf_cache_finish(ctx->cache, part, ZF_PART_FILL, &op);
	ck_assert_uint_eq(bytes(ctx), sizeof *part);
	ck_assert_ptr_null(part->data);
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, &part, &start), &op);
	ck_assert(!start);
	ck_assert_int_eq(part->state, ZF_PART_FILL);
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	zf_ctx_free(ctx);
}
END_TEST

START_TEST(failed_parts_tell_who_waited_and_are_tried_again)
{
	struct zf_ctx *ctx = make(1 << 20);
	struct zf_part_id id = { 5, 0 };
	struct zf_part *part, *again;
	struct zf_op op;
	bool start;

	zf_op_init(&op);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, &part, &start), &op);
	ck_assert(zf_cache_claim(ctx->cache, part, NULL));
	zf_fail(&op, EIO, "checksum differs");
	zf_cache_finish(ctx->cache, part, ZF_PART_FAILED, &op);
	ck_assert_int_eq(part->state, ZF_PART_FAILED);
	ck_assert_str_eq(part->failure->text, "checksum differs");
	ck_assert_int_eq(part->failure->err, EIO);
	ck_assert(get(ctx, 5, &again));
	ck_assert_ptr_ne(again, part);
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	zf_cache_unpin(ctx->cache, &again, 1, NULL);
	ck_assert(!touch(ctx, 5));
	ck_assert_uint_eq(bytes(ctx), SIZE + sizeof *part);
	zf_ctx_free(ctx);
}
END_TEST

START_TEST(what_is_forgotten_stays_with_who_has_it)
{
	struct zf_ctx *ctx = make(1 << 20);
	struct zf_part *part;

	ck_assert(get(ctx, 7, &part));
	ck_assert(touch(ctx, 8));
	zf_cache_forget(ctx->cache, &other);
	ck_assert(!touch(ctx, 8));
	zf_cache_forget(ctx->cache, &owner);
	ck_assert_int_eq(part->data[0], 7);
	ck_assert(touch(ctx, 8));
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	ck_assert_uint_eq(bytes(ctx), SIZE + sizeof *part);
	ck_assert(touch(ctx, 7));
	zf_ctx_free(ctx);
}
END_TEST

/* What is loaded ahead of time may take so much, until it is used. */
START_TEST(reading_ahead_keeps_to_its_share)
{
	struct zf_ctx *ctx = make(10 * SIZE);
	struct zf_part_id ids[8], made[8];
	struct zf_part *part, *used;
	struct zf_op op;
	bool start;

	for (uint64_t i = 0; i < 8; i++)
		ids[i] = (struct zf_part_id){ i, 0 };
	ck_assert_uint_eq(
		zf_cache_make_ahead(ctx->cache, &owner, ids, 8, SIZE, 5 * zf_cache_cost(SIZE), made), 5);
	ck_assert_uint_eq(made[4].chunk, 4);
	ck_assert_uint_eq(
		zf_cache_make_ahead(ctx->cache, &owner, ids, 8, SIZE, 5 * zf_cache_cost(SIZE), made + 5), 0);

	/* a reader that wants a queued one has it loaded itself, and there is room for one more */
	zf_op_init(&op);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, ids, 1, SIZE, &used, &start), &op);
	ck_assert(start);
	zf_cache_unpin(ctx->cache, &used, 1, NULL);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, ids, 1, SIZE, &used, &start), &op);
	ck_assert(!start);
	ck_assert_ptr_null(zf_cache_claim_ahead(ctx->cache, &owner, ids, NULL));
	ck_assert_uint_eq(
		zf_cache_make_ahead(ctx->cache, &owner, ids, 8, SIZE, 5 * zf_cache_cost(SIZE), made + 5), 1);

	for (int i = 1; i < 6; i++) {
		part = zf_cache_claim_ahead(ctx->cache, &owner, &made[i], NULL);
		ck_assert_ptr_nonnull(part);
		ck_assert_ptr_null(zf_cache_claim_ahead(ctx->cache, &owner, &made[i], NULL));
		zf_cache_finish(ctx->cache, part, ZF_PART_FILL, &op);
		zf_cache_unpin(ctx->cache, &part, 1, NULL);
	}
	ck_assert(zf_cache_claim(ctx->cache, used, NULL));
	zf_cache_finish(ctx->cache, used, ZF_PART_FILL, &op);
	zf_cache_unpin(ctx->cache, &used, 1, NULL);
	zf_ctx_free(ctx);
}
END_TEST

/* What was queued ahead of time and never loaded takes no room from what is read: it is not pinned. */
START_TEST(what_is_queued_ahead_can_go)
{
	uint64_t each = zf_cache_cost(SIZE);
	struct zf_ctx *ctx = make(4 * each);
	struct zf_part_id ids[4];
	struct zf_part *parts[4];
	bool start[4];
	struct zf_op op;

	for (uint64_t i = 0; i < 4; i++)
		ids[i] = (struct zf_part_id){ i, 0 };
	ck_assert_uint_eq(zf_cache_make_ahead(ctx->cache, &owner, ids, 4, SIZE, 4 * each, ids), 4);
	ck_assert_uint_eq(bytes(ctx), 4 * each);
	for (uint64_t i = 10; i < 14; i++)
		ck_assert(touch(ctx, i));
	ck_assert_uint_eq(bytes(ctx), 4 * each);
	for (int i = 0; i < 4; i++)
		ck_assert_ptr_null(zf_cache_claim_ahead(ctx->cache, &owner, &ids[i], NULL));

	/* neither does a load that is still to come when a reader has had its part loaded otherwise */
	zf_op_init(&op);
	ck_assert_uint_eq(zf_cache_make_ahead(ctx->cache, &owner, ids, 4, SIZE, 4 * each, ids), 4);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, ids, 4, SIZE, parts, start), &op);
	for (int i = 0; i < 4; i++) {
		ck_assert(start[i]);
		ck_assert(zf_cache_claim(ctx->cache, parts[i], NULL));
		unit_ok(zf_cache_provide(ctx->cache, &op, parts[i]), &op);
		zf_cache_finish(ctx->cache, parts[i], ZF_PART_READY, &op);
	}
	zf_cache_unpin(ctx->cache, parts, 4, NULL);
	for (uint64_t i = 10; i < 14; i++)
		ck_assert(touch(ctx, i));
	ck_assert_uint_eq(bytes(ctx), 4 * each);
	zf_ctx_free(ctx);
}
END_TEST

/* ---- waiting ---- */

struct reader {
	struct zf_ctx *ctx;
	struct zf_op op;
	int ret, value;
	bool started;
};

static void *read_part(void *arg)
{
	struct reader *r = arg;
	struct zf_part_id id = { 9, 3 };
	struct zf_part *part;

	zf_cache_pin(r->ctx->cache, &r->op, &owner, &id, 1, SIZE, &part, &r->started);
	if (r->started) {
		zf_cache_claim(r->ctx->cache, part, NULL);
		zf_cache_provide(r->ctx->cache, &r->op, part);
		memset(part->data, 77, SIZE);
		zf_cache_finish(r->ctx->cache, part, ZF_PART_READY, &r->op);
	}
	r->ret = zf_cache_wait(r->ctx->cache, &r->op, &part, 1);
	r->value = r->ret ? -1 : part->data[0];
	zf_cache_unpin(r->ctx->cache, &part, 1, NULL);
	return NULL;
}

START_TEST(sixty_four_readers_make_one_load)
{
	struct zf_ctx *ctx = make(1 << 20);
	struct reader readers[64];
	pthread_t threads[64];
	int loads = 0;

	for (int i = 0; i < 64; i++) {
		readers[i].ctx = ctx;
		zf_op_init(&readers[i].op);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_part, &readers[i]), 0);
	}
	for (int i = 0; i < 64; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(readers[i].value, 77);
		loads += readers[i].started;
	}
	ck_assert_int_eq(loads, 1);
	zf_ctx_free(ctx);
}
END_TEST

/* and so does its load, unless somebody else waits for it too */
START_TEST(a_cancelled_reader_stops_waiting)
{
	struct zf_ctx *ctx = make(1 << 20);
	struct zf_part_id id = { 1, 0 };
	struct zf_part *part, *second;
	struct zf_op op, load;
	bool start;

	zf_op_init(&op);
	zf_op_init(&load);
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, &part, &start), &op);
	zf_cache_repin(ctx->cache, &part, 1); /* the load's */
	unit_ok(zf_cache_pin(ctx->cache, &op, &owner, &id, 1, SIZE, &second, &start), &op);
	ck_assert(zf_cache_claim(ctx->cache, part, &load));
	ck_assert(!zf_cache_claim(ctx->cache, part, &load));
	zf_op_cancel(&op);
	unit_fails(zf_cache_wait(ctx->cache, &op, &part, 1), &op, EINTR, "interrupted");
	ck_assert_int_eq(zf_op_check(&load), 0);
	zf_cache_unpin(ctx->cache, &second, 1, NULL);
	zf_op_init(&op);
	zf_op_cancel(&op);
	unit_fails(zf_cache_wait(ctx->cache, &op, &part, 1), &op, EINTR, "interrupted");
	unit_fails(zf_op_check(&load), &load, EINTR, "interrupted");
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	zf_cache_finish(ctx->cache, part, ZF_PART_FILL, &op);
	zf_cache_unpin(ctx->cache, &part, 1, NULL);
	zf_ctx_free(ctx);
}
END_TEST

/* Enough parts that the table grows several times; each is found again. */
START_TEST(many_parts_are_found_again)
{
	struct zf_ctx *ctx = make(64 << 20);

	for (uint64_t i = 0; i < 20000; i++)
		ck_assert(touch(ctx, i % 251 + i / 251 * 256));
	for (uint64_t i = 0; i < 20000; i++)
		ck_assert(!touch(ctx, i % 251 + i / 251 * 256));
	zf_ctx_free(ctx);
}
END_TEST

UNIT_MAIN("cache", the_least_recently_used_goes_first, what_is_spent_goes_first, what_has_passed_makes_room,
	large_parts_cost_their_bytes, pinned_parts_stay_and_the_budget_is_kept_again_after,
	the_budget_grows_up_to_its_limit, fill_parts_cost_no_memory,
	failed_parts_tell_who_waited_and_are_tried_again, what_is_forgotten_stays_with_who_has_it,
	reading_ahead_keeps_to_its_share, what_is_queued_ahead_can_go, sixty_four_readers_make_one_load,
	a_cancelled_reader_stops_waiting, many_parts_are_found_again)
