/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Output buffers.
 */
#include "base/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int zf_out_reserve(struct zf_out *out, struct zf_op *op, size_t more)
{
	size_t want, cap;
	uint8_t *data;

	if (more <= out->cap - out->len)
		return 0;
	if (__builtin_add_overflow(out->len, more, &want) || want > out->limit)
		return zf_fail(
			op, EFBIG, "needs %zu bytes more than %zu, limit is %zu", more, out->len, out->limit);
	if (out->fixed)
		return zf_fail(op, EFBIG, "needs %zu bytes, there is room for %zu", want, out->cap);

	/* by half more each time, so that appending stays linear */
	cap = out->cap + out->cap / 2;
	if (cap < want || cap > out->limit)
		cap = want;
	data = realloc(out->data, cap);
	if (!data)
		return zf_nomem(op, cap);
	out->data = data;
	out->cap = cap;
	return 0;
}

int zf_out_append(struct zf_out *out, struct zf_op *op, const void *p, size_t n)
{
	if (zf_out_reserve(out, op, n) < 0)
		return -1;
	if (n)
		memcpy(out->data + out->len, p, n);
	out->len += n;
	return 0;
}

void zf_out_free(struct zf_out *out)
{
	if (!out->fixed)
		free(out->data);
	*out = (struct zf_out){ .limit = out->limit };
}
