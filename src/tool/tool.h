/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool: what its commands share.
 *
 * A command is one file, with one struct command, named in the table of main.c. It is given what its options
 * said (args.h) and a struct tool, and returns the exit status. It prints results to stdout; what went wrong
 * goes to stderr, once, by tool_failed() or tool_wrong().
 *
 * An interrupt (SIGINT, SIGTERM) cancels tool->op: the call under way fails with EINTR, and the command
 * cleans up as after any other failure.
 */
#ifndef ZARRTOOL_TOOL_H
#define ZARRTOOL_TOOL_H

#include "zarrfs.h"

#include <stdio.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_WRONG = 2 };

struct args;
struct tool;

/* An option of a command. arg: the name of its value in the help; NULL: it has none. */
struct option_spec {
	char letter; /* 0: none */
	const char *name;
	const char *arg;
	const char *help;
};

struct command {
	const char *name;
	const char *synopsis;              /* what follows the name: "[--json] NODE" */
	const char *summary;               /* one line, for the list of commands */
	const char *help;                  /* paragraphs, or NULL */
	const struct option_spec *options; /* ends with one without a name; NULL: none of its own */
	unsigned operands_min, operands_max;
	int (*run)(struct tool *tool, const struct args *args);
};

struct tool {
	const struct command *command;
	struct zf_ctx *ctx; /* owned */
	struct zf_op op;    /* the one that an interrupt cancels */
	bool quiet;         /* -q: no progress */
};

/* Says what op tells, "zarrtool: COMMAND: ...", and returns EXIT_FAILED. op is fit for use again, but for
 * having been cancelled. */
int tool_failed(struct tool *tool);

/* Says that the command line is wrong, and where help is; returns EXIT_WRONG. */
int tool_wrong(const struct tool *tool, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line on stderr, "zarrtool: COMMAND: ...". */
void tool_say(const struct tool *tool, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
