/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents of the other format for the same chunks.
 *
 * v3 has a chunk key encoding that is v2's, so from v2 everything that v3's codecs can say stays where it is.
 * The other way only arrays with such keys, without shards, and with codecs that v2 has too. Whether the new
 * document means the same chunks is not believed but checked, by putting both into v3's words.
 */
#include "meta/chain.h"
#include "meta/edit.h"
#include "meta/json_dump.h"
#include "meta/like.h"
#include "transfer/convert.h"
#include "transfer/paths.h"
#include "view/attributes.h"
#include "view/make.h"
#include "view/path.h"
#include "view/separator.h"

#include <errno.h>
#include <string.h>

struct node {
	struct zf_tree *tree;
	struct zf_op *op;
	struct zf_migration *migration;
	struct zf_doc *doc; /* borrowed */
	struct zf_out document, attributes;
};

/* ---- arrays ---- */

/* v2 says with the type what v3 says with a codec. */
static int set_byte_order(struct node *n, struct zf_new_array *array)
{
	const struct zf_array_meta *meta = &n->doc->meta->array;
	const char *dtype = json_string_value(array->dtype);
	json_t *swapped;

	if (array->zarr_format == 3 || meta->zarr_format != 3 || !zf_chain_is_big_endian(meta->codecs))
		return 0;
	if (!dtype || dtype[0] != '<')
		return zf_fail(n->op, EOPNOTSUPP, "codecs: v2 has no byte order for this type");
	swapped = json_sprintf(">%s", dtype + 1);
	if (!swapped)
		return zf_nomem(n->op, 8);
	json_decref(array->dtype);
	array->dtype = swapped;
	return 0;
}

static int check_kind(struct node *n)
{
	const struct zf_array_meta *meta = &n->doc->meta->array;

	if (n->migration->zarr_format == 3)
		return 0;
	if (meta->zarr_format == 3 && meta->key_c)
		return zf_fail(n->op, EOPNOTSUPP,
			"chunk_key_encoding: chunks are not named as v2 names them; 'zarrtool copy --format "
			"2' copies "
			"them");
	if (meta->inner_chunk)
		return zf_fail(
			n->op, EOPNOTSUPP, "codecs: v2 has no shards; 'zarrtool copy --format 2' copies");
	return 0;
}

/* Whether the new document is about the chunks that are there. */
static int check_same(struct node *n, char separator)
{
	const struct zf_array_meta *from = &n->doc->meta->array;
	struct zf_meta *target = NULL, *back = NULL;
	int format = n->migration->zarr_format;
	int result = zf_convert_parse(n->op, format, &n->document, &target);

	if (result == 0 && format == 2 && from->zarr_format == 3) {
		result = zf_convert_to_v3(n->op, &target->array, separator, &back);
		if (result == 0 && !zf_convert_same(from, &back->array))
			result = zf_fail(n->op, EOPNOTSUPP, "codecs: v2 has no such chain");
	} else if (result == 0 && format == 2 && !json_equal(from->codecs, target->array.codecs)) {
		result = zf_fail(n->op, EOPNOTSUPP, "codecs: v2 has no such chain");
	}
	zf_meta_free(target);
	zf_meta_free(back);
	return result;
}

static int get_attributes(struct node *n, json_t **out)
{
	json_t *attributes = NULL;

	if (zf_attributes_get(n->tree, n->op, n->doc, &attributes) < 0)
		return -1;
	*out = attributes ? json_deep_copy(attributes) : json_object();
	json_decref(attributes);
	return *out ? 0 : zf_nomem(n->op, 8);
}

static int make_array(struct node *n)
{
	const struct zf_array_meta *meta = &n->doc->meta->array;
	struct zf_new_array array = { 0 };
	char separator = meta->separator;
	int result = check_kind(n);

	if (result == 0)
		result = zf_separator_find(n->tree, n->op, n->doc, &separator);
	if (result == 0)
		result = zf_new_array_like(n->op, meta, n->migration->zarr_format, false, &array);
	array.v2_keys = n->migration->zarr_format == 3;
	array.separator = separator;
	if (result == 0)
		result = set_byte_order(n, &array);
	if (result == 0)
		result = get_attributes(n, &array.attributes);
	if (result == 0)
		result = zf_convert_names(n->op, meta, &array);
	if (result == 0)
		result = zf_create_array(n->op, &array, &n->document, &n->attributes);
	if (result == 0)
		result = check_same(n, separator);
	zf_new_array_free(&array);
	return result;
}

/* ---- groups ---- */

static int make_group(struct node *n)
{
	static const char *const member = "attributes";
	struct zf_out bare = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	json_t *attributes = NULL;
	int format = n->migration->zarr_format;
	int result = get_attributes(n, &attributes);

	if (result == 0)
		result = zf_create_group(n->op, format, &bare);
	if (result == 0 && format == 3)
		result = zf_edit_set(n->op, bare.data, bare.len, &member, 1, attributes, &n->document);
	else if (result == 0)
		result = zf_out_append(&n->document, n->op, bare.data, bare.len);
	if (result == 0 && format == 2 && json_object_size(attributes) > 0)
		result = zf_json_dump(n->op, attributes, &zf_json_style_v2, &n->attributes);
	json_decref(attributes);
	zf_out_free(&bare);
	return result;
}

/* ---- one node ---- */

static int put(struct node *n, const char *name, const struct zf_out *text)
{
	char key[ZF_PATH_SIZE];

	if (!zf_path_join(n->doc->path, name, key))
		return zf_fail(n->op, ENAMETOOLONG, "the path is too long");
	return zf_store_put(n->tree->store, n->op, key, text->data, text->len, ZF_PUT_ALWAYS, NULL);
}

static int put_documents(struct node *n)
{
	if (n->attributes.len > 0 && put(n, ".zattrs", &n->attributes) < 0)
		return -1;
	if (n->migration->zarr_format == 3)
		return put(n, "zarr.json", &n->document);
	return put(n, n->doc->is_array ? ".zarray" : ".zgroup", &n->document);
}

/* Whether it has a document to be changed; formats beside v1 to v3 have not. */
static int is_old(struct node *n, bool *out)
{
	const struct zf_doc *doc = n->doc;
	bool is_v3 = doc->kind == ZF_DOC_V3;

	if (doc->error)
		return zf_fail(n->op, doc->error, "%s", doc->error_text);
	if (doc->kind == ZF_DOC_V0 || doc->kind == ZF_DOC_N5 || (is_v3 && doc->meta->read_only))
		return zf_fail(n->op, EOPNOTSUPP,
			"chunks of this format are not where v2 and v3 have them; 'zarrtool copy' copies "
			"them");
	*out = is_v3 != (n->migration->zarr_format == 3) || doc->kind == ZF_DOC_V1;
	return 0;
}

static int do_node(
	struct zf_tree *tree, struct zf_op *op, struct zf_migration *migration, const char *path, bool do_it)
{
	struct node n = { .tree = tree,
		.op = op,
		.migration = migration,
		.document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT),
		.attributes = ZF_OUT_GROWING(ZF_MAX_DOCUMENT) };
	struct zf_doc *doc = NULL;
	bool old = false;
	int result = zf_doc_get(tree, op, path, ZF_DOC_NOW_ATTRS, &doc);

	if (result == ZF_MISSING)
		return zf_fail(op, ESTALE, "%s: was removed by another program", zf_path_label(path));
	if (result < 0)
		return -1;
	n.doc = doc;
	result = is_old(&n, &old);
	if (result == 0 && old)
		result = doc->is_array ? make_array(&n) : make_group(&n);
	if (result == 0 && old && do_it)
		result = put_documents(&n);
	migration->nodes += result == 0 && old && !do_it;
	zf_doc_put(doc);
	zf_out_free(&n.document);
	zf_out_free(&n.attributes);
	return result < 0 ? zf_where(op, "%s", zf_path_label(path)) : 0;
}

/* ---- all of them ---- */

static int remove_old(
	struct zf_tree *tree, struct zf_op *op, struct zf_migration *migration, const char *path)
{
	static const char *const v2[] = { ".zmetadata", ".zarray", ".zgroup", ".zattrs", "meta", "attrs" };
	static const char *const v3[] = { "zarr.json", "meta", "attrs" };
	bool to_v3 = migration->zarr_format == 3;
	size_t count = to_v3 ? sizeof v2 / sizeof *v2 : sizeof v3 / sizeof *v3;

	for (size_t i = 0; i < count; i++) {
		const char *name = to_v3 ? v2[i] : v3[i];
		char key[ZF_PATH_SIZE];
		int result;

		if (!zf_path_join(path, name, key))
			continue;
		result = zf_store_del(tree->store, op, key);
		if (result < 0)
			return zf_where(op, "%s", zf_path_label(path));
		migration->consolidated |= result == ZF_FOUND && strcmp(name, ".zmetadata") == 0;
	}
	return 0;
}

static int do_nodes(
	struct zf_op *op, struct zf_migration *migration, const struct zf_paths *nodes, bool do_it)
{
	for (size_t i = 0; i < nodes->count; i++)
		if (zf_op_check(op) < 0 || do_node(nodes->tree, op, migration, nodes->path[i], do_it) < 0)
			return -1;
	return 0;
}

static int migrate(struct zf_tree *tree, struct zf_op *op, struct zf_migration *migration)
{
	struct zf_paths nodes;
	int result;

	if (zf_paths_list(tree, op, tree->root, &nodes) < 0)
		return -1;
	result = do_nodes(op, migration, &nodes, false);
	if (result == 0 && !migration->dry_run) {
		result = do_nodes(op, migration, &nodes, true);
		if (result == 0)
			result = zf_store_flush(tree->store, op);
		for (size_t i = 0; i < nodes.count && result == 0 && !migration->keep; i++)
			result = remove_old(tree, op, migration, nodes.path[i]);
		zf_docs_forget(tree->docs, tree->root);
		if (result == 0)
			result = zf_store_flush(tree->store, op);
	}
	zf_paths_free(&nodes);
	return result;
}

int zf_migrate(struct zf_tree *tree, struct zf_op *op, struct zf_migration *migration)
{
	int result;

	migration->nodes = 0;
	migration->consolidated = false;
	if (migration->zarr_format != 2 && migration->zarr_format != 3)
		return zf_fail(op, EINVAL, "zarr_format: expected 2 or 3, found %d", migration->zarr_format);
	if (zf_check_writable(tree, op, "") < 0 || zf_turn_take(&tree->names, op) < 0)
		return -1;
	result = migrate(tree, op, migration);
	zf_turn_give(&tree->names);
	return result;
}
