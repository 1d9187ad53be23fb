/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new array's document being made: what create.c and create_chain.c share.
 */
#ifndef ZF_META_BUILD_H
#define ZF_META_BUILD_H

#include "meta/create.h"
#include "meta/dtype.h"

/* All that is owned here goes with the build. */
struct zf_build {
	struct zf_op *op;
	const struct zf_new_array *array;
	struct zf_dtype type;
	json_t *dtype;  /* as it is written */
	json_t *fill;   /* likewise */
	json_t *codecs; /* v3: the chain, */
	bool sharded;   /* which makes shards itself */
	uint64_t chunk[ZF_MAX_NDIM];
};

/* v3: the chain, and whether it makes shards; v2 has none of its own. */
int zf_build_codecs_v3(struct zf_build *b);

/* The chain of a shard, whose inner chunks have b->codecs: new. */
json_t *zf_build_shards(struct zf_build *b);

/* v2: the members compressor and filters. zarr-python 2 has no compressor for arrays of one value. */
int zf_build_codecs_v2(struct zf_build *b, json_t *doc);

/* Sets a member, whose value it takes. */
int zf_build_set(struct zf_build *b, json_t *object, const char *key, json_t *value);

/* A list of numbers: new, NULL when memory is out. */
json_t *zf_build_sizes(const uint64_t *n, unsigned ndim);

#endif
