/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chain of codecs bound to a chunk: what turns stored bytes into a chunk's elements and back.
 *
 * A chain may consist of the sharding codec alone ("a shard"): then the stored value holds inner chunks,
 * and zf_pipeline_shard() describes them, so that the array layer can read just those that it needs.
 * Everywhere else sharding is an ordinary codec that decodes the whole shard.
 */
#ifndef ZF_CODEC_PIPELINE_H
#define ZF_CODEC_PIPELINE_H

#include "codec/codec.h"

struct zf_pipeline;

/* Binds a chain (a JSON array of {"name", "configuration"}, as in a v3 document) to chunks of `chunk`.
 * New: zf_pipeline_free(). EINVAL: broken (a wrong order of kinds, none or two array -> bytes codecs, a bad
 * configuration); EOPNOTSUPP: "unknown codec 'x'", unless that codec says must_understand: false, when it
 * is left out. Messages begin "codec 'x' (1 of 2): ". */
int zf_pipeline_new(
	struct zf_op *op, const json_t *codecs, const struct zf_spec *chunk, struct zf_pipeline **out);
void zf_pipeline_free(struct zf_pipeline *pipeline);

const struct zf_spec *zf_pipeline_chunk(const struct zf_pipeline *pipeline);

/* Most bytes that an encoded chunk may have: more is refused before it is read. */
size_t zf_pipeline_limit(const struct zf_pipeline *pipeline);

/* Bytes of an encoded chunk where all have the same number; else ZF_SIZE_UNKNOWN. */
size_t zf_pipeline_encoded_size(const struct zf_pipeline *pipeline);

/* Decodes a whole value into dst, which has room for exactly the chunk's size. EIO, with the codec and its
 * place in the chain in front: "codec 'blosc' (2 of 2): frame says 1048576 bytes, chunk has 524288". */
int zf_pipeline_decode(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, void *dst);

/* The same, and adds what each codec took to *times (zeroed before the first). */
int zf_pipeline_time(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, void *dst, struct zf_codec_times *times);

/* Whether the chain can encode: 0, or EOPNOTSUPP "codec 'x' (1 of 1): cannot encode". */
int zf_pipeline_encodable(const struct zf_pipeline *pipeline, struct zf_op *op);

/* Encodes a chunk (of exactly its size), appending to out. */
int zf_pipeline_encode(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, struct zf_out *out);

/* Whether values may be decodable in parts: a bytes codec (whatever its byte order), followed by nothing or
 * by one codec with decode_range. */
bool zf_pipeline_ranged(const struct zf_pipeline *pipeline);

/* Whether that is by plain reading: nothing but a bytes codec that does not swap. */
bool zf_pipeline_plain(const struct zf_pipeline *pipeline);

/* The size of the parts that this value is best decoded in: a multiple of the item size; 0 for "only as
 * a whole". Where any part will do (plain): 1 item. */
int zf_pipeline_grain(
	const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_reader *reader, size_t *out);

/* Decodes bytes [from, from + len) of the chunk into dst; both multiples of the item size. */
int zf_pipeline_decode_range(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	struct zf_reader *reader, void *dst, size_t len, uint64_t from);

/* ---- shards (zarr-specs, "Sharding codec") ---- */

struct zf_shard_entry {
	uint64_t offset, len; /* in the shard; both UINT64_MAX: no such inner chunk */
};

struct zf_shard {
	uint64_t grid[ZF_MAX_NDIM]; /* inner chunks along each dimension */
	uint64_t count;             /* their product */
	const struct zf_pipeline *inner;
	const struct zf_pipeline *index;
	size_t index_size; /* bytes of the encoded index (index codecs have a fixed size) */
	bool index_at_start;
};

/* The shard layout of a chain that is the sharding codec alone, borrowed; NULL for any other. */
const struct zf_shard *zf_pipeline_shard(const struct zf_pipeline *pipeline);

/* Decodes an encoded index (index_size bytes) into `count` entries and checks each against the size of the
 * shard: EIO "inner chunk 3 lies at 100+50, shard has 120 bytes". */
int zf_shard_index(const struct zf_shard *shard, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, uint64_t shard_size, struct zf_shard_entry *entries);

#endif
