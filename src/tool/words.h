/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Elements as words, as numpy.array2string() has them: all of an array's are looked at first, so that they
 * have one width and one form.
 */
#ifndef ZARRTOOL_WORDS_H
#define ZARRTOOL_WORDS_H

#include "tool/tool.h"

#include <jansson.h>

/* The words of n elements, which lie `step` bytes apart from `data` on; dtype is NumPy's, parsed. bare: the
 * array has no dimensions. New: words_free(). NULL: of this type there are none, or memory is out. */
char **words_new(const json_t *dtype, const unsigned char *data, size_t n, size_t step, bool bare);
void words_free(char **words, size_t n);

/* Bytes of an element of a type without fields. */
size_t words_itemsize(const char *dtype);

/* numbers.c: floats of 2, 4, 8 bytes, as doubles; plus: with a sign always. */
char **words_of_floats(const double *values, size_t n, unsigned size, bool plus);

/* times.c: datetime64 and timedelta64, as "M8[ns]". */
char **words_of_times(const char *dtype, const int64_t *values, size_t n);

#endif
