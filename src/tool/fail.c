/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors of the tool's own work.
 */
#include "tool/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int tool_fail(struct tool *tool, int err, const char *fmt, ...)
{
	va_list list;

	if (tool->op.err)
		return -1;
	tool->op.err = tool_interrupted(tool) ? EINTR : err;
	va_start(list, fmt);
	vsnprintf(tool->op.text, sizeof tool->op.text, fmt, list);
	va_end(list);
	return -1;
}

int tool_where(struct tool *tool, const char *where)
{
	char text[ZF_OP_TEXT];

	memcpy(text, tool->op.text, sizeof text);
	if (snprintf(tool->op.text, sizeof tool->op.text, "%s: %s", where, text) >= ZF_OP_TEXT)
		tool->op.text[ZF_OP_TEXT - 1] = '\0';
	return -1;
}

bool tool_interrupted(struct tool *tool)
{
	return __atomic_load_n(&tool->op.cancelled, __ATOMIC_RELAXED);
}

void tool_set_aside(struct tool *tool, struct zf_op *kept)
{
	*kept = tool->op;
	zf_op_init(&tool->op);
}

void tool_restore(struct tool *tool, const struct zf_op *kept)
{
	tool->op = *kept;
}
