/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edits of documents in place.
 */
#include "meta/edit.h"

#include "meta/json.h"
#include "meta/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- shape ---- */

/* The last member of that name, which is the one that counts. */
static int find_member(struct zf_op *op, struct zf_json_text object, const char *name,
	struct zf_json_member *out, bool *found)
{
	struct zf_json_member member = { .value.p = NULL };

	*found = false;
	while (zf_json_next(object, &member)) {
		json_t *hold;
		const char *key = zf_json_member_key(op, &member, &hold);
		bool it = key && strcmp(key, name) == 0;

		json_decref(hold);
		if (!key)
			return -1;
		if (it) {
			*found = true;
			*out = member;
		}
	}
	return 0;
}

/* Finds the list, and checks that the shape is one for it. */
static int find_shape(struct zf_op *op, struct zf_json_text root, const json_t *there, unsigned ndim,
	struct zf_json_text *out)
{
	const json_t *shape = json_object_get(there, "shape");
	struct zf_json_member member;
	bool found;

	if (!json_is_object(there))
		return zf_fail(op, EIO, "expected an object, found %s", zf_json_kind(there));
	if (!json_is_array(shape))
		return zf_fail(op, EIO, "shape: expected a list of integers, found %s", zf_json_kind(shape));
	if (json_array_size(shape) != ndim)
		return zf_fail(op, EINVAL, "shape: %u dimensions asked for, the array has %zu", ndim,
			json_array_size(shape));
	if (find_member(op, root, "shape", &member, &found) < 0)
		return -1;
	*out = member.value;
	return found ? 0 : zf_fail(op, EIO, "shape: missing");
}

/* Copies up to the token, and puts another in its place. */
static int put_number(
	struct zf_op *op, struct zf_out *out, const char **done, struct zf_json_text token, uint64_t number)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRIu64, number);

	if (token.len == (size_t)n && memcmp(token.p, text, token.len) == 0)
		return 0;
	if (zf_out_append(out, op, *done, (size_t)(token.p - *done)) < 0)
		return -1;
	*done = token.p + token.len;
	return zf_out_append(out, op, text, (size_t)n);
}

int zf_edit_shape(struct zf_op *op, const void *doc, size_t len, unsigned ndim, const uint64_t *shape,
	struct zf_out *out)
{
	const char *done = doc, *end = done + len;
	struct zf_json_member element = { .value.p = NULL };
	struct zf_json_text list;
	size_t from = out->len;
	json_t *there;
	int rc;

	if (zf_json_parse(op, doc, len, &there) < 0)
		return -1;
	rc = find_shape(op, zf_json_root(doc, len), there, ndim, &list);
	for (unsigned i = 0; rc == 0 && i < ndim && zf_json_next(list, &element); i++)
		rc = put_number(op, out, &done, element.value, shape[i]);
	if (rc == 0)
		rc = zf_out_append(out, op, done, (size_t)(end - done));
	if (rc < 0)
		out->len = from;
	json_decref(there);
	return rc;
}

/* ---- attributes ---- */

int zf_edit_attributes(struct zf_op *op, int zarr_format, const void *doc, size_t len, const json_t *patch,
	struct zf_out *out)
{
	static const char *const attributes[] = { "attributes" };
	struct zf_merge_rules rules = {
		.levels = ZF_MERGE_ALL_LEVELS,
		.null_removes = true,
		.as_shown = true,
		.style = zarr_format > 2 ? &zf_json_style_v3 : &zf_json_style_v2,
	};
	json_t *whole;
	int rc;

	if (!json_is_object(patch) && !json_is_null(patch))
		return zf_fail(
			op, EINVAL, "attributes: expected an object or null, found %s", zf_json_kind(patch));
	if (zarr_format <= 2 && (!doc || json_is_null(patch))) {
		doc = "{}";
		len = 2;
	}
	if (zarr_format > 2)
		whole = json_is_null(patch) ? json_object() : json_pack("{s:O}", attributes[0], patch);
	else
		whole = json_is_null(patch) ? json_object() : json_incref((json_t *)patch);
	if (!whole)
		return zf_nomem(op, sizeof *whole);
	if (zarr_format > 2 && json_is_null(patch))
		rc = zf_edit_set(op, doc, len, attributes, 1, whole, out);
	else
		rc = zf_merge(op, doc, len, whole, &rules, out);
	json_decref(whole);
	return rc;
}

/* ---- primitives ---- */

/* Merges a tree of one branch. */
static int edit(struct zf_op *op, const void *doc, size_t len, const char *const *keys, size_t count,
	const json_t *value, bool remove, struct zf_out *out)
{
	struct zf_merge_rules rules = {
		.levels = (int)count,
		.null_removes = remove,
		.only_objects = true,
		.style = &zf_json_style_v3,
	};
	json_t *tree = zf_merge_nest(keys, count, value);
	int rc;

	if (!tree)
		return zf_fail(op, EINVAL, "a name that is not in UTF-8");
	rc = zf_merge(op, doc, len, tree, &rules, out);
	json_decref(tree);
	return rc;
}

int zf_edit_set(struct zf_op *op, const void *doc, size_t len, const char *const *keys, size_t count,
	const json_t *value, struct zf_out *out)
{
	return edit(op, doc, len, keys, count, value, false, out);
}

int zf_edit_remove(struct zf_op *op, const void *doc, size_t len, const char *const *keys, size_t count,
	struct zf_out *out)
{
	json_t *there;
	const json_t *at;

	if (zf_json_parse(op, doc, len, &there) < 0)
		return -1;
	at = there;
	for (size_t i = 0; at && i < count; i++)
		at = json_object_get(at, keys[i]);
	json_decref(there);
	if (!at) /* borrowed from what is gone now, and only compared */
		return zf_out_append(out, op, doc, len);
	return edit(op, doc, len, keys, count, json_null(), true, out);
}
