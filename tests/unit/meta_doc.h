/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of metadata share: documents with one member changed, and JSON compared by value.
 */
#ifndef ZF_UNIT_META_DOC_H
#define ZF_UNIT_META_DOC_H

#include "unit.h"

#include "meta/json.h"
#include "meta/meta.h"

struct doc_member {
	const char *key, *value;
};

/* Writes a document of these members, in which `key` is another, is left out (value NULL), or is added. */
static inline void doc_with(
	char doc[8192], const struct doc_member *members, size_t count, const char *key, const char *value)
{
	const char *comma = "{";
	bool known = false;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		bool it = strcmp(members[i].key, key) == 0;
		const char *v = it ? value : members[i].value;

		known |= it;
		if (!v)
			continue;
		len += (size_t)snprintf(doc + len, 8192 - len, "%s\"%s\": %s", comma, members[i].key, v);
		comma = ", ";
	}
	if (!known && value)
		len += (size_t)snprintf(doc + len, 8192 - len, "%s\"%s\": %s", comma, key, value);
	ck_assert_uint_lt(len, 8190);
	strcpy(doc + len, "}");
}

/* Asserts that a value is what the text says, in whatever layout. */
static inline void is_json(const json_t *value, const char *text)
{
	struct zf_op op;
	json_t *want;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, strlen(text), &want), &op);
	if (!json_equal(value, want)) {
		char *got = json_dumps(value, JSON_ENCODE_ANY);

		ck_abort_msg("got %s, want %s", got, text);
	}
	json_decref(want);
}

static inline void is_fine(const struct zf_meta *meta)
{
	ck_assert_msg(meta->error == 0, "%s", meta->error_text);
	ck_assert_ptr_null(meta->error_text);
}

#endif
