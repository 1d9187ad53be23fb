/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes of a store for who lists them: the names below a group, and how an array is described in a line.
 */
#ifndef ZARRTOOL_NODES_H
#define ZARRTOOL_NODES_H

#include "tool/tool.h"

#include <jansson.h>

enum { NODES_PATH = 4096, NODES_TEXT = 1024 };

struct nodes {
	struct nodes_one {
		char *name; /* owned */
		bool is_array, is_folder;
	} * at;
	size_t count, room;
	bool nomem;
};

/* Lists the nodes directly below one. New: nodes_free(). 0, or -1 with tool->op set. */
int nodes_list(struct tool *tool, struct zf_tree *tree, const char *path, struct nodes *out);
void nodes_free(struct nodes *nodes);

/* "a" and "b" make "a/b". -1 with tool->op set: too long. */
int nodes_join(struct tool *tool, const char *path, const char *name, char out[static NODES_PATH]);

/* What .info tells of a node, parsed; of a folder an empty object. New: json_decref(). 0, or -1 with tool->op
 * set. */
int nodes_info(struct tool *tool, struct zf_tree *tree, const char *path, bool is_folder, json_t **out);

/* The shape as Python shows it, "(18,)", and the data type as NumPy does, "float32". Of what cannot be read
 * "(?)". Return out. */
const char *nodes_shape(const json_t *info, char out[static NODES_TEXT]);
const char *nodes_dtype(const json_t *info, char out[static NODES_TEXT]);

/* Prints a value as JSON and a newline. */
void nodes_print_json(const json_t *value);

#endif
