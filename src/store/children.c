/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing the children of a prefix where keys are flat.
 */
#include "store/children.h"

#include <string.h>

void zf_children_begin(struct zf_children *c, zf_store_list_fn *fn, void *arg)
{
	memset(c, 0, sizeof *c);
	c->fn = fn;
	c->arg = arg;
}

static void tell(struct zf_children *c, const char *name, size_t n, bool is_prefix)
{
	char copy[ZF_MAX_NAME + 1];

	if (n > ZF_MAX_NAME || c->stopped)
		return;
	memcpy(copy, name, n);
	copy[n] = '\0';
	c->stopped = c->fn(c->arg, copy, is_prefix) != 0;
}

/* Tells the keys that wait, up to those that `rest` (NULL: nothing more comes) leaves waiting. */
static void settle(struct zf_children *c, const char *rest)
{
	while (c->longest > 0) {
		size_t n = c->longest;
		bool begins = rest && strncmp(rest, c->name, n) == 0;

		if (begins && (unsigned char)rest[n] < '/')
			return;
		/* "KEY/...": the key is told as a prefix */
		if (!(begins && rest[n] == '/'))
			tell(c, c->name, n, false);
		c->waits[n] = false;
		while (c->longest > 0 && !c->waits[c->longest])
			c->longest--;
	}
}

size_t zf_children_add(struct zf_children *c, const char *rest)
{
	size_t n = strcspn(rest, "/");

	c->found = true;
	settle(c, rest);
	if (rest[n]) {
		tell(c, rest, n, true);
		return n;
	}
	if (n == 0 || n > ZF_MAX_NAME)
		return 0;
	memcpy(c->name, rest, n);
	c->waits[n] = true;
	c->longest = n;
	return 0;
}

int zf_children_end(struct zf_children *c)
{
	settle(c, NULL);
	return c->found ? ZF_FOUND : ZF_MISSING;
}

int zf_names_keep(void *arg, const char *name, bool is_prefix)
{
	struct zf_names *names = arg;

	names->failed = zf_out_append(&names->out, names->op, is_prefix ? "/" : " ", 1) < 0 ||
			zf_out_append(&names->out, names->op, name, strlen(name) + 1) < 0;
	return names->failed;
}

int zf_names_tell(struct zf_names *names, int result, zf_store_list_fn *fn, void *arg)
{
	const char *at = (const char *)names->out.data;
	const char *end = at ? at + names->out.len : at;

	if (names->failed)
		result = -1;
	while (result == ZF_FOUND && at < end && fn(arg, at + 1, *at == '/') == 0)
		at += strlen(at) + 1;
	zf_out_free(&names->out);
	return result;
}
