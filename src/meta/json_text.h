/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where things are in the text of a JSON document: for edits in place. All functions trust that the text has
 * been parsed by zf_json_parse() before.
 */
#ifndef ZF_META_JSON_TEXT_H
#define ZF_META_JSON_TEXT_H

#include "base/op.h"

#include <jansson.h>
#include <stdbool.h>

/* A text, or a part of one. */
struct zf_json_text {
	const char *p;
	size_t len;
};

/* A member of an object, or an element of a list (without a key). */
struct zf_json_member {
	struct zf_json_text gap;   /* white space in front, from the '{' or ',' on */
	struct zf_json_text key;   /* with its quotes */
	struct zf_json_text colon; /* between key and value, with white space */
	struct zf_json_text value;
	struct zf_json_text after; /* white space behind, up to the ',' or '}' */
};

/* The value that a document is: without byte order mark and white space around. */
struct zf_json_text zf_json_root(const void *doc, size_t len);

/* The first member of an object or list, or the one after *member (which has to be one of this container):
 * false where there is none. Begin with *member zeroed. */
bool zf_json_next(struct zf_json_text container, struct zf_json_member *member);

/* A member's key as it is in a parsed tree, marks included: borrowed from *hold, which is to be
 * json_decref()'d. NULL: ENOMEM, or a key that no tree can hold. */
const char *zf_json_member_key(struct zf_op *op, const struct zf_json_member *member, json_t **hold);

/* Whether there is a line break in it. */
bool zf_json_broken(struct zf_json_text text);

#endif
