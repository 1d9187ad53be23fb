# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: a flat file into an array of the same type, and 4 KiB here and there.

zarrfs has a chunk durable before it gives it its name, the limit of encoding and the other programs sync
nothing. So all of it is measured twice: with the store on a tmpfs, where syncing costs nothing, against limit
and programs; and on the disk, where what is written waits for it, against what the disk does with files of that
number and size that are synced and renamed, and against the others until their files are synced too.
"""
import contextlib
import os
import shutil
import subprocess
import tempfile
import time

import datasets
import measure
from measure import median, program
from rows import MIB, Row, cost, rate

TMPFS = os.environ.get("BENCH_TMPFS") or "/dev/shm"
SYNCING = 8  # threads that sync, as in zarrfs' directory store
WAYS = (("dd", measure.dd_into), ("cp", measure.cp_into))
PEERS = (("zarr", "zarr-python"), ("gdal", "GDAL"))


@contextlib.contextmanager
def empty_copy(bench, name, place):
    """A store like a set's, without chunks; and where files of the same file system may be."""
    with tempfile.TemporaryDirectory(prefix="zarrfs-bench-", dir=place) as folder:
        store = os.path.join(folder, name + ".zarr")
        os.mkdir(store)
        for document in (".zarray", "zarr.json"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(os.path.join(bench.store(name), document), store)
        os.mkdir(os.path.join(folder, "out"))
        yield store, os.path.join(folder, "out")


def write_empty_fuse(bench, name):
    with measure.empty_fuse(datasets.nbytes(name), False, bench.fuse_readahead()) as mount:
        return measure.dd_into(mount.at("f"), bench.flat(name), mount)


def write_mounted(bench, name, place, way):
    if not bench.have:
        return None
    with empty_copy(bench, name, place) as (store, _), measure.zarrfs(store, "cache=256M") as mount:
        figures = way(mount.at(name), bench.flat(name), mount)
        figures["peak"] = mount.peak()
        return figures


def write_limit(bench, name, place, mode, threads=measure.CORES):
    with empty_copy(bench, name, place) as (_, out):
        return program("limit_encode", bench.folder, name, out, mode, threads)


def write_peer(bench, name, place, peer):
    """Until its files are synced."""
    with empty_copy(bench, name, place) as (_, out):
        seconds = measure.peer(peer + "-write", bench.store(name), bench.flat(name), os.path.join(out, "w.zarr"))
        if not seconds:
            return None
        start = time.perf_counter()
        subprocess.run(["sync", "-f", out], check=True)
        seconds += time.perf_counter() - start
    return {"wall": seconds, "bytes": datasets.nbytes(name)}


def check_written(bench, name):
    """What was written by dd comes back, from a mount that did not write it."""
    with empty_copy(bench, name, bench.folder) as (store, _):
        with measure.zarrfs(store) as mount:
            measure.dd_into(mount.at(name), bench.flat(name), mount)
        with measure.zarrfs(store, "ro") as mount:
            if subprocess.run(["cmp", mount.at(name), bench.flat(name)], check=False).returncode:
                raise measure.Failed(f"{name}: what was written does not come back")


def round_in(bench, name, place, limits, got):
    ways = dict(limits)
    for key, way in WAYS:
        ways[key] = lambda way=way: write_mounted(bench, name, place, way)
    for key, _ in PEERS:
        ways[key] = lambda key=key: write_peer(bench, name, place, key)
    for key, measured in ways.items():
        value = measured()
        if value:
            got.setdefault(key, []).append(value)


def peers_rows(what, value, got):
    for key, label in PEERS:
        if got.get(key):
            yield Row("write", what, "GB/s", value, label, rate(got[key]), 1.0)


def memory_rows(bench, name, places):
    if bench.have:
        peak = max(figures["peak"] for got in places for way, _ in WAYS for figures in got.get(way, ())) / MIB
        yield Row("write", f"{name}, peak memory", "MiB", peak, "cache + 64 MiB", 256 + 64, 1.0)


def rows_of_tmpfs(bench, name, got):
    encode, fuse = cost(got["encode"]), cost(got["fuse"])
    for way, _ in WAYS:
        figure = rate(got[way]) if bench.have else None
        yield Row("write", f"{name}, {way}", "GB/s", figure, "combined limit", measure.CORES / (encode + fuse), 0.7)
        yield from peers_rows(f"{name}, {way}", figure, got)
    yield Row("write", f"{name}, dd", "GB/s", rate(got["dd"]) if bench.have else None, "empty FUSE",
        rate(got["fuse"]))
    yield Row("write", f"{name}, dd", "CPU s/GB", cost(got["dd"]) if bench.have else None,
        f"encode {encode:.2f} + FUSE {fuse:.2f}", encode + fuse)


def rows_of_disk(bench, name, got, memory):
    """The disk may be what limits, or the processors, as they do on a tmpfs."""
    disk = rate(got["disk"])
    limit = measure.CORES / (cost(memory["encode"]) + cost(memory["fuse"])) if memory else disk
    label = f"disk {disk:.2f}, combined limit {limit:.2f}" if memory else "disk"
    for way, _ in WAYS:
        figure = rate(got[way]) if bench.have else None
        yield Row("write", f"{name}, {way} to disk", "GB/s", figure, label, min(disk, limit), 0.7)
        yield from peers_rows(f"{name}, {way} to disk", figure, got)


def has_room(bench, name):
    """Whether there is a tmpfs with room for a set and what is made of it."""
    with contextlib.suppress(OSError):
        kind = subprocess.run(["stat", "-f", "-c", "%T", TMPFS], capture_output=True, text=True, check=False).stdout
        if kind.strip() == "tmpfs" and shutil.disk_usage(TMPFS).free > 3 * datasets.nbytes(name):
            return True
    bench.say(f"write {name}: no tmpfs with room at {TMPFS}: the disk alone")
    return False


def write(bench):
    """dd bs=1M and cp of a flat file into an array of the same type, against encoding and FUSE, and others."""
    for name in bench.sets:
        measure.warm(bench.flat(name))
        if bench.have:
            check_written(bench, name)
        in_memory, memory, disk = has_room(bench, name), {}, {}
        limits = {"encode": lambda name=name: write_limit(bench, name, TMPFS, "encode"),
            "fuse": lambda name=name: write_empty_fuse(bench, name)}
        files = {"disk": lambda name=name: write_limit(bench, name, bench.folder, "sync", SYNCING)}
        for _ in bench.rounds(f"write {name}"):
            if in_memory:
                round_in(bench, name, TMPFS, limits, memory)
            round_in(bench, name, bench.folder, files, disk)
        if in_memory:
            yield from rows_of_tmpfs(bench, name, memory)
        yield from rows_of_disk(bench, name, disk, memory)
        yield from memory_rows(bench, name, (memory, disk))


def scatter_round(bench, name, place, got):
    """4 KiB writes at the set's offsets, then fsync, on a copy of the store; and the limit for its chunks."""
    offsets = os.path.join(bench.folder, datasets.flat_of(name) + ".off")
    got["limit"].append(write_limit(bench, name, place, "rewrite"))
    with measure.empty_fuse(datasets.nbytes(name)) as mount:
        got["fuse"].append(program("reader", "scatter", mount.at("f"), offsets))
    if bench.have:
        with tempfile.TemporaryDirectory(prefix="zarrfs-bench-", dir=place) as folder:
            store = shutil.copytree(bench.store(name), os.path.join(folder, name + ".zarr"))
            with measure.zarrfs(store, "cache=2G,cache_max=2G") as mount:
                got["mount"].append(program("reader", "scatter", mount.at(name), offsets))


def scatter(bench):
    """1000 random 4 KiB writes and an fsync: one read, decode, encode and write for each chunk touched."""
    for name in bench.sets:
        measure.warm(bench.store(name))
        place, got = TMPFS if has_room(bench, name) else bench.folder, {"limit": [], "fuse": [], "mount": []}
        for _ in bench.rounds(f"scatter {name}"):
            scatter_round(bench, name, place, got)
        time_of = {key: median(run["wall"] for run in runs) for key, runs in got.items()}
        yield Row("scatter", f"{name}, 1000 writes", "s", time_of["mount"], "rewrites + FUSE",
            time_of["limit"] + time_of["fuse"], 0.7)
