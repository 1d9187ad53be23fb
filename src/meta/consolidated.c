/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Consolidated metadata: each change is a small tree, merged into the document.
 */
#include "meta/consolidated.h"

#include "meta/json.h"
#include "meta/merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the copies are. */
static const char *const place_v2[] = { "metadata" };
static const char *const place_v3[] = { "consolidated_metadata", "metadata" };

/* A document being changed. */
struct change {
	struct zf_op *op;
	int zarr_format;
	const char *const *place;
	size_t depth;   /* of the place */
	json_t *doc;    /* parsed */
	json_t *copies; /* in it: borrowed; NULL where there are none */
	json_t *patch;  /* what becomes of the copies: a document, or null where it goes */
};

static void end(struct change *c)
{
	json_decref(c->doc);
	json_decref(c->patch);
}

static int find(struct change *c)
{
	json_t *at = c->doc;

	for (size_t i = 0; i < c->depth && at; i++)
		at = json_object_get(at, c->place[i]);
	if (!at || json_is_null(at)) {
		if (c->zarr_format > 2)
			return 0;
		return zf_fail(c->op, EIO, "metadata: expected an object, found %s", zf_json_kind(at));
	}
	if (!json_is_object(at))
		return zf_fail(c->op, EIO, "metadata: expected an object, found %s", zf_json_kind(at));
	c->copies = at;
	return 0;
}

/* To be followed by end(), also when it fails. */
static int begin(struct change *c, struct zf_op *op, int zarr_format, const void *doc, size_t len)
{
	*c = (struct change){
		.op = op,
		.zarr_format = zarr_format,
		.place = zarr_format > 2 ? place_v3 : place_v2,
		.depth = zarr_format > 2 ? 2 : 1,
		.patch = json_object(),
	};
	if (!c->patch)
		return zf_nomem(op, sizeof *c->patch);
	if (zf_json_parse(op, doc, len, &c->doc) < 0)
		return -1;
	return find(c);
}

/* A key of a tree as it is in the text. */
static const char *plain(const char *key)
{
	return key + (key[0] == ZF_JSON_MARK);
}

/* Plans what becomes of a key (without mark). Borrows value. */
static int plan(struct change *c, const char *key, const json_t *value)
{
	json_t *one = zf_merge_nest(&key, 1, value);
	int rc = one ? json_object_update(c->patch, one) : -1;

	json_decref(one);
	return rc < 0 ? zf_fail(c->op, EINVAL, "a name that is not in UTF-8") : 0;
}

/* What comes after the path in the key of a node there or below it, its '/' included; NULL for others. In v2
 * the node itself has keys like those below it. */
static const char *below(const struct change *c, const char *key, const char *path)
{
	size_t n = strlen(path);

	if (strncmp(key, path, n) != 0)
		return NULL;
	return key[n] == '/' || (c->zarr_format > 2 && key[n] == '\0') ? key + n : NULL;
}

static int plan_removal(struct change *c, const char *path)
{
	const char *key;
	json_t *value;

	json_object_foreach(c->copies, key, value)
	{
		if (below(c, plain(key), path) && plan(c, plain(key), json_null()) < 0)
			return -1;
	}
	return 0;
}

/* Merges what is planned; 1 when that changes the document. */
static int apply(struct change *c, const void *doc, size_t len, struct zf_out *out)
{
	struct zf_merge_rules rules = {
		.levels = (int)c->depth + 1,
		.null_removes = true,
		.only_objects = true,
		.style = &zf_json_style_v3,
	};
	size_t from = out->len;
	json_t *tree;
	int rc;

	if (!c->copies || json_object_size(c->patch) == 0)
		return 0;
	tree = zf_merge_nest(c->place, c->depth, c->patch);
	if (!tree)
		return zf_nomem(c->op, sizeof *tree);
	rc = zf_merge(c->op, doc, len, tree, &rules, out);
	json_decref(tree);
	if (rc < 0)
		return -1;
	if (out->len - from != len || memcmp(out->data + from, doc, len) != 0)
		return 1;
	out->len = from;
	return 0;
}

bool zf_consolidated_is(int zarr_format, const void *doc, size_t len)
{
	struct change c;
	struct zf_op own;
	bool is;

	zf_op_init(&own);
	is = begin(&c, &own, zarr_format, doc, len) == 0 && c.copies;
	end(&c);
	return is;
}

/* A document as it is copied; new. */
static int parse_copy(struct zf_op *op, const void *value, size_t len, json_t **out)
{
	json_t *copy;

	if (zf_json_parse(op, value, len, &copy) < 0)
		return -1;
	if (!json_is_object(copy)) {
		zf_fail(op, EIO, "expected an object, found %s", zf_json_kind(copy));
		json_decref(copy);
		return -1;
	}
	json_object_del(copy, place_v3[0]);
	*out = copy;
	return 0;
}

int zf_consolidated_set(struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *key,
	const void *value, size_t value_len, struct zf_out *out)
{
	struct change c;
	json_t *copy = NULL;
	int rc = begin(&c, op, zarr_format, doc, len);

	if (rc == 0 && c.copies && parse_copy(op, value, value_len, &copy) < 0)
		rc = zf_where(op, "%s", key);
	if (rc == 0 && copy)
		rc = plan(&c, key, copy);
	if (rc == 0)
		rc = apply(&c, doc, len, out);
	json_decref(copy);
	end(&c);
	return rc;
}

int zf_consolidated_remove(
	struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *path, struct zf_out *out)
{
	struct change c;
	int rc = begin(&c, op, zarr_format, doc, len);

	if (rc == 0)
		rc = plan_removal(&c, path);
	if (rc == 0)
		rc = apply(&c, doc, len, out);
	end(&c);
	return rc;
}

int zf_consolidated_remove_key(
	struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *key, struct zf_out *out)
{
	struct change c;
	int rc = begin(&c, op, zarr_format, doc, len);

	if (rc == 0)
		rc = plan(&c, key, json_null());
	if (rc == 0)
		rc = apply(&c, doc, len, out);
	end(&c);
	return rc;
}

/* Each copy at or below `from` goes and comes again under `to`. */
static int plan_move(struct change *c, const char *from, const char *to)
{
	const char *key;
	json_t *value;

	json_object_foreach(c->copies, key, value)
	{
		const char *rest = below(c, plain(key), from);
		char *name;
		int rc;

		if (!rest)
			continue;
		if (asprintf(&name, "%s%s", to, rest) < 0)
			return zf_nomem(c->op, strlen(to) + strlen(rest));
		rc = plan(c, plain(key), json_null());
		if (rc == 0)
			rc = plan(c, name, value);
		free(name);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int zf_consolidated_rename(struct zf_op *op, int zarr_format, const void *doc, size_t len, const char *from,
	const char *to, struct zf_out *out)
{
	struct change c;
	struct change paths = { .zarr_format = 3 };
	int rc = begin(&c, op, zarr_format, doc, len);

	if (rc == 0 && (below(&paths, to, from) || below(&paths, from, to)))
		rc = zf_fail(op, EINVAL, "'%s' cannot become '%s'", from, to);
	if (rc == 0)
		rc = plan_removal(&c, to);
	if (rc == 0)
		rc = plan_move(&c, from, to);
	if (rc == 0)
		rc = apply(&c, doc, len, out);
	end(&c);
	return rc;
}
