/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing the children of a prefix where keys are flat: a sorted walk that skips over what is deeper.
 *
 * The backend walks the keys that begin with "PREFIX/" in the order of their bytes and hands what follows to
 * zf_children_add(). Where that says so it goes on at "PREFIX/CHILD0": '0' follows '/', so that all keys
 * below the child are passed over. A listing costs its children then, not the keys below them.
 *
 * A child may be a key and a prefix ("a" and "a/b"), with other keys between the two ("a.c"). It is told
 * once, as a prefix; so a key waits until its "KEY/" is past.
 */
#ifndef ZF_STORE_CHILDREN_H
#define ZF_STORE_CHILDREN_H

#include "base/limits.h"
#include "store/store.h"

struct zf_children {
	zf_store_list_fn *fn;
	void *arg;
	bool found;   /* there was a key */
	bool stopped; /* fn had enough */

	/* The keys that wait are beginnings of each other: of `name`, with these lengths. */
	char name[ZF_MAX_NAME + 1];
	bool waits[ZF_MAX_NAME + 1];
	size_t longest; /* 0: none waits */
};

/* Prepares a walk. */
void zf_children_begin(struct zf_children *c, zf_store_list_fn *fn, void *arg);

/* Takes the next key without its "PREFIX/". Returns the length of the child whose further keys can be passed
 * over, or 0. Valid keys only. */
size_t zf_children_add(struct zf_children *c, const char *rest);

/* Tells what still waits. ZF_FOUND or ZF_MISSING. */
int zf_children_end(struct zf_children *c);

/* Names that are kept, to be told when no lock is held any more. */
struct zf_names {
	struct zf_op *op;
	struct zf_out out; /* for each: '/' or ' ', the name, NUL */
	bool failed;
};

/* A zf_store_list_fn whose argument is a struct zf_names: keeps the name; stops when memory is out. */
int zf_names_keep(void *names, const char *name, bool is_prefix);

/* Tells all names kept, unless result says that there are none; frees them. Returns result, or -1. */
int zf_names_tell(struct zf_names *names, int result, zf_store_list_fn *fn, void *arg);

#endif
