# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes tests/unit/meta_fill_table.h with NumPy: python3 meta_fill.py > meta_fill_table.h

Fill values of v2 follow what zarr-python does (json.loads, base64, numpy.array), those of v3 the specification.
"""
import base64
import json
import warnings

import numpy as np

warnings.simplefilter("ignore")  # casts that overflow are among the cases


def v2(name, text):
    """One element of a v2 array whose fill_value is the JSON text."""
    value = json.loads(text)
    dtype = np.dtype([tuple(f) for f in name] if isinstance(name, list) else name)
    kind, size = dtype.kind, dtype.itemsize
    if value is None or (kind in "SUV" and value == 0):
        return np.zeros((), dtype)
    if kind == "S":
        return np.array(base64.b64decode(value) if len(value) % 4 == 0 else value.encode(), dtype)
    if kind == "V":
        return np.array(base64.b64decode(value), "V%d" % size).view(dtype)
    if kind == "c" and isinstance(value, list):
        parts = np.zeros(2, "%sf%d" % (dtype.byteorder, size // 2))
        parts[:] = [float(v) for v in value]
        return parts
    if kind == "f" and isinstance(value, str):
        return np.array(float(value), dtype)
    if kind in "iu" and isinstance(value, str):
        return np.array(int(value), dtype)
    if kind in "mM" and value != "NaT":
        return np.array(value, dtype.byteorder + "i8")
    return np.array(value, dtype)


def unpadded(name, data):
    """The six bytes behind an x87 long double are whatever was in memory."""
    if name[1:] not in ("f16", "c32"):
        return data
    data = bytearray(data)
    for i in range(0 if name[0] == ">" else 10, len(data), 16):
        data[i:i + 6] = bytes(6)
    return bytes(data)


def named(name, **configuration):
    return {"name": name, "configuration": configuration}


FLOATS = """0 1.5 -0.0 0.1 NaN "NaN" Infinity "-Infinity" 65504 65520 65519.99 1e-8 5.9e-8 2.98023223876953125e-8
2.9802322387695313e-8 6.097e-5 -1 1e400 -1e400 2049 2051 16777217 0.333 1e39 3.4028235677973366e38
3.4028235677973362e38 1e-45 7e-46 7.1e-46 1.1754942e-38 1e300 5e-324 1.7976931348623157e308 "1.5" """.split()
COMPLEX = ['[1.5, -2.5]', '["NaN", 0]', '["NaN", "Infinity"]', '[0.1, "-Infinity"]', '[-0.0, 1e400]', "0", "2"]
TEXTS = ['""', '"abc"', '"h\\u00e9\\ud83d\\ude00"', '"h\u00e9"', "0", "null", '"a\\u0000b"', '"\\u007fx"']


def v2_cases():
    for order in "<>":
        for kind, size in [(k, s) for k in "iu" for s in (2, 4, 8)]:
            top = 2 ** (8 * size - (kind == "i")) - 1
            least = [str(-top - 1), "-2"] if kind == "i" else ["18446744073709551615"] * (size == 8)
            for text in ["0", "4.0", "1e2", "40e-1", "true", str(top)] + least:
                yield "%s%s%d" % (order, kind, size), text
        for size in (2, 4, 8, 16):
            for text in FLOATS if order == "<" else FLOATS[:8]:
                yield "%sf%d" % (order, size), text
        for size in (8, 16, 32):
            for text in COMPLEX:
                yield "%sc%d" % (order, size), text
        for text in ("0", "-5", '"NaT"', "-9223372036854775808", "1580608922"):
            yield order + "M8[ns]", text
            yield order + "m8[10us]", text
        for text in TEXTS:
            yield order + "U4", text
    for name, texts in (
            ("|i1", ["0", "127", "-128", '"7"', "false"]), ("|u1", ["255", "2.55e2", "25500e-2"]),
            ("|b1", ["true", "false", "0", "1", "5", "0.5", "null"]), ("<u8", ["9007199254740993"]),
            ("|S3", ['""', '"eHl6"', '"MA=="', '"ab"', '"0"', "0", "null"]), ("|S5", ['"YWL/"']),
            ("|V4", ['"AQL+/w=="', "0", "null"]), ("|V3", ['"AAAA"'])):
        for text in texts:
            yield name, text
    for text in ('"BwAAAL/4AAAAAAAAeno="', "0", "null"):
        yield [["a", "<i4"], ["b", ">f8"], ["c", "|S2"]], text
    yield [["x", ">i2"], ["y", "<f4", [2]]], '"AQACAAAAAgAAAA=="'


def v3_cases():
    for size in (2, 4, 8):
        name, digits = "float%d" % (8 * size), 2 * size
        for text in FLOATS[:-1]:
            yield name, text, np.array(float(json.loads(text)), "<f%d" % size).tobytes()
        for bits in ("7fc00001deadbeef"[:digits], "7E01".rjust(digits, "0"), "fe01".ljust(digits, "0")):
            yield name, '"0x%s"' % bits, bytes.fromhex(bits)[::-1]
    for size in (4, 8):
        for text in COMPLEX[:-2]:
            parts = [float(v) for v in json.loads(text)]
            yield "complex%d" % (16 * size), text, np.array(parts, "<f%d" % size).tobytes()
    yield "complex128", '["0x7ff8000000000001", 0]', bytes.fromhex("010000000000f87f") + bytes(8)
    for kind in ("int", "uint"):
        for size in (1, 2, 4, 8):
            info = np.iinfo("%s%d" % (kind, 8 * size))
            for value in (0, info.min, info.max, 3):
                yield info.dtype.name, str(value), np.array(value, info.dtype).tobytes()
            yield info.dtype.name, "4.0", np.array(4, info.dtype).tobytes()
    yield "bool", "true", b"\1"
    yield "bool", "false", b"\0"
    yield "r16", "[1, 255]", b"\1\xff"
    yield "r24", '"AQL/"', b"\1\2\xff"
    yield named("raw_bytes", length_bytes=3), '"AQL/"', b"\1\2\xff"
    yield named("raw_bytes", length_bytes=2), "[7, 8]", b"\7\x08"
    yield named("null_terminated_bytes", length_bytes=4), '"YWI="', np.array(b"ab", "S4").tobytes()
    yield named("null_terminated_bytes", length_bytes=4), '""', bytes(4)
    yield named("null_terminated_bytes", length_bytes=3), '"MA=="', np.array(b"0", "S3").tobytes()
    yield named("fixed_length_utf32", length_bytes=16), TEXTS[2], np.array(json.loads(TEXTS[2]), "<U4").tobytes()
    second = named("numpy.datetime64", unit="s", scale_factor=1)
    yield second, '"NaT"', np.array("NaT", "<M8[s]").tobytes()
    yield second, "1580608922", np.array(1580608922, "<i8").tobytes()
    yield named("numpy.timedelta64", unit="ms", scale_factor=10), "-77", np.array(-77, "<i8").tobytes()
    fields = [{"name": n, "data_type": t} for n, t in (("a", "int32"), ("b", "float64"), ("c", "float32"))]
    yield (named("struct", fields=fields), '{"c": 2.5, "a": -3, "b": "NaN"}',
           np.array((-3, np.nan, 2.5), "<i4,<f8,<f4").tobytes())
    point = named("struct", fields=[["x", "float32"], ["y", "uint8"]])
    yield (named("struct", fields=[["p", point], ["t", second]]), '{"p": {"x": 1, "y": 2}, "t": "NaT"}',
           np.array(((1, 2), "NaT"), [("p", [("x", "<f4"), ("y", "u1")]), ("t", "<M8[s]")]).tobytes())
    yield (named("structured", fields=[["a", "int32"], ["b", "float32"]]), '"AQAAAAAAgD8="',
           np.array((1, 1), "<i4,<f4").tobytes())


def literal(text):
    pieces = [text[i:i + 60] for i in range(0, len(text), 60)] or [""]
    return "\n\t\t".join('"%s"' % p.replace("\\", "\\\\").replace('"', '\\"') for p in pieces)


def row(version, name, text, data):
    parts = [literal(json.dumps(name)), literal(text), literal(data.hex())]
    line = "\t{ %d, %s },\n" % (version, ", ".join(parts))
    if len(line) > 90:
        line = "\t{ %d, %s,\n\t\t%s },\n" % (version, parts[0], ", ".join(parts[1:]))
    print(line, end="")


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print("/* Made by meta_fill.py with NumPy %s: zarr_format, data type, fill_value, the bytes of one element. */" %
      np.__version__)
print("/* clang-format off */")
for name, text in v2_cases():
    row(2, name, text, unpadded(str(name), v2(name, text).tobytes()))
for case in v3_cases():
    row(3, *case)
