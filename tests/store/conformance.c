/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store conformance suite: what every backend and wrapper has to do, run on each (fixture.c lists
 * them). A test sees its backend as backends[_i].
 */
#include "fixture.h"

#include "base/limits.h"

#include <errno.h>
#include <pthread.h>

#define BACKEND (&backends[_i])

/* ---- values and ranges ------------------------------------------------------------------------------- */

START_TEST(missing_key)
{
	struct zf_value before;

	open_backend(BACKEND);
	memset(&fx.value, 0x5a, sizeof fx.value);
	before = fx.value;
	missing(get("absent", NULL));
	ck_assert_uint_eq(fx.out.len, 0);
	ck_assert_mem_eq(&fx.value, &before, sizeof before);
	missing(get("no/such/thing", &(struct zf_range){ .len = 4 }));
	missing(stat_key("absent"));
	missing(del("absent"));
	missing(del("no/such/thing"));
	found(put("there", "x"));
	missing(get("there/below", NULL));
	missing(stat_key("there/below"));
	missing(get("ther", NULL));
	missing(get("there2", NULL));
}
END_TEST

START_TEST(put_and_get)
{
	open_backend(BACKEND);
	found(put("a", "first"));
	found(put("deep/er/and/deep.er", "second"));
	found(get("a", NULL));
	got("first");
	ck_assert_uint_eq(fx.value.size, 5);
	ck_assert_int_gt(fx.value.mtime_ns, INT64_C(1600000000000000000));
	found(get("deep/er/and/deep.er", NULL));
	got("second");
	memset(&fx.value, 0, sizeof fx.value);
	found(stat_key("a"));
	ck_assert_uint_eq(fx.value.size, 5);
}
END_TEST

START_TEST(empty_value)
{
	struct zf_range some = { .offset = 3, .len = 4 }, end = { .len = 4, .from_end = true };

	open_backend(BACKEND);
	found(put("nothing", ""));
	found(get("nothing", NULL));
	got("");
	ck_assert_uint_eq(fx.value.size, 0);
	found(get("nothing", &some));
	got("");
	found(get("nothing", &end));
	got("");
	fx.value.size = 1;
	found(stat_key("nothing"));
	ck_assert_uint_eq(fx.value.size, 0);
}
END_TEST

START_TEST(ranges)
{
	static const struct {
		struct zf_range range;
		const char *bytes;
	} cases[] = {
		{ { 0, 10, false }, "0123456789" },
		{ { 0, 3, false }, "012" },
		{ { 3, 4, false }, "3456" },
		{ { 9, 1, false }, "9" },
		{ { 0, 0, false }, "" },
		{ { 5, 0, false }, "" },
		{ { 8, 5, false }, "89" },
		{ { 10, 1, false }, "" },
		{ { 11, 1, false }, "" },
		{ { 0, UINT64_MAX, false }, "0123456789" },
		{ { 5, UINT64_MAX, false }, "56789" },
		{ { UINT64_MAX, UINT64_MAX, false }, "" },
		{ { UINT64_MAX, 1, false }, "" },
		{ { INT64_MAX, 1, false }, "" },
		{ { (uint64_t)INT64_MAX + 1, 1, false }, "" },
		{ { 0, 3, true }, "789" },
		{ { 2, 3, true }, "567" },
		{ { 0, 10, true }, "0123456789" },
		{ { 0, 11, true }, "0123456789" },
		{ { 0, UINT64_MAX, true }, "0123456789" },
		{ { 4, 20, true }, "012345" },
		{ { 9, 1, true }, "0" },
		{ { 10, 3, true }, "" },
		{ { 11, 3, true }, "" },
		{ { UINT64_MAX, 1, true }, "" },
		{ { UINT64_MAX, UINT64_MAX, true }, "" },
		{ { 0, 0, true }, "" },
	};

	open_backend(BACKEND);
	found(put("v", "0123456789"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fx.value.size = 77;
		found(get("v", &cases[i].range));
		ck_assert_msg(fx.out.len == strlen(cases[i].bytes) &&
				      (!fx.out.len || !memcmp(fx.out.data, cases[i].bytes, fx.out.len)),
			"range %zu: %.*s", i, (int)fx.out.len, fx.out.data);
		ck_assert_uint_eq(fx.value.size, 10);
	}
}
END_TEST

/* Bytes that tell where they are. */
static void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 + i / 251 + i / 65521);
}

START_TEST(large_value)
{
	const size_t size = (20 << 20) + 13;
	uint8_t *data = malloc(size);
	struct zf_range middle = { .offset = (8 << 20) - 5, .len = (8 << 20) + 10 };
	struct zf_range end = { .offset = 1, .len = 100, .from_end = true };

	ck_assert_ptr_nonnull(data);
	fill(data, size);
	open_backend(BACKEND);
	zf_op_init(&fx.op);
	found(zf_store_put(fx.store, &fx.op, "big", data, size, ZF_PUT_ALWAYS, NULL));
	found(get("big", NULL));
	ck_assert_uint_eq(fx.out.len, size);
	ck_assert_int_eq(memcmp(fx.out.data, data, size), 0);
	found(get("big", &middle));
	ck_assert_uint_eq(fx.out.len, middle.len);
	ck_assert_int_eq(memcmp(fx.out.data, data + middle.offset, middle.len), 0);
	found(get("big", &end));
	ck_assert_uint_eq(fx.out.len, 100);
	ck_assert_int_eq(memcmp(fx.out.data, data + size - 101, 100), 0);
	free(data);
}
END_TEST

/* ---- where the bytes go ------------------------------------------------------------------------------ */

START_TEST(appends_to_out)
{
	struct zf_range range = { .offset = 1, .len = 2 };

	open_backend(BACKEND);
	found(put("v", "xyz"));
	zf_op_init(&fx.op);
	unit_ok(zf_out_append(&fx.out, &fx.op, "before:", 7), &fx.op);
	found(zf_store_get(fx.store, &fx.op, "v", NULL, &fx.out, NULL));
	found(zf_store_get(fx.store, &fx.op, "v", &range, &fx.out, NULL));
	missing(zf_store_get(fx.store, &fx.op, "w", NULL, &fx.out, NULL));
	got("before:xyzyz");
}
END_TEST

START_TEST(fixed_out)
{
	char place[6] = "......";
	struct zf_out out = ZF_OUT_FIXED(place + 1, 4);

	open_backend(BACKEND);
	found(put("v", "abcd"));
	found(zf_store_get(fx.store, &fx.op, "v", NULL, &out, NULL));
	ck_assert_uint_eq(out.len, 4);
	ck_assert_mem_eq(place, ".abcd.", 6);
}
END_TEST

START_TEST(limit_of_out)
{
	char place[6] = "......";
	struct zf_out small = ZF_OUT_GROWING(9), fixed = ZF_OUT_FIXED(place, 5);
	struct zf_range nine = { .offset = 1, .len = 9 };

	open_backend(BACKEND);
	found(put("v", "0123456789"));
	fails(zf_store_get(fx.store, &fx.op, "v", NULL, &small, NULL), EFBIG, "v",
		"needs 10 bytes more than 0, limit is 9");
	ck_assert_uint_eq(small.len, 0);
	zf_op_init(&fx.op);
	found(zf_store_get(fx.store, &fx.op, "v", &nine, &small, NULL));
	ck_assert_mem_eq(small.data, "123456789", 9);
	fails(zf_store_get(fx.store, &fx.op, "v", &nine, &small, NULL), EFBIG, "v",
		"needs 9 bytes more than 9, limit is 9");
	ck_assert_uint_eq(small.len, 9);
	zf_out_free(&small);

	zf_op_init(&fx.op);
	fails(zf_store_get(fx.store, &fx.op, "v", NULL, &fixed, NULL), EFBIG, "v",
		"needs 10 bytes more than 0, limit is 5");
	ck_assert_mem_eq(place, "......", 6);
}
END_TEST

/* ---- changing ---------------------------------------------------------------------------------------- */

START_TEST(overwrite)
{
	open_backend(BACKEND);
	found(put("v", "a longer value"));
	found(put("v", "short"));
	found(get("v", NULL));
	got("short");
	found(put("v", "a value that is longer"));
	found(get("v", NULL));
	got("a value that is longer");
	found(put("v", ""));
	found(get("v", NULL));
	got("");
}
END_TEST

START_TEST(delete)
{
	int result;

	open_backend(BACKEND);
	found(put("p/v", "x"));
	found(put("p/w", "y"));
	found(del("p/v"));
	missing(del("p/v"));
	missing(get("p/v", NULL));
	missing(del("p"));
	found(get("p/w", NULL));
	ck_assert_str_eq(list("p", &result), "w ");
	found(put("p/v", "again"));
	found(get("p/v", NULL));
	got("again");
}
END_TEST

START_TEST(tags)
{
	struct zf_tag first, second;
	static const struct zf_tag none;

	open_backend(BACKEND);
	found(put("v", "one"));
	found(get("v", NULL));
	first = fx.value.tag;
	ck_assert(!zf_tag_equal(&first, &none));
	found(get("v", &(struct zf_range){ .len = 1 }));
	ck_assert(zf_tag_equal(&first, &fx.value.tag));
	found(stat_key("v"));
	ck_assert(zf_tag_equal(&first, &fx.value.tag));
	found(put("other", "one"));
	found(stat_key("v"));
	ck_assert(zf_tag_equal(&first, &fx.value.tag));

	/* at once, and of the same size: neither time nor size need to differ */
	for (int i = 0; i < 20; i++) {
		found(put("v", i % 2 ? "one" : "two"));
		found(stat_key("v"));
		second = fx.value.tag;
		ck_assert_msg(!zf_tag_equal(&first, &second), "put %d", i);
		first = second;
	}
}
END_TEST

START_TEST(put_if_absent)
{
	open_backend(BACKEND);
	found(put_if("a/v", "one", ZF_PUT_IF_ABSENT, NULL));
	fails(put_if("a/v", "two", ZF_PUT_IF_ABSENT, NULL), EEXIST, "a/v", "there is a value already");
	found(get("a/v", NULL));
	got("one");
	found(del("a/v"));
	found(put_if("a/v", "three", ZF_PUT_IF_ABSENT, NULL));
	found(get("a/v", NULL));
	got("three");
}
END_TEST

START_TEST(put_if_tag)
{
	struct zf_tag tag;

	open_backend(BACKEND);
	found(put("v", "one"));
	found(stat_key("v"));
	tag = fx.value.tag;
	found(put_if("v", "two", ZF_PUT_IF_TAG, &tag));
	fails(put_if("v", "bad", ZF_PUT_IF_TAG, &tag), ESTALE, "v", "the value was changed by somebody else");
	found(get("v", NULL));
	got("two");
	tag = fx.value.tag;
	found(del("v"));
	fails(put_if("v", "bad", ZF_PUT_IF_TAG, &tag), ESTALE, "v", "the value was changed by somebody else");
	missing(get("v", NULL));
}
END_TEST

START_TEST(flushing)
{
	char key[64];

	open_backend(BACKEND);
	ck_assert_int_eq(flush(), 0);
	/* more directories than a store may want to remember */
	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof key, "d%d/e/v", i);
		found(put(key, "x"));
	}
	found(del("d7/e/v"));
	unit_ok(flush(), &fx.op);
	unit_ok(flush(), &fx.op);
	missing(get("d7/e/v", NULL));
	found(get("d8/e/v", NULL));
	got("x");
}
END_TEST

START_TEST(free_space)
{
	struct zf_space space = { 0 };

	open_backend(BACKEND);
	unit_ok(zf_store_space(fx.store, &fx.op, &space), &fx.op);
	ck_assert_uint_gt(space.total, 0);
	ck_assert_uint_le(space.available, space.total);
}
END_TEST

/* ---- keys -------------------------------------------------------------------------------------------- */

START_TEST(key_that_is_a_prefix)
{
	int result;

	open_backend(BACKEND);
	found(put("p/v", "below"));
	missing(get("p", NULL));
	missing(stat_key("p"));
	if (BACKEND->traits & KEY_AND_PREFIX) {
		found(put("p", "above"));
		found(get("p", NULL));
		got("above");
	} else {
		fails(put("p", "above"), EISDIR, "p", "cannot replace: Is a directory");
		found(put("w", "above"));
		fails(put("w/v", "below"), ENOTDIR, "w/v", "cannot open: Not a directory");
		missing(get("w/v", NULL));
		list("w", &result);
		ck_assert_int_eq(result, ZF_MISSING);
	}
	found(get("p/v", NULL));
	got("below");
}
END_TEST

/* Every call with a bad key. */
static void refuses(const char *key, const char *shown, const char *reason)
{
	int result;

	fails(get(key, NULL), EINVAL, shown, reason);
	fails(stat_key(key), EINVAL, shown, reason);
	fails(put(key, "x"), EINVAL, shown, reason);
	fails(del(key), EINVAL, shown, reason);
	list(key, &result);
	fails(result, EINVAL, shown, reason);
	ck_assert(!zf_key_valid(key));
}

START_TEST(invalid_keys)
{
	static const char *const empty = "not a valid key: it has an empty component",
				 *dots = "not a valid key: it has the component '.' or '..'";
	int result;

	open_backend(BACKEND);
	refuses("/etc/passwd", "/etc/passwd", "not a valid key: it is absolute");
	refuses("/", "/", "not a valid key: it is absolute");
	refuses("a//b", "a//b", empty);
	refuses("a/", "a/", empty);
	refuses("..", "..", dots);
	refuses("../a", "../a", dots);
	refuses("a/../b", "a/../b", dots);
	refuses("a/..", "a/..", dots);
	refuses(".", ".", dots);
	refuses("./a", "./a", dots);
	refuses("a/./b", "a/./b", dots);
	refuses("a/.", "a/.", dots);
	fails(get("", NULL), EINVAL, "", "not a valid key: it is empty");
	fails(put("", "x"), EINVAL, "", "not a valid key: it is empty");
	ck_assert_str_eq(list("", &result), "");
	ck_assert_int_eq(result, ZF_FOUND);
}
END_TEST

START_TEST(longest_key)
{
	char key[ZF_MAX_KEY + 2], shown[400];

	open_backend(BACKEND);
	/* 16 components of 255 bytes */
	for (size_t i = 0; i <= ZF_MAX_KEY; i++)
		key[i] = i % 256 == 255 ? '/' : 'k';
	key[ZF_MAX_KEY] = '\0';
	ck_assert(zf_key_valid(key));
	if (BACKEND->traits & SHORT_KEYS) {
		missing(get(key, NULL));
		missing(del(key));
		ck_assert_int_eq(put(key, "deep"), -1);
		ck_assert_int_eq(fx.op.err, ENAMETOOLONG);
		key[511] = '\0';
	}
	found(put(key, "deep"));
	found(get(key, NULL));
	got("deep");

	key[511] = '/';
	key[ZF_MAX_KEY] = 'k';
	key[ZF_MAX_KEY + 1] = '\0';
	ck_assert(!zf_key_valid(key));
	/* the message has the beginning of the key, and the whole reason */
	memcpy(shown, key, 317);
	strcpy(shown + 317, "...");
	fails(get(key, NULL), EINVAL, shown, "not a valid key: it is too long");
}
END_TEST

START_TEST(odd_names)
{
	static const char *const names[] = { "with space", " ", "\xc3\xa4\xc3\xb6",
		"\xe6\x97\xa5\xe6\x9c\xac", "100%", "%2F", "~", "~user", "...", "..a", "a..", ".hidden", "-x",
		"#1", "a?b=c&d", "*", "back\\slash", "'quoted'", "\"quoted\"", "$HOME", "a:b", "tab\there",
		"new\nline", "zarr.json", ".zarray", "0.0.0", "CON", "UPPER", "upper" };
	const size_t count = sizeof names / sizeof *names;
	char key[64], longest[ZF_MAX_NAME + 1];
	int result;

	open_backend(BACKEND);
	memset(longest, 'n', ZF_MAX_NAME);
	longest[ZF_MAX_NAME] = '\0';
	found(put(longest, "longest"));
	for (size_t i = 0; i < count; i++) {
		snprintf(key, sizeof key, "odd/%s", names[i]);
		found(put(key, names[i]));
	}
	for (size_t i = 0; i < count; i++) {
		snprintf(key, sizeof key, "odd/%s", names[i]);
		found(get(key, NULL));
		got(names[i]);
	}
	found(get(longest, NULL));
	got("longest");
	ck_assert_str_eq(list("odd", &result),
		"  \"quoted\" #1 $HOME %2F 'quoted' * -x ... ..a .hidden .zarray 0.0.0 100% CON UPPER "
		"a.. a:b a?b=c&d back\\slash new\nline tab\there upper with space zarr.json ~ ~user "
		"\xc3\xa4\xc3\xb6 \xe6\x97\xa5\xe6\x9c\xac ");
	ck_assert_int_eq(result, ZF_FOUND);
}
END_TEST

START_TEST(control_characters_in_messages)
{
	open_backend(BACKEND);
	fails(get("a\nb\x7f\x1b[1m/../\xc3\xa4", NULL), EINVAL, "a\\x0ab\\x7f\\x1b[1m/../\xc3\xa4",
		"not a valid key: it has the component '.' or '..'");
}
END_TEST

/* ---- listing ----------------------------------------------------------------------------------------- */

static int stop_at_second(void *arg, const char *name, bool is_prefix)
{
	int *calls = arg;

	(void)name;
	(void)is_prefix;
	return ++*calls == 2;
}

START_TEST(listing)
{
	int result, calls = 0;

	open_backend(BACKEND);
	ck_assert_str_eq(list("", &result), "");
	ck_assert_int_eq(result, ZF_FOUND);
	ck_assert_str_eq(list("absent", &result), "");
	ck_assert_int_eq(result, ZF_MISSING);
	found(put("zarr.json", "{}"));
	found(put("a/zarr.json", "{}"));
	found(put("a/c/0/0", "x"));
	found(put("a/c/0/1", "x"));
	found(put("a/c/10/1", "x"));
	found(put("ab", "x"));
	found(put("a.c/v", "x"));
	ck_assert_str_eq(list("", &result), "a.c/ a/ ab zarr.json ");
	ck_assert_int_eq(result, ZF_FOUND);
	ck_assert_str_eq(list("a", &result), "c/ zarr.json ");
	ck_assert_str_eq(list("a/c", &result), "0/ 10/ ");
	ck_assert_str_eq(list("a/c/0", &result), "0 1 ");
	ck_assert_str_eq(list("ab", &result), "");
	ck_assert_int_eq(result, ZF_MISSING);
	ck_assert_str_eq(list("a/c/0/0/x", &result), "");
	ck_assert_int_eq(result, ZF_MISSING);

	/* a listing that is stopped is no failure */
	zf_op_init(&fx.op);
	found(zf_store_list(fx.store, &fx.op, "", stop_at_second, &calls));
	ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(emptied_prefix)
{
	int result;

	open_backend(BACKEND);
	found(put("a/b/v", "x"));
	found(del("a/b/v"));
	ck_assert_str_eq(list("a/b", &result), "");
	if (!(fx.store->caps & ZF_STORE_DIRECTORIES))
		ck_assert_int_eq(result, ZF_MISSING);
	found(put("a/b/w", "y"));
	ck_assert_str_eq(list("a/b", &result), "w ");
}
END_TEST

START_TEST(many_children)
{
	char key[32], expected[8192];
	size_t n = 0;
	int result;

	open_backend(BACKEND);
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "c/%03d", i);
		found(put(key, ""));
		n += (size_t)snprintf(expected + n, sizeof expected - n, "%03d ", i);
	}
	ck_assert_str_eq(list("c", &result), expected);
}
END_TEST

/* ---- cancelling, counting ---------------------------------------------------------------------------- */

START_TEST(cancelled)
{
	struct zf_out out = ZF_OUT_GROWING(100);

	open_backend(BACKEND);
	found(put("v", "x"));
	zf_op_init(&fx.op);
	zf_op_cancel(&fx.op);
	fails(zf_store_get(fx.store, &fx.op, "v", NULL, &out, NULL), EINTR, "v", "interrupted");
	ck_assert_uint_eq(out.len, 0);
	fx.op.err = 0;
	fails(zf_store_put(fx.store, &fx.op, "v", "y", 1, ZF_PUT_ALWAYS, NULL), EINTR, "v", "interrupted");
	found(get("v", NULL));
	got("x");
}
END_TEST

START_TEST(counters)
{
	open_backend(BACKEND);
	found(put("v", "0123456789"));
	memset(&fx.ctx.counters, 0, sizeof fx.ctx.counters);
	found(get("v", NULL));
	found(get("v", &(struct zf_range){ .offset = 8, .len = 100 }));
	missing(get("w", NULL));
	ck_assert_int_eq(get("..", NULL), -1);
	ck_assert_uint_eq(fx.ctx.counters.store_gets, 3);
	ck_assert_uint_eq(fx.ctx.counters.store_bytes, 12);
}
END_TEST

/* ---- several threads --------------------------------------------------------------------------------- */

enum { THREADS = 8, KEYS = 16 };

struct worker {
	pthread_t thread;
	unsigned number;
	char wrong[ZF_OP_TEXT + 64]; /* what it found wrong first */
	unsigned reads;
};

/* The value of a key: its number, over and over. */
static size_t value_of(unsigned key, uint8_t *out)
{
	size_t n = 1000 + 777 * (size_t)key;

	memset(out, (int)('a' + key), n);
	return n;
}

static void *read_all(void *arg)
{
	struct worker *worker = arg;
	struct zf_out out = ZF_OUT_GROWING(100000);
	static uint8_t expected[THREADS][100000];
	struct zf_op op;
	char key[32];

	for (unsigned i = 0; i < 400 && !worker->wrong[0]; i++) {
		unsigned k = (i * 7 + worker->number) % KEYS;
		size_t n = value_of(k, expected[worker->number]);

		zf_op_init(&op);
		out.len = 0;
		snprintf(key, sizeof key, "d%u/v%u", k % 3, k);
		if (zf_store_get(fx.store, &op, key, NULL, &out, NULL) != ZF_FOUND)
			snprintf(worker->wrong, sizeof worker->wrong, "get %s: %s", key, op.text);
		else if (out.len != n || memcmp(out.data, expected[worker->number], n) != 0)
			snprintf(worker->wrong, sizeof worker->wrong, "%s has other bytes", key);
		worker->reads++;
	}
	zf_out_free(&out);
	return NULL;
}

/* Runs fn in THREADS threads while meanwhile (may be NULL) runs here; asserts that nothing was wrong. */
static void run_threads(void *(*fn)(void *), void (*meanwhile)(void))
{
	static struct worker workers[THREADS];

	memset(workers, 0, sizeof workers);
	for (unsigned i = 0; i < THREADS; i++) {
		workers[i].number = i;
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, fn, &workers[i]), 0);
	}
	if (meanwhile)
		meanwhile();
	for (unsigned i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
		ck_assert_msg(!workers[i].wrong[0], "thread %u: %s", i, workers[i].wrong);
		ck_assert_uint_gt(workers[i].reads, 0);
	}
}

START_TEST(concurrent_gets)
{
	static uint8_t data[100000];
	char key[32];

	open_backend(BACKEND);
	for (unsigned k = 0; k < KEYS; k++) {
		snprintf(key, sizeof key, "d%u/v%u", k % 3, k);
		zf_op_init(&fx.op);
		found(zf_store_put(fx.store, &fx.op, key, data, value_of(k, data), ZF_PUT_ALWAYS, NULL));
	}
	memset(&fx.ctx.counters, 0, sizeof fx.ctx.counters);
	run_threads(read_all, NULL);
	ck_assert_uint_eq(fx.ctx.counters.store_gets, 400 * THREADS);
}
END_TEST

/* Two values of different bytes and sizes take turns; no reader may see a mixture. */
enum { LEN_A = 70000, LEN_B = 100000, TURNS = 60 };

static int writing; /* atomic */

static void put_turns(void)
{
	static char data[LEN_B];

	for (int i = 0; i < TURNS; i++) {
		memset(data, i % 2 ? 'b' : 'a', sizeof data);
		zf_op_init(&fx.op);
		if (zf_store_put(fx.store, &fx.op, "d/v", data, i % 2 ? LEN_B : LEN_A, ZF_PUT_ALWAYS, NULL) <
			0)
			break;
	}
	__atomic_store_n(&writing, 0, __ATOMIC_RELEASE);
}

static bool is_whole(const struct zf_out *out, const struct zf_value *value)
{
	size_t n = out->len;

	if (n != value->size || (n != LEN_A && n != LEN_B))
		return false;
	return out->data[0] == (n == LEN_A ? 'a' : 'b') && memcmp(out->data, out->data + 1, n - 1) == 0;
}

static void *watch(void *arg)
{
	struct worker *worker = arg;
	struct zf_out out = ZF_OUT_GROWING(LEN_B);
	struct zf_value value;
	struct zf_op op;

	do {
		zf_op_init(&op);
		out.len = 0;
		if (zf_store_get(fx.store, &op, "d/v", NULL, &out, &value) != ZF_FOUND)
			snprintf(worker->wrong, sizeof worker->wrong, "get: %s", op.text);
		else if (!is_whole(&out, &value))
			snprintf(worker->wrong, sizeof worker->wrong, "a mixture of %zu bytes", out.len);
		worker->reads++;
	} while (!worker->wrong[0] && __atomic_load_n(&writing, __ATOMIC_ACQUIRE));
	zf_out_free(&out);
	return NULL;
}

START_TEST(atomic_put)
{
	static char data[LEN_A];

	open_backend(BACKEND);
	memset(data, 'a', sizeof data);
	found(zf_store_put(fx.store, &fx.op, "d/v", data, LEN_A, ZF_PUT_ALWAYS, NULL));
	writing = 1;
	run_threads(watch, put_turns);
	ck_assert_msg(fx.op.err == 0, "put: %s", fx.op.text);
}
END_TEST

/* Each thread adds one to a number, again and again, as long as nobody else came between. */
enum { ADDS = 10 };

static void *add(void *arg)
{
	struct worker *worker = arg;
	struct zf_out out = ZF_OUT_GROWING(16);
	struct zf_value value;
	struct zf_op op;
	char text[16];

	for (unsigned done = 0; done < ADDS && !worker->wrong[0];) {
		int result;

		zf_op_init(&op);
		out.len = 0;
		if (zf_store_get(fx.store, &op, "n", NULL, &out, &value) != ZF_FOUND) {
			snprintf(worker->wrong, sizeof worker->wrong, "get: %s", op.text);
			break;
		}
		snprintf(text, sizeof text, "%.*s", (int)out.len, out.data);
		snprintf(text, sizeof text, "%08d", atoi(text) + 1);
		result = zf_store_put(fx.store, &op, "n", text, 8, ZF_PUT_IF_TAG, &value.tag);
		if (result < 0 && op.err != ESTALE)
			snprintf(worker->wrong, sizeof worker->wrong, "put: %s", op.text);
		done += result == 0;
		worker->reads++;
	}
	zf_out_free(&out);
	return NULL;
}

START_TEST(conditional_puts)
{
	open_backend(BACKEND);
	found(put("n", "00000000"));
	run_threads(add, NULL);
	found(get("n", NULL));
	got("00000080"); /* THREADS * ADDS */
}
END_TEST

/* Threads that make the same directories at once. */
static void *put_deep(void *arg)
{
	struct worker *worker = arg;
	struct zf_op op;
	char key[64];

	for (unsigned i = 0; i < 10; i++) {
		zf_op_init(&op);
		snprintf(key, sizeof key, "x/y%u/z/v%u", i, worker->number);
		if (zf_store_put(fx.store, &op, key, "x", 1, ZF_PUT_ALWAYS, NULL) < 0)
			snprintf(worker->wrong, sizeof worker->wrong, "put: %s", op.text);
		worker->reads++;
	}
	return NULL;
}

START_TEST(concurrent_puts)
{
	int result;

	open_backend(BACKEND);
	run_threads(put_deep, NULL);
	ck_assert_str_eq(list("x", &result), "y0/ y1/ y2/ y3/ y4/ y5/ y6/ y7/ y8/ y9/ ");
	ck_assert_str_eq(list("x/y9/z", &result), "v0 v1 v2 v3 v4 v5 v6 v7 ");
}
END_TEST

/* ---- all of them, on all of them --------------------------------------------------------------------- */

/* The result of a test on a backend: "+", "-", or " " where it was not run. Those of a backend come together,
 * in the order of the tests. */
static const char *result_of(TestResult **results, int run, const char *backend, size_t test)
{
	int at = 0;

	while (at < run && strcmp(tr_tcname(results[at]), backend) != 0)
		at++;
	at += (int)test;
	if (at >= run || strcmp(tr_tcname(results[at]), backend) != 0)
		return " ";
	return tr_rtype(results[at]) == CK_PASS ? "+" : "-";
}

/* A line for each test, a column for each backend. */
static void print_table(TestResult **results, int run, const TTest *const *test, size_t count)
{
	printf("#| what each store passes (+) and fails (-)\n");
	for (size_t b = 0; b < backend_count; b++)
		printf("#| %*s%s\n", 32 + 2 * (int)b, "", backends[b].name);
	for (size_t i = 0; i < count; i++) {
		printf("#| %-32s", test[i]->name);
		for (size_t b = 0; b < backend_count; b++)
			printf("%s ", result_of(results, run, backends[b].name, i));
		printf("\n");
	}
}

static void add_backend(Suite *suite, size_t b, const TTest *const *test, size_t count)
{
	TCase *tcase = tcase_create(backends[b].name);

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tcase, setup, teardown);
	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(tcase, test[i], (int)b, (int)b + 1);
	suite_add_tcase(suite, tcase);
}

int main(void)
{
	const TTest *tests[] = { missing_key, put_and_get, empty_value, ranges, large_value, appends_to_out,
		fixed_out, limit_of_out, overwrite, delete, tags, put_if_absent, put_if_tag, flushing,
		free_space, key_that_is_a_prefix, invalid_keys, longest_key, odd_names,
		control_characters_in_messages, listing, emptied_prefix, many_children, cancelled, counters,
		concurrent_gets, atomic_put, conditional_puts, concurrent_puts };
	const size_t count = sizeof tests / sizeof *tests;
	Suite *suite = suite_create("store");
	TestResult **results;
	SRunner *runner;
	int run, failed;

	for (size_t b = 0; b < backend_count; b++)
		add_backend(suite, b, tests, count);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	results = srunner_results(runner);
	print_table(results, run, tests, count);
	free(results);
	srunner_free(runner);
	return run == 0 || failed != 0;
}
