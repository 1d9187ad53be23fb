/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The temporary store: a new directory store below $TMPDIR (/tmp), removed when it is closed.
 */
#ifndef ZF_STORE_TEMP_H
#define ZF_STORE_TEMP_H

#include "store/store.h"

/* Makes an empty store, "temp:DIRECTORY" in messages. New: zf_store_close(). The file system's errors. */
int zf_temp_open(struct zf_ctx *ctx, struct zf_op *op, struct zf_store **out);

#endif
