/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far long work has come, on stderr where that is a terminal: a line that is drawn anew a few times a
 * second, and not at all in the first half second.
 */
#ifndef ZARRTOOL_PROGRESS_H
#define ZARRTOOL_PROGRESS_H

#include "tool/tool.h"

#include <time.h>

struct progress {
	const char *what; /* borrowed */
	bool shown, on;
	struct timespec began, drawn;
};

/* Begins. what: "copying". */
void progress_begin(const struct tool *tool, const char *what, struct progress *out);

/* done of total are done; bytes: show them as sizes and a rate, else as numbers. total 0: not known. */
void progress_step(struct progress *progress, uint64_t done, uint64_t total, bool bytes);

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
