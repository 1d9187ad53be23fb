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
