/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies a directory store into a database, for tests that let other programs look at it.
 *
 *     dbcopy FOLDER KIND PATH [killed]
 *
 * KIND as in fixture.c. With "killed" the program flushes, overwrites every value with one byte, and is
 * killed before the next flush: nothing of that may be seen.
 */
#include "base/ctx.h"
#include "store/db.h"
#include "store/dir.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int open_fn(
	struct zf_ctx *ctx, struct zf_op *op, const char *path, unsigned flags, struct zf_store **out);

static const struct {
	const char *kind;
	open_fn *open;
	unsigned flags;
} kinds[] = {
#ifdef HAVE_LMDB
	{ "lmdb", zf_lmdb_open, 0 },
#endif
#ifdef HAVE_GDBM
	{ "gdbm", zf_gdbm_open, 0 },
#endif
#ifdef HAVE_BDB
	{ "btree", zf_bdb_open, 0 },
	{ "hash", zf_bdb_open, ZF_DB_HASH },
	{ "ndbm", zf_ndbm_open, 0 },
#endif
	{ "dumbdbm", zf_dumbdbm_open, 0 },
};

static struct zf_ctx ctx;
static struct zf_op op;

/* Zero, or the program ends with the reason. */
static int must(int result)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "%s\n", op.text);
	exit(1);
}

static int open_database(const char *kind, const char *path, struct zf_store **out)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return must(kinds[i].open(&ctx, &op, path, ZF_DB_CREATE | kinds[i].flags, out));
	fprintf(stderr, "no kind %s in this build\n", kind);
	exit(77);
}

struct walk {
	struct zf_store *from, *to;
	const char *prefix;
	const char *instead; /* what is put in place of each value; NULL: the value */
	struct zf_out names; /* "dNAME" or "fNAME", each with a NUL */
};

static int add(void *arg, const char *name, bool is_prefix)
{
	struct walk *walk = arg;

	return zf_out_append(&walk->names, &op, is_prefix ? "d" : "f", 1) < 0 ||
	       zf_out_append(&walk->names, &op, name, strlen(name) + 1) < 0;
}

static void copy_value(const struct walk *walk, const char *key)
{
	struct zf_out value = ZF_OUT_GROWING((size_t)1 << 30);

	if (walk->instead)
		must(zf_out_append(&value, &op, walk->instead, strlen(walk->instead)));
	else
		must(zf_store_get(walk->from, &op, key, NULL, &value, NULL));
	must(zf_store_put(walk->to, &op, key, value.data, value.len, ZF_PUT_ALWAYS, NULL));
	zf_out_free(&value);
}

static void copy(const struct walk *above, const char *prefix)
{
	struct walk walk = *above;
	char key[4096];

	walk.names = ZF_OUT_GROWING((size_t)64 << 20);
	must(zf_store_list(walk.from, &op, prefix, add, &walk));
	for (size_t i = 0; i < walk.names.len; i += strlen((char *)walk.names.data + i) + 1) {
		const char *name = (char *)walk.names.data + i;

		snprintf(key, sizeof key, "%s%s%s", prefix, *prefix ? "/" : "", name + 1);
		if (*name == 'd')
			copy(&walk, key);
		else
			copy_value(&walk, key);
	}
	zf_out_free(&walk.names);
}

int main(int argc, char **argv)
{
	struct walk walk = { 0 };

	if (argc < 4)
		return 2;
	zf_op_init(&op);
	must(zf_dir_open(&ctx, &op, argv[1], ZF_DIR_READONLY, &walk.from));
	open_database(argv[2], argv[3], &walk.to);
	copy(&walk, "");
	must(zf_store_flush(walk.to, &op));
	if (argc > 4) {
		walk.instead = "!";
		copy(&walk, "");
		raise(SIGKILL);
	}
	zf_store_close(walk.to);
	zf_store_close(walk.from);
	return 0;
}
