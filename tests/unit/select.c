/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Selections: what texts mean, in elements that were counted by hand, and their messages.
 * tests/tool/selections compares with zarr-python.
 */
#include "unit.h"

#include "select/select.h"

#include <errno.h>
#include <string.h>

/* 6 x 8 elements of one byte, in chunks of 4 x 3. */
static const uint64_t shape[] = { 6, 8 }, chunk[] = { 4, 3 }, count[] = { 2, 3 };
static const struct zf_edges *const edges[ZF_MAX_NDIM];

static int parse(struct zf_op *op, const char *text, struct zf_select **out)
{
	json_t *dtype = json_string("|u1");
	const struct zf_select_of of = { 2, shape, chunk, edges, 1, dtype };
	int result;

	zf_op_init(op);
	result = zf_select_parse(op, text, &of, NULL, out);
	json_decref(dtype);
	return result;
}

/* Where each element of the result lies in the array, as the picks say. */
struct places {
	uint8_t at[64];
	size_t n;
};

static void take(struct places *p, const struct zf_pick *pick, unsigned d, uint64_t start, uint64_t out)
{
	const struct zf_pick_dim *dim = &pick->dim[d];

	if (d < pick->ndim) {
		for (uint64_t i = 0; i < dim->n; i++)
			take(p, pick, d + 1, start + (dim->in_chunk ? dim->in_chunk[i] : i) * dim->chunk_step,
				out + (dim->in_out ? dim->in_out[i] : i) * dim->out_step);
		return;
	}
	for (uint64_t i = 0; i < pick->run; i++) {
		uint64_t row = pick->index / 3 * 4 + (start + i) / 3;

		ck_assert_uint_lt(out + i, sizeof p->at);
		p->at[out + i] = (uint8_t)(row * 8 + pick->index % 3 * 3 + (start + i) % 3);
		p->n++;
	}
}

static int take_pick(void *arg, const struct zf_pick *pick)
{
	if (pick)
		take(arg, pick, 0, pick->start, pick->out);
	return 0;
}

/* The elements' numbers in C order, "3 11"; the whole result, and the same byte by byte. */
static void check(const char *text, unsigned rank, const char *want)
{
	const struct zf_pick_grid grid = { chunk, edges, count };
	struct zf_select *s;
	struct places p = { .n = 0 };
	char got[256] = "";
	struct zf_op op;

	ck_assert_msg(parse(&op, text, &s) == 0, "%s: %s", text, op.text);
	ck_assert_uint_eq(s->rank, rank);
	ck_assert_int_eq(zf_select_walk(s, &op, &grid, 0, s->nbytes, take_pick, &p), 0);
	ck_assert_uint_eq(p.n, s->nbytes);
	for (size_t i = 0; i < p.n; i++)
		sprintf(got + strlen(got), "%s%u", i ? " " : "", p.at[i]);
	ck_assert_str_eq(got, want);
	for (uint64_t i = 0; i < s->nbytes; i++) {
		struct places one = { .n = 0 };

		ck_assert_int_eq(zf_select_walk(s, &op, &grid, i, 1, take_pick, &one), 0);
		ck_assert_uint_eq(one.n, 1);
		ck_assert_uint_eq(one.at[0], p.at[i]);
	}
	zf_select_free(s);
}

START_TEST(meanings)
{
	check("[1,2]", 0, "10");
	check("[-1,-8:3]", 1, "40 41 42");
	check("[::5,1::4]", 2, "1 5 41 45");
	check("[...,7]", 1, "7 15 23 31 39 47");
	check("[4:2]", 2, "");
	check(".oindex[[5,0],[7,1,1]]", 2, "47 41 41 7 1 1");
	check(".oindex[3,[False,True,False,False,False,False,False,True]]", 1, "25 31");
	check(".vindex[[5,0,5],[0,1,-1]]", 1, "40 1 47");
	check("[[5,0],[0,1]]", 1, "40 1");
	check(".vindex[2,[3,1]]", 1, "19 17");
	check(".blocks[1,-1]", 2, "38 39 46 47");
	check(".blocks[1,0:1]", 2, "32 33 34 40 41 42");
}
END_TEST

static void refused(const char *text, const char *message)
{
	struct zf_select *s = NULL;
	struct zf_op op;

	ck_assert_msg(parse(&op, text, &s) < 0, "%s", text);
	ck_assert_int_eq(op.err, EINVAL);
	ck_assert_str_eq(op.text, message);
	ck_assert_ptr_null(s);
}

START_TEST(refusals)
{
	refused("[6]", "axis 0: index 6 is out of bounds for 6 elements");
	refused("[0,-9]", "axis 1: index -9 is out of bounds for 8 elements");
	refused("[1,2,3]", "3 indices for an array of 2 dimensions");
	refused("[...,...]", "'...' is there more than once");
	refused("[::-1]", "axis 0: negative steps are not supported");
	refused("[::0]", "axis 0: the step of a slice cannot be zero");
	refused("[None]", "new axes are not supported");
	refused("[[1,2],:]", "axis 0: a list beside other indices: say .oindex[...] or .vindex[...]");
	refused(".oindex[[True,False]]", "axis 0: a mask of 2 for 6 elements");
	refused(".vindex[[1,2],[1,2,3]]", "the lists have different lengths: 2 and 3");
	refused(".vindex[1]",
		".vindex: takes a list or an integer for each dimension, or a mask of the array's shape");
	refused(".blocks[2]", "axis 0: block 2 is out of bounds for 2 blocks");
	refused("[a]", "field 'a': the data type has no fields");
	refused("[1", "',' or ']' is missing at the end");
	refused("[1x]", "no integer at '1x]'");
	refused("[@f]", "@f: lists in files cannot be used here");
}
END_TEST

START_TEST(where_it_begins)
{
	ck_assert_uint_eq(zf_selection_at("a.zarr"), 6);
	ck_assert_uint_eq(zf_selection_at("a[1].zarr"), 9);
	ck_assert_uint_eq(zf_selection_at("a[1].zarr[2]"), 9);
	ck_assert_uint_eq(zf_selection_at("a.oindex[[1,2],3]"), 1);
	ck_assert_uint_eq(zf_selection_at("a['x]',1]"), 1);
	ck_assert_uint_eq(zf_selection_at("a]"), 2);
}
END_TEST

UNIT_MAIN("select", meanings, refusals, where_it_begins)
