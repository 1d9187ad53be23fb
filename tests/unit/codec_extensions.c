/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The codecs of the registry of v3: packbits, cast_value, scale_offset, reshape; expected values by
 * hand from their definitions. And what configurations are refused.
 */
#include "chain.h"

#include <math.h>

static struct zf_spec spec_of(char kind, uint64_t n, uint32_t item)
{
	struct zf_spec spec = chain_spec(n, item, item > 1 ? item : 0);

	spec.kind = kind;
	return spec;
}

/* raw and encoded are each other's. */
static void both(
	const char *codecs, const struct zf_spec *spec, const void *raw, const void *encoded, size_t len)
{
	struct zf_out out = ZF_OUT_GROWING(1000);
	struct chain c;
	int rc;

	chain_open(&c, codecs, spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(out.len, len);
	unit_bytes_eq(out.data, encoded, len);
	chain_gives(codecs, spec, encoded, len, raw);
	zf_out_free(&out);
	chain_close(&c);
}

/* Encoding raw fails, saying this. */
static void not_encoded(const char *codecs, const struct zf_spec *spec, const void *raw, const char *text)
{
	struct zf_out out = ZF_OUT_GROWING(1000);
	struct chain c;

	chain_open(&c, codecs, spec);
	unit_fails(zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out), &c.op, ERANGE, text);
	zf_out_free(&out);
	chain_close(&c);
}

#define PACK(CONFIG) "[{'name': 'packbits', 'configuration': {" CONFIG "}}]"

START_TEST(packs_bits)
{
	static const uint8_t bools[11] = { 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1 };
	static const int16_t shorts[3] = { 0x0ffc, -4, 4 }; /* bits 2..11: 0x3ff, 0x3ff, 1 */
	static const int16_t signs[3] = { -4, -4, 4 };
	struct zf_spec spec = spec_of('b', 11, 1);

	both(PACK(""), &spec, bools, "\xb9\x06", 2);
	both(PACK("'padding_encoding': 'first_byte'"), &spec, bools, "\x05\xb9\x06", 3);
	both(PACK("'padding_encoding': 'last_byte'"), &spec, bools, "\xb9\x06\x05", 3);
	chain_fails(PACK("'padding_encoding': 'last_byte'"), &spec, "\xb9\x06\x04", 3,
		"codec 'packbits' (1 of 1): value says 4 bits of padding, should have 5");
	chain_fails(PACK(""), &spec, "\xb9\x06", 1,
		"codec 'packbits' (1 of 1): value has 1 bytes, should have 2");
	spec = spec_of('i', 3, 2);
	chain_gives(PACK("'first_bit': 2, 'last_bit': 11"), &spec, "\xff\xff\x1f\x00", 4, signs);
	spec.kind = 'u';
	chain_gives(PACK("'first_bit': 2, 'last_bit': 11"), &spec, "\xff\xff\x1f\x00", 4,
		((const uint16_t[]){ (uint16_t)shorts[0], 0x0ffc, 4 }));
	chain_refuses(PACK("'first_bit': 3, 'last_bit': 2"), &spec, EINVAL,
		"codec 'packbits' (1 of 1): last_bit: 2 is before the first, 3");
	chain_refuses(PACK("'last_bit': 16"), &spec, EINVAL,
		"codec 'packbits' (1 of 1): last_bit: 16 is not in 0..15");
}
END_TEST

#define CAST(CONFIG) "[{'name': 'cast_value', 'configuration': {" CONFIG "}}, {'name': 'bytes'}]"
#define AT_CAST "codec 'cast_value' (1 of 2): "

START_TEST(casts_with_every_rounding)
{
	static const double raw[8] = { 0.5, 1.5, -0.5, -1.5, 2.4, -2.6, 3.5, -3.5 };
	static const struct {
		const char *codecs;
		int8_t encoded[8];
	} cases[] = {
		{ CAST("'data_type': 'int8'"), { 0, 2, 0, -2, 2, -3, 4, -4 } },
		{ CAST("'data_type': 'int8', 'rounding': 'towards-zero'"), { 0, 1, 0, -1, 2, -2, 3, -3 } },
		{ CAST("'data_type': 'int8', 'rounding': 'towards-positive'"),
			{ 1, 2, 0, -1, 3, -2, 4, -3 } },
		{ CAST("'data_type': 'int8', 'rounding': 'towards-negative'"),
			{ 0, 1, -1, -2, 2, -3, 3, -4 } },
		{ CAST("'data_type': 'int8', 'rounding': 'nearest-away'"), { 1, 2, -1, -2, 2, -3, 4, -4 } },
	};
	struct zf_spec spec = spec_of('f', 8, 8);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_out out = ZF_OUT_GROWING(1000);
		struct chain c;
		int rc;

		chain_open(&c, cases[i].codecs, &spec);
		rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
		unit_ok(rc, &c.op);
		unit_bytes_eq(out.data, cases[i].encoded, 8);
		zf_out_free(&out);
		chain_close(&c);
	}
}
END_TEST

START_TEST(casts_in_and_out_of_range)
{
	static const int32_t big[3] = { 128, -129, 300 };
	static const double nans[3] = { 7, 0, 1 };
	static const float halves[2] = { 65519, 1 };
	double nan_raw[3] = { NAN, 5, 1 };
	struct zf_spec spec = spec_of('i', 3, 4);
	struct zf_out out = ZF_OUT_GROWING(1000);
	struct chain c;
	int rc;

	not_encoded(CAST("'data_type': 'int8'"), &spec, big, AT_CAST "128 does not fit data type i1");
	chain_open(&c, CAST("'data_type': 'int8', 'out_of_range': 'wrap'"), &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, big, &out);
	unit_ok(rc, &c.op);
	unit_bytes_eq(out.data, "\x80\x7f\x2c", 3);
	chain_close(&c);
	out.len = 0;
	chain_open(&c, CAST("'data_type': 'int8', 'out_of_range': 'clamp'"), &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, big, &out);
	unit_ok(rc, &c.op);
	unit_bytes_eq(out.data, "\x7f\x80\x7f", 3);
	chain_close(&c);
	zf_out_free(&out);

	spec = spec_of('f', 3, 8);
	nan_raw[1] = 0x1p40;
	not_encoded(CAST("'data_type': 'uint8'"), &spec, nan_raw, AT_CAST "nan does not fit data type u1");
	nan_raw[1] = 5;
	both(CAST("'data_type': 'uint8', 'scalar_map': {'encode': [['NaN', 9]], 'decode': [[9, 'NaN']]}"),
		&spec, nan_raw, "\x09\x05\x01", 3);
	both(CAST("'data_type': 'uint8'"), &spec, nans, "\x07\x00\x01", 3);

	spec = spec_of('f', 2, 4);
	chain_open(&c, CAST("'data_type': 'float16'"), &spec);
	out = ZF_OUT_GROWING(1000);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, halves, &out);
	unit_ok(rc, &c.op);
	unit_bytes_eq(out.data, "\xff\x7b\x00\x3c", 4); /* 65504, 1 */
	zf_out_free(&out);
	chain_close(&c);
	not_encoded(CAST("'data_type': 'float16'"), &spec, ((const float[]){ 65520, 1 }),
		AT_CAST "65520 does not fit data type f2");
}
END_TEST

START_TEST(refuses_casts)
{
	struct zf_spec spec = spec_of('f', 3, 8);
	double third = 1.0 / 3;

	chain_refuses(CAST("'data_type': 'int9'"), &spec, EOPNOTSUPP,
		AT_CAST "data_type: data type 'int9' is not supported");
	chain_refuses(CAST("'x': 1, 'data_type': 'int8'"), &spec, EINVAL, AT_CAST "unknown parameter 'x'");
	chain_refuses(CAST("'data_type': 'float32', 'out_of_range': 'wrap'"), &spec, EINVAL,
		AT_CAST "out_of_range: only integers wrap");
	chain_refuses(CAST("'data_type': 'uint8', 'scalar_map': {'encode': [['NaN', 256]]}"), &spec, EINVAL,
		AT_CAST "scalar_map: encode: no value of the data type");
	spec.fill = &third;
	chain_refuses(CAST("'data_type': 'float32'"), &spec, EINVAL,
		AT_CAST "fill_value: does not survive the cast");
}
END_TEST

#define SCALE(CONFIG) "[{'name': 'scale_offset', 'configuration': {" CONFIG "}}, {'name': 'bytes'}]"
#define AT_SCALE "codec 'scale_offset' (1 of 2): "

START_TEST(scales)
{
	static const int16_t raw[3] = { 5, 6, -2 }, encoded[3] = { 0, 2, -14 }, odd[3] = { 1, 0, 0 };
	static const int16_t most[3] = { 32767, 0, 0 };
	static const float real[2] = { 1, -2.5f };
	static const float scaled[2] = { (1 - 0.1f) * 4, (-2.5f - 0.1f) * 4 };
	struct zf_spec spec = spec_of('i', 3, 2);

	both(SCALE("'offset': 5, 'scale': 2"), &spec, raw, encoded, 6);
	chain_fails(SCALE("'offset': 5, 'scale': 2"), &spec, odd, 6, AT_SCALE "1 leaves the data type");
	not_encoded(SCALE("'offset': -5"), &spec, most, AT_SCALE "32767 leaves the data type");
	chain_refuses(SCALE("'scale': 0"), &spec, EINVAL, AT_SCALE "scale: 0");
	chain_refuses(SCALE("'scale': 40000"), &spec, EINVAL, AT_SCALE "scale: no value of the data type");
	chain_refuses(SCALE("'scale': 1.5"), &spec, EINVAL, AT_SCALE "scale: no value of the data type");
	both("['scale_offset', 'bytes']", &spec, raw, raw, 6);
	spec = spec_of('f', 2, 4);
	both(SCALE("'offset': 0.1, 'scale': 4"), &spec, real, scaled, 8);
}
END_TEST

#define RESHAPE(SHAPE) "[{'name': 'reshape', 'configuration': {'shape': " SHAPE "}}, "
#define TURN "{'name': 'transpose', 'configuration': {'order': [1, 0]}}, {'name': 'bytes'}]"
#define AT_RESHAPE "codec 'reshape' (1 of 3): "

START_TEST(reshapes)
{
	static const uint8_t raw[] = "abcdefghijkl";
	struct zf_spec spec = chain_spec(2, 1, 0);

	spec.ndim = 3;
	spec.shape[1] = 3;
	spec.shape[2] = 2;
	spec.size = 12;
	both(RESHAPE("[4, 3]") TURN, &spec, raw, "adgjbehkcfil", 12);
	both(RESHAPE("[[0, 1], -1]") TURN, &spec, raw, "acegikbdfhjl", 12);
	chain_refuses(RESHAPE("[5, -1]") TURN, &spec, EINVAL,
		AT_RESHAPE "shape: does not hold the 12 elements of a chunk");
	chain_refuses(RESHAPE("[[1], [0], 2]") TURN, &spec, EINVAL,
		AT_RESHAPE "shape: not a list of dimensions in their order");
	chain_refuses(RESHAPE("[2, [0], 3]") TURN, &spec, EINVAL,
		AT_RESHAPE "shape: the dimensions in element 1 do not lie there");
	chain_refuses(RESHAPE("[-1, -1]") TURN, &spec, EINVAL, AT_RESHAPE "shape: element 1 is no size");
}
END_TEST

UNIT_MAIN("codec extensions", packs_bits, casts_with_every_rounding, casts_in_and_out_of_range, refuses_casts,
	scales, reshapes)
