/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames of c-blosc 1: a head of 16 bytes, the places of the blocks, the blocks in any order. Each block is
 * one stream or, where it is *split*, one for each byte of an element.
 *
 * The library trusts the lengths inside a frame more than is good (see check in blosc_frame.c), so every
 * frame and every block passes through here before it sees them.
 */
#ifndef ZF_CODEC_BLOSC_FRAME_H
#define ZF_CODEC_BLOSC_FRAME_H

#include "base/op.h"

enum {
	ZF_BLOSC_HEAD = 16,
	ZF_BLOSC_SHUFFLED = 0x01,
	ZF_BLOSC_COPIED = 0x02, /* the decoded bytes follow the head as they are */
	ZF_BLOSC_BITSHUFFLED = 0x04,
	ZF_BLOSC_UNSPLIT = 0x10,
};

struct zf_blosc_frame {
	uint8_t head[ZF_BLOSC_HEAD];
	uint8_t flags;
	uint32_t typesize;
	uint32_t size;      /* decoded */
	uint32_t blocksize; /* decoded; 1..size */
	uint32_t cbytes;    /* of the whole frame */
	uint32_t nblocks;
	uint32_t splits;     /* streams in a whole block; the short one at the end is never split */
	uint32_t longest;    /* no block has more encoded bytes */
	const char *library; /* "lz4" */
};

/* Reads the head (its first 16 bytes, or as many as `value_size` says there are) of a value, and checks
 * all it says against the value's size and, unless it is ZF_SIZE_UNKNOWN, the expected decoded size.
 * EIO; EOPNOTSUPP for a compressor that the library was built without. */
int zf_blosc_parse(
	struct zf_op *op, const void *head, uint64_t value_size, size_t expected, struct zf_blosc_frame *out);

/* Decoded bytes of a block: blocksize, or what is left for the last one. */
uint32_t zf_blosc_block(const struct zf_blosc_frame *frame, uint32_t block);

/* Decodes `count` blocks, from number `first` on, to dst. Their bytes are at data[0..len), and directly
 * before data there is room for a head and `count` starts. Block first + i begins at starts[i] (32 bits,
 * little-endian, as in the frame) minus `origin`. EIO */
int zf_blosc_blocks(const struct zf_blosc_frame *frame, struct zf_op *op, uint32_t first, uint32_t count,
	const uint8_t *starts, uint32_t origin, uint8_t *data, size_t len, void *dst);

/* Decodes a whole frame that is in memory. */
int zf_blosc_whole(const struct zf_blosc_frame *frame, struct zf_op *op, const void *src, void *dst);

#endif
