/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One operation: what went wrong, and whether to go on.
 *
 * A struct zf_op belongs to the caller (usually on its stack) and follows one request through every
 * layer. An error is made once, where its cause is known, with zf_fail(); the layers above only prepend
 * where it happened, with zf_where(). The text lives in the struct, so that reporting works without
 * memory. A worker that does part of a request has an op of its own and its parent takes the error over
 * with zf_op_adopt(); nothing is thread-local and nothing is lost.
 */
#ifndef ZF_BASE_OP_H
#define ZF_BASE_OP_H

#include "zarrfs.h"

/* Fails the operation: sets its errno value (a positive E... number) and its text. The first error wins:
 * a later one, made while cleaning up, changes nothing. Always returns -1, to be used as
 * "return zf_fail(op, EIO, ...)". */
int zf_fail(struct zf_op *op, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4), cold));

/* Prepends "WHERE: " to the text of an operation that has failed. Always returns -1. */
int zf_where(struct zf_op *op, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

/* Takes over the error of `from`, if it has one and `op` has none. Returns -1 if op has failed, else 0. */
int zf_op_adopt(struct zf_op *op, const struct zf_op *from);

/* Fails with ENOMEM: "out of memory for N bytes". Always returns -1. */
int zf_nomem(struct zf_op *op, size_t bytes) __attribute__((cold));

/* Returns 0 to go on; fails with EINTR if the operation was cancelled. To be asked before long work. */
int zf_op_check(struct zf_op *op);

#endif
