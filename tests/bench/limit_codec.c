/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a chunked array can be decoded by the bare codec libraries.
 *
 *   limit_codec FOLDER NAME MODE [THREADS [FLAT]]
 *
 *   codec      every chunk decoded into a buffer that stays in the processor's cache
 *   reasm      and copied to its place in an array in memory; FLAT is compared with the result
 *   slab       the same, one chunk row after the other, into one buffer that is used again
 *   rand       each 4 KiB of the set's list of offsets, chunks decoded whole
 *   rand-part  the same, only the blosc blocks or inner chunks that are touched
 *
 * With "-nt" added, reasm and slab copy with non-temporal stores. Prints wall and CPU seconds.
 */
#include "dataset.h"

#include <blosc.h>
#include <fcntl.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_SIZE = 4096, TOUCHED = 1024, THREADS = 64 };

struct worker;

/* Work that threads take number by number. */
struct job {
	struct dataset set;
	int threads;
	int placed;   /* reasm, slab */
	int streamed; /* -nt */
	int partial;  /* rand-part */
	char *dst;
	size_t base;      /* offset of dst in the flat array */
	size_t next, end; /* the next number to take, and where to stop */
	size_t *offsets;  /* of the reads */
	struct worker *workers;
	void (*one)(struct job *job, struct decoder *decoder, char *scratch, size_t number);
};

/* ---- copies ---- */

#ifdef __SSE2__
__attribute__((target("avx512f"))) static void stream_512(char *to, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i += 64)
		_mm512_stream_si512((void *)(to + i), _mm512_loadu_si512(from + i));
}

static void stream_128(char *to, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i += 16)
		_mm_stream_si128((void *)(to + i), _mm_loadu_si128((const void *)(from + i)));
}

static void stream(char *to, const char *from, size_t len)
{
	if (((uintptr_t)to | len) & 63)
		memcpy(to, from, len);
	else if (__builtin_cpu_supports("avx512f"))
		stream_512(to, from, len);
	else
		stream_128(to, from, len);
}
#else
static void stream(char *to, const char *from, size_t len)
{
	memcpy(to, from, len);
}
#endif

static void copy(const struct job *job, size_t flat, const char *from, size_t len)
{
	if (job->streamed)
		stream(job->dst + flat - job->base, from, len);
	else
		memcpy(job->dst + flat - job->base, from, len);
}

/* Copies a box of elements, in C order at src, to its place in the flat array; what hangs over is left out.
 */
static void place_box(const struct job *job, const char *src, const size_t *origin, const size_t *box)
{
	const struct dataset *set = &job->set;
	int last = set->nd - 1;
	size_t n[BENCH_DIMS] = { 0 }, at[BENCH_DIMS] = { 0 }, pitch[BENCH_DIMS];
	pitch[last] = set->itemsize;
	for (int k = last; k >= 0; k--) {
		n[k] = origin[k] + box[k] > set->shape[k] ? set->shape[k] - origin[k] : box[k];
		if (k < last)
			pitch[k] = pitch[k + 1] * box[k + 1];
	}
	size_t run = n[last] * set->itemsize;
	while (last > 0 && n[last] == set->shape[last] && n[last] == box[last])
		run *= n[--last];
	for (int k = 0; k >= 0;) {
		size_t from = 0, to = 0;
		for (k = 0; k < set->nd; k++) {
			from += at[k] * pitch[k];
			to += (origin[k] + at[k]) * set->stride[k];
		}
		copy(job, to, src + from, run);
		for (k = last - 1; k >= 0 && ++at[k] == n[k]; k--)
			at[k] = 0;
	}
}

/* ---- whole arrays ---- */

/* The inner chunks of a shard, one after the other through one buffer. */
static void decode_shard(struct job *job, struct decoder *decoder, const char *shard, size_t len,
	const size_t *place, char *scratch)
{
	const struct dataset *set = &job->set;
	size_t per[BENCH_DIMS], at[BENCH_DIMS], origin[BENCH_DIMS];
	for (int k = 0; k < set->nd; k++)
		per[k] = set->chunk[k] / set->inner[k];
	size_t count = dataset_product(set->nd, per),
	       size = set->itemsize * dataset_product(set->nd, set->inner);
	for (size_t i = 0; i < count; i++) {
		uint64_t entry[2];
		memcpy(entry, shard + len - 16 * count - 4 + 16 * i, sizeof(entry));
		decoder_run(decoder, set->codec, shard + entry[0], entry[1], scratch, size);
		dataset_unravel(i, set->nd, per, at);
		for (int k = 0; k < set->nd; k++)
			origin[k] = place[k] * set->chunk[k] + at[k] * set->inner[k];
		if (job->placed)
			place_box(job, scratch, origin, set->inner);
	}
}

/* Whether a chunk is one piece of the flat array, so that it can be decoded in place. */
static int in_one_piece(const struct dataset *set, const size_t *origin)
{
	for (int k = 1; k < set->nd; k++)
		if (set->chunk[k] != set->shape[k])
			return 0;
	return origin[0] + set->chunk[0] <= set->shape[0];
}

static void one_chunk(struct job *job, struct decoder *decoder, char *scratch, size_t number)
{
	const struct dataset *set = &job->set;
	size_t place[BENCH_DIMS], origin[BENCH_DIMS], len;
	char path[8192];
	dataset_unravel(number, set->nd, set->grid, place);
	for (int k = 0; k < set->nd; k++)
		origin[k] = place[k] * set->chunk[k];
	dataset_chunk_path(set, place, path, sizeof(path));
	const char *src = decoder_slurp(decoder, path, &len);
	if (set->codec == BENCH_TURN) {
		dataset_turn(set, src, scratch);
	} else if (set->sharded) {
		decode_shard(job, decoder, src, len, place, scratch);
	} else if (job->placed && in_one_piece(set, origin)) {
		char *to = job->dst + origin[0] * set->stride[0] - job->base;
		decoder_run(decoder, set->codec, src, len, to, set->chunk_bytes);
	} else if (job->placed && set->codec == BENCH_RAW) {
		place_box(job, src, origin, set->chunk);
	} else {
		decoder_run(decoder, set->codec, src, len, scratch, set->chunk_bytes);
		if (job->placed)
			place_box(job, scratch, origin, set->chunk);
	}
}

/* ---- random reads ---- */

/* A run of elements of one unit (an inner chunk, or a chunk): [from, to) in its C order. */
struct touched {
	size_t unit[BENCH_DIMS], from, to;
};

static struct touched *find_touched(struct touched *list, int *n, const struct touched *wanted)
{
	for (int i = 0; i < *n; i++)
		if (!memcmp(list[i].unit, wanted->unit, sizeof(wanted->unit)))
			return &list[i];
	list[*n] = *wanted;
	return &list[(*n)++];
}

/* The units under a read, each with the smallest run that holds what is wanted of it. */
static int list_touched(const struct dataset *set, size_t offset, struct touched *list)
{
	const size_t *box = set->sharded ? set->inner : set->chunk;
	size_t at = offset / set->itemsize, end = (offset + READ_SIZE) / set->itemsize;
	int n = 0, last = set->nd - 1;
	while (at < end && n < TOUCHED) {
		struct touched t = { { 0 }, 0, 0 };
		size_t place[BENCH_DIMS];
		dataset_unravel(at, set->nd, set->shape, place);
		size_t stop = (place[last] / box[last] + 1) * box[last];
		stop = stop < set->shape[last] ? stop : set->shape[last];
		size_t run = stop - place[last] < end - at ? stop - place[last] : end - at;
		for (int k = 0; k < set->nd; k++) {
			t.unit[k] = place[k] / box[k];
			t.from = t.from * box[k] + place[k] % box[k];
		}
		t.to = t.from + run;
		struct touched *found = find_touched(list, &n, &t);
		found->from = t.from < found->from ? t.from : found->from;
		found->to = t.to > found->to ? t.to : found->to;
		at += run;
	}
	return n;
}

static void read_inner(const struct dataset *set, struct decoder *decoder, int fd, size_t len,
	const struct touched *t, char *scratch)
{
	size_t count = 1, number = 0;
	for (int k = 0; k < set->nd; k++) {
		size_t per = set->chunk[k] / set->inner[k];
		number = number * per + t->unit[k] % per;
		count *= per;
	}
	uint64_t entry[2];
	memcpy(entry, decoder_pread(decoder, fd, 16, len - 4 - 16 * (count - number)), sizeof(entry));
	const char *src = decoder_pread(decoder, fd, entry[1], entry[0]);
	decoder_run(decoder, set->codec, src, entry[1], scratch,
		set->itemsize * dataset_product(set->nd, set->inner));
}

static void read_part(const struct dataset *set, struct decoder *decoder, int fd, size_t len,
	const struct touched *t, char *scratch)
{
	if (set->sharded) {
		read_inner(set, decoder, fd, len, t, scratch);
	} else if (set->codec == BENCH_RAW) {
		decoder_pread(decoder, fd, (t->to - t->from) * set->itemsize, t->from * set->itemsize);
	} else {
		char *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED ||
			blosc_getitem(map, (int)t->from, (int)(t->to - t->from), scratch) <= 0)
			bench_die("blosc_getitem");
		munmap(map, len);
	}
}

static void read_touched(struct job *job, struct decoder *decoder, char *scratch, const struct touched *t)
{
	const struct dataset *set = &job->set;
	size_t place[BENCH_DIMS];
	char path[8192];
	for (int k = 0; k < set->nd; k++)
		place[k] = set->sharded ? t->unit[k] * set->inner[k] / set->chunk[k] : t->unit[k];
	dataset_chunk_path(set, place, path, sizeof(path));
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		bench_die(path);
	size_t len = (size_t)st.st_size;
	if (job->partial && (set->codec == BENCH_RAW || set->codec == BENCH_BLOSC))
		read_part(set, decoder, fd, len, t, scratch);
	else if (set->sharded)
		decode_shard(job, decoder, decoder_pread(decoder, fd, len, 0), len, place, scratch);
	else
		decoder_run(decoder, set->codec, decoder_pread(decoder, fd, len, 0), len, scratch,
			set->chunk_bytes);
	close(fd);
}

static void one_read(struct job *job, struct decoder *decoder, char *scratch, size_t number)
{
	struct touched list[TOUCHED];
	int n = list_touched(&job->set, job->offsets[number], list);
	for (int i = 0; i < n; i++)
		read_touched(job, decoder, scratch, &list[i]);
}

/* ---- threads ---- */

/* A thread's own memory, made before the clocks start. */
struct worker {
	struct job *job;
	struct decoder *decoder;
	char *scratch;
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct job *job = worker->job;
	for (;;) {
		size_t number = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
		if (number >= job->end)
			return NULL;
		job->one(job, worker->decoder, worker->scratch, number);
	}
}

static void hire(struct job *job)
{
	job->workers = calloc((size_t)job->threads, sizeof(*job->workers));
	if (!job->workers)
		bench_die("calloc");
	for (int i = 0; i < job->threads; i++) {
		job->workers[i].job = job;
		job->workers[i].decoder = decoder_new();
		job->workers[i].scratch = bench_memory(job->set.chunk_bytes);
	}
}

static void run(struct job *job, size_t first, size_t end)
{
	pthread_t threads[THREADS];
	job->next = first;
	job->end = end;
	for (int i = 0; i < job->threads; i++)
		pthread_create(&threads[i], NULL, work, &job->workers[i]);
	for (int i = 0; i < job->threads; i++)
		pthread_join(threads[i], NULL);
}

/* Rows of few chunks are taken several at once, so that all threads have work. */
static void run_slabs(struct job *job, double *wall, double *cpu)
{
	const struct dataset *set = &job->set;
	size_t row = set->nchunks / set->grid[0], at_once = row < 8 ? 8 : 1;
	size_t slab = set->chunk[0] * set->stride[0];
	job->dst = bench_memory(slab * at_once);
	*wall = bench_now();
	*cpu = bench_cpu();
	for (size_t i = 0; i < set->grid[0]; i += at_once) {
		job->base = i * slab;
		run(job, i * row, (i + at_once < set->grid[0] ? i + at_once : set->grid[0]) * row);
	}
}

static size_t load_offsets(struct job *job)
{
	size_t n = 0;
	FILE *file = fopen(job->set.offsets, "r");
	job->offsets = malloc(100000 * sizeof(*job->offsets));
	if (!file || !job->offsets)
		bench_die(job->set.offsets);
	while (n < 100000 && fscanf(file, "%zu", &job->offsets[n]) == 1)
		n++;
	fclose(file);
	return n;
}

static void compare(const struct job *job, const char *flat)
{
	int fd = open(flat, O_RDONLY);
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, job->set.bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		bench_die(flat);
	if (memcmp(map, job->dst, job->set.bytes)) {
		fprintf(stderr, "what was decoded differs from %s\n", flat);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct job job;
	if (argc < 4 || (argc > 4 && (atoi(argv[4]) < 1 || atoi(argv[4]) > THREADS))) {
		fputs("usage: limit_codec FOLDER NAME codec|reasm[-nt]|slab[-nt]|rand|rand-part [THREADS "
		      "[FLAT]]\n",
			stderr);
		return 2;
	}
	dataset_load(&job.set, argv[1], argv[2]);
	job.threads = argc > 4 ? atoi(argv[4]) : 2;
	job.streamed = strstr(argv[3], "-nt") != NULL;
	job.partial = !strcmp(argv[3], "rand-part");
	job.placed = !strncmp(argv[3], "reasm", 5) || !strncmp(argv[3], "slab", 4);
	job.one = strncmp(argv[3], "rand", 4) ? one_chunk : one_read;
	hire(&job);
	size_t count = job.one == one_chunk ? job.set.nchunks : load_offsets(&job);
	if (!strncmp(argv[3], "reasm", 5))
		job.dst = bench_memory(job.set.nchunks * job.set.chunk_bytes);
	double wall = bench_now(), cpu = bench_cpu();
	if (!strncmp(argv[3], "slab", 4))
		run_slabs(&job, &wall, &cpu);
	else
		run(&job, 0, count);
	wall = bench_now() - wall;
	cpu = bench_cpu() - cpu;
	printf("wall=%.6f cpu=%.6f bytes=%zu\n", wall, cpu,
		job.one == one_chunk ? job.set.bytes : count * READ_SIZE);
	if (argc > 5 && job.placed && !strncmp(argv[3], "reasm", 5))
		compare(&job, argv[5]);
	return 0;
}
