/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing JSON for programs: as Python's json.dumps() does, in ASCII, NaN and the infinities bare.
 */
#ifndef ZF_META_JSON_DUMP_H
#define ZF_META_JSON_DUMP_H

#include "base/out.h"

#include "meta/json_text.h"

/* The layout. A line begins with `margin` (which has the line break in it) and `unit` for each level. */
struct zf_json_style {
	struct zf_json_text margin, unit;
	struct zf_json_text comma, colon; /* with the white space that goes with them on one line */
	bool lines;                       /* each member and element on a line of its own */
	bool sorted;                      /* members by their keys */
};

/* json.dumps(indent=4, sort_keys=True) and json.dumps(indent=2): zarr-python 2 and 3. */
extern const struct zf_json_style zf_json_style_v2, zf_json_style_v3;

/* Appends a value of zf_json_parse(). */
int zf_json_dump(
	struct zf_op *op, const json_t *value, const struct zf_json_style *style, struct zf_out *out);

/* Appends a key of a tree, with its quotes. */
int zf_json_dump_key(struct zf_op *op, const char *key, struct zf_out *out);

#endif
