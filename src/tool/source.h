/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that data come from: an npy file, known by its first bytes, or raw bytes in C order.
 */
#ifndef ZARRTOOL_SOURCE_H
#define ZARRTOOL_SOURCE_H

#include "tool/tool.h"

#include <sys/types.h>

enum { SOURCE_HEAD = 72 << 10 };

struct source {
	const char *name; /* for messages; borrowed */
	int fd;           /* owned, but for standard input */
	bool is_npy;
	struct zf_npy_attr npy; /* where it is one; owned */
	bool sized;             /* it is known how many bytes of data follow: */
	uint64_t nbytes;
	unsigned swap;       /* bytes of numbers to be turned round while reading; 0: none */
	uint64_t given;      /* bytes of data read so far */
	unsigned char *head; /* what was read to see what it is; owned */
	size_t head_len, head_at;
};

/* Opens FILE, or "-" for standard input. raw: not to be looked at, even if it begins as an npy file does. 0,
 * or -1 with tool->op set. New: source_close(). */
int source_open(struct tool *tool, const char *file, bool raw, struct source *out);
void source_close(struct source *source);

/* Checks that elements of an npy file are an array's, whose type is `dtype` (as of zf_node_dtype()), but for
 * their byte order, which is turned while reading. EINVAL. */
int source_convert(struct tool *tool, struct source *source, const char *dtype);

/* Reads len bytes, or less at the end. *got: how many. EIO and the like; EINVAL: the file is shorter than its
 * header says. */
int source_read(struct tool *tool, struct source *source, void *buf, size_t len, size_t *got);

/* Fails with EINVAL where there are more data than were to be read. */
int source_end(struct tool *tool, struct source *source);

#endif
