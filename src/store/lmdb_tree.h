/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading LMDB's B+ tree without believing it.
 *
 * liblmdb follows the page numbers and offsets of a file through a map of it without looking where they lead:
 * a damaged file kills the program that reads it. So it does here what only it can do, transactions, which
 * see to it that the pages of a snapshot stay; the pages themselves are read with pread(2) and checked. The
 * format is that of LMDB 0.9 (version 1), in the byte order and word size of this machine.
 */
#ifndef ZF_STORE_LMDB_TREE_H
#define ZF_STORE_LMDB_TREE_H

#include "base/op.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one of the two meta pages says. */
struct zf_lmdb_meta {
	size_t page_size;
	uint64_t map_size, last_page, txn;
	uint64_t root; /* of the main tree; ZF_LMDB_NO_PAGE: it is empty */
	unsigned depth;
};
#define ZF_LMDB_NO_PAGE ((uint64_t)SIZE_MAX)

/* Reads the newest meta page that is good. EINVAL: not an LMDB file, or one that cannot be a Zarr store. EIO:
 * neither is good, or the file is shorter than it says. */
int zf_lmdb_meta(struct zf_op *op, int fd, struct zf_lmdb_meta *out);

/* The one of a transaction. 0; 1: it is there no more, the transaction is too old; -1. */
int zf_lmdb_meta_of(struct zf_op *op, int fd, size_t page_size, uint64_t txn, struct zf_lmdb_meta *out);

/* Where a value is in the file. */
struct zf_lmdb_value {
	uint64_t offset;
	uint32_t size;
};

enum { ZF_LMDB_MAX_KEY = 511 }; /* as Debian and python-lmdb build the library; 0 bytes is no key */

struct zf_lmdb_key {
	size_t len;
	char bytes[ZF_LMDB_MAX_KEY + 1]; /* with a NUL behind */
};

/* A copy of a page that is being searched. */
struct zf_lmdb_page {
	uint64_t number; /* 0: none yet */
	unsigned nodes;
	bool leaf;
	size_t size;
	uint8_t bytes[65536];
};

/* Searches in one snapshot: the last leaf is kept, as the next key is mostly on it. */
struct zf_lmdb_cursor {
	int fd;
	struct zf_lmdb_meta meta;
	struct zf_lmdb_page page;
};

/* Finds the first key that is not less than `from`. ZF_FOUND, ZF_MISSING or -1. Keys longer than
 * ZF_LMDB_MAX_KEY are EIO. */
int zf_lmdb_seek(struct zf_op *op, struct zf_lmdb_cursor *cursor, const char *from, size_t n,
	struct zf_lmdb_key *key, struct zf_lmdb_value *value);

#endif
