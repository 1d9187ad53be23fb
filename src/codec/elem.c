/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elements: names, blocks, casts.
 *
 * Casts of floats to integers that cannot hold them are undefined in C, so what x86-64 does, and NumPy with
 * it, is written out: conversions go through int32 or int64, whose "indefinite" value is the lowest.
 */
#include "codec/elem.h"

#include "base/checked.h"
#include "codec/half.h"
#include "codec/params.h"
#include "codec/swap.h"

#include <errno.h>
#include <string.h>

static const bool host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* ---- names ---- */

static const struct {
	const char *name, *code;
} by_name[] = {
	{ "bool", "b1" },
	{ "int8", "i1" },
	{ "int16", "i2" },
	{ "int32", "i4" },
	{ "int64", "i8" },
	{ "uint8", "u1" },
	{ "uint16", "u2" },
	{ "uint32", "u4" },
	{ "uint64", "u8" },
	{ "float16", "f2" },
	{ "float32", "f4" },
	{ "float64", "f8" },
	{ "complex64", "c8" },
	{ "complex128", "c16" },
};

static bool known(char kind, unsigned size)
{
	switch (kind) {
	case 'b':
		return size == 1;
	case 'i':
	case 'u':
		return size == 1 || size == 2 || size == 4 || size == 8;
	case 'f':
		return size == 2 || size == 4 || size == 8;
	case 'c':
		return size == 8 || size == 16;
	}
	return false;
}

/* "i4", without a byte order */
static bool parse_code(const char *code, bool big, struct zf_elem *out)
{
	unsigned size = 0;

	if (strcmp(code, "?") == 0)
		code = "b1";
	if (!code[0] || !code[1])
		return false;
	for (const char *p = code + 1; *p; p++) {
		if (*p < '0' || *p > '9' || size > 99)
			return false;
		size = size * 10 + (unsigned)(*p - '0');
	}
	if (!known(code[0], size))
		return false;
	*out = (struct zf_elem){ .kind = code[0], .size = (uint8_t)size, .big = big && size > 1 };
	return true;
}

bool zf_elem_named(const char *name, struct zf_elem *out)
{
	for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++)
		if (strcmp(by_name[i].name, name) == 0)
			return parse_code(by_name[i].code, false, out);
	return false;
}

int zf_elem_param(struct zf_op *op, const json_t *configuration, const char *key,
	const struct zf_elem *fallback, struct zf_elem *out)
{
	const json_t *value = zf_param(configuration, key);
	const char *name = json_string_value(value);

	if (!value && fallback) {
		*out = *fallback;
		return 0;
	}
	if (!name)
		return zf_fail(op, EINVAL, value ? "%s: not a data type" : "%s: missing", key);
	if (zf_elem_named(name, out) ||
		parse_code(name + (strchr("<>|=", name[0]) && name[0] != '\0'), name[0] == '>', out))
		return 0;
	return zf_fail(op, EOPNOTSUPP, "%s: data type '%.40s' is not supported", key, name);
}

bool zf_elem_of(const struct zf_spec *spec, struct zf_elem *out)
{
	if (!known(spec->kind, spec->itemsize))
		return false;
	*out = (struct zf_elem){ .kind = spec->kind,
		.size = (uint8_t)spec->itemsize,
		.big = spec->big_endian && spec->itemsize > 1 };
	return true;
}

/* ---- blocks ---- */

#define LOAD(TYPE, FIELD)                                                                                    \
	for (size_t k = 0; k < n; k++) {                                                                     \
		TYPE v;                                                                                      \
		memcpy(&v, p + k * sizeof v, sizeof v);                                                      \
		wide->FIELD[k] = v;                                                                          \
	}

static void load_signed(struct zf_wide *wide, const uint8_t *p, unsigned size, size_t n)
{
	if (size == 1)
		LOAD(int8_t, i)
	else if (size == 2)
		LOAD(int16_t, i)
	else if (size == 4)
		LOAD(int32_t, i)
	else
		LOAD(int64_t, i)
}

static void load_unsigned(struct zf_wide *wide, const uint8_t *p, unsigned size, size_t n)
{
	if (size == 1)
		LOAD(uint8_t, u)
	else if (size == 2)
		LOAD(uint16_t, u)
	else if (size == 4)
		LOAD(uint32_t, u)
	else
		LOAD(uint64_t, u)
}

static void load_float(struct zf_wide *wide, const uint8_t *p, unsigned size, size_t n)
{
	if (size == 2) {
		for (size_t k = 0; k < n; k++) {
			uint16_t v;

			memcpy(&v, p + 2 * k, sizeof v);
			wide->f[k] = zf_half_to_double(v);
		}
	} else if (size == 4)
		LOAD(float, f)
	else
		LOAD(double, f)
}

void zf_elem_load(struct zf_wide *wide, const void *src, const struct zf_elem *type, size_t n)
{
	uint8_t turned[8 * ZF_WIDE];
	const uint8_t *p = src;

	if (type->size > 1 && type->big != host_big) {
		zf_swap(turned, src, n * type->size, type->size);
		p = turned;
	}
	wide->kind = type->kind == 'b' ? 'u' : type->kind;
	if (type->kind == 'f')
		load_float(wide, p, type->size, n);
	else if (type->kind == 'i')
		load_signed(wide, p, type->size, n);
	else
		load_unsigned(wide, p, type->size, n);
	if (type->kind == 'b')
		for (size_t k = 0; k < n; k++)
			wide->u[k] = wide->u[k] != 0;
}

void zf_wide_real(struct zf_wide *wide, size_t n)
{
	if (wide->kind == 'i')
		for (size_t k = 0; k < n; k++)
			wide->f[k] = (double)wide->i[k];
	else if (wide->kind == 'u')
		for (size_t k = 0; k < n; k++)
			wide->f[k] = (double)wide->u[k];
	wide->kind = 'f';
}

static int32_t to_int32(double d)
{
	return d > -2147483649.0 && d < 2147483648.0 ? (int32_t)d : INT32_MIN;
}

static int64_t to_int64(double d)
{
	return d >= -0x1p63 && d < 0x1p63 ? (int64_t)d : INT64_MIN;
}

static uint64_t to_uint32(double d)
{
	return d >= 0x1p31 ? (uint32_t)to_int32(d - 0x1p31) ^ 0x80000000u : (uint32_t)to_int32(d);
}

static uint64_t to_uint64(double d)
{
	return d >= 0x1p63 ? (uint64_t)to_int64(d - 0x1p63) ^ (uint64_t)1 << 63 : (uint64_t)to_int64(d);
}

/* Doubles to integers, in place, so far that cutting off bits does the rest. */
static void wide_integer(struct zf_wide *wide, const struct zf_elem *type, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		double d = wide->f[k];

		if (type->kind == 'b')
			wide->u[k] = d != 0;
		else if (type->size < 4 || (type->size == 4 && type->kind == 'i'))
			wide->i[k] = to_int32(d);
		else if (type->size == 4)
			wide->u[k] = to_uint32(d);
		else if (type->kind == 'i')
			wide->i[k] = to_int64(d);
		else
			wide->u[k] = to_uint64(d);
	}
	wide->kind = 'u';
}

#define STORE(TYPE, FIELD)                                                                                   \
	for (size_t k = 0; k < n; k++) {                                                                     \
		TYPE v = (TYPE)wide->FIELD[k];                                                               \
		memcpy(p + k * sizeof v, &v, sizeof v);                                                      \
	}

static void store_integer(uint8_t *p, unsigned size, const struct zf_wide *wide, size_t n)
{
	if (size == 1)
		STORE(uint8_t, u)
	else if (size == 2)
		STORE(uint16_t, u)
	else if (size == 4)
		STORE(uint32_t, u)
	else
		STORE(uint64_t, u)
}

/* Integers to float16 go by way of float32 in NumPy. */
static uint16_t half_of(const struct zf_wide *wide, size_t k)
{
	if (wide->kind == 'f')
		return zf_half_from_double(wide->f[k]);
	return zf_half_from_double(wide->kind == 'i' ? (float)wide->i[k] : (float)wide->u[k]);
}

static void store_float(uint8_t *p, unsigned size, const struct zf_wide *wide, size_t n)
{
	if (size == 2) {
		for (size_t k = 0; k < n; k++) {
			uint16_t v = half_of(wide, k);

			memcpy(p + 2 * k, &v, sizeof v);
		}
	} else if (size == 4 && wide->kind == 'f')
		STORE(float, f)
	else if (size == 4 && wide->kind == 'i')
		STORE(float, i)
	else if (size == 4)
		STORE(float, u)
	else if (wide->kind == 'f')
		STORE(double, f)
	else if (wide->kind == 'i')
		STORE(double, i)
	else
		STORE(double, u)
}

void zf_elem_store(void *dst, const struct zf_elem *type, const struct zf_wide *wide, size_t n)
{
	struct zf_wide whole;

	if (type->kind == 'f') {
		store_float(dst, type->size, wide, n);
	} else if (wide->kind == 'f' || type->kind == 'b') {
		memcpy(&whole, wide, sizeof whole);
		if (wide->kind != 'f')
			for (size_t k = 0; k < n; k++)
				whole.u[k] = whole.u[k] != 0;
		else
			wide_integer(&whole, type, n);
		store_integer(dst, type->size, &whole, n);
	} else {
		store_integer(dst, type->size, wide, n);
	}
	if (type->size > 1 && type->big != host_big)
		zf_swap(dst, dst, n * type->size, type->size);
}

double zf_elem_round(double value, unsigned size)
{
	if (size == 4)
		return (float)value;
	if (size == 2)
		return zf_half_to_double(zf_half_from_double(value));
	return value;
}

/* ---- casts ---- */

static struct zf_elem part(const struct zf_elem *type)
{
	return (struct zf_elem){ .kind = 'f', .size = type->size / 2, .big = type->big };
}

void zf_elem_cast(void *dst, const struct zf_elem *to, const void *src, const struct zf_elem *from, size_t n)
{
	struct zf_elem a = *from, b = *to;
	struct zf_wide wide;

	if (a.kind == 'c' && b.kind == 'c') {
		a = part(&a);
		b = part(&b);
		n *= 2;
	}
	if (a.kind == b.kind && a.size == b.size && a.kind != 'b') {
		if (a.big == b.big)
			memcpy(dst, src, n * a.size);
		else
			zf_swap(dst, src, n * a.size, a.size);
		return;
	}
	for (size_t at = 0; at < n; at += ZF_WIDE) {
		size_t some = n - at < ZF_WIDE ? n - at : ZF_WIDE;

		zf_elem_load(&wide, (const uint8_t *)src + at * a.size, &a, some);
		zf_elem_store((uint8_t *)dst + at * b.size, &b, &wide, some);
	}
}

/* ---- codecs that change the type ---- */

int zf_retype_bind(struct zf_op *op, struct zf_codec *codec, struct zf_retype *types)
{
	const struct zf_spec *in = &codec->in;
	const struct zf_elem *dec = &types->dec, *enc = &types->enc;
	struct zf_spec *out = &codec->out;
	uint64_t size = ZF_SIZE_UNKNOWN;

	if ((dec->kind == 'c') != (enc->kind == 'c'))
		return zf_fail(op, EOPNOTSUPP, "complex numbers can only be stored as complex numbers");
	if (in->size != ZF_SIZE_UNKNOWN) {
		if (in->size % dec->size)
			return zf_fail(
				op, EINVAL, "chunk has %zu bytes, no multiple of %u", in->size, dec->size);
		if (!zf_mul(in->size / dec->size, enc->size, &size) || size > SIZE_MAX / 2)
			return zf_fail(op, EINVAL, "chunk of %zu bytes is too large", in->size);
	}
	if (!in->kind) {
		*out = (struct zf_spec){ .itemsize = enc->size, .size = (size_t)size };
		return 0;
	}
	*out = *in;
	if (in->itemsize != dec->size) { /* another view of the same bytes */
		out->ndim = 1;
		out->shape[0] = in->size / dec->size;
	}
	out->itemsize = enc->size;
	out->swap = enc->kind == 'c' ? enc->size / 2u : enc->size > 1 ? enc->size : 0;
	out->big_endian = enc->big;
	out->kind = enc->kind;
	out->size = (size_t)size;
	out->units = NULL;
	out->nunits = 0;
	if (in->fill && in->itemsize == dec->size)
		zf_elem_cast(types->fill, enc, in->fill, dec, 1);
	out->fill = types->fill;
	return 0;
}

int zf_retype_decode(const struct zf_codec *codec, struct zf_op *op, const struct zf_retype *types,
	size_t len, struct zf_out *out, size_t *n)
{
	size_t count = len / types->enc.size, want = codec->in.size;

	if (len % types->enc.size)
		return zf_fail(op, EIO, "value has %zu bytes, no multiple of %u", len, types->enc.size);
	if (want != ZF_SIZE_UNKNOWN && count != want / types->dec.size)
		return zf_fail(
			op, EIO, "value has %zu elements, chunk has %zu", count, want / types->dec.size);
	if (count > (out->limit - out->len) / types->dec.size)
		return zf_fail(op, EIO, "value gives more than %zu bytes", out->limit - out->len);
	*n = count;
	return zf_out_reserve(out, op, count * types->dec.size);
}

int zf_retype_encode(
	struct zf_op *op, const struct zf_retype *types, size_t len, struct zf_out *out, size_t *n)
{
	size_t count = len / types->dec.size;

	if (len % types->dec.size)
		return zf_fail(op, EINVAL, "%zu bytes are no multiple of %u", len, types->dec.size);
	if (count > (out->limit - out->len) / types->enc.size)
		return zf_fail(op, EFBIG, "%zu elements are too many", count);
	*n = count;
	return zf_out_reserve(out, op, count * types->enc.size);
}
