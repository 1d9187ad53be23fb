/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of the view share: directories written by hand, and what a tree shows of them as text.
 */
#ifndef ZF_UNIT_VIEW_FIXTURE_H
#define ZF_UNIT_VIEW_FIXTURE_H

#include "unit.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define V2(SHAPE, CHUNKS, MORE)                                                                              \
	"{\"zarr_format\": 2, \"shape\": " SHAPE ", \"chunks\": " CHUNKS ", \"dtype\": \"<i2\", "            \
	"\"compressor\": null, \"filters\": null, \"fill_value\": 0, \"order\": \"C\"" MORE "}"
#define V2_ARRAY V2("[2, 3]", "[2, 2]", "")
#define V2_GROUP "{\"zarr_format\": 2}"
#define V3_GROUP "{\"zarr_format\": 3, \"node_type\": \"group\"}"
#define V3_ARRAY                                                                                             \
	"{\"zarr_format\": 3, \"node_type\": \"array\", \"shape\": [4], \"data_type\": \"uint8\", "          \
	"\"chunk_grid\": {\"name\": \"regular\", \"configuration\": {\"chunk_shape\": [4]}}, "               \
	"\"chunk_key_encoding\": {\"name\": \"default\"}, \"fill_value\": 0, \"codecs\": [{\"name\": "       \
	"\"bytes\"}]}"

struct fixture {
	char dir[64];
	struct zf_ctx *ctx;
	struct zf_tree *tree;
	struct zf_op op;
	char log[4096]; /* warnings and errors, a line each */
};

static inline void on_log(void *arg, enum zf_level level, const char *line)
{
	struct fixture *f = arg;
	size_t n = strlen(f->log);

	if (level <= ZF_LOG_WARNING)
		snprintf(f->log + n, sizeof f->log - n, "%s\n", line);
}

static inline struct fixture *set_up(void)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct zf_config config = { .serial = true, .log = on_log, .log_arg = f };

	strcpy(f->dir, "/tmp/zarrfs-view-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	zf_op_init(&f->op);
	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	return f;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void tear_down(struct fixture *f)
{
	struct zf_stats stats;

	zf_tree_close(f->tree);
	zf_ctx_stats(f->ctx, &stats);
	ck_assert_uint_eq(stats.pinned, 0);
	ck_assert_uint_eq(stats.cache_bytes, 0);
	zf_ctx_free(f->ctx);
	remove_tree(f->dir);
	free(f);
}

static inline char *in_dir(const struct fixture *f, const char *name)
{
	char *path;

	ck_assert_int_ge(asprintf(&path, "%s/%s", f->dir, name), 0);
	return path;
}

static inline void put_bytes(struct fixture *f, const char *name, const void *data, size_t len)
{
	char *path = in_dir(f, name), *temporary = in_dir(f, "temporary");
	FILE *file = fopen(temporary, "wb");

	for (char *slash = path + strlen(f->dir) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		ck_assert(mkdir(path, 0777) == 0 || errno == EEXIST);
	}
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(rename(temporary, path), 0); /* a new inode each time, so that changes show */
	free(temporary);
	free(path);
}

static inline void put(struct fixture *f, const char *name, const char *text)
{
	put_bytes(f, name, text, strlen(text));
}

static inline void drop(struct fixture *f, const char *name)
{
	char *path = in_dir(f, name);

	remove_tree(path);
	free(path);
}

/* Opens the directory, with "#..." appended where there is one. */
static inline int open_tree(struct fixture *f, const char *fragment)
{
	char *spec;
	int result;

	ck_assert_int_ge(asprintf(&spec, "%s%s", f->dir, fragment), 0);
	result = zf_tree_open(
		f->ctx, &f->op, spec, &(struct zf_tree_config){ .flags = ZF_OPEN_READONLY }, &f->tree);
	free(spec);
	return result;
}

/* ---- listings as text: "g/ a:12 a.info broken:0! broken.info " ---- */

struct listing {
	char text[8192];
};

static inline int on_name(void *arg, const char *name, const struct zf_attr *attr)
{
	struct listing *l = arg;
	size_t n = strlen(l->text);
	bool info = strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".info") == 0;

	if (attr->kind == ZF_DIR)
		snprintf(l->text + n, sizeof l->text - n, "%s/ ", name);
	else if (!info)
		snprintf(l->text + n, sizeof l->text - n, "%s:%d%s ", name, (int)attr->size,
			attr->broken ? "!" : "");
	else
		snprintf(l->text + n, sizeof l->text - n, "%s%s ", name, attr->broken ? "!" : "");
	return 0;
}

static inline const char *list(struct fixture *f, struct listing *l, const char *path)
{
	*l = (struct listing){ 0 };
	zf_op_init(&f->op);
	if (zf_tree_list(f->tree, &f->op, path, on_name, l) < 0)
		snprintf(l->text, sizeof l->text, "errno %d: %s", f->op.err, f->op.text);
	return l->text;
}

#define lists(F, PATH, WANT)                                                                                 \
	do {                                                                                                 \
		struct listing lists_l;                                                                      \
		ck_assert_str_eq(list((F), &lists_l, (PATH)), (WANT));                                       \
	} while (0)

/* Size, "dir", or errno and message of a path. */
static inline const char *look(struct fixture *f, const char *path, char buf[static 2200])
{
	struct zf_attr attr;

	zf_op_init(&f->op);
	if (zf_tree_stat(f->tree, &f->op, path, &attr) < 0)
		snprintf(buf, 2200, "errno %d: %s", f->op.err, f->op.text);
	else if (attr.kind == ZF_DIR)
		strcpy(buf, "dir");
	else
		snprintf(buf, 2200, "%llu%s", (unsigned long long)attr.size, attr.broken ? "!" : "");
	return buf;
}

#define looks(F, PATH, WANT)                                                                                 \
	do {                                                                                                 \
		char looks_buf[2200];                                                                        \
		ck_assert_str_eq(look((F), (PATH), looks_buf), (WANT));                                      \
	} while (0)

static inline void missing(struct fixture *f, const char *path)
{
	char want[6100], got[2200];

	snprintf(want, sizeof want, "errno 2: %s: no such array or group", *path ? path : "/");
	want[2047 + strlen("errno 2: ")] = '\0';
	ck_assert_str_eq(look(f, path, got), want);
}

/* The whole content of a file; new. */
static inline char *content(struct fixture *f, const char *path, size_t *len)
{
	struct zf_file *file;
	char *data;
	size_t size;

	zf_op_init(&f->op);
	unit_ok(zf_file_open(f->tree, &f->op, path, 0, &file), &f->op);
	size = (size_t)zf_file_size(file);
	data = calloc(1, size + 1);
	unit_ok(zf_file_pread(file, &f->op, data, size + 10, 0, len), &f->op);
	ck_assert_uint_eq(*len, size);
	zf_file_close(file);
	return data;
}

static inline void opening_fails(struct fixture *f, const char *path, int err, const char *text)
{
	struct zf_file *file;

	zf_op_init(&f->op);
	unit_fails(zf_file_open(f->tree, &f->op, path, 0, &file), &f->op, err, text);
}

#endif
