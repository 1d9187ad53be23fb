/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fill values: from the bytes of one element to JSON, as zarr-python writes them.
 */
#include "meta/fill.h"

#include "base/out.h"
#include "meta/base64.h"
#include "meta/json.h"
#include "meta/number.h"
#include "meta/minifloat.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies a unit of byte order, little endian. */
static void load(const struct zf_dtype *type, const unsigned char *src, size_t size, unsigned char *dst)
{
	for (size_t i = 0; i < size; i++)
		dst[i] = src[type->big_endian ? size - 1 - i : i];
}

static uint64_t bits_of(const unsigned char *le, size_t size)
{
	uint64_t bits = 0;

	while (size-- > 0)
		bits = bits << 8 | le[size];
	return bits;
}

static json_t *print_integer(const struct zf_dtype *type, const unsigned char *src)
{
	unsigned char le[8];
	unsigned unused = 64 - 8 * type->itemsize;
	char text[32];
	uint64_t bits;

	load(type, src, type->itemsize, le);
	bits = bits_of(le, type->itemsize);
	if (type->kind != 'u')
		return json_integer((json_int_t)((int64_t)(bits << unused) >> unused));
	snprintf(text, sizeof text, "%" PRIu64, bits);
	return zf_json_make_number(text);
}

/* v3 can tell one NaN from another: any but the usual one comes out as its bits. */
static json_t *print_float(
	int zarr_format, const struct zf_dtype *type, const unsigned char *src, size_t size)
{
	unsigned char le[16], usual[16];
	char text[64];
	double value;

	load(type, src, size, le);
	value = zf_number_from_float(le, size);
	zf_number_print(value, text);
	if (isfinite(value))
		return zf_json_make_number(text);
	zf_number_float(value, size, usual);
	if (isnan(value))
		zf_number_float(zf_number_double("NaN"), size, usual);
	if (zarr_format > 2 && size <= 8 && memcmp(le, usual, size) != 0)
		return json_sprintf("0x%0*" PRIx64, (int)(2 * size), bits_of(le, size));
	return json_string(text);
}

static json_t *print_complex(int zarr_format, const struct zf_dtype *type, const unsigned char *src)
{
	size_t half = type->itemsize / 2;

	return json_pack("[o, o]", print_float(zarr_format, type, src, half),
		print_float(zarr_format, type, src + half, half));
}

static json_t *print_base64(const unsigned char *src, size_t len)
{
	char *text = malloc(zf_base64_length(len) + 1);
	json_t *value = NULL;

	if (text) {
		zf_base64_encode(src, len, text);
		value = json_string(text);
	}
	free(text);
	return value;
}

static size_t append_utf8(uint32_t c, char *dst)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		dst[i] = (char)(0x80 | (c & 0x3f));
	dst[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	return n;
}

static json_t *print_text(const struct zf_dtype *type, const unsigned char *src)
{
	char *text = malloc(type->itemsize + 2);
	size_t len = 1, end = 1;
	json_t *value;

	if (!text)
		return NULL;
	text[0] = ZF_JSON_MARK;
	for (uint32_t i = 0; i < type->itemsize; i += 4) {
		unsigned char le[4];
		uint32_t c;

		load(type, src + i, 4, le);
		c = (uint32_t)bits_of(le, 4);
		len += append_utf8(c & 0x1fffff, text + len);
		end = c ? len : end; /* what follows are NULs so far: padding */
	}
	/* a genuine string that begins with the mark has it twice */
	value = end > 1 && text[1] == ZF_JSON_MARK ? json_stringn(text, end)
						   : json_stringn(text + 1, end - 1);
	free(text);
	return value;
}

static json_t *print(int zarr_format, const struct zf_dtype *type, const unsigned char *src);

static json_t *print_fields(const struct zf_dtype *type, const unsigned char *src)
{
	json_t *object = json_object();

	for (unsigned i = 0; object && i < type->nfields; i++) {
		const struct zf_field *field = &type->fields[i];
		json_t *value = print(3, &field->type, src + field->offset);

		if (json_object_set_new(object, json_string_value(field->name), value) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static size_t without_padding(const unsigned char *src, size_t len)
{
	while (len > 0 && src[len - 1] == 0)
		len--;
	return len;
}

/* Floats that C lacks: their bits, which is exact. */
static json_t *print_bits(const unsigned char *src, size_t size)
{
	return size > 1 ? json_sprintf("0x%02x%02x", src[1], src[0]) : json_sprintf("0x%02x", src[0]);
}

static json_t *print_mini(const struct zf_dtype *type, const unsigned char *src)
{
	size_t size = zf_minifloat_bytes(type->mini);

	if (type->itemsize == size)
		return print_bits(src, size);
	return json_pack("[oo]", print_bits(src, size), print_bits(src + size, size));
}

static json_t *print(int zarr_format, const struct zf_dtype *type, const unsigned char *src)
{
	switch (type->kind) {
	case 'b':
		return json_boolean(src[0] != 0);
	case 'f':
		return print_float(zarr_format, type, src, type->itemsize);
	case 'c':
		return print_complex(zarr_format, type, src);
	case 'S':
		return print_base64(src, without_padding(src, type->itemsize));
	case 'U':
		return print_text(type, src);
	case 'V':
		if (type->mini)
			return print_mini(type, src);
		if (zarr_format > 2 && type->nfields)
			return print_fields(type, src);
		return print_base64(src, type->itemsize);
	default:
		return print_integer(type, src);
	}
}

int zf_fill_print(struct zf_op *op, int zarr_format, const struct zf_dtype *type, const unsigned char *src,
	json_t **out)
{
	json_t *value = print(zarr_format, type, src);

	if (!value)
		return zf_nomem(op, type->itemsize);
	*out = value;
	return 0;
}
