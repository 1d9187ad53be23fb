/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Element by element, or in bulk where only bytes are to be swapped. What begins or ends within an element
 * goes byte by byte.
 */
#include "view/npy_order.h"

#include <errno.h>
#include <string.h>

enum { BULK = 64 << 10 }; /* bytes swapped at a time */

int zf_npy_order_init(struct zf_op *op, const struct zf_npy *npy, const struct zf_array_meta *array,
	struct zf_npy_order *out)
{
	unsigned wide = 0;

	*out = (struct zf_npy_order){ .itemsize = npy->itemsize, .ndim = npy->ndim };
	memcpy(out->shape, npy->shape, sizeof out->shape);
	for (unsigned i = 0; i < npy->ndim; i++)
		wide += npy->shape[i] != 1;
	out->fortran = npy->fortran_order && wide > 1;
	if (json_equal(npy->dtype, array->dtype))
		return 0;
	if (!json_is_string(npy->dtype) || npy->itemsize != array->spec.itemsize || array->spec.swap == 0 ||
		npy->big_endian == array->spec.big_endian)
		return zf_fail(op, EINVAL, "npy header: the array has another data type");
	out->swap = array->spec.swap;
	return 0;
}

/* Where the element has its first byte in the flat file. */
static uint64_t place_of(const struct zf_npy_order *order, uint64_t element)
{
	uint64_t index[ZF_MAX_NDIM], flat = 0;

	if (!order->fortran)
		return element * order->itemsize;
	for (unsigned i = 0; i < order->ndim; i++) {
		index[i] = element % order->shape[i];
		element /= order->shape[i];
	}
	for (unsigned i = 0; i < order->ndim; i++)
		flat = flat * order->shape[i] + index[i];
	return flat * order->itemsize;
}

static void swap_units(unsigned char *p, size_t len, uint32_t unit)
{
	for (size_t at = 0; at + unit <= len; at += unit)
		for (size_t i = 0; i < unit / 2; i++) {
			unsigned char byte = p[at + i];

			p[at + i] = p[at + unit - 1 - i];
			p[at + unit - 1 - i] = byte;
		}
}

/* A part of an element. */
static int write_part(const struct zf_npy_order *order, struct zf_op *op, struct zf_file *array,
	const unsigned char *buf, size_t len, uint64_t place, uint32_t from)
{
	if (!order->swap)
		return zf_file_pwrite(array, op, buf, len, place + from);
	for (size_t i = 0; i < len; i++) {
		uint32_t at = from + (uint32_t)i, unit = at / order->swap * order->swap;

		if (zf_file_pwrite(array, op, buf + i, 1, place + unit + order->swap - 1 - at % order->swap) <
			0)
			return -1;
	}
	return 0;
}

/* Whole elements that lie side by side in the flat file too. */
static int write_whole(const struct zf_npy_order *order, struct zf_op *op, struct zf_file *array,
	const unsigned char *buf, size_t len, uint64_t place)
{
	unsigned char copy[BULK];

	if (!order->swap || len > sizeof copy)
		return write_part(order, op, array, buf, len, place, 0);
	memcpy(copy, buf, len);
	swap_units(copy, len, order->swap);
	return zf_file_pwrite(array, op, copy, len, place);
}

int zf_npy_order_write(const struct zf_npy_order *order, struct zf_op *op, struct zf_file *array,
	const unsigned char *buf, size_t len, uint64_t offset)
{
	uint32_t item = order->itemsize;
	int result = 0;

	if (!order->fortran && !order->swap)
		return zf_file_pwrite(array, op, buf, len, offset);
	while (result == 0 && len > 0) {
		uint64_t place = place_of(order, offset / item);
		uint32_t from = (uint32_t)(offset % item);
		size_t n = len < item - from ? len : item - from;

		if (from == 0 && n == item) {
			if (!order->fortran && item <= BULK)
				n = len < BULK ? len / item * item : BULK / item * item;
			result = write_whole(order, op, array, buf, n, place);
		} else {
			result = write_part(order, op, array, buf, n, place, from);
		}
		buf += n;
		offset += n;
		len -= n;
	}
	return result;
}
