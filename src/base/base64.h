/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Base64 with the standard alphabet (RFC 4648, section 4): writing.
 */
#ifndef ZF_BASE_BASE64_H
#define ZF_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* The characters that len bytes become; len is at most SIZE_MAX / 2. */
static inline size_t zf_base64_len(size_t len)
{
	return (len + 2) / 3 * 4;
}

/* Writes them. */
static inline void zf_base64_write(char *to, const uint8_t *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3, to += 4) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;

		if (have > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			bits |= p[i + 2];
		for (unsigned k = 0; k < 4; k++)
			to[k] = k <= have ? digits[bits >> (18 - 6 * k) & 63] : '=';
	}
}

#endif
