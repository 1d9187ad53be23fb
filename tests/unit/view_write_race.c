/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many threads in one tree: writers of disjoint parts, who flush, rename, resize, remove and make what the
 * others use. For the thread sanitizer; and what each wrote has to be there in the end.
 */
#include "view_write.h"

enum { WRITERS = 4, PART = 4096, ROUNDS = 60 };

#define ARRAY                                                                                                \
	"{\"zarr_format\": 2, \"shape\": [16384], \"chunks\": [1000], \"dtype\": \"|u1\", \"compressor\": "  \
	"null, \"filters\": null, \"fill_value\": 0, \"order\": \"C\"}"

struct worker {
	pthread_t thread;
	struct zf_tree *tree;
	uint64_t seed;
	int number, failed;
	char text[ZF_OP_TEXT];
	unsigned char bytes[PART]; /* what its part holds */
};

static void failed(struct worker *w, const struct zf_op *op)
{
	if (!w->failed)
		memcpy(w->text, op->text, sizeof w->text);
	w->failed = op->err;
}

/* Opens under one of the two names that the array has in turn. */
static struct zf_file *open_either(struct worker *w, unsigned flags)
{
	struct zf_file *file;
	struct zf_op op;

	for (int i = 0; i < 1000; i++) {
		zf_op_init(&op);
		if (zf_file_open(w->tree, &op, i % 2 ? "b" : "a", flags, &file) == 0)
			return file;
		if (op.err != ENOENT)
			break;
	}
	failed(w, &op);
	return NULL;
}

static void write_some(struct worker *w, struct zf_file *file)
{
	size_t at = unit_below(&w->seed, PART), n = 1 + unit_below(&w->seed, PART - at);
	unsigned char got[PART];
	size_t len = 0;
	struct zf_op op;

	for (size_t i = at; i < at + n; i++)
		w->bytes[i] = (unsigned char)unit_random(&w->seed);
	zf_op_init(&op);
	if (zf_file_pwrite(file, &op, w->bytes + at, n, (uint64_t)w->number * PART + at) < 0 ||
		zf_file_pread(file, &op, got, PART, (uint64_t)w->number * PART, &len) < 0)
		failed(w, &op);
	else if (len != PART || memcmp(got, w->bytes, PART) != 0)
		w->failed = EILSEQ;
}

static void *write_part(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS && !w->failed; i++) {
		struct zf_file *file = open_either(w, ZF_FILE_WRITE);
		struct zf_op op;

		if (!file)
			break;
		write_some(w, file);
		write_some(w, file);
		zf_op_init(&op);
		if (unit_below(&w->seed, 2) && zf_file_flush(file, &op) < 0)
			failed(w, &op);
		zf_file_close(file);
	}
	return NULL;
}

static void *rename_both_ways(void *arg)
{
	struct worker *w = arg;
	struct zf_op op;

	for (int i = 0; i < ROUNDS && !w->failed; i++) {
		zf_op_init(&op);
		if (zf_tree_rename(w->tree, &op, i % 2 ? "b" : "a", i % 2 ? "a" : "b", 0) < 0)
			failed(w, &op);
	}
	return NULL;
}

/* Makes, resizes, lists and removes arrays of its own beside. */
static void *make_and_remove(void *arg)
{
	struct worker *w = arg;
	struct listing l;
	struct zf_op op;

	for (int i = 0; i < ROUNDS && !w->failed; i++) {
		struct zf_file *file = NULL, *text = NULL;

		zf_op_init(&op);
		l.text[0] = '\0';
		if (zf_file_open(w->tree, &op, "c", ZF_FILE_WRITE | ZF_FILE_CREATE, &file) < 0 ||
			zf_file_pwrite(file, &op, "some bytes", 10, 0) < 0 || zf_file_flush(file, &op) < 0 ||
			zf_file_truncate(file, &op, 3) < 0 ||
			zf_file_open(w->tree, &op, "c.info", ZF_FILE_WRITE, &text) < 0 ||
			zf_file_pwrite(text, &op, "{\"shape\": [5]}", 14, 0) < 0 ||
			zf_file_flush(text, &op) < 0 || zf_tree_list(w->tree, &op, "", on_name, &l) < 0 ||
			zf_tree_flush(w->tree, &op) < 0 || zf_tree_unlink(w->tree, &op, "c") < 0)
			failed(w, &op);
		zf_tree_write_back(w->tree, 0);
		zf_file_close(text);
		zf_file_close(file);
	}
	return NULL;
}

START_TEST(all_at_once)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct zf_config config = { .threads = 2, .cache = 1 << 20, .log = on_log, .log_arg = f };
	struct worker workers[WRITERS + 2] = { 0 };
	uint64_t seed = unit_seed();
	size_t len;
	char *data;

	strcpy(f->dir, "/tmp/zarrfs-view-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(f->dir));
	zf_op_init(&f->op);
	unit_ok(zf_ctx_new(&config, &f->op, &f->ctx), &f->op);
	put(f, ".zgroup", V2_GROUP);
	put(f, "a/.zarray", ARRAY);
	open_writable(f, NULL);
	for (int i = 0; i < WRITERS + 2; i++) {
		workers[i].tree = f->tree;
		workers[i].number = i;
		workers[i].seed = unit_random(&seed);
		ck_assert_int_eq(pthread_create(&workers[i].thread, NULL,
					 i < WRITERS    ? write_part
					 : i == WRITERS ? rename_both_ways
							: make_and_remove,
					 &workers[i]),
			0);
	}
	for (int i = 0; i < WRITERS + 2; i++)
		ck_assert_int_eq(pthread_join(workers[i].thread, NULL), 0);
	for (int i = 0; i < WRITERS + 2; i++)
		ck_assert_msg(
			!workers[i].failed, "thread %d: errno %d: %s", i, workers[i].failed, workers[i].text);
	zf_op_init(&f->op);
	unit_ok(zf_tree_flush(f->tree, &f->op), &f->op);
	reopen(f, NULL);
	lists(f, "", "a:16384 a.info ");
	data = content(f, "a", &len);
	for (int i = 0; i < WRITERS; i++)
		unit_bytes_eq(data + (size_t)i * PART, workers[i].bytes, PART);
	free(data);
	ck_assert_str_eq(f->log, "");
	tear_down(f);
}
END_TEST

UNIT_MAIN("view_write_race", all_at_once)
