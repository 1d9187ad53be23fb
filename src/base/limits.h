/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every limit on what a store may ask of us, in one table. Each is tested on both sides
 * (tests/unit/limits.c). They are far above what writers make and far below what harms.
 */
#ifndef ZF_BASE_LIMITS_H
#define ZF_BASE_LIMITS_H

#include <stdint.h>

enum {
	ZF_MAX_NDIM = 64,              /* dimensions of an array: NumPy 2's limit */
	ZF_MAX_CODECS = 32,            /* codecs in one chain */
	ZF_MAX_SHARD_DEPTH = 4,        /* shards within shards */
	ZF_MAX_FIELDS = 4096,          /* fields of a structured type, nested ones included */
	ZF_MAX_DTYPE_DEPTH = 16,       /* structured types within structured types */
	ZF_MAX_NAME = 255,             /* bytes of one name in the tree: NAME_MAX */
	ZF_MAX_KEY = 4095,             /* bytes of a whole key or path: PATH_MAX - 1 */
	ZF_MAX_JSON_DEPTH = 512,       /* nesting of a metadata document */
	ZF_MAX_LISTED_ABOVE = 32,      /* groups above a node whose consolidated metadata are asked for it */
	ZF_MAX_SEARCH_PREFIXES = 1024, /* prefixes listed, and */
	ZF_MAX_SEARCH_NAMES = 65536,   /* names seen, in looking for nodes below a prefix that is none */
};

#define ZF_MAX_ITEMSIZE ((uint64_t)1 << 30)     /* bytes of one element */
#define ZF_MAX_TEXTS ((uint64_t)1 << 30)        /* bytes of a chunk of elements that vary in length */
#define ZF_MAX_DOCUMENT ((uint64_t)64 << 20)    /* bytes of a metadata document */
#define ZF_MAX_JSON_TREE ((uint64_t)256 << 20)  /* bytes of memory, estimated, for a parsed document */
#define ZF_MAX_NODES_INDEX ((uint64_t)32 << 20) /* bytes of memory for an index of consolidated metadata */
#define ZF_MAX_FILE ((uint64_t)INT64_MAX)       /* bytes of a flat file: off_t */

#endif
