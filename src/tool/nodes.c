/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes of a store, listed and described.
 */
#include "tool/nodes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int fail(struct tool *tool, int err, const char *text)
{
	tool->op.err = err;
	snprintf(tool->op.text, sizeof tool->op.text, "%s", text);
	return -1;
}

/* ---- listing ---- */

static int on_node(void *arg, const char *name, const struct zf_node_attr *attr)
{
	struct nodes *nodes = arg;
	char *copy = strdup(name);

	if (copy && nodes->count == nodes->room) {
		size_t room = nodes->room ? 2 * nodes->room : 64;
		struct nodes_one *more = reallocarray(nodes->at, room, sizeof *more);

		nodes->at = more ? more : nodes->at;
		nodes->room = more ? room : nodes->room;
	}
	if (!copy || nodes->count == nodes->room) {
		free(copy);
		nodes->nomem = true;
		return 1;
	}
	nodes->at[nodes->count++] =
		(struct nodes_one){ copy, attr->is_array, !attr->is_array && !attr->zarr_format };
	return 0;
}

int nodes_list(struct tool *tool, struct zf_tree *tree, const char *path, struct nodes *out)
{
	*out = (struct nodes){ 0 };
	if (zf_node_list(tree, &tool->op, path, on_node, out) == 0 && !out->nomem)
		return 0;
	if (out->nomem)
		fail(tool, ENOMEM, "out of memory");
	nodes_free(out);
	return -1;
}

void nodes_free(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		free(nodes->at[i].name);
	free(nodes->at);
	*nodes = (struct nodes){ 0 };
}

int nodes_join(struct tool *tool, const char *path, const char *name, char out[static NODES_PATH])
{
	int n = snprintf(out, NODES_PATH, "%s%s%s", path, *path ? "/" : "", name);

	return n < NODES_PATH ? 0 : fail(tool, ENAMETOOLONG, "a path has more than 4095 bytes");
}

/* ---- describing ---- */

int nodes_info(struct tool *tool, struct zf_tree *tree, const char *path, bool is_folder, json_t **out)
{
	char *text = NULL;

	if (!is_folder && zf_node_info(tree, &tool->op, path, &text) < 0)
		return -1;
	*out = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : json_object();
	if (!*out) /* numbers beyond what jansson takes */
		*out = json_object();
	free(text);
	return *out ? 0 : fail(tool, ENOMEM, "out of memory");
}

const char *nodes_shape(const json_t *info, char out[static NODES_TEXT])
{
	const json_t *shape = json_object_get(info, "shape");
	size_t count = json_array_size(shape), len = 0;

	if (!json_is_array(shape) || json_object_get(info, "error"))
		return strcpy(out, "(?)");
	out[len++] = '(';
	for (size_t i = 0; i < count && len < NODES_TEXT - 32; i++)
		len += (size_t)snprintf(out + len, NODES_TEXT - len, "%s%" JSON_INTEGER_FORMAT, i ? ", " : "",
			json_integer_value(json_array_get(shape, i)));
	strcpy(out + len, count == 1 ? ",)" : ")");
	return out;
}

/* NumPy's names of little-endian and one-byte types; NULL: as the type string is. */
static const char *long_name(const char *type)
{
	static const struct {
		const char *type, *name;
	} names[] = {
		{ "|b1", "bool" },
		{ "|i1", "int8" },
		{ "<i2", "int16" },
		{ "<i4", "int32" },
		{ "<i8", "int64" },
		{ "|u1", "uint8" },
		{ "<u2", "uint16" },
		{ "<u4", "uint32" },
		{ "<u8", "uint64" },
		{ "<f2", "float16" },
		{ "<f4", "float32" },
		{ "<f8", "float64" },
		{ "<c8", "complex64" },
		{ "<c16", "complex128" },
		{ "|O", "object" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].type, type) == 0)
			return names[i].name;
	return NULL;
}

const char *nodes_dtype(const json_t *info, char out[static NODES_TEXT])
{
	const json_t *v3 = json_object_get(info, "data_type"), *dtype = json_object_get(info, "dtype");
	const char *text = json_string_value(json_is_string(v3) ? v3 : dtype), *name;
	char *dump;

	if (!text) {
		dump = json_is_null(dtype) || !dtype ? NULL : json_dumps(dtype, JSON_ENCODE_ANY);
		snprintf(out, NODES_TEXT, "%s", dump ? dump : "?");
		free(dump);
		return out;
	}
	name = long_name(text);
	if (!name && (strncmp(text, "<M8", 3) == 0 || strncmp(text, "<m8", 3) == 0))
		snprintf(out, NODES_TEXT, "%s%s", text[1] == 'M' ? "datetime64" : "timedelta64", text + 3);
	else
		snprintf(out, NODES_TEXT, "%s", name ? name : text);
	return out;
}

void nodes_print_json(const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_INDENT(2) | JSON_REAL_PRECISION(17));

	puts(text ? text : "null");
	free(text);
}
