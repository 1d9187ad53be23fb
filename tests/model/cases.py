# SPDX-License-Identifier: GPL-3.0-or-later
"""Random cases: what kind of array, and the operations done to it. Operations are dicts with all their numbers in
them, so that a list of them can be kept, shortened and done again; see world.py for what each does."""
import math

import numpy as np
import stores
import zarr3

TYPES2 = ["|b1", "|i1", "|u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<i8", ">u8", "<f2", "<f4", ">f4", "<f8", "<c8",
    "|S5", "<U3", ">U2", "|V7", "<M8[s]", "<m8[D]", [["a", "<i2"], ["b", ">f4"]], [["x", "|u1"], ["y", "|S2"]]]
TYPES3 = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32",
    "float64", "complex64"]
MOUNTS = ["", "", "", "direct_io", "threads=1", "write_empty_chunks", "cache={0},cache_max={0}",
    "cache={1},cache_max={1}", "cache={2},cache_max={2}", "cache={0},cache_max={0},direct_io"]


def itemsize(case):
    return len(case["fill_bytes"]) // 2


def mount_options(rng, case):
    """The smaller caches hold one, three or twenty chunks; the index of a shard may have a quarter."""
    chunks, index, codecs = case["chunks"], 0, case.get("codecs", [])
    while len(codecs) == 1 and codecs[0]["name"] == "sharding_indexed":
        inner, codecs = (codecs[0]["configuration"][word] for word in ("chunk_shape", "codecs"))
        index = max(index, 16 * math.prod(chunks) // math.prod(inner) + 16)
        chunks = inner
    size = max(math.prod(chunks) * itemsize(case), 4 * index)
    return rng.choice(MOUNTS).format(size, 3 * size, 20 * size)


def random_shape(rng):
    dims = rng.choices(range(5), (1, 5, 5, 3, 2))[0]
    longest = {0: 0, 1: 400, 2: 40, 3: 13, 4: 7}[dims]
    shape = [rng.randint(0 if rng.random() < 0.06 else 1, longest) for _ in range(dims)]
    chunks = [rng.randint(1, max(1, rng.choice((n // 4, n // 2, n, n + 3)))) for n in shape]
    # A 1-d array of thousands of chunks makes each check slow and finds nothing more.
    return shape, [max(c, n // 60) for c, n in zip(chunks, shape)]


def random_case(rng, kinds=("dir",)):
    shape, chunks = random_shape(rng)
    case = {"shape": shape, "chunks": chunks, "seed": rng.randrange(1 << 32)}
    case["kind"] = rng.choice(kinds)
    case["format"] = rng.choice((2, 3)) if case["kind"] == "dir" else 2
    (_fill_in3 if case["format"] == 3 else _fill_in2)(rng, case)
    if case["kind"] == "nested":
        case["separator"] = "/"
    # zarr-python's LMDBStore takes no array that is not in C order
    if case["kind"] == "lmdb" and not case["compressor"]:
        case["order"] = "C"
    case["options"] = mount_options(rng, case)
    return case


def _fill_in2(rng, case):
    dtype = case["dtype"] = rng.choice(TYPES2)
    kind = np.dtype([tuple(f) for f in dtype] if isinstance(dtype, list) else dtype)
    case["order"] = rng.choice("CF")
    case["separator"] = rng.choice("./")
    case["compressor"] = rng.choice((None, {"id": "zlib", "level": 1}, {"id": "zstd", "level": 1}, {"id": "lz4"},
        {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1},
        {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 2}, {"id": "bz2", "level": 1}, {"id": "gzip"}))
    case["filters"] = []
    if kind.kind in "iu" and rng.random() < 0.3:
        case["filters"].append({"id": "delta", "dtype": dtype})
    if kind.kind in "iuf" and rng.random() < 0.15:
        case["filters"].append({"id": "shuffle", "elementsize": kind.itemsize})
    if kind.kind != "b" and rng.random() < 0.15:
        case["filters"].append({"id": rng.choice(("crc32", "adler32"))})
    _fill_value2(rng, case, kind)


def _fill_value2(rng, case, kind):
    """`fill` only says whether there is one; its bytes are what counts."""
    case["fill"] = rng.choice((None, 0, 1))
    raw = bytes(kind.itemsize)
    if case["fill"] == 1:
        if kind.kind in "iu":
            raw = np.array(rng.randint(1, 100)).astype(kind).tobytes()
        elif kind.kind in "fc":
            raw = np.array(rng.choice((-1.5, math.inf, math.nan))).astype(kind).tobytes()
        elif kind.kind == "b":
            raw = b"\1"
        elif kind.kind == "S":
            raw = b"xy".ljust(kind.itemsize, b"\0")
        elif kind.kind == "U":
            raw = np.array("q").astype(kind).tobytes()
        elif kind.kind in "mM":
            raw = np.array(77).astype(kind).tobytes()
        else:
            case["fill"] = 0
    case["fill_bytes"] = raw.hex()


def _fill_in3(rng, case):
    case["dtype"] = rng.choice(TYPES3)
    kind = np.dtype(case["dtype"])
    value = 0 if kind.kind != "c" else [0, 0]
    if rng.random() < 0.5:
        value = {"i": -3, "u": 7, "f": rng.choice((1.5, "NaN", "-Infinity")), "c": [2.0, "NaN"]}.get(kind.kind, 1)
    if kind.kind == "b":
        value = bool(value)
    case["fill"] = value
    case["fill_bytes"] = zarr3.fill_value(value, kind).tobytes().hex()
    case["key"] = {"name": rng.choice(("default", "default", "v2")), "configuration": {"separator": rng.choice("./")}}
    inner = list(case["chunks"])
    case["codecs"] = _codecs3(rng, inner, kind, 2)
    case["chunks"] = inner


def _to_bytes3(rng, kind):
    if kind.itemsize == 1:
        return {"name": "bytes"}
    return rng.choice((stores.LITTLE, stores.LITTLE, stores.BIG))


def _codecs3(rng, chunks, kind, depth):
    """A chain for chunks of that shape, which sharding makes larger in place."""
    chain = []
    if rng.random() < 0.4:
        for _ in range(depth and rng.choice((1, 1, 1, 2)) * (len(chunks) > 0)):
            inner = list(chunks)
            codecs = _codecs3(rng, inner, kind, 0)
            for axis, n in enumerate(inner):
                if math.prod(chunks) < 5000:
                    chunks[axis] = n * rng.randint(1, 3)
            index = [stores.LITTLE] + ([stores.CRC] if rng.random() < 0.7 else [])
            chain = [stores.sharding(inner, chain or codecs, index, rng.choice(("start", "end")))]
    if not chain:
        chain = [_to_bytes3(rng, kind)]
        size = kind.itemsize
        chain += rng.choice(([], [stores.GZIP], [stores.ZSTD], [{"name": "blosc", "configuration": {
            "cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": size, "blocksize": 0}}]))
    if rng.random() < 0.3:
        chain.append(stores.CRC)
    if rng.random() < 0.25 and len(chunks) > 1 and chain[0]["name"] == "bytes":
        order = rng.sample(range(len(chunks)), len(chunks))
        chain.insert(0, {"name": "transpose", "configuration": {"order": order}})
    return chain


# ---- operations ----

WEIGHTS = {
    "open": 8, "close": 6, "pwrite": 20, "append": 5, "pread": 12, "whole": 4, "stat": 4, "truncate": 4,
    "ftruncate": 2, "mapwrite": 6, "mapread": 3, "fsync": 4, "punch": 4, "replace": 3, "rename": 2, "resize": 5,
    "attribute": 2, "foreign": 4, "remount": 2, "seek": 2,
}
HANDLES = 3


def random_place(rng, case, size):
    """(offset, length) of something to read or write, often at edges of elements, rows and chunks."""
    unit = rng.choice((1, itemsize(case), itemsize(case), 512))
    at = rng.randint(0, max(0, size)) // unit * unit
    return at, max(1, rng.choice((1, 3, 17, 100, 1000, size // 3 + 1, size + 1)) // unit * unit)


def random_op(rng, case, flat):
    """The next operation for the state that the model is in."""
    do = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    op, size = {"do": do}, flat.size
    if do in ("open", "close", "pwrite", "append", "pread", "fsync", "punch", "ftruncate", "seek"):
        op["h"] = rng.randrange(HANDLES)
    at, count = random_place(rng, case, size)
    if do == "open":
        op["mode"] = rng.choice(("r", "rw", "rw", "w", "a"))
    elif do in ("pwrite", "pread", "punch", "mapwrite", "mapread"):
        grow = 1.0 if do != "pwrite" or rng.random() < 0.3 else 0
        if do == "pwrite" and not grow and flat.data:
            at = min(at, len(flat.data) - 1)
            count = min(count, len(flat.data) - at)
        if do == "pwrite" and grow and rng.random() < 0.2:
            at += rng.randint(0, 3) * max(1, flat.row)
        op.update(at=at, n=min(count, 20000))
    elif do == "append":
        op["n"] = rng.choice((1, itemsize(case), max(1, flat.row), max(1, flat.row) + 1, 100))
    elif do in ("truncate", "ftruncate"):
        rows = len(flat.data) // flat.row if flat.row else 0
        op["size"] = rng.choice((0, rng.randint(0, rows + 5), rng.randint(0, rows + 1))) * flat.row
        if rng.random() < 0.15:
            op["size"] += rng.randint(0, 9)
    elif do in ("replace", "rename"):
        op["n"] = rng.randint(0, max(1, len(flat.data) // max(1, flat.row)) + 3) * flat.row
        op["block"] = rng.choice((7, 100, 4096, 1 << 17))
        op["n"] = min(op["n"], 60000 // max(1, flat.row) * flat.row)
    elif do == "resize":
        op["shape"] = [_resized(rng, n) for n in flat.shape]
    elif do == "attribute":
        op.update(name=rng.choice("abc"), value=rng.choice((None, 1, "two", [3], {"x": None}, {"x": 1.5})))
    elif do == "foreign":
        op.update(foreign(rng, case, flat))
    elif do == "remount":
        op["options"] = mount_options(rng, case)
    if do in ("pwrite", "append", "mapwrite", "replace", "rename"):
        op["seed"] = rng.randrange(1 << 32)
        op["style"] = rng.choice(("random", "random", "random", "fill", "zeros"))
    return op


def _resized(rng, n):
    return rng.choice((n, n, rng.randint(0 if rng.random() < 0.1 else 1, n + 4), rng.randint(1, 2 * n + 2)))


def foreign(rng, case, flat):
    """Another program's change: it grows or cuts at whole chunks, since zarr-python leaves what it cuts off within
    chunks as it was."""
    shape = list(flat.shape)
    for axis, n in enumerate(shape):
        if rng.random() < 0.25 and math.prod(shape) < 20000:
            shape[axis] = rng.choice((n + rng.randint(0, 5), n // case["chunks"][axis] * case["chunks"][axis]))
    box = [sorted((rng.randint(0, n), rng.randint(0, n))) for n in shape]
    return {"shape": shape, "box": box, "seed": rng.randrange(1 << 32)}
