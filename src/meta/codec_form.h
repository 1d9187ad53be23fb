/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codecs as users give them, brought into the form of a document: a name alone gets zarr-python's defaults,
 * and v2's {"id": "zlib", "level": 1} and v3's {"name": "numcodecs.zlib", "configuration": {"level": 1}}
 * become each other. What a configuration says is not looked at.
 */
#ifndef ZF_META_CODEC_FORM_H
#define ZF_META_CODEC_FORM_H

#include "base/op.h"

#include <jansson.h>

/* `key` is for messages: "compressor". New. EINVAL. */
int zf_codec_form(struct zf_op *op, int zarr_format, const char *key, const json_t *given, uint32_t itemsize,
	json_t **out);

#endif
