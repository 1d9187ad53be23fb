/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Renaming. What moves is copied whole before anything of it is deleted, its own document last, so that a
 * crash leaves the old one, or both. Open files go along.
 *
 * An array that is renamed onto another one does not take its place but gives it its bytes.
 */
#include "view/change.h"
#include "view/draft.h"
#include "view/keys.h"
#include "view/live.h"
#include "view/make.h"
#include "view/names.h"
#include "view/node.h"
#include "view/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20 }; /* bytes copied at a time */

/* ---- moving ----------------------------------------------------------------------------------------------
 */

static int save_all(struct zf_tree *tree, struct zf_op *op, const struct zf_held *held)
{
	for (size_t i = 0; i < held->count; i++)
		if (zf_live_save_now(tree, op, held->live[i], false) < 0)
			return -1;
	return 0;
}

/* Open arrays below `from` get the same path below `to`. The first error. */
static int move_lives(
	struct zf_tree *tree, struct zf_op *op, const struct zf_held *held, const char *from, const char *to)
{
	char old[ZF_MAX_KEY + 1], path[ZF_PATH_SIZE];
	int result = 0;

	for (size_t i = 0; i < held->count; i++) {
		struct zf_op one;
		size_t n = strlen(from);

		zf_op_init(&one);
		zf_live_path(tree, held->live[i], old);
		if (!zf_path_join(to, old + n + (old[n] == '/'), path))
			zf_live_remove(tree, held->live[i]);
		else if (zf_live_move(tree, &one, held->live[i], path) < 0)
			result = zf_op_adopt(op, &one);
	}
	return result;
}

/* Moves all keys; held. In one step, where the store can. */
static int move_keys(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	struct zf_op undo;
	int result;

	result = zf_keys_prune(tree, op, to);
	if (result == 0)
		result = zf_store_rename(tree->store, op, from, to);
	if (result >= 0)
		return 0;
	if (op->err != EOPNOTSUPP)
		return zf_where(op, "%s", zf_path_label(from));
	zf_op_forgive(op);
	result = zf_keys_copy(tree, op, from, to);
	if (result == 0)
		result = zf_store_settle(tree->store, op);
	if (result < 0) {
		/* what was copied is of no use, and nothing was deleted yet */
		zf_op_init(&undo);
		if (zf_keys_delete(tree, &undo, to) < 0)
			zf_log(tree->ctx, ZF_LOG_WARNING, "%s: %s", zf_path_label(to), undo.text);
		return zf_where(op, "%s", zf_path_label(from));
	}
	/* Chunks that are not deleted are found, and removed, when an array is made there. */
	if (zf_keys_delete(tree, op, from) < 0)
		result = zf_where(op, "%s", zf_path_label(from));
	else
		result = zf_keys_prune(tree, op, from);
	return result;
}

static int move_node(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	struct zf_held here, there;
	bool any = false;
	int result;

	if (zf_keys_any(tree, op, to, &any) < 0)
		return -1;
	if (any && zf_clear_leftovers(tree, op, to) < 0)
		return -1;
	if (zf_lives_hold(tree, op, from, 0, &here) < 0)
		return -1;
	if (zf_lives_hold(tree, op, to, 1, &there) < 0) {
		zf_lives_release(tree, &here);
		return -1;
	}
	result = save_all(tree, op, &here);
	for (size_t i = 0; result == 0 && i < there.count; i++)
		zf_live_remove(tree, there.live[i]);
	if (result == 0)
		result = move_keys(tree, op, from, to);
	zf_docs_forget(tree->docs, from);
	zf_docs_forget(tree->docs, to);
	if (result == 0)
		result = move_lives(tree, op, &here, from, to);
	zf_lives_release(tree, &there);
	zf_lives_release(tree, &here);
	return result < 0 ? -1 : zf_consolidate_rename(tree, op, from, to);
}

/* ---- giving bytes ----------------------------------------------------------------------------------------
 */

static int copy_bytes(struct zf_op *op, struct zf_file *from, struct zf_file *to, uint64_t size)
{
	char *buf = malloc(PIECE);
	uint64_t at = 0;
	size_t got;
	int result = buf ? 0 : zf_nomem(op, PIECE);

	while (result == 0 && at < size) {
		result = zf_file_pread(from, op, buf, PIECE, at, &got);
		if (result == 0 && got == 0)
			result = zf_fail(op, EIO, "%llu bytes were expected, %llu came",
				(unsigned long long)size, (unsigned long long)at);
		if (result == 0)
			result = zf_file_pwrite(to, op, buf, got, at);
		at += result == 0 ? got : 0;
	}
	free(buf);
	return result;
}

/* The bytes of one file become those of another, whose rows they have to fit. */
static int give_bytes(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	struct zf_file *source = NULL, *target = NULL;
	uint64_t size;
	int result = zf_file_open(tree, op, from, 0, &source);

	if (result == 0)
		result = zf_file_open(tree, op, to, ZF_FILE_WRITE, &target);
	if (result == 0) {
		size = zf_file_size(source);
		/* first, since it is what may be refused */
		result = zf_file_truncate(target, op, size);
		if (result == 0)
			result = copy_bytes(op, source, target, size);
		if (result == 0)
			result = zf_file_flush(target, op);
		zf_file_array_renew(target);
	}
	zf_file_close(target);
	zf_file_close(source);
	return result;
}

/* The bytes of an array are an .info document or an npy file: what writing them there would do. */
static int give_made(
	struct zf_tree *tree, struct zf_op *op, const char *from, const char *array, const char *suffix)
{
	struct zf_file *source = NULL, *target = NULL;
	struct zf_draft *draft = NULL;
	int result = zf_file_open(tree, op, from, 0, &source);

	if (result == 0)
		result = zf_draft_new(op, array, suffix, &draft);
	if (result == 0) {
		draft->has_names = true;
		result = strcmp(suffix, ZF_INFO_SUFFIX) == 0 ? zf_file_info_open(tree, op, draft, &target)
							     : zf_file_npy_draft(tree, op, draft, &target);
	}
	if (result == 0)
		result = copy_bytes(op, source, target, zf_file_size(source));
	if (result == 0 && zf_file_size(source) == 0)
		result = zf_fail(op, EINVAL, "%s%s: nothing to be applied", zf_path_label(array), suffix);
	if (result == 0)
		result = zf_file_flush(target, op);
	zf_file_close(target);
	zf_file_close(source);
	return result;
}

/* ---- deciding --------------------------------------------------------------------------------------------
 */

struct rename {
	struct zf_tree *tree;
	const char *from, *to;
	struct zf_name source, target;
	bool replaces;            /* target is there */
	bool onto;                /* ... and takes the bytes */
	const char *suffix;       /* of a name that the view makes, which takes them in its own way */
	char array[ZF_PATH_SIZE]; /* ... for this one */
};

/* Whether what is at `to` lets itself be replaced. */
static int check_target(struct zf_op *op, struct rename *r, unsigned flags)
{
	bool group = r->source.kind == ZF_NAME_DIR;

	if (!r->replaces)
		return 0;
	if (flags & ZF_RENAME_NOREPLACE)
		return zf_fail(op, EEXIST, "%s: is there already", r->to);
	if (group && r->target.kind != ZF_NAME_DIR)
		return zf_fail(op, ENOTDIR, "%s: not a group", r->to);
	if (!group && r->target.kind == ZF_NAME_DIR)
		return zf_fail(op, EISDIR, "%s: a group", r->to);
	if (group)
		return zf_check_empty(r->tree, op, r->to);
	r->onto = true;
	return 0;
}

static int find_source(struct zf_op *op, struct rename *r)
{
	int result = zf_name_find(r->tree, op, r->from, &r->source);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(r->from));
	if (r->source.kind == ZF_NAME_DIR || r->source.kind == ZF_NAME_ARRAY)
		return zf_doc_check_writable(op, r->source.doc);
	return zf_fail(op, EPERM, "%s: a name made by the view, which cannot be renamed", r->from);
}

static int run(struct zf_op *op, struct rename *r, unsigned flags)
{
	char store_path[ZF_PATH_SIZE];
	int result;

	if (find_source(op, r) < 0)
		return -1;
	if (!*r->from || !*r->to)
		return zf_fail(op, EBUSY, "/: the root cannot be renamed");
	if (zf_place(r->tree, op, r->to, store_path) < 0)
		return -1;
	if (strcmp(r->from, r->to) == 0)
		return flags & ZF_RENAME_NOREPLACE ? zf_fail(op, EEXIST, "%s: is there already", r->to) : 0;
	if (zf_path_within(r->to, r->from))
		return zf_fail(op, EINVAL, "%s: cannot be moved into itself", r->from);
	result = zf_name_find(r->tree, op, r->to, &r->target);
	if (result < 0)
		return -1;
	r->replaces = result == ZF_FOUND;
	if (check_target(op, r, flags) < 0)
		return -1;
	r->suffix = r->source.kind == ZF_NAME_ARRAY ? zf_name_made(r->tree, r->to, r->array) : NULL;
	if (r->replaces && r->target.kind == ZF_NAME_ARRAY)
		r->suffix = NULL;
	if (r->suffix && strcmp(r->array, r->source.path) == 0)
		return zf_fail(op, EINVAL, "%s: cannot be made of itself", r->to);
	if (!r->onto && !r->suffix) {
		if (r->replaces && zf_remove_group(r->tree, op, store_path) < 0)
			return -1;
		return move_node(r->tree, op, r->source.path, store_path);
	}
	if (r->suffix ? give_made(r->tree, op, r->from, r->array, r->suffix)
		      : give_bytes(r->tree, op, r->from, r->to) < 0)
		return -1;
	return zf_remove_array(r->tree, op, r->source.path);
}

int zf_tree_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to, unsigned flags)
{
	struct rename r = { .tree = tree, .from = from, .to = to };
	int result = -1;

	if (zf_check_writable(tree, op, from) < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = run(op, &r, flags);
	zf_name_release(tree, &r.source);
	zf_name_release(tree, &r.target);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}

/* ---- nodes, without the names that the view makes ---- */

static int find_node(struct zf_tree *tree, struct zf_op *op, const char *from, struct zf_name *out)
{
	if (zf_node_find(tree, op, from, out) < 0)
		return -1;
	if (!out->doc || zf_doc_check_writable(op, out->doc) == 0)
		return 0;
	zf_name_release(tree, out);
	return -1;
}

static int check_free(struct zf_tree *tree, struct zf_op *op, const char *store_path)
{
	struct zf_name name;
	int result = zf_name_look(tree, op, store_path, ZF_DOC_NOW, &name);

	if (result == ZF_FOUND) {
		zf_name_release(tree, &name);
		return zf_fail(op, EEXIST, "%s: is there already", zf_path_label(store_path));
	}
	return result < 0 ? -1 : 0;
}

static int rename_node(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	char store_path[ZF_PATH_SIZE];
	struct zf_name name;
	int result;

	if (!*from || !*to)
		return zf_fail(op, EBUSY, "/: the root cannot be renamed");
	if (find_node(tree, op, from, &name) < 0)
		return -1;
	if (zf_path_within(to, from))
		result = zf_fail(op, EINVAL, "%s: cannot be moved into itself", from);
	else
		result = zf_place(tree, op, to, store_path);
	if (result == 0)
		result = check_free(tree, op, store_path);
	if (result == 0)
		result = move_node(tree, op, name.path, store_path);
	zf_name_release(tree, &name);
	return result;
}

int zf_node_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	int result;

	if (zf_check_writable(tree, op, from) < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = rename_node(tree, op, from, to);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
