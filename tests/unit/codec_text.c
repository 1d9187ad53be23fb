/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codecs of elements that vary in length. Chunks by numcodecs 0.11 (msgpack2's by msgpack 1.0.3, in the
 * layout that numcodecs documents); the text is that of Python's json.dumps() with ensure_ascii=False and no
 * blanks.
 */
#include "chain.h"

#include "codec/text.h"

static const struct zf_text fill = { 0, 4 };

static struct zf_spec text_spec(uint64_t rows, uint64_t columns)
{
	struct zf_spec spec = { .ndim = 2, .itemsize = sizeof(struct zf_text), .kind = 'O', .fill = &fill };

	spec.shape[0] = rows;
	spec.shape[1] = columns;
	spec.size = (size_t)(rows * columns * sizeof(struct zf_text));
	return spec;
}

/* The lines of a chunk, each with its end; NULL with an error in c->op. New: free(). */
static char *lines_of(struct chain *c, const void *src, size_t len)
{
	size_t n = zf_pipeline_chunk(c->pipeline)->size / sizeof(struct zf_text), at = 0;
	struct zf_out *texts = zf_texts(c->scratch, &c->op);
	struct zf_text *to = calloc(n + 1, sizeof *to);
	char *lines = NULL;

	texts->len = 0;
	texts->limit = 1 << 16;
	ck_assert_int_eq(zf_out_append(texts, &c->op, "null", 4), 0);
	if (chain_decode(c, src, len, to) == 0) {
		lines = calloc(1, (texts->len + 1) * (n + 1));
		for (size_t i = 0; i < n; i++) {
			ck_assert_uint_le(to[i].offset, texts->len);
			ck_assert_uint_le(to[i].len, texts->len - to[i].offset);
			memcpy(lines + at, texts->data + to[i].offset, to[i].len);
			at += to[i].len;
			lines[at++] = '\n';
		}
	}
	free(to);
	return lines;
}

struct vector {
	const char *chain;
	uint64_t rows, columns;
	const char *hex, *lines;
};

#define CODEC(NAME) "[{'name': '" NAME "'}]"
#define ARRAY(DTYPE) "[{'name': 'numcodecs.vlen-array', 'configuration': {'dtype': '" DTYPE "'}}]"
#define TRANSPOSED(NAME) "[{'name': 'transpose', 'configuration': {'order': [1, 0]}}, {'name': '" NAME "'}]"
#define LABELS                                                                                               \
	"[{'name': 'numcodecs.categorize', 'configuration': {'labels': ['yes', 'n\u00f6'], "                 \
	"'dtype': '|O', 'astype': '|u1'}}]"
#define UTF8 "0400000001000000610000000009000000c3a9e282acf09f98800700000071225c0a09017f"
#define JSON2                                                                                                \
	"5b5b7b2261223a22785c75303065392079222c2262223a5b312c322e352c6e756c6c5d7d2c6e756c6c5d2c"             \
	"5b2d332c5b5d5d2c227c4f222c5b322c325d5d"
#define MSGPACK2                                                                                             \
	"949283a1629801cb4004000000000000c0c3ffcd012cd2fffeee90cf8000000000000000a161a2c3a907c40200ffc0"     \
	"92fd92cb7e37e43c8800759cc2a27c4f920202"

static const struct vector vectors[] = {
	{ CODEC("vlen-utf8"), 4, 1, UTF8,
		"\"a\"\n\"\"\n\"\u00e9\u20ac\U0001f600\"\n\"q\\\"\\\\\\n\\t\\u0001\x7f\"\n" },
	{ TRANSPOSED("vlen-utf8"), 2, 2, UTF8,
		"\"a\"\n\"\u00e9\u20ac\U0001f600\"\n\"\"\n\"q\\\"\\\\\\n\\t\\u0001\x7f\"\n" },
	{ CODEC("numcodecs.vlen-bytes"), 4, 1, "0400000000000000010000000002000000fffe03000000616263",
		"\"\"\n\"AA==\"\n\"//4=\"\n\"YWJj\"\n" },
	{ ARRAY("<f4"), 3, 1,
		"030000000c0000000000803fcdcccc3d0000008000000000140000000000c07f0000807f000080ff01000000"
		"9ec97f7f",
		"[1.0,0.10000000149011612,-0.0]\n[]\n"
		"[NaN,Infinity,-Infinity,1.401298464324817e-45,3.3999999521443642e+38]\n" },
	{ ARRAY("<f8"), 1, 1,
		"010000005000000000003426f56b0c430080e03779c341432d431cebe2361a3ff168e388b5f8e43e00000000"
		"00d05e40000000000000e03f0100000000000000ffffffffffffef7ffca9f1d24d62503fc4a5b52e2aee4543",
		"[1000000000000000.0,1e+16,0.0001,1e-05,123.25,0.5,5e-324,1.7976931348623157e+308,0.001,"
		"1.2345678901234568e+16]\n" },
	{ ARRAY(">i8"), 2, 1, "020000001000000080000000000000007fffffffffffffff080000000000000000000000",
		"[-9223372036854775808,9223372036854775807]\n[0]\n" },
	{ ARRAY("bool"), 2, 1, "0200000002000000010000000000", "[true,false]\n[]\n" },
	{ CODEC("numcodecs.json2"), 2, 2, JSON2,
		"{\"a\":\"x\\u00e9 y\",\"b\":[1,2.5,null]}\nnull\n-3\n[]\n" },
	/* "[ 1e400 , NaN , \"|O\" , [ 2 ] ]": blanks between tokens, tokens as they are */
	{ CODEC("numcodecs.json2"), 2, 1, "5b203165343030202c204e614e202c20227c4f22202c205b2032205d205d",
		"1e400\nNaN\n" },
	{ CODEC("numcodecs.msgpack2"), 2, 2, MSGPACK2,
		"{\"b\":[1,2.5,null,true,-1,300,-70000,9223372036854775808],\"a\":\"\u00e9\",\"7\":\"AP8=\"}"
		"\n"
		"null\n-3\n[1e+300,false]\n" },
	{ LABELS, 3, 1, "020001", "\"n\u00f6\"\n\"\"\n\"yes\"\n" },
};

START_TEST(decodes_vectors)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_spec spec = text_spec(v->rows, v->columns);
		size_t len;
		uint8_t *src = chain_hex(v->hex, &len);
		struct chain c;
		char *lines;

		chain_open(&c, v->chain, &spec);
		lines = lines_of(&c, src, len);
		ck_assert_msg(lines != NULL, "%s: %s", v->chain, c.op.text);
		ck_assert_str_eq(lines, v->lines);
		free(lines);
		free(src);
		chain_close(&c);
	}
}
END_TEST

/* A shard inside of another codec is decoded as a whole: texts of all inner chunks, and fill where one is
 * missing. Inner chunks of one element each: "b" and none; then the index, and a CRC-32 by zlib. */
START_TEST(decodes_shards)
{
	struct zf_spec spec = text_spec(2, 1);
	size_t len;
	uint8_t *src = chain_hex("010000000100000062"
				 "00000000000000000900000000000000"
				 "ffffffffffffffffffffffffffffffff"
				 "4bf18652",
		&len);
	struct chain c;
	char *lines;

	chain_open(&c,
		"[{'name': 'sharding_indexed', 'configuration': {'chunk_shape': [1, 1], 'codecs': "
		"[{'name': 'vlen-utf8'}], 'index_codecs': [{'name': 'bytes', 'configuration': {'endian': "
		"'little'}}]}}, {'name': 'numcodecs.crc32', 'configuration': {'location': 'end'}}]",
		&spec);
	lines = lines_of(&c, src, len);
	ck_assert_msg(lines != NULL, "%s", c.op.text);
	ck_assert_str_eq(lines, "\"b\"\nnull\n");
	free(lines);
	free(src);
	chain_close(&c);
}
END_TEST

static const struct {
	const char *chain, *hex;
	int err;
	const char *text;
} damaged[] = {
	{ CODEC("vlen-utf8"), "", EIO, "codec 'vlen-utf8' (1 of 1): value has 0 bytes, too few" },
	{ CODEC("vlen-utf8"), "01000000", EIO,
		"codec 'vlen-utf8' (1 of 1): value has 1 elements, chunk has 2" },
	{ CODEC("vlen-utf8"), "0200000000000000", EIO,
		"codec 'vlen-utf8' (1 of 1): value has 8 bytes, too few for 2 elements" },
	{ CODEC("vlen-utf8"), "020000000100000061010000", EIO,
		"codec 'vlen-utf8' (1 of 1): element 1 is cut short" },
	{ CODEC("vlen-utf8"), "0200000000000000ffffffff61", EIO,
		"codec 'vlen-utf8' (1 of 1): element 1 is cut short" },
	{ CODEC("vlen-utf8"), "0200000003000000eda08001000000ff", EIO,
		"codec 'vlen-utf8' (1 of 1): element 0: no UTF-8" },
	{ ARRAY("<i2"), "020000000000000003000000616263", EIO,
		"codec 'vlen-array' (1 of 1): element 1: has 3 bytes, no multiple of 2" },
	{ CODEC("numcodecs.json2"), "5b", EIO, "codec 'json2' (1 of 1): no valid JSON" },
	{ CODEC("numcodecs.json2"), "5b5d", EIO, "codec 'json2' (1 of 1): no valid JSON" },
	{ CODEC("numcodecs.json2"), "5b315d", EIO, "codec 'json2' (1 of 1): a list of 1 items, too few" },
	{ CODEC("numcodecs.json2"), "5b312c322c227c4f222c5b335d5d", EIO,
		"codec 'json2' (1 of 1): value has 3 elements, chunk has 2" },
	{ CODEC("numcodecs.json2"), "5b312c227c4f222c5b325d5d", EIO,
		"codec 'json2' (1 of 1): the items are not of the shape that the last one says" },
	{ CODEC("numcodecs.json2"), "5b312c222c227c4f222c5b325d5d", EIO,
		"codec 'json2' (1 of 1): no valid JSON" },
	{ CODEC("numcodecs.json2"), "5b312c220a222c227c4f222c5b325d5d", EIO,
		"codec 'json2' (1 of 1): no valid JSON" },
	{ CODEC("numcodecs.json2"), "5b312c30312c227c4f222c5b325d5d", EIO,
		"codec 'json2' (1 of 1): no valid JSON" },
	{ CODEC("numcodecs.msgpack2"), "9401d40561a27c4f9102", EOPNOTSUPP,
		"codec 'msgpack2' (1 of 1): elements of types that programs define (ext) are not supported" },
	{ CODEC("numcodecs.msgpack2"), "dfffffffff", EIO,
		"codec 'msgpack2' (1 of 1): the items are not of the shape that the last one says" },
	{ CODEC("numcodecs.msgpack2"), "ddffffffff01", EIO, "codec 'msgpack2' (1 of 1): value is cut short" },
	{ CODEC("numcodecs.msgpack2"), "9401c102", EIO,
		"codec 'msgpack2' (1 of 1): byte 0xc1 begins nothing" },
	{ LABELS, "01", EIO, "codec 'categorize' (1 of 1): value has 1 bytes, should have 2" },
};

START_TEST(tells_damage)
{
	struct zf_spec spec = text_spec(2, 1);

	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		size_t len;
		uint8_t *src = chain_hex(damaged[i].hex, &len);
		struct chain c;

		chain_open(&c, damaged[i].chain, &spec);
		ck_assert_msg(!lines_of(&c, src, len), "%s of %s", damaged[i].chain, damaged[i].hex);
		unit_fails(-1, &c.op, damaged[i].err, damaged[i].text);
		free(src);
		chain_close(&c);
	}
}
END_TEST

/* 20000 zeros become 6 characters each: more than the limit of the texts. */
START_TEST(keeps_limits)
{
	struct zf_spec spec = text_spec(1, 1);
	uint8_t src[8 + 20000] = { 1, 0, 0, 0, 20000 & 255, 20000 >> 8 };
	struct chain c;

	chain_open(&c, CODEC("vlen-utf8"), &spec);
	ck_assert_ptr_null(lines_of(&c, src, sizeof src));
	ck_assert_int_eq(c.op.err, EFBIG);
	chain_close(&c);
}
END_TEST

START_TEST(refuses)
{
	struct zf_spec text = text_spec(2, 2), plain = chain_sevens_spec();

	chain_refuses("[{'name': 'bytes'}]", &text, EINVAL,
		"codec 'bytes' (1 of 1): takes elements of fixed size, and these vary in length");
	chain_refuses(
		"[{'name': 'numcodecs.delta', 'configuration': {'dtype': '<i4'}}, {'name': 'vlen-utf8'}]",
		&text, EINVAL,
		"codec 'delta' (1 of 2): takes elements of fixed size, and these vary in length");
	chain_refuses(CODEC("vlen-utf8"), &plain, EINVAL,
		"codec 'vlen-utf8' (1 of 1): takes elements that vary in length, and these do not");
	chain_refuses(CODEC("numcodecs.pickle"), &text, EOPNOTSUPP,
		"codec 'pickle' (1 of 1): a pickle is a program, which may do anything when it is read: not "
		"supported");
	chain_refuses(ARRAY("<c8"), &text, EOPNOTSUPP,
		"codec 'vlen-array' (1 of 1): dtype: complex numbers have no form in JSON");
	chain_refuses("[{'name': 'numcodecs.json2', 'configuration': {'encoding': 'latin-1'}}]", &text,
		EOPNOTSUPP, "codec 'json2' (1 of 1): encoding: 'latin-1' is not supported");
	chain_refuses("[{'name': 'numcodecs.categorize', 'configuration': {'labels': [1], 'dtype': '|O'}}]",
		&text, EINVAL, "codec 'categorize' (1 of 1): labels: not a list of strings");
}
END_TEST

/* Damage of every kind gives lines or an error. */
START_TEST(survives)
{
	uint64_t state = unit_seed();

	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		const struct vector *v = &vectors[i];
		struct zf_spec spec = text_spec(v->rows, v->columns);
		size_t len;
		uint8_t *src = chain_hex(v->hex, &len), *bad = malloc(len);
		struct chain c;

		chain_open(&c, v->chain, &spec);
		for (int k = 0; k < 2000; k++) {
			size_t n = unit_below(&state, 4) ? len : unit_below(&state, len);

			memcpy(bad, src, len);
			for (uint64_t flips = 1 + unit_below(&state, 3); flips > 0; flips--)
				bad[unit_below(&state, len)] ^= (uint8_t)(1 << unit_below(&state, 8));
			free(lines_of(&c, bad, n));
		}
		chain_close(&c);
		free(bad);
		free(src);
	}
}
END_TEST

UNIT_MAIN("codec_text", decodes_vectors, decodes_shards, tells_damage, keeps_limits, refuses, survives)
