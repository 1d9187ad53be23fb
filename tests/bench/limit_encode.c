/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a flat file can be made into chunks by the bare codec libraries.
 *
 *   limit_encode FOLDER NAME OUT encode  [THREADS]
 *   limit_encode FOLDER NAME OUT rewrite [THREADS]
 *   limit_encode FOLDER NAME OUT sync    [THREADS]
 *
 * encode: every chunk gathered from the flat file (mapped, in the page cache), encoded, and written to a file
 * in OUT, a folder that exists; nothing is synced. rewrite: every chunk under the set's list of offsets read
 * from the store, decoded, encoded, and written to OUT. sync: nothing is encoded; for each chunk a file of
 * its encoded size is written to OUT, synced and renamed, as a program has to that loses nothing when the
 * power goes.
 *
 * Prints wall and CPU seconds, and how many bytes of the flat file that was.
 */
#include "dataset.h"

#include <blosc.h>
#include <fcntl.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { THREADS = 64, OFFSETS = 1 << 20 };

struct job {
	struct dataset set;
	const char *out;
	const char *flat; /* the whole file, mapped */
	int rewrite, sync;
	unsigned char *wanted; /* of each chunk */
	size_t next, bytes;
};

struct worker {
	struct job *job;
	struct decoder *decoder;
	ZSTD_CCtx *zstd;
#ifdef HAVE_LIBDEFLATE
	struct libdeflate_compressor *deflate;
#endif
	char *chunk, *inner, *encoded;
	size_t room;
	pthread_t thread;
};

/* ---- encoding, with the settings of datasets.py ---- */

static size_t encode_zlib(struct worker *worker, const char *src, size_t len, char *dst, size_t room)
{
#ifdef HAVE_LIBDEFLATE
	return libdeflate_zlib_compress(worker->deflate, src, len, dst, room);
#else
	uLongf got = room;
	(void)worker;
	return compress2((Bytef *)dst, &got, (const Bytef *)src, len, 1) == Z_OK ? got : 0;
#endif
}

static size_t encode_blosc(const struct dataset *set, const char *src, size_t len, char *dst, size_t room)
{
	int u16 = set->itemsize == 2, n;
	n = blosc_compress_ctx(u16 ? 9 : 5, u16 ? BLOSC_BITSHUFFLE : BLOSC_SHUFFLE, set->itemsize, len, src,
		dst, room, u16 ? "blosclz" : "lz4", 0, 1);
	return n > 0 ? (size_t)n : 0;
}

static size_t encode(struct worker *worker, const char *src, size_t len, char *dst, size_t room)
{
	const struct dataset *set = &worker->job->set;
	size_t n = 0;
	switch (set->codec) {
	case BENCH_RAW:
		memcpy(dst, src, len);
		n = len;
		break;
	case BENCH_BLOSC:
		n = encode_blosc(set, src, len, dst, room);
		break;
	case BENCH_ZSTD:
		n = ZSTD_compressCCtx(worker->zstd, dst, room, src, len, 3);
		n = ZSTD_isError(n) ? 0 : n;
		break;
	case BENCH_ZLIB:
		n = encode_zlib(worker, src, len, dst, room);
		break;
	default: /* what is only read */
		break;
	}
	if (!n)
		bench_die("encoding a chunk");
	return n;
}

/* ---- one chunk ---- */

/* Copies a box that begins at `origin` out of an array of `stride` bytes; what hangs over stays as it is. */
static void gather(const struct dataset *set, const char *from, const size_t *shape, const size_t *stride,
	const size_t *origin, const size_t *box, char *to)
{
	int last = set->nd - 1;
	size_t n[BENCH_DIMS], at[BENCH_DIMS] = { 0 }, pitch[BENCH_DIMS];
	for (int k = last; k >= 0; k--) {
		n[k] = origin[k] + box[k] > shape[k] ? shape[k] - origin[k] : box[k];
		pitch[k] = k == last ? set->itemsize : pitch[k + 1] * box[k + 1];
	}
	for (int k = 0; k >= 0;) {
		size_t source = 0, target = 0;
		for (k = 0; k < set->nd; k++) {
			source += (origin[k] + at[k]) * stride[k];
			target += at[k] * pitch[k];
		}
		memcpy(to + target, from + source, n[last] * set->itemsize);
		for (k = last - 1; k >= 0 && ++at[k] == n[k]; k--)
			at[k] = 0;
	}
}

/* Inner chunks one after the other, an index; the checksum is left out, it is a few bytes. */
static size_t encode_shard(struct worker *worker)
{
	const struct dataset *set = &worker->job->set;
	size_t per[BENCH_DIMS], at[BENCH_DIMS], origin[BENCH_DIMS], stride[BENCH_DIMS], len = 0;
	size_t size = set->itemsize * dataset_product(set->nd, set->inner);
	for (int k = set->nd - 1; k >= 0; k--) {
		per[k] = set->chunk[k] / set->inner[k];
		stride[k] = k == set->nd - 1 ? set->itemsize : stride[k + 1] * set->chunk[k + 1];
	}
	size_t count = dataset_product(set->nd, per);
	for (size_t i = 0; i < count; i++) {
		dataset_unravel(i, set->nd, per, at);
		for (int k = 0; k < set->nd; k++)
			origin[k] = at[k] * set->inner[k];
		gather(set, worker->chunk, set->chunk, stride, origin, set->inner, worker->inner);
		len += encode(worker, worker->inner, size, worker->encoded + len, worker->room - len);
	}
	memset(worker->encoded + len, 0, 16 * count + 4);
	return len + 16 * count + 4;
}

/* Makes the encoded form of a chunk of the store anew. Of a shard only the few inner chunks that were touched
 * would be: all of it is copied instead, which is a little too good a limit. */
static size_t rewrite_chunk(struct worker *worker, const size_t *place)
{
	const struct dataset *set = &worker->job->set;
	char path[8192];
	size_t len;
	dataset_chunk_path(set, place, path, sizeof(path));
	const char *src = decoder_slurp(worker->decoder, path, &len);
	if (set->sharded) {
		memcpy(worker->encoded, src, len);
		return len;
	}
	decoder_run(worker->decoder, set->codec, src, len, worker->chunk, set->chunk_bytes);
	return encode(worker, worker->chunk, set->chunk_bytes, worker->encoded, worker->room);
}

static size_t make_chunk(struct worker *worker, const size_t *place)
{
	const struct job *job = worker->job;
	const struct dataset *set = &job->set;
	size_t origin[BENCH_DIMS];
	for (int k = 0; k < set->nd; k++)
		origin[k] = place[k] * set->chunk[k];
	gather(set, job->flat, set->shape, set->stride, origin, set->chunk, worker->chunk);
	return set->sharded ? encode_shard(worker)
			    : encode(worker, worker->chunk, set->chunk_bytes, worker->encoded, worker->room);
}

static void write_chunk(const struct worker *worker, size_t number, size_t len)
{
	char path[8192], name[8192];
	snprintf(path, sizeof(path), "%s/%zu%s", worker->job->out, number, worker->job->sync ? ".tmp" : "");
	snprintf(name, sizeof(name), "%s/%zu", worker->job->out, number);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, worker->encoded, len) != (ssize_t)len)
		bench_die(path);
	if (worker->job->sync && (fdatasync(fd) || rename(path, name)))
		bench_die(path);
	if (close(fd))
		bench_die(path);
}

/* The encoded size of a chunk of the store. The bytes are the same for all: they are not looked at. */
static size_t stored_size(const struct dataset *set, const size_t *place)
{
	char path[8192];
	struct stat st;
	dataset_chunk_path(set, place, path, sizeof(path));
	if (stat(path, &st))
		bench_die(path);
	return (size_t)st.st_size;
}

static void one_chunk(struct worker *worker, size_t number)
{
	const struct job *job = worker->job;
	size_t place[BENCH_DIMS];
	dataset_unravel(number, job->set.nd, job->set.grid, place);
	if (job->sync)
		write_chunk(worker, number, stored_size(&job->set, place));
	else
		write_chunk(worker, number,
			job->rewrite ? rewrite_chunk(worker, place) : make_chunk(worker, place));
}

/* ---- all of them ---- */

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct job *job = worker->job;
	for (;;) {
		size_t number = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
		if (number >= job->set.nchunks)
			return NULL;
		if (job->wanted[number]) {
			one_chunk(worker, number);
			__atomic_fetch_add(&job->bytes, job->set.chunk_bytes, __ATOMIC_RELAXED);
		}
	}
}

static void hire(struct job *job, struct worker *worker)
{
	worker->job = job;
	worker->decoder = decoder_new();
	worker->zstd = ZSTD_createCCtx();
#ifdef HAVE_LIBDEFLATE
	worker->deflate = libdeflate_alloc_compressor(1);
#endif
	worker->room = job->set.chunk_bytes * 2 + (1 << 20);
	worker->chunk = bench_memory(job->set.chunk_bytes);
	worker->inner = bench_memory(job->set.chunk_bytes);
	worker->encoded = bench_memory(worker->room);
}

static void map_flat(struct job *job)
{
	int fd = open(job->set.flat, O_RDONLY);
	job->flat =
		fd < 0 ? MAP_FAILED : mmap(NULL, job->set.bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (job->flat == MAP_FAILED)
		bench_die(job->set.flat);
	close(fd);
}

/* The chunks under the first and the last byte of each 4 KiB, and those between along the last dimension. */
static void want_touched(struct job *job)
{
	const struct dataset *set = &job->set;
	FILE *file = fopen(set->offsets, "r");
	size_t offset;
	if (!file)
		bench_die(set->offsets);
	while (fscanf(file, "%zu", &offset) == 1)
		for (size_t at = offset; at < offset + 4096 && at < set->bytes; at += set->itemsize) {
			size_t place[BENCH_DIMS], number = 0;
			dataset_unravel(at / set->itemsize, set->nd, set->shape, place);
			for (int k = 0; k < set->nd; k++)
				number = number * set->grid[k] + place[k] / set->chunk[k];
			job->wanted[number] = 1;
		}
	fclose(file);
}

int main(int argc, char **argv)
{
	static struct job job;
	static struct worker workers[THREADS];
	int threads = argc > 5 ? atoi(argv[5]) : 2;
	if (argc < 5 || threads < 1 || threads > THREADS) {
		fputs("usage: limit_encode FOLDER NAME OUT encode|rewrite|sync [THREADS]\n", stderr);
		return 2;
	}
	dataset_load(&job.set, argv[1], argv[2]);
	job.out = argv[3];
	job.rewrite = !strcmp(argv[4], "rewrite");
	job.sync = !strcmp(argv[4], "sync");
	job.wanted = calloc(1, job.set.nchunks);
	if (!job.wanted)
		bench_die("calloc");
	memset(job.wanted, !job.rewrite, job.set.nchunks);
	if (job.rewrite)
		want_touched(&job);
	else if (!job.sync)
		map_flat(&job);
	for (int i = 0; i < threads; i++)
		hire(&job, &workers[i]);
	double wall = bench_now(), cpu = bench_cpu();
	for (int i = 0; i < threads; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	for (int i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	printf("wall=%.6f cpu=%.6f bytes=%zu\n", bench_now() - wall, bench_cpu() - cpu, job.bytes);
	return 0;
}
