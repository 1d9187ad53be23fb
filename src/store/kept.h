/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store over a store that keeps what was read in memory, encoded as it is: for slow disks and networks.
 *
 * What is kept is what was asked for, values or ranges of them, up to a number of bytes; the keys used least
 * recently go first. Before something kept is given out, the store below is asked for the value's tag, so
 * that what another program has changed is read again. Where a store knows no tags, what is kept is believed.
 */
#ifndef ZF_STORE_KEPT_H
#define ZF_STORE_KEPT_H

#include "store/store.h"

/* Puts a cache of `limit` bytes over a store (takes). Messages name the store below. New: zf_store_close().
 */
int zf_kept_open(struct zf_op *op, struct zf_store *below, uint64_t limit, struct zf_store **out);

#endif
