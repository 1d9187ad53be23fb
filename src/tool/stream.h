/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All bytes of a file of a tree, to an output.
 */
#ifndef ZARRTOOL_STREAM_H
#define ZARRTOOL_STREAM_H

#include "tool/output.h"

/* what: for the progress. 0, or -1 with tool->op set. */
int stream_out(struct tool *tool, struct zf_file *file, struct output *out, const char *what);

#endif
