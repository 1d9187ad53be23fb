/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What somebody writes to NAME.info or NAME.npy while NAME is not there yet: its name is seen from the moment
 * of its creation, and all who open it meanwhile write to the same.
 */
#ifndef ZF_VIEW_DRAFT_H
#define ZF_VIEW_DRAFT_H

#include "view/file.h"
#include "view/path.h"
#include "view/table.h"

struct zf_drafts;
struct zf_npy_order;

int zf_drafts_new(struct zf_op *op, struct zf_drafts **out);
void zf_drafts_free(struct zf_drafts *drafts);

/* Bytes that were written in any order, before it is known where they go. */
struct zf_early {
	struct zf_early *next;
	uint64_t offset;
	size_t len;
	unsigned char data[];
};

struct zf_draft {
	struct zf_entry entry; /* path: that of the name in the store, with .info or .npy */
	unsigned refs;         /* atomic */
	bool named;            /* in the table */
	bool has_names;        /* whoever writes has the turn at the tree's names already */
	struct zf_turn turn;   /* of who applies it; under it, not under the lock, is the rest changed */
	pthread_mutex_t lock;

	/* .info */
	struct zf_out text;
	bool changed; /* since it was applied */

	/* .npy */
	struct zf_early *pieces, **last; /* in the order they came, until the header is known */
	size_t held;                     /* bytes of them */
	struct zf_out header;            /* as far as it is known */
	uint64_t end;                    /* of what was written */
	uint64_t nbytes;                 /* of data, as the header says */
	struct zf_file *data;            /* the array; NULL until the header is known; owned */
	struct zf_file *old;             /* what was that before a truncation; owned */
	struct zf_npy_order *order;      /* of the data; owned */
	bool created;                    /* the array was made for this */
	bool written;                    /* something was */

	char array[ZF_PATH_SIZE]; /* its path in the store */
	char path[];
};

/* A draft for an array at `array` that nobody else finds. New: zf_draft_put(). */
int zf_draft_new(struct zf_op *op, const char *array, const char *suffix, struct zf_draft **out);

/* The one of a name that is not there, made where there is none. New: zf_draft_put(). EEXIST (exclusive). */
int zf_draft_open(struct zf_tree *tree, struct zf_op *op, const char *array, const char *suffix,
	bool exclusive, struct zf_draft **out);

/* The one of a path in the store ("a.npy"); NULL where there is none. New. */
struct zf_draft *zf_draft_find(struct zf_tree *tree, const char *path);
void zf_draft_put(struct zf_tree *tree, struct zf_draft *draft);

/* Its name is something else now, or nothing. */
void zf_draft_unname(struct zf_tree *tree, struct zf_draft *draft);

uint64_t zf_draft_size(struct zf_draft *draft);

#endif
