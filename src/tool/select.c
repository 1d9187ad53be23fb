/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NODE[SELECTION], and the files that "@NAME" in it means.
 */
#include "tool/select.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- @NAME: a file of the caller's */

static int fail(struct zf_op *op, const char *name)
{
	op->err = errno;
	snprintf(op->text, sizeof op->text, "@%s: %s", name, strerror(errno));
	return -1;
}

static int load(void *arg, struct zf_op *op, const char *name, const void **data, size_t *len)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	(void)arg;
	if (fd < 0)
		return fail(op, name);
	if (fstat(fd, &st) < 0 || st.st_size == 0) {
		*data = "";
		*len = 0;
		close(fd);
		return 0;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return fail(op, name);
	*data = map;
	*len = (size_t)st.st_size;
	return 0;
}

static void release(void *arg, const void *data, size_t len)
{
	(void)arg;
	if (len)
		munmap((void *)(uintptr_t)data, len);
}

/* ---- opening */

static int open_part(struct tool *tool, const char *spec, size_t at, const struct zf_tree_config *config,
	unsigned flags, struct selected *out)
{
	static const struct zf_selection_source source = { load, release, NULL };
	char *node = strndup(spec, at);
	int result;

	if (!node) {
		tool->op.err = ENOMEM;
		strcpy(tool->op.text, "out of memory");
		return -1;
	}
	result = node_open(tool, node, config, &out->node);
	free(node);
	if (result < 0)
		return -1;
	result = zf_selection_open(
		out->node.tree, &tool->op, out->node.path, spec + at, &source, flags, &out->file);
	if (result < 0)
		node_close(&out->node);
	return result;
}

/* Whether there is a node of this whole name. */
static bool is_node(struct tool *tool, const char *spec)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct zf_node_attr attr;
	struct node node;
	bool there = false;

	if (node_open(tool, spec, &config, &node) == 0) {
		there = zf_node_look(node.tree, &tool->op, node.path, &attr) == 0;
		node_close(&node);
	}
	if (tool->op.err != EINTR) {
		tool->op.err = 0;
		tool->op.text[0] = '\0';
	}
	return there;
}

int select_open(struct tool *tool, const char *spec, const struct zf_tree_config *config, unsigned flags,
	struct selected *out)
{
	size_t at = zf_selection_at(spec), len = strlen(spec);

	memset(out, 0, sizeof *out);
	if (at < len && is_node(tool, spec))
		at = len;
	return open_part(tool, spec, at, config, flags, out);
}

void select_close(struct selected *selected)
{
	zf_file_close(selected->file);
	node_close(&selected->node);
}
