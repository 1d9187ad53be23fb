/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors, output buffers, checked arithmetic and the thread pool.
 */
#include "base/checked.h"
#include "base/op.h"
#include "base/out.h"
#include "base/pool.h"

#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

START_TEST(first_error_wins_and_places_are_prepended)
{
	struct zf_op op;

	zf_op_init(&op);
	unit_fails(zf_fail(&op, EIO, "frame says %d bytes", 7), &op, EIO, "frame says 7 bytes");
	unit_fails(zf_fail(&op, ENOMEM, "while cleaning up"), &op, EIO, "frame says 7 bytes");
	unit_fails(zf_where(&op, "codec '%s'", "zstd"), &op, EIO, "codec 'zstd': frame says 7 bytes");
	unit_fails(zf_where(&op, "a"), &op, EIO, "a: codec 'zstd': frame says 7 bytes");
	zf_op_init(&op);
	unit_fails(zf_nomem(&op, 12), &op, ENOMEM, "out of memory for 12 bytes");
}
END_TEST

START_TEST(long_messages_are_cut_at_the_end)
{
	static char name[2 * ZF_OP_TEXT];
	struct zf_op op;

	memset(name, 'x', sizeof name - 1);
	zf_op_init(&op);
	zf_fail(&op, EIO, "%s", name);
	ck_assert_uint_eq(strlen(op.text), ZF_OP_TEXT - 1);
	zf_where(&op, "place");
	ck_assert_uint_eq(strlen(op.text), ZF_OP_TEXT - 1);
	ck_assert_mem_eq(op.text, "place: xxx", 10);
	zf_where(&op, "%s", name);
	ck_assert_uint_eq(strlen(op.text), ZF_OP_TEXT - 1);
	ck_assert_mem_eq(op.text, "xxxx", 4);
}
END_TEST

START_TEST(errors_are_taken_over_once)
{
	struct zf_op op, worker;

	zf_op_init(&op);
	zf_op_init(&worker);
	ck_assert_int_eq(zf_op_adopt(&op, &worker), 0);
	zf_fail(&worker, ENOSPC, "disk full");
	unit_fails(zf_op_adopt(&op, &worker), &op, ENOSPC, "disk full");
	zf_op_init(&worker);
	zf_fail(&worker, EIO, "other");
	unit_fails(zf_op_adopt(&op, &worker), &op, ENOSPC, "disk full");
}
END_TEST

START_TEST(cancelled_operations_stop)
{
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_int_eq(zf_op_check(&op), 0);
	zf_op_cancel(&op);
	unit_fails(zf_op_check(&op), &op, EINTR, "interrupted");
}
END_TEST

START_TEST(growing_output_keeps_its_contents_and_its_limit)
{
	struct zf_out out = ZF_OUT_GROWING(10);
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_out_append(&out, &op, "abc", 3), &op);
	unit_ok(zf_out_append(&out, &op, "defghij", 7), &op);
	ck_assert_mem_eq(out.data, "abcdefghij", 10);
	unit_fails(zf_out_append(&out, &op, "k", 1), &op, EFBIG, "needs 1 bytes more than 10, limit is 10");
	ck_assert_uint_eq(out.len, 10);
	zf_op_init(&op);
	unit_fails(zf_out_reserve(&out, &op, SIZE_MAX), &op, EFBIG,
		"needs 18446744073709551615 bytes more than 10, limit is 10");
	zf_out_free(&out);
	ck_assert_ptr_null(out.data);
	zf_out_free(&out);
}
END_TEST

START_TEST(fixed_output_stays_where_it_is)
{
	unsigned char place[4] = "....";
	struct zf_out out = ZF_OUT_FIXED(place, 3);
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_out_append(&out, &op, "abc", 3), &op);
	unit_fails(zf_out_append(&out, &op, "d", 1), &op, EFBIG, "needs 1 bytes more than 3, limit is 3");
	ck_assert_mem_eq(place, "abc.", 4);
	zf_out_free(&out); /* frees nothing */
}
END_TEST

START_TEST(arithmetic_is_checked)
{
	uint64_t r = 5;

	ck_assert(zf_mul(1u << 31, 1u << 31, &r));
	ck_assert_uint_eq(r, (uint64_t)1 << 62);
	ck_assert(!zf_mul((uint64_t)1 << 32, (uint64_t)1 << 32, &r));
	ck_assert_uint_eq(r, (uint64_t)1 << 62);
	ck_assert(!zf_add(UINT64_MAX, 1, &r));
	ck_assert(zf_add(UINT64_MAX, 0, &r));
	ck_assert_uint_eq(r, UINT64_MAX);
	ck_assert_uint_eq(zf_div_up(7, 3), 3);
	ck_assert_uint_eq(zf_div_up(6, 3), 2);
	ck_assert_uint_eq(zf_div_up(0, 3), 0);
	ck_assert_uint_eq(zf_div_up(UINT64_MAX, 2), (uint64_t)1 << 63);
}
END_TEST

/* ---- the pool ---- */

struct counted {
	struct zf_job job;
	int *order;
	int number;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int ran;

static void count(struct zf_job *job)
{
	struct counted *c = (struct counted *)job;

	pthread_mutex_lock(&gate);
	c->order[ran++] = c->number;
	pthread_mutex_unlock(&gate);
}

START_TEST(without_threads_jobs_run_at_once)
{
	struct zf_pool *pool;
	struct zf_op op;
	int order[2] = { 0 };
	struct counted a = { { NULL, count }, order, 7 };

	ran = 0;
	zf_op_init(&op);
	unit_ok(zf_pool_new(&op, 0, &pool), &op);
	zf_pool_submit(pool, ZF_LANE_AHEAD, &a.job);
	ck_assert_int_eq(ran, 1);
	ck_assert_int_eq(order[0], 7);
	ck_assert_uint_eq(zf_pool_threads(pool), 0);
	zf_pool_free(pool);
}
END_TEST

/* One thread, held up by the gate while jobs of both lanes are queued. */
START_TEST(demand_goes_first_and_each_lane_in_order)
{
	struct zf_pool *pool;
	struct zf_op op;
	int order[8] = { 0 };
	struct counted jobs[7];
	static const int lane_of[7] = { ZF_LANE_DEMAND, ZF_LANE_AHEAD, ZF_LANE_AHEAD, ZF_LANE_DEMAND,
		ZF_LANE_AHEAD, ZF_LANE_DEMAND, ZF_LANE_DEMAND };
	static const int expected[7] = { 0, 3, 5, 6, 1, 2, 4 };

	ran = 0;
	zf_op_init(&op);
	unit_ok(zf_pool_new(&op, 1, &pool), &op);
	pthread_mutex_lock(&gate);
	for (int i = 0; i < 7; i++) {
		jobs[i] = (struct counted){ { NULL, count }, order, i };
		zf_pool_submit(pool, lane_of[i], &jobs[i].job);
		while (i == 0 && zf_pool_waiting(pool, ZF_LANE_DEMAND))
			; /* until the thread has taken it, and waits at the gate */
	}
	ck_assert_uint_eq(zf_pool_waiting(pool, ZF_LANE_DEMAND), 3);
	ck_assert_uint_eq(zf_pool_waiting(pool, ZF_LANE_AHEAD), 3);
	pthread_mutex_unlock(&gate);
	zf_pool_free(pool); /* runs what is queued */
	ck_assert_int_eq(ran, 7);
	ck_assert_mem_eq(order, expected, sizeof expected);
}
END_TEST

static void look_at_signals(struct zf_job *job)
{
	struct counted *c = (struct counted *)job;
	sigset_t set;

	pthread_sigmask(SIG_SETMASK, NULL, &set);
	c->order[0] = sigismember(&set, SIGTERM) && sigismember(&set, SIGINT);
}

START_TEST(threads_take_no_signals)
{
	struct zf_pool *pool;
	struct zf_op op;
	int blocked = 0;
	struct counted job = { { NULL, look_at_signals }, &blocked, 0 };
	sigset_t set;

	zf_op_init(&op);
	unit_ok(zf_pool_new(&op, 3, &pool), &op);
	ck_assert_uint_eq(zf_pool_threads(pool), 3);
	zf_pool_submit(pool, ZF_LANE_DEMAND, &job.job);
	zf_pool_free(pool);
	ck_assert_int_eq(blocked, 1);
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	ck_assert(!sigismember(&set, SIGTERM));
}
END_TEST

UNIT_MAIN("base", first_error_wins_and_places_are_prepended, long_messages_are_cut_at_the_end,
	errors_are_taken_over_once, cancelled_operations_stop,
	growing_output_keeps_its_contents_and_its_limit, fixed_output_stays_where_it_is,
	arithmetic_is_checked, without_threads_jobs_run_at_once, demand_goes_first_and_each_lane_in_order,
	threads_take_no_signals)
