/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Metadata documents: which one a node has, its parsed form, kept as long as the store says that it is the
 * same.
 *
 * A node's document is zarr.json, else .zarray, .zgroup, __zmeta__ (zarr 0.3 and 0.4), meta (v1) or
 * attributes.json (N5), else what consolidated metadata above it say
 * (listed.h). What was parsed is kept by path within a
 * budget, and each use asks the store whether it still is so: a stat for each name up to the one that is
 * there, and one for .zattrs. A store that cannot tell (no tags) has its documents read each time.
 */
#ifndef ZF_VIEW_DOC_H
#define ZF_VIEW_DOC_H

#include "meta/meta.h"
#include "view/table.h"
#include "view/view.h"

enum zf_doc_kind {
	ZF_DOC_V3,
	ZF_DOC_V2_ARRAY,
	ZF_DOC_V2_GROUP,
	ZF_DOC_V0, /* zarr 0.3 and 0.4 */
	ZF_DOC_V1,
	ZF_DOC_N5,
	ZF_DOC_KINDS
};

/* A document; immutable but for the counts. */
struct zf_doc {
	struct zf_entry entry;
	unsigned refs; /* atomic */
	enum zf_doc_kind kind;
	bool is_array;  /* else a group */
	bool is_listed; /* the node has no document: it is in consolidated metadata, whose value this is */
	struct zf_value value; /* of the document */
	bool has_attrs;        /* before v3: there is a document with attributes, */
	struct zf_value attrs; /* and what it was */
	struct zf_meta *meta;  /* owned; NULL where the document could not be read */
	int error;             /* an array that cannot be read: errno ... */
	char *error_text;      /* ... and why; owned */
	size_t cost;           /* bytes, about */
	uint64_t info_size;    /* of the text of .info; 0: not known yet; atomic */
	uint64_t text_size;    /* of an array's text, as it was last found; 0: not known; atomic */
	int64_t checked;       /* when it was last found true, monotonic ns; atomic */
	char path[];           /* in the store */
};

int zf_docs_new(struct zf_op *op, struct zf_docs **out);
void zf_docs_free(struct zf_docs *docs);

/* Whether a name is that of a document; whether it is one that other files have too, so that only reading it
 * tells. */
bool zf_doc_is_name(const char *name);
bool zf_doc_may_be_name(const char *name);

/* How much of a document has to be true now. */
enum zf_doc_use {
	ZF_DOC_RECENT,    /* the document may be what it was a second ago */
	ZF_DOC_NOW,       /* the document */
	ZF_DOC_NOW_ATTRS, /* and its attributes */
};

/* The document of a node. ZF_FOUND (new: zf_doc_put()), ZF_MISSING (no node), or -1. One that cannot be read
 * or understood is found, with an error in it. */
int zf_doc_get(
	struct zf_tree *tree, struct zf_op *op, const char *path, enum zf_doc_use use, struct zf_doc **out);

/* Another reference. Returns doc. */
struct zf_doc *zf_doc_ref(struct zf_doc *doc);
void zf_doc_put(struct zf_doc *doc);

/* The name of its document, below its path. */
const char *zf_doc_file(const struct zf_doc *doc);

/* The name of the document that its attributes are in: the same one in v3. */
const char *zf_doc_attrs_file(const struct zf_doc *doc);

/* Fails with EROFS for a node of a format that is only read. */
int zf_doc_check_writable(struct zf_op *op, const struct zf_doc *doc);

/* Forgets what is known of a path and all below it: it was changed. */
void zf_docs_forget(struct zf_docs *docs, const char *path);

/* Whether it is an array whose elements vary in length. */
bool zf_doc_is_text(const struct zf_doc *doc);

/* Bytes of the array's flat file, as far as its document tells. */
uint64_t zf_doc_nbytes(const struct zf_doc *doc);

#endif
