/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Literals of Python, as far as NumPy writes them into .npy headers: dictionaries, lists, tuples, strings,
 * integers (also Python 2's, with an L), True, False, None.
 */
#ifndef ZF_META_PYTHON_H
#define ZF_META_PYTHON_H

#include "base/op.h"
#include "base/out.h"

#include <jansson.h>
#include <stdbool.h>

/* Parses a whole text as a tree like that of JSON, tuples as lists; new. EINVAL. */
int zf_python_parse(struct zf_op *op, const void *text, size_t len, bool utf8, json_t **out);

/* Appends repr() of a genuine string of a tree, in UTF-8. */
int zf_python_repr(struct zf_op *op, const json_t *string, struct zf_out *out);

#endif
