/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the limit programs share: a data set's description (datasets.py writes it), its chunks, and clocks.
 * They trust their input, and end the program when something fails.
 */
#ifndef BENCH_DATASET_H
#define BENCH_DATASET_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_DIMS = 4 };

enum bench_codec {
	BENCH_RAW,
	BENCH_BLOSC,
	BENCH_ZSTD,
	BENCH_ZLIB,
	BENCH_GZIP,
	BENCH_LZMA,
	BENCH_DELTA, /* blosc, then sums of int32 */
	BENCH_SWAP,  /* bytes of int32 */
	BENCH_TURN,  /* dataset_turn() */
};

struct dataset {
	char store[4096], flat[4096], offsets[4096]; /* paths */
	int nd;
	size_t itemsize;
	size_t shape[BENCH_DIMS], chunk[BENCH_DIMS];
	size_t inner[BENCH_DIMS];  /* of a shard */
	size_t grid[BENCH_DIMS];   /* chunks along each dimension */
	size_t stride[BENCH_DIMS]; /* bytes, in the flat array */
	int sharded;
	int keys_c;   /* "c/0/1" without shards, too */
	int reversed; /* BENCH_TURN: all axes; else the first one is stored last */
	enum bench_codec codec;
	size_t bytes, chunk_bytes, nchunks;
};

void dataset_load(struct dataset *set, const char *folder, const char *name);

/* Coordinates of number i in a grid. */
void dataset_unravel(size_t i, int nd, const size_t *grid, size_t *place);

void dataset_chunk_path(const struct dataset *set, const size_t *place, char *path, size_t size);

/* Puts a transposed chunk of two bytes an element, and three dimensions, in C order. */
void dataset_turn(const struct dataset *set, const char *src, char *dst);

/* The product of n numbers. */
size_t dataset_product(int n, const size_t *numbers);

/* What one thread needs for decoding. */
struct decoder;
struct decoder *decoder_new(void);

/* The whole file; borrowed until the next call. */
const char *decoder_slurp(struct decoder *decoder, const char *path, size_t *len);

/* len bytes at an offset of an open file; borrowed until the next call. */
const char *decoder_pread(struct decoder *decoder, int fd, size_t len, size_t offset);

/* Decodes a chunk of exactly `size` bytes. */
void decoder_run(
	struct decoder *decoder, enum bench_codec codec, const char *src, size_t len, char *dst, size_t size);

/* ---- clocks and memory ---- */

double bench_now(void); /* s */
double bench_cpu(void); /* s of this process, all threads */

/* Prints what failed and errno, ends the program. */
void bench_die(const char *what) __attribute__((noreturn));

/* Memory that has been touched, on huge pages where the kernel grants them. */
void *bench_memory(size_t size);

#endif
