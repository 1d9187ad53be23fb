# SPDX-License-Identifier: GPL-3.0-or-later
"""Codecs, orders and types beside those of the other sections: dd from a cold mount against the bare codec.

The limit is what the codec's own library takes for every chunk (limit_codec in its mode `codec`), or a plain loop
for what has no library: a sum for delta, a byte swap, a transposition in blocks; and FUSE, as in `stream`. The sets
are a quarter of a GB, so that lzma does not take all the time.
"""
import json
import os
import shutil

import numpy as np

import datasets
import measure
from measure import dd, program
from rows import Row, cost, rate

BLOSC = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
RECORD = [("time", "<i8"), ("place", "<f8", (3,)), ("value", "<f4", (6,)), ("flags", "<u4"), ("more", "V4")]  # 64 bytes
SHAPES = {"i64": (32_000_000,), "i32": (8000, 8000), "f32": (64, 721, 1440), "u16": (128, 1024, 1024), "rec": (4_000_000,)}
SETS = {  # name: (content, chunks, what limit_codec does, zarr's configuration)
    "zlib": ("i64", (1_000_000,), "zlib", {"compressor": {"id": "zlib", "level": 1}}),
    "gzip": ("i64", (1_000_000,), "gzip", {"compressor": {"id": "gzip", "level": 1}}),
    "lzma": ("f32", (1, 721, 1440), "lzma", {"compressor": {"id": "lzma", "preset": 1}}),
    "delta+blosc": ("i32", (1000, 1000), "delta", {"compressor": BLOSC, "filters": [{"id": "delta", "dtype": "<i4"}]}),
    "F order": ("u16", (128, 128, 128), "turn", {"order": "F"}),
    "transposed": ("u16", (128, 128, 128), "turn", {"codecs": [{"name": "transpose", "configuration": {"order": [1, 2, 0]}}]}),
    "big-endian": ("i32", (1000, 1000), "swap", {"codecs": []}),
    "64-byte records": ("rec", (100_000,), "blosc", {"compressor": BLOSC}),
}


def content(kind):
    shape, rng = SHAPES[kind], np.random.default_rng(42)
    if kind == "rec":
        array = np.zeros(shape, dtype=RECORD)
        array["time"] = np.cumsum(rng.integers(900, 1101, shape))
        array["place"] = np.round(rng.standard_normal((*shape, 3)), 2)
        array["value"] = np.round(rng.standard_normal((*shape, 6), dtype="f4"), 2)
        return array
    if kind == "i32":
        return np.arange(np.prod(shape), dtype="<i4").reshape(shape)
    if kind == "i64":
        return np.cumsum(rng.integers(900, 1101, shape), dtype="<i8")
    full = datasets.SHAPES[kind]
    datasets.SHAPES[kind] = shape
    try:
        return np.stack(list(datasets.PIECES[kind](rng)))
    finally:
        datasets.SHAPES[kind] = full


def write_v3(path, array, chunks, before):
    """Chunks of a v3 array: transposed as `before` says, big-endian where it says nothing."""
    big = not before
    little = {"name": "bytes", "configuration": {"endian": "big" if big else "little"}}
    document = datasets.shard_document(array.shape, array.dtype, chunks, chunks)
    document["codecs"] = before + [little]
    with open(os.path.join(path, "zarr.json"), "w", encoding="ascii") as file:
        json.dump(document, file)
    for place in np.ndindex(*(-(-n // k) for n, k in zip(array.shape, chunks))):
        block = array[tuple(slice(p * k, (p + 1) * k) for p, k in zip(place, chunks))]
        block = block.transpose(before[0]["configuration"]["order"]) if before else block.byteswap()
        key = os.path.join(path, "c", *map(str, place))
        os.makedirs(os.path.dirname(key), exist_ok=True)
        with open(key, "wb") as file:
            file.write(block.tobytes())


def write_v2(path, array, chunks, options):
    import numcodecs
    import zarr
    options = dict({"compressor": None, "order": "C"}, **options)
    if options["compressor"]:
        options["compressor"] = numcodecs.get_codec(dict(options["compressor"]))
    if "filters" in options:
        options["filters"] = [numcodecs.get_codec(dict(one)) for one in options["filters"]]
    zarr.open(path, mode="w", shape=array.shape, chunks=chunks, dtype=array.dtype, fill_value=None, **options)[...] = array


def make(folder, name, say):
    kind, chunks, codec, options = SETS[name]
    word = "codec-" + name.replace(" ", "-")
    path, v3 = os.path.join(folder, word + ".zarr"), "codecs" in options
    itemsize = np.dtype(datasets.TYPES.get(kind, RECORD)).itemsize
    words = {"store": word + ".zarr", "itemsize": itemsize, "codec": codec, "bytes": int(np.prod(SHAPES[kind])) * itemsize,
             "shape": ",".join(map(str, SHAPES[kind])), "chunks": ",".join(map(str, chunks)), "keys": "c/" if v3 else "",
             "turn": "reverse" if options.get("order") == "F" else "last"}
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, word + ".meta"), "w", encoding="ascii") as file:
        file.writelines(f"{key}={value}\n" for key, value in words.items())
    if os.path.exists(path):
        return word
    say(f"making {word}")
    shutil.rmtree(path + ".part", ignore_errors=True)
    os.makedirs(path + ".part")
    if v3:
        write_v3(path + ".part", content(kind), chunks, options["codecs"])
    else:
        write_v2(path + ".part", content(kind), chunks, options)
    os.rename(path + ".part", path)
    return word


def codecs(bench):
    """dd bs=1M from a cold mount, against the codec alone and FUSE."""
    for name in SETS:
        word = make(bench.folder, name, bench.say)
        measure.warm(bench.store(word))
        slab, mount, fuse = [], [], []
        if bench.have and bench.readahead is None:  # of a set that is there
            with bench.zarrfs(word) as mounted, open(mounted.at(word), "rb"):
                bench.readahead = mounted.readahead()
        for _ in bench.rounds(f"codecs {name}"):
            slab.append(program("limit_codec", bench.folder, word, "codec", measure.CORES))
            with measure.empty_fuse(int(slab[0]["bytes"]), False, bench.fuse_readahead()) as empty:
                fuse.append(dd(empty.at("f"), empty))
            if bench.have:
                with bench.zarrfs(word) as mounted:
                    mount.append(dd(mounted.at(word), mounted))
        limit = measure.CORES / (cost(slab) + cost(fuse))
        yield Row("codecs", name, "GB/s", rate(mount) if mount else None, "combined limit", limit, 0.7)
        yield Row("codecs", name, "CPU s/GB", cost(mount) if mount else None,
            f"decode {cost(slab):.2f} + FUSE {cost(fuse):.2f}", cost(slab) + cost(fuse))
