/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of indices and masks from the bytes of a file.
 */
#include "select/items.h"

#include "meta/json.h"
#include "meta/npy.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An integer of n bytes; what 63 bits do not hold becomes the largest, which is out of all bounds. */
static int64_t integer_at(const uint8_t *p, unsigned n, bool big, bool is_signed)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[big ? i : n - 1 - i];
	if (is_signed && n < 8 && v >> (8 * n - 1))
		v |= UINT64_MAX << (8 * n);
	if (!is_signed && v > INT64_MAX)
		return INT64_MAX;
	return (int64_t)v;
}

/* The order of columns: element k of the C order is element F(k) of the file. */
static uint64_t fortran_place(const struct zf_npy *npy, uint64_t k)
{
	uint64_t place = 0, step = npy->nbytes / npy->itemsize;

	for (unsigned d = npy->ndim; d-- > 0;) {
		step /= npy->shape[d];
		place += k % npy->shape[d] * step;
		k /= npy->shape[d];
	}
	return place;
}

static int allocate(struct zf_op *op, struct zf_list *list, bool mask)
{
	size_t size = mask ? sizeof *list->mask : sizeof *list->index;
	void *p = list->count < SIZE_MAX / size ? malloc(list->count * size + 1) : NULL;

	if (!p)
		return zf_nomem(op, list->count * size);
	if (mask)
		list->mask = p;
	else
		list->index = p;
	return 0;
}

static int fill(
	struct zf_op *op, const uint8_t *data, const struct zf_npy *npy, char kind, struct zf_list *out)
{
	out->ndim = npy->ndim;
	memcpy(out->shape, npy->shape, npy->ndim * sizeof out->shape[0]);
	out->count = npy->nbytes / npy->itemsize;
	if (allocate(op, out, kind == 'b') < 0)
		return -1;
	for (uint64_t k = 0; k < out->count; k++) {
		const uint8_t *p = data + (npy->fortran_order ? fortran_place(npy, k) : k) * npy->itemsize;

		if (kind == 'b')
			out->mask[k] = *p != 0;
		else
			out->index[k] = integer_at(p, npy->itemsize, npy->big_endian, kind == 'i');
	}
	return 0;
}

static int read_npy(struct zf_op *op, const uint8_t *data, size_t len, struct zf_list *out)
{
	const char *type;
	struct zf_npy npy;
	size_t need = 0;
	int result = zf_npy_read(op, data, len, &need, &npy);

	if (result <= 0)
		return result < 0 ? -1 : zf_fail(op, EINVAL, "npy header: is not whole");
	type = zf_json_text(npy.dtype);
	if (!type || !strchr("iub", type[1]) || npy.itemsize > 8)
		result = zf_fail(op, EINVAL, "npy: neither integers nor booleans");
	else if (npy.nbytes > len - npy.header_len)
		result = zf_fail(op, EINVAL, "npy: %zu bytes of data, there should be %llu",
			len - npy.header_len, (unsigned long long)npy.nbytes);
	else
		result = fill(op, data + npy.header_len, &npy, type[1], out);
	zf_npy_free(&npy);
	return result;
}

/* ---- text ---- */

static bool is_gap(char c)
{
	return isspace((unsigned char)c) || c == ',';
}

static int read_word(struct zf_op *op, const char *p, size_t n, int64_t *out)
{
	char word[24], *end;

	if (n < sizeof word) {
		memcpy(word, p, n);
		word[n] = '\0';
		*out = strtoll(word, &end, 10);
		if (*end == '\0')
			return 0;
	}
	return zf_fail(op, EINVAL, "'%.*s' is no integer", n < 40 ? (int)n : 40, p);
}

static uint64_t count_words(const char *p, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += !is_gap(p[i]) && (i == 0 || is_gap(p[i - 1]));
	return n;
}

static int read_text(struct zf_op *op, const char *p, size_t len, struct zf_list *out)
{
	uint64_t k = 0;

	out->ndim = 1;
	out->count = out->shape[0] = count_words(p, len);
	if (allocate(op, out, false) < 0)
		return -1;
	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		for (n = 0; i + n < len && !is_gap(p[i + n]);)
			n++;
		if (n && read_word(op, p + i, n, &out->index[k++]) < 0)
			return -1;
	}
	return 0;
}

int zf_list_read(struct zf_op *op, const void *data, size_t len, struct zf_list *out)
{
	if (len >= 6 && memcmp(data, "\x93NUMPY", 6) == 0)
		return read_npy(op, data, len, out);
	return read_text(op, data, len, out);
}
