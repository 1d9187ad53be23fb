/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Consolidated metadata: whether they say what the documents say.
 */
#include "upkeep/check.h"
#include "meta/consolidated.h"
#include "meta/json.h"
#include "meta/merge.h"
#include "upkeep/fresh.h"
#include "view/keys.h"

#include <errno.h>
#include <string.h>

struct compare {
	struct zf_check *check;
	const struct zf_doc *doc;
	int zarr_format;
	unsigned wrong;           /* documents */
	char first[ZF_PATH_SIZE]; /* of them */
	const char *how;
};

/* What is there says nothing, and may as well be missing. */
static bool is_nothing(const json_t *value)
{
	return !value || json_is_null(value) || (json_is_object(value) && json_object_size(value) == 0);
}

/* Two documents, but for members that say nothing and consolidated metadata of their own. */
static bool is_same(const json_t *there, const json_t *fresh)
{
	const json_t *const both[] = { there, fresh };
	const char *key;
	json_t *value;

	if (!json_is_object(there) || !json_is_object(fresh))
		return zf_merge_same(there, fresh, true);
	for (int i = 0; i < 2; i++) {
		json_object_foreach((json_t *)both[i], key, value)
		{
			const json_t *other = json_object_get(both[1 - i], key);

			if (strcmp(key, "consolidated_metadata") == 0 ||
				(is_nothing(value) && is_nothing(other)))
				continue;
			if (!other || !zf_merge_same(value, other, true))
				return false;
		}
	}
	return true;
}

static void note(struct compare *c, const char *key, const char *how)
{
	if (c->wrong++ > 0)
		return;
	snprintf(c->first, sizeof c->first, "%s", key);
	c->how = how;
}

/* A document that is listed and not there. Where its node has other keys it is the document that is missing,
 * and told elsewhere. */
static int look_at_missing(struct compare *c, const char *key)
{
	char path[ZF_PATH_SIZE], node[ZF_PATH_SIZE];
	const char *name = zf_path_last(key);
	bool any = false;

	if (c->zarr_format == 3)
		strcpy(node, key);
	else
		zf_path_parent(key, node);
	if (!zf_path_join(c->doc->path, node, path))
		return 0;
	if (*node && strcmp(name, ".zattrs") != 0 &&
		zf_keys_any(c->check->tree, c->check->op, path, &any) < 0)
		return -1;
	if (!any)
		note(c, key, "is not there");
	return 0;
}

static int compare(struct compare *c, const json_t *there, const json_t *fresh)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)there, key, value)
	{
		const json_t *now = json_object_get(fresh, key);

		if (c->zarr_format == 3 && !*key)
			continue; /* itself */
		if (!now && look_at_missing(c, key) < 0)
			return -1;
		/* null: broken, and told elsewhere */
		if (now && !json_is_null(now) && !is_same(value, now))
			note(c, key, "is another now");
	}
	json_object_foreach((json_t *)fresh, key, value)
	{
		if (!json_is_null(value) && !json_object_get(there, key))
			note(c, key, "is not in them");
	}
	return 0;
}

static void tell(struct compare *c, const char *file)
{
	if (c->wrong == 0)
		return;
	zf_find(c->check->findings, ZF_FLAW_STALE, true, c->doc->path, file,
		c->wrong > 1 ? "consolidated metadata: '%s' %s, and %u more"
			     : "consolidated metadata: '%s' %s",
		c->first, c->how, c->wrong - 1);
}

/* whole: the document that has them. */
static int look_at(struct compare *c, const json_t *whole, const char *file)
{
	const json_t *there = c->zarr_format == 3 ? json_object_get(whole, "consolidated_metadata") : whole;
	json_t *fresh;
	int result;

	if (zf_fresh_consolidated(c->check->tree, c->check->op, c->doc->path, c->zarr_format, true, &fresh) <
		0)
		return -1;
	result = compare(c, json_object_get(there, "metadata"), json_object_get(fresh, "metadata"));
	json_decref(fresh);
	if (result == 0)
		tell(c, file);
	return result;
}

int zf_check_listed(struct zf_check *check, const struct zf_doc *doc)
{
	struct compare c = { .check = check, .doc = doc, .zarr_format = doc->kind == ZF_DOC_V3 ? 3 : 2 };
	struct zf_out text = ZF_OUT_GROWING(ZF_MAX_DOCUMENT);
	char file[ZF_PATH_SIZE];
	json_t *whole = NULL;
	int result;

	if (!zf_path_join(doc->path, c.zarr_format == 3 ? "zarr.json" : ".zmetadata", file))
		return 0;
	result = zf_store_get(check->tree->store, check->op, file, NULL, &text, NULL);
	if (result == ZF_FOUND && c.zarr_format == 2 && text.len == 0)
		zf_find(check->findings, ZF_FLAW_STALE, true, doc->path, file,
			"consolidated metadata: the document is empty");
	else if (result == ZF_FOUND && c.zarr_format == 2 &&
		 zf_json_parse(check->op, text.data, text.len, &whole) < 0) {
		if (check->op->err != EIO)
			return -1;
		zf_find(check->findings, ZF_FLAW_STALE, true, doc->path, file, "consolidated metadata: %s",
			check->op->text);
		zf_op_forgive(check->op);
	} else if (result == ZF_FOUND && zf_consolidated_is(c.zarr_format, text.data, text.len) &&
		   (whole || zf_json_parse(check->op, text.data, text.len, &whole) == 0))
		result = look_at(&c, whole, file);
	json_decref(whole);
	zf_out_free(&text);
	return result < 0 ? -1 : 0;
}
