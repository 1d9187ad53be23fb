/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the rules of the fault store.
 */
#include "store/fault_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct word {
	const char *name;
	unsigned value;
};

static const struct word call_words[] = { { "get", ZF_FAULT_GET }, { "stat", ZF_FAULT_STAT },
	{ "list", ZF_FAULT_LIST }, { "put", ZF_FAULT_PUT }, { "del", ZF_FAULT_DEL },
	{ "flush", ZF_FAULT_FLUSH }, { "settle", ZF_FAULT_SETTLE }, { "rename", ZF_FAULT_RENAME },
	{ "prune", ZF_FAULT_PRUNE }, { "any", ZF_FAULT_ANY }, { NULL, 0 } };

static const struct word errno_words[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EACCES", EACCES },
	{ "ENOMEM", ENOMEM }, { "EINTR", EINTR }, { "EROFS", EROFS }, { "EDQUOT", EDQUOT },
	{ "ESTALE", ESTALE }, { "ENOENT", ENOENT }, { "ETIMEDOUT", ETIMEDOUT }, { "ECONNRESET", ECONNRESET },
	{ NULL, 0 } };

static const struct {
	const char *name;
	enum zf_fault_what what;
	unsigned calls; /* that it makes sense for */
	bool number;    /* "=N" follows */
} what_words[] = {
	{ "missing", ZF_FAULT_MISSING,
		ZF_FAULT_GET | ZF_FAULT_STAT | ZF_FAULT_LIST | ZF_FAULT_DEL | ZF_FAULT_RENAME, false },
	{ "short", ZF_FAULT_SHORT, ZF_FAULT_GET | ZF_FAULT_STAT | ZF_FAULT_PUT, true },
	{ "lie", ZF_FAULT_LIE, ZF_FAULT_GET | ZF_FAULT_STAT, true },
	{ "flip", ZF_FAULT_FLIP, ZF_FAULT_GET | ZF_FAULT_PUT, true },
	{ "hang", ZF_FAULT_HANG, ZF_FAULT_ANY, false },
	{ "kill", ZF_FAULT_KILL, ZF_FAULT_ANY, false },
	{ "die", ZF_FAULT_DIE, ZF_FAULT_ANY, false },
};

static unsigned find_word(const struct word *words, const char *s, size_t n)
{
	for (; words->name; words++)
		if (strlen(words->name) == n && memcmp(words->name, s, n) == 0)
			return words->value;
	return 0;
}

/* A decimal number at *s, which moves past it. */
static bool parse_number(const char **s, uint64_t *out)
{
	char *end;

	if (**s < '0' || **s > '9')
		return false;
	errno = 0;
	*out = strtoull(*s, &end, 10);
	*s = end;
	return errno == 0;
}

/* Each parse_ function reads its part at *s and moves *s past it. */
static bool parse_call(const char **s, struct zf_fault_rule *rule)
{
	size_t n = strcspn(*s, "~@");

	rule->calls = find_word(call_words, *s, n);
	*s += n;
	if (**s == '~') {
		n = strcspn(++*s, "@");
		if (n >= sizeof rule->text)
			return false;
		memcpy(rule->text, *s, n);
		*s += n;
	}
	return rule->calls && *(*s)++ == '@';
}

static bool parse_when(const char **s, struct zf_fault_rule *rule)
{
	rule->first = 1;
	rule->last = UINT64_MAX;
	if (**s == '*') {
		++*s;
	} else {
		if (!parse_number(s, &rule->first) || rule->first == 0)
			return false;
		if (**s == '+')
			++*s;
		else
			rule->last = rule->first;
	}
	return *(*s)++ == '=';
}

static bool parse_what(const char **s, struct zf_fault_rule *rule)
{
	size_t n = strcspn(*s, " =\n"), count = sizeof what_words / sizeof *what_words;

	for (size_t i = 0; i < count; i++) {
		if (strlen(what_words[i].name) != n || memcmp(what_words[i].name, *s, n) != 0)
			continue;
		*s += n;
		rule->action.what = what_words[i].what;
		if (rule->calls & ~what_words[i].calls && rule->calls != ZF_FAULT_ANY)
			return false;
		return !what_words[i].number || (*(*s)++ == '=' && parse_number(s, &rule->action.n));
	}
	rule->action.what = ZF_FAULT_ERROR;
	rule->action.n = find_word(errno_words, *s, n);
	if (rule->action.n) {
		*s += n;
		return true;
	}
	return parse_number(s, &rule->action.n) && rule->action.n > 0 && rule->action.n < 4096;
}

int zf_fault_parse(struct zf_op *op, const char *text, struct zf_fault_rules *out)
{
	const char *s = text;

	memset(out, 0, sizeof *out);
	for (s += strspn(s, " \n"); *s; s += strspn(s, " \n")) {
		struct zf_fault_rule *rule = &out->rule[out->count++];
		const char *start = s;

		if (out->count > ZF_FAULT_MAX_RULES)
			return zf_fail(op, EINVAL, "more than %d faults", ZF_FAULT_MAX_RULES);
		if (!parse_call(&s, rule) || !parse_when(&s, rule) || !parse_what(&s, rule) ||
			(*s && !strchr(" \n", *s)))
			return zf_fail(op, EINVAL, "not a fault: '%.*s'", (int)strcspn(start, " \n"), start);
	}
	return 0;
}

const char *zf_fault_call_name(enum zf_fault_call call)
{
	for (const struct word *word = call_words; word->name; word++)
		if (word->value == call)
			return word->name;
	return "";
}
