/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The directory store: renaming and removing directories.
 */
#include "store/dir.h"

#include "base/limits.h"
#include "store/dir_pending.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- rename ------------------------------------------------------------------------------------------- */

static const char *last_part(const char *key)
{
	size_t n = zf_dir_parent_len(key);

	return key + (n ? n + 1 : 0);
}

static int rename_to(struct zf_dir *dir, struct zf_op *op, int from_parent, const char *from, const char *to)
{
	struct stat st;
	int to_parent;
	bool done;

	if (fstatat(from_parent, last_part(from), &st, 0) < 0 || !S_ISDIR(st.st_mode))
		return ZF_MISSING;
	if (zf_dir_open_parent(dir, op, to, &to_parent) < 0)
		return -1;
	/* where `to` is an empty directory, it is replaced */
	done = renameat(from_parent, last_part(from), to_parent, last_part(to)) == 0;
	if (!done && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR))
		zf_fail(op, EEXIST, "'%s' is there already", to);
	else if (!done)
		zf_fail(op, errno, "cannot rename to '%s': %m", to);
	close(to_parent);
	if (!done)
		return -1;
	zf_dir_mark_dirty(dir, from, zf_dir_parent_len(from));
	zf_dir_mark_dirty(dir, to, zf_dir_parent_len(to));
	return ZF_FOUND;
}

int zf_dir_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	char parent[ZF_MAX_KEY + 1];
	size_t n = zf_dir_parent_len(from);
	int fd, result;

	if (zf_dir_is_temporary(from))
		return ZF_MISSING;
	if (zf_dir_is_temporary(to))
		return zf_fail(op, EINVAL, "names with '" ZF_DIR_TMP_PREFIX "' are for temporaries");
	memcpy(parent, from, n);
	parent[n] = '\0';
	result = zf_dir_open_key(dir, op, parent, O_PATH | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result;
	/* the values on their way to a name below `from` go with it */
	result = zf_pending_settle(dir, op) < 0 ? -1 : rename_to(dir, op, fd, from, to);
	close(fd);
	return result;
}

/* ---- prune -------------------------------------------------------------------------------------------- */

/* Removes the directories below one that are empty, and what killed writers left. Links are not followed. */
static int prune_below(struct zf_op *op, int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *entry;
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	int result = 0;

	if (!stream) {
		int err = errno;

		if (fd >= 0)
			close(fd);
		errno = err;
		return err == ENOENT || err == ENOTDIR || err == ELOOP
			       ? 0
			       : zf_fail(op, err, "cannot look for empty directories: %m");
	}
	while (result == 0 && (entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (zf_dir_is_temporary(entry->d_name))
			zf_tmp_remove_leftover(fd, entry->d_name);
		result = zf_op_check(op);
		if (result == 0 && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN))
			result = prune_below(op, fd, entry->d_name);
	}
	closedir(stream);
	if (result == 0)
		unlinkat(parent, name, AT_REMOVEDIR);
	return result;
}

int zf_dir_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	struct zf_dir *dir = (struct zf_dir *)store;
	char parent[ZF_MAX_KEY + 1];
	size_t n = zf_dir_parent_len(prefix);
	int fd, result;

	if (zf_dir_is_temporary(prefix))
		return 0;
	memcpy(parent, prefix, n);
	parent[n] = '\0';
	result = zf_dir_open_key(dir, op, parent, O_PATH | O_DIRECTORY, &fd);
	if (result != ZF_FOUND)
		return result < 0 ? -1 : 0;
	result = prune_below(op, fd, last_part(prefix));
	close(fd);
	zf_dir_mark_dirty(dir, prefix, n);
	return result;
}
