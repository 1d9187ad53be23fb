/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies directly below a path of the store: names in the order of their bytes.
 */
#ifndef ZF_VIEW_FOLDER_H
#define ZF_VIEW_FOLDER_H

#include "view/view.h"

struct zf_folder_name {
	const char *name; /* one component; borrowed from the folder */
	bool is_prefix;   /* keys lie below it */
};

struct zf_folder {
	struct zf_folder_name *at; /* owned */
	size_t count;
	struct zf_out names; /* what they point into */
};

/* Lists a path; one that is not there has no names. `listed`: with the nodes that only consolidated metadata
 * tell of. New: zf_folder_free(). */
int zf_folder_read(
	struct zf_tree *tree, struct zf_op *op, const char *path, bool listed, struct zf_folder *out);
void zf_folder_free(struct zf_folder *folder);

/* Whether a name is there. */
bool zf_folder_has(const struct zf_folder *folder, const char *name);

#endif
