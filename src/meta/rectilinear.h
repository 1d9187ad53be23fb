/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rectilinear chunk grid (zarr-extensions, "chunk-grids/rectilinear"): the lengths of the chunks are
 * listed along each dimension.
 */
#ifndef ZF_META_RECTILINEAR_H
#define ZF_META_RECTILINEAR_H

#include "meta/read.h"

/* Reads the configuration of a grid. Broken: EIO, "chunk_grid: ..."; an unknown kind: EOPNOTSUPP. */
int zf_read_rectilinear(struct zf_op *op, struct zf_read *read, const json_t *config);

#endif
