/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool: what is done to Zarr stores besides reading and writing files, without a mount.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_append,
	&command_attrs,
	&command_check,
	&command_consolidate,
	&command_copy,
	&command_create,
	&command_diff,
	&command_du,
	&command_export,
	&command_get,
	&command_head,
	&command_import,
	&command_info,
	&command_ls,
	&command_migrate,
	&command_mv,
	&command_put,
	&command_resize,
	&command_rm,
	&command_tree,
};

/* A signal handler can reach nothing else. */
static struct zf_op *volatile interruptible;

static void interrupt(int signal_number)
{
	(void)signal_number;
	if (interruptible)
		zf_op_cancel(interruptible);
}

static void __attribute__((format(printf, 2, 0))) say(const struct tool *tool, const char *fmt, va_list list)
{
	fflush(stdout);
	fputs("zarrtool: ", stderr);
	if (tool->command)
		fprintf(stderr, "%s: ", tool->command->name);
	vfprintf(stderr, fmt, list);
	fputc('\n', stderr);
}

void tool_say(const struct tool *tool, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	say(tool, fmt, list);
	va_end(list);
}

int tool_wrong(const struct tool *tool, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	say(tool, fmt, list);
	va_end(list);
	fprintf(stderr, "Try 'zarrtool %s%s--help'.\n", tool->command ? tool->command->name : "",
		tool->command ? " " : "");
	return EXIT_WRONG;
}

int tool_failed(struct tool *tool)
{
	tool_say(tool, "%s", tool->op.err == EINTR ? "interrupted" : tool->op.text);
	tool->op.err = 0;
	tool->op.text[0] = '\0';
	return EXIT_FAILED;
}

static void help(FILE *to)
{
	fputs("usage: zarrtool COMMAND [OPTION...] OPERAND...\n"
	      "       zarrtool COMMAND --help\n\n"
	      "Inspects, creates, resizes, copies and checks Zarr stores.\n\nCommands:\n",
		to);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nA NODE is STORE, STORE#PATH or STORE/PATH. zarrtool(1) tells more.\n", to);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static void log_line(void *arg, enum zf_level level, const char *line)
{
	(void)arg;
	if (level <= ZF_LOG_WARNING)
		fprintf(stderr, "zarrtool: %s\n", line);
}

static int make_context(struct tool *tool, const struct args *args)
{
	struct zf_config config = { .log = log_line };
	uint64_t threads = 0;

	if (args_size(tool, args, "cache", &config.cache) < 0 ||
		args_size(tool, args, "cache-max", &config.cache_max) < 0 ||
		args_number(tool, args, "threads", 1, 1024, &threads) < 0)
		return EXIT_WRONG;
	config.threads = (unsigned)threads;
	return zf_ctx_new(&config, &tool->op, &tool->ctx) < 0 ? tool_failed(tool) : EXIT_OK;
}

static void catch_signals(struct tool *tool)
{
	struct sigaction action = { .sa_handler = interrupt };

	interruptible = &tool->op;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Output that could not be written is a failure like any other. */
static int close_output(struct tool *tool, int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	tool_say(tool, "cannot write to standard output: %s", strerror(errno));
	return status == EXIT_OK ? EXIT_FAILED : status;
}

static int run(struct tool *tool, int argc, char **argv)
{
	struct args args;
	int status;

	if (args_parse(tool, argc, argv, &args) < 0)
		return EXIT_WRONG;
	if (args.help) {
		args_help(tool->command, stdout);
		return close_output(tool, EXIT_OK);
	}
	tool->quiet = args_has(&args, "quiet");
	status = make_context(tool, &args);
	if (status != EXIT_OK)
		return status;
	catch_signals(tool);
	status = close_output(tool, tool->command->run(tool, &args));
	interruptible = NULL;
	zf_ctx_free(tool->ctx);
	return status;
}

int main(int argc, char **argv)
{
	struct tool tool = { 0 };
	const char *word = argc > 1 ? argv[1] : "";

	zf_op_init(&tool.op);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		help(stdout);
		return close_output(&tool, EXIT_OK);
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		printf("zarrtool %s\n", zf_version());
		return close_output(&tool, EXIT_OK);
	}
	if (!*word) {
		help(stderr);
		return EXIT_WRONG;
	}
	tool.command = find_command(word);
	return tool.command ? run(&tool, argc - 1, argv + 1)
			    : tool_wrong(&tool, "there is no command '%s'", word);
}
