/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups, with their attributes. Consolidated metadata are not copied: the copy may hold something else.
 */
#include "meta/create.h"
#include "meta/edit.h"
#include "meta/json_dump.h"
#include "transfer/copy.h"
#include "view/attributes.h"
#include "view/change.h"
#include "view/make.h"

#include <errno.h>

int zf_copy_attributes(struct zf_copying *c, const struct zf_copy_node *node, json_t **out)
{
	json_t *attributes = NULL;
	int result = zf_attributes_get(c->from, c->op, node->doc, &attributes);

	if (result < 0)
		return -1;
	*out = attributes ? json_deep_copy(attributes) : json_object();
	json_decref(attributes);
	return *out ? 0 : zf_nomem(c->op, 8);
}

/* The attributes as a document of their own, or in the group's. */
static int put_group(struct zf_copying *c, const char *path, int format, json_t *attributes)
{
	static const char *const member = "attributes";
	struct zf_out document = ZF_OUT_GROWING(ZF_MAX_DOCUMENT), text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	bool any = json_object_size(attributes) > 0;
	int result = zf_create_group(c->op, format, &document);

	if (result == 0 && any && format == 3)
		result = zf_edit_set(c->op, document.data, document.len, &member, 1, attributes, &text);
	else if (result == 0 && any)
		result = zf_json_dump(c->op, attributes, &zf_json_style_v2, &text);
	if (result == 0 && any && format == 2)
		result = zf_change_put(c->to, c->op, path, ".zattrs", &text, ZF_PUT_ALWAYS, NULL);
	if (result == 0)
		result = zf_change_put(c->to, c->op, path, format == 3 ? "zarr.json" : ".zgroup",
			any && format == 3 ? &text : &document, ZF_PUT_ALWAYS, NULL);
	zf_out_free(&document);
	zf_out_free(&text);
	return result;
}

int zf_copy_group(struct zf_copying *c, const struct zf_copy_node *node)
{
	json_t *attributes = NULL;
	int format = c->config->settings.zarr_format, result;

	if (!format)
		format = c->format ? c->format : node->doc->kind == ZF_DOC_V3 ? 3 : 2;
	result = zf_copy_attributes(c, node, &attributes);
	if (result == 0)
		result = put_group(c, node->to, format, attributes);
	json_decref(attributes);
	return result;
}
