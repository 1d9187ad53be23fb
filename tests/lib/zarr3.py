# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of Zarr v3 arrays in directories, written from the specification and on numcodecs alone, and enough of
a writer for tests that change an array behind a mount's back.

    array = zarr3.Array("store.zarr/a")
    array.read()              the values; array.read(shape=...) as if the document said that shape
    array.write(values)       stores all chunks anew and sets the shape
"""
import json
import os
import struct

import numcodecs
import numpy as np

TYPES = {
    "bool": "|b1",
    "int8": "|i1",
    "uint8": "|u1",
    "complex64": "<c8",
    "complex128": "<c16",
    **{f"int{8 * n}": f"<i{n}" for n in (2, 4, 8)},
    **{f"uint{8 * n}": f"<u{n}" for n in (2, 4, 8)},
    **{f"float{8 * n}": f"<f{n}" for n in (2, 4, 8)},
}
MISSING = 2**64 - 1


def _table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = _table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def fill_value(value, dtype):
    """One element of dtype from its JSON."""
    if isinstance(value, list):
        parts = [fill_value(part, np.dtype(f"<f{dtype.itemsize // 2}")) for part in value]
        return np.frombuffer(b"".join(part.tobytes() for part in parts), dtype=dtype)[0]
    if isinstance(value, str) and value.startswith("0x"):
        raw = int(value, 16).to_bytes(dtype.itemsize, "little")
        return np.frombuffer(raw, dtype=dtype)[0]
    return np.array([value if not isinstance(value, str) else float(value)]).astype(dtype)[0]


def _configuration(codec):
    return codec.get("configuration") or {}


def _unpack(codec, data):
    """A codec from bytes to bytes, undone."""
    name = codec["name"]
    if name == "gzip":
        return bytes(numcodecs.GZip().decode(data))
    if name == "zstd":
        return bytes(numcodecs.Zstd().decode(data))
    if name == "blosc":
        return bytes(numcodecs.Blosc().decode(data))
    if name == "crc32c":
        assert crc32c(data[:-4]) == data[-4:], "crc32c differs"
        return data[:-4]
    raise ValueError(f"codec {name}")


def _pack(codec, data, itemsize):
    name, conf = codec["name"], _configuration(codec)
    if name == "gzip":
        return bytes(numcodecs.GZip(conf["level"]).encode(data))
    if name == "zstd":
        return bytes(numcodecs.Zstd(conf["level"]).encode(data))
    if name == "blosc":
        shuffle = {"noshuffle": 0, "shuffle": 1, "bitshuffle": 2}[conf["shuffle"]]
        wide = np.frombuffer(data, dtype=f"V{conf.get('typesize') or itemsize}")
        return bytes(numcodecs.Blosc(conf["cname"], conf["clevel"], shuffle).encode(wide))
    if name == "crc32c":
        return data + crc32c(data)
    raise ValueError(f"codec {name}")


def _split(codecs):
    """The orders of the transposes, the codec from array to bytes, and those from bytes to bytes."""
    at = next(i for i, codec in enumerate(codecs) if codec["name"] in ("bytes", "sharding_indexed"))
    return [_configuration(codec)["order"] for codec in codecs[:at]], codecs[at], codecs[at + 1 :]


def _grid(shape, chunks):
    return [-(-n // c) for n, c in zip(shape, chunks)]


def decode(codecs, data, shape, fill):
    """One chunk from its bytes."""
    orders, to_bytes, packers = _split(codecs)
    for codec in reversed(packers):
        data = _unpack(codec, data)
    for order in orders:
        shape = [shape[axis] for axis in order]
    if to_bytes["name"] == "bytes":
        big = _configuration(to_bytes).get("endian") == "big"
        dtype = fill.dtype.newbyteorder(">" if big else "<")
        assert len(data) == dtype.itemsize * int(np.prod(shape, dtype=object)), "length of a chunk"
        value = np.frombuffer(data, dtype=dtype).astype(fill.dtype).reshape(shape)
    else:
        value = _decode_shard(_configuration(to_bytes), data, shape, fill)
    for order in reversed(orders):
        value = value.transpose(np.argsort(order))
    return value


def _decode_shard(conf, data, shape, fill):
    inner = conf["chunk_shape"]
    assert all(n % c == 0 for n, c in zip(shape, inner)), "inner chunks do not divide the shard"
    grid = _grid(shape, inner)
    size = 16 * int(np.prod(grid, dtype=object)) + 4 * sum(c["name"] == "crc32c" for c in conf["index_codecs"])
    at_start = conf.get("index_location", "end") == "start"
    raw = data[:size] if at_start else data[-size:]
    index = decode(conf["index_codecs"], raw, [*grid, 2], np.uint64(0))
    value = np.full(shape, fill, dtype=fill.dtype)
    taken = []
    for where in np.ndindex(*grid):
        offset, length = (int(n) for n in index[where])
        if (offset, length) == (MISSING, MISSING):
            continue
        assert offset + length <= len(data), "an inner chunk lies outside its shard"
        assert not any(offset < b and a < offset + length for a, b in taken), "inner chunks overlap"
        taken.append((offset, offset + length))
        box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(where, inner))
        value[box] = decode(conf["codecs"], data[offset : offset + length], inner, fill)
    return value


def encode(codecs, value, fill):
    """The bytes of one chunk."""
    orders, to_bytes, packers = _split(codecs)
    for order in orders:
        value = value.transpose(order)
    if to_bytes["name"] == "bytes":
        big = _configuration(to_bytes).get("endian") == "big"
        data = value.astype(value.dtype.newbyteorder(">" if big else "<")).tobytes()
    else:
        data = _encode_shard(_configuration(to_bytes), value, fill)
    for codec in packers:
        data = _pack(codec, data, value.dtype.itemsize)
    return data


def _encode_shard(conf, value, fill):
    inner = conf["chunk_shape"]
    grid = _grid(value.shape, inner)
    index = np.full([*grid, 2], MISSING, dtype="<u8")
    at_start = conf.get("index_location", "end") == "start"
    at = len(encode(conf["index_codecs"], index, np.uint64(0))) if at_start else 0
    parts = []
    for where in np.ndindex(*grid):
        box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(where, inner))
        if not same_as(value[box], fill):
            parts.append(encode(conf["codecs"], value[box], fill))
            index[where] = at, len(parts[-1])
            at += len(parts[-1])
    head = encode(conf["index_codecs"], index, np.uint64(0))
    return head + b"".join(parts) if at_start else b"".join(parts) + head


def same_as(value, fill):
    """Whether all elements are the fill value, bit by bit."""
    return value.tobytes() == fill.tobytes() * value.size


class Array:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "zarr.json"), encoding="utf-8") as file:
            self.document = json.load(file)
        document = self.document
        assert document["zarr_format"] == 3 and document["node_type"] == "array"
        self.dtype = np.dtype(TYPES[document["data_type"]])
        self.shape = tuple(document["shape"])
        assert document["chunk_grid"]["name"] == "regular"
        self.chunks = document["chunk_grid"]["configuration"]["chunk_shape"]
        self.fill = fill_value(document["fill_value"], self.dtype)
        self.codecs = document["codecs"]
        self.attributes = document.get("attributes", {})

    def path(self, where):
        """The file of a chunk."""
        encoding = self.document["chunk_key_encoding"]
        old = encoding["name"] == "v2"
        separator = _configuration(encoding).get("separator", "." if old else "/")
        words = [str(i) for i in where] or (["0"] if old else [])
        return os.path.join(self.folder, separator.join(words if old else ["c", *words]))

    def read(self, shape=None):
        shape = self.shape if shape is None else tuple(shape)
        value = np.full(shape, self.fill, dtype=self.dtype)
        for where in np.ndindex(*_grid(shape, self.chunks)):
            try:
                with open(self.path(where), "rb") as file:
                    data = file.read()
            except FileNotFoundError:
                continue
            chunk = decode(self.codecs, data, list(self.chunks), self.fill)
            box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(where, self.chunks))
            part = value[(*box, ...)]
            part[...] = chunk[tuple(slice(0, n) for n in part.shape)]
        return value

    def stored(self):
        """The paths of all chunks that are there, relative to the array's folder."""
        found = set()
        for here, _, names in os.walk(self.folder):
            found |= {os.path.relpath(os.path.join(here, name), self.folder) for name in names}
        return found - {"zarr.json"}

    def write(self, value):
        value = np.ascontiguousarray(value, dtype=self.dtype).reshape(np.shape(value))
        keep = set()
        for where in np.ndindex(*_grid(value.shape, self.chunks)):
            chunk = np.full(self.chunks, self.fill, dtype=self.dtype)
            box = tuple(slice(i * c, (i + 1) * c) for i, c in zip(where, self.chunks))
            part = value[(*box, ...)]
            chunk[tuple(slice(0, n) for n in part.shape)] = part
            if not same_as(chunk, self.fill):
                self._replace(self.path(where), encode(self.codecs, chunk, self.fill))
                keep.add(os.path.relpath(self.path(where), self.folder))
        for name in self.stored() - keep:
            os.unlink(os.path.join(self.folder, name))
        if value.shape != self.shape:
            self.document["shape"] = list(value.shape)
            self.shape = value.shape
            self._replace(os.path.join(self.folder, "zarr.json"), json.dumps(self.document).encode())

    @staticmethod
    def _replace(path, data):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".partial", "wb") as file:
            file.write(data)
        os.rename(path + ".partial", path)
