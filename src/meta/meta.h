/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metadata documents, lowered to one normal form: that of Zarr v3.
 *
 * Older formats are translated here and nothing above knows them: `order: "F"` becomes a transpose codec,
 * filters and compressor become codecs named "numcodecs.ID", `dimension_separator` a chunk key encoding.
 * This layer gets bytes and never a store.
 */
#ifndef ZF_META_META_H
#define ZF_META_META_H

#include "base/edges.h"
#include "base/limits.h"
#include "base/op.h"
#include "base/spec.h"

#include <jansson.h>
#include <stdbool.h>

struct zf_array_meta {
	int zarr_format; /* 1, 2, 3, or 0 for what has no such number: for people only */
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	uint64_t chunk[ZF_MAX_NDIM];         /* shape of what is stored under one key; each at least 1 */
	struct zf_edges *edges[ZF_MAX_NDIM]; /* a rectilinear grid: where chunks are of unequal length along a
					      * dimension, else NULL; `chunk` is the largest; owned */
	uint64_t nbytes;       /* product(shape) * itemsize, at most ZF_MAX_FILE; 0 for spec.kind O */
	struct zf_spec spec;   /* of one chunk: shape = chunk; size; fill points to `fill`, units to `units`.
				* A chunk of more than SIZE_MAX / 2 bytes is an error */
	struct zf_unit *units; /* v3's structured types; owned. NULL in v2, where nothing is ever swapped */
	unsigned char *fill; /* one element as in the flat file; owned; zeros where the fill value is null */
	char *fill_text;   /* spec.kind O: the fill value as a line of JSON, without its end; owned. `fill` is
			    * the struct zf_text of it at offset 0 */
	bool fill_is_zero; /* all bytes of fill */
	bool key_c;        /* chunk keys: "c" SEP i SEP j ..., 0-d "c"; else i SEP j ..., 0-d "0" */
	char separator;    /* of chunk keys: '.' or '/' */
	bool key_c_joined; /* drafts of v3: "c0/1" for key_c, 0-d "c0" */
	bool key_reversed; /* N5: the last dimension first in chunk keys */
	const char *key_folder; /* zarr 0.3 and 0.4: where all chunks are, below the array; static, or NULL */
	const char *key_ending; /* and how their names end */
	bool separator_declared; /* false: v2 without dimension_separator; a nested store may want '/' */
	json_t *codecs;          /* the chain as in v3, to be bound to `spec`; owned */

	/* for .info, all owned and ready to print */
	json_t *dtype;                /* NumPy type: "<f4", or the list of a structured type */
	json_t *data_type;            /* v3's own; NULL in v2 */
	json_t *chunk_shapes;         /* of a rectilinear grid, as in the document; else NULL */
	json_t *inner_chunk;          /* shape of a shard's inner chunks; NULL without sharding */
	json_t *fill_value;           /* as in the document */
	json_t *compressor, *filters; /* before v3 and N5, as in the document; NULL in v3 */
	json_t *codecs_shown;         /* v3, as in the document; NULL in v2 */
	json_t *dimension_names;      /* or NULL */
	const char *order;            /* "C" or "F" within chunks; static */
};

enum zf_node_kind { ZF_NODE_ARRAY, ZF_NODE_GROUP };

/* A parsed document. */
struct zf_meta {
	enum zf_node_kind kind;
	int zarr_format;
	const char *format;    /* of what has no zarr_format: "n5", "0.3", "0.4"; static, else NULL */
	size_t passed_over;    /* bytes of the document that nothing was made of: consolidated metadata */
	const char *read_only; /* why nothing of it can be written; static; NULL: it can */
	json_t *attributes;    /* an object; owned */
	struct zf_array_meta array; /* where kind is ZF_NODE_ARRAY */

	/* An array (or a group) that cannot be used: it is listed all the same, and the reason is told. */
	int error;        /* 0, EOPNOTSUPP or EIO */
	char *error_text; /* owned */

	/* Why the attributes beside an array or group could not be read, or NULL; owned. Data are not lost
	 * for that: the attributes are empty then. */
	char *attributes_error;
};

/* Parses a document of `len` bytes. v1: meta, with the attrs beside it (or NULL). v2: .zarray, or .zgroup for
 * a group, with the .zattrs beside it (or NULL); v3: zarr.json. A broken or unsupported document is no
 * failure of the call: *out then has error and error_text ("shape: -3 is negative"), as much of the rest as
 * was understood, and all else zero or NULL. Fails with ENOMEM only. New: zf_meta_free(). */
int zf_meta_parse_v2(struct zf_op *op, enum zf_node_kind kind, const void *doc, size_t len, const void *attrs,
	size_t attrs_len, struct zf_meta **out);
int zf_meta_parse_v3(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out);

/* The same for documents whose names do not tell what they are: *out is NULL for one that is certainly none,
 * rather than broken. zarr 0.3 and 0.4: __zmeta__ and __zattr__. N5: attributes.json. */
int zf_meta_parse_v1(struct zf_op *op, const void *doc, size_t len, const void *attrs, size_t attrs_len,
	struct zf_meta **out);
int zf_meta_parse_v0(struct zf_op *op, const void *doc, size_t len, const void *attrs, size_t attrs_len,
	struct zf_meta **out);
int zf_meta_parse_n5(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out);

/* Whether a store's zarr.json says that all its documents are those of an early draft of v3; and one of them.
 */
bool zf_meta_is_draft(const void *doc, size_t len);
int zf_meta_parse_draft(struct zf_op *op, const void *doc, size_t len, struct zf_meta **out);
void zf_meta_free(struct zf_meta *meta);

#endif
