/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NODE[SELECTION]: how a command line names part of an array.
 */
#ifndef ZARRTOOL_SELECT_H
#define ZARRTOOL_SELECT_H

#include "tool/node.h"

struct selected {
	struct node node;
	struct zf_file *file; /* owned */
};

/* Opens it. A node that has the whole name is one, and nothing is selected of it. New: select_close(). 0, or
 * -1 with tool->op set. */
int select_open(struct tool *tool, const char *spec, const struct zf_tree_config *config, unsigned flags,
	struct selected *out);
void select_close(struct selected *selected);

#endif
