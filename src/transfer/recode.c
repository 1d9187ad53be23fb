/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other chunks for an array: plans carried out, block by block, and values one after another where their
 * shape stays.
 */
#include "transfer/recode.h"

#include "base/checked.h"
#include "base/pool.h"
#include "base/temp_file.h"
#include "transfer/block.h"
#include "transfer/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { WORKER_MORE = 2 << 20 }; /* bytes of a worker besides chunks */

/* ---- memory ---- */

static size_t chunk_bytes(const struct zf_array *a)
{
	return zf_pipeline_chunk(a->decode)->size;
}

static int check_chunk(const struct zf_array *a, struct zf_op *op, uint64_t bytes)
{
	uint64_t most = a->ctx->config.cache_max;

	if (bytes <= most)
		return 0;
	return zf_fail(op, ENOMEM, "%s: a chunk of %llu bytes takes more memory than cache_max, %llu",
		a->label, (unsigned long long)bytes, (unsigned long long)most);
}

/* As many workers as can have their chunks in half of the memory. The other half, at least, is the block's.
 */
static uint64_t share_memory(struct zf_recode *r, uint64_t from, uint64_t to)
{
	uint64_t cache = r->crew.ctx->config.cache, each = 2 * from + 2 * to + WORKER_MORE;
	unsigned threads = zf_pool_threads(r->crew.ctx->pool);

	r->crew.workers = threads ? threads : 1;
	while (r->crew.workers > 1 && r->crew.workers * each > cache / 2)
		r->crew.workers--;
	each *= r->crew.workers;
	return cache > each ? cache - each : 0;
}

/* Room for a temporary file, with some left for others. */
static uint64_t temp_room(void)
{
	const char *dir = getenv("TMPDIR");
	struct statvfs fs;

	if (statvfs(dir && *dir ? dir : "/var/tmp", &fs) < 0)
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize / 10 * 9;
}

int zf_recode_plan(struct zf_recode *r, struct zf_op *op, struct zf_plan *out)
{
	const struct zf_array_meta *meta = r->to_meta;
	uint64_t from = chunk_bytes(r->from), to = meta->spec.size;
	struct zf_plan_task task = {
		.ndim = meta->ndim, .itemsize = meta->spec.itemsize, .disk = temp_room()
	};

	if (check_chunk(r->from, op, from) < 0 || check_chunk(r->to, op, to) < 0)
		return -1;
	memcpy(task.shape, meta->shape, sizeof task.shape);
	memcpy(task.from, zf_pipeline_chunk(r->from->decode)->shape, sizeof task.from);
	memcpy(task.to, meta->chunk, sizeof task.to);
	task.memory = share_memory(r, from, to);
	task.parallel = r->crew.workers;
	zf_plan_make(&task, out);
	return 0;
}

/* The memory of a block: it is used again and again, on large pages where there are some. NULL: none. */
static uint8_t *make_memory(uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

/* ---- the direct way ---- */

static int run_direct(
	struct zf_recode *r, struct zf_op *op, const struct zf_plan *plan, struct zf_block *block)
{
	const struct zf_array_meta *meta = r->to_meta;
	uint64_t count = zf_plan_cells(meta->ndim, meta->shape, plan->write);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t start[ZF_MAX_NDIM], size[ZF_MAX_NDIM];
		bool there;

		zf_plan_cell(meta->ndim, meta->shape, plan->write, i, start, size);
		zf_block_set(block, start, size);
		if (zf_block_is_stored(block, op, &there) < 0)
			return -1;
		if (there)
			__atomic_fetch_add(
				r->done, zf_plan_volume(meta->ndim, size) * block->item, __ATOMIC_RELAXED);
		else if (zf_block_load(block, op) < 0 || zf_block_store(block, op) < 0)
			return -1;
	}
	return 0;
}

int zf_recode_run(struct zf_recode *r, struct zf_op *op, const struct zf_plan *plan)
{
	const struct zf_array_meta *meta = r->to_meta;
	struct zf_block block = { .recode = r, .ndim = meta->ndim, .item = meta->spec.itemsize };
	uint64_t read = zf_plan_volume(meta->ndim, plan->read),
		 write = zf_plan_volume(meta->ndim, plan->write),
		 bytes = (read > write ? read : write) * block.item;
	int result;

	if (meta->nbytes == 0)
		return 0;
	block.data = make_memory(bytes);
	if (!block.data)
		return zf_nomem(op, (size_t)bytes);
	result = plan->staged ? zf_stage_run(r, op, plan, &block) : run_direct(r, op, plan, &block);
	munmap(block.data, bytes);
	return result;
}

/* ---- values of the same shape ---- */

struct values {
	struct zf_recode *recode;
	struct zf_op *op;
	uint64_t *index;
	size_t count, room;
	bool bytes, nomem;
};

static int on_stored(void *arg, uint64_t base_index)
{
	struct values *v = arg;

	if (v->count == v->room) {
		size_t room = v->room ? 2 * v->room : 1024;
		uint64_t *more = reallocarray(v->index, room, sizeof *more);

		v->nomem = !more;
		if (!more)
			return 1;
		v->index = more;
		v->room = room;
	}
	v->index[v->count++] = base_index;
	return 0;
}

/* In the order of their keys' numbers: neighbours are stored side by side. */
static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* All of them, where the store cannot tell which are there. */
static void list_all(struct values *v)
{
	const struct zf_array_meta *meta = v->recode->from_meta;
	uint64_t count = zf_plan_cells(meta->ndim, meta->shape, meta->chunk);

	for (uint64_t i = 0; i < count && !v->nomem; i++) {
		uint64_t coords[ZF_MAX_NDIM], rest = i, index = 0;

		for (unsigned d = meta->ndim; d-- > 0;) {
			uint64_t n = zf_div_up(meta->shape[d], meta->chunk[d]);

			coords[d] = rest % n;
			rest /= n;
		}
		for (unsigned d = 0; d < meta->ndim; d++)
			index = index * v->recode->from->base_count[d] + coords[d];
		on_stored(v, index);
	}
}

static int list_values(struct values *v)
{
	struct zf_array *from = v->recode->from;

	if (!(from->base->caps & ZF_STORE_LISTABLE))
		list_all(v);
	else if (zf_array_stored(from, v->op, on_stored, v) < 0)
		return -1;
	if (v->nomem)
		return zf_nomem(v->op, 2 * v->room * sizeof *v->index);
	if (v->count > 0)
		qsort(v->index, v->count, sizeof *v->index, compare);
	return 0;
}

/* A value decoded whole, and encoded anew. */
static int recode_value(struct zf_recode *r, struct zf_op *op, struct zf_loader *loader,
	const uint64_t *coords, const char *key)
{
	struct zf_out *chunk = &loader->buffers[0];
	size_t size = zf_pipeline_chunk(r->from->pipeline)->size;

	chunk->len = 0;
	chunk->limit = SIZE_MAX / 2;
	if (zf_out_reserve(chunk, op, size) < 0)
		return -1;
	if (zf_pipeline_decode(r->from->pipeline, op, loader->scratch, loader->encoded.data,
		    loader->encoded.len, chunk->data) < 0)
		return zf_array_where_key(r->from, op, key);
	return zf_block_put(r, op, loader, coords, chunk->data);
}

static int copy_value(void *arg, struct zf_op *op, struct zf_loader *loader, uint64_t number)
{
	struct values *v = arg;
	struct zf_recode *r = v->recode;
	uint64_t coords[ZF_MAX_NDIM];
	char from[ZF_MAX_KEY + 1], to[ZF_MAX_KEY + 1];
	struct zf_value value;
	int result;

	zf_array_base_coords(r->from, v->index[number], coords);
	if (zf_array_coords_key(r->from, op, coords, from, sizeof from) < 0 ||
		zf_array_coords_key(r->to, op, coords, to, sizeof to) < 0)
		return -1;
	result = r->resume ? zf_store_stat(r->to->base, op, to, &value) : ZF_MISSING;
	if (result == ZF_MISSING) {
		loader->encoded.len = 0;
		loader->encoded.limit = zf_pipeline_limit(r->from->pipeline);
		result = zf_store_get(r->from->base, op, from, NULL, &loader->encoded, NULL);
		if (result == ZF_FOUND && v->bytes)
			result = zf_store_put(r->to->base, op, to,
				loader->encoded.data ? loader->encoded.data : (const void *)"",
				loader->encoded.len, ZF_PUT_ALWAYS, NULL);
		else if (result == ZF_FOUND)
			result = recode_value(r, op, loader, coords, from);
	}
	__atomic_fetch_add(r->done, r->to_meta->spec.size, __ATOMIC_RELAXED);
	return result < 0 ? -1 : 0;
}

int zf_recode_values(struct zf_recode *r, struct zf_op *op, bool bytes)
{
	struct values values = { .recode = r, .op = op, .bytes = bytes };
	uint64_t size = bytes ? 0 : r->to_meta->spec.size;
	int result;

	if (check_chunk(r->from, op, size) < 0)
		return -1;
	share_memory(r, size, size);
	result = list_values(&values);
	if (result == 0)
		result = zf_crew_run(&r->crew, op, values.count, copy_value, &values);
	free(values.index);
	return result;
}
