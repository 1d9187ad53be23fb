/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Base64.
 */
#include "meta/base64.h"

#include <string.h>

/* The value of a character, or 64. */
static unsigned value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0') + 52;
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* The characters of a text that are not padding. */
static size_t unpadded(const char *text, size_t len)
{
	for (int i = 0; i < 2; i++)
		len -= len > 0 && text[len - 1] == '=';
	return len;
}

bool zf_base64_size(const char *text, size_t len, size_t *out)
{
	size_t n = unpadded(text, len);

	if (len % 4 != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (value_of(text[i]) > 63)
			return false;
	*out = n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0);
	return true;
}

void zf_base64_decode(const char *text, size_t len, unsigned char *dst)
{
	size_t n = unpadded(text, len);
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 6 | value_of(text[i]);
		held += 6;
		if (held >= 8) {
			held -= 8;
			*dst++ = (unsigned char)(bits >> held);
		}
		bits &= 0xff; /* never more than 6 bits are left */
	}
}

size_t zf_base64_length(size_t len)
{
	return (len + 2) / 3 * 4;
}

void zf_base64_encode(const unsigned char *src, size_t len, char *dst)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned bits = (unsigned)src[i] << 16 | (n > 1 ? (unsigned)src[i + 1] << 8 : 0) |
				(n > 2 ? src[i + 2] : 0);

		*dst++ = digits[bits >> 18];
		*dst++ = digits[bits >> 12 & 63];
		*dst++ = '=';
		*dst++ = '=';
		if (n > 1)
			dst[-2] = digits[bits >> 6 & 63];
		if (n > 2)
			dst[-1] = digits[bits & 63];
	}
	*dst = '\0';
}
