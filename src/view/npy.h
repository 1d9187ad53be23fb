/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NAME.npy of an array.
 */
#ifndef ZF_VIEW_NPY_H
#define ZF_VIEW_NPY_H

#include "view/doc.h"

/* Appends the header of an array of nbytes bytes. EOPNOTSUPP where npy cannot tell its type. */
int zf_npy_header(struct zf_op *op, const struct zf_doc *doc, uint64_t nbytes, struct zf_out *out);

#endif
