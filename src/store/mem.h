/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The memory store: empty when opened, gone when closed. What is put takes memory, without a bound of its
 * own.
 */
#ifndef ZF_STORE_MEM_H
#define ZF_STORE_MEM_H

#include "store/store.h"

/* Makes an empty store, "mem:LABEL" in messages. New: zf_store_close(). ENOMEM. */
int zf_mem_open(struct zf_ctx *ctx, struct zf_op *op, const char *label, struct zf_store **out);

#endif
