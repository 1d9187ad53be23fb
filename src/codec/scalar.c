/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers in configurations, whatever the locale is.
 */
#include "codec/scalar.h"

#include "base/json_mark.h"
#include "codec/half.h"
#include "codec/params.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static double read_real(const char *token)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	double value = strtod_l(token, NULL, c); /* it knows NaN and Infinity */

	if (c)
		freelocale(c);
	return value;
}

/* An integer that is too large for jansson, or a real. */
static void read_token(const char *token, struct zf_scalar *out)
{
	char *end;

	errno = 0;
	out->kind = 'u';
	if (token[0] >= '0' && token[0] <= '9') {
		out->u = strtoull(token, &end, 10);
		if (*end == '\0' && errno == 0)
			return;
	}
	out->kind = 'f';
	out->f = read_real(token);
}

bool zf_scalar_number(const json_t *value, struct zf_scalar *out)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value)) {
		out->kind = 'i';
		out->i = json_integer_value(value);
	} else if (json_is_real(value)) {
		out->kind = 'f';
		out->f = json_real_value(value);
	} else if (text && text[0] == ZF_JSON_MARK && text[1] != ZF_JSON_MARK) {
		read_token(text + 1, out);
	} else {
		return false;
	}
	return true;
}

double zf_scalar_real(const struct zf_scalar *scalar)
{
	if (scalar->kind == 'f')
		return scalar->f;
	return scalar->kind == 'i' ? (double)scalar->i : (double)scalar->u;
}

int zf_scalar_param(struct zf_op *op, const json_t *configuration, const char *key, struct zf_scalar *out)
{
	const json_t *value = zf_param(configuration, key);

	if (value && !zf_scalar_number(value, out))
		return zf_fail(op, EINVAL, "%s: not a number", key);
	return 0;
}

/* "0x" and the bits of a float. */
static bool read_bits(const char *text, const struct zf_elem *type, double *out)
{
	uint64_t bits;
	float f;
	uint32_t half;
	char *end;

	if (strncmp(text, "0x", 2) != 0 || strlen(text) > 2 + 2 * (size_t)type->size)
		return false;
	bits = strtoull(text, &end, 16);
	if (*end || end == text + 2)
		return false;
	half = (uint32_t)bits;
	if (type->size == 8) {
		memcpy(out, &bits, sizeof *out);
	} else if (type->size == 4) {
		memcpy(&f, &half, sizeof f);
		*out = f;
	} else {
		*out = zf_half_to_double((uint16_t)bits);
	}
	return true;
}

static bool read_named(const char *text, const struct zf_elem *type, double *out)
{
	static const char *const names[] = { "NaN", "Infinity", "+Infinity", "-Infinity" };

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = read_real(text);
			return true;
		}
	}
	return read_bits(text, type, out);
}

/* Brings an integer into the class of an integer type, where it fits the type. */
static bool fits(struct zf_scalar *s, const struct zf_elem *type)
{
	unsigned bits = 8u * type->size - (type->kind == 'i');
	uint64_t most = UINT64_MAX >> (64 - bits);

	if (s->kind == 'f') { /* 4.0 is as good as 4 */
		if (!(s->f > -0x1p63 && s->f < 0x1p63) || s->f != (double)(int64_t)s->f)
			return false;
		s->i = (int64_t)s->f;
		s->kind = 'i';
	}
	if (s->kind == 'i' && s->i < 0)
		return type->kind == 'i' && s->i >= -(int64_t)most - 1;
	if (s->u > most)
		return false;
	s->kind = type->kind;
	return true;
}

int zf_scalar_typed(struct zf_op *op, const char *key, const json_t *value, const struct zf_elem *type,
	struct zf_scalar *out)
{
	const char *text = json_string_value(value);
	bool number = zf_scalar_number(value, out);

	if (type->kind == 'f') {
		if (number)
			out->f = zf_scalar_real(out);
		else if (!text || !read_named(text, type, &out->f))
			return zf_fail(op, EINVAL, "%s: not a number", key);
		out->kind = 'f';
		out->f = zf_elem_round(out->f, type->size);
		return 0;
	}
	if (!number)
		return zf_fail(op, EINVAL, "%s: not an integer", key);
	if (!fits(out, type))
		return zf_fail(op, EINVAL, "%s: no value of the data type", key);
	return 0;
}
