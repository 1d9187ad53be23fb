/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NODE: finding the store in a path.
 */
#include "tool/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int out_of_memory(struct tool *tool)
{
	tool->op.err = ENOMEM;
	strcpy(tool->op.text, "out of memory");
	return -1;
}

static bool is_there(const char *path, bool *is_directory)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	*is_directory = S_ISDIR(st.st_mode);
	return true;
}

/* Whether a directory has a document of a Zarr node. */
static bool is_zarr(const char *path)
{
	static const char *const names[] = { "zarr.json", ".zgroup", ".zarray", ".zmetadata", "meta",
		"attributes.json", "data.mdb" };
	char file[4096];
	bool directory;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (snprintf(file, sizeof file, "%s/%s", path, names[i]) < (int)sizeof file &&
			is_there(file, &directory) && !directory)
			return true;
	}
	return false;
}

/* Where the store's name ends in a path without '#': at a file on the way, else at the first directory that
 * is a node; all of it where there is neither. */
static size_t store_len(const char *path)
{
	size_t len = strlen(path), result = len;
	char *part = strdup(path);
	bool directory;

	for (size_t i = 1; part && i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (!is_there(part, &directory))
			break;
		if (!directory || is_zarr(part)) {
			result = i;
			break;
		}
		part[i] = path[i];
	}
	free(part);
	return result;
}

/* "KIND:PATH": where PATH begins. */
static size_t kind_len(const char *spec)
{
	size_t n = strspn(spec, "abcdefghijklmnopqrstuvwxyz0123456789");

	return spec[n] == ':' ? n + 1 : 0;
}

int node_split(struct tool *tool, const char *spec, char **store, char **path)
{
	const char *hash = strrchr(spec, '#');
	size_t kind = kind_len(spec), end = kind + store_len(spec + kind);
	const char *rest = spec + end;
	bool directory;

	/* a '#' may be part of a name that is there */
	if (hash && !*rest && !is_there(spec + kind, &directory)) {
		end = (size_t)(hash - spec);
		rest = hash + 1;
	}
	rest += strspn(rest, "/");
	*store = strndup(spec, end);
	*path = strdup(rest);
	if (!*store || !*path) {
		free(*store);
		free(*path);
		return out_of_memory(tool);
	}
	for (size_t n = strlen(*path); n > 0 && (*path)[n - 1] == '/';)
		(*path)[--n] = '\0';
	return 0;
}

int node_open(struct tool *tool, const char *spec, const struct zf_tree_config *config, struct node *out)
{
	memset(out, 0, sizeof *out);
	if (node_split(tool, spec, &out->store, &out->path) < 0)
		return -1;
	if (zf_tree_open(tool->ctx, &tool->op, out->store, config, &out->tree) == 0)
		return 0;
	free(out->store);
	free(out->path);
	return -1;
}

/* Whether opening failed as there is nothing that could be a store. */
static bool is_nothing(const struct tool *tool)
{
	return tool->op.err == ENOENT || tool->op.err == EINVAL;
}

int node_open_new(struct tool *tool, const char *spec, const struct zf_tree_config *config, struct node *out)
{
	struct zf_tree_config fresh = *config;
	struct zf_op first;

	memset(out, 0, sizeof *out);
	if (node_split(tool, spec, &out->store, &out->path) < 0)
		return -1;
	if (zf_tree_open(tool->ctx, &tool->op, out->store, config, &out->tree) == 0)
		return 0;
	first = tool->op;
	fresh.flags |= ZF_OPEN_CREATE | ZF_OPEN_BARE;
	if (is_nothing(tool)) {
		tool->op.err = 0;
		tool->op.text[0] = '\0';
		if (zf_tree_open(tool->ctx, &tool->op, out->store, &fresh, &out->tree) == 0)
			return 0;
		/* of something that is there, the first message tells more */
		if (tool->op.err == EEXIST)
			tool->op = first;
	}
	free(out->store);
	free(out->path);
	return -1;
}

/* The ways to open a target, one after another. */
static int open_target(struct tool *tool, struct node *node, bool dry_run)
{
	static const unsigned flags[] = { 0, ZF_OPEN_BARE, ZF_OPEN_CREATE | ZF_OPEN_BARE };
	struct zf_op first = { 0 };

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		struct zf_tree_config config = { .flags = flags[i] };
		const char *store = dry_run && i == 2 ? "mem:" : node->store;

		tool->op.err = 0;
		tool->op.text[0] = '\0';
		if (zf_tree_open(tool->ctx, &tool->op, store, &config, &node->tree) == 0)
			return 0;
		if (i == 0)
			first = tool->op;
		if (!is_nothing(tool))
			break;
	}
	if (tool->op.err == EEXIST)
		tool->op = first;
	return -1;
}

int node_open_target(struct tool *tool, const char *spec, bool dry_run, struct node *out)
{
	memset(out, 0, sizeof *out);
	if (node_split(tool, spec, &out->store, &out->path) < 0)
		return -1;
	if (open_target(tool, out, dry_run) == 0)
		return 0;
	free(out->store);
	free(out->path);
	return -1;
}

/* The path of a store, for comparing. New. */
static char *place_of(const char *store)
{
	char *real = realpath(store + kind_len(store), NULL);

	return real ? real : strdup(store);
}

static bool same_store(const char *a, const char *b)
{
	char *one = place_of(a), *other = place_of(b);
	bool same = one && other && strcmp(one, other) == 0;

	free(one);
	free(other);
	return same;
}

int node_open_beside(struct tool *tool, const char *spec, const struct node *first, struct node *out)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };

	memset(out, 0, sizeof *out);
	if (node_split(tool, spec, &out->store, &out->path) < 0)
		return -1;
	if (same_store(out->store, first->store)) {
		out->tree = first->tree;
		return 0;
	}
	if (zf_tree_open(tool->ctx, &tool->op, out->store, &config, &out->tree) == 0)
		return 0;
	free(out->store);
	free(out->path);
	return -1;
}

void node_close_beside(struct node *node, const struct node *first)
{
	if (node->tree == first->tree)
		node->tree = NULL;
	node_close(node);
}

void node_close(struct node *node)
{
	zf_tree_close(node->tree);
	free(node->store);
	free(node->path);
	memset(node, 0, sizeof *node);
}
