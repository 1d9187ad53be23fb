/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vlen-utf8, vlen-bytes and vlen-array (numcodecs; zarr-extensions "vlen-utf8", "vlen-bytes"): the number of
 * elements, then for each the number of its bytes, and them; numbers are u32, little endian. Elements become
 * text: a string, base64, or a list of numbers.
 */
#include "codec/elem.h"
#include "codec/le.h"
#include "codec/text.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>

/* Appends the text of an element. */
typedef int put_fn(const struct zf_codec *, struct zf_op *, struct zf_out *, const uint8_t *, size_t);

static int decode_all(const struct zf_codec *codec, struct zf_op *op, struct zf_out *texts,
	const uint8_t *src, size_t len, struct zf_text *to, put_fn *put)
{
	const uint8_t *p = src + 4, *end = src + len;

	for (uint64_t i = 0, n = zf_text_count(codec); i < n; i++) {
		size_t size;

		if (end - p < 4 || (size_t)(end - p) - 4 < zf_le32(p))
			return zf_fail(op, EIO, "element %ju is cut short", (uintmax_t)i);
		size = zf_le32(p);
		to[i].offset = texts->len;
		if (put(codec, op, texts, p + 4, size) < 0)
			return zf_where(op, "element %ju", (uintmax_t)i);
		to[i].len = texts->len - to[i].offset;
		p += 4 + size;
	}
	return 0;
}

static int decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch, const void *src,
	size_t len, struct zf_out *out, put_fn *put)
{
	uint64_t n = zf_text_count(codec);
	struct zf_out *texts = zf_texts(scratch, op);
	struct zf_text *to;

	if (!texts)
		return -1;
	if (len < 4)
		return zf_fail(op, EIO, "value has %zu bytes, too few", len);
	if (zf_le32(src) != n)
		return zf_fail(op, EIO, "value has %u elements, chunk has %ju", (unsigned)zf_le32(src),
			(uintmax_t)n);
	if (n > (len - 4) / 4) /* before there is room for as many */
		return zf_fail(op, EIO, "value has %zu bytes, too few for %ju elements", len, (uintmax_t)n);
	to = zf_text_room(codec, op, out);
	return to ? decode_all(codec, op, texts, src, len, to, put) : -1;
}

static int plain_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	(void)configuration;
	return zf_text_bind(op, codec);
}

/* ---- vlen-utf8 ---- */

static const char *const utf8_names[] = { "vlen-utf8", "numcodecs.vlen-utf8", NULL };

static int put_string(
	const struct zf_codec *codec, struct zf_op *op, struct zf_out *texts, const uint8_t *p, size_t len)
{
	(void)codec;
	return zf_text_string(texts, op, p, len);
}

static int utf8_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	return decode(codec, op, scratch, src, len, out, put_string);
}

const struct zf_codec_type zf_codec_vlen_utf8 = {
	.names = utf8_names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = plain_bind,
	.decode = utf8_decode,
};

/* ---- vlen-bytes ---- */

static const char *const bytes_names[] = { "vlen-bytes", "numcodecs.vlen-bytes", NULL };

static int put_bytes(
	const struct zf_codec *codec, struct zf_op *op, struct zf_out *texts, const uint8_t *p, size_t len)
{
	(void)codec;
	return zf_text_base64(texts, op, p, len);
}

static int bytes_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	return decode(codec, op, scratch, src, len, out, put_bytes);
}

const struct zf_codec_type zf_codec_vlen_bytes = {
	.names = bytes_names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = plain_bind,
	.decode = bytes_decode,
};

/* ---- vlen-array ---- */

static const char *const array_names[] = { "numcodecs.vlen-array", NULL };

static int array_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct zf_elem *type = codec->state = calloc(1, sizeof *type);

	if (!type)
		return zf_nomem(op, sizeof *type);
	if (zf_elem_param(op, configuration, "dtype", NULL, type) < 0)
		return -1;
	if (type->kind == 'c')
		return zf_fail(op, EOPNOTSUPP, "dtype: complex numbers have no form in JSON");
	return zf_text_bind(op, codec);
}

static int put_number(struct zf_out *texts, struct zf_op *op, const struct zf_wide *wide, char kind, size_t i)
{
	if (kind == 'b')
		return zf_text_word(texts, op, wide->u[i] ? "true" : "false");
	if (wide->kind == 'f')
		return zf_text_real(texts, op, wide->f[i]);
	if (wide->kind == 'u')
		return zf_text_natural(texts, op, wide->u[i]);
	return zf_text_integer(texts, op, wide->i[i]);
}

static int put_list(
	const struct zf_codec *codec, struct zf_op *op, struct zf_out *texts, const uint8_t *p, size_t len)
{
	const struct zf_elem *type = codec->state;
	size_t n = len / type->size;
	struct zf_wide wide;

	if (len % type->size)
		return zf_fail(op, EIO, "has %zu bytes, no multiple of %u", len, type->size);
	if (zf_text_word(texts, op, "[") < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (i % ZF_WIDE == 0)
			zf_elem_load(&wide, p + i * type->size, type, n - i < ZF_WIDE ? n - i : ZF_WIDE);
		if ((i && zf_text_word(texts, op, ",") < 0) ||
			put_number(texts, op, &wide, type->kind, i % ZF_WIDE) < 0)
			return -1;
	}
	return zf_text_word(texts, op, "]");
}

static int array_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	return decode(codec, op, scratch, src, len, out, put_list);
}

static void array_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_vlen_array = {
	.names = array_names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = array_bind,
	.decode = array_decode,
	.free = array_free,
};
