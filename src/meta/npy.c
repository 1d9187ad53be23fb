/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading .npy headers: the magic, a length, and a Python dictionary of three keys in which only what NumPy
 * writes is understood. The dictionary becomes a JSON tree, so that data types go the way of all others.
 */
#include "meta/npy.h"

#include "base/checked.h"
#include "meta/dtype.h"
#include "meta/json.h"
#include "meta/python.h"

#include <errno.h>
#include <string.h>

enum { MAGIC_LEN = 6, MOST = 65536 };

static const unsigned char magic[MAGIC_LEN] = "\x93NUMPY";

void zf_npy_free(struct zf_npy *npy)
{
	json_decref(npy->dtype);
	*npy = (struct zf_npy){ 0 };
}

static int bad(struct zf_op *op, const char *what)
{
	return zf_fail(op, EINVAL, "npy header: %s", what);
}

/* ---- the frame ---- */

/* What is in front of the dictionary: 1 when it was whole. */
static int read_frame(struct zf_op *op, const unsigned char *p, size_t len, size_t *need, size_t *start)
{
	size_t count = len > 6 && p[6] > 1 ? 4 : 2, n = 0;

	if (memcmp(p, magic, len < MAGIC_LEN ? len : MAGIC_LEN) != 0)
		return bad(op, "the first bytes are not those of an npy file");
	if (len > 6 && (p[6] < 1 || p[6] > 3))
		return zf_fail(op, EINVAL, "npy header: version %u is not known", p[6]);
	if (len > 7 && p[7] != 0)
		return zf_fail(op, EINVAL, "npy header: version %u.%u is not known", p[6], p[7]);
	*start = MAGIC_LEN + 2 + count;
	if (len < *start) {
		*need = *start;
		return 0;
	}
	for (size_t i = count; i-- > 0;)
		n = n << 8 | p[MAGIC_LEN + 2 + i];
	if (n > MOST)
		return zf_fail(op, EINVAL, "npy header: %zu bytes, the limit is %d", n, MOST);
	*need = *start + n;
	return len >= *need;
}

/* ---- the dictionary ---- */

static int read_length(struct zf_op *op, const json_t *value, uint64_t *out)
{
	if (!json_is_integer(value))
		return bad(op, "shape: a length that is no integer, or too large");
	if (json_integer_value(value) < 0)
		return bad(op, "shape: a negative length");
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

static int read_shape(struct zf_op *op, const json_t *shape, struct zf_npy *npy)
{
	uint64_t size = npy->itemsize;
	bool empty = false, fits = true;

	if (!json_is_array(shape))
		return bad(op, "shape: it is no tuple");
	if (json_array_size(shape) > ZF_MAX_NDIM)
		return zf_fail(op, EINVAL, "npy header: shape: %zu dimensions, the limit is %d",
			json_array_size(shape), ZF_MAX_NDIM);
	npy->ndim = (unsigned)json_array_size(shape);
	for (unsigned i = 0; i < npy->ndim; i++) {
		if (read_length(op, json_array_get(shape, i), &npy->shape[i]) < 0)
			return -1;
		empty |= npy->shape[i] == 0;
	}
	for (unsigned i = 0; i < npy->ndim && !empty && fits; i++)
		fits = zf_mul(size, npy->shape[i], &size) && size <= ZF_MAX_FILE;
	if (!fits)
		return bad(op, "shape: the data would have more than 2^63-1 bytes");
	npy->nbytes = empty ? 0 : size;
	return 0;
}

static int read_descr(struct zf_op *op, const json_t *descr, struct zf_npy *npy)
{
	struct zf_dtype type = { 0 };
	int rc = zf_dtype_parse_v2(op, descr, &type);

	if (rc == 0)
		rc = zf_dtype_fixed(op, &type);
	if (rc == 0) {
		npy->dtype = json_incref(type.numpy);
		npy->itemsize = type.itemsize;
		npy->big_endian = type.big_endian;
	} else if (op->err == EIO) {
		op->err = EINVAL;
	}
	zf_dtype_free(&type);
	return rc < 0 ? zf_where(op, "npy header") : 0;
}

static int read_dict(struct zf_op *op, const json_t *dict, struct zf_npy *npy)
{
	const json_t *descr = json_object_get(dict, "descr"), *order = json_object_get(dict, "fortran_order"),
		     *shape = json_object_get(dict, "shape");

	if (!json_is_object(dict) || json_object_size(dict) != 3 || !descr || !order || !shape)
		return bad(op, "it is no dictionary of descr, fortran_order and shape");
	if (!json_is_boolean(order))
		return bad(op, "fortran_order is neither True nor False");
	npy->fortran_order = json_is_true(order);
	if (read_descr(op, descr, npy) < 0)
		return -1;
	return read_shape(op, shape, npy);
}

int zf_npy_read(struct zf_op *op, const void *data, size_t len, size_t *need, struct zf_npy *out)
{
	const unsigned char *p = data;
	struct zf_npy npy = { 0 };
	size_t start = 0;
	json_t *dict;
	int rc = read_frame(op, p, len, need, &start);

	if (rc <= 0)
		return rc;
	npy.header_len = *need;
	/* versions 1 and 2 are in Latin-1, 3 in UTF-8 */
	if (zf_python_parse(op, p + start, *need - start, p[6] > 2, &dict) < 0)
		return zf_where(op, "npy header");
	rc = read_dict(op, dict, &npy);
	json_decref(dict);
	if (rc < 0) {
		zf_npy_free(&npy);
		return -1;
	}
	*out = npy;
	return 1;
}
