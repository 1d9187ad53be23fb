/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of an array.
 */
#include "upkeep/check.h"
#include "store/children.h"

#include <errno.h>
#include <string.h>

static bool is_own(const struct zf_doc *doc, const char *rest)
{
	static const char *const others[] = { ".zattrs", ".zmetadata", "attrs", "__zattr__" };

	if (strcmp(rest, zf_doc_file(doc)) == 0 || strcmp(rest, zf_doc_attrs_file(doc)) == 0)
		return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(rest, others[i]) == 0)
			return doc->kind != ZF_DOC_V3;
	return false;
}

bool zf_check_is_partial(const char *name)
{
	static const char ending[] = ".partial";
	size_t len = strlen(name), n = sizeof ending - 1;

	if (len < n + 33 || strcmp(name + len - n, ending) != 0 || name[len - n - 33] != '.')
		return false;
	return strspn(name + len - n - 32, "0123456789abcdef") == 32;
}

/* ---- leftovers ---- */

struct leftovers {
	struct zf_check *check;
	const char *path, *node;
	bool ledgers;
};

static int on_leftover(void *arg, const char *name, bool is_prefix)
{
	struct leftovers *l = arg;
	char key[ZF_PATH_SIZE];

	if (is_prefix)
		l->ledgers = true;
	else if (zf_path_join(l->path, name, key))
		zf_find(l->check->findings, ZF_FLAW_LEFTOVER, true, l->node, key,
			"left by a writer that was killed");
	return 0;
}

int zf_check_leftovers(struct zf_check *check, const char *path, const char *node)
{
	struct leftovers l = { check, path, node, false };
	int result = zf_store_leftovers(check->tree->store, check->op, path, on_leftover, &l);

	if (result < 0 || !l.ledgers)
		return result < 0 ? -1 : 0;
	l.path = ".zarrfs-tmp-ledgers";
	return zf_store_leftovers(check->tree->store, check->op, l.path, on_leftover, &l) < 0 ? -1 : 0;
}

/* ---- keys ---- */

static int look_at_key(struct zf_check *check, struct zf_checked *checked, const char *key)
{
	const char *rest = key + checked->below, *path = checked->doc->path;
	uint64_t coords[ZF_MAX_NDIM];

	if (is_own(checked->doc, rest))
		return 0;
	if (!zf_array_parse(checked->array, rest, coords)) {
		bool partial = zf_check_is_partial(zf_path_last(key));

		zf_find(check->findings, partial ? ZF_FLAW_LEFTOVER : ZF_FLAW_FOREIGN, partial, path, key,
			partial ? "left by a writer that was killed, or still being written"
				: "neither a chunk of the array nor a document");
		return 0;
	}
	if (zf_array_holds(checked->array, coords))
		return zf_values_add(check->values, checked, key);
	zf_find(check->findings, ZF_FLAW_OUTSIDE, true, path, key, "a chunk outside of the array's shape");
	return 0;
}

/* One key for all levels. */
static int walk(struct zf_check *check, struct zf_checked *checked, char key[static ZF_PATH_SIZE])
{
	struct zf_names names = { .op = check->op, .out = ZF_OUT_GROWING(SIZE_MAX / 2) };
	size_t len = strlen(key), slash = len > 0;
	int result = zf_store_list(check->tree->store, check->op, key, zf_names_keep, &names);

	result = result < 0 || names.failed ? -1 : 0;
	if (result == 0)
		result = zf_check_leftovers(check, key, checked->doc->path);
	for (size_t at = 0; result == 0 && at < names.out.len;) {
		const char *name = (const char *)names.out.data + at;
		size_t n = strlen(name + 1);

		at += n + 2;
		if (len + slash + n >= ZF_PATH_SIZE)
			continue;
		key[len] = slash ? '/' : key[len];
		memcpy(key + len + slash, name + 1, n + 1);
		result = *name == '/' ? walk(check, checked, key) : look_at_key(check, checked, key);
	}
	key[len] = '\0';
	zf_out_free(&names.out);
	return result;
}

int zf_check_array(struct zf_check *check, struct zf_doc *doc)
{
	struct zf_checked *checked;
	char key[ZF_PATH_SIZE], file[ZF_PATH_SIZE];
	int result;

	if (zf_checked_open(check->tree, check->op, doc, &checked) < 0) {
		if (check->op->err == EINTR || check->op->err == ENOMEM)
			return -1;
		if (!zf_path_join(doc->path, zf_doc_file(doc), file))
			file[0] = '\0';
		zf_find(check->findings,
			check->op->err == EOPNOTSUPP ? ZF_FLAW_UNSUPPORTED : ZF_FLAW_DOCUMENT, false,
			doc->path, file, "%s", check->op->text);
		zf_op_forgive(check->op);
		return 0;
	}
	strcpy(key, doc->path);
	result = walk(check, checked, key);
	zf_checked_put(checked);
	return result;
}
