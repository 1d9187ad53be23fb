/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes: elements to bytes, in one byte order or the other (zarr-specs v3, "Bytes codec"). Without `endian`
 * the bytes pass as they are: so v2's arrays come here, and those of early v3 writers.
 */
#include "codec/params.h"
#include "codec/swap.h"
#include "codec/types.h"

#include <errno.h>

static const char *const names[] = { "bytes", "endian", NULL };

static int bytes_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const char *const words[] = { "little", "big", NULL };
	const struct zf_spec *in = &codec->in;
	int endian = in->big_endian;

	if (zf_param_word(op, configuration, "endian", words, &endian) < 0)
		return -1;
	codec->identity = endian == in->big_endian || (in->swap < 2 && in->nunits == 0);
	codec->out = (struct zf_spec){ .itemsize = in->itemsize, .size = in->size };
	return 0;
}

static void bytes_here(const struct zf_codec *codec, void *data, size_t len)
{
	const struct zf_spec *in = &codec->in;

	if (codec->identity)
		return;
	if (in->swap > 1)
		zf_swap(data, data, len, in->swap);
	else
		zf_swap_units(data, len, in->itemsize, in->units, in->nunits);
}

/* Swapping is its own inverse: decoding and encoding are the same. */
static int bytes_either(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	(void)scratch;
	if (len != codec->in.size)
		return zf_fail(op, EIO, "value has %zu bytes, chunk has %zu", len, codec->in.size);
	if (codec->identity || codec->in.swap < 2) {
		if (zf_out_append(out, op, src, len) < 0)
			return -1;
		bytes_here(codec, out->data + out->len - len, len);
		return 0;
	}
	if (zf_out_reserve(out, op, len) < 0)
		return -1;
	zf_swap(out->data + out->len, src, len, codec->in.swap);
	out->len += len;
	return 0;
}

const struct zf_codec_type zf_codec_bytes = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.bind = bytes_bind,
	.decode = bytes_either,
	.encode = bytes_either,
	.decode_here = bytes_here,
};
