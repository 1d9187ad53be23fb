/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool check: looks at every document and chunk, and mends what loses nothing.
 *
 * The store is opened for reading first, as opening it for writing would remove what killed writers left
 * before it was told.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"
#include "tool/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const flaw_names[] = {
	[ZF_FLAW_DOCUMENT] = "document",
	[ZF_FLAW_MISSING] = "missing",
	[ZF_FLAW_CHUNK] = "chunk",
	[ZF_FLAW_SHARD] = "shard",
	[ZF_FLAW_OUTSIDE] = "outside",
	[ZF_FLAW_FOREIGN] = "foreign",
	[ZF_FLAW_LEFTOVER] = "leftover",
	[ZF_FLAW_STALE] = "stale",
	[ZF_FLAW_UNSUPPORTED] = "unsupported",
};

struct kept {
	struct zf_finding what; /* its strings are owned */
	struct kept *next;
};

struct check {
	struct tool *tool;
	bool repair, prune;
	json_t *list; /* NULL: no JSON */
	uint64_t found, mended;
	struct kept *first, **last; /* to be mended */
	bool nomem;

	struct zf_check_sum sum; /* atomic while it runs */
	bool done;               /* with the lock */
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

/* ---- findings ---- */

static bool is_to_be_mended(const struct check *check, const struct zf_finding *f)
{
	return check->repair && f->mendable && (f->flaw != ZF_FLAW_OUTSIDE || check->prune);
}

static void print(struct check *check, const struct zf_finding *f, const char *outcome)
{
	const char *path = *f->path ? f->path : "/";

	if (check->list)
		json_array_append_new(check->list,
			json_pack("{s:s%, s:s%, s:s, s:s%, s:b}", "path", f->path, strlen(f->path), "key",
				f->key, strlen(f->key), "kind", flaw_names[f->flaw], "reason", f->reason,
				strlen(f->reason), "mended", strcmp(outcome, "mended") == 0));
	else
		printf("%s: %s: %s: %s%s%s\n", path, f->key, flaw_names[f->flaw], f->reason,
			*outcome ? ": " : "", outcome);
}

static void keep(struct check *check, const struct zf_finding *f)
{
	struct kept *kept = calloc(1, sizeof *kept);

	if (kept) {
		kept->what = *f;
		kept->what.path = strdup(f->path);
		kept->what.key = strdup(f->key);
		kept->what.reason = strdup(f->reason);
	}
	if (!kept || !kept->what.path || !kept->what.key || !kept->what.reason) {
		check->nomem = true;
		free(kept);
		return;
	}
	*check->last = kept;
	check->last = &kept->next;
}

static int on_finding(void *arg, const struct zf_finding *f)
{
	struct check *check = arg;

	check->found++;
	if (is_to_be_mended(check, f))
		keep(check, f);
	else
		print(check, f, "");
	return 0;
}

static void forget(struct check *check)
{
	struct kept *next;

	for (struct kept *k = check->first; k; k = next) {
		next = k->next;
		free((char *)(uintptr_t)k->what.path);
		free((char *)(uintptr_t)k->what.key);
		free((char *)(uintptr_t)k->what.reason);
		free(k);
	}
	check->first = NULL;
}

/* ---- progress ---- */

static void *show(void *arg)
{
	struct check *check = arg;
	struct progress progress;

	progress_begin(check->tool, "checking chunks:", &progress);
	pthread_mutex_lock(&check->lock);
	while (!check->done) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += until.tv_nsec >= 800000000;
		until.tv_nsec = (until.tv_nsec + 200000000) % 1000000000;
		pthread_cond_timedwait(&check->changed, &check->lock, &until);
		progress_step(&progress, __atomic_load_n(&check->sum.bytes, __ATOMIC_RELAXED), 0, true);
	}
	pthread_mutex_unlock(&check->lock);
	progress_end(&progress);
	return NULL;
}

static void stop_showing(struct check *check, pthread_t thread)
{
	pthread_mutex_lock(&check->lock);
	check->done = true;
	pthread_cond_signal(&check->changed);
	pthread_mutex_unlock(&check->lock);
	pthread_join(thread, NULL);
}

/* ---- checking and mending ---- */

static int look(struct check *check, const char *spec)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct tool *tool = check->tool;
	struct node node;
	pthread_t thread;
	bool shown;
	int result;

	if (node_open(tool, spec, &config, &node) < 0)
		return tool_failed(tool);
	shown = pthread_create(&thread, NULL, show, check) == 0;
	result = zf_tree_check(node.tree, &tool->op, node.path, on_finding, check, &check->sum);
	if (shown)
		stop_showing(check, thread);
	node_close(&node);
	return result < 0 ? tool_failed(tool) : EXIT_OK;
}

static void mend_one(struct check *check, const struct node *node, const struct zf_finding *f)
{
	struct tool *tool = check->tool;
	char outcome[ZF_OP_TEXT + 16] = "mended";

	if (zf_tree_mend(node->tree, &tool->op, f) < 0) {
		snprintf(outcome, sizeof outcome, "not mended: %s", tool->op.text);
		if (tool->op.err != EINTR) {
			tool->op.err = 0;
			tool->op.text[0] = '\0';
		}
	} else {
		check->mended++;
	}
	print(check, f, outcome);
}

static int mend(struct check *check, const char *spec)
{
	struct tool *tool = check->tool;
	struct node node;
	int status = EXIT_OK;

	if (!check->first)
		return EXIT_OK;
	if (node_open(tool, spec, NULL, &node) < 0)
		return tool_failed(tool);
	for (const struct kept *k = check->first; k && tool->op.err == 0; k = k->next)
		mend_one(check, &node, &k->what);
	if (tool->op.err || zf_tree_flush(node.tree, &tool->op) < 0)
		status = tool_failed(tool);
	node_close(&node);
	return status;
}

static int report(struct check *check, int status)
{
	json_t *all;

	if (check->nomem) {
		tool_say(check->tool, "out of memory");
		status = EXIT_FAILED;
	}
	if (check->list) {
		all = json_pack("{s:I, s:I, s:I, s:O}", "values", (json_int_t)check->sum.values, "chunks",
			(json_int_t)check->sum.chunks, "bytes", (json_int_t)check->sum.bytes, "findings",
			check->list);
		nodes_print_json(all);
		json_decref(all);
	}
	return check->found > check->mended ? EXIT_FAILED : status;
}

static int run(struct tool *tool, const struct args *args)
{
	struct check check = { .tool = tool,
		.repair = args_has(args, "repair"),
		.prune = args_has(args, "prune"),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER };
	int status;

	if (check.prune && !check.repair)
		return tool_wrong(tool, "--prune goes with --repair");
	check.last = &check.first;
	check.list = args_has(args, "json") ? json_array() : NULL;
	status = look(&check, args->operand[0]);
	if (status == EXIT_OK)
		status = mend(&check, args->operand[0]);
	status = report(&check, status);
	forget(&check);
	json_decref(check.list);
	return status;
}

static const struct option_spec options[] = {
	{ 0, "repair", NULL, "mend what loses nothing" },
	{ 0, "prune", NULL, "with --repair: remove chunks outside of the shape, too" },
	{ 0, "json", NULL, "as JSON" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_check = {
	.name = "check",
	.synopsis = "[--repair [--prune]] [--json] NODE",
	.summary = "Reads every document and chunk, and tells what is damaged",
	.help = "A line for each finding: the node, the key, what kind of flaw it is, and the reason. The "
		"exit\n"
		"status is 1 where something was found (and not mended).",
	.options = options,
	.operands_min = 1,
	.operands_max = 1,
	.run = run,
};
