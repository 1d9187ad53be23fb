# SPDX-License-Identifier: GPL-3.0-or-later
"""The array of a case as other programs make, read and change it: v2 by zarr-python, v3 by tests/lib/zarr3.py.

A case is a dict that JSON can hold: format, kind (of store), dtype, shape, chunks, order, fill, compressor and
filters (v2) or codecs (v3), separator, options of the mount, seed.
"""
import json
import os

import kinds
import numcodecs
import numpy as np
import stores
import zarr
import zarr3


def dtype_of(case):
    if case["format"] == 3:
        return np.dtype(zarr3.TYPES[case["dtype"]])
    if isinstance(case["dtype"], list):
        return np.dtype([tuple(field) for field in case["dtype"]])
    return np.dtype(case["dtype"])


def random_values(rng, dtype, count):
    """`count` elements as bytes; values that each program keeps as they are."""
    if dtype.kind == "b":
        return rng.integers(0, 2, count).astype("u1").tobytes()
    if dtype.kind == "U":
        return rng.integers(32, 1000, count * dtype.itemsize // 4).astype(dtype.str[0] + "u4").tobytes()
    return rng.integers(0, 256, count * dtype.itemsize).astype("u1").tobytes()


def at_random(case, seed, count, first=0, style="random"):
    """count bytes for offset `first`: random ones, or zeros, or the fill value."""
    dtype = dtype_of(case)
    lead = first % dtype.itemsize
    whole = -(-(lead + count) // dtype.itemsize)
    if style == "zeros":
        data = bytes(whole * dtype.itemsize)
    elif style == "fill":
        data = fill_bytes(case) * whole
    else:
        data = random_values(np.random.default_rng(seed), dtype, whole)
    return data[lead : lead + count]


def fill_bytes(case):
    return bytes.fromhex(case["fill_bytes"])


def initial(case):
    """The values the array begins with: random boxes on the fill value."""
    rng = np.random.default_rng(case["seed"])
    dtype, shape = dtype_of(case), case["shape"]
    flat = np.frombuffer(fill_bytes(case) * int(np.prod(shape, dtype=object)), dtype=dtype)
    values = flat.reshape(shape).copy()
    if not shape:
        return np.frombuffer(random_values(rng, dtype, 1), dtype=dtype).reshape(())
    for _ in range(int(rng.integers(0, 4))):
        box = tuple(slice(*sorted(rng.integers(0, n + 1, 2))) for n in shape)
        part = values[box]
        part[...] = np.frombuffer(random_values(rng, dtype, part.size), dtype=dtype).reshape(part.shape)
    return values


class Store:
    """The store of a case, in a folder of its own; the array is `a`."""

    def __init__(self, case, folder):
        self.case = case
        self.path = self.spec = kinds.path_of(case["kind"], folder, "model")
        make = self._make3 if case["format"] == 3 else self._make2
        make(initial(case))

    def _make2(self, values):
        case = self.case
        codec = case["compressor"] and numcodecs.get_codec(case["compressor"])
        with self._open2() as store:
            zarr.group(store)
            array = zarr.create(
                shape=tuple(case["shape"]),
                chunks=tuple(case["chunks"]) or None,
                dtype=dtype_of(case),
                compressor=codec,
                filters=[numcodecs.get_codec(conf) for conf in case["filters"]] or None,
                order=case["order"],
                fill_value=self._fill2(),
                store=store,
                path="a",
                dimension_separator=case["separator"],
                write_empty_chunks=case["kind"] == "zip",
            )
            self._fill_missing(array)
            array[...] = values

    def _fill2(self):
        if self.case["fill"] is None:
            return None
        if dtype_of(self.case).kind == "V":
            return 0
        return np.frombuffer(fill_bytes(self.case), dtype=dtype_of(self.case))[0]

    def _make3(self, values):
        case = self.case
        stores.group3(self.path)
        more = {"chunk_key_encoding": case["key"]}
        document = stores.document3(
            case["shape"], case["chunks"], case["dtype"], case["codecs"], case["fill"], **more
        )
        stores.put(os.path.join(self.path, "a", "zarr.json"), json.dumps(document, indent=2))
        zarr3.Array(os.path.join(self.path, "a")).write(values)

    def _open2(self):
        return kinds.opened(self.case["kind"], self.path)

    @staticmethod
    def _fill_missing(array):
        """Chunks that are missing read as zeros also where the fill value is null."""
        if array._fill_value is None:
            array._fill_value = np.zeros((), dtype=array.dtype)[()]

    def read(self, margin=0):
        """(shape, bytes, attributes): the shape is made larger by `margin` in each dimension behind the reader's
        back, to see what the chunks at the edge hold there."""
        if self.case["format"] == 3:
            array = zarr3.Array(os.path.join(self.path, "a"))
            shape = [n + margin for n in array.shape]
            return list(array.shape), array.read(shape), dict(array.attributes)
        with self._open2() as store:
            array = zarr.open_array(store, mode="r", path="a")
            self._fill_missing(array)
            shape = list(array.shape)
            attributes = array.attrs.asdict()
            array._shape = tuple(n + margin for n in shape)
            array._cache_metadata = True
            return shape, self._values2(array), attributes

    def change(self, box, shape, seed):
        """Another program resizes the array, then writes random values to a box of it."""
        rng = np.random.default_rng(seed)
        dtype = dtype_of(self.case)
        if self.case["format"] == 3:
            array = zarr3.Array(os.path.join(self.path, "a"))
            values = array.read(shape)
            part = values[(*box, ...)]
            part[...] = np.frombuffer(random_values(rng, dtype, part.size), dtype=dtype).reshape(part.shape)
            array.write(values)
            return values
        with self._open2() as store:
            array = zarr.open_array(store, mode="r+", path="a")
            self._fill_missing(array)
            if list(array.shape) != list(shape):
                self._resize2(array, shape)
                array = zarr.open_array(store, mode="r+", path="a")
                self._fill_missing(array)
            lengths = [part.stop - part.start for part in box]
            if all(lengths):
                data = random_values(rng, dtype, int(np.prod(lengths, dtype=object)))
                array[box if box else ...] = np.frombuffer(data, dtype=dtype).reshape(lengths)
            return self._values2(array)

    @staticmethod
    def _values2(array):
        """A copy: what LMDB hands out is gone with the store."""
        return np.array(array[...], order="C").reshape(array._shape)

    def _resize2(self, array, shape):
        """zarr-python's resize() forgets the dimension_separator: what it is meant to write is written here."""
        array.resize(*shape)
        document = json.loads(array.store["a/.zarray"])
        if self.case["separator"] == "/" and "dimension_separator" not in document:
            document["dimension_separator"] = "/"
            array.store["a/.zarray"] = json.dumps(document).encode()

    def stray(self):
        """Keys below the array that are neither its metadata nor chunks of its shape; for directories."""
        if self.case["kind"] != "dir":
            return []
        folder = os.path.join(self.path, "a")
        allowed = set(self._chunk_names())
        found = []
        for here, _, names in os.walk(folder):
            found += [os.path.relpath(os.path.join(here, name), folder) for name in names]
        meta = (".zarray", ".zattrs", "zarr.json")
        return sorted(name for name in found if name not in allowed and name not in meta)

    def _chunk_names(self):
        shape, chunks = self.read()[0], self.case["chunks"]
        for where in np.ndindex(*[-(-n // c) for n, c in zip(shape, chunks)]):
            if self.case["format"] == 3:
                folder = os.path.join(self.path, "a")
                yield os.path.relpath(zarr3.Array(folder).path(where), folder)
            else:
                yield self.case["separator"].join(map(str, where)) or "0"
