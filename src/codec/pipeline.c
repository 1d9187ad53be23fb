/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chains of codecs.
 *
 * What a chain does with a chunk is settled when it is bound: codecs that change nothing are passed over,
 * those that can work in place do, and the last one that needs memory of its own writes straight into the
 * destination. So [bytes, blosc] is one call of blosc, and [transpose, bytes, zstd] is zstd into scratch,
 * swapped there if need be, and a transpose into place.
 */
#include "codec/pipeline.h"

#include "base/checked.h"
#include "codec/scratch.h"
#include "codec/text.h"
#include "codec/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIMIT_FACTOR 4                   /* how much larger than a chunk its encoded form may be, */
#define LIMIT_EXTRA ((uint64_t)16 << 20) /* this on top: tiny chunks may have large frames, */
#define LIMIT_FRAMES 8                   /* and this times the index of a shard */

struct step {
	struct zf_codec codec;
	char *name;
	unsigned number; /* its place in the document, from 1 */
	bool in_place;   /* decodes where the bytes are, if they may be changed */
};

struct zf_pipeline {
	struct zf_spec chunk;
	size_t limit;
	unsigned total; /* codecs in the document */
	unsigned first; /* the first step that decodes into memory of its own; n: none */
	unsigned bytes; /* the array -> bytes step */
	unsigned n;
	struct step steps[];
};

static int at_step(const struct zf_pipeline *p, const struct step *step, struct zf_op *op)
{
	return zf_where(op, "codec '%s' (%u of %u)", step->name, step->number, p->total);
}

/* ---- binding ---- */

/* The short name of a codec: v2's codecs come under their v3 names, but people know them by their own. */
static const char *short_name(const char *name)
{
	static const char prefix[] = "numcodecs.";

	return strncmp(name, prefix, sizeof prefix - 1) == 0 ? name + sizeof prefix - 1 : name;
}

/* An element of the list: "crc32c" or {"name": "crc32c", "configuration": {}}. */
static int read_element(struct zf_op *op, const json_t *element, unsigned number, const char **name,
	const json_t **configuration)
{
	const json_t *value = json_is_object(element) ? json_object_get(element, "name") : element;

	if (!json_is_string(value))
		return zf_fail(op, EINVAL, "codec %u of the chain has no name", number);
	*name = json_string_value(value);
	*configuration = json_object_get(element, "configuration");
	if (*configuration && !json_is_object(*configuration))
		return zf_fail(op, EINVAL, "codec '%s': configuration is not an object", short_name(*name));
	return 0;
}

static int check_kind(struct zf_op *op, enum zf_codec_kind kind, bool have_bytes)
{
	if (kind == ZF_BYTES_BYTES && !have_bytes)
		return zf_fail(op, EINVAL, "takes bytes, and no codec before it makes any");
	if (kind != ZF_BYTES_BYTES && have_bytes)
		return zf_fail(op, EINVAL, "takes an array, and a codec before it has made it bytes");
	return 0;
}

/* Whether what flows into the next codec are elements that vary in length. */
static bool flows_texts(const struct zf_pipeline *p)
{
	return (p->n ? p->steps[p->n - 1].codec.out.kind : p->chunk.kind) == 'O';
}

static int check_texts(const struct zf_pipeline *p, struct zf_op *op, const struct zf_codec_type *type)
{
	if (type->texts || !flows_texts(p))
		return 0;
	return zf_fail(op, EINVAL, "takes elements of fixed size, and these vary in length");
}

/* v2 has bytes before all filters. Where they are as the elements were, a filter that needs to know those is
 * told; what it cannot take as an array it takes as bytes. */
static int bind(
	const struct zf_codec *last, struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	const struct zf_codec_type *type = codec->type;
	struct zf_op own;

	if (!last || !type->wants_array || last->type != &zf_codec_bytes || !last->identity)
		return type->bind(op, configuration, codec);
	zf_op_init(&own);
	codec->in = last->in;
	if (type->bind(&own, configuration, codec) == 0)
		return 0;
	type->free(codec);
	codec->state = NULL;
	codec->in = last->out;
	return type->bind(op, configuration, codec);
}

static int bind_step(struct zf_pipeline *p, struct zf_op *op, const struct zf_codec_type *type,
	const char *name, unsigned number, const json_t *configuration)
{
	struct step *step = &p->steps[p->n];
	bool have_bytes = p->bytes < p->n;
	enum zf_codec_kind kind = have_bytes && type->after_bytes ? ZF_BYTES_BYTES : type->kind;

	step->name = strdup(short_name(name));
	if (!step->name)
		return zf_nomem(op, strlen(name));
	step->number = number;
	step->codec.type = type;
	step->codec.in = p->n ? step[-1].codec.out : p->chunk;
	if (check_texts(p, op, type) < 0) {
		zf_where(op, "codec '%s' (%u of %u)", step->name, number, p->total);
		free(step->name);
		return -1;
	}
	p->n++; /* from here on it is freed with the rest */
	if (check_kind(op, kind, have_bytes) < 0 ||
		bind(number > 1 && p->n > 1 ? &step[-1].codec : NULL, op, configuration, &step->codec) < 0)
		return at_step(p, step, op);
	if (have_bytes && type->wants_array && step->codec.out.kind)
		step->codec.out = (struct zf_spec){ .itemsize = step->codec.out.itemsize,
			.size = step->codec.out.size };
	step->in_place = step->codec.identity || type->decode_here;
	if (kind == ZF_ARRAY_BYTES)
		p->bytes = p->n - 1;
	else if (!have_bytes)
		p->bytes = p->n; /* not yet */
	return 0;
}

static int bind_element(struct zf_pipeline *p, struct zf_op *op, const json_t *element, unsigned number)
{
	const json_t *configuration = NULL;
	const struct zf_codec_type *type;
	const char *name = NULL;

	if (read_element(op, element, number, &name, &configuration) < 0)
		return -1;
	type = zf_codec_find(name);
	if (type && type->of_texts && flows_texts(p))
		type = type->of_texts;
	if (type)
		return bind_step(p, op, type, name, number, configuration);
	if (json_is_false(json_object_get(element, "must_understand")))
		return 0;
	return zf_fail(op, EOPNOTSUPP, "unknown codec '%s'", short_name(name));
}

/* Shards may hold any number of tiny chunks, of which each has a frame and a place in the index. */
static size_t encoded_limit(const struct zf_pipeline *p)
{
	const struct zf_codec *bytes = &p->steps[p->bytes].codec;
	const struct zf_shard *shard = bytes->type == &zf_codec_sharding ? bytes->state : NULL;
	uint64_t limit, extra = LIMIT_EXTRA;

	if (p->chunk.kind == 'O')
		return ZF_MAX_TEXTS;
	if (shard)
		extra += LIMIT_FRAMES * (uint64_t)shard->index_size;
	if (!zf_mul(p->chunk.size, LIMIT_FACTOR, &limit) || !zf_add(limit, extra, &limit) ||
		limit > SIZE_MAX / 2)
		return SIZE_MAX / 2;
	return (size_t)limit;
}

int zf_pipeline_new(
	struct zf_op *op, const json_t *codecs, const struct zf_spec *chunk, struct zf_pipeline **out)
{
	size_t count = json_array_size(codecs);
	struct zf_pipeline *p;

	if (!json_is_array(codecs))
		return zf_fail(op, EINVAL, "codecs: not a list");
	if (count > ZF_MAX_CODECS)
		return zf_fail(op, EINVAL, "codecs: %zu in a chain, limit is %d", count, ZF_MAX_CODECS);
	p = calloc(1, sizeof *p + count * sizeof p->steps[0]);
	if (!p)
		return zf_nomem(op, sizeof *p + count * sizeof p->steps[0]);
	p->chunk = *chunk;
	p->total = (unsigned)count;
	for (unsigned i = 0; i < count; i++)
		if (bind_element(p, op, json_array_get(codecs, i), i + 1) < 0)
			goto fail;
	if (p->bytes == p->n) {
		zf_fail(op, EINVAL, "codecs: none makes bytes of the array");
		goto fail;
	}
	while (p->first < p->n && p->steps[p->first].in_place)
		p->first++;
	p->limit = encoded_limit(p);
	*out = p;
	return 0;
fail:
	zf_pipeline_free(p);
	return -1;
}

void zf_pipeline_free(struct zf_pipeline *pipeline)
{
	if (!pipeline)
		return;
	for (unsigned i = 0; i < pipeline->n; i++) {
		struct step *step = &pipeline->steps[i];

		if (step->codec.type->free)
			step->codec.type->free(&step->codec);
		free(step->name);
	}
	free(pipeline);
}

const struct zf_spec *zf_pipeline_chunk(const struct zf_pipeline *pipeline)
{
	return &pipeline->chunk;
}

size_t zf_pipeline_limit(const struct zf_pipeline *pipeline)
{
	return pipeline->limit;
}

size_t zf_pipeline_encoded_size(const struct zf_pipeline *pipeline)
{
	return pipeline->steps[pipeline->n - 1].codec.out.size;
}

const struct zf_shard *zf_pipeline_shard(const struct zf_pipeline *pipeline)
{
	const struct step *step = &pipeline->steps[pipeline->bytes];

	for (unsigned i = 0; i < pipeline->n; i++)
		if (i != pipeline->bytes && !pipeline->steps[i].codec.identity)
			return NULL;
	return step->codec.type == &zf_codec_sharding ? step->codec.state : NULL;
}

/* ---- whole chunks ---- */

/* What is on its way through the chain. */
struct flow {
	const struct zf_pipeline *p;
	struct zf_op *op;
	struct zf_scratch *scratch;
	const uint8_t *data;
	size_t len;
	uint8_t *ours;       /* data, where it may be changed; else NULL */
	struct zf_out *held; /* the scratch that data is in */
};

static void flow_to(struct flow *f, struct zf_out *held, uint8_t *data, size_t len)
{
	zf_scratch_give(f->scratch, f->held);
	f->held = held;
	f->data = f->ours = data;
	f->len = len;
}

static int check_len(struct flow *f, const struct step *step)
{
	const struct zf_spec *in = &step->codec.in;

	if (f->len == in->size)
		return 0;
	zf_fail(f->op, EIO, "value has %zu bytes, chunk has %zu", f->len, in->size);
	return at_step(f->p, step, f->op);
}

/* Decodes into `out`. A codec that gives another size than it should and does not say so is wrong, but it is
 * not believed. */
static int decode_into(struct flow *f, const struct step *step, struct zf_out *out)
{
	size_t want = step->codec.in.size;

	if (step->codec.type->decode(&step->codec, f->op, f->scratch, f->data, f->len, out) == 0 &&
		(want == ZF_SIZE_UNKNOWN || out->len == want))
		return 0;
	zf_fail(f->op, EIO, "value gives %zu bytes, chunk has %zu", out->len, want);
	return at_step(f->p, step, f->op);
}

static int decode_to_scratch(struct flow *f, const struct step *step)
{
	size_t size = step->codec.in.size;
	bool known = size != ZF_SIZE_UNKNOWN;
	size_t limit = known ? size : f->p->limit;
	struct zf_out *out, *texts;

	if (!known && f->p->chunk.kind == 'O') {
		texts = zf_texts(f->scratch, f->op);
		if (!texts)
			return -1;
		limit = texts->limit < limit ? texts->limit : limit;
	}
	if (zf_scratch_take(f->scratch, f->op, known ? size : 0, limit, &out) < 0)
		return -1;
	if (decode_into(f, step, out) < 0) {
		zf_scratch_give(f->scratch, out);
		return -1;
	}
	flow_to(f, out, out->data, out->len);
	return 0;
}

static int decode_to_dst(struct flow *f, const struct step *step, void *dst)
{
	struct zf_out out = ZF_OUT_FIXED(dst, step->codec.in.size);

	if (decode_into(f, step, &out) < 0)
		return -1;
	flow_to(f, NULL, dst, out.len);
	return 0;
}

static int decode_step(struct flow *f, unsigned i, void *dst)
{
	const struct step *step = &f->p->steps[i];

	if (step->in_place && (step->codec.identity || f->ours)) {
		if (check_len(f, step) < 0)
			return -1;
		if (!step->codec.identity)
			step->codec.type->decode_here(&step->codec, f->ours, f->len);
		return 0;
	}
	if (f->p->first < i && f->p->first < f->p->n)
		return decode_to_scratch(f, step);
	return decode_to_dst(f, step, dst);
}

/* ---- timing ---- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void add_time(struct zf_codec_times *times, unsigned i, const char *name, double seconds)
{
	if (i >= ZF_CODEC_TIMES)
		return;
	snprintf(times->of[i].name, sizeof times->of[i].name, "%s", name);
	times->of[i].seconds += seconds;
	times->count = times->count > i + 1 ? times->count : i + 1;
}

static int decode_all(struct flow *f, void *dst, struct zf_codec_times *times)
{
	int rc = 0;

	for (unsigned i = f->p->n; rc == 0 && i-- > 0;) {
		double began = times ? now() : 0;

		rc = decode_step(f, i, dst);
		if (times)
			add_time(times, f->p->n - 1 - i, f->p->steps[i].name, now() - began);
	}
	if (rc == 0 && f->data != dst && f->len)
		memcpy(dst, f->data, f->len);
	zf_scratch_give(f->scratch, f->held);
	return rc;
}

int zf_pipeline_decode(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, void *dst)
{
	struct flow f = { .p = pipeline, .op = op, .scratch = scratch, .data = src, .len = len };

	return decode_all(&f, dst, NULL);
}

int zf_pipeline_time(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, void *dst, struct zf_codec_times *times)
{
	struct flow f = { .p = pipeline, .op = op, .scratch = scratch, .data = src, .len = len };
	int rc = decode_all(&f, dst, times);

	if (rc == 0) {
		times->chunks++;
		times->bytes += pipeline->chunk.size;
	}
	return rc;
}

int zf_pipeline_encodable(const struct zf_pipeline *p, struct zf_op *op)
{
	for (unsigned i = 0; i < p->n; i++) {
		const struct step *step = &p->steps[i];
		const struct zf_shard *shard =
			step->codec.type == &zf_codec_sharding ? step->codec.state : NULL;

		if (!step->codec.type->encode)
			zf_fail(op, EOPNOTSUPP, "cannot encode");
		else if (!shard || (zf_pipeline_encodable(shard->inner, op) == 0 &&
					   zf_pipeline_encodable(shard->index, op) == 0))
			continue;
		return at_step(p, step, op);
	}
	return 0;
}

/* Encodes with one step, into scratch. */
static int encode_step(struct flow *f, const struct step *step, struct zf_out *out)
{
	const struct zf_codec_type *type = step->codec.type;

	if (!type->encode) {
		zf_fail(f->op, EOPNOTSUPP, "cannot encode");
		return at_step(f->p, step, f->op);
	}
	if (type->encode(&step->codec, f->op, f->scratch, f->data, f->len, out) < 0)
		return at_step(f->p, step, f->op);
	return 0;
}

/* The last step that changes anything; n: none does. */
static unsigned last_real(const struct zf_pipeline *p)
{
	for (unsigned i = p->n; i-- > 0;)
		if (!p->steps[i].codec.identity)
			return i;
	return p->n;
}

int zf_pipeline_encode(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, struct zf_out *out)
{
	struct flow f = {
		.p = pipeline, .op = op, .scratch = scratch, .data = src, .len = pipeline->chunk.size
	};
	unsigned last = last_real(pipeline);
	int rc = 0;

	if (last == pipeline->n)
		return zf_out_append(out, op, src, f.len);
	for (unsigned i = 0; rc == 0 && i < last; i++) {
		const struct step *step = &pipeline->steps[i];
		struct zf_out *to;

		if (step->codec.identity)
			continue;
		rc = zf_scratch_take(scratch, op, 0, SIZE_MAX / 2, &to);
		if (rc < 0)
			break;
		rc = encode_step(&f, step, to);
		flow_to(&f, to, to->data, to->len);
	}
	if (rc == 0)
		rc = encode_step(&f, &pipeline->steps[last], out);
	zf_scratch_give(scratch, f.held);
	return rc;
}

/* ---- parts ---- */

/* The step that decodes parts, or NULL where the bytes are stored as they are; *ok: whether parts work
 * at all. */
static const struct step *part_step(const struct zf_pipeline *p, bool *ok)
{
	const struct step *found = NULL;

	*ok = p->steps[p->bytes].codec.type == &zf_codec_bytes;
	for (unsigned i = 0; i < p->n; i++) {
		const struct step *step = &p->steps[i];

		if (step->codec.identity || i == p->bytes)
			continue;
		if (i < p->bytes || found || !step->codec.type->decode_range)
			*ok = false;
		found = step;
	}
	return found;
}

bool zf_pipeline_ranged(const struct zf_pipeline *pipeline)
{
	bool ok;

	part_step(pipeline, &ok);
	return ok;
}

bool zf_pipeline_plain(const struct zf_pipeline *pipeline)
{
	bool ok;

	return !part_step(pipeline, &ok) && ok && pipeline->steps[pipeline->bytes].codec.identity;
}

static int check_plain(const struct zf_pipeline *p, struct zf_op *op, const struct zf_reader *reader)
{
	if (reader->size == p->chunk.size)
		return 0;
	zf_fail(op, EIO, "value has %ju bytes, chunk has %zu", (uintmax_t)reader->size, p->chunk.size);
	return at_step(p, &p->steps[p->bytes], op);
}

int zf_pipeline_grain(
	const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_reader *reader, size_t *out)
{
	bool ok;
	const struct step *step = part_step(pipeline, &ok);
	size_t item = pipeline->chunk.itemsize, grain;

	*out = 0;
	if (!ok || pipeline->chunk.size == 0)
		return 0;
	if (!step) {
		*out = item;
		return check_plain(pipeline, op, reader);
	}
	if (step->codec.type->grain(&step->codec, op, reader, &grain) < 0)
		return at_step(pipeline, step, op);
	if (grain % item)
		grain += item - grain % item;
	*out = grain < pipeline->chunk.size ? grain : 0;
	return 0;
}

int zf_pipeline_decode_range(const struct zf_pipeline *pipeline, struct zf_op *op, struct zf_scratch *scratch,
	struct zf_reader *reader, void *dst, size_t len, uint64_t from)
{
	bool ok;
	const struct step *step = part_step(pipeline, &ok), *bytes = &pipeline->steps[pipeline->bytes];

	if (!ok || len > pipeline->chunk.size || from > pipeline->chunk.size - len)
		return zf_fail(op, EINVAL, "no part %ju+%zu of a chunk of %zu", (uintmax_t)from, len,
			pipeline->chunk.size);
	if (!step) {
		if (check_plain(pipeline, op, reader) < 0 || reader->read(reader, op, dst, len, from) < 0)
			return -1;
	} else if (step->codec.type->decode_range(&step->codec, op, scratch, reader, dst, len, from) < 0) {
		return at_step(pipeline, step, op);
	}
	if (!bytes->codec.identity)
		bytes->codec.type->decode_here(&bytes->codec, dst, len);
	return 0;
}
