/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree merged into a text. One walk over the objects concerned copies the members that stay and writes the
 * others, so that the white space around them is at hand.
 */
#include "meta/merge.h"

#include "meta/json.h"
#include "meta/number.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(S) ((struct zf_json_text){ .p = (S), .len = sizeof(S) - 1 })

struct merge {
	struct zf_op *op;
	const struct zf_merge_rules *rules;
	struct zf_out *out;
	struct zf_json_text unit; /* of the document's indentation */
};

static int put(struct merge *m, struct zf_json_text text)
{
	return zf_out_append(m->out, m->op, text.p, text.len);
}

/* ---- layout ---- */

/* What the document's root shows: the difference between its members' indentation and its own. */
static struct zf_json_text find_unit(struct zf_json_text root, const struct zf_json_style *otherwise)
{
	struct zf_json_member member = { .value.p = NULL };
	struct zf_json_text first, outer;
	const char *line;

	if (root.p[0] != '{' || !zf_json_next(root, &member) || !zf_json_broken(member.gap))
		return otherwise->unit;
	first = member.gap;
	while (zf_json_next(root, &member))
		;
	outer = member.after;
	if (outer.len <= first.len && memcmp(outer.p, first.p, outer.len) == 0 && zf_json_broken(outer))
		return (struct zf_json_text){ .p = first.p + outer.len, .len = first.len - outer.len };
	line = memrchr(first.p, '\n', first.len);
	return (struct zf_json_text){ .p = line + 1, .len = (size_t)(first.p + first.len - line) - 1 };
}

/* The layout of a value that is put behind this gap and colon. */
static struct zf_json_style style_for(
	const struct merge *m, struct zf_json_text gap, struct zf_json_text colon, bool lines)
{
	bool tight = colon.len == 1;
	const char *line = memrchr(gap.p, '\n', gap.len), *end = gap.p + gap.len;

	if (line) { /* without the blank lines before it */
		line -= line > gap.p && line[-1] == '\r';
		gap = (struct zf_json_text){ .p = line, .len = (size_t)(end - line) };
	}
	return (struct zf_json_style){
		.margin = gap,
		.unit = m->unit,
		.comma = lines || tight ? TEXT(",") : TEXT(", "),
		.colon = colon,
		.lines = lines,
		.sorted = m->rules->style->sorted,
	};
}

/* ---- values ---- */

static bool same_number(const char *a, const char *b)
{
	static const char real[] = ".eENI";

	if (strcmp(a, b) == 0)
		return true;
	if (!strpbrk(a, real) || !strpbrk(b, real))
		return false; /* integers are spelled in one way only, but for -0 */
	return zf_number_double(a) == zf_number_double(b);
}

/* A number against what was asked for, a number or (where .info shows one so) a string. */
static bool same_token(const char *there, const json_t *asked, bool as_shown)
{
	char buf[32];
	const char *token = zf_json_token(asked, buf), *text = zf_json_text(asked);

	if (token)
		return as_shown ? same_number(there, token) : strcmp(there, token) == 0;
	return as_shown && text && strpbrk(there, "NI") && strcmp(there, text) == 0;
}

static bool same_list(const json_t *there, const json_t *asked, bool as_shown)
{
	size_t n = json_array_size(there);

	if (n != json_array_size(asked))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!zf_merge_same(json_array_get(there, i), json_array_get(asked, i), as_shown))
			return false;
	return true;
}

static bool same_object(const json_t *there, const json_t *asked, bool as_shown)
{
	const char *key;
	json_t *value;

	if (json_object_size(there) != json_object_size(asked))
		return false;
	json_object_foreach((json_t *)asked, key, value)
	{
		const json_t *old = json_object_get(there, key);

		if (!old || !zf_merge_same(old, value, as_shown))
			return false;
	}
	return true;
}

bool zf_merge_same(const json_t *there, const json_t *asked, bool as_shown)
{
	char buf[32];
	const char *token = zf_json_token(there, buf);

	if (token)
		return same_token(token, asked, as_shown);
	if (json_typeof(there) != json_typeof(asked))
		return false;
	if (json_is_array(there))
		return same_list(there, asked, as_shown);
	if (json_is_object(there))
		return same_object(there, asked, as_shown);
	return json_equal(there, asked);
}

/* What a value is where nothing was: its nulls go, as far down as null removes. New. */
static json_t *fresh(const struct merge *m, const json_t *value, int levels)
{
	json_t *copy, *below;
	const char *key;

	if (levels == 0 || !m->rules->null_removes || !json_is_object(value))
		return json_incref((json_t *)value);
	copy = json_object();
	json_object_foreach((json_t *)value, key, below)
	{
		if (json_is_null(below))
			continue;
		if (!copy || json_object_set_new(copy, key, fresh(m, below, levels - 1)) < 0) {
			json_decref(copy);
			return NULL;
		}
	}
	return copy;
}

static int put_fresh(struct merge *m, const json_t *value, int levels, const struct zf_json_style *style)
{
	json_t *copy = fresh(m, value, levels);
	int rc = copy ? zf_json_dump(m->op, copy, style, m->out) : zf_nomem(m->op, sizeof *copy);

	json_decref(copy);
	return rc;
}

/* The same in place of a value that is there, whose text stays if it says just that. */
static int put_instead(struct merge *m, struct zf_json_text old, const json_t *there, const json_t *value,
	int levels, const struct zf_json_style *style)
{
	json_t *copy = fresh(m, value, levels);
	int rc;

	if (!copy)
		rc = zf_nomem(m->op, sizeof *copy);
	else if (zf_merge_same(there, copy, m->rules->as_shown))
		rc = put(m, old);
	else
		rc = zf_json_dump(m->op, copy, style, m->out);
	json_decref(copy);
	return rc;
}

/* ---- objects ---- */

/* An object being merged. */
struct frame {
	struct zf_json_text object;
	const json_t *patch;
	int levels;
	json_t *last;                /* which member of each of the patch's names is the last, by count */
	struct zf_json_text gap;     /* in front of the first member, */
	struct zf_json_text gap_new; /* of one that is added, */
	struct zf_json_text colon, close;
	size_t put; /* members in the result so far */
};

/* Looks at the members before anything is written. */
static int survey(struct merge *m, struct frame *f)
{
	struct zf_json_member member = { .value.p = NULL };
	size_t count = 0;

	while (zf_json_next(f->object, &member)) {
		json_t *hold;
		const char *key = zf_json_member_key(m->op, &member, &hold);
		int rc = key ? 0 : -1;

		if (key && json_object_get(f->patch, key))
			rc = json_object_set_new(f->last, key, json_integer((json_int_t)count)) < 0
				     ? zf_nomem(m->op, sizeof *hold)
				     : 0;
		json_decref(hold);
		if (rc < 0)
			return -1;
		if (count++ == 0)
			f->gap = member.gap;
		f->gap_new = member.gap;
	}
	f->colon = member.colon;
	f->close = member.after;
	if (count == 1 && !zf_json_broken(f->gap) && f->gap.len == 0 && f->colon.len > 1)
		f->gap_new = TEXT(" ");
	return 0;
}

static int put_head(struct merge *m, struct frame *f, struct zf_json_text gap)
{
	bool first = f->put++ == 0;

	if (!first && put(m, TEXT(",")) < 0)
		return -1;
	return put(m, first ? f->gap : gap);
}

static int merge_object(struct merge *m, struct zf_json_text object, const json_t *patch, int levels);

static int not_an_object(struct merge *m, const struct zf_json_member *member, const json_t *there)
{
	json_t *hold;
	char show[64];

	if (zf_json_member_key(m->op, member, &hold))
		zf_fail(m->op, EINVAL, "%s: expected an object, found %s", zf_json_show(hold, show),
			zf_json_kind(there));
	json_decref(hold);
	return -1;
}

/* Whether there is something between the braces of an object. */
static bool has_members(struct zf_json_text object)
{
	size_t i = 1;

	while (i < object.len && strchr(" \t\r\n", object.p[i]))
		i++;
	return i + 1 < object.len;
}

/* The value of a member that the patch names. */
static int put_value(struct merge *m, const struct zf_json_member *member, const json_t *asked, int levels)
{
	struct zf_json_text old = member->value;
	bool object = levels > 0 && json_is_object(asked), lines = zf_json_broken(member->gap);
	struct zf_json_style style;
	json_t *there;
	int rc;

	if (object && old.p[0] == '{' && has_members(old))
		return merge_object(m, old, asked, levels);
	if (zf_json_parse(m->op, old.p, old.len, &there) < 0)
		return -1;
	if (json_array_size(there) + json_object_size(there) > 0 && !zf_json_broken(old))
		lines = false; /* as it was */
	style = style_for(m, member->gap, member->colon, lines);
	if (object && m->rules->only_objects && !json_is_object(there))
		rc = not_an_object(m, member, there);
	else
		rc = put_instead(m, old, there, asked, levels, &style);
	json_decref(there);
	return rc;
}

static int put_member(
	struct merge *m, struct frame *f, const struct zf_json_member *member, const json_t *asked)
{
	if (put_head(m, f, member->gap) < 0 || put(m, member->key) < 0 || put(m, member->colon) < 0)
		return -1;
	if (asked ? put_value(m, member, asked, f->levels - 1) < 0 : put(m, member->value) < 0)
		return -1;
	if (member->after.p == f->close.p)
		return 0; /* that is the end of the object */
	return put(m, member->after);
}

static int put_members(struct merge *m, struct frame *f)
{
	struct zf_json_member member = { .value.p = NULL };

	for (size_t i = 0; zf_json_next(f->object, &member); i++) {
		json_t *hold;
		const char *key = zf_json_member_key(m->op, &member, &hold);
		const json_t *asked = key ? json_object_get(f->patch, key) : NULL;
		bool gone = asked && m->rules->null_removes && json_is_null(asked);
		int rc = key ? 0 : -1;

		if (asked && (size_t)json_integer_value(json_object_get(f->last, key)) != i)
			asked = NULL; /* a later one of the name counts */
		json_decref(hold);
		if (rc < 0 || (!gone && put_member(m, f, &member, asked) < 0))
			return -1;
	}
	return 0;
}

static int put_new(struct merge *m, struct frame *f)
{
	bool lines = zf_json_broken(f->gap_new);
	struct zf_json_style style = style_for(m, f->gap_new, f->colon, lines);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)f->patch, key, value)
	{
		if (json_object_get(f->last, key) || (m->rules->null_removes && json_is_null(value)))
			continue;
		if (put_head(m, f, f->gap_new) < 0 || zf_json_dump_key(m->op, key, m->out) < 0 ||
			put(m, f->colon) < 0 || put_fresh(m, value, f->levels - 1, &style) < 0)
			return -1;
	}
	return 0;
}

/* An object with members. */
static int merge_object(struct merge *m, struct zf_json_text object, const json_t *patch, int levels)
{
	struct frame f = { .object = object, .patch = patch, .levels = levels, .last = json_object() };
	int rc = -1;

	if (!f.last) {
		zf_nomem(m->op, sizeof *f.last);
		goto out;
	}
	if (survey(m, &f) < 0 || put(m, TEXT("{")) < 0 || put_members(m, &f) < 0 || put_new(m, &f) < 0)
		goto out;
	if (f.put > 0 && put(m, f.close) < 0)
		goto out;
	rc = put(m, TEXT("}"));
out:
	json_decref(f.last);
	return rc;
}

/* ---- documents ---- */

json_t *zf_merge_nest(const char *const *keys, size_t count, const json_t *value)
{
	json_t *tree = json_incref((json_t *)value);

	while (tree && count-- > 0) {
		json_t *object = json_object();
		char *key = NULL; /* marked as in a tree that was parsed */

		if (asprintf(&key, "%s%s", keys[count][0] == ZF_JSON_MARK ? "\x7f" : "", keys[count]) < 0)
			key = NULL;
		if (!key || json_object_set_new(object, key, tree) < 0) {
			if (!key)
				json_decref(tree);
			json_decref(object);
			object = NULL;
		}
		free(key);
		tree = object;
	}
	return tree;
}

static int merge_root(struct merge *m, struct zf_json_text root, const json_t *there, const json_t *patch)
{
	int levels = m->rules->levels;

	if (levels > 0 && json_object_size(there) > 0 && json_is_object(patch))
		return merge_object(m, root, patch, levels);
	if (levels > 0 && m->rules->only_objects && !json_is_object(there))
		return zf_fail(m->op, EINVAL, "expected an object, found %s", zf_json_kind(there));
	return put_instead(m, root, there, patch, levels, m->rules->style);
}

/* The result has to be a document that can be read again: it may be too deep now, or too long. */
static int check(struct zf_op *op, const struct zf_out *out, size_t from)
{
	json_t *value;

	if (zf_json_parse(op, out->data + from, out->len - from, &value) < 0) {
		if (op->err == EIO)
			op->err = EINVAL;
		return zf_where(op, "the document as changed");
	}
	json_decref(value);
	return 0;
}

int zf_merge(struct zf_op *op, const void *doc, size_t len, const json_t *patch,
	const struct zf_merge_rules *rules, struct zf_out *out)
{
	struct merge m = { .op = op, .rules = rules, .out = out };
	struct zf_json_text root = zf_json_root(doc, len);
	const char *start = doc, *end = start + len, *behind = root.p + root.len;
	size_t from = out->len;
	json_t *there;
	int rc = -1;

	if (zf_json_parse(op, doc, len, &there) < 0)
		return -1;
	m.unit = find_unit(root, rules->style);
	if (zf_out_append(out, op, doc, (size_t)(root.p - start)) < 0 ||
		merge_root(&m, root, there, patch) < 0 ||
		zf_out_append(out, op, behind, (size_t)(end - behind)) < 0)
		goto out;
	rc = check(op, out, from);
out:
	json_decref(there);
	if (rc < 0)
		out->len = from;
	return rc;
}
