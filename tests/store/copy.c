/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy FROM TO [kill]: copies all keys of a store to another, as the test "python" needs it. A zip archive or
 * SQLite database that is not there is made. "kill": after the flush it puts more, and dies without closing
 * anything.
 */
#include "base/ctx.h"
#include "store/db.h"
#include "store/store.h"
#include "store/zip.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct copying {
	struct zf_store *from, *to;
	struct zf_op op;
	struct zf_out out;
	char **prefixes; /* still to be listed */
	size_t count;
	const char *prefix; /* being listed */
	char **keys;
	size_t key_count;
};

static void fail(const struct zf_op *op)
{
	fprintf(stderr, "%s\n", op->text);
	exit(1);
}

static void keep(char ***list, size_t *count, char *text)
{
	*list = reallocarray(*list, *count + 1, sizeof(char *));
	if (!*list || !text)
		abort();
	(*list)[(*count)++] = text;
}

static int see(void *arg, const char *name, bool is_prefix)
{
	struct copying *c = arg;
	char *key;

	if (asprintf(&key, "%s%s%s", c->prefix, *c->prefix ? "/" : "", name) < 0)
		abort();
	if (is_prefix)
		keep(&c->prefixes, &c->count, key);
	else
		keep(&c->keys, &c->key_count, key);
	return 0;
}

static void copy_key(struct copying *c, const char *key)
{
	c->out.len = 0;
	if (zf_store_get(c->from, &c->op, key, NULL, &c->out, NULL) != ZF_FOUND ||
		zf_store_put(c->to, &c->op, key, c->out.data, c->out.len, ZF_PUT_ALWAYS, NULL) < 0)
		fail(&c->op);
}

static void copy_all(struct copying *c)
{
	keep(&c->prefixes, &c->count, strdup(""));
	while (c->count > 0) {
		char *prefix = c->prefixes[--c->count];

		c->prefix = prefix;
		if (zf_store_list(c->from, &c->op, prefix, see, c) < 0)
			fail(&c->op);
		free(prefix);
	}
	for (size_t i = 0; i < c->key_count; i++) {
		copy_key(c, c->keys[i]);
		/* flushes in between, and keys put more than once */
		if (i % 7 == 3 && zf_store_flush(c->to, &c->op) < 0)
			fail(&c->op);
		if (i % 3 == 1)
			copy_key(c, c->keys[i / 2]);
	}
	if (zf_store_flush(c->to, &c->op) < 0)
		fail(&c->op);
}

/* More of the same, never flushed. */
static void die(struct copying *c)
{
	static char junk[1 << 20];

	memset(junk, 'j', sizeof junk);
	for (size_t i = 0; i < c->key_count; i++)
		if (zf_store_put(c->to, &c->op, c->keys[i], junk, sizeof junk, ZF_PUT_ALWAYS, NULL) < 0)
			fail(&c->op);
	kill(getpid(), SIGKILL);
}

static int open_to(struct zf_ctx *ctx, struct zf_op *op, const char *spec, struct zf_store **out)
{
	if (strncmp(spec, "zip:", 4) == 0)
		return zf_zip_open(ctx, op, spec + 4, ZF_ZIP_CREATE, out);
#ifdef HAVE_SQLITE
	if (strncmp(spec, "sqlite:", 7) == 0)
		return zf_sqlite_open(ctx, op, spec + 7, ZF_DB_CREATE, out);
#endif
	return zf_store_open(ctx, op, spec, 0, out);
}

int main(int argc, char **argv)
{
	struct copying c = { .out = ZF_OUT_GROWING((size_t)1 << 30) };
	struct zf_ctx ctx;

	memset(&ctx, 0, sizeof ctx);
	zf_op_init(&c.op);
	if (argc < 3 || zf_store_open(&ctx, &c.op, argv[1], ZF_OPEN_READONLY, &c.from) < 0 ||
		open_to(&ctx, &c.op, argv[2], &c.to) < 0)
		fail(&c.op);
	copy_all(&c);
	if (argc > 3)
		die(&c);
	zf_store_close(c.to);
	zf_store_close(c.from);
	for (size_t i = 0; i < c.key_count; i++)
		free(c.keys[i]);
	free(c.keys);
	free(c.prefixes);
	zf_out_free(&c.out);
	return 0;
}
