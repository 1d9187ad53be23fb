/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changing byte order.
 */
#ifndef ZF_CODEC_SWAP_H
#define ZF_CODEC_SWAP_H

#include "base/spec.h"

/* Reverses each `unit` bytes of len (a multiple of it). dst may be src, else they do not overlap. */
void zf_swap(void *dst, const void *src, size_t len, uint32_t unit);

/* Reverses the units of each element of a structured type, in place. len is a multiple of the item size. */
void zf_swap_units(void *data, size_t len, uint32_t itemsize, const struct zf_unit *units, unsigned nunits);

#endif
