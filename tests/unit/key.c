/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunk keys; the examples are those of zarr-specs v3, "Chunk key encoding".
 */
#include "grid/key.h"

#include "unit.h"

static const struct zf_key_encoding with_c = { .c_prefix = true, .separator = '/' },
				    with_c_dot = { .c_prefix = true, .separator = '.' },
				    v2 = { .separator = '.' }, v2_slash = { .separator = '/' },
				    draft = { .c_prefix = true, .separator = '/', .c_joined = true },
				    n5 = { .separator = '/', .reversed = true },
				    v0 = { .separator = '.', .folder = "__zdata__", .ending = ".blosc" };
static const uint64_t at[] = { 1, 23, 45 };

START_TEST(formats_as_specified)
{
	char buf[64];

	ck_assert_uint_eq(zf_key_format(&with_c, "", 3, at, buf, sizeof buf), 9);
	ck_assert_str_eq(buf, "c/1/23/45");
	zf_key_format(&with_c_dot, "foo/bar", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "foo/bar/c.1.23.45");
	zf_key_format(&v2, "a", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/1.23.45");
	zf_key_format(&v2_slash, "", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "1/23/45");
	zf_key_format(&with_c, "a", 0, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/c");
	zf_key_format(&v2, "", 0, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "0");
	zf_key_format(&draft, "a", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/c1/23/45");
	zf_key_format(&draft, "a", 0, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/c0");
	zf_key_format(&n5, "a", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/45/23/1");
	zf_key_format(&v0, "a", 3, at, buf, sizeof buf);
	ck_assert_str_eq(buf, "a/__zdata__/1.23.45.blosc");
}
END_TEST

START_TEST(says_when_it_does_not_fit)
{
	char buf[10];

	ck_assert_uint_eq(zf_key_format(&with_c, "", 3, at, buf, 10), 9);
	ck_assert_uint_eq(zf_key_format(&with_c, "", 3, at, buf, 9), 0);
	ck_assert_uint_eq(zf_key_format(&with_c, "", 3, at, buf, 0), 0);
}
END_TEST

START_TEST(parses_its_own_and_nothing_else)
{
	uint64_t x[3] = { 0 };

	ck_assert(zf_key_parse(&with_c, "c/1/23/45", 3, x));
	ck_assert(x[0] == 1 && x[1] == 23 && x[2] == 45);
	ck_assert(zf_key_parse(&v2, "0.18446744073709551615", 2, x));
	ck_assert(x[1] == UINT64_MAX);
	ck_assert(!zf_key_parse(&v2, "0.18446744073709551616", 2, x));
	ck_assert(zf_key_parse(&draft, "c1/23/45", 3, x));
	ck_assert(x[0] == 1 && x[1] == 23 && x[2] == 45);
	ck_assert(zf_key_parse(&draft, "c0", 0, x));
	ck_assert(!zf_key_parse(&draft, "c/1/23/45", 3, x));
	ck_assert(!zf_key_parse(&draft, "c", 0, x));
	ck_assert(!zf_key_parse(&with_c, "c1/23/45", 3, x));
	ck_assert(zf_key_parse(&n5, "45/23/1", 3, x));
	ck_assert(x[0] == 1 && x[1] == 23 && x[2] == 45);
	ck_assert(zf_key_parse(&v0, "__zdata__/7.8.blosc", 2, x));
	ck_assert(x[0] == 7 && x[1] == 8);
	ck_assert(!zf_key_parse(&v0, "7.8.blosc", 2, x));
	ck_assert(!zf_key_parse(&v0, "__zdata__/7.8", 2, x));
	ck_assert(!zf_key_parse(&v0, "__zdata__/7.8.blosc.tmp", 2, x));
	ck_assert(!zf_key_parse(&v0, "__zdata__.7.8.blosc", 2, x));
	ck_assert(!zf_key_parse(&v2, "00.1", 2, x));
	ck_assert(!zf_key_parse(&v2, "0.01", 2, x));
	ck_assert(!zf_key_parse(&v2, "0", 2, x));
	ck_assert(!zf_key_parse(&v2, "0.", 2, x));
	ck_assert(!zf_key_parse(&v2, "0.1.2", 2, x));
	ck_assert(!zf_key_parse(&v2, "0.-1", 2, x));
	ck_assert(!zf_key_parse(&v2, "0.1 ", 2, x));
	ck_assert(!zf_key_parse(&v2, ".zarray", 2, x));
	ck_assert(!zf_key_parse(&v2, "", 2, x));
	ck_assert(!zf_key_parse(&with_c, "0/1", 2, x));
	ck_assert(!zf_key_parse(&with_c, "", 0, x));
	ck_assert(zf_key_parse(&with_c, "c", 0, x));
	ck_assert(zf_key_parse(&v2, "0", 0, x));
	ck_assert(!zf_key_parse(&v2, "1", 0, x));
}
END_TEST

UNIT_MAIN("key", formats_as_specified, says_when_it_does_not_fit, parses_its_own_and_nothing_else)
