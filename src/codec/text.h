/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elements that vary in length, as text.
 *
 * Such an element is decoded to the JSON text that stands for it in the file, without line
 * ends; what flows through the chain in its place is a struct zf_text, of fixed size, so that transposes and
 * shards work as for any other type. The texts themselves are collected beside the chain, in the scratch
 * memory: the caller clears them before it decodes a chunk, puts the fill value's text first (fills in shards
 * point there), and takes them afterwards.
 */
#ifndef ZF_CODEC_TEXT_H
#define ZF_CODEC_TEXT_H

#include "codec/codec.h"

/* The texts of the chunk that is being decoded with this scratch memory. Their limit also bounds every stage
 * before them. NULL with ENOMEM. */
struct zf_out *zf_texts(struct zf_scratch *scratch, struct zf_op *op);

/* ---- for codecs: each appends a piece of text ---- */

/* A string. EIO: "no UTF-8". */
int zf_text_string(struct zf_out *texts, struct zf_op *op, const void *utf8, size_t len);

/* Bytes, as a string in base64. */
int zf_text_base64(struct zf_out *texts, struct zf_op *op, const void *bytes, size_t len);

/* Numbers, as Python writes them: 1.0, 1e+16, NaN, Infinity. */
int zf_text_real(struct zf_out *texts, struct zf_op *op, double value);
int zf_text_integer(struct zf_out *texts, struct zf_op *op, int64_t value);
int zf_text_natural(struct zf_out *texts, struct zf_op *op, uint64_t value);

/* Words: null, true, [. */
int zf_text_word(struct zf_out *texts, struct zf_op *op, const char *word);

/* ---- JSON as others wrote it ---- */

/* The end of the value at p; NULL if there is none before `end`, or it is too deep. NaN and the infinities
 * are values. What it holds is copied to texts without blanks, unless that is NULL. *err: memory is out. */
const char *zf_text_json(struct zf_out *texts, struct zf_op *op, const char *p, const char *end);

/* Behind blanks. */
const char *zf_text_blank(const char *p, const char *end);

/* ---- for bind ---- */

/* Checks that a codec for such elements has such, and says what flows on: bytes. */
int zf_text_bind(struct zf_op *op, struct zf_codec *codec);

/* The number of elements of a chunk. */
static inline uint64_t zf_text_count(const struct zf_codec *codec)
{
	return codec->in.size / sizeof(struct zf_text);
}

/* Room for the elements of a chunk in out; where they begin. NULL with an error. */
struct zf_text *zf_text_room(const struct zf_codec *codec, struct zf_op *op, struct zf_out *out);

#endif
