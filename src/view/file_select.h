/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is to be known of an open selection.
 */
#ifndef ZF_VIEW_FILE_SELECT_H
#define ZF_VIEW_FILE_SELECT_H

#include "select/select.h"

/* The selection of a file that is one, borrowed; else NULL. */
const struct zf_select *zf_file_select_of(const struct zf_file *file);

#endif
