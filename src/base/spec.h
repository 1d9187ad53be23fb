/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What flows through a chain of codecs: a shape and a type of element, or bytes.
 */
#ifndef ZF_BASE_SPEC_H
#define ZF_BASE_SPEC_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZF_SIZE_UNKNOWN SIZE_MAX

/* A place of byte order within an element of a structured type: `size` bytes that swap as one (a complex
 * number has two, a subarray one for each of its elements). */
struct zf_unit {
	uint32_t offset, size;
};

/* An element that varies in length, as it flows: `len` bytes of text at `offset`, which lies elsewhere
 * (codec/text.h). */
struct zf_text {
	uint64_t offset, len;
};

/* What flows: elements in C order over a shape or, after the array -> bytes codec, bytes (ndim 0, size 1
 * each). */
struct zf_spec {
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	uint32_t itemsize;
	uint32_t swap; /* bytes of a unit of byte order: 4 in float32 and complex64; 0 where there is none to
			* swap (one byte, S, V, structured types) */
	bool big_endian; /* the order of those units in the flat file; v3: always false */
	char kind;       /* NumPy's letter: b i u f c S U V M m; O: struct zf_text; 0 for bytes */
	uint8_t bits;    /* of a number that C lacks (int4, bfloat16, float6_e3m2fn), in as few bytes as hold
			  * them; complex ones have two such. 0: any other type */
	size_t size;     /* bytes in all; after a codec whose output varies in length: ZF_SIZE_UNKNOWN */
	const struct zf_unit *units; /* structured types: every place of byte order with size > 1; borrowed;
				      * NULL in all others, raw bytes included */
	unsigned nunits;
	const void *fill; /* one element, as in the flat file; borrowed; NULL for bytes */
};

#endif
