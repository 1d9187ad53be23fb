/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blosc: frames of numcodecs and of the library itself, whole and in parts, and damaged in all the places
 * that the library trusts.
 */
#include "chain.h"

#include <blosc.h>

#define BLOSC "[{'name': 'bytes'}, {'name': 'blosc'}]"
#define AT "codec 'blosc' (2 of 2): "

static const char with_blosclz[] =
	"02011104c0000000c00000005c00000014000000440000003f00070e151c232a31383f464d545b626970777e858c939a"
	"a1a8afb6bdc4cbd2d910e0e7eef5fc030a11181f262d343b424900e01b000001e00100e01b2ee03101010000";
static const char with_lz4[] =
	"02013104c0000000c000000064000000140000004c000000ff2600070e151c232a31383f464d545b626970777e858c93"
	"9aa1a8afb6bdc4cbd2d9e0e7eef5fc030a11181f262d343b4249000000000005000d160101000f2700090f02002c5000"
	"00000000";
static const char with_lz4hc[] =
	"02013104c0000000c00000005d0000001400000045000000ff2200070e151c232a31383f464d545b626970777e858c93"
	"9aa1a8afb6bdc4cbd2d9e0e7eef5fc030a11181f262d343b424900010011160101001f00010047500000000000";
static const char with_zlib[] =
	"02017104c0000000c00000005b0000001400000043000000785e6360e7139551d632b4b077f30d894eca2c28af6bed99"
	"3c6be18af5dbf61e397de9e683e7efbefe61e612949057d335b176f264200630220021a5940200e51e13e4";
static const char with_zstd[] =
	"02019104c0000000c00000005f000000140000004700000028b52ffd20c0f50100340300070e151c232a31383f464d54"
	"5b626970777e858c939aa1a8afb6bdc4cbd2d9e0e7eef5fc030a11181f262d343b42490001000310003c65bb918402";
static const char bitshuffled[] =
	"02013404c0000000c000000057000000140000003f00000011aa010011660100111e01002054ab0200ff14983367cc98"
	"33e0c3870f1f3c00fc07f01fc00000f8ff1f0000000000e0ff000000000005006d500000000000";
static const char unshuffled[] =
	"02013204c0000000c0000000d000000000000000070000000e000000150000001c000000230000002a00000031000000"
	"380000003f000000460000004d000000540000005b000000620000006900000070000000770000007e00000085000000"
	"8c000000930000009a000000a1000000a8000000af000000b6000000bd000000c4000000cb000000d2000000d9000000"
	"e0000000e7000000ee000000f5000000fc000000030100000a01000011010000180100001f010000260100002d010000"
	"340100003b0100004201000049010000";

/* clevel 0, the first 32 bytes of the chunk */
static const char copied[] =
	"0201330420000000200000003000000000000000070000000e000000150000001c000000230000002a00000031000000";

/* numpy.repeat(numpy.arange(25, dtype="<u4"), 15)[:373]: snappy, split; zstd, in blocks of 512 bytes */
static const char with_snappy[] =
	"02014104d4050000d4050000ee0000001400000088000000f50200003601000001360100000236010000033601000004"
	"36010000053601000006360100000736010000083601000009360100000a360100000b360100000c360100000d360100"
	"000e360100000f3601000010360100001136010000123601000013360100001436010000153601000016360100001736"
	"0100301818181818181818181818181816000000f5020000fe0100fe0100fe0100fe0100fe0100ce010016000000f502"
	"0000fe0100fe0100fe0100fe0100fe0100ce010016000000f5020000fe0100fe0100fe0100fe0100fe0100ce0100";
static const char three_blocks[] =
	"02019104d405000000020000990000001c00000046000000710000002600000028b52ffd600001e50000580000010203"
	"0405060708000a9010e807007cca9565992ccb720e192700000028b52ffd600001ed0000600808090a0b0c0d0e0f1011"
	"000a9010e807007caa2ccb7259966505192400000028b52ffd60d400d500005011111213141516171800099010e80700"
	"5b2a27cb325996c7a5";

enum { STAIRS = 373 * 4 };

static void stairs(uint8_t *out)
{
	for (uint32_t i = 0; i < 373; i++) {
		uint32_t n = htole32(i / 15);

		memcpy(out + 4 * i, &n, 4);
	}
}

START_TEST(decodes_vectors)
{
	struct zf_spec spec = chain_spec(8, 4, 4);
	uint8_t sevens[CHAIN_SEVENS];
	size_t len;
	uint8_t *p = chain_hex(copied, &len);

	chain_gives_sevens(BLOSC, with_blosclz);
	chain_gives_sevens(BLOSC, with_lz4);
	chain_gives_sevens(BLOSC, with_lz4hc);
	chain_gives_sevens(BLOSC, with_zlib);
	chain_gives_sevens(BLOSC, with_zstd);
	chain_gives_sevens(BLOSC, bitshuffled);
	chain_gives_sevens(BLOSC, unshuffled);
	chain_gives_sevens("[{'name': 'bytes'}, {'name': 'numcodecs.blosc'}]", with_lz4);
	chain_sevens(sevens);
	chain_gives(BLOSC, &spec, p, len, sevens);
	free(p);
}
END_TEST

START_TEST(decodes_snappy_where_the_library_can)
{
	struct zf_spec spec = chain_spec(STAIRS / 4, 4, 4);
	uint8_t raw[STAIRS], got[STAIRS];
	struct chain c;
	size_t len;
	uint8_t *p = chain_hex(with_snappy, &len);

	stairs(raw);
	chain_open(&c, BLOSC, &spec);
	if (blosc_compname_to_compcode("snappy") >= 0)
		chain_gives(BLOSC, &spec, p, len, raw);
	else
		unit_fails(chain_decode(&c, p, len, got), &c.op, EOPNOTSUPP,
			AT "this system's blosc was built without snappy");
	chain_close(&c);
	free(p);
}
END_TEST

/* A frame describes itself: what the metadata says does not matter. */
START_TEST(believes_the_frame)
{
	chain_gives_sevens(
		"[{'name': 'bytes'}, {'name': 'blosc', 'configuration': {'cname': 'zlib', 'clevel': 1,"
		" 'shuffle': 'noshuffle', 'typesize': 8, 'blocksize': 64}}]",
		with_lz4);
}
END_TEST

/* z5 leaves 16 bytes behind the frame. This chunk is 3.5.2 of data/z5py.zr/blosc in
 * zarr-developers/zarr_implementations (MIT licence); numcodecs reads 10000 zeros but for a 1 at 8609. */
START_TEST(reads_what_z5_wrote)
{
	static const char by_z5[] =
		"0201210110270000102700004e00000014000000360000001f000100ffffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffffae1f01a121ffffffffff5b500000000000000000000000000000000000"
		"00000000";
	struct zf_spec spec = chain_spec(10000, 1, 0);
	uint8_t *raw = calloc(1, spec.size), got[20];
	struct chain_reader reader;
	struct chain c;
	size_t len;
	uint8_t *p = chain_hex(by_z5, &len);
	int rc;

	raw[8609] = 1;
	chain_gives(BLOSC, &spec, p, len, raw);
	reader = chain_reader(p, len);
	chain_open(&c, BLOSC, &spec);
	rc = zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, got, 20, 8600);
	unit_ok(rc, &c.op);
	unit_bytes_eq(got, raw + 8600, 20);
	chain_fails(BLOSC, &spec, p, len - 1, AT "frame says that it has 78 bytes, value has 93");
	chain_close(&c);
	free(p);
	free(raw);
}
END_TEST

/* ---- parts ---- */

static void check_range(
	struct chain *c, struct chain_reader *reader, const uint8_t *raw, uint64_t from, size_t len)
{
	uint8_t *got = malloc(len ? len : 1);
	int rc;

	zf_op_init(&c->op);
	reader->calls = 0;
	rc = zf_pipeline_decode_range(c->pipeline, &c->op, c->scratch, &reader->base, got, len, from);
	unit_ok(rc, &c->op);
	ck_assert_msg(
		len == 0 || memcmp(got, raw + from, len) == 0, "bytes %" PRIu64 "+%zu differ", from, len);
	free(got);
}

/* Around every block's ends: block by block, pairs, halves, single bytes, to the end, from the start. */
static void check_ranges(const uint8_t *frame, size_t len, const uint8_t *raw, size_t size, uint64_t *state)
{
	struct zf_spec spec = chain_spec(size, 1, 0);
	struct chain_reader reader = chain_reader(frame, len);
	size_t blocksize, unused;
	struct chain c;

	blosc_cbuffer_sizes(frame, &unused, &unused, &blocksize);
	chain_open(&c, BLOSC, &spec);
	for (size_t at = 0; at < size; at += blocksize) {
		size_t end = at + blocksize < size ? at + blocksize : size;
		size_t after = end + blocksize < size ? end + blocksize : size;

		check_range(&c, &reader, raw, at, end - at);
		check_range(&c, &reader, raw, at, after - at);
		check_range(&c, &reader, raw, at, size - at);
		check_range(&c, &reader, raw, 0, end);
		check_range(&c, &reader, raw, at, 1);
		check_range(&c, &reader, raw, end - 1, after > end ? 2 : 1);
		check_range(&c, &reader, raw, at + (end - at) / 2, after - at - (end - at) / 2);
		check_range(&c, &reader, raw, at, (end - at + 1) / 2);
		check_range(&c, &reader, raw, at, 0);
		if (size / blocksize > 8) /* many small blocks: some of them */
			at += unit_below(state, 4) * blocksize;
	}
	for (int i = 0; i < 10; i++) {
		size_t from = unit_below(state, size);

		check_range(&c, &reader, raw, from, unit_below(state, size - from + 1));
	}
	chain_close(&c);
}

START_TEST(decodes_parts_of_a_vector)
{
	uint8_t raw[STAIRS];
	uint64_t state = 1;
	size_t len;
	uint8_t *frame = chain_hex(three_blocks, &len);

	stairs(raw);
	check_ranges(frame, len, raw, sizeof raw, &state);
	free(frame);
}
END_TEST

/* Runs, noise, and both, so that some streams are compressed, some are copies. */
static void make_data(uint8_t *raw, size_t size, unsigned kind, uint64_t *state)
{
	for (size_t i = 0; i < size; i++)
		raw[i] = kind == 0                      ? (uint8_t)(i / 8)
			 : kind == 1                    ? (uint8_t)unit_random(state)
			 : kind == 2                    ? 0
			 : i > size / 3 && i < size / 2 ? (uint8_t)unit_random(state)
							: (uint8_t)(i % 7 * (i % 2));
}

static void check_frame(const char *name, int shuffle, size_t typesize, size_t blocksize, uint64_t *state)
{
	static const size_t counts[] = { 1, 100, 3000, 30000 };
	static const int levels[] = { 0, 1, 5, 9 };
	size_t size =
		counts[unit_below(state, 4)] + typesize * unit_below(state, 40) + unit_below(state, typesize);
	uint8_t *raw = malloc(size), *whole = malloc(size), *frame = malloc(size + BLOSC_MAX_OVERHEAD);
	int level = levels[unit_below(state, 4)], n;

	make_data(raw, size, (unsigned)unit_below(state, 4), state);
	n = blosc_compress_ctx(
		level, shuffle, typesize, size, raw, frame, size + BLOSC_MAX_OVERHEAD, name, blocksize, 1);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(blosc_decompress_ctx(frame, whole, size, 1), (int)size);
	unit_bytes_eq(raw, whole, size);
	check_ranges(frame, (size_t)n, raw, size, state);
	free(raw);
	free(whole);
	free(frame);
}

static const char *const compressors[] = { "blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd" };

START_TEST(decodes_parts_of_every_kind)
{
	static const size_t typesizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 255 };
	static const size_t blocksizes[] = { 0, 128, 1000, 4096 };
	const char *name = compressors[_i];
	uint64_t state = unit_seed();

	if (blosc_compname_to_compcode(name) < 0)
		return;
	for (size_t t = 0; t < sizeof typesizes / sizeof typesizes[0]; t++)
		for (int shuffle = 0; shuffle < 3; shuffle++)
			for (size_t b = 0; b < 4; b++)
				check_frame(name, shuffle, typesizes[t], blocksizes[b], &state);
}
END_TEST

/* Blocks that are split have 64 KiB at least; the short one at the end is never split. */
START_TEST(decodes_parts_of_split_blocks)
{
	const char *name = compressors[_i];
	size_t size = 300001;
	uint8_t *raw = malloc(size), *frame = malloc(size + BLOSC_MAX_OVERHEAD);
	uint64_t state = unit_seed();

	for (size_t typesize = 1; typesize <= 17 && blosc_compname_to_compcode(name) >= 0;
		typesize += 1 + typesize / 4) {
		for (unsigned kind = 0; kind < 4; kind++) {
			int n;

			make_data(raw, size, kind, &state);
			n = blosc_compress_ctx(5, 1 + kind % 2, typesize, size, raw, frame,
				size + BLOSC_MAX_OVERHEAD, name, 4096, 1);
			ck_assert_int_gt(n, 0);
			check_ranges(frame, (size_t)n, raw, size, &state);
		}
	}
	free(raw);
	free(frame);
}
END_TEST

enum { SOME_BYTES = 20000, SOME_BLOCK = 1000 };

/* A frame of 20 blocks. */
static size_t some_frame(uint8_t *raw, uint8_t *frame)
{
	int n;

	for (int i = 0; i < SOME_BYTES; i++)
		raw[i] = (uint8_t)(i % 4 ? i / 64 : i / 4);
	n = blosc_compress_ctx(
		5, 1, 4, SOME_BYTES, raw, frame, SOME_BYTES + BLOSC_MAX_OVERHEAD, "zstd", SOME_BLOCK, 1);
	ck_assert_int_gt(n, 0);
	return (size_t)n;
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, 4);
	return le32toh(n);
}

static void set32(uint8_t *p, uint32_t n)
{
	n = htole32(n);
	memcpy(p, &n, 4);
}

/* Several threads compress blocks in any order. Here: backwards, and the even ones before the odd ones. */
START_TEST(decodes_parts_of_blocks_in_any_order)
{
	uint8_t raw[SOME_BYTES], frame[SOME_BYTES + BLOSC_MAX_OVERHEAD], mixed[sizeof frame];
	size_t len = some_frame(raw, frame), at = BLOSC_MAX_OVERHEAD + 4 * 20;
	uint64_t state = unit_seed();

	memcpy(mixed, frame, sizeof mixed);
	for (int i = 0; i < 20; i++) {
		int block = _i == 0 ? 19 - i : i < 10 ? 2 * i : 2 * (i - 10) + 1;
		uint32_t start = get32(frame + BLOSC_MAX_OVERHEAD + 4 * block);
		uint32_t n = 4 + get32(frame + start);

		memcpy(mixed + at, frame + start, n);
		set32(mixed + BLOSC_MAX_OVERHEAD + 4 * block, (uint32_t)at);
		at += n;
	}
	ck_assert_uint_eq(at, len);
	check_ranges(mixed, len, raw, SOME_BYTES, &state);
}
END_TEST

/* A part costs two reads, and few more bytes than those of its blocks. */
START_TEST(reads_little)
{
	struct zf_spec spec = chain_spec(SOME_BYTES, 1, 0);
	uint8_t raw[SOME_BYTES], frame[SOME_BYTES + BLOSC_MAX_OVERHEAD];
	size_t len = some_frame(raw, frame);
	struct chain_reader reader = chain_reader(frame, len);
	struct chain c;

	chain_open(&c, BLOSC, &spec);
	for (uint32_t block = 0; block < 19; block++) {
		uint32_t start = get32(frame + BLOSC_MAX_OVERHEAD + 4 * block);
		uint32_t end = get32(frame + BLOSC_MAX_OVERHEAD + 4 * block + 4);

		reader.bytes = 0;
		check_range(&c, &reader, raw, block * SOME_BLOCK, SOME_BLOCK);
		ck_assert_uint_eq(reader.calls, 2);
		ck_assert_uint_eq(reader.bytes, 512 + (end - start));
	}
	reader.bytes = 0;
	check_range(&c, &reader, raw, 0, SOME_BYTES);
	ck_assert_uint_eq(reader.calls, 2);
	ck_assert_uint_eq(reader.bytes, 512 + len - BLOSC_MAX_OVERHEAD - 4 * 20);
	chain_close(&c);
}
END_TEST

static size_t grain_of(const uint8_t *frame, size_t len, uint64_t n, uint32_t item)
{
	struct zf_spec spec = chain_spec(n, item, 0);
	struct chain_reader reader = chain_reader(frame, len);
	struct chain c;
	size_t grain;
	int rc;

	chain_open(&c, BLOSC, &spec);
	rc = zf_pipeline_grain(c.pipeline, &c.op, &reader.base, &grain);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(reader.calls, 1);
	chain_close(&c);
	return grain;
}

/* A multiple of the block, of 16 KiB at least, and of the item size. */
START_TEST(tells_the_grain)
{
	size_t size = 480000;
	uint8_t *raw = calloc(1, size), *frame = malloc(size + BLOSC_MAX_OVERHEAD);
	size_t len;

	len = (size_t)blosc_compress_ctx(
		5, 0, 4, size, raw, frame, size + BLOSC_MAX_OVERHEAD, "zstd", 65536, 1);
	ck_assert_uint_eq(grain_of(frame, len, size / 4, 4), 65536);
	ck_assert_uint_eq(grain_of(frame, len, size / 3, 3), 65538);
	len = (size_t)blosc_compress_ctx(
		5, 0, 4, size, raw, frame, size + BLOSC_MAX_OVERHEAD, "zstd", 1000, 1);
	ck_assert_uint_eq(grain_of(frame, len, size / 4, 4), 17000);
	len = (size_t)blosc_compress_ctx(
		5, 0, 4, size, raw, frame, size + BLOSC_MAX_OVERHEAD, "zstd", size, 1);
	ck_assert_uint_eq(grain_of(frame, len, size / 4, 4), 0);
	len = (size_t)blosc_compress_ctx(
		0, 0, 4, size, raw, frame, size + BLOSC_MAX_OVERHEAD, "zstd", size, 1);
	ck_assert_uint_eq(grain_of(frame, len, size / 4, 4), 65536);
	free(raw);
	free(frame);
}
END_TEST

/* Elements are swapped after their part is decoded. */
START_TEST(swaps_parts)
{
	struct zf_spec spec = chain_spec(SOME_BYTES / 4, 4, 4);
	uint8_t raw[SOME_BYTES], frame[SOME_BYTES + BLOSC_MAX_OVERHEAD], got[400];
	struct chain_reader reader = chain_reader(frame, some_frame(raw, frame));
	struct chain c;
	int rc;

	chain_open(&c, "[{'name': 'bytes', 'configuration': {'endian': 'big'}}, {'name': 'blosc'}]", &spec);
	ck_assert(zf_pipeline_ranged(c.pipeline));
	rc = zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, got, 400, 800);
	unit_ok(rc, &c.op);
	for (int i = 0; i < 400; i++)
		ck_assert_uint_eq(got[i], raw[800 + i / 4 * 4 + 3 - i % 4]);
	chain_close(&c);
}
END_TEST

/* ---- damage ---- */

/* The head and the first place and length of a frame, each with another value. */
START_TEST(refuses_what_a_head_says_wrongly)
{
	static const struct {
		unsigned at;
		uint32_t value;
		const char *text;
	} cases[] = {
		{ 0, 0x04319105, AT "frame says format version 5, only 2 is known" },
		{ 0, 0x04910202, AT "frame says zstd version 2, only 1 is known" },
		{ 0, 0x04b10102, AT "frame names compressor 5, there are 5" },
		{ 0, 0x04990102, AT "frame has unknown flags 0x99" },
		{ 0, 0x00910102, AT "frame says elements of 0 bytes" },
		{ 4, 19999, AT "frame says 19999 bytes, chunk has 20000" },
		{ 4, 0xffffffff, AT "frame says 4294967295 bytes, chunk has 20000" },
		{ 8, 0, AT "frame says blocks of 0 bytes in 20000" },
		{ 8, 20001, AT "frame says blocks of 20001 bytes in 20000" },
		{ 8, 0xffffffff, AT "frame says blocks of 4294967295 bytes in 20000" },
		{ 16, 0, AT "block 0 of 20 lies outside the frame" },
		{ 16, 95, AT "block 0 of 20 lies outside the frame" },
		{ 16, 0xffffffff, AT "block 0 of 20 lies outside the frame" },
		{ 96, 0xffffffff, AT "block 0 of 20 reaches beyond the frame" },
		{ 96, 0, AT "damaged zstd data in the frame" },
	};
	struct zf_spec spec = chain_spec(SOME_BYTES, 1, 0);
	uint8_t raw[SOME_BYTES], frame[SOME_BYTES + BLOSC_MAX_OVERHEAD], got[100];
	size_t len = some_frame(raw, frame);

	ck_assert_uint_eq(get32(frame), 0x04910102);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t was = get32(frame + cases[i].at);
		struct chain_reader reader = chain_reader(frame, len);
		struct chain c;

		set32(frame + cases[i].at, cases[i].value);
		chain_fails(BLOSC, &spec, frame, len, cases[i].text);
		chain_open(&c, BLOSC, &spec);
		unit_fails(zf_pipeline_decode_range(c.pipeline, &c.op, c.scratch, &reader.base, got, 100, 10),
			&c.op, EIO, cases[i].text);
		chain_close(&c);
		set32(frame + cases[i].at, was);
	}
}
END_TEST

START_TEST(refuses_wrong_lengths)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t len, clen;
	uint8_t *p = chain_hex(with_lz4, &len), *longer = calloc(1, len + 1),
		*copy = chain_hex(copied, &clen);

	memcpy(longer, p, len);
	chain_fails(BLOSC, &spec, p, 0, AT "value has 0 bytes, a frame's head alone has 16");
	chain_fails(BLOSC, &spec, p, 15, AT "value has 15 bytes, a frame's head alone has 16");
	chain_fails(BLOSC, &spec, p, len - 1, AT "frame says that it has 100 bytes, value has 99");
	chain_fails(BLOSC, &spec, longer, len + 1, AT "frame says that it has 100 bytes, value has 101");
	set32(p + 12, 0xffffffff);
	chain_fails(BLOSC, &spec, p, len, AT "frame says that it has 4294967295 bytes, value has 100");
	set32(p + 12, 18);
	chain_fails(BLOSC, &spec, p, 18, AT "frame of 18 bytes has no room for the places of 1 blocks");

	spec = chain_spec(31, 1, 0);
	set32(copy + 4, 31);
	chain_fails(BLOSC, &spec, copy, clen, AT "frame says 31 bytes, copied to 32");
	free(p);
	free(longer);
	free(copy);
}
END_TEST

/* c-blosc 1.21 would leave the rest of a block as it was. */
START_TEST(refuses_blocks_that_cannot_be_split)
{
	struct zf_spec spec = chain_spec(150000, 1, 0);
	uint8_t *raw = calloc(1, 150000), *frame = malloc(150000 + BLOSC_MAX_OVERHEAD);
	int n = blosc_compress_ctx(5, 1, 3, 150000, raw, frame, 150000 + BLOSC_MAX_OVERHEAD, "blosclz", 0, 1);

	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(frame[2] & 0x10, 0);
	set32(frame + 8, get32(frame + 8) - 1);
	chain_fails(
		BLOSC, &spec, frame, (size_t)n, AT "frame says blocks of 149999 bytes with elements of 3");
	free(raw);
	free(frame);
}
END_TEST

/* A stream of blosclz whose match is so long that 32 bits do not hold it: c-blosc 1.21 would write before the
 * block. */
START_TEST(refuses_a_match_that_overflows)
{
	uint32_t bytes = 9000000, len = 24 + bytes;
	struct zf_spec spec = chain_spec(bytes, 1, 0);
	uint8_t *frame = malloc(len);

	memset(frame, 255, len);
	memcpy(frame, "\x02\x01\x10\x01", 4); /* blosclz, not split */
	set32(frame + 4, bytes);
	set32(frame + 8, bytes);
	set32(frame + 12, len);
	set32(frame + 16, 20);
	set32(frame + 20, bytes - 1); /* 0 literals, then a match of 255 + 255 + ... */
	chain_fails(BLOSC, &spec, frame, len, AT "block 0 of 1: a match longer than the block");
	free(frame);
}
END_TEST

START_TEST(refuses_what_is_larger_than_the_limit)
{
	struct zf_spec spec = chain_sevens_spec();
	size_t size = 64 << 20;
	uint8_t *raw = calloc(1, size), *frame = malloc(size + BLOSC_MAX_OVERHEAD);
	int n = blosc_compress_ctx(5, 1, 4, size, raw, frame, size + BLOSC_MAX_OVERHEAD, "lz4", 0, 1);

	chain_fails("[{'name': 'bytes'}, {'name': 'zstd'}, {'name': 'blosc'}]", &spec, frame, (size_t)n,
		"codec 'blosc' (3 of 3): frame says 67108864 bytes, limit is 16777984");
	free(raw);
	free(frame);
}
END_TEST

START_TEST(survives_damage)
{
	static const char *const vectors[] = { with_blosclz, with_lz4, with_lz4hc, with_zlib, with_zstd,
		bitshuffled, unshuffled };

	chain_survives_hex(BLOSC, vectors[_i]);
}
END_TEST

START_TEST(survives_damage_of_splits_and_blocks)
{
	struct zf_spec spec = chain_spec(STAIRS, 1, 0);
	size_t len;
	uint8_t *p = chain_hex(_i ? with_snappy : three_blocks, &len);

	chain_survives(BLOSC, &spec, p, len);
	free(p);
}
END_TEST

/* ---- encoding ---- */

static void check_encoding(const char *parameters, uint32_t item, unsigned flags, unsigned typesize)
{
	struct zf_spec spec = chain_spec(12000 / item, item, 0);
	struct zf_out out = ZF_OUT_GROWING(100000);
	uint8_t raw[12000], got[12000];
	char codecs[300];
	struct chain c;
	int rc;

	for (size_t i = 0; i < sizeof raw; i++)
		raw[i] = (uint8_t)(i / 16);
	snprintf(codecs, sizeof codecs, "[{'name': 'bytes'}, {'name': 'blosc', 'configuration': {%s}}]",
		parameters);
	chain_open(&c, codecs, &spec);
	rc = zf_pipeline_encode(c.pipeline, &c.op, c.scratch, raw, &out);
	unit_ok(rc, &c.op);
	ck_assert_uint_eq(out.data[2] & 0xe7, flags);
	ck_assert_uint_eq(out.data[3], typesize);
	ck_assert_int_eq(blosc_decompress_ctx(out.data, got, sizeof got, 1), sizeof got);
	unit_bytes_eq(got, raw, sizeof raw);
	zf_out_free(&out);
	chain_close(&c);
}

/* The head's flags (README_CHUNK_FORMAT of c-blosc): 1 byte shuffle, 4 bit shuffle, the compressor in the
 * upper bits. */
START_TEST(encodes_as_configured)
{
	check_encoding("", 4, 0x21, 4);
	check_encoding("'cname': 'lz4', 'shuffle': -1", 1, 0x24, 1);
	check_encoding("'cname': 'lz4', 'shuffle': -1", 2, 0x21, 2);
	check_encoding("'cname': 'lz4hc', 'shuffle': 0", 8, 0x20, 8);
	check_encoding("'cname': 'zstd', 'shuffle': 2", 8, 0x84, 8);
	check_encoding("'cname': 'zlib', 'shuffle': 'shuffle', 'typesize': 3, 'clevel': 9", 8, 0x61, 3);
	check_encoding("'cname': 'blosclz', 'shuffle': 'bitshuffle', 'typesize': 2", 8, 0x04, 2);
	check_encoding("'cname': 'zstd', 'shuffle': 'noshuffle', 'blocksize': 512", 4, 0x80, 4);
	check_encoding("'cname': 'zstd', 'shuffle': 1", 300, 0x81, 1);
	check_encoding("'cname': 'zstd', 'shuffle': 1, 'typesize': 300", 300, 0x81, 1);
}
END_TEST

START_TEST(encodes_and_decodes)
{
	struct zf_spec spec = chain_sevens_spec();
	uint8_t raw[CHAIN_SEVENS];

	chain_sevens(raw);
	chain_returns("[{'name': 'bytes', 'configuration': {'endian': 'big'}}, {'name': 'blosc'}, {'name': "
		      "'crc32c'}]",
		&spec, raw);
	chain_returns(
		"[{'name': 'bytes'}, {'name': 'blosc'}, {'name': 'blosc', 'configuration': {'clevel': 0}}]",
		&spec, raw);
}
END_TEST

START_TEST(checks_configuration)
{
	struct zf_spec spec = chain_sevens_spec();

#define REFUSES(PARAMETERS, TEXT)                                                                            \
	chain_refuses("[{'name': 'bytes'}, {'name': 'blosc', 'configuration': {" PARAMETERS "}}]", &spec,    \
		EINVAL, AT TEXT)
	REFUSES("'cname': 'lz5'", "cname: unknown value 'lz5'");
	REFUSES("'cname': 4", "cname: not a string");
	REFUSES("'clevel': 10", "clevel: 10 is not in 0..9");
	REFUSES("'shuffle': 3", "shuffle: 3 is not in -1..2");
	REFUSES("'shuffle': 'some'", "shuffle: unknown value 'some'");
	REFUSES("'typesize': -1", "typesize: -1 is not in 0..2147483647");
	REFUSES("'blocksize': 1.0", "blocksize: not an integer");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("codec blosc");
	TCase *tcase = tcase_create("codec blosc");

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	tcase_add_test(tcase, decodes_vectors);
	tcase_add_test(tcase, decodes_snappy_where_the_library_can);
	tcase_add_test(tcase, believes_the_frame);
	tcase_add_test(tcase, reads_what_z5_wrote);
	tcase_add_test(tcase, decodes_parts_of_a_vector);
	tcase_add_loop_test(tcase, decodes_parts_of_every_kind, 0, 6);
	tcase_add_loop_test(tcase, decodes_parts_of_split_blocks, 0, 6);
	tcase_add_loop_test(tcase, decodes_parts_of_blocks_in_any_order, 0, 2);
	tcase_add_test(tcase, reads_little);
	tcase_add_test(tcase, tells_the_grain);
	tcase_add_test(tcase, swaps_parts);
	tcase_add_test(tcase, refuses_what_a_head_says_wrongly);
	tcase_add_test(tcase, refuses_wrong_lengths);
	tcase_add_test(tcase, refuses_blocks_that_cannot_be_split);
	tcase_add_test(tcase, refuses_a_match_that_overflows);
	tcase_add_test(tcase, refuses_what_is_larger_than_the_limit);
	tcase_add_loop_test(tcase, survives_damage, 0, 7);
	tcase_add_loop_test(tcase, survives_damage_of_splits_and_blocks, 0, 2);
	tcase_add_test(tcase, encodes_as_configured);
	tcase_add_test(tcase, encodes_and_decodes);
	tcase_add_test(tcase, checks_configuration);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
