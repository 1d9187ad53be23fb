/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Headers of .npy files (NumPy's lib/format.py, versions 1, 2 and 3).
 */
#ifndef ZF_META_NPY_H
#define ZF_META_NPY_H

#include "base/limits.h"
#include "base/op.h"
#include "base/out.h"

#include <jansson.h>
#include <stdbool.h>

struct zf_npy {
	size_t header_len; /* where the data begin */
	json_t *dtype;     /* NumPy's: "<f4", or the list of a structured type; owned: zf_npy_free() */
	uint32_t itemsize;
	bool big_endian;    /* of a type without fields; structured ones say it in dtype */
	bool fortran_order; /* the data are in column-major order */
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	uint64_t nbytes; /* of the data: product(shape) * itemsize, at most ZF_MAX_FILE */
};

/* Reads a header of which the first len bytes are there. Returns 1 when it was whole; 0 when it was not,
 * with *need bytes in all to try again (never more than 64 KiB and a little); -1: EINVAL, "npy header: ..."
 * for what is none or lies, EOPNOTSUPP for a data type that cannot be handled (objects). */
int zf_npy_read(struct zf_op *op, const void *data, size_t len, size_t *need, struct zf_npy *out);
void zf_npy_free(struct zf_npy *npy);

/* Appends the header that numpy.save() writes for an array in C order: dtype is NumPy's, as in struct
 * zf_array_meta. */
int zf_npy_write(
	struct zf_op *op, const json_t *dtype, unsigned ndim, const uint64_t *shape, struct zf_out *out);

#endif
