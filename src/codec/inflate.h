/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deflate in its two wrappings, zlib (RFC 1950) and gzip (RFC 1952), on libdeflate where it is there and
 * the decoded size is known, else on zlib.
 */
#ifndef ZF_CODEC_INFLATE_H
#define ZF_CODEC_INFLATE_H

#include "codec/codec.h"

enum zf_deflate { ZF_ZLIB, ZF_GZIP };

/* Appends the decoded form of one stream (a gzip *member*) of src to out; *used is its length in src. At
 * most `room` bytes: more are EIO, "value gives more than N bytes". */
int zf_inflate(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, const void *src,
	size_t len, size_t room, bool exact, struct zf_out *out, size_t *used);

/* Appends the encoded form of src to out as one stream. level: 0..9, or -1 for the default. */
int zf_deflate(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, int level,
	const void *src, size_t len, struct zf_out *out);

#endif
