/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zfp, twice: numcodecs' "zfpy", whose values begin with a header that says all, and "zfp" of
 * zarr-extensions, whose parameters are in the configuration (early ones of zarrs have a header too).
 *
 * libzfp does not know where its input ends. A block takes no more bits than the mode allows, so the value is
 * copied to where so many zeros follow it; whether it was read too far is seen afterwards.
 */
#ifdef HAVE_ZFP

#include "base/checked.h"
#include "codec/elem.h"
#include "codec/params.h"
#include "codec/scalar.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zfp.h>

static const char *const zfpy_names[] = { "numcodecs.zfpy", NULL };
static const char *const zfp_names[] = { "zfp", NULL };

enum mode { EXPERT = 1, FIXED_RATE, FIXED_PRECISION, FIXED_ACCURACY, REVERSIBLE }; /* as in zfp.h */

enum { SLACK = 256 };

struct zfp {
	bool header;
	int mode;
	double tolerance, rate;
	uint32_t precision, minbits, maxbits, maxprec;
	int minexp;
	zfp_type type; /* zfp_type_none: known from the header alone */
	unsigned ndim;
	size_t shape[4]; /* innermost first */
};

/* ---- configuration ---- */

static zfp_type type_of(const struct zf_spec *in)
{
	if (in->kind == 'f')
		return in->itemsize == 4   ? zfp_type_float
		       : in->itemsize == 8 ? zfp_type_double
					   : zfp_type_none;
	if (in->kind == 'i')
		return in->itemsize == 4   ? zfp_type_int32
		       : in->itemsize == 8 ? zfp_type_int64
					   : zfp_type_none;
	return zfp_type_none;
}

/* What an array has to be for zfp to take it. */
static int read_array(struct zf_op *op, const struct zf_spec *in, struct zfp *state)
{
	state->type = type_of(in);
	state->ndim = in->ndim ? in->ndim : 1;
	if (state->type == zfp_type_none || (in->big_endian && in->swap > 1))
		return zf_fail(op, EOPNOTSUPP, "cannot compress this data type");
	if (in->ndim > 4)
		return zf_fail(op, EOPNOTSUPP, "cannot compress %u dimensions, 4 at most", in->ndim);
	state->shape[0] = 1;
	for (unsigned i = 0; i < in->ndim; i++)
		state->shape[in->ndim - 1 - i] = (size_t)in->shape[i];
	return 0;
}

static int read_real(struct zf_op *op, const json_t *configuration, const char *key, double *out)
{
	struct zf_scalar value = { .kind = 'f', .f = *out };

	if (zf_scalar_param(op, configuration, key, &value) < 0)
		return -1;
	*out = zf_scalar_real(&value);
	return 0;
}

static struct zfp *new_state(struct zf_op *op, struct zf_codec *codec)
{
	struct zfp *state = codec->state = calloc(1, sizeof *state);

	if (!state)
		zf_nomem(op, sizeof *state);
	zf_codec_varies(codec);
	return state;
}

static int zfpy_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	struct zfp *state = new_state(op, codec);
	int precision = -1;

	if (!state)
		return -1;
	state->header = true;
	state->mode = FIXED_ACCURACY;
	state->tolerance = state->rate = -1;
	if (zf_param_int(op, configuration, "mode", EXPERT, REVERSIBLE, &state->mode) < 0 ||
		zf_param_int(op, configuration, "precision", -1, 64, &precision) < 0 ||
		read_real(op, configuration, "tolerance", &state->tolerance) < 0 ||
		read_real(op, configuration, "rate", &state->rate) < 0)
		return -1;
	state->precision = precision < 0 ? 0 : (uint32_t)precision;
	if ((state->mode == FIXED_ACCURACY && state->tolerance < 0) ||
		(state->mode == FIXED_RATE && state->rate < 0) ||
		(state->mode == FIXED_PRECISION && precision < 0))
		state->mode = REVERSIBLE; /* what zfpy does when it is given nothing */
	return codec->in.kind ? read_array(op, &codec->in, state) : 0;
}

static int read_word(struct zf_op *op, const json_t *configuration, const char *key, uint32_t *out)
{
	int value = -1;

	if (zf_param_int(op, configuration, key, 0, INT16_MAX + 1, &value) < 0)
		return -1;
	if (value < 0)
		return zf_fail(op, EINVAL, "%s: missing", key);
	*out = (uint32_t)value;
	return 0;
}

static int read_mode(struct zf_op *op, const json_t *configuration, struct zfp *state)
{
	switch (state->mode) {
	case EXPERT:
		if (read_word(op, configuration, "minbits", &state->minbits) < 0 ||
			read_word(op, configuration, "maxbits", &state->maxbits) < 0 ||
			read_word(op, configuration, "maxprec", &state->maxprec) < 0)
			return -1;
		if (!zf_param(configuration, "minexp"))
			return zf_fail(op, EINVAL, "minexp: missing");
		return zf_param_int(op, configuration, "minexp", INT16_MIN, INT16_MAX, &state->minexp);
	case FIXED_RATE:
		if (read_real(op, configuration, "rate", &state->rate) < 0)
			return -1;
		return state->rate > 0 && state->rate <= 1024 ? 0
							      : zf_fail(op, EINVAL, "rate: not in 0..1024");
	case FIXED_PRECISION:
		return read_word(op, configuration, "precision", &state->precision);
	case FIXED_ACCURACY:
		if (read_real(op, configuration, "tolerance", &state->tolerance) < 0)
			return -1;
		return state->tolerance >= 0 ? 0 : zf_fail(op, EINVAL, "tolerance: not a size");
	}
	return 0;
}

static int zfp_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const char *const modes[] = { "", "expert", "fixed_rate", "fixed_precision", "fixed_accuracy",
		"reversible", NULL };
	struct zfp *state = new_state(op, codec);

	if (!state)
		return -1;
	state->tolerance = -1;
	if (zf_param_word(op, configuration, "mode", modes, &state->mode) < 0 ||
		zf_param_bool(op, configuration, "write_header", &state->header) < 0)
		return -1;
	if (!state->mode)
		return zf_fail(op, EINVAL, "mode: missing");
	if (read_mode(op, configuration, state) < 0)
		return -1;
	return read_array(op, &codec->in, state);
}

/* ---- streams ---- */

/* What libzfp wants for one value. */
struct run {
	zfp_stream *zfp;
	zfp_field *field;
	bitstream *bits;
};

static int run_begin(struct zf_op *op, struct run *run, void *memory, size_t size)
{
	run->bits = stream_open(memory, size);
	run->zfp = run->bits ? zfp_stream_open(run->bits) : NULL;
	run->field = run->zfp ? zfp_field_alloc() : NULL;
	return run->field ? 0 : zf_nomem(op, size);
}

static void run_end(struct run *run)
{
	if (run->field)
		zfp_field_free(run->field);
	if (run->zfp)
		zfp_stream_close(run->zfp);
	if (run->bits)
		stream_close(run->bits);
}

static int set_array(struct zf_op *op, struct run *run, const struct zfp *state)
{
	zfp_field *f = run->field;
	bool ok = true;

	f->type = state->type;
	f->nx = state->shape[0];
	f->ny = state->shape[1];
	f->nz = state->shape[2];
	f->nw = state->shape[3];
	switch (state->mode) {
	case EXPERT:
		ok = zfp_stream_set_params(
			run->zfp, state->minbits, state->maxbits, state->maxprec, state->minexp);
		break;
	case FIXED_RATE:
		zfp_stream_set_rate(run->zfp, state->rate, state->type, state->ndim, zfp_false);
		break;
	case FIXED_PRECISION:
		zfp_stream_set_precision(run->zfp, state->precision);
		break;
	case FIXED_ACCURACY:
		zfp_stream_set_accuracy(run->zfp, state->tolerance);
		break;
	default:
		zfp_stream_set_reversible(run->zfp);
	}
	return ok ? 0 : zf_fail(op, EINVAL, "minbits, maxbits, maxprec: no valid parameters");
}

/* ---- decoding ---- */

/* Bytes of the field, 0 if they are absurd. */
static uint64_t field_size(const zfp_field *f)
{
	uint64_t size = zfp_type_size(f->type), dims[] = { f->nx, f->ny, f->nz, f->nw };

	for (unsigned i = 0; i < 4; i++)
		if (dims[i] && !zf_mul(size, dims[i], &size))
			return 0;
	return size;
}

static uint64_t field_blocks(const zfp_field *f)
{
	uint64_t dims[] = { f->nx, f->ny, f->nz, f->nw }, n = 1;

	for (unsigned i = 0; i < 4; i++)
		if (dims[i])
			n *= zf_div_up(dims[i], 4); /* less than the elements */
	return n;
}

static int check_header(const struct zf_codec *codec, struct zf_op *op, const struct run *run)
{
	const struct zfp *state = codec->state;
	const zfp_field *f = run->field;
	uint64_t size = field_size(f);

	if (codec->in.size != ZF_SIZE_UNKNOWN && size != codec->in.size)
		return zf_fail(
			op, EIO, "frame says %ju bytes, chunk has %zu", (uintmax_t)size, codec->in.size);
	/* a filter before it may have flattened the array, so the shape is its own affair */
	if (state->type != zfp_type_none && f->type != state->type)
		return zf_fail(op, EIO, "frame has another data type than the chunk");
	return 0;
}

/* Opens the value, which `len` bytes at memory are, with SLACK after them. */
static int read_header(
	const struct zf_codec *codec, struct zf_op *op, struct run *run, void *memory, size_t len)
{
	const struct zfp *state = codec->state;

	if (run_begin(op, run, memory, len + SLACK) < 0)
		return -1;
	if (!state->header)
		return set_array(op, run, state);
	if (!zfp_read_header(run->zfp, run->field, ZFP_HEADER_FULL))
		return zf_fail(op, EIO, "damaged: no zfp header");
	return check_header(codec, op, run);
}

/* The most bytes that decoding may read. */
static int most_input(struct zf_op *op, const struct run *run, size_t len, size_t *out)
{
	uint64_t least;

	if (!zf_mul(field_blocks(run->field), run->zfp->minbits, &least) || least / 8 > len)
		return zf_fail(op, EIO, "damaged: the stream is cut short");
	*out = zfp_stream_maximum_size(run->zfp, run->field);
	if (*out == 0)
		return zf_fail(op, EIO, "damaged: no valid zfp parameters");
	if (*out < len)
		*out = len;
	*out += SLACK;
	return 0;
}

static int decode_field(struct zf_op *op, struct run *run, size_t len, struct zf_out *out)
{
	uint64_t size = field_size(run->field);

	if (size > out->limit - out->len)
		return zf_fail(op, EIO, "frame says %ju bytes, limit is %zu", (uintmax_t)size,
			out->limit - out->len);
	if (zf_out_reserve(out, op, (size_t)size) < 0)
		return -1;
	if (size == 0)
		return 0;
	zfp_field_set_pointer(run->field, out->data + out->len);
	if (!zfp_stream_set_execution(run->zfp, zfp_exec_serial) || !zfp_decompress(run->zfp, run->field))
		return zf_fail(op, EIO, "damaged zfp stream");
	if (stream_rtell(run->bits) > 8 * ((uint64_t)len + 7))
		return zf_fail(op, EIO, "damaged: the stream is cut short");
	out->len += (size_t)size;
	return 0;
}

static int decode_padded(
	const struct zf_codec *codec, struct zf_op *op, struct zf_out *padded, size_t len, struct zf_out *out)
{
	struct run run = { NULL, NULL, NULL };
	size_t most = 0;
	int rc = read_header(codec, op, &run, padded->data, len);

	if (rc == 0)
		rc = most_input(op, &run, len, &most);
	run_end(&run);
	if (rc < 0)
		return -1;
	rc = zf_out_reserve(padded, op, most - padded->len);
	if (rc < 0)
		return -1;
	memset(padded->data + len, 0, most - len);
	run = (struct run){ NULL, NULL, NULL };
	rc = read_header(codec, op, &run, padded->data, len);
	if (rc == 0)
		rc = decode_field(op, &run, len, out);
	run_end(&run);
	return rc;
}

static int zfp_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	struct zf_out *padded;
	int rc;

	if (zf_scratch_take(scratch, op, len + SLACK, SIZE_MAX / 2, &padded) < 0)
		return -1;
	memset(padded->data + len, 0, SLACK);
	memcpy(padded->data, src, len);
	padded->len = len + SLACK;
	rc = decode_padded(codec, op, padded, len, out);
	zf_scratch_give(scratch, padded);
	return rc;
}

/* ---- encoding ---- */

static int encode_field(
	const struct zfp *state, struct zf_op *op, struct run *run, const void *src, struct zf_out *out)
{
	size_t room, size;

	if (set_array(op, run, state) < 0)
		return -1;
	room = zfp_stream_maximum_size(run->zfp, run->field);
	if (room == 0)
		return zf_fail(op, EINVAL, "cannot compress with these parameters");
	if (zf_out_reserve(out, op, room) < 0)
		return -1;
	stream_close(run->bits);
	run->bits = stream_open(out->data + out->len, room);
	if (!run->bits)
		return zf_nomem(op, room);
	zfp_stream_set_bit_stream(run->zfp, run->bits);
	zfp_field_set_pointer(run->field, (void *)src);
	if (state->header && !zfp_write_header(run->zfp, run->field, ZFP_HEADER_FULL))
		return zf_fail(op, EIO, "cannot write a header");
	size = zfp_compress(run->zfp, run->field);
	if (size == 0)
		return zf_fail(op, EIO, "cannot compress");
	out->len += size;
	return 0;
}

static int zfp_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct zfp *state = codec->state;
	struct run run = { NULL, NULL, NULL };
	uint64_t nothing;
	int rc;

	(void)scratch;
	if (state->type == zfp_type_none)
		return zf_fail(op, EOPNOTSUPP, "cannot encode bytes of an unknown data type");
	if (len != codec->in.size)
		return zf_fail(op, EINVAL, "%zu bytes, chunk has %zu", len, codec->in.size);
	rc = run_begin(op, &run, &nothing, sizeof nothing);
	if (rc == 0)
		rc = encode_field(state, op, &run, src, out);
	run_end(&run);
	return rc;
}

static void zfp_done(struct zf_codec *codec)
{
	free(codec->state);
}

const struct zf_codec_type zf_codec_zfpy = {
	.names = zfpy_names,
	.kind = ZF_ARRAY_BYTES,
	.after_bytes = true,
	.wants_array = true,
	.bind = zfpy_bind,
	.decode = zfp_decode,
	.encode = zfp_encode,
	.free = zfp_done,
};

const struct zf_codec_type zf_codec_zfp = {
	.names = zfp_names,
	.kind = ZF_ARRAY_BYTES,
	.bind = zfp_bind,
	.decode = zfp_decode,
	.encode = zfp_encode,
	.free = zfp_done,
};

#endif
