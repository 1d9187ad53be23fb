# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores of each kind with one array "a" of bytes, made and read by zarr-python."""
import importlib
import os

import numpy
import zarr

# Not gdbm and Berkeley DB (ndbm): these libraries have no log, and a kill within their sync can damage the file. The
# manual says so.
KINDS = ("dir", "dir zlib", "nested", "zip", "sqlite", "lmdb", "dumbdbm")
MODULES = {"lmdb": "lmdb", "dumbdbm": "dbm.dumb"}


def have(kind):
    try:
        importlib.import_module(MODULES.get(kind, "zarr"))
    except ImportError:
        return False
    return True


def _open(kind, path):
    if kind == "zip":
        return zarr.ZipStore(path, mode="a")
    if kind == "sqlite":
        return zarr.SQLiteStore(path)
    if kind == "lmdb":
        return zarr.LMDBStore(path, map_size=1 << 30)
    if kind == "dumbdbm":
        return zarr.DBMStore(path, open=importlib.import_module(MODULES[kind]).open)
    if kind == "nested":
        return zarr.NestedDirectoryStore(path)
    return zarr.DirectoryStore(path)


def _close(store):
    if hasattr(store, "close"):
        store.close()


def make(kind, folder, chunk, chunks, rng):
    path = os.path.join(folder, "x." + kind.split()[0])
    store = _open(kind, path)
    group = zarr.open_group(store, mode="a")
    array = group.create_dataset(
        "a", shape=(chunk * chunks,), chunks=(chunk,), dtype="|u1", fill_value=0,
        compressor=zarr.Zlib(1) if kind == "dir zlib" else None, filters=None)
    array[:] = numpy.frombuffer(rng.randbytes(chunk * chunks), dtype="u1")
    _close(store)
    return path


def read(kind, path):
    store = _open(kind, path)
    try:
        return zarr.open_group(store, mode="r")["a"][:].tobytes()
    finally:
        _close(store)
