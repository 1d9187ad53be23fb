/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walking what lies below a path.
 */
#include "view/keys.h"
#include "view/doc.h"
#include "view/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The children of one prefix: their names, each with a NUL and a mark in front. */
struct children {
	struct zf_op *op;
	struct zf_out names;
	bool failed;
};

enum { KEY = 'k', PREFIX = 'p' };

static int on_child(void *arg, const char *name, bool is_prefix)
{
	struct children *children = arg;
	char mark = is_prefix ? PREFIX : KEY;

	children->failed = zf_out_append(&children->names, children->op, &mark, 1) < 0 ||
			   zf_out_append(&children->names, children->op, name, strlen(name) + 1) < 0;
	return children->failed;
}

static int list(struct zf_store *store, struct zf_op *op, const char *path, struct children *children)
{
	int result;

	*children = (struct children){ .op = op, .names = ZF_OUT_GROWING(SIZE_MAX / 2) };
	result = zf_store_list(store, op, path, on_child, children);
	return result < 0 || children->failed ? -1 : 0;
}

/* One key for all levels: what is foreign may be deep. */
struct walk {
	struct zf_store *store;
	struct zf_op *op;
	zf_key_fn *fn;
	void *arg;
	char key[ZF_PATH_SIZE];
};

/* Makes the key of a child of the first len bytes. False if it does not fit. */
static bool append(struct walk *walk, size_t len, const char *name)
{
	size_t n = strlen(name), slash = len > 0;

	if (len + slash + n >= ZF_PATH_SIZE)
		return false;
	if (slash)
		walk->key[len] = '/';
	memcpy(walk->key + len + slash, name, n + 1);
	return true;
}

static int walk_prefix(struct walk *walk)
{
	struct children children;
	size_t len = strlen(walk->key);
	int result = list(walk->store, walk->op, walk->key, &children);

	for (size_t at = 0; result == 0 && at < children.names.len;) {
		const char *name = (const char *)children.names.data + at;

		at += strlen(name) + 1;
		result = zf_op_check(walk->op);
		if (result < 0 || !append(walk, len, name + 1))
			continue;
		result = name[0] == PREFIX ? walk_prefix(walk) : walk->fn(walk->op, walk->arg, walk->key);
	}
	walk->key[len] = '\0';
	zf_out_free(&children.names);
	return result;
}

int zf_keys_walk(struct zf_store *store, struct zf_op *op, const char *path, zf_key_fn *fn, void *arg)
{
	struct walk walk = { .store = store, .op = op, .fn = fn, .arg = arg };

	strcpy(walk.key, path);
	return walk_prefix(&walk);
}

static int on_any(void *arg, const char *name, bool is_prefix)
{
	(void)name;
	(void)is_prefix;
	*(bool *)arg = true;
	return 1;
}

int zf_keys_any(struct zf_tree *tree, struct zf_op *op, const char *path, bool *out)
{
	*out = false;
	return zf_store_list(tree->store, op, path, on_any, out) < 0 ? -1 : 0;
}

/* ---- deleting and copying --------------------------------------------------------------------------------
 */

/* The documents of a node, and what belongs to them. */
static const char *const own_names[] = { "zarr.json", ".zarray", ".zgroup", ".zmetadata", ".zattrs", "meta",
	"attrs" };
enum { OWN = sizeof own_names / sizeof *own_names };

struct job {
	struct zf_tree *tree;
	const char *from, *to;
};

static int delete_key(struct zf_op *op, void *arg, const char *key)
{
	const struct job *job = arg;

	return zf_store_del(job->tree->store, op, key) < 0 ? -1 : 0;
}

int zf_keys_delete(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	struct job job = { .tree = tree };
	char key[ZF_PATH_SIZE];

	for (int i = 0; i < OWN; i++)
		if (zf_path_join(path, own_names[i], key) && delete_key(op, &job, key) < 0)
			return -1;
	return zf_keys_walk(tree->store, op, path, delete_key, &job);
}

static int copy_one(struct zf_op *op, const struct job *job, const char *key)
{
	const char *rest = key + strlen(job->from) + 1;
	struct zf_out value = ZF_OUT_GROWING(SIZE_MAX / 2);
	char to[ZF_PATH_SIZE];
	int result;

	if (!zf_path_join(job->to, rest, to))
		return zf_fail(op, ENAMETOOLONG, "%s: the path is too long", zf_path_label(job->to));
	result = zf_store_get(job->tree->store, op, key, NULL, &value, NULL);
	if (result == ZF_FOUND)
		result = zf_store_put(job->tree->store, op, to, value.data ? (const void *)value.data : "",
			value.len, ZF_PUT_ALWAYS, NULL);
	zf_out_free(&value);
	return result < 0 ? -1 : 0;
}

static bool is_own(const struct job *job, const char *key)
{
	const char *rest = key + strlen(job->from) + 1;

	for (int i = 0; i < OWN; i++)
		if (strcmp(rest, own_names[i]) == 0)
			return true;
	return false;
}

static int copy_key(struct zf_op *op, void *arg, const char *key)
{
	return is_own(arg, key) ? 0 : copy_one(op, arg, key);
}

int zf_keys_copy(struct zf_tree *tree, struct zf_op *op, const char *from, const char *to)
{
	struct job job = { .tree = tree, .from = from, .to = to };
	char key[ZF_PATH_SIZE];

	if (zf_keys_walk(tree->store, op, from, copy_key, &job) < 0)
		return -1;
	for (int i = OWN; i-- > 0;)
		if (zf_path_join(from, own_names[i], key) && copy_one(op, &job, key) < 0)
			return -1;
	return 0;
}

int zf_keys_prune(struct zf_tree *tree, struct zf_op *op, const char *path)
{
	return *path ? zf_store_prune(tree->store, op, path) : 0;
}
