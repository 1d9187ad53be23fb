/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Castagnoli checksum (RFC 3720, B.4).
 */
#ifndef ZF_CODEC_CRC32C_SUM_H
#define ZF_CODEC_CRC32C_SUM_H

#include <stddef.h>
#include <stdint.h>

uint32_t zf_crc32c(const void *p, size_t len);

/* The same without instructions of this or that processor; for tests. */
uint32_t zf_crc32c_portable(const void *p, size_t len);

#endif
