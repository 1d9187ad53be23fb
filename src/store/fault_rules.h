/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules of the fault store (fault.h says what they look like), read.
 */
#ifndef ZF_STORE_FAULT_RULES_H
#define ZF_STORE_FAULT_RULES_H

#include "base/op.h"

enum zf_fault_call {
	ZF_FAULT_GET = 1,
	ZF_FAULT_STAT = 2,
	ZF_FAULT_LIST = 4,
	ZF_FAULT_PUT = 8,
	ZF_FAULT_DEL = 16,
	ZF_FAULT_FLUSH = 32,
	ZF_FAULT_SETTLE = 64,
	ZF_FAULT_RENAME = 128,
	ZF_FAULT_PRUNE = 256,
	ZF_FAULT_ANY = 511
};
enum zf_fault_what {
	ZF_FAULT_NOTHING,
	ZF_FAULT_ERROR,
	ZF_FAULT_MISSING,
	ZF_FAULT_SHORT,
	ZF_FAULT_LIE,
	ZF_FAULT_FLIP,
	ZF_FAULT_HANG,
	ZF_FAULT_KILL,
	ZF_FAULT_DIE
};
enum { ZF_FAULT_MAX_RULES = 16, ZF_FAULT_MAX_TEXT = 128 };

struct zf_fault_action {
	enum zf_fault_what what;
	uint64_t n; /* of ZF_FAULT_ERROR: the errno value */
};

struct zf_fault_rule {
	unsigned calls; /* enum zf_fault_call */
	char text[ZF_FAULT_MAX_TEXT];
	uint64_t first, last; /* matching calls, from 1 */
	struct zf_fault_action action;
	uint64_t seen;
};

struct zf_fault_rules {
	struct zf_fault_rule rule[ZF_FAULT_MAX_RULES];
	size_t count;
};

/* Reads rules. EINVAL. */
int zf_fault_parse(struct zf_op *op, const char *text, struct zf_fault_rules *out);

/* "put"; static. */
const char *zf_fault_call_name(enum zf_fault_call call);

#endif
