/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Moving boxes of elements between arrays: copies, transposes, fills. Shapes are in elements, strides in
 * bytes, dimensions outermost first.
 */
#ifndef ZF_CODEC_BOX_H
#define ZF_CODEC_BOX_H

#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes between neighbours of a contiguous array in C order. */
void zf_box_strides(unsigned ndim, const uint64_t *shape, uint64_t itemsize, uint64_t *out);

/* Copies elements of `item` bytes between two arrays with strides of their own, in whatever order is
 * fast. They do not overlap. */
void zf_box_copy(unsigned ndim, const uint64_t *shape, size_t item, void *dst, const uint64_t *dst_strides,
	const void *src, const uint64_t *src_strides);

/* Sets each element of a box. elem NULL: zeros. */
void zf_box_fill(unsigned ndim, const uint64_t *shape, size_t item, void *dst, const uint64_t *strides,
	const void *elem);

/* Whether len bytes (a multiple of item) are nothing but elem. elem NULL: zeros. */
bool zf_box_is(const void *p, size_t len, size_t item, const void *elem);

#endif
