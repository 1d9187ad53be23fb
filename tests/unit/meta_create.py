# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes tests/unit/meta_create_table.h: python3 meta_create.py API_STORE > meta_create_table.h

With zarr-python 2: documents of v2 arrays, guesses of chunks; with Python: numbers as text. API_STORE is a v3 store
written by zarr-python 3, whose documents are taken as they are; what was asked for is read off them.
"""
import json
import os
import random
import sys

import numcodecs
import numpy as np
import zarr
from zarr.meta import Metadata2
from zarr.util import guess_chunks

random.seed(1)


def literal(text):
    pieces = text.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    lines = [p + "\\n" for p in pieces[:-1]] + [pieces[-1]]
    out, line = [], ""
    for piece in lines:
        if line and len(line) + len(piece) > 84:
            out.append(line)
            line = ""
        line += piece
    return "\n\t\t".join('"%s"' % p for p in out + [line])


# ---- v2 ----

def v2(asked, **kwargs):
    """The documents that zarr-python makes of what is asked for."""
    given = dict(asked)
    shape = tuple(given.pop("shape"))
    dtype = Metadata2.decode_dtype(given.pop("dtype"))
    attributes = given.pop("attributes", None)
    for key in ("chunks", "order", "fill_value", "dimension_separator"):
        if key in given:
            kwargs.setdefault(key, tuple(given[key]) if key == "chunks" else given[key])
    if "compressor" in given:
        c = given["compressor"]
        kwargs["compressor"] = numcodecs.get_codec({"id": c} if isinstance(c, str) else c) if c else None
    if given.get("filters"):
        kwargs["filters"] = [numcodecs.get_codec(f) for f in given["filters"]]
    store = zarr.MemoryStore()
    z = zarr.create(shape, dtype=dtype, store=store, **kwargs)
    if attributes:
        z.attrs.update(attributes)
    return store[".zarray"].decode(), store[".zattrs"].decode() if attributes else ""


def v2_cases():
    for dtype in ("|b1 |i1 |u1 <i2 >i2 <u4 >u8 <f2 <f4 >f4 <f8 <f16 <c8 >c16 |S3 <U4 >U2 |V5 <M8[ns] <m8[10us] "
                  ">M8[D]").split():
        yield {"shape": [10, 20], "dtype": dtype}, {}
    for dtype, fill in (("|b1", True), ("<f4", 0.1), ("<f2", 0.1), ("<f8", 1e300), ("<f8", 5e-324),
                        ("<f4", "NaN"), (">f8", "-Infinity"), ("<f8", "Infinity"), ("<u8", 2 ** 64 - 1),
                        ("<i8", -2 ** 63), ("|i1", -1), (">i2", -300), ("<U4", "h\u00e9\U0001f600"), ("<f8", None),
                        ("<i4", 4.0), ("<f8", 1e16), ("<f4", 16777216), ("<f8", 123456789012345680), ("<M8[s]", 1234),
                        ("<f8", 1e-5), ("<f8", 0.0001), (">U3", "")):
        value = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}.get(fill, fill)
        yield {"shape": [3], "chunks": [2], "dtype": dtype, "fill_value": fill}, {"fill_value": value}
    yield ({"shape": [3], "chunks": [2], "dtype": "<c16", "fill_value": [1.5, "-Infinity"]},
           {"fill_value": complex(1.5, -np.inf)})
    yield {"shape": [3], "chunks": [2], "dtype": "<c8", "fill_value": [0.1, "NaN"]}, {"fill_value": complex(0.1, np.nan)}
    yield {"shape": [3], "chunks": [2], "dtype": "|S4", "fill_value": "YWI="}, {"fill_value": b"ab"}
    yield {"shape": [3], "chunks": [2], "dtype": "|V3", "fill_value": "AQL/"}, {"fill_value": b"\1\2\xff"}
    fields = [["a", "<i4"], ["b", ">f8"], ["c", "|S2"]]
    yield {"shape": [5], "dtype": fields}, {}
    yield ({"shape": [5], "dtype": fields, "fill_value": "BwAAAL/4AAAAAAAAeno="},
           {"fill_value": bytes.fromhex("07000000bff80000000000007a7a")})
    yield {"shape": [5], "dtype": fields, "fill_value": None}, {}
    yield {"shape": [5], "dtype": [["p", [["x", "<f4"], ["y", "<f4"]]], ["q", "<i2", [2, 3]]]}, {}
    yield {"shape": [5], "dtype": [["h\u00e9", "<f4"], ["\"", "|u1"]]}, {}
    yield {"shape": [], "dtype": "<f8"}, {}
    yield {"shape": [], "dtype": "<f8", "compressor": {"id": "zlib", "level": 1}}, {}
    yield {"shape": [0], "dtype": "<f8"}, {}
    yield {"shape": [0, 5], "dtype": "<f8"}, {}
    yield {"shape": [10 ** 12, 3], "dtype": "<f8"}, {}
    yield {"shape": [7, 8, 9], "dtype": "<i4", "chunks": [3, 8, 2], "order": "F", "dimension_separator": "/"}, {}
    yield {"shape": [7], "dtype": "<i4", "dimension_separator": "."}, {}
    for compressor in (None, "zlib", "gzip", "bz2", "lz4", "zstd", "lzma", "blosc",
                       {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 2, "blocksize": 0},
                       {"id": "lzma", "format": 3, "check": -1, "preset": None, "filters": [{"id": 33, "dist": 4}]}):
        yield {"shape": [100], "dtype": "<f4", "compressor": compressor}, {}
    yield ({"shape": [100], "dtype": "<f4", "filters": [{"id": "delta", "dtype": "<f4", "astype": "<f4"},
                                                       {"id": "shuffle", "elementsize": 4}]}, {})
    yield {"shape": [100], "dtype": "<f4", "filters": []}, {}
    yield ({"shape": [1], "dtype": "|u1", "attributes": {
        "b": [1, 2.5, None, True], "a": "\u00e9\u2028\U0001f600\x7f\"\\/\b\f\n\r\t\0", "z": {"y": {}, "x": []},
        "n": float("nan"), "big": 2 ** 64, "\u00e9": 1}}, {})


# ---- v3 ----

def v3_cases(api):
    for name in sorted(os.listdir(api)):
        path = os.path.join(api, name, "zarr.json")
        text = open(path).read() if os.path.exists(path) else ""
        if not text or json.loads(text)["node_type"] != "array" or name == "structS":
            continue  # zarr-python gives an S within a struct the fill value "0", which we do not
        doc = json.loads(text)
        chunk = doc["chunk_grid"]["configuration"]["chunk_shape"]
        asked = {"shape": doc["shape"], "data_type": doc["data_type"], "chunks": chunk}
        codecs = doc["codecs"]
        if doc["chunk_key_encoding"]["name"] != "default":
            continue
        if codecs[0]["name"] == "sharding_indexed":
            config = codecs[0]["configuration"]
            if config["index_location"] != "end":
                continue
            asked["shards"], asked["chunks"], codecs = chunk, config["chunk_shape"], config["codecs"]
        if codecs[0]["name"] == "transpose":
            asked["order"] = "F"
            codecs = codecs[1:]
        if codecs[1:] != [{"name": "zstd", "configuration": {"level": 0, "checksum": False}}]:
            asked["compressor"] = codecs[1:]
        if doc["fill_value"] not in (0, 0.0, "", -2 ** 63) and not isinstance(doc["fill_value"], dict):
            asked["fill_value"] = doc["fill_value"]
        if doc.get("attributes"):
            asked["attributes"] = doc["attributes"]
        if doc.get("dimension_names"):
            asked["dimension_names"] = doc["dimension_names"]
        yield asked, text
        as_numpy = {"float64": "f8", "float32": "<f4", "int32": "i4", "uint32": "<u4", "bool": "|b1", "int16": "<i2"}
        if str(asked["data_type"]) in as_numpy:
            yield {"dtype" if k == "data_type" else k: as_numpy[v] if k == "data_type" else v
                   for k, v in asked.items()}, text


# ---- guesses and numbers ----

def guess_cases():
    for ndim in (1, 1, 2, 2, 3, 4, 5, 8) * 100:
        shape = [int(10 ** random.uniform(0, random.choice((2, 4, 16 / ndim)))) for _ in range(ndim)]
        if random.random() < 0.05:
            shape[random.randrange(ndim)] = 0
        yield shape, random.choice((1, 2, 4, 8, 16, 3, 100, 1 << 20))
    for shape in ([], [0], [1], [2 ** 62], [2 ** 31, 2 ** 31], [3600, 7200, 100000]):
        for size in (1, 4, 1 << 27):
            yield shape, size


def numbers():
    for k in range(-1074, 1024, 7):
        yield 2.0 ** k
    for k in (-1017, -1007, -957, -921, -808):  # whose shortest decimal is not the nearest of its length
        yield 2.0 ** k
    for k in range(-25, 25):
        yield 10.0 ** k
        yield 1.5 * 10.0 ** k
    for _ in range(200):
        yield float(np.frombuffer(random.getrandbits(64).to_bytes(8, "little"), "<f8")[0])
    for _ in range(100):
        yield float(np.float32(random.uniform(-1000, 1000)))
    yield from (0.0, -0.0, 123456789012345680.0, 9007199254740993.0, 1.7976931348623157e308, 0.1 + 0.2)


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Made by meta_create.py with zarr-python %s, numcodecs %s, NumPy %s. */" % (
    zarr.__version__.split("+")[0], numcodecs.__version__, np.__version__))
print("/* clang-format off */")
print("static const struct { const char *asked, *document, *attributes; } v2_table[] = {")
for asked, kwargs in v2_cases():
    print("\t{ %s,\n\t\t%s,\n\t\t%s },"
          % tuple(map(literal, (json.dumps(asked),) + v2(asked, **kwargs))))
print("};\nstatic const struct { const char *asked, *document; } v3_table[] = {")
for asked, text in v3_cases(sys.argv[1]):
    print("\t{ %s,\n\t\t%s }," % (literal(json.dumps(asked)), literal(text)))
print("};\nstatic const struct { uint32_t itemsize; const char *shape, *chunks; } guess_table[] = {")
for shape, size in guess_cases():
    text = [",".join(map(str, s)) for s in (shape, guess_chunks(tuple(shape), size))]
    print('\t{ %d, "%s", "%s" },' % (size, text[0], text[1]))
print("};\nstatic const char *const number_table[] = {")
line = ""
for n in numbers():
    if n == n and abs(n) != float("inf"):
        line += '"%r", ' % n
    if len(line) > 80:
        print("\t" + line.strip())
        line = ""
print("\t%s\n};" % line.strip())
