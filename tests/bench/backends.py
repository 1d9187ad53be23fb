# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of store, as ratios to the directory store: streams of the blosc set with chunks of 128 x 128 x 128, and
how long a mount of 10^6 keys takes until a name and a listing of it are there.

All kinds are measured in the same rounds. Writing is with the store on a tmpfs where there is one, because a disk's
pace would hide what the kinds differ in, and again on the disk.
"""
import os
import sys
import tempfile
import time

import datasets
import measure
import writing
from measure import median
from rows import Row, cost, rate

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "lib"))
import kinds  # noqa: E402

SET = "u16blosc"
# What is asked of reading. The rest of the way is the same for all kinds: what they differ in is how they find a
# value, and how often they copy it. gdbm and Berkeley DB also serve one thread at a time.
BARS = {"lmdb": 1.0, "zip": 1.0, "sqlite": 0.8, "gdbm": 0.6, "btree": 0.6, "hash": 0.6, "ndbm": 0.6}
KINDS = [kind for kind in ("dir", *BARS, "dumbdbm") if kinds.have(kind)]
KEYS = 100_000 if datasets.SMALL else 1_000_000


def copy(bench, kind, folder, chunks):
    """The set as array "a" of a group, in a store of this kind; without its chunks where it is to be written."""
    import zarr
    path = kinds.path_of(kind, folder, "set")
    source = zarr.DirectoryStore(bench.store(SET))
    more = {"map_size": 1 << 32} if kind == "lmdb" else {}
    with kinds.opened(kind, path, **more) as store:
        zarr.group(store)
        for key in source if chunks else [".zarray"]:
            store["a/" + key] = source[key]
    return path


def warm(kind, path):
    """zarr-python makes LMDB files as large as their maps, with a hole behind the data: nothing to be read."""
    if kind != "lmdb":
        measure.warm(path + {"ndbm": ".db", "dumbdbm": ".dat"}.get(kind, ""))


def read_rows(bench, paths):
    got = {kind: [] for kind in KINDS}
    for round_of in bench.rounds("stores, reading", short=True):
        for kind in KINDS if round_of % 2 else reversed(KINDS):
            with measure.zarrfs(paths[kind], "ro") as mount:
                got[kind].append(measure.dd(mount.at("a"), mount))
    for kind in KINDS[1:]:
        yield Row("stores", f"{kind}, dd from", "GB/s", rate(got[kind]), "dir", rate(got["dir"]), BARS.get(kind))
        yield Row("stores", f"{kind}, dd from", "CPU s/GB", cost(got[kind]), "dir", cost(got["dir"]))


def write_once(bench, kind, place):
    with tempfile.TemporaryDirectory(prefix="zarrfs-bench-", dir=place) as folder:
        path = copy(bench, kind, folder, False)
        with measure.zarrfs(path, "cache=256M") as mount:
            return measure.dd_into(mount.at("a"), bench.flat(SET), mount)


def write_rows(bench, where, place):
    got = {kind: [] for kind in KINDS}
    for round_of in bench.rounds(f"stores, writing {where}"):
        for kind in KINDS if round_of % 2 else reversed(KINDS):
            got[kind].append(write_once(bench, kind, place))
    for kind in KINDS[1:]:
        yield Row("stores", f"{kind}, dd to, {where}", "GB/s", rate(got[kind]), "dir", rate(got["dir"]))
        yield Row("stores", f"{kind}, dd to, {where}", "CPU s/GB", cost(got[kind]), "dir", cost(got["dir"]))


def check(bench, path):
    """What is written comes back."""
    with measure.zarrfs(path, "ro") as mount:
        measure.run(["cmp", mount.at("a"), bench.flat(SET)])


def stores(bench):
    """dd bs=1M from and into each kind of store."""
    if not bench.have:
        return
    measure.warm(bench.flat(SET))
    with tempfile.TemporaryDirectory(prefix="zarrfs-bench-", dir=bench.folder) as folder:
        paths = {}
        for kind in KINDS:
            bench.say(f"stores: {kind} is made")
            paths[kind] = copy(bench, kind, folder, True)
            warm(kind, paths[kind])
            check(bench, paths[kind])
        yield from read_rows(bench, paths)
    if writing.has_room(bench, SET):
        yield from write_rows(bench, "memory", writing.TMPFS)
    yield from write_rows(bench, "disk", bench.folder)


# ---- many keys ----

def put_all(kind, store, names):
    """Puts a value of one byte under each name, by the quickest way that the library has."""
    if kind == "lmdb":
        with store.db.begin(write=True) as txn:
            for name in names:
                txn.put(name.encode(), b"x")
    elif kind == "sqlite":
        store.update({name: b"x" for name in names})
    elif kind in kinds.DBM:
        for name in names:
            store.db[name.encode()] = b"x"
    else:
        for name in names:
            store[name] = b"x"


def make_keys(bench, kind):
    """A group with an array of KEYS chunks of one byte, and beside it a group with one that has three."""
    import zarr
    path = kinds.path_of(kind, bench.folder, f"keys{KEYS}")
    if os.path.exists(path + ".made"):
        return path
    bench.say(f"keys: {kind} is made")
    with kinds.opened(kind, path) as store:
        zarr.group(store, overwrite=kind != "zip")
        for name, length in (("many", KEYS), ("g/few", 3)):
            zarr.create(shape=(length,), chunks=(1,), dtype="|u1", compressor=None, store=store, path=name)
        put_all(kind, store, ("g/few/0", "g/few/1", "g/few/2"))
        put_all(kind, store, (f"many/{i}" for i in range(KEYS)))
    with open(path + ".made", "w", encoding="ascii"):
        pass
    return path


def first_listing(path):
    """Seconds from the mount to names, a size and a byte; then of listing a small group again and again."""
    start = time.perf_counter()
    with measure.zarrfs(path, "ro") as mount:
        mounted = time.perf_counter() - start
        names = sorted(os.listdir(mount.path))
        if "many" not in names or os.stat(mount.at("many")).st_size != KEYS:
            raise measure.Failed(f"{path}: {names}")
        with open(mount.at("g/few"), "rb") as file:
            if file.read() != b"xxx":
                raise measure.Failed(f"{path}: its bytes are others")
        return {"mount": mounted, "all": time.perf_counter() - start, "peak": mount.peak() / (1 << 20)}


def keys(bench):
    """A mount of a store with 10^6 keys, until its root is listed and something is read."""
    if not bench.have:
        return
    for kind in KINDS[1:]:
        path = make_keys(bench, kind)
        warm(kind, path)
        got = [first_listing(path) for _ in bench.rounds(f"keys: {kind}", short=True)]
        yield Row("keys", f"{kind}, mounted, {KEYS} keys", "s", median(one["mount"] for one in got), "two seconds", 2.0, 1.0)
        yield Row("keys", f"{kind}, listed and read", "s", median(one["all"] for one in got), "two seconds", 2.0, 1.0)
        yield Row("keys", f"{kind}, memory", "MiB", median(one["peak"] for one in got), "", None)
