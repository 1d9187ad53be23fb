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
	unsigned char fill[8];
	char doc[4500], before[2048]; /* the document, about what goes before and after the shape */
	char after[2048];
	unsigned char flat[MOST];
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

UNIT_MAIN("write", what_is_written_is_read, what_is_written_is_read_with_threads)
