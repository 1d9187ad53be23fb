/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which chunks are stored: by listing the keys below the array.
 */
#include "array/internal.h"

#include "base/checked.h"

#include <stdio.h>
#include <string.h>

struct listing {
	const struct zf_array *array;
	struct zf_op *op;
	zf_stored_at_fn *fn;
	void *arg;
	unsigned depth; /* components of a key below the array */
	bool stop;
	char rest[ZF_MAX_KEY + 1]; /* the key below the array, as far as it is known */
	size_t len;
};

/* The prefixes found at one level: names in a row, each with its NUL. They are gone into after the listing,
 * since a store is not to be called from within one. */
struct level {
	struct listing *listing;
	struct zf_out names;
	bool last;  /* keys are expected here, not prefixes */
	bool nomem; /* the callback may not fail the store's operation */
};

static void key_found(struct listing *l)
{
	uint64_t coords[ZF_MAX_NDIM];

	if (zf_key_parse(&l->array->encoding, l->rest, l->array->grid.array_ndim, coords) &&
		l->fn(l->arg, coords))
		l->stop = true;
}

/* Components of the keys: one, unless they are separated by slashes. */
static unsigned components(const struct zf_array *a)
{
	unsigned n = a->grid.array_ndim;

	if (a->encoding.separator != '/')
		return 1;
	if (a->encoding.c_joined)
		return n ? n : 1;
	return (a->encoding.c_prefix ? 1 : 0) + (n ? n : !a->encoding.c_prefix);
}

/* Adds a component to the key; false when it would be too long for one. */
static bool descend(struct listing *l, const char *name)
{
	size_t n = strlen(name);

	if (l->len + n + 2 > sizeof l->rest)
		return false;
	if (l->len)
		l->rest[l->len++] = '/';
	memcpy(l->rest + l->len, name, n + 1);
	l->len += n;
	return true;
}

static void ascend(struct listing *l, size_t len)
{
	l->len = len;
	l->rest[len] = '\0';
}

static int visit(void *arg, const char *name, bool is_prefix)
{
	struct level *level = arg;
	struct listing *l = level->listing;
	size_t before = l->len;

	if (is_prefix == level->last)
		return 0;
	if (!is_prefix) {
		if (descend(l, name))
			key_found(l);
		ascend(l, before);
		return l->stop;
	}
	if ((name[0] >= '0' && name[0] <= '9') || name[0] == 'c') {
		struct zf_op op;

		zf_op_init(&op);
		level->nomem = zf_out_append(&level->names, &op, name, strlen(name) + 1) < 0;
	}
	return level->nomem;
}

static int list_level(struct listing *l, unsigned depth)
{
	struct level level = { l, ZF_OUT_GROWING(SIZE_MAX / 2), depth == l->depth, false };
	char prefix[ZF_MAX_KEY + 1];
	const char *path = l->array->path;
	size_t before = l->len;
	int n = snprintf(prefix, sizeof prefix, "%s%s%s", path, *path && l->len ? "/" : "", l->rest), ret = 0;

	if (n < 0 || (size_t)n >= sizeof prefix)
		return 0; /* no key can be that long */
	if (zf_store_list(l->array->base, l->op, prefix, visit, &level) < 0)
		ret = -1;
	else if (level.nomem)
		ret = zf_nomem(l->op, level.names.cap * 2);
	for (size_t at = 0; at < level.names.len && !ret && !l->stop;) {
		const char *name = (const char *)level.names.data + at;

		at += strlen(name) + 1;
		if (descend(l, name))
			ret = list_level(l, depth + 1);
		ascend(l, before);
	}
	zf_out_free(&level.names);
	return ret;
}

int zf_array_stored_at(const struct zf_array *a, struct zf_op *op, zf_stored_at_fn *fn, void *arg)
{
	struct listing l = { .array = a, .op = op, .fn = fn, .arg = arg, .depth = components(a) };

	if (a->encoding.folder)
		descend(&l, a->encoding.folder);
	return list_level(&l, 1);
}

struct inside {
	const struct zf_array *array;
	zf_stored_fn *fn;
	void *arg;
	uint64_t length; /* of dimension 0 */
};

static int if_inside(void *arg, const uint64_t *coords)
{
	struct inside *in = arg;
	const struct zf_array *a = in->array;
	uint64_t base = 0;

	if (a->grid.array_ndim && !a->edges[0] && coords[0] >= zf_div_up(in->length, a->base_chunk[0]))
		return 0; /* left by a shrink */
	for (unsigned d = 0; d < a->grid.array_ndim; d++) {
		if (coords[d] >= a->base_count[d])
			return 0;
		base = base * a->base_count[d] + coords[d];
	}
	return in->fn(in->arg, base);
}

int zf_array_stored(const struct zf_array *a, struct zf_op *op, zf_stored_fn *fn, void *arg)
{
	struct inside in = { a, fn, arg, zf_array_length(a) };

	return zf_array_stored_at(a, op, if_inside, &in);
}
