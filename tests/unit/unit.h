/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test begins with: asserts that are always on, main(), whole messages, seeds.
 *
 *     #include "../unit/unit.h"
 *     START_TEST(adds) { ck_assert_int_eq(1 + 1, 2); } END_TEST
 *     UNIT_MAIN("sums", adds)
 *
 * A test is a program of its own. It prints TAP; each test function runs in a process of its own unless
 * CK_FORK=no. CK_RUN_CASE and CK_TIMEOUT_MULTIPLIER are Check's.
 */
#ifndef ZF_UNIT_H
#define ZF_UNIT_H

#undef NDEBUG

#include "zarrfs.h"

#include <assert.h>
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Seconds that one test function may take. */
#define UNIT_TIMEOUT 120

/* Runs a suite and frees it; the program's exit status. For tests that build their suite themselves. */
static inline int unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return run == 0 || failed != 0;
}

static inline int unit_run_list(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* main() of a program that runs the test functions listed. */
#define UNIT_MAIN(NAME, ...)                                                                                 \
	int main(void)                                                                                       \
	{                                                                                                    \
		const TTest *tests[] = { __VA_ARGS__ };                                                      \
		return unit_run_list((NAME), tests, sizeof(tests) / sizeof(*tests));                         \
	}

/* Asserts that RC says failure, and that op has this errno value and exactly this text. */
#define unit_fails(RC, OP, ERR, TEXT)                                                                        \
	do {                                                                                                 \
		int unit_rc = (RC);                                                                          \
		ck_assert_int_eq(unit_rc, -1);                                                               \
		ck_assert_str_eq((OP)->text, (TEXT));                                                        \
		ck_assert_int_eq((OP)->err, (ERR));                                                          \
	} while (0)

/* Asserts that RC says success; shows the message where it does not. */
#define unit_ok(RC, OP) ck_assert_msg((RC) == 0, "failed with errno %d: %s", (OP)->err, (OP)->text)

/* Asserts that N bytes at A and B are equal. */
#define unit_bytes_eq(A, B, N) ck_assert_mem_eq((A), (B), (N))

/* The path of a file of the source tree, "tests/data/NAME"; new, free(). */
static inline char *unit_source(const char *name)
{
	const char *top = getenv("SRCDIR");
	size_t room = strlen(name) + (top ? strlen(top) : 1) + 2;
	char *path = malloc(room);
	if (!path)
		abort();
	snprintf(path, room, "%s/%s", top ? top : ".", name);
	return path;
}

/* The seed of a random test: ZF_SEED if set, else a new one. Printed, so that a failure can be replayed. */
static inline uint64_t unit_seed(void)
{
	const char *given = getenv("ZF_SEED");
	uint64_t seed = 0;
	if (given)
		seed = strtoull(given, NULL, 0);
	else if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		abort();
	printf("# seed: ZF_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	return seed;
}

/* The next number of a random sequence (splitmix64); *state starts as the seed. */
static inline uint64_t unit_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number below n. */
static inline uint64_t unit_below(uint64_t *state, uint64_t n)
{
	return unit_random(state) % n;
}

#endif
