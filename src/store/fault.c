/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A store that goes wrong as told.
 */
#include "store/fault.h"

#include "store/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum call {
	GET = 1,
	STAT = 2,
	LIST = 4,
	PUT = 8,
	DEL = 16,
	FLUSH = 32,
	SETTLE = 64,
	RENAME = 128,
	PRUNE = 256,
	ANY = 511
};
enum what { NOTHING, ERROR, MISSING, SHORT, LIE, FLIP, HANG };
enum { MAX_RULES = 16, MAX_TEXT = 128 };

struct action {
	enum what what;
	uint64_t n; /* of ERROR: the errno value */
};

struct rule {
	unsigned calls; /* enum call */
	char text[MAX_TEXT];
	uint64_t first, last; /* matching calls, from 1 */
	struct action action;
	uint64_t seen;
};

struct rules {
	struct rule rule[MAX_RULES];
	size_t count;
};

struct fault {
	struct zf_store store;
	struct zf_store *below; /* owned */
	pthread_mutex_t lock;   /* rules and counts; held across nothing */
	struct rules rules;
	unsigned hanging, hits;
};

/* ---- rules ------------------------------------------------------------------------------------------- */

struct word {
	const char *name;
	unsigned value;
};

static const struct word call_words[] = { { "get", GET }, { "stat", STAT }, { "list", LIST }, { "put", PUT },
	{ "del", DEL }, { "flush", FLUSH }, { "settle", SETTLE }, { "rename", RENAME }, { "prune", PRUNE },
	{ "any", ANY }, { NULL, 0 } };

static const struct word errno_words[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EACCES", EACCES },
	{ "ENOMEM", ENOMEM }, { "EINTR", EINTR }, { "EROFS", EROFS }, { "EDQUOT", EDQUOT },
	{ "ESTALE", ESTALE }, { "ENOENT", ENOENT }, { "ETIMEDOUT", ETIMEDOUT }, { "ECONNRESET", ECONNRESET },
	{ NULL, 0 } };

static const struct {
	const char *name;
	enum what what;
	unsigned calls; /* that it makes sense for */
	bool number;    /* "=N" follows */
} what_words[] = {
	{ "missing", MISSING, GET | STAT | LIST | DEL | RENAME, false },
	{ "short", SHORT, GET | STAT | PUT, true },
	{ "lie", LIE, GET | STAT, true },
	{ "flip", FLIP, GET | PUT, true },
	{ "hang", HANG, ANY, false },
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
static bool parse_call(const char **s, struct rule *rule)
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

static bool parse_when(const char **s, struct rule *rule)
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

static bool parse_what(const char **s, struct rule *rule)
{
	size_t n = strcspn(*s, " ="), count = sizeof what_words / sizeof *what_words;

	for (size_t i = 0; i < count; i++) {
		if (strlen(what_words[i].name) != n || memcmp(what_words[i].name, *s, n) != 0)
			continue;
		*s += n;
		rule->action.what = what_words[i].what;
		if (rule->calls & ~what_words[i].calls && rule->calls != ANY)
			return false;
		return !what_words[i].number || (*(*s)++ == '=' && parse_number(s, &rule->action.n));
	}
	rule->action.what = ERROR;
	rule->action.n = find_word(errno_words, *s, n);
	if (rule->action.n) {
		*s += n;
		return true;
	}
	return parse_number(s, &rule->action.n) && rule->action.n > 0 && rule->action.n < 4096;
}

static int parse_rules(struct zf_op *op, const char *text, struct rules *out)
{
	const char *s = text;

	memset(out, 0, sizeof *out);
	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		struct rule *rule = &out->rule[out->count++];
		const char *start = s;

		if (out->count > MAX_RULES)
			return zf_fail(op, EINVAL, "more than %d faults", MAX_RULES);
		if (!parse_call(&s, rule) || !parse_when(&s, rule) || !parse_what(&s, rule) ||
			(*s && *s != ' '))
			return zf_fail(op, EINVAL, "not a fault: '%.*s'", (int)strcspn(start, " "), start);
	}
	return 0;
}

/* What is to go wrong with this call. */
static struct action choose(struct fault *fault, enum call call, const char *key)
{
	struct action action = { NOTHING, 0 };

	pthread_mutex_lock(&fault->lock);
	for (size_t i = 0; i < fault->rules.count; i++) {
		struct rule *rule = &fault->rules.rule[i];

		if (!(rule->calls & call) || !strstr(key, rule->text))
			continue;
		rule->seen++;
		if (action.what == NOTHING && rule->seen >= rule->first && rule->seen <= rule->last)
			action = rule->action;
	}
	fault->hits += action.what != NOTHING;
	pthread_mutex_unlock(&fault->lock);
	return action;
}

static int hang(struct fault *fault, struct zf_op *op)
{
	static const struct timespec step = { .tv_nsec = 1000000 };

	__atomic_add_fetch(&fault->hanging, 1, __ATOMIC_RELAXED);
	while (zf_op_check(op) == 0)
		nanosleep(&step, NULL);
	__atomic_sub_fetch(&fault->hanging, 1, __ATOMIC_RELAXED);
	return -1;
}

/* Does what has to be done instead of the call: false if the call is to be made. */
static bool instead(struct fault *fault, struct zf_op *op, const struct action *action, int *result)
{
	if (action->what == ERROR) {
		errno = (int)action->n;
		*result = zf_fail(op, (int)action->n, "injected: %m");
	} else if (action->what == HANG) {
		*result = hang(fault, op);
	} else if (action->what == MISSING) {
		*result = ZF_MISSING;
	} else {
		return false;
	}
	return true;
}

/* ---- the calls --------------------------------------------------------------------------------------- */

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void bend_size(const struct action *action, struct zf_value *value)
{
	if (action->what == SHORT)
		value->size = less(value->size, action->n);
	else if (action->what == LIE)
		value->size += action->n;
}

static void flip_bit(uint8_t *data, size_t len, uint64_t bit)
{
	if (len > 0)
		data[bit / 8 % len] ^= (uint8_t)(1u << bit % 8);
}

/* The part of the range that a value without its last n bytes has. */
static int get_short(struct fault *fault, struct zf_op *op, const char *key, const struct zf_range *range,
	uint64_t n, struct zf_out *out, struct zf_value *value)
{
	struct zf_range part = { 0 };
	int result = zf_next_stat(fault->below, op, key, value);

	if (result != ZF_FOUND)
		return result;
	zf_range_clip(range, less(value->size, n), &part.offset, &part.len);
	return zf_next_get(fault->below, op, key, &part, out, value);
}

static int fault_get(struct zf_store *store, struct zf_op *op, const char *key, const struct zf_range *range,
	struct zf_out *out, struct zf_value *value)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, GET, key);
	size_t before = out->len;
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	if (action.what == SHORT)
		result = get_short(fault, op, key, range, action.n, out, value);
	else
		result = zf_next_get(fault->below, op, key, range, out, value);
	if (result != ZF_FOUND)
		return result;
	bend_size(&action, value);
	if (action.what == FLIP)
		flip_bit(out->data + before, out->len - before, action.n);
	return result;
}

static int fault_stat(struct zf_store *store, struct zf_op *op, const char *key, struct zf_value *value)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, STAT, key);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	result = zf_next_stat(fault->below, op, key, value);
	if (result == ZF_FOUND)
		bend_size(&action, value);
	return result;
}

static int fault_list(
	struct zf_store *store, struct zf_op *op, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, LIST, prefix);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return zf_next_list(fault->below, op, prefix, fn, arg);
}

static int put_flipped(struct fault *fault, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag, uint64_t bit)
{
	uint8_t *copy = malloc(len ? len : 1);
	int result;

	if (!copy)
		return zf_nomem(op, len);
	if (len > 0)
		memcpy(copy, data, len);
	flip_bit(copy, len, bit);
	result = zf_next_put(fault->below, op, key, copy, len, cond, tag);
	free(copy);
	return result;
}

static int fault_put(struct zf_store *store, struct zf_op *op, const char *key, const void *data, size_t len,
	enum zf_put_if cond, const struct zf_tag *tag)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, PUT, key);
	int result;

	/* "any@...=missing" has no meaning for a put */
	if (action.what != MISSING && instead(fault, op, &action, &result))
		return result;
	if (action.what == FLIP)
		return put_flipped(fault, op, key, data, len, cond, tag, action.n);
	if (action.what == SHORT)
		len = (size_t)less(len, action.n);
	return zf_next_put(fault->below, op, key, data, len, cond, tag);
}

static int fault_del(struct zf_store *store, struct zf_op *op, const char *key)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, DEL, key);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return zf_next_del(fault->below, op, key);
}

static int fault_flush(struct zf_store *store, struct zf_op *op)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, FLUSH, "");
	int result;

	if (action.what != MISSING && instead(fault, op, &action, &result))
		return result;
	return zf_next_flush(fault->below, op);
}

static int fault_settle(struct zf_store *store, struct zf_op *op)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, SETTLE, "");
	int result;

	if (action.what != MISSING && instead(fault, op, &action, &result))
		return result;
	return zf_next_settle(fault->below, op);
}

static int fault_rename(struct zf_store *store, struct zf_op *op, const char *from, const char *to)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, RENAME, from);
	int result;

	if (instead(fault, op, &action, &result))
		return result;
	return zf_next_rename(fault->below, op, from, to);
}

static int fault_prune(struct zf_store *store, struct zf_op *op, const char *prefix)
{
	struct fault *fault = (struct fault *)store;
	struct action action = choose(fault, PRUNE, prefix);
	int result;

	if (action.what != MISSING && instead(fault, op, &action, &result))
		return result;
	return zf_next_prune(fault->below, op, prefix);
}

static int fault_space(struct zf_store *store, struct zf_op *op, struct zf_space *out)
{
	return zf_next_space(((struct fault *)store)->below, op, out);
}

static void fault_close(struct zf_store *store)
{
	struct fault *fault = (struct fault *)store;

	zf_store_close(fault->below);
	pthread_mutex_destroy(&fault->lock);
	zf_store_fini(store);
	free(fault);
}

static const struct zf_store_ops fault_ops = {
	.kind = "fault",
	.get = fault_get,
	.stat = fault_stat,
	.list = fault_list,
	.put = fault_put,
	.del = fault_del,
	.settle = fault_settle,
	.flush = fault_flush,
	.rename = fault_rename,
	.prune = fault_prune,
	.space = fault_space,
	.close = fault_close,
};

/* ---- the outside ------------------------------------------------------------------------------------- */

int zf_fault_open(struct zf_op *op, struct zf_store *below, const char *rules, struct zf_store **out)
{
	struct fault *fault = calloc(1, sizeof *fault);
	unsigned caps = below->caps | ZF_STORE_ANY_THREAD;

	if (!fault) {
		zf_nomem(op, sizeof *fault);
		goto fail;
	}
	if (parse_rules(op, rules, &fault->rules) < 0 ||
		zf_store_init(&fault->store, op, &fault_ops, below->ctx, caps, below->name) < 0)
		goto fail;
	fault->below = below;
	pthread_mutex_init(&fault->lock, NULL);
	*out = &fault->store;
	return 0;
fail:
	free(fault);
	zf_store_close(below);
	return -1;
}

int zf_fault_set(struct zf_store *store, struct zf_op *op, const char *rules)
{
	struct fault *fault = (struct fault *)store;
	struct rules parsed;

	if (parse_rules(op, rules, &parsed) < 0)
		return -1;
	pthread_mutex_lock(&fault->lock);
	fault->rules = parsed;
	pthread_mutex_unlock(&fault->lock);
	return 0;
}

unsigned zf_fault_hanging(const struct zf_store *store)
{
	return __atomic_load_n(&((const struct fault *)store)->hanging, __ATOMIC_RELAXED);
}

unsigned zf_fault_hits(const struct zf_store *store)
{
	struct fault *fault = (struct fault *)store;
	unsigned hits;

	pthread_mutex_lock(&fault->lock);
	hits = fault->hits;
	pthread_mutex_unlock(&fault->lock);
	return hits;
}
