/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes and transpose: the codecs that move bytes about.
 */
#include "chain.h"

#include "codec/box.h"
#include "codec/swap.h"

#define BIG "[{'name': 'bytes', 'configuration': {'endian': 'big'}}]"
#define LITTLE "[{'name': 'bytes', 'configuration': {'endian': 'little'}}]"
#define ABSENT "[{'name': 'bytes'}]"

/* ---- bytes ---- */

static void swaps(const char *codecs, uint32_t item, uint32_t unit, bool big_endian, const char *stored,
	const char *flat)
{
	size_t n = strlen(stored);
	struct zf_spec spec = chain_spec(n / item, item, unit);

	spec.big_endian = big_endian;
	chain_gives(codecs, &spec, stored, n, flat);
	chain_returns(codecs, &spec, flat);
}

START_TEST(swaps_where_the_orders_differ)
{
	swaps(BIG, 2, 2, false, "abcdefghij", "badcfehgji");
	swaps(BIG, 4, 4, false, "abcdefghijkl", "dcbahgfelkji");
	swaps(BIG, 8, 8, false, "abcdefghijklmnopqrstuvwx", "hgfedcbaponmlkjixwvutsrq");
	swaps(BIG, 8, 4, false, "abcdefghijklmnop", "dcbahgfelkjiponm");  /* complex64 */
	swaps(BIG, 16, 8, false, "abcdefghijklmnop", "hgfedcbaponmlkji"); /* complex128 */
	swaps(BIG, 16, 16, false, "abcdefghijklmnop", "ponmlkjihgfedcba");
	swaps(BIG, 12, 4, false, "abcdefghijkl", "dcbahgfelkji"); /* three characters of U */
	swaps(LITTLE, 2, 2, true, "abcdef", "badcfe");
}
END_TEST

START_TEST(passes_where_they_do_not)
{
	swaps(LITTLE, 4, 4, false, "abcdefgh", "abcdefgh");
	swaps(ABSENT, 4, 4, false, "abcdefgh", "abcdefgh");
	swaps(ABSENT, 4, 4, true, "abcdefgh", "abcdefgh");
	swaps(BIG, 4, 4, true, "abcdefgh", "abcdefgh");
	swaps(BIG, 1, 1, false, "abcdefgh", "abcdefgh");
	swaps(BIG, 4, 0, false, "abcdefgh", "abcdefgh");
	swaps("[{'name': 'endian', 'configuration': {'endian': 'big'}}]", 2, 2, false, "abcd", "badc");
}
END_TEST

START_TEST(swaps_fields)
{
	/* a byte, a 16-bit number, a complex number of twice four bytes, three bytes */
	static const struct zf_unit units[] = { { 1, 2 }, { 3, 4 }, { 7, 4 } };
	struct zf_spec spec = chain_spec(2, 14, 0);

	spec.kind = 'V';
	spec.units = units;
	spec.nunits = 3;
	chain_gives(BIG, &spec, "abcdefghijklmnABCDEFGHIJKLMN", 28, "acbgfedkjihlmnACBGFEDKJIHLMN");
	chain_gives(LITTLE, &spec, "abcdefghijklmnABCDEFGHIJKLMN", 28, "abcdefghijklmnABCDEFGHIJKLMN");
	chain_returns(BIG, &spec, "abcdefghijklmnABCDEFGHIJKLMN");
	chain_returns("[{'name': 'bytes', 'configuration': {'endian': 'big'}}, {'name': 'zstd'}]", &spec,
		"abcdefghijklmnABCDEFGHIJKLMN");
}
END_TEST

START_TEST(swaps_any_length)
{
	uint8_t from[100], to[100];

	for (int i = 0; i < 100; i++)
		from[i] = (uint8_t)i;
	for (uint32_t unit = 1; unit <= 16; unit++) {
		for (size_t len = 0; len <= 100; len += unit) {
			memset(to, 255, sizeof to);
			zf_swap(to, from, len, unit);
			for (size_t i = 0; i < 100; i++)
				ck_assert_uint_eq(
					to[i], i < len ? i / unit * unit + unit - 1 - i % unit : 255);
		}
	}
}
END_TEST

START_TEST(refuses_other_lengths)
{
	struct zf_spec spec = chain_spec(12, 4, 4);
	uint8_t value[64] = { 0 };

	chain_fails(ABSENT, &spec, value, 50, "codec 'bytes' (1 of 1): value has 50 bytes, chunk has 48");
	chain_fails(BIG, &spec, value, 47, "codec 'bytes' (1 of 1): value has 47 bytes, chunk has 48");
	chain_fails(BIG, &spec, value, 0, "codec 'bytes' (1 of 1): value has 0 bytes, chunk has 48");
}
END_TEST

START_TEST(checks_endian)
{
	struct zf_spec spec = chain_spec(12, 4, 4);

	chain_refuses("[{'name': 'bytes', 'configuration': {'endian': 'middle'}}]", &spec, EINVAL,
		"codec 'bytes' (1 of 1): endian: unknown value 'middle'");
	chain_refuses("[{'name': 'bytes', 'configuration': {'endian': 1}}]", &spec, EINVAL,
		"codec 'bytes' (1 of 1): endian: not a string");
}
END_TEST

/* ---- transpose ---- */

/* By hand, from the specification: dimension i of what is stored is dimension order[i] of the chunk. */
START_TEST(transposes_as_specified)
{
	struct zf_spec spec = chain_spec(24, 1, 0);

	spec.ndim = 3;
	spec.shape[0] = 2;
	spec.shape[1] = 3;
	spec.shape[2] = 4;
	/* order [1, 2, 0]: stored[j][k][i] = chunk[i][j][k], shape 3 x 4 x 2 */
	chain_gives("[{'name': 'transpose', 'configuration': {'order': [1, 2, 0]}}, {'name': 'bytes'}]",
		&spec, "AMBNCODPEQFRGSHTIUJVKWLX", 24, "ABCDEFGHIJKLMNOPQRSTUVWX");
	/* order [2, 1, 0], also called F */
	chain_gives("[{'name': 'transpose', 'configuration': {'order': [2, 1, 0]}}, {'name': 'bytes'}]",
		&spec, "AMEQIUBNFRJVCOGSKWDPHTLX", 24, "ABCDEFGHIJKLMNOPQRSTUVWX");
	chain_gives("[{'name': 'transpose', 'configuration': {'order': 'F'}}, {'name': 'bytes'}]", &spec,
		"AMEQIUBNFRJVCOGSKWDPHTLX", 24, "ABCDEFGHIJKLMNOPQRSTUVWX");
	chain_gives("[{'name': 'transpose', 'configuration': {'order': 'C'}}, {'name': 'bytes'}]", &spec,
		"ABCDEFGHIJKLMNOPQRSTUVWX", 24, "ABCDEFGHIJKLMNOPQRSTUVWX");
}
END_TEST

START_TEST(transposes_swapped_and_compressed)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];

	chain_sevens(raw);
	chain_returns("[{'name': 'transpose', 'configuration': {'order': [1, 0]}}, {'name': 'bytes', "
		      "'configuration': "
		      "{'endian': 'big'}}, {'name': 'zstd'}, {'name': 'crc32c'}]",
		&spec, raw);
	chain_returns(
		"[{'name': 'transpose', 'configuration': {'order': [1, 0]}}, {'name': 'transpose', "
		"'configuration': {'order': 'F'}}, {'name': 'bytes', 'configuration': {'endian': 'big'}}]",
		&spec, raw);
}
END_TEST

/* Element by element, from the definition. */
static void naive(unsigned ndim, const uint64_t *shape, const uint64_t *order, size_t item, uint8_t *chunk,
	const uint8_t *stored)
{
	uint64_t at[8] = { 0 }, count = 1;

	for (unsigned i = 0; i < ndim; i++)
		count *= shape[i];
	for (uint64_t e = 0; e < count; e++) {
		uint64_t n = e, offset = 0;

		for (unsigned i = ndim; i-- > 0;) {
			at[order[i]] = n % shape[order[i]];
			n /= shape[order[i]];
		}
		for (unsigned i = 0; i < ndim; i++)
			offset = offset * shape[i] + at[i];
		memcpy(chunk + offset * item, stored + e * item, item);
	}
}

static void check_transpose(uint64_t *state)
{
	static const uint32_t items[] = { 1, 2, 3, 4, 5, 8, 12, 16, 100 };
	struct zf_spec spec = chain_spec(1, items[unit_below(state, 9)], 0);
	uint64_t order[8], longest = unit_below(state, 2) ? 6 : 70;
	char codecs[400];
	uint8_t *stored, *chunk;
	int n = snprintf(codecs, sizeof codecs, "[{'name': 'transpose', 'configuration': {'order': [");

	spec.ndim = (unsigned)unit_below(state, 6);
	for (unsigned i = 0; i < spec.ndim; i++) {
		unsigned j = (unsigned)unit_below(state, i + 1);

		order[i] = order[j];
		order[j] = i;
		spec.shape[i] = 1 + unit_below(state, longest);
		if (spec.size * spec.shape[i] > 1000000)
			spec.shape[i] = 1;
		spec.size *= spec.shape[i];
	}
	for (unsigned i = 0; i < spec.ndim; i++)
		n += snprintf(codecs + n, sizeof codecs - (size_t)n, "%s%d", i ? "," : "", (int)order[i]);
	snprintf(codecs + n, sizeof codecs - (size_t)n, "]}}, {'name': 'bytes'}]");
	stored = malloc(spec.size);
	chunk = malloc(spec.size);
	for (size_t i = 0; i < spec.size; i++)
		stored[i] = (uint8_t)unit_random(state);
	naive(spec.ndim, spec.shape, order, spec.itemsize, chunk, stored);
	chain_gives(codecs, &spec, stored, spec.size, chunk);
	chain_returns(codecs, &spec, chunk);
	free(stored);
	free(chunk);
}

START_TEST(transposes_as_the_definition)
{
	uint64_t state = unit_seed();

	for (int i = 0; i < 600; i++)
		check_transpose(&state);
}
END_TEST

START_TEST(checks_order)
{
	struct zf_spec spec = chain_sevens_spec();

#define REFUSES(ORDER, TEXT)                                                                                 \
	chain_refuses("[{'name': 'transpose', 'configuration': {" ORDER "}}, {'name': 'bytes'}]", &spec,     \
		EINVAL, "codec 'transpose' (1 of 2): order: " TEXT)
	REFUSES("'order': [0, 0]", "not a permutation of the 2 dimensions");
	REFUSES("'order': [0, 2]", "not a permutation of the 2 dimensions");
	REFUSES("'order': [0]", "has 1 numbers, array has 2 dimensions");
	REFUSES("'order': [-1, 0]", "-1 is negative");
	REFUSES("'order': [0, '1']", "not a list of integers");
	REFUSES("'order': 'A'", "unknown value 'A'");
	REFUSES("'order': 1", "not a list");
	REFUSES("", "missing");
}
END_TEST

/* ---- boxes ---- */

START_TEST(fills_boxes)
{
	uint8_t a[6 * 10], expected[6 * 10];
	uint64_t shape[] = { 3, 2 }, strides[] = { 10, 3 };

	memset(a, '.', sizeof a);
	zf_box_fill(2, shape, 3, a + 2, strides, "xyz");
	memcpy(expected,
		"..xyzxyz.."
		"..xyzxyz.."
		"..xyzxyz.."
		".............................."
		"",
		60);
	unit_bytes_eq(a, expected, sizeof a);
	zf_box_fill(2, shape, 3, a + 2, strides, NULL);
	for (int i = 0; i < 60; i++)
		ck_assert_uint_eq(a[i], i < 30 && i % 10 >= 2 && i % 10 < 8 ? 0 : '.');
}
END_TEST

START_TEST(knows_a_box_of_one_element)
{
	ck_assert(zf_box_is("abcabcabc", 9, 3, "abc"));
	ck_assert(!zf_box_is("abcabcabd", 9, 3, "abc"));
	ck_assert(!zf_box_is("abdabcabc", 9, 3, "abc"));
	ck_assert(!zf_box_is("abdabd", 6, 3, "abc"));
	ck_assert(zf_box_is("\0\0\0\0", 4, 2, NULL));
	ck_assert(!zf_box_is("\0\0\0\1", 4, 2, NULL));
	ck_assert(zf_box_is("", 0, 2, NULL));
}
END_TEST

UNIT_MAIN("codec bytes", swaps_where_the_orders_differ, passes_where_they_do_not, swaps_fields,
	swaps_any_length, refuses_other_lengths, checks_endian, transposes_as_specified,
	transposes_swapped_and_compressed, transposes_as_the_definition, checks_order, fills_boxes,
	knows_a_box_of_one_element)
