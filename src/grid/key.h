/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunk keys (zarr-specs v3, "Chunk key encoding"; v2, "Chunks").
 */
#ifndef ZF_GRID_KEY_H
#define ZF_GRID_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How coordinates become a key. */
struct zf_key_encoding {
	bool c_prefix;  /* "default": "c/0/1", 0-d "c"; else "v2": "0/1", 0-d "0" */
	char separator; /* '/' or '.' */
	bool c_joined;  /* drafts of v3: "c0/1", 0-d "c0" (with c_prefix) */
	bool reversed;  /* N5: the last dimension first */

	/* zarr 0.3 and 0.4: a folder in which all chunks of the array are, and how their names end; static.
	 * NULL: none */
	const char *folder, *ending;
};

/* Writes the key of a chunk, NUL-terminated, under `prefix` (the array's path, "" for the root). Returns its
 * length, or 0 when it does not fit. */
size_t zf_key_format(const struct zf_key_encoding *encoding, const char *prefix, unsigned ndim,
	const uint64_t *coords, char *buf, size_t size);

/* Parses what follows the array's path; false if it is no key of a chunk: leading zeros, other characters, a
 * number that overflows. */
bool zf_key_parse(const struct zf_key_encoding *encoding, const char *rest, unsigned ndim, uint64_t *coords);

#endif
