/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing a directory of the view: the nodes among a prefix's children, and the names made for them.
 */
#include "view/listed.h"
#include "view/path.h"
#include "view/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct item {
	char *name; /* owned */
	struct zf_attr attr;
	bool shown; /* false: in the store, but nothing of the view */
	bool made;  /* by the view: gives way to a node */
};

struct items {
	struct item *item;
	size_t count, room;
	bool nomem;
};

/* Takes name, which may be NULL for lack of memory. */
static bool add(struct items *items, char *name, const struct item *like)
{
	if (name && items->count == items->room) {
		size_t room = items->room ? 2 * items->room : 64;
		struct item *more = reallocarray(items->item, room, sizeof *more);

		if (more) {
			items->item = more;
			items->room = room;
		}
	}
	if (!name || items->count == items->room) {
		free(name);
		items->nomem = true;
		return false;
	}
	items->item[items->count] = *like;
	items->item[items->count++].name = name;
	return true;
}

static void free_items(struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		free(items->item[i].name);
	free(items->item);
}

/* A node's name before a made one's, so that the first of two is the one to keep. */
static int compare(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)x->made - (int)y->made;
}

static int on_child(void *arg, const char *name, bool is_prefix)
{
	struct items *items = arg;

	if (!is_prefix || !zf_name_ok(name))
		return 0;
	return !add(items, strdup(name), &(struct item){ 0 });
}

static int on_listed(void *arg, const char *name)
{
	return on_child(arg, name, true);
}

/* Leaves one item of each name. */
static void drop_doubles(struct items *items)
{
	size_t kept = 0;

	if (items->count)
		qsort(items->item, items->count, sizeof *items->item, compare);
	for (size_t i = 0; i < items->count; i++) {
		if (kept > 0 && strcmp(items->item[kept - 1].name, items->item[i].name) == 0)
			free(items->item[i].name);
		else
			items->item[kept++] = items->item[i];
	}
	items->count = kept;
}

/* An error of one child must not hide the others: it is listed as an array that cannot be read. */
static int on_error(struct zf_tree *tree, struct zf_op *op, struct item *item)
{
	if (op->err == EINTR || op->err == ENOMEM)
		return -1;
	zf_log(tree->ctx, ZF_LOG_WARNING, "%s", op->text);
	zf_op_forgive(op);
	item->shown = true;
	item->attr = (struct zf_attr){ .kind = ZF_FILE, .mtime_ns = tree->opened_ns, .broken = true };
	return 0;
}

/* Finds out what item i is; an array brings its .info along. */
static int look(struct zf_tree *tree, struct zf_op *op, const char *dir, struct items *items, size_t i)
{
	struct zf_name name;
	char path[ZF_PATH_SIZE];
	size_t len = strlen(items->item[i].name);
	struct item made = { .shown = true, .made = true };
	char *made_name;
	int result;

	if (!zf_path_join(dir, items->item[i].name, path))
		return 0;
	result = zf_name_look(tree, op, path, ZF_DOC_NOW_ATTRS, &name);
	if (result == ZF_MISSING)
		return 0;
	if (result < 0)
		return on_error(tree, op, &items->item[i]);
	items->item[i].shown = true;
	result = zf_attr_of(tree, op, &name, &items->item[i].attr);
	if (result == 0 && name.kind == ZF_NAME_ARRAY && len + sizeof ZF_INFO_SUFFIX - 1 <= ZF_MAX_NAME) {
		name.kind = ZF_NAME_INFO;
		result = zf_attr_of(tree, op, &name, &made.attr);
		if (result == 0 && asprintf(&made_name, "%s%s", items->item[i].name, ZF_INFO_SUFFIX) < 0)
			made_name = NULL;
		if (result == 0 && !add(items, made_name, &made))
			result = zf_nomem(op, len);
	}
	zf_name_release(tree, &name);
	return result;
}

static int collect(struct zf_tree *tree, struct zf_op *op, const char *dir, struct items *items)
{
	int result = zf_store_list(tree->store, op, dir, on_child, items);
	size_t children = items->count;

	if (result >= 0 && !items->nomem)
		result = zf_listed_children(tree, op, dir, on_listed, items);
	if (items->nomem && result >= 0)
		return zf_nomem(op, items->room * sizeof(struct item));
	if (items->count > children)
		drop_doubles(items);
	children = items->count;
	for (size_t i = 0; result >= 0 && i < children; i++) {
		result = zf_op_check(op);
		if (result == 0)
			result = look(tree, op, dir, items, i);
	}
	return result < 0 ? -1 : 0;
}

static void show(struct items *items, zf_list_fn *fn, void *arg)
{
	const char *last = NULL;

	if (items->count)
		qsort(items->item, items->count, sizeof *items->item, compare);
	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->item[i];

		if (!item->shown || (last && strcmp(last, item->name) == 0))
			continue;
		last = item->name;
		if (fn(arg, item->name, &item->attr) != 0)
			return;
	}
}

/* A root that is an array is a directory with its file, and the .info of that. */
static int collect_root_array(struct zf_tree *tree, struct zf_op *op, struct items *items)
{
	char info[ZF_PATH_SIZE];
	const char *const names[] = { tree->root_file, info };
	struct item item = { .shown = true };

	strcat(strcpy(info, tree->root_file), ZF_INFO_SUFFIX);
	for (int i = 0; i < 2; i++) {
		if (!zf_name_ok(names[i]))
			continue;
		if (zf_tree_stat(tree, op, names[i], &item.attr) < 0) {
			if (op->err != ENOENT)
				return -1;
			zf_op_forgive(op);
			continue;
		}
		if (!add(items, strdup(names[i]), &item))
			return zf_nomem(op, ZF_MAX_NAME);
	}
	return 0;
}

int zf_tree_list(struct zf_tree *tree, struct zf_op *op, const char *path, zf_list_fn *fn, void *arg)
{
	struct items items = { 0 };
	struct zf_name name;
	int result = zf_name_find(tree, op, path, &name);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(path));
	if (name.kind != ZF_NAME_DIR)
		result = zf_fail(op, ENOTDIR, "%s: not a group", zf_path_label(path));
	else if (tree->root_file)
		result = collect_root_array(tree, op, &items);
	else
		result = collect(tree, op, name.path, &items);
	zf_name_release(tree, &name);
	if (result == 0)
		show(&items, fn, arg);
	free_items(&items);
	return result;
}
