/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New arrays and groups: from what is asked for to the documents, as zarr-python writes them, to the byte
 * (2.13 for v2, 3 for v3), with its defaults. Two slips of it are not repeated: -0.0 stays what it is as a v2
 * fill value, and byte strings in a v3 struct are empty by default, not "0".
 *
 * What is checked here is what documents can say: whether a codec exists, fits and can encode is the
 * pipeline's to know, so parse the document and bind its codecs before it is stored.
 */
#ifndef ZF_META_CREATE_H
#define ZF_META_CREATE_H

#include "base/limits.h"
#include "base/op.h"
#include "base/out.h"

#include <jansson.h>
#include <stdbool.h>

/* What a new array shall be. Zero (NULL) means the default, which depends on the format. The values are
 * from zf_json_parse() and owned: zf_new_array_free(), safe on a zeroed one. */
struct zf_new_array {
	int zarr_format; /* 2 or 3; has to be set before zf_create_array() */
	bool has_shape;
	bool first_open; /* the first dimension is left to the file's size: shape[0] is to be set */
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	bool has_chunks; /* else guessed, as zarr-python does */
	unsigned chunk_ndim;
	uint64_t chunks[ZF_MAX_NDIM];
	bool has_shards; /* v3 only: whole chunks in each; chunks that are not given are then guessed too */
	unsigned shard_ndim;
	uint64_t shards[ZF_MAX_NDIM];
	json_t *dtype;           /* NumPy's or v3's: "<f4", "float32", [["a", "<i4"]], {"name": ...}; "|u1" */
	json_t *fill_value;      /* as in a document of the format; null: none (v2; in v3 as the default) */
	json_t *compressor;      /* null or "none"; a name; an object, v2's or v3's; v3 also a list */
	json_t *filters;         /* v2: null or a list of objects; v3: array -> array codecs */
	json_t *codecs;          /* v3: the whole chain (of a shard's inner chunks, where there are shards and
				  * it does not shard itself); excludes compressor, filters and order */
	char order;              /* 'C' or 'F' */
	char separator;          /* of chunk keys: '.' or '/' */
	bool v2_keys;            /* v3: chunk keys are as v2 has them */
	bool big_endian;         /* v3: numbers are stored in this byte order */
	json_t *attributes;      /* an object */
	json_t *dimension_names; /* v3: a list of strings and nulls */
};
void zf_new_array_free(struct zf_new_array *array);

/* Sets in `array` what the options say, leaving alone what they do not. EINVAL: "shape: ...". */
int zf_new_array_options(struct zf_op *op, const struct zf_new *options, struct zf_new_array *array);

/* A copy, with references of its own: a mount's options are the start of each new array. */
void zf_new_array_copy(const struct zf_new_array *from, struct zf_new_array *out);

/* Bytes of one element of the data type asked for. EINVAL, EOPNOTSUPP. */
int zf_new_array_itemsize(struct zf_op *op, const struct zf_new_array *array, uint32_t *out);

/* The documents of a new array, appended: `document` is .zarray or zarr.json; `attributes` is .zattrs, and
 * stays empty where there is none to be written (always in v3). EINVAL: "chunks: ...", EOPNOTSUPP for a data
 * type that cannot be handled, or that the format does not have. */
int zf_create_array(struct zf_op *op, const struct zf_new_array *array, struct zf_out *document,
	struct zf_out *attributes);

/* The document of a new group without attributes: .zgroup or zarr.json. */
int zf_create_group(struct zf_op *op, int zarr_format, struct zf_out *out);

/* zarr-python's guess of a chunk's shape; in shards they are smaller. */
void zf_guess_chunks(unsigned ndim, const uint64_t *shape, uint32_t itemsize, bool in_shards, uint64_t *out);

#endif
