/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests of codecs share: chains from JSON text, values from hex, the chunk that the vectors hold.
 *
 * Most vectors were made by numcodecs 0.11 from the same chunk, 6 x 8 32-bit integers that count up in
 * sevens; those by other tools say so.
 */
#ifndef ZF_UNIT_CHAIN_H
#define ZF_UNIT_CHAIN_H

#include "unit.h"

#include "base/out.h"
#include "codec/pipeline.h"

#include <endian.h>
#include <errno.h>

struct chain {
	struct zf_op op;
	struct zf_scratch *scratch;
	struct zf_pipeline *pipeline;
};

static const uint8_t chain_zeros[512];

/* Bytes of a chunk: one dimension of `n` elements of `item`, swapped by `swap`. */
static inline struct zf_spec chain_spec(uint64_t n, uint32_t item, uint32_t swap)
{
	struct zf_spec spec = { .ndim = 1, .itemsize = item, .swap = swap, .kind = 'u', .fill = chain_zeros };

	spec.shape[0] = n;
	spec.size = (size_t)n * item;
	return spec;
}

/* The chunk of the vectors. */
static inline struct zf_spec chain_sevens_spec(void)
{
	struct zf_spec spec = chain_spec(48, 4, 4);

	spec.ndim = 2;
	spec.shape[0] = 6;
	spec.shape[1] = 8;
	return spec;
}

enum { CHAIN_SEVENS = 192 };

static inline void chain_sevens(uint8_t *out)
{
	for (uint32_t i = 0; i < 48; i++) {
		uint32_t n = htole32(7 * i);

		memcpy(out + 4 * i, &n, 4);
	}
}

/* Tries to bind. The codecs are JSON with ' for ". */
static inline int chain_try(struct chain *c, const char *codecs, const struct zf_spec *spec)
{
	char *text = strdup(codecs);
	json_error_t error;
	json_t *json;
	int rc;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	json = json_loads(text, 0, &error);
	ck_assert_msg(json != NULL, "%s: %s", text, error.text);
	zf_op_init(&c->op);
	c->pipeline = NULL;
	c->scratch = zf_scratch_new();
	rc = zf_pipeline_new(&c->op, json, spec, &c->pipeline);
	json_decref(json);
	free(text);
	return rc;
}

static inline void chain_open(struct chain *c, const char *codecs, const struct zf_spec *spec)
{
	int rc = chain_try(c, codecs, spec);

	unit_ok(rc, &c->op);
}

static inline void chain_close(struct chain *c)
{
	zf_pipeline_free(c->pipeline);
	zf_scratch_free(c->scratch);
}

/* Binding fails, saying this. */
static inline void chain_refuses(const char *codecs, const struct zf_spec *spec, int err, const char *text)
{
	struct chain c;

	unit_fails(chain_try(&c, codecs, spec), &c.op, err, text);
	chain_close(&c);
}

static inline uint8_t *chain_hex(const char *hex, size_t *len)
{
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = malloc(n ? n : 1);

	for (size_t i = 0; i < n; i++) {
		unsigned b;

		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &b), 1);
		bytes[i] = (uint8_t)b;
	}
	*len = n;
	return bytes;
}

/* Decodes from and to memory of exactly the sizes, so that a sanitizer sees each step beyond. */
static inline int chain_decode(struct chain *c, const void *src, size_t len, void *dst)
{
	size_t size = zf_pipeline_chunk(c->pipeline)->size;
	uint8_t *from = malloc(len ? len : 1), *to = malloc(size ? size : 1);
	int rc;

	if (len)
		memcpy(from, src, len);
	zf_op_init(&c->op);
	rc = zf_pipeline_decode(c->pipeline, &c->op, c->scratch, from, len, to);
	if (rc == 0)
		memcpy(dst, to, size);
	free(from);
	free(to);
	return rc;
}

static inline void chain_gives(
	const char *codecs, const struct zf_spec *spec, const void *src, size_t len, const void *expected)
{
	uint8_t *got = malloc(spec->size);
	struct chain c;
	int rc;

	chain_open(&c, codecs, spec);
	rc = chain_decode(&c, src, len, got);
	unit_ok(rc, &c.op);
	unit_bytes_eq(got, expected, spec->size);
	free(got);
	chain_close(&c);
}

/* A vector in hex decodes to the sevens. */
static inline void chain_gives_sevens(const char *codecs, const char *hex)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t sevens[CHAIN_SEVENS];
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_sevens(sevens);
	chain_gives(codecs, &spec, src, len, sevens);
	free(src);
}

/* Decoding these bytes fails with EIO, saying this. */
static inline void chain_fails(
	const char *codecs, const struct zf_spec *spec, const void *src, size_t len, const char *text)
{
	uint8_t *got = malloc(spec->size);
	struct chain c;

	chain_open(&c, codecs, spec);
	unit_fails(chain_decode(&c, src, len, got), &c.op, EIO, text);
	free(got);
	chain_close(&c);
}

/* The same for hex and the sevens' chunk. */
static inline void chain_fails_hex(const char *codecs, const char *hex, const char *text)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_fails(codecs, &spec, src, len, text);
	free(src);
}

/* What encoding gives, decodes to what it was. Not a proof of the format. */
static inline void chain_returns(const char *codecs, const struct zf_spec *spec, const void *raw)
{
	struct zf_out out = ZF_OUT_GROWING(SIZE_MAX / 2);
	struct chain c;
	int rc;

	chain_open(&c, codecs, spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	chain_gives(codecs, spec, out.data, out.len, raw);
	zf_out_free(&out);
	chain_close(&c);
}

/* A reader of memory that counts. */
struct chain_reader {
	struct zf_reader base;
	const uint8_t *data;
	unsigned calls;
	uint64_t bytes;
};

static inline int chain_read(struct zf_reader *base, struct zf_op *op, void *dst, size_t len, uint64_t offset)
{
	struct chain_reader *reader = (struct chain_reader *)base;

	if (len > base->size || offset > base->size - len)
		return zf_fail(
			op, ERANGE, "read of %zu bytes at %" PRIu64 " of %" PRIu64, len, offset, base->size);
	reader->calls++;
	reader->bytes += len;
	memcpy(dst, reader->data + offset, len);
	return 0;
}

static inline struct chain_reader chain_reader(const void *data, size_t len)
{
	return (struct chain_reader){ .base = { .size = len, .read = chain_read }, .data = data };
}

/* Damages a value at random in each of the ways there are and decodes it: whatever comes, it is the
 * right number of bytes or EIO. Finds crashes under sanitizers. */
static inline void chain_survives(const char *codecs, const struct zf_spec *spec, const void *src, size_t len)
{
	uint64_t state = unit_seed();
	uint8_t *bad = malloc(len + 64), *got = malloc(spec->size);
	struct chain c;

	chain_open(&c, codecs, spec);
	for (int i = 0; i < 3000; i++) {
		size_t n = len;

		memcpy(bad, src, len);
		memset(bad + len, 0x5a, 64);
		if (unit_below(&state, 4) == 0)
			n = unit_below(&state, len + 64);
		for (uint64_t k = unit_below(&state, 4); k > 0; k--)
			bad[unit_below(&state, unit_below(&state, 2) && len > 40 ? 40 : len)] ^=
				1u << unit_below(&state, 8);
		if (unit_below(&state, 4) == 0 && len >= 16)
			memset(bad + 4 * unit_below(&state, 4), unit_below(&state, 2) ? 255 : 0, 4);
		if (chain_decode(&c, bad, n, got) < 0)
			ck_assert_msg((c.op.err == EIO || c.op.err == EOPNOTSUPP) && c.op.text[0],
				"errno %d: %s", c.op.err, c.op.text);
	}
	chain_close(&c);
	free(bad);
	free(got);
}

/* The same for hex and the sevens' chunk. */
static inline void chain_survives_hex(const char *codecs, const char *hex)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len;
	uint8_t *src = chain_hex(hex, &len);

	chain_survives(codecs, &spec, src, len);
	free(src);
}

#endif
