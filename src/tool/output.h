/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a command's bytes go: standard output, or a file that is there when it is whole. A file is written
 * under another name beside it, and renamed at the end; what is no regular file is written as it is.
 */
#ifndef ZARRTOOL_OUTPUT_H
#define ZARRTOOL_OUTPUT_H

#include "tool/tool.h"

#include <sys/uio.h>

struct output {
	int fd;
	const char *name; /* for messages; borrowed */
	char *temporary;  /* NULL: none; owned */
	char *target;     /* where that goes; owned */
};

/* name: NULL or "-" for standard output; borrowed. New: output_finish() or output_abandon(). 0, or -1 with
 * tool->op set; so do those below. */
int output_open(struct tool *tool, const char *name, struct output *out);

int output_write(struct tool *tool, struct output *out, const void *data, size_t len);

/* Changes iov. */
int output_writev(struct tool *tool, struct output *out, struct iovec *iov, int count);

/* The file gets its name. */
int output_finish(struct tool *tool, struct output *out);

/* Takes away what was written. */
void output_abandon(struct output *out);

#endif
