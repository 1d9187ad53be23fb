/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One element of an array as text.
 */
#include "meta/dtype.h"
#include "meta/fill.h"
#include "meta/json.h"
#include "meta/json_dump.h"
#include "view/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int print(struct zf_op *op, const struct zf_meta *meta, const void *element, struct zf_out *out)
{
	static const struct zf_json_style line = { .comma = { ", ", 2 }, .colon = { ": ", 2 } };
	const struct zf_array_meta *a = &meta->array;
	struct zf_dtype type = { 0 };
	json_t *value = NULL;
	int result = a->data_type ? zf_dtype_parse_v3(op, a->data_type, &type)
				  : zf_dtype_parse_v2(op, a->dtype, &type);

	if (result == 0)
		result = zf_fill_print(op, a->data_type ? 3 : 2, &type, element, &value);
	if (result == 0 && type.kind == 'f' && zf_json_text(value)) /* NaN, an infinity */
		result = zf_out_append(out, op, zf_json_text(value), strlen(zf_json_text(value)));
	else if (result == 0)
		result = zf_json_dump(op, value, &line, out);
	if (result == 0)
		result = zf_out_append(out, op, "", 1);
	json_decref(value);
	zf_dtype_free(&type);
	return result;
}

int zf_node_element(struct zf_tree *tree, struct zf_op *op, const char *path, const void *element, char **out)
{
	struct zf_out text = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct zf_name name;
	int result;

	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.kind != ZF_NAME_ARRAY || name.doc->error || zf_doc_is_text(name.doc))
		result = zf_fail(
			op, EINVAL, "%s: no array of elements of fixed size", zf_path_label(name.path));
	else
		result = print(op, name.doc->meta, element, &text);
	zf_name_release(tree, &name);
	if (result == 0)
		*out = (char *)text.data;
	else
		zf_out_free(&text);
	return result;
}
