/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shards: what is read of them, and what happens when they are damaged or replaced. The shards are laid out
 * here by hand after zarr-specs v3, "Sharding codec": inner chunks, and an index of offset and length pairs,
 * both little-endian, missing ones all ones.
 */
#include "array/array.h"
#include "store/trace.h"

#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

enum { INNER = 8, COUNT = 4, SHARD = COUNT * (INNER + 16) };

static const char doc[] =
	"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [64], \"data_type\": \"uint8\","
	" \"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [32]}},"
	" \"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": 5,"
	" \"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [8],"
	" \"codecs\": [{\"name\": \"bytes\"}], \"index_codecs\": [{\"name\": \"bytes\", \"configuration\":"
	" {\"endian\": \"little\"}}], \"index_location\": \"%s\"}}]}";

static char dir[64];
static struct zf_ctx *ctx;
static struct zf_store *store;
static struct zf_meta *meta;
static struct zf_array *array;
static struct zf_op op;

static void set_up(const char *index_location)
{
	struct zf_config config = { .serial = true };
	struct zf_store *below;
	char text[sizeof doc + 16];

	zf_op_init(&op);
	strcpy(dir, "/tmp/zarrfs-shard-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	unit_ok(zf_ctx_new(&config, &op, &ctx), &op);
	unit_ok(zf_store_open(ctx, &op, dir, 0, &below), &op);
	unit_ok(zf_trace_open(&op, below, &store), &op);
	snprintf(text, sizeof text, doc, index_location);
	unit_ok(zf_meta_parse_v3(&op, text, strlen(text), &meta), &op);
	ck_assert_msg(!meta->error, "%s", meta->error_text);
	unit_ok(zf_array_open(store, &op, "a", meta, &array), &op);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tear_down(void)
{
	zf_array_close(array);
	zf_meta_free(meta);
	zf_store_close(store);
	zf_ctx_free(ctx);
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_le(unsigned char *to, uint64_t n)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(n >> 8 * i);
}

/* Writes a shard whose inner chunk i holds bytes `first` + i; those not in `mask` are missing. The chunks lie
 * in reverse order, so that order does not matter. Entry `bad` points past the end. */
static void write_shard(unsigned char first, unsigned mask, bool at_start, int bad)
{
	unsigned char bytes[SHARD], *index = at_start ? bytes : bytes + COUNT * INNER;
	size_t base = at_start ? COUNT * 16 : 0;
	struct zf_value value;

	for (int i = 0; i < COUNT; i++) {
		size_t at = base + (size_t)(COUNT - 1 - i) * INNER;
		bool there = mask >> i & 1;

		memset(bytes + at, first + i, INNER);
		put_le(index + 16 * i, there ? at + (i == bad ? 1000 : 0) : UINT64_MAX);
		put_le(index + 16 * i + 8, there ? INNER : UINT64_MAX);
	}
	unit_ok(zf_store_put(store, &op, "a/c/0", bytes, SHARD, ZF_PUT_ALWAYS, NULL), &op);
	unit_ok(zf_store_stat(store, &op, "a/c/0", &value), &op);
	ck_assert_uint_eq(value.size, SHARD);
	zf_trace_reset(store);
}

static unsigned read_byte(uint64_t offset)
{
	unsigned char c = 0;

	unit_ok(zf_array_pread(array, &op, NULL, &c, 1, offset), &op);
	return c;
}

static void check_values(bool at_start)
{
	set_up(at_start ? "start" : "end");
	write_shard(10, 0xd, at_start, -1);
	for (unsigned i = 0; i < 64; i++)
		ck_assert_uint_eq(read_byte(i), i >= 32 || i / 8 == 1 ? 5 : 10 + i / 8);
	tear_down();
}

START_TEST(values_are_where_the_index_says)
{
	check_values(false);
	check_values(true);
}
END_TEST

START_TEST(the_index_is_read_once_then_only_inner_chunks)
{
	struct zf_trace_call call;

	set_up("end");
	write_shard(10, 0xf, false, -1);
	read_byte(0);
	ck_assert_uint_eq(zf_trace_count(store, ZF_TRACE_GET), 2);
	ck_assert_uint_eq(zf_trace_bytes(store, ZF_TRACE_GET), COUNT * 16 + INNER);
	read_byte(9);
	read_byte(1);
	ck_assert_uint_eq(zf_trace_count(store, ZF_TRACE_GET), 3);
	ck_assert(zf_trace_call(store, 2, &call));
	ck_assert_str_eq(call.key, "a/c/0");
	ck_assert_uint_eq(call.range.offset, 2 * INNER);
	ck_assert_uint_eq(call.range.len, INNER);
	tear_down();
}
END_TEST

/* The index that is remembered belongs to the old shard; the tag of the inner chunk's get tells. */
START_TEST(a_replaced_shard_is_read_anew)
{
	bool changed = false;

	set_up("end");
	write_shard(10, 0xf, false, -1);
	ck_assert_uint_eq(read_byte(0), 10);
	write_shard(50, 0xe, false, -1);
	ck_assert_uint_eq(read_byte(8), 51);
	ck_assert_uint_eq(read_byte(0), 10); /* cached, until it is opened again */
	unit_ok(zf_array_revalidate(array, &op, &changed), &op);
	ck_assert(changed);
	ck_assert_uint_eq(read_byte(0), 5);
	ck_assert_uint_eq(read_byte(16), 52);
	unit_ok(zf_array_revalidate(array, &op, &changed), &op);
	ck_assert(!changed);
	tear_down();
}
END_TEST

START_TEST(damage_fails_what_it_touches)
{
	unsigned char c;
	char text[256];

	set_up("end");
	write_shard(10, 0xf, false, 2);
	snprintf(text, sizeof text,
		"a: chunk 0: key 'a/c/0' in dir:%s: shard index: inner chunk 2 lies at 1008+8, shard has %d "
		"bytes",
		dir, SHARD);
	unit_fails(zf_array_pread(array, &op, NULL, &c, 1, 0), &op, EIO, text);

	zf_op_init(&op);
	unit_ok(zf_store_put(store, &op, "a/c/0", "too short", 9, ZF_PUT_ALWAYS, NULL), &op);
	snprintf(text, sizeof text,
		"a: chunk 3: key 'a/c/0' in dir:%s: codec 'sharding_indexed' (1 of 1): the shard has 9 "
		"bytes, its index "
		"has %d",
		dir, COUNT * 16);
	unit_fails(zf_array_pread(array, &op, NULL, &c, 1, 24), &op, EIO, text);
	zf_op_init(&op);
	ck_assert_uint_eq(read_byte(40), 5);
	tear_down();
}
END_TEST

UNIT_MAIN("shard", values_are_where_the_index_says, the_index_is_read_once_then_only_inner_chunks,
	a_replaced_shard_is_read_anew, damage_fails_what_it_touches)
