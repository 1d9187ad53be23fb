/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths and names.
 */
#include "view/path.h"
#include "view/view.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool component_ok(const char *s, size_t n)
{
	if (n == 0 || n > ZF_MAX_NAME)
		return false;
	return !(s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.')));
}

bool zf_name_ok(const char *name)
{
	return !strchr(name, '/') && component_ok(name, strlen(name));
}

bool zf_path_ok(const char *path)
{
	if (strnlen(path, ZF_PATH_SIZE) > ZF_MAX_KEY)
		return false;
	while (*path) {
		size_t n = strcspn(path, "/");

		if (!component_ok(path, n))
			return false;
		path += n;
		if (*path == '/' && !*++path)
			return false;
	}
	return true;
}

bool zf_path_join(const char *a, const char *b, char out[static ZF_PATH_SIZE])
{
	int n = snprintf(out, ZF_PATH_SIZE, "%s%s%s", a, *a && *b ? "/" : "", b);

	return n >= 0 && n < ZF_PATH_SIZE;
}

bool zf_path_within(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return n == 0 || (strncmp(path, prefix, n) == 0 && (path[n] == '\0' || path[n] == '/'));
}

void zf_path_parent(const char *path, char out[static ZF_PATH_SIZE])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	memmove(out, path, n);
	out[n] = '\0';
}

const char *zf_path_last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool zf_path_is_info(const char *path, size_t *len)
{
	size_t n = strlen(path), suffix = sizeof ZF_INFO_SUFFIX - 1;

	if (strlen(zf_path_last(path)) <= suffix || strcmp(path + n - suffix, ZF_INFO_SUFFIX) != 0)
		return false;
	*len = n - suffix;
	return true;
}

const char *zf_path_label(const char *path)
{
	return *path ? path : "/";
}

/* How store files of the kinds that there are tend to end. */
static const char *const store_suffixes[] = { ".zarr", ".zip", ".db", ".mdb", ".lmdb", ".dbm", ".gdbm",
	".ndbm", ".bdb", ".dumbdbm", ".dat", ".dir", ".pag", ".sqlite", ".sqlite3" };

static bool cut_suffix(char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof store_suffixes / sizeof *store_suffixes; i++) {
		size_t suffix = strlen(store_suffixes[i]);

		if (n > suffix && strcasecmp(name + n - suffix, store_suffixes[i]) == 0) {
			name[n - suffix] = '\0';
			return true;
		}
	}
	return false;
}

void zf_root_name(const char *path, char out[static ZF_MAX_NAME + 1])
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	snprintf(out, ZF_MAX_NAME + 1, "%.*s", (int)(end - start), path + start);
	while (cut_suffix(out))
		;
	if (!zf_name_ok(out))
		strcpy(out, "array");
}
