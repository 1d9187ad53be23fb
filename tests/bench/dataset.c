/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data sets of the bench: descriptions and decoding. */
#include "dataset.h"

#include <blosc.h>
#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

void bench_die(const char *what)
{
	perror(what);
	exit(1);
}

double bench_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void *bench_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		bench_die("mmap");
	madvise(memory, size, MADV_HUGEPAGE);
	memset(memory, 1, size);
	return memory;
}

/* ---- descriptions ---- */

static int parse_dims(const char *text, size_t *out)
{
	int n = 0;
	while (*text && n < BENCH_DIMS) {
		char *end;
		out[n++] = strtoull(text, &end, 10);
		text = *end ? end + 1 : end;
	}
	return n;
}

static enum bench_codec parse_codec(const char *word)
{
	static const char *const words[] = { "raw", "blosc", "zstd", "zlib", "gzip", "lzma", "delta", "swap",
		"turn" };
	for (int i = 0; i <= BENCH_TURN; i++)
		if (!strcmp(word, words[i]))
			return i;
	fprintf(stderr, "unknown codec %s\n", word);
	exit(2);
}

static void parse_line(struct dataset *set, const char *folder, const char *key, const char *value)
{
	if (!strcmp(key, "store"))
		snprintf(set->store, sizeof(set->store), "%s/%s", folder, value);
	else if (!strcmp(key, "flat"))
		snprintf(set->flat, sizeof(set->flat), "%s/%s", folder, value);
	else if (!strcmp(key, "offsets"))
		snprintf(set->offsets, sizeof(set->offsets), "%s/%s", folder, value);
	else if (!strcmp(key, "itemsize"))
		set->itemsize = strtoull(value, NULL, 10);
	else if (!strcmp(key, "shape"))
		set->nd = parse_dims(value, set->shape);
	else if (!strcmp(key, "chunks"))
		parse_dims(value, set->chunk);
	else if (!strcmp(key, "inner"))
		set->sharded = parse_dims(value, set->inner) > 0;
	else if (!strcmp(key, "bytes"))
		set->bytes = strtoull(value, NULL, 10);
	else if (!strcmp(key, "keys"))
		set->keys_c = *value == 'c';
	else if (!strcmp(key, "turn"))
		set->reversed = !strcmp(value, "reverse");
	else if (!strcmp(key, "codec"))
		set->codec = parse_codec(value);
}

void dataset_load(struct dataset *set, const char *folder, const char *name)
{
	char path[4096], line[1024];
	memset(set, 0, sizeof(*set));
	snprintf(path, sizeof(path), "%s/%s.meta", folder, name);
	FILE *file = fopen(path, "r");
	if (!file)
		bench_die(path);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		char *value = strchr(line, '=');
		if (value) {
			*value++ = 0;
			parse_line(set, folder, line, value);
		}
	}
	fclose(file);
	size_t stride = set->itemsize;
	for (int k = set->nd - 1; k >= 0; k--) {
		set->grid[k] = (set->shape[k] + set->chunk[k] - 1) / set->chunk[k];
		set->stride[k] = stride;
		stride *= set->shape[k];
	}
	set->chunk_bytes = set->itemsize * dataset_product(set->nd, set->chunk);
	set->nchunks = dataset_product(set->nd, set->grid);
}

size_t dataset_product(int n, const size_t *numbers)
{
	size_t product = 1;
	for (int k = 0; k < n; k++)
		product *= numbers[k];
	return product;
}

void dataset_unravel(size_t i, int nd, const size_t *grid, size_t *place)
{
	for (int k = nd - 1; k >= 0; k--) {
		place[k] = i % grid[k];
		i /= grid[k];
	}
}

void dataset_chunk_path(const struct dataset *set, const size_t *place, char *path, size_t size)
{
	int slashes = set->sharded || set->keys_c;
	int at = snprintf(path, size, "%s%s", set->store, slashes ? "/c" : "");
	for (int k = 0; k < set->nd; k++)
		at += snprintf(path + at, size - (size_t)at, "%c%zu", k && !slashes ? '.' : '/', place[k]);
}

/* ---- decoding ---- */

struct decoder {
	ZSTD_DCtx *zstd;
#ifdef HAVE_LIBDEFLATE
	struct libdeflate_decompressor *deflate;
#endif
	char *in;
	size_t room;
};

struct decoder *decoder_new(void)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));
	if (!decoder)
		bench_die("calloc");
	decoder->zstd = ZSTD_createDCtx();
#ifdef HAVE_LIBDEFLATE
	decoder->deflate = libdeflate_alloc_decompressor();
#endif
	return decoder;
}

const char *decoder_pread(struct decoder *decoder, int fd, size_t len, size_t offset)
{
	if (decoder->room < len) {
		free(decoder->in);
		decoder->room = len + len / 2;
		decoder->in = aligned_alloc(4096, (decoder->room + 4095) & ~(size_t)4095);
		if (!decoder->in)
			bench_die("aligned_alloc");
	}
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, decoder->in + done, len - done, (off_t)(offset + done));
		if (n <= 0)
			bench_die("pread of a chunk");
		done += (size_t)n;
	}
	return decoder->in;
}

const char *decoder_slurp(struct decoder *decoder, const char *path, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		bench_die(path);
	*len = (size_t)st.st_size;
	decoder_pread(decoder, fd, *len, 0);
	close(fd);
	return decoder->in;
}

static int decode_zlib(struct decoder *decoder, const char *src, size_t len, char *dst, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	size_t got;
	return !libdeflate_zlib_decompress(decoder->deflate, src, len, dst, size, &got) && got == size;
#else
	uLongf got = size;
	(void)decoder;
	return uncompress((Bytef *)dst, &got, (const Bytef *)src, len) == Z_OK && got == size;
#endif
}

/* Also zlib itself is a limit only where there is nothing faster. */
static int decode_gzip(struct decoder *decoder, const char *src, size_t len, char *dst, size_t size)
{
#ifdef HAVE_LIBDEFLATE
	size_t got;
	return !libdeflate_gzip_decompress(decoder->deflate, src, len, dst, size, &got) && got == size;
#else
	z_stream z = { .next_in = (Bytef *)(uintptr_t)src,
		.avail_in = (uInt)len,
		.next_out = (Bytef *)dst,
		.avail_out = (uInt)size };
	(void)decoder;
	int good =
		inflateInit2(&z, 31) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == size;
	inflateEnd(&z);
	return good;
#endif
}

static int decode_lzma(const char *src, size_t len, char *dst, size_t size)
{
#ifdef HAVE_LZMA
	uint64_t memory = UINT64_MAX;
	size_t in = 0, out = 0;
	return lzma_stream_buffer_decode(&memory, 0, NULL, (const uint8_t *)src, &in, len, (uint8_t *)dst,
		       &out, size) == LZMA_OK &&
	       out == size;
#else
	return src && dst && len < size && 0;
#endif
}

static void sum(int32_t *values, size_t n)
{
	for (size_t i = 1; i < n; i++)
		values[i] = (int32_t)((uint32_t)values[i] + (uint32_t)values[i - 1]);
}

static void swap(uint32_t *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t v;
		memcpy(&v, from + 4 * i, 4);
		to[i] = __builtin_bswap32(v);
	}
}

/* rows x columns to columns x rows, in blocks that stay in the cache. */
static void turn(
	uint16_t *to, size_t to_step, const uint16_t *from, size_t from_step, size_t rows, size_t columns)
{
	enum { BLOCK = 32 };
	for (size_t i = 0; i < rows; i += BLOCK)
		for (size_t k = 0; k < columns; k += BLOCK)
			for (size_t a = i; a < rows && a < i + BLOCK; a++)
				for (size_t b = k; b < columns && b < k + BLOCK; b++)
					to[b * to_step + a] = from[a * from_step + b];
}

void dataset_turn(const struct dataset *set, const char *src, char *dst)
{
	const size_t *n = set->chunk;
	const uint16_t *from = (const void *)src;
	uint16_t *to = (void *)dst;
	if (!set->reversed)
		turn(to, n[1] * n[2], from, n[0], n[1] * n[2], n[0]);
	else
		for (size_t j = 0; j < n[1]; j++)
			turn(to + j * n[2], n[1] * n[2], from + j * n[0], n[1] * n[0], n[2], n[0]);
}

void decoder_run(
	struct decoder *decoder, enum bench_codec codec, const char *src, size_t len, char *dst, size_t size)
{
	int good = 0;
	switch (codec) {
	case BENCH_RAW:
		memcpy(dst, src, size);
		good = len == size;
		break;
	case BENCH_TURN: /* dataset_turn() */
		break;
	case BENCH_SWAP:
		swap((void *)dst, src, size / 4);
		good = len == size;
		break;
	case BENCH_DELTA:
		good = blosc_decompress_ctx(src, dst, size, 1) == (int)size;
		sum((void *)dst, size / 4);
		break;
	case BENCH_GZIP:
		good = decode_gzip(decoder, src, len, dst, size);
		break;
	case BENCH_LZMA:
		good = decode_lzma(src, len, dst, size);
		break;
	case BENCH_BLOSC:
		good = blosc_decompress_ctx(src, dst, size, 1) == (int)size;
		break;
	case BENCH_ZSTD:
		good = ZSTD_decompressDCtx(decoder->zstd, dst, size, src, len) == size;
		break;
	case BENCH_ZLIB:
		good = decode_zlib(decoder, src, len, dst, size);
		break;
	}
	errno = EIO;
	if (!good)
		bench_die("decoding a chunk");
}
