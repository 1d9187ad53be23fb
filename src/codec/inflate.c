/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zlib and gzip streams.
 */
#include "codec/inflate.h"

#include "codec/scratch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

enum { STEP = 64 << 10 }; /* a stream of unknown size is decoded into so much room at first */

/* ---- zlib ---- */

struct stream {
	z_stream z;
	int window; /* windowBits that z is set up for */
	bool ready;
};

static void *make_stream(void)
{
	return calloc(1, sizeof(struct stream));
}

static void free_inflater(void *p)
{
	struct stream *stream = p;

	if (stream->ready)
		inflateEnd(&stream->z);
	free(stream);
}

static const struct zf_part inflater = { make_stream, free_inflater, 48 << 10 };

static int window_bits(enum zf_deflate format)
{
	return format == ZF_GZIP ? 15 + 16 : 15;
}

static struct stream *get_inflater(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format)
{
	struct stream *stream = zf_scratch_part(scratch, op, &inflater);
	int rc;

	if (!stream)
		return NULL;
	if (stream->ready)
		rc = inflateReset2(&stream->z, window_bits(format));
	else
		rc = inflateInit2(&stream->z, window_bits(format));
	if (rc != Z_OK) {
		zf_nomem(op, inflater.bytes);
		return NULL;
	}
	stream->ready = true;
	return stream;
}

static uInt at_most(size_t n)
{
	return n < UINT_MAX ? (uInt)n : UINT_MAX;
}

/* Runs inflate until the stream ends or the room at `out` does. */
static int inflate_some(z_stream *z, const uint8_t *end, struct zf_out *out, size_t room)
{
	int rc = Z_OK;

	while (rc == Z_OK) {
		uInt given = at_most(room);

		z->next_out = out->data + out->len;
		z->avail_out = given;
		z->avail_in = at_most((size_t)(end - z->next_in));
		rc = inflate(z, Z_NO_FLUSH);
		out->len += given - z->avail_out;
		room -= given - z->avail_out;
	}
	return rc;
}

static int inflate_error(struct zf_op *op, const z_stream *z, int rc)
{
	if (rc == Z_MEM_ERROR)
		return zf_nomem(op, inflater.bytes);
	if (rc == Z_BUF_ERROR)
		return zf_fail(op, EIO, "damaged: the stream is cut short");
	if (rc == Z_NEED_DICT)
		return zf_fail(op, EIO, "damaged: the stream wants a dictionary");
	return zf_fail(op, EIO, "damaged: %s", z->msg ? z->msg : "no deflate stream");
}

static int inflate_zlib(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, const void *src,
	size_t len, size_t most, struct zf_out *out, size_t *used)
{
	struct stream *stream = get_inflater(op, scratch, format);
	size_t start = out->len, room;
	z_stream *z;
	const uint8_t *end = len ? (const uint8_t *)src + len : src; /* there may be nothing */
	uint8_t spare;
	int rc;

	if (!stream)
		return -1;
	z = &stream->z;
	z->next_in = (z_const Bytef *)src;
	do {
		/* what there is; else more, half of it again at least, never beyond the limit */
		room = out->cap - out->len;
		if (room < STEP)
			room = STEP + out->len / 2;
		if (room > most - (out->len - start))
			room = most - (out->len - start);
		if (zf_out_reserve(out, op, room) < 0)
			return -1;
		rc = inflate_some(z, end, out, room);
	} while (rc == Z_BUF_ERROR && z->avail_out == 0 && out->len - start < most);

	if (rc == Z_BUF_ERROR && z->avail_out == 0) {
		/* full: the stream ends here, or says more */
		z->next_out = &spare;
		z->avail_out = 1;
		z->avail_in = at_most((size_t)((const uint8_t *)src + len - z->next_in));
		rc = inflate(z, Z_NO_FLUSH);
		if (z->avail_out == 0)
			return zf_fail(op, EIO, "value gives more than %zu bytes", out->len);
	}
	if (rc != Z_STREAM_END)
		return inflate_error(op, z, rc);
	*used = (size_t)(z->next_in - (const Bytef *)src);
	return 0;
}

/* ---- libdeflate ---- */

#ifdef HAVE_LIBDEFLATE

static void *make_fast_inflater(void)
{
	return libdeflate_alloc_decompressor();
}

static void free_fast_inflater(void *p)
{
	libdeflate_free_decompressor(p);
}

static const struct zf_part fast_inflater = { make_fast_inflater, free_fast_inflater, 12 << 10 };

static int inflate_fast(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, const void *src,
	size_t len, size_t room, struct zf_out *out, size_t *used)
{
	struct libdeflate_decompressor *d = zf_scratch_part(scratch, op, &fast_inflater);
	size_t given;
	enum libdeflate_result rc;

	if (!d || zf_out_reserve(out, op, room) < 0)
		return -1;
	if (format == ZF_GZIP)
		rc = libdeflate_gzip_decompress_ex(d, src, len, out->data + out->len, room, used, &given);
	else
		rc = libdeflate_zlib_decompress_ex(d, src, len, out->data + out->len, room, used, &given);
	if (rc != LIBDEFLATE_SUCCESS)
		return 1;
	out->len += given;
	return 0;
}

#endif

int zf_inflate(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, const void *src,
	size_t len, size_t room, bool exact, struct zf_out *out, size_t *used)
{
#ifdef HAVE_LIBDEFLATE
	if (exact) {
		int rc = inflate_fast(op, scratch, format, src, len, room, out, used);

		if (rc <= 0)
			return rc;
		/* a failure is zlib's to explain */
	}
#else
	(void)exact;
#endif
	return inflate_zlib(op, scratch, format, src, len, room, out, used);
}

/* ---- encoding ---- */

#ifdef HAVE_LIBDEFLATE

struct fast_deflater {
	struct libdeflate_compressor *c;
	int level;
};

static void *make_fast_deflater(void)
{
	return calloc(1, sizeof(struct fast_deflater));
}

static void free_fast_deflater(void *p)
{
	struct fast_deflater *deflater = p;

	libdeflate_free_compressor(deflater->c);
	free(deflater);
}

static const struct zf_part fast_deflater = { make_fast_deflater, free_fast_deflater, 1 << 20 };

static struct libdeflate_compressor *get_deflater(struct zf_op *op, struct zf_scratch *scratch, int level)
{
	struct fast_deflater *deflater = zf_scratch_part(scratch, op, &fast_deflater);

	if (!deflater)
		return NULL;
	if (!deflater->c || deflater->level != level) {
		libdeflate_free_compressor(deflater->c);
		deflater->c = libdeflate_alloc_compressor(level);
		deflater->level = level;
		if (!deflater->c)
			zf_nomem(op, fast_deflater.bytes);
	}
	return deflater->c;
}

int zf_deflate(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, int level,
	const void *src, size_t len, struct zf_out *out)
{
	struct libdeflate_compressor *c = get_deflater(op, scratch, level < 0 ? 6 : level);
	size_t bound, n;

	if (!c)
		return -1;
	bound = format == ZF_GZIP ? libdeflate_gzip_compress_bound(c, len)
				  : libdeflate_zlib_compress_bound(c, len);
	if (zf_out_reserve(out, op, bound) < 0)
		return -1;
	if (format == ZF_GZIP)
		n = libdeflate_gzip_compress(c, src, len, out->data + out->len, bound);
	else
		n = libdeflate_zlib_compress(c, src, len, out->data + out->len, bound);
	if (n == 0)
		return zf_fail(op, EIO, "cannot compress");
	out->len += n;
	return 0;
}

#else

static int deflate_all(z_stream *z, const void *src, size_t len, struct zf_out *out, size_t room)
{
	const uint8_t *end = (const uint8_t *)src + len;
	int rc = Z_OK;

	z->next_in = (z_const Bytef *)src;
	while (rc == Z_OK) {
		uInt given = at_most(room);
		size_t left = (size_t)(end - z->next_in);

		z->next_out = out->data + out->len;
		z->avail_out = given;
		z->avail_in = at_most(left);
		rc = deflate(z, left <= UINT_MAX ? Z_FINISH : Z_NO_FLUSH);
		out->len += given - z->avail_out;
		room -= given - z->avail_out;
	}
	return rc;
}

int zf_deflate(struct zf_op *op, struct zf_scratch *scratch, enum zf_deflate format, int level,
	const void *src, size_t len, struct zf_out *out)
{
	z_stream z = { 0 };
	size_t bound;
	int rc;

	(void)scratch;
	if (deflateInit2(&z, level, Z_DEFLATED, window_bits(format), 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return zf_nomem(op, 256 << 10);
	bound = deflateBound(&z, len) + 64;
	rc = zf_out_reserve(out, op, bound);
	if (rc == 0 && deflate_all(&z, src, len, out, bound) != Z_STREAM_END)
		rc = zf_fail(op, EIO, "cannot compress");
	deflateEnd(&z);
	return rc;
}

#endif
