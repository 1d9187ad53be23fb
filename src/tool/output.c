/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Output.
 */
#include "tool/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(struct tool *tool, const char *name)
{
	tool->op.err = errno;
	snprintf(tool->op.text, sizeof tool->op.text, "%s: %s", name, strerror(errno));
	return -1;
}

/* The file that a name leads to: a link stays one. */
static char *resolve(const char *name)
{
	char *target = realpath(name, NULL);

	return target ? target : strdup(name);
}

/* Who had the file has it again; as far as that is allowed. */
static void keep_mode(int fd, const struct stat *old)
{
	if (old->st_uid != geteuid() && fchown(fd, old->st_uid, old->st_gid) < 0)
		return;
	fchmod(fd, old->st_mode & 07777);
}

static int open_temporary(struct tool *tool, const char *name, const struct stat *old, struct output *out)
{
	static const char suffix[] = ".XXXXXX";
	mode_t mask = umask(0);

	umask(mask);
	out->target = resolve(name);
	out->temporary = out->target ? malloc(strlen(out->target) + sizeof suffix) : NULL;
	if (!out->temporary)
		return fail(tool, name);
	strcpy(stpcpy(out->temporary, out->target), suffix);
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0)
		return fail(tool, name);
	if (old)
		keep_mode(out->fd, old);
	else
		fchmod(out->fd, 0666 & ~mask);
	return 0;
}

int output_open(struct tool *tool, const char *name, struct output *out)
{
	struct stat st;
	bool there;

	*out = (struct output){ .fd = STDOUT_FILENO, .name = "standard output" };
	if (!name || strcmp(name, "-") == 0)
		return 0;
	out->name = name;
	there = stat(name, &st) == 0;
	if (there && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return fail(tool, name);
	}
	if (!there || S_ISREG(st.st_mode)) {
		if (there && access(name, W_OK) < 0)
			return fail(tool, name);
		if (open_temporary(tool, name, there ? &st : NULL, out) == 0)
			return 0;
		free(out->temporary);
		free(out->target);
		return -1;
	}
	out->fd = open(name, O_WRONLY | O_CLOEXEC);
	return out->fd < 0 ? fail(tool, name) : 0;
}

static int cannot(struct tool *tool, const struct output *out)
{
	int err = errno;

	if (!tool->op.err || err != EINTR) {
		tool->op.err = err;
		snprintf(tool->op.text, sizeof tool->op.text, "cannot write to %s: %s", out->name,
			strerror(err));
	}
	return -1;
}

int output_writev(struct tool *tool, struct output *out, struct iovec *iov, int count)
{
	while (count > 0) {
		ssize_t n = writev(out->fd, iov, count < 1024 ? count : 1024);

		if (n < 0 && errno == EINTR && !__atomic_load_n(&tool->op.cancelled, __ATOMIC_RELAXED))
			continue;
		if (n < 0)
			return cannot(tool, out);
		while (count > 0 && (size_t)n >= iov->iov_len) {
			n -= (ssize_t)iov->iov_len;
			iov++;
			count--;
		}
		if (count > 0) {
			iov->iov_base = (char *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
	return 0;
}

int output_write(struct tool *tool, struct output *out, const void *data, size_t len)
{
	struct iovec iov = { (void *)(uintptr_t)data, len };

	return output_writev(tool, out, &iov, 1);
}

int output_finish(struct tool *tool, struct output *out)
{
	int result = out->fd != STDOUT_FILENO && close(out->fd) < 0 ? cannot(tool, out) : 0;

	out->fd = STDOUT_FILENO;
	if (result == 0 && out->temporary && rename(out->temporary, out->target) < 0)
		result = cannot(tool, out);
	if (result < 0) {
		output_abandon(out);
		return -1;
	}
	free(out->temporary);
	free(out->target);
	return 0;
}

void output_abandon(struct output *out)
{
	if (out->fd != STDOUT_FILENO)
		close(out->fd);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->target);
}
