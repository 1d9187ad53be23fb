/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Little-endian numbers in bytes, on any machine.
 */
#ifndef ZF_CODEC_LE_H
#define ZF_CODEC_LE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t zf_le32(const void *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	return le32toh(n);
}

static inline void zf_put_le32(void *p, uint32_t n)
{
	n = htole32(n);
	memcpy(p, &n, sizeof n);
}

#endif
