/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The targets.
 *
 *   meta_v0 ... meta_v3, meta_n5, meta_draft
 *                      a document; after a zero byte, where there is one, that with the attributes
 *   codec              the kind of chunk (one character), a chain of codecs as JSON on the rest of the line,
 *                      then an encoded chunk
 *   shard              the same, of which a shard's index is decoded
 *   store, zip         target_store.c
 */
#include "targets.h"

#include "codec/pipeline.h"
#include "codec/text.h"
#include "meta/json.h"
#include "meta/meta.h"

#include <stdlib.h>
#include <string.h>

/* Also where assert() is nothing. */
#define CHECK(WHAT)                                                                                          \
	do {                                                                                                 \
		if (!(WHAT))                                                                                 \
			abort();                                                                             \
	} while (0)

enum { ELEMENTS = 48, MOST = 1 << 20 };

/* ---- documents ---- */

/* A document that can be used says everything. */
static void check_meta(int result, struct zf_meta *const *parsed)
{
	struct zf_meta *meta = *parsed;

	if (result < 0 || !meta)
		return;
	CHECK(!meta->error == !meta->error_text);
	if (!meta->error && meta->kind == ZF_NODE_ARRAY) {
		CHECK(meta->array.codecs && meta->array.dtype && meta->array.fill);
		for (unsigned d = 0; d < meta->array.ndim; d++)
			CHECK(meta->array.chunk[d] > 0);
	}
	zf_meta_free(meta);
}

/* Splits an input into a document and that with the attributes; NULL: there is none. */
static const uint8_t *attributes_of(const uint8_t *data, size_t *len, size_t *attrs_len)
{
	const uint8_t *zero = *len ? memchr(data, 0, *len) : NULL;

	*attrs_len = zero ? *len - (size_t)(zero + 1 - data) : 0;
	*len = zero ? (size_t)(zero - data) : *len;
	return zero ? zero + 1 : NULL;
}

static void meta_v0(const uint8_t *data, size_t len)
{
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op); /* a pickle has zero bytes of its own */
	check_meta(zf_meta_parse_v0(&op, data, len, NULL, 0, &meta), &meta);
}

static void meta_v1(const uint8_t *data, size_t len)
{
	size_t attrs_len;
	const uint8_t *attrs = attributes_of(data, &len, &attrs_len);
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op);
	check_meta(zf_meta_parse_v1(&op, data, len, attrs, attrs_len, &meta), &meta);
}

static void meta_v2(const uint8_t *data, size_t len)
{
	size_t attrs_len;
	const uint8_t *attrs = attributes_of(data, &len, &attrs_len);
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op);
	check_meta(zf_meta_parse_v2(&op, ZF_NODE_ARRAY, data, len, attrs, attrs_len, &meta), &meta);
}

static void meta_v3(const uint8_t *data, size_t len)
{
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op);
	check_meta(zf_meta_parse_v3(&op, data, len, &meta), &meta);
}

static void meta_n5(const uint8_t *data, size_t len)
{
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op);
	check_meta(zf_meta_parse_n5(&op, data, len, &meta), &meta);
}

static void meta_draft(const uint8_t *data, size_t len)
{
	struct zf_meta *meta = NULL;
	struct zf_op op;

	zf_op_init(&op);
	zf_meta_is_draft(data, len);
	check_meta(zf_meta_parse_draft(&op, data, len, &meta), &meta);
}

/* ---- chunks ---- */

static const uint8_t zeros[16];
static const struct zf_text fill = { 0, 2 };

/* 6 x 8 elements of the kind that a character says. */
static bool chunk_of(char kind, struct zf_spec *spec)
{
	static const struct {
		char name, kind;
		uint8_t size;
	} kinds[] = { { 'i', 'i', 4 }, { 'h', 'i', 2 }, { 'u', 'u', 1 }, { 'f', 'f', 4 }, { 'd', 'f', 8 },
		{ 'c', 'c', 16 }, { 'b', 'b', 1 }, { 'S', 'S', 5 }, { 'U', 'U', 8 },
		{ 'O', 'O', sizeof(struct zf_text) } };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		uint8_t size = kinds[i].size;

		if (kinds[i].name != kind)
			continue;
		*spec = (struct zf_spec){
			.ndim = 2, .shape = { 6, 8 }, .itemsize = size, .kind = kinds[i].kind
		};
		spec->swap = kind == 'c'                            ? 8
			     : kind == 'U'                          ? 4
			     : size > 1 && size < 16 && kind != 'S' ? size
								    : 0;
		spec->size = (size_t)ELEMENTS * size;
		spec->fill = kind == 'O' ? (const void *)&fill : zeros;
		return true;
	}
	return false;
}

/* Elements of varying length lie within the texts, and have no line ends. */
static void check_texts(const struct zf_out *texts, const struct zf_text *lines)
{
	for (size_t i = 0; i < ELEMENTS; i++) {
		CHECK(lines[i].offset <= texts->len && lines[i].len <= texts->len - lines[i].offset);
		CHECK(lines[i].len == 0 || !memchr(texts->data + lines[i].offset, '\n', lines[i].len));
	}
}

static void decode(struct zf_op *op, const struct zf_pipeline *pipeline, const uint8_t *src, size_t len)
{
	const struct zf_spec *chunk = zf_pipeline_chunk(pipeline);
	struct zf_scratch *scratch = zf_scratch_new();
	struct zf_out *texts = scratch ? zf_texts(scratch, op) : NULL;
	void *to = malloc(chunk->size);

	if (texts && to) {
		texts->limit = MOST;
		texts->len = 0;
		zf_out_append(texts, op, "\"\"", 2);
		if (zf_pipeline_decode(pipeline, op, scratch, src, len, to) == 0 && chunk->kind == 'O')
			check_texts(texts, to);
	}
	free(to);
	zf_scratch_free(scratch);
}

/* Splits an input; NULL if it is none, or its chain none. *rest: what follows the line. */
static struct zf_pipeline *chain_of(struct zf_op *op, const uint8_t **rest, size_t *len)
{
	const uint8_t *end = *len > 0 ? memchr(*rest, '\n', *len) : NULL;
	struct zf_pipeline *pipeline = NULL;
	struct zf_spec spec;
	json_t *codecs;

	if (!end || !chunk_of((char)**rest, &spec) ||
		zf_json_parse(op, *rest + 1, (size_t)(end - *rest) - 1, &codecs) < 0)
		return NULL;
	if (zf_pipeline_new(op, codecs, &spec, &pipeline) < 0)
		pipeline = NULL;
	json_decref(codecs);
	*len -= (size_t)(end + 1 - *rest);
	*rest = end + 1;
	return pipeline;
}

static void codec(const uint8_t *data, size_t len)
{
	struct zf_pipeline *pipeline;
	struct zf_op op;

	zf_op_init(&op);
	pipeline = chain_of(&op, &data, &len);
	if (pipeline && zf_pipeline_chunk(pipeline)->size <= MOST)
		decode(&op, pipeline, data, len);
	zf_pipeline_free(pipeline);
}

static void shard(const uint8_t *data, size_t len)
{
	const struct zf_shard *s;
	struct zf_pipeline *pipeline;
	struct zf_op op;

	zf_op_init(&op);
	pipeline = chain_of(&op, &data, &len);
	s = pipeline ? zf_pipeline_shard(pipeline) : NULL;
	if (s && s->index_size <= len) {
		struct zf_scratch *scratch = zf_scratch_new();
		struct zf_shard_entry *entries = calloc(s->count, sizeof *entries);

		if (scratch && entries && zf_shard_index(s, &op, scratch, data, len, entries) == 0)
			for (uint64_t i = 0; i < s->count; i++)
				CHECK(entries[i].offset == UINT64_MAX ||
					(entries[i].offset <= len &&
						entries[i].len <= len - entries[i].offset));
		free(entries);
		zf_scratch_free(scratch);
	}
	zf_pipeline_free(pipeline);
}

const struct fuzz_target fuzz_targets[] = {
	{ "meta_v0", meta_v0 },
	{ "meta_v1", meta_v1 },
	{ "meta_v2", meta_v2 },
	{ "meta_v3", meta_v3 },
	{ "meta_n5", meta_n5 },
	{ "meta_draft", meta_draft },
	{ "codec", codec },
	{ "shard", shard },
	{ "store", fuzz_store },
	{ "zip", fuzz_zip },
	{ NULL, NULL },
};

const struct fuzz_target *fuzz_target(const char *name)
{
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		if (strcmp(target->name, name) == 0)
			return target;
	return NULL;
}
