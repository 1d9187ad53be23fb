/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a flat range: which parts of which chunks it touches, having those loaded, and copying.
 *
 * A range that touches more than can be pinned at once is halved until it does not.
 */
#include "array/dirty.h"

#include <errno.h>
#include <stdlib.h>

bool zf_need_list(const struct zf_array *a, uint64_t offset, uint64_t len, struct zf_need *need)
{
	uint64_t budget = zf_cache_budget(a->ctx->cache), most = budget / 2;
	enum zf_part_spent spent = zf_array_size(a) > budget ? ZF_PASSED : ZF_SPENT;
	struct zf_walk walk;
	struct zf_piece piece;
	unsigned number = 0;

	need->count = 0;
	zf_walk_init(&walk, &a->grid, offset, len);
	while (zf_walk_next(&walk, &piece)) {
		/* most often parts are chunks: then there is nothing to divide */
		bool only = piece.end <= need->part_size;
		uint64_t n = only ? 0 : piece.start / need->part_size;
		uint64_t last = only ? 0 : (piece.end - 1) / need->part_size;

		if (need->skip && need->skip[number++])
			continue;
		for (; n <= last; n++) {
			/* no other run like the last one fits behind it */
			bool to_end = n < last || piece.end + piece.run > (n + 1) * need->part_size ||
				      piece.end + piece.run > a->grid.chunk_bytes;

			if (need->count == ZF_PARTS_AT_ONCE)
				return false;
			need->spent[need->count] = to_end ? spent : ZF_NOT_SPENT;
			need->ids[need->count++] = (struct zf_part_id){ piece.index, n };
		}
	}
	return need->count <= 1 || need->count * need->part_size <= most;
}

/* The parts that are to be loaded, in order, each once. */
static unsigned to_start(const struct zf_need *need, struct zf_part **parts)
{
	unsigned n = 0;

	for (unsigned i = 0; i < need->count; i++)
		if (need->start[i])
			parts[n++] = need->parts[i];
	return n;
}

/* The first failure; 1 where it is another reader's EINTR (zf_cache_wait). */
static int failure(struct zf_array *a, struct zf_op *op, const struct zf_need *need)
{
	for (unsigned i = 0; i < need->count; i++) {
		const struct zf_part *part = need->parts[i];

		if (part->state != ZF_PART_FAILED)
			continue;
		if (!part->failure)
			return zf_fail(
				op, EIO, "%s: a chunk could not be loaded, and memory is out", a->label);
		return part->failure->err == EINTR ? 1 : zf_op_adopt(op, part->failure);
	}
	return 0;
}

static int get_once(struct zf_array *a, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead)
{
	struct zf_cache *cache = a->ctx->cache;
	struct zf_part *start[ZF_PARTS_AT_ONCE];
	int failed;

	if (zf_cache_pin(cache, op, a, need->ids, need->count, need->part_size, need->parts, need->start) < 0)
		return zf_where(op, "%s", a->label);
	zf_array_load(a, start, to_start(need, start));
	if (ahead->stream) {
		zf_stream_read(a, ahead->stream, ahead->offset, ahead->len, need->part_size);
		ahead->stream = NULL;
	}
	failed = zf_cache_wait(cache, op, need->parts, need->count);
	if (!failed)
		failed = failure(a, op, need);
	if (failed)
		zf_need_release(a, need);
	return failed;
}

int zf_need_get(struct zf_array *a, struct zf_op *op, struct zf_need *need, struct zf_ahead *ahead)
{
	int ret = get_once(a, op, need, ahead);

	while (ret > 0)
		ret = zf_op_check(op) < 0 ? -1 : get_once(a, op, need, ahead);
	return ret;
}

void zf_need_release(struct zf_array *a, struct zf_need *need)
{
	zf_cache_unpin(a->ctx->cache, need->parts, need->count, need->spent);
}

struct read {
	struct zf_op *op;
	struct zf_ahead ahead;
	struct zf_need need;
};

static int read_range(struct zf_array *a, struct read *r, unsigned char *to, uint64_t len, uint64_t offset)
{
	if (zf_dirty_any(a))
		return zf_dirty_read(a, r->op, &r->need, &r->ahead, to, len, offset);
	if (!zf_need_list(a, offset, len, &r->need)) {
		uint64_t half = len / 2;

		if (read_range(a, r, to, half, offset) < 0)
			return -1;
		return read_range(a, r, to + half, len - half, offset + half);
	}
	if (zf_need_get(a, r->op, &r->need, &r->ahead) < 0)
		return -1;
	zf_copy_range(a, &r->need, offset, len, to);
	zf_need_release(a, &r->need);
	return 0;
}

int zf_array_pread(struct zf_array *a, struct zf_op *op, struct zf_stream *stream, void *buf, size_t len,
	uint64_t offset)
{
	struct read *r;
	uint64_t run_end;
	int ret;

	if (!len)
		return 0;
	r = malloc(sizeof *r);
	if (!r)
		return zf_nomem(op, sizeof *r);
	r->op = op;
	r->need.skip = NULL;
	r->ahead = (struct zf_ahead){ stream, offset, len };
	ret = zf_array_part_size(a, op, zf_grid_locate(&a->grid, offset, &run_end), &r->need.part_size);
	if (ret == 0 && stream)
		ret = zf_stream_enter(a, op, stream, offset, len, r->need.part_size);
	if (ret == 0) {
		ret = read_range(a, r, buf, len, offset);
		if (stream)
			zf_stream_leave(stream);
	}
	free(r);
	return ret;
}
