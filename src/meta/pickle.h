/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pickled dictionary of zarr 0.3, and nothing else.
 *
 * A pickle is a program. This reads the few instructions that protocol 0 needs for what that version wrote
 * (a dictionary of strings, numbers, tuples and one NumPy data type), as data: nothing that a pickle names is
 * ever called. Everything else is refused.
 */
#ifndef ZF_META_PICKLE_H
#define ZF_META_PICKLE_H

#include "base/op.h"

#include <jansson.h>

/* Reads a dictionary: tuples and lists become arrays, a data type the string or list of fields that v2 has
 * for it. New. EOPNOTSUPP: "pickle: 'os.system' at byte 3 is not supported"; EIO: broken. */
int zf_pickle_parse(struct zf_op *op, const void *doc, size_t len, json_t **out);

#endif
