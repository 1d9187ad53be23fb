/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bz2 (numcodecs "bz2"): streams of bzip2, one after the other. As in Python, what follows the last one and
 * is none is ignored.
 */
#ifdef HAVE_BZ2

#include "codec/grow.h"
#include "codec/params.h"
#include "codec/types.h"

#include <bzlib.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.bz2", NULL };

enum { MEMORY = 8 << 20 }; /* about what libbz2 takes, for messages */

struct bz2 {
	int level;
};

static int bz2_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct bz2 *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->level = 1;
	zf_codec_varies(codec);
	return zf_param_int(op, configuration, "level", 1, 9, &state->level);
}

static unsigned at_most(size_t n)
{
	return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

/* One call of the library. Where there is no more room, a single byte shows whether there is more to come. */
static int decode_piece(struct zf_op *op, bz_stream *z, const char *end, struct zf_out *out, size_t start,
	size_t most, int *rc)
{
	size_t room, given;
	char spare;

	if (zf_grow(op, out, start, most, &room) < 0)
		return -1;
	z->next_out = room ? (char *)out->data + out->len : &spare;
	given = z->avail_out = room ? at_most(room) : 1;
	z->avail_in = at_most((size_t)(end - z->next_in));
	*rc = BZ2_bzDecompress(z);
	given -= z->avail_out;
	if (given && !room)
		return zf_fail(op, EIO, "value gives more than %zu bytes", most);
	out->len += given;
	if (*rc == BZ_OK && !given && z->next_in == end)
		return zf_fail(op, EIO, "damaged: the stream is cut short");
	if (*rc == BZ_MEM_ERROR)
		return zf_nomem(op, MEMORY);
	return 0;
}

/* One stream; *used is its length in src. 1: src is none. */
static int decode_stream(struct zf_op *op, const char *src, size_t len, struct zf_out *out, size_t start,
	size_t most, size_t *used)
{
	bz_stream z = { .next_in = (char *)src };
	int rc = BZ2_bzDecompressInit(&z, 0, 0), failed = 0;

	if (rc != BZ_OK)
		return zf_nomem(op, MEMORY);
	while (rc == BZ_OK && !failed)
		failed = decode_piece(op, &z, src + len, out, start, most, &rc);
	*used = (size_t)(z.next_in - src);
	BZ2_bzDecompressEnd(&z);
	return failed ? -1 : rc != BZ_STREAM_END;
}

static int bz2_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const char *p = src;
	size_t start = out->len, most = zf_grow_most(codec, out), good = start, used = 0;
	int rc = 0;

	(void)scratch;
	while (len > 0 && rc == 0) {
		rc = decode_stream(op, p, len, out, start, most, &used);
		if (rc < 0)
			return -1;
		if (rc > 0 && p == src)
			return zf_fail(op, EIO, "damaged: no bzip2 stream, or its checksum is wrong");
		if (rc == 0)
			good = out->len;
		p += used;
		len -= used;
	}
	out->len = good;
	if (codec->in.size != ZF_SIZE_UNKNOWN && out->len - start != codec->in.size)
		return zf_fail(
			op, EIO, "value gives %zu bytes, chunk has %zu", out->len - start, codec->in.size);
	return 0;
}

static int encode_all(struct zf_op *op, bz_stream *z, const char *end, struct zf_out *out)
{
	int rc;

	do {
		size_t left = (size_t)(end - z->next_in), room = out->cap - out->len, given;

		if (room < ZF_GROW_STEP)
			room = ZF_GROW_STEP + left / 2;
		if (zf_out_reserve(out, op, room) < 0)
			return -1;
		z->next_out = (char *)out->data + out->len;
		given = z->avail_out = at_most(room);
		z->avail_in = at_most(left);
		rc = BZ2_bzCompress(z, left <= UINT_MAX ? BZ_FINISH : BZ_RUN);
		out->len += given - z->avail_out;
	} while (rc == BZ_RUN_OK || rc == BZ_FINISH_OK);
	return rc == BZ_STREAM_END ? 0 : zf_fail(op, EIO, "cannot compress");
}

static int bz2_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct bz2 *state = codec->state;
	bz_stream z = { .next_in = (char *)src };
	int rc;

	(void)scratch;
	if (BZ2_bzCompressInit(&z, state->level, 0, 0) != BZ_OK)
		return zf_nomem(op, MEMORY);
	rc = encode_all(op, &z, (const char *)src + len, out);
	BZ2_bzCompressEnd(&z);
	return rc;
}

static void bz2_free(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_bz2 = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = bz2_bind,
	.decode = bz2_decode,
	.encode = bz2_encode,
	.free = bz2_free,
};

#endif
