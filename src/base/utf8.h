/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8.
 */
#ifndef ZF_BASE_UTF8_H
#define ZF_BASE_UTF8_H

#include <stddef.h>

/* The length of the sequence at s, which has `left` bytes (at least 1); 0 if it is none: overlong, a
 * surrogate, beyond U+10FFFF, cut short. */
static inline size_t zf_utf8_len(const unsigned char *s, size_t left)
{
	size_t n = s[0] < 0x80   ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4
				 : 0;

	if (n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90))
		return 0;
	if ((s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

#endif
