/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NODE: how a command line names an array or a group.
 *
 *     STORE             the root of a store
 *     STORE#PATH        a node in it
 *     STORE/PATH        the same, where STORE can be told: it is the longest part of the path that is a file,
 * or the shortest that is a directory with Zarr metadata
 *
 * The store is opened as a whole, so that consolidated metadata above the node are kept true.
 */
#ifndef ZARRTOOL_NODE_H
#define ZARRTOOL_NODE_H

#include "tool/tool.h"

struct node {
	struct zf_tree *tree; /* owned */
	char *store;          /* as it was opened; owned */
	char *path;           /* of the node, below the tree's root; "": the root; owned */
};

/* Opens the store that a NODE is in. The node itself need not be there. config may be NULL. New:
 * node_close(). 0, or -1 with tool->op set. */
int node_open(struct tool *tool, const char *spec, const struct zf_tree_config *config, struct node *out);
void node_close(struct node *node);

/* The same for a node to be made: a store that is not there, or an empty directory, becomes a new one without
 * anything in it. */
int node_open_new(struct tool *tool, const char *spec, const struct zf_tree_config *config, struct node *out);

/* The same for the target of a copy, which may also be what an interrupted one has left: a store without
 * anything at its root. dry_run: nothing is made; a store that is not there is stood for by an empty one. */
int node_open_target(struct tool *tool, const char *spec, bool dry_run, struct node *out);

/* Opens a second NODE for reading while `first` is open. Where both are in one store, it is opened once. New:
 * node_close_beside(), before the first one is closed. 0, or -1 with tool->op set. */
int node_open_beside(struct tool *tool, const char *spec, const struct node *first, struct node *out);
void node_close_beside(struct node *node, const struct node *first);

/* Takes a NODE apart without opening: *store and *path are new. Where no store is there (a new one) the path
 * is what follows the '#', or "". 0, or -1 with tool->op set. */
int node_split(struct tool *tool, const char *spec, char **store, char **path);

#endif
