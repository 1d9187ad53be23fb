/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readers of a flat file, and a writer, timed. The first word says what is done:
 *
 *   reader parts FILE N
 *       N threads, each a part of its own, 1 MiB at a time, each with its own descriptor
 *   reader mixed FILE N
 *       the same, block by block in turn
 *   reader mmap FILE
 *       adds the file's 64-bit words through a shared mapping
 *   reader random FILE OFFSETS N [cold]
 *       4 KiB at each offset listed in a file, N threads; "cold" first drops the file's pages
 *
 *   reader zeros FILE OFFSETS
 *       4 KiB at each offset, which must be zeros
 *
 *   reader scatter FILE OFFSETS
 *       writes 4 KiB at each offset, then syncs
 *
 * Prints wall and CPU seconds and bytes; random ones also the median and the 99th percentile of a read.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, SMALL = 4096, THREADS = 64, OFFSETS = 1 << 20 };

struct job {
	const char *path;
	int fd;
	size_t size, threads, next, n;
	uint64_t *offsets;
	double *latency;
	int mixed, zeros;
};

struct reader {
	struct job *job;
	size_t number;
};

static double clock_of(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void pread_all(int fd, char *buf, size_t len, uint64_t offset)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, buf + done, len - done, (off_t)(offset + done));
		if (n < 0)
			die("pread");
		if (n == 0)
			return;
		done += (size_t)n;
	}
}

static char *block_new(size_t size)
{
	char *block = aligned_alloc(4096, size);
	if (!block)
		die("aligned_alloc");
	memset(block, 1, size);
	return block;
}

static void *read_blocks(void *arg)
{
	const struct reader *reader = arg;
	const struct job *job = reader->job;
	size_t blocks = (job->size + BLOCK - 1) / BLOCK, share = (blocks + job->threads - 1) / job->threads;
	char *buf = block_new(BLOCK);
	int fd = open(job->path, O_RDONLY);
	if (fd < 0)
		die(job->path);
	for (size_t i = 0; i < share; i++) {
		size_t block = job->mixed ? i * job->threads + reader->number : reader->number * share + i;
		if (block >= blocks)
			break;
		pread_all(fd, buf, BLOCK, (uint64_t)block * BLOCK);
	}
	close(fd);
	free(buf);
	return NULL;
}

static void *read_random(void *arg)
{
	const struct reader *reader = arg;
	struct job *job = reader->job;
	char *buf = block_new(SMALL);
	for (;;) {
		size_t i = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
		if (i >= job->n)
			break;
		double start = clock_of(CLOCK_MONOTONIC);
		pread_all(job->fd, buf, SMALL, job->offsets[i]);
		job->latency[i] = clock_of(CLOCK_MONOTONIC) - start;
		for (size_t k = 0; job->zeros && k < SMALL; k++) {
			errno = EIO;
			if (buf[k])
				die("a byte that is not zero");
		}
	}
	free(buf);
	return NULL;
}

static void write_scattered(struct job *job)
{
	char *buf = block_new(SMALL);
	for (size_t i = 0; i < job->n; i++) {
		buf[i % SMALL]++;
		if (pwrite(job->fd, buf, SMALL, (off_t)job->offsets[i]) != SMALL)
			die("pwrite");
	}
	if (fsync(job->fd))
		die("fsync");
	free(buf);
}

static void fan(struct job *job, void *(*work)(void *reader))
{
	pthread_t threads[THREADS];
	struct reader readers[THREADS];
	for (size_t i = 0; i < job->threads; i++) {
		readers[i].job = job;
		readers[i].number = i;
		if (pthread_create(&threads[i], NULL, work, &readers[i]))
			die("pthread_create");
	}
	for (size_t i = 0; i < job->threads; i++)
		pthread_join(threads[i], NULL);
}

static void add_words(struct job *job)
{
	uint64_t sums[8] = { 0 };
	const uint64_t *words = mmap(NULL, job->size, PROT_READ, MAP_SHARED, job->fd, 0);
	if (words == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i + 8 <= job->size / 8; i += 8)
		for (size_t k = 0; k < 8; k++)
			sums[k] += words[i + k];
	uint64_t sum = 0;
	for (size_t k = 0; k < 8; k++)
		sum += sums[k];
	printf("sum=%llx ", (unsigned long long)sum);
}

static void load_offsets(struct job *job, const char *path)
{
	unsigned long long offset;
	FILE *file = fopen(path, "r");
	job->offsets = malloc(OFFSETS * sizeof(*job->offsets));
	job->latency = malloc(OFFSETS * sizeof(*job->latency));
	if (!file || !job->offsets || !job->latency)
		die(path);
	while (job->n < OFFSETS && fscanf(file, "%llu", &offset) == 1)
		job->offsets[job->n++] = offset;
	fclose(file);
	if (!job->n)
		die("no offsets");
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print_latency(struct job *job)
{
	qsort(job->latency, job->n, sizeof(*job->latency), by_size);
	printf("p50=%.9f p99=%.9f ", job->latency[job->n / 2], job->latency[job->n * 99 / 100]);
}

static void usage(void)
{
	fputs("usage: reader parts|mixed FILE N\n"
	      "       reader mmap FILE\n"
	      "       reader random FILE OFFSETS N [cold]\n"
	      "       reader zeros FILE OFFSETS\n"
	      "       reader scatter FILE OFFSETS\n",
		stderr);
	exit(2);
}

static void prepare(struct job *job, int argc, char **argv)
{
	struct stat st;
	int scatter = argc > 3 && !strcmp(argv[1], "scatter");
	int random = argc > 3 && (scatter || !strcmp(argv[1], "random") || !strcmp(argv[1], "zeros"));
	int count = random ? 4 : 3;
	if (argc < 3)
		usage();
	job->path = argv[2];
	job->mixed = !strcmp(argv[1], "mixed");
	job->zeros = !strcmp(argv[1], "zeros");
	job->threads = argc > count ? strtoull(argv[count], NULL, 10) : 1;
	if (job->threads < 1 || job->threads > THREADS)
		usage();
	job->fd = open(job->path, scatter ? O_WRONLY : O_RDONLY);
	if (job->fd < 0 || fstat(job->fd, &st))
		die(job->path);
	job->size = (size_t)st.st_size;
	if (random)
		load_offsets(job, argv[3]);
	if (random && argc > 5)
		posix_fadvise(job->fd, 0, 0, POSIX_FADV_DONTNEED);
}

int main(int argc, char **argv)
{
	static struct job job;
	prepare(&job, argc, argv);
	double wall = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
	if (!strcmp(argv[1], "scatter"))
		write_scattered(&job);
	else if (job.n)
		fan(&job, read_random);
	else if (!strcmp(argv[1], "mmap"))
		add_words(&job);
	else if (!strcmp(argv[1], "parts") || job.mixed)
		fan(&job, read_blocks);
	else
		usage();
	wall = clock_of(CLOCK_MONOTONIC) - wall;
	cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	if (job.n && strcmp(argv[1], "scatter"))
		print_latency(&job);
	printf("wall=%.6f cpu=%.6f bytes=%zu\n", wall, cpu, job.n ? job.n * SMALL : job.size);
	return 0;
}
