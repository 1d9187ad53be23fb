/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CRC-32C: eight bytes at a time, with the processor's own instruction where there is one.
 */
#include "codec/crc32c_sum.h"

#include "codec/crc32c_table.h"
#include "codec/le.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint32_t update_bytes(uint32_t crc, const uint8_t *p, size_t len)
{
	while (len--)
		crc = crc >> 8 ^ crc32c_table[0][(crc ^ *p++) & 255];
	return crc;
}

static uint32_t update_table(uint32_t crc, const uint8_t *p, size_t len)
{
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t a = crc ^ zf_le32(p), b = zf_le32(p + 4);

		crc = crc32c_table[7][a & 255] ^ crc32c_table[6][a >> 8 & 255] ^
		      crc32c_table[5][a >> 16 & 255] ^ crc32c_table[4][a >> 24] ^ crc32c_table[3][b & 255] ^
		      crc32c_table[2][b >> 8 & 255] ^ crc32c_table[1][b >> 16 & 255] ^
		      crc32c_table[0][b >> 24];
	}
	return update_bytes(crc, p, len);
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t update_sse42(uint32_t crc, const uint8_t *p, size_t len)
{
	uint64_t wide = crc, word;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, sizeof word);
		wide = _mm_crc32_u64(wide, word);
	}
	return update_bytes((uint32_t)wide, p, len);
}
#endif

uint32_t zf_crc32c_portable(const void *p, size_t len)
{
	return ~update_table(~0u, p, len);
}

uint32_t zf_crc32c(const void *p, size_t len)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		return ~update_sse42(~0u, p, len);
#endif
	return zf_crc32c_portable(p, len);
}
