# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores made on the fly: v2 by zarr-python, v3 by hand from the specification."""
import json
import os
import struct

import numcodecs
import numpy as np
import zarr

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
GZIP = {"name": "gzip", "configuration": {"level": 5}}
ZSTD = {"name": "zstd", "configuration": {"level": 3, "checksum": False}}
BLOSC = {
    "name": "blosc",
    "configuration": {"cname": "zstd", "clevel": 5, "shuffle": "bitshuffle", "typesize": 4, "blocksize": 0},
}
CRC = {"name": "crc32c"}
NAMES = {
    "b1": "bool",
    "i1": "int8",
    "u1": "uint8",
    "f4": "float32",
    "f8": "float64",
    "i4": "int32",
    "u2": "uint16",
    "i2": "int16",
    "u4": "uint32",
    "i8": "int64",
    "u8": "uint64",
    "f2": "float16",
    "c8": "complex64",
    "c16": "complex128",
}


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode("utf-8"))


def get(path):
    with open(path, "rb") as file:
        return file.read()


def group(path, **options):
    return zarr.open_group(zarr.DirectoryStore(path), mode="a", **options)


def array2(path, data, chunks, **options):
    """A v2 array, by zarr-python; compressor=None unless given."""
    options.setdefault("compressor", None)
    options.setdefault("fill_value", 0)
    array = zarr.open_array(
        zarr.DirectoryStore(path), mode="w", shape=data.shape, chunks=chunks, dtype=data.dtype, **options
    )
    array[...] = data
    return array


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def encode3(codecs, chunk):
    """One chunk through a chain of v3 codecs."""
    value = chunk
    for codec in codecs:
        name, conf = codec["name"], codec.get("configuration") or {}
        if name == "transpose":
            value = np.ascontiguousarray(value.transpose(conf["order"]))
        elif name == "bytes":
            big = conf.get("endian") == "big"
            value = value.astype(value.dtype.newbyteorder(">" if big else "<")).tobytes()
        elif name == "gzip":
            value = numcodecs.GZip(conf.get("level", 5)).encode(value)
        elif name == "zstd":
            value = numcodecs.Zstd(conf.get("level", 1)).encode(value)
        elif name == "blosc":
            shuffle = {"noshuffle": 0, "shuffle": 1, "bitshuffle": 2}[conf["shuffle"]]
            wide = np.frombuffer(value, dtype=f"V{conf['typesize']}")
            value = numcodecs.Blosc(conf["cname"], conf["clevel"], shuffle).encode(wide)
        elif name == "crc32c":
            value = value + crc32c(value)
        elif name == "sharding_indexed":
            value = shard(conf, value)
        else:
            raise ValueError(name)
    return bytes(value)


def boxes(shape, chunks):
    """(grid index, slices) of every chunk."""
    for index in np.ndindex(*[-(-n // c) for n, c in zip(shape, chunks)]):
        yield index, tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, chunks))


def shard(conf, data, keep=lambda index: True):
    """The sharding codec: inner chunks and their index; those that keep() refuses are missing."""
    grid = [n // c for n, c in zip(data.shape, conf["chunk_shape"])]
    index = np.full(grid + [2], 2**64 - 1, dtype="<u8")
    index_size = len(encode3(conf["index_codecs"], index))
    at_start = conf.get("index_location", "end") == "start"
    parts, at = [], index_size if at_start else 0
    for where, box in boxes(data.shape, conf["chunk_shape"]):
        if keep(where):
            part = encode3(conf["codecs"], np.ascontiguousarray(data[box]))
            index[where] = at, len(part)
            parts.append(part)
            at += len(part)
    encoded = encode3(conf["index_codecs"], index)
    return encoded + b"".join(parts) if at_start else b"".join(parts) + encoded


def sharding(inner, codecs=(LITTLE,), index_codecs=(LITTLE, CRC), location="end"):
    return {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": list(inner),
            "codecs": list(codecs),
            "index_codecs": list(index_codecs),
            "index_location": location,
        },
    }


def document3(shape, chunks, dtype="int32", codecs=(LITTLE,), fill=0, **more):
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunks)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill,
        "codecs": list(codecs),
        **more,
    }


def document2(shape, chunks, dtype="<i4", **more):
    return {
        "zarr_format": 2,
        "shape": list(shape),
        "chunks": list(chunks),
        "dtype": dtype,
        "compressor": None,
        "fill_value": 0,
        "order": "C",
        "filters": None,
        **more,
    }


def group3(path, **attributes):
    put(
        os.path.join(path, "zarr.json"),
        json.dumps({"zarr_format": 3, "node_type": "group", "attributes": attributes}),
    )


def array3(path, data, chunks, codecs=(LITTLE,), fill=0, skip=lambda index: False, **more):
    """A v3 array, by hand; chunks that skip() picks are not stored."""
    dtype = NAMES[data.dtype.str[1:]]
    put(
        os.path.join(path, "zarr.json"),
        json.dumps(document3(data.shape, chunks, dtype, codecs, fill, **more)),
    )
    for index, box in boxes(data.shape, chunks):
        if not skip(index):
            whole = np.full(chunks, fill, dtype=data.dtype)
            part = data[box]
            whole[tuple(slice(0, n) for n in part.shape)] = part
            put(os.path.join(path, "c", *map(str, index)), encode3(codecs, whole))
