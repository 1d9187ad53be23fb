/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fill values. Everything is written little endian first and turned at the end.
 */
#include "meta/fill.h"

#include "meta/base64.h"
#include "meta/json.h"
#include "meta/json_scan.h"
#include "meta/minifloat.h"
#include "meta/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct fill {
	struct zf_op *op;
	const struct zf_fill_rules *rules;
	const struct zf_dtype *type;
};

static int unexpected(const struct fill *f, const char *what, const json_t *value)
{
	return zf_fail(f->op, EIO, "expected %s, found %s", what, zf_json_kind(value));
}

static void reverse(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		unsigned char c = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = c;
	}
}

/* The number that a value stands for, as a token; NULL if it is none. In v2 a boolean is one, and a string
 * that has nothing but a number in it. */
static const char *token_of(const struct fill *f, const json_t *value, char buf[32])
{
	const char *token = zf_json_token(value, buf), *s;
	bool exact;
	size_t len;

	if (token || f->rules->zarr_format > 2)
		return token;
	if (json_is_boolean(value))
		return json_is_true(value) ? "1" : "0";
	s = zf_json_string(value, &len);
	return s && len > 0 && zf_json_number_length(s, s + len, &exact) == len ? s : NULL;
}

/* In v2, 0 stands for an element of zeros in the types that are no numbers. */
static bool is_zero(const struct fill *f, const json_t *value)
{
	char buf[32];
	bool negative;
	uint64_t n;
	const char *token = json_is_boolean(value) ? token_of(f, value, buf) : zf_json_token(value, buf);

	return f->rules->zarr_format == 2 && strchr("SUV", f->type->kind) && token &&
	       zf_number_integer(token, &negative, &n) == ZF_INTEGER_OK && n == 0;
}

static int fill_bool(const struct fill *f, const json_t *value, unsigned char *dst)
{
	char buf[32];
	const char *token = json_is_boolean(value) ? NULL : token_of(f, value, buf);

	if (json_is_boolean(value))
		*dst = json_is_true(value);
	else if (f->rules->zarr_format == 2 && token)
		*dst = zf_number_double(token) != 0;
	else if (json_is_integer(value) && (json_integer_value(value) | 1) == 1)
		*dst = (unsigned char)json_integer_value(value); /* early writers of v3, with only one meaning */
	else
		return unexpected(f, "true or false", value);
	return 0;
}

static bool in_range(const struct zf_dtype *type, bool negative, uint64_t n)
{
	unsigned bits = type->bits ? type->bits : type->itemsize * 8;
	uint64_t top = (uint64_t)1 << (bits - 1);

	if (type->kind == 'u')
		return (!negative || n == 0) && n <= top - 1 + top;
	return n <= top - !negative;
}

static int fill_integer(const struct fill *f, const json_t *value, unsigned char *dst)
{
	char buf[32];
	const char *token = token_of(f, value, buf);
	bool negative;
	uint64_t n;
	size_t len = 0;
	const char *s = zf_json_string(value, &len);

	if ((f->type->kind == 'M' || f->type->kind == 'm') && s && len == 3 && memcmp(s, "NaT", 3) == 0)
		token = "-9223372036854775808";
	if (!token)
		return unexpected(f, "an integer", value);
	switch (zf_number_integer(token, &negative, &n)) {
	case ZF_INTEGER_FRACTION:
		return zf_fail(f->op, EIO, "%.40s is no integer", token);
	case ZF_INTEGER_TOO_BIG:
		break;
	case ZF_INTEGER_OK:
		if (!in_range(f->type, negative, n))
			break;
		n = negative ? -n : n;
		for (uint32_t i = 0; i < f->type->itemsize; i++)
			dst[i] = (unsigned char)(n >> (8 * i));
		return 0;
	}
	return zf_fail(f->op, EIO, "%.40s does not fit '%s'", token, json_string_value(f->type->numpy));
}

static int fill_minifloat(const struct fill *f, const char *token, size_t size, unsigned char *dst)
{
	unsigned bits;

	if (!zf_minifloat_round(f->type->mini, zf_number_double(token), &bits))
		return zf_fail(f->op, EIO, "%s has no %.40s", f->type->mini->name, token);
	for (size_t i = 0; i < size; i++)
		dst[i] = (unsigned char)(bits >> (8 * i));
	return 0;
}

static int fill_float(const struct fill *f, const json_t *value, size_t size, unsigned char *dst)
{
	char buf[32], show[64];
	const char *token = token_of(f, value, buf);
	size_t len = 0;
	const char *s = zf_json_string(value, &len);

	if (s && f->rules->zarr_format > 2) {
		bool exact;

		/* the words only, or bits */
		if (len > 0 && (*s == 'N' || *s == 'I' || *s == '-') &&
			zf_json_number_length(s, s + len, &exact) == len && strpbrk(s, "NI"))
			token = s;
		else if (zf_number_hex(s, len, size, dst))
			return 0;
	}
	if (!token && s)
		return zf_fail(f->op, EIO, "'%s' is no number", zf_json_show(value, show));
	if (!token)
		return unexpected(f, "a number", value);
	if (f->type->mini)
		return fill_minifloat(f, token, size, dst);
	zf_number_float(zf_number_double(token), size, dst);
	return 0;
}

static int fill_complex(const struct fill *f, const json_t *value, unsigned char *dst)
{
	size_t half = f->type->itemsize / 2;

	if (f->rules->zarr_format == 2 && !json_is_array(value) && !json_is_object(value))
		return fill_float(f, value, half, dst);
	if (json_array_size(value) != 2)
		return unexpected(f, "a list of two numbers", value);
	if (fill_float(f, json_array_get(value, 0), half, dst) < 0)
		return -1;
	return fill_float(f, json_array_get(value, 1), half, dst + half);
}

static int too_long(const struct fill *f, size_t len)
{
	return zf_fail(f->op, EIO, "%zu bytes, an element has %u", len, f->type->itemsize);
}

/* Bytes in base64; an empty text is no bytes. exact: else there must be as many as the element has. */
static int fill_base64(const struct fill *f, const json_t *value, bool exact, unsigned char *dst)
{
	size_t len = 0, size = 0;
	const char *s = zf_json_string(value, &len);

	if (!s)
		return unexpected(f, "a string in base64", value);
	if (len == 0)
		return 0;
	if (!zf_base64_size(s, len, &size))
		return zf_fail(f->op, EIO, "no base64");
	if (size > f->type->itemsize || (exact && size != f->type->itemsize))
		return too_long(f, size);
	zf_base64_decode(s, len, dst);
	return 0;
}

static int fill_bytes(const struct fill *f, const json_t *value, unsigned char *dst)
{
	size_t len = 0, size;
	const char *s = zf_json_string(value, &len);

	/* Before v2 settled on base64 its writers left the text as it was, and zarr-python reads it so. */
	if (f->rules->zarr_format == 2 && s && !zf_base64_size(s, len, &size)) {
		if (len > f->type->itemsize)
			return too_long(f, len);
		memcpy(dst, s, len);
		return 0;
	}
	return fill_base64(f, value, false, dst);
}

/* The bytes as a list of integers. */
static int fill_list(const struct fill *f, const json_t *value, unsigned char *dst)
{
	if (json_array_size(value) != f->type->itemsize)
		return too_long(f, json_array_size(value));
	for (uint32_t i = 0; i < f->type->itemsize; i++) {
		const json_t *byte = json_array_get(value, i);
		json_int_t n = json_integer_value(byte);

		if (!json_is_integer(byte) || n < 0 || n > 255)
			return zf_fail(f->op, EIO, "expected integers from 0 to 255");
		dst[i] = (unsigned char)n;
	}
	return 0;
}

/* One character of UTF-8, which jansson has checked. */
static uint32_t next_character(const unsigned char **s)
{
	const unsigned char *p = *s;
	unsigned more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
	uint32_t c = more ? p[0] & (0x3fu >> more) : p[0];

	for (unsigned i = 1; i <= more; i++)
		c = c << 6 | (p[i] & 0x3f);
	*s = p + more + 1;
	return c;
}

static int fill_text(const struct fill *f, const json_t *value, unsigned char *dst)
{
	size_t len = 0, n = 0;
	const char *s = zf_json_string(value, &len);
	const unsigned char *p = (const unsigned char *)s;

	if (!s)
		return unexpected(f, "a string", value);
	while (p < (const unsigned char *)s + len) {
		uint32_t c = next_character(&p);

		if (++n > f->type->itemsize / 4)
			return zf_fail(f->op, EIO, "an element has %u characters", f->type->itemsize / 4);
		for (unsigned i = 0; i < 4; i++)
			*dst++ = (unsigned char)(c >> (8 * i));
	}
	return 0;
}

static int fill_any(const struct fill *f, const json_t *value, unsigned char *dst);

static int fill_fields(const struct fill *f, const json_t *value, unsigned char *dst)
{
	char show[64];

	if (json_object_size(value) > f->type->nfields)
		return zf_fail(f->op, EIO, "%zu members, the type has %u fields", json_object_size(value),
			f->type->nfields);
	for (unsigned i = 0; i < f->type->nfields; i++) {
		const struct zf_field *field = &f->type->fields[i];
		struct fill inner = { .op = f->op, .rules = f->rules, .type = &field->type };
		const json_t *of = json_object_get(value, json_string_value(field->name));

		zf_json_show(field->name, show);
		if (!of)
			return zf_fail(f->op, EIO, "field '%s' is missing", show);
		if (fill_any(&inner, of, dst + field->offset) < 0)
			return zf_where(f->op, "field '%s'", show);
	}
	return 0;
}

/* A structured element in base64: in v2 as in the flat file, in v3 in the byte order of the bytes codec. */
static int fill_blob(const struct fill *f, const json_t *value, unsigned char *dst)
{
	struct zf_unit *units;
	unsigned n;

	if (fill_base64(f, value, true, dst) < 0)
		return -1;
	if (!f->rules->big_endian_blob)
		return 0;
	if (zf_dtype_units(f->op, f->type, &units, &n) < 0)
		return -1;
	for (unsigned i = 0; i < n; i++)
		reverse(dst + units[i].offset, units[i].size);
	free(units);
	return 0;
}

static int fill_void(const struct fill *f, const json_t *value, unsigned char *dst)
{
	if (f->rules->zarr_format > 2 && f->type->nfields && json_is_object(value))
		return fill_fields(f, value, dst);
	if (f->rules->zarr_format > 2 && !f->type->nfields && json_is_array(value))
		return fill_list(f, value, dst);
	return fill_blob(f, value, dst);
}

static int fill_any(const struct fill *f, const json_t *value, unsigned char *dst)
{
	if (is_zero(f, value))
		return 0;
	switch (f->type->kind) {
	case 'b':
		return fill_bool(f, value, dst);
	case 'f':
		return fill_float(f, value, f->type->itemsize, dst);
	case 'c':
		return fill_complex(f, value, dst);
	case 'S':
		return fill_bytes(f, value, dst);
	case 'U':
		return fill_text(f, value, dst);
	case 'V':
		if (f->type->mini && f->type->itemsize > zf_minifloat_bytes(f->type->mini))
			return fill_complex(f, value, dst);
		if (f->type->mini)
			return fill_float(f, value, f->type->itemsize, dst);
		return fill_void(f, value, dst);
	default:
		return fill_integer(f, value, dst);
	}
}

int zf_fill_parse(struct zf_op *op, const struct zf_fill_rules *rules, const json_t *value,
	const struct zf_dtype *type, unsigned char *dst)
{
	struct fill f = { .op = op, .rules = rules, .type = type };

	if (json_is_null(value)) {
		if (rules->zarr_format > 2)
			return zf_fail(op, EIO, "fill_value: null is allowed in zarr_format 2 only");
		return 0; /* v2: undefined, zeros here */
	}
	if (fill_any(&f, value, dst) < 0)
		return zf_where(op, "fill_value");
	if (type->big_endian)
		for (uint32_t at = 0; at < type->itemsize; at += type->swap)
			reverse(dst + at, type->swap);
	return 0;
}
