/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers for people.
 */
#include "tool/print.h"

#include <inttypes.h>
#include <stdio.h>

const char *print_size(uint64_t bytes, char out[static PRINT_SIZE])
{
	static const char suffix[] = " KMGTPE";
	double n = (double)bytes;
	unsigned step = 0;

	while (n >= 999.5 && suffix[step + 1]) {
		n /= 1024;
		step++;
	}
	if (step == 0)
		snprintf(out, PRINT_SIZE, "%" PRIu64, bytes);
	else
		snprintf(out, PRINT_SIZE, n < 9.95 ? "%.1f%c" : "%.0f%c", n, suffix[step]);
	return out;
}

const char *print_number(uint64_t n, char out[static PRINT_SIZE])
{
	snprintf(out, PRINT_SIZE, "%" PRIu64, n);
	return out;
}
