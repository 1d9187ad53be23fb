/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers for people.
 */
#ifndef ZARRTOOL_PRINT_H
#define ZARRTOOL_PRINT_H

#include <stdint.h>

enum { PRINT_SIZE = 32 };

/* "512", "1.5K", "23M": three digits and a binary suffix, as du -h has them. Returns out. */
const char *print_size(uint64_t bytes, char out[static PRINT_SIZE]);

/* "12345". Returns out. */
const char *print_number(uint64_t n, char out[static PRINT_SIZE]);

#endif
