/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zf_node_complete(): what of an array is stored. Work is in proportion to the keys that are there.
 */
#include "upkeep/check.h"
#include "view/keys.h"
#include "view/node.h"

#include <errno.h>
#include <string.h>

enum { SAMPLE = 64 }; /* values that are timed */

struct count {
	struct zf_tree *tree;
	struct zf_checked *checked;
	struct zf_node_complete *out;
	bool time;
};

static int on_chunk(void *arg, const struct zf_look *look)
{
	struct count *count = arg;

	if (!look->is_index)
		count->out->chunks++;
	return 0;
}

static int look_at(struct count *count, struct zf_op *op, const char *key, const uint64_t *coords)
{
	const struct zf_array *array = count->checked->array;

	count->out->values++;
	if (count->time && count->out->values <= SAMPLE &&
		zf_array_time(array, op, key, coords, &count->out->times) < 0)
		return -1;
	if (count->checked->meta.array.inner_chunk)
		return zf_array_look(array, op, key, coords, false, on_chunk, count);
	count->out->chunks++;
	return 0;
}

static int on_key(struct zf_op *op, void *arg, const char *key)
{
	struct count *count = arg;
	uint64_t coords[ZF_MAX_NDIM];
	struct zf_value value;
	int result = zf_store_stat(count->tree->store, op, key, &value);

	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	count->out->keys++;
	count->out->bytes += value.size;
	if (!zf_array_parse(count->checked->array, key + count->checked->below, coords))
		return 0;
	if (zf_array_holds(count->checked->array, coords))
		return look_at(count, op, key, coords);
	count->out->outside++;
	return 0;
}

static int complete(struct count *count, struct zf_op *op, struct zf_doc *doc)
{
	int result;

	if (doc->error)
		return zf_fail(op, doc->error, "%s: %s", zf_path_label(doc->path), doc->error_text);
	if (zf_checked_open(count->tree, op, doc, &count->checked) < 0)
		return -1;
	result = zf_keys_walk(count->tree->store, op, doc->path, on_key, count);
	zf_checked_put(count->checked);
	return result;
}

int zf_node_complete(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool time, struct zf_node_complete *out)
{
	struct count count = { .tree = tree, .out = out, .time = time };
	struct zf_name name;
	int result;

	memset(out, 0, sizeof *out);
	if (zf_node_find(tree, op, path, &name) < 0)
		return -1;
	if (name.kind == ZF_NAME_ARRAY)
		result = complete(&count, op, name.doc);
	else
		result = zf_fail(op, EISDIR, "%s: a group, which has no chunks", zf_path_label(name.path));
	zf_name_release(tree, &name);
	return result;
}
