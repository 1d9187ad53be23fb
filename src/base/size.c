/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes as people write them.
 */
#include "zarrfs.h"

#include <ctype.h>
#include <string.h>

bool zf_size_parse(const char *text, uint64_t *out)
{
	static const char suffixes[] = "KMGT";
	uint64_t n = 0;
	const char *suffix;
	unsigned shift = 0;

	if (!isdigit((unsigned char)*text))
		return false;
	for (; isdigit((unsigned char)*text); text++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return false;
	}
	if (*text) {
		suffix = strchr(suffixes, toupper((unsigned char)*text));
		if (!suffix || text[1])
			return false;
		shift = 10 * (unsigned)(suffix - suffixes + 1);
	}
	if (n == 0 || n > UINT64_MAX >> shift)
		return false;
	*out = n << shift;
	return true;
}
