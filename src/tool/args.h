/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of a command: its options and operands, told apart by its table.
 *
 * Every command has these besides its own: --cache, --cache-max, --threads, -q, --help.
 */
#ifndef ZARRTOOL_ARGS_H
#define ZARRTOOL_ARGS_H

#include "tool/tool.h"

enum { ARGS_MOST = 256 }; /* options on one command line */

struct args {
	struct {
		const struct option_spec *spec;
		const char *value; /* borrowed from argv; NULL: it has none */
	} option[ARGS_MOST];
	unsigned noptions;
	char **operand; /* borrowed */
	unsigned noperands;
	bool help;
};

/* Parses argv, whose first word is the command's name. Says on stderr what is wrong, and returns -1. Options
 * may stand anywhere; "--" ends them. */
int args_parse(const struct tool *tool, int argc, char **argv, struct args *out);

bool args_has(const struct args *args, const char *name);

/* The value of the last option of that name; NULL: it was not given. */
const char *args_value(const struct args *args, const char *name);

/* The values of an option that may be given several times: *next is 0 at first. NULL: no more. */
const char *args_next(const struct args *args, const char *name, unsigned *next);

/* The same as a size ("64M") and as a number. 0: *out is set, or was left alone as the option was not given.
 * -1: said on stderr. */
int args_size(const struct tool *tool, const struct args *args, const char *name, uint64_t *out);
int args_number(const struct tool *tool, const struct args *args, const char *name, uint64_t low,
	uint64_t high, uint64_t *out);

/* The help of a command. */
void args_help(const struct command *command, FILE *to);

#endif
