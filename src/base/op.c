/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations: errors and cancelling.
 */
#include "base/op.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void zf_op_init(struct zf_op *op)
{
	op->err = 0;
	/* atomic: whoever cancels may have the operation before it is begun anew */
	__atomic_store_n(&op->cancelled, 0, __ATOMIC_RELAXED);
	op->text[0] = '\0';
}

void zf_op_cancel(struct zf_op *op)
{
	__atomic_store_n(&op->cancelled, 1, __ATOMIC_RELAXED);
}

int zf_op_check(struct zf_op *op)
{
	if (__atomic_load_n(&op->cancelled, __ATOMIC_RELAXED))
		return zf_fail(op, EINTR, "interrupted");
	return 0;
}

int zf_fail(struct zf_op *op, int err, const char *fmt, ...)
{
	va_list args;

	if (op->err)
		return -1;
	op->err = err;
	va_start(args, fmt);
	vsnprintf(op->text, sizeof op->text, fmt, args);
	va_end(args);
	return -1;
}

int zf_where(struct zf_op *op, const char *fmt, ...)
{
	char where[sizeof op->text];
	va_list args;
	size_t n;

	va_start(args, fmt);
	vsnprintf(where, sizeof where, fmt, args);
	va_end(args);

	/* Where both do not fit, the end of the text goes: the place is worth more than the details. */
	n = strlen(where);
	if (n > sizeof where - 3)
		n = sizeof where - 3;
	memmove(op->text + n + 2, op->text, sizeof op->text - n - 2);
	op->text[sizeof op->text - 1] = '\0';
	memcpy(op->text, where, n);
	memcpy(op->text + n, ": ", 2);
	return -1;
}

int zf_op_adopt(struct zf_op *op, const struct zf_op *from)
{
	if (from->err && !op->err) {
		op->err = from->err;
		memcpy(op->text, from->text, sizeof op->text);
	}
	return op->err ? -1 : 0;
}

int zf_nomem(struct zf_op *op, size_t bytes)
{
	return zf_fail(op, ENOMEM, "out of memory for %zu bytes", bytes);
}
