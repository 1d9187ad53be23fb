/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole stores made of the fuzzer's bytes, of which everything is listed, opened and read.
 *
 *   store   keys and values in memory: each a byte with the length of the key, the key, two bytes (little
 *           endian) with the length of the value, the value
 *   zip     an archive
 */
#include "targets.h"

#include "store/store.h"
#include "view/view.h"
#include "zarrfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CACHE = 1 << 20,
	CACHE_MAX = 4 << 20,
	NAMES_MOST = 64, /* of one store that are looked at */
	READ_MOST = 64 << 10,
};

/* ---- reading all that there is ---- */

struct names {
	char path[NAMES_MOST][512];
	unsigned count;
	const char *below;
};

static int note_name(void *arg, const char *name, const struct zf_attr *attr)
{
	struct names *names = arg;
	char *to = names->path[names->count];
	size_t room = sizeof names->path[0];
	int n = snprintf(to, room, "%s%s%s", names->below, *names->below ? "/" : "", name);

	(void)attr;
	if (n > 0 && (size_t)n < room)
		names->count++;
	return names->count == NAMES_MOST;
}

static void read_file(struct zf_tree *tree, const char *path)
{
	static char buffer[READ_MOST];
	struct zf_file *file;
	struct zf_op op;
	uint64_t size, at;
	size_t got;

	zf_op_init(&op);
	if (zf_file_open(tree, &op, path, 0, &file) < 0)
		return;
	size = zf_file_size(file);
	zf_op_init(&op);
	zf_file_pread(file, &op, buffer, sizeof buffer, 0, &got);
	zf_op_init(&op);
	zf_file_pread(file, &op, buffer, sizeof buffer, size - (size < 1000 ? size : 1000), &got);
	zf_op_init(&op);
	zf_file_seek(file, &op, 0, true, &at);
	zf_op_init(&op);
	zf_file_seek(file, &op, size / 2, false, &at);
	zf_file_close(file);
}

/* Goes through the tree, breadth first; what is no directory is read. */
static void read_tree(struct zf_tree *tree)
{
	struct names *names = calloc(1, sizeof *names);
	struct zf_op op;

	if (!names)
		return;
	names->below = "";
	zf_op_init(&op);
	zf_tree_list(tree, &op, "", note_name, names);
	for (unsigned i = 0; i < names->count; i++) {
		struct zf_attr attr;

		zf_op_init(&op);
		if (zf_tree_stat(tree, &op, names->path[i], &attr) < 0)
			continue;
		names->below = names->path[i];
		zf_op_init(&op);
		if (attr.kind == ZF_FILE)
			read_file(tree, names->path[i]);
		else if (names->count < NAMES_MOST)
			zf_tree_list(tree, &op, names->path[i], note_name, names);
	}
	free(names);
}

static struct zf_ctx *context(void)
{
	struct zf_config config = { .cache = CACHE, .cache_max = CACHE_MAX, .serial = true };
	struct zf_ctx *ctx;
	struct zf_op op;

	zf_op_init(&op);
	if (zf_ctx_new(&config, &op, &ctx) < 0)
		abort();
	return ctx;
}

static struct zf_tree *open_tree(struct zf_ctx *ctx, const char *spec)
{
	struct zf_tree *tree;
	struct zf_op op;

	zf_op_init(&op);
	return zf_tree_open(ctx, &op, spec, NULL, &tree) == 0 ? tree : NULL;
}

/* ---- in memory ---- */

/* Puts the next value; false at the end. */
static bool put_one(struct zf_store *store, const uint8_t **data, size_t *len)
{
	const uint8_t *p = *data;
	size_t key_len, value_len;
	char key[256];
	struct zf_op op;

	if (*len < 1 || *len < (key_len = p[0]) + 3u)
		return false;
	memcpy(key, p + 1, key_len);
	key[key_len] = '\0';
	p += 1 + key_len;
	value_len = p[0] | (size_t)p[1] << 8;
	p += 2;
	if (value_len > *len - key_len - 3)
		value_len = *len - key_len - 3;
	zf_op_init(&op);
	if (zf_key_valid(key))
		zf_store_put(store, &op, key, p, value_len, ZF_PUT_ALWAYS, NULL);
	*data = p + value_len;
	*len -= key_len + 3 + value_len;
	return true;
}

void fuzz_store(const uint8_t *data, size_t len)
{
	struct zf_ctx *ctx = context();
	struct zf_tree *tree = open_tree(ctx, "mem:fuzz");
	struct zf_op op;

	if (!tree)
		abort();
	zf_op_init(&op);
	zf_store_del(tree->store, &op, "zarr.json");
	while (put_one(tree->store, &data, &len))
		;
	read_tree(tree);
	zf_tree_close(tree);
	zf_ctx_free(ctx);
}

/* ---- an archive ---- */

void fuzz_zip(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", 0);
	struct zf_ctx *ctx = context();
	struct zf_tree *tree;
	char spec[64];

	if (fd < 0 || (len && write(fd, data, len) != (ssize_t)len))
		abort();
	snprintf(spec, sizeof spec, "zip:/proc/self/fd/%d", fd);
	tree = open_tree(ctx, spec);
	if (tree)
		read_tree(tree);
	zf_tree_close(tree);
	zf_ctx_free(ctx);
	close(fd);
}
