/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON that loses nothing, on jansson.
 *
 * jansson refuses what Python writes (NaN, Infinity) and rounds what does not fit a double or an int64.
 * A scanner in front turns every such token into a marked string, so that the tree keeps its exact text;
 * the functions here know the mark. What jansson represents exactly stays as it is.
 *
 * The mark is ZF_JSON_MARK as the first character; a genuine string that begins with it has it twice. So
 * json_is_string() alone does not tell a string: use zf_json_string() where it matters.
 */
#ifndef ZF_META_JSON_H
#define ZF_META_JSON_H

#include "base/json_mark.h"
#include "base/op.h"
#include "base/out.h"

#include <jansson.h>

/* Parses a whole document. New: json_decref(). EIO with line, column and reason: no JSON, too deep, trailing
 * text, more than ZF_MAX_DOCUMENT bytes, or so many values that the tree would not be worth its memory. */
int zf_json_parse(struct zf_op *op, const void *text, size_t len, json_t **out);

/* The exact text of a number token (integer, real, or NaN, Infinity, -Infinity) into buf, NUL-terminated;
 * false if the value is no number or buf is too small. */
bool zf_json_number(const json_t *value, char *buf, size_t size);

/* The same, however long the token is: borrowed from the value or put into buf; NULL if it is no number. */
const char *zf_json_token(const json_t *value, char buf[32]);

/* A number with this text, as the parser makes it; new, NULL when memory is out. */
json_t *zf_json_make_number(const char *token);

/* The bytes of a genuine string, borrowed; NULL for anything else, marked numbers included. */
const char *zf_json_string(const json_t *value, size_t *len);

/* A genuine string without NULs, as names have to be: borrowed, or NULL. */
const char *zf_json_text(const json_t *value);

/* What a value is, for messages: "a string", "an integer", ...; "nothing" for NULL. Static. */
const char *zf_json_kind(const json_t *value);

/* A genuine string as text for a message: at most 60 bytes, control characters replaced. Returns buf. */
const char *zf_json_show(const json_t *value, char buf[64]);

/* Appends the value to out as pretty-printed UTF-8 JSON, two spaces a level, keys in their order; arrays of
 * scalars on one line. NaN and the infinities, which JSON lacks, come out as strings. */
int zf_json_print(struct zf_op *op, const json_t *value, struct zf_out *out);

#endif
