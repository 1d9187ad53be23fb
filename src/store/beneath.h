/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening files below a directory without ever leaving it.
 *
 * Symbolic links are followed as long as they stay below the directory; absolute ones count as leading
 * out. The kernel checks this (openat2(2), Linux 5.6). Where it cannot, the path is walked component by
 * component and no link is followed at all.
 */
#ifndef ZF_STORE_BENEATH_H
#define ZF_STORE_BENEATH_H

#include <stdbool.h>

/* Whether the kernel has openat2(2) and lets us call it. */
bool zf_beneath_kernel(int root);

/* Opens path ("" is the directory itself) under root; walk: without openat2. Returns a descriptor (close on
 * exec), or -1 and errno: EXDEV for a link that leads out, ELOOP for a loop of links or, walking, for any
 * link; the others as open(2). */
int zf_beneath_open(int root, bool walk, const char *path, int flags);

#endif
