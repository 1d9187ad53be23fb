/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading blosc frames.
 *
 * Any run of blocks can be made a frame of its own: a head with other sizes, places of the blocks counted
 * from there, and the blocks' bytes. So parts are decoded by the library's own (and fast) routine for whole
 * frames.
 */
#include "codec/blosc_frame.h"

#include "base/spec.h"
#include "codec/le.h"

#include <blosc.h>
#include <errno.h>
#include <limits.h>

static const char *const libraries[] = { "blosclz", "lz4", "snappy", "zlib", "zstd" };

enum {
	BLOSCLZ = 0,
	MAX_SPLITS = 16,  /* c-blosc splits no elements that are larger, */
	MIN_STREAM = 128, /* and into no shorter streams */
};

/* No stream is longer: a compressor that gains nothing is dropped for a copy. Only snappy may exceed that. */
static uint64_t longest_stream(uint32_t size)
{
	return (uint64_t)size + size / 6 + 32;
}

static int parse_compressor(struct zf_op *op, struct zf_blosc_frame *f)
{
	unsigned format = f->flags >> 5;

	if (format >= sizeof libraries / sizeof libraries[0])
		return zf_fail(op, EIO, "frame names compressor %u, there are %zu", format,
			sizeof libraries / sizeof libraries[0]);
	f->library = libraries[format];
	if (f->head[1] != 1)
		return zf_fail(op, EIO, "frame says %s version %u, only 1 is known", f->library, f->head[1]);
	if (blosc_compname_to_compcode(f->library) < 0)
		return zf_fail(op, EOPNOTSUPP, "this system's blosc was built without %s", f->library);
	return 0;
}

static int parse_blocks(struct zf_op *op, struct zf_blosc_frame *f)
{
	uint64_t stream;

	if (f->typesize == 0)
		return zf_fail(op, EIO, "frame says elements of 0 bytes");
	if (f->blocksize == 0 || f->blocksize > f->size || f->blocksize > BLOSC_MAX_BLOCKSIZE)
		return zf_fail(op, EIO, "frame says blocks of %u bytes in %u", f->blocksize, f->size);
	f->nblocks = (f->size - 1) / f->blocksize + 1;
	if (ZF_BLOSC_HEAD + 4 * (uint64_t)f->nblocks > f->cbytes)
		return zf_fail(op, EIO, "frame of %u bytes has no room for the places of %u blocks",
			f->cbytes, f->nblocks);
	f->splits = !(f->flags & ZF_BLOSC_UNSPLIT) && f->typesize <= MAX_SPLITS &&
				    f->blocksize / f->typesize >= MIN_STREAM
			    ? f->typesize
			    : 1;
	if (f->blocksize % f->splits)
		return zf_fail(op, EIO, "frame says blocks of %u bytes with elements of %u", f->blocksize,
			f->typesize);
	stream = f->splits * (4 + longest_stream(f->blocksize / f->splits));
	f->longest = stream < f->cbytes ? (uint32_t)stream : f->cbytes;
	return 0;
}

/* z5 stores as many bytes as it gave the library room for: 16 more than the frame has. */
static bool is_length(uint32_t cbytes, uint64_t value_size)
{
	return cbytes >= ZF_BLOSC_HEAD && cbytes <= INT_MAX &&
	       (value_size == cbytes || value_size == (uint64_t)cbytes + BLOSC_MAX_OVERHEAD);
}

int zf_blosc_parse(
	struct zf_op *op, const void *head, uint64_t value_size, size_t expected, struct zf_blosc_frame *f)
{
	if (value_size < ZF_BLOSC_HEAD)
		return zf_fail(op, EIO, "value has %ju bytes, a frame's head alone has %d",
			(uintmax_t)value_size, ZF_BLOSC_HEAD);
	memcpy(f->head, head, ZF_BLOSC_HEAD);
	f->flags = f->head[2];
	f->typesize = f->head[3];
	f->size = zf_le32(f->head + 4);
	f->blocksize = zf_le32(f->head + 8);
	f->cbytes = zf_le32(f->head + 12);
	if (f->head[0] != BLOSC_VERSION_FORMAT)
		return zf_fail(op, EIO, "frame says format version %u, only %d is known", f->head[0],
			BLOSC_VERSION_FORMAT);
	if (expected != ZF_SIZE_UNKNOWN && f->size != expected)
		return zf_fail(op, EIO, "frame says %u bytes, chunk has %zu", f->size, expected);
	if (!is_length(f->cbytes, value_size) || f->size > BLOSC_MAX_BUFFERSIZE)
		return zf_fail(op, EIO, "frame says that it has %u bytes, value has %ju", f->cbytes,
			(uintmax_t)value_size);
	if (f->flags & 0x08)
		return zf_fail(op, EIO, "frame has unknown flags %#x", f->flags);
	if (f->size == 0 || f->flags & ZF_BLOSC_COPIED) {
		if (f->flags & ZF_BLOSC_COPIED && f->cbytes - ZF_BLOSC_HEAD != f->size)
			return zf_fail(op, EIO, "frame says %u bytes, copied to %u", f->size,
				f->cbytes - ZF_BLOSC_HEAD);
		return 0;
	}
	return parse_compressor(op, f) < 0 ? -1 : parse_blocks(op, f);
}

uint32_t zf_blosc_block(const struct zf_blosc_frame *frame, uint32_t block)
{
	return block < frame->nblocks - 1 ? frame->blocksize : (frame->size - 1) % frame->blocksize + 1;
}

/* blosclz adds up the length of a match in 32 bits, one byte of 255 after the other, and does not notice when
 * they overflow. That takes more than 8 million of them; no match of a block needs so many. */
static bool overflows_blosclz(const uint8_t *p, uint32_t len)
{
	enum { MANY = INT_MAX / 255 - 8 };
	uint32_t run = 0;

	if (len < MANY)
		return false;
	for (uint32_t i = 0; i < len && run < MANY; i++)
		run = p[i] == 255 ? run + 1 : 0;
	return run == MANY;
}

/* The place of a block, as the frame says it; UINT64_MAX where that is within the head. */
static uint64_t block_start(const struct zf_blosc_frame *f, const uint8_t *starts, uint32_t i)
{
	uint32_t start = zf_le32(starts + 4 * (size_t)i);

	return start < ZF_BLOSC_HEAD + 4 * f->nblocks ? UINT64_MAX : start;
}

/* Checks that the streams of a block lie within data and are no longer than a compressor makes them. A start
 * that is out of range, also one that went below zero, is beyond len. */
static int check_block(const struct zf_blosc_frame *f, struct zf_op *op, uint32_t block, const uint8_t *data,
	size_t len, uint64_t start)
{
	uint32_t size = zf_blosc_block(f, block);
	uint32_t splits = size == f->blocksize ? f->splits : 1;

	for (uint32_t i = 0; i < splits; i++) {
		uint32_t stream;

		if (start > len || len - start < 4)
			return zf_fail(op, EIO, "block %u of %u lies outside the frame", block, f->nblocks);
		stream = zf_le32(data + start);
		start += 4;
		if (stream > len - start)
			return zf_fail(op, EIO, "block %u of %u reaches beyond the frame", block, f->nblocks);
		if (stream > longest_stream(size / splits))
			return zf_fail(op, EIO, "block %u of %u: %u bytes for %u are too many", block,
				f->nblocks, stream, size / splits);
		if (f->flags >> 5 == BLOSCLZ && overflows_blosclz(data + start, stream))
			return zf_fail(
				op, EIO, "block %u of %u: a match longer than the block", block, f->nblocks);
		start += stream;
	}
	return 0;
}

/* Runs the library on a frame whose blocks were checked. */
static int run(const struct zf_blosc_frame *f, struct zf_op *op, const void *frame, void *dst, uint32_t size)
{
	int n = blosc_decompress_ctx(frame, dst, size, 1);

	if (n < 0 || (uint32_t)n != size)
		return zf_fail(op, EIO, "damaged %s data in the frame", f->library);
	return 0;
}

/* The head of a frame of some of the blocks. One that holds only the short block at the end must say that it
 * is not split, because it would no longer be known by its length. */
static void put_head(
	const struct zf_blosc_frame *f, uint8_t *head, uint32_t first, uint32_t size, uint32_t cbytes)
{
	memcpy(head, f->head, ZF_BLOSC_HEAD);
	zf_put_le32(head + 4, size);
	zf_put_le32(head + 12, cbytes);
	if (first == f->nblocks - 1 && size < f->blocksize) {
		zf_put_le32(head + 8, size);
		head[2] |= ZF_BLOSC_UNSPLIT;
	}
}

int zf_blosc_blocks(const struct zf_blosc_frame *f, struct zf_op *op, uint32_t first, uint32_t count,
	const uint8_t *starts, uint32_t origin, uint8_t *data, size_t len, void *dst)
{
	uint32_t room = ZF_BLOSC_HEAD + 4 * count;
	uint32_t size = (count - 1) * f->blocksize + zf_blosc_block(f, first + count - 1);
	uint8_t *frame = data - room;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t start = block_start(f, starts, i) - origin;

		if (check_block(f, op, first + i, data, len, start) < 0)
			return -1;
		zf_put_le32(frame + ZF_BLOSC_HEAD + 4 * i, (uint32_t)start + room);
	}
	put_head(f, frame, first, size, (uint32_t)(room + len));
	return run(f, op, frame, dst, size);
}

int zf_blosc_whole(const struct zf_blosc_frame *f, struct zf_op *op, const void *src, void *dst)
{
	const uint8_t *p = src;

	if (f->flags & ZF_BLOSC_COPIED) {
		memcpy(dst, p + ZF_BLOSC_HEAD, f->size);
		return 0;
	}
	if (f->size == 0)
		return 0;
	for (uint32_t i = 0; i < f->nblocks; i++)
		if (check_block(f, op, i, p, f->cbytes, block_start(f, p + ZF_BLOSC_HEAD, i)) < 0)
			return -1;
	return run(f, op, src, dst, f->size);
}
