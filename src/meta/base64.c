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
