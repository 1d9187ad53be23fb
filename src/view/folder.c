/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing a path of the store into memory.
 */
#include "view/folder.h"
#include "store/children.h"
#include "view/listed.h"

#include <stdlib.h>
#include <string.h>

static int on_listed(void *arg, const char *name)
{
	return zf_names_keep(arg, name, true);
}

static int compare(const void *a, const void *b)
{
	const struct zf_folder_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)y->is_prefix - (int)x->is_prefix;
}

static size_t count_names(const struct zf_out *names)
{
	size_t count = 0;

	for (size_t i = 0; i < names->len; i++)
		count += names->data[i] == '\0';
	return count;
}

/* One entry for each name: as a prefix, where it is both. */
static void drop_doubles(struct zf_folder *folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < folder->count; i++)
		if (kept == 0 || strcmp(folder->at[kept - 1].name, folder->at[i].name) != 0)
			folder->at[kept++] = folder->at[i];
	folder->count = kept;
}

static int sort(struct zf_op *op, struct zf_folder *folder)
{
	size_t count = count_names(&folder->names);

	folder->at = calloc(count ? count : 1, sizeof *folder->at);
	if (!folder->at)
		return zf_nomem(op, count * sizeof *folder->at);
	for (const char *p = (const char *)folder->names.data; folder->count < count; p += strlen(p) + 1)
		folder->at[folder->count++] = (struct zf_folder_name){ p + 1, *p == '/' };
	qsort(folder->at, count, sizeof *folder->at, compare);
	drop_doubles(folder);
	return 0;
}

int zf_folder_read(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool listed, struct zf_folder *out)
{
	struct zf_names names = { .op = op, .out = ZF_OUT_GROWING(SIZE_MAX / 2) };
	int result = zf_store_list(tree->store, op, path, zf_names_keep, &names);

	if (result >= 0 && !names.failed && listed)
		result = zf_listed_children(tree, op, path, on_listed, &names);
	*out = (struct zf_folder){ .names = names.out };
	if (result >= 0 && !names.failed && sort(op, out) == 0)
		return 0;
	zf_folder_free(out);
	return -1;
}

void zf_folder_free(struct zf_folder *folder)
{
	free(folder->at);
	zf_out_free(&folder->names);
	*folder = (struct zf_folder){ 0 };
}

bool zf_folder_has(const struct zf_folder *folder, const char *name)
{
	size_t low = 0, high = folder->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(folder->at[middle].name, name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
