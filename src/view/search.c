/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A breadth-first search over listings, with limits.
 */
#include "view/search.h"
#include "view/doc.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct search {
	char **queue; /* owned strings; those before `at` are done and NULL */
	size_t at, count;
	unsigned names;
	bool found, nomem;
	bool maybe;         /* the prefix being listed may be a node: its document tells */
	const char *prefix; /* being listed */
};

/* Fails only for lack of memory. */
static bool enqueue(struct search *search, const char *path)
{
	if (search->count == ZF_MAX_SEARCH_PREFIXES)
		return true;
	search->queue[search->count] = strdup(path);
	if (!search->queue[search->count])
		return false;
	search->count++;
	return true;
}

static int on_child(void *arg, const char *name, bool is_prefix)
{
	struct search *search = arg;
	char path[ZF_PATH_SIZE];

	if (++search->names > ZF_MAX_SEARCH_NAMES)
		return 1;
	if (!is_prefix) {
		search->found = search->at > 0 && zf_doc_is_name(name);
		search->maybe |= search->at > 0 && zf_doc_may_be_name(name);
		return search->found;
	}
	if (zf_name_ok(name) && zf_path_join(search->prefix, name, path) && !enqueue(search, path))
		search->nomem = true;
	return search->nomem;
}

/* Reads the document of a prefix that may be a node. */
static int ask(struct zf_tree *tree, struct zf_op *op, struct search *search)
{
	struct zf_doc *doc = NULL;
	int result = zf_doc_get(tree, op, search->prefix, ZF_DOC_RECENT, &doc);

	search->found = result == ZF_FOUND;
	zf_doc_put(doc);
	return result;
}

static bool must_stop(const struct zf_op *op)
{
	return op->err == EINTR || op->err == ENOMEM;
}

static int run(struct zf_tree *tree, struct zf_op *op, struct search *search)
{
	int first = ZF_MISSING;

	while (search->at < search->count && !search->found && search->names <= ZF_MAX_SEARCH_NAMES) {
		int result;

		search->prefix = search->queue[search->at];
		search->maybe = false;
		result = zf_store_list(tree->store, op, search->prefix, on_child, search);
		if (result == ZF_FOUND && search->maybe && !search->found && !search->nomem)
			result = ask(tree, op, search) < 0 ? -1 : ZF_FOUND;
		if (search->nomem)
			return op->err ? -1 : zf_nomem(op, ZF_PATH_SIZE);
		if (result < 0 && must_stop(op))
			return -1;
		if (result < 0)
			zf_op_forgive(op);
		if (search->at == 0)
			first = result == ZF_MISSING ? ZF_MISSING : ZF_FOUND;
		free(search->queue[search->at]);
		search->queue[search->at++] = NULL;
	}
	return first;
}

int zf_search_nodes(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out)
{
	struct search search = { .queue = calloc(ZF_MAX_SEARCH_PREFIXES, sizeof(char *)) };
	int result = -1;

	if (!search.queue || !enqueue(&search, path))
		zf_nomem(op, ZF_MAX_SEARCH_PREFIXES * sizeof(char *));
	else
		result = run(tree, op, &search);
	for (; search.at < search.count; search.at++)
		free(search.queue[search.at]);
	free(search.queue);
	if (result >= 0)
		*out = search.found;
	return result;
}
