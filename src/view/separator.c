/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A guess for arrays of old nested stores, by the first of their chunks' names.
 */
#include "view/separator.h"
#include "grid/key.h"

enum { SEPARATOR_NAMES = 16384 }; /* names seen in guessing */

struct guess {
	unsigned ndim, names;
	bool nested, dotted;
};

static int on_chunk(void *arg, const char *name, bool is_prefix)
{
	static const struct zf_key_encoding dots = { .separator = '.' };
	struct guess *guess = arg;
	uint64_t coords[ZF_MAX_NDIM];

	if (is_prefix)
		guess->nested |= zf_key_parse(&dots, name, 1, coords);
	else
		guess->dotted = zf_key_parse(&dots, name, guess->ndim, coords);
	return guess->dotted || ++guess->names > SEPARATOR_NAMES;
}

/* The separator of an array's chunk keys. zarr-python before 2.8 wrote nested stores without saying so in the
 * metadata: then the keys have to tell. With one dimension there is nothing to tell. */
int zf_separator_find(struct zf_tree *tree, struct zf_op *op, const struct zf_doc *doc, char *out)
{
	const struct zf_array_meta *a = &doc->meta->array;
	struct guess guess = { .ndim = a->ndim };

	*out = a->separator;
	if (a->separator_declared || a->ndim < 2 || doc->kind == ZF_DOC_V3)
		return 0;
	if (!(tree->store->caps & ZF_STORE_NESTED)) {
		if (!(tree->store->caps & ZF_STORE_LISTABLE))
			return 0;
		if (zf_store_list(tree->store, op, doc->path, on_chunk, &guess) < 0)
			return -1;
		if (guess.dotted || !guess.nested)
			return 0;
	}
	*out = '/';
	return 0;
}
