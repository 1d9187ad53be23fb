/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The staged way of a plan: from source blocks to tiles in a temporary file, from tiles to target blocks.
 */
#ifndef ZF_TRANSFER_STAGE_H
#define ZF_TRANSFER_STAGE_H

#include "transfer/block.h"

/* block has memory for either kind. ENOSPC: the temporary file's. */
int zf_stage_run(
	struct zf_recode *recode, struct zf_op *op, const struct zf_plan *plan, struct zf_block *block);

#endif
