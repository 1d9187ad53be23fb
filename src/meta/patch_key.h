/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What patches for old and for new arrays have in common.
 */
#ifndef ZF_META_PATCH_KEY_H
#define ZF_META_PATCH_KEY_H

#include "base/op.h"

#include <jansson.h>
#include <stdbool.h>

/* A text as an object: new. EINVAL. */
int zf_patch_parse(struct zf_op *op, const void *text, size_t len, json_t **out);

/* A list of sizes of at least `least`. EINVAL. */
int zf_patch_sizes(struct zf_op *op, const char *key, const json_t *value, uint64_t least, unsigned *ndim,
	uint64_t *sizes);

/* Bytes of a flat file; EINVAL where they are too many for one. */
int zf_patch_bytes(struct zf_op *op, unsigned ndim, const uint64_t *shape, uint64_t itemsize, uint64_t *out);

/* Whether a value is this number, however it is spelled. */
bool zf_patch_is_number(const json_t *value, uint64_t n);

/* Fails with EINVAL: "'KEY' cannot be ...". */
int zf_patch_refuse(struct zf_op *op, const char *key);

#endif
