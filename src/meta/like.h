/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An array like another one: what its document says, as settings of a new array, in either format.
 */
#ifndef ZF_META_LIKE_H
#define ZF_META_LIKE_H

#include "meta/create.h"
#include "meta/meta.h"

/* The settings with which zf_create_array() makes an array of the same shape, type, chunks, shards, codecs,
 * fill value and, within a format, chunk keys; attributes are left out. In v3 the chain is taken apart into
 * filters and compressor where one of both could be replaced (`parts`), else kept whole.
 *
 * From v2 to v3, with v2_keys and separator set by the caller, the new document describes the same bytes.
 * EOPNOTSUPP, "codecs: ...": the other format has no such thing, or the chain cannot be taken apart. New:
 * zf_new_array_free(), also after a failure. */
int zf_new_array_like(struct zf_op *op, const struct zf_array_meta *meta, int zarr_format, bool parts,
	struct zf_new_array *out);

#endif
