/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Number tokens of JSON to numbers, and numbers to the formats of NumPy's floats. Whatever the locale is.
 */
#ifndef ZF_META_NUMBER_H
#define ZF_META_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the token is an integer, in whatever form (4, 4.0, 40e-1), with less than 2^64 as magnitude. */
enum zf_integer { ZF_INTEGER_OK, ZF_INTEGER_FRACTION, ZF_INTEGER_TOO_BIG };
enum zf_integer zf_number_integer(const char *token, bool *negative, uint64_t *magnitude);

/* The nearest double; overflow gives an infinity. "NaN" gives the NaN with no sign and no payload. */
double zf_number_double(const char *token);

/* Writes `value` little endian as a float of 2, 4 or 8 bytes, rounded to nearest, ties to even, or as the 16
 * bytes of an x87 long double. */
void zf_number_float(double value, size_t size, unsigned char *dst);

/* "0x..." with at most 2 * size digits, the bits of a float of that size, to dst, little endian; false if
 * it is no such thing. */
bool zf_number_hex(const char *text, size_t len, size_t size, unsigned char *dst);

/* A float of 2, 4 or 8 bytes, or an x87 long double of 16, little endian, as a double. */
double zf_number_from_float(const unsigned char *src, size_t size);

/* A number as Python prints it, with the fewest digits that tell it from its neighbours: "0.1", "1e-05", "3.0";
 * "NaN", "Infinity", "-Infinity". */
void zf_number_print(double value, char buf[64]);

#endif
