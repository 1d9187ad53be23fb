/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codecs there are, each in the file of its name.
 */
#ifndef ZF_CODEC_TYPES_H
#define ZF_CODEC_TYPES_H

#include "codec/codec.h"

extern const struct zf_codec_type zf_codec_bytes;
extern const struct zf_codec_type zf_codec_transpose;
extern const struct zf_codec_type zf_codec_sharding;
extern const struct zf_codec_type zf_codec_blosc;
extern const struct zf_codec_type zf_codec_zstd;
extern const struct zf_codec_type zf_codec_gzip;
extern const struct zf_codec_type zf_codec_zlib;
extern const struct zf_codec_type zf_codec_crc32c;
#ifdef HAVE_LZ4
extern const struct zf_codec_type zf_codec_lz4;
#endif

/* The encoded side of a bytes -> bytes codec whose output varies in length. */
static inline void zf_codec_varies(struct zf_codec *codec)
{
	codec->out = (struct zf_spec){ .itemsize = 1, .size = ZF_SIZE_UNKNOWN };
}

#endif
