/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shape of chunks where nobody gives one: zarr-python's rule, which it has from h5py. Chunks grow with
 * the array, slowly, and the dimensions are halved in turn until a chunk is near the size that is aimed at.
 */
#include "meta/create.h"

#include <math.h>

static const double base = 256 << 10, least = 128 << 10, most = 64 << 20, most_in_shards = 1 << 20;

static double bytes_of(unsigned ndim, const double *chunk, double itemsize)
{
	double n = 1;

	for (unsigned i = 0; i < ndim; i++)
		n *= chunk[i];
	return n * itemsize;
}

void zf_guess_chunks(unsigned ndim, const uint64_t *shape, uint32_t itemsize, bool in_shards, uint64_t *out)
{
	double chunk[ZF_MAX_NDIM], limit = in_shards ? most_in_shards : most, target, size;

	for (unsigned i = 0; i < ndim; i++)
		chunk[i] = shape[i] > 0 ? (double)shape[i] : 1;
	size = bytes_of(ndim, chunk, itemsize);
	target = base * pow(2, log10(size / (1 << 20)));
	target = target > limit ? limit : target < least ? least : target;
	for (unsigned i = 0;; i++) {
		size = bytes_of(ndim, chunk, itemsize);
		if ((size < target || fabs(size - target) / target < 0.5) && size < limit)
			break;
		if (bytes_of(ndim, chunk, 1) == 1)
			break; /* one element is larger than that */
		chunk[i % ndim] = ceil(chunk[i % ndim] / 2);
	}
	for (unsigned i = 0; i < ndim; i++)
		out[i] = (uint64_t)chunk[i];
}
