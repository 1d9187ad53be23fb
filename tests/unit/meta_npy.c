/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of .npy files: NumPy's, byte for byte, and none that lies. */
#include "unit.h"

#include "meta/json.h"
#include "meta/npy.h"

#include <errno.h>

#include "meta_npy_table.h"

#define OUT ZF_OUT_GROWING((size_t)1 << 26)
#define COUNT(TABLE) (sizeof(TABLE) / sizeof((TABLE)[0]))

static json_t *parse(const char *text)
{
	struct zf_op op;
	json_t *value;

	zf_op_init(&op);
	unit_ok(zf_json_parse(&op, text, strlen(text), &value), &op);
	return value;
}

static unsigned shape_of(const char *text, uint64_t shape[ZF_MAX_NDIM])
{
	json_t *list = parse(text);
	unsigned ndim = (unsigned)json_array_size(list);

	for (unsigned i = 0; i < ndim; i++)
		shape[i] = (uint64_t)json_integer_value(json_array_get(list, i));
	json_decref(list);
	return ndim;
}

START_TEST(writes_what_numpy_writes)
{
	for (size_t i = 0; i < COUNT(npy_table); i++) {
		uint64_t shape[ZF_MAX_NDIM];
		unsigned ndim = shape_of(npy_table[i].shape, shape);
		struct zf_out out = OUT;
		struct zf_op op;
		json_t *dtype = parse(npy_table[i].dtype);

		zf_op_init(&op);
		unit_ok(zf_npy_write(&op, dtype, ndim, shape, &out), &op);
		ck_assert_msg(out.len == npy_table[i].len && !memcmp(out.data, npy_table[i].header, out.len),
			"%s %s gave %zu bytes, not %zu: %.*s", npy_table[i].dtype, npy_table[i].shape,
			out.len, npy_table[i].len, (int)out.len - 10, (const char *)out.data + 10);
		zf_out_free(&out);
		json_decref(dtype);
	}
}
END_TEST

/* Piece by piece, as it comes; a byte behind the header is not looked at. */
static void reads(const struct npy_row *row, bool fortran)
{
	uint64_t shape[ZF_MAX_NDIM];
	unsigned ndim = shape_of(row->shape, shape);
	json_t *dtype = parse(row->dtype);
	struct zf_npy npy;
	struct zf_op op;
	size_t need = 0;

	zf_op_init(&op);
	for (size_t have = 0; have < row->len; have = need) {
		char *copy = malloc(have ? have : 1); /* of its own, so that reading beyond shows */

		memcpy(copy, row->header, have);
		ck_assert_int_eq(zf_npy_read(&op, copy, have, &need, &npy), 0);
		ck_assert_uint_gt(need, have);
		ck_assert_uint_le(need, row->len);
		free(copy);
	}
	ck_assert_int_eq(zf_npy_read(&op, row->header, row->len + 1, &need, &npy), 1);
	ck_assert_uint_eq(npy.header_len, row->len);
	ck_assert_msg(json_equal(npy.dtype, dtype), "%s", row->dtype);
	ck_assert_uint_eq(npy.ndim, ndim);
	ck_assert_mem_eq(npy.shape, shape, ndim * sizeof *shape);
	ck_assert_int_eq(npy.fortran_order, fortran);
	zf_npy_free(&npy);
	json_decref(dtype);
}

START_TEST(reads_what_numpy_writes)
{
	for (size_t i = 0; i < COUNT(npy_table); i++)
		reads(&npy_table[i], false);
	for (size_t i = 0; i < COUNT(npy_read_table); i++)
		reads(&npy_read_table[i], i == 2);
}
END_TEST

/* A header of version 1 around a dictionary. */
static size_t frame(char *header, const char *dict)
{
	size_t n = strlen(dict);

	memcpy(header, "\x93NUMPY\x01\x00", 8);
	header[8] = (char)(n & 0xff);
	header[9] = (char)(n >> 8);
	memcpy(header + 10, dict, n);
	return n + 10;
}

START_TEST(sizes)
{
	char header[4096];
	size_t need, n = frame(header, "{'shape': (3L, 5), 'descr': '>u4', 'fortran_order': False}");
	struct zf_npy npy;
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_int_eq(zf_npy_read(&op, header, n, &need, &npy), 1);
	ck_assert_uint_eq(npy.itemsize, 4);
	ck_assert_uint_eq(npy.nbytes, 60);
	ck_assert(npy.big_endian);
	zf_npy_free(&npy);
	n = frame(header, "{\"descr\": \"|u1\", 'fortran_order': True, 'shape': (9223372036854775807,)}\n");
	ck_assert_int_eq(zf_npy_read(&op, header, n, &need, &npy), 1);
	ck_assert_uint_eq(npy.nbytes, INT64_MAX);
	zf_npy_free(&npy);
	n = frame(header, "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 0), }");
	ck_assert_int_eq(zf_npy_read(&op, header, n, &need, &npy), 1);
	ck_assert_uint_eq(npy.nbytes, 0);
	zf_npy_free(&npy);
}
END_TEST

#define DICT(DESCR, SHAPE) "{'descr': " DESCR ", 'fortran_order': False, 'shape': " SHAPE "}"

START_TEST(lies)
{
	static const struct {
		const char *dict;
		int err;
		const char *text;
	} cases[] = {
		{ "", EINVAL, "byte 0: something that NumPy does not write" },
		{ "{}", EINVAL, "it is no dictionary of descr, fortran_order and shape" },
		{ "[]", EINVAL, "it is no dictionary of descr, fortran_order and shape" },
		{ DICT("'<f4'", "(3,)") "x", EINVAL, "byte 55: something behind the end" },
		{ "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}", EINVAL,
			"it is no dictionary of descr, fortran_order and shape" },
		{ "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", EINVAL,
			"fortran_order is neither True nor False" },
		{ "{'descr': '<f4', 'descr': '<f4', 'shape': (3,)}", EINVAL,
			"byte 24: a key that cannot be" },
		{ "{'descr': '<f4'", EINVAL, "byte 15: a comma is missing" },
		{ "{'descr': '<f4, 'shape'}", EINVAL, "byte 17: a comma is missing" },
		{ "{'descr", EINVAL, "byte 7: a string without end" },
		{ DICT("'<f4'", "(3)"), EINVAL, "byte 53: a value in brackets, which is no tuple" },
		{ DICT("'<f4'", "3"), EINVAL, "shape: it is no tuple" },
		{ DICT("'<f4'", "(-3,)"), EINVAL, "shape: a negative length" },
		{ DICT("'<f4'", "(3.5,)"), EINVAL, "byte 52: a comma is missing" },
		{ DICT("'<f4'", "(03,)"), EINVAL, "byte 53: a number that cannot be read" },
		{ DICT("'<f4'", "('3',)"), EINVAL, "shape: a length that is no integer, or too large" },
		{ DICT("'<f4'", "(9223372036854775808,)"), EINVAL,
			"shape: a length that is no integer, or too large" },
		{ DICT("'<f4'", "(4611686018427387904,)"), EINVAL,
			"shape: the data would have more than 2^63-1 bytes" },
		{ DICT("'<f4'", "(4294967296, 4294967296)"), EINVAL,
			"shape: the data would have more than 2^63-1 bytes" },
		{ DICT("'|O'", "(3,)"), EOPNOTSUPP,
			"data type: elements of varying length cannot be written" },
		{ DICT("'|V0'", "(3,)"), EOPNOTSUPP,
			"data type: elements of 0 bytes are not supported (1 to 1073741824 are)" },
		{ DICT("'float99'", "(3,)"), EOPNOTSUPP, "data type 'float99' is not supported" },
		{ DICT("None", "(3,)"), EINVAL, "dtype: expected a string or a list of fields, found null" },
		{ DICT("[(('title', 'a'), '<f4')]", "(3,)"), EINVAL,
			"data type: name of a field: expected a string, found a list" },
		{ DICT("[('a', '<f4', (1,), 2)]", "(3,)"), EINVAL,
			"data type: field: expected 2 or 3 values, found 4" },
		{ DICT("__import__('os')", "(3,)"), EINVAL, "byte 10: something that NumPy does not write" },
		{ DICT("'\\q'", "(3,)"), EINVAL, "byte 13: an escape that is not known" },
		{ DICT("'\\xg0'", "(3,)"), EINVAL, "byte 13: an escape without its digits" },
		{ DICT("'\\ud800'", "(3,)"), EINVAL, "byte 17: an escape for what is no character" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char header[4096], text[256];
		size_t need, n = frame(header, cases[i].dict);
		struct zf_npy npy;
		struct zf_op op;

		zf_op_init(&op);
		snprintf(text, sizeof text, "npy header: %s", cases[i].text);
		ck_assert_msg(zf_npy_read(&op, header, n, &need, &npy) == -1, "%s", cases[i].dict);
		unit_fails(-1, &op, cases[i].err, text);
	}
}
END_TEST

static void frame_fails(const char *bytes, size_t len, const char *text)
{
	struct zf_npy npy;
	struct zf_op op;
	size_t need;

	zf_op_init(&op);
	unit_fails(zf_npy_read(&op, bytes, len, &need, &npy), &op, EINVAL, text);
}

START_TEST(frames)
{
	struct zf_npy npy;
	struct zf_op op;
	size_t need;

	frame_fails("P", 1, "npy header: the first bytes are not those of an npy file");
	frame_fails("\x93NUMPX\1\0v\0", 10, "npy header: the first bytes are not those of an npy file");
	frame_fails("\x93NUMPY\0", 7, "npy header: version 0 is not known");
	frame_fails("\x93NUMPY\4\0", 8, "npy header: version 4 is not known");
	frame_fails("\x93NUMPY\1\1", 8, "npy header: version 1.1 is not known");
	frame_fails("\x93NUMPY\2\0\1\0\1\0", 12, "npy header: 65537 bytes, the limit is 65536");
	zf_op_init(&op);
	ck_assert_int_eq(zf_npy_read(&op, "\x93NUMPY\2\0\0\0\1\0", 12, &need, &npy), 0);
	ck_assert_uint_eq(need, 12 + 65536);
	ck_assert_int_eq(zf_npy_read(&op, "", 0, &need, &npy), 0);
	ck_assert_uint_eq(need, 10);
	ck_assert_int_eq(zf_npy_read(&op, "\x93NUMPY\3", 7, &need, &npy), 0);
	ck_assert_uint_eq(need, 12);
}
END_TEST

/* Nested brackets end somewhere. */
START_TEST(deep)
{
	char header[70000];
	struct zf_npy npy;
	struct zf_op op;
	size_t need;

	memcpy(header, "\x93NUMPY\1\0\xff\xff", 10);
	memset(header + 10, '[', 65535);
	zf_op_init(&op);
	unit_fails(zf_npy_read(&op, header, 10 + 65535, &need, &npy), &op, EINVAL,
		"npy header: byte 65: nested too deep");
}
END_TEST

START_TEST(cannot_be_written)
{
	static const uint64_t shape[] = { 3 };
	static const char *const types[] = { "7", "null", "{}", "[7]", "[[\"a\"]]", "[[7, \"<f4\"]]",
		"[[\"a\", {}]]" };

	for (size_t i = 0; i < COUNT(types); i++) {
		json_t *dtype = parse(types[i]);
		struct zf_out out = OUT;
		struct zf_op op;

		zf_op_init(&op);
		unit_fails(zf_npy_write(&op, dtype, 1, shape, &out), &op, EINVAL,
			"npy header: a data type that NumPy cannot have");
		ck_assert_uint_eq(out.len, 0);
		zf_out_free(&out);
		json_decref(dtype);
	}
}
END_TEST

/* Damage: an error, a wish for more, or a header that makes sense. */
START_TEST(random_damage)
{
	static const char bytes[] = "{}[](),:'\"\\ \n09-<>|fiuSUVOTrueFalse\x93\xc3\xff";
	uint64_t seed = unit_seed();
	unsigned fine = 0;

	for (int i = 0; i < 50000; i++) {
		const struct npy_row *row = &npy_table[unit_below(&seed, COUNT(npy_table))];
		size_t need = 0, len = row->len;
		char *header = malloc(len);
		struct zf_npy npy;
		struct zf_op op;
		int rc;

		memcpy(header, row->header, len);
		for (uint64_t n = 1 + unit_below(&seed, 3); n > 0; n--) {
			size_t at =
				unit_below(&seed, 4) ? 10 + unit_below(&seed, 60) : unit_below(&seed, len);

			header[at] = bytes[unit_below(&seed, sizeof bytes)];
		}
		zf_op_init(&op);
		rc = zf_npy_read(&op, header, len, &need, &npy);
		if (rc == 1) {
			ck_assert_uint_le(npy.header_len, len);
			ck_assert_uint_gt(npy.itemsize, 0);
			ck_assert_uint_le(npy.nbytes, INT64_MAX);
			zf_npy_free(&npy);
			fine++;
		} else if (rc == 0) {
			ck_assert(need > len && need <= 65536 + 12);
		} else {
			ck_assert_msg(op.err == EINVAL || op.err == EOPNOTSUPP, "%s", op.text);
		}
		free(header);
	}
	ck_assert_uint_gt(fine, 1000);
}
END_TEST

UNIT_MAIN("npy", writes_what_numpy_writes, reads_what_numpy_writes, sizes, lies, frames, deep,
	cannot_be_written, random_damage)
