/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies of documents in the groups above: .zmetadata, and consolidated_metadata in zarr.json.
 */
#include "meta/consolidated.h"
#include "view/change.h"
#include "view/keys.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 16 };

/* What is to be done in one of them: paths are the store's. */
struct edit {
	int zarr_format;
	const char *path;
	const char *name; /* set: of the document; else path is removed, or */
	const char *to;   /* renamed to this */
	const void *text;
	size_t len;
};

/* The part of a path that lies below a group. */
static const char *below(const char *path, const char *group)
{
	size_t n = strlen(group);

	return n ? path + n + 1 : path;
}

static int apply(struct zf_op *op, const struct edit *edit, const char *group, const struct zf_out *doc,
	struct zf_out *out)
{
	const char *path = below(edit->path, group);
	char key[ZF_PATH_SIZE];

	if (edit->to)
		return zf_consolidated_rename(
			op, edit->zarr_format, doc->data, doc->len, path, below(edit->to, group), out);
	if (!edit->name)
		return zf_consolidated_remove(op, edit->zarr_format, doc->data, doc->len, path, out);
	if (edit->zarr_format == 3 || !zf_path_join(path, edit->name, key))
		return zf_consolidated_set(
			op, edit->zarr_format, doc->data, doc->len, path, edit->text, edit->len, out);
	return zf_consolidated_set(
		op, edit->zarr_format, doc->data, doc->len, key, edit->text, edit->len, out);
}

/* One attempt at a group's. 1: it was changed by somebody else meanwhile. */
static int try_group(struct zf_tree *tree, struct zf_op *op, const struct edit *edit, const char *group)
{
	struct zf_out doc = ZF_OUT_GROWING(ZF_MAX_DOCUMENT), out = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_value value;
	char key[ZF_PATH_SIZE];
	bool tagged;
	int result = 0;

	if (!zf_path_join(group, edit->zarr_format == 3 ? "zarr.json" : ".zmetadata", key))
		goto out;
	result = zf_store_get(tree->store, op, key, NULL, &doc, &value);
	if (result == ZF_MISSING || doc.len == 0)
		result = result < 0 ? -1 : 0;
	else if (result == ZF_FOUND)
		result = apply(op, edit, group, &doc, &out);
	if (result < 0 && (op->err == EIO || op->err == EINVAL)) {
		zf_log(tree->ctx, ZF_LOG_WARNING, "%s: consolidated metadata: %s", zf_path_label(group),
			op->text);
		zf_op_forgive(op);
		result = 0;
	}
	if (result <= 0)
		goto out;
	tagged = value.tag.word[0] || value.tag.word[1] || value.tag.word[2] || value.tag.word[3];
	result = zf_store_put(tree->store, op, key, out.data, out.len, tagged ? ZF_PUT_IF_TAG : ZF_PUT_ALWAYS,
		tagged ? &value.tag : NULL);
	if (result < 0 && op->err == ESTALE) {
		zf_op_forgive(op);
		result = 1;
	}
out:
	zf_out_free(&doc);
	zf_out_free(&out);
	return result;
}

static int edit_group(struct zf_tree *tree, struct zf_op *op, const struct edit *edit, const char *group)
{
	int result = 1;

	for (int i = 0; i < TRIES && result == 1; i++)
		result = try_group(tree, op, edit, group);
	return result == 1 ? zf_fail(op, ESTALE, "consolidated metadata keep changing") : result;
}

/* The groups above a path, from the nearest to the root; "" has none. */
static bool next_above(char path[static ZF_PATH_SIZE])
{
	if (!*path)
		return false;
	zf_path_parent(path, path);
	return true;
}

static int edit_above(struct zf_tree *tree, struct zf_op *op, const struct edit *edit)
{
	char group[ZF_PATH_SIZE];

	strcpy(group, edit->path);
	while (next_above(group))
		if (edit_group(tree, op, edit, group) < 0)
			return -1;
	return 0;
}

int zf_consolidate_set(struct zf_tree *tree, struct zf_op *op, const char *path, const char *name,
	const void *text, size_t len)
{
	struct edit edit = { .zarr_format = strcmp(name, "zarr.json") == 0 ? 3 : 2,
		.path = path,
		.name = name,
		.text = text,
		.len = len };

	return edit_above(tree, op, &edit);
}

int zf_consolidate_remove(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	struct edit edit = { .zarr_format = 2, .path = path };

	if (edit_above(tree, op, &edit) < 0)
		return -1;
	edit.zarr_format = 3;
	return edit_above(tree, op, &edit);
}

/* ---- renaming --------------------------------------------------------------------------------------------
 */

struct copy {
	struct zf_tree *tree;
	const char *group;
};

static bool is_consolidated_name(const char *name)
{
	return strcmp(name, "zarr.json") == 0 || strcmp(name, ".zarray") == 0 ||
	       strcmp(name, ".zgroup") == 0 || strcmp(name, ".zattrs") == 0;
}

/* Adds a document to a group that did not have it. */
static int add_key(struct zf_op *op, void *arg, const char *key)
{
	const struct copy *copy = arg;
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	const char *name = zf_path_last(key);
	char path[ZF_PATH_SIZE];
	int result;

	if (!is_consolidated_name(name))
		return 0;
	zf_path_parent(key, path);
	result = zf_store_get(copy->tree->store, op, key, NULL, &text, NULL);
	if (result == ZF_FOUND) {
		struct edit edit = { .zarr_format = strcmp(name, "zarr.json") == 0 ? 3 : 2,
			.path = path,
			.name = name,
			.text = text.data ? (const void *)text.data : "",
			.len = text.len };

		result = edit_group(copy->tree, op, &edit, copy->group);
	}
	zf_out_free(&text);
	return result < 0 ? -1 : 0;
}

/* Whether a group has consolidated metadata. */
static int has_consolidated(struct zf_tree *tree, struct zf_op *op, const char *group, bool *out)
{
	*out = false;
	for (int format = 2; format <= 3 && !*out; format++) {
		struct zf_out doc = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
		char key[ZF_PATH_SIZE];
		int result = ZF_MISSING;

		if (zf_path_join(group, format == 3 ? "zarr.json" : ".zmetadata", key))
			result = zf_store_get(tree->store, op, key, NULL, &doc, NULL);
		*out = result == ZF_FOUND && doc.len > 0 && zf_consolidated_is(format, doc.data, doc.len);
		zf_out_free(&doc);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int rename_in(
	struct zf_tree *tree, struct zf_op *op, const char *from, const char *to, const char *group)
{
	struct edit edit = { .path = from, .to = zf_path_within(to, group) ? to : NULL };

	for (edit.zarr_format = 2; edit.zarr_format <= 3; edit.zarr_format++)
		if (edit_group(tree, op, &edit, group) < 0)
			return -1;
	return 0;
}

int zf_consolidate_rename(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	struct copy copy = { .tree = tree };
	char group[ZF_PATH_SIZE];
	bool has;

	strcpy(group, from);
	while (next_above(group))
		if (rename_in(tree, op, from, to, group) < 0)
			return -1;
	strcpy(group, to);
	while (next_above(group)) {
		if (zf_path_within(from, group))
			break;
		if (has_consolidated(tree, op, group, &has) < 0)
			return -1;
		copy.group = group;
		if (has && zf_keys_walk(tree->store, op, to, add_key, &copy) < 0)
			return -1;
	}
	return 0;
}
