/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crc32c (zarr-specs v3, "CRC32C checksum codec"; numcodecs "crc32c"): the bytes, and after them (numcodecs
 * can also put it in front) their Castagnoli checksum (RFC 3720) in 32 bits, little-endian.
 */
#include "codec/crc32c_sum.h"
#include "codec/le.h"
#include "codec/params.h"
#include "codec/types.h"

#include <errno.h>

static const char *const names[] = { "crc32c", "numcodecs.crc32c", NULL };
static const char *const locations[] = { "start", "end", NULL };

enum { SUM = 4, AT_START = 0, AT_END = 1 };

/* state: where the checksum is, as a pointer to one of these */
static const int places[] = { AT_START, AT_END };

static int crc32c_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	int place = AT_END;

	if (zf_param_word(op, configuration, "location", locations, &place) < 0)
		return -1;
	codec->state = (void *)&places[place];
	codec->out = (struct zf_spec){ .itemsize = 1, .size = codec->in.size };
	if (codec->in.size != ZF_SIZE_UNKNOWN)
		codec->out.size += SUM;
	return 0;
}

static int crc32c_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	bool at_start = *(const int *)codec->state == AT_START;
	const uint8_t *p = src;
	uint32_t said, is;

	(void)scratch;
	if (len < SUM)
		return zf_fail(op, EIO, "value has %zu bytes, its checksum alone has %d", len, SUM);
	len -= SUM;
	if (codec->in.size != ZF_SIZE_UNKNOWN && len != codec->in.size)
		return zf_fail(op, EIO, "value gives %zu bytes, chunk has %zu", len, codec->in.size);
	said = zf_le32(at_start ? p : p + len);
	if (at_start)
		p += SUM;
	is = zf_crc32c(p, len);
	if (is != said)
		return zf_fail(op, EIO, "checksum is %08x, value says %08x", is, said);
	return zf_out_append(out, op, p, len);
}

static int crc32c_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	uint8_t sum[SUM];

	(void)scratch;
	zf_put_le32(sum, zf_crc32c(src, len));
	if (*(const int *)codec->state == AT_START) {
		if (zf_out_append(out, op, sum, SUM) < 0)
			return -1;
		return zf_out_append(out, op, src, len);
	}
	if (zf_out_append(out, op, src, len) < 0)
		return -1;
	return zf_out_append(out, op, sum, SUM);
}

const struct zf_codec_type zf_codec_crc32c = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = crc32c_bind,
	.decode = crc32c_decode,
	.encode = crc32c_encode,
};
