/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * n5_lz4: what N5 calls lz4, the stream of Java's LZ4BlockOutputStream. Read only.
 *
 * A row of blocks, each with a head: "LZ4Block", a token (how it is stored in the upper half), its size as
 * stored and decoded, and a checksum of the decoded bytes. One that decodes to nothing ends the stream.
 */
#ifdef HAVE_LZ4

#include "codec/le.h"
#include "codec/types.h"

#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <string.h>

static const char *const names[] = { "n5_lz4", NULL };
static const char magic[] = "LZ4Block";

enum {
	MAGIC = 8,
	HEAD = MAGIC + 1 + 4 + 4 + 4,
	STORED = 0x10,
	LZ4 = 0x20,
};
#define SEED 0x9747b28cu
#define SUM_MASK 0x0fffffffu

/* ---- XXH32 (its specification: github.com/Cyan4973/xxHash) ---- */

#define PRIME1 0x9e3779b1u
#define PRIME2 0x85ebca77u
#define PRIME3 0xc2b2ae3du
#define PRIME4 0x27d4eb2fu
#define PRIME5 0x165667b1u

static uint32_t rotate(uint32_t n, unsigned bits)
{
	return n << bits | n >> (32 - bits);
}

static uint32_t sum_round(uint32_t lane, const uint8_t *p)
{
	return rotate(lane + zf_le32(p) * PRIME2, 13) * PRIME1;
}

static uint32_t checksum(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	uint32_t lane[4] = { SEED + PRIME1 + PRIME2, SEED + PRIME2, SEED, SEED - PRIME1 };
	uint32_t sum = SEED + PRIME5;

	if (len >= 16) {
		for (; end - p >= 16; p += 16)
			for (unsigned i = 0; i < 4; i++)
				lane[i] = sum_round(lane[i], p + 4 * i);
		sum = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) + rotate(lane[3], 18);
	}
	sum += (uint32_t)len;
	for (; end - p >= 4; p += 4)
		sum = rotate(sum + zf_le32(p) * PRIME3, 17) * PRIME4;
	for (; p < end; p++)
		sum = rotate(sum + *p * PRIME5, 11) * PRIME1;
	sum = (sum ^ sum >> 15) * PRIME2;
	sum = (sum ^ sum >> 13) * PRIME3;
	return sum ^ sum >> 16;
}

/* ---- blocks ---- */

struct block {
	unsigned method;
	uint32_t stored, size, sum;
};

static int read_head(struct zf_op *op, const uint8_t *p, size_t len, struct block *block)
{
	if (len < HEAD)
		return zf_fail(op, EIO, "lz4 stream ends in the head of a block");
	if (memcmp(p, magic, MAGIC) != 0)
		return zf_fail(op, EIO, "no lz4 block of Java's");
	block->method = p[MAGIC] & 0xf0;
	block->stored = zf_le32(p + MAGIC + 1);
	block->size = zf_le32(p + MAGIC + 5);
	block->sum = zf_le32(p + MAGIC + 9);
	if (block->method != STORED && block->method != LZ4)
		return zf_fail(op, EIO, "lz4 block of an unknown kind, 0x%02x", p[MAGIC]);
	if (block->stored > len - HEAD)
		return zf_fail(
			op, EIO, "lz4 block says %u bytes, value has %zu left", block->stored, len - HEAD);
	if (block->method == STORED && block->stored != block->size)
		return zf_fail(op, EIO, "lz4 block says %u bytes, stored as %u", block->size, block->stored);
	return 0;
}

static int decode_block(struct zf_op *op, const struct block *block, const uint8_t *src, uint8_t *dst)
{
	int n;

	if (block->method == STORED) {
		memcpy(dst, src, block->size);
	} else {
		if (block->stored > INT_MAX || block->size > INT_MAX)
			return zf_fail(op, EIO, "lz4 block says %u bytes, too many for one", block->size);
		n = LZ4_decompress_safe((const char *)src, (char *)dst, (int)block->stored, (int)block->size);
		if (n < 0 || (uint32_t)n != block->size)
			return zf_fail(op, EIO, "damaged lz4 block");
	}
	if ((checksum(dst, block->size) & SUM_MASK) != block->sum)
		return zf_fail(op, EIO, "lz4 block has another checksum than it says");
	return 0;
}

static int n5_lz4_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	(void)op;
	(void)configuration;
	zf_codec_varies(codec);
	return 0;
}

/* The blocks of a chunk are as many as it needs; what follows is left. */
static int n5_lz4_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const uint8_t *p = src;
	size_t start = out->len;
	struct block block = { 0 };

	(void)scratch;
	do {
		size_t most = codec->in.size != ZF_SIZE_UNKNOWN ? codec->in.size - (out->len - start)
								: out->limit - out->len;

		if (read_head(op, p, len, &block) < 0)
			return -1;
		if (block.size > most)
			return zf_fail(
				op, EIO, "lz4 block says %u bytes, chunk has %zu left", block.size, most);
		if (block.size == 0)
			break;
		if (zf_out_reserve(out, op, block.size) < 0 ||
			decode_block(op, &block, p + HEAD, out->data + out->len) < 0)
			return -1;
		out->len += block.size;
		p += HEAD + block.stored;
		len -= HEAD + block.stored;
	} while (len > 0);
	if (codec->in.size != ZF_SIZE_UNKNOWN && out->len - start != codec->in.size)
		return zf_fail(
			op, EIO, "value gives %zu bytes, chunk has %zu", out->len - start, codec->in.size);
	return 0;
}

const struct zf_codec_type zf_codec_n5_lz4 = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = n5_lz4_bind,
	.decode = n5_lz4_decode,
};

#endif
