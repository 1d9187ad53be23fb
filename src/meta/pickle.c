/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stack machine for the instructions that are allowed. Values are JSON from the beginning; what they are
 * beyond that is their kind.
 */
#include "meta/pickle.h"

#include "base/limits.h"
#include "meta/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_PICKLE = 1 << 20, /* bytes */
	MAX_STACK = 1024,     /* values on the stack, and remembered */
	MAX_WEIGHT = 65536,   /* values within a value */
};

enum kind {
	DATA,
	MARK,
	DTYPE_CLASS,   /* numpy.dtype */
	ENCODE,        /* _codecs.encode, which Python 3 has for bytes */
	DTYPE,         /* being built: its JSON is the name, "i4" */
	NOT_REMEMBERED /* in the memo: a dictionary, which could come to hold itself */
};

struct value {
	enum kind kind;
	bool has_dict;
	unsigned weight;
	json_t *json; /* owned; NULL for what is no data */
};

struct machine {
	struct zf_op *op;
	const char *doc;
	size_t len, at, start; /* start: of the instruction */
	struct value stack[MAX_STACK], memo[MAX_STACK];
	size_t count;
};

static int broken(struct machine *m, const char *what)
{
	return zf_fail(m->op, EIO, "pickle: %s at byte %zu", what, m->start);
}

static int refused(struct machine *m, const char *what)
{
	return zf_fail(m->op, EOPNOTSUPP, "pickle: %s at byte %zu is not supported", what, m->start);
}

/* ---- the stack ---- */

static void drop(struct machine *m, size_t count)
{
	while (m->count > count)
		json_decref(m->stack[--m->count].json);
}

/* Takes the value's JSON, also when it fails. */
static int push(struct machine *m, struct value value)
{
	if (value.kind == DATA && !value.json)
		return zf_nomem(m->op, sizeof *value.json);
	if (m->count == MAX_STACK || value.weight > MAX_WEIGHT) {
		json_decref(value.json);
		return refused(m, "a value of this size");
	}
	m->stack[m->count++] = value;
	return 0;
}

static int push_data(struct machine *m, json_t *json)
{
	return push(m, (struct value){ .kind = DATA, .json = json, .weight = 1 });
}

/* The place of the last mark; false: there is none. */
static bool find_mark(const struct machine *m, size_t *mark)
{
	for (*mark = m->count; *mark > 0; --*mark)
		if (m->stack[*mark - 1].kind == MARK) {
			--*mark;
			return true;
		}
	return false;
}

/* The top of the stack, if it is data. */
static struct value *top(struct machine *m, size_t below)
{
	if (m->count <= below)
		return NULL;
	return &m->stack[m->count - 1 - below];
}

/* ---- text ---- */

/* The rest of the line. */
static int line(struct machine *m, const char **text, size_t *len)
{
	const char *end = memchr(m->doc + m->at, '\n', m->len - m->at);

	if (!end)
		return broken(m, "a line that does not end");
	*text = m->doc + m->at;
	*len = (size_t)(end - *text);
	m->at += *len + 1;
	return 0;
}

/* A number token as JSON has it, so that nothing is lost; Python has some other words. */
static int push_number(struct machine *m, const char *text, size_t len, bool real)
{
	static const char *const words[][2] = { { "nan", "NaN" }, { "inf", "Infinity" },
		{ "-inf", "-Infinity" } };
	struct zf_op op;
	json_t *json;

	for (size_t i = 0; real && i < 3; i++) {
		if (len == strlen(words[i][0]) && memcmp(text, words[i][0], len) == 0) {
			text = words[i][1];
			len = strlen(text);
		}
	}
	zf_op_init(&op);
	if (len == 0 || !strchr("-0123456789NI", text[0]) || zf_json_parse(&op, text, len, &json) < 0)
		return broken(m, "a broken number");
	return push_data(m, json);
}

static int do_int(struct machine *m)
{
	const char *text;
	size_t len;

	if (line(m, &text, &len) < 0)
		return -1;
	if (len == 2 && text[0] == '0' && (text[1] == '0' || text[1] == '1'))
		return push_data(m, json_boolean(text[1] == '1'));
	len -= len > 1 && m->doc[m->start] == 'L' && text[len - 1] == 'L';
	return push_number(m, text, len, false);
}

static int do_float(struct machine *m)
{
	const char *text;
	size_t len;

	return line(m, &text, &len) < 0 ? -1 : push_number(m, text, len, true);
}

/* Plain ASCII; NUL as Python writes it in S and V is as far as escapes go. Our own mark is no text. */
static int push_text(struct machine *m, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '\\')
			return refused(m, "a string with such characters");
	return push_data(m, json_stringn(text, len));
}

static int do_string(struct machine *m)
{
	const char *text;
	size_t len;

	if (line(m, &text, &len) < 0)
		return -1;
	if (len < 2 || (text[0] != '\'' && text[0] != '"') || text[len - 1] != text[0])
		return broken(m, "a string without quotes");
	return push_text(m, text + 1, len - 2);
}

static int do_unicode(struct machine *m)
{
	const char *text;
	size_t len;

	return line(m, &text, &len) < 0 ? -1 : push_text(m, text, len);
}

/* ---- containers ---- */

/* Adds a value that is data to an array or, with a key, to an object. The counts of `to` are brought up. */
static int put_in(struct machine *m, struct value *to, const struct value *key, const struct value *value)
{
	const char *name = key ? zf_json_text(key->json) : NULL;

	if (value->kind != DATA || (key && (key->kind != DATA || !name)))
		return refused(m, "such a member");
	to->has_dict |= value->has_dict;
	to->weight += value->weight;
	if (key ? json_object_set(to->json, name, value->json) < 0
		: json_array_append(to->json, value->json) < 0)
		return zf_nomem(m->op, sizeof *value->json);
	return 0;
}

static int do_tuple(struct machine *m)
{
	struct value tuple = { .kind = DATA, .json = json_array(), .weight = 1 };
	size_t mark;

	if (!tuple.json)
		return zf_nomem(m->op, sizeof *tuple.json);
	if (!find_mark(m, &mark)) {
		json_decref(tuple.json);
		return broken(m, "no mark");
	}
	for (size_t i = mark + 1; i < m->count; i++) {
		if (put_in(m, &tuple, NULL, &m->stack[i]) < 0) {
			json_decref(tuple.json);
			return -1;
		}
	}
	drop(m, mark);
	return push(m, tuple);
}

static int do_dict(struct machine *m)
{
	struct value dict = { .kind = DATA, .json = json_object(), .has_dict = true, .weight = 1 };
	size_t mark;

	if (!dict.json)
		return zf_nomem(m->op, sizeof *dict.json);
	if (!find_mark(m, &mark) || (m->count - mark) % 2 == 0) {
		json_decref(dict.json);
		return broken(m, "no mark");
	}
	for (size_t i = mark + 1; i + 1 < m->count; i += 2) {
		if (put_in(m, &dict, &m->stack[i], &m->stack[i + 1]) < 0) {
			json_decref(dict.json);
			return -1;
		}
	}
	drop(m, mark);
	return push(m, dict);
}

static int do_set_item(struct machine *m)
{
	struct value *dict = top(m, 2);

	if (!dict || dict->kind != DATA || !json_is_object(dict->json))
		return broken(m, "no dictionary");
	if (put_in(m, dict, top(m, 1), top(m, 0)) < 0)
		return -1;
	drop(m, m->count - 2);
	return dict->weight > MAX_WEIGHT ? refused(m, "a value of this size") : 0;
}

/* ---- what is remembered ---- */

static int memo_at(struct machine *m, struct value **out)
{
	const char *text;
	size_t len, n = 0;

	if (line(m, &text, &len) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || n >= MAX_STACK)
			return refused(m, "such a place to remember");
		n = 10 * n + (size_t)(text[i] - '0');
	}
	if (len == 0 || n >= MAX_STACK)
		return refused(m, "such a place to remember");
	*out = &m->memo[n];
	return 0;
}

static int do_put(struct machine *m)
{
	struct value *memo, *value = top(m, 0);

	if (memo_at(m, &memo) < 0)
		return -1;
	if (!value || value->kind == MARK)
		return broken(m, "nothing to remember");
	json_decref(memo->json);
	*memo = *value;
	if (value->kind == DTYPE || (value->kind == DATA && value->has_dict))
		*memo = (struct value){ .kind = NOT_REMEMBERED };
	json_incref(memo->json);
	return 0;
}

static int do_get(struct machine *m)
{
	struct value *memo;

	if (memo_at(m, &memo) < 0)
		return -1;
	if (memo->kind == NOT_REMEMBERED)
		return refused(m, "a second reference to an object");
	if (memo->kind == DATA && !memo->json)
		return broken(m, "nothing remembered");
	json_incref(memo->json);
	return push(m, *memo);
}

/* ---- the two names that are known ---- */

static int do_global(struct machine *m)
{
	const char *module, *name;
	size_t module_len, name_len;
	char show[64];

	if (line(m, &module, &module_len) < 0 || line(m, &name, &name_len) < 0)
		return -1;
	if (module_len == 5 && memcmp(module, "numpy", 5) == 0 && name_len == 5 &&
		memcmp(name, "dtype", 5) == 0)
		return push(m, (struct value){ .kind = DTYPE_CLASS });
	if (module_len == 7 && memcmp(module, "_codecs", 7) == 0 && name_len == 6 &&
		memcmp(name, "encode", 6) == 0)
		return push(m, (struct value){ .kind = ENCODE });
	snprintf(show, sizeof show, "'%.*s.%.*s'", (int)(module_len < 28 ? module_len : 28), module,
		(int)(name_len < 28 ? name_len : 28), name);
	for (char *p = show; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	return refused(m, show);
}

/* A call. numpy.dtype("i4", ...) begins a data type; encode(text, "latin1") is that text. */
static int do_reduce(struct machine *m)
{
	struct value *arguments = top(m, 0), *callee = top(m, 1);
	json_t *first;
	enum kind kind;

	if (!callee || arguments->kind != DATA || !json_is_array(arguments->json))
		return broken(m, "no arguments");
	kind = callee->kind;
	first = json_array_get(arguments->json, 0);
	if ((kind != DTYPE_CLASS && kind != ENCODE) || !zf_json_text(first))
		return refused(m, "a call");
	json_incref(first);
	drop(m, m->count - 2);
	return push(m, (struct value){ .kind = kind == ENCODE ? DATA : DTYPE, .json = first, .weight = 1 });
}

/* The fields of a structured type: names, and a dictionary of (type, offset). */
static json_t *fields_of(const json_t *names, const json_t *fields)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < json_array_size(names); i++) {
		const json_t *name = json_array_get(names, i);
		const char *text = zf_json_text(name);
		json_t *type = json_array_get(text ? json_object_get(fields, text) : NULL, 0);

		if (!type || json_array_append_new(list, json_pack("[O, O]", name, type)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The state of a data type, as NumPy pickles it: version, byte order, subarray, names, fields, item size,
 * alignment, flags, and units of time. It makes the type of v2: "<i4", or a list of fields. */
static json_t *dtype_of(const struct value *dtype, const json_t *state)
{
	const char *order = zf_json_text(json_array_get(state, 1)), *name = zf_json_text(dtype->json);
	const json_t *names = json_array_get(state, 3), *fields = json_array_get(state, 4);

	if (!json_is_null(json_array_get(state, 2)) || !order || strlen(order) != 1 || name[0] == 'M' ||
		name[0] == 'm')
		return NULL;
	if (json_is_array(names))
		return fields_of(names, fields);
	return json_sprintf("%s%s", order, name);
}

static int do_build(struct machine *m)
{
	struct value *state = top(m, 0), *dtype = top(m, 1);
	json_t *json;

	if (!dtype || dtype->kind != DTYPE || state->kind != DATA || json_array_size(state->json) < 8)
		return refused(m, "the state of an object");
	json = dtype_of(dtype, state->json);
	if (!json)
		return refused(m, "such a data type");
	json_decref(dtype->json);
	*dtype = (struct value){ .kind = DATA, .json = json, .weight = state->weight };
	drop(m, m->count - 1);
	return 0;
}

/* ---- all ---- */

static int step(struct machine *m)
{
	char show[32];

	switch (m->doc[m->at++]) {
	case '(':
		return push(m, (struct value){ .kind = MARK });
	case 'N':
		return push_data(m, json_null());
	case 'I':
	case 'L':
		return do_int(m);
	case 'F':
		return do_float(m);
	case 'S':
		return do_string(m);
	case 'V':
		return do_unicode(m);
	case 't':
		return do_tuple(m);
	case 'd':
		return do_dict(m);
	case 's':
		return do_set_item(m);
	case 'p':
		return do_put(m);
	case 'g':
		return do_get(m);
	case 'c':
		return do_global(m);
	case 'R':
		return do_reduce(m);
	case 'b':
		return do_build(m);
	}
	snprintf(show, sizeof show, "instruction 0x%02x", (unsigned char)m->doc[m->start]);
	return refused(m, show);
}

static int run(struct machine *m, json_t **out)
{
	while (m->at < m->len && m->doc[m->at] != '.') {
		m->start = m->at;
		if (step(m) < 0)
			return -1;
	}
	m->start = m->at;
	if (m->at == m->len)
		return broken(m, "no end");
	if (m->count != 1 || m->stack[0].kind != DATA || !json_is_object(m->stack[0].json))
		return broken(m, "no dictionary");
	*out = json_incref(m->stack[0].json);
	return 0;
}

int zf_pickle_parse(struct zf_op *op, const void *doc, size_t len, json_t **out)
{
	struct machine *m;
	int result;

	if (len > MAX_PICKLE)
		return zf_fail(op, EIO, "pickle: %zu bytes, the limit is %d", len, MAX_PICKLE);
	m = calloc(1, sizeof *m);
	if (!m)
		return zf_nomem(op, sizeof *m);
	m->op = op;
	m->doc = doc;
	m->len = len;
	result = run(m, out);
	drop(m, 0);
	for (size_t i = 0; i < MAX_STACK; i++)
		json_decref(m->memo[i].json);
	free(m);
	return result;
}
