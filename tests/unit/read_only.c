/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Formats that are read only say so before anything is written.
 */
#include "unit.h"

#include "array/array.h"

#include <errno.h>

static void refuses(struct zf_ctx *ctx, struct zf_meta *meta, const char *text)
{
	struct zf_store *store;
	struct zf_array *array;
	struct zf_op op;
	struct zf_value value;

	ck_assert_ptr_nonnull(meta);
	zf_op_init(&op);
	unit_ok(zf_store_open(ctx, &op, "mem:", 0, &store), &op);
	unit_ok(zf_array_open(store, &op, "a", meta, &array), &op);
	unit_fails(zf_array_writable(array, &op, NULL), &op, EROFS, text);
	zf_op_init(&op);
	unit_fails(zf_array_pwrite(array, &op, "xx", 2, 0), &op, EROFS, text);
	zf_op_init(&op);
	unit_fails(zf_array_set_size(array, &op, 0), &op, EROFS, text);
	zf_op_init(&op);
	ck_assert_int_eq(zf_store_stat(store, &op, "a/0", &value), ZF_MISSING);
	zf_array_close(array);
	zf_store_close(store);
	zf_meta_free(meta);
}

START_TEST(formats)
{
	static const char n5[] = "{\"dimensions\": [4], \"blockSize\": [4], \"dataType\": \"int16\", "
				 "\"compression\": {\"type\": \"raw\"}}";
	static const char v0[] = "{\"shape\": [4], \"chunks\": [4], \"dtype\": \"<i2\", \"cname\": \"lz4\", "
				 "\"clevel\": 5, \"shuffle\": 1, \"fill_value\": 0}";
	struct zf_config config = { .serial = true };
	struct zf_ctx *ctx;
	struct zf_meta *meta;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_ctx_new(&config, &op, &ctx), &op);
	unit_ok(zf_meta_parse_n5(&op, n5, strlen(n5), &meta), &op);
	refuses(ctx, meta, "a: N5 is read only");
	unit_ok(zf_meta_parse_v0(&op, v0, strlen(v0), NULL, 0, &meta), &op);
	refuses(ctx, meta, "a: the formats of zarr 0.3 and 0.4 are read only");
	zf_ctx_free(ctx);
}
END_TEST

UNIT_MAIN("read_only", formats)
