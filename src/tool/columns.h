/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * npy files whose data are in column-major order, read in row-major order. They have to be regular files.
 */
#ifndef ZARRTOOL_COLUMNS_H
#define ZARRTOOL_COLUMNS_H

#include "tool/source.h"

struct columns {
	const struct source *source; /* borrowed */
	const unsigned char *map;    /* of the whole file; NULL: not open */
	size_t len;
};

/* 0, or -1 with tool->op set. New: columns_close(). */
int columns_open(struct tool *tool, const struct source *source, struct columns *out);
void columns_close(struct columns *columns);

/* Bytes [offset, offset + len) of the data, as if they were in C order. */
void columns_read(const struct columns *columns, unsigned char *buf, size_t len, uint64_t offset);

#endif
