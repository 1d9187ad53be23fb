/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What somebody writes to an .info file: a JSON merge patch (RFC 7396).
 *
 * Editors write the whole file back and `cp a.info b.info` asks for an array like another one, so the keys
 * that cannot be changed may be there as long as they say what is so. Everything that cannot be done is
 * EINVAL, in a sentence that names the key; a text that is no JSON is EINVAL too.
 */
#ifndef ZF_META_PATCH_H
#define ZF_META_PATCH_H

#include "meta/create.h"

/* What an array that is there shall become. */
struct zf_patch {
	bool resize; /* shape is asked for, and is not the present one */
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
	json_t *attributes; /* to be merged: for zf_edit_attributes(); owned; NULL: untouched */
};
void zf_patch_free(struct zf_patch *patch);

/* Reads a patch for an array whose .info is `info` now (the text). Allowed are shape (same number of
 * dimensions) and attributes; any other key has to equal what info says. */
int zf_patch_read(struct zf_op *op, const void *text, size_t len, const void *info, size_t info_len,
	struct zf_patch *out);

/* Reads what a new array shall be. `array` has the defaults (zf_new_array_options() and the format of the
 * store) and is changed where the text says something; shape and dtype (or data_type) have to be there or in
 * the defaults. name, path, store and nchunks are ignored, itemsize and nbytes have to be true. */
int zf_patch_read_new(struct zf_op *op, const void *text, size_t len, struct zf_new_array *array);

#endif
