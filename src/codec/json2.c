/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json2 (numcodecs "json2"): a chunk as a JSON list: its elements, nested as their dimensions are, then the
 * name of their type and their shape. An element's text is copied as it is, without blanks.
 */
#include "codec/params.h"
#include "codec/text.h"
#include "codec/types.h"

#include <errno.h>
#include <string.h>

static const char *const names[] = { "numcodecs.json2", NULL };

struct parse {
	struct zf_op *op;
	struct zf_out *texts;
	const char *end;
	struct zf_text *to;
	uint64_t left; /* elements that are still to come */
	unsigned ndim;
	uint64_t shape[ZF_MAX_NDIM];
};

static int broken(struct parse *p)
{
	return zf_fail(p->op, EIO, "no valid JSON");
}

static int json2_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	static const char *const words[] = { "utf-8", "utf8", "UTF-8", "ascii", NULL };
	const json_t *encoding = zf_param(configuration, "encoding");
	const char *name = json_string_value(encoding);
	int word;

	if (name && strcmp(name, "utf-8") != 0 && strcmp(name, "ascii") != 0)
		return zf_fail(op, EOPNOTSUPP, "encoding: '%.40s' is not supported", name);
	if (zf_param_word(op, configuration, "encoding", words, &word) < 0)
		return -1;
	return zf_text_bind(op, codec);
}

static int misfit(struct parse *p)
{
	return zf_fail(p->op, EIO, "the items are not of the shape that the last one says");
}

/* [4, 3] at the end of the list, which has so many items before its type and shape. */
static int read_shape(struct parse *p, const char *at, size_t items)
{
	uint64_t count = 1;

	if (*at != '[')
		return zf_fail(p->op, EIO, "the last item is no shape");
	for (at = zf_text_blank(at + 1, p->end); at < p->end && *at != ']'; p->ndim++) {
		uint64_t n = 0;

		if (p->ndim == ZF_MAX_NDIM)
			return zf_fail(p->op, EIO, "the shape has more than %d dimensions", ZF_MAX_NDIM);
		if (*at < '0' || *at > '9')
			return zf_fail(p->op, EIO, "the last item is no shape");
		for (; at < p->end && *at >= '0' && *at <= '9' && n < UINT32_MAX; at++)
			n = 10 * n + (uint64_t)(*at - '0');
		p->shape[p->ndim] = n;
		if (__builtin_mul_overflow(count, n, &count))
			count = UINT64_MAX;
		at = zf_text_blank(at, p->end);
		if (at < p->end && *at == ',')
			at = zf_text_blank(at + 1, p->end);
	}
	if (count != p->left)
		return zf_fail(p->op, EIO, "value has %ju elements, chunk has %ju", (uintmax_t)count,
			(uintmax_t)p->left);
	if (items != (p->ndim ? p->shape[0] : 1))
		return misfit(p);
	return 0;
}

/* Finds how many items the list has, and the last one: the shape. */
static int look(struct parse *p, const char *at)
{
	const char *last = NULL;
	size_t n = 0;

	at = zf_text_blank(at, p->end);
	if (at >= p->end || *at != '[')
		return broken(p);
	do {
		last = zf_text_blank(at + 1, p->end);
		at = zf_text_json(NULL, p->op, last, p->end);
		if (!at)
			return broken(p);
		at = zf_text_blank(at, p->end);
		n++;
	} while (at < p->end && *at == ',');
	if (at >= p->end || *at != ']' || zf_text_blank(at + 1, p->end) != p->end)
		return broken(p);
	if (n < 2)
		return zf_fail(p->op, EIO, "a list of %zu items, too few", n);
	return read_shape(p, last, n - 2);
}

static const char *element(struct parse *p, const char *at)
{
	p->to->offset = p->texts->len;
	at = zf_text_json(p->texts, p->op, at, p->end);
	p->to->len = p->texts->len - p->to->offset;
	p->to++;
	return at;
}

/* The elements from dimension d on; `at` is behind the bracket that opens it. Behind the last item then,
 * which the outermost list goes on from. All of it is known to be JSON. */
static const char *items(struct parse *p, const char *at, unsigned d)
{
	for (uint64_t i = 0; i < p->shape[d]; i++) {
		at = zf_text_blank(at, p->end);
		if (i > 0)
			at = *at == ',' ? zf_text_blank(at + 1, p->end) : NULL;
		if (at && d + 1 == p->ndim)
			at = element(p, at);
		else if (at)
			at = *at == '[' ? items(p, at + 1, d + 1) : NULL;
		if (!at)
			return NULL;
	}
	at = zf_text_blank(at, p->end);
	if (d == 0)
		return *at == ',' ? at : NULL;
	return *at == ']' ? at + 1 : NULL;
}

static int json2_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	struct parse p = { .op = op,
		.texts = zf_texts(scratch, op),
		.end = (const char *)src + len,
		.left = zf_text_count(codec) };
	const char *at;

	if (!p.texts || look(&p, src) < 0)
		return -1;
	if (p.left > len) /* before there is room for as many */
		return zf_fail(
			op, EIO, "value has %zu bytes, too few for %ju elements", len, (uintmax_t)p.left);
	p.to = zf_text_room(codec, op, out);
	if (!p.to)
		return -1;
	at = zf_text_blank(src, p.end) + 1;
	at = p.ndim ? items(&p, at, 0) : element(&p, at);
	return at ? 0 : misfit(&p);
}

const struct zf_codec_type zf_codec_json2 = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = json2_bind,
	.decode = json2_decode,
};
