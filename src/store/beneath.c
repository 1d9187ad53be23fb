/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening files below a directory: by the kernel, or step by step.
 */
#include "store/beneath.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Older headers lack these; the kernel has the same everywhere. */
struct how {
	uint64_t flags, mode, resolve;
};
enum {
	HOW_NO_MAGICLINKS = 0x02,
	HOW_BENEATH = 0x08,
	TRIES = 64 /* EAGAIN: something was renamed while ".." of a link was followed */
};
#ifdef SYS_openat2
enum { NR_OPENAT2 = SYS_openat2 };
#else
enum { NR_OPENAT2 = 437 };
#endif

static int open_by_kernel(int root, const char *path, int flags)
{
	struct how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = HOW_BENEATH | HOW_NO_MAGICLINKS,
	};
	int fd, tries = 0;

	do {
		fd = (int)syscall(NR_OPENAT2, root, *path ? path : ".", &how, sizeof how);
	} while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < TRIES)));
	return fd;
}

bool zf_beneath_kernel(int root)
{
	int fd = open_by_kernel(root, "", O_PATH | O_DIRECTORY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_link(int fd, const char *name, int at_flags)
{
	struct stat st;

	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW | at_flags) == 0 && S_ISLNK(st.st_mode);
}

/* One component. What open(2) says about a link depends on the flags; here it is always ELOOP. */
static int open_step(int dir, const char *name, int flags)
{
	int err, fd;

	do {
		fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);
	err = errno;
	if (fd < 0)
		errno = is_link(dir, name, 0) ? ELOOP : err;
	if (fd < 0 || !(flags & O_PATH) || flags & O_NOFOLLOW || !is_link(fd, "", AT_EMPTY_PATH))
		return fd;
	close(fd);
	errno = ELOOP;
	return -1;
}

static int open_by_steps(int root, const char *path, int flags)
{
	char name[ZF_MAX_NAME + 1];
	int dir = root, fd, err;

	for (;;) {
		size_t n = strcspn(path, "/");

		if (n > ZF_MAX_NAME) {
			fd = -1;
			errno = ENAMETOOLONG;
		} else {
			memcpy(name, n ? path : ".", n ? n : 1);
			name[n ? n : 1] = '\0';
			fd = open_step(dir, name, path[n] ? O_PATH | O_DIRECTORY : flags);
		}
		err = errno;
		if (dir != root)
			close(dir);
		errno = err;
		if (fd < 0 || !path[n])
			return fd;
		dir = fd;
		path += n + 1;
	}
}

int zf_beneath_open(int root, bool walk, const char *path, int flags)
{
	return walk ? open_by_steps(root, path, flags) : open_by_kernel(root, path, flags);
}
