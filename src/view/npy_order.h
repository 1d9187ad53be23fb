/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data of an npy file that are not in the order of the array's flat file: column by column ("Fortran
 * order"), or in the other byte order (a v3 array is little endian).
 */
#ifndef ZF_VIEW_NPY_ORDER_H
#define ZF_VIEW_NPY_ORDER_H

#include "meta/meta.h"
#include "meta/npy.h"
#include "view/file.h"

struct zf_npy_order {
	bool fortran;
	uint32_t swap; /* bytes of a unit whose bytes are reversed; 0: none */
	uint32_t itemsize;
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
};

/* How the data of an npy come to be those of an array that has its shape. EINVAL where they cannot. */
int zf_npy_order_init(struct zf_op *op, const struct zf_npy *npy, const struct zf_array_meta *array,
	struct zf_npy_order *out);

/* Writes bytes [offset, offset + len) of the npy's data to where they belong in the array. */
int zf_npy_order_write(const struct zf_npy_order *order, struct zf_op *op, struct zf_file *array,
	const unsigned char *buf, size_t len, uint64_t offset);

#endif
