/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elements by their type: reading, writing and casting them as NumPy does on x86-64.
 *
 * Values pass through blocks of the widest type of their class: int64, uint64 or double, which hold every
 * element of the narrower ones exactly. Sums and quotients that are computed in double and then rounded to
 * a narrower float are what computing in that float gives: 53 bits are more than twice 24, and two.
 *
 * The filters that numcodecs defines see a buffer as elements of the type that their configuration names.
 * They come before the array -> bytes codec in v3, after it in v2 (where it changes nothing): in the first
 * case they describe their encoded side as an array, in the second as bytes, and do the same otherwise.
 */
#ifndef ZF_CODEC_ELEM_H
#define ZF_CODEC_ELEM_H

#include "codec/codec.h"

struct zf_elem {
	char kind; /* b i u f c */
	uint8_t size;
	bool big;
};

enum { ZF_ELEM_MAX = 16, ZF_WIDE = 512 };

/* A block of values. */
struct zf_wide {
	char kind; /* i u f: which of these */
	union {
		int64_t i[ZF_WIDE];
		uint64_t u[ZF_WIDE];
		double f[ZF_WIDE];
	};
};

/* A parameter that is a NumPy type: "<i4", "u1", "float64". Absent: the fallback; EINVAL where that is NULL.
 * EOPNOTSUPP for types without arithmetic. */
int zf_elem_param(struct zf_op *op, const json_t *configuration, const char *key,
	const struct zf_elem *fallback, struct zf_elem *out);

/* The type by its name in v3, little endian: false if it is none of ours. */
bool zf_elem_named(const char *name, struct zf_elem *out);

/* The type of the elements of an array; false if it is none of ours. */
bool zf_elem_of(const struct zf_spec *spec, struct zf_elem *out);

/* At most ZF_WIDE elements that are not complex, from and to where they are stored. */
void zf_elem_load(struct zf_wide *wide, const void *src, const struct zf_elem *type, size_t n);
void zf_elem_store(void *dst, const struct zf_elem *type, const struct zf_wide *wide, size_t n);

/* Makes doubles of a block. */
void zf_wide_real(struct zf_wide *wide, size_t n);

/* The nearest value of a float of 2, 4 or 8 bytes. */
double zf_elem_round(double value, unsigned size);

/* Casts n elements as NumPy's astype. Both complex or neither. dst and src do not overlap. */
void zf_elem_cast(void *dst, const struct zf_elem *to, const void *src, const struct zf_elem *from, size_t n);

/* What a codec that changes the type of elements begins its state with. */
struct zf_retype {
	struct zf_elem dec, enc;
	uint8_t fill[ZF_ELEM_MAX];
};

/* Sets codec->out for a codec that stores dec as enc; the fill value is cast. */
int zf_retype_bind(struct zf_op *op, struct zf_codec *codec, struct zf_retype *types);

/* How many elements a value of len bytes has, and room for them in out. */
int zf_retype_decode(const struct zf_codec *codec, struct zf_op *op, const struct zf_retype *types,
	size_t len, struct zf_out *out, size_t *n);
int zf_retype_encode(
	struct zf_op *op, const struct zf_retype *types, size_t len, struct zf_out *out, size_t *n);

#endif
