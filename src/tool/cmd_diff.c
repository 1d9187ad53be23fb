/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zarrtool diff: what two arrays, groups or stores do not have in common. Its exit status is that of diff(1).
 *
 * Elements are compared as the bytes of the flat files, so that a NaN equals itself, and 0.0 is not -0.0.
 */
#include "tool/args.h"
#include "tool/commands.h"
#include "tool/node.h"
#include "tool/nodes.h"
#include "tool/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SAME = 0, DIFFER = 1, TROUBLE = 2 };
enum { PIECE = 4 << 20, LINE = 4096 };

struct diff {
	struct tool *tool;
	struct node side[2];
	bool quiet, attributes;
	uint64_t most; /* elements shown of an array */
	bool differ;
	char *buf[2]; /* of PIECE bytes each */
	struct progress progress;
	uint64_t done;
};

/* Two arrays being compared. */
struct pair {
	char path[2][NODES_PATH];
	struct zf_node_attr attr;
	struct zf_file *file[2];
	uint64_t shown;
};

static const char *label(const char *path)
{
	return *path ? path : "/";
}

/* Says how two nodes differ. True: that is enough. */
static bool say(struct diff *d, const char *path, const char *what, const char *a, const char *b)
{
	d->differ = true;
	if (!d->quiet) {
		progress_end(&d->progress);
		printf("%s: %s: %s and %s\n", label(path), what, a, b);
	}
	return d->quiet;
}

/* ---- elements ---- */

static void print_index(const struct zf_node_attr *attr, uint64_t element)
{
	uint64_t index[ZF_NODE_DIMS];

	for (unsigned d = attr->ndim; d-- > 0; element /= attr->shape[d])
		index[d] = element % attr->shape[d];
	putchar('[');
	for (unsigned d = 0; d < attr->ndim; d++)
		printf("%s%" PRIu64, d ? ", " : "", index[d]);
	putchar(']');
}

static int show(struct diff *d, const struct pair *p, uint64_t element, const char *const bytes[2])
{
	char *text[2] = { NULL, NULL };
	int result = 0;

	progress_end(&d->progress);
	for (int i = 0; i < 2 && result == 0; i++)
		result = zf_node_element(d->side[i].tree, &d->tool->op, p->path[i], bytes[i], &text[i]);
	if (result == 0) {
		fputs(label(p->path[0]), stdout);
		print_index(&p->attr, element);
		printf(": %s and %s\n", text[0], text[1]);
	}
	free(text[0]);
	free(text[1]);
	return result;
}

/* The elements of a piece that differ. */
static int show_piece(struct diff *d, struct pair *p, uint64_t first, size_t len)
{
	size_t item = (size_t)p->attr.itemsize;
	int result = 0;

	d->differ = true;
	for (size_t at = 0; result == 0 && at < len && !d->quiet && p->shown <= d->most; at += item) {
		const char *const bytes[2] = { d->buf[0] + at, d->buf[1] + at };

		if (memcmp(bytes[0], bytes[1], item) == 0)
			continue;
		if (p->shown++ < d->most)
			result = show(d, p, first + at / item, bytes);
		else
			printf("%s: more elements differ\n", label(p->path[0]));
	}
	return result;
}

static int read_both(struct diff *d, const struct pair *p, size_t len, uint64_t at, size_t got[2])
{
	for (int i = 0; i < 2; i++)
		if (zf_file_pread(p->file[i], &d->tool->op, d->buf[i], len, at, &got[i]) < 0)
			return -1;
	return 0;
}

static int compare_elements(struct diff *d, struct pair *p)
{
	uint64_t item = p->attr.itemsize, total = p->attr.nbytes, at = 0;
	size_t piece = PIECE / item * item, got[2];

	if (item == 0 || item > PIECE) {
		d->tool->op.err = EFBIG;
		snprintf(d->tool->op.text, sizeof d->tool->op.text,
			"%.1900s: elements of %" PRIu64 " bytes are too large to be compared",
			label(p->path[0]), item);
		return -1;
	}
	while (at < total && p->shown <= d->most && !(d->quiet && d->differ)) {
		if (read_both(d, p, piece, at, got) < 0)
			return -1;
		if (got[0] != got[1] || got[0] == 0) {
			say(d, p->path[0], "size", "changed while it was read", "is not compared");
			return 0;
		}
		if (memcmp(d->buf[0], d->buf[1], got[0]) != 0 && show_piece(d, p, at / item, got[0]) < 0)
			return -1;
		at += got[0];
		d->done += got[0];
		progress_step(&d->progress, d->done, 0, true);
	}
	return 0;
}

/* ---- texts: a line for each element ---- */

/* The first lines that differ, which begin at `line` in both. */
static int show_lines(struct diff *d, struct pair *p, uint64_t element, uint64_t line)
{
	size_t got[2];

	d->differ = true;
	if (d->quiet)
		return 0;
	if (read_both(d, p, LINE, line, got) < 0)
		return -1;
	progress_end(&d->progress);
	fputs(label(p->path[0]), stdout);
	print_index(&p->attr, element);
	printf(": %.*s and %.*s\n", (int)strcspn((d->buf[0][got[0]] = '\n', d->buf[0]), "\n"), d->buf[0],
		(int)strcspn((d->buf[1][got[1]] = '\n', d->buf[1]), "\n"), d->buf[1]);
	return 0;
}

static int compare_texts(struct diff *d, struct pair *p)
{
	uint64_t at = 0, element = 0, line = 0;
	size_t got[2];

	do {
		size_t len, same;

		if (read_both(d, p, PIECE, at, got) < 0)
			return -1;
		len = got[0] < got[1] ? got[0] : got[1];
		for (same = 0; same < len && d->buf[0][same] == d->buf[1][same]; same++) {
			if (d->buf[0][same] != '\n')
				continue;
			element++;
			line = at + same + 1;
		}
		if (same < len || got[0] != got[1])
			return show_lines(d, p, element, line);
		at += len;
	} while (got[0] > 0);
	return 0;
}

/* ---- nodes ---- */

static int open_file(struct diff *d, int i, const char *path, struct zf_file **out)
{
	const char *root = zf_tree_root_file(d->side[i].tree);

	return zf_file_open(d->side[i].tree, &d->tool->op, root && !*path ? root : path, 0, out);
}

static int compare_data(struct diff *d, struct pair *p)
{
	int result = open_file(d, 0, p->path[0], &p->file[0]);

	if (result == 0)
		result = open_file(d, 1, p->path[1], &p->file[1]);
	if (result == 0)
		result = p->attr.is_text ? compare_texts(d, p) : compare_elements(d, p);
	zf_file_close(p->file[0]);
	zf_file_close(p->file[1]);
	return result;
}

/* A member of two .info texts. True: it differs. */
static bool compare_member(struct diff *d, const char *path, const char *key, json_t *const info[2])
{
	json_t *a = json_object_get(info[0], key), *b = json_object_get(info[1], key);
	char *x, *y;

	if (json_equal(a, b) || (json_object_size(a) == 0 && json_object_size(b) == 0 &&
					strcmp(key, "dtype") != 0 && strcmp(key, "shape") != 0))
		return false;
	x = a ? json_dumps(a, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)) : NULL;
	y = b ? json_dumps(b, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17)) : NULL;
	say(d, path, key, x ? x : "none", y ? y : "none");
	free(x);
	free(y);
	return true;
}

/* One attribute after the other. */
static void compare_attributes(struct diff *d, const char *path, json_t *const info[2])
{
	json_t *both[2], *value;
	const char *key;

	for (int i = 0; i < 2; i++)
		both[i] = json_object_get(info[i], "attributes");
	json_object_foreach(both[0], key, value)
	{
		if (!json_equal(value, json_object_get(both[1], key)))
			say(d, path, "attribute", key, json_object_get(both[1], key) ? "another" : "none");
	}
	json_object_foreach(both[1], key, value)
	{
		if (!json_object_get(both[0], key))
			say(d, path, "attribute", "none", key);
	}
}

static int compare_arrays(struct diff *d, struct pair *p, const struct zf_node_attr attr[2])
{
	json_t *info[2] = { NULL, NULL };
	bool differ = false;
	int result = 0;

	for (int i = 0; i < 2 && result == 0; i++) {
		if (attr[i].error) {
			struct zf_file *file = NULL;

			result = open_file(d, i, p->path[i], &file); /* says why */
			zf_file_close(file);
		}
		if (result == 0)
			result = nodes_info(d->tool, d->side[i].tree, p->path[i], false, &info[i]);
	}
	if (result == 0) {
		differ = compare_member(d, p->path[0], "shape", info);
		differ |= compare_member(d, p->path[0], "dtype", info);
		if (d->attributes)
			compare_attributes(d, p->path[0], info);
		p->attr = attr[0];
	}
	json_decref(info[0]);
	json_decref(info[1]);
	if (result < 0 || differ || (d->quiet && d->differ))
		return result;
	return compare_data(d, p);
}

static int compare_nodes(struct diff *d, const char *a, const char *b);

/* A name that one side has, or both. */
static int compare_child(struct diff *d, const char *a, const char *b, const char *name, bool in_a, bool in_b)
{
	char path[2][NODES_PATH];

	if (nodes_join(d->tool, a, name, path[0]) < 0 || nodes_join(d->tool, b, name, path[1]) < 0)
		return -1;
	if (in_a && in_b)
		return compare_nodes(d, path[0], path[1]);
	d->differ = true;
	if (!d->quiet)
		printf("only in %s: %s\n", d->side[in_a ? 0 : 1].store, path[in_a ? 0 : 1]);
	return 0;
}

static int compare_groups(struct diff *d, const char *a, const char *b)
{
	struct nodes nodes[2] = { { 0 }, { 0 } };
	size_t i = 0, j = 0;
	int result = nodes_list(d->tool, d->side[0].tree, a, &nodes[0]);

	if (result == 0)
		result = nodes_list(d->tool, d->side[1].tree, b, &nodes[1]);
	while (result == 0 && (i < nodes[0].count || j < nodes[1].count) && !(d->quiet && d->differ)) {
		const char *x = i < nodes[0].count ? nodes[0].at[i].name : NULL;
		const char *y = j < nodes[1].count ? nodes[1].at[j].name : NULL;
		int order = !x ? 1 : !y ? -1 : strcmp(x, y);

		result = compare_child(d, a, b, order <= 0 ? x : y, order <= 0, order >= 0);
		i += order <= 0;
		j += order >= 0;
	}
	nodes_free(&nodes[0]);
	nodes_free(&nodes[1]);
	return result;
}

static int compare_group_attributes(
	struct diff *d, const char *a, const char *b, const struct zf_node_attr attr[2])
{
	json_t *info[2] = { NULL, NULL };
	int result = nodes_info(d->tool, d->side[0].tree, a, !attr[0].zarr_format, &info[0]);

	if (result == 0)
		result = nodes_info(d->tool, d->side[1].tree, b, !attr[1].zarr_format, &info[1]);
	if (result == 0)
		compare_attributes(d, a, info);
	json_decref(info[0]);
	json_decref(info[1]);
	return result;
}

static int compare_nodes(struct diff *d, const char *a, const char *b)
{
	const char *const paths[2] = { a, b };
	struct zf_node_attr attr[2];
	struct pair *pair;
	int result;

	for (int i = 0; i < 2; i++)
		if (zf_node_look(d->side[i].tree, &d->tool->op, paths[i], &attr[i]) < 0)
			return -1;
	if (attr[0].is_array != attr[1].is_array) {
		say(d, a, "kind", attr[0].is_array ? "an array" : "a group",
			attr[1].is_array ? "an array" : "a group");
		return 0;
	}
	if (!attr[0].is_array) {
		result = d->attributes ? compare_group_attributes(d, a, b, attr) : 0;
		return result < 0 || (d->quiet && d->differ) ? result : compare_groups(d, a, b);
	}
	pair = calloc(1, sizeof *pair);
	if (!pair)
		return -1;
	snprintf(pair->path[0], NODES_PATH, "%s", a);
	snprintf(pair->path[1], NODES_PATH, "%s", b);
	result = compare_arrays(d, pair, attr);
	free(pair);
	return result;
}

static int compare(struct diff *d)
{
	int result;

	d->buf[0] = malloc(PIECE + 1);
	d->buf[1] = malloc(PIECE + 1);
	if (!d->buf[0] || !d->buf[1]) {
		d->tool->op.err = ENOMEM;
		strcpy(d->tool->op.text, "out of memory");
		return -1;
	}
	progress_begin(d->tool, "comparing", &d->progress);
	result = compare_nodes(d, d->side[0].path, d->side[1].path);
	progress_end(&d->progress);
	return result;
}

static int run(struct tool *tool, const struct args *args)
{
	const struct zf_tree_config config = { .flags = ZF_OPEN_READONLY };
	struct diff d = { .tool = tool, .quiet = tool->quiet, .most = 10 };
	int status;

	if (args_number(tool, args, "number", 1, UINT64_MAX - 1, &d.most) < 0)
		return TROUBLE;
	d.attributes = !args_has(args, "no-attributes");
	if (node_open(tool, args->operand[0], &config, &d.side[0]) < 0) {
		tool_failed(tool);
		return TROUBLE;
	}
	status = node_open(tool, args->operand[1], &config, &d.side[1]);
	if (status == 0) {
		status = compare(&d);
		free(d.buf[0]);
		free(d.buf[1]);
	}
	if (status < 0)
		tool_failed(tool);
	if (d.side[1].tree)
		node_close(&d.side[1]);
	node_close(&d.side[0]);
	return status < 0 ? TROUBLE : d.differ ? DIFFER : SAME;
}

static const struct option_spec options[] = {
	{ 'n', "number", "N", "show no more than N elements of an array (10)" },
	{ 0, "no-attributes", NULL, "do not compare attributes" },
	{ 0, NULL, NULL, NULL },
};

const struct command command_diff = {
	.name = "diff",
	.synopsis = "[-q] [-n N] [--no-attributes] NODE NODE",
	.summary = "Tells how two arrays, groups or stores differ",
	.help = "Compared are shapes, data types, attributes, and elements, whatever the formats, chunks "
		"and\n"
		"codecs are. Elements are equal when their bytes are: a NaN equals itself, and 0.0 is not "
		"-0.0.\n"
		"With -q nothing is said, and the first difference ends it. The exit status is 0: the same,\n"
		"1: they differ, 2: trouble.",
	.options = options,
	.operands_min = 2,
	.operands_max = 2,
	.run = run,
};
