/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written to .info: what can be done is understood, all else is refused in words. */
#include "unit.h"

#include "meta/json.h"
#include "meta/patch.h"
#include "meta_doc.h"

#include <errno.h>

static const char info[] =
	"{\n  \"name\": \"a\",\n  \"path\": \"g/a\",\n  \"zarr_format\": 2,\n  \"shape\": [10, 20],\n"
	"  \"dtype\": \"<f4\",\n  \"itemsize\": 4,\n  \"nbytes\": 800,\n  \"chunks\": [5, 5],\n  \"shards\": "
	"null,\n"
	"  \"nchunks\": 8,\n  \"order\": \"C\",\n  \"fill_value\": \"NaN\",\n  \"compressor\": {\"id\": "
	"\"zlib\", "
	"\"level\": 1},\n  \"filters\": null,\n  \"dimension_names\": null,\n  \"attributes\": {\n"
	"    \"u\": 18446744073709551615,\n    \"gone\": null,\n    \"in\": {\n      \"gone\": null\n    }\n "
	" },\n"
	"  \"store\": \"dir:x.zarr\"\n}\n";

static struct zf_patch reads(const char *text)
{
	struct zf_patch patch;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_patch_read(&op, text, strlen(text), info, sizeof info - 1, &patch), &op);
	return patch;
}

START_TEST(shape_and_attributes)
{
	struct zf_patch patch = reads("{\"shape\": [0, 30], \"attributes\": {\"x\": 1e400, \"u\": null}}");

	ck_assert(patch.resize);
	ck_assert_uint_eq(patch.ndim, 2);
	ck_assert_uint_eq(patch.shape[0], 0);
	ck_assert_uint_eq(patch.shape[1], 30);
	is_json(patch.attributes, "{\"x\": 1e400, \"u\": null}");
	zf_patch_free(&patch);

	patch = reads("{\"shape\": [10, 20]}");
	ck_assert(!patch.resize);
	ck_assert_ptr_null(patch.attributes);
	zf_patch_free(&patch);

	patch = reads("{\"attributes\": null}");
	ck_assert(!patch.resize && json_is_null(patch.attributes));
	zf_patch_free(&patch);

	patch = reads(" {} \n");
	ck_assert(!patch.resize && !patch.attributes);
	zf_patch_free(&patch);
}
END_TEST

/* An editor saves the whole file: what it does not change is none of its wishes, nulls included. */
START_TEST(whole_files)
{
	char *text = strdup(info);
	char *at = strstr(text, "[10, 20]");
	struct zf_patch patch = reads(info);

	ck_assert(!patch.resize);
	is_json(patch.attributes, "{\"u\": 18446744073709551615, \"in\": {}}");
	zf_patch_free(&patch);
	memcpy(at, "[11, 20]", 8);
	patch = reads(text);
	ck_assert(patch.resize);
	ck_assert_uint_eq(patch.shape[0], 11);
	zf_patch_free(&patch);
	free(text);

	/* another spelling says the same */
	patch = reads(
		"{\"compressor\": {\"level\": 1, \"id\": \"zlib\"}, \"fill_value\": NaN, \"error\": null}");
	ck_assert(!patch.resize);
	zf_patch_free(&patch);
	/* in a part of it null removes */
	patch = reads("{\"attributes\": {\"gone\": null}}");
	is_json(patch.attributes, "{\"gone\": null}");
	zf_patch_free(&patch);
}
END_TEST

START_TEST(refused)
{
	static const struct {
		const char *patch, *text;
	} cases[] = {
		{ "", "no valid JSON: empty" },
		{ "{\"shape\": [1, 2]", "no valid JSON: line 1, column 17: '}' expected near end of file" },
		{ "{} {}", "no valid JSON: line 1, column 5: end of file expected near '{'" },
		{ "[1]", "expected an object, found a list" },
		{ "{\"shape\": [10]}", "shape: the array has 2 dimensions and cannot get 1" },
		{ "{\"shape\": [10, 20, 1]}", "shape: the array has 2 dimensions and cannot get 3" },
		{ "{\"shape\": []}", "shape: the array has 2 dimensions and cannot get 0" },
		{ "{\"shape\": 10}", "shape: expected a list of integers, found an integer" },
		{ "{\"shape\": null}", "shape: expected a list of integers, found null" },
		{ "{\"shape\": [-1, 20]}", "shape: -1 is negative" },
		{ "{\"shape\": [1.5, 20]}", "shape: expected a list of integers, found a number in it" },
		{ "{\"shape\": [10.0, 20]}", "shape: expected a list of integers, found a number in it" },
		{ "{\"shape\": [\"10\", 20]}", "shape: expected a list of integers, found a string in it" },
		{ "{\"shape\": [18446744073709551616, 20]}", "shape: 18446744073709551616 is too large" },
		{ "{\"shape\": [4611686018427387904, 1]}",
			"shape: the flat file would have more than 2^63-1 bytes" },
		{ "{\"shape\": [4294967296, 4294967296]}",
			"shape: the flat file would have more than 2^63-1 bytes" },
		{ "{\"attributes\": [1]}", "attributes: expected an object or null, found a list" },
		{ "{\"dtype\": \"<f8\"}", "'dtype' cannot be changed once the array is there" },
		{ "{\"dtype\": null}", "'dtype' cannot be changed once the array is there" },
		{ "{\"chunks\": [5, 6]}", "'chunks' cannot be changed once the array is there" },
		{ "{\"shards\": [5, 6]}", "'shards' cannot be changed once the array is there" },
		{ "{\"order\": \"F\"}", "'order' cannot be changed once the array is there" },
		{ "{\"fill_value\": 0}", "'fill_value' cannot be changed once the array is there" },
		{ "{\"compressor\": null}", "'compressor' cannot be changed once the array is there" },
		{ "{\"codecs\": []}", "'codecs' cannot be changed once the array is there" },
		{ "{\"zarr_format\": 3}", "'zarr_format' cannot be changed once the array is there" },
		{ "{\"dimension_names\": [\"x\", \"y\"]}",
			"'dimension_names' cannot be changed once the array is there" },
		{ "{\"name\": \"b\"}", "'name' is changed by renaming the file" },
		{ "{\"path\": \"a\"}", "'path' is changed by renaming the file" },
		{ "{\"nbytes\": 801}", "'nbytes' follows from the other keys and cannot be set" },
		{ "{\"nchunks\": 9}", "'nchunks' follows from the other keys and cannot be set" },
		{ "{\"itemsize\": 8}", "'itemsize' follows from the other keys and cannot be set" },
		{ "{\"store\": \"dir:y.zarr\"}", "'store' is where the mount comes from" },
		{ "{\"error\": \"bad\"}", "'error' tells what is wrong and cannot be set" },
		{ "{\"shape\": [10, 20], \"colour\\n\": 1}", "'colour?' is not a key of .info" },
		{ "{\"colour\": {}, \"shape\": [10, 20]}", "'colour' is not a key of .info" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_patch patch;
		struct zf_op op;

		zf_op_init(&op);
		ck_assert_msg(zf_patch_read(&op, cases[i].patch, strlen(cases[i].patch), info,
				      sizeof info - 1, &patch) == -1,
			"%s", cases[i].patch);
		unit_fails(-1, &op, EINVAL, cases[i].text);
	}
}
END_TEST

/* The largest flat file there is, and one element more. */
START_TEST(both_sides_of_the_limit)
{
	static const char one[] = "{\"shape\": [1], \"itemsize\": 1}";
	struct zf_patch patch;
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_patch_read(&op, "{\"shape\": [9223372036854775807]}", 32, one, sizeof one - 1, &patch),
		&op);
	ck_assert_uint_eq(patch.shape[0], INT64_MAX);
	unit_fails(zf_patch_read(&op, "{\"shape\": [9223372036854775808]}", 32, one, sizeof one - 1, &patch),
		&op, EINVAL, "shape: 9223372036854775808 is too large");
}
END_TEST

/* ---- new arrays ---- */

static void makes(struct zf_new_array *array, const char *text)
{
	struct zf_op op;

	zf_op_init(&op);
	ck_assert_msg(zf_patch_read_new(&op, text, strlen(text), array) == 0, "%s: %s", text, op.text);
}

START_TEST(new_arrays)
{
	struct zf_new_array array = { .zarr_format = 3 };

	makes(&array, "{\"shape\": [3, 4], \"dtype\": \"<f4\"}");
	ck_assert(array.has_shape && array.ndim == 2 && array.shape[0] == 3 && array.shape[1] == 4);
	ck_assert_str_eq(json_string_value(array.dtype), "<f4");
	ck_assert(!array.has_chunks && !array.has_shards && array.zarr_format == 3);
	zf_new_array_free(&array);

	/* cp a.info b.info */
	array = (struct zf_new_array){ .zarr_format = 3 };
	makes(&array, info);
	ck_assert(array.zarr_format == 2 && array.has_chunks && array.chunks[1] == 5 && !array.has_shards);
	ck_assert_int_eq(array.order, 'C');
	is_json(array.fill_value, "\"NaN\"");
	is_json(array.compressor, "{\"id\": \"zlib\", \"level\": 1}");
	is_json(array.attributes, "{\"u\": 18446744073709551615, \"gone\": null, \"in\": {\"gone\": null}}");
	zf_new_array_free(&array);

	array = (struct zf_new_array){ .zarr_format = 3 };
	makes(&array,
		"{\"shape\": [2], \"dtype\": \"<f4\", \"data_type\": \"float32\", \"codecs\": [\"bytes\"], "
		"\"dimension_names\": [\"x\"], \"dimension_separator\": \".\", \"nbytes\": 8}");
	is_json(array.dtype, "\"float32\"");
	is_json(array.codecs, "[\"bytes\"]");
	is_json(array.dimension_names, "[\"x\"]");
	ck_assert_int_eq(array.separator, '.');
	zf_new_array_free(&array);
}
END_TEST

/* What the mount's options say holds where the text says nothing, and where it fits. */
START_TEST(defaults)
{
	struct zf_new options = { .dtype = "<i2", .chunks = "7,7", .compressor = "zlib", .order = 'F' };
	struct zf_new_array array = { .zarr_format = 3 };
	struct zf_op op;

	zf_op_init(&op);
	unit_ok(zf_new_array_options(&op, &options, &array), &op);
	makes(&array, "{\"shape\": [3, 4]}");
	ck_assert(array.has_chunks && array.order == 'F' && array.compressor);
	is_json(array.dtype, "\"<i2\"");
	makes(&array, "{\"shape\": [3]}"); /* chunks of another rank are not meant */
	ck_assert(!array.has_chunks);
	makes(&array, "{\"shape\": [3], \"codecs\": [\"bytes\"], \"order\": null, \"compressor\": null}");
	ck_assert(array.order == '\0' && json_is_null(array.compressor));
	zf_new_array_free(&array);
}
END_TEST

START_TEST(new_refused)
{
	static const struct {
		const char *asked;
		int err;
		const char *text;
	} cases[] = {
		{ "{", EINVAL, "no valid JSON: line 1, column 2: string or '}' expected near end of file" },
		{ "{\"dtype\": \"<f4\"}", EINVAL, "'shape' is missing: a new array needs shape and dtype" },
		{ "{\"shape\": [1]}", EINVAL, "'dtype' is missing: a new array needs shape and dtype" },
		{ "{\"shape\": [1], \"dtype\": null}", EINVAL,
			"'dtype' is missing: a new array needs shape and dtype" },
		{ "{\"shape\": [1], \"dtype\": \"<f5\"}", EOPNOTSUPP, "data type '<f5' is not supported" },
		{ "{\"shape\": [1], \"dtype\": \"|O\"}", EOPNOTSUPP,
			"data type: elements of varying length cannot be written" },
		{ "{\"shape\": [1], \"dtype\": 7}", EINVAL,
			"dtype: expected a string or a list of fields, found an integer" },
		{ "{\"shape\": [-1], \"dtype\": \"<f4\"}", EINVAL, "shape: -1 is negative" },
		{ "{\"shape\": [2305843009213693952], \"dtype\": \"<f4\"}", EINVAL,
			"shape: the flat file would have more than 2^63-1 bytes" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"chunks\": [0]}", EINVAL,
			"chunks: 0 is less than 1" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"order\": \"K\"}", EINVAL,
			"order: expected 'C' or 'F', found 'K'" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"zarr_format\": 1}", EINVAL,
			"zarr_format: new arrays are of 2 or 3" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"attributes\": 1}", EINVAL,
			"attributes: expected an object or null, found an integer" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"data_type\": \"float64\"}", EINVAL,
			"dtype: data_type says something else" },
		{ "{\"shape\": [1], \"dtype\": \"<f4\", \"itemsize\": 8}", EINVAL,
			"'itemsize' is 4 for this data type" },
		{ "{\"shape\": [3], \"dtype\": \"<f4\", \"nbytes\": 4}", EINVAL,
			"'nbytes' is 12 for this shape and data type" },
		{ "{\"shape\": [3], \"dtype\": \"<f4\", \"error\": \"x\"}", EINVAL,
			"'error' tells what is wrong and cannot be set" },
		{ "{\"shape\": [3], \"dtype\": \"<f4\", \"chunk\": [3]}", EINVAL,
			"'chunk' is not a key of .info" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct zf_new_array array = { .zarr_format = 3, .order = 'F' };
		struct zf_op op;

		zf_op_init(&op);
		ck_assert_msg(zf_patch_read_new(&op, cases[i].asked, strlen(cases[i].asked), &array) == -1,
			"%s", cases[i].asked);
		unit_fails(-1, &op, cases[i].err, cases[i].text);
		ck_assert(!array.has_shape && !array.dtype && array.order == 'F'); /* as it was */
	}
}
END_TEST

UNIT_MAIN("patch", shape_and_attributes, whole_files, refused, both_sides_of_the_limit, new_arrays, defaults,
	new_refused)
