/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log is a function of the program's; this only formats.
 */
#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>

void zf_log(struct zf_ctx *ctx, enum zf_level level, const char *fmt, ...)
{
	char line[ZF_OP_TEXT + 256];
	va_list args;

	if (!ctx->config.log)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	ctx->config.log(ctx->config.log_arg, level, line);
}
