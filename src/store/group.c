/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An array of changes and two indexes: of all keys, and of those that are there.
 */
#include "store/group.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

enum { COST = 256 }; /* of a change beside its data: its key, and its place in the indexes */

void zf_group_clear(struct zf_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		free(group->change[i].key);
		free(group->change[i].data);
	}
	free(group->change);
	zf_keys_free(group->keys);
	zf_keys_free(group->puts);
	*group = (struct zf_group){ 0 };
}

const struct zf_change *zf_group_find(const struct zf_group *group, const char *key)
{
	uint64_t i;

	return group->keys && zf_keys_get(group->keys, key, &i) ? &group->change[i] : NULL;
}

static int make_room(struct zf_group *group, struct zf_op *op)
{
	size_t cap = group->cap ? group->cap * 2 : 16;
	struct zf_change *change;

	if (!group->keys && zf_keys_new(op, &group->keys) < 0)
		return -1;
	if (!group->puts && zf_keys_new(op, &group->puts) < 0)
		return -1;
	if (group->count < group->cap)
		return 0;
	change = realloc(group->change, cap * sizeof *change);
	if (!change)
		return zf_nomem(op, cap * sizeof *change);
	group->change = change;
	group->cap = cap;
	return 0;
}

/* The change of a key, made if there is none; NULL: no memory. */
static struct zf_change *make_change(struct zf_group *group, struct zf_op *op, const char *key)
{
	struct zf_change *change;
	uint64_t i;

	if (make_room(group, op) < 0)
		return NULL;
	if (zf_keys_get(group->keys, key, &i))
		return &group->change[i];
	change = &group->change[group->count];
	*change = (struct zf_change){ .key = strdup(key) };
	if (!change->key) {
		zf_nomem(op, strlen(key) + 1);
		return NULL;
	}
	if (zf_keys_put(group->keys, op, key, group->count) < 0) {
		free(change->key);
		return NULL;
	}
	group->count++;
	group->bytes += COST + strlen(key);
	return change;
}

int zf_group_put(struct zf_group *group, struct zf_op *op, const char *key, const void *data, size_t len)
{
	uint8_t *copy = malloc(len + !len);
	struct zf_change *change;

	if (!copy)
		return zf_nomem(op, len);
	if (len)
		memcpy(copy, data, len);
	/* first the index of what is there: a change that is half made would be a deletion */
	if (make_room(group, op) < 0 || zf_keys_put(group->puts, op, key, 0) < 0)
		goto fail;
	change = make_change(group, op, key);
	if (!change) {
		const struct zf_change *old = zf_group_find(group, key);

		if (!old || !old->data)
			zf_keys_del(group->puts, key);
		goto fail;
	}
	group->bytes += len - (change->data ? change->len : 0);
	free(change->data);
	change->data = copy;
	change->len = len;
	return 0;
fail:
	free(copy);
	return -1;
}

int zf_group_del(struct zf_group *group, struct zf_op *op, const char *key)
{
	struct zf_change *change = make_change(group, op, key);

	if (!change)
		return -1;
	group->bytes -= change->data ? change->len : 0;
	free(change->data);
	change->data = NULL;
	change->len = 0;
	zf_keys_del(group->puts, key);
	return 0;
}

/* ---- listing ------------------------------------------------------------------------------------------- */

int zf_union_begin(struct zf_union *names, struct zf_op *op)
{
	*names = (struct zf_union){ .op = op };
	return zf_keys_new(op, &names->names);
}

int zf_union_empty(struct zf_union *names)
{
	zf_keys_free(names->names);
	names->names = NULL;
	return zf_keys_new(names->op, &names->names);
}

int zf_union_add(void *arg, const char *name, bool is_prefix)
{
	struct zf_union *names = arg;
	char key[ZF_MAX_NAME + sizeof "/x"];

	/* longer ones the view cannot show */
	if (strlen(name) > ZF_MAX_NAME)
		return 0;
	strcpy(key, name);
	if (is_prefix)
		strcat(key, "/x");
	names->failed = zf_keys_put(names->names, names->op, key, 0) < 0;
	return names->failed;
}

int zf_union_group(struct zf_union *names, const struct zf_group *group, const char *prefix)
{
	if (group->puts && zf_keys_list(group->puts, names->op, prefix, zf_union_add, names) < 0)
		return -1;
	return names->failed ? -1 : 0;
}

int zf_union_end(struct zf_union *names, int result, const char *prefix, zf_store_list_fn *fn, void *arg)
{
	if (result >= 0)
		result = *prefix && zf_keys_count(names->names) == 0
				 ? ZF_MISSING
				 : zf_keys_list(names->names, names->op, "", fn, arg);
	zf_keys_free(names->names);
	return result;
}
