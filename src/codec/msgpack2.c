/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * msgpack2 (numcodecs "msgpack2"; msgpack's format description): a chunk as a list: its elements, nested as
 * their dimensions are, then the name of their type and their shape. What has a form in JSON is read: nil,
 * booleans, numbers, strings, lists and maps; binary data become base64. The types that programs define for
 * themselves (ext) are not.
 */
#include "codec/text.h"
#include "codec/types.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

static const char *const names[] = { "numcodecs.msgpack2", NULL };

enum { DEEP = 512 }; /* lists within lists */

struct parse {
	struct zf_op *op;
	struct zf_out *texts; /* NULL: only looked at */
	const uint8_t *at, *end;
	unsigned depth;
	struct zf_text *to;
};

enum kind { NIL, FALSE, TRUE, NATURAL, INTEGER, REAL, STRING, BINARY, LIST, MAP, EXT };

/* What begins at p->at: its kind, and its number or its size. */
struct head {
	enum kind kind;
	uint64_t n;
	double real;
};

static int cut(struct parse *p)
{
	return zf_fail(p->op, EIO, "value is cut short");
}

/* A number of `size` bytes, big endian. */
static int read_number(struct parse *p, unsigned size, uint64_t *out)
{
	uint64_t n = 0;

	if ((size_t)(p->end - p->at) < size)
		return cut(p);
	for (unsigned i = 0; i < size; i++)
		n = n << 8 | *p->at++;
	*out = n;
	return 0;
}

static int read_real(struct parse *p, unsigned size, struct head *head)
{
	uint32_t bits;
	float single;

	head->kind = REAL;
	if (read_number(p, size, &head->n) < 0)
		return -1;
	bits = (uint32_t)head->n;
	memcpy(&single, &bits, sizeof single);
	if (size == 4)
		head->real = single;
	else
		memcpy(&head->real, &head->n, sizeof head->real);
	return 0;
}

static int read_signed(struct parse *p, unsigned size, struct head *head)
{
	head->kind = INTEGER;
	if (read_number(p, size, &head->n) < 0)
		return -1;
	if (size < 8 && head->n >> (8 * size - 1))
		head->n -= (uint64_t)1 << (8 * size);
	return 0;
}

/* The formats that say their kind and the size of their number: 0xc4 to 0xdf. */
static int read_sized(struct parse *p, uint8_t byte, struct head *head)
{
	static const struct {
		uint8_t kind, size;
	} formats[] = { { BINARY, 1 }, { BINARY, 2 }, { BINARY, 4 }, { EXT, 1 }, { EXT, 2 }, { EXT, 4 },
		{ REAL, 4 }, { REAL, 8 }, { NATURAL, 1 }, { NATURAL, 2 }, { NATURAL, 4 }, { NATURAL, 8 },
		{ INTEGER, 1 }, { INTEGER, 2 }, { INTEGER, 4 }, { INTEGER, 8 }, { EXT, 0 }, { EXT, 0 },
		{ EXT, 0 }, { EXT, 0 }, { EXT, 0 }, { STRING, 1 }, { STRING, 2 }, { STRING, 4 }, { LIST, 2 },
		{ LIST, 4 }, { MAP, 2 }, { MAP, 4 } };
	unsigned size = formats[byte - 0xc4].size;

	head->kind = formats[byte - 0xc4].kind;
	if (head->kind == REAL)
		return read_real(p, size, head);
	if (head->kind == INTEGER)
		return read_signed(p, size, head);
	return read_number(p, size, &head->n);
}

static int read_head(struct parse *p, struct head *head)
{
	uint8_t byte;

	if (p->at == p->end)
		return cut(p);
	byte = *p->at++;
	*head = (struct head){ .kind = NATURAL, .n = byte };
	if (byte < 0x80)
		return 0;
	if (byte >= 0xe0) {
		head->kind = INTEGER;
		head->n -= 0x100;
		return 0;
	}
	if (byte < 0xc0) {
		head->kind = byte < 0x90 ? MAP : byte < 0xa0 ? LIST : STRING;
		head->n = byte & (byte < 0xa0 ? 0x0f : 0x1f);
		return 0;
	}
	if (byte == 0xc1)
		return zf_fail(p->op, EIO, "byte 0xc1 begins nothing");
	if (byte < 0xc4) {
		head->kind = byte == 0xc0 ? NIL : byte == 0xc2 ? FALSE : TRUE;
		return 0;
	}
	return read_sized(p, byte, head);
}

static int value(struct parse *p);

static int word(struct parse *p, const char *text)
{
	return p->texts ? zf_text_word(p->texts, p->op, text) : 0;
}

/* A string or binary data. */
static int bytes(struct parse *p, const struct head *head)
{
	const uint8_t *from = p->at;

	if (head->n > (uint64_t)(p->end - p->at))
		return cut(p);
	p->at += head->n;
	if (!p->texts)
		return 0;
	if (head->kind == STRING)
		return zf_text_string(p->texts, p->op, from, (size_t)head->n);
	return zf_text_base64(p->texts, p->op, from, (size_t)head->n);
}

/* JSON's names are strings. */
static int key(struct parse *p)
{
	struct head head;

	if (read_head(p, &head) < 0)
		return -1;
	if (head.kind == STRING)
		return bytes(p, &head) < 0 || word(p, ":") < 0 ? -1 : 0;
	if (head.kind != NATURAL && head.kind != INTEGER)
		return zf_fail(p->op, EIO, "a map has a key that is neither a string nor an integer");
	if (!p->texts)
		return 0;
	if (word(p, "\"") < 0 ||
		(head.kind == NATURAL ? zf_text_natural(p->texts, p->op, head.n)
				      : zf_text_integer(p->texts, p->op, (int64_t)head.n)) < 0)
		return -1;
	return word(p, "\":");
}

static int container(struct parse *p, const struct head *head)
{
	bool map = head->kind == MAP;

	if (head->n > (uint64_t)(p->end - p->at)) /* each item has a byte at least */
		return cut(p);
	if (++p->depth > DEEP)
		return zf_fail(p->op, EIO, "lists are nested more than %d deep", DEEP);
	if (word(p, map ? "{" : "[") < 0)
		return -1;
	for (uint64_t i = 0; i < head->n; i++)
		if ((i && word(p, ",") < 0) || (map && key(p) < 0) || value(p) < 0)
			return -1;
	p->depth--;
	return word(p, map ? "}" : "]");
}

static int value(struct parse *p)
{
	struct head head;

	if (read_head(p, &head) < 0)
		return -1;
	switch (head.kind) {
	case NIL:
		return word(p, "null");
	case FALSE:
	case TRUE:
		return word(p, head.kind == TRUE ? "true" : "false");
	case NATURAL:
		return p->texts ? zf_text_natural(p->texts, p->op, head.n) : 0;
	case INTEGER:
		return p->texts ? zf_text_integer(p->texts, p->op, (int64_t)head.n) : 0;
	case REAL:
		return p->texts ? zf_text_real(p->texts, p->op, head.real) : 0;
	case STRING:
	case BINARY:
		return bytes(p, &head);
	case LIST:
	case MAP:
		return container(p, &head);
	case EXT:
		break;
	}
	return zf_fail(p->op, EOPNOTSUPP, "elements of types that programs define (ext) are not supported");
}

/* ---- the list ---- */

static int read_list(struct parse *p, uint64_t *n)
{
	struct head head;

	if (read_head(p, &head) < 0)
		return -1;
	if (head.kind != LIST)
		return zf_fail(p->op, EIO, "the items are not of the shape that the last one says");
	*n = head.n;
	return 0;
}

/* The shape is the last item of `count`: passes over the others. */
static int look(struct parse *p, uint64_t count, uint64_t want, unsigned *ndim, uint64_t *shape)
{
	uint64_t n = 0, total = 1;

	if (count < 2)
		return zf_fail(p->op, EIO, "a list of %ju items, too few", (uintmax_t)count);
	for (uint64_t i = 0; i + 1 < count; i++)
		if (value(p) < 0)
			return -1;
	if (read_list(p, &n) < 0)
		return -1;
	if (n > ZF_MAX_NDIM)
		return zf_fail(p->op, EIO, "the shape has more than %d dimensions", ZF_MAX_NDIM);
	*ndim = (unsigned)n;
	for (unsigned d = 0; d < n; d++) {
		struct head head;

		if (read_head(p, &head) < 0)
			return -1;
		if (head.kind != NATURAL || __builtin_mul_overflow(total, head.n, &total))
			return zf_fail(p->op, EIO, "the last item is no shape");
		shape[d] = head.n;
	}
	if (total != want)
		return zf_fail(p->op, EIO, "value has %ju elements, chunk has %ju", (uintmax_t)total,
			(uintmax_t)want);
	return 0;
}

static int element(struct parse *p)
{
	p->to->offset = p->texts->len;
	if (value(p) < 0)
		return -1;
	p->to->len = p->texts->len - p->to->offset;
	p->to++;
	return 0;
}

static int items(struct parse *p, unsigned ndim, const uint64_t *shape, bool outermost)
{
	uint64_t n = 0;

	if (ndim == 0)
		return element(p);
	if (!outermost) {
		if (read_list(p, &n) < 0)
			return -1;
		if (n != *shape)
			return zf_fail(p->op, EIO, "the items are not of the shape that the last one says");
	}
	for (uint64_t i = 0; i < *shape; i++)
		if (items(p, ndim - 1, shape + 1, false) < 0)
			return -1;
	return 0;
}

static int msgpack2_bind(struct zf_op *op, const json_t *configuration, struct zf_codec *codec)
{
	(void)configuration;
	return zf_text_bind(op, codec);
}

static int msgpack2_decode(const struct zf_codec *codec, struct zf_op *op, struct zf_scratch *scratch,
	const void *src, size_t len, struct zf_out *out)
{
	struct parse p = { .op = op, .at = src, .end = (const uint8_t *)src + len };
	const uint8_t *first;
	uint64_t count = 0, shape[ZF_MAX_NDIM], want = zf_text_count(codec);
	unsigned ndim = 0;

	if (want > len)
		return zf_fail(
			op, EIO, "value has %zu bytes, too few for %ju elements", len, (uintmax_t)want);
	if (read_list(&p, &count) < 0)
		return -1;
	first = p.at;
	if (look(&p, count, want, &ndim, shape) < 0)
		return -1;
	if (ndim && count != shape[0] + 2)
		return zf_fail(op, EIO, "the items are not of the shape that the last one says");
	p.at = first;
	p.texts = zf_texts(scratch, op);
	p.to = zf_text_room(codec, op, out);
	return p.texts && p.to ? items(&p, ndim, shape, true) : -1;
}

const struct zf_codec_type zf_codec_msgpack2 = {
	.names = names,
	.kind = ZF_ARRAY_BYTES,
	.texts = true,
	.bind = msgpack2_bind,
	.decode = msgpack2_decode,
};
