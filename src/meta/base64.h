/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Base64 with the standard alphabet (RFC 4648, section 4).
 */
#ifndef ZF_META_BASE64_H
#define ZF_META_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes a text of len characters decodes to; false if it is no base64, padding included. */
bool zf_base64_size(const char *text, size_t len, size_t *out);

/* Decodes what zf_base64_size() has found good. */
void zf_base64_decode(const char *text, size_t len, unsigned char *dst);

/* Characters that len bytes encode to, padding included; and those, with a NUL behind, to dst. */
size_t zf_base64_length(size_t len);
void zf_base64_encode(const unsigned char *src, size_t len, char *dst);

#endif
