/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing arrays: against a plain byte array, over shapes, orders, shards and stores, and what it costs in
 * store calls. What is stored is read back through another array that knows nothing of the first.
 */
#include "array/dirty.h"
#include "store/fault.h"
#include "store/mem.h"
#include "store/trace.h"

#include "unit.h"

#include <errno.h>
#include <pthread.h>

enum { MOST = 60000 };

struct fixture {
	struct zf_ctx *ctx;
	struct zf_store *store; /* trace over fault over mem */
	struct zf_store *fault;
	struct zf_meta *meta;
	struct zf_array *array;
	struct zf_op op;
	unsigned ndim;
	uint64_t shape[4], chunk[4], item, row, n; /* n: bytes now */
	uint64_t segment;                          /* of the layers; 0: as it is chosen */
	unsigned char fill[8];
	char doc[4500], before[2048]; /* the document, about what goes before and after the shape */
	char after[2048];
	unsigned char flat[2 * MOST]; /* settling may round up beyond MOST */
};

static void open_store(struct fixture *f, unsigned threads, uint64_t cache)
{
	struct zf_config config = { .cache = cache, .serial = !threads, .threads = threads };
	struct zf_store *mem;

	zf_op_init(&f->op);
	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	unit_ok(zf_mem_open(f->ctx, &f->op, "m", &mem), &f->op);
	unit_ok(zf_fault_open(&f->op, mem, "", &f->fault), &f->op);
	unit_ok(zf_trace_open(&f->op, f->fault, &f->store), &f->op);
}

static void put_list(char *to, size_t room, const uint64_t *x, unsigned n)
{
	*to = '\0';
	for (unsigned d = 0; d < n; d++)
		snprintf(to + strlen(to), room - strlen(to), "%s%" PRIu64, d ? ", " : "", x[d]);
}

static struct zf_array *open_with(struct fixture *f, struct zf_meta **meta)
{
	char shape[128];
	struct zf_array *array;

	put_list(shape, sizeof shape, f->shape, f->ndim);
	snprintf(f->doc, sizeof f->doc, "%s[%s]%s", f->before, shape, f->after);
	if (strstr(f->doc, "\"zarr_format\": 3"))
		unit_ok(zf_meta_parse_v3(&f->op, f->doc, strlen(f->doc), meta), &f->op);
	else
		unit_ok(zf_meta_parse_v2(&f->op, ZF_NODE_ARRAY, f->doc, strlen(f->doc), NULL, 0, meta),
			&f->op);
	ck_assert_msg(!(*meta)->error, "%s: %s", f->doc, (*meta)->error_text);
	unit_ok(zf_array_open(f->store, &f->op, "a", *meta, &array), &f->op);
	if (f->segment) {
		unit_ok(zf_array_writable(array, &f->op, NULL), &f->op);
		array->writes->segment = f->segment;
	}
	return array;
}

static void close_array(struct fixture *f)
{
	zf_array_close(f->array);
	zf_meta_free(f->meta);
	f->array = NULL;
	f->meta = NULL;
}

static void reopen(struct fixture *f)
{
	close_array(f);
	f->array = open_with(f, &f->meta);
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
	free(f);
}

static void fill_from(struct fixture *f, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		f->flat[from] = f->fill[from % f->item];
}

/* ---- arrays of random shape ---- */

static void random_shape(struct fixture *f, uint64_t *seed, unsigned least)
{
	uint64_t chunk_bytes;

	do {
		f->ndim = least + (unsigned)unit_below(seed, 5 - least);
		f->item = (uint64_t)1 << unit_below(seed, 4);
		f->n = chunk_bytes = f->item;
		for (unsigned d = 0; d < f->ndim; d++) {
			f->shape[d] = 1 + unit_below(seed, f->ndim > 2 ? 9 : 40);
			f->chunk[d] =
				unit_below(seed, 3) ? 1 + unit_below(seed, f->shape[d] + 3) : f->shape[d];
			f->n *= f->shape[d];
			chunk_bytes *= f->chunk[d];
		}
	} while (f->n > MOST / 4 || chunk_bytes > MOST);
	f->row = f->ndim ? f->n / f->shape[0] : 0;
}

static void choose_fill(struct fixture *f, uint64_t *seed, char *text, size_t room)
{
	uint64_t value = unit_below(seed, 2) ? 0 : 1 + unit_below(seed, 200);

	snprintf(text, room, "%" PRIu64, value);
	memset(f->fill, 0, sizeof f->fill);
	f->fill[0] = (unsigned char)value;
}

static void doc_v2(struct fixture *f, uint64_t *seed)
{
	static const char *const compressors[] = { "null", "{\"id\": \"zlib\", \"level\": 1}",
		"{\"id\": \"zstd\", \"level\": 1}" };
	char chunks[128], fill[32];

	choose_fill(f, seed, fill, sizeof fill);
	put_list(chunks, sizeof chunks, f->chunk, f->ndim);
	snprintf(f->before, sizeof f->before, "{\"zarr_format\": 2, \"shape\": ");
	snprintf(f->after, sizeof f->after,
		", \"chunks\": [%s], \"dtype\": \"%su%u\", \"compressor\": %s, \"fill_value\": %s,"
		" \"order\": \"%s\", \"filters\": null, \"dimension_separator\": \"%s\"}",
		chunks, f->item > 1 ? "<" : "|", (unsigned)f->item, compressors[unit_below(seed, 3)], fill,
		unit_below(seed, 2) ? "C" : "F", unit_below(seed, 2) ? "." : "/");
}

static const char index_codecs[] = "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}},"
				   " {\"name\": \"crc32c\"}]";

/* Shards of `depth` levels: f->chunk is the innermost chunk; each level around has up to 3 along a dimension.
 */
static void doc_shards(struct fixture *f, uint64_t *seed, unsigned depth)
{
	char fill[32], list[128], *codecs = malloc(1500), *more = malloc(1500);
	uint64_t shape[4];

	choose_fill(f, seed, fill, sizeof fill);
	memcpy(shape, f->chunk, sizeof shape);
	snprintf(codecs, 1500, "[{\"name\": \"bytes\", \"configuration\": {\"endian\": \"%s\"}}%s]",
		unit_below(seed, 2) ? "little" : "big",
		unit_below(seed, 2) ? ", {\"name\": \"gzip\", \"configuration\": {\"level\": 1}}" : "");
	for (unsigned level = 0; level < depth; level++) {
		put_list(list, sizeof list, shape, f->ndim);
		snprintf(more, 1500,
			"[{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [%s],"
			" \"codecs\": %s, \"index_codecs\": %s, \"index_location\": \"%s\"}}]",
			list, codecs, index_codecs, unit_below(seed, 2) ? "start" : "end");
		strcpy(codecs, more);
		for (unsigned d = 0; d < f->ndim; d++)
			shape[d] *= 1 + unit_below(seed, 3);
	}
	put_list(list, sizeof list, shape, f->ndim);
	snprintf(f->before, sizeof f->before, "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": ");
	snprintf(f->after, sizeof f->after,
		", \"data_type\": \"uint%u\", \"chunk_grid\": {\"name\": \"regular\", \"configuration\":"
		" {\"chunk_shape\": [%s]}}, \"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": "
		"%s,"
		" \"codecs\": %s}",
		(unsigned)f->item * 8, list, fill, codecs);
	free(codecs);
	free(more);
}

static struct fixture *random_array(uint64_t *seed, unsigned least, unsigned threads, uint64_t cache)
{
	struct fixture *f = calloc(1, sizeof *f);
	uint64_t depth = unit_below(seed, 4);

	open_store(f, threads, cache);
	random_shape(f, seed, least);
	if (depth && f->ndim)
		doc_shards(f, seed, (unsigned)depth);
	else
		doc_v2(f, seed);
	fill_from(f, 0, f->n);
	f->segment = unit_below(seed, 2) ? 1 + unit_below(seed, 300) : 0;
	f->array = open_with(f, &f->meta);
	return f;
}

/* ---- the model ---- */

static void check_read(struct fixture *f, struct zf_array *array, uint64_t offset, uint64_t len)
{
	unsigned char *buf = malloc(len + 1);
	struct zf_slices slices;
	uint64_t at = 0;

	buf[len] = 0x5a;
	unit_ok(zf_array_pread(array, &f->op, NULL, buf, len, offset), &f->op);
	for (uint64_t i = 0; i < len; i++)
		ck_assert_msg(buf[i] == f->flat[offset + i], "byte %" PRIu64 " is %u, not %u: %s", offset + i,
			buf[i], f->flat[offset + i], f->doc);
	ck_assert_int_eq(buf[len], 0x5a);
	unit_ok(zf_array_slices(array, &f->op, NULL, len, offset, &slices), &f->op);
	for (int k = 0; k < slices.count; at += slices.iov[k++].iov_len)
		ck_assert_mem_eq(slices.iov[k].iov_base, f->flat + offset + at, slices.iov[k].iov_len);
	ck_assert_uint_eq(at, len);
	zf_slices_free(&slices);
	free(buf);
}

static void check_all(struct fixture *f)
{
	ck_assert_uint_eq(zf_array_size(f->array), f->n);
	if (f->n)
		check_read(f, f->array, 0, f->n);
}

/* What others would read: the store alone, with a document of the shape that is now. */
static void check_stored(struct fixture *f)
{
	struct zf_meta *meta;
	struct zf_array *array;

	zf_array_settle(f->array);
	if (f->ndim) {
		f->shape[0] = zf_array_length(f->array);
		fill_from(f, f->n, f->shape[0] * f->row);
		f->n = f->shape[0] * f->row;
	}
	ck_assert_uint_eq(zf_array_size(f->array), f->n);
	array = open_with(f, &meta);
	ck_assert_uint_eq(zf_array_size(array), f->n);
	if (f->n)
		check_read(f, array, 0, f->n);
	zf_array_close(array);
	zf_meta_free(meta);
}

static void do_write(struct fixture *f, uint64_t *seed)
{
	uint64_t most = f->ndim ? f->n + f->n / 4 + 2 * f->row : f->n, offset, len;
	unsigned char *buf;

	if (most > MOST)
		most = f->n;
	if (!most)
		return;
	offset = unit_below(seed, most);
	len = 1 + unit_below(seed, unit_below(seed, 2) ? most - offset : 1 + (most - offset) / 10);
	buf = malloc(len);
	if (unit_below(seed, 8) == 0)
		for (uint64_t i = 0; i < len; i++)
			buf[i] = f->fill[(offset + i) % f->item];
	else
		for (uint64_t i = 0; i < len; i++)
			buf[i] = (unsigned char)unit_below(seed, 256);
	unit_ok(zf_array_pwrite(f->array, &f->op, buf, len, offset), &f->op);
	if (offset > f->n)
		fill_from(f, f->n, offset);
	memcpy(f->flat + offset, buf, len);
	if (offset + len > f->n)
		f->n = offset + len;
	free(buf);
}

static void do_size(struct fixture *f, uint64_t *seed)
{
	uint64_t rows, size;

	if (!f->ndim) {
		unit_ok(zf_array_set_size(f->array, &f->op, 0), &f->op);
		fill_from(f, 0, f->n);
		return;
	}
	rows = unit_below(seed, f->n / f->row + 4);
	size = rows * f->row;
	if (size > MOST)
		return;
	unit_ok(zf_array_set_size(f->array, &f->op, size), &f->op);
	if (size > f->n)
		fill_from(f, f->n, size);
	f->n = size;
}

static void do_punch(struct fixture *f, uint64_t *seed)
{
	uint64_t offset, len;

	if (!f->n)
		return;
	offset = unit_below(seed, f->n);
	len = 1 + unit_below(seed, f->n);
	unit_ok(zf_array_punch(f->array, &f->op, offset, len), &f->op);
	fill_from(f, offset, len < f->n - offset ? offset + len : f->n);
}

static void do_something(struct fixture *f, uint64_t *seed)
{
	uint64_t from, what = unit_below(seed, 20);

	if (what < 9) {
		do_write(f, seed);
	} else if (what < 14) {
		if (!f->n)
			return;
		from = unit_below(seed, f->n);
		check_read(f, f->array, from, 1 + unit_below(seed, f->n - from));
	} else if (what < 15) {
		do_size(f, seed);
	} else if (what < 16) {
		do_punch(f, seed);
	} else if (what < 17) {
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		check_stored(f);
	} else if (what < 18) {
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		check_stored(f);
		reopen(f);
	} else if (what < 19) {
		zf_array_write_back(f->array, INT64_MAX);
	} else if (unit_below(seed, 10) == 0) {
		unit_ok(zf_array_clear(f->array, &f->op), &f->op);
		fill_from(f, 0, f->n);
	}
}

static void model(unsigned threads, int cases)
{
	static const uint64_t caches[] = { 1 << 20, 12000, 40000 };
	uint64_t seed = unit_seed();

	for (int i = 0; i < cases; i++) {
		struct fixture *f = random_array(&seed, 0, threads, caches[i % 3]);

		for (int k = 0; k < 100; k++)
			do_something(f, &seed);
		check_all(f);
		unit_ok(zf_array_flush(f->array, &f->op), &f->op);
		check_all(f);
		check_stored(f);
		ck_assert_int_eq(zf_array_dirty_since(f->array), 0);
		tear_down(f);
	}
}

START_TEST(what_is_written_is_read)
{
	model(0, 40);
}
END_TEST

START_TEST(what_is_written_is_read_with_threads)
{
	model(2, 30);
}
END_TEST

/* ---- arrays that are told ---- */

/* An array of bytes, uncompressed, fill value 0 unless `fill`, with n bytes. */
static struct fixture *plain(unsigned threads, uint64_t cache, unsigned ndim, const uint64_t *shape,
	const uint64_t *chunk, unsigned fill)
{
	struct fixture *f = calloc(1, sizeof *f);
	char chunks[128];

	open_store(f, threads, cache);
	f->ndim = ndim;
	f->item = f->n = 1;
	for (unsigned d = 0; d < ndim; d++) {
		f->shape[d] = shape[d];
		f->chunk[d] = chunk[d];
		f->n *= shape[d];
	}
	f->row = 1;
	for (unsigned d = 1; d < ndim; d++)
		f->row *= shape[d];
	f->fill[0] = (unsigned char)fill;
	put_list(chunks, sizeof chunks, f->chunk, f->ndim);
	snprintf(f->before, sizeof f->before, "{\"zarr_format\": 2, \"shape\": ");
	snprintf(f->after, sizeof f->after,
		", \"chunks\": [%s], \"dtype\": \"|u1\", \"compressor\": null, \"fill_value\": %u,"
		" \"order\": \"C\", \"filters\": null}",
		chunks, fill);
	if (f->n <= MOST)
		fill_from(f, 0, f->n);
	f->array = open_with(f, &f->meta);
	return f;
}

/* The same in shards of 4 chunks along each dimension. */
static struct fixture *sharded(
	unsigned threads, uint64_t cache, unsigned ndim, const uint64_t *shape, const uint64_t *chunk)
{
	struct fixture *f = plain(threads, cache, ndim, shape, chunk, 0);
	char inner[128], outer[128];
	uint64_t shard[4];

	for (unsigned d = 0; d < ndim; d++)
		shard[d] = 4 * chunk[d];
	put_list(inner, sizeof inner, chunk, ndim);
	put_list(outer, sizeof outer, shard, ndim);
	snprintf(f->before, sizeof f->before, "{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": ");
	snprintf(f->after, sizeof f->after,
		", \"data_type\": \"uint8\", \"chunk_grid\": {\"name\": \"regular\", \"configuration\":"
		" {\"chunk_shape\": [%s]}}, \"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": "
		"0,"
		" \"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [%s],"
		" \"codecs\": [{\"name\": \"bytes\"}], \"index_codecs\": %s}}]}",
		outer, inner, index_codecs);
	reopen(f);
	return f;
}

static void write_bytes(struct fixture *f, uint64_t offset, uint64_t len, unsigned first)
{
	unsigned char *buf = malloc(len);

	for (uint64_t i = 0; i < len; i++)
		buf[i] = (unsigned char)(first + i * 7 + 1) | 1; /* never 0 */
	unit_ok(zf_array_pwrite(f->array, &f->op, buf, len, offset), &f->op);
	if (offset + len <= MOST)
		memcpy(f->flat + offset, buf, len);
	if (offset + len > f->n)
		f->n = offset + len;
	free(buf);
}

static void flush(struct fixture *f)
{
	unit_ok(zf_array_flush(f->array, &f->op), &f->op);
}

static void counts(struct fixture *f, uint64_t gets, uint64_t puts, uint64_t dels)
{
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), gets);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_PUT), puts);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_DEL), dels);
	zf_trace_reset(f->store);
}

/* ---- what it costs ---- */

START_TEST(a_chunk_covered_whole_is_never_read)
{
	struct fixture *f =
		plain(0, 1 << 20, 2, (uint64_t[]){ 40, 100 }, (uint64_t[]){ 10, 30 }, 0); /* 4 x 4 chunks */

	write_bytes(f, 0, 4000, 1);
	flush(f);
	counts(f, 0, 16, 0);
	write_bytes(f, 1000, 1000, 2); /* the second row of chunks, the last of which is clipped */
	flush(f);
	counts(f, 0, 4, 0);
	write_bytes(f, 1000, 1, 3);
	check_all(f);
	zf_trace_reset(f->store);
	flush(f);
	counts(f, 1, 1, 0);
	check_stored(f);
	tear_down(f);
}
END_TEST

START_TEST(small_writes_cost_one_get_and_one_put_a_value)
{
	uint64_t seed = unit_seed();

	for (int shards = 0; shards < 2; shards++) {
		uint64_t shape[] = { 40, 100 }, chunk[] = { 5, 10 };
		struct fixture *f = shards ? sharded(0, 1 << 20, 2, shape, chunk)
					   : plain(0, 1 << 20, 2, shape, (uint64_t[]){ 20, 40 }, 0);

		write_bytes(f, 0, 4000, 1); /* 2 x 3 values either way */
		flush(f);
		counts(f, 0, 6, 0);
		for (int i = 0; i < 1000; i++)
			write_bytes(f, unit_below(&seed, 3990), 1 + unit_below(&seed, 10), (unsigned)i);
		flush(f);
		counts(f, 6, 6, 0);
		check_all(f);
		check_stored(f);
		tear_down(f);
	}
}
END_TEST

START_TEST(fill_value_is_not_stored)
{
	struct fixture *f = plain(0, 1 << 20, 1, (uint64_t[]){ 400 }, (uint64_t[]){ 100 }, 9);
	unsigned char nines[400];
	struct zf_write_config config = { .store_empty = true };

	memset(nines, 9, sizeof nines);
	write_bytes(f, 0, 400, 1);
	flush(f);
	counts(f, 0, 4, 0);
	unit_ok(zf_array_pwrite(f->array, &f->op, nines, 100, 0), &f->op);
	unit_ok(zf_array_pwrite(f->array, &f->op, nines, 99, 100), &f->op);
	memset(f->flat, 9, 199);
	flush(f);
	counts(f, 1, 1, 1);
	check_stored(f);
	zf_trace_reset(f->store);
	unit_ok(zf_array_pwrite(f->array, &f->op, nines, 50, 0), &f->op); /* not there, and stays so */
	flush(f);
	counts(f, 1, 0, 0);
	unit_ok(zf_array_writable(f->array, &f->op, &config), &f->op);
	unit_ok(zf_array_pwrite(f->array, &f->op, nines, 100, 0), &f->op);
	flush(f);
	counts(f, 0, 1, 0);
	check_stored(f);
	tear_down(f);
}
END_TEST

/* A byte at a time, through chunks that are completed, stored, and not read. */
START_TEST(a_writer_of_single_bytes_costs_linear_work)
{
	struct fixture *f = plain(0, 20000, 1, (uint64_t[]){ 0 }, (uint64_t[]){ 1000 }, 0);

	for (unsigned i = 0; i < 50000; i++)
		write_bytes(f, i, 1, i);
	check_all(f);
	zf_trace_reset(f->store);
	flush(f);
	check_stored(f);
	ck_assert_uint_le(zf_trace_count(f->store, ZF_TRACE_PUT), 50);
	tear_down(f);
}
END_TEST

/* 500 chunks of 1000 bytes side by side, of which a row of the array writes 10 bytes each: more than the
 * cache has room for, so that most of it goes through the spool. Each is stored once. */
START_TEST(rows_through_many_chunks_cost_one_put_a_chunk)
{
	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct fixture *f =
			plain(threads, 400000, 2, (uint64_t[]){ 100, 5000 }, (uint64_t[]){ 100, 10 }, 0);
		unsigned char row[5000], back[5000];

		for (unsigned y = 0; y < 100; y++) {
			for (unsigned x = 0; x < 5000; x++)
				row[x] = (unsigned char)(y * 31 + x * 7) | 1;
			unit_ok(zf_array_pwrite(f->array, &f->op, row, 5000, y * 5000), &f->op);
		}
		ck_assert(f->array->writes->spool != NULL);
		for (unsigned y = 0; y < 100; y += 9) {
			unit_ok(zf_array_pread(f->array, &f->op, NULL, back, 5000, y * 5000), &f->op);
			for (unsigned x = 0; x < 5000; x++)
				ck_assert_uint_eq(back[x], (unsigned char)(y * 31 + x * 7) | 1);
		}
		flush(f);
		ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_PUT), 500);
		for (unsigned y = 0; y < 100; y++) {
			unit_ok(zf_array_pread(f->array, &f->op, NULL, back, 5000, y * 5000), &f->op);
			for (unsigned x = 0; x < 5000; x++)
				ck_assert_uint_eq(back[x], (unsigned char)(y * 31 + x * 7) | 1);
		}
		tear_down(f);
	}
}
END_TEST

/* A row that differs from those around it, and in the columns of each chunk. */
static void fill_line(unsigned char *line, unsigned y, unsigned width)
{
	for (unsigned x = 0; x < width; x += 1024)
		memset(line + x, (int)(y * 31 + x / 1024 * 2) | 1, 1024);
}

/* Rows of chunks that fill the cache: while one is stored the next one takes its memory, piece by piece. */
START_TEST(rows_as_large_as_the_cache_keep_the_budget)
{
	enum { HEIGHT = 512, WIDTH = 6 * 1024, ROWS = 4 };

	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct fixture *f = plain(threads, 4 << 20, 2, (uint64_t[]){ ROWS * HEIGHT, WIDTH },
			(uint64_t[]){ HEIGHT, 1024 }, 0);
		unsigned char *line = malloc(WIDTH), *back = malloc(WIDTH);

		for (unsigned y = 0; y < ROWS * HEIGHT; y++) {
			fill_line(line, y, WIDTH);
			unit_ok(zf_array_pwrite(f->array, &f->op, line, WIDTH, (uint64_t)y * WIDTH), &f->op);
			ck_assert_uint_le(zf_cache_taken(f->ctx->cache), 4 << 20);
		}
		ck_assert(f->array->writes->spool == NULL);
		flush(f);
		ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 0);
		ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_PUT), 6 * ROWS);
		for (unsigned y = 0; y < ROWS * HEIGHT; y++) {
			unit_ok(zf_array_pread(f->array, &f->op, NULL, back, WIDTH, (uint64_t)y * WIDTH),
				&f->op);
			fill_line(line, y, WIDTH);
			unit_bytes_eq(back, line, WIDTH);
		}
		free(line);
		free(back);
		tear_down(f);
	}
}
END_TEST

/* What another array has dirty makes way: both stay within half of the cache. */
START_TEST(arrays_share_the_room)
{
	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct fixture *f =
			plain(threads, 100000, 1, (uint64_t[]){ 90000 }, (uint64_t[]){ 10000 }, 0);
		struct zf_array *other;
		unsigned char buf[9000];
		struct zf_meta *meta;

		for (unsigned i = 0; i < 6; i++)
			write_bytes(f, i * 10000, 9000, i);
		ck_assert_uint_ge(zf_cache_taken(f->ctx->cache), 54000);
		other = open_with(f, &meta);
		memset(buf, 1, sizeof buf);
		for (unsigned i = 0; i < 4; i++)
			unit_ok(zf_array_pwrite(other, &f->op, buf, sizeof buf, i * 10000), &f->op);
		ck_assert_int_eq(zf_array_dirty_since(f->array), 0);
		/* an eighth of the budget is left, and a quarter for what storing takes */
		ck_assert_uint_le(zf_cache_taken(f->ctx->cache), 62500);
		zf_array_close(other);
		zf_meta_free(meta);
		tear_down(f);
	}
}
END_TEST

/* ---- growing and shrinking ---- */

/* Another program shrank the array to 15 of 20 rows and left the rest of the chunks as they were, one beyond.
 */
START_TEST(what_others_left_beyond_the_end_does_not_come_back)
{
	for (int how = 0; how < 3; how++) {
		struct fixture *f = plain(0, 1 << 20, 2, (uint64_t[]){ 40, 10 }, (uint64_t[]){ 10, 5 }, 3);

		write_bytes(f, 0, 400, 1);
		flush(f);
		f->shape[0] = 15;
		f->n = 150;
		reopen(f);
		fill_from(f, 150, 400);
		check_all(f);
		if (how == 0) {
			unit_ok(zf_array_set_size(f->array, &f->op, 400), &f->op);
			f->n = 400;
		} else {
			write_bytes(f, how == 1 ? 150 : 399, 1, 5);
		}
		check_all(f);
		flush(f);
		check_stored(f);
		tear_down(f);
	}
}
END_TEST

START_TEST(a_shrink_costs_what_it_touches)
{
	struct fixture *f = plain(0, 1 << 20, 2, (uint64_t[]){ 1000, 40 }, (uint64_t[]){ 10, 10 }, 0);

	write_bytes(f, 0, 40000, 1); /* 100 x 4 chunks */
	flush(f);
	zf_trace_reset(f->store);
	unit_ok(zf_array_set_size(f->array, &f->op, 985 * 40), &f->op);
	counts(f, 4, 4, 4);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_LIST), 0);
	f->n = 985 * 40;
	check_all(f);
	zf_trace_reset(f->store);
	unit_ok(zf_array_set_size(f->array, &f->op, 0), &f->op);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_DEL), 99 * 4);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 0);
	unit_ok(zf_array_set_size(f->array, &f->op, 40000), &f->op);
	f->n = 40000;
	fill_from(f, 0, 40000);
	check_all(f);
	tear_down(f);
}
END_TEST

/* 10^12 chunks, of which two are stored. */
START_TEST(huge_arrays_are_resized_and_punched_quickly)
{
	struct fixture *f =
		plain(0, 1 << 20, 2, (uint64_t[]){ 10000000, 10000000 }, (uint64_t[]){ 10, 10 }, 0);
	unsigned char c = 5;

	unit_ok(zf_array_pwrite(f->array, &f->op, &c, 1, 7), &f->op);
	unit_ok(zf_array_pwrite(f->array, &f->op, &c, 1, 99999999999999), &f->op);
	flush(f);
	counts(f, 2, 2, 0);
	unit_ok(zf_array_punch(f->array, &f->op, 3, 50000000000000), &f->op);
	flush(f);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, &c, 1, 7), &f->op);
	ck_assert_uint_eq(c, 0);
	unit_ok(zf_array_set_size(f->array, &f->op, 10000000), &f->op);
	unit_ok(zf_array_set_size(f->array, &f->op, 100000000000000), &f->op);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, &c, 1, 99999999999999), &f->op);
	ck_assert_uint_eq(c, 0);
	tear_down(f);
}
END_TEST

/* More values at the edge than are looked at in one listing. */
START_TEST(a_shrink_cleans_many_edges)
{
	enum { WIDE = 66000 };
	static unsigned char got[2 * WIDE];
	struct fixture *f = plain(0, 64 << 20, 2, (uint64_t[]){ 2, WIDE }, (uint64_t[]){ 2, 1 }, 4);

	write_bytes(f, 0, 2 * WIDE, 1);
	flush(f);
	zf_trace_reset(f->store);
	unit_ok(zf_array_set_size(f->array, &f->op, WIDE), &f->op);
	counts(f, WIDE, WIDE, 0);
	unit_ok(zf_array_set_size(f->array, &f->op, 2 * WIDE), &f->op);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, got, sizeof got, 0), &f->op);
	for (unsigned i = 0; i < WIDE; i++) {
		ck_assert_uint_eq(got[i], (unsigned char)(1 + i * 7 + 1) | 1);
		ck_assert_uint_eq(got[WIDE + i], 4);
	}
	tear_down(f);
}
END_TEST

START_TEST(trimming_cleans_all_dimensions)
{
	struct fixture *f = plain(0, 1 << 20, 2, (uint64_t[]){ 20, 20 }, (uint64_t[]){ 8, 8 }, 4);
	uint64_t before[] = { 20, 20 }, small[] = { 20, 13 };
	unsigned char whole[400];

	write_bytes(f, 0, 400, 1);
	flush(f);
	memcpy(whole, f->flat, 400);
	f->shape[1] = 13; /* shrunk, and grown again */
	f->n = 260;
	f->row = 13;
	reopen(f);
	zf_trace_reset(f->store);
	unit_ok(zf_array_trim(f->array, &f->op, before), &f->op);
	counts(f, 3, 3, 3);
	f->shape[1] = 20;
	f->n = 400;
	f->row = 20;
	reopen(f);
	unit_ok(zf_array_trim(f->array, &f->op, small), &f->op);
	for (unsigned i = 0; i < 400; i++)
		f->flat[i] = i % 20 < 13 ? whole[i] : 4;
	check_all(f);
	tear_down(f);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	struct fixture *f = plain(0, 1 << 20, 2, (uint64_t[]){ 4, 10 }, (uint64_t[]){ 2, 5 }, 0);
	unsigned char c[2] = { 1, 1 };
	uint64_t most = INT64_MAX / 10 * 10;

	unit_fails(zf_array_pwrite(f->array, &f->op, c, 2, most - 1), &f->op, EFBIG,
		"a: 2 bytes at 9223372036854775799 end beyond the largest size, 9223372036854775800");
	zf_op_init(&f->op);
	unit_fails(zf_array_pwrite(f->array, &f->op, c, 2, UINT64_MAX), &f->op, EFBIG,
		"a: 2 bytes at 18446744073709551615 end beyond the largest size, 9223372036854775800");
	zf_op_init(&f->op);
	unit_fails(zf_array_set_size(f->array, &f->op, 15), &f->op, EINVAL,
		"a: a size of 15 bytes is no multiple of a row, 10");
	zf_op_init(&f->op);
	ck_assert_uint_eq(zf_array_size(f->array), 40);
	ck_assert_int_eq(zf_array_dirty_since(f->array), 0);
	unit_ok(zf_array_pwrite(f->array, &f->op, c, 1, most - 1), &f->op);
	ck_assert_uint_eq(zf_array_size(f->array), most);
	flush(f);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, c + 1, 1, most - 1), &f->op);
	ck_assert_uint_eq(c[1], 1);
	tear_down(f);
}
END_TEST

/* ---- errors ---- */

START_TEST(errors_are_told_once_to_each_and_the_data_stays)
{
	struct fixture *f = plain(0, 1 << 20, 1, (uint64_t[]){ 400 }, (uint64_t[]){ 100 }, 0);
	uint64_t one = zf_array_error_now(f->array), two = one;

	unit_ok(zf_fault_set(f->fault, &f->op, "put~a/1@*=ENOSPC"), &f->op);
	write_bytes(f, 0, 400, 1);
	unit_fails(zf_array_flush(f->array, &f->op), &f->op, ENOSPC,
		"a: chunk 1: key 'a/1' in mem:m: injected: No space left on device");
	zf_op_init(&f->op);
	one = zf_array_error_now(f->array);
	unit_ok(zf_array_error_since(f->array, &f->op, &one), &f->op);
	unit_fails(zf_array_error_since(f->array, &f->op, &two), &f->op, ENOSPC,
		"a: chunk 1: key 'a/1' in mem:m: injected: No space left on device");
	zf_op_init(&f->op);
	unit_ok(zf_array_error_since(f->array, &f->op, &two), &f->op);
	check_all(f);
	write_bytes(f, 150, 20, 9); /* over what could not be stored */
	check_all(f);
	unit_ok(zf_fault_set(f->fault, &f->op, ""), &f->op);
	zf_trace_reset(f->store);
	flush(f);
	counts(f, 0, 1, 0);
	check_stored(f);
	tear_down(f);
}
END_TEST

/* The store takes nothing more: the writer learns of it instead of filling memory or waiting for ever. */
START_TEST(a_full_store_stops_the_writer)
{
	for (unsigned threads = 0; threads <= 2; threads += 2) {
		struct fixture *f = plain(threads, 20000, 1, (uint64_t[]){ 0 }, (uint64_t[]){ 1000 }, 0);
		unsigned char buf[500];
		uint64_t at = 0;

		unit_ok(zf_fault_set(f->fault, &f->op, "put@*=ENOSPC"), &f->op);
		memset(buf, 1, sizeof buf);
		while (at < 1000000 && zf_array_pwrite(f->array, &f->op, buf, sizeof buf, at) == 0)
			at += sizeof buf;
		ck_assert_int_eq(f->op.err, ENOSPC);
		ck_assert_uint_le(at, 40000);
		zf_op_init(&f->op);
		memset(f->flat, 1, at);
		f->n = at;
		check_all(f);
		unit_ok(zf_fault_set(f->fault, &f->op, ""), &f->op);
		flush(f);
		check_stored(f);
		tear_down(f);
	}
}
END_TEST

/* Call k of get, put or del fails: what the store has of each chunk is old or new, and a retry mends it. */
static void fail_at(const char *what, unsigned k, bool shards, uint64_t *seed)
{
	uint64_t shape[] = { 24, 30 }, chunk[] = { 3, 5 };
	struct fixture *f = shards ? sharded(0, 1 << 20, 2, shape, chunk)
				   : plain(0, 1 << 20, 2, shape, (uint64_t[]){ 12, 20 }, 0);
	unsigned char old[720], now[720], at[720];
	uint64_t c[] = { 12, 20 };
	struct zf_array *other;
	struct zf_meta *meta;
	char rules[64];
	int failed;

	write_bytes(f, 0, 720, 1);
	flush(f);
	memcpy(old, f->flat, 720);
	for (int i = 0; i < 20; i++)
		write_bytes(f, unit_below(seed, 700), 1 + unit_below(seed, 20), (unsigned)i);
	unit_ok(zf_array_punch(f->array, &f->op, 0, 20), &f->op);
	fill_from(f, 0, 20);
	memcpy(now, f->flat, 720);
	snprintf(rules, sizeof rules, "%s@%u=EIO", what, k);
	unit_ok(zf_fault_set(f->fault, &f->op, rules), &f->op);
	failed = zf_array_flush(f->array, &f->op);
	ck_assert_int_eq(failed != 0, zf_fault_hits(f->fault) != 0);
	ck_assert_uint_eq(zf_array_error_now(f->array), failed ? 1 : 0);
	zf_op_init(&f->op);
	unit_ok(zf_fault_set(f->fault, &f->op, ""), &f->op);
	check_all(f);
	other = open_with(f, &meta);
	unit_ok(zf_array_pread(other, &f->op, NULL, at, 720, 0), &f->op);
	zf_array_close(other);
	zf_meta_free(meta);
	for (unsigned y = 0; y < 24; y += (unsigned)c[0])
		for (unsigned x = 0; x < 30; x += (unsigned)c[1]) {
			bool is_old = true, is_new = true;

			for (unsigned i = y; i < y + c[0]; i++)
				for (unsigned j = x; j < x + c[1] && j < 30; j++) {
					is_old = is_old && at[i * 30 + j] == old[i * 30 + j];
					is_new = is_new && at[i * 30 + j] == now[i * 30 + j];
				}
			ck_assert(is_old || is_new);
		}
	flush(f);
	check_stored(f);
	tear_down(f);
}

START_TEST(each_call_may_fail)
{
	uint64_t seed = unit_seed();

	for (unsigned k = 1; k <= 6; k++)
		for (int shards = 0; shards < 2; shards++) {
			fail_at("get", k, shards, &seed);
			fail_at("put", k, shards, &seed);
			fail_at("del", k, shards, &seed);
			fail_at("stat", k, shards, &seed);
		}
}
END_TEST

/* ---- at once ---- */

enum { AT_ONCE = 60000, STRIPE = 97, WRITERS = 3 };

struct at_once {
	struct fixture *f;
	unsigned number;
	uint64_t seed;
	int stop; /* atomic */
};

static unsigned char final_byte(uint64_t offset)
{
	return (unsigned char)(offset * 13 / 5) | 1;
}

/* Stripes of its own, in an order of its own. */
static void *write_stripes(void *arg)
{
	struct at_once *t = arg;
	uint64_t stripes = AT_ONCE / STRIPE, first = unit_below(&t->seed, stripes);
	unsigned char buf[STRIPE];
	struct zf_op op;

	zf_op_init(&op);
	for (uint64_t i = 0; i < stripes; i++) {
		uint64_t at = (first + i * 5) % stripes; /* 618 and 5 have no common divisor */

		if (at % WRITERS != t->number)
			continue;
		for (unsigned k = 0; k < STRIPE; k++)
			buf[k] = final_byte(at * STRIPE + k);
		unit_ok(zf_array_pwrite(t->f->array, &op, buf, STRIPE, at * STRIPE), &op);
	}
	return NULL;
}

/* Every byte is what it was, or what it is to become; and once new, new. */
static void *read_stripes(void *arg)
{
	struct at_once *t = arg;
	unsigned char *buf = malloc(5000), *seen = calloc(1, AT_ONCE);
	struct zf_op op;

	zf_op_init(&op);
	while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE)) {
		uint64_t at = unit_below(&t->seed, AT_ONCE - 5000), n = 1 + unit_below(&t->seed, 5000);

		unit_ok(zf_array_pread(t->f->array, &op, NULL, buf, n, at), &op);
		for (uint64_t i = 0; i < n; i++) {
			if (buf[i] == final_byte(at + i))
				seen[at + i] = 1;
			else
				ck_assert_msg(!seen[at + i] && buf[i] == 0, "byte %" PRIu64 " is %u", at + i,
					buf[i]);
		}
	}
	free(buf);
	free(seen);
	return NULL;
}

static void *flush_often(void *arg)
{
	struct at_once *t = arg;
	struct zf_op op;

	zf_op_init(&op);
	while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE))
		unit_ok(zf_array_flush(t->f->array, &op), &op);
	return NULL;
}

static void at_once(bool shards, uint64_t cache, uint64_t *seed)
{
	struct fixture *f = shards ? sharded(2, cache, 2, (uint64_t[]){ 200, 300 }, (uint64_t[]){ 13, 21 })
				   : plain(2, cache, 2, (uint64_t[]){ 200, 300 }, (uint64_t[]){ 30, 70 }, 0);
	struct at_once t[WRITERS + 3];
	pthread_t threads[WRITERS + 3];

	for (unsigned i = 0; i < WRITERS + 3; i++) {
		t[i] = (struct at_once){ f, i, unit_random(seed), 0 };
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
					 i < WRITERS    ? write_stripes
					 : i == WRITERS ? flush_often
							: read_stripes,
					 &t[i]),
			0);
	}
	for (unsigned i = 0; i < WRITERS + 3; i++) {
		__atomic_store_n(&t[i].stop, 1, __ATOMIC_RELEASE);
		pthread_join(threads[i], NULL);
	}
	for (uint64_t i = 0; i < AT_ONCE / STRIPE * STRIPE; i++)
		f->flat[i] = final_byte(i);
	check_all(f);
	flush(f);
	check_stored(f);
	tear_down(f);
}

START_TEST(writers_and_readers_work_at_once)
{
	uint64_t seed = unit_seed();

	for (int i = 0; i < 3; i++) {
		at_once(false, 1 << 20, &seed);
		at_once(false, 30000, &seed);
		at_once(true, 1 << 20, &seed);
		at_once(true, 30000, &seed);
	}
}
END_TEST

/* Writers, readers, holes and sizes at once: nothing hangs or breaks, and what is there at the end is stored.
 */
static void *write_anywhere(void *arg)
{
	struct at_once *t = arg;
	unsigned char buf[700];
	struct zf_op op;

	zf_op_init(&op);
	memset(buf, (int)t->number + 1, sizeof buf);
	for (int i = 0; i < 300; i++)
		unit_ok(zf_array_pwrite(t->f->array, &op, buf, 1 + unit_below(&t->seed, 700),
				unit_below(&t->seed, 59000)),
			&op);
	return NULL;
}

static void *resize_often(void *arg)
{
	struct at_once *t = arg;
	struct zf_op op;

	zf_op_init(&op);
	while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE)) {
		unit_ok(zf_array_set_size(t->f->array, &op, unit_below(&t->seed, 200) * 300), &op);
		unit_ok(zf_array_punch(t->f->array, &op, unit_below(&t->seed, 50000), 5000), &op);
		if (unit_below(&t->seed, 20) == 0)
			unit_ok(zf_array_clear(t->f->array, &op), &op);
	}
	return NULL;
}

static void *read_anywhere(void *arg)
{
	struct at_once *t = arg;
	unsigned char buf[5000];
	struct zf_op op;

	zf_op_init(&op);
	while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE)) {
		unit_ok(zf_array_pread(t->f->array, &op, NULL, buf, 5000, unit_below(&t->seed, 55000)), &op);
		for (int i = 0; i < 5000; i++)
			ck_assert_uint_le(buf[i], 2);
	}
	return NULL;
}

START_TEST(sizes_change_while_others_write_and_read)
{
	static void *(*const what[])(
		void *) = { write_anywhere, write_anywhere, resize_often, read_anywhere, flush_often };
	uint64_t seed = unit_seed();

	for (int i = 0; i < 4; i++) {
		uint64_t shape[] = { 200, 300 }, cache = i < 2 ? 1 << 20 : 30000;
		struct fixture *f = i % 2 ? sharded(2, cache, 2, shape, (uint64_t[]){ 13, 21 })
					  : plain(2, cache, 2, shape, (uint64_t[]){ 30, 70 }, 0);
		struct at_once t[5];
		pthread_t threads[5];

		for (unsigned k = 0; k < 5; k++) {
			t[k] = (struct at_once){ f, k, unit_random(&seed), 0 };
			ck_assert_int_eq(pthread_create(&threads[k], NULL, what[k], &t[k]), 0);
		}
		for (unsigned k = 0; k < 5; k++) {
			__atomic_store_n(&t[k].stop, 1, __ATOMIC_RELEASE);
			pthread_join(threads[k], NULL);
		}
		zf_array_settle(f->array);
		f->n = zf_array_size(f->array);
		if (f->n)
			unit_ok(zf_array_pread(f->array, &f->op, NULL, f->flat, f->n, 0), &f->op);
		flush(f);
		check_all(f);
		check_stored(f);
		tear_down(f);
	}
}
END_TEST

/* A shrink that could not be finished: what it left behind does not come back either. */
START_TEST(a_shrink_that_failed_is_made_up_for)
{
	static const char *const rules[] = { "del@2=EIO", "put@1=EIO", "get@1=EIO" };

	for (int i = 0; i < 3; i++) {
		struct fixture *f = plain(0, 1 << 20, 2, (uint64_t[]){ 40, 10 }, (uint64_t[]){ 10, 5 }, 3);

		write_bytes(f, 0, 400, 1);
		flush(f);
		unit_ok(zf_fault_set(f->fault, &f->op, rules[i]), &f->op);
		ck_assert_int_eq(zf_array_set_size(f->array, &f->op, 50), -1);
		ck_assert_int_eq(f->op.err, EIO);
		zf_op_init(&f->op);
		f->n = 50;
		check_all(f);
		unit_ok(zf_fault_set(f->fault, &f->op, "list@1=EIO"), &f->op);
		ck_assert_int_eq(zf_array_set_size(f->array, &f->op, 400), -1);
		zf_op_init(&f->op);
		check_all(f);
		unit_ok(zf_array_set_size(f->array, &f->op, 400), &f->op);
		f->n = 400;
		fill_from(f, 50, 400);
		check_all(f);
		check_stored(f);
		tear_down(f);
	}
}
END_TEST

/* ---- what is stored ---- */

/* zarr-specs v3, "Sharding codec", by hand: the inner chunks that are not fill value, and for each offset and
 * length, all ones where it is missing. */
START_TEST(a_shard_is_laid_out_as_specified)
{
	for (int at_start = 0; at_start < 2; at_start++) {
		struct fixture *f = sharded(0, 1 << 20, 1, (uint64_t[]){ 8 }, (uint64_t[]){ 2 });
		unsigned char want[6 + 64], base = at_start ? 64 : 0, *index = want + (at_start ? 0 : 6);
		struct zf_out got = ZF_OUT_GROWING(1000);

		snprintf(f->after, sizeof f->after,
			", \"data_type\": \"uint8\", \"chunk_grid\": {\"name\": \"regular\", "
			"\"configuration\":"
			" {\"chunk_shape\": [8]}}, \"chunk_key_encoding\": {\"name\": \"default\"},"
			" \"fill_value\": 0, \"codecs\": [{\"name\": \"sharding_indexed\", \"configuration\":"
			" {\"chunk_shape\": [2], \"codecs\": [{\"name\": \"bytes\"}], \"index_codecs\":"
			" [{\"name\": \"bytes\", \"configuration\": {\"endian\": \"little\"}}],"
			" \"index_location\": \"%s\"}}]}",
			at_start ? "start" : "end");
		reopen(f);
		memset(want, 0, sizeof want);
		memcpy(want + base, "abcdef", 6);
		memset(index + 16, 0xff, 16);
		index[0] = base, index[32] = base + 2, index[48] = base + 4;
		index[8] = index[40] = index[56] = 2;
		unit_ok(zf_array_pwrite(f->array, &f->op, "ab\0\0cdef", 8, 0), &f->op);
		flush(f);
		unit_ok(zf_store_get(f->store, &f->op, "a/c/0", NULL, &got, NULL), &f->op);
		ck_assert_uint_eq(got.len, sizeof want);
		unit_bytes_eq(got.data, want, sizeof want);
		unit_ok(zf_array_pwrite(f->array, &f->op, "\0\0xx", 4, 0), &f->op); /* others are copied */
		flush(f);
		memcpy(want + base, "xxcdef", 6);
		memset(index, 0xff, 16);
		memset(index + 16, 0, 16);
		index[16] = base, index[24] = 2;
		got.len = 0;
		unit_ok(zf_store_get(f->store, &f->op, "a/c/0", NULL, &got, NULL), &f->op);
		unit_bytes_eq(got.data, want, sizeof want);
		unit_ok(zf_array_pwrite(f->array, &f->op, "\0\0\0\0\0\0\0\0", 8, 0), &f->op);
		flush(f);
		ck_assert_int_eq(zf_store_get(f->store, &f->op, "a/c/0", NULL, &got, NULL), ZF_MISSING);
		zf_out_free(&got);
		memset(f->flat, 0, 8);
		tear_down(f);
	}
}
END_TEST

/* Writes that jump about in a chunk for which a bitmap would be too large. */
START_TEST(many_small_extents_do_not_pile_up)
{
	struct fixture *f = plain(0, 200000, 1, (uint64_t[]){ 60000 }, (uint64_t[]){ 60000 }, 0);

	for (unsigned i = 0; i < 20000; i++)
		write_bytes(f, (uint64_t)i * 7919 % 60000, 1, i);
	check_all(f);
	ck_assert_uint_ge(zf_trace_count(f->store, ZF_TRACE_PUT), 1);
	flush(f);
	check_stored(f);
	ck_assert_uint_le(zf_trace_count(f->store, ZF_TRACE_PUT), 8);
	tear_down(f);
}
END_TEST

/* ---- coherence ---- */

START_TEST(our_own_writes_are_no_foreign_change)
{
	struct fixture *f = plain(0, 1 << 20, 1, (uint64_t[]){ 400 }, (uint64_t[]){ 100 }, 0);
	struct zf_array *other;
	struct zf_meta *meta;
	unsigned char c = 77;
	bool changed;

	write_bytes(f, 0, 400, 1);
	check_all(f);
	flush(f);
	check_all(f);
	write_bytes(f, 50, 10, 3);
	flush(f);
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(!changed);
	other = open_with(f, &meta);
	unit_ok(zf_array_pwrite(other, &f->op, &c, 1, 250), &f->op);
	unit_ok(zf_array_flush(other, &f->op), &f->op);
	zf_array_close(other);
	zf_meta_free(meta);
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(changed);
	f->flat[250] = 77;
	check_all(f);
	tear_down(f);
}
END_TEST

START_TEST(dirty_bytes_are_data_and_not_holes)
{
	struct fixture *f = plain(0, 1 << 20, 1, (uint64_t[]){ 1000 }, (uint64_t[]){ 100 }, 0);
	uint64_t got;

	write_bytes(f, 250, 10, 1);
	unit_ok(zf_array_seek(f->array, &f->op, 0, true, &got), &f->op);
	ck_assert_uint_eq(got, 200);
	unit_ok(zf_array_seek(f->array, &f->op, 210, false, &got), &f->op);
	ck_assert_uint_eq(got, 300);
	write_bytes(f, 1530, 10, 1);
	unit_ok(zf_array_seek(f->array, &f->op, 300, true, &got), &f->op);
	ck_assert_uint_eq(got, 1500);
	unit_ok(zf_array_seek(f->array, &f->op, 1510, false, &got), &f->op);
	ck_assert_uint_eq(got, 1540);
	unit_ok(zf_array_set_size(f->array, &f->op, 1200), &f->op);
	unit_fails(
		zf_array_seek(f->array, &f->op, 300, true, &got), &f->op, ENXIO, "a: no data after byte 300");
	tear_down(f);
}
END_TEST

START_TEST(what_was_removed_is_not_written_to)
{
	struct fixture *f = plain(2, 1 << 20, 1, (uint64_t[]){ 400 }, (uint64_t[]){ 100 }, 0);
	unsigned char c = 1;

	write_bytes(f, 0, 400, 1);
	zf_array_abandon(f->array);
	ck_assert_int_eq(zf_array_dirty_since(f->array), 0);
	flush(f);
	counts(f, 0, 0, 0);
	unit_fails(zf_array_pwrite(f->array, &f->op, &c, 1, 0), &f->op, ESTALE, "a: the array was removed");
	tear_down(f);
}
END_TEST

UNIT_MAIN("write", what_is_written_is_read, what_is_written_is_read_with_threads,
	a_chunk_covered_whole_is_never_read, small_writes_cost_one_get_and_one_put_a_value,
	fill_value_is_not_stored, a_writer_of_single_bytes_costs_linear_work,
	rows_through_many_chunks_cost_one_put_a_chunk, rows_as_large_as_the_cache_keep_the_budget,
	arrays_share_the_room, what_others_left_beyond_the_end_does_not_come_back,
	a_shrink_costs_what_it_touches, huge_arrays_are_resized_and_punched_quickly,
	a_shrink_cleans_many_edges, trimming_cleans_all_dimensions, what_cannot_be_is_refused,
	errors_are_told_once_to_each_and_the_data_stays, a_full_store_stops_the_writer, each_call_may_fail,
	writers_and_readers_work_at_once, sizes_change_while_others_write_and_read,
	a_shrink_that_failed_is_made_up_for, a_shard_is_laid_out_as_specified,
	many_small_extents_do_not_pile_up, our_own_writes_are_no_foreign_change,
	dirty_bytes_are_data_and_not_holes, what_was_removed_is_not_written_to)
