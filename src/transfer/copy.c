/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zf_copy(): all nodes below a place, first looked at, so that what cannot be is known before anything is
 * changed, and then copied one after another, groups before what is in them.
 */
#include "transfer/copy.h"
#include "view/keys.h"
#include "view/make.h"
#include "view/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the nodes ---- */

/* Their paths below the source, in the order of copying. */
struct nodes {
	struct zf_copying *c;
	char **path; /* owned */
	size_t count, room;
};

static void free_nodes(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		free(nodes->path[i]);
	free(nodes->path);
}

static int add_node(struct nodes *nodes, const char *path)
{
	if (nodes->count == nodes->room) {
		size_t room = nodes->room ? 2 * nodes->room : 64;
		char **more = reallocarray(nodes->path, room, sizeof *more);

		if (!more)
			return zf_nomem(nodes->c->op, room * sizeof *more);
		nodes->path = more;
		nodes->room = room;
	}
	nodes->path[nodes->count] = strdup(path);
	if (!nodes->path[nodes->count])
		return zf_nomem(nodes->c->op, strlen(path) + 1);
	nodes->count++;
	return 0;
}

/* The names of a directory of the view, with those that the view makes. */
struct names {
	struct zf_op *op;
	struct zf_out text;
	bool failed;
};

static int on_name(void *arg, const char *name, const struct zf_attr *attr)
{
	struct names *names = arg;

	(void)attr;
	names->failed = zf_out_append(&names->text, names->op, name, strlen(name) + 1) < 0;
	return names->failed;
}

/* The path of a place in the source as the view has it. */
static const char *view_path(const struct zf_copying *c, const char *store_path)
{
	size_t root = strlen(c->from->root);

	return store_path + root + (root > 0 && store_path[root] == '/');
}

static int walk(struct nodes *nodes, const char *path);

static int walk_children(struct nodes *nodes, const char *path)
{
	struct zf_copying *c = nodes->c;
	struct names names = { .op = c->op, .text = ZF_OUT_GROWING(SIZE_MAX / 2) };
	char *child = malloc(ZF_PATH_SIZE);
	int result = child ? 0 : zf_nomem(c->op, ZF_PATH_SIZE);

	if (result == 0)
		result = zf_tree_list(c->from, c->op, view_path(c, path), on_name, &names);
	if (result == 0 && names.failed)
		result = -1;
	for (size_t at = 0; result == 0 && at < names.text.len;) {
		const char *name = (const char *)names.text.data + at;

		at += strlen(name) + 1;
		if (zf_path_join(path, name, child))
			result = walk(nodes, child);
	}
	zf_out_free(&names.text);
	free(child);
	return result;
}

/* A node and all below it; what is none, but holds some, becomes no node in the copy either. */
static int walk(struct nodes *nodes, const char *path)
{
	struct zf_copying *c = nodes->c;
	struct zf_doc *doc = NULL;
	struct zf_attr attr;
	bool is_array;
	int result = zf_doc_get(c->from, c->op, path, ZF_DOC_NOW, &doc);

	if (result == ZF_FOUND) {
		is_array = doc->is_array;
		zf_doc_put(doc);
		if (add_node(nodes, path) < 0)
			return -1;
		return is_array ? 0 : walk_children(nodes, path);
	}
	if (result == ZF_MISSING)
		result = zf_tree_stat(c->from, c->op, view_path(c, path), &attr);
	if (result < 0)
		return -1;
	return attr.kind == ZF_DIR ? walk_children(nodes, path) : 0;
}

/* ---- one of them ---- */

static int get_node(struct zf_copying *c, const char *path, struct zf_copy_node *out)
{
	const char *rest = path + strlen(c->from_path);
	int result;

	rest += *rest == '/';
	strcpy(out->from, path);
	out->doc = out->there = NULL;
	if (!zf_path_join(c->to_path, rest, out->to) && *rest)
		return zf_fail(c->op, ENAMETOOLONG, "%s: the path is too long", zf_path_label(c->to_path));
	if (!*rest)
		strcpy(out->to, c->to_path);
	result = zf_doc_get(c->from, c->op, out->from, ZF_DOC_NOW, &out->doc);
	if (result == ZF_MISSING)
		return zf_fail(c->op, ESTALE, "%s: was removed by another program", zf_path_label(path));
	if (result == 0)
		result = zf_doc_get(c->to, c->op, out->to, ZF_DOC_NOW, &out->there);
	return result < 0 ? -1 : 0;
}

static void put_node(struct zf_copy_node *node)
{
	zf_doc_put(node->doc);
	zf_doc_put(node->there);
}

static int is_there(struct zf_copying *c, const struct zf_copy_node *node)
{
	return zf_fail(c->op, EEXIST, "%s: is there already: %s", zf_path_label(node->to),
		node->there->is_array ? "an array" : "a group");
}

/* Whether a node that is there is to be left alone. */
static int check_there(struct zf_copying *c, const struct zf_copy_node *node, bool *skip)
{
	enum zf_if_exists what = c->config->if_exists;

	*skip = false;
	if (!node->there)
		return 0;
	if (node->there->is_array != node->doc->is_array)
		return is_there(c, node);
	if (!node->doc->is_array)
		*skip = true; /* what is in it counts */
	else if (what == ZF_EXISTS_SKIP || (what == ZF_EXISTS_RAISE && c->resume))
		*skip = true;
	else if (what == ZF_EXISTS_RAISE)
		return is_there(c, node);
	return 0;
}

static int do_node(
	struct zf_copying *c, const struct zf_copy_node *node, bool do_it, struct zf_copy_step *step)
{
	bool skip;

	*step = (struct zf_copy_step){ .from = node->from, .to = node->to, .way = ZF_COPY_GROUP };
	if (check_there(c, node, &skip) < 0)
		return -1;
	if (skip) {
		step->way = node->doc->is_array ? ZF_COPY_SKIP : ZF_COPY_GROUP;
		return 0;
	}
	if (node->doc->is_array)
		return zf_copy_array(c, node, do_it, step);
	return do_it ? zf_copy_group(c, node) : 0;
}

/* All nodes, looked at or copied. */
static int do_nodes(struct zf_copying *c, const struct nodes *nodes, bool do_it)
{
	int result = 0;

	for (size_t i = 0; i < nodes->count && result == 0; i++) {
		struct zf_copy_node *node = malloc(sizeof *node);
		struct zf_copy_step step;

		if (!node)
			return zf_nomem(c->op, sizeof *node);
		result = zf_op_check(c->op);
		if (get_node(c, nodes->path[i], node) < 0)
			result = -1;
		if (result == 0)
			result = do_node(c, node, do_it, &step);
		if (result == 0 && !do_it) {
			c->total += step.way == ZF_COPY_SKIP ? 0 : step.nbytes;
			if (c->config->step)
				c->config->step(c->config->arg, &step);
		}
		put_node(node);
		free(node);
	}
	return result;
}

/* ---- the whole ---- */

static int set_paths(struct zf_copying *c, const char *from, const char *to)
{
	if (!zf_path_ok(from) || !zf_path_join(c->from->root, from, c->from_path))
		return zf_fail(c->op, EINVAL, "%s: no path in a store", from);
	if (!zf_path_ok(to) || !zf_path_join(c->to->root, to, c->to_path) ||
		zf_make_reserved(zf_path_last(to)))
		return zf_fail(c->op, EINVAL, "%s: not a name that a node can have", to);
	if (c->from == c->to && zf_path_within(c->to_path, c->from_path))
		return zf_fail(
			c->op, EINVAL, "%s: cannot be copied into itself", zf_path_label(c->from_path));
	return 0;
}

/* The format of the group that the target is, or is in. */
static int find_format(struct zf_copying *c)
{
	char above[ZF_PATH_SIZE];
	bool root;

	strcpy(above, c->to_path);
	do {
		struct zf_doc *doc = NULL;

		root = !*above;
		if (zf_doc_get(c->to, c->op, above, ZF_DOC_NOW, &doc) < 0)
			return -1;
		if (doc && !doc->is_array)
			c->format = doc->kind == ZF_DOC_V3 ? 3 : 2;
		zf_doc_put(doc);
		zf_path_parent(above, above);
	} while (!root && !c->format);
	return 0;
}

/* A place that is no store, but not empty, is somebody else's. */
static int check_store(struct zf_copying *c)
{
	bool any = false;

	if (c->format || c->resume || *c->to->root)
		return 0;
	if (zf_keys_any(c->to, c->op, "", &any) < 0)
		return -1;
	if (any && !c->to->root_file)
		return zf_fail(c->op, EEXIST, "%s: not empty, and no Zarr store", c->to->place);
	return 0;
}

static int list_nodes(struct nodes *nodes)
{
	struct zf_copying *c = nodes->c;

	if (walk(nodes, c->from_path) < 0)
		return -1;
	if (nodes->count == 0)
		return zf_fail(c->op, ENOENT, "%s: no such array or group", zf_path_label(c->from_path));
	return 0;
}

static int do_all(struct zf_copying *c, const struct nodes *nodes)
{
	struct zf_op settled;
	int result = zf_copy_mark_put(c);

	if (result == 0)
		result = zf_make_parents(c->to, c->op, c->to_path, c->config->settings.zarr_format);
	if (result == 0)
		result = do_nodes(c, nodes, true);
	if (result == 0)
		result = zf_copy_mark_remove(c);
	if (result == 0)
		return zf_store_flush(c->to->store, c->op);
	/* what is done is kept for the next time */
	zf_op_init(&settled);
	(void)zf_store_settle(c->to->store, &settled);
	return -1;
}

int zf_copy(struct zf_tree *from, const char *from_path, struct zf_tree *to, const char *to_path,
	const struct zf_copy_config *config, struct zf_op *op)
{
	struct zf_copying *c = calloc(1, sizeof *c);
	struct nodes nodes = { .c = c };
	int result;

	if (!c)
		return zf_nomem(op, sizeof *c);
	*c = (struct zf_copying){ .from = from, .to = to, .config = config, .op = op };
	result = zf_check_writable(to, op, to_path);
	if (result == 0)
		result = set_paths(c, from_path, to_path);
	if (result == 0 && zf_turn_take(&to->names, op) == 0) {
		if (zf_copy_mark_find(c) < 0 || find_format(c) < 0 || check_store(c) < 0 ||
			list_nodes(&nodes) < 0 || do_nodes(c, &nodes, false) < 0)
			result = -1;
		if (result == 0 && !config->dry_run)
			result = do_all(c, &nodes);
		zf_turn_give(&to->names);
	} else {
		result = -1;
	}
	free_nodes(&nodes);
	free(c);
	return result;
}
