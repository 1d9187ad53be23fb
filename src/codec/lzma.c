/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lzma (numcodecs "lzma", as Python's module of that name): .xz files (format 1), .lzma files (2), and raw
 * streams whose filters only the configuration knows (3). numcodecs writes .xz with a list of filters and
 * cannot read that back; the file describes itself, so it is read.
 *
 * A stream names the size of its dictionary, up to 4 GiB, and the decoder would allocate it: limited.
 */
#ifdef HAVE_LZMA

#include "codec/grow.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

static const char *const names[] = { "numcodecs.lzma", NULL };

enum { FORMAT_XZ = 1, FORMAT_ALONE = 2, FORMAT_RAW = 3 };

#define DECODER_LIMIT ((uint64_t)256 << 20) /* memory for the dictionary: presets need up to 65 MiB */
#define ENCODER_LIMIT ((uint64_t)1 << 30)   /* preset 9 needs 674 MiB */
#define KEEP ((uint64_t)16 << 20)           /* a decoder that takes more is not kept for the next chunk */

union options {
	lzma_options_lzma lzma;
	lzma_options_delta delta;
	lzma_options_bcj bcj;
};

struct lzma {
	int format, check;
	uint32_t preset;
	bool filtered;
	union options options[LZMA_FILTERS_MAX];
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
};

/* ---- configuration ---- */

static int read_number(struct zf_op *op, const json_t *object, const char *key, uint32_t *out)
{
	static const struct zf_elem word = { .kind = 'u', .size = 4 };
	const json_t *value = zf_param(object, key);
	struct zf_scalar number;

	if (!value)
		return 0;
	if (zf_scalar_typed(op, key, value, &word, &number) < 0)
		return -1;
	*out = (uint32_t)number.u;
	return 0;
}

static int read_lzma(struct zf_op *op, const json_t *filter, lzma_options_lzma *out)
{
	uint32_t preset = LZMA_PRESET_DEFAULT, mode, mf;

	if (read_number(op, filter, "preset", &preset) < 0)
		return -1;
	if (lzma_lzma_preset(out, preset))
		return zf_fail(op, EINVAL, "preset: there is no %u", preset);
	mode = (uint32_t)out->mode;
	mf = (uint32_t)out->mf;
	if (read_number(op, filter, "dict_size", &out->dict_size) < 0 ||
		read_number(op, filter, "lc", &out->lc) < 0 || read_number(op, filter, "lp", &out->lp) < 0 ||
		read_number(op, filter, "pb", &out->pb) < 0 || read_number(op, filter, "mode", &mode) < 0 ||
		read_number(op, filter, "nice_len", &out->nice_len) < 0 ||
		read_number(op, filter, "mf", &mf) < 0 || read_number(op, filter, "depth", &out->depth) < 0)
		return -1;
	out->mode = (lzma_mode)mode;
	out->mf = (lzma_match_finder)mf;
	return 0;
}

static int read_filter(struct zf_op *op, const json_t *object, lzma_filter *filter, union options *options)
{
	const json_t *id = zf_param(object, "id");

	if (!json_is_integer(id))
		return zf_fail(op, EINVAL, "id: not an integer");
	filter->id = (lzma_vli)json_integer_value(id);
	filter->options = options;
	switch (filter->id) {
	case LZMA_FILTER_LZMA1:
	case LZMA_FILTER_LZMA2:
		return read_lzma(op, object, &options->lzma);
	case LZMA_FILTER_DELTA:
		options->delta.type = LZMA_DELTA_TYPE_BYTE;
		options->delta.dist = 1;
		return read_number(op, object, "dist", &options->delta.dist);
	case LZMA_FILTER_X86:
	case LZMA_FILTER_POWERPC:
	case LZMA_FILTER_IA64:
	case LZMA_FILTER_ARM:
	case LZMA_FILTER_ARMTHUMB:
	case LZMA_FILTER_SPARC:
		return read_number(op, object, "start_offset", &options->bcj.start_offset);
	}
	return zf_fail(op, EOPNOTSUPP, "id: filter %" JSON_INTEGER_FORMAT " is not supported",
		json_integer_value(id));
}

static int read_filters(struct zf_op *op, const json_t *list, struct lzma *state)
{
	size_t count = json_array_size(list);

	state->filters[0].id = LZMA_VLI_UNKNOWN;
	if (!list)
		return state->format == FORMAT_RAW ? zf_fail(op, EINVAL, "filters: missing") : 0;
	if (!json_is_array(list))
		return zf_fail(op, EINVAL, "filters: not a list");
	if (count < 1 || count > LZMA_FILTERS_MAX)
		return zf_fail(op, EINVAL, "filters: %zu are not 1..%d", count, LZMA_FILTERS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (read_filter(op, json_array_get(list, i), &state->filters[i], &state->options[i]) < 0)
			return zf_where(op, "filters");
	}
	state->filters[count].id = LZMA_VLI_UNKNOWN;
	state->filtered = true;
	if (lzma_raw_decoder_memusage(state->filters) == UINT64_MAX)
		return zf_fail(op, EINVAL, "filters: no valid chain");
	return 0;
}

static int lzma_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct lzma *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		return zf_nomem(op, sizeof *state);
	state->format = FORMAT_XZ;
	state->check = -1;
	state->preset = LZMA_PRESET_DEFAULT;
	zf_codec_varies(codec);
	if (zf_param_int(op, configuration, "format", FORMAT_XZ, FORMAT_RAW, &state->format) < 0 ||
		zf_param_int(op, configuration, "check", -1, LZMA_CHECK_ID_MAX, &state->check) < 0 ||
		read_number(op, configuration, "preset", &state->preset) < 0)
		return -1;
	return read_filters(op, zf_param(configuration, "filters"), state);
}

static void lzma_done(struct zf_codec *codec)
{
	free(codec->state);
}

/* ---- decoding ---- */

static void *make_stream(void)
{
	lzma_stream *z = malloc(sizeof *z);

	if (z)
		*z = (lzma_stream)LZMA_STREAM_INIT;
	return z;
}

static void free_stream(void *p)
{
	lzma_end(p);
	free(p);
}

static const struct zf_part decoder = { make_stream, free_stream, 8 << 20 };

static int fail(struct zf_op *op, const lzma_stream *z, lzma_ret rc)
{
	switch (rc) {
	case LZMA_MEM_ERROR:
		return zf_nomem(op, decoder.bytes);
	case LZMA_MEMLIMIT_ERROR:
		return zf_fail(op, EIO, "stream needs %ju bytes of memory, limit is %ju",
			(uintmax_t)lzma_memusage(z), (uintmax_t)DECODER_LIMIT);
	case LZMA_FORMAT_ERROR:
		return zf_fail(op, EIO, "damaged: no such stream");
	case LZMA_OPTIONS_ERROR:
		return zf_fail(op, EIO, "damaged, or made with filters that are not supported");
	default:
		return zf_fail(op, EIO, "damaged: the stream is corrupt");
	}
}

static int begin(struct zf_op *op, lzma_stream *z, const struct lzma *state)
{
	lzma_ret rc;

	if (state->format == FORMAT_XZ) {
		rc = lzma_stream_decoder(z, DECODER_LIMIT, 0);
	} else if (state->format == FORMAT_ALONE) {
		rc = lzma_alone_decoder(z, DECODER_LIMIT);
	} else {
		uint64_t need = lzma_raw_decoder_memusage(state->filters);

		if (need > DECODER_LIMIT)
			return zf_fail(op, EIO, "filters need %ju bytes of memory, limit is %ju",
				(uintmax_t)need, (uintmax_t)DECODER_LIMIT);
		rc = lzma_raw_decoder(z, state->filters);
	}
	return rc == LZMA_OK ? 0 : fail(op, z, rc);
}

/* One call of the library. Where there is no more room, a single byte shows whether there is more to come. */
static int decode_piece(
	struct zf_op *op, lzma_stream *z, struct zf_out *out, size_t start, size_t most, lzma_ret *rc)
{
	size_t room, given;
	uint8_t spare;

	if (zf_grow(op, out, start, most, &room) < 0)
		return -1;
	z->next_out = room ? out->data + out->len : &spare;
	given = z->avail_out = room ? room : 1;
	*rc = lzma_code(z, LZMA_RUN);
	given -= z->avail_out;
	if (given && !room)
		return zf_fail(op, EIO, "value gives more than %zu bytes", most);
	out->len += given;
	if ((*rc == LZMA_OK && !given && z->avail_in == 0) || *rc == LZMA_BUF_ERROR)
		return zf_fail(op, EIO, "damaged: the stream is cut short");
	return 0;
}

/* Streams follow each other; as in Python, what follows them and is none is ignored. */
static int decode_streams(struct zf_op *op, lzma_stream *z, const struct lzma *state, const uint8_t *src,
	size_t len, struct zf_out *out, size_t most)
{
	size_t start = out->len, good = start;
	bool first = true;

	for (z->next_in = src, z->avail_in = len; z->avail_in > 0; first = false) {
		lzma_ret rc = LZMA_OK;

		if (begin(op, z, state) < 0)
			return -1;
		while (rc == LZMA_OK)
			if (decode_piece(op, z, out, start, most, &rc) < 0)
				return -1;
		if (rc != LZMA_STREAM_END && (first || rc == LZMA_MEM_ERROR || rc == LZMA_MEMLIMIT_ERROR))
			return fail(op, z, rc);
		if (rc != LZMA_STREAM_END)
			break;
		good = out->len;
	}
	out->len = good;
	return 0;
}

static int lzma_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct lzma *state = codec->state;
	size_t start = out->len;
	lzma_stream *z = zf_scratch_part(scratch, op, &decoder);
	int rc;

	if (!z)
		return -1;
	rc = decode_streams(op, z, state, src, len, out, zf_grow_most(codec, out));
	if (lzma_memusage(z) > KEEP || state->format == FORMAT_RAW) {
		lzma_end(z);
		*z = (lzma_stream)LZMA_STREAM_INIT;
	}
	if (rc == 0 && codec->in.size != ZF_SIZE_UNKNOWN && out->len - start != codec->in.size)
		return zf_fail(
			op, EIO, "value gives %zu bytes, chunk has %zu", out->len - start, codec->in.size);
	return rc;
}

/* ---- encoding ---- */

static int begin_encoder(struct zf_op *op, lzma_stream *z, const struct lzma *state)
{
	lzma_check check = state->check < 0 ? LZMA_CHECK_CRC64 : (lzma_check)state->check;
	lzma_options_lzma options;
	lzma_filter preset[] = { { LZMA_FILTER_LZMA2, &options }, { LZMA_VLI_UNKNOWN, NULL } };
	const lzma_filter *filters = state->filtered ? state->filters : preset;
	lzma_ret rc;

	if (lzma_lzma_preset(&options, state->preset))
		return zf_fail(op, EINVAL, "preset: there is no %u", state->preset);
	if (state->format == FORMAT_ALONE && !state->filtered)
		preset[0].id = LZMA_FILTER_LZMA1;
	if (lzma_raw_encoder_memusage(filters) > ENCODER_LIMIT)
		return zf_fail(op, EOPNOTSUPP, "cannot encode: it takes too much memory");
	if (state->format == FORMAT_XZ)
		rc = lzma_stream_encoder(z, filters, check);
	else if (state->format == FORMAT_RAW)
		rc = lzma_raw_encoder(z, filters);
	else if (filters[0].id == LZMA_FILTER_LZMA1 && filters[1].id == LZMA_VLI_UNKNOWN)
		rc = lzma_alone_encoder(z, filters[0].options);
	else
		rc = LZMA_OPTIONS_ERROR;
	if (rc == LZMA_MEM_ERROR)
		return zf_nomem(op, (size_t)lzma_raw_encoder_memusage(filters));
	return rc == LZMA_OK ? 0 : zf_fail(op, EINVAL, "cannot encode with these filters");
}

static int lzma_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret rc = LZMA_OK;
	int failed;

	(void)scratch;
	failed = begin_encoder(op, &z, codec->state);
	z.next_in = src;
	z.avail_in = len;
	while (!failed && rc == LZMA_OK) {
		size_t room = out->cap - out->len;

		if (room < ZF_GROW_STEP)
			room = ZF_GROW_STEP + z.avail_in / 2;
		failed = zf_out_reserve(out, op, room);
		if (failed)
			break;
		z.next_out = out->data + out->len;
		z.avail_out = room;
		rc = lzma_code(&z, LZMA_FINISH);
		out->len += room - z.avail_out;
	}
	lzma_end(&z);
	if (!failed && rc != LZMA_STREAM_END)
		failed = zf_fail(op, EIO, "cannot compress");
	return failed;
}

const struct zf_codec_type zf_codec_lzma = {
	.names = names,
	.kind = ZF_BYTES_BYTES,
	.bind = lzma_bind,
	.decode = lzma_decode,
	.encode = lzma_encode,
	.free = lzma_done,
};

#endif
