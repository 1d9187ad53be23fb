/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands over backends: the calls of store.c on a backend that misbehaves, faults, traces.
 */
#include "fixture.h"

#include "store/backend.h"
#include "store/fault.h"
#include "store/kept.h"
#include "store/trace.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a backend that is not right ----------------------------------------------------------------------- */

/* One value, "0123456789" under "v"; it cannot list, write or tell its space. */
struct toy {
	struct zf_store store;
	size_t gives;       /* bytes that a get gives, whatever is asked */
	int inside, most;   /* calls in it at once, now and at most */
	int blocked, block; /* a get has come in; it is to wait. Atomic, as the two above */
};

static int toy_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct toy *toy = (struct toy *)store;
	int inside = __atomic_add_fetch(&toy->inside, 1, __ATOMIC_SEQ_CST);
	int result = ZF_MISSING;

	(void)range;
	if (inside > __atomic_load_n(&toy->most, __ATOMIC_SEQ_CST))
		__atomic_store_n(&toy->most, inside, __ATOMIC_SEQ_CST);
	__atomic_store_n(&toy->blocked, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&toy->block, __ATOMIC_SEQ_CST))
		sched_yield();
	sched_yield();
	if (strcmp(key, "v") == 0) {
		value->size = 10;
		result = zf_out_append(out, op, "0123456789...", toy->gives);
	}
	__atomic_sub_fetch(&toy->inside, 1, __ATOMIC_SEQ_CST);
	return result;
}

static int toy_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	(void)store;
	(void)key;
	(void)value;
	return zf_fail(op, EIO, "the toy is broken");
}

static void toy_close(struct zf_store *store)
{
	zf_store_fini(store);
	free(store);
}

static const struct zf_store_ops toy_ops = {
	.kind = "toy",
	.get = toy_get,
	.stat = toy_stat,
	.close = toy_close,
};

static struct toy *make_toy(unsigned caps)
{
	struct toy *toy = calloc(1, sizeof *toy);

	ck_assert_ptr_nonnull(toy);
	unit_ok(zf_store_init(&toy->store, &fx.op, &toy_ops, &fx.ctx, caps, "toy:1"), &fx.op);
	toy->gives = 10;
	fx.store = &toy->store;
	strcpy(fx.name, "toy:1");
	return toy;
}

START_TEST(other_bytes_than_promised)
{
	struct zf_range some = { .offset = 1, .len = 4 };
	struct toy *toy = make_toy(ZF_STORE_ANY_THREAD);

	found(get("v", NULL));
	got("0123456789");
	toy->gives = 9;
	memset(&fx.value, 0, sizeof fx.value);
	fails(get("v", NULL), EIO, "v", "the store gave 9 bytes, 10 were to come");
	ck_assert_uint_eq(fx.out.len, 0);
	ck_assert_uint_eq(fx.value.size, 0);
	toy->gives = 11;
	fails(get("v", NULL), EIO, "v", "the store gave 11 bytes, 10 were to come");
	toy->gives = 10;
	fails(get("v", &some), EIO, "v", "the store gave 10 bytes, 4 were to come");
	toy->gives = 4;
	found(get("v", &some));
}
END_TEST

START_TEST(what_a_table_leaves_out)
{
	struct zf_space room;
	int result;

	make_toy(ZF_STORE_ANY_THREAD);
	fails(stat_key("v"), EIO, "v", "the toy is broken");
	list("v", &result);
	fails(result, EOPNOTSUPP, "v", "this store cannot list its keys");
	list("", &result);
	unit_fails(result, &fx.op, EOPNOTSUPP, "toy:1: this store cannot list its keys");
	fails(put("v", "x"), EROFS, "v", "the store is read-only");
	fails(del("v"), EROFS, "v", "the store is read-only");
	unit_fails(flush(), &fx.op, EROFS, "toy:1: the store is read-only");
	zf_op_init(&fx.op);
	unit_fails(zf_store_space(fx.store, &fx.op, &room), &fx.op, EOPNOTSUPP,
		"toy:1: this store does not know its free space");
}
END_TEST

/* ---- taking turns -------------------------------------------------------------------------------------- */

static void *get_often(void *arg)
{
	struct zf_out out = ZF_OUT_GROWING(100);
	struct zf_op op;
	intptr_t wrong = 0;

	for (int i = 0; i < 300; i++) {
		zf_op_init(&op);
		out.len = 0;
		wrong |= zf_store_get(arg, &op, i % 3 ? "v" : "w", NULL, &out, NULL) != (i % 3 ? 0 : 1);
	}
	zf_out_free(&out);
	return (void *)wrong;
}

/* The most threads that were in the backend at once. */
static int most_inside(unsigned caps)
{
	struct toy *toy = make_toy(caps);
	pthread_t threads[8];
	void *wrong;
	int most;

	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, get_often, fx.store), 0);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	most = toy->most;
	zf_store_close(fx.store);
	fx.store = NULL;
	return most;
}

START_TEST(one_at_a_time)
{
	ck_assert_int_eq(most_inside(0), 1);
	/* the same without turns: or this would not show anything */
	for (int tries = 0; most_inside(ZF_STORE_ANY_THREAD) == 1; tries++)
		ck_assert_msg(
			tries < 100, "threads never met"); /* the scheduler may run one after the other */
}
END_TEST

static void *get_once(void *arg)
{
	struct zf_out out = ZF_OUT_GROWING(100);
	struct zf_op op;
	int result;

	zf_op_init(&op);
	result = zf_store_get(arg, &op, "v", NULL, &out, NULL);
	zf_out_free(&out);
	return (void *)(intptr_t)result;
}

struct waiter {
	struct zf_op op;
	int result;
};

static void *wait_for_turn(void *arg)
{
	struct waiter *waiter = arg;
	struct zf_out out = ZF_OUT_GROWING(100);

	waiter->result = zf_store_get(fx.store, &waiter->op, "v", NULL, &out, NULL);
	zf_out_free(&out);
	return NULL;
}

START_TEST(cancelled_while_it_waits_its_turn)
{
	struct toy *toy = make_toy(0);
	struct waiter waiter;
	pthread_t first, second;
	void *result;

	toy->block = 1;
	ck_assert_int_eq(pthread_create(&first, NULL, get_once, fx.store), 0);
	while (!__atomic_load_n(&toy->blocked, __ATOMIC_SEQ_CST))
		sched_yield();
	zf_op_init(&waiter.op);
	ck_assert_int_eq(pthread_create(&second, NULL, wait_for_turn, &waiter), 0);
	zf_op_cancel(&waiter.op);
	/* would never end if it waited for the first */
	ck_assert_int_eq(pthread_join(second, NULL), 0);
	unit_fails(waiter.result, &waiter.op, EINTR, "key 'v' in toy:1: interrupted");
	__atomic_store_n(&toy->block, 0, __ATOMIC_SEQ_CST);
	ck_assert_int_eq(pthread_join(first, &result), 0);
	ck_assert_ptr_null(result);
}
END_TEST

/* ---- faults -------------------------------------------------------------------------------------------- */

/* fx.store: faults over a directory store that has "v" = "0123456789". */
static void with_faults(const char *rules)
{
	struct zf_store *faulty;

	open_backend(&backends[0]);
	found(put("v", "0123456789"));
	zf_op_init(&fx.op);
	unit_ok(zf_fault_open(&fx.op, fx.store, rules, &faulty), &fx.op);
	fx.store = faulty;
}

START_TEST(fault_errors)
{
	int result;

	with_faults("get@2=EIO put@1=ENOSPC del@*=EACCES list@1=5 stat~w@1+=ENOMEM flush@2=EDQUOT");
	found(get("v", NULL));
	fails(get("v", NULL), EIO, "v", "injected: Input/output error");
	ck_assert_uint_eq(fx.out.len, 0);
	found(get("v", NULL));
	fails(put("v", "x"), ENOSPC, "v", "injected: No space left on device");
	found(put("v", "x"));
	fails(del("v"), EACCES, "v", "injected: Permission denied");
	fails(del("v"), EACCES, "v", "injected: Permission denied");
	found(get("v", NULL));
	got("x");
	list("v", &result);
	fails(result, EIO, "v", "injected: Input/output error");
	ck_assert_str_eq(list("", &result), "v ");
	found(stat_key("v"));
	fails(stat_key("w"), ENOMEM, "w", "injected: Cannot allocate memory");
	fails(stat_key("a/w/b"), ENOMEM, "a/w/b", "injected: Cannot allocate memory");
	unit_ok(flush(), &fx.op);
	ck_assert_int_eq(flush(), -1);
	ck_assert_int_eq(fx.op.err, EDQUOT);
	ck_assert_uint_eq(zf_fault_hits(fx.store), 8);
}
END_TEST

START_TEST(fault_bytes)
{
	struct zf_range end = { .len = 4, .from_end = true }, tail = { .offset = 6, .len = 10 };

	with_faults("get@1=short=3 get@2=short=3 get@3=short=99 get@4=lie=2 get@5=flip=8 get@6=flip=81 "
		    "get@7=missing "
		    "get@8=short=3 stat@1=short=1 stat@2=lie=1 stat@3=missing");
	found(get("v", NULL));
	got("0123456");
	ck_assert_uint_eq(fx.value.size, 7);
	found(get("v", &end));
	got("3456");
	found(get("v", NULL));
	got("");
	fails(get("v", NULL), EIO, "v", "the store gave 10 bytes, 12 were to come");
	found(get("v", NULL));
	got("0023456789"); /* bit 8 is the lowest of byte 1: 0x31 becomes 0x30 */
	found(get("v", NULL));
	got("2123456789"); /* bit 81 is bit 1 of byte 0: 0x30 becomes 0x32 */
	missing(get("v", NULL));
	found(get("v", &tail));
	got("6");
	found(get("v", NULL));
	got("0123456789");
	found(stat_key("v"));
	ck_assert_uint_eq(fx.value.size, 9);
	found(stat_key("v"));
	ck_assert_uint_eq(fx.value.size, 11);
	missing(stat_key("v"));
	found(stat_key("v"));
	ck_assert_uint_eq(fx.value.size, 10);
}
END_TEST

START_TEST(fault_puts)
{
	with_faults("put@1=short=2 put@2=flip=0");
	found(put("a", "abcd"));
	found(get("a", NULL));
	got("ab");
	found(put("a", "abcd"));
	found(get("a", NULL));
	got("`bcd"); /* 0x61 becomes 0x60 */
	found(put("a", "abcd"));
	found(get("a", NULL));
	got("abcd");
}
END_TEST

START_TEST(fault_hangs)
{
	struct waiter waiter;
	pthread_t thread;

	with_faults("any~v@1=hang");
	zf_op_init(&waiter.op);
	ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_turn, &waiter), 0);
	while (zf_fault_hanging(fx.store) == 0)
		sched_yield();
	/* it does not keep others out */
	found(get("v", NULL));
	ck_assert_uint_eq(zf_fault_hanging(fx.store), 1);
	zf_op_cancel(&waiter.op);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	fx.op = waiter.op;
	fails(waiter.result, EINTR, "v", "interrupted");
	ck_assert_uint_eq(zf_fault_hanging(fx.store), 0);
}
END_TEST

START_TEST(fault_rules_can_change)
{
	with_faults("");
	found(get("v", NULL));
	unit_ok(zf_fault_set(fx.store, &fx.op, "  get@1=EIO  "), &fx.op);
	fails(get("v", NULL), EIO, "v", "injected: Input/output error");
	zf_op_init(&fx.op);
	unit_fails(zf_fault_set(fx.store, &fx.op, "get@1=EIO nonsense"), &fx.op, EINVAL,
		"not a fault: 'nonsense'");
	found(get("v", NULL));
	unit_ok(zf_fault_set(fx.store, &fx.op, "get@1=EIO"), &fx.op);
	fails(get("v", NULL), EIO, "v", "injected: Input/output error");
}
END_TEST

START_TEST(faults_that_make_no_sense)
{
	static const char *const rules[] = { "get", "get@", "get@1", "get@1=", "get@0=EIO", "get@x=EIO",
		"got@1=EIO", "get@1=ENONSENSE", "get@1=0", "get@1=5000", "get@1=EIO,", "get@1=short",
		"get@1=short=", "get@1=short=x", "get@1=99999999999999999999", "put@1=lie=1", "list@1=flip=1",
		"put@1=missing", "@1=EIO", "~x@1=EIO", "get@1+2=EIO", "get@-1=EIO" };
	char text[128];

	with_faults("");
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		snprintf(text, sizeof text, "not a fault: '%s'", rules[i]);
		zf_op_init(&fx.op);
		unit_fails(zf_fault_set(fx.store, &fx.op, rules[i]), &fx.op, EINVAL, text);
	}
	zf_op_init(&fx.op);
	unit_fails(zf_fault_set(fx.store, &fx.op,
			   "get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 "
			   "get@1=5 "
			   "get@1=5 get@1=5 get@1=5 get@1=5 get@1=5 get@1=5"),
		&fx.op, EINVAL, "more than 16 faults");
}
END_TEST

/* The store below is closed also when the one over it cannot be made: valgrind and ASan would see it. */
START_TEST(fault_takes_the_store)
{
	struct zf_store *below, *store = NULL;

	backends[0].open(fx.store_folder, &below);
	unit_fails(zf_fault_open(&fx.op, below, "x", &store), &fx.op, EINVAL, "not a fault: 'x'");
	ck_assert_ptr_null(store);
}
END_TEST

/* ---- traces -------------------------------------------------------------------------------------------- */

static void expect_call(size_t i, enum zf_trace_op op, const char *key, uint64_t bytes, int result)
{
	struct zf_trace_call call;

	ck_assert_msg(zf_trace_call(fx.store, i, &call), "no call %zu", i);
	ck_assert_str_eq(call.key, key);
	ck_assert_int_eq(call.op, op);
	ck_assert_uint_eq(call.bytes, bytes);
	ck_assert_int_eq(call.result, result);
}

/* A store that does what a file says. */
START_TEST(faults_from_a_file)
{
	char spec[256], log[128];
	FILE *file;
	size_t n;

	ck_assert_int_eq(mkdir(fx.store_folder, 0777), 0);
	write_file(in_folder("plan"), "", 0);
	snprintf(spec, sizeof spec, "fault:%s/plan@%s", fx.folder, fx.store_folder);
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, spec, 0, &fx.store), &fx.op);
	snprintf(fx.name, sizeof fx.name, "dir:%s", fx.store_folder);
	found(put("v", "x"));
	write_file(in_folder("plan.new"), "put@2=EIO\nget~v@1=ENOSPC\n", 26);
	ck_assert_int_eq(rename(in_folder("plan.new"), in_folder("plan")), 0);
	write_file(in_folder("plan.log"), "", 0);
	found(put("v", "y"));
	fails(put("v", "z"), EIO, "v", "injected: Input/output error");
	fails(get("v", NULL), ENOSPC, "v", "injected: No space left on device");
	found(get("v", NULL));
	got("y");
	unit_ok(settle(), &fx.op);
	file = fopen(in_folder("plan.log"), "r");
	n = fread(log, 1, sizeof log - 1, file);
	fclose(file);
	log[n] = '\0';
	ck_assert_str_eq(log, "put v\nput v !\nget v !\nget v\nsettle /\n");
	ck_assert_int_eq(unlink(in_folder("plan")), 0);
	found(put("v", "z"));
}
END_TEST

START_TEST(plans_that_make_no_sense)
{
	struct zf_store *store = NULL;
	char spec[256], text[512];

	snprintf(spec, sizeof spec, "fault:%s/plan@mem:", fx.folder);
	zf_op_init(&fx.op);
	snprintf(text, sizeof text, "%s: plan of faults '%s/plan': No such file or directory", spec,
		fx.folder);
	unit_fails(zf_store_open(&fx.ctx, &fx.op, spec, 0, &store), &fx.op, ENOENT, text);
	zf_op_init(&fx.op);
	unit_fails(zf_store_open(&fx.ctx, &fx.op, "fault:x", 0, &store), &fx.op, EINVAL,
		"fault:x: not PLAN@STORE");
	write_file(in_folder("plan"), "put=wrong", 9);
	zf_op_init(&fx.op);
	unit_ok(zf_store_open(&fx.ctx, &fx.op, spec, 0, &fx.store), &fx.op);
	found(put("v", "x"));
	found(get("v", NULL));
}
END_TEST

static void in_a_child(const char *rules, void (*run)(void), bool dies)
{
	int status;
	pid_t pid;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		zf_op_init(&fx.op);
		unit_ok(zf_fault_set(fx.store, &fx.op, rules), &fx.op);
		run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WIFSIGNALED(status), dies);
}

static void put_both(void)
{
	put_if("v", "x", ZF_PUT_IF_ABSENT, NULL);
	put_if("w", "x", ZF_PUT_IF_ABSENT, NULL);
}

START_TEST(faults_that_kill)
{
	open_backend(&backends[0]);
	struct zf_store *below = fx.store;

	zf_op_init(&fx.op);
	unit_ok(zf_fault_open(&fx.op, below, "", &fx.store), &fx.op);
	in_a_child("put~v@1=kill", put_both, true);
	missing(get("v", NULL));
	in_a_child("put~v@1=die", put_both, true);
	found(get("v", NULL));
	missing(get("w", NULL));
	in_a_child("put~u@1=die", put_both, false);
	found(get("w", NULL));
}
END_TEST

START_TEST(traces)
{
	struct zf_range range = { .offset = 2, .len = 100, .from_end = true };
	struct zf_trace_call call;
	struct zf_store *store;
	int result;

	open_backend(&backends[0]);
	zf_op_init(&fx.op);
	unit_ok(zf_trace_open(&fx.op, fx.store, &store), &fx.op);
	fx.store = store;
	found(put("v", "0123456789"));
	found(get("v", NULL));
	found(get("v", &range));
	missing(get("w", NULL));
	ck_assert_int_eq(get("..", NULL), -1); /* never comes to a backend */
	found(stat_key("v"));
	list("", &result);
	ck_assert_int_eq(put("v/w", "xyz"), -1);
	missing(del("u"));
	ck_assert_int_eq(flush(), 0);
	expect_call(0, ZF_TRACE_PUT, "v", 10, ZF_FOUND);
	expect_call(1, ZF_TRACE_GET, "v", 10, ZF_FOUND);
	expect_call(2, ZF_TRACE_GET, "v", 8, ZF_FOUND);
	expect_call(3, ZF_TRACE_GET, "w", 0, ZF_MISSING);
	expect_call(4, ZF_TRACE_STAT, "v", 0, ZF_FOUND);
	expect_call(5, ZF_TRACE_LIST, "", 0, ZF_FOUND);
	expect_call(6, ZF_TRACE_PUT, "v/w", 3, -1);
	expect_call(7, ZF_TRACE_DEL, "u", 0, ZF_MISSING);
	expect_call(8, ZF_TRACE_FLUSH, "", 0, 0);
	ck_assert(!zf_trace_call(fx.store, 9, &call));
	ck_assert(zf_trace_call(fx.store, 1, &call));
	ck_assert(call.range.offset == 0 && call.range.len == UINT64_MAX && !call.range.from_end);
	ck_assert(zf_trace_call(fx.store, 2, &call));
	ck_assert(call.range.offset == 2 && call.range.len == 100 && call.range.from_end);
	ck_assert_uint_eq(zf_trace_count(fx.store, ZF_TRACE_GET), 3);
	ck_assert_uint_eq(zf_trace_bytes(fx.store, ZF_TRACE_GET), 18);
	zf_trace_reset(fx.store);
	ck_assert_uint_eq(zf_trace_count(fx.store, ZF_TRACE_GET), 0);
	ck_assert(!zf_trace_call(fx.store, 0, &call));
	for (int i = 0; i < 1000; i++)
		missing(get("w", NULL));
	ck_assert_uint_eq(zf_trace_count(fx.store, ZF_TRACE_GET), 1000);
	ck_assert(zf_trace_call(fx.store, 999, &call));
}
END_TEST

/* ---- what is kept in memory --------------------------------------------------------------------------- */

static struct zf_store *below; /* a trace */

static void keeping(const struct backend *backend, uint64_t limit)
{
	open_backend(backend);
	zf_op_init(&fx.op);
	unit_ok(zf_trace_open(&fx.op, fx.store, &below), &fx.op);
	unit_ok(zf_kept_open(&fx.op, below, limit, &fx.store), &fx.op);
}

#define gets_below(N) ck_assert_uint_eq(zf_trace_count(below, ZF_TRACE_GET), (N))

START_TEST(kept_values)
{
	struct zf_range middle = { .offset = 2, .len = 3 }, end = { .len = 2, .from_end = true };

	keeping(&backends[0], 1 << 20);
	found(put("v", "0123456789"));
	for (int i = 0; i < 3; i++) {
		found(get("v", &middle));
		got("234");
		ck_assert_uint_eq(fx.value.size, 10);
	}
	gets_below(1);
	found(get("v", &end));
	got("89");
	gets_below(2);
	found(get("v", NULL));
	got("0123456789");
	gets_below(3);
	found(get("v", &(struct zf_range){ .offset = 9, .len = 10 }));
	got("9"); /* all of it is kept now */
	gets_below(3);

	found(put("v", "new"));
	found(get("v", NULL));
	got("new");
	found(del("v"));
	missing(get("v", NULL));
	gets_below(5);
}
END_TEST

START_TEST(kept_values_that_others_change)
{
	keeping(&backends[0], 1 << 20);
	found(put("v", "old"));
	unit_ok(settle(), &fx.op);
	found(get("v", NULL));
	write_file(in_folder("store/new"), "by another", 10);
	ck_assert_int_eq(rename(in_folder("store/new"), in_folder("store/v")), 0);
	found(get("v", NULL));
	got("by another");
	found(get("v", NULL));
	got("by another");
	gets_below(2);
	ck_assert_int_eq(unlink(in_folder("store/v")), 0);
	missing(get("v", NULL));
}
END_TEST

START_TEST(kept_values_have_a_limit)
{
	char key[12], text[300];

	keeping(&backends[0], 1000);
	memset(text, 'x', 100);
	text[100] = '\0';
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof key, "%d", i);
		found(put(key, text));
	}
	/* two fit, with what they cost beside their bytes; the one used last stays */
	found(get("0", NULL));
	found(get("1", NULL));
	found(get("0", NULL));
	gets_below(2);
	found(get("2", NULL));
	found(get("0", NULL));
	gets_below(3);
	found(get("1", NULL));
	gets_below(4);
	/* what would take more than a quarter is not kept at all */
	memset(text, 'y', 251);
	text[251] = '\0';
	found(put("large", text));
	found(get("large", NULL));
	found(get("large", NULL));
	gets_below(6);
	found(get("1", NULL));
	gets_below(6);
}
END_TEST

int main(void)
{
	const TTest *tests[] = { other_bytes_than_promised, what_a_table_leaves_out, one_at_a_time,
		cancelled_while_it_waits_its_turn, fault_errors, fault_bytes, fault_puts, fault_hangs,
		fault_rules_can_change, faults_that_make_no_sense, fault_takes_the_store, faults_from_a_file,
		plans_that_make_no_sense, faults_that_kill, kept_values, kept_values_that_others_change,
		kept_values_have_a_limit, traces };
	Suite *suite = suite_create("wrappers");
	TCase *tcase = tcase_create("wrappers");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
