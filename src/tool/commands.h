/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands, each in a file of its own.
 */
#ifndef ZARRTOOL_COMMANDS_H
#define ZARRTOOL_COMMANDS_H

#include "tool/tool.h"

extern const struct command command_append;
extern const struct command command_attrs;
extern const struct command command_check;
extern const struct command command_consolidate;
extern const struct command command_copy;
extern const struct command command_create;
extern const struct command command_diff;
extern const struct command command_du;
extern const struct command command_export;
extern const struct command command_get;
extern const struct command command_head;
extern const struct command command_import;
extern const struct command command_info;
extern const struct command command_ls;
extern const struct command command_migrate;
extern const struct command command_mv;
extern const struct command command_put;
extern const struct command command_resize;
extern const struct command command_rm;
extern const struct command command_tree;

#endif
