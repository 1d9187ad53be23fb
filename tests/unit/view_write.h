/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of writing through the view share.
 */
#ifndef ZF_UNIT_VIEW_WRITE_H
#define ZF_UNIT_VIEW_WRITE_H

#include "view_fixture.h"

/* Opens the directory for writing. */
static inline void open_writable(struct fixture *f, const struct zf_tree_config *config)
{
	zf_op_init(&f->op);
	unit_ok(zf_tree_open(f->ctx, &f->op, f->dir, config, &f->tree), &f->op);
}

static inline void reopen(struct fixture *f, const struct zf_tree_config *config)
{
	zf_tree_close(f->tree);
	f->tree = NULL;
	open_writable(f, config);
}

static inline struct zf_file *opened(struct fixture *f, const char *path, unsigned flags)
{
	struct zf_file *file = NULL;

	zf_op_init(&f->op);
	unit_ok(zf_file_open(f->tree, &f->op, path, flags, &file), &f->op);
	return file;
}

/* Fails with this errno and message. */
static inline void not_opened(struct fixture *f, const char *path, unsigned flags, int err, const char *text)
{
	struct zf_file *file;

	zf_op_init(&f->op);
	unit_fails(zf_file_open(f->tree, &f->op, path, flags, &file), &f->op, err, text);
}

static inline void write_at(struct fixture *f, struct zf_file *file, uint64_t offset, const void *p, size_t n)
{
	zf_op_init(&f->op);
	unit_ok(zf_file_pwrite(file, &f->op, p, n, offset), &f->op);
}

static inline void flushed(struct fixture *f, struct zf_file *file)
{
	zf_op_init(&f->op);
	unit_ok(zf_file_flush(file, &f->op), &f->op);
}

static inline void flushed_and_closed(struct fixture *f, struct zf_file *file)
{
	flushed(f, file);
	zf_file_close(file);
}

/* What `cat >PATH` does. */
static inline void write_file(struct fixture *f, const char *path, const void *p, size_t n)
{
	struct zf_file *file = opened(f, path, ZF_FILE_WRITE | ZF_FILE_CREATE | ZF_FILE_TRUNCATE);

	write_at(f, file, 0, p, n);
	flushed_and_closed(f, file);
}

/* A file of the directory as it is stored; NULL: it is not there. New. */
static inline char *stored(struct fixture *f, const char *name, size_t *len)
{
	char *path = in_dir(f, name), *data = calloc(1, 1 << 20);
	FILE *file = fopen(path, "rb");

	free(path);
	if (!file) {
		free(data);
		return NULL;
	}
	*len = fread(data, 1, (1 << 20) - 1, file);
	fclose(file);
	return data;
}

#define stores(F, NAME, WANT, LEN)                                                                           \
	do {                                                                                                 \
		size_t stores_len = 0;                                                                       \
		char *stores_data = stored((F), (NAME), &stores_len);                                        \
		ck_assert_msg(stores_data != NULL, "%s is not there", (NAME));                               \
		ck_assert_uint_eq(stores_len, (LEN));                                                        \
		unit_bytes_eq(stores_data, (WANT), stores_len);                                              \
		free(stores_data);                                                                           \
	} while (0)

#define stores_text(F, NAME, WANT)                                                                           \
	do {                                                                                                 \
		size_t stores_len = 0;                                                                       \
		char *stores_data = stored((F), (NAME), &stores_len);                                        \
		ck_assert_msg(stores_data != NULL, "%s is not there", (NAME));                               \
		ck_assert_str_eq(stores_data, (WANT));                                                       \
		free(stores_data);                                                                           \
	} while (0)

#define not_stored(F, NAME)                                                                                  \
	do {                                                                                                 \
		size_t stores_len = 0;                                                                       \
		char *stores_data = stored((F), (NAME), &stores_len);                                        \
		ck_assert_msg(stores_data == NULL, "%s is there", (NAME));                                   \
	} while (0)

#define holds(F, PATH, WANT, LEN)                                                                            \
	do {                                                                                                 \
		size_t holds_len = 0;                                                                        \
		char *holds_data = content((F), (PATH), &holds_len);                                         \
		ck_assert_uint_eq(holds_len, (LEN));                                                         \
		unit_bytes_eq(holds_data, (WANT), holds_len);                                                \
		free(holds_data);                                                                            \
	} while (0)

#endif
