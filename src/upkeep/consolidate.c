/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing consolidated metadata: zf_node_consolidate().
 */
#include "upkeep/consolidate.h"
#include "meta/edit.h"
#include "meta/json_dump.h"
#include "upkeep/fresh.h"
#include "view/change.h"
#include "view/make.h"
#include "view/node.h"

#include <errno.h>
#include <string.h>

static int edit(struct zf_op *op, const void *arg, const void *text, size_t len, struct zf_out *out)
{
	static const char *const keys[] = { "consolidated_metadata" };

	if (!text)
		return zf_fail(op, ESTALE, "the group was removed by another program");
	return zf_edit_set(op, text, len, keys, 1, arg, out);
}

/* The members' order is that of their names, as in a walk. */
static int put_v2(struct zf_tree *tree, struct zf_op *op, const char *path, const json_t *whole)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	int result = zf_json_dump(op, whole, &zf_json_style_v2, &text);

	if (result == 0)
		result = zf_change_put(tree, op, path, ".zmetadata", &text, ZF_PUT_ALWAYS, NULL);
	zf_out_free(&text);
	return result;
}

int zf_consolidate(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc)
{
	int zarr_format = doc->kind == ZF_DOC_V3 ? 3 : 2;
	json_t *fresh;
	int result;

	if (zf_doc_check_writable(op, doc) < 0)
		return -1;
	if (zf_fresh_consolidated(tree, op, doc->path, zarr_format, false, &fresh) < 0)
		return -1;
	if (zarr_format == 3)
		result = zf_change(tree, op, doc->path, "zarr.json", edit, fresh);
	else
		result = put_v2(tree, op, doc->path, fresh);
	json_decref(fresh);
	zf_docs_forget(tree->docs, doc->path);
	return result;
}

static int consolidate(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	struct zf_name name;
	int result;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.kind == ZF_NAME_ARRAY)
		result = zf_fail(op, ENOTDIR, "%s: an array: only groups have consolidated metadata",
			zf_path_label(name.path));
	else if (!name.doc || name.doc->is_listed)
		result = zf_fail(op, ENOENT, "%s: a folder, and no group", zf_path_label(name.path));
	else
		result = zf_consolidate(tree, op, name.doc);
	zf_name_release(tree, &name);
	return result;
}

int zf_node_consolidate(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	int result;

	if (zf_check_writable(tree, op, path) < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = consolidate(tree, op, path);
	zf_turn_give(&tree->names);
	return result < 0 ? -1 : zf_store_settle(tree->store, op);
}
