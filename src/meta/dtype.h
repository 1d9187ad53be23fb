/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data types: NumPy's, which is what those of every version come down to.
 */
#ifndef ZF_META_DTYPE_H
#define ZF_META_DTYPE_H

#include "base/limits.h"
#include "base/op.h"
#include "base/spec.h"

#include <jansson.h>

struct zf_field;
struct zf_minifloat;

/* A data type. Zero is a valid "none"; zf_dtype_free() takes that too. */
struct zf_dtype {
	char kind;         /* b i u f c S U V M m; V with fields is a structured type; O varies in length */
	bool big_endian;   /* of its units; false where it has none */
	uint32_t itemsize; /* 1 .. ZF_MAX_ITEMSIZE */
	uint32_t swap;     /* as in struct zf_spec */
	uint8_t bits;      /* as in struct zf_spec */
	const struct zf_minifloat *mini; /* what they mean, of floats; static */
	json_t *numpy;                   /* "<f4" or NumPy's list of fields; owned */
	struct zf_field *fields;         /* of a structured type, in their order; owned */
	unsigned nfields;
	json_t *names; /* an object with the fields' names as keys; owned */
};

/* A field of a structured type: packed, so it starts where the one before it ends. */
struct zf_field {
	json_t *name; /* a string; owned */
	struct zf_dtype type;
	uint32_t offset;
	uint32_t count; /* elements: more than one (or none) in a subarray */
};

/* Reads a data type of v2 (a NumPy type string or list of fields) or v3 (a name or an object). Free:
 * zf_dtype_free(), also after a failure. EIO: broken; EOPNOTSUPP: "data type 'x' is not supported". */
int zf_dtype_parse_v2(struct zf_op *op, const json_t *value, struct zf_dtype *out);
int zf_dtype_parse_v3(struct zf_op *op, const json_t *value, struct zf_dtype *out);
void zf_dtype_free(struct zf_dtype *type);

/* Reads a data type in either spelling, or NumPy's without byte order ("f4": little endian); *is_v3 tells
 * whether it was v3's. Errors as above. */
int zf_dtype_parse_any(struct zf_op *op, const json_t *value, struct zf_dtype *out, bool *is_v3);

/* v3's name for a type, as zarr-python 3 writes it: new. EOPNOTSUPP where it has none: big-endian ones, long
 * doubles, subarrays. */
int zf_dtype_name_v3(struct zf_op *op, const struct zf_dtype *type, json_t **out);

/* The units of byte order of a structured type, in order: new, free(). NULL and 0 where there are none.
 * EOPNOTSUPP where there are absurdly many. */
int zf_dtype_units(struct zf_op *op, const struct zf_dtype *type, struct zf_unit **out, unsigned *count);

/* ---- for the two parsers ---- */

/* Where in a structured type a parser is: fields counts those of the whole type. */
struct zf_dtype_walk {
	struct zf_op *op;
	unsigned fields, depth;
};

/* Fills in a type that has no fields. `unit` is what follows the size in a NumPy name, "[ns]" or "". */
int zf_dtype_simple(struct zf_op *op, char kind, uint64_t itemsize, bool big_endian, const char *unit,
	struct zf_dtype *out);

/* The type of elements that vary in length. */
int zf_dtype_varying(struct zf_op *op, struct zf_dtype *out);

/* Fails with EOPNOTSUPP where it is that: such arrays are not made here. */
int zf_dtype_fixed(struct zf_op *op, const struct zf_dtype *type);

/* Begins a structured type: `fields` is its JSON list. To be followed by zf_dtype_add() for each, then by
 * zf_dtype_end(). */
int zf_dtype_begin(struct zf_dtype_walk *walk, const json_t *fields, struct zf_dtype *out);

/* Adds a field, whose type it takes over; shape is that of a subarray, or NULL. */
int zf_dtype_add(struct zf_dtype_walk *walk, struct zf_dtype *to, const json_t *name, struct zf_dtype *type,
	const json_t *shape);
int zf_dtype_end(struct zf_dtype_walk *walk, struct zf_dtype *out);

/* Fails with EOPNOTSUPP: "data type 'NAME' is not supported". */
int zf_dtype_unknown(struct zf_op *op, const json_t *name);

/* Whether this is a unit of time that NumPy knows: "ns". */
bool zf_dtype_is_time_unit(const char *unit, size_t len);

#endif
