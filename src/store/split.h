/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store with the layout of the early drafts of Zarr v3, shown with that of v3: what is at "P/zarr.json"
 * comes from "meta/root/P.array.json" or "meta/root/P.group.json", and all else below P from "data/root/P".
 * Keys only: the documents stay what they are. Read only.
 */
#ifndef ZF_STORE_SPLIT_H
#define ZF_STORE_SPLIT_H

#include "store/store.h"

/* Takes `below`, also when it fails. New: zf_store_close(). */
int zf_split_open(struct zf_op *op, struct zf_store *below, struct zf_store **out);

/* Whether a store is one. */
bool zf_split_is(const struct zf_store *store);

#endif
