/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scanner in front of jansson (json.h).
 */
#ifndef ZF_META_JSON_SCAN_H
#define ZF_META_JSON_SCAN_H

#include "base/op.h"
#include "base/out.h"

/* Copies a document to out with the tokens that jansson would refuse or round turned into marked strings.
 * It is no parser: what is no JSON stays none. Fails with EIO for nesting and size, ENOMEM.
 * *at is the place in the text that became byte `stop` of out, for messages. */
int zf_json_scan(struct zf_op *op, const char *text, size_t len, struct zf_out *out, size_t stop, size_t *at);

/* Fails with EIO, "line 3, column 7: TEXT": columns are characters, both count from 1. */
int zf_json_fail(struct zf_op *op, const char *doc, size_t at, const char *text);

/* Bytes of the number token at p (NaN and the infinities included), 0 if there is none. *exact: an integer
 * that fits 64 bits with sign. */
size_t zf_json_number_length(const char *p, const char *end, bool *exact);

#endif
