/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fill values: from JSON to the bytes of one element.
 */
#ifndef ZF_META_FILL_H
#define ZF_META_FILL_H

#include "meta/dtype.h"

/* What the rules depend on. */
struct zf_fill_rules {
	int zarr_format;      /* v2 takes all that NumPy takes, v3 what the specification lists */
	bool big_endian_blob; /* v3: structured values in base64 are in the byte order of the bytes codec */
};

/* Writes one element, as in the flat file, to dst, which is zeroed and has room for it. EIO: "fill_value:
 * ...". */
int zf_fill_parse(struct zf_op *op, const struct zf_fill_rules *rules, const json_t *value,
	const struct zf_dtype *type, unsigned char *dst);

/* The value of one element as JSON, as zarr-python writes it: new. Of a structured type with subarrays in v2 only.
 */
int zf_fill_print(struct zf_op *op, int zarr_format, const struct zf_dtype *type, const unsigned char *src,
	json_t **out);

/* What an element of varying length may be. */
enum zf_element { ZF_ELEMENT_STRING, ZF_ELEMENT_BYTES, ZF_ELEMENT_LIST, ZF_ELEMENT_ANY };

/* The text of one, new: free(). EIO as above. */
int zf_fill_text(struct zf_op *op, int zarr_format, const json_t *value, enum zf_element element, char **out);

#endif
