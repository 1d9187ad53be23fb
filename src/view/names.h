/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a path in the view stands for.
 */
#ifndef ZF_VIEW_NAMES_H
#define ZF_VIEW_NAMES_H

#include "view/doc.h"
#include "view/path.h"

enum zf_name_kind {
	ZF_NAME_DIR,
	ZF_NAME_ARRAY,
	ZF_NAME_INFO, /* made by the view, as the next two */
	ZF_NAME_NPY,
	ZF_NAME_DRAFT, /* .info or .npy of an array that is not there yet */
};

struct zf_name {
	enum zf_name_kind kind;
	struct zf_draft *draft;  /* owned */
	struct zf_doc *doc;      /* of the group or array; NULL for a directory that is no node; owned */
	char path[ZF_PATH_SIZE]; /* of the directory or array in the store */
};

/* Finds it. ZF_FOUND (release it with zf_name_release()), ZF_MISSING, or -1. A .info that is found has a
 * document with attributes that are true now. */
int zf_name_find(struct zf_tree *tree, struct zf_op *op, const char *path, struct zf_name *out);
void zf_name_release(struct zf_tree *tree, struct zf_name *name);

/* Looks at one place in the store, without the names that the view makes. As zf_name_find(). */
int zf_name_look(struct zf_tree *tree, struct zf_op *op, const char *store_path, enum zf_doc_use use,
	struct zf_name *out);

/* Whether a path is that of a name that the view makes, ".info" or ".npy": a suffix, and the path in the
 * store of the array that it is made for. NULL: it is none. */
const char *zf_name_made(const struct zf_tree *tree, const char *path, char array[static ZF_PATH_SIZE]);

#endif
