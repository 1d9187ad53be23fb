/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zf_copy(): all nodes below a place, first looked at, so that what cannot be is known before anything is
 * changed, and then copied one after another, groups before what is in them.
 */
#include "transfer/copy.h"
#include "transfer/paths.h"
#include "view/keys.h"
#include "view/make.h"
#include "view/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
static int do_nodes(struct zf_copying *c, const struct zf_paths *nodes, bool do_it)
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

static int list_nodes(struct zf_copying *c, struct zf_paths *nodes)
{
	if (zf_paths_list(c->from, c->op, c->from_path, nodes) < 0)
		return -1;
	if (nodes->count == 0)
		return zf_fail(c->op, ENOENT, "%s: no such array or group", zf_path_label(c->from_path));
	return 0;
}

static int do_all(struct zf_copying *c, const struct zf_paths *nodes)
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
	struct zf_paths nodes = { 0 };
	int result;

	if (!c)
		return zf_nomem(op, sizeof *c);
	*c = (struct zf_copying){ .from = from, .to = to, .config = config, .op = op };
	result = zf_check_writable(to, op, to_path);
	if (result == 0)
		result = set_paths(c, from_path, to_path);
	if (result == 0 && zf_turn_take(&to->names, op) == 0) {
		if (zf_copy_mark_find(c) < 0 || find_format(c) < 0 || check_store(c) < 0 ||
			list_nodes(c, &nodes) < 0 || do_nodes(c, &nodes, false) < 0)
			result = -1;
		if (result == 0 && !config->dry_run)
			result = do_all(c, &nodes);
		zf_turn_give(&to->names);
	} else {
		result = -1;
	}
	zf_paths_free(&nodes);
	free(c);
	return result;
}
