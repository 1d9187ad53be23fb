/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sharding_indexed (zarr-specs v3, "Sharding codec"): a chunk as many inner chunks, each encoded by itself,
 * and an index of where they are. Those that hold nothing but the fill value are left out.
 *
 * The array layer reads inner chunks one by one (zf_pipeline_shard). Here is what both ways need, binding
 * and the index, and the decoding and encoding of shards as a whole, for shards within chains and within
 * shards.
 */
#include "base/checked.h"
#include "codec/box.h"
#include "codec/params.h"
#include "codec/pipeline.h"
#include "codec/scratch.h"
#include "codec/types.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "sharding_indexed", NULL };

/* Inner chunks of one shard; the index of so many takes 1 GiB. */
#define MAX_INNER ((uint64_t)1 << 26)

struct sharding {
	struct zf_shard shard; /* first: what zf_pipeline_shard() gives out */
	struct zf_pipeline *inner, *index;
	uint64_t strides[ZF_MAX_NDIM]; /* of the shard's elements */
	uint64_t inner_strides[ZF_MAX_NDIM];
};

/* ---- binding ---- */

/* How many shards a chain nests, as far as `most`. The documents are others', so this looks before
 * binding. */
static unsigned nesting(const json_t *codecs, unsigned most)
{
	static const char *const keys[] = { "codecs", "index_codecs" };
	unsigned deepest = 0;
	const json_t *element;
	size_t i;

	json_array_foreach(codecs, i, element)
	{
		const char *name = json_string_value(json_object_get(element, "name"));
		const json_t *configuration = json_object_get(element, "configuration");

		if (!name || strcmp(name, names[0]) != 0)
			continue;
		for (int k = 0; k < 2; k++) {
			unsigned depth = 1;

			if (most > 0)
				depth += nesting(json_object_get(configuration, keys[k]), most - 1);
			deepest = depth > deepest ? depth : deepest;
		}
	}
	return deepest;
}

/* The inner chunk's shape, and how many there are. */
static int bind_grid(struct zf_op *op, const json_t *configuration, const struct zf_spec *in,
	struct zf_spec *inner, struct zf_shard *s)
{
	uint64_t size = in->itemsize;

	*inner = *in;
	if (zf_param_list(op, configuration, "chunk_shape", in->ndim, inner->shape) < 0)
		return -1;
	s->count = 1;
	for (unsigned i = 0; i < in->ndim; i++) {
		uint64_t n = inner->shape[i];

		if (n == 0 || in->shape[i] % n)
			return zf_fail(op, EINVAL,
				"chunk_shape: %ju does not divide the shard's %ju (dimension %u)",
				(uintmax_t)n, (uintmax_t)in->shape[i], i);
		s->grid[i] = in->shape[i] / n;
		if (!zf_mul(s->count, s->grid[i], &s->count) || s->count > MAX_INNER)
			return zf_fail(op, EOPNOTSUPP, "shard of more than %ju chunks", (uintmax_t)MAX_INNER);
		size *= n; /* no overflow: it divides the shard's */
	}
	inner->size = (size_t)size;
	return 0;
}

/* The index as an array: the grid, and two numbers for each inner chunk. */
static struct zf_spec index_spec(const struct zf_shard *s, unsigned ndim)
{
	struct zf_spec spec = { .itemsize = 8, .swap = 8, .kind = 'u', .size = (size_t)s->count * 16 };

	if (ndim < ZF_MAX_NDIM) {
		spec.ndim = ndim;
		memcpy(spec.shape, s->grid, ndim * sizeof *s->grid);
	} else {
		spec.ndim = 1; /* one dimension too many: only its size matters unless it is transposed */
		spec.shape[0] = s->count;
	}
	spec.shape[spec.ndim++] = 2;
	return spec;
}

static int bind_chain(struct zf_op *op, const json_t *configuration, const char *key,
	const struct zf_spec *spec, struct zf_pipeline **out)
{
	const json_t *codecs = zf_param(configuration, key);

	if (!codecs)
		return zf_fail(op, EINVAL, "%s: missing", key);
	if (zf_pipeline_new(op, codecs, spec, out) < 0)
		return zf_where(op, "%s", key);
	return 0;
}

static int bind_index(struct zf_op *op, const json_t *configuration, unsigned ndim, struct sharding *state)
{
	static const char *const locations[] = { "start", "end", NULL };
	struct zf_spec spec = index_spec(&state->shard, ndim);
	int location = 1;

	if (zf_param_word(op, configuration, "index_location", locations, &location) < 0 ||
		bind_chain(op, configuration, "index_codecs", &spec, &state->index) < 0)
		return -1;
	state->shard.index = state->index;
	state->shard.index_at_start = location == 0;
	state->shard.index_size = zf_pipeline_encoded_size(state->index);
	if (state->shard.index_size == ZF_SIZE_UNKNOWN)
		return zf_fail(op, EINVAL, "index_codecs: the size of what they make varies");
	return 0;
}

static int sharding_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const struct zf_spec *in = &codec->in;
	struct sharding *state = codec->state = calloc(1, sizeof *state);
	struct zf_spec inner;
	unsigned depth;

	if (!state)
		return zf_nomem(op, sizeof *state);
	codec->out = (struct zf_spec){ .itemsize = 1, .size = ZF_SIZE_UNKNOWN };
	depth = 1 + nesting(json_object_get(configuration, "codecs"), ZF_MAX_SHARD_DEPTH);
	if (depth <= ZF_MAX_SHARD_DEPTH)
		depth = 1 + nesting(json_object_get(configuration, "index_codecs"), ZF_MAX_SHARD_DEPTH);
	if (depth > ZF_MAX_SHARD_DEPTH)
		return zf_fail(op, EOPNOTSUPP, "shards nested more than %d deep", ZF_MAX_SHARD_DEPTH);
	if (bind_grid(op, configuration, in, &inner, &state->shard) < 0 ||
		bind_chain(op, configuration, "codecs", &inner, &state->inner) < 0 ||
		bind_index(op, configuration, in->ndim, state) < 0)
		return -1;
	state->shard.inner = state->inner;
	zf_box_strides(in->ndim, in->shape, in->itemsize, state->strides);
	zf_box_strides(in->ndim, inner.shape, in->itemsize, state->inner_strides);
	return 0;
}

static void sharding_free(struct zf_codec *codec)
{
	struct sharding *state = codec->state;

	if (!state)
		return;
	zf_pipeline_free(state->inner);
	zf_pipeline_free(state->index);
	free(state);
}

/* ---- the index ---- */

static bool is_missing(const struct zf_shard_entry *entry)
{
	return entry->offset == UINT64_MAX && entry->len == UINT64_MAX;
}

static int check_entry(struct zf_op *op, const struct zf_shard_entry *entry, uint64_t i, uint64_t shard_size)
{
	uint64_t end;

	if (is_missing(entry) || (zf_add(entry->offset, entry->len, &end) && end <= shard_size))
		return 0;
	return zf_fail(op, EIO, "inner chunk %ju lies at %ju+%ju, shard has %ju bytes", (uintmax_t)i,
		(uintmax_t)entry->offset, (uintmax_t)entry->len, (uintmax_t)shard_size);
}

int zf_shard_index(const struct zf_shard *shard, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, uint64_t shard_size, struct zf_shard_entry *entries)
{
	if (zf_pipeline_decode(shard->index, op, scratch, src, shard->index_size, entries) < 0)
		return zf_where(op, "shard index");
	for (uint64_t i = 0; i < shard->count; i++) {
		entries[i].offset = le64toh(entries[i].offset);
		entries[i].len = le64toh(entries[i].len);
		if (check_entry(op, &entries[i], i, shard_size) < 0)
			return zf_where(op, "shard index");
	}
	return 0;
}

/* ---- whole shards ---- */

/* Where inner chunk i begins in the decoded shard. */
static uint64_t place(const struct zf_codec *codec, uint64_t i)
{
	const struct sharding *state = codec->state;
	const struct zf_spec *inner = zf_pipeline_chunk(state->inner);
	uint64_t offset = 0;

	for (unsigned d = codec->in.ndim; d-- > 0;) {
		offset += i % state->shard.grid[d] * inner->shape[d] * state->strides[d];
		i /= state->shard.grid[d];
	}
	return offset;
}

/* A shard being decoded or encoded. */
struct work {
	const struct zf_codec *codec;
	const struct sharding *state;
	struct zf_op *op;
	struct zf_scratch *scratch;
	struct zf_shard_entry *entries;
	struct zf_out *table, *chunk; /* memory of the entries, and one inner chunk */
};

static int begin(struct work *w)
{
	size_t table = (size_t)w->state->shard.count * sizeof *w->entries;
	size_t chunk = zf_pipeline_chunk(w->state->inner)->size;

	if (zf_scratch_take(w->scratch, w->op, table, table, &w->table) < 0 ||
		zf_scratch_take(w->scratch, w->op, chunk, chunk, &w->chunk) < 0)
		return -1;
	w->entries = (struct zf_shard_entry *)(void *)w->table->data;
	return 0;
}

static void end(struct work *w)
{
	zf_scratch_give(w->scratch, w->table);
	zf_scratch_give(w->scratch, w->chunk);
}

static int decode_inner(struct work *w, uint64_t i, const uint8_t *src, uint8_t *dst)
{
	const struct zf_spec *inner = zf_pipeline_chunk(w->state->inner);
	const struct zf_shard_entry *entry = &w->entries[i];

	if (is_missing(entry)) {
		zf_box_fill(inner->ndim, inner->shape, inner->itemsize, dst, w->state->strides, inner->fill);
		return 0;
	}
	if (zf_op_check(w->op) < 0)
		return -1;
	if (entry->len > zf_pipeline_limit(w->state->inner)) {
		zf_fail(w->op, EIO, "has %ju bytes, limit is %zu", (uintmax_t)entry->len,
			zf_pipeline_limit(w->state->inner));
		return zf_where(w->op, "inner chunk %ju", (uintmax_t)i);
	}
	if (zf_pipeline_decode(w->state->inner, w->op, w->scratch, src + entry->offset, (size_t)entry->len,
		    w->chunk->data) < 0)
		return zf_where(w->op, "inner chunk %ju", (uintmax_t)i);
	zf_box_copy(inner->ndim, inner->shape, inner->itemsize, dst, w->state->strides, w->chunk->data,
		w->state->inner_strides);
	return 0;
}

static int sharding_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct sharding *state = codec->state;
	const struct zf_shard *shard = &state->shard;
	struct work w = { .codec = codec, .state = state, .op = op, .scratch = scratch };
	const uint8_t *index = src;
	int rc = -1;

	if (len < shard->index_size)
		return zf_fail(
			op, EIO, "shard has %zu bytes, its index alone has %zu", len, shard->index_size);
	if (!shard->index_at_start)
		index += len - shard->index_size;
	if (zf_out_reserve(out, op, codec->in.size) < 0)
		return -1;
	if (begin(&w) < 0)
		goto out;
	rc = zf_shard_index(shard, op, scratch, index, len, w.entries);
	for (uint64_t i = 0; rc == 0 && i < shard->count; i++)
		rc = decode_inner(&w, i, src, out->data + out->len + place(codec, i));
	if (rc == 0)
		out->len += codec->in.size;
out:
	end(&w);
	return rc;
}

/* Appends inner chunk i of src, unless it is all fill; `start` is where the shard begins in out. */
static int encode_inner(struct work *w, uint64_t i, const uint8_t *src, struct zf_out *out, size_t start)
{
	const struct zf_spec *inner = zf_pipeline_chunk(w->state->inner);
	struct zf_shard_entry *entry = &w->entries[i];
	size_t from = out->len;

	zf_box_copy(inner->ndim, inner->shape, inner->itemsize, w->chunk->data, w->state->inner_strides, src,
		w->state->strides);
	entry->offset = entry->len = UINT64_MAX;
	if (zf_box_is(w->chunk->data, inner->size, inner->itemsize, inner->fill))
		return 0;
	if (zf_op_check(w->op) < 0)
		return -1;
	if (zf_pipeline_encode(w->state->inner, w->op, w->scratch, w->chunk->data, out) < 0)
		return zf_where(w->op, "inner chunk %ju", (uintmax_t)i);
	entry->offset = htole64(from - start);
	entry->len = htole64(out->len - from);
	return 0;
}

/* Encodes the index and puts it into its place: room kept at `start`, or the end. */
static int put_index(struct work *w, struct zf_out *out, size_t start)
{
	const struct zf_shard *shard = &w->state->shard;
	struct zf_out at = ZF_OUT_FIXED(out->data + start, shard->index_size);
	struct zf_out *to = shard->index_at_start ? &at : out;

	if (zf_pipeline_encode(shard->index, w->op, w->scratch, w->entries, to) < 0)
		return zf_where(w->op, "shard index");
	return 0;
}

static int sharding_encode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	const struct sharding *state = codec->state;
	const struct zf_shard *shard = &state->shard;
	struct work w = { .codec = codec, .state = state, .op = op, .scratch = scratch };
	size_t start = out->len;
	int rc = -1;

	if (len != codec->in.size)
		return zf_fail(op, EIO, "value has %zu bytes, chunk has %zu", len, codec->in.size);
	if (begin(&w) < 0 || (shard->index_at_start && zf_out_reserve(out, op, shard->index_size) < 0))
		goto out;
	if (shard->index_at_start)
		out->len += shard->index_size;
	rc = 0;
	for (uint64_t i = 0; rc == 0 && i < shard->count; i++)
		rc = encode_inner(&w, i, (const uint8_t *)src + place(codec, i), out, start);
	if (rc == 0)
		rc = put_index(&w, out, start);
out:
	end(&w);
	return rc;
}

const struct zf_codec_type zf_codec_sharding = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = sharding_bind,
	.decode = sharding_decode,
	.encode = sharding_encode,
	.free = sharding_free,
};
