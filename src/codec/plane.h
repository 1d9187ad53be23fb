/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transposing a plane: the inner loop of copies between arrays that disagree about the fastest dimension.
 */
#ifndef ZF_CODEC_PLANE_H
#define ZF_CODEC_PLANE_H

#include <stddef.h>
#include <stdint.h>

/* Elements that are contiguous along the rows' index in the source, along the columns' in the
 * destination. Steps are in bytes. */
struct zf_plane {
	uint64_t rows, columns;
	uint64_t to_step;   /* from row to row of the destination */
	uint64_t from_step; /* from column to column of the source */
};

/* Copies element (r, c) from src + r * item + c * from_step to dst + r * to_step + c * item. */
void zf_plane_copy(void *dst, const void *src, const struct zf_plane *plane, size_t item);

#endif
