/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a metadata document: a table of its members, each with a function that takes over what it says.
 * All of them are read even when one is broken, so that as much as can be is known; the first error is the
 * one told.
 */
#ifndef ZF_META_READ_H
#define ZF_META_READ_H

#include "meta/dtype.h"
#include "meta/fill.h"
#include "meta/meta.h"

struct zf_read {
	struct zf_meta *meta; /* being filled */
	struct zf_dtype type; /* kind 0 until it is known */
	bool shape_known, chunk_known;
	unsigned chunk_ndim;
};

struct zf_member {
	const char *key;
	bool required;
	int (*read)(struct zf_op *, struct zf_read *, const char *key, const json_t *value);
};

/* Makes an empty meta; NULL when memory is out. */
struct zf_meta *zf_read_new(enum zf_node_kind kind, int zarr_format);

/* Ends a parse: what went wrong with the document (in `why`) becomes the meta's error. Takes meta. */
int zf_read_done(struct zf_op *op, const struct zf_op *why, struct zf_meta *meta, struct zf_meta **out);

/* Parses a document that has to be an object. New. */
int zf_read_document(struct zf_op *op, const void *doc, size_t len, json_t **out);

/* Reads the members of an object. Fails with what the first of them failed with. */
int zf_read_members(struct zf_op *op, struct zf_read *read, const json_t *object,
	const struct zf_member *members, size_t count);

/* A list of at most ZF_MAX_NDIM integers of at least `least`. */
int zf_read_sizes(struct zf_op *op, const char *key, const json_t *value, uint64_t least, unsigned *count,
	uint64_t *out);

/* An integer of at least `least`, from a list of such. */
int zf_read_size(struct zf_op *op, const char *key, const json_t *value, uint64_t least, uint64_t *out);

/* One of two words: 0 or 1 to *out. "KEY: expected 'a' or 'b', found 'c'" */
int zf_read_choice(
	struct zf_op *op, const char *key, const json_t *value, const char *const words[2], int *out);

/* Members that both versions have. */
int zf_read_shape(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);
int zf_read_chunk(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);
int zf_read_attributes(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);

/* Members that all versions before v3 have (v2.c). */
int zf_read_dtype(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);
int zf_read_order(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);
int zf_read_fill_value(struct zf_op *op, struct zf_read *read, const char *key, const json_t *value);

/* The document with the attributes, named `name` in messages: what is wrong with it is told, and costs nobody
 * the data. ENOMEM. */
int zf_read_attributes_document(
	struct zf_op *op, struct zf_meta *meta, const char *name, const void *attrs, size_t len);

/* The fill value, once the type is known (not read where it is not). */
int zf_read_fill(struct zf_op *op, struct zf_read *read, const json_t *value, bool big_endian_blob);

/* The same for elements of varying length: what stands for them flows, and the text is in fill_text. */
int zf_read_fill_text(struct zf_op *op, struct zf_read *read, const json_t *value, enum zf_element element);

/* Puts together what is known: nbytes and spec. chunk_key names the chunks' shape in messages. */
int zf_read_finish(struct zf_op *op, struct zf_read *read, const char *chunk_key);

/* What a reader calls broken is, in something a user asks for, invalid: makes EIO EINVAL. Returns -1. */
int zf_read_invalid(struct zf_op *op);

#endif
