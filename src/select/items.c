/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a selection.
 *
 *     text   = "" | [".oindex" | ".vindex" | ".blocks"] "[" items "]"
 *     items  = "" | "()" | item {"," item} [","]
 *     item   = "..." | integer | [integer] ":" [integer] [":" [integer]] | list | "@" name | field
 *     list   = "[" [value {"," value}] "]"         value = integer | "True" | "False" (or in small letters)
 *     field  = name {"." name}
 *     name   = characters but ,.:()[]@'" and white space, no digit or sign first | '...' | "..."
 */
#include "select/items.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MOST = ZF_MAX_FIELDS };

struct parser {
	struct zf_op *op;
	const char *text, *at;
	const struct zf_selection_source *source;
	struct zf_items *items;
};

static int wrong(struct parser *p, const char *what)
{
	if (!*p->at)
		return zf_fail(p->op, EINVAL, "%s at the end", what);
	return zf_fail(p->op, EINVAL, "%s at '%.20s'", what, p->at);
}

static char look(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
	return *p->at;
}

static bool take(struct parser *p, char c)
{
	if (look(p) != c)
		return false;
	p->at++;
	return true;
}

static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	look(p);
	if (strncmp(p->at, word, n) != 0 || isalnum((unsigned char)p->at[n]) || p->at[n] == '_')
		return false;
	p->at += n;
	return true;
}

/* ---- numbers ---- */

static bool is_number(struct parser *p)
{
	char c = look(p);

	return isdigit((unsigned char)c) || c == '-' || c == '+';
}

static int parse_number(struct parser *p, int64_t *out)
{
	const char *from = p->at;
	char *end;
	long long n;

	if (*from == '-' || *from == '+')
		from++;
	if (!isdigit((unsigned char)*from))
		return wrong(p, "an integer is missing");
	n = strtoll(p->at, &end, 10); /* what is too large becomes the largest, which is out of all bounds */
	if (isalpha((unsigned char)*end) || *end == '.' || *end == '_')
		return wrong(p, "no integer");
	p->at = end;
	*out = n;
	return 0;
}

static int parse_slice(struct parser *p, struct zf_item *item)
{
	item->kind = ZF_ITEM_SLICE;
	for (unsigned i = 1; i < 3 && take(p, ':'); i++) {
		if (!is_number(p))
			continue;
		item->has[i] = true;
		if (parse_number(p, &item->part[i]) < 0)
			return -1;
	}
	return 0;
}

static int parse_integer(struct parser *p, struct zf_item *item)
{
	if (parse_number(p, &item->index) < 0)
		return -1;
	item->kind = ZF_ITEM_INT;
	if (look(p) != ':')
		return 0;
	item->has[0] = true;
	item->part[0] = item->index;
	return parse_slice(p, item);
}

/* ---- lists ---- */

static int new_list(struct parser *p, struct zf_item *item)
{
	item->lists = calloc(1, sizeof *item->lists);
	if (!item->lists)
		return zf_nomem(p->op, sizeof *item->lists);
	return 0;
}

static int grow_list(struct parser *p, struct zf_list *list)
{
	size_t room = list->count ? list->count * 2 : 16;
	int64_t *index;
	uint8_t *mask;

	if (list->count & (list->count - 1) || (list->count && list->count < 16))
		return 0;
	index = realloc(list->index, room * sizeof *index);
	if (index)
		list->index = index;
	mask = realloc(list->mask, room);
	if (mask)
		list->mask = mask;
	return index && mask ? 0 : zf_nomem(p->op, room * sizeof *index);
}

/* One of the two arrays of a list that is being read is used. */
static int parse_value(struct parser *p, struct zf_list *list, bool *is_mask)
{
	bool yes = take_word(p, "True") || take_word(p, "true");
	bool mask = yes || take_word(p, "False") || take_word(p, "false");

	if (grow_list(p, list) < 0)
		return -1;
	if (look(p) == '[')
		return wrong(p, "a list in a list: an npy file (@NAME) can have more than one dimension;");
	if (list->count && mask != *is_mask)
		return wrong(p, "integers and booleans in one list;");
	*is_mask = mask;
	list->mask[list->count] = yes;
	if (!mask && parse_number(p, &list->index[list->count]) < 0)
		return -1;
	list->count++;
	return 0;
}

static int parse_list(struct parser *p, struct zf_item *item)
{
	bool is_mask = false;

	if (new_list(p, item) < 0)
		return -1;
	item->kind = ZF_ITEM_LIST;
	take(p, '[');
	while (!take(p, ']')) {
		if (item->lists->count && !take(p, ','))
			return wrong(p, "',' or ']' is missing");
		if (item->lists->count && take(p, ']'))
			break;
		if (parse_value(p, item->lists, &is_mask) < 0)
			return -1;
	}
	item->lists->ndim = 1;
	item->lists->shape[0] = item->lists->count;
	if (is_mask)
		item->kind = ZF_ITEM_MASK;
	free(is_mask ? (void *)item->lists->index : item->lists->mask);
	*(is_mask ? (void **)&item->lists->index : (void **)&item->lists->mask) = NULL;
	return 0;
}

/* ---- names ---- */

static int keep(struct parser *p, const char *from, size_t len, char **out)
{
	*out = strndup(from, len);
	return *out ? 0 : zf_nomem(p->op, len);
}

static int parse_quoted(struct parser *p, char **out)
{
	char quote = *p->at;
	const char *end = strchr(p->at + 1, quote);

	if (!end)
		return wrong(p, "a quote that is not closed");
	if (keep(p, p->at + 1, (size_t)(end - p->at - 1), out) < 0)
		return -1;
	p->at = end + 1;
	return 0;
}

/* A name up to one of `ends`. */
static int parse_name(struct parser *p, const char *ends, char **out)
{
	size_t n;

	if (look(p) == '\'' || *p->at == '"')
		return parse_quoted(p, out);
	n = strcspn(p->at, ends);
	if (!n)
		return wrong(p, "a name is missing");
	if (keep(p, p->at, n, out) < 0)
		return -1;
	p->at += n;
	return 0;
}

static int load(struct parser *p, const char *name, struct zf_item *item)
{
	const struct zf_selection_source *source = p->source;
	const void *data;
	size_t len;
	int result;

	if (!source)
		return zf_fail(p->op, EINVAL, "@%s: lists in files cannot be used here", name);
	if (new_list(p, item) < 0 || source->load(source->arg, p->op, name, &data, &len) < 0)
		return -1;
	result = zf_list_read(p->op, data, len, item->lists);
	if (result < 0)
		zf_where(p->op, "@%s", name);
	item->kind = item->lists->mask ? ZF_ITEM_MASK : ZF_ITEM_LIST;
	source->release(source->arg, data, len);
	return result;
}

static int parse_source(struct parser *p, struct zf_item *item)
{
	char *name = NULL;
	int result;

	take(p, '@');
	if (parse_name(p, ",]", &name) < 0)
		return -1;
	result = load(p, name, item);
	free(name);
	return result;
}

static int parse_field(struct parser *p)
{
	struct zf_items *items = p->items;
	struct zf_field_path *path, *all;

	if (items->nfields == FIELDS_MOST)
		return wrong(p, "too many fields");
	all = realloc(items->field, (items->nfields + 1) * sizeof *all);
	if (!all)
		return zf_nomem(p->op, sizeof *all);
	items->field = all;
	path = &all[items->nfields++];
	memset(path, 0, sizeof *path);
	do {
		if (path->depth == ZF_FIELD_DEPTH)
			return wrong(p, "too many fields within fields");
		if (parse_name(p, ",.:()[]@'\" \t\n", &path->name[path->depth]) < 0)
			return -1;
		path->depth++;
	} while (take(p, '.'));
	return 0;
}

/* ---- all of it ---- */

static bool begins_field(char c)
{
	return c == '\'' || c == '"' || c == '_' || isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static int parse_one(struct parser *p, struct zf_item *item)
{
	char c = look(p);

	if (strncmp(p->at, "...", 3) == 0) {
		p->at += 3;
		item->kind = ZF_ITEM_ELLIPSIS;
		return 0;
	}
	if (is_number(p))
		return parse_integer(p, item);
	if (c == ':')
		return parse_slice(p, item);
	if (c == '[')
		return parse_list(p, item);
	if (c == '@')
		return parse_source(p, item);
	return wrong(p, "an index, a slice, a list, @NAME or a field is missing");
}

static int parse_item(struct parser *p)
{
	struct zf_items *items = p->items;

	look(p);
	if (take_word(p, "None") || take_word(p, "newaxis"))
		return zf_fail(p->op, EINVAL, "new axes are not supported");
	if (begins_field(*p->at))
		return parse_field(p);
	if (items->count == ZF_ITEMS_MOST)
		return wrong(p, "too many indices");
	return parse_one(p, &items->item[items->count++]);
}

static int parse_items(struct parser *p)
{
	bool first = true;

	if (take(p, '(')) {
		if (!take(p, ')'))
			return wrong(p, "')' is missing");
		return take(p, ']') ? 0 : wrong(p, "']' is missing");
	}
	while (!take(p, ']')) {
		if (!first && !take(p, ','))
			return wrong(p, "',' or ']' is missing");
		if (!first && take(p, ']'))
			break;
		if (parse_item(p) < 0)
			return -1;
		first = false;
	}
	return 0;
}

int zf_items_parse(
	struct zf_op *op, const char *text, const struct zf_selection_source *source, struct zf_items *out)
{
	static const char *const words[] = {
		[ZF_SELECT_OINDEX] = ".oindex", [ZF_SELECT_VINDEX] = ".vindex", [ZF_SELECT_BLOCKS] = ".blocks"
	};
	struct parser p = { op, text, text, source, out };

	memset(out, 0, sizeof *out);
	if (!*text)
		return 0;
	for (unsigned i = ZF_SELECT_OINDEX; i <= ZF_SELECT_BLOCKS; i++)
		if (take_word(&p, words[i]))
			out->mode = i;
	if (!take(&p, '['))
		return wrong(&p, "'[' is missing");
	if (parse_items(&p) < 0)
		return -1;
	return look(&p) ? wrong(&p, "nothing may follow the last ']':") : 0;
}

void zf_list_free(struct zf_list *list)
{
	free(list->index);
	free(list->mask);
	list->index = NULL;
	list->mask = NULL;
}

void zf_items_free(struct zf_items *items)
{
	for (unsigned i = 0; i < items->count; i++) {
		if (items->item[i].lists)
			zf_list_free(items->item[i].lists);
		free(items->item[i].lists);
	}
	for (unsigned i = 0; i < items->nfields; i++)
		for (unsigned k = 0; k < ZF_FIELD_DEPTH; k++)
			free(items->field[i].name[k]);
	free(items->field);
}

/* ---- where it begins ---- */

/* The '[' that the last ']' closes: quoted brackets do not count. SIZE_MAX: there is none. */
static size_t opening(const char *text, size_t end)
{
	unsigned depth = 0;
	char quote = '\0';

	for (size_t i = end; i-- > 0;) {
		char c = text[i];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == ']')
			depth++;
		else if (c == '[' && --depth == 0)
			return i;
	}
	return SIZE_MAX;
}

size_t zf_select_at(const char *text)
{
	static const char *const words[] = { ".oindex", ".vindex", ".blocks" };
	size_t len = strlen(text), at = len && text[len - 1] == ']' ? opening(text, len) : SIZE_MAX;

	if (at == SIZE_MAX)
		return len;
	for (unsigned i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);

		if (at >= n && strncmp(text + at - n, words[i], n) == 0)
			return at - n;
	}
	return at;
}

size_t zf_selection_at(const char *text)
{
	return zf_select_at(text);
}
