/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blosc (zarr-specs v3, "Blosc codec"; numcodecs "blosc"). A frame describes itself, so the configuration
 * matters for encoding only.
 *
 * A part of a frame costs one read of its beginning, one of the blocks needed, and their decoding, straight
 * into place where a block is wanted whole.
 */
#include "codec/blosc_frame.h"
#include "codec/le.h"
#include "codec/params.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <blosc.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static const char *const names[] = { "blosc", "numcodecs.blosc", NULL };

static const char *const compressors[] = { "blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd", NULL };

enum {
	GUESS = 512, /* bytes read at first: the head, and the places of 124 blocks */
	FAR_APART = 1,
	MIN_GRAIN = 16 << 10 /* parts are at least so large: a part costs a cache entry and two reads */
};

struct blosc {
	int compressor; /* of compressors */
	int level, shuffle, typesize, blocksize;
};

/* "shuffle" is a word in v3 and a number in v2, where -1 stands for "bits if elements have one byte,
 * else bytes". */
static int bind_shuffle(struct zf_op *op, const json_t *configuration, struct blosc *state)
{
	static const char *const words[] = { "noshuffle", "shuffle", "bitshuffle", NULL };

	state->shuffle = -1;
	if (json_is_string(zf_param(configuration, "shuffle"))) {
		if (zf_param_word(op, configuration, "shuffle", words, &state->shuffle) < 0)
			return -1;
	} else if (zf_param_int(op, configuration, "shuffle", -1, 2, &state->shuffle) < 0) {
		return -1;
	}
	if (state->shuffle < 0)
		state->shuffle = state->typesize == 1 ? BLOSC_BITSHUFFLE : BLOSC_SHUFFLE;
	return 0;
}

static int blosc_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct blosc *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	zf_codec_varies(codec);
	*state = (struct blosc){ .compressor = 1, .level = 5, .typesize = 1 };
	if (codec->in.itemsize > 0 && codec->in.itemsize <= BLOSC_MAX_TYPESIZE)
		state->typesize = (int)codec->in.itemsize;
	if (zf_param_word(op, configuration, "cname", compressors, &state->compressor) < 0 ||
		zf_param_int(op, configuration, "clevel", 0, 9, &state->level) < 0 ||
		zf_param_int(op, configuration, "typesize", 0, INT_MAX, &state->typesize) < 0 ||
		zf_param_int(op, configuration, "blocksize", 0, INT_MAX, &state->blocksize) < 0)
		return -1;
	if (state->typesize == 0 || state->typesize > BLOSC_MAX_TYPESIZE)
		state->typesize = 1; /* as the library does */
	return bind_shuffle(op, configuration, state);
}

static void blosc_unbind(struct zf_codec *codec)
{
	free(codec->state);
}

static int blosc_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	struct zf_blosc_frame frame;

	(void)scratch;
	if (zf_blosc_parse(op, src, len, codec->in.size, &frame) < 0)
		return -1;
	if (frame.size > out->limit - out->len)
		return zf_fail(
			op, EIO, "frame says %u bytes, limit is %zu", frame.size, out->limit - out->len);
	if (zf_out_reserve(out, op, frame.size) < 0 ||
		zf_blosc_whole(&frame, op, src, out->data + out->len) < 0)
		return -1;
	out->len += frame.size;
	return 0;
}

static int blosc_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct blosc *state = codec->state;
	const char *name = compressors[state->compressor];
	int n;

	(void)scratch;
	if (len > BLOSC_MAX_BUFFERSIZE)
		return zf_fail(op, EFBIG, "chunk has %zu bytes, blosc takes %d", len, BLOSC_MAX_BUFFERSIZE);
	if (blosc_compname_to_compcode(name) < 0)
		return zf_fail(op, EOPNOTSUPP, "this system's blosc was built without %s", name);
	if (zf_out_reserve(out, op, len + BLOSC_MAX_OVERHEAD) < 0)
		return -1;
	n = blosc_compress_ctx(state->level, state->shuffle, (size_t)state->typesize, len, src,
		out->data + out->len, len + BLOSC_MAX_OVERHEAD, name, (size_t)state->blocksize, 1);
	if (n <= 0)
		return zf_fail(op, EIO, "cannot compress: blosc says %d", n);
	out->len += (size_t)n;
	return 0;
}

/* ---- parts ---- */

/* The beginning of a value. */
struct start {
	struct zf_blosc_frame frame;
	uint8_t bytes[GUESS];
	uint32_t len;
};

static int read_start(const struct zf_codec *codec, struct zf_op *op, struct zf_reader *reader, uint32_t len,
	struct start *start)
{
	start->len = reader->size < len ? (uint32_t)reader->size : len;
	if (reader->read(reader, op, start->bytes, start->len, 0) < 0)
		return -1;
	return zf_blosc_parse(op, start->bytes, reader->size, codec->in.size, &start->frame);
}

static int blosc_grain(const struct zf_codec *codec, struct zf_op *op, struct zf_reader *reader, size_t *out)
{
	struct start start;
	const struct zf_blosc_frame *f = &start.frame;
	uint64_t grain;

	if (read_start(codec, op, reader, ZF_BLOSC_HEAD, &start) < 0)
		return -1;
	if (f->size == 0)
		grain = 0;
	else if (f->flags & ZF_BLOSC_COPIED)
		grain = 4 * MIN_GRAIN;
	else
		grain = (uint64_t)f->blocksize * ((MIN_GRAIN - 1) / f->blocksize + 1);
	*out = grain < f->size ? grain : 0;
	return 0;
}

/* A run of blocks, and what has been read of the frame for them. */
struct blocks {
	const struct zf_blosc_frame *frame;
	struct zf_op *op;
	struct zf_scratch *scratch;
	struct zf_reader *reader;
	uint32_t first, count;
	const uint8_t *starts; /* of these, and of the one after them if there is one */
};

/* Where the bytes of the blocks lie: from the first of them to what follows the last. Blocks may be in
 * any order (several threads compress at once), but seldom far from it. False when that is much more
 * than they can have. */
static bool find_extent(const struct blocks *b, uint32_t *lo, uint32_t *hi)
{
	uint32_t known = b->first + b->count < b->frame->nblocks ? b->count + 1 : b->count;
	uint32_t last = 0;

	*lo = UINT32_MAX;
	for (uint32_t i = 0; i < b->count; i++) {
		uint32_t start = zf_le32(b->starts + 4 * (size_t)i);

		*lo = start < *lo ? start : *lo;
		last = start > last ? start : last;
	}
	*hi = b->frame->cbytes;
	for (uint32_t i = 0; i < known; i++) {
		uint32_t start = zf_le32(b->starts + 4 * (size_t)i);

		if (start > last && start < *hi)
			*hi = start;
	}
	if (last<*hi && * hi - last> b->frame->longest)
		*hi = last + b->frame->longest;
	return *lo < *hi && *hi - *lo <= (uint64_t)b->count * b->frame->longest;
}

/* A block of which only a part is wanted. */
static int decode_part(const struct blocks *b, uint32_t block, uint32_t lo, uint8_t *data, size_t len,
	void *dst, size_t n, uint32_t skip)
{
	uint32_t size = zf_blosc_block(b->frame, block);
	const uint8_t *starts = b->starts + 4 * (size_t)(block - b->first);
	struct zf_out *whole;
	int rc;

	if (zf_scratch_take(b->scratch, b->op, size, size, &whole) < 0)
		return -1;
	rc = zf_blosc_blocks(b->frame, b->op, block, 1, starts, lo, data, len, whole->data);
	if (rc == 0)
		memcpy(dst, whole->data + skip, n);
	zf_scratch_give(b->scratch, whole);
	return rc;
}

/* Decodes [from, to), which lies in the blocks, out of their bytes, which begin at `lo` of the frame. */
static int decode_read(const struct blocks *b, uint32_t lo, uint8_t *data, size_t len, uint8_t *dst,
	uint64_t from, uint64_t to)
{
	while (from < to) {
		uint32_t block = (uint32_t)(from / b->frame->blocksize);
		uint32_t skip = (uint32_t)(from % b->frame->blocksize);
		uint32_t whole = (uint32_t)((to - from) / b->frame->blocksize);
		uint64_t n = zf_blosc_block(b->frame, block) - skip;

		if (to == b->frame->size) /* the end of the last block is the end of the frame */
			whole = b->frame->nblocks - block;
		if (skip == 0 && whole > 0) {
			n = (uint64_t)(whole - 1) * b->frame->blocksize +
			    zf_blosc_block(b->frame, block + whole - 1);
			if (zf_blosc_blocks(b->frame, b->op, block, whole,
				    b->starts + 4 * (size_t)(block - b->first), lo, data, len, dst) < 0)
				return -1;
		} else {
			n = n < to - from ? n : to - from;
			if (decode_part(b, block, lo, data, len, dst, n, skip) < 0)
				return -1;
		}
		dst += n;
		from += n;
	}
	return 0;
}

/* Reads a run of blocks and decodes [from, to). Also FAR_APART, having done nothing; never for a single
 * block. */
static int decode_run(const struct blocks *b, uint8_t *dst, uint64_t from, uint64_t to)
{
	size_t head = ZF_BLOSC_HEAD + 4 * (size_t)b->count, len;
	struct zf_out *work;
	uint32_t lo, hi;
	int rc = -1;

	if (!find_extent(b, &lo, &hi)) {
		if (b->count == 1)
			return zf_fail(b->op, EIO, "block %u of %u lies outside the frame", b->first,
				b->frame->nblocks);
		return FAR_APART;
	}
	len = hi - lo;
	if (zf_scratch_take(b->scratch, b->op, head + len, head + len, &work) < 0)
		return -1;
	if (b->reader->read(b->reader, b->op, work->data + head, len, lo) == 0)
		rc = decode_read(b, lo, work->data + head, len, dst, from, to);
	zf_scratch_give(b->scratch, work);
	return rc;
}

/* All blocks at once, or one by one when they lie far apart. */
static int decode_blocks(const struct blocks *b, uint8_t *dst, uint64_t from, uint64_t to)
{
	int rc = decode_run(b, dst, from, to);

	if (rc != FAR_APART)
		return rc;
	rc = 0;
	for (uint32_t i = 0; i < b->count && rc == 0; i++) {
		uint64_t end = (uint64_t)(b->first + i + 1) * b->frame->blocksize;
		struct blocks one = *b;

		one.first += i;
		one.count = 1;
		one.starts += 4 * (size_t)i;
		end = end < to ? end : to;
		rc = zf_op_check(b->op) < 0 ? -1 : decode_run(&one, dst, from, end);
		dst += end - from;
		from = end;
	}
	return rc;
}

/* Finds the places of the blocks, which are mostly in what has been read already. */
static int decode_located(
	struct blocks *b, const struct start *start, uint8_t *dst, uint64_t from, uint64_t to)
{
	uint64_t at = ZF_BLOSC_HEAD + 4 * (uint64_t)b->first;
	size_t len = 4 * (size_t)(b->first + b->count < b->frame->nblocks ? b->count + 1 : b->count);
	struct zf_out *table;
	int rc = -1;

	if (at + len <= start->len) {
		b->starts = start->bytes + at;
		return decode_blocks(b, dst, from, to);
	}
	if (zf_scratch_take(b->scratch, b->op, len, len, &table) < 0)
		return -1;
	b->starts = table->data;
	if (b->reader->read(b->reader, b->op, table->data, len, at) == 0)
		rc = decode_blocks(b, dst, from, to);
	zf_scratch_give(b->scratch, table);
	return rc;
}

static int blosc_decode_range(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	struct zf_reader *reader, void *dst, size_t len, uint64_t from)
{
	struct start start;
	const struct zf_blosc_frame *f = &start.frame;
	struct blocks blocks = { .frame = f, .op = op, .scratch = scratch, .reader = reader };

	if (read_start(codec, op, reader, GUESS, &start) < 0)
		return -1;
	if (len > f->size || from > f->size - len)
		return zf_fail(op, EINVAL, "bytes %ju+%zu of %u", (uintmax_t)from, len, f->size);
	if (len == 0)
		return 0;
	if (f->flags & ZF_BLOSC_COPIED)
		return reader->read(reader, op, dst, len, ZF_BLOSC_HEAD + from);
	blocks.first = (uint32_t)(from / f->blocksize);
	blocks.count = (uint32_t)((from + len - 1) / f->blocksize) - blocks.first + 1;
	return decode_located(&blocks, &start, dst, from, from + len);
}

const struct zf_codec_type zf_codec_blosc = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = blosc_bind,
	.decode = blosc_decode,
	.encode = blosc_encode,
	.grain = blosc_grain,
	.decode_range = blosc_decode_range,
	.free = blosc_unbind,
};
