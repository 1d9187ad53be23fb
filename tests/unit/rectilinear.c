/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays in chunks of unequal size, read and written against a plain byte array, and what is stored of them.
 */
#include "array/dirty.h"
#include "store/mem.h"

#include "unit.h"

#include <errno.h>

enum { MOST = 20000, MOST_EDGES = 16, DIMS = 3 };

struct fixture {
	struct zf_ctx *ctx;
	struct zf_store *store;
	struct zf_meta *meta;
	struct zf_array *array;
	struct zf_op op;
	unsigned ndim, count[DIMS]; /* count 0: a plain number */
	uint64_t shape[DIMS], edge[DIMS][MOST_EDGES], item, n;
	bool raw;
	unsigned char fill;
	char doc[4096];
	unsigned char flat[MOST];
};

static void set_up(struct fixture *f, uint64_t cache)
{
	struct zf_config config = { .cache = cache, .serial = true };

	zf_op_init(&f->op);
	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	unit_ok(zf_mem_open(f->ctx, &f->op, "m", &f->store), &f->op);
}

static void open_array(struct fixture *f)
{
	unit_ok(zf_meta_parse_v3(&f->op, f->doc, strlen(f->doc), &f->meta), &f->op);
	ck_assert_msg(!f->meta->error, "%s: %s", f->doc, f->meta->error_text);
	unit_ok(zf_array_open(f->store, &f->op, "a", f->meta, &f->array), &f->op);
	ck_assert_uint_eq(zf_array_size(f->array), f->n);
}

static void close_array(struct fixture *f)
{
	zf_array_close(f->array);
	zf_meta_free(f->meta);
}

static void tear_down(struct fixture *f)
{
	struct zf_stats stats;

	close_array(f);
	zf_store_close(f->store);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_eq(stats.pinned, 0);
	ck_assert_uint_eq(stats.cache_bytes, 0);
	zf_ctx_free(f->ctx);
}

/* ---- random arrays ---- */

/* Lengths along one dimension, as multiples of `unit`, and as JSON: runs, single lengths, or a plain number.
 */
static void random_edges(struct fixture *f, uint64_t *seed, unsigned d, uint64_t unit, char *to, size_t room)
{
	uint64_t sum = 0, most = 1 + unit_below(seed, 4);

	f->count[d] = 0;
	if (!unit_below(seed, 4)) {
		f->edge[d][0] = unit * (1 + unit_below(seed, 4));
		f->shape[d] = 1 + unit_below(seed, 12);
		snprintf(to, room, "%" PRIu64, f->edge[d][0]);
		return;
	}
	snprintf(to, room, "[");
	while (f->count[d] < MOST_EDGES - 3 && (!sum || unit_below(seed, 5))) {
		uint64_t size = unit * (1 + unit_below(seed, most)), times = 1 + unit_below(seed, 3);
		size_t at = strlen(to);

		if (times > 1 || unit_below(seed, 2))
			snprintf(to + at, room - at, "%s[%" PRIu64 ", %" PRIu64 "]", sum ? ", " : "", size,
				times);
		else
			snprintf(to + at, room - at, "%s%" PRIu64, sum ? ", " : "", size);
		for (; times; times--, sum += size)
			f->edge[d][f->count[d]++] = size;
	}
	snprintf(to + strlen(to), room - strlen(to), "]");
	f->shape[d] = sum - (unit_below(seed, 3) ? 0 : unit_below(seed, f->edge[d][f->count[d] - 1]));
}

static const char raw_chain[] = "{\"name\": \"bytes\"}";
static const char gzip_chain[] =
	"{\"name\": \"transpose\", \"configuration\": {\"order\": [%s]}}, {\"name\": \"bytes\"}, "
	"{\"name\": \"gzip\", \"configuration\": {\"level\": 1}}";
static const char shard_chain[] = "{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": "
				  "[%s], \"codecs\": [\"bytes\"], "
				  "\"index_codecs\": [{\"name\": \"bytes\", \"configuration\": {\"endian\": "
				  "\"little\"}}, \"crc32c\"]}}";

static void random_codecs(struct fixture *f, unsigned kind, char *to, size_t room)
{
	static const char *const reversed[] = { "", "0", "1, 0", "2, 1, 0" }, *const twos[] = { "", "2",
		"2, 2", "2, 2, 2" };

	f->raw = kind == 0;
	if (kind == 0)
		snprintf(to, room, "%s", raw_chain);
	else if (kind == 1)
		snprintf(to, room, gzip_chain, reversed[f->ndim]);
	else
		snprintf(to, room, shard_chain, twos[f->ndim]);
}

static void random_array(struct fixture *f, uint64_t *seed)
{
	char edges[DIMS][256], shape[128] = "", codecs[512];
	unsigned kind = (unsigned)unit_below(seed, 3);

	do {
		f->ndim = 1 + (unsigned)unit_below(seed, DIMS);
		f->item = unit_below(seed, 2) ? 1 : 8;
		f->n = f->item;
		memset(edges, 0, sizeof edges);
		for (unsigned d = 0; d < f->ndim; d++) {
			random_edges(f, seed, d, kind == 2 ? 2 : 1, edges[d], sizeof edges[d]);
			f->n *= f->shape[d];
		}
	} while (f->n > MOST);
	for (unsigned d = 0; d < f->ndim; d++)
		snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%s%" PRIu64, d ? ", " : "",
			f->shape[d]);
	random_codecs(f, kind, codecs, sizeof codecs);
	f->fill = unit_below(seed, 2) ? 0 : 7;
	snprintf(f->doc, sizeof f->doc,
		"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [%s], \"data_type\": \"%s\", "
		"\"chunk_grid\": {\"name\": \"rectilinear\", \"configuration\": {\"kind\": \"inline\", "
		"\"chunk_shapes\": [%s%s%s%s%s]}}, \"chunk_key_encoding\": {\"name\": \"default\"}, "
		"\"fill_value\": %u, \"codecs\": [%s]}",
		shape, f->item == 1 ? "uint8" : "uint64", edges[0], f->ndim > 1 ? ", " : "", edges[1],
		f->ndim > 2 ? ", " : "", edges[2], f->fill, codecs);
	for (uint64_t i = 0; i < f->n; i++)
		f->flat[i] = i % f->item ? 0 : f->fill;
}

/* ---- operations ---- */

static void write_some(struct fixture *f, uint64_t *seed)
{
	uint64_t at = unit_below(seed, f->n), len = 1 + unit_below(seed, unit_below(seed, 3) ? 40 : f->n);

	if (len > f->n - at)
		len = f->n - at;
	for (uint64_t i = 0; i < len; i++)
		f->flat[at + i] = (unsigned char)unit_below(seed, 256);
	unit_ok(zf_array_pwrite(f->array, &f->op, f->flat + at, len, at), &f->op);
}

static void punch_some(struct fixture *f, uint64_t *seed)
{
	uint64_t at = unit_below(seed, f->n), len = 1 + unit_below(seed, f->n - at);

	for (uint64_t i = at; i < at + len; i++)
		f->flat[i] = i % f->item ? 0 : f->fill;
	unit_ok(zf_array_punch(f->array, &f->op, at, len), &f->op);
}

static void read_some(struct fixture *f, uint64_t *seed)
{
	static unsigned char got[MOST];
	uint64_t at = unit_below(seed, f->n), len = 1 + unit_below(seed, f->n - at);

	if (!unit_below(seed, 4)) {
		at = 0;
		len = f->n;
	}
	unit_ok(zf_array_pread(f->array, &f->op, NULL, got, len, at), &f->op);
	for (uint64_t i = 0; i < len; i++)
		ck_assert_msg(got[i] == f->flat[at + i], "%s: byte %" PRIu64 " is %u, not %u", f->doc, at + i,
			got[i], f->flat[at + i]);
}

/* Every hole has zeros, and no data is jumped over. */
static void seek_some(struct fixture *f, uint64_t *seed)
{
	uint64_t at = unit_below(seed, f->n), data, hole;
	struct zf_op op;

	zf_op_init(&op);
	if (zf_array_seek(f->array, &op, at, true, &data) < 0) {
		ck_assert_int_eq(op.err, ENXIO);
		data = f->n;
	}
	for (uint64_t i = at; i < data; i++)
		ck_assert_uint_eq(f->flat[i], 0);
	unit_ok(zf_array_seek(f->array, &f->op, at, false, &hole), &f->op);
	ck_assert_uint_ge(hole, at);
}

static void operate(struct fixture *f, uint64_t *seed)
{
	switch (unit_below(seed, 12)) {
	case 0:
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		return;
	case 1:
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		close_array(f);
		open_array(f);
		return;
	case 2:
		punch_some(f, seed);
		return;
	case 3:
	case 4:
		seek_some(f, seed);
		return;
	case 5:
	case 6:
	case 7:
		read_some(f, seed);
		return;
	default:
		write_some(f, seed);
	}
}

/* ---- what is stored ---- */

struct stored {
	struct fixture *f;
	unsigned count;
};

/* A chunk without compression has the bytes of its own shape. */
static int check_stored(void *arg, const uint64_t *coords)
{
	struct stored *s = arg;
	const struct fixture *f = s->f;
	struct zf_value value;
	uint64_t want = f->item;
	char key[64] = "a/c";

	for (unsigned d = 0; d < f->ndim; d++) {
		snprintf(key + strlen(key), sizeof key - strlen(key), "/%" PRIu64, coords[d]);
		ck_assert(!f->count[d] || coords[d] < f->count[d]);
		want *= f->edge[d][f->count[d] ? coords[d] : 0];
	}
	ck_assert_int_eq(zf_store_stat(f->store, &s->f->op, key, &value), ZF_FOUND);
	ck_assert_uint_eq(value.size, want);
	s->count++;
	return 0;
}

START_TEST(random_operations_agree_with_a_byte_array)
{
	uint64_t seed = unit_seed();
	unsigned checked = 0;

	for (int k = 0; k < 250; k++) {
		struct fixture *f = calloc(1, sizeof *f);
		struct stored s = { f, 0 };

		set_up(f, unit_below(&seed, 2) ? 64 << 10 : 1 << 20);
		random_array(f, &seed);
		open_array(f);
		for (int i = 0; i < 60; i++)
			operate(f, &seed);
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		if (f->raw)
			unit_ok(zf_array_stored_at(f->array, &f->op, check_stored, &s), &f->op);
		checked += s.count;
		tear_down(f);
		free(f);
	}
	ck_assert_uint_gt(checked, 100);
}
END_TEST

/* ---- by hand ---- */

static struct fixture hand;

/* 3 rows in chunks of 1 and 2, 5 columns in chunks of 2, 2 and 1: bytes */
static void open_hand(void)
{
	set_up(&hand, 1 << 20);
	hand.n = 15;
	snprintf(hand.doc, sizeof hand.doc,
		"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [3, 5], \"data_type\": \"uint8\", "
		"\"chunk_grid\": {\"name\": \"rectilinear\", \"configuration\": {\"kind\": \"inline\", "
		"\"chunk_shapes\": [[1, 2], [[2, 2], 1]]}}, \"chunk_key_encoding\": {\"name\": \"default\"}, "
		"\"fill_value\": 0, \"codecs\": [\"bytes\"]}");
	open_array(&hand);
}

static void stored_is(const char *key, const char *want, size_t n)
{
	struct zf_out got = ZF_OUT_GROWING(100);
	struct zf_value value;

	ck_assert_int_eq(zf_store_get(hand.store, &hand.op, key, NULL, &got, &value), ZF_FOUND);
	ck_assert_uint_eq(got.len, n);
	unit_bytes_eq(got.data, want, n);
	zf_out_free(&got);
}

START_TEST(each_chunk_is_stored_in_its_own_shape)
{
	open_hand();
	unit_ok(zf_array_pwrite(hand.array, &hand.op, "abcdefghijklmno", 15, 0), &hand.op);
	unit_ok(zf_array_flush(hand.array, &hand.op), &hand.op);
	stored_is("a/c/0/0", "ab", 2);
	stored_is("a/c/0/2", "e", 1);
	stored_is("a/c/1/0", "fgkl", 4);
	stored_is("a/c/1/1", "himn", 4);
	stored_is("a/c/1/2", "jo", 2);
	unit_ok(zf_array_pwrite(hand.array, &hand.op, "Z", 1, 14), &hand.op);
	unit_ok(zf_array_flush(hand.array, &hand.op), &hand.op);
	stored_is("a/c/1/2", "jZ", 2);
	tear_down(&hand);
}
END_TEST

START_TEST(lengths_that_are_listed_stay)
{
	unsigned char got[15], zeros[15] = { 0 };

	open_hand();
	unit_ok(zf_array_pwrite(hand.array, &hand.op, "abcdefghijklmno", 15, 0), &hand.op);
	unit_fails(zf_array_set_size(hand.array, &hand.op, 10), &hand.op, EINVAL,
		"a: a size of 10 bytes: the chunks along dimension 0 are listed in the metadata, so that it "
		"stays "
		"15");
	zf_op_init(&hand.op);
	unit_fails(zf_array_pwrite(hand.array, &hand.op, "pqrst", 5, 15), &hand.op, EFBIG,
		"a: 5 bytes at 15 end beyond the largest size, 15");
	zf_op_init(&hand.op);
	unit_ok(zf_array_set_size(hand.array, &hand.op, 0), &hand.op); /* as cp and ">" begin */
	ck_assert_uint_eq(zf_array_size(hand.array), 15);
	unit_ok(zf_array_pread(hand.array, &hand.op, NULL, got, 15, 0), &hand.op);
	unit_bytes_eq(got, zeros, 15);
	tear_down(&hand);
}
END_TEST

START_TEST(a_chunk_of_another_ones_size_is_refused)
{
	unsigned char got[15];

	open_hand();
	unit_ok(zf_store_put(hand.store, &hand.op, "a/c/0/0", "abcd", 4, ZF_PUT_ALWAYS, NULL), &hand.op);
	unit_fails(zf_array_pread(hand.array, &hand.op, NULL, got, 15, 0), &hand.op, EIO,
		"a: chunk 0.0: key 'a/c/0/0' in mem:m: codec 'bytes' (1 of 1): value has 4 bytes, chunk has "
		"2");
	zf_op_init(&hand.op);
	unit_ok(zf_array_pread(hand.array, &hand.op, NULL, got, 3, 2), &hand.op);
	tear_down(&hand);
}
END_TEST

UNIT_MAIN("rectilinear", random_operations_agree_with_a_byte_array, each_chunk_is_stored_in_its_own_shape,
	lengths_that_are_listed_stay, a_chunk_of_another_ones_size_is_refused)
