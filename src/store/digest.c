/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Four lanes of 64 bits, each multiplied and rotated by itself, so that a processor works on all at once.
 * Each step of a lane is a bijection: blocks that differ in one place differ in the lane.
 */
#include "store/digest.h"

#include <string.h>

enum { BLOCK = 32 };

static uint64_t mix(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * UINT64_C(0x9fb21c651e98df25);
	return lane << 29 | lane >> 35;
}

static uint64_t finish(uint64_t x)
{
	x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	x = (x ^ (x >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ (x >> 32);
}

static void add_blocks(struct zf_digest *digest, const uint8_t *p, size_t blocks)
{
	uint64_t a = digest->lane[0], b = digest->lane[1], c = digest->lane[2], d = digest->lane[3], word[4];

	for (size_t i = 0; i < blocks; i++, p += BLOCK) {
		memcpy(word, p, BLOCK);
		a = mix(a, word[0]);
		b = mix(b, word[1]);
		c = mix(c, word[2]);
		d = mix(d, word[3]);
	}
	digest->lane[0] = a;
	digest->lane[1] = b;
	digest->lane[2] = c;
	digest->lane[3] = d;
}

void zf_digest_init(struct zf_digest *digest)
{
	memset(digest, 0, sizeof *digest);
	for (uint64_t i = 0; i < 4; i++)
		digest->lane[i] = finish(i + 1);
}

void zf_digest_add(struct zf_digest *digest, const void *p, size_t n)
{
	const uint8_t *from = p;
	size_t have = digest->size % BLOCK;

	if (n == 0)
		return;
	digest->size += n;
	if (have) {
		size_t more = n < BLOCK - have ? n : BLOCK - have;

		memcpy(digest->rest + have, from, more);
		if (have + more < BLOCK)
			return;
		add_blocks(digest, digest->rest, 1);
		from += more;
		n -= more;
	}
	add_blocks(digest, from, n / BLOCK);
	memcpy(digest->rest, from + n / BLOCK * BLOCK, n % BLOCK);
}

void zf_digest_tag(const struct zf_digest *digest, struct zf_tag *out)
{
	struct zf_digest last = *digest;
	size_t have = last.size % BLOCK;

	memset(last.rest + have, 0, BLOCK - have);
	add_blocks(&last, last.rest, 1);
	for (int i = 0; i < 4; i++)
		out->word[i] = finish(last.lane[i] ^ last.size);
	out->word[3] |= 1; /* all zero means that a store cannot tell */
}

void zf_digest_of(const void *p, size_t n, struct zf_tag *out)
{
	struct zf_digest digest;

	zf_digest_init(&digest);
	zf_digest_add(&digest, p, n);
	zf_digest_tag(&digest, out);
}
