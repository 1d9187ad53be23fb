/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys of one layout turned into those of another.
 */
#include "store/split.h"

#include "base/limits.h"
#include "store/backend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define META "meta/root"
#define DATA "data/root"
#define DOCUMENT "zarr.json"

static const char *const endings[] = { ".array.json", ".group.json" };

enum { ENDINGS = 2, ROOM = ZF_MAX_KEY + 32 };

struct split {
	struct zf_store store;
	struct zf_store *below; /* owned */
};

static struct zf_store *below(struct zf_store *store)
{
	return ((struct split *)store)->below;
}

/* Whether a key is that of a document; *len is the length of its path then. */
static bool is_document(const char *key, size_t *len)
{
	size_t n = strlen(key), tail = strlen(DOCUMENT);

	if (n < tail || strcmp(key + n - tail, DOCUMENT) != 0 || (n > tail && key[n - tail - 1] != '/'))
		return false;
	*len = n > tail ? n - tail - 1 : 0;
	return true;
}

/* "FOLDER/PATH" with an ending; false where that is too long for a key. */
static bool join(const char *folder, const char *path, size_t len, const char *ending, char out[static ROOM])
{
	int n = snprintf(out, ROOM, "%s%s%.*s%s", folder, len ? "/" : "", (int)len, path, ending);

	return n > 0 && n <= ZF_MAX_KEY;
}

static int split_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	char real[ROOM];
	size_t len;
	int result = ZF_MISSING;

	if (!is_document(key, &len))
		return join(DATA, key, strlen(key), "", real)
			       ? zf_next_get(below(store), op, real, range, out, value)
			       : ZF_MISSING;
	for (int i = 0; i < ENDINGS && result == ZF_MISSING; i++)
		if (join(META, key, len, endings[i], real))
			result = zf_next_get(below(store), op, real, range, out, value);
	return result;
}

static int split_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	char real[ROOM];
	size_t len;
	int result = ZF_MISSING;

	if (!is_document(key, &len))
		return join(DATA, key, strlen(key), "", real) ? zf_next_stat(below(store), op, real, value)
							      : ZF_MISSING;
	for (int i = 0; i < ENDINGS && result == ZF_MISSING; i++)
		if (join(META, key, len, endings[i], real))
			result = zf_next_stat(below(store), op, real, value);
	return result;
}

/* ---- listing ---- */

/* Names, each with '/' or ' ' in front and NUL behind. */
struct found {
	struct zf_op *op;
	struct zf_out names;
	size_t count;
	bool failed, meta;
};

static int keep(struct found *found, const char *name, size_t len, bool is_prefix)
{
	found->failed = zf_out_append(&found->names, found->op, is_prefix ? "/" : " ", 1) < 0 ||
			zf_out_append(&found->names, found->op, name, len) < 0 ||
			zf_out_append(&found->names, found->op, "", 1) < 0;
	found->count++;
	return found->failed;
}

/* Among the documents: "x.array.json" stands for a node "x". */
static int on_name(void *arg, const char *name, bool is_prefix)
{
	struct found *found = arg;
	size_t n = strlen(name);

	if (!found->meta || is_prefix)
		return keep(found, name, n, is_prefix);
	for (int i = 0; i < ENDINGS; i++) {
		size_t tail = strlen(endings[i]);

		if (n > tail && strcmp(name + n - tail, endings[i]) == 0)
			return keep(found, name, n - tail, true);
	}
	return 0;
}

/* By name; of one name the prefix first. */
static int compare(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	int order = strcmp(x + 1, y + 1);

	return order ? order : *y - *x;
}

static int tell(struct found *found, zf_store_list_fn *fn, void *arg)
{
	const char **names = calloc(found->count + 1, sizeof *names), *at = (const char *)found->names.data;
	const char *last = NULL;

	if (!names)
		return zf_nomem(found->op, found->count * sizeof *names);
	for (size_t i = 0; i < found->count; i++) {
		names[i] = at;
		at += strlen(at) + 1;
	}
	qsort(names, found->count, sizeof *names, compare);
	for (size_t i = 0; i < found->count; i++) {
		if (last && strcmp(last, names[i] + 1) == 0)
			continue;
		last = names[i] + 1;
		if (fn(arg, last, *names[i] == '/'))
			break;
	}
	free(names);
	return ZF_FOUND;
}

static int list_folder(
	struct zf_store *store, struct zf_op *op, const char *folder, const char *prefix, struct found *found)
{
	char real[ROOM];
	int result;

	found->meta = strcmp(folder, META) == 0;
	if (!join(folder, prefix, strlen(prefix), "", real))
		return ZF_MISSING;
	result = zf_next_list(below(store), op, real, on_name, found);
	return found->failed ? -1 : result;
}

static int split_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct found found = { .op = op, .names = ZF_OUT_GROWING(SIZE_MAX / 2) };
	char document[ROOM];
	struct zf_value value;
	int meta = list_folder(store, op, META, prefix, &found), data = -1, own = -1;
	int result = -1;

	if (meta >= 0)
		data = list_folder(store, op, DATA, prefix, &found);
	if (data >= 0) {
		snprintf(document, sizeof document, "%s%s%s", prefix, *prefix ? "/" : "", DOCUMENT);
		own = split_stat(store, op, document, &value);
	}
	if (own == ZF_FOUND && keep(&found, DOCUMENT, strlen(DOCUMENT), false))
		own = -1;
	if (own >= 0)
		result = meta == ZF_FOUND || data == ZF_FOUND || own == ZF_FOUND ? tell(&found, fn, arg)
										 : ZF_MISSING;
	zf_out_free(&found.names);
	return result;
}

static int split_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(below(store), op, out);
}

static void split_close(struct zf_store *store)
{
	zf_store_close(below(store));
	zf_store_fini(store);
	free(store);
}

static const struct zf_store_ops split_ops = {
	.kind = "split",
	.get = split_get,
	.stat = split_stat,
	.list = split_list,
	.space = split_space,
	.close = split_close,
};

bool zf_split_is(const struct zf_store *store)
{
	return store->ops == &split_ops;
}

int zf_split_open(struct zf_op *op, struct zf_store *under, struct zf_store **out)
{
	struct split *split = calloc(1, sizeof *split);
	unsigned caps = (under->caps & (ZF_STORE_RANGED | ZF_STORE_LOCAL | ZF_STORE_DIRECTORIES)) |
			ZF_STORE_LISTABLE | ZF_STORE_ANY_THREAD;

	if (!split) {
		zf_nomem(op, sizeof *split);
	} else if (zf_store_init(&split->store, op, &split_ops, under->ctx, caps, under->name) == 0) {
		split->below = under;
		*out = &split->store;
		return 0;
	}
	free(split);
	zf_store_close(under);
	return -1;
}
