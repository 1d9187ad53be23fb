/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of options: each sets *out and returns 0, or says on stderr what is wrong and returns -1.
 */
#ifndef ZARRFS_OPTION_VALUES_H
#define ZARRFS_OPTION_VALUES_H

#include <stdint.h>
#include <sys/types.h>

/* Says that a value is not what it should be. */
int option_wrong(const char *option, const char *value, const char *what);

/* From low to high. */
int option_number(const char *option, const char *value, unsigned long long low, unsigned long long high,
	unsigned *out);

/* Octal. */
int option_mask(const char *value, mode_t *out);

/* Bytes, or with a suffix KiB, MiB, GiB, TiB. */
int option_size(const char *option, const char *value, uint64_t *out);

/* What was in *out is freed. */
int option_text(const char *value, char **out);

/* "10,20" or "10x20", as "10,20". */
int option_shape(const char *option, const char *value, char **out);

/* C or F. */
int option_order(const char *value, char *out);

/* As an absolute path. */
int option_folder(const char *option, const char *value, char **out);

#endif
