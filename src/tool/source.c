/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that data come from.
 */
#include "tool/source.h"
#include "tool/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes as they come ---- */

/* As read(2), but all of it, and in vain after an interrupt. */
static int read_all(struct tool *tool, const struct source *source, void *buf, size_t len, size_t *got)
{
	size_t n = 0;

	while (n < len) {
		ssize_t more = read(source->fd, (char *)buf + n, len - n);

		if (tool_interrupted(tool))
			return tool_fail(tool, EINTR, "interrupted");
		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return tool_fail(tool, errno, "%s: %s", source->name, strerror(errno));
		if (more == 0)
			break;
		n += (size_t)more;
	}
	*got = n;
	return 0;
}

/* The same, what was looked at before first. */
static int read_on(struct tool *tool, struct source *source, void *buf, size_t len, size_t *got)
{
	size_t kept = source->head_len - source->head_at, n = kept < len ? kept : len;

	memcpy(buf, source->head + source->head_at, n);
	source->head_at += n;
	if (read_all(tool, source, (char *)buf + n, len - n, got) < 0)
		return -1;
	*got += n;
	return 0;
}

/* ---- what it is ---- */

static int look(struct tool *tool, struct source *source)
{
	size_t need = 0, got;
	int result;

	if (read_all(tool, source, source->head, 128, &source->head_len) < 0)
		return -1;
	if (source->head_len < 6 || memcmp(source->head, "\x93NUMPY", 6) != 0)
		return 0;
	source->is_npy = true;
	while ((result = zf_npy_look(&tool->op, source->head, source->head_len, &need, &source->npy)) == 0) {
		if (need > SOURCE_HEAD || need <= source->head_len)
			return tool_fail(tool, EINVAL, "%s: npy header: too long", source->name);
		if (read_all(tool, source, source->head + source->head_len, need - source->head_len, &got) <
			0)
			return -1;
		if (got == 0)
			return tool_fail(tool, EINVAL, "%s: npy header: the file ends in it", source->name);
		source->head_len += got;
	}
	if (result < 0)
		return tool_where(tool, source->name);
	source->head_at = source->npy.header_len;
	source->sized = true;
	source->nbytes = source->npy.nbytes;
	return 0;
}

/* The bytes of a regular file from where it is read. */
static void measure(struct source *source)
{
	struct stat st;
	off_t at;

	if (source->sized || fstat(source->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	at = lseek(source->fd, 0, SEEK_CUR);
	if (at < 0 || at > st.st_size)
		return;
	source->sized = true;
	source->nbytes = (uint64_t)(st.st_size - at) + source->head_len;
}

int source_open(struct tool *tool, const char *file, bool raw, struct source *out)
{
	bool standard = strcmp(file, "-") == 0;

	memset(out, 0, sizeof *out);
	out->name = standard ? "standard input" : file;
	out->head = malloc(SOURCE_HEAD);
	if (!out->head)
		return tool_fail(tool, ENOMEM, "out of memory");
	out->fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (out->fd < 0) {
		free(out->head);
		return tool_fail(tool, errno, "%s: %s", file, strerror(errno));
	}
	if (!raw && look(tool, out) < 0) {
		source_close(out);
		return -1;
	}
	measure(out);
	return 0;
}

void source_close(struct source *source)
{
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	free(source->npy.dtype);
	free(source->head);
	memset(source, 0, sizeof *source);
}

/* ---- elements ---- */

/* Bytes of a number in an element: those that a byte order is about. */
static unsigned unit_of(char kind, uint64_t itemsize)
{
	return kind == 'U' ? 4 : (unsigned)(kind == 'c' ? itemsize / 2 : itemsize);
}

int source_convert(struct tool *tool, struct source *source, const char *dtype)
{
	const char *own = source->npy.dtype;

	if (!source->is_npy || strcmp(own, dtype) == 0)
		return 0;
	if (own[0] == '"' && dtype[0] == '"' && strcmp(own + 2, dtype + 2) == 0 && strchr("<>", own[1]) &&
		strchr("<>", dtype[1])) {
		source->swap = unit_of(own[2], source->npy.itemsize);
		return 0;
	}
	return tool_fail(tool, EINVAL, "%s: data type %s, the array has %s", source->name, own, dtype);
}

static void swap(unsigned char *p, size_t len, unsigned unit)
{
	for (size_t at = 0; at + unit <= len; at += unit) {
		for (unsigned i = 0; i < unit / 2; i++) {
			unsigned char byte = p[at + i];

			p[at + i] = p[at + unit - 1 - i];
			p[at + unit - 1 - i] = byte;
		}
	}
}

int source_read(struct tool *tool, struct source *source, void *buf, size_t len, size_t *got)
{
	size_t n;

	if (source->sized && len > source->nbytes - source->given)
		len = (size_t)(source->nbytes - source->given);
	if (read_on(tool, source, buf, len, &n) < 0)
		return -1;
	if (n < len && source->sized)
		return tool_fail(tool, EINVAL, "%s: ends after %llu of %llu bytes of data", source->name,
			(unsigned long long)(source->given + n), (unsigned long long)source->nbytes);
	if (source->swap)
		swap(buf, n, source->swap);
	source->given += n;
	*got = n;
	return 0;
}

int source_end(struct tool *tool, struct source *source)
{
	char byte;
	size_t got;

	if (read_on(tool, source, &byte, 1, &got) < 0)
		return -1;
	return got ? tool_fail(tool, EINVAL, "%s: has more data than the array takes", source->name) : 0;
}
