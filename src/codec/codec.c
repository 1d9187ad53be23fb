/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of codecs.
 */
#include "codec/types.h"

#include <string.h>

static const struct zf_codec_type *const codecs[] = {
	&zf_codec_bytes,
	&zf_codec_transpose,
	&zf_codec_sharding,
	&zf_codec_blosc,
	&zf_codec_zstd,
	&zf_codec_gzip,
	&zf_codec_zlib,
	&zf_codec_crc32c,
#ifdef HAVE_LZ4
	&zf_codec_lz4,
	&zf_codec_n5_lz4,
#endif
	&zf_codec_n5,
	&zf_codec_delta,
	&zf_codec_fixedscaleoffset,
	&zf_codec_quantize,
	&zf_codec_bitround,
	&zf_codec_astype,
	&zf_codec_categorize,
	&zf_codec_vlen_utf8,
	&zf_codec_vlen_bytes,
	&zf_codec_vlen_array,
	&zf_codec_json2,
	&zf_codec_msgpack2,
	&zf_codec_pickle,
	&zf_codec_packbools,
	&zf_codec_packbits,
	&zf_codec_cast_value,
	&zf_codec_scale_offset,
	&zf_codec_reshape,
	&zf_codec_shuffle,
	&zf_codec_crc32,
	&zf_codec_adler32,
	&zf_codec_fletcher32,
	&zf_codec_jenkins,
	&zf_codec_base64,
#ifdef HAVE_BZ2
	&zf_codec_bz2,
#endif
#ifdef HAVE_LZMA
	&zf_codec_lzma,
#endif
#ifdef HAVE_ZFP
	&zf_codec_zfpy,
	&zf_codec_zfp,
#endif
};

const struct zf_codec_type *zf_codec_find(const char *name)
{
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		for (const char *const *n = codecs[i]->names; *n; n++)
			if (strcmp(*n, name) == 0)
				return codecs[i];
	return NULL;
}
