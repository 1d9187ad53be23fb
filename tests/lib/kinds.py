# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores of each kind that zarrfs can write, as zarr-python opens them.

    path = kinds.make("sqlite", folder, 16384, 24, rng)     an array "a" of random bytes
    with kinds.opened("sqlite", path) as store: ...
"""
import contextlib
import importlib
import os
import sqlite3

import numpy
import zarr

# A kind, and how its file's name ends. "zlib": its chunks are compressed.
SUFFIXES = {"dir": ".zarr", "dir zlib": ".zarr", "nested": ".zarr", "zip": ".zip", "sqlite": ".sqlite", "dict": ".dict",
    "lmdb": ".mdb", "gdbm": ".gdbm", "btree": ".btree", "hash": ".hash", "ndbm": ".ndbm", "dumbdbm": ".dumb"}
# The module, and what opens it.
DBM = {"gdbm": ("dbm.gnu", "open"), "btree": ("bsddb3", "btopen"), "hash": ("bsddb3", "hashopen"),
    "ndbm": ("dbm.ndbm", "open"), "dumbdbm": ("dbm.dumb", "open")}
# What zarr-python cannot look at while it is mounted for writing: gdbm is locked; dumbdbm's index, the pages of Berkeley
# DB and the directory of an archive are written at the end only.
ALONE = ("gdbm", "dumbdbm", "btree", "hash", "ndbm", "zip")


def have(kind):
    """Whether this Python has the modules."""
    try:
        importlib.import_module({"lmdb": "lmdb"}.get(kind) or DBM.get(kind, ("zarr",))[0])
    except ImportError:
        return False
    return True


class Dict(zarr.DBMStore):
    """Python 3.13's dbm.sqlite3, which zarr-python has by no name."""

    def __init__(self, path):
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE IF NOT EXISTS Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)")
        db.close()
        super().__init__(path, open=lambda path, *_: _Table(path))


class _Table:
    """The table as a mapping of bytes."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)

    def __getitem__(self, key):
        row = self.db.execute("SELECT value FROM Dict WHERE key = CAST(? AS BLOB)", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return row[0]

    def __setitem__(self, key, value):
        self.db.execute("REPLACE INTO Dict VALUES (CAST(? AS BLOB), CAST(? AS BLOB))", (key, bytes(value)))

    def __delitem__(self, key):
        self[key]
        self.db.execute("DELETE FROM Dict WHERE key = CAST(? AS BLOB)", (key,))

    def __contains__(self, key):
        return self.db.execute("SELECT 1 FROM Dict WHERE key = CAST(? AS BLOB)", (key,)).fetchone() is not None

    def keys(self):
        return [row[0] for row in self.db.execute("SELECT key FROM Dict")]

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def sync(self):
        """Each change is a transaction."""

    def close(self):
        self.db.close()


def open_store(kind, path, **more):
    if kind in DBM:
        module, name = DBM[kind]
        return zarr.DBMStore(path, open=getattr(importlib.import_module(module), name), **more)
    if kind == "zip":
        return zarr.ZipStore(path, mode="a", compression=0, **more)
    if kind == "lmdb":
        return zarr.LMDBStore(path, **{"map_size": 1 << 30, **more})
    types = {"sqlite": zarr.SQLiteStore, "dict": Dict, "nested": zarr.NestedDirectoryStore}
    return types.get(kind, zarr.DirectoryStore)(path, **more)


@contextlib.contextmanager
def opened(kind, path, **more):
    store = open_store(kind, path, **more)
    try:
        yield store
    finally:
        if hasattr(store, "close"):
            store.close()


def path_of(kind, folder, name="x"):
    return os.path.join(folder, name + SUFFIXES[kind])


def make(kind, folder, chunk, chunks, rng=None):
    """A group with an array "a" of bytes: random ones, or without rng none that are stored."""
    path = path_of(kind, folder)
    with opened(kind, path) as store:
        array = zarr.open_group(store, mode="a").create_dataset(
            "a", shape=(chunk * chunks,), chunks=(chunk,), dtype="|u1", fill_value=0, filters=None,
            compressor=zarr.Zlib(1) if kind == "dir zlib" else None)
        if rng:
            array[:] = numpy.frombuffer(rng.randbytes(chunk * chunks), dtype="u1")
    return path


def read(kind, path):
    """The bytes of that array."""
    with opened(kind, path) as store:
        return zarr.open_group(store, mode="r")["a"][:].tobytes()
