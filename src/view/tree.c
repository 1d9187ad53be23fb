/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees: opening a store at a place in it, and looking at one path.
 */
#include "meta/create.h"
#include "store/kept.h"
#include "store/locks.h"
#include "store/split.h"
#include "view/doc.h"
#include "view/draft.h"
#include "view/info.h"
#include "view/keys.h"
#include "view/listed.h"
#include "view/live.h"
#include "view/make.h"
#include "view/names.h"
#include "view/npy.h"
#include "view/search.h"
#include "view/tree.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAFT_ROOT_MOST = 4096 }; /* bytes of the zarr.json that marks a store as a draft's */

/* ---- opening ------------------------------------------------------------------------------------------- */

/* STORE#PATH, where either may have a '#' of its own: the longest STORE that exists is taken. *fragment
 * points behind the '#', or is "". */
static int open_store(struct zf_tree *tree, struct zf_op *op, const char *spec, unsigned flags, char *copy,
	const char **fragment)
{
	char *hash;

	*fragment = "";
	while (zf_store_open(tree->ctx, op, copy, flags, &tree->store) < 0) {
		hash = strrchr(copy, '#');
		if (!hash || (op->err != ENOENT && op->err != ENOTDIR))
			return -1;
		zf_op_forgive(op);
		*hash = '\0';
		*fragment = spec + (hash - copy) + 1;
	}
	return 0;
}

/* The early drafts of v3 have their documents and their chunks in folders of their own. */
static int look_for_draft(struct zf_tree *tree, struct zf_op *op)
{
	struct zf_out text = ZF_OUT_GROWING(DRAFT_ROOT_MOST);
	struct zf_range start = { .len = DRAFT_ROOT_MOST };
	int result = zf_store_get(tree->store, op, "zarr.json", &start, &text, NULL);
	bool is = result == ZF_FOUND && zf_meta_is_draft(text.data, text.len);
	struct zf_store *store = tree->store;

	zf_out_free(&text);
	if (result < 0) /* whoever needs it will meet the error again */
		zf_op_forgive(op);
	if (!is)
		return 0;
	tree->store = NULL;
	return zf_split_open(op, store, &tree->store);
}

static int set_cache(struct zf_tree *tree, struct zf_op *op, const struct zf_tree_config *config)
{
	struct zf_store *below = tree->store;

	if (!config || !config->store_cache)
		return 0;
	tree->store = NULL;
	return zf_kept_open(op, below, config->store_cache, &tree->store);
}

/* Takes the path within the store, without slashes at its ends. */
static int set_root(struct zf_tree *tree, struct zf_op *op, const char *spec, const char *fragment)
{
	size_t len;

	fragment += strspn(fragment, "/");
	tree->root = strdup(fragment);
	if (!tree->root)
		return zf_nomem(op, strlen(fragment) + 1);
	for (len = strlen(tree->root); len > 0 && tree->root[len - 1] == '/';)
		tree->root[--len] = '\0';
	if (!zf_path_ok(tree->root))
		return zf_fail(op, EINVAL, "%s: '%s' is no path in a store", spec, fragment);
	return 0;
}

/* The path in a store's name, which is "KIND:PATH". */
static const char *path_of(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

/* Where the store is, also for those who do not know our working directory. */
static int set_place(struct zf_tree *tree, struct zf_op *op)
{
	char *path = realpath(path_of(tree->store->name), NULL);
	int failed = 0;

	if (!path)
		tree->place = strdup(tree->store->name);
	else
		failed = asprintf(&tree->place, "%s:%s", tree->store->ops->kind, path) < 0;
	free(path);
	if (!failed && tree->place)
		return 0;
	tree->place = NULL;
	return zf_nomem(op, ZF_PATH_SIZE);
}

/* Whether a path ends in a name, rather than in "." or "..". */
static bool is_named(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	return end - start > 2 || strspn(path + start, ".") < end - start;
}

static int set_root_file(struct zf_tree *tree, struct zf_op *op)
{
	const char *path = path_of(tree->store->name);
	char name[ZF_MAX_NAME + 1];

	if (*tree->root)
		tree->root_file = strdup(zf_path_last(tree->root));
	else {
		zf_root_name(is_named(path) ? path : path_of(tree->place), name);
		tree->root_file = strdup(name);
	}
	return tree->root_file ? 0 : zf_nomem(op, sizeof name);
}

/* What is at the root decides what the view is. */
static int look_at_root(struct zf_tree *tree, struct zf_op *op, const char *spec, bool bare)
{
	struct zf_name root;
	int result = zf_name_look(tree, op, tree->root, ZF_DOC_NOW, &root);

	if (result < 0)
		return zf_where(op, "%s", spec);
	if (result == ZF_MISSING && bare)
		return 0;
	if (result == ZF_MISSING)
		return zf_fail(op, EINVAL, "%s: no Zarr array or group", spec);
	result = root.kind == ZF_NAME_ARRAY ? set_root_file(tree, op) : 0;
	zf_name_release(tree, &root);
	return result;
}

/* A new store is a group without members, or nothing yet. */
static int make_root(struct zf_tree *tree, struct zf_op *op, const char *spec, bool bare)
{
	bool any = false;

	if (*tree->root)
		return zf_fail(op, EINVAL, "%s: a new store has no path in it", spec);
	if (!tree->writable)
		return zf_fail(op, EROFS, "%s: a store of this kind cannot be written", spec);
	if (zf_keys_any(tree, op, "", &any) < 0)
		return zf_where(op, "%s", spec);
	if (any)
		return zf_fail(op, EEXIST, "%s: not empty", spec);
	if (bare)
		return 0;
	if (zf_make_group(tree, op, "", 0) < 0 || zf_store_settle(tree->store, op) < 0)
		return zf_where(op, "%s", spec);
	return 0;
}

/* Takes over what is to be known for writing. */
static int set_writing(struct zf_tree *tree, struct zf_op *op, const struct zf_tree_config *config)
{
	unsigned flags = config ? config->flags : 0;

	tree->writable = !(flags & ZF_OPEN_READONLY) && (tree->store->caps & ZF_STORE_WRITABLE);
	tree->new_arrays = calloc(1, sizeof *tree->new_arrays);
	if (!tree->new_arrays)
		return zf_nomem(op, sizeof *tree->new_arrays);
	if (!config)
		return 0;
	tree->store_empty = config->write_empty_chunks;
	if (zf_new_array_options(op, &config->new_arrays, tree->new_arrays) < 0)
		return -1;
	return config->sync ? zf_chunk_locks_new(op, config->sync, &tree->locks) : 0;
}

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool has_settings(const struct zf_new *settings)
{
	return settings->dtype || settings->shape || settings->chunks || settings->shards ||
	       settings->compressor || settings->fill_value;
}

/* Stores that are always new have to be made. */
static bool begins_empty(const char *spec)
{
	return strncmp(spec, "mem:", 4) == 0 || strncmp(spec, "temp:", 5) == 0;
}

int zf_tree_open(struct zf_ctx *ctx, struct zf_op *op, const char *spec, const struct zf_tree_config *config,
	struct zf_tree **out)
{
	unsigned flags = config ? config->flags : 0;
	struct zf_tree *tree = calloc(1, sizeof *tree);
	char *copy = strdup(spec);
	const char *fragment;
	int result = -1;

	if (!tree || !copy) {
		zf_nomem(op, sizeof *tree);
		goto out;
	}
	if (begins_empty(spec) && !(flags & ZF_OPEN_READONLY))
		flags |= ZF_OPEN_CREATE;
	tree->ctx = ctx;
	tree->opened_ns = wall_ns();
	zf_turn_init(&tree->names);
	if (zf_docs_new(op, &tree->docs) < 0 || zf_listings_new(op, &tree->listings) < 0 ||
		zf_lives_new(op, &tree->lives) < 0 || zf_drafts_new(op, &tree->drafts) < 0)
		goto out;
	if (open_store(tree, op, spec, flags, copy, &fragment) < 0 || set_cache(tree, op, config) < 0 ||
		set_root(tree, op, spec, fragment) < 0 || set_place(tree, op) < 0 ||
		look_for_draft(tree, op) < 0)
		goto out;
	if (set_writing(tree, op, config) < 0 ||
		(flags & ZF_OPEN_CREATE && make_root(tree, op, spec, flags & ZF_OPEN_BARE) < 0))
		goto out;
	result = look_at_root(tree, op, spec, flags & ZF_OPEN_BARE);
	if (result == 0 && config && tree->writable && !tree->root_file && has_settings(&config->new_arrays))
		result = zf_make_check(tree, op);
out:
	free(copy);
	if (result == 0)
		*out = tree;
	else
		zf_tree_close(tree);
	return result;
}

void zf_tree_close(struct zf_tree *tree)
{
	if (!tree)
		return;
	zf_lives_free(tree->lives);
	zf_drafts_free(tree->drafts);
	zf_docs_free(tree->docs);
	zf_listings_free(tree->listings);
	zf_store_close(tree->kept);
	zf_store_close(tree->store);
	zf_chunk_locks_free(tree->locks);
	if (tree->new_arrays)
		zf_new_array_free(tree->new_arrays);
	free(tree->new_arrays);
	zf_turn_destroy(&tree->names);
	free(tree->root_file);
	free(tree->root);
	free(tree->place);
	free(tree);
}

const char *zf_tree_root_file(const struct zf_tree *tree)
{
	return tree->root_file;
}

/* ---- looking ------------------------------------------------------------------------------------------- */

/* An array's file may be larger and younger than its document tells. */
static void attr_of_array(struct zf_tree *tree, const struct zf_name *name, struct zf_attr *attr)
{
	struct zf_live_news news;

	attr->size = zf_doc_nbytes(name->doc);
	attr->broken = name->doc->error != 0;
	attr->writable &= !attr->broken && !name->doc->meta->read_only && !zf_doc_is_text(name->doc);
	if (!zf_live_news(tree, name->path, &news))
		return;
	if (news.unsaved)
		attr->size = news.size;
	if (news.mtime_ns > attr->mtime_ns)
		attr->mtime_ns = news.mtime_ns;
}

static int attr_of_npy(
	struct zf_tree *tree, struct zf_op *op, const struct zf_name *name, struct zf_attr *attr)
{
	struct zf_out header = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result;

	attr_of_array(tree, name, attr);
	result = zf_npy_header(op, name->doc, attr->size, &header);
	attr->size += header.len;
	zf_out_free(&header);
	return result;
}

int zf_attr_of(struct zf_tree *tree, struct zf_op *op, const struct zf_name *name, struct zf_attr *out)
{
	struct zf_attr attr = { .kind = name->kind == ZF_NAME_DIR ? ZF_DIR : ZF_FILE };
	int result = 0;

	attr.writable = tree->writable;
	attr.mtime_ns = name->doc ? name->doc->value.mtime_ns : tree->opened_ns;
	if (name->kind == ZF_NAME_ARRAY) {
		attr_of_array(tree, name, &attr);
	} else if (name->kind == ZF_NAME_NPY) {
		result = attr_of_npy(tree, op, name, &attr);
	} else if (name->kind == ZF_NAME_DRAFT) {
		attr.size = zf_draft_size(name->draft);
	} else if (name->kind == ZF_NAME_INFO) {
		attr.mtime_ns = zf_info_mtime(name->doc);
		result = zf_info_size(tree, op, name->doc, &attr.size);
	}
	if (result == 0)
		*out = attr;
	return result;
}

int zf_tree_stat(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_attr *out)
{
	struct zf_name name;
	int result = zf_name_find(tree, op, path, &name);

	if (result < 0)
		return -1;
	if (result == ZF_MISSING)
		return zf_fail(op, ENOENT, "%s: no such array or group", zf_path_label(path));
	result = zf_attr_of(tree, op, &name, out);
	zf_name_release(tree, &name);
	return result;
}

int zf_tree_space(struct zf_tree *tree, struct zf_op *op, struct zf_space *out)
{
	return zf_store_space(tree->store, op, out);
}
