/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The attributes of a node.
 */
#include "view/attributes.h"
#include "view/listed.h"
#include "view/path.h"

#include <errno.h>
#include <string.h>

static const char group_document[] = "{\"zarr_format\": 2}";

/* The text of a v2 group's attributes: ZF_FOUND, ZF_MISSING or -1. */
static int read_text(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_out *out)
{
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	char key[ZF_PATH_SIZE];
	struct zf_listed listed;
	int result;

	if (doc->is_listed) {
		result = zf_listed_get(tree, op, doc->path, &text, out, &listed);
		zf_out_free(&text);
		return result == ZF_FOUND && !listed.has_attrs ? ZF_MISSING : result;
	}
	if (!zf_path_join(doc->path, ".zattrs", key))
		return ZF_MISSING;
	return zf_store_get(tree->store, op, key, NULL, out, NULL);
}

static int of_group(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, json_t **out)
{
	struct zf_out attrs = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	struct zf_meta *meta = NULL;
	int result = read_text(tree, op, doc, &attrs);

	if (result == ZF_FOUND)
		result = zf_meta_parse_v2(op, ZF_NODE_GROUP, group_document, strlen(group_document),
			attrs.data ? (const void *)attrs.data : "", attrs.len, &meta);
	else if (result == ZF_MISSING)
		result = zf_meta_parse_v2(
			op, ZF_NODE_GROUP, group_document, strlen(group_document), NULL, 0, &meta);
	if (result == 0 && meta->attributes_error)
		result = zf_fail(op, EIO, "%s: %s", zf_path_label(doc->path), meta->attributes_error);
	if (result == 0)
		*out = json_incref(meta->attributes);
	zf_meta_free(meta);
	zf_out_free(&attrs);
	return result < 0 ? -1 : 0;
}

int zf_attributes_get(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, json_t **out)
{
	if (doc->kind == ZF_DOC_V2_GROUP)
		return of_group(tree, op, doc, out);
	if (doc->meta && doc->meta->attributes_error)
		return zf_fail(op, EIO, "%s: %s", zf_path_label(doc->path), doc->meta->attributes_error);
	*out = doc->meta && doc->meta->attributes ? json_incref(doc->meta->attributes) : NULL;
	return 0;
}
