/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrays over a real directory: flat reads against a model kept in memory, and what they cost in store calls.
 *
 * Chunks are written here, byte by byte, from the model: uncompressed, as the Zarr v2 specification lays them
 * out. (Compressed ones and other writers are the business of the mount tests.)
 */
#include "array/array.h"
#include "array/internal.h"
#include "store/fault.h"
#include "store/trace.h"

#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 20000 };

struct fixture {
	char dir[64];
	struct zf_ctx *ctx;
	struct zf_store *store; /* trace over fault over dir */
	struct zf_store *fault;
	struct zf_meta *meta;
	struct zf_array *array;
	struct zf_op op;
	unsigned ndim;
	uint64_t shape[4], chunk[4], count[4], chunks, chunk_bytes, n, item;
	bool nested; /* chunk keys have slashes */
	unsigned char flat[MOST];
	bool stored[MOST];
};

static void open_store(struct fixture *f, bool serial, uint64_t cache)
{
	struct zf_config config = { .cache = cache, .serial = serial, .threads = 2 };
	struct zf_store *dir;

	zf_op_init(&f->op);
	strcpy(f->dir, "/tmp/zarrfs-array-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	unit_ok(zf_store_open(f->ctx, &f->op, f->dir, 0, &dir), &f->op);
	unit_ok(zf_fault_open(&f->op, dir, "", &f->fault), &f->op);
	unit_ok(zf_trace_open(&f->op, f->fault, &f->store), &f->op);
}

static void open_array(struct fixture *f, const char *doc)
{
	unit_ok(zf_meta_parse_v2(&f->op, ZF_NODE_ARRAY, doc, strlen(doc), NULL, 0, &f->meta), &f->op);
	ck_assert_msg(!f->meta->error, "%s", f->meta->error_text);
	unit_ok(zf_array_open(f->store, &f->op, "", f->meta, &f->array), &f->op);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tear_down(struct fixture *f)
{
	struct zf_stats stats;

	zf_array_close(f->array);
	zf_meta_free(f->meta);
	zf_store_close(f->store);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_eq(stats.pinned, 0);
	ck_assert_uint_eq(stats.cache_bytes, 0);
	zf_ctx_free(f->ctx);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
}

static void write_file(struct fixture *f, const char *name, const void *data, size_t len)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", f->dir, name);
	for (char *slash = path + strlen(f->dir) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		ck_assert(mkdir(path, 0777) == 0 || errno == EEXIST);
	}
	file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

/* ---- arrays of bytes made from a model ---- */

/* Writes chunk number `index` out of the model; what lies outside the array is 0xee. */
static void write_chunk(struct fixture *f, uint64_t index)
{
	unsigned char *bytes = malloc(f->chunk_bytes);
	uint64_t origin[4] = { 0 }, rest = index;
	char name[128] = "";

	for (unsigned d = f->ndim; d-- > 0; rest /= f->count[d])
		origin[d] = rest % f->count[d];
	for (unsigned d = 0; d < f->ndim; d++)
		snprintf(name + strlen(name), sizeof name - strlen(name), "%s%u",
			!d          ? ""
			: f->nested ? "/"
				    : ".",
			(unsigned)origin[d]);
	memset(bytes, 0xee, f->chunk_bytes);
	for (uint64_t e = 0; e < f->chunk_bytes / f->item; e++) {
		uint64_t within = e, at = 0, step = 1;
		bool inside = true;

		for (unsigned d = f->ndim; d-- > 0; within /= f->chunk[d]) {
			uint64_t x = origin[d] * f->chunk[d] + within % f->chunk[d];

			inside = inside && x < f->shape[d];
			at += x * step;
			step *= f->shape[d];
		}
		if (inside)
			memcpy(bytes + e * f->item, f->flat + at * f->item, f->item);
	}
	write_file(f, f->ndim ? name : "0", bytes, f->chunk_bytes);
	free(bytes);
}

/* Bytes of the flat file that lie in chunks that are not stored are fill values, 7 or 0. */
static void apply_fill(struct fixture *f, int fill)
{
	for (uint64_t b = 0; b < f->n; b++) {
		uint64_t rest = b / f->item, index = 0, x[4];

		for (unsigned d = f->ndim; d-- > 0; rest /= f->shape[d])
			x[d] = rest % f->shape[d];
		for (unsigned d = 0; d < f->ndim; d++)
			index = index * f->count[d] + x[d] / f->chunk[d];
		if (!f->stored[index])
			f->flat[b] = (unsigned char)(b % f->item == 0 ? fill : 0);
	}
}

static void random_shape(struct fixture *f, uint64_t *seed)
{
	do {
		f->ndim = (unsigned)unit_below(seed, 4);
		f->item = (uint64_t)1 << unit_below(seed, 4);
		f->n = f->chunk_bytes = f->item;
		f->chunks = 1;
		for (unsigned d = 0; d < f->ndim; d++) {
			f->shape[d] = 1 + unit_below(seed, 40);
			f->chunk[d] =
				unit_below(seed, 3) ? 1 + unit_below(seed, f->shape[d] + 3) : f->shape[d];
			f->count[d] = (f->shape[d] + f->chunk[d] - 1) / f->chunk[d];
			f->n *= f->shape[d];
			f->chunk_bytes *= f->chunk[d];
			f->chunks *= f->count[d];
		}
	} while (f->n > MOST || f->chunk_bytes > MOST);
}

static void put_list(char *to, size_t room, const uint64_t *x, unsigned n)
{
	*to = '\0';
	for (unsigned d = 0; d < n; d++)
		snprintf(to + strlen(to), room - strlen(to), "%s%u", d ? ", " : "", (unsigned)x[d]);
}

/* A little-endian unsigned integer array of random shape, some chunks missing. */
static struct fixture *random_array(uint64_t *seed, int fill, bool serial, uint64_t cache)
{
	struct fixture *f = calloc(1, sizeof *f);
	char doc[512], shape[64], chunks[64];

	open_store(f, serial, cache);
	random_shape(f, seed);
	f->nested = unit_below(seed, 2);
	for (uint64_t b = 0; b < f->n; b++)
		f->flat[b] = (unsigned char)unit_below(seed, 256);
	for (uint64_t c = 0; c < f->chunks; c++)
		f->stored[c] = unit_below(seed, 4) != 0;
	apply_fill(f, fill);
	for (uint64_t c = 0; c < f->chunks; c++)
		if (f->stored[c])
			write_chunk(f, c);
	put_list(shape, sizeof shape, f->shape, f->ndim);
	put_list(chunks, sizeof chunks, f->chunk, f->ndim);
	snprintf(doc, sizeof doc,
		"{\"zarr_format\": 2, \"shape\": [%s], \"chunks\": [%s], \"dtype\": \"%su%u\", "
		"\"compressor\": null, "
		"\"fill_value\": %d, \"order\": \"C\", \"filters\": null, \"dimension_separator\": \"%s\"}",
		shape, chunks, f->item > 1 ? "<" : "|", (unsigned)f->item, fill, f->nested ? "/" : ".");
	open_array(f, doc);
	ck_assert_uint_eq(zf_array_size(f->array), f->n);
	return f;
}

/* ---- reading ---- */

static void read_at_random(struct fixture *f, uint64_t *seed, int times)
{
	unsigned char *buf = malloc(f->n + 1);
	struct zf_stream stream;

	zf_stream_init(&stream);
	for (int i = 0; i < times; i++) {
		uint64_t offset = unit_below(seed, f->n), len = 1 + unit_below(seed, f->n - offset);
		struct zf_slices slices;
		uint64_t at = 0;

		buf[len] = 0x5a;
		unit_ok(zf_array_pread(f->array, &f->op, i % 2 ? &stream : NULL, buf, len, offset), &f->op);
		ck_assert_mem_eq(buf, f->flat + offset, len);
		ck_assert_int_eq(buf[len], 0x5a);

		unit_ok(zf_array_slices(f->array, &f->op, &stream, len, offset, &slices), &f->op);
		for (int k = 0; k < slices.count; at += slices.iov[k++].iov_len)
			ck_assert_mem_eq(
				slices.iov[k].iov_base, f->flat + offset + at, slices.iov[k].iov_len);
		ck_assert_uint_eq(at, len);
		zf_slices_free(&slices);
	}
	zf_stream_destroy(&stream);
	free(buf);
}

START_TEST(reads_what_the_model_says)
{
	uint64_t seed = unit_seed();

	for (int i = 0; i < 60; i++) {
		/* from a cache that holds a few parts to one that holds all */
		struct fixture *f = random_array(&seed, i % 2 ? 7 : 0, i % 3 == 0, i % 5 ? 1 << 20 : 3000);

		read_at_random(f, &seed, 20);
		tear_down(f);
	}
}
END_TEST

/* 2 chunks of 600,000 bytes side by side: runs long enough to be sent from the cache, parts of 256 KiB */
START_TEST(long_runs_are_not_copied)
{
	struct fixture *f = calloc(1, sizeof *f);
	unsigned char *chunk = malloc(600000);
	struct zf_slices slices;
	size_t at = 0;

	open_store(f, false, 16 << 20);
	for (int i = 0; i < 600000; i++)
		chunk[i] = (unsigned char)(i * 31 >> 5);
	write_file(f, "0", chunk, 600000);
	open_array(f, "{\"zarr_format\": 2, \"shape\": [1200000], \"chunks\": [600000], \"dtype\": \"|u1\", "
		      "\"compressor\": null,"
		      " \"fill_value\": 9, \"order\": \"C\", \"filters\": null}");
	unit_ok(zf_array_slices(f->array, &f->op, NULL, 700000, 100, &slices), &f->op);
	ck_assert_int_ge(slices.count, 3 + 2); /* three parts, and fill values from a pattern of 64 KiB */
	for (int k = 0; k < slices.count; k++) {
		const unsigned char *p = slices.iov[k].iov_base;

		for (size_t i = 0; i < slices.iov[k].iov_len; i++, at++)
			ck_assert_int_eq(p[i], at + 100 < 600000 ? chunk[at + 100] : 9);
	}
	ck_assert_uint_eq(at, 700000);
	zf_slices_free(&slices);
	free(chunk);
	tear_down(f);
}
END_TEST

/* ---- what it costs ---- */

static struct fixture *plain_array(uint64_t seed, const char *rules)
{
	struct fixture *f = calloc(1, sizeof *f);

	open_store(f, true, 1 << 20);
	f->ndim = 2;
	f->item = 1;
	f->shape[0] = 40, f->shape[1] = 100;
	f->chunk[0] = 10, f->chunk[1] = 50;
	f->count[0] = 4, f->count[1] = 2;
	f->chunks = 8, f->chunk_bytes = 500, f->n = 4000;
	for (uint64_t b = 0; b < f->n; b++)
		f->flat[b] = (unsigned char)unit_below(&seed, 256);
	for (uint64_t c = 0; c < f->chunks - 1; c++) {
		f->stored[c] = true;
		write_chunk(f, c);
	}
	apply_fill(f, 0);
	unit_ok(zf_fault_set(f->fault, &f->op, rules), &f->op);
	open_array(f, "{\"zarr_format\": 2, \"shape\": [40, 100], \"chunks\": [10, 50], \"dtype\": \"|u1\", "
		      "\"compressor\": null,"
		      " \"fill_value\": 0, \"order\": \"C\", \"filters\": null}");
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 0); /* opening reads nothing */
	return f;
}

START_TEST(each_chunk_is_read_once_and_an_absent_one_looked_up_once)
{
	struct fixture *f = plain_array(1, "");
	unsigned char buf[4000];

	for (int i = 0; i < 3; i++) {
		unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 4000, 0), &f->op);
		ck_assert_mem_eq(buf, f->flat, 4000);
	}
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 8);
	ck_assert_uint_eq(zf_trace_bytes(f->store, ZF_TRACE_GET), 7 * 500);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_STAT), 0);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_LIST), 0);
	tear_down(f);
}
END_TEST

START_TEST(only_what_is_touched_is_read)
{
	struct fixture *f = plain_array(1, "");
	struct zf_trace_call call;
	unsigned char buf[50];

	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 50, 1050), &f->op);
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 1);
	ck_assert(zf_trace_call(f->store, 0, &call));
	ck_assert_str_eq(call.key, "1.1");
	tear_down(f);
}
END_TEST

/* 4 rows of 8 chunks, read a few bytes at a time through a cache that is as large as one row. */
static void read_by_rows(bool serial)
{
	struct fixture *f = calloc(1, sizeof *f);
	unsigned char chunk[1000], buf[100];
	struct zf_stream stream;
	char name[32];

	open_store(f, serial, 8 * 1000);
	for (int c = 0; c < 32; c++) {
		memset(chunk, c, sizeof chunk);
		snprintf(name, sizeof name, "%d.%d", c / 8, c % 8);
		write_file(f, name, chunk, sizeof chunk);
	}
	open_array(f, "{\"zarr_format\": 2, \"shape\": [40, 800], \"chunks\": [10, 100], \"dtype\": \"|u1\","
		      " \"compressor\": null, \"fill_value\": 0, \"order\": \"C\", \"filters\": null}");
	zf_stream_init(&stream);
	for (unsigned at = 0; at < 32000; at += 100) {
		unit_ok(zf_array_pread(f->array, &f->op, &stream, buf, 100, at), &f->op);
		ck_assert_uint_eq(buf[99], at / 8000 * 8 + at % 800 / 100);
	}
	ck_assert_uint_eq(zf_trace_count(f->store, ZF_TRACE_GET), 32);
	zf_stream_destroy(&stream);
	tear_down(f);
}

START_TEST(a_row_that_just_fits_is_loaded_once)
{
	read_by_rows(true);
	read_by_rows(false);
}
END_TEST

/* ---- errors ---- */

START_TEST(a_damaged_chunk_fails_alone_and_says_where)
{
	struct fixture *f = plain_array(1, "");
	unsigned char buf[1000];
	char text[256];

	write_file(f, "2.1", "short", 5);
	snprintf(text, sizeof text,
		"/: chunk 2.1: key '2.1' in dir:%s: codec 'bytes' (1 of 1): value has 5 bytes, chunk has 500",
		f->dir);
	unit_fails(zf_array_pread(f->array, &f->op, NULL, buf, 1000, 2000), &f->op, EIO, text);
	zf_op_init(&f->op);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 1000, 1000), &f->op);
	ck_assert_mem_eq(buf, f->flat + 1000, 1000);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 50, 2000), &f->op);
	write_chunk(f, 5); /* mended: the next read sees it */
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 1000, 2000), &f->op);
	ck_assert_mem_eq(buf, f->flat + 2000, 1000);
	tear_down(f);
}
END_TEST

START_TEST(errors_of_the_store_are_passed_on)
{
	struct fixture *f = plain_array(1, "get~0.0@1=EACCES");
	unsigned char buf[10];
	char text[256];

	ck_assert_int_eq(zf_array_pread(f->array, &f->op, NULL, buf, 10, 0), -1);
	ck_assert_int_eq(f->op.err, EACCES);
	snprintf(text, sizeof text, "/: chunk 0.0: key '0.0' in dir:%s: ", f->dir);
	ck_assert_mem_eq(f->op.text, text, strlen(text));
	zf_op_init(&f->op);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 10, 0), &f->op);
	tear_down(f);
}
END_TEST

struct hung {
	struct fixture *f;
	struct zf_op op;
	int ret;
	double seconds; /* from the cancel to the return */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *read_hung(void *arg)
{
	struct hung *h = arg;
	unsigned char buf[10];

	h->ret = zf_array_pread(h->f->array, &h->op, NULL, buf, 10, 0);
	h->seconds = now();
	return NULL;
}

/* The reader is let go within 100 ms (500 allowed here: machines are noisy), and so is the thread that hung.
 */
START_TEST(a_hanging_store_can_be_left)
{
	struct fixture *f = plain_array(1, "get@1=hang");
	struct zf_config config = { .threads = 1 };
	struct zf_ctx *serial = f->ctx;
	struct hung h = { .f = f };
	unsigned char buf[10];
	pthread_t thread;
	double cancelled;

	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	f->array->ctx = f->ctx;
	zf_op_init(&h.op);
	ck_assert_int_eq(pthread_create(&thread, NULL, read_hung, &h), 0);
	while (!zf_fault_hanging(f->fault))
		;
	cancelled = now();
	zf_op_cancel(&h.op);
	pthread_join(thread, NULL);
	ck_assert_int_eq(h.ret, -1);
	ck_assert_int_eq(h.op.err, EINTR);
	ck_assert_str_eq(h.op.text, "interrupted");
	ck_assert_msg(h.seconds - cancelled < 0.5, "took %.3f s", h.seconds - cancelled);
	/* the only thread is free again */
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 10, 0), &f->op);
	ck_assert_mem_eq(buf, f->flat, 10);
	tear_down(f);
	zf_ctx_free(serial);
}
END_TEST

/* ---- holes ---- */

START_TEST(holes_are_where_chunks_are_not)
{
	uint64_t seed = unit_seed();

	for (int i = 0; i < 60; i++) {
		struct fixture *f = random_array(&seed, 0, true, 1 << 20);
		unsigned char *is_data = calloc(1, f->n);

		for (uint64_t b = 0; b < f->n; b++) {
			uint64_t run_end;

			is_data[b] = f->stored[zf_grid_locate(&f->array->grid, b, &run_end)];
		}
		for (int k = 0; k < 50; k++) {
			uint64_t from = unit_below(&seed, f->n), data = from, hole = from, got;

			while (data < f->n && !is_data[data])
				data++;
			while (hole < f->n && is_data[hole])
				hole++;
			zf_op_init(&f->op);
			if (zf_array_seek(f->array, &f->op, from, true, &got) < 0) {
				ck_assert_int_eq(f->op.err, ENXIO);
				got = f->n;
			}
			ck_assert_uint_eq(got, data);
			zf_op_init(&f->op);
			unit_ok(zf_array_seek(f->array, &f->op, from, false, &got), &f->op);
			ck_assert_uint_eq(got, hole);
		}
		free(is_data);
		tear_down(f);
	}
}
END_TEST

/* Products of a chunk that is longer than the array do not fit 64 bits: 2^62 times 2^50 is 0 there. */
START_TEST(absurd_chunks_are_walked_too)
{
	struct fixture *f = calloc(1, sizeof *f);
	unsigned char buf[16] = { 1 };
	uint64_t got;

	open_store(f, false, 1 << 20);
	open_array(f,
		"{\"zarr_format\": 2, \"shape\": [2, 1125899906842624], \"chunks\": [4611686018427387904, 1],"
		" \"dtype\": \"|u1\", \"compressor\": null, \"fill_value\": 0, \"order\": \"C\","
		" \"filters\": null}");
	unit_fails(zf_array_seek(f->array, &f->op, 0, true, &got), &f->op, ENXIO, "/: no data after byte 0");
	zf_op_init(&f->op);
	unit_ok(zf_array_seek(f->array, &f->op, 5, false, &got), &f->op);
	ck_assert_uint_eq(got, 5);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 16, 7), &f->op);
	ck_assert_int_eq(buf[0], 0);
	tear_down(f);
}
END_TEST

/* 2^31 chunks of a byte each: a reader that goes on looks at some thousand of them ahead, not at millions. */
START_TEST(tiny_chunks_are_not_all_asked_for)
{
	struct fixture *f = calloc(1, sizeof *f);
	unsigned char buf[16] = { 1 };
	struct zf_stream stream;
	struct zf_stats stats;

	open_store(f, false, 16 << 20);
	open_array(f,
		"{\"zarr_format\": 2, \"shape\": [65536, 32768], \"chunks\": [1, 1], \"dtype\": \"|u1\","
		" \"compressor\": null, \"fill_value\": 0, \"order\": \"C\", \"filters\": null}");
	zf_stream_init(&stream);
	unit_ok(zf_array_pread(f->array, &f->op, &stream, buf, 16, 0), &f->op);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_le(stats.prefetched, 4 * 512);
	zf_stream_destroy(&stream);
	tear_down(f);
}
END_TEST

/* 16 MiB: pages in any order are all within reach of one another, and ask for nothing ahead; pages one after
 * the other do. */
START_TEST(who_reads_here_and_there_is_not_sequential)
{
	struct fixture *f = calloc(1, sizeof *f);
	unsigned char buf[4096];
	struct zf_stream stream;
	struct zf_stats stats;

	open_store(f, false, 16 << 20);
	open_array(f, "{\"zarr_format\": 2, \"shape\": [16777216], \"chunks\": [4096], \"dtype\": \"|u1\","
		      " \"compressor\": null, \"fill_value\": 0, \"order\": \"C\", \"filters\": null}");
	zf_stream_init(&stream);
	for (unsigned i = 1; i < 4096; i++)
		unit_ok(zf_array_pread(f->array, &f->op, &stream, buf, 4096, i * 1237 % 4096 * 4096), &f->op);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_eq(stats.prefetched, 0);
	zf_array_close(f->array);
	zf_meta_free(f->meta);
	open_array(f, "{\"zarr_format\": 2, \"shape\": [16777216], \"chunks\": [4096], \"dtype\": \"|u1\","
		      " \"compressor\": null, \"fill_value\": 0, \"order\": \"C\", \"filters\": null}");
	for (unsigned i = 0; i < 4; i++)
		unit_ok(zf_array_pread(f->array, &f->op, &stream, buf, 4096, 1000000 + i * 4096), &f->op);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_ge(stats.prefetched, (4 << 20) / 4096 - 4);
	zf_stream_destroy(&stream);
	tear_down(f);
}
END_TEST

START_TEST(what_reads_as_something_is_no_hole)
{
	uint64_t seed = unit_seed(), got;
	struct fixture *f = random_array(&seed, 7, true, 1 << 20);

	unit_ok(zf_array_seek(f->array, &f->op, 0, true, &got), &f->op);
	ck_assert_uint_eq(got, 0);
	unit_ok(zf_array_seek(f->array, &f->op, 0, false, &got), &f->op);
	ck_assert_uint_eq(got, f->n);
	unit_fails(zf_array_seek(f->array, &f->op, UINT64_MAX, true, &got), &f->op, ENXIO,
		"/: byte 18446744073709551615 is beyond the end");
	tear_down(f);
}
END_TEST

/* ---- close to open ---- */

START_TEST(changes_are_seen_when_asked_for)
{
	struct fixture *f = plain_array(1, "");
	unsigned char buf[4000];
	bool changed = true;

	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 4000, 0), &f->op);
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(!changed);

	memset(f->flat, 0x42, 50); /* the first row of chunk 0.0 */
	write_chunk(f, 0);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 50, 0), &f->op);
	ck_assert_int_ne(buf[0], 0x42); /* cached: not before the next open */
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(changed);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 4000, 0), &f->op);
	ck_assert_mem_eq(buf, f->flat, 4000);

	f->stored[7] = true; /* one that was not there */
	memset(f->flat + 3950, 0x43, 50);
	write_chunk(f, 7);
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(changed);
	unit_ok(zf_array_pread(f->array, &f->op, NULL, buf, 4000, 0), &f->op);
	ck_assert_mem_eq(buf, f->flat, 4000);
	unit_ok(zf_array_revalidate(f->array, &f->op, &changed), &f->op);
	ck_assert(!changed);
	tear_down(f);
}
END_TEST

UNIT_MAIN("array", reads_what_the_model_says, long_runs_are_not_copied,
	each_chunk_is_read_once_and_an_absent_one_looked_up_once, only_what_is_touched_is_read,
	a_row_that_just_fits_is_loaded_once, a_damaged_chunk_fails_alone_and_says_where,
	errors_of_the_store_are_passed_on, a_hanging_store_can_be_left, holes_are_where_chunks_are_not,
	absurd_chunks_are_walked_too, tiny_chunks_are_not_all_asked_for,
	who_reads_here_and_there_is_not_sequential, what_reads_as_something_is_no_hole,
	changes_are_seen_when_asked_for)
