/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors of the tool's own work, in tool->op, as the library's calls leave theirs.
 */
#ifndef ZARRTOOL_FAIL_H
#define ZARRTOOL_FAIL_H

#include "tool/tool.h"

/* Sets tool->op, unless it has failed already; an interrupt counts more than any other error. Always returns
 * -1. */
int tool_fail(struct tool *tool, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "WHERE: " in front of the message. Always returns -1. */
int tool_where(struct tool *tool, const char *where);

/* Whether the user has interrupted. */
bool tool_interrupted(struct tool *tool);

/* Clears an error that was dealt with, and an interrupt: what puts things right has to run to its end. The
 * error is kept in *kept, and given back by tool_restore(). */
void tool_set_aside(struct tool *tool, struct zf_op *kept);
void tool_restore(struct tool *tool, const struct zf_op *kept);

#endif
