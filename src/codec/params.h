/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a codec's configuration. A parameter that is absent or null leaves *out as it is (the default);
 * one of a wrong type or value is EINVAL: "level: 12 is not in 0..9".
 */
#ifndef ZF_CODEC_PARAMS_H
#define ZF_CODEC_PARAMS_H

#include "base/op.h"

#include <jansson.h>

/* The parameter's value, borrowed; NULL when it is absent or null. */
const json_t *zf_param(const json_t *configuration, const char *key);

int zf_param_int(struct zf_op *op, const json_t *configuration, const char *key, int lo, int hi, int *out);
int zf_param_bool(struct zf_op *op, const json_t *configuration, const char *key, bool *out);

/* One of the NULL-terminated `words`; *out is its place among them. */
int zf_param_word(
	struct zf_op *op, const json_t *configuration, const char *key, const char *const *words, int *out);

/* A list of `count` integers of at least 0; required. */
int zf_param_list(
	struct zf_op *op, const json_t *configuration, const char *key, unsigned count, uint64_t *out);

#endif
