/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing .npy headers as numpy.save() does (1.23 and later): the dictionary with its keys sorted, room for
 * the first length to grow, padded to a multiple of 64 bytes; the lowest version that can hold it.
 */
#include "meta/npy.h"

#include "meta/json.h"
#include "meta/python.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC_LEN = 6, ALIGN = 64, GROWTH_DIGITS = 21 };

static int put(struct zf_op *op, struct zf_out *out, const char *text)
{
	return zf_out_append(out, op, text, strlen(text));
}

static int put_spaces(struct zf_op *op, struct zf_out *out, size_t n)
{
	for (; n > 0; n--)
		if (zf_out_append(out, op, " ", 1) < 0)
			return -1;
	return 0;
}

/* ---- the dictionary ---- */

/* Python's tuple of numbers: "(3, 4)", "(3,)", "()". */
static int put_tuple(struct zf_op *op, struct zf_out *out, unsigned ndim, const uint64_t *n)
{
	if (put(op, out, "(") < 0)
		return -1;
	for (unsigned i = 0; i < ndim; i++) {
		char text[32];

		snprintf(text, sizeof text, "%s%" PRIu64, i > 0 ? ", " : "", n[i]);
		if (put(op, out, text) < 0)
			return -1;
	}
	return put(op, out, ndim == 1 ? ",)" : ")");
}

static int bad_dtype(struct zf_op *op)
{
	return zf_fail(op, EINVAL, "npy header: a data type that NumPy cannot have");
}

/* The shape of a subarray: a list, or one number. */
static int put_subarray(struct zf_op *op, struct zf_out *out, const json_t *shape)
{
	uint64_t n[ZF_MAX_NDIM];
	size_t ndim = json_is_integer(shape) ? 1 : json_array_size(shape);

	if (ndim > ZF_MAX_NDIM)
		return bad_dtype(op);
	for (size_t i = 0; i < ndim; i++)
		n[i] = (uint64_t)json_integer_value(
			json_is_integer(shape) ? shape : json_array_get(shape, i));
	return put_tuple(op, out, (unsigned)ndim, n);
}

static int put_descr(struct zf_op *op, struct zf_out *out, const json_t *dtype, unsigned depth);

/* ('name', type) or ('name', type, shape) */
static int put_field(struct zf_op *op, struct zf_out *out, const json_t *field, unsigned depth)
{
	const json_t *name = json_array_get(field, 0), *shape = json_array_get(field, 2);
	size_t len;

	if (!zf_json_string(name, &len))
		return bad_dtype(op);
	if (put(op, out, "(") < 0 || zf_python_repr(op, name, out) < 0 || put(op, out, ", ") < 0 ||
		put_descr(op, out, json_array_get(field, 1), depth + 1) < 0)
		return -1;
	if (shape && (put(op, out, ", ") < 0 || put_subarray(op, out, shape) < 0))
		return -1;
	return put(op, out, ")");
}

static int put_descr(struct zf_op *op, struct zf_out *out, const json_t *dtype, unsigned depth)
{
	size_t len;

	if (zf_json_string(dtype, &len))
		return zf_python_repr(op, dtype, out);
	if (!json_is_array(dtype) || depth > ZF_MAX_DTYPE_DEPTH)
		return bad_dtype(op);
	if (put(op, out, "[") < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(dtype); i++) {
		if (i > 0 && put(op, out, ", ") < 0)
			return -1;
		if (put_field(op, out, json_array_get(dtype, i), depth) < 0)
			return -1;
	}
	return put(op, out, "]");
}

static int put_dict(
	struct zf_op *op, struct zf_out *out, const json_t *dtype, unsigned ndim, const uint64_t *shape)
{
	char first[32] = "";

	if (put(op, out, "{'descr': ") < 0 || put_descr(op, out, dtype, 0) < 0 ||
		put(op, out, ", 'fortran_order': False, 'shape': ") < 0 ||
		put_tuple(op, out, ndim, shape) < 0 || put(op, out, ", }") < 0)
		return -1;
	if (ndim == 0)
		return 0;
	snprintf(first, sizeof first, "%" PRIu64, shape[0]);
	return put_spaces(op, out, GROWTH_DIGITS - strlen(first));
}

/* ---- the frame ---- */

/* Turns UTF-8 into Latin-1 where it is; false, and nothing is done, where that cannot be. */
static bool to_latin1(struct zf_out *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] > 0xc3)
			return false;
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] < 0x80) {
			text->data[n++] = text->data[i];
			continue;
		}
		text->data[n++] = (uint8_t)(text->data[i] << 6 | (text->data[i + 1] & 0x3f));
		i++;
	}
	text->len = n;
	return true;
}

static int put_frame(struct zf_op *op, struct zf_out *out, const struct zf_out *dict, unsigned version)
{
	size_t count = version > 1 ? 4 : 2, front = MAGIC_LEN + 2 + count;
	size_t pad = ALIGN - (front + dict->len + 1) % ALIGN, n = dict->len + 1 + pad;
	unsigned char head[MAGIC_LEN + 6] = "\x93NUMPY";

	head[6] = (unsigned char)version;
	for (size_t i = 0; i < count; i++)
		head[MAGIC_LEN + 2 + i] = (unsigned char)(n >> (8 * i));
	if (zf_out_append(out, op, head, front) < 0 || zf_out_append(out, op, dict->data, dict->len) < 0 ||
		put_spaces(op, out, pad) < 0)
		return -1;
	return put(op, out, "\n");
}

int zf_npy_write(
	struct zf_op *op, const json_t *dtype, unsigned ndim, const uint64_t *shape, struct zf_out *out)
{
	struct zf_out dict = ZF_OUT_GROWING((size_t)ZF_MAX_DOCUMENT);
	size_t from = out->len;
	int rc = put_dict(op, &dict, dtype, ndim, shape);

	if (rc == 0) {
		bool latin1 = to_latin1(&dict);
		size_t front = MAGIC_LEN + 2 + 2;
		size_t padded = dict.len + 1 + ALIGN - (front + dict.len + 1) % ALIGN;

		rc = put_frame(op, out, &dict, !latin1 ? 3 : padded > UINT16_MAX ? 2 : 1);
	}
	zf_out_free(&dict);
	if (rc < 0)
		out->len = from;
	return rc;
}
