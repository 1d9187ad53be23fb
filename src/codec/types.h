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
extern const struct zf_codec_type zf_codec_n5_lz4;
#endif
extern const struct zf_codec_type zf_codec_n5;
extern const struct zf_codec_type zf_codec_delta;
extern const struct zf_codec_type zf_codec_fixedscaleoffset;
extern const struct zf_codec_type zf_codec_quantize;
extern const struct zf_codec_type zf_codec_bitround;
extern const struct zf_codec_type zf_codec_astype;
extern const struct zf_codec_type zf_codec_categorize;
extern const struct zf_codec_type zf_codec_labels; /* categorize, of texts */
extern const struct zf_codec_type zf_codec_vlen_utf8;
extern const struct zf_codec_type zf_codec_vlen_bytes;
extern const struct zf_codec_type zf_codec_vlen_array;
extern const struct zf_codec_type zf_codec_json2;
extern const struct zf_codec_type zf_codec_msgpack2;
extern const struct zf_codec_type zf_codec_pickle;
extern const struct zf_codec_type zf_codec_packbools;
extern const struct zf_codec_type zf_codec_packbits;
extern const struct zf_codec_type zf_codec_cast_value;
extern const struct zf_codec_type zf_codec_scale_offset;
extern const struct zf_codec_type zf_codec_reshape;
extern const struct zf_codec_type zf_codec_shuffle;
extern const struct zf_codec_type zf_codec_crc32;
extern const struct zf_codec_type zf_codec_adler32;
extern const struct zf_codec_type zf_codec_fletcher32;
extern const struct zf_codec_type zf_codec_jenkins;
extern const struct zf_codec_type zf_codec_base64;
#ifdef HAVE_BZ2
extern const struct zf_codec_type zf_codec_bz2;
#endif
#ifdef HAVE_LZMA
extern const struct zf_codec_type zf_codec_lzma;
#endif
#ifdef HAVE_ZFP
extern const struct zf_codec_type zf_codec_zfpy;
extern const struct zf_codec_type zf_codec_zfp;
#endif

/* The encoded side of a bytes -> bytes codec whose output varies in length. */
static inline void zf_codec_varies(struct zf_codec *codec)
{
	codec->out = (struct zf_spec){ .itemsize = 1, .size = ZF_SIZE_UNKNOWN };
}

#endif
