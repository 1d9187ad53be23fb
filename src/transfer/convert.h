/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents said in the words of the other format, of the same stored bytes.
 */
#ifndef ZF_TRANSFER_CONVERT_H
#define ZF_TRANSFER_CONVERT_H

#include "meta/create.h"
#include "meta/meta.h"

/* Moves names of dimensions between v3's member and the attribute _ARRAY_DIMENSIONS that xarray has in v2;
 * attributes are array->attributes, an object that is the caller's alone. */
int zf_convert_names(struct zf_op *op, const struct zf_array_meta *from, struct zf_new_array *array);

/* A v2 (or v1) array as v3 describes it, with its keys. `separator` is the one that its chunks have. New:
 * zf_meta_free(). EOPNOTSUPP where v3 has no words for it. */
int zf_convert_to_v3(
	struct zf_op *op, const struct zf_array_meta *from, char separator, struct zf_meta **out);

/* Whether chunks of one array are chunks of the other, both in v3's words: the same shape, elements, codecs
 * and fill value. */
bool zf_convert_same(const struct zf_array_meta *a, const struct zf_array_meta *b);

/* Parses the document of a new array. EINVAL: it cannot be. New: zf_meta_free(). */
int zf_convert_parse(struct zf_op *op, int zarr_format, const struct zf_out *document, struct zf_meta **out);

#endif
