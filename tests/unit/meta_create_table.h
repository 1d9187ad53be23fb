/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made by meta_create.py with zarr-python 2.13.6, numcodecs 0.11.0+ds, NumPy 1.24.2. */
/* clang-format off */
static const struct { const char *asked, *document, *attributes; } v2_table[] = {
	{ "{\"shape\": [10, 20], \"dtype\": \"|b1\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|b1\",\n    \"fill_value\": false,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"|i1\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|i1\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"|u1\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|u1\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<i2\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<i2\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">i2\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">i2\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<u4\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<u4\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">u8\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">u8\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<f2\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f2\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<f4\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">f4\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<f8\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<f16\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f16\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<c8\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<c8\",\n    \"fill_value\": [\n        0.0,\n        0.0\n    ],\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        10,\n"
		"        20\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">c16\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">c16\",\n    \"fill_value\": [\n        0.0,\n        0.0\n    ],\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        10,\n"
		"        20\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"|S3\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|S3\",\n    \"fill_value\": \"\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<U4\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<U4\",\n    \"fill_value\": \"\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">U2\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">U2\",\n    \"fill_value\": \"\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"|V5\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|V5\",\n    \"fill_value\": \"AAAAAAA=\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<M8[ns]\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<M8[ns]\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \"<m8[10us]\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<m8[10us]\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [10, 20], \"dtype\": \">M8[D]\"}",
		"{\n    \"chunks\": [\n        10,\n        20\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">M8[D]\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        10,\n        20\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"|b1\", \"fill_value\": true}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|b1\",\n    \"fill_value\": true,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f4\", \"fill_value\": 0.1}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.10000000149011612,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f2\", \"fill_value\": 0.1}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f2\",\n    \"fill_value\": 0.0999755859375,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 1e+300}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 1e+300,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 5e-324}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 5e-324,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f4\", \"fill_value\": \"NaN\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": \"NaN\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \">f8\", \"fill_value\": \"-Infinity\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">f8\",\n    \"fill_value\": \"-Infinity\",\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": \"Infinity\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": \"Infinity\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<u8\", \"fill_value\": 18446744073709551615}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<u8\",\n    \"fill_value\": 18446744073709551615,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<i8\", \"fill_value\": -9223372036854775808}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<i8\",\n    \"fill_value\": -9223372036854775808,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"|i1\", \"fill_value\": -1}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|i1\",\n    \"fill_value\": -1,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \">i2\", \"fill_value\": -300}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">i2\",\n    \"fill_value\": -300,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<U4\", \"fill_value\": \"h\\u00e9\\ud83d\\ude00\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<U4\",\n    \"fill_value\": \"h\\u00e9\\ud83d\\ude00\",\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": null}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": null,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<i4\", \"fill_value\": 4.0}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<i4\",\n    \"fill_value\": 4,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 1e+16}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 1e+16,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f4\", \"fill_value\": 16777216}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 16777216.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 123456789012345680}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 1.2345678901234568e+17,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<M8[s]\", \"fill_value\": 1234}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<M8[s]\",\n    \"fill_value\": 1234,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 1e-05}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 1e-05,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<f8\", \"fill_value\": 0.0001}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 0.0001,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \">U3\", \"fill_value\": \"\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \">U3\",\n    \"fill_value\": \"\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<c16\", \"fill_value\": [1.5, \"-Infinity\"]}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<c16\",\n    \"fill_value\": [\n        1.5,\n"
		"        \"-Infinity\"\n    ],\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"<c8\", \"fill_value\": [0.1, \"NaN\"]}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<c8\",\n    \"fill_value\": [\n        0.10000000149011612,\n"
		"        \"NaN\"\n    ],\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"|S4\", \"fill_value\": \"YWI=\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|S4\",\n    \"fill_value\": \"YWI=\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [3], \"chunks\": [2], \"dtype\": \"|V3\", \"fill_value\": \"AQL/\"}",
		"{\n    \"chunks\": [\n        2\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|V3\",\n    \"fill_value\": \"AQL/\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        3\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [5], \"dtype\": [[\"a\", \"<i4\"], [\"b\", \">f8\"], [\"c\", \"|S2\"]]}",
		"{\n    \"chunks\": [\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n    \"dtype\": [\n"
		"        [\n            \"a\",\n            \"<i4\"\n        ],\n        [\n"
		"            \"b\",\n            \">f8\"\n        ],\n        [\n            \"c\",\n"
		"            \"|S2\"\n        ]\n    ],\n"
		"    \"fill_value\": \"AAAAAAAAAAAAAAAAAAA=\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        5\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [5], \"dtype\": [[\"a\", \"<i4\"], [\"b\", \">f8\"], [\"c\", \"|S2\"]], \"fill_value\": \"BwAAAL/4AAAAAAAAeno=\"}",
		"{\n    \"chunks\": [\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n    \"dtype\": [\n"
		"        [\n            \"a\",\n            \"<i4\"\n        ],\n        [\n"
		"            \"b\",\n            \">f8\"\n        ],\n        [\n            \"c\",\n"
		"            \"|S2\"\n        ]\n    ],\n"
		"    \"fill_value\": \"BwAAAL/4AAAAAAAAeno=\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        5\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [5], \"dtype\": [[\"a\", \"<i4\"], [\"b\", \">f8\"], [\"c\", \"|S2\"]], \"fill_value\": null}",
		"{\n    \"chunks\": [\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n    \"dtype\": [\n"
		"        [\n            \"a\",\n            \"<i4\"\n        ],\n        [\n"
		"            \"b\",\n            \">f8\"\n        ],\n        [\n            \"c\",\n"
		"            \"|S2\"\n        ]\n    ],\n    \"fill_value\": null,\n"
		"    \"filters\": null,\n    \"order\": \"C\",\n    \"shape\": [\n        5\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [5], \"dtype\": [[\"p\", [[\"x\", \"<f4\"], [\"y\", \"<f4\"]]], [\"q\", \"<i2\", [2, 3]]]}",
		"{\n    \"chunks\": [\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n    \"dtype\": [\n"
		"        [\n            \"p\",\n            [\n                [\n"
		"                    \"x\",\n                    \"<f4\"\n                ],\n"
		"                [\n                    \"y\",\n                    \"<f4\"\n"
		"                ]\n            ]\n        ],\n        [\n            \"q\",\n"
		"            \"<i2\",\n            [\n                2,\n                3\n"
		"            ]\n        ]\n    ],\n"
		"    \"fill_value\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        5\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [5], \"dtype\": [[\"h\\u00e9\", \"<f4\"], [\"\\\"\", \"|u1\"]]}",
		"{\n    \"chunks\": [\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n    \"dtype\": [\n"
		"        [\n            \"h\\u00e9\",\n            \"<f4\"\n        ],\n        [\n"
		"            \"\\\"\",\n            \"|u1\"\n        ]\n    ],\n"
		"    \"fill_value\": \"AAAAAAA=\",\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        5\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [], \"dtype\": \"<f8\"}",
		"{\n    \"chunks\": [],\n    \"compressor\": null,\n    \"dtype\": \"<f8\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [], \"dtype\": \"<f8\", \"compressor\": {\"id\": \"zlib\", \"level\": 1}}",
		"{\n    \"chunks\": [],\n    \"compressor\": null,\n    \"dtype\": \"<f8\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [0], \"dtype\": \"<f8\"}",
		"{\n    \"chunks\": [\n        1\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        0\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"" },
	{ "{\"shape\": [0, 5], \"dtype\": \"<f8\"}",
		"{\n    \"chunks\": [\n        1,\n        5\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        0,\n        5\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [1000000000000, 3], \"dtype\": \"<f8\"}",
		"{\n    \"chunks\": [\n        7629395,\n        1\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f8\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        1000000000000,\n        3\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [7, 8, 9], \"dtype\": \"<i4\", \"chunks\": [3, 8, 2], \"order\": \"F\", \"dimension_separator\": \"/\"}",
		"{\n    \"chunks\": [\n        3,\n        8,\n        2\n    ],\n"
		"    \"compressor\": {\n        \"blocksize\": 0,\n        \"clevel\": 5,\n"
		"        \"cname\": \"lz4\",\n        \"id\": \"blosc\",\n        \"shuffle\": 1\n"
		"    },\n    \"dimension_separator\": \"/\",\n    \"dtype\": \"<i4\",\n"
		"    \"fill_value\": 0,\n    \"filters\": null,\n    \"order\": \"F\",\n"
		"    \"shape\": [\n        7,\n        8,\n        9\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [7], \"dtype\": \"<i4\", \"dimension_separator\": \".\"}",
		"{\n    \"chunks\": [\n        7\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dimension_separator\": \".\",\n    \"dtype\": \"<i4\",\n"
		"    \"fill_value\": 0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        7\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": null}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": null,\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"zlib\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"id\": \"zlib\",\n        \"level\": 1\n    },\n    \"dtype\": \"<f4\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        100\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"gzip\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"id\": \"gzip\",\n        \"level\": 1\n    },\n    \"dtype\": \"<f4\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        100\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"bz2\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"id\": \"bz2\",\n        \"level\": 1\n    },\n    \"dtype\": \"<f4\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        100\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"lz4\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"acceleration\": 1,\n        \"id\": \"lz4\"\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"zstd\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"id\": \"zstd\",\n        \"level\": 1\n    },\n    \"dtype\": \"<f4\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        100\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"lzma\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"check\": -1,\n        \"filters\": null,\n        \"format\": 1,\n"
		"        \"id\": \"lzma\",\n        \"preset\": null\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": \"blosc\"}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": {\"id\": \"blosc\", \"cname\": \"zstd\", \"clevel\": 1, \"shuffle\": 2, \"blocksize\": 0}}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 1,\n        \"cname\": \"zstd\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 2\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"compressor\": {\"id\": \"lzma\", \"format\": 3, \"check\": -1, \"preset\": null, \"filters\": [{\"id\": 33, \"dist\": 4}]}}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"check\": -1,\n        \"filters\": [\n            {\n"
		"                \"dist\": 4,\n                \"id\": 33\n            }\n"
		"        ],\n        \"format\": 3,\n        \"id\": \"lzma\",\n"
		"        \"preset\": null\n    },\n    \"dtype\": \"<f4\",\n"
		"    \"fill_value\": 0.0,\n    \"filters\": null,\n    \"order\": \"C\",\n"
		"    \"shape\": [\n        100\n    ],\n    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"filters\": [{\"id\": \"delta\", \"dtype\": \"<f4\", \"astype\": \"<f4\"}, {\"id\": \"shuffle\", \"elementsize\": 4}]}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": [\n        {\n"
		"            \"astype\": \"<f4\",\n            \"dtype\": \"<f4\",\n"
		"            \"id\": \"delta\"\n        },\n        {\n"
		"            \"elementsize\": 4,\n            \"id\": \"shuffle\"\n        }\n"
		"    ],\n    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [100], \"dtype\": \"<f4\", \"filters\": []}",
		"{\n    \"chunks\": [\n        100\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"<f4\",\n    \"fill_value\": 0.0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        100\n    ],\n"
		"    \"zarr_format\": 2\n}",
		"" },
	{ "{\"shape\": [1], \"dtype\": \"|u1\", \"attributes\": {\"b\": [1, 2.5, null, true], \"a\": \"\\u00e9\\u2028\\ud83d\\ude00\\u007f\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\", \"z\": {\"y\": {}, \"x\": []}, \"n\": NaN, \"big\": 18446744073709551616, \"\\u00e9\": 1}}",
		"{\n    \"chunks\": [\n        1\n    ],\n    \"compressor\": {\n"
		"        \"blocksize\": 0,\n        \"clevel\": 5,\n        \"cname\": \"lz4\",\n"
		"        \"id\": \"blosc\",\n        \"shuffle\": 1\n    },\n"
		"    \"dtype\": \"|u1\",\n    \"fill_value\": 0,\n    \"filters\": null,\n"
		"    \"order\": \"C\",\n    \"shape\": [\n        1\n    ],\n    \"zarr_format\": 2\n"
		"}",
		"{\n"
		"    \"a\": \"\\u00e9\\u2028\\ud83d\\ude00\\u007f\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\",\n"
		"    \"b\": [\n        1,\n        2.5,\n        null,\n        true\n    ],\n"
		"    \"big\": 18446744073709551616,\n    \"n\": NaN,\n    \"z\": {\n"
		"        \"x\": [],\n        \"y\": {}\n    },\n    \"\\u00e9\": 1\n}" },
};
static const struct { const char *asked, *document; } v3_table[] = {
	{ "{\"shape\": [13, 17], \"data_type\": \"float64\", \"chunks\": [5, 6], \"order\": \"F\"}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"transpose\",\n      \"configuration\": {\n"
		"        \"order\": [\n          1,\n          0\n        ]\n      }\n    },\n    {\n"
		"      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"f8\", \"chunks\": [5, 6], \"order\": \"F\"}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"transpose\",\n      \"configuration\": {\n"
		"        \"order\": [\n          1,\n          0\n        ]\n      }\n    },\n    {\n"
		"      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [10], \"data_type\": {\"name\": \"numpy.datetime64\", \"configuration\": {\"unit\": \"us\", \"scale_factor\": 1}}, \"chunks\": [4]}",
		"{\n  \"shape\": [\n    10\n  ],\n  \"data_type\": {\n"
		"    \"name\": \"numpy.datetime64\",\n    \"configuration\": {\n"
		"      \"unit\": \"us\",\n      \"scale_factor\": 1\n    }\n  },\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        4\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": -9223372036854775808,\n"
		"  \"codecs\": [\n    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [10], \"data_type\": {\"name\": \"null_terminated_bytes\", \"configuration\": {\"length_bytes\": 6}}, \"chunks\": [4]}",
		"{\n  \"shape\": [\n    10\n  ],\n  \"data_type\": {\n"
		"    \"name\": \"null_terminated_bytes\",\n    \"configuration\": {\n"
		"      \"length_bytes\": 6\n    }\n  },\n  \"chunk_grid\": {\n"
		"    \"name\": \"regular\",\n    \"configuration\": {\n      \"chunk_shape\": [\n"
		"        4\n      ]\n    }\n  },\n  \"chunk_key_encoding\": {\n"
		"    \"name\": \"default\",\n    \"configuration\": {\n      \"separator\": \"/\"\n"
		"    }\n  },\n  \"fill_value\": \"\",\n  \"codecs\": [\n    {\n"
		"      \"name\": \"bytes\"\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [10], \"data_type\": {\"name\": \"fixed_length_utf32\", \"configuration\": {\"length_bytes\": 12}}, \"chunks\": [4]}",
		"{\n  \"shape\": [\n    10\n  ],\n  \"data_type\": {\n"
		"    \"name\": \"fixed_length_utf32\",\n    \"configuration\": {\n"
		"      \"length_bytes\": 12\n    }\n  },\n  \"chunk_grid\": {\n"
		"    \"name\": \"regular\",\n    \"configuration\": {\n      \"chunk_shape\": [\n"
		"        4\n      ]\n    }\n  },\n  \"chunk_key_encoding\": {\n"
		"    \"name\": \"default\",\n    \"configuration\": {\n      \"separator\": \"/\"\n"
		"    }\n  },\n  \"fill_value\": \"\",\n  \"codecs\": [\n    {\n"
		"      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"uint32\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"uint32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"<u4\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"uint32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"int64\", \"chunks\": [5, 6], \"compressor\": [{\"name\": \"blosc\", \"configuration\": {\"typesize\": 8, \"cname\": \"zstd\", \"clevel\": 5, \"shuffle\": \"shuffle\", \"blocksize\": 0}}]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"int64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"blosc\",\n"
		"      \"configuration\": {\n        \"typesize\": 8,\n        \"cname\": \"zstd\",\n"
		"        \"clevel\": 5,\n        \"shuffle\": \"shuffle\",\n"
		"        \"blocksize\": 0\n      }\n    }\n  ],\n  \"attributes\": {},\n"
		"  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n  \"storage_transformers\": []\n"
		"}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"bool\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"bool\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": false,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\"\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"|b1\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"bool\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": false,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\"\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"float64\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"f8\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"int16\", \"chunks\": [5, 6], \"compressor\": [{\"name\": \"gzip\", \"configuration\": {\"level\": 2}}]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"int16\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"gzip\",\n"
		"      \"configuration\": {\n        \"level\": 2\n      }\n    }\n  ],\n"
		"  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n"
		"  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"<i2\", \"chunks\": [5, 6], \"compressor\": [{\"name\": \"gzip\", \"configuration\": {\"level\": 2}}]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"int16\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"gzip\",\n"
		"      \"configuration\": {\n        \"level\": 2\n      }\n    }\n  ],\n"
		"  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n"
		"  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"int32\", \"chunks\": [5, 6], \"fill_value\": 7}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"int32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 7,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"i4\", \"chunks\": [5, 6], \"fill_value\": 7}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"int32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 7,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [10], \"data_type\": {\"name\": \"numpy.timedelta64\", \"configuration\": {\"unit\": \"s\", \"scale_factor\": 1}}, \"chunks\": [4]}",
		"{\n  \"shape\": [\n    10\n  ],\n  \"data_type\": {\n"
		"    \"name\": \"numpy.timedelta64\",\n    \"configuration\": {\n"
		"      \"unit\": \"s\",\n      \"scale_factor\": 1\n    }\n  },\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        4\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": -9223372036854775808,\n"
		"  \"codecs\": [\n    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"complex128\", \"chunks\": [5, 6], \"compressor\": [], \"fill_value\": [1.0, 2.0]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"complex128\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": [\n    1.0,\n    2.0\n"
		"  ],\n  \"codecs\": [\n    {\n      \"name\": \"bytes\",\n"
		"      \"configuration\": {\n        \"endian\": \"little\"\n      }\n    }\n  ],\n"
		"  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n"
		"  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"data_type\": \"float64\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [13, 17], \"dtype\": \"f8\", \"chunks\": [5, 6]}",
		"{\n  \"shape\": [\n    13,\n    17\n  ],\n  \"data_type\": \"float64\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        5,\n        6\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0.0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [], \"data_type\": \"float32\", \"chunks\": []}",
		"{\n  \"shape\": [],\n  \"data_type\": \"float32\",\n  \"chunk_grid\": {\n"
		"    \"name\": \"regular\",\n    \"configuration\": {\n      \"chunk_shape\": []\n"
		"    }\n  },\n  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n"
		"    \"configuration\": {\n      \"separator\": \"/\"\n    }\n  },\n"
		"  \"fill_value\": 0.0,\n  \"codecs\": [\n    {\n      \"name\": \"bytes\",\n"
		"      \"configuration\": {\n        \"endian\": \"little\"\n      }\n    },\n    {\n"
		"      \"name\": \"zstd\",\n      \"configuration\": {\n        \"level\": 0,\n"
		"        \"checksum\": false\n      }\n    }\n  ],\n  \"attributes\": {},\n"
		"  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n  \"storage_transformers\": []\n"
		"}" },
	{ "{\"shape\": [], \"dtype\": \"<f4\", \"chunks\": []}",
		"{\n  \"shape\": [],\n  \"data_type\": \"float32\",\n  \"chunk_grid\": {\n"
		"    \"name\": \"regular\",\n    \"configuration\": {\n      \"chunk_shape\": []\n"
		"    }\n  },\n  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n"
		"    \"configuration\": {\n      \"separator\": \"/\"\n    }\n  },\n"
		"  \"fill_value\": 0.0,\n  \"codecs\": [\n    {\n      \"name\": \"bytes\",\n"
		"      \"configuration\": {\n        \"endian\": \"little\"\n      }\n    },\n    {\n"
		"      \"name\": \"zstd\",\n      \"configuration\": {\n        \"level\": 0,\n"
		"        \"checksum\": false\n      }\n    }\n  ],\n  \"attributes\": {},\n"
		"  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n  \"storage_transformers\": []\n"
		"}" },
	{ "{\"shape\": [20, 30], \"data_type\": \"float32\", \"chunks\": [5, 5], \"shards\": [10, 15], \"fill_value\": \"NaN\"}",
		"{\n  \"shape\": [\n    20,\n    30\n  ],\n  \"data_type\": \"float32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        10,\n        15\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": \"NaN\",\n"
		"  \"codecs\": [\n    {\n      \"name\": \"sharding_indexed\",\n"
		"      \"configuration\": {\n        \"chunk_shape\": [\n          5,\n          5\n"
		"        ],\n        \"codecs\": [\n          {\n            \"name\": \"bytes\",\n"
		"            \"configuration\": {\n              \"endian\": \"little\"\n"
		"            }\n          },\n          {\n            \"name\": \"zstd\",\n"
		"            \"configuration\": {\n              \"level\": 0,\n"
		"              \"checksum\": false\n            }\n          }\n        ],\n"
		"        \"index_codecs\": [\n          {\n            \"name\": \"bytes\",\n"
		"            \"configuration\": {\n              \"endian\": \"little\"\n"
		"            }\n          },\n          {\n            \"name\": \"crc32c\"\n"
		"          }\n        ],\n        \"index_location\": \"end\"\n      }\n    }\n  ],\n"
		"  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n"
		"  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [20, 30], \"dtype\": \"<f4\", \"chunks\": [5, 5], \"shards\": [10, 15], \"fill_value\": \"NaN\"}",
		"{\n  \"shape\": [\n    20,\n    30\n  ],\n  \"data_type\": \"float32\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        10,\n        15\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": \"NaN\",\n"
		"  \"codecs\": [\n    {\n      \"name\": \"sharding_indexed\",\n"
		"      \"configuration\": {\n        \"chunk_shape\": [\n          5,\n          5\n"
		"        ],\n        \"codecs\": [\n          {\n            \"name\": \"bytes\",\n"
		"            \"configuration\": {\n              \"endian\": \"little\"\n"
		"            }\n          },\n          {\n            \"name\": \"zstd\",\n"
		"            \"configuration\": {\n              \"level\": 0,\n"
		"              \"checksum\": false\n            }\n          }\n        ],\n"
		"        \"index_codecs\": [\n          {\n            \"name\": \"bytes\",\n"
		"            \"configuration\": {\n              \"endian\": \"little\"\n"
		"            }\n          },\n          {\n            \"name\": \"crc32c\"\n"
		"          }\n        ],\n        \"index_location\": \"end\"\n      }\n    }\n  ],\n"
		"  \"attributes\": {},\n  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n"
		"  \"storage_transformers\": []\n}" },
	{ "{\"shape\": [20, 30], \"data_type\": \"uint16\", \"chunks\": [5, 5], \"shards\": [20, 30], \"compressor\": [{\"name\": \"blosc\", \"configuration\": {\"typesize\": 2, \"cname\": \"zstd\", \"clevel\": 3, \"shuffle\": \"bitshuffle\", \"blocksize\": 0}}, {\"name\": \"crc32c\"}]}",
		"{\n  \"shape\": [\n    20,\n    30\n  ],\n  \"data_type\": \"uint16\",\n"
		"  \"chunk_grid\": {\n    \"name\": \"regular\",\n    \"configuration\": {\n"
		"      \"chunk_shape\": [\n        20,\n        30\n      ]\n    }\n  },\n"
		"  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n    \"configuration\": {\n"
		"      \"separator\": \"/\"\n    }\n  },\n  \"fill_value\": 0,\n  \"codecs\": [\n"
		"    {\n      \"name\": \"sharding_indexed\",\n      \"configuration\": {\n"
		"        \"chunk_shape\": [\n          5,\n          5\n        ],\n"
		"        \"codecs\": [\n          {\n            \"name\": \"bytes\",\n"
		"            \"configuration\": {\n              \"endian\": \"little\"\n"
		"            }\n          },\n          {\n            \"name\": \"blosc\",\n"
		"            \"configuration\": {\n              \"typesize\": 2,\n"
		"              \"cname\": \"zstd\",\n              \"clevel\": 3,\n"
		"              \"shuffle\": \"bitshuffle\",\n              \"blocksize\": 0\n"
		"            }\n          },\n          {\n            \"name\": \"crc32c\"\n"
		"          }\n        ],\n        \"index_codecs\": [\n          {\n"
		"            \"name\": \"bytes\",\n            \"configuration\": {\n"
		"              \"endian\": \"little\"\n            }\n          },\n          {\n"
		"            \"name\": \"crc32c\"\n          }\n        ],\n"
		"        \"index_location\": \"end\"\n      }\n    }\n  ],\n  \"attributes\": {},\n"
		"  \"zarr_format\": 3,\n  \"node_type\": \"array\",\n  \"storage_transformers\": []\n"
		"}" },
	{ "{\"shape\": [10], \"data_type\": {\"name\": \"struct\", \"configuration\": {\"fields\": [{\"name\": \"a\", \"data_type\": \"int32\"}, {\"name\": \"b\", \"data_type\": \"float64\"}]}}, \"chunks\": [4]}",
		"{\n  \"shape\": [\n    10\n  ],\n  \"data_type\": {\n    \"name\": \"struct\",\n"
		"    \"configuration\": {\n      \"fields\": [\n        {\n"
		"          \"name\": \"a\",\n          \"data_type\": \"int32\"\n        },\n"
		"        {\n          \"name\": \"b\",\n          \"data_type\": \"float64\"\n"
		"        }\n      ]\n    }\n  },\n  \"chunk_grid\": {\n    \"name\": \"regular\",\n"
		"    \"configuration\": {\n      \"chunk_shape\": [\n        4\n      ]\n    }\n"
		"  },\n  \"chunk_key_encoding\": {\n    \"name\": \"default\",\n"
		"    \"configuration\": {\n      \"separator\": \"/\"\n    }\n  },\n"
		"  \"fill_value\": {\n    \"a\": 0,\n    \"b\": 0.0\n  },\n  \"codecs\": [\n    {\n"
		"      \"name\": \"bytes\",\n      \"configuration\": {\n"
		"        \"endian\": \"little\"\n      }\n    },\n    {\n      \"name\": \"zstd\",\n"
		"      \"configuration\": {\n        \"level\": 0,\n        \"checksum\": false\n"
		"      }\n    }\n  ],\n  \"attributes\": {},\n  \"zarr_format\": 3,\n"
		"  \"node_type\": \"array\",\n  \"storage_transformers\": []\n}" },
};
static const struct { uint32_t itemsize; const char *shape, *chunks; } guess_table[] = {
	{ 2, "13", "13" },
	{ 1048576, "2", "1" },
	{ 100, "1088,0", "1088,1" },
	{ 8, "1253835,24", "78365,3" },
	{ 8, "110012,0,19", "13752,1,5" },
	{ 8, "800,7,5710,8", "100,1,1428,2" },
	{ 3, "6441,6,893,2,564", "403,1,112,1,71" },
	{ 100, "88,74,107,2,224,2425,6,9", "6,5,7,1,14,152,1,1" },
	{ 3, "456", "456" },
	{ 4, "7", "7" },
	{ 16, "0,90", "1,90" },
	{ 4, "6115227,55650", "23888,218" },
	{ 100, "10,34,80747", "1,3,10094" },
	{ 8, "23,0,433,6736", "3,1,55,1684" },
	{ 3, "6293,3020,59,21,0", "394,378,8,3,1" },
	{ 4, "250,18,14,39,1,1,8,9", "63,5,4,20,1,1,4,5" },
	{ 16, "14", "14" },
	{ 16, "1703422689654492", "3172873" },
	{ 3, "646,0", "646,1" },
	{ 8, "1530,2", "1530,2" },
	{ 4, "200,2,3", "200,2,3" },
	{ 8, "658,50,89,1553", "42,7,12,195" },
	{ 1, "118,500,435,1,3", "30,125,109,1,2" },
	{ 1, "1,4,944,181,1,15,84,8", "1,1,236,46,1,4,21,4" },
	{ 100, "6", "6" },
	{ 100, "1276", "1276" },
	{ 16, "103,4", "103,4" },
	{ 4, "2,1756", "2,1756" },
	{ 1048576, "52,498,5354", "1,2,21" },
	{ 16, "8,1,2,7", "8,1,2,7" },
	{ 3, "22,3,312,690,14", "6,1,78,173,7" },
	{ 16, "6,2915,45,2,36,2,2,80", "1,365,12,1,9,1,1,20" },
	{ 16, "353758594", "172734" },
	{ 1, "37", "37" },
	{ 1, "230830,6", "115415,3" },
	{ 4, "3,2334", "3,2334" },
	{ 16, "19,32119,4395", "1,2008,275" },
	{ 16, "10,18,20,1", "10,18,20,1" },
	{ 1048576, "81,36,1,7572,2", "1,1,1,60,1" },
	{ 3, "5,12,6,2,2,2,19,6", "3,6,6,2,2,2,19,6" },
	{ 16, "4", "4" },
	{ 2, "4", "4" },
	{ 2, "2,6", "2,6" },
	{ 3, "3,1", "3,1" },
	{ 4, "75,1,2", "75,1,2" },
	{ 16, "35,43,16,114", "9,11,8,57" },
	{ 8, "61,12,1,1923,373", "8,2,1,241,94" },
	{ 100, "3,2,52,3,23,1710,3,2541", "1,1,4,1,2,214,1,318" },
	{ 100, "4", "4" },
	{ 4, "2", "2" },
	{ 100, "10,8567", "3,2142" },
	{ 3, "16,9", "16,9" },
	{ 1048576, "57923,5253,7960", "15,2,2" },
	{ 8, "82,26,174,4686", "11,4,22,586" },
	{ 4, "69,116,4,4,9", "35,58,2,4,9" },
	{ 3, "25,238,62,13,2,7,27,9", "7,60,16,4,1,2,7,5" },
	{ 1, "114", "114" },
	{ 2, "5006531239177072", "18650783" },
	{ 2, "886,82", "886,82" },
	{ 100, "2534,87", "317,22" },
	{ 2, "4,56,70369", "1,14,35185" },
	{ 8, "252,4336,15,5", "32,1084,4,2" },
	{ 16, "25,1,5,6,3", "25,1,5,6,3" },
	{ 16, "0,7,12,47,34,57,3,64", "1,2,3,12,9,15,1,32" },
	{ 4, "1503316961982", "5734700" },
	{ 16, "10", "10" },
	{ 2, "102,1082", "102,1082" },
	{ 1048576, "744,16", "6,1" },
	{ 8, "19,33,1", "19,33,1" },
	{ 8, "253,43,705,647", "16,6,89,81" },
	{ 2, "127,17,7607,2786,1313", "4,1,476,175,83" },
	{ 100, "8923,19,3,6,2,1348,34,1", "558,2,1,1,1,85,5,1" },
	{ 16, "510444025", "249241" },
	{ 16, "4", "4" },
	{ 1048576, "6,2403", "1,5" },
	{ 100, "2,37069503", "1,36201" },
	{ 16, "4722,42,12", "1181,11,3" },
	{ 16, "1,431,111,1", "1,216,56,1" },
	{ 8, "274,6,4,2930,731", "35,1,1,367,92" },
	{ 1048576, "1,6,5401,37,1,2,7,1", "1,1,43,1,1,1,1,1" },
	{ 1048576, "398", "2" },
	{ 2, "17", "17" },
	{ 100, "44,277", "22,139" },
	{ 8, "0,81", "1,81" },
	{ 3, "1,658,138669", "1,42,8667" },
	{ 4, "2246,16,1,8", "1123,8,1,8" },
	{ 8, "2,70,17,724,96", "1,18,5,181,24" },
	{ 100, "1,51,3591,3,6,2,1,56", "1,7,449,1,2,1,1,14" },
	{ 16, "3", "3" },
	{ 4, "1", "1" },
	{ 1048576, "73,7", "2,1" },
	{ 1048576, "11,558", "1,5" },
	{ 4, "20,7557,2454", "3,945,307" },
	{ 100, "51,174,7526,154", "4,11,471,10" },
	{ 100, "1,940,1292,3,2", "1,118,162,1,1" },
	{ 1048576, "1,66,8,2,1,1,1,1131", "1,1,1,1,1,1,1,18" },
	{ 16, "29", "29" },
	{ 1, "0", "1" },
	{ 2, "122,10", "122,10" },
	{ 8, "269,2320", "68,580" },
	{ 1048576, "4922,15111,368", "3,15,1" },
	{ 16, "8956,2376,638,1", "280,75,40,1" },
	{ 3, "3,36,2,3,1", "3,36,2,3,1" },
	{ 3, "15,12,31,1,1,4,196,8272", "2,2,8,1,1,1,49,2068" },
	{ 2, "3281211997554153", "24446935" },
	{ 1048576, "6635640522928", "49" },
	{ 3, "6680285,1367", "104380,22" },
	{ 3, "9171,914", "1147,229" },
	{ 2, "509,1,15", "509,1,15" },
	{ 16, "34,301,90,11", "9,76,23,6" },
	{ 3, "18,112,38,19,10", "5,56,19,10,5" },
	{ 1048576, "693,7,15,7,5,39,0,42", "11,1,1,1,1,2,1,2" },
	{ 100, "6", "6" },
	{ 1, "5", "5" },
	{ 16, "0,339371", "1,21211" },
	{ 16, "12517881,334", "97796,6" },
	{ 4, "156,150,1255", "20,38,314" },
	{ 1, "59,12,3,97", "59,12,3,97" },
	{ 3, "48,5573,1,70,5", "12,1394,1,18,2" },
	{ 100, "31,1187,66,9,6,97,29,15", "2,149,9,2,1,13,4,2" },
	{ 100, "5704", "2852" },
	{ 1048576, "23922", "6" },
	{ 100, "26,6271", "4,1568" },
	{ 1, "1,85", "1,85" },
	{ 1, "3,1255,6", "3,1255,6" },
	{ 2, "7,12,48,78", "4,6,48,78" },
	{ 1, "58,2185,2,547,9", "8,547,1,137,3" },
	{ 4, "22,54,21,534,4171,16,2,284", "2,4,2,34,261,2,1,36" },
	{ 16, "13235", "13235" },
	{ 8, "342", "342" },
	{ 3, "497,2", "497,2" },
	{ 2, "138,100835", "18,25209" },
	{ 100, "10,668,3", "5,334,2" },
	{ 16, "331,11,109,12", "83,3,55,6" },
	{ 1048576, "92,29,9,16,30", "6,2,1,1,4" },
	{ 1, "1,4,1,4,83,1,24,1", "1,4,1,4,83,1,24,1" },
	{ 8, "566", "566" },
	{ 100, "1205584286", "73584" },
	{ 8, "1,43", "1,43" },
	{ 3, "30,528", "30,528" },
	{ 16, "253,105,4", "127,53,4" },
	{ 1, "23,4,28,3", "23,4,28,3" },
	{ 3, "1,71,5430,162,22", "1,9,679,41,6" },
	{ 16, "5,28,16,41,14,11,6,16", "2,7,4,11,4,6,3,8" },
	{ 2, "134", "134" },
	{ 16, "3", "3" },
	{ 1048576, "1,147", "1,1" },
	{ 3, "6,30", "6,30" },
	{ 4, "917,508,1", "459,254,1" },
	{ 4, "1,3,9,28", "1,3,9,28" },
	{ 4, "0,2,2,465,85", "1,1,2,465,85" },
	{ 1, "972,8,247,12,43,8,8,19", "243,2,62,3,11,2,2,5" },
	{ 3, "14", "14" },
	{ 3, "21599", "21599" },
	{ 2, "1900,71", "950,71" },
	{ 100, "41280785,0", "40314,1" },
	{ 3, "70,2174,17", "18,1087,9" },
	{ 2, "1036,58,8,119", "259,15,2,60" },
	{ 4, "3,100,1071,89,9", "1,25,268,23,5" },
	{ 1048576, "735,3,423,8,30,35,74,57", "6,1,4,1,1,1,2,1" },
	{ 100, "2285", "2285" },
	{ 4, "0", "1" },
	{ 4, "1159,10382", "145,1298" },
	{ 8, "87,0", "87,1" },
	{ 4, "5121,12,92", "1281,3,46" },
	{ 100, "446,0,6939,5", "28,1,868,1" },
	{ 1048576, "38,208,41,123,1", "1,7,2,4,1" },
	{ 3, "13,5,1,1,3,1,73,6", "13,5,1,1,3,1,73,6" },
	{ 100, "15276929341", "233108" },
	{ 100, "480", "480" },
	{ 16, "9,27", "9,27" },
	{ 4, "36,4", "36,4" },
	{ 4, "10,34,312", "5,34,312" },
	{ 4, "8,40,297,52", "2,20,149,26" },
	{ 100, "29,4,979,37,1", "8,1,245,10,1" },
	{ 3, "1,1,12,50,3,27,26,2", "1,1,6,25,2,14,26,2" },
	{ 16, "138", "138" },
	{ 3, "0", "1" },
	{ 4, "10,1", "10,1" },
	{ 100, "81,3758677", "1,58730" },
	{ 8, "1342,12,130", "336,3,65" },
	{ 8, "439,3,205,1", "220,2,103,1" },
	{ 100, "16,151,3,3,887", "4,38,1,1,222" },
	{ 8, "1190,39,2,2,8,9,1956,44", "149,5,1,1,1,2,245,11" },
	{ 100, "1", "1" },
	{ 8, "5", "5" },
	{ 2, "1197,6", "1197,6" },
	{ 4, "4202,1", "4202,1" },
	{ 16, "75,470,129", "19,118,33" },
	{ 3, "11,76,12,1", "11,76,12,1" },
	{ 1, "15,528,1,330,45", "4,132,1,83,23" },
	{ 3, "14,14,1,22,1002,18,1,1", "4,4,1,6,501,9,1,1" },
	{ 4, "507774829032669", "15132870" },
	{ 4, "27", "27" },
	{ 3, "7,2932", "7,2932" },
	{ 8, "2555,886", "320,222" },
	{ 4, "1043,159,15527", "66,10,1941" },
	{ 1048576, "45,3,366,2", "1,1,6,1" },
	{ 4, "29,1411,44,12,5048", "2,177,6,2,631" },
	{ 8, "7,1571,1,46,59,25,21,7", "1,197,1,12,15,7,6,2" },
	{ 2, "1", "1" },
	{ 1, "18431", "18431" },
	{ 3, "7071,5107", "442,639" },
	{ 1, "70,1", "70,1" },
	{ 4, "3,1,33", "3,1,33" },
	{ 2, "77,2,9,30", "77,2,9,30" },
	{ 2, "15,23,6632,23,28", "4,6,1658,6,7" },
	{ 1048576, "17,17,2038,4,19,25,6425,13", "1,1,4,1,1,1,13,1" },
	{ 1048576, "77244007424", "36" },
	{ 16, "34577898", "135070" },
	{ 16, "1316885,268", "20577,9" },
	{ 3, "16,36", "16,36" },
	{ 100, "10,25,609", "3,7,305" },
	{ 1, "1,5,3,929", "1,5,3,929" },
	{ 4, "22,644,2,4,1462", "6,161,1,1,366" },
	{ 1048576, "3,268,1,25,32,31,5,32", "1,9,1,1,1,2,1,2" },
	{ 8, "75", "75" },
	{ 8, "4", "4" },
	{ 16, "26,6", "26,6" },
	{ 16, "562654,1", "35166,1" },
	{ 1048576, "98,6,55", "4,1,2" },
	{ 2, "5704,14,0,12", "2852,7,1,6" },
	{ 1, "37,5,247,1303,55", "5,2,62,326,14" },
	{ 3, "15,10,3,90,2,0,27,1", "8,5,2,45,2,1,27,1" },
	{ 1048576, "16", "1" },
	{ 16, "3", "3" },
	{ 1048576, "2,3531", "1,4" },
	{ 2, "4,3", "4,3" },
	{ 4, "2,4,1", "2,4,1" },
	{ 8, "46,2,13,1", "46,2,13,1" },
	{ 16, "21,1,31,1,5", "21,1,31,1,5" },
	{ 1048576, "7,27,3,4,65,54,2871,2", "1,1,1,1,1,1,45,1" },
	{ 2, "4398", "4398" },
	{ 16, "1", "1" },
	{ 1048576, "269,1044", "2,5" },
	{ 3, "25,6798", "13,6798" },
	{ 1048576, "4,185,6224", "1,1,25" },
	{ 1048576, "323,2,10,380", "3,1,1,6" },
	{ 1, "2,12,4629,23,23", "1,3,2315,12,12" },
	{ 1, "28,19,84,73,2703,17,5,1", "4,3,11,19,676,5,2,1" },
	{ 8, "3475", "3475" },
	{ 3, "3", "3" },
	{ 16, "1673,1229", "210,308" },
	{ 3, "35289,1", "35289,1" },
	{ 100, "56025,2,4", "7004,1,1" },
	{ 4, "210,5,6,3", "210,5,6,3" },
	{ 2, "35,2,5,2,22", "35,2,5,2,22" },
	{ 2, "376,15,14,25,2,161,50,172", "47,2,2,4,1,41,13,43" },
	{ 16, "126294", "15787" },
	{ 2, "121341", "121341" },
	{ 3, "22,3", "22,3" },
	{ 16, "95,8", "95,8" },
	{ 2, "6434,6356,4", "805,795,1" },
	{ 16, "52,7,1181,182", "7,2,296,46" },
	{ 1048576, "3,5,26,65,6", "1,1,2,5,1" },
	{ 100, "3,19,30,10,190,4,38,26", "1,3,8,3,48,1,10,7" },
	{ 1048576, "390292923243", "46" },
	{ 3, "15", "15" },
	{ 2, "56,144221", "7,36056" },
	{ 1, "1076,6", "1076,6" },
	{ 1, "185,13,1", "185,13,1" },
	{ 4, "414,6,9427,4", "104,2,2357,1" },
	{ 16, "3,94,8,23,110", "1,24,4,12,55" },
	{ 8, "48,3,23,2,712,29,59,1818", "3,1,3,1,89,4,8,228" },
	{ 100, "1", "1" },
	{ 1048576, "7", "1" },
	{ 1048576, "6655108,14", "51,1" },
	{ 16, "36,1269", "18,635" },
	{ 8, "56,12,2", "56,12,2" },
	{ 100, "2506,21,2,31", "314,6,1,8" },
	{ 3, "21,2,589,234,105", "3,1,148,59,27" },
	{ 1, "16,37,59,56,25,1,95,4", "4,10,15,14,7,1,48,2" },
	{ 16, "88", "88" },
	{ 16, "1990611919", "485990" },
	{ 2, "1,7", "1,7" },
	{ 3, "353,6396", "89,1599" },
	{ 8, "1260,1441,19", "158,181,5" },
	{ 3, "3,52,1,4180", "2,26,1,2090" },
	{ 16, "5895,27,80,620,37", "369,2,5,78,5" },
	{ 16, "4,5,1,63,261,47,2,4", "1,2,1,16,131,24,1,2" },
	{ 2, "7", "7" },
	{ 4, "6426", "6426" },
	{ 16, "3,20", "3,20" },
	{ 4, "2,87", "2,87" },
	{ 3, "7,4,50", "7,4,50" },
	{ 4, "0,1308,2,234", "1,654,1,117" },
	{ 8, "31,2,2,0,5", "31,2,2,1,5" },
	{ 1048576, "3,65,27,1,2,42,54,2", "1,3,1,1,1,3,4,1" },
	{ 3, "30904", "30904" },
	{ 8, "44", "44" },
	{ 100, "1,3", "1,3" },
	{ 1, "1374,186", "1374,186" },
	{ 100, "7,45,24", "4,23,24" },
	{ 2, "218,10,23,28", "109,5,12,28" },
	{ 1048576, "18,7,40,3,1", "2,1,3,1,1" },
	{ 100, "31,7,150,1,49,77,15,9", "4,1,19,1,13,20,4,3" },
	{ 2, "2138", "2138" },
	{ 3, "2", "2" },
	{ 2, "1,58", "1,58" },
	{ 1, "10,1", "10,1" },
	{ 1048576, "194,36,0", "4,1,1" },
	{ 1048576, "7,1253,58,3", "1,20,1,1" },
	{ 100, "15,3,1303,1094,164", "1,1,82,137,21" },
	{ 4, "1018,4,96,7778,45,2408,1439,57", "16,1,2,122,1,38,45,2" },
	{ 3, "2533", "2533" },
	{ 1, "872240", "218060" },
	{ 1048576, "40,309", "1,5" },
	{ 1, "1,793", "1,793" },
	{ 1048576, "138,23,2020", "2,1,16" },
	{ 1, "16,23,1,1", "16,23,1,1" },
	{ 100, "12,1027,2,2,1", "6,514,1,2,1" },
	{ 1, "287,204,1,3,7,2365,55,2", "36,26,1,1,2,592,14,1" },
	{ 100, "4976905050174935", "579389" },
	{ 4, "5793", "5793" },
	{ 2, "37,41", "37,41" },
	{ 100, "19,2", "19,2" },
	{ 16, "9,61987,1", "3,15497,1" },
	{ 4, "39,351,1,67", "20,176,1,34" },
	{ 2, "51,2,638,6,2", "26,1,638,6,2" },
	{ 2, "9,19,18,7,87,17,7,3", "3,5,5,4,44,9,4,2" },
	{ 100, "15", "15" },
	{ 3, "108", "108" },
	{ 1, "13,1806416", "2,451604" },
	{ 2, "194227,34", "24279,9" },
	{ 4, "3,6,1", "3,6,1" },
	{ 2, "7620,1608,10,1632", "477,101,1,102" },
	{ 2, "22,2,1,1,14", "22,2,1,1,14" },
	{ 3, "8,2521,59,3210,4,94,35,4", "1,158,4,402,1,12,5,1" },
	{ 16, "0", "1" },
	{ 8, "3619270778276", "6903212" },
	{ 2, "1,6", "1,6" },
	{ 100, "0,48", "1,48" },
	{ 1048576, "25,1223,2504", "1,5,10" },
	{ 4, "2,44,11,2051", "1,22,6,1026" },
	{ 16, "53,2,4,87,11", "27,1,2,44,11" },
	{ 1, "1,17,1,4,4,22,2,18", "1,17,1,4,4,22,2,18" },
	{ 1048576, "0", "1" },
	{ 1, "47", "47" },
	{ 2, "1,55", "1,55" },
	{ 3, "20573,6", "10287,6" },
	{ 2, "8853,3126,659", "554,196,42" },
	{ 4, "33,37,6,10", "17,37,6,10" },
	{ 100, "4,57,468,2126,0", "1,4,59,266,1" },
	{ 8, "6,233,2,5,4347,73,5,30", "1,30,1,1,544,19,2,8" },
	{ 100, "2", "2" },
	{ 1, "1", "1" },
	{ 8, "49804,6650", "1557,208" },
	{ 100, "5612,30264744", "6,59111" },
	{ 8, "1,105,111", "1,105,111" },
	{ 3, "10,26,8,2892", "3,13,4,1446" },
	{ 3, "1,38,3996,118,8", "1,10,999,30,2" },
	{ 2, "1,11,48,13,562,7,9,1", "1,3,12,4,281,4,5,1" },
	{ 3, "10", "10" },
	{ 16, "170506488", "166511" },
	{ 1048576, "4,30", "1,1" },
	{ 1048576, "5976,5904737", "1,46" },
	{ 4, "2,1,3", "2,1,3" },
	{ 3, "81,531,8,8", "41,266,4,4" },
	{ 4, "505,1,111,4,2", "253,1,56,4,2" },
	{ 100, "1,42,2,7,493,5,16,5", "1,11,1,2,124,2,4,2" },
	{ 1, "58", "58" },
	{ 100, "8", "8" },
	{ 4, "62,46", "62,46" },
	{ 1048576, "9180,7087", "9,7" },
	{ 8, "160,9,803", "40,5,402" },
	{ 16, "1,1,3210,3", "1,1,3210,3" },
	{ 1048576, "1,2,1,2,8", "1,1,1,1,1" },
	{ 3, "1,11,19,240,4,3120,5,2", "1,3,5,60,1,780,3,1" },
	{ 100, "53", "53" },
	{ 1, "18388", "18388" },
	{ 3, "7061,1", "7061,1" },
	{ 2, "16656764,1", "520524,1" },
	{ 4, "12,17,649", "6,17,649" },
	{ 1, "0,3,50,654", "1,3,50,654" },
	{ 2, "9,65,109,50,5039", "2,9,14,13,1260" },
	{ 16, "16,68,30,1,1,5,40,10", "4,17,8,1,1,3,20,5" },
	{ 100, "1408583", "11005" },
	{ 3, "9", "9" },
	{ 1, "23,18", "23,18" },
	{ 1048576, "23,8193814", "1,63" },
	{ 1, "218,48,15688", "28,12,3922" },
	{ 1, "1786,2613,400,42", "112,327,50,6" },
	{ 4, "67,80,5,1,116", "17,40,3,1,58" },
	{ 4, "8,214,3,1,143,6,4,37", "2,54,1,1,72,3,2,19" },
	{ 100, "205548395209371", "382864" },
	{ 16, "36", "36" },
	{ 1, "48,35", "48,35" },
	{ 8, "46,8", "46,8" },
	{ 2, "1,1,28", "1,1,28" },
	{ 8, "3,42,1,7947", "1,21,1,3974" },
	{ 4, "11,3173,5,18,340", "2,397,2,5,85" },
	{ 16, "131,72,81,3,2,1,156,73", "17,9,11,1,1,1,39,19" },
	{ 8, "34", "34" },
	{ 1, "366", "366" },
	{ 4, "3070,2", "3070,2" },
	{ 4, "2,1091", "2,1091" },
	{ 4, "15,1,30184", "4,1,15092" },
	{ 3, "474,3982,2,11", "119,996,1,3" },
	{ 1048576, "89,47,5,3056,1227", "1,1,1,12,5" },
	{ 3, "10,2,7,1,1961,79,2,29", "3,1,2,1,491,20,1,15" },
	{ 1, "10696", "10696" },
	{ 1, "3", "3" },
	{ 8, "1,24", "1,24" },
	{ 8, "7,565", "7,565" },
	{ 16, "84,22,545", "21,6,273" },
	{ 3, "1037,1238,1,7", "260,310,1,4" },
	{ 100, "737,15,2,35,25", "93,4,1,9,7" },
	{ 16, "1,4,2,478,94,4667,69,20", "1,1,1,30,6,584,9,3" },
	{ 16, "2874397073377", "2741239" },
	{ 16, "3", "3" },
	{ 1, "3,121", "3,121" },
	{ 4, "102,227", "102,227" },
	{ 1048576, "11,7881,35", "1,31,1" },
	{ 1, "4,1,6,1", "4,1,6,1" },
	{ 8, "1516,100,3,4,13", "379,25,1,2,7" },
	{ 2, "1,1,1,3,17,50,14,1", "1,1,1,3,17,50,14,1" },
	{ 1, "14", "14" },
	{ 1048576, "4", "1" },
	{ 100, "42,247759", "2,15485" },
	{ 1048576, "27,10", "2,1" },
	{ 16, "0,517,3", "1,517,3" },
	{ 4, "2,1056,54,3", "1,528,54,3" },
	{ 16, "156,1,159,40,28", "39,1,40,10,7" },
	{ 4, "15,1,22,5,27,69,1,11", "4,1,11,3,14,35,1,6" },
	{ 100, "30", "30" },
	{ 1048576, "2", "1" },
	{ 16, "22660,207404", "178,3241" },
	{ 4, "9,300", "9,300" },
	{ 8, "2360,205,100", "295,26,25" },
	{ 8, "443,2,29,2", "222,2,29,2" },
	{ 3, "11,18,1,53,38", "6,9,1,53,38" },
	{ 16, "1303,294,4562,85,37,3,1,35", "41,10,143,6,3,1,1,3" },
	{ 1048576, "3", "1" },
	{ 100, "1829", "1829" },
	{ 100, "5382,7720", "169,242" },
	{ 3, "14,1", "14,1" },
	{ 2, "187,108,1", "187,108,1" },
	{ 1048576, "52,34,3,2", "2,3,1,1" },
	{ 1, "5,179,1,22,1", "5,179,1,22,1" },
	{ 100, "5,1,422,1,2,11,1,69", "2,1,106,1,1,3,1,18" },
	{ 1048576, "36", "1" },
	{ 8, "16", "16" },
	{ 4, "1,3", "1,3" },
	{ 3, "119,96", "119,96" },
	{ 8, "5,5,319", "5,5,319" },
	{ 100, "12,38,925,7", "3,10,232,2" },
	{ 3, "477,1,95,30,201", "60,1,24,8,51" },
	{ 1048576, "8,9,246,16,2,1,49,2", "1,1,8,1,1,1,4,1" },
	{ 1, "9", "9" },
	{ 100, "972", "972" },
	{ 2, "99,20", "99,20" },
	{ 1, "10,1141", "10,1141" },
	{ 100, "441,29,1", "221,15,1" },
	{ 3, "7096,9853,322,3426", "111,154,11,108" },
	{ 2, "89,7,3,1,16", "89,7,3,1,16" },
	{ 1048576, "24,2260,6,6,6539,2,89,371", "1,3,1,1,13,1,1,1" },
	{ 8, "1551896067", "757762" },
	{ 1, "3", "3" },
	{ 1048576, "17,38", "1,2" },
	{ 4, "4,13", "4,13" },
	{ 2, "5563,81,10", "1391,41,5" },
	{ 100, "29,7,31,1", "15,7,31,1" },
	{ 1, "632,869,5,4440,85", "40,55,1,555,11" },
	{ 1048576, "2,19,1,11,7171,19,1,24", "1,1,1,1,57,1,1,1" },
	{ 100, "5", "5" },
	{ 16, "2", "2" },
	{ 4, "1,90", "1,90" },
	{ 4, "2,74222963", "1,579867" },
	{ 2, "6,5073,5", "3,5073,5" },
	{ 100, "35,12,25,0", "18,6,25,1" },
	{ 16, "18,2,1052,25,5", "5,1,263,13,3" },
	{ 16, "24,9,1,1,3,6,17,7", "12,5,1,1,2,3,17,7" },
	{ 3, "27", "27" },
	{ 8, "2", "2" },
	{ 2, "4,19555", "4,19555" },
	{ 4, "193,2", "193,2" },
	{ 16, "45998,277,53", "2875,18,7" },
	{ 100, "37,211,116,402", "3,27,15,51" },
	{ 4, "127,24,7,2,44", "64,12,4,1,44" },
	{ 1048576, "3,17,48,1,1,15,25,8", "1,2,3,1,1,1,4,1" },
	{ 3, "1", "1" },
	{ 2, "46568", "46568" },
	{ 100, "3139,83359855", "4,162813" },
	{ 4, "1,16036090", "1,250564" },
	{ 100, "25,1,3", "25,1,3" },
	{ 2, "45,1,135,20", "45,1,135,20" },
	{ 1, "1,8,8892,1,26", "1,4,4446,1,26" },
	{ 100, "8,18,5230,81,16,85,1,20", "1,2,327,11,2,11,1,3" },
	{ 8, "2", "2" },
	{ 3, "4506", "4506" },
	{ 8, "65,2815", "33,1408" },
	{ 16, "5042,29", "1261,15" },
	{ 4, "198416,6,1816", "12401,1,114" },
	{ 1048576, "267,37,0,69", "5,1,1,3" },
	{ 100, "3806,1042,205,251,23", "119,33,7,8,2" },
	{ 1048576, "76,90,23,31,39,26,14,33", "3,3,1,1,2,1,1,3" },
	{ 4, "621538841388861", "9261651" },
	{ 3, "25", "25" },
	{ 1048576, "703,34", "6,1" },
	{ 16, "13775645,8524", "53812,34" },
	{ 16, "2965,1,61", "742,1,31" },
	{ 8, "9352,10,9,3", "2338,5,5,2" },
	{ 8, "2366,23,1,2,212", "592,6,1,1,53" },
	{ 1048576, "260,1,1,13,3,164,30,1", "9,1,1,1,1,6,1,1" },
	{ 3, "2", "2" },
	{ 1048576, "1", "1" },
	{ 16, "4,104870", "1,26218" },
	{ 1, "69,507", "69,507" },
	{ 1, "87,0,4", "87,1,4" },
	{ 100, "356,1,2016,41", "23,1,252,6" },
	{ 3, "1,66,2,5,45", "1,66,2,5,45" },
	{ 8, "91,8,53,1,160,1364,62,4", "12,1,7,1,20,171,16,1" },
	{ 3, "8", "8" },
	{ 3, "41", "41" },
	{ 16, "55,1213", "28,607" },
	{ 1048576, "46438,9", "12,1" },
	{ 4, "28,631,1719", "4,158,430" },
	{ 4, "2,20,2,24", "2,20,2,24" },
	{ 1048576, "64,56,277,22,40", "1,2,9,1,2" },
	{ 4, "81,21,1,275,7,63,324,1", "11,3,1,35,2,16,81,1" },
	{ 1048576, "234", "1" },
	{ 2, "4", "4" },
	{ 2, "3860385,4090", "60319,64" },
	{ 4, "51,3", "51,3" },
	{ 3, "21,99,22", "21,99,22" },
	{ 2, "44,6,2,2122", "22,3,1,2122" },
	{ 1, "64,1,191,1,772", "16,1,96,1,386" },
	{ 1048576, "630,3,1431,1,4,17,48,2", "5,1,12,1,1,1,1,1" },
	{ 16, "5", "5" },
	{ 4, "19", "19" },
	{ 3, "0,4910", "1,4910" },
	{ 8, "124299,1833", "3885,115" },
	{ 2, "2009,151,3", "1005,76,3" },
	{ 1, "123,7,1031,84", "31,2,516,42" },
	{ 8, "597,29,9,561,10", "75,4,3,141,3" },
	{ 1048576, "7,2,92,3,86,24,7,6", "1,1,3,1,6,2,1,1" },
	{ 1048576, "3378820895", "51" },
	{ 16, "1", "1" },
	{ 100, "44,1160471", "1,36265" },
	{ 8, "4,54", "4,54" },
	{ 8, "18232,6,435", "2279,1,109" },
	{ 3, "22,15,5,632", "11,8,3,632" },
	{ 3, "1008,64,2343,1310,709", "32,2,74,82,45" },
	{ 3, "1,2,31,224,1,8,5,5", "1,1,16,112,1,4,5,5" },
	{ 16, "73", "73" },
	{ 1048576, "1", "1" },
	{ 1048576, "1,2172", "1,3" },
	{ 100, "11796513,57", "92161,1" },
	{ 16, "5,30,7", "5,30,7" },
	{ 100, "795,3,7026,3155", "13,1,220,99" },
	{ 1, "1,2,1,854,2610", "1,1,1,427,1305" },
	{ 8, "2,3,2,7,1,253,10,1", "1,2,1,7,1,253,10,1" },
	{ 100, "922", "922" },
	{ 1048576, "3107943542659", "46" },
	{ 1048576, "3,4945", "1,5" },
	{ 2, "279,180", "279,180" },
	{ 3, "5,2,16", "5,2,16" },
	{ 16, "115,65,7,1", "58,33,7,1" },
	{ 100, "6,30,42,56,8314", "1,4,6,7,1040" },
	{ 1048576, "39,9,62,51,8,3,23,7", "2,1,2,4,1,1,2,1" },
	{ 2, "56", "56" },
	{ 3, "714146399", "697409" },
	{ 1, "38,1901", "38,1901" },
	{ 100, "6893,45", "862,12" },
	{ 100, "1866,10,6", "467,5,3" },
	{ 1048576, "1,3,121,2891", "1,1,1,23" },
	{ 3, "50,25,375,89,7", "13,7,94,23,4" },
	{ 16, "1766,3,25,3684,31,22,43,96", "111,1,2,231,2,2,3,6" },
	{ 2, "3", "3" },
	{ 16, "3972", "3972" },
	{ 3, "3,1", "3,1" },
	{ 4, "91,328", "91,328" },
	{ 8, "9,64,7", "9,64,7" },
	{ 100, "6198,65,483,69", "194,5,31,5" },
	{ 4, "88,4,4,16,165", "44,2,2,8,83" },
	{ 100, "1,97,74,149,244,12,1,41", "1,7,10,19,31,2,1,6" },
	{ 100, "30", "30" },
	{ 8, "7", "7" },
	{ 2, "1,87013", "1,87013" },
	{ 3, "19,22", "19,22" },
	{ 100, "540,6,254", "68,2,64" },
	{ 4, "39,271,261,2798", "5,34,33,350" },
	{ 1048576, "8143,1,29,1,22", "32,1,1,1,1" },
	{ 4, "95,157,3,6,1,9,5958,3", "12,20,1,2,1,3,1490,1" },
	{ 8, "182", "182" },
	{ 1, "202487128022904", "48276694" },
	{ 100, "9,1414", "5,707" },
	{ 16, "1,3792", "1,3792" },
	{ 8, "98402,34,2", "12301,9,1" },
	{ 2, "10,74,29,56", "5,37,15,56" },
	{ 3, "13,28,41,32,48", "4,14,21,16,24" },
	{ 1, "1,2,24,2,3700,2,1062,97", "1,1,3,1,463,1,266,25" },
	{ 1048576, "393", "2" },
	{ 16, "32385", "16193" },
	{ 4, "3,2", "3,2" },
	{ 4, "322,2912232", "11,91008" },
	{ 4, "3645,527,259", "228,66,33" },
	{ 8, "308,5042,4,2172", "20,316,1,136" },
	{ 2, "7,1,1,13,257", "7,1,1,13,257" },
	{ 1, "1,77,7,7,1,10,3,87", "1,39,4,4,1,5,2,87" },
	{ 8, "1", "1" },
	{ 16, "116256", "29064" },
	{ 3, "0,11", "1,11" },
	{ 8, "29,0", "29,1" },
	{ 2, "28,760,76565", "2,95,9571" },
	{ 3, "2,986,3,67", "1,493,3,67" },
	{ 3, "75,3,2,9,2", "75,3,2,9,2" },
	{ 16, "12,4,63,6,6065,46,1,13", "2,1,8,1,1517,12,1,4" },
	{ 1048576, "153085949", "37" },
	{ 3, "2", "2" },
	{ 4, "84,3529", "42,1765" },
	{ 100, "140,36", "70,36" },
	{ 3, "19,18,71", "19,18,71" },
	{ 16, "1,68,99,40", "1,34,50,20" },
	{ 2, "3,88,4,32,6", "2,88,4,32,6" },
	{ 1, "1,6,33,256,20,11,9,1220", "1,1,9,64,5,3,3,305" },
	{ 16, "1155516816889", "2203974" },
	{ 100, "88", "88" },
	{ 1048576, "2,2", "1,1" },
	{ 2, "4496,2", "4496,2" },
	{ 3, "63,277,26323", "8,35,3291" },
	{ 1, "457,9,3,23", "229,9,3,23" },
	{ 3, "2,13,75,6,11", "1,13,75,6,11" },
	{ 1048576, "436,4621,5206,1,3,82,8,32", "1,5,11,1,1,1,1,1" },
	{ 1, "456", "456" },
	{ 3, "626679", "78335" },
	{ 4, "5319,57", "2660,29" },
	{ 8, "1182178,6", "147773,1" },
	{ 100, "9,26,1", "9,26,1" },
	{ 2, "25,1814,5420,16", "4,227,678,4" },
	{ 100, "1,933,7,351,3", "1,117,2,88,1" },
	{ 1, "10,14,9,6,2,10,2431,31", "3,4,3,2,1,3,1216,16" },
	{ 2, "4", "4" },
	{ 2, "58", "58" },
	{ 1048576, "5854,1", "3,1" },
	{ 2, "82,16", "82,16" },
	{ 4, "57607,704,88", "3601,44,6" },
	{ 1048576, "92,1,479,1641", "1,1,4,13" },
	{ 2, "20,6395,5,2195,19", "3,800,1,275,5" },
	{ 1048576, "836,13,1,2,1,1,7,0", "7,1,1,1,1,1,1,1" },
	{ 8, "761798", "47613" },
	{ 4, "0", "1" },
	{ 1048576, "4,12", "1,1" },
	{ 2, "43844187,665", "342533,11" },
	{ 2, "2,3,71", "2,3,71" },
	{ 4, "1,51,9,11", "1,51,9,11" },
	{ 4, "3,221,153,49,1", "1,111,77,25,1" },
	{ 8, "0,1,4442,6,39,6,14,191", "1,1,556,1,5,2,4,48" },
	{ 100, "1", "1" },
	{ 4, "582521", "72816" },
	{ 1048576, "61,9", "2,1" },
	{ 1, "37,11", "37,11" },
	{ 100, "189379,14,9", "11837,1,2" },
	{ 1048576, "712,4425,2352,3289", "1,5,3,4" },
	{ 100, "145,1,12,3,33", "37,1,6,2,17" },
	{ 16, "8,1,12,7,10,50,8,363", "2,1,3,2,3,13,4,182" },
	{ 4, "5365186306053", "10233281" },
	{ 8, "452", "452" },
	{ 8, "51,3", "51,3" },
	{ 1048576, "368,74", "3,2" },
	{ 16, "6,4671,1", "3,4671,1" },
	{ 3, "7542,50,31,10", "1886,13,8,3" },
	{ 1048576, "14,39,2,2,3334", "1,1,1,1,27" },
	{ 100, "10,6,4,76,6,12,18,1", "3,2,1,38,3,6,9,1" },
	{ 8, "5", "5" },
	{ 4, "1223", "1223" },
	{ 1048576, "64,78", "1,3" },
	{ 8, "6,32", "6,32" },
	{ 1, "13,12,9170", "7,6,9170" },
	{ 4, "2,47,2,5", "2,47,2,5" },
	{ 1, "3,5369,38,9,309", "1,1343,10,3,78" },
	{ 3, "16,7622,5,22,2,5,5,9", "4,1906,2,6,1,2,2,5" },
	{ 8, "176613456", "344949" },
	{ 2, "138", "138" },
	{ 3, "3,138", "3,138" },
	{ 4, "65312727,9", "510256,1" },
	{ 100, "7,3,103", "7,3,103" },
	{ 3, "618,19,28,2", "309,10,14,2" },
	{ 1048576, "1,77,878,1,1", "1,1,7,1,1" },
	{ 16, "1191,6,3,8,2,3,1041,2", "298,2,1,2,1,1,261,1" },
	{ 3, "1410", "1410" },
	{ 8, "3", "3" },
	{ 16, "4,2", "4,2" },
	{ 3, "1,157978", "1,78989" },
	{ 1048576, "4225,8,4", "9,1,1" },
	{ 4, "17,39,8327,16", "5,10,2082,4" },
	{ 8, "1042,361,1,172,192", "66,23,1,22,24" },
	{ 3, "62,45,86,56,10,161,5,2", "8,6,22,14,3,41,2,1" },
	{ 8, "11200", "11200" },
	{ 1, "17", "17" },
	{ 2, "81,670", "81,670" },
	{ 3, "49700,39", "12425,10" },
	{ 100, "1,16,8", "1,16,8" },
	{ 1, "281,341,6,465", "71,86,2,117" },
	{ 8, "1,5,3990,67,1", "1,2,998,34,1" },
	{ 2, "64,5,48,1,124,30,337,8", "8,2,12,1,31,8,85,2" },
	{ 1, "2472", "2472" },
	{ 1048576, "114", "1" },
	{ 4, "29,6", "29,6" },
	{ 3, "14,1", "14,1" },
	{ 4, "58,6749,2", "29,3375,1" },
	{ 4, "380,55,29,21", "95,14,15,11" },
	{ 2, "4,0,6,3,3", "4,1,6,3,3" },
	{ 1048576, "31,435,32,62,84,12,7,588", "1,4,1,1,1,1,1,10" },
	{ 3, "1877249399", "916626" },
	{ 1, "55", "55" },
	{ 100, "1,20", "1,20" },
	{ 1048576, "10,70", "1,2" },
	{ 1048576, "1361,6,2243", "6,1,9" },
	{ 4, "484,1667,89,3", "61,417,23,1" },
	{ 4, "88,31,2,613,1543", "11,4,1,77,386" },
	{ 2, "73,4,93,1,35,11,1,5", "19,2,47,1,18,6,1,3" },
	{ 1, "65", "65" },
	{ 2, "26", "26" },
	{ 8, "2,1", "2,1" },
	{ 1048576, "9,124", "1,2" },
	{ 16, "3,761,10", "2,761,10" },
	{ 16, "63,2,141,908", "8,1,36,227" },
	{ 1, "25,30,4,4553,45", "7,8,1,1139,23" },
	{ 4, "54,1,77,52,463,14,7,145", "7,1,10,7,58,4,2,37" },
	{ 8, "1", "1" },
	{ 2, "2", "2" },
	{ 2, "3,19", "3,19" },
	{ 16, "45515,7", "11379,2" },
	{ 1, "1963,1,0", "1963,1,1" },
	{ 1048576, "1,1885,7820,24", "1,2,16,1" },
	{ 2, "1457,4,21,26,4", "729,2,11,13,2" },
	{ 1048576, "17,15,1,7,2,87,122,212", "1,1,1,1,1,2,4,7" },
	{ 1048576, "1", "1" },
	{ 1, "201", "201" },
	{ 4, "261,2361386", "9,73794" },
	{ 2, "33660,8", "16830,8" },
	{ 3, "4,5445,0", "4,5445,1" },
	{ 1, "6,75,967,5724", "1,10,242,1431" },
	{ 1048576, "39,34,26,11,9", "3,3,2,1,1" },
	{ 2, "6,54,1,9,3,2,10,3360", "2,14,1,3,2,1,5,1680" },
	{ 1048576, "4", "1" },
	{ 16, "3", "3" },
	{ 4, "16,14", "16,14" },
	{ 1048576, "115913,1044213", "2,16" },
	{ 3, "0,6,1236", "1,6,1236" },
	{ 1048576, "3,47,47,18", "1,2,3,2" },
	{ 1, "5,16,48,289,6", "3,8,24,145,6" },
	{ 3, "51,92,43,3407,21,7,1,27", "7,12,6,426,3,2,1,7" },
	{ 4, "97", "97" },
	{ 8, "60216888585473", "7178413" },
	{ 8, "1,401", "1,401" },
	{ 1048576, "1246,18", "5,1" },
	{ 1, "3,21,1", "3,21,1" },
	{ 4, "80,1721,3189,780", "5,108,200,49" },
	{ 3, "468,243,1921,1791,14", "30,16,121,112,2" },
	{ 1048576, "26,6294,21,4,5,1,1,44", "1,50,1,1,1,1,1,1" },
	{ 4, "2", "2" },
	{ 2, "5", "5" },
	{ 4, "21128083,6817", "82532,54" },
	{ 4, "19,19", "19,19" },
	{ 8, "39,1,14", "39,1,14" },
	{ 100, "42,58,16,3", "11,29,8,2" },
	{ 8, "58,93,1,773,1", "15,24,1,194,1" },
	{ 1048576, "1,28,37,52,120,13,7,2", "1,1,2,2,8,1,1,1" },
	{ 3, "428835753437695", "12780302" },
	{ 4, "53", "53" },
	{ 8, "1862,3", "1862,3" },
	{ 4, "235,12", "235,12" },
	{ 8, "4,151,0", "4,151,1" },
	{ 1048576, "4,2,43,336", "1,1,1,11" },
	{ 1, "58,2,4,3,262", "29,2,4,3,262" },
	{ 1, "42,21,40,4,13,172,1,6", "11,6,10,2,7,86,1,3" },
	{ 1048576, "25", "1" },
	{ 2, "0", "1" },
	{ 8, "1784,248", "446,124" },
	{ 3, "839881,226", "52493,15" },
	{ 2, "20,50,63", "20,50,63" },
	{ 16, "10,304,1,6", "5,304,1,6" },
	{ 8, "20,196,13,15,396", "5,49,4,4,99" },
	{ 1, "34,48,2,36,50,2,180,46", "9,12,1,9,13,1,45,12" },
	{ 4, "14", "14" },
	{ 3, "175174", "87587" },
	{ 8, "8877,313", "1110,79" },
	{ 100, "4,33", "4,33" },
	{ 16, "4,73650,5", "1,18413,3" },
	{ 1048576, "143,1,3,267", "2,1,1,5" },
	{ 16, "5,34,2,3,2768", "2,9,1,2,1384" },
	{ 2, "5,1,32,55,44,7,11,18", "2,1,8,14,22,4,6,9" },
	{ 16, "1", "1" },
	{ 1, "184653143539", "11270334" },
	{ 2, "85641686,30", "1338152,1" },
	{ 1, "21,2", "21,2" },
	{ 1048576, "1841,6727,46806", "1,2,23" },
	{ 16, "1,11,21,0", "1,11,21,1" },
	{ 3, "1,23,98,786,7", "1,6,25,393,4" },
	{ 1, "188,5,6,16,5,1,49,65", "47,2,2,4,3,1,25,33" },
	{ 2, "1", "1" },
	{ 8, "0", "1" },
	{ 100, "6388172,22", "49908,1" },
	{ 3, "1,2", "1,2" },
	{ 4, "1,233,55", "1,233,55" },
	{ 8, "4,184,1941,13", "1,46,486,7" },
	{ 100, "2,4,116,6176,3", "1,1,15,1544,1" },
	{ 3, "40,59,18,1,9,5,61,8", "10,15,5,1,5,3,31,4" },
	{ 1, "", "" },
	{ 4, "", "" },
	{ 134217728, "", "" },
	{ 1, "0", "1" },
	{ 4, "0", "1" },
	{ 134217728, "0", "1" },
	{ 1, "1", "1" },
	{ 4, "1", "1" },
	{ 134217728, "1", "1" },
	{ 1, "4611686018427387904", "33554432" },
	{ 4, "4611686018427387904", "8388608" },
	{ 134217728, "4611686018427387904", "1" },
	{ 1, "2147483648,2147483648", "4096,8192" },
	{ 4, "2147483648,2147483648", "2048,4096" },
	{ 134217728, "2147483648,2147483648", "1,1" },
	{ 1, "3600,7200,100000", "57,113,3125" },
	{ 4, "3600,7200,100000", "57,113,1563" },
	{ 134217728, "3600,7200,100000", "1,1,1" },
};
static const char *const number_table[] = {
	"5e-324", "6.3e-322", "8.095e-320", "1.036131e-317", "1.32624737e-315", "1.69759663277e-313",
	"2.1729236899484e-311", "2.781342323134e-309", "3.5601181736115222e-307", "4.5569512622227484e-305",
	"5.832897615645118e-303", "7.466108948025751e-301", "9.556619453472961e-299", "1.223247290044539e-296",
	"1.56575653125701e-294", "2.004168360008973e-292", "2.5653355008114852e-290", "3.283629441038701e-288",
	"4.2030456845295373e-286", "5.379898476197808e-284", "6.886270049533194e-282", "8.814425663402488e-280",
	"1.1282464849155185e-277", "1.4441555006918637e-275", "1.8485190408855855e-273",
	"2.3661043723335494e-271", "3.0286135965869433e-269", "3.8766254036312874e-267",
	"4.962080516648048e-265", "6.351463061309501e-263", "8.129872718476162e-261", "1.0406237079649487e-258",
	"1.3319983461951343e-256", "1.704957883129772e-254", "2.182346090406108e-252", "2.7934029957198183e-250",
	"3.5755558345213674e-248", "4.5767114681873503e-246", "5.858190679279809e-244", "7.498484069478155e-242",
	"9.598059608932038e-240", "1.228551629943301e-237", "1.5725460863274251e-235", "2.0128589904991042e-233",
	"2.5764595078388533e-231", "3.2978681700337323e-229", "4.2212712576431773e-227",
	"5.403227209783267e-225", "6.916130828522582e-223", "8.852647460508905e-221", "1.1331388749451398e-218",
	"1.450417759929779e-216", "1.856534732710117e-214", "2.37636445786895e-212", "3.041746506072256e-210",
	"3.8934355277724873e-208", "4.983597475548784e-206", "6.379004768702443e-204", "8.165126103939127e-202",
	"1.0451361413042083e-199", "1.3377742608693866e-197", "1.712351053912815e-195", "2.191809349008403e-193",
	"2.805515966730756e-191", "3.5910604374153675e-189", "4.5965573598916705e-187", "5.883593420661338e-185",
	"7.530999578446513e-183", "9.639679460411536e-181", "1.2338789709326767e-178", "1.5793650827938261e-176",
	"2.0215873059760975e-174", "2.587631751649405e-172", "3.312168642111238e-170", "4.239575861902385e-168",
	"5.426657103235053e-166", "6.946121092140867e-164", "8.89103499794031e-162", "1.1380524797363597e-159",
	"1.4567071740625404e-157", "1.8645851828000517e-155", "2.3866690339840662e-153",
	"3.054936363499605e-151", "3.910318545279494e-149", "5.0052077379577523e-147", "6.406665904585923e-145",
	"8.200532357869981e-143", "1.0496681418073576e-140", "1.3435752215134178e-138", "1.7197762835371747e-136",
	"2.2013136429275836e-134", "2.817681462947307e-132", "3.606632272572553e-130", "4.616489308892868e-128",
	"5.909106315382871e-126", "7.563656083690075e-124", "9.681479787123296e-122", "1.2392294127517818e-119",
	"1.5862136483222808e-117", "2.0303534698525194e-115", "2.598852441411225e-113", "3.326531125006368e-111",
	"4.257959840008151e-109", "5.450188595210433e-107", "6.976241401869354e-105", "8.929588994392773e-103",
	"1.142987391282275e-100", "1.463023860841312e-98", "1.8726705418768793e-96", "2.3970182936024055e-94",
	"3.068183415811079e-92", "3.9272747722381812e-90", "5.026911708464872e-88", "6.434446986835036e-86",
	"8.236092143148846e-84", "1.0542197943230523e-81", "1.349401336733507e-79", "1.727233711018889e-77",
	"2.210859150104178e-75", "2.8298997121333476e-73", "3.622271631530685e-71", "4.636507688359277e-69",
	"5.934729841099874e-67", "7.596454196607839e-65", "9.723461371658034e-63", "1.2446030555722283e-60",
	"1.5930919111324523e-58", "2.039157646249539e-56", "2.61012178719941e-54", "3.3409558876152446e-52",
	"4.276423536147513e-50", "5.473822126268817e-48", "7.006492321624085e-46", "8.96831017167883e-44",
	"1.1479437019748901e-41", "1.4693679385278594e-39", "1.88079096131566e-37", "2.407412430484045e-35",
	"3.0814879110195774e-33", "3.944304526105059e-31", "5.048709793414476e-29", "6.462348535570529e-27",
	"8.271806125530277e-25", "1.0587911840678754e-22", "1.3552527156068805e-20", "1.734723475976807e-18",
	"2.220446049250313e-16", "2.842170943040401e-14", "3.637978807091713e-12", "4.656612873077393e-10",
	"5.960464477539063e-08", "7.62939453125e-06", "0.0009765625", "0.125", "16.0", "2048.0",
	"262144.0", "33554432.0", "4294967296.0", "549755813888.0", "70368744177664.0", "9007199254740992.0",
	"1.152921504606847e+18", "1.4757395258967641e+20", "1.888946593147858e+22", "2.4178516392292583e+24",
	"3.094850098213451e+26", "3.961408125713217e+28", "5.070602400912918e+30", "6.490371073168535e+32",
	"8.307674973655724e+34", "1.0633823966279327e+37", "1.361129467683754e+39", "1.742245718635205e+41",
	"2.2300745198530623e+43", "2.85449538541192e+45", "3.6537540933272573e+47", "4.6768052394588893e+49",
	"5.986310706507379e+51", "7.662477704329444e+53", "9.807971461541689e+55", "1.2554203470773362e+58",
	"1.6069380442589903e+60", "2.0568806966515076e+62", "2.6328072917139297e+64", "3.36999333339383e+66",
	"4.3135914667441024e+68", "5.521397077432451e+70", "7.067388259113537e+72", "9.046256971665328e+74",
	"1.157920892373162e+77", "1.4821387422376473e+79", "1.8971375900641885e+81", "2.4283361152821613e+83",
	"3.1082702275611665e+85", "3.978585891278293e+87", "5.092589940836215e+89", "6.518515124270356e+91",
	"8.343699359066055e+93", "1.067993517960455e+96", "1.3670317029893825e+98", "1.7498005798264095e+100",
	"2.2397447421778042e+102", "2.8668732699875894e+104", "3.6695977855841144e+106",
	"4.6970851655476665e+108", "6.012269011901013e+110", "7.695704335233297e+112", "9.85050154909862e+114",
	"1.2608641982846233e+117", "1.613906173804318e+119", "2.065799902469527e+121", "2.6442238751609944e+123",
	"3.384606560206073e+125", "4.332296397063773e+127", "5.54533938824163e+129", "7.098034416949286e+131",
	"9.085484053695086e+133", "1.162941958872971e+136", "1.488565707357403e+138", "1.9053641054174757e+140",
	"2.438866054934369e+142", "3.1217485503159922e+144", "3.99583814440447e+146", "5.114672824837722e+148",
	"6.546781215792284e+150", "8.379879956214123e+152", "1.0726246343954078e+155", "1.372959532026122e+157",
	"1.757388200993436e+159", "2.2494568972715982e+161", "2.879304828507646e+163", "3.6855101804897865e+165",
	"4.717453031026927e+167", "6.038339879714466e+169", "7.729075046034517e+171", "9.893216058924181e+173",
	"1.2663316555422952e+176", "1.620904519094138e+178", "2.0747577844404965e+180", "2.6556899640838355e+182",
	"3.3992831540273094e+184", "4.351082437154956e+186", "5.569385519558344e+188", "7.12881346503468e+190",
	"9.12488123524439e+192", "1.167984798111282e+195", "1.495020541582441e+197", "1.9136262932255244e+199",
	"2.4494416553286712e+201", "3.135285318820699e+203", "4.013165208090495e+205", "5.136851466355834e+207",
	"6.575169876935467e+209", "8.416217442477398e+211", "1.077275832637107e+214", "1.3789130657754968e+216",
	"1.765008724192636e+218", "2.259211166966574e+220", "2.891790293717215e+222", "3.701491575958035e+224",
	"4.737909217226285e+226", "6.064523798049644e+228", "7.762590461503545e+230", "9.936115790724537e+232",
	"1.2718228212127408e+235", "1.6279332111523082e+237", "2.0837545102749545e+239",
	"2.667205773151942e+241", "3.4140233896344854e+243", "4.3699499387321413e+245", "5.593535921577141e+247",
	"7.15972597961874e+249", "9.164449253911988e+251", "1.1730495045007344e+254", "1.50150336576094e+256",
	"1.9219243081740033e+258", "2.4600631144627242e+260", "3.148880786512287e+262", "4.0305674067357273e+264",
	"5.159126280621731e+266", "6.603681639195816e+268", "8.452712498170644e+270", "1.0819471997658424e+273",
	"1.3848924157002783e+275", "1.7726622920963562e+277", "2.269007733883336e+279", "2.90432989937067e+281",
	"3.717542271194458e+283", "4.758454107128906e+285", "6.090821257125e+287", "7.79625120912e+289",
	"9.9792015476736e+291", "1.2773377981022207e+294", "1.6349923815708425e+296", "2.0927902484106784e+298",
	"2.6787715179656683e+300", "3.4288275429960554e+302", "4.388899255034951e+304", "5.617791046444737e+306",
	"7.120236347223045e-307", "7.291122019556398e-304", "8.209073602596753e-289", "5.641232424577593e-278",
	"5.858190679279809e-244", "1e-25", "1.5000000000000001e-25", "1e-24", "1.4999999999999998e-24",
	"1e-23", "1.5e-23", "1e-22", "1.5e-22", "1e-21", "1.4999999999999998e-21", "1e-20",
	"1.4999999999999998e-20", "1e-19", "1.5e-19", "1e-18", "1.5000000000000001e-18",
	"1e-17", "1.5e-17", "1e-16", "1.5e-16", "1e-15", "1.5000000000000001e-15", "1e-14",
	"1.5e-14", "1e-13", "1.5000000000000002e-13", "1e-12", "1.5e-12", "1e-11", "1.5e-11",
	"1e-10", "1.5e-10", "1e-09", "1.5000000000000002e-09", "1e-08", "1.5000000000000002e-08",
	"1e-07", "1.5e-07", "1e-06", "1.5e-06", "1e-05", "1.5000000000000002e-05", "0.0001",
	"0.00015000000000000001", "0.001", "0.0015", "0.01", "0.015", "0.1", "0.15000000000000002",
	"1.0", "1.5", "10.0", "15.0", "100.0", "150.0", "1000.0", "1500.0", "10000.0", "15000.0",
	"100000.0", "150000.0", "1000000.0", "1500000.0", "10000000.0", "15000000.0", "100000000.0",
	"150000000.0", "1000000000.0", "1500000000.0", "10000000000.0", "15000000000.0",
	"100000000000.0", "150000000000.0", "1000000000000.0", "1500000000000.0", "10000000000000.0",
	"15000000000000.0", "100000000000000.0", "150000000000000.0", "1000000000000000.0",
	"1500000000000000.0", "1e+16", "1.5e+16", "1e+17", "1.5e+17", "1e+18", "1.5e+18",
	"1e+19", "1.5e+19", "1e+20", "1.5e+20", "1e+21", "1.5e+21", "1e+22", "1.5e+22", "1.0000000000000001e+23",
	"1.5e+23", "1e+24", "1.5e+24", "4.111257719411583e+231", "-2.8588180723441094e+88",
	"1.0894097635021455e+257", "1.972776732578036e-152", "-7.299625823838448e-270", "7.055460228312639e-169",
	"-2.0954768388878003e-193", "-2.5099467571968087e+224", "2.3330285684358203e-208",
	"1.8282618766302681e+220", "-1.7309729115456793e-298", "5.6678490320532e-203", "8.49806347901466e+130",
	"-3.6586121327176127e+242", "4.735678642797783e-101", "-3.6198668033247876e-215",
	"4.740857655464044e+307", "-6.448652721589874e-125", "-8.345315794013735e+101", "-4.7457311881753895e-299",
	"-1.1070184984058852e+18", "-7.200783776066027e+218", "-150.80154951746042", "1.4708598978972557e+268",
	"4.3951398327110756e-51", "-9.583950442415423e+41", "2.1987452613678725e-71", "5.161898290885109e-232",
	"4.6005440622306733e+33", "1.1029544777453065e-291", "6.098119376289019e+236", "1.1181239063395534e+245",
	"-1.1829293397617796e-102", "1.13947821834974e-51", "-1.469083492526059e+164", "1.9710014538156776e+65",
	"6.551588266199786e-204", "-1.6960821833239378e+89", "-7.448571300844995e-271", "-3.801444463343111e-112",
	"1.977224708848652e-98", "3.136816279514466e-101", "9.679155768447475e-46", "1.2197411752183431e+212",
	"6272.276597087064", "-4.082507250478226e+29", "1.468087516649551e-119", "-5.4003286761366675e-238",
	"-1.4003758558343352e+231", "7.202117568423736e+96", "-1.4406941611801652e+16", "-1.0950898964111357e+222",
	"-2.3935401548233564e+30", "-0.8415654915765614", "6.1653730952527115e-24", "-8.99380269357691e-146",
	"1.5209293079026412e-238", "2.5450488816249412e-30", "-2.293979512731889e-90", "8.556646366275083e+217",
	"3.860663323747352e-303", "4.934752890440311e-267", "-1.1247761913541219e-79", "-1.4718937897830795e-183",
	"-4.9430444161857426e+64", "1.1116245872589412e+234", "-1.7976337926837232e-19",
	"-9.261684041267592e+223", "6.134958228858927e-128", "1.3484646075784421e+141", "-1.5925081568891895e+129",
	"-6516581275.7061205", "-9.508128029672891e-231", "-1.1335713932464741e+105", "-9.473181500403768e+280",
	"-1.229742862065309e-236", "2.9477836387660846e+36", "-4.5474298420080183e-306",
	"3.2013203176992994e+47", "6.5787706726763996e+53", "-7.288409424559598e-277", "2.5003141263899763e-232",
	"6.159425744258208e-241", "4.969511742284158e+148", "2.512667018293639e-167", "-1.2228197030961624e-303",
	"4.8562488523451375e+30", "-1.39009373171388e-49", "4.512497996616717e-240", "-3.0417093361573657e+286",
	"4.4200422621195666e+109", "1.0044162051608238e+122", "-2.4993883469898932e+22",
	"-5.35904753151875e+278", "2.8354619254117287e+296", "-19429094304629.387", "2.5565611945941596e-225",
	"3.018476025054572e+195", "3.0228133128452728e+271", "-1.0040805782589995e+96", "1.5848603133722258e+201",
	"5.866381429481629e+227", "1.0842959496792457e+255", "-3.4927968117379767e-292",
	"1.1079707443577946e-207", "-3.6387637141680116e-299", "3.154611560220565e+160",
	"5.560735595800975e-61", "-1.2026176841846157e-160", "2.252153552847814e-262", "2.5970484431436737e-132",
	"-3.9323967548202216e+290", "4.915760279123393e+126", "-7.234162997652453e+62", "-2.927469647142306e+273",
	"-4.13707160529396e+131", "-1.8075175818825262e+56", "5.386965384969929e-193", "-2.2174432553125017e+128",
	"1.566637050783802e-11", "-9.984762155117577e+300", "8.433296500384676e-287", "-9.557128392960419e-95",
	"7.76455276647306e+227", "2.3932154017509777e+19", "1.8876371120872374e+112", "-1.1253230887402508e-39",
	"4.7287697101218184e-206", "-2.432348454724059e-06", "2.431887611740803e+23", "7.997715419234009e+216",
	"-1.4892615975051452e+246", "-3.5689598528867494e+306", "-2.140550467467252e+96",
	"-1.8997549837155765e+102", "1.0238116879024289e+150", "-1.147496124079153e-162",
	"-7.126547205726077e+17", "2.5322116197346596e-17", "-1.7293664431892102e-49", "1.2082183022200912e-92",
	"-4.023703163959856e-101", "-4.805237466549889e+257", "-1.687731959529566e+254",
	"-5.0888332579251986e+123", "1.3685571145636716e-70", "-3.576236585750267e-149",
	"5.904648986457478e-24", "3.452622943329762e+202", "-1.0549778336210594e-22", "5.744608884962328e-131",
	"-9.004942597804433e-94", "9.143754530800477e+266", "-1.6793327267803998e+100", "-4.979540776677985e-189",
	"-6.109612619764306e+129", "-3.687055211061415e+241", "-2.7354457827798628e+63",
	"-8.466081583097852e-48", "2.9151776405730313e-185", "2.7417259507229057e-77", "4.5583844368712453e-231",
	"-1.6796644134010237e-220", "3.583682000278915e-41", "4.6364845122466725e+84", "2.213400609197795e+174",
	"3.8943908611322495e-97", "1.818702450161609e+52", "2.3753253535873684e+36", "-5.425714963313048e+162",
	"3.9362691223595125e-27", "1.808345669908016e-161", "-6.014526804731908e+244", "3.3147350636437864e-133",
	"-1.1736331469795662e+222", "4.048016521033258e+125", "-4.856963828117012e-189",
	"-1.942907314072418e-195", "-2.8051594258050833e+187", "-3.724870397885665e-279",
	"2.734138549833955e-197", "1.9743406501972614e+227", "8.06082975410698e+109", "-3.9398778947064854e-277",
	"-7.14943684731251e-259", "-1.2116361432834644e+279", "-1.2624960717112228e-284",
	"1.5365372530125155e+44", "-4.2261033479654944e-288", "8.782041356214449e+89", "2.9569789940136655e-125",
	"4.307077311689806e-185", "-1.0260041680833339e-110", "1.5733425920438596e-121",
	"2.563835203186715e-34", "1.097565498916469e+65", "1.907782384823039e+212", "-5.450696355599086e+192",
	"1.08867593619888e+17", "-1.5928166526888171e-150", "742.15576171875", "620.09521484375",
	"328.3045959472656", "-268.4418029785156", "-382.0014343261719", "-105.4052734375",
	"-90.1222152709961", "-179.535888671875", "154.3521728515625", "-752.4556274414062",
	"232.4368133544922", "-637.4796142578125", "-854.2744750976562", "-521.68994140625",
	"-103.96183776855469", "325.29766845703125", "-421.03125", "-445.0364074707031",
	"545.7074584960938", "-795.2523803710938", "-742.1192626953125", "359.56158447265625",
	"725.587646484375", "-337.3486328125", "-535.7067260742188", "-924.5122680664062",
	"969.3763427734375", "-632.3412475585938", "-90.24839782714844", "16.94698715209961",
	"-187.65118408203125", "146.85890197753906", "-700.0828247070312", "-392.1934814453125",
	"260.3500061035156", "-82.15813446044922", "-514.9251098632812", "568.666748046875",
	"475.6875305175781", "-568.121826171875", "-739.009765625", "161.1359100341797",
	"-735.6481323242188", "694.9340209960938", "-702.0632934570312", "-292.4718933105469",
	"695.6729736328125", "688.8755493164062", "-255.98475646972656", "474.76068115234375",
	"363.3941345214844", "-7.4606170654296875", "-815.8906860351562", "375.6910400390625",
	"-104.00054168701172", "-725.3475952148438", "889.3271484375", "-468.3055419921875",
	"-879.0487670898438", "999.984130859375", "-924.0123901367188", "-555.5317993164062",
	"439.9789123535156", "53.6355094909668", "520.0554809570312", "-390.15216064453125",
	"-928.5762329101562", "-785.7235717773438", "-702.8197021484375", "800.3782348632812",
	"781.7133178710938", "-769.4481201171875", "563.05126953125", "-831.8489990234375",
	"-342.1058654785156", "610.8452758789062", "-545.2383422851562", "183.38987731933594",
	"619.9275512695312", "132.7043914794922", "920.4719848632812", "338.6942443847656",
	"136.6419219970703", "-868.35205078125", "-453.8582458496094", "100.58293914794922",
	"-630.092529296875", "494.5029296875", "311.3924255371094", "-260.4009094238281",
	"190.44183349609375", "117.58135223388672", "-659.5851440429688", "-977.2031860351562",
	"-18.98737907409668", "-664.8515014648438", "-274.6641540527344", "574.1077270507812",
	"711.65283203125", "-269.2677917480469", "0.0", "-0.0", "1.2345678901234568e+17",
	"9007199254740992.0", "1.7976931348623157e+308", "0.30000000000000004",
};
