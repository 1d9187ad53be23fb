/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of stores share: a scratch folder, a context, short forms of the calls.
 *
 * setup() and teardown() are a checked fixture: each test function has a folder of its own.
 */
#ifndef ZF_TESTS_STORE_FIXTURE_H
#define ZF_TESTS_STORE_FIXTURE_H

#include "../unit/unit.h"

#include "base/ctx.h"
#include "store/store.h"

/* A kind of store, made empty in the folder given. */
struct backend {
	const char *name;   /* of the test case */
	const char *prefix; /* of the store's name in messages; what follows is the folder */
	void (*open)(const char *folder, struct zf_store **out);
	unsigned traits; /* enum trait */
};

enum trait {
	KEY_AND_PREFIX = 1, /* a key may have others below it */
	SHORT_KEYS = 2      /* of at most 511 bytes */
};

extern const struct backend backends[];
extern const size_t backend_count;

struct fixture {
	char folder[64];        /* scratch, removed by teardown() */
	char store_folder[80];  /* where the backend keeps its data: "FOLDER/store" */
	char name[128];         /* of the store, in messages */
	struct zf_ctx ctx;      /* without threads, cache and log */
	struct zf_op op;        /* fresh for each of the calls below */
	struct zf_out out;      /* the bytes of the last get */
	struct zf_value value;  /* of the last get or stat */
	struct zf_store *store; /* the one under test, or NULL; closed by teardown() */
};
extern struct fixture fx;

void setup(void);
void teardown(void);

/* Opens a backend as fx.store. */
void open_backend(const struct backend *backend);

/* "FOLDER/NAME"; valid until the eighth call after it. */
const char *in_folder(const char *name);

/* Writes a file by itself, not through a store. */
void write_file(const char *path, const void *data, size_t len);

/* The calls on fx.store with a fresh op. get() empties fx.out first; range may be NULL. */
int get(const char *key, const struct zf_range *range);
int stat_key(const char *key);
int put(const char *key, const char *text);
int put_if(const char *key, const char *text, enum zf_put_if cond, const struct zf_tag *tag);
int del(const char *key);
int settle(void);
int flush(void);

/* The children of a prefix, sorted, each followed by a space, prefixes by "/ "; borrowed. result: of the call. */
const char *list(const char *prefix, int *result);

/* "key 'KEY' in STORE: REASON"; borrowed until the next call. */
const char *message(const char *key, const char *reason);

/* Asserts what a call came to. */
#define found(CALL) ck_assert_msg((CALL) == ZF_FOUND, "not found: %s", fx.op.text)
#define missing(CALL)                                                                                        \
	do {                                                                                                 \
		int fx_result = (CALL);                                                                      \
		ck_assert_msg(fx_result >= 0, "error: %s", fx.op.text);                                      \
		ck_assert_int_eq(fx_result, ZF_MISSING);                                                     \
	} while (0)
#define fails(CALL, ERR, KEY, REASON)                                                                        \
	do {                                                                                                 \
		int fx_result = (CALL);                                                                      \
		ck_assert_str_eq(fx.op.text, message(KEY, REASON));                                          \
		ck_assert_int_eq(fx_result, -1);                                                             \
		ck_assert_int_eq(fx.op.err, (ERR));                                                          \
	} while (0)

/* Asserts the bytes of the last get. */
#define got(TEXT)                                                                                            \
	do {                                                                                                 \
		ck_assert_uint_eq(fx.out.len, strlen(TEXT));                                                 \
		if (fx.out.len)                                                                              \
			ck_assert_mem_eq(fx.out.data, (TEXT), fx.out.len);                                   \
	} while (0)

#endif
