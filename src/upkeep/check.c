/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zf_tree_check(): a walk over all folders of a hierarchy.
 */
#include "upkeep/check.h"
#include "view/attributes.h"
#include "view/folder.h"
#include "view/node.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_DEPTH = 8 }; /* folders that are gone into to see whether there are chunks */

/* ---- documents ---- */

static void find_in(struct zf_check *check, enum zf_flaw flaw, bool mendable, const char *path,
	const char *name, const char *reason)
{
	char key[ZF_PATH_SIZE];

	if (!zf_path_join(path, name, key))
		strcpy(key, path);
	zf_find(check->findings, flaw, mendable, path, key, "%s", reason);
}

/* The attributes of a group are not read with its document. */
static int check_attributes(struct zf_check *check, struct zf_doc *doc)
{
	json_t *attributes = NULL;
	size_t skip = strlen(zf_path_label(doc->path)) + 2;

	if (zf_attributes_get(check->tree, check->op, doc, &attributes) == 0) {
		json_decref(attributes);
		return 0;
	}
	if (check->op->err == EINTR || check->op->err == ENOMEM)
		return -1;
	find_in(check, ZF_FLAW_DOCUMENT, false, doc->path, zf_doc_attrs_file(doc),
		strlen(check->op->text) > skip ? check->op->text + skip : check->op->text);
	zf_op_forgive(check->op);
	return 0;
}

/* True: what it describes can be looked at. */
static bool check_document(struct zf_check *check, struct zf_doc *doc)
{
	int err = doc->error ? doc->error : doc->meta ? doc->meta->error : EIO;
	const char *text = doc->error_text ? doc->error_text : doc->meta ? doc->meta->error_text : NULL;

	if (err)
		find_in(check, err == EOPNOTSUPP ? ZF_FLAW_UNSUPPORTED : ZF_FLAW_DOCUMENT, false, doc->path,
			zf_doc_file(doc), text ? text : "cannot be read");
	return !err;
}

/* ---- folders without a document ---- */

/* "0", "0.1", "c.0.1": what a chunk's name may look like. */
static bool looks_like_chunk(const char *name)
{
	if (name[0] == 'c' && name[1] == '.')
		name += 2;
	while (isdigit((unsigned char)*name)) {
		name += strspn(name, "0123456789");
		if (!*name)
			return true;
		if (*name++ != '.')
			return false;
	}
	return false;
}

static int holds_chunks(struct zf_check *check, const char *path, unsigned depth, bool *out)
{
	struct zf_folder folder;
	char below[ZF_PATH_SIZE];
	int result = zf_folder_read(check->tree, check->op, path, false, &folder);

	*out = false;
	if (result < 0)
		return -1;
	/* a node may have a number for a name */
	if (depth < CHUNK_DEPTH &&
		(zf_folder_has(&folder, "zarr.json") || zf_folder_has(&folder, ".zarray") ||
			zf_folder_has(&folder, ".zgroup")))
		depth = folder.count = 0;
	for (size_t i = 0; i < folder.count && !*out; i++)
		*out = !folder.at[i].is_prefix && looks_like_chunk(folder.at[i].name);
	for (size_t i = 0; result == 0 && i < folder.count && !*out && depth > 0; i++) {
		const char *name = folder.at[i].name;

		if (folder.at[i].is_prefix && (looks_like_chunk(name) || strcmp(name, "c") == 0) &&
			zf_path_join(path, name, below)) {
			result = holds_chunks(check, below, depth - 1, out);
			break; /* one is as good as all */
		}
	}
	zf_folder_free(&folder);
	return result;
}

/* What a folder below a group is that has no document. `v3`: the group's is zarr.json. *enter: there may be
 * nodes below. */
static int check_folder_without(struct zf_check *check, const char *path, const struct zf_folder *folder,
	const struct zf_doc *above, bool *enter)
{
	bool v3 = above && above->kind == ZF_DOC_V3, chunks = false, holds = false;
	struct zf_name name;
	int result;

	*enter = true;
	if (!above || above->kind == ZF_DOC_N5)
		return 0;
	if (holds_chunks(check, path, CHUNK_DEPTH, &chunks) < 0)
		return -1;
	*enter = !chunks;
	if (chunks || zf_folder_has(folder, ".zattrs")) {
		find_in(check, ZF_FLAW_MISSING, false, path,
			v3       ? "zarr.json"
			: chunks ? ".zarray"
				 : ".zgroup",
			chunks ? "there are chunks, and no document"
			       : "there are attributes, and no document");
		return 0;
	}
	result = zf_name_look(check->tree, check->op, path, ZF_DOC_RECENT, &name);
	if (result < 0)
		return -1;
	holds = result == ZF_FOUND;
	if (holds)
		zf_name_release(check->tree, &name);
	*enter = holds;
	if (holds)
		find_in(check, ZF_FLAW_MISSING, true, path, v3 ? "zarr.json" : ".zgroup",
			"there are nodes below, and no document of a group");
	return 0;
}

/* ---- the walk ---- */

static int check_folder(struct zf_check *check, const char *path, const struct zf_doc *above);

static int check_below(
	struct zf_check *check, const char *path, const struct zf_folder *folder, const struct zf_doc *above)
{
	char below[ZF_PATH_SIZE];
	int result = zf_check_leftovers(check, path, path);

	for (size_t i = 0; result == 0 && i < folder->count; i++) {
		const char *name = folder->at[i].name;

		if (!zf_path_join(path, name, below))
			continue;
		if (folder->at[i].is_prefix && zf_name_ok(name))
			result = check_folder(check, below, above);
		else if (zf_check_is_partial(name))
			find_in(check, ZF_FLAW_LEFTOVER, true, path, name,
				"left by a writer that was killed, or still being written");
	}
	return result;
}

static int check_node(struct zf_check *check, const struct zf_folder *folder, struct zf_doc *doc)
{
	if (doc->is_listed)
		find_in(check, ZF_FLAW_MISSING, true, doc->path, zf_doc_file(doc),
			"the document is in consolidated metadata only");
	if (!check_document(check, doc))
		return doc->is_array ? 0 : check_below(check, doc->path, folder, doc);
	if (check_attributes(check, doc) < 0)
		return -1;
	if (doc->is_array)
		return zf_check_array(check, doc);
	if (!doc->is_listed && zf_check_listed(check, doc) < 0)
		return -1;
	return check_below(check, doc->path, folder, doc);
}

static int check_folder(struct zf_check *check, const char *path, const struct zf_doc *above)
{
	struct zf_doc *doc = NULL;
	struct zf_folder folder;
	bool enter;
	int result;

	if (zf_op_check(check->op) < 0 || zf_folder_read(check->tree, check->op, path, false, &folder) < 0)
		return -1;
	result = zf_doc_get(check->tree, check->op, path, ZF_DOC_NOW_ATTRS, &doc);
	if (result == ZF_FOUND) {
		result = check_node(check, &folder, doc);
	} else if (result == ZF_MISSING) {
		result = check_folder_without(check, path, &folder, above, &enter);
		if (result == 0 && enter)
			result = check_below(check, path, &folder, above);
	}
	zf_doc_put(doc);
	zf_folder_free(&folder);
	return result;
}

static int check_all(struct zf_check *check, const char *path, struct zf_check_sum *sum)
{
	int result, waited;

	if (zf_findings_new(check->op, &check->findings) < 0 || zf_values_new(check, sum, &check->values) < 0)
		return -1;
	result = check_folder(check, path, NULL);
	/* jobs look at what is freed next */
	waited = zf_values_wait(check->values);
	return result < 0 ? -1 : waited;
}

int zf_tree_check(struct zf_tree *tree, struct zf_op *op, const char *path, zf_finding_fn *fn, void *arg,
	struct zf_check_sum *sum)
{
	struct zf_check check = { .tree = tree, .op = op };
	struct zf_op told;
	struct zf_name name;
	int result;

	memset(sum, 0, sizeof *sum);
	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	result = check_all(&check, name.path, sum);
	zf_name_release(tree, &name);
	zf_op_init(&told);
	if (check.findings && zf_findings_tell(check.findings, &told, fn, arg) < 0)
		result = zf_op_adopt(op, &told);
	zf_values_free(check.values);
	zf_findings_free(check.findings);
	return result;
}
