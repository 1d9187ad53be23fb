# SPDX-License-Identifier: GPL-3.0-or-later
"""The data sets of the bench: made once, kept in one folder, the same bytes each time.

For each set NAME there are

    NAME.zarr   the store; its root is the array
    FLAT.raw    the same array as a flat file in C order, shared by sets of equal content
    FLAT.off    1000 offsets in it, multiples of 4096, one a line
    NAME.meta   key=value lines that the C programs read

The content: u16 a smooth 12-bit field with 4 bits of noise, as from a microscope; f32 a packed weather field,
one time step a chunk; i32 a plain count; i64 time stamps about 1000 apart. Stores are written by
zarr-python 2, the sharded one by write_shards() below, as zarr-python 2 has no shards.
"""
import json
import os
import shutil
import struct
import sys

import numpy as np

SMALL = os.environ.get("BENCH_SCALE", "full") == "small"

SHAPES = {
    "u16": (128, 512, 1024) if SMALL else (512, 1024, 1024),
    "f32": (32 if SMALL else 256, 721, 1440),
    "i32": (2000, 6000) if SMALL else (10000, 10000),
    "i64": (13_000_000 if SMALL else 100_000_000,),
}
TYPES = {"u16": "<u2", "f32": "<f4", "i32": "<i4", "i64": "<i8"}

BITSHUFFLE = {"id": "blosc", "cname": "blosclz", "clevel": 9, "shuffle": 2, "blocksize": 0}
SETS = {  # name: (content, chunks, codec, numcodecs configuration, inner chunks of a shard)
    "u16raw": ("u16", (128, 128, 128), "raw", None, None),
    "u16blosc": ("u16", (128, 128, 128), "blosc", BITSHUFFLE, None),
    "u16shard": ("u16", (128, 128, 128), "blosc", BITSHUFFLE, (32, 32, 32)),
    "f32zstd": ("f32", (1, 721, 1440), "zstd", {"id": "zstd", "level": 3}, None),
    "f32lz4": ("f32", (1, 721, 1440), "blosc",
               {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, None),
    "i32": ("i32", (1000, 1000), "blosc",
            {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}, None),
    "i64zlib": ("i64", (1_000_000,), "zlib", {"id": "zlib", "level": 1}, None),
}


def flat_of(name):
    return SETS[name][0]


def nbytes(name):
    flat = flat_of(name)
    return int(np.prod(SHAPES[flat], dtype="i8")) * np.dtype(TYPES[flat]).itemsize


# ---- content: consecutive pieces of the flat array ----

def pieces_u16(rng):
    depth, height, width = SHAPES["u16"]
    y = np.arange(height, dtype="f4")[:, None]
    x = np.arange(width, dtype="f4")[None, :]
    wave = 800 * np.sin((x + y) / 33) + 2000
    fold = 1500 * np.cos(y / 56)
    for z in range(depth):
        field = wave + np.float32(np.sin(z / 48)) * fold
        field += 4 * rng.standard_normal((height, width), dtype="f4")
        yield np.clip(field, 0, 65535).astype("<u2")


def pieces_f32(rng):
    steps, height, width = SHAPES["f32"]
    lat = np.linspace(-np.pi / 2, np.pi / 2, height, dtype="f4")[:, None]
    lon = np.linspace(0, 2 * np.pi, width, endpoint=False, dtype="f4")[None, :]
    base = 288 - 40 * np.sin(lat) ** 2
    for step in range(steps):
        field = base + 6 * np.cos(lat) * np.sin(5 * lon - 0.2 * step)
        field += 2 * np.sin(3 * lat + 11 * lon + 0.1 * step)
        field += np.float32(0.05) * rng.standard_normal((height, width), dtype="f4")
        yield (np.round(field * 128) / 128).astype("<f4")  # as decoded from packed integers


def pieces_i32(_):
    rows, width = SHAPES["i32"]
    for row in range(0, rows, 1000):
        yield np.arange(row * width, min(row + 1000, rows) * width, dtype="<i4")


def pieces_i64(rng):
    last = 0
    for _ in range(0, SHAPES["i64"][0], 1_000_000):
        piece = np.cumsum(rng.integers(900, 1101, 1_000_000), dtype="<i8") + last
        last = piece[-1]
        yield piece


PIECES = {"u16": pieces_u16, "f32": pieces_f32, "i32": pieces_i32, "i64": pieces_i64}


def make_flat(folder, name):
    flat = flat_of(name)
    path = os.path.join(folder, flat + ".raw")
    if not os.path.exists(path):
        with open(path + ".part", "wb") as file:
            for piece in PIECES[flat](np.random.default_rng(42)):
                file.write(piece.tobytes())
        os.rename(path + ".part", path)
    offsets = np.random.default_rng(7).integers(0, os.path.getsize(path) // 4096, 1000) * 4096
    np.savetxt(os.path.join(folder, flat + ".off"), offsets, fmt="%d")
    return path


# ---- shards: zarr v3, written by hand ----

def crc32c(data):
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def shard_document(shape, dtype, chunks, inner):
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    blosc = {"name": "blosc", "configuration": {"cname": "blosclz", "clevel": 9, "shuffle": "bitshuffle",
                                                "typesize": np.dtype(dtype).itemsize, "blocksize": 0}}
    sharding = {"name": "sharding_indexed", "configuration": {
        "chunk_shape": list(inner), "codecs": [little, blosc],
        "index_codecs": [little, {"name": "crc32c"}], "index_location": "end"}}
    return {"zarr_format": 3, "node_type": "array", "shape": list(shape), "data_type": np.dtype(dtype).name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": 0, "codecs": [sharding], "attributes": {}}


def shard_bytes(block, inner, codec):
    """One shard: the inner chunks one after the other, then (offset, length) of each, then a checksum."""
    parts, index, at = [], [], 0
    for place in np.ndindex(*(n // k for n, k in zip(block.shape, inner))):
        box = tuple(slice(p * k, (p + 1) * k) for p, k in zip(place, inner))
        parts.append(codec.encode(np.ascontiguousarray(block[box])))
        index += [at, len(parts[-1])]
        at += len(parts[-1])
    packed = struct.pack(f"<{len(index)}Q", *index)
    return b"".join(parts) + packed + struct.pack("<I", crc32c(packed))


def write_shards(path, array, chunks, inner, codec):
    with open(os.path.join(path, "zarr.json"), "w", encoding="ascii") as file:
        json.dump(shard_document(array.shape, array.dtype, chunks, inner), file, indent=2)
    for place in np.ndindex(*(n // k for n, k in zip(array.shape, chunks))):
        box = tuple(slice(p * k, (p + 1) * k) for p, k in zip(place, chunks))
        key = os.path.join(path, "c", *map(str, place))
        os.makedirs(os.path.dirname(key), exist_ok=True)
        with open(key, "wb") as file:
            file.write(shard_bytes(array[box], inner, codec))


# ---- stores ----

def write_store(path, array, chunks, config, inner):
    import numcodecs
    import zarr
    codec = numcodecs.get_codec(dict(config)) if config else None
    if inner:
        write_shards(path, array, chunks, inner, codec)
        return
    store = zarr.open(path, mode="w", shape=array.shape, chunks=chunks, dtype=array.dtype,
                      compressor=codec, fill_value=0, order="C")
    for row in range(0, array.shape[0], chunks[0]):
        store[row:row + chunks[0]] = array[row:row + chunks[0]]


def stored_bytes(path):
    return sum(os.path.getsize(os.path.join(at, file)) for at, _, files in os.walk(path) for file in files)


def write_meta(folder, name):
    flat, chunks, codec, _, inner = SETS[name]
    words = {"name": name, "store": name + ".zarr", "flat": flat + ".raw", "offsets": flat + ".off",
             "itemsize": np.dtype(TYPES[flat]).itemsize, "codec": codec, "bytes": nbytes(name),
             "shape": ",".join(map(str, SHAPES[flat])), "chunks": ",".join(map(str, chunks)),
             "inner": ",".join(map(str, inner or ()))}
    with open(os.path.join(folder, name + ".meta"), "w", encoding="ascii") as file:
        file.writelines(f"{key}={value}\n" for key, value in words.items())


def make(folder, name, say=lambda text: None):
    """Makes the set unless it is there. What is half made is made anew."""
    os.makedirs(folder, exist_ok=True)
    flat, chunks, _, config, inner = SETS[name]
    path = os.path.join(folder, name + ".zarr")
    raw = make_flat(folder, name)
    write_meta(folder, name)
    if os.path.exists(path):
        return
    say(f"making {name}")
    part = path + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    array = np.memmap(raw, dtype=TYPES[flat], mode="r", shape=SHAPES[flat])
    write_store(part, array, chunks, config, inner)
    os.rename(part, path)
    say(f"made {name}: {nbytes(name) / 1e9:.2f} GB, {nbytes(name) / stored_bytes(path):.2f} times smaller")


# ---- stores without data, or with the same chunk many times ----

def array_document(shape, chunks, dtype, fill=0, compressor=None):
    return {"zarr_format": 2, "shape": list(shape), "chunks": list(chunks), "dtype": dtype,
            "fill_value": fill, "order": "C", "filters": None, "compressor": compressor}


def make_empty(folder, name, shape, chunks, dtype):
    """An array with no chunk stored."""
    path = os.path.join(folder, name + ".zarr")
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, ".zarray"), "w", encoding="ascii") as file:
        json.dump(array_document(shape, chunks, dtype), file)
    return path


def make_repeated(folder, name, shape, chunks, dtype, config):
    """An array all of whose chunks are one file with many names (a new copy each 60,000 links)."""
    import numcodecs
    path = os.path.join(folder, name + ".zarr")
    if os.path.exists(path):
        return path
    part = path + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    data = np.arange(int(np.prod(chunks)), dtype=dtype).tobytes()
    if config:
        data = numcodecs.get_codec(dict(config)).encode(np.frombuffer(data, dtype=dtype))
    for number, place in enumerate(np.ndindex(*(-(-n // k) for n, k in zip(shape, chunks)))):
        key = os.path.join(part, ".".join(map(str, place)))
        if number % 60000:
            os.link(source, key)
            continue
        source = key
        with open(source, "wb") as file:
            file.write(data)
    with open(os.path.join(part, ".zarray"), "w", encoding="ascii") as file:
        json.dump(array_document(shape, chunks, dtype, compressor=config), file)
    os.rename(part, path)
    return path


if __name__ == "__main__":
    for wanted in sys.argv[2:] or SETS:
        make(sys.argv[1], wanted, say=lambda text: print(text, flush=True))
