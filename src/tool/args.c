/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of a command, parsed by getopt_long(3) from the command's table.
 */
#include "tool/args.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MOST = 64, FIRST_LONG = 256 };

static const struct option_spec shared[] = {
	{ 0, "cache", "SIZE", "memory for decoded chunks (256M)" },
	{ 0, "cache-max", "SIZE", "what it may grow to for one row of chunks (1G)" },
	{ 0, "threads", "N", "threads that decode and encode (one a processor)" },
	{ 'q', "quiet", NULL, "show no progress" },
	{ 'h', "help", NULL, "show this help" },
	{ 0, NULL, NULL, NULL },
};

/* The tables of a command as getopt_long() wants them. */
struct tables {
	const struct option_spec *spec[OPTIONS_MOST];
	struct option longs[OPTIONS_MOST + 1];
	char shorts[3 * OPTIONS_MOST + 2];
	unsigned count;
};

static void add(struct tables *t, const struct option_spec *spec)
{
	size_t n = strlen(t->shorts);

	for (; spec && spec->name && t->count < OPTIONS_MOST; spec++) {
		t->spec[t->count] = spec;
		t->longs[t->count] = (struct option){ .name = spec->name,
			.has_arg = spec->arg ? required_argument : no_argument,
			.val = FIRST_LONG + (int)t->count };
		t->count++;
		if (!spec->letter)
			continue;
		t->shorts[n++] = spec->letter;
		if (spec->arg)
			t->shorts[n++] = ':';
		t->shorts[n] = '\0';
	}
}

/* ':' has getopt_long() tell a missing value from an unknown option. */
static void make_tables(const struct command *command, struct tables *t)
{
	memset(t, 0, sizeof *t);
	strcpy(t->shorts, ":");
	add(t, command->options);
	add(t, shared);
}

static const struct option_spec *spec_of(const struct tables *t, int c)
{
	if (c >= FIRST_LONG)
		return t->spec[c - FIRST_LONG];
	for (unsigned i = 0; i < t->count; i++) {
		if (t->spec[i]->letter == c)
			return t->spec[i];
	}
	return NULL;
}

/* What getopt_long() did not like: the word before optind, or a letter in it. */
static int refuse(const struct tool *tool, int c, char **argv)
{
	const char *word = argv[optind > 0 ? optind - 1 : 0];

	if (c == ':' && optopt && optopt < FIRST_LONG)
		tool_wrong(tool, "option -%c needs a value", optopt);
	else if (c == ':')
		tool_wrong(tool, "option %s needs a value", word);
	else if (optopt && optopt < FIRST_LONG)
		tool_wrong(tool, "there is no option -%c", optopt);
	else if (optopt)
		tool_wrong(tool, "option %s takes no value", word);
	else
		tool_wrong(tool, "there is no option %s", word);
	return -1;
}

static int check_operands(const struct tool *tool, const struct args *args)
{
	const struct command *command = tool->command;

	if (args->help)
		return 0;
	if (args->noperands < command->operands_min)
		tool_wrong(tool, "too few operands: zarrtool %s %s", command->name, command->synopsis);
	else if (args->noperands > command->operands_max)
		tool_wrong(tool, "one operand too many: '%s'", args->operand[command->operands_max]);
	else
		return 0;
	return -1;
}

int args_parse(const struct tool *tool, int argc, char **argv, struct args *out)
{
	struct tables t;
	int c;

	make_tables(tool->command, &t);
	memset(out, 0, sizeof *out);
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) >= 0) {
		const struct option_spec *spec = c == '?' || c == ':' ? NULL : spec_of(&t, c);

		if (!spec)
			return refuse(tool, c, argv);
		if (out->noptions == ARGS_MOST) {
			tool_wrong(tool, "more than %d options", ARGS_MOST);
			return -1;
		}
		out->option[out->noptions].spec = spec;
		out->option[out->noptions++].value = spec->arg ? optarg : NULL;
	}
	out->operand = argv + optind;
	out->noperands = (unsigned)(argc - optind);
	out->help = args_has(out, "help");
	return check_operands(tool, out);
}

bool args_has(const struct args *args, const char *name)
{
	for (unsigned i = 0; i < args->noptions; i++) {
		if (strcmp(args->option[i].spec->name, name) == 0)
			return true;
	}
	return false;
}

const char *args_next(const struct args *args, const char *name, unsigned *next)
{
	while (*next < args->noptions) {
		unsigned i = (*next)++;

		if (strcmp(args->option[i].spec->name, name) == 0)
			return args->option[i].value;
	}
	return NULL;
}

const char *args_value(const struct args *args, const char *name)
{
	const char *last = NULL, *value;
	unsigned next = 0;

	while ((value = args_next(args, name, &next)))
		last = value;
	return last;
}

int args_size(const struct tool *tool, const struct args *args, const char *name, uint64_t *out)
{
	const char *value = args_value(args, name);

	if (!value || zf_size_parse(value, out))
		return 0;
	tool_wrong(tool, "--%s: '%s' is not a size", name, value);
	return -1;
}

int args_number(const struct tool *tool, const struct args *args, const char *name, uint64_t low,
	uint64_t high, uint64_t *out)
{
	const char *value = args_value(args, name);
	unsigned long long n;
	char *end;

	if (!value)
		return 0;
	errno = 0;
	n = isdigit((unsigned char)*value) ? strtoull(value, &end, 10) : 0;
	if (!isdigit((unsigned char)*value) || errno || *end || n < low || n > high) {
		tool_wrong(tool, "--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, name, value, low,
			high);
		return -1;
	}
	*out = n;
	return 0;
}

static void help_of(const struct option_spec *spec, FILE *to)
{
	char left[64];

	for (; spec && spec->name; spec++) {
		snprintf(left, sizeof left, "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			spec->arg ? " " : "", spec->arg ? spec->arg : "");
		fprintf(to, "  %-28s %s\n", left, spec->help);
	}
}

void args_help(const struct command *command, FILE *to)
{
	fprintf(to, "usage: zarrtool %s %s\n\n%s.\n", command->name, command->synopsis, command->summary);
	if (command->help)
		fprintf(to, "\n%s\n", command->help);
	fputs("\nOptions:\n", to);
	help_of(command->options, to);
	help_of(shared, to);
}
