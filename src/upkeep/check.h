/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking a store: what the parts share.
 *
 *   check.c         a walk over all folders: documents, and what else lies there
 *   check_array.c   the keys of an array: chunks, and what is none
 *   check_values.c  chunks decoded, by the pool
 *   check_listed.c  consolidated metadata
 *   findings.c      what was found
 *   mend.c          what can be set right
 *
 * The walk is one thread's; it hands keys of chunks over to jobs, a few for each thread of the pool at a
 * time.
 */
#ifndef ZF_UPKEEP_CHECK_H
#define ZF_UPKEEP_CHECK_H

#include "array/array.h"
#include "view/doc.h"
#include "view/path.h"

struct zf_findings;

struct zf_check {
	struct zf_tree *tree;
	struct zf_op *op; /* whose cancelling jobs look at */
	struct zf_findings *findings;
	struct zf_values *values;
};

/* ---- findings.c: may be called by several threads ---- */

int zf_findings_new(struct zf_op *op, struct zf_findings **out);
void zf_findings_free(struct zf_findings *findings);

/* Adds one. path: of the node; key: in the store; both are copied. `mendable`: see zf_tree_mend(). */
void zf_find(struct zf_findings *findings, enum zf_flaw flaw, bool mendable, const char *path,
	const char *key, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Calls fn for all, in the order of their keys, until it returns other than 0; then forgets them. ENOMEM: one
 * was lost. */
int zf_findings_tell(struct zf_findings *findings, struct zf_op *op, zf_finding_fn *fn, void *arg);

/* ---- check_values.c ---- */

/* An array that is being checked; freed with its last user. */
struct zf_checked {
	unsigned refs; /* atomic */
	struct zf_doc *doc;
	struct zf_meta meta; /* the document's, but for the separator */
	struct zf_array *array;
	size_t below; /* of a key: where what follows the array's path begins */
};

/* Opens an array. EOPNOTSUPP, EIO, ... New: zf_checked_put(). */
int zf_checked_open(struct zf_tree *tree, struct zf_op *op, struct zf_doc *doc, struct zf_checked **out);
void zf_checked_put(struct zf_checked *checked);

int zf_values_new(struct zf_check *check, struct zf_check_sum *sum, struct zf_values **out);

/* Has a value decoded, soon; waits where there is much to do already. EINTR, ENOMEM. */
int zf_values_add(struct zf_values *values, struct zf_checked *checked, const char *key);

/* Waits until all are done. EINTR, ENOMEM. */
int zf_values_wait(struct zf_values *values);
void zf_values_free(struct zf_values *values);

/* ---- the walk ---- */

/* All keys of an array. doc is borrowed. */
int zf_check_array(struct zf_check *check, struct zf_doc *doc);

/* What dead writers left directly below a path; tells of it as of `node`'s. */
int zf_check_leftovers(struct zf_check *check, const char *path, const char *node);

/* The consolidated metadata of a group, if it has any. */
int zf_check_listed(struct zf_check *check, const struct zf_doc *doc);

/* Whether a key is a temporary of zarr-python's DirectoryStore ("0.0.<32 hex digits>.partial"). */
bool zf_check_is_partial(const char *name);

#endif
